//! The isotoxic check: the limits that a plan keeps, and the highest boosts that keep them.

use isoboost_anatomy::OrganSource;
use isoboost_staging::{Region, Staging};
use isoboost_volume::Volume;
use rayon::prelude::*;

use super::boost::{Boost, boosts};
use super::config::KeptLimits;
use super::dvh::Dvh;
use super::exposure::{Exposure, is_in_grid};
use super::fractionation::Fractionation;
use super::limit::{Limit, LimitSet};
use super::organ::OrganAtRisk;
use super::proximity::Proximity;
use super::scale::{PlanSchedule, Scale, choose};
use super::search::{Chosen, Levels, highest};
use crate::config::PlanningConfig;
use crate::recommend::Recommendation;
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
    /// The suggested volumes.
    pub targets: &'a [Target],
    /// The lesions that they belong to.
    pub staging: &'a Staging,
    /// Which boosts are suggested.
    pub recommendation: &'a Recommendation,
    /// The plan as it is without the boosts.
    pub base: Option<PlanDose<'a>>,
    /// A plan that has them.
    pub intensified: Option<PlanDose<'a>>,
    /// The sets of limits to choose from.
    pub sets: &'a [LimitSet],
    /// The settings.
    pub config: &'a PlanningConfig,
}

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
    pub region: Region,
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

/// A limit of an organ that is known.
#[derive(Debug, Clone, Copy)]
struct Held<'a> {
    organ: usize,
    limit: &'a Limit,
    /// Its value without boosts.
    base: f64,
}

/// Boosts, organs and limits, ready to be searched.
struct Problem<'a> {
    input: &'a IsotoxicInput<'a>,
    set: &'a LimitSet,
    scale: Scale,
    boosts: &'a [Boost<'a>],
    exposures: &'a [Exposure<'a>],
    /// All limits of organs that are known.
    held: Vec<Held<'a>>,
    /// Places in `held` of those that must stay kept.
    governing: Vec<usize>,
}

