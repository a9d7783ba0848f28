//! What each unit does.

use isoboost_suv::{Fact, FindingCode as F, RefusalCode as R};

use crate::case::{derived, gives, known, plain_factor, refused, refuses, suv_after, terms};

#[test]
fn becquerel_ignores_private_factors_of_philips() {
    gives(
        "BQML",
        |f, _| {
            for frame in &mut f.frames {
                frame.philips_suv_factor = Fact::Known(0.0035);
                frame.philips_activity_factor = Fact::Known(4.7);
            }
        },
        plain_factor(),
        &[],
    );
}

#[test]
fn counts_of_philips() {
    fn counts(f: &mut isoboost_suv::PetFacts, suv: &Fact<f64>, activity: &Fact<f64>) {
        f.units = known("CNTS");
        f.manufacturer = Some("Philips Medical Systems".to_owned());
        for frame in &mut f.frames {
            frame.philips_suv_factor = suv.clone();
            frame.philips_activity_factor = activity.clone();
        }
    }
    let k = Fact::Known;
    gives(
        "SUV factor",
        |f, _| counts(f, &Fact::Known(0.0005), &Fact::Missing),
        0.0005,
        &[],
    );
    gives(
        "activity factor",
        |f, _| counts(f, &Fact::Missing, &Fact::Known(2.0)),
        2.0 * plain_factor(),
        &[],
    );
    gives(
        "a zero SUV factor means none",
        |f, _| counts(f, &Fact::Known(0.0), &Fact::Known(2.0)),
        2.0 * plain_factor(),
        &[],
    );
    gives(
        "a zero activity factor means none",
        |f, _| counts(f, &Fact::Known(0.0005), &Fact::Known(0.0)),
        0.0005,
        &[],
    );
    gives(
        "the SUV factor needs neither weight nor dose nor times",
        |f, _| {
            counts(f, &Fact::Known(0.0005), &Fact::Known(2.0));
            f.patient_weight = Fact::Missing;
            f.radiopharmaceuticals.clear();
            f.series_start = Fact::Missing;
        },
        0.0005,
        &[],
    );
    let agreeing = plain_factor() * 2.0;
    let suv = derived("both", |f, _| counts(f, &k(agreeing * 1.005), &k(2.0)));
    assert_eq!(
        (suv.factor(), suv.findings),
        (Some(agreeing * 1.005), vec![])
    );
    let suv = derived("both, apart", |f, _| {
        counts(f, &k(agreeing * 1.02), &k(2.0));
    });
    assert_eq!(suv.factor(), Some(agreeing * 1.02));
    assert_eq!(suv.findings[0].code, F::PhilipsFactorsDisagree);
    assert!(
        suv.findings[0].text.contains("-1.96078 %"),
        "{}",
        suv.findings[0].text
    );
    for (name, suv, activity) in [
        ("neither", Fact::Missing, Fact::Missing),
        ("both zero", k(0.0), k(0.0)),
    ] {
        let error = refused(name, |f, _| counts(f, &suv, &activity));
        assert_eq!(error.refusals[0].code, R::PhilipsFactors);
        let message = error.to_string();
        assert!(
            message.contains("(7053,1000)") && message.contains("(7053,1009)"),
            "{message}"
        );
        assert!(message.contains("in 3 of 3 frames"), "{message}");
    }
    refuses(
        "the SUV factor holds for corrected images only",
        |f, _| {
            counts(f, &Fact::Known(0.0005), &Fact::Missing);
            f.decay_correction = known("NONE");
        },
        &[R::PhilipsFactors],
        &[],
    );
    let suv = derived("factor by frame", |f, _| {
        counts(f, &Fact::Known(0.0005), &Fact::Missing);
        f.frames[1].philips_suv_factor = Fact::Known(0.0007);
    });
    assert_eq!(
        (suv.factors, suv.weight_kg),
        (vec![0.0005, 0.0007, 0.0005], Some(70.0))
    );
}

/// 70 kg, 1.75 m: each norm in kg worked out by hand from the printed formula.
#[test]
fn grams_per_ml_are_turned_back_to_body_weight() {
    let h = 175.0_f64;
    let w_h2 = (70.0 / h) * (70.0 / h);
    let bmi = 70.0 / (1.75 * 1.75);
    let bsa_m2 = 0.007_184 * h.powf(0.725) * 70.0_f64.powf(0.425);
    for (kind, sex, norm_kg) in [
        ("BW", "O", 70.0),
        ("LBM", "M", 77.0 - 120.0 * w_h2),
        ("LBM", "F", 74.9 - 148.0 * w_h2),
        ("LBMJAMES128", "M", 77.0 - 128.0 * w_h2),
        ("LBMJAMES128", "F", 74.9 - 148.0 * w_h2),
        ("LBMJANMA", "M", 648_900.0 / (6680.0 + 216.0 * bmi)),
        ("LBMJANMA", "F", 648_900.0 / (8780.0 + 244.0 * bmi)),
        ("IBW", "M", 48.0 + 1.06 * 23.0),
        ("IBW", "F", 45.5 + 0.91 * 23.0),
        ("BSA", "O", bsa_m2 * 10.0),
    ] {
        let name = format!("{kind} {sex}");
        let suv = derived(&name, |f, _| {
            f.units = known("GML");
            f.suv_type = known(kind);
            f.patient_sex = known(sex);
        });
        let found = suv.factor().unwrap();
        assert!(
            (found / (70.0 / norm_kg) - 1.0).abs() < 1e-12,
            "{name}: {found}"
        );
        assert_eq!(suv.findings, [], "{name}");
    }
}

