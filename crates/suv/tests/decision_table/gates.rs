//! What must hold before anything is computed.

use isoboost_suv::{Fact, FindingCode as F, PetSopClass, RefusalCode as R, SuvOptions};

use crate::case::{DOSE_BQ, derived, gives, known, plain_factor, refuses, terms};

#[test]
fn the_plain_scan_has_its_factor_and_no_finding() {
    gives("plain", |_, _| {}, plain_factor(), &[]);
}

#[test]
fn the_kind_of_image() {
    assert_eq!(
        PetSopClass::from_uid("1.2.840.10008.5.1.4.1.1.128"),
        PetSopClass::Pet
    );
    refuses(
        "a CT",
        |f, _| f.sop_class = PetSopClass::from_uid("1.2.840.10008.5.1.4.1.1.2"),
        &[R::SopClass],
        &[
            "SOP Class UID (0008,0016)",
            "1.2.840.10008.5.1.4.1.1.2`",
            "another series",
        ],
    );
    refuses(
        "a MIP",
        |f, _| f.series_type = terms("WHOLE BODY\\REPROJECTION"),
        &[R::SeriesType],
        &["Series Type (0054,1000)", "REPROJECTION", "projection"],
    );
    for kind in ["STATIC", "WHOLE BODY"] {
        let suv = derived(kind, |f, _| f.series_type[0] = kind.to_owned());
        assert_eq!(suv.findings, []);
    }
    for kind in ["DYNAMIC", "GATED"] {
        let suv = derived(kind, |f, _| f.series_type[0] = kind.to_owned());
        assert_eq!(suv.findings[0].code, F::SeriesType);
        assert!(suv.findings[0].text.contains(kind));
    }
    refuses("no frame", |f, _| f.frames.clear(), &[R::NoFrames], &[]);
}

#[test]
fn the_pixels() {
    refuses(
        "inverted",
        |f, _| f.photometric_interpretation = Some("MONOCHROME1".to_owned()),
        &[R::PhotometricInterpretation],
        &["(0028,0004)", "MONOCHROME1", "MONOCHROME2"],
    );
    gives(
        "12 bits",
        |f, _| f.bits = Some((16, 12)),
        plain_factor(),
        &[F::PixelFormat],
    );
    let frames = |f: &mut isoboost_suv::PetFacts, slope| f.frames[1].rescale_slope = slope;
    for (name, slope, word) in [
        ("missing", Fact::Missing, "no such attribute in 1 of 3"),
        ("empty", Fact::Empty, "an empty value"),
        ("text", Fact::Unusable("1,5".to_owned()), "`1,5`"),
        ("zero", Fact::Known(0.0), "`0`"),
        ("not a number", Fact::Known(f64::NAN), "NaN"),
    ] {
        let error = crate::case::refused(name, |f, _| frames(f, slope));
        assert_eq!(error.refusals[0].code, R::RescaleSlope, "{name}");
        assert!(error.to_string().contains(word), "{name}: {error}");
    }
    refuses(
        "intercept",
        |f, _| f.frames[2].rescale_intercept = Fact::Known(-1024.0),
        &[R::RescaleIntercept],
        &["Rescale Intercept (0028,1052)", "`-1024`"],
    );
}

