//! What to treat: the recommendation with its reasons, and GTV, CTV and PTV of each lesion.
//!
//! Everything here is a suggestion for trained people. What leads from findings to a suggestion is
//! a [`Policy`]: a file with rules, limits, margins and doses. The default one follows the
//! registered rules of the randomised trial of PSMA-PET-guided salvage radiotherapy (NCT03525288);
//! margins and doses are starting points from other published sources, named at each.
//!
//! Words used here:
//!
//! - **Intensification**: what is added to salvage radiotherapy because of the PET.
//! - **Rule**: conditions on [`Facts`], and what is suggested where they are met.
//! - **Caution**: what speaks against taking a suggestion as it stands.
//! - **EQD2**: the dose in fractions of 2 Gy with the same effect.
//!
//! ```
//! use isoboost_planning::{Patient, Policy, recommend};
//! use isoboost_staging::Staging;
//!
//! let negative = Staging::default();
//! let suggestion = recommend(&negative, &Patient::default(), &Policy::default());
//! assert!(suggestion.intensification.is_empty());
//! assert_eq!(suggestion.rules[0].id, "negative");
//! ```

mod barrier;
mod clinical;
mod config;
#[cfg(test)]
mod cutting;
mod decision;
pub mod dose;
mod dose_colour;
mod elective;
mod facts;
pub mod field;
mod fractionation;
#[cfg(test)]
mod grown_shapes;
mod lesion_class;
mod limits;
mod policy;
#[cfg(test)]
mod properties;
mod recommend;
mod region;
mod stated;
mod target;
#[cfg(test)]
mod tests;
mod touching;

pub use barrier::Surroundings;
pub use clinical::{Answer, ClinicalFacts, Patient, TouchedOrgan};
pub use config::PlanningConfig;
pub use dose_colour::DOSE_LEVEL_COLOURS;
pub use elective::{
    ElectiveConfig, ElectiveInput, add_elective_targets, is_whole_bed, names_whole_bed,
};
pub use facts::{Facts, LesionCounts};
pub use fractionation::{
    ACUTE_ALPHA_BETA_GY, Fractionation, LATE_ALPHA_BETA_GY, NOMINAL_ABOVE_GY, TUMOUR_ALPHA_BETA_GY,
    bed_gy, dose_of_bed_gy, eqd2_gy,
};
pub use lesion_class::LesionClass;
pub use limits::LimitsConfig;
pub use policy::{
    AgainstLimit, CautionRule, Conditions, CountRange, CountedLesions, DEFAULT_POLICY,
    DirectionMargins, DoseLevel, Intensification, Limits, MOST_FRACTIONS, MOST_GY, MOST_MARGIN_MM,
    MarginSetting, NumberRange, OptionalFact, PLACEHOLDERS, PelvisTop, Policy, PolicyError, Rule,
    Source, SpreadPattern, Treatment, VolumeDoses, WholeVolume,
};
pub use recommend::{FiredRule, Recommendation, recommend};
pub use stated::{StatedTreatment, StatedTreatments};
pub use target::{
    PlannedTargets, Prescription, Target, TargetKind, plan_targets, region_colour, structure_set,
};
pub use touching::touched_organs;
