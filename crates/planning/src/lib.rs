//! What to treat: the recommendation with its reasons, and GTV, CTV and PTV of each lesion.
//!
//! Everything here is a suggestion for trained people. The kinds of intensification are those of
//! the randomised trial of PSMA-PET-guided salvage radiotherapy (NCT03525288); margins and doses
//! are starting points from other published sources, named at each setting.

mod config;
pub mod dose;
#[cfg(test)]
mod properties;
mod recommend;
mod region;
mod target;
#[cfg(test)]
mod tests;

pub use config::{
    CountedLesions, DirectionMargins, MarginSetting, PlanningConfig, TreatmentConfig,
};
pub use recommend::{Intensification, LesionCounts, Recommendation, recommend};
pub use target::{PlannedTargets, Target, TargetKind, plan_targets, region_colour, structure_set};