#[test]
fn grams_per_ml_depend_on_nothing_else() {
    gives(
        "an injection the day after the scan",
        |f, _| {
            f.units = known("GML");
            f.suv_type = known("BW");
            f.radiopharmaceuticals[0].start_datetime =
                Fact::Known(crate::case::at("2025-01-02 10:00"));
            f.decay_correction = known("ADMIN");
        },
        1.0,
        &[],
    );
    gives(
        "nothing but the unit",
        |f, _| {
            f.units = known("GML");
            f.suv_type = known("BW");
            f.patient_weight = Fact::Missing;
            f.patient_size = Fact::Missing;
            f.decay_correction = Fact::Missing;
            f.radiopharmaceuticals.clear();
            f.series_start = Fact::Missing;
        },
        1.0,
        &[],
    );
    for absent in [Fact::Missing, Fact::Empty] {
        let suv = derived("no SUV type", |f, _| {
            f.units = known("GML");
            f.suv_type = absent;
        });
        assert_eq!(suv.factor(), Some(1.0));
        assert_eq!(suv.findings[0].code, F::SuvTypeAssumed);
    }
    refuses(
        "an unknown SUV type",
        |f, _| {
            f.units = known("GML");
            f.suv_type = known("LEAN");
        },
        &[R::SuvType],
        &["SUV Type (0054,1006)", "`LEAN`"],
    );
}

#[test]
fn a_norm_without_its_body_is_refused() {
    refuses(
        "lean mass, sex other",
        |f, _| {
            f.units = known("GML");
            f.suv_type = known("LBMJANMA");
            f.patient_sex = known("O");
        },
        &[R::Sex],
        &["Patient's Sex (0010,0040)", "`O`", "--sex"],
    );
    refuses(
        "lean mass, nothing known",
        |f, _| {
            f.units = known("GML");
            f.suv_type = known("LBM");
            f.patient_sex = Fact::Empty;
            f.patient_size = Fact::Missing;
            f.patient_weight = Fact::Missing;
        },
        &[R::Weight, R::Height, R::Sex],
        &["--weight-kg", "--height-m", "--sex"],
    );
    refuses(
        "a lean mass below nothing",
        |f, _| {
            f.units = known("GML");
            f.suv_type = known("LBM");
            f.patient_weight = Fact::Known(240.0);
            f.patient_size = Fact::Known(1.4);
        },
        &[R::SuvType],
        &["positive"],
    );
}

#[test]
fn square_centimetres_per_ml() {
    let bsa_cm2 = 71.84 * 175.0_f64.powf(0.725) * 70.0_f64.powf(0.425);
    let suv = derived("CM2ML", |f, _| f.units = known("CM2ML"));
    assert!((suv.factor().unwrap() / (70_000.0 / bsa_cm2) - 1.0).abs() < 1e-12);
    assert_eq!(suv.findings, []);
    let suv = derived("CM2ML with another type", |f, _| {
        f.units = known("CM2ML");
        f.suv_type = known("BW");
    });
    assert!((suv.factor().unwrap() / (70_000.0 / bsa_cm2) - 1.0).abs() < 1e-12);
    assert_eq!(suv.findings[0].code, F::SuvTypeContradicts);
    refuses(
        "no height",
        |f, _| {
            f.units = known("CM2ML");
            f.patient_size = Fact::Missing;
        },
        &[R::Height],
        &["--height-m"],
    );
}

#[test]
fn counts_per_second_only_when_calibrated() {
    gives(
        "calibrated to the voxel",
        |f, _| {
            f.units = known("CPS");
            f.corrected_image = terms("ATTN\\DECY\\DCAL");
            f.voxel_volume_ml = Some(0.064);
        },
        suv_after(3600.0, 6586.2) / 0.064,
        &[F::CountsCalibrated],
    );
    gives(
        "with the calibration beside it",
        |f, _| {
            f.units = known("CPS");
            f.dose_calibration_factor = Fact::Known(3.376e7);
        },
        suv_after(3600.0, 6586.2) * 3.376e7,
        &[F::CountsCalibrated],
    );
    refuses(
        "bare",
        |f, _| f.units = known("CPS"),
        &[R::Units],
        &["Units (0054,1001)", "`CPS`"],
    );
}

#[test]
fn other_units_are_refused() {
    for term in ["PROPCPS", "PROPCNTS", "1CM", "UMOLML", "bq/ml"] {
        let error = refused(term, |f, _| f.units = known(term));
        assert_eq!(error.refusals.len(), 1, "{error}");
        let message = error.to_string();
        assert!(
            message.contains(&format!("Units (0054,1001): found `{term}`")),
            "{message}"
        );
        assert!(message.contains("another series"), "{message}");
    }
    refuses(
        "no units",
        |f, _| f.units = Fact::Empty,
        &[R::Units],
        &["--pet-units"],
    );
    refuses(
        "the operator does not overrule the scanner",
        |f, o| {
            f.units = known("PROPCPS");
            o.units = Some("BQML".parse().unwrap());
        },
        &[R::Units],
        &["`PROPCPS`"],
    );
    refuses(
        "units, attenuation and weight together",
        |f, _| {
            f.units = known("PROPCPS");
            f.corrected_image = terms("DECY\\DTIM\\RAN\\DCAL\\SLSENS\\NORM");
            f.patient_weight = Fact::Missing;
        },
        &[R::Attenuation, R::Units, R::Weight],
        &["`PROPCPS`", "ATTN", "Patient's Weight"],
    );
}
