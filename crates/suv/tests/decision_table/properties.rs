//! What must hold for any scan.

use isoboost_suv::{Fact, SuvOptions, derive};
use proptest::prelude::*;

use crate::case::{derived, known, plain};

proptest! {
    /// SUVbw is proportional to weight and inversely to dose, and doubles with each half-life.
    #[test]
    fn suv_is_linear(
        weight in 40.0..200.0_f64,
        dose_mbq in 20.0..1500.0_f64,
        minutes in 1..500_i64,
        half_life in 3000.0..20_000.0_f64,
    ) {
        let suv = derived("any", |f, _| {
            f.patient_weight = Fact::Known(weight);
            let item = &mut f.radiopharmaceuticals[0];
            item.radionuclide = None;
            item.name = None;
            item.half_life_s = Fact::Known(half_life);
            item.total_dose = Fact::Known(dose_mbq * 1e6);
            let scan = f.series_start.get().map(|s| s.plus_seconds(-60.0 * minutes as f64));
            item.start_datetime = scan.into();
            item.start_time = Fact::Missing;
        });
        let expected = weight * 1000.0 / (dose_mbq * 1e6)
            * 2.0_f64.powf(60.0 * minutes as f64 / half_life);
        // A handful of roundings, and exp and powf that differ in the last digits of a large x.
        prop_assert!((suv.factors[0] / expected - 1.0).abs() < 1e-11);
    }

    /// Whatever numbers a header holds, there is an answer: a finite positive factor per frame,
    /// or a refusal that names something.
    #[test]
    fn any_header_gets_an_answer(
        numbers in prop::collection::vec(
            prop_oneof![
                Just(0.0), Just(-1.0), Just(f64::NAN), Just(f64::INFINITY), Just(1e300),
                Just(1e-300), 1e-3..1e9_f64,
            ],
            8,
        ),
        units in prop::sample::select(vec!["BQML", "GML", "CM2ML", "CNTS", "CPS", "X"]),
        correction in prop::sample::select(vec!["START", "ADMIN", "NONE"]),
    ) {
        let mut facts = plain();
        facts.units = known(units);
        facts.decay_correction = known(correction);
        facts.patient_weight = Fact::Known(numbers[0]);
        facts.patient_size = Fact::Known(numbers[1]);
        facts.radiopharmaceuticals[0].total_dose = Fact::Known(numbers[2]);
        facts.radiopharmaceuticals[0].half_life_s = Fact::Known(numbers[3]);
        for frame in &mut facts.frames {
            frame.frame_duration_s = Fact::Known(numbers[4]);
            frame.frame_reference_time_s = Fact::Known(numbers[5]);
            frame.philips_suv_factor = Fact::Known(numbers[6]);
            frame.philips_activity_factor = Fact::Known(numbers[7]);
        }
        match derive(&facts, &SuvOptions::default()) {
            Ok(suv) => prop_assert!(suv.factors.iter().all(|f| f.is_finite() && *f > 0.0)),
            Err(error) => prop_assert!(!error.refusals.is_empty()),
        }
    }
}
