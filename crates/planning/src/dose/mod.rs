//! Dose of organs at risk, and how high a boost may be without more harm to them.
//!
//! "Isotoxic": the limits of the organs stay what they are, and the boost gets the highest dose that
//! keeps them, within a floor and a ceiling. `docs/isotoxic.md` tells how it works and where it ends.
//!
//! ```
//! use isoboost_planning::Fractionation;
//! use isoboost_planning::dose::{DosePiece, Dvh};
//!
//! let boost = Fractionation { dose_gy: 66.0, fractions: 30 };
//! assert_eq!(boost.eqd2_gy(3.0).round(), 69.0);
//! let pieces = [DosePiece::even(40.0, 1.0), DosePiece::even(60.0, 3.0)];
//! let dvh = Dvh::of(pieces.into_iter()).unwrap();
//! assert_eq!(dvh.volume_percent(50.0), 75.0);
//! ```

mod boost;
mod check;
mod config;
mod dvh;
mod exposure;
mod fall_off;
mod limit;
mod limit_file;
mod organ;
mod outcome;
mod problem;
mod proximity;
mod sampling;
mod scale;
mod search;
mod structure;
mod telling;
#[cfg(test)]
mod tests;

pub use check::{IsotoxicError, IsotoxicInput, PlanDose, check_isotoxic};
pub use config::{DoseLevels, FallOffConfig, IsotoxicConfig, KeptLimits};
pub use dvh::{DosePiece, Dvh};
pub use fall_off::FallOff;
pub use limit::{Bound, Limit, LimitSet, Metric, POINT_ML, RiskOrgan};
pub use limit_file::{
    LimitEntry, LimitFile, LimitFileError, OrganEntry, SetEntry, default_limits, limit_file_schema,
    read_limits,
};
pub use organ::{DrawnRegion, OrganAtRisk, organs_at_risk};
pub use outcome::{
    Basis, BoostOutcome, DoseStatistics, Evidence, IsotoxicCheck, LevelOutcome, LimitOutcome,
    LimitedBy, OrganDose, Outcome,
};
pub use proximity::{MARGINS_MM, Proximity};
pub use scale::PlanSchedule;
pub use structure::{Piece, Structure};