#[test]
fn the_corrections() {
    refuses(
        "not attenuation corrected",
        |f, _| f.corrected_image = terms("NORM\\DECY"),
        &[R::Attenuation],
        &[
            "Corrected Image (0028,0051)",
            "`NORM\\DECY`",
            "`ATTN`",
            "--assume-attenuation-corrected",
        ],
    );
    refuses(
        "nothing listed",
        |f, _| f.corrected_image.clear(),
        &[R::Attenuation, R::Decay],
        &["nothing listed", "--assume-decay-corrected"],
    );
    refuses(
        "not decay corrected though START",
        |f, _| f.corrected_image = terms("ATTN"),
        &[R::Decay],
        &["`DECY`"],
    );
    gives(
        "spelt out",
        |f, _| f.corrected_image = terms("ATTN\\DECAY"),
        plain_factor(),
        &[],
    );
    gives(
        "assumed",
        |f, o| {
            f.corrected_image.clear();
            o.assume_attenuation_corrected = true;
            o.assume_decay_corrected = true;
        },
        plain_factor(),
        &[],
    );
    let suv = derived("assumed", |f, o| {
        f.corrected_image.clear();
        o.assume_attenuation_corrected = true;
        o.assume_decay_corrected = true;
    });
    let options: Vec<&str> = suv.overrides.iter().map(|o| o.option).collect();
    assert_eq!(
        options,
        ["--assume-attenuation-corrected", "--assume-decay-corrected"]
    );
    assert!(suv.overrides[0].instead_of.contains("nothing listed"));
}

#[test]
fn the_weight() {
    for (name, fact, word) in [
        ("missing", Fact::Missing, "no such attribute"),
        ("empty", Fact::Empty, "an empty value"),
        ("zero", Fact::Known(0.0), "`0`"),
        ("negative", Fact::Known(-70.0), "`-70`"),
        ("unreadable", Fact::Unusable("70,5".to_owned()), "`70,5`"),
        ("not a number", Fact::Known(f64::NAN), "NaN"),
    ] {
        let error = crate::case::refused(name, |f, _| f.patient_weight = fact);
        assert_eq!(error.refusals.len(), 1, "{name}: {error}");
        assert_eq!(error.options(), ["--weight-kg"], "{name}");
        let message = error.to_string();
        assert!(
            message.contains("Patient's Weight (0010,1030)"),
            "{message}"
        );
        assert!(message.contains(word), "{name}: {message}");
    }
    refuses(
        "typed into the height",
        |f, _| {
            f.patient_weight = Fact::Missing;
            f.patient_size = Fact::Known(82.0);
        },
        &[R::Weight],
        &["Patient's Size (0010,1020) is `82`"],
    );
    gives(
        "in grams",
        |f, _| f.patient_weight = Fact::Known(70_000.0),
        plain_factor(),
        &[F::WeightInGrams],
    );
    gives(
        "a child's",
        |f, _| f.patient_weight = Fact::Known(12.0),
        plain_factor() * 12.0 / 70.0,
        &[F::WeightUnusual],
    );
    let suv = derived("stated", |f, o| {
        f.patient_weight = Fact::Known(100.0);
        o.weight_kg = Some(70.0);
    });
    assert!((suv.factors[0] / plain_factor() - 1.0).abs() < 1e-12);
    assert_eq!(suv.overrides[0].value, "70 kg");
    assert!(suv.overrides[0].instead_of.contains("`100`"));
}

#[test]
fn the_height() {
    let norms = |size| {
        let suv = derived("height", |f, _| f.patient_size = Fact::Known(size));
        (
            suv.norms,
            suv.findings.iter().map(|f| f.code).collect::<Vec<_>>(),
        )
    };
    let (metres, none) = norms(1.75);
    let (centimetres, found) = norms(175.0);
    assert_eq!((metres, none), (centimetres, vec![]));
    assert_eq!(found, [F::HeightInCentimetres]);
    // 70 kg, 1.75 m, male: 9270 * 70 / (6680 + 216 * 22.857) / 70 = 0.79783.
    let bmi = 70.0 / (1.75 * 1.75);
    assert!((metres.sul_per_bw.unwrap() - 9270.0 / (6680.0 + 216.0 * bmi)).abs() < 1e-12);
    for nonsense in [3000.0, 0.1] {
        let (unknown, found) = norms(nonsense);
        assert_eq!(unknown.suvbsa_per_bw, None);
        assert_eq!(found, [F::HeightUnusable]);
    }
    let (unmeasured, found) = norms(0.0);
    assert_eq!((unmeasured.sul_per_bw, found), (None, vec![]));
}

