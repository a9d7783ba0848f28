//! Doses of different fractionation on one scale, by the linear-quadratic model.
//!
//! BED = D (1 + D / (n · α/β)) and EQD2 = BED / (1 + 2 / (α/β)) for a total dose D in n equal
//! fractions (Fowler, Br J Radiol 1989;62:679). There is no term for time.

/// α/β of prostate cancer in Gy.
pub const TUMOUR_ALPHA_BETA_GY: f64 = 1.5;

/// α/β of late reactions of normal tissue in Gy.
pub const LATE_ALPHA_BETA_GY: f64 = 3.0;

/// α/β of acute reactions of normal tissue in Gy.
pub const ACUTE_ALPHA_BETA_GY: f64 = 10.0;

/// Above this dose per fraction, in Gy, the linear-quadratic model predicts too much effect, and
/// what it gives is nominal.
pub const NOMINAL_ABOVE_GY: f64 = 8.0;

/// A total dose in equal fractions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fractionation {
    /// Total dose, Gy.
    pub dose_gy: f64,
    /// Number of fractions.
    pub fractions: u32,
}

impl Fractionation {
    /// Dose per fraction, Gy.
    pub fn fraction_gy(&self) -> f64 {
        self.dose_gy / f64::from(self.fractions)
    }

    /// Biologically effective dose for an α/β, both in Gy.
    pub fn bed_gy(&self, alpha_beta_gy: f64) -> f64 {
        bed_gy(self.dose_gy, self.fractions, alpha_beta_gy)
    }

    /// Dose of the same effect in fractions of 2 Gy, for an α/β, both in Gy.
    pub fn eqd2_gy(&self, alpha_beta_gy: f64) -> f64 {
        eqd2_gy(self.dose_gy, self.fractions, alpha_beta_gy)
    }

    /// The dose of the same effect in another number of fractions.
    #[must_use]
    pub fn in_fractions(&self, fractions: u32, alpha_beta_gy: f64) -> Self {
        if fractions == self.fractions {
            return *self;
        }
        Self {
            dose_gy: dose_of_bed_gy(self.bed_gy(alpha_beta_gy), fractions, alpha_beta_gy),
            fractions,
        }
    }
}

/// Biologically effective dose of `dose_gy` in `fractions` equal fractions.
pub fn bed_gy(dose_gy: f64, fractions: u32, alpha_beta_gy: f64) -> f64 {
    dose_gy * (1.0 + dose_gy / (f64::from(fractions) * alpha_beta_gy))
}

/// Dose in fractions of 2 Gy of the same effect as `dose_gy` in `fractions` equal fractions.
pub fn eqd2_gy(dose_gy: f64, fractions: u32, alpha_beta_gy: f64) -> f64 {
    bed_gy(dose_gy, fractions, alpha_beta_gy) / (1.0 + 2.0 / alpha_beta_gy)
}

