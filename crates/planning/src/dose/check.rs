//! The isotoxic check: the limits that a plan keeps, and the highest boosts that keep them.

use isoboost_staging::Staging;
use isoboost_volume::Volume;
use rayon::prelude::*;

use super::boost::boosts;
use super::exposure::{Exposure, is_in_grid};
use super::limit::LimitSet;
use super::organ::OrganAtRisk;
use super::outcome::{Basis, DoseStatistics, IsotoxicCheck, OrganDose};
use super::problem::Problem;
use super::scale::{PlanSchedule, Scale, choose};
use super::search::highest;
use crate::config::PlanningConfig;
use crate::target::Target;

/// Of an organ outside of the dose grid more than this is told, %.
const TOLD_OUTSIDE_PERCENT: f64 = 0.1;

/// The dose of a plan.
#[derive(Debug, Clone, Copy)]
pub struct PlanDose<'a> {
    /// Dose in Gy, on any grid.
    pub dose: &'a Volume<f32>,
    /// How it is given.
    pub schedule: PlanSchedule,
}

/// What the check looks at.
#[derive(Debug, Clone, Copy)]
pub struct IsotoxicInput<'a> {
    /// The organs at risk that are known.
    pub organs: &'a [OrganAtRisk],
    /// The suggested volumes; every PTV of lesions is a boost.
    pub targets: &'a [Target],
    /// The lesions that they belong to.
    pub staging: &'a Staging,
    /// The plan as it is without the boosts.
    pub base: Option<PlanDose<'a>>,
    /// A plan that has them.
    pub intensified: Option<PlanDose<'a>>,
    /// The sets of limits to choose from.
    pub sets: &'a [LimitSet],
    /// The settings.
    pub config: &'a PlanningConfig,
}

/// Why no check can be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IsotoxicError {
    /// No set of limits of that name.
    #[error(
        "planning.isotoxic.constraint-set is `{found}`, expected `auto` or one of {}",
        known.join(", ")
    )]
    UnknownSet {
        /// The name given.
        found: String,
        /// The names there are.
        known: Vec<String>,
    },
}

/// Holds doses and boosts against the limits of organs; `None` when there is neither a dose nor a
/// boost near a known organ to look at.
///
/// With a base dose its limits are measured, and the highest dose levels of the boosts are looked
/// for that keep every limit that it keeps. Without one the boosts alone are held against the
/// limits. With a second dose both plans are compared.
///
/// # Errors
/// When the configuration names a set of limits that does not exist.
pub fn check_isotoxic(input: &IsotoxicInput<'_>) -> Result<Option<IsotoxicCheck>, IsotoxicError> {
    let settings = &input.config.isotoxic;
    let schedule = input
        .base
        .map_or_else(PlanSchedule::default, |p| p.schedule);
    let highest_gy = input.base.map_or(0.0, |plan| highest_gy(plan.dose));
    let name = &settings.constraint_set;
    let set = choose(input.sets, name, schedule, highest_gy).ok_or_else(|| {
        IsotoxicError::UnknownSet {
            found: name.clone(),
            known: input.sets.iter().map(|set| set.name.clone()).collect(),
        }
    })?;
    let alpha_beta_gy = settings.organ_alpha_beta_gy;
    let scale = Scale::of(set, schedule, highest_gy, alpha_beta_gy);
    let boosts = boosts(input, set.fractions);
    if input.base.is_none() && (boosts.is_empty() || input.organs.is_empty()) {
        return Ok(None);
    }
    let exposures: Vec<Exposure<'_>> = input
        .organs
        .par_iter()
        .map(|organ| Exposure::of(organ, input.base.map(|plan| plan.dose), &boosts))
        .collect();
    let problem = Problem::new(input, set, scale, &boosts, &exposures);
    let chosen = if boosts.is_empty() {
        Vec::new()
    } else {
        highest(&problem)
    };
    let choice: Vec<usize> = problem.choice_of(&chosen);
    let check = IsotoxicCheck {
        basis: match (input.base, input.intensified) {
            (Some(_), Some(_)) => Basis::TwoDoses,
            (Some(_), None) => Basis::BaseDose,
            (None, _) => Basis::Geometry,
        },
        set: (set.name.clone(), set.description.clone()),
        set_fractions: set.fractions,
        converted: scale.converts(),
        alpha_beta_gy,
        organs: organ_doses(input),
        limits: problem.limit_outcomes(&choice),
        boosts: problem.boost_outcomes(&chosen, &choice),
        cautions: problem.cautions(&choice),
    };
    Ok(Some(check))
}

/// The highest dose anywhere, Gy.
pub(super) fn highest_gy(dose: &Volume<f32>) -> f64 {
    dose.as_slice().iter().copied().fold(0.0, f32::max).into()
}

fn organ_doses(input: &IsotoxicInput<'_>) -> Vec<OrganDose> {
    let of_plan = |organ: &OrganAtRisk, plan: Option<PlanDose<'_>>| {
        let dose = plan?.dose;
        let dvh = organ.structure.dvh(dose)?;
        let outside = organ.structure.pieces().iter();
        let outside: f64 = outside
            .filter(|piece| !is_in_grid(dose.grid(), piece.at))
            .map(|piece| piece.ml)
            .sum();
        Some(DoseStatistics {
            mean_gy: dvh.mean_gy(),
            max_gy: dvh.max_gy(),
            d95_gy: dvh.dose_at_percent(95.0),
            d2cc_gy: dvh.dose_at_ml(2.0),
            outside_percent: 100.0 * outside / dvh.total_ml(),
        })
    };
    let organs = input.organs.par_iter().map(|organ| {
        let base = of_plan(organ, input.base);
        let intensified = of_plan(organ, input.intensified);
        let mut notes = organ.notes.clone();
        let outside = [base, intensified].into_iter().flatten();
        let outside = outside.map(|s| s.outside_percent).fold(0.0, f64::max);
        if outside > TOLD_OUTSIDE_PERCENT {
            notes.push(format!(
                "{outside:.1} % of it lie outside of the dose grid and count as 0 Gy"
            ));
        }
        OrganDose {
            name: organ.name.clone(),
            source: organ.source,
            origin: organ.origin.clone(),
            confidence: organ.confidence,
            volume_ml: organ.structure.volume_ml(),
            decides: organ.decides,
            base,
            intensified,
            notes,
        }
    });
    organs.collect()
}
