//! What the isotoxic check finds.

use isoboost_anatomy::OrganSource;

use super::limit::Limit;
use super::proximity::Proximity;
use crate::fractionation::Fractionation;
use crate::lesion_class::LesionClass;

/// What a result rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// Distances alone.
    Geometry,
    /// The dose of the base plan.
    BaseDose,
    /// The doses of the base plan and of one with the boosts.
    TwoDoses,
}

/// Whether a figure was measured or estimated by a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence {
    /// From a dose or volumes as they are.
    Measured,
    /// By the model of the fall-off of a boost.
    Estimated,
}

/// The result of the check.
#[derive(Debug, Clone, PartialEq)]
pub struct IsotoxicCheck {
    /// What it rests on.
    pub basis: Basis,
    /// Name and description of the set of limits.
    pub set: (String, String),
    /// Number of fractions that its doses, and all doses of organs here, are given in.
    pub set_fractions: u32,
    /// Whether doses of the base plan were converted to those fractions.
    pub converted: bool,
    /// α/β of organs, Gy.
    pub alpha_beta_gy: f64,
    /// The organs.
    pub organs: Vec<OrganDose>,
    /// The limits, organ by organ.
    pub limits: Vec<LimitOutcome>,
    /// The boosts.
    pub boosts: Vec<BoostOutcome>,
    /// What a planner must know.
    pub cautions: Vec<String>,
}

/// An organ and its dose.
#[derive(Debug, Clone, PartialEq)]
pub struct OrganDose {
    /// Its name.
    pub name: String,
    /// Drawn or recognised.
    pub source: OrganSource,
    /// Where it comes from.
    pub origin: String,
    /// 0 to 1.
    pub confidence: f64,
    /// Its volume, mL.
    pub volume_ml: f64,
    /// Its dose in the base plan, in the plan's own fractions.
    pub base: Option<DoseStatistics>,
    /// Its dose in the plan with boosts, in that plan's own fractions.
    pub intensified: Option<DoseStatistics>,
    /// Whether its limits decide on dose levels.
    pub decides: bool,
    /// What a reader should know of it.
    pub notes: Vec<String>,
}

/// Dose of an organ, Gy, as the plan gives it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DoseStatistics {
    /// Mean.
    pub mean_gy: f64,
    /// Highest.
    pub max_gy: f64,
    /// What 95 % of the organ get at least.
    pub d95_gy: f64,
    /// What the hottest 2 mL get at least.
    pub d2cc_gy: f64,
    /// Share of the organ outside of the dose grid, %; it counts as 0 Gy.
    pub outside_percent: f64,
}

/// The value of a limit's metric.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outcome {
    /// In the unit of the bound.
    pub value: f64,
    /// Whether the limit is kept.
    pub kept: bool,
    /// Whether it was measured.
    pub evidence: Evidence,
}

/// A limit held against the doses.
#[derive(Debug, Clone, PartialEq)]
pub struct LimitOutcome {
    /// Name of the organ.
    pub organ: String,
    /// The limit.
    pub limit: Limit,
    /// In the base plan.
    pub base: Option<Outcome>,
    /// In the plan with boosts.
    pub intensified: Option<Outcome>,
    /// With the boosts at the levels chosen.
    pub with_boosts: Option<Outcome>,
    /// Why it was not looked at.
    pub absent: Option<String>,
}

/// A dose level of a boost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LevelOutcome {
    /// Dose and fractions as it would be given.
    pub given: Fractionation,
    /// EQD2 for the tumour's α/β.
    pub eqd2_tumour_gy: f64,
    /// EQD2 for α/β 3, late effects.
    pub eqd2_late_gy: f64,
    /// EQD2 for α/β 10, acute effects.
    pub eqd2_acute_gy: f64,
    /// Whether every limit stays kept, with the other boosts at their chosen levels.
    pub keeps: bool,
}

/// What limits a boost.
#[derive(Debug, Clone, PartialEq)]
pub struct LimitedBy {
    /// Name of the organ.
    pub organ: String,
    /// The limit.
    pub limit: Limit,
    /// The value it would have at the next higher level.
    pub value: f64,
}

/// A boost and what it may have.
#[derive(Debug, Clone, PartialEq)]
pub struct BoostOutcome {
    /// Number of the ROI.
    pub roi_number: u32,
    /// Name of the PTV.
    pub target: String,
    /// Its lesions.
    pub lesion_ids: Vec<u32>,
    /// Their class.
    pub class: LesionClass,
    /// Whether it is given in the fractions of the base plan.
    pub integrated: bool,
    /// Mean dose of the PTV in the base plan, Gy.
    pub base_mean_gy: Option<f64>,
    /// Where half of its dose is taken to be left, mm from its surface.
    pub half_dose_mm: f64,
    /// Its levels, from the ceiling down.
    pub levels: Vec<LevelOutcome>,
    /// The highest that keeps every limit; none where even the floor breaks one.
    pub chosen: Option<usize>,
    /// What the next higher level breaks.
    pub limited_by: Option<LimitedBy>,
    /// How near it is to each organ: name and measures.
    pub proximity: Vec<(String, Proximity)>,
    /// The result in a sentence.
    pub sentence: String,
}
