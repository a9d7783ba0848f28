//! Dose-volume histograms.

/// Width of a bin, Gy: far below what a dose is known to.
const BIN_GY: f64 = 0.01;

/// More bins are not made; doses beyond are counted in the last.
const MOST_BINS: usize = 1_000_000;

/// Less than this in a bin is the rounding of sums, mL.
const ROUNDING_ML: f64 = 1e-12;

/// A piece of a structure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DosePiece {
    /// Mean dose, Gy, not negative.
    pub gy: f64,
    /// From the lowest to the highest dose in it, Gy; between them all doses are taken as equally
    /// frequent.
    pub range_gy: f64,
    /// Volume, mL.
    pub ml: f64,
}

impl DosePiece {
    /// A piece of one dose.
    pub fn even(gy: f64, ml: f64) -> Self {
        Self {
            gy,
            range_gy: 0.0,
            ml,
        }
    }
}

/// How much of a structure gets how much dose.
#[derive(Debug, Clone, PartialEq)]
pub struct Dvh {
    /// Volume in mL of each bin of [`BIN_GY`], from 0 Gy up.
    bins: Vec<f64>,
    total_ml: f64,
    /// Sum of dose times volume.
    integral: f64,
    min_gy: f64,
    max_gy: f64,
}

impl Dvh {
    /// The histogram of pieces; `None` when nothing has a volume.
    pub fn of(pieces: impl Iterator<Item = DosePiece>) -> Option<Self> {
        let mut dvh = Self {
            bins: Vec::new(),
            total_ml: 0.0,
            integral: 0.0,
            min_gy: f64::INFINITY,
            max_gy: 0.0,
        };
        // What each bin holds more than the one before.
        let mut steps: Vec<f64> = Vec::new();
        for piece in pieces.filter(|piece| piece.ml > 0.0) {
            let low_gy = (piece.gy - piece.range_gy / 2.0).max(0.0);
            let high_gy = piece.gy + piece.range_gy / 2.0;
            let [low, high] = [low_gy, high_gy].map(|gy| ((gy / BIN_GY) as usize).min(MOST_BINS));
            if high + 2 > steps.len() {
                steps.resize(high + 2, 0.0);
            }
            let part = piece.ml / (high - low + 1) as f64;
            steps[low] += part;
            steps[high + 1] -= part;
            dvh.total_ml += piece.ml;
            dvh.integral += piece.gy * piece.ml;
            dvh.min_gy = dvh.min_gy.min(low_gy);
            dvh.max_gy = dvh.max_gy.max(high_gy);
        }
        let mut here = 0.0;
        dvh.bins = steps
            .iter()
            .map(|step| {
                here += step;
                // What is left of rounding where nothing is.
                if here < ROUNDING_ML { 0.0 } else { here }
            })
            .collect();
        (dvh.total_ml > 0.0).then_some(dvh)
    }

    /// Volume of the structure, mL.
    pub fn total_ml(&self) -> f64 {
        self.total_ml
    }

    /// Mean dose, Gy.
    pub fn mean_gy(&self) -> f64 {
        self.integral / self.total_ml
    }

    /// Lowest dose, Gy.
    pub fn min_gy(&self) -> f64 {
        self.min_gy
    }

    /// Highest dose, Gy.
    pub fn max_gy(&self) -> f64 {
        self.max_gy
    }

    /// Volume in mL that gets at least `gy`; within a bin evenly spread.
    pub fn volume_ml(&self, gy: f64) -> f64 {
        if gy <= self.min_gy {
            return self.total_ml;
        }
        if gy > self.max_gy {
            return 0.0;
        }
        let place = gy / BIN_GY;
        let bin = (place as usize).min(self.bins.len() - 1);
        let above: f64 = self.bins[bin + 1..].iter().sum();
        above + self.bins[bin] * (1.0 - (place - bin as f64)).clamp(0.0, 1.0)
    }

