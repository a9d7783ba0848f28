//! The highest dose levels that keep all limits.

/// How much above its bound a value breaks a limit.
const TOLERANCE: f64 = 1e-6;

/// What is known of boosts and limits while levels are looked for.
pub(super) trait Levels {
    /// Number of levels of each boost, from the ceiling down.
    fn counts(&self) -> Vec<usize>;
    /// The bound of each limit.
    fn bounds(&self) -> Vec<f64>;
    /// Whether each limit is hard: of several that are broken, hard ones come first.
    fn hard(&self) -> Vec<bool>;
    /// The value of each limit at a choice of levels; the number of levels stands for no boost.
    fn values(&self, choice: &[usize]) -> Vec<f64>;
    /// How much each boost has to do with a limit being broken.
    fn shares(&self, choice: &[usize], limit: usize) -> Vec<f64>;
}

/// The level of a boost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Chosen {
    /// The level, from the ceiling down; none where even the floor breaks a limit.
    pub(super) level: Option<usize>,
    /// The limit that the next higher level breaks.
    pub(super) limited_by: Option<usize>,
}

/// Starts with all boosts at their ceilings. While a limit is broken, the boost that has most to do
/// with the worst of them goes one level down; one is given up only when all are at their floors.
/// What can be raised again afterwards is, in order, so that no boost could be higher with the
/// others as they are.
///
/// Values never fall when a level rises.
pub(super) fn highest(levels: &impl Levels) -> Vec<Chosen> {
    let counts = levels.counts();
    let bounds = levels.bounds();
    let hard = levels.hard();
    let worst = |choice: &[usize]| worst(&levels.values(choice), &bounds, &hard);
    let mut choice = vec![0; counts.len()];
    while let Some(limit) = worst(&choice) {
        let shares = levels.shares(&choice, limit);
        let Some(boost) = next_to_lower(&choice, &counts, &shares) else {
            break;
        };
        choice[boost] += 1;
    }
    let mut chosen = Vec::with_capacity(counts.len());
    for boost in 0..counts.len() {
        let mut limited_by = None;
        while choice[boost] > 0 {
            choice[boost] -= 1;
            limited_by = worst(&choice);
            if limited_by.is_some() {
                choice[boost] += 1;
                break;
            }
        }
        chosen.push(Chosen {
            level: (choice[boost] < counts[boost]).then_some(choice[boost]),
            limited_by,
        });
    }
    chosen
}

/// The boost with the largest share that is above its floor; else the one to give up.
fn next_to_lower(choice: &[usize], counts: &[usize], shares: &[f64]) -> Option<usize> {
    let largest = |may: &dyn Fn(usize) -> bool| {
        let open = (0..counts.len()).filter(|b| may(*b));
        open.reduce(|a, b| if shares[b] > shares[a] { b } else { a })
    };
    largest(&|b| choice[b] + 1 < counts[b] && shares[b] > 0.0)
        .or_else(|| largest(&|b| choice[b] < counts[b] && shares[b] > 0.0))
        .or_else(|| largest(&|b| choice[b] < counts[b]))
}

/// The limit that is broken by the largest share of its bound, hard ones first; the first of equal
/// ones.
fn worst(values: &[f64], bounds: &[f64], hard: &[bool]) -> Option<usize> {
    let broken = (0..bounds.len()).filter(|n| values[*n] > bounds[*n] + TOLERANCE);
    let weight = |n: usize| (hard[n], (values[n] - bounds[n]) / bounds[n].max(TOLERANCE));
    broken.reduce(|a, b| if weight(b) > weight(a) { b } else { a })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Limits that are sums of the boosts' doses with weights.
    struct Sums {
        doses: Vec<Vec<f64>>,
        weights: Vec<Vec<f64>>,
        bounds: Vec<f64>,
    }

    impl Sums {
        fn terms(&self, choice: &[usize], limit: usize) -> Vec<f64> {
            let boosts = self.doses.iter().zip(choice).zip(&self.weights[limit]);
            boosts
                .map(|((doses, level), w)| w * doses.get(*level).copied().unwrap_or(0.0))
                .collect()
        }
    }

    impl Levels for Sums {
        fn counts(&self) -> Vec<usize> {
            self.doses.iter().map(Vec::len).collect()
        }
        fn bounds(&self) -> Vec<f64> {
            self.bounds.clone()
        }
        fn hard(&self) -> Vec<bool> {
            vec![true; self.bounds.len()]
        }
        fn values(&self, choice: &[usize]) -> Vec<f64> {
            (0..self.bounds.len())
                .map(|n| self.terms(choice, n).iter().sum())
                .collect()
        }
        fn shares(&self, choice: &[usize], limit: usize) -> Vec<f64> {
            self.terms(choice, limit)
        }
    }

    fn check(weights: &[&[f64]], bounds: &[f64], expected: &[(Option<usize>, Option<usize>)]) {
        let sums = Sums {
            doses: vec![vec![70.0, 68.0, 66.0], vec![74.0, 72.0]],
            weights: weights.iter().map(|w| w.to_vec()).collect(),
            bounds: bounds.to_vec(),
        };
        let found: Vec<_> = highest(&sums)
            .into_iter()
            .map(|c| (c.level, c.limited_by))
            .collect();
        assert_eq!(found, expected, "{weights:?} {bounds:?}");
    }

    #[test]
    fn each_boost_is_as_high_as_its_limits_allow() {
        // Nothing in the way.
        check(
            &[&[0.5, 0.5]],
            &[100.0],
            &[(Some(0), None), (Some(0), None)],
        );
        // The first alone is near: 34.5 of 35, 34 and 33.
        check(
            &[&[0.5, 0.0]],
            &[34.5],
            &[(Some(1), Some(0)), (Some(0), None)],
        );
        // Not even the floor.
        check(&[&[0.5, 0.0]], &[30.0], &[(None, Some(0)), (Some(0), None)]);
        // Each has its own limit.
        check(
            &[&[0.5, 0.0], &[0.0, 1.0]],
            &[33.0, 73.0],
            &[(Some(2), Some(0)), (Some(1), Some(1))],
        );
        // A limit that is met exactly is kept.
        check(&[&[1.0, 0.0]], &[70.0], &[(Some(0), None), (Some(0), None)]);
    }

    #[test]
    fn a_shared_limit_is_shared_and_what_can_rise_again_does() {
        // 70 + 74 = 144 over 140: the second has the larger share and goes to its floor, 72; then
        // the first gives way.
        check(
            &[&[1.0, 1.0]],
            &[140.0],
            &[(Some(1), Some(0)), (Some(1), Some(0))],
        );
        // 66 + 72 = 138 at the floors: the larger share is given up, and the other rises again.
        check(
            &[&[1.0, 1.0]],
            &[137.0],
            &[(Some(0), None), (None, Some(0))],
        );
        check(
            &[&[1.0, 1.0]],
            &[142.0],
            &[(Some(0), None), (Some(1), Some(0))],
        );
    }
}
