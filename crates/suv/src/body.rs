//! Body norms: what an SUV is divided by.

use crate::{Sex, SuvType};

/// Lean body mass in kg after Janmahasatian et al. 2005 (Clin Pharmacokinet 44:1051), from
/// weight in kg and height in m. Unlike the older forms it stays plausible in obesity.
pub fn lean_body_mass_janmahasatian_kg(sex: Sex, weight_kg: f64, height_m: f64) -> f64 {
    let bmi = weight_kg / (height_m * height_m);
    match sex {
        Sex::Male => 9270.0 * weight_kg / (6680.0 + 216.0 * bmi),
        Sex::Female => 9270.0 * weight_kg / (8780.0 + 244.0 * bmi),
    }
}

/// Lean body mass in kg after Morgan and Bray as used by Sugawara et al. 1999 (Radiology
/// 213:521), from weight in kg and height in m. It falls again in obesity, even below zero.
pub fn lean_body_mass_kg(sex: Sex, weight_kg: f64, height_m: f64) -> f64 {
    quadratic_lean_mass(sex, weight_kg, height_m, 120.0)
}

/// Lean body mass in kg after James with the constant 128 for men, which some scanners use.
pub fn lean_body_mass_james128_kg(sex: Sex, weight_kg: f64, height_m: f64) -> f64 {
    quadratic_lean_mass(sex, weight_kg, height_m, 128.0)
}

fn quadratic_lean_mass(sex: Sex, weight_kg: f64, height_m: f64, male_constant: f64) -> f64 {
    let ratio = weight_kg / (height_m * 100.0);
    match sex {
        Sex::Male => 1.10 * weight_kg - male_constant * ratio * ratio,
        Sex::Female => 1.07 * weight_kg - 148.0 * ratio * ratio,
    }
}

/// Ideal body weight in kg from height in m.
pub fn ideal_body_weight_kg(sex: Sex, height_m: f64) -> f64 {
    let over_cm = height_m * 100.0 - 152.0;
    match sex {
        Sex::Male => 48.0 + 1.06 * over_cm,
        Sex::Female => 45.5 + 0.91 * over_cm,
    }
}

/// Body surface area in m² after Du Bois and Du Bois 1916, from weight in kg and height in m.
pub fn body_surface_area_m2(weight_kg: f64, height_m: f64) -> f64 {
    0.007_184 * (height_m * 100.0).powf(0.725) * weight_kg.powf(0.425)
}

/// What other SUVs are of one SUVbw in the same patient; `None` where height or sex is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct BodyNorms {
    /// SUL (lean body mass after Janmahasatian) per SUVbw.
    pub sul_per_bw: Option<f64>,
    /// SUVbsa in cm²/mL per SUVbw in g/mL.
    pub suvbsa_per_bw: Option<f64>,
}

impl BodyNorms {
    /// The norms of a body, as far as it is known.
    pub(crate) fn of(weight_kg: Option<f64>, height_m: Option<f64>, sex: Option<Sex>) -> Self {
        let (Some(weight_kg), Some(height_m)) = (weight_kg, height_m) else {
            return Self::default();
        };
        Self {
            sul_per_bw: sex
                .map(|s| lean_body_mass_janmahasatian_kg(s, weight_kg, height_m) / weight_kg),
            suvbsa_per_bw: Some(
                body_surface_area_m2(weight_kg, height_m) * 1e4 / (weight_kg * 1000.0),
            ),
        }
    }
}

/// What an SUV of `kind` is multiplied by to give SUVbw.
pub(crate) fn bw_per(
    kind: SuvType,
    sex: Option<Sex>,
    weight_kg: f64,
    height_m: f64,
) -> Option<f64> {
    let norm_kg = match kind {
        SuvType::BodyWeight => weight_kg,
        SuvType::LeanBodyMass => lean_body_mass_kg(sex?, weight_kg, height_m),
        SuvType::LeanBodyMassJames128 => lean_body_mass_james128_kg(sex?, weight_kg, height_m),
        SuvType::LeanBodyMassJanmahasatian => {
            lean_body_mass_janmahasatian_kg(sex?, weight_kg, height_m)
        }
        SuvType::IdealBodyWeight => ideal_body_weight_kg(sex?, height_m),
        // cm²: one SUVbsa is BSA/D, one SUVbw is W/D, so the ratio is W in g over BSA in cm².
        SuvType::BodySurfaceArea => body_surface_area_m2(weight_kg, height_m) * 10.0,
    };
    (norm_kg > 0.0).then(|| weight_kg / norm_kg)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The published test values of the calculate-suv library: 75 kg, 1.85 m, male, 100 Bq,
    /// where SUVbw of one Bq/mL is 750. Their eight decimals bound the agreement.
    #[test]
    fn norms_equal_the_values_of_an_independent_library() {
        let suv_of = |norm_g: f64| norm_g / 100.0;
        let (w, h) = (75.0, 1.85);
        let close = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-7, "{found}");
        close(suv_of(w * 1000.0), 750.0);
        close(suv_of(body_surface_area_m2(w, h) * 1e4), 198.137_584_27);
        close(
            suv_of(lean_body_mass_kg(Sex::Male, w, h) * 1e3),
            627.775_748_72,
        );
        let janma = lean_body_mass_janmahasatian_kg(Sex::Male, w, h);
        close(suv_of(janma * 1e3), 609.153_358_87);
    }

    /// Worked by hand from the printed formulae, for a woman of 60 kg and 1.60 m.
    #[test]
    fn norms_of_a_woman_follow_the_formulae() {
        let (w, h) = (60.0, 1.60);
        let close = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-9, "{found}");
        close(
            lean_body_mass_kg(Sex::Female, w, h),
            64.2 - 148.0 * 0.140_625,
        );
        close(
            lean_body_mass_james128_kg(Sex::Female, w, h),
            64.2 - 148.0 * 0.140_625,
        );
        let bmi = 23.4375;
        close(
            lean_body_mass_janmahasatian_kg(Sex::Female, w, h),
            556_200.0 / (8780.0 + 244.0 * bmi),
        );
        close(ideal_body_weight_kg(Sex::Female, h), 45.5 + 0.91 * 8.0);
        close(ideal_body_weight_kg(Sex::Male, h), 48.0 + 1.06 * 8.0);
        close(
            lean_body_mass_james128_kg(Sex::Male, w, h),
            66.0 - 128.0 * 0.140_625,
        );
    }

    #[test]
    fn a_norm_that_is_not_positive_is_none() {
        // 250 kg at 1.50 m: the quadratic form gives less than nothing.
        let norm = |kind| bw_per(kind, Some(Sex::Female), 250.0, 1.5);
        assert_eq!(norm(SuvType::LeanBodyMass), None);
        assert!(norm(SuvType::LeanBodyMassJanmahasatian).is_some_and(|f| f > 1.0));
        assert_eq!(bw_per(SuvType::LeanBodyMass, None, 70.0, 1.75), None);
    }

    #[test]
    fn surface_area_and_its_inverse_meet() {
        let norms = BodyNorms::of(Some(70.0), Some(1.75), None);
        let back = bw_per(SuvType::BodySurfaceArea, None, 70.0, 1.75).unwrap();
        assert!((norms.suvbsa_per_bw.unwrap() * back - 1.0).abs() < 1e-12);
        assert_eq!(norms.sul_per_bw, None);
    }
}