/// The total dose whose biologically effective dose in `fractions` equal fractions is `bed_gy`.
pub fn dose_of_bed_gy(bed_gy: f64, fractions: u32, alpha_beta_gy: f64) -> f64 {
    let scale = f64::from(fractions) * alpha_beta_gy;
    scale / 2.0 * ((1.0 + 4.0 * bed_gy / scale).sqrt() - 1.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Total, fractions, then BED and EQD2 at 1.5, both at 3, and EQD2 at 10 Gy.
    type Row = (f64, u32, f64, f64, f64, f64, f64);

    /// Reckoned apart from this code and rounded to a tenth.
    const TABLE: [Row; 28] = [
        (45.0, 25, 99.0, 42.4, 72.0, 43.2, 44.2),
        (50.4, 28, 110.9, 47.5, 80.6, 48.4, 49.6),
        (44.0, 20, 108.5, 46.5, 76.3, 45.8, 44.7),
        (56.0, 28, 130.7, 56.0, 93.3, 56.0, 56.0),
        (60.0, 37, 124.9, 53.5, 92.4, 55.5, 58.1),
        (66.0, 33, 154.0, 66.0, 110.0, 66.0, 66.0),
        (70.0, 35, 163.3, 70.0, 116.7, 70.0, 70.0),
        (70.2, 39, 154.4, 66.2, 112.3, 67.4, 69.0),
        (52.5, 20, 144.4, 61.9, 98.4, 59.1, 55.2),
        (60.0, 20, 180.0, 77.1, 120.0, 72.0, 65.0),
        (57.5, 25, 145.7, 62.4, 101.6, 61.0, 58.9),
        (60.0, 25, 156.0, 66.9, 108.0, 64.8, 62.0),
        (65.0, 25, 177.7, 76.1, 121.3, 72.8, 68.3),
        (66.0, 30, 162.8, 69.8, 114.4, 68.6, 67.1),
        (70.0, 28, 186.7, 80.0, 128.3, 77.0, 72.9),
        (72.0, 36, 168.0, 72.0, 120.0, 72.0, 72.0),
        (16.0, 1, 186.7, 80.0, 101.3, 60.8, 34.7),
        (20.0, 1, 286.7, 122.9, 153.3, 92.0, 50.0),
        (24.0, 1, 408.0, 174.9, 216.0, 129.6, 68.0),
        (24.0, 2, 216.0, 92.6, 120.0, 72.0, 44.0),
        (21.0, 3, 119.0, 51.0, 70.0, 42.0, 29.7),
        (30.0, 3, 230.0, 98.6, 130.0, 78.0, 50.0),
        (36.0, 3, 324.0, 138.9, 180.0, 108.0, 66.0),
        (30.0, 5, 150.0, 64.3, 90.0, 54.0, 40.0),
        (35.0, 5, 198.3, 85.0, 116.7, 70.0, 49.6),
        (40.0, 5, 253.3, 108.6, 146.7, 88.0, 60.0),
        (50.0, 25, 116.7, 50.0, 83.3, 50.0, 50.0),
        (66.0, 66, 110.0, 47.1, 88.0, 52.8, 60.5),
    ];

    #[test]
    fn the_table_of_fractionations_is_met() {
        for (total, fractions, bed_tumour, tumour, bed_late, late, acute) in TABLE {
            let near = |found: f64, expected: f64| {
                // The table is rounded to a tenth.
                assert!(
                    (found - expected).abs() < 0.0501,
                    "{total}/{fractions}: {found}, not {expected}"
                );
            };
            near(bed_gy(total, fractions, TUMOUR_ALPHA_BETA_GY), bed_tumour);
            near(bed_gy(total, fractions, LATE_ALPHA_BETA_GY), bed_late);
            near(eqd2_gy(total, fractions, TUMOUR_ALPHA_BETA_GY), tumour);
            near(eqd2_gy(total, fractions, LATE_ALPHA_BETA_GY), late);
            near(eqd2_gy(total, fractions, ACUTE_ALPHA_BETA_GY), acute);
        }
    }

    #[test]
    fn two_gray_a_fraction_is_its_own_equivalent_and_conversion_goes_back() {
        for alpha_beta in [1.5, 3.0, 10.0] {
            assert!((eqd2_gy(66.0, 33, alpha_beta) - 66.0).abs() < 1e-12);
            for fractions in [1, 5, 20, 39] {
                let bed = bed_gy(52.5, fractions, alpha_beta);
                let back = dose_of_bed_gy(bed, fractions, alpha_beta);
                assert!((back - 52.5).abs() < 1e-9);
            }
        }
        let whole = Fractionation {
            dose_gy: 60.0,
            fractions: 20,
        };
        let same = whole.in_fractions(36, 3.0);
        // 72 Gy in 36 is 2 Gy a fraction, the EQD2 of the table.
        assert!((same.dose_gy - 72.0).abs() < 1e-9);
    }

    proptest! {
        #[test]
        fn the_closed_form_holds(
            fractions in 1_u32..50,
            per_fraction in 0.5..25.0_f64,
            alpha_beta in 1.0..15.0_f64,
        ) {
            let total = per_fraction * f64::from(fractions);
            let expected = total * (per_fraction + alpha_beta) / (2.0 + alpha_beta);
            let found = eqd2_gy(total, fractions, alpha_beta);
            prop_assert!((found / expected - 1.0).abs() < 1e-12);
        }

        #[test]
        fn fractions_of_two_grays_are_their_own_equivalent(
            fractions in 1_u32..50,
            alpha_beta in 1.0..15.0_f64,
        ) {
            let total = 2.0 * f64::from(fractions);
            prop_assert!((eqd2_gy(total, fractions, alpha_beta) - total).abs() < 1e-9);
        }
    }
}