#[test]
fn sex_other_gives_no_lean_body_norm() {
    let suv = derived("sex", |f, _| f.patient_sex = known("O"));
    assert_eq!(suv.norms.sul_per_bw, None);
    assert!(suv.norms.suvbsa_per_bw.is_some());
    let suv = derived("stated", |f, o| {
        f.patient_sex = known("O");
        o.sex = Some(isoboost_suv::Sex::Male);
    });
    assert!(suv.norms.sul_per_bw.is_some());
    assert_eq!(suv.overrides[0].option, "--sex");
}

#[test]
fn everything_that_is_missing_is_told_at_once() {
    refuses(
        "an empty header",
        |f, _| {
            f.patient_weight = Fact::Missing;
            f.corrected_image.clear();
            f.decay_correction = Fact::Missing;
            f.radiopharmaceuticals.clear();
        },
        &[
            R::Attenuation,
            R::Decay,
            R::DecayCorrection,
            R::Weight,
            R::Dose,
            R::HalfLife,
        ],
        &[
            "--weight-kg",
            "--dose-mbq",
            "--half-life-s",
            "--decay-correction",
        ],
    );
    refuses(
        "an empty item",
        |f, _| {
            f.patient_weight = Fact::Missing;
            f.radiopharmaceuticals.clear();
            f.series_start = Fact::Missing;
            for frame in &mut f.frames {
                frame.acquisition = Fact::Missing;
            }
        },
        &[
            R::Weight,
            R::Dose,
            R::HalfLife,
            R::DecayReference,
            R::Injection,
        ],
        &["--injected-at", "--decay-reference"],
    );
}

#[test]
fn an_operator_can_state_everything() {
    gives(
        "all stated",
        |f, o| {
            f.patient_weight = Fact::Missing;
            f.corrected_image.clear();
            f.decay_correction = Fact::Missing;
            f.units = Fact::Empty;
            f.radiopharmaceuticals.clear();
            f.series_start = Fact::Missing;
            for frame in &mut f.frames {
                frame.acquisition = Fact::Missing;
            }
            *o = SuvOptions {
                weight_kg: Some(70.0),
                dose_mbq: Some(DOSE_BQ / 1e6),
                injected_at: Some("10:00".parse().unwrap()),
                half_life_s: Some(6586.2),
                units: Some("BQML".parse().unwrap()),
                decay_correction: Some("START".parse().unwrap()),
                decay_reference: Some("2025-01-01 11:00".parse().unwrap()),
                assume_attenuation_corrected: true,
                assume_decay_corrected: true,
                ..SuvOptions::default()
            };
        },
        plain_factor(),
        &[],
    );
}

#[test]
fn impossible_options_are_refused_by_name() {
    type Set = fn(&mut SuvOptions);
    let cases: [(&str, Set); 8] = [
        ("--weight-kg 0", |o| o.weight_kg = Some(0.0)),
        ("--weight-kg 70000", |o| o.weight_kg = Some(70_000.0)),
        ("--height-m 175", |o| o.height_m = Some(175.0)),
        ("--dose-mbq 368080000", |o| o.dose_mbq = Some(DOSE_BQ)),
        ("--dose-mbq NaN", |o| o.dose_mbq = Some(f64::NAN)),
        ("--half-life-s -1", |o| o.half_life_s = Some(-1.0)),
        ("--injected-at 2025-01-01 11:30:00", |o| {
            o.injected_at = Some("2025-01-01 11:30".parse().unwrap());
        }),
        ("--injected-at 2024-12-25 10:00:00", |o| {
            o.injected_at = Some("2024-12-25 10:00".parse().unwrap());
        }),
    ];
    for (words, set) in cases {
        let error = crate::case::refused(words, |_, o| set(o));
        assert_eq!(error.refusals.len(), 1, "{words}: {error}");
        assert_eq!(error.refusals[0].code, R::Option, "{words}");
        assert!(error.to_string().contains(words), "{words}: {error}");
    }
}
