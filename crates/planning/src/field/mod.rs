//! The conventional pelvic field: four opposed open beams with borders by bony landmarks.
//!
//! The box is the fallback that every department knows and a frame for judging others. It is no
//! proof of coverage: a posterior border at S2/S3 missed a part of the target in half of the
//! patients of one series (Zunino 1999, PMID 10219794).
//!
//! Words used here:
//!
//! - **Border**: a side of the box, by landmarks of bone moved outwards by a margin.
//! - **Aperture**: the open rectangle of a beam in the plane through the isocentre, mm, in the
//!   collimator's system of IEC 61217 (collimator at 0°): X1 and X2 across, Y1 and Y2 along the
//!   gantry's axis, seen from the source.
//! - **Divergence**: a beam widens with the distance from its source. Borders are defined where
//!   their landmarks are: the ray from the source through the moved landmark meets the aperture's
//!   edge, as on a simulator film. All beams so agree at the landmark, and their apertures differ.

mod beam;
mod borders;
mod config;
mod coverage;
mod pelvic;
mod position;
mod region;
#[cfg(test)]
mod tests;

pub use beam::{Aperture, Beam, BeamSide};
pub use borders::{Border, BorderPoint, BorderSide};
pub use config::{FieldConfig, InferiorBorder};
pub use coverage::uncovered;
pub use pelvic::{FieldInput, NoField, PelvicField, pelvic_field};
pub use position::PatientPosition;
pub use region::{FIELD_NAME, field_target};
