//! The isotoxic check in sentences.

use isoboost_anatomy::OrganSource;

use super::boost::Boost;
use super::outcome::LimitedBy;
use super::problem::Problem;
use super::search::Chosen;
use crate::fractionation::Fractionation;

impl Problem<'_> {
    pub(super) fn sentence(
        &self,
        boost: &Boost<'_>,
        chosen: Chosen,
        by: Option<&LimitedBy>,
    ) -> String {
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

    pub(super) fn cautions(&self, choice: &[usize]) -> Vec<String> {
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
