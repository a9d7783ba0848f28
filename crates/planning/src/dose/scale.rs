//! Doses of a plan in the terms that limits are written in.

use super::limit::LimitSet;
use crate::fractionation::{bed_gy, dose_of_bed_gy};

/// What is known of how a plan is given.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct PlanSchedule {
    /// Number of fractions.
    pub fractions: Option<u32>,
    /// Highest prescribed dose, Gy.
    pub prescription_gy: Option<f64>,
}

impl PlanSchedule {
    /// Dose per fraction, Gy; of the highest dose where no prescription is known.
    fn fraction_gy(&self, highest_gy: f64) -> Option<f64> {
        let dose = self.prescription_gy.unwrap_or(highest_gy);
        Some(dose / f64::from(self.fractions?))
    }
}

/// The set of limits for a plan: the one named, or for `auto` the one whose dose per fraction is
/// nearest; the first where that is not known.
pub(super) fn choose<'a>(
    sets: &'a [LimitSet],
    name: &str,
    schedule: PlanSchedule,
    highest_gy: f64,
) -> Option<&'a LimitSet> {
    if name != "auto" {
        return sets.iter().find(|set| set.name == name);
    }
    let Some(fraction_gy) = schedule.fraction_gy(highest_gy) else {
        return sets.first();
    };
    let off = |set: &LimitSet| {
        let [low, high] = set.fraction_gy;
        (low - fraction_gy).max(fraction_gy - high).max(0.0)
    };
    sets.iter()
        .reduce(|a, b| if off(b) < off(a) { b } else { a })
}

/// How the dose of a plan becomes the dose of the same effect in a set's fractions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scale {
    /// Fractions of the set.
    set_fractions: u32,
    /// Fractions that the plan's dose counts as given in.
    plan_fractions: u32,
    alpha_beta_gy: f64,
}

impl Scale {
    /// The scale of a plan; its doses stand as they are when its dose per fraction is one that the
    /// set was made for, or not known.
    pub(super) fn of(
        set: &LimitSet,
        schedule: PlanSchedule,
        highest_gy: f64,
        alpha_beta_gy: f64,
    ) -> Self {
        let [low, high] = set.fraction_gy;
        let stands = schedule
            .fraction_gy(highest_gy)
            .is_none_or(|gy| gy >= low - 0.005 && gy <= high + 0.005);
        let plan_fractions = match schedule.fractions {
            Some(fractions) if !stands => fractions,
            _ => set.fractions,
        };
        Self {
            set_fractions: set.fractions,
            plan_fractions,
            alpha_beta_gy,
        }
    }

    /// Whether doses are changed at all.
    pub(super) fn converts(&self) -> bool {
        self.set_fractions != self.plan_fractions
    }

    /// The dose in the set's terms of `plan_gy` in the plan's fractions and of others on their own,
    /// each with its number of fractions.
    pub(super) fn in_set(&self, plan_gy: f64, others: impl Iterator<Item = (f64, u32)>) -> f64 {
        let of_others: f64 = others
            .map(|(gy, fractions)| bed_gy(gy, fractions, self.alpha_beta_gy))
            .sum();
        if of_others == 0.0 && !self.converts() {
            return plan_gy;
        }
        let bed = of_others + bed_gy(plan_gy, self.plan_fractions, self.alpha_beta_gy);
        dose_of_bed_gy(bed, self.set_fractions, self.alpha_beta_gy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dose::default_limits;

    fn schedule(prescription_gy: f64, fractions: u32) -> PlanSchedule {
        PlanSchedule {
            fractions: Some(fractions),
            prescription_gy: Some(prescription_gy),
        }
    }

    #[test]
    fn the_set_is_that_of_the_dose_per_fraction() {
        let sets = default_limits().unwrap();
        for (prescription, fractions, expected, converts) in [
            (66.0, 33, "conventional", false),
            (70.2, 39, "conventional", false),
            (70.0, 28, "hypofractionated-28", false),
            (60.0, 20, "hypofractionated-20", false),
            (52.5, 20, "hypofractionated-28", false),
            (57.5, 25, "hypofractionated-28", true),
            (36.25, 5, "hypofractionated-20", true),
        ] {
            let plan = schedule(prescription, fractions);
            let set = choose(&sets, "auto", plan, 0.0).unwrap();
            let scale = Scale::of(set, plan, 0.0, 3.0);
            assert_eq!(
                (set.name.as_str(), scale.converts()),
                (expected, converts),
                "{plan:?}"
            );
        }
        let unknown = PlanSchedule::default();
        assert_eq!(
            choose(&sets, "auto", unknown, 70.0).unwrap().name,
            "conventional"
        );
        assert!(choose(&sets, "none", unknown, 70.0).is_none());
        let named = choose(&sets, "hypofractionated-20", schedule(66.0, 33), 0.0).unwrap();
        assert!(Scale::of(named, schedule(66.0, 33), 0.0, 3.0).converts());
    }

    #[test]
    fn doses_add_up_by_their_effect() {
        let sets = default_limits().unwrap();
        let plan = schedule(66.0, 33);
        let scale = Scale::of(&sets[0], plan, 0.0, 3.0);
        assert_eq!(scale.in_set(50.0, std::iter::empty()), 50.0);
        // 30 Gy in 5 alone: BED 90, in 36 fractions D (1 + D / 108) = 90, D = 58.4.
        let alone = scale.in_set(0.0, [(30.0, 5)].into_iter());
        assert!((alone * (1.0 + alone / 108.0) - 90.0).abs() < 1e-9);
        assert!((alone - 58.35).abs() < 0.1);
        // 60 Gy in 20 as conventional: 72 Gy in 36.
        let scale = Scale::of(&sets[0], schedule(60.0, 20), 0.0, 3.0);
        assert!((scale.in_set(60.0, std::iter::empty()) - 72.0).abs() < 1e-9);
    }
}
