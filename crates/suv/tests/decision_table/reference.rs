//! The candidates for the decay reference time, in their order.

use isoboost_suv::{Fact, FindingCode as F, PetFacts, PetSopClass, RefusalCode as R};

use crate::case::{F18_S, at, derived, gives, plain, plain_factor, refuses, suv_after};

/// The finding codes and reference time of a change.
fn reference(change: fn(&mut PetFacts)) -> (String, Vec<F>) {
    let suv = derived("reference", |f, _| change(f));
    let codes = suv.findings.iter().map(|f| f.code).collect();
    let time = suv
        .decay_reference
        .map(|stamp| stamp.local.time().to_string());
    (time.unwrap_or_default(), codes)
}

fn all_frames(f: &mut PetFacts, acquired: &str, reference_s: f64) {
    for frame in &mut f.frames {
        frame.acquisition = Fact::Known(at(acquired));
        frame.frame_reference_time_s = Fact::Known(reference_s);
    }
}

/// Mean count rate time of a 300 s frame of F-18, to 1 ms: 150 s less lambda T^2 / 24.
const MEAN_RATE_S: f64 = 150.0 - 0.394_666;

#[test]
fn first_the_private_time_of_ge() {
    fn ge(f: &mut PetFacts) {
        f.manufacturer = Some("GE MEDICAL SYSTEMS".to_owned());
        f.ge_decay_reference = Fact::Known(at("2025-01-01 11:00"));
        all_frames(f, "2025-01-01 11:30", 150.0);
    }
    gives(
        "GE",
        |f, _| ge(f),
        plain_factor(),
        &[F::ReferenceTimesDisagree],
    );
    // A maker that is not GE has something else in that element.
    let (time, _) = reference(|f| {
        ge(f);
        f.manufacturer = Some("Philips".to_owned());
        f.series_start = Fact::Missing;
    });
    assert!(time.starts_with("11:29:59.6"), "{time}");
    // Dates shifted everywhere but in private elements.
    let (time, codes) = reference(|f| {
        ge(f);
        f.ge_decay_reference = Fact::Known(at("2019-06-01 11:00"));
        all_frames(f, "2025-01-01 11:00", 0.0);
    });
    assert_eq!(
        (time.as_str(), codes),
        ("11:00:00", vec![F::ReferenceTimeSetAside])
    );
}

#[test]
fn second_the_private_time_of_siemens() {
    let (time, codes) = reference(|f| {
        f.manufacturer = Some("SIEMENS".to_owned());
        f.siemens_decay_reference = Fact::Known(at("2025-01-01 11:01"));
    });
    assert_eq!(
        (time.as_str(), codes),
        ("11:01:00", vec![F::ReferenceTimesDisagree])
    );
    let (time, codes) = reference(|f| {
        f.manufacturer = Some("SIEMENS".to_owned());
        f.siemens_decay_reference = Fact::Known(at("2025-01-01 11:00"));
    });
    assert_eq!((time.as_str(), codes), ("11:00:00", vec![]));
}

#[test]
fn third_the_time_of_enhanced_objects() {
    let (time, _) = reference(|f| {
        f.sop_class = PetSopClass::EnhancedPet;
        f.decay_correction_datetime = Fact::Known(at("2025-01-01 10:59:30"));
    });
    assert_eq!(time, "10:59:30");
    let (time, _) = reference(|f| {
        f.decay_correction_datetime = Fact::Known(at("2025-01-01 10:59:30"));
    });
    assert_eq!(
        time, "11:00:00",
        "the attribute has no place in a classic object"
    );
}

