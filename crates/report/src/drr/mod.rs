//! Pictures of the pelvic field: digitally reconstructed radiographs (DRR) with what is open.

mod draw;
mod project;

pub use draw::{DrrOutline, drr_png};
pub use project::{Attenuation, Detector, project_drr};
