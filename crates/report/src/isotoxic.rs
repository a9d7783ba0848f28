//! The isotoxic check as a part of the document.
//!
//! Every figure says whether it was `measured`, on a dose or on volumes as they are, or `estimated`
//! by the model of a boost's fall-off.

use isoboost_anatomy::OrganSource;
use isoboost_planning::dose::{
    Basis, BoostOutcome, DoseStatistics, Evidence, IsotoxicCheck, LimitOutcome, LimitedBy,
    MARGINS_MM, OrganDose, Outcome, Proximity,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Limits of organs at risk, the dose that they have, and the boosts that keep them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IsotoxicInfo {
    /// What it rests on: `geometry`, `base_dose` or `two_doses`.
    #[schemars(extend("enum" = ["geometry", "base_dose", "two_doses"]))]
    pub basis: String,
    /// The limits used.
    pub constraint_set: ConstraintSetInfo,
    /// The doses, the base plan's first.
    pub doses: Vec<PlanDoseInfo>,
    /// The organs at risk that are known.
    pub organs: Vec<RiskOrganInfo>,
    /// Each limit of each organ.
    pub constraints: Vec<ConstraintInfo>,
    /// Each suggested boost.
    pub boosts: Vec<BoostInfo>,
    /// What a planner must know.
    pub cautions: Vec<String>,
}

/// A set of limits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConstraintSetInfo {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Number of fractions that its doses, and the values held against it, are given in.
    pub fractions: u32,
    /// Whether the base plan's dose was converted to these fractions by its effect.
    pub converted: bool,
    /// α/β of organs for that.
    pub alpha_beta_gy: f64,
}

/// A dose that was handed in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanDoseInfo {
    /// `base` or `intensified`.
    #[schemars(extend("enum" = ["base", "intensified"]))]
    pub role: String,
    /// SOP Instance UID.
    pub sop_instance_uid: String,
    /// Dose Type: `PHYSICAL` or `EFFECTIVE`.
    pub dose_type: String,
    /// Dose Summation Type.
    pub summation: String,
    /// Highest dose anywhere.
    pub max_gy: f64,
    /// Number of fractions; null where it is not known.
    pub fractions: Option<u32>,
    /// Where the number of fractions comes from.
    pub fractions_source: Option<String>,
    /// The plan it belongs to; null where that was not handed in.
    pub plan: Option<PlanInfo>,
}

/// A plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanInfo {
    /// SOP Instance UID.
    pub sop_instance_uid: String,
    /// RT Plan Label.
    pub label: Option<String>,
    /// Highest dose prescribed to a target.
    pub prescription_gy: Option<f64>,
    /// Approval Status.
    pub approval_status: Option<String>,
}

/// An organ at risk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RiskOrganInfo {
    /// The organ, with its side.
    pub organ: String,
    /// `imported` (drawn by other software or a person) or `recognised` on the images.
    #[schemars(extend("enum" = ["imported", "recognised"]))]
    pub source: String,
    /// Where it comes from.
    pub origin: String,
    /// How sure it is that this is the organ.
    #[schemars(range(min = 0, max = 1))]
    pub confidence: f64,
    /// Its volume.
    pub volume_ml: f64,
    /// Its dose in the base plan, as that plan gives it; null without that dose.
    pub base: Option<OrganDoseInfo>,
    /// Its dose in the plan with boosts, as that plan gives it; null without that dose.
    pub intensified: Option<OrganDoseInfo>,
    /// Whether its limits decide on dose levels: those of a mere region do not.
    pub decides: bool,
    /// What to know of it.
    pub notes: Vec<String>,
}

/// Dose of an organ.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganDoseInfo {
    /// Mean.
    pub mean_gy: f64,
    /// Highest.
    pub max_gy: f64,
    /// What 95 % of the organ get at least.
    pub d95_gy: f64,
    /// What the hottest 2 mL get at least.
    pub d2cc_gy: f64,
    /// Share of the organ outside of the dose grid, counted as 0 Gy.
    pub outside_percent: f64,
    /// `measured`.
    #[schemars(extend("enum" = ["measured", "estimated"]))]
    pub evidence: String,
}

