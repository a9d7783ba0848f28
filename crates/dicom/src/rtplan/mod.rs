//! Plans of open fields (RT Plan IOD, PS3.3 A.20), as a planning system opens them.
//!
//! Written are beams with their jaws and isocentre and nothing that could be delivered: no energy,
//! no meterset, no weights, no prescription. The standard allows Cumulative Meterset Weight to be
//! empty (Type 2), so that nothing has to be made up. What plans of other systems prescribe is
//! read by [`read_plan_facts`](crate::read_plan_facts).

mod write;

pub use write::{PlanWriteError, write_open_field_plan};

use nalgebra::Point3;

/// A plan of open static fields around one isocentre.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenFieldPlan {
    /// RT Plan Label, at most 16 characters.
    pub label: String,
    /// RT Plan Name, at most 64 characters.
    pub name: String,
    /// What it is, in sentences.
    pub description: String,
    /// Patient Position, as `HFS`.
    pub patient_position: String,
    /// Treatment Machine Name, at most 16 characters.
    pub machine: String,
    /// Distance from the source to the isocentre, mm.
    pub source_axis_mm: f64,
    /// Isocentre, LPS in mm.
    pub isocentre: Point3<f64>,
    /// The beams; numbered in this order, from 1.
    pub beams: Vec<OpenBeam>,
}

/// One open static photon field with its couch and collimator at 0°.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenBeam {
    /// Beam Name, at most 64 characters; unlike those of the other beams.
    pub name: String,
    /// Gantry Angle after IEC 61217, degrees from 0 to below 360.
    pub gantry_deg: f64,
    /// X1 and X2: jaw positions at the isocentre in the collimator's system (IEC 61217), mm.
    pub x_mm: [f64; 2],
    /// Y1 and Y2, mm.
    pub y_mm: [f64; 2],
}
