//! The kinds of decay correction.

use isoboost_suv::{Fact, FindingCode as F, RefusalCode as R};

use crate::case::{DOSE_BQ, F18_S, WEIGHT_G, at, derived, gives, known, plain_factor, refuses};

#[test]
fn corrected_to_the_injection_the_dose_does_not_decay() {
    gives(
        "ADMIN",
        |f, _| {
            f.decay_correction = known("ADMIN");
            f.series_start = Fact::Missing;
            f.radiopharmaceuticals[0].start_datetime = Fact::Missing;
            f.radiopharmaceuticals[0].start_time = Fact::Missing;
        },
        WEIGHT_G / DOSE_BQ,
        &[],
    );
}

/// Each frame is brought to the injection: by the decay until it begins, and within the frame by
/// the ratio of the rate at its start to its mean.
#[test]
fn without_correction_each_frame_has_its_own_factor() {
    let suv = derived("NONE", |f, _| {
        f.decay_correction = known("NONE");
        f.corrected_image.retain(|c| c != "DECY");
        f.frames[1].acquisition = Fact::Known(at("2025-01-01 11:05"));
        f.frames[2].acquisition = Fact::Known(at("2025-01-01 11:10"));
        f.frames[2].frame_duration_s = Fact::Known(120.0);
    });
    let lambda = std::f64::consts::LN_2 / F18_S;
    for (n, (elapsed, duration)) in [(3600.0, 300.0), (3900.0, 300.0), (4200.0, 120.0)]
        .into_iter()
        .enumerate()
    {
        let x = lambda * duration;
        let expected = WEIGHT_G / DOSE_BQ * (lambda * elapsed).exp() * x / (1.0 - (-x).exp());
        // 1 - e^-x loses two digits here, which the crate keeps.
        assert!((suv.factors[n] / expected - 1.0).abs() < 1e-12, "{n}");
    }
    assert_eq!(suv.factor(), None);
    assert_eq!(suv.decay_factor, None);
}

#[test]
fn without_correction_every_frame_needs_its_time_and_duration() {
    refuses(
        "no duration",
        |f, _| {
            f.decay_correction = known("NONE");
            f.frames[1].frame_duration_s = Fact::Known(0.0);
        },
        &[R::FrameTiming],
        &["Actual Frame Duration (0018,1242)", "`0` in 1 of 3 frames"],
    );
    refuses(
        "no times",
        |f, _| {
            f.decay_correction = known("NONE");
            for frame in &mut f.frames {
                frame.acquisition = Fact::Empty;
                frame.frame_duration_s = Fact::Missing;
            }
        },
        &[R::FrameTiming, R::FrameTiming],
        &["Acquisition Date and Time", "in 3 of 3 frames"],
    );
}

#[test]
fn any_other_correction_is_refused() {
    refuses(
        "unknown",
        |f, _| f.decay_correction = known("MIDDLE"),
        &[R::DecayCorrection],
        &[
            "Decay Correction (0054,1102)",
            "`MIDDLE`",
            "START, ADMIN or NONE",
            "--decay-correction",
        ],
    );
    refuses(
        "empty",
        |f, _| f.decay_correction = Fact::Empty,
        &[R::DecayCorrection],
        &[],
    );
    gives(
        "stated",
        |f, o| {
            f.decay_correction = Fact::Empty;
            o.decay_correction = Some("START".parse().unwrap());
        },
        plain_factor(),
        &[],
    );
}

#[test]
fn the_dose() {
    gives(
        "in MBq",
        |f, _| f.radiopharmaceuticals[0].total_dose = Fact::Known(368.08),
        plain_factor(),
        &[F::DoseInMbq],
    );
    gives(
        "in MBq where it should be",
        |f, _| {
            f.sop_class = isoboost_suv::PetSopClass::EnhancedPet;
            f.radiopharmaceuticals[0].total_dose = Fact::Known(368.08);
        },
        plain_factor(),
        &[],
    );
    gives(
        "in Bq where MBq should be",
        |f, _| f.sop_class = isoboost_suv::PetSopClass::EnhancedPet,
        plain_factor(),
        &[F::DoseInBq],
    );
    gives(
        "small",
        |f, _| f.radiopharmaceuticals[0].total_dose = Fact::Known(2e5),
        plain_factor() * DOSE_BQ / 2e5,
        &[F::DoseUnusual],
    );
    for dose in [
        Fact::Missing,
        Fact::Empty,
        Fact::Known(0.0),
        Fact::Known(-1.0),
    ] {
        let error =
            crate::case::refused("dose", |f, _| f.radiopharmaceuticals[0].total_dose = dose);
        assert_eq!(error.options(), ["--dose-mbq"]);
        assert!(
            error
                .to_string()
                .contains("Radionuclide Total Dose (0018,1074)")
        );
    }
    let suv = derived("stated", |f, o| {
        f.radiopharmaceuticals[0].total_dose = Fact::Missing;
        o.dose_mbq = Some(368.08);
    });
    assert!((suv.factors[0] / plain_factor() - 1.0).abs() < 1e-12);
    assert_eq!(suv.overrides[0].option, "--dose-mbq");
    assert_eq!(suv.dose_bq, Some(368.08e6));
}

#[test]
fn several_substances() {
    fn add(f: &mut isoboost_suv::PetFacts, half_life_s: f64, name: &str) {
        let mut item = f.radiopharmaceuticals[0].clone();
        item.radionuclide = None;
        item.name = Some(name.to_owned());
        item.half_life_s = Fact::Known(half_life_s);
        item.total_dose = Fact::Known(7.4e9);
        f.radiopharmaceuticals.push(item);
    }
    gives(
        "the same twice",
        |f, _| {
            f.radiopharmaceuticals
                .push(f.radiopharmaceuticals[0].clone());
        },
        plain_factor(),
        &[],
    );
    gives(
        "one of them is not imaged by PET",
        |f, _| add(f, 573_700.0, "177Lu-PSMA-617"),
        plain_factor(),
        &[F::RadiopharmaceuticalChosen],
    );
    refuses(
        "two positron emitters",
        |f, _| add(f, 4062.6, "68Ga-PSMA-11"),
        &[R::Radiopharmaceutical],
        &["(0054,0016)", "2 different items", "--nuclide"],
    );
    gives(
        "two positron emitters, one named",
        |f, o| {
            add(f, 4062.6, "68Ga-PSMA-11");
            o.nuclide = Some("F-18".parse().unwrap());
        },
        plain_factor(),
        &[F::RadiopharmaceuticalChosen],
    );
}
