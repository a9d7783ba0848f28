//! Where things are in the patient: bones, landmarks and the organs that take up PSMA ligands.
//!
//! Works on a view of the CT at about 4 mm, made in one pass, and on the PET resampled to it.
//! Organs drawn by other software ([`ImportedOrgan`]) take precedence. What is not seen is
//! [`Absent`] with a reason: a pelvis that ends below the promontory has no level L5/S1, and what
//! depends on it is for the caller to leave open.
//!
//! Words used here:
//!
//! - **Landmark**: a point of the skeleton that borders are measured from.
//! - **Course**: the line of a vessel or ureter; **space**: a region between organs, as the
//!   presacral space.
//! - **Promontory**: the front of the lumbosacral disc, level L5/S1; upper border of the lesser
//!   pelvis.
//! - **Overview**: the CT at low resolution, with slices to the head, rows to posterior and
//!   columns to the left whatever the CT's own axes are.
//!
//! ```
//! use isoboost_anatomy::{OrganKind, Side, recognise};
//! use isoboost_volume::{Grid, Volume};
//! use nalgebra::Point3;
//!
//! assert_eq!(OrganKind::from_name("Kidney_L"), Some(OrganKind::Kidney(Side::Left)));
//!
//! let grid = Grid::axis_aligned([10, 20, 20], [4.0; 3], Point3::origin())?;
//! let anatomy = recognise(None, &Volume::filled(grid, 1.0), &[]);
//! assert_eq!(anatomy.landmarks.promontory.unwrap_err().to_string(), "there is no CT");
//! # Ok::<(), isoboost_volume::GridError>(())
//! ```
//!
//! It segments no organ for planning: masks are as fine as the question "whose uptake is this"
//! needs.

mod acetabulum;
mod alignment;
mod bifurcation;
mod bladder;
mod bones;
mod brim;
mod course;
mod details;
mod hip;
mod imported;
mod ischium;
mod kidneys;
mod landmarks;
mod levels;
mod organ;
mod overview;
mod planar;
mod promontory;
mod recognise;
mod reference;
mod sacral_levels;
mod sacrum;
mod scene;
mod skeleton;
mod space;
mod spine;
mod symphysis;
mod tissue;
mod totalsegmentator;
mod upper;

pub use alignment::rigid_pelvis;
pub use brim::{pelvic_inlet, symphysis_front};
pub use course::{Course, CourseKind, aorta_course};
pub use landmarks::{Absent, Landmark, LandmarkSource, Landmarks, Paired, Sought};
pub use organ::{ImportedOrgan, Organ, OrganKind, OrganSource, Side, Vertebra};
pub use overview::overview;
pub use recognise::{Anatomy, recognise};
pub use reference::{
    AORTA_CYLINDER_MM, LIVER_SPHERE_MM, LiverMode, ReferenceUptake, References, VesselSlice,
    measure_references, trace_aorta,
};
pub use space::{SoughtSpace, Space, Spaces};
pub use spine::SpineAt;
pub use totalsegmentator::TOTALSEGMENTATOR_LABELS;
