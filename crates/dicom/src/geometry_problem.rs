//! What can be wrong with a stack of slices.

use std::fmt;

use crate::attributes::AttributeError;

/// Why a series is no regular stack of slices.
///
/// Positions are those of the slices' first pixels along the patient axis closest to the stack's.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum GeometryProblem {
    /// A slice does not say where it lies.
    #[error("{error}, in `{file}`")]
    Attribute {
        /// The attribute that is missing or unusable.
        error: AttributeError,
        /// The slice's file.
        file: String,
    },
    /// The direction cosines of Image Orientation (Patient) are no right angle.
    #[error(
        "ImageOrientationPatient (0020,0037) must hold two unit vectors at right angles, found {found:?}"
    )]
    Orientation {
        /// The six cosines.
        found: [f64; 6],
    },
    /// The slices are shifted along their own plane from each to the next: a tilted gantry.
    #[error(
        "the stack is sheared by {angle_degrees:.1} degrees (tilted gantry), slices at {at}; \
         resample it to upright slices first"
    )]
    Tilted {
        /// Angle between the slice normal and the direction of the stack.
        angle_degrees: f64,
        /// All slice positions.
        at: SlicePositions,
    },
    /// Some slices are shifted along their own plane.
    #[error("slices are shifted in their plane by up to {offset_mm:.2} mm, at {at}")]
    Drift {
        /// Largest shift.
        offset_mm: f64,
        /// The slices shifted.
        at: SlicePositions,
    },
    /// Several slices at the same place, and nothing in their headers tells them apart.
    #[error(
        "{slices} slices lie at only {places} positions, several at {at}; \
         export one acquisition or reconstruction per series"
    )]
    Repeated {
        /// Number of slices.
        slices: usize,
        /// Number of different positions.
        places: usize,
        /// The positions that are taken more than once.
        at: SlicePositions,
    },
    /// Slices are missing.
    #[error(
        "{missing} slice(s) are missing beside {at} (spacing {spacing_mm} mm); \
         send the series again"
    )]
    Gap {
        /// Number of slices missing.
        missing: usize,
        /// Usual slice spacing.
        spacing_mm: f64,
        /// The slices on both sides of each gap.
        at: SlicePositions,
    },
    /// Slices that are not evenly spaced.
    #[error(
        "slices are unevenly spaced, by {smallest_mm:.3} to {largest_mm:.3} mm; out of place at {at}"
    )]
    Uneven {
        /// Smallest step.
        smallest_mm: f64,
        /// Largest step.
        largest_mm: f64,
        /// The slices that are not where an even spacing has them.
        at: SlicePositions,
    },
    /// A lone slice that does not say how thick it is.
    #[error("the series is a single slice without a slice thickness, at {at}")]
    SingleSlice {
        /// Its position.
        at: SlicePositions,
    },
    /// A grid that cannot be, for example with pixels of no size.
    #[error("{0}")]
    Grid(#[from] isoboost_volume::GridError),
}

/// Positions of slices along a patient axis, for messages.
#[derive(Debug, Clone, PartialEq)]
pub struct SlicePositions {
    /// The axis, `x`, `y` or `z`.
    pub axis: char,
    /// Coordinates in mm.
    pub mm: Vec<f64>,
}

/// A message names no more positions than this.
const SHOWN_POSITIONS: usize = 8;

impl fmt::Display for SlicePositions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown: Vec<String> = self
            .mm
            .iter()
            .take(SHOWN_POSITIONS)
            .map(|v| format!("{v:.2}"))
            .collect();
        write!(f, "{} {}", self.axis, shown.join(", "))?;
        match self.mm.len().saturating_sub(SHOWN_POSITIONS) {
            0 => write!(f, " mm"),
            more => write!(f, " mm and {more} more"),
        }
    }
}