/// Siemens late framing: the beds are taken long after the series starts.
#[test]
fn fourth_counted_back_from_the_bed() {
    let late = format!("2025-01-01 11:50:{:09.6}", 0.0);
    assert_eq!(at(&late), at("2025-01-01 11:50"));
    gives(
        "late framing: series time confirmed",
        |f, _| all_frames(f, "2025-01-01 11:50", 3000.0 + 149.6),
        plain_factor(),
        &[],
    );
    // Truncated by the scanner to whole seconds: still the series time, exactly.
    gives(
        "late framing, truncated",
        |f, _| all_frames(f, "2025-01-01 11:50:00.9", 3000.0 + 149.6),
        plain_factor(),
        &[],
    );
    let suv = derived("series time edited to 12:30", |f, _| {
        f.series_start = Fact::Known(at("2025-01-01 12:30"));
        all_frames(f, "2025-01-01 11:50", 3000.0 + MEAN_RATE_S);
    });
    let expected = suv_after(3600.0, F18_S);
    // MEAN_RATE_S is good to a millisecond, 1e-7 of the SUV.
    assert!(
        (suv.factors[0] / expected - 1.0).abs() < 2e-7,
        "{}",
        suv.factors[0] / expected
    );
    let codes: Vec<F> = suv.findings.iter().map(|f| f.code).collect();
    assert_eq!(codes, [F::ReferenceTimeSetAside]);
    let suv = derived(
        "series time an hour early, as after de-identification",
        |f, _| {
            f.series_start = Fact::Known(at("2025-01-01 10:30"));
            all_frames(f, "2025-01-01 11:50", 3000.0 + MEAN_RATE_S);
        },
    );
    assert!((suv.factors[0] / expected - 1.0).abs() < 2e-7);
    assert_eq!(suv.findings[0].code, F::ReferenceTimesDisagree);
}

#[test]
fn fourth_without_the_mean_rate_on_ge() {
    let (time, codes) = reference(|f| {
        f.manufacturer = Some("GE MEDICAL SYSTEMS".to_owned());
        f.series_start = Fact::Known(at("2025-01-01 12:00"));
        all_frames(f, "2025-01-01 11:10", 600.0);
    });
    assert_eq!(
        (time.as_str(), codes),
        ("11:00:00", vec![F::ReferenceTimeSetAside])
    );
}

#[test]
fn fourth_beds_that_follow_their_times_agree() {
    let (time, codes) = reference(|f| {
        // Two beds 5 min apart in a cropped series whose first bed is missing.
        all_frames(f, "2025-01-01 11:05", 300.0 + MEAN_RATE_S);
        f.frames[2].acquisition = Fact::Known(at("2025-01-01 11:10"));
        f.frames[2].frame_reference_time_s = Fact::Known(600.0 + MEAN_RATE_S);
    });
    assert_eq!((time.as_str(), codes), ("11:00:00", vec![]));
}

/// Some scanners write one Acquisition Time on all beds: counting back would be wrong then.
#[test]
fn beds_that_do_not_follow_their_times_are_not_counted_back() {
    let (time, codes) = reference(|f| {
        for (n, frame) in f.frames.iter_mut().enumerate() {
            frame.frame_reference_time_s = Fact::Known(300.0 * n as f64);
        }
    });
    assert_eq!((time.as_str(), codes), ("11:00:00", vec![]));
    let (time, codes) = reference(|f| {
        f.series_start = Fact::Known(at("2025-01-01 10:58"));
        for (n, frame) in f.frames.iter_mut().enumerate() {
            frame.frame_reference_time_s = Fact::Known(300.0 * (n + 1) as f64);
        }
    });
    assert_eq!(
        (time.as_str(), codes),
        ("10:58:00", vec![F::ReferenceTimesDisagree])
    );
}

/// A series that begins with its first frame is corrected to that moment, whatever Frame
/// Reference Time counts from; the contradiction is told.
#[test]
fn the_series_that_begins_with_its_first_frame() {
    let (time, codes) = reference(|f| all_frames(f, "2025-01-01 11:00:01", 1328.7));
    assert_eq!(
        (time.as_str(), codes),
        ("11:00:00", vec![F::ReferenceTimesDisagree])
    );
}