impl<'a> Problem<'a> {
    fn new(
        input: &'a IsotoxicInput<'a>,
        set: &'a LimitSet,
        scale: Scale,
        boosts: &'a [Boost<'a>],
        exposures: &'a [Exposure<'a>],
    ) -> Self {
        let none: Vec<usize> = boosts.iter().map(|boost| boost.levels.len()).collect();
        let base: Vec<Option<Dvh>> = exposures
            .par_iter()
            .map(|exposure| exposure.dvh(&scale, boosts, &none))
            .collect();
        let mut held = Vec::new();
        for limit in &set.limits {
            for (organ, at_risk) in input.organs.iter().enumerate() {
                if let Some(dvh) = base[organ].as_ref().filter(|_| at_risk.kind == limit.organ) {
                    let base = limit.value(dvh);
                    held.push(Held { organ, limit, base });
                }
            }
        }
        let must_stay = |held: &Held<'_>| {
            let decides = held.limit.hard || input.config.isotoxic.keep == KeptLimits::All;
            let decides = decides && input.organs[held.organ].decides;
            decides && held.limit.is_kept_by(held.base)
        };
        let governing = (0..held.len()).filter(|n| must_stay(&held[*n])).collect();
        Self {
            input,
            set,
            scale,
            boosts,
            exposures,
            held,
            governing,
        }
    }

    fn choice_of(&self, chosen: &[Chosen]) -> Vec<usize> {
        let boosts = self.boosts.iter().zip(chosen);
        boosts
            .map(|(boost, chosen)| chosen.level.unwrap_or(boost.levels.len()))
            .collect()
    }

    /// The histogram of each organ that `needed` names, with boosts at some levels.
    fn dvhs(&self, choice: &[usize], needed: impl Fn(usize) -> bool + Sync) -> Vec<Option<Dvh>> {
        self.exposures
            .par_iter()
            .enumerate()
            .map(|(organ, exposure)| {
                let dvh = || exposure.dvh(&self.scale, self.boosts, choice);
                needed(organ).then(dvh).flatten()
            })
            .collect()
    }

    fn limit_outcomes(&self, choice: &[usize]) -> Vec<LimitOutcome> {
        let with_boosts = self.dvhs(choice, |_| !self.boosts.is_empty());
        let intensified = self.intensified_dvhs();
        let mut outcomes = Vec::new();
        for limit in &self.set.limits {
            let outcome = |value: f64, evidence| Outcome {
                value,
                kept: limit.is_kept_by(value),
                evidence,
            };
            let mut known = false;
            for held in self
                .held
                .iter()
                .filter(|held| std::ptr::eq(held.limit, limit))
            {
                known = true;
                let of = |dvhs: &[Option<Dvh>], evidence| {
                    let dvh = dvhs.get(held.organ)?.as_ref()?;
                    Some(outcome(limit.value(dvh), evidence))
                };
                let base = self
                    .input
                    .base
                    .map(|_| outcome(held.base, Evidence::Measured));
                outcomes.push(LimitOutcome {
                    organ: self.input.organs[held.organ].name.clone(),
                    limit: limit.clone(),
                    base,
                    intensified: of(&intensified, Evidence::Measured),
                    with_boosts: of(&with_boosts, Evidence::Estimated),
                    absent: None,
                });
            }
            if !known {
                outcomes.push(LimitOutcome {
                    organ: limit.organ.name().to_owned(),
                    limit: limit.clone(),
                    base: None,
                    intensified: None,
                    with_boosts: None,
                    absent: Some(format!(
                        "no {} is drawn or recognised; hand it in with --structures or --labels",
                        limit.organ.name()
                    )),
                });
            }
        }
        outcomes
    }

    /// The histograms of the plan with boosts, in the terms of the set.
    fn intensified_dvhs(&self) -> Vec<Option<Dvh>> {
        let Some(plan) = self.input.intensified else {
            return Vec::new();
        };
        let alpha_beta_gy = self.input.config.isotoxic.organ_alpha_beta_gy;
        let scale = Scale::of(
            self.set,
            plan.schedule,
            highest_gy(plan.dose),
            alpha_beta_gy,
        );
        let organs = self.input.organs.par_iter();
        organs
            .map(|organ| Exposure::of(organ, Some(plan.dose), &[]).dvh(&scale, &[], &[]))
            .collect()
    }

    fn boost_outcomes(&self, chosen: &[Chosen], choice: &[usize]) -> Vec<BoostOutcome> {
        let alpha_beta = self.input.config.isotoxic.tumour_alpha_beta_gy;
        let boosts = self.boosts.iter().zip(chosen).enumerate();
        let outcome = |(n, (boost, chosen)): (usize, (&Boost<'_>, &Chosen))| {
            let levels = boost
                .levels
                .iter()
                .enumerate()
                .map(|(level, given)| LevelOutcome {
                    given: *given,
                    eqd2_tumour_gy: given.eqd2_gy(alpha_beta),
                    eqd2_late_gy: given.eqd2_gy(3.0),
                    eqd2_acute_gy: given.eqd2_gy(10.0),
                    // Doses only rise with the level.
                    keeps: chosen.level.is_some_and(|chosen| level >= chosen),
                });
            let limited_by = chosen
                .limited_by
                .map(|limit| self.limited_by(n, limit, choice));
            let organs = self.input.organs.iter();
            let proximity = organs.filter_map(|organ| {
                let field = boost.field.as_ref()?;
                Some((organ.name.clone(), field.proximity(&organ.structure)))
            });
            BoostOutcome {
                roi_number: boost.target.roi_number,
                target: boost.target.name.clone(),
                lesion_ids: boost.target.lesion_ids.clone(),
                region: boost.region,
                integrated: boost.integrated,
                base_mean_gy: self.input.base.map(|_| boost.base_mean_gy),
                half_dose_mm: boost.fall_off.half_dose_mm(),
                levels: levels.collect(),
                chosen: chosen.level,
                sentence: self.sentence(boost, *chosen, limited_by.as_ref()),
                limited_by,
                proximity: proximity.collect(),
            }
        };
        boosts.map(outcome).collect()
    }

    /// The limit that a boost would break one level higher.
    fn limited_by(&self, boost: usize, governing: usize, choice: &[usize]) -> LimitedBy {
        let mut higher = choice.to_vec();
        higher[boost] = higher[boost].saturating_sub(1);
        let held = self.held[self.governing[governing]];
        LimitedBy {
            organ: self.input.organs[held.organ].name.clone(),
            limit: held.limit.clone(),
            value: self.values(&higher)[governing],
        }
    }

    fn sentence(&self, boost: &Boost<'_>, chosen: Chosen, by: Option<&LimitedBy>) -> String {
        let of = |given: &Fractionation| {
            format!("{:.1} Gy in {} fractions", given.dose_gy, given.fractions)
        };
        let kept = if self.input.base.is_some() {
            "every limit that the base plan keeps"
        } else {
            "every limit, as far as the boosts alone go"
        };
        let breaks = by.map_or_else(String::new, |by| {
            format!(
                "{} of the {} ({:.1} {}, estimated)",
                by.limit,
                by.organ,
                by.value,
                by.limit.bound.unit()
            )
        });
        match chosen.level {
            Some(0) => format!(
                "the highest level, {}, is estimated to keep {kept}",
                of(&boost.levels[0])
            ),
            Some(level) => format!(
                "{} is estimated to keep {kept}; {} would break {breaks}",
                of(&boost.levels[level]),
                of(&boost.levels[level - 1])
            ),
            None => {
                let floor = boost.levels.last().map(of).unwrap_or_default();
                format!(
                    "no boost: even the lowest level, {floor}, is estimated to break {breaks}; \
                     elective dose alone, or less where the organ lies"
                )
            }
        }
    }

    fn cautions(&self, choice: &[usize]) -> Vec<String> {
        let mut cautions = Vec::new();
        let mut told_beside = Vec::new();
        if self.input.base.is_none() {
            cautions.push(
                "there is no dose of a base plan: boosts alone are held against the limits, and \
                 the base plan's dose comes on top"
                    .to_owned(),
            );
        } else if self
            .input
            .base
            .is_some_and(|plan| plan.schedule.fractions.is_none())
        {
            cautions.push(format!(
                "the number of fractions of the base plan is not known; its dose is compared as it \
                 stands with limits for {} fractions; state it with --dose-fractions",
                self.set.fractions
            ));
        }
        let broken = self.held.iter().filter(|h| !h.limit.is_kept_by(h.base));
        let with_boosts = self.dvhs(choice, |_| true);
        for held in broken {
            let name = &self.input.organs[held.organ].name;
            let after = with_boosts[held.organ]
                .as_ref()
                .map_or(held.base, |dvh| held.limit.value(dvh));
            let unit = held.limit.bound.unit();
            let raised = if after > held.base + 0.05 {
                format!(", and the boosts raise it to about {after:.1} {unit}")
            } else {
                String::new()
            };
            cautions.push(format!(
                "the base plan does not keep {} of the {name} ({:.1} {unit}); it decides on no \
                 level{raised}",
                held.limit, held.base
            ));
        }
        for (n, held) in self.held.iter().enumerate() {
            let value = with_boosts[held.organ]
                .as_ref()
                .map(|dvh| held.limit.value(dvh));
            let organ = &self.input.organs[held.organ];
            let is_told = held.limit.is_kept_by(held.base) && !self.governing.contains(&n);
            if let Some(value) = value.filter(|v| is_told && !held.limit.is_kept_by(*v)) {
                told_beside.push(format!(
                    "the boosts are estimated to break {} of the {} ({value:.1} {}){}",
                    held.limit,
                    organ.name,
                    held.limit.bound.unit(),
                    if organ.decides {
                        ", an aim that decides on no level"
                    } else {
                        ", as far as that region is the organ: look where it lies"
                    }
                ));
            }
        }
        let recognised: Vec<&str> = self
            .input
            .organs
            .iter()
            .filter(|organ| organ.source == OrganSource::Recognised)
            .map(|organ| organ.name.as_str())
            .collect();
        if !recognised.is_empty() {
            cautions.push(format!(
                "recognised on the images, to some millimetres, and not drawn for planning: {}",
                recognised.join(", ")
            ));
        }
        cautions.extend(told_beside);
        cautions
    }
}

impl Levels for Problem<'_> {
    fn counts(&self) -> Vec<usize> {
        self.boosts.iter().map(|boost| boost.levels.len()).collect()
    }

    fn bounds(&self) -> Vec<f64> {
        let governing = self.governing.iter();
        governing
            .map(|n| self.held[*n].limit.bound.value())
            .collect()
    }

    fn hard(&self) -> Vec<bool> {
        let governing = self.governing.iter();
        governing.map(|n| self.held[*n].limit.hard).collect()
    }

    fn values(&self, choice: &[usize]) -> Vec<f64> {
        let needed = |organ| self.governing.iter().any(|n| self.held[*n].organ == organ);
        let dvhs = self.dvhs(choice, needed);
        let governing = self.governing.iter().map(|n| &self.held[*n]);
        governing
            .map(|held| {
                let dvh = dvhs[held.organ].as_ref();
                dvh.map_or(held.base, |dvh| held.limit.value(dvh))
            })
            .collect()
    }

    fn shares(&self, choice: &[usize], limit: usize) -> Vec<f64> {
        let held = &self.held[self.governing[limit]];
        self.exposures[held.organ].shares(&self.scale, self.boosts, choice, held.limit)
    }
}