/// A limit of an organ, held against the doses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConstraintInfo {
    /// The organ.
    pub organ: String,
    /// As in `V65Gy`, `D2cc`, `Dmax` (the hottest 0.03 mL), `Dmean`.
    pub metric: String,
    /// The most that it may be, in `unit`.
    pub at_most: f64,
    /// `%`, `cc` or `Gy`.
    #[schemars(extend("enum" = ["%", "cc", "Gy"]))]
    pub unit: String,
    /// A limit of the protocol, or an aim.
    pub hard: bool,
    /// Where it is published.
    pub source: String,
    /// In the base plan; null without its dose.
    pub base: Option<ConstraintValue>,
    /// In the plan with boosts; null without its dose.
    pub intensified: Option<ConstraintValue>,
    /// With the boosts at the chosen levels: on top of the base plan, or alone where its dose is not
    /// there; null without a boost.
    pub with_boosts: Option<ConstraintValue>,
    /// Why it was not looked at; null where it was.
    pub absent: Option<String>,
}

/// The value of a limit's metric.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConstraintValue {
    /// In the unit of the limit.
    pub value: f64,
    /// Whether the limit is kept.
    pub kept: bool,
    /// `measured` or `estimated`.
    #[schemars(extend("enum" = ["measured", "estimated"]))]
    pub evidence: String,
}

/// A boost and the highest dose level that keeps the limits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BoostInfo {
    /// Number of the PTV's ROI.
    pub roi_number: u32,
    /// Name of the PTV.
    pub target: String,
    /// Its lesions.
    pub lesion_ids: Vec<u32>,
    /// Their class, as `para_aortic`.
    pub class: String,
    /// Whether it is given in the fractions of the base plan.
    pub integrated: bool,
    /// Mean dose of the PTV in the base plan, measured; null without its dose.
    pub base_mean_gy: Option<f64>,
    /// Where half of the dose is taken to be left, from the PTV's surface; estimated.
    pub half_dose_mm: f64,
    /// Its dose levels, the highest first.
    pub levels: Vec<LevelInfo>,
    /// The highest that is estimated to keep the limits; null for no boost.
    pub chosen: Option<LevelInfo>,
    /// The limit that the next higher level is estimated to break; null at the highest.
    pub limited_by: Option<LimitedByInfo>,
    /// How near it is to each organ.
    pub distances: Vec<DistanceInfo>,
    /// The result in words.
    pub sentence: String,
}

/// A dose level.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LevelInfo {
    /// Total dose as it would be given.
    pub dose_gy: f64,
    /// In so many fractions.
    pub fractions: u32,
    /// EQD2 for the tumour's α/β, 1.5 Gy unless configured otherwise.
    pub eqd2_tumour_gy: f64,
    /// EQD2 for α/β 3 Gy.
    pub eqd2_late_gy: f64,
    /// EQD2 for α/β 10 Gy.
    pub eqd2_acute_gy: f64,
    /// Whether every limit stays kept, with the other boosts at their chosen levels.
    pub keeps_limits: bool,
    /// `estimated`.
    #[schemars(extend("enum" = ["measured", "estimated"]))]
    pub evidence: String,
}

/// What limits a boost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LimitedByInfo {
    /// The organ.
    pub organ: String,
    /// The metric.
    pub metric: String,
    /// The most that it may be.
    pub at_most: f64,
    /// What it would be one level higher.
    pub value: f64,
    /// The unit of both.
    #[schemars(extend("enum" = ["%", "cc", "Gy"]))]
    pub unit: String,
    /// Where the limit is published.
    pub source: String,
    /// `estimated`.
    #[schemars(extend("enum" = ["measured", "estimated"]))]
    pub evidence: String,
}

/// How near a PTV is to an organ.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DistanceInfo {
    /// The organ.
    pub organ: String,
    /// Distance of the surfaces; 0 where they overlap.
    pub distance_mm: f64,
    /// Volume of the organ inside the PTV grown by some margins.
    pub overlaps: Vec<OverlapInfo>,
    /// `measured`.
    #[schemars(extend("enum" = ["measured", "estimated"]))]
    pub evidence: String,
}

/// Overlap of an organ with a PTV that is grown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OverlapInfo {
    /// Margin around the PTV.
    pub margin_mm: f64,
    /// Volume of the organ inside.
    pub volume_ml: f64,
}

impl IsotoxicInfo {
    /// The check with the doses that it was made on.
    pub fn of(check: &IsotoxicCheck, doses: Vec<PlanDoseInfo>) -> Self {
        let (name, description) = &check.set;
        Self {
            basis: match check.basis {
                Basis::Geometry => "geometry",
                Basis::BaseDose => "base_dose",
                Basis::TwoDoses => "two_doses",
            }
            .to_owned(),
            constraint_set: ConstraintSetInfo {
                name: name.clone(),
                description: description.clone(),
                fractions: check.set_fractions,
                converted: check.converted,
                alpha_beta_gy: check.alpha_beta_gy,
            },
            doses,
            organs: check.organs.iter().map(Into::into).collect(),
            constraints: check.limits.iter().map(Into::into).collect(),
            boosts: check.boosts.iter().map(Into::into).collect(),
            cautions: check.cautions.clone(),
        }
    }
}

