//! Boosts, organs and limits, ready to be searched.

use rayon::prelude::*;

use super::boost::Boost;
use super::check::{IsotoxicInput, highest_gy};
use super::config::KeptLimits;
use super::dvh::Dvh;
use super::exposure::Exposure;
use super::limit::{Limit, LimitSet};
use super::outcome::{BoostOutcome, Evidence, LevelOutcome, LimitOutcome, LimitedBy, Outcome};
use super::scale::Scale;
use super::search::{Chosen, Levels};
use crate::fractionation::{ACUTE_ALPHA_BETA_GY, LATE_ALPHA_BETA_GY};

/// A limit of an organ that is known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Held<'a> {
    pub(super) organ: usize,
    pub(super) limit: &'a Limit,
    /// Its value without boosts.
    pub(super) base: f64,
}

/// Boosts, organs and limits, ready to be searched.
pub(super) struct Problem<'a> {
    pub(super) input: &'a IsotoxicInput<'a>,
    pub(super) set: &'a LimitSet,
    pub(super) scale: Scale,
    pub(super) boosts: &'a [Boost<'a>],
    pub(super) exposures: &'a [Exposure<'a>],
    /// All limits of organs that are known.
    pub(super) held: Vec<Held<'a>>,
    /// Places in `held` of those that must stay kept.
    pub(super) governing: Vec<usize>,
}

impl<'a> Problem<'a> {
    pub(super) fn new(
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

    pub(super) fn choice_of(&self, chosen: &[Chosen]) -> Vec<usize> {
        let boosts = self.boosts.iter().zip(chosen);
        boosts
            .map(|(boost, chosen)| chosen.level.unwrap_or(boost.levels.len()))
            .collect()
    }

    /// The histogram of each organ that `needed` names, with boosts at some levels.
    pub(super) fn dvhs(
        &self,
        choice: &[usize],
        needed: impl Fn(usize) -> bool + Sync,
    ) -> Vec<Option<Dvh>> {
        self.exposures
            .par_iter()
            .enumerate()
            .map(|(organ, exposure)| {
                let dvh = || exposure.dvh(&self.scale, self.boosts, choice);
                needed(organ).then(dvh).flatten()
            })
            .collect()
    }

    pub(super) fn limit_outcomes(&self, choice: &[usize]) -> Vec<LimitOutcome> {
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

    pub(super) fn boost_outcomes(&self, chosen: &[Chosen], choice: &[usize]) -> Vec<BoostOutcome> {
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
                    eqd2_late_gy: given.eqd2_gy(LATE_ALPHA_BETA_GY),
                    eqd2_acute_gy: given.eqd2_gy(ACUTE_ALPHA_BETA_GY),
                    // Doses only rise with the level.
                    keeps: chosen.level.is_some_and(|chosen| level >= chosen),
                });
            let limited_by = chosen
                .limited_by
                .map(|limit| self.limited_by(n, limit, choice));
            let organs = self.input.organs.iter().zip(self.exposures);
            let proximity = organs.filter_map(|(organ, exposure)| {
                Some((organ.name.clone(), exposure.proximity(n)?.clone()))
            });
            BoostOutcome {
                roi_number: boost.target.roi_number,
                target: boost.target.name.clone(),
                lesion_ids: boost.target.lesion_ids.clone(),
                class: boost.class,
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