#[test]
fn fifth_the_series_unless_it_lies_after_the_first_frame() {
    let (time, codes) = reference(|f| {
        f.series_start = Fact::Known(at("2025-01-01 10:59:45"));
        all_frames(f, "2025-01-01 11:00", 0.0);
    });
    assert_eq!((time.as_str(), codes), ("10:59:45", vec![]));
    let (time, codes) = reference(|f| {
        f.series_start = Fact::Known(at("2025-01-01 11:20"));
        all_frames(f, "2025-01-01 11:00", 0.0);
    });
    let expected = vec![F::ReferenceTimeSetAside, F::ReferenceTimeWeak];
    assert_eq!((time.as_str(), codes), ("11:00:00", expected));
    let (time, codes) = reference(|f| {
        for frame in &mut f.frames {
            frame.acquisition = Fact::Missing;
        }
    });
    assert_eq!((time.as_str(), codes), ("11:00:00", vec![]));
}

#[test]
fn sixth_the_earliest_frame_of_the_whole_series() {
    let (time, codes) = reference(|f| {
        f.series_start = Fact::Missing;
        all_frames(f, "2025-01-01 11:05", 0.0);
        f.frames[1].acquisition = Fact::Known(at("2025-01-01 11:02"));
    });
    assert_eq!(
        (time.as_str(), codes),
        ("11:02:00", vec![F::ReferenceTimeWeak])
    );
}

#[test]
fn none_is_refused_and_an_operator_can_state_it() {
    refuses(
        "none",
        |f, _| {
            f.series_start = Fact::Empty;
            for frame in &mut f.frames {
                frame.acquisition = Fact::Unusable("10:15:00".to_owned());
            }
        },
        &[R::DecayReference],
        &[
            "Series Date and Time (0008,0031)",
            "`10:15:00`",
            "--decay-reference",
        ],
    );
    let suv = derived("stated", |f, o| {
        f.series_start = Fact::Known(at("2025-01-01 11:20"));
        o.decay_reference = Some("11:00".parse().unwrap());
    });
    assert!((suv.factors[0] / plain_factor() - 1.0).abs() < 1e-12);
    assert_eq!(suv.overrides[0].option, "--decay-reference");
    refuses(
        "a time without any date",
        |f, o| {
            f.series_start = Fact::Empty;
            for frame in &mut f.frames {
                frame.acquisition = Fact::Missing;
            }
            o.decay_reference = Some("11:00".parse().unwrap());
        },
        &[R::Option],
        &["--decay-reference 11:00", "a date"],
    );
}

#[test]
fn the_derivation_tells_every_candidate_and_source() {
    let mut facts = plain();
    facts.manufacturer = Some("GE MEDICAL SYSTEMS".to_owned());
    facts.ge_decay_reference = Fact::Known(at("2025-01-01 11:00"));
    all_frames(&mut facts, "2025-01-01 11:30", 150.0);
    let suv = isoboost_suv::derive(&facts, &isoboost_suv::SuvOptions::default()).unwrap();
    let lines: Vec<String> = suv
        .steps
        .iter()
        .map(|s| format!("{}: {} [{}]", s.name, s.value, s.source))
        .collect();
    assert_eq!(
        lines,
        [
            "units: BQML [Units (0054,1001)]",
            "decay correction: START [Decay Correction (0054,1102)]",
            "weight: 70 kg [Patient's Weight (0010,1030)]",
            "injected activity: 368.08 MBq [Radionuclide Total Dose (0018,1074)]",
            "half-life: 6586.2 s (F-18) [Radionuclide Half Life (0018,1075)]",
            "decay reference time: 2025-01-01 11:00:00 [GE private scan date and time (0009,100D)]",
            "another candidate for it: 2025-01-01 11:27:30 [Acquisition Date and Time (0008,0032) \
             counted back by Frame Reference Time (0054,1300)]",
            "injection: 2025-01-01 10:00:00 [Radiopharmaceutical Start DateTime (0018,1078)]",
            "injection to reference time: 3600 s (1 h 00 min) [the two times]",
            "activity left at the reference time: 0.684633 [2^(-time / half-life)]",
            "SUVbw per rescaled value: 2.777781250e-4 [all of the above]",
        ]
    );
}