fn evidence(of: Evidence) -> String {
    match of {
        Evidence::Measured => "measured",
        Evidence::Estimated => "estimated",
    }
    .to_owned()
}

impl From<&OrganDose> for RiskOrganInfo {
    fn from(organ: &OrganDose) -> Self {
        Self {
            organ: organ.name.clone(),
            source: match organ.source {
                OrganSource::Imported => "imported",
                OrganSource::Recognised => "recognised",
            }
            .to_owned(),
            origin: organ.origin.clone(),
            confidence: organ.confidence,
            volume_ml: organ.volume_ml,
            decides: organ.decides,
            base: organ.base.map(Into::into),
            intensified: organ.intensified.map(Into::into),
            notes: organ.notes.clone(),
        }
    }
}

impl From<DoseStatistics> for OrganDoseInfo {
    fn from(dose: DoseStatistics) -> Self {
        Self {
            mean_gy: dose.mean_gy,
            max_gy: dose.max_gy,
            d95_gy: dose.d95_gy,
            d2cc_gy: dose.d2cc_gy,
            outside_percent: dose.outside_percent,
            evidence: evidence(Evidence::Measured),
        }
    }
}

impl From<&LimitOutcome> for ConstraintInfo {
    fn from(outcome: &LimitOutcome) -> Self {
        let limit = &outcome.limit;
        Self {
            organ: outcome.organ.clone(),
            metric: limit.metric.to_string(),
            at_most: limit.bound.value(),
            unit: limit.bound.unit().to_owned(),
            hard: limit.hard,
            source: limit.source.clone(),
            base: outcome.base.map(Into::into),
            intensified: outcome.intensified.map(Into::into),
            with_boosts: outcome.with_boosts.map(Into::into),
            absent: outcome.absent.clone(),
        }
    }
}

impl From<Outcome> for ConstraintValue {
    fn from(outcome: Outcome) -> Self {
        Self {
            value: outcome.value,
            kept: outcome.kept,
            evidence: evidence(outcome.evidence),
        }
    }
}

impl From<&BoostOutcome> for BoostInfo {
    fn from(boost: &BoostOutcome) -> Self {
        let levels: Vec<LevelInfo> = boost
            .levels
            .iter()
            .map(|level| LevelInfo {
                dose_gy: level.given.dose_gy,
                fractions: level.given.fractions,
                eqd2_tumour_gy: level.eqd2_tumour_gy,
                eqd2_late_gy: level.eqd2_late_gy,
                eqd2_acute_gy: level.eqd2_acute_gy,
                keeps_limits: level.keeps,
                evidence: evidence(Evidence::Estimated),
            })
            .collect();
        Self {
            roi_number: boost.roi_number,
            target: boost.target.clone(),
            lesion_ids: boost.lesion_ids.clone(),
            class: boost.class.name().to_owned(),
            integrated: boost.integrated,
            base_mean_gy: boost.base_mean_gy,
            half_dose_mm: boost.half_dose_mm,
            chosen: boost.chosen.and_then(|level| levels.get(level).cloned()),
            levels,
            limited_by: boost.limited_by.as_ref().map(Into::into),
            distances: boost.proximity.iter().map(Into::into).collect(),
            sentence: boost.sentence.clone(),
        }
    }
}

impl From<&LimitedBy> for LimitedByInfo {
    fn from(by: &LimitedBy) -> Self {
        Self {
            organ: by.organ.clone(),
            metric: by.limit.metric.to_string(),
            at_most: by.limit.bound.value(),
            value: by.value,
            unit: by.limit.bound.unit().to_owned(),
            source: by.limit.source.clone(),
            evidence: evidence(Evidence::Estimated),
        }
    }
}

impl From<&(String, Proximity)> for DistanceInfo {
    fn from((organ, proximity): &(String, Proximity)) -> Self {
        let overlaps = MARGINS_MM.into_iter().zip(proximity.overlap_ml);
        Self {
            organ: organ.clone(),
            distance_mm: proximity.distance_mm,
            overlaps: overlaps
                .map(|(margin_mm, volume_ml)| OverlapInfo {
                    margin_mm,
                    volume_ml,
                })
                .collect(),
            evidence: evidence(Evidence::Measured),
        }
    }
}
