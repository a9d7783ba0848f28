//! What a reader changes about foci: joins them, divides them, grows one at a point, paints on
//! outlines. Each edit hands back new foci, and where the ground of the PET is divided otherwise a
//! new map of it; nothing is changed in place.

mod brush;
mod contacts;
mod divide;
mod grow_at;
mod join;
mod regroup;
#[cfg(test)]
mod tests;

use crate::find::UptakeMap;
use crate::focus::Focus;

pub use brush::{PatientAxis, Stroke, StrokeMode};

/// Foci of a map that differs from the one they came from.
#[derive(Debug, Clone)]
pub struct Edited {
    /// The map that the foci lie on.
    pub map: UptakeMap,
    /// In the order of what was asked for.
    pub foci: Vec<Focus>,
}

/// Why an edit cannot be made.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum EditError {
    /// A place outside of the PET.
    #[error("({:.1}, {:.1}, {:.1}) mm lies outside of the PET", at[0], at[1], at[2])]
    OutsidePet {
        /// The place, LPS.
        at: [f64; 3],
    },
    /// A seed beside the focus.
    #[error(
        "seed {number} at ({:.1}, {:.1}, {:.1}) mm lies outside of the outline", at[0], at[1], at[2]
    )]
    SeedOutside {
        /// Which, from 1.
        number: usize,
        /// The place, LPS.
        at: [f64; 3],
    },
    /// Two seeds that cannot be told apart.
    #[error("seeds {first} and {second} lie in one voxel of the PET")]
    SeedsTogether {
        /// Which, from 1.
        first: usize,
        /// Which, from 1.
        second: usize,
    },
    /// Two foci that are no one thing.
    #[error("the outlines lie {gap_mm:.0} mm apart, more than {most_mm:.0} mm")]
    Apart {
        /// Least distance of the boxes around them, mm.
        gap_mm: f64,
        /// What is allowed, mm.
        most_mm: f64,
    },
    /// A place in the outline of another focus.
    #[error("the place lies in the outline of uptake that is known already")]
    Taken {
        /// Which of the known foci, by its place among those that were handed in.
        focus: usize,
    },
    /// Uptake that does not stand out.
    #[error("SUV {suv:.2} at the place does not stand out of what is around it")]
    NoFocus {
        /// Highest SUVbw there.
        suv: f64,
    },
    /// A rule that draws no outline of this focus.
    #[error("{0}")]
    NoOutline(String),
    /// A stroke that changes nothing.
    #[error("no voxel centre of the PET lies under the brush")]
    NothingUnderBrush,
    /// A stroke after which nothing is left.
    #[error("nothing of the outline is left")]
    Erased,
}
