//! What is known of one focus.

use isoboost_volume::{IndexBox, Mask};
use nalgebra::Point3;

use crate::measure::Measures;

/// A connected region of uptake.
#[derive(Debug, Clone, PartialEq)]
pub struct Focus {
    /// Its voxels, on a part of the SUV grid.
    pub mask: Mask,
    /// Where that part lies in the SUV grid.
    pub bounds: IndexBox,
    /// SUVbw at its border.
    pub threshold_suv: f64,
    /// How that border was chosen, as in `41 % of SUVmax`.
    pub rule: String,
    /// Its measures.
    pub measures: Measures,
    /// What a reader should know of the delineation: a leak, a neighbour that bounds it.
    pub notes: Vec<String>,
}

/// Uptake above the finding threshold that is too small to delineate.
#[derive(Debug, Clone, PartialEq)]
pub struct PointFocus {
    /// LPS position of its highest voxel.
    pub max_at: Point3<f64>,
    /// Its highest voxel, SUVbw g/mL.
    pub suv_max: f64,
    /// Volume of the voxels above the finding threshold, mL.
    pub volume_ml: f64,
}
