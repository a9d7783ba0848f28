//! Doses in fractions, made comparable by the linear-quadratic model.

/// α/β of prostate cancer in Gy.
pub const TUMOUR_ALPHA_BETA_GY: f64 = 1.5;

/// α/β of late reactions of normal tissue in Gy.
pub const LATE_ALPHA_BETA_GY: f64 = 3.0;

/// Above this dose per fraction, in Gy, the linear-quadratic model predicts too much effect, and
/// what it gives is nominal.
pub const NOMINAL_ABOVE_GY: f64 = 8.0;

/// Biologically effective dose in Gy: n·d·(1 + d/(α/β)) for n fractions of d Gy, without a term
/// for repopulation.
pub fn biologically_effective_dose_gy(total_gy: f64, fractions: u32, alpha_beta_gy: f64) -> f64 {
    let per_fraction = total_gy / f64::from(fractions);
    total_gy * (1.0 + per_fraction / alpha_beta_gy)
}

/// The dose in fractions of 2 Gy with the same effect, in Gy: BED / (1 + 2/(α/β)).
pub fn eqd2_gy(total_gy: f64, fractions: u32, alpha_beta_gy: f64) -> f64 {
    biologically_effective_dose_gy(total_gy, fractions, alpha_beta_gy) / (1.0 + 2.0 / alpha_beta_gy)
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
            near(
                biologically_effective_dose_gy(total, fractions, TUMOUR_ALPHA_BETA_GY),
                bed_tumour,
            );
            near(
                biologically_effective_dose_gy(total, fractions, LATE_ALPHA_BETA_GY),
                bed_late,
            );
            near(eqd2_gy(total, fractions, TUMOUR_ALPHA_BETA_GY), tumour);
            near(eqd2_gy(total, fractions, LATE_ALPHA_BETA_GY), late);
            near(eqd2_gy(total, fractions, 10.0), acute);
        }
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