    /// The same as a share of the structure, %.
    pub fn volume_percent(&self, gy: f64) -> f64 {
        100.0 * self.volume_ml(gy) / self.total_ml
    }

    /// The dose in Gy that the hottest `ml` get at least; that of the whole structure where it is
    /// smaller.
    pub fn dose_at_ml(&self, ml: f64) -> f64 {
        let mut above = 0.0;
        for (bin, here) in self.bins.iter().enumerate().rev() {
            if *here > 0.0 && above + here >= ml {
                let share = 1.0 - (ml - above) / here;
                let gy = (bin as f64 + share.clamp(0.0, 1.0)) * BIN_GY;
                return gy.clamp(self.min_gy, self.max_gy);
            }
            above += here;
        }
        self.min_gy
    }

    /// The dose in Gy that the hottest `percent` of the structure get at least.
    pub fn dose_at_percent(&self, percent: f64) -> f64 {
        self.dose_at_ml(percent / 100.0 * self.total_ml)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 100 mL from 20 to 70 Gy, evenly.
    fn ramp() -> Dvh {
        let n = 100_000;
        let pieces = (0..n).map(|i| {
            let gy = 20.0 + 50.0 * (f64::from(i) + 0.5) / f64::from(n);
            DosePiece::even(gy, 100.0 / f64::from(n))
        });
        Dvh::of(pieces).unwrap()
    }

    #[test]
    fn an_even_ramp_has_straight_lines() {
        let dvh = ramp();
        assert!((dvh.total_ml() - 100.0).abs() < 1e-9);
        assert!((dvh.mean_gy() - 45.0).abs() < 1e-6);
        // V(x) = (70 - x) / 50, D(v) = 70 - v / 2.
        for (gy, percent) in [(20.0, 100.0), (45.0, 50.0), (65.0, 10.0), (70.0, 0.0)] {
            assert!((dvh.volume_percent(gy) - percent).abs() < 0.01, "V{gy}");
        }
        for (ml, gy) in [(2.0, 69.0), (50.0, 45.0), (95.0, 22.5)] {
            assert!((dvh.dose_at_ml(ml) - gy).abs() < 0.01, "D{ml}");
            assert!((dvh.dose_at_percent(ml) - gy).abs() < 0.01, "D{ml}%");
        }
        assert!((dvh.max_gy() - 70.0).abs() < 1e-3);
        assert!((dvh.min_gy() - 20.0).abs() < 1e-3);
    }

    #[test]
    fn a_piece_holds_all_doses_of_its_range() {
        let pieces = (0..5).map(|i| DosePiece {
            gy: 25.0 + 10.0 * f64::from(i),
            range_gy: 10.0,
            ml: 20.0,
        });
        let dvh = Dvh::of(pieces).unwrap();
        for (gy, percent) in [(20.0, 100.0), (33.0, 74.0), (65.0, 10.0), (70.0, 0.0)] {
            assert!((dvh.volume_percent(gy) - percent).abs() < 0.05, "V{gy}");
        }
        assert!((dvh.dose_at_ml(2.0) - 69.0).abs() < 0.02);
        assert!((dvh.mean_gy() - 45.0).abs() < 1e-9);
    }

    #[test]
    fn an_even_dose_is_all_or_nothing() {
        let dvh =
            Dvh::of([DosePiece::even(50.0, 3.0), DosePiece::even(50.0, 1.0)].into_iter()).unwrap();
        assert_eq!(dvh.volume_percent(50.0), 100.0);
        assert_eq!(dvh.volume_percent(50.001), 0.0);
        assert_eq!(dvh.dose_at_ml(0.03), 50.0);
        assert_eq!(dvh.dose_at_percent(95.0), 50.0);
        // More than there is.
        assert_eq!(dvh.dose_at_ml(10.0), 50.0);
        assert!(Dvh::of(std::iter::empty()).is_none());
    }
}
