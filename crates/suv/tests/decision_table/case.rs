//! A plain scan, and what becomes of it when one fact changes.

use isoboost_suv::{
    Code, Fact, FindingCode, FrameFacts, Moment, PetFacts, RadiopharmaceuticalFacts, RefusalCode,
    Stamp, SuvDerivation, SuvError, SuvOptions, derive,
};

pub(crate) const WEIGHT_G: f64 = 70_000.0;
pub(crate) const DOSE_BQ: f64 = 368.08e6;
pub(crate) const F18_S: f64 = 6586.2;

/// Formula in, number out, with nothing of the crate in between: SUVbw per Bq/mL.
pub(crate) fn suv_after(elapsed_s: f64, half_life_s: f64) -> f64 {
    WEIGHT_G / (DOSE_BQ * 0.5_f64.powf(elapsed_s / half_life_s))
}

/// SUVbw per Bq/mL of the plain scan, an hour after the injection.
pub(crate) fn plain_factor() -> f64 {
    suv_after(3600.0, F18_S)
}

pub(crate) fn at(text: &str) -> Stamp {
    match text.parse() {
        Ok(Moment::DateTime(local)) => Stamp::local(local),
        other => panic!("{text}: {other:?}"),
    }
}

pub(crate) fn known(text: &str) -> Fact<String> {
    Fact::Known(text.to_owned())
}

pub(crate) fn terms(text: &str) -> Vec<String> {
    text.split('\\').map(str::to_owned).collect()
}

/// 70 kg, 1.75 m, 368.08 MBq of F-18 at 10:00, scanned at 11:00 in three slices of 5 min.
pub(crate) fn plain() -> PetFacts {
    let frame = FrameFacts {
        acquisition: Fact::Known(at("2025-01-01 11:00")),
        frame_reference_time_s: Fact::Known(150.0),
        frame_duration_s: Fact::Known(300.0),
        rescale_slope: Fact::Known(1.0),
        rescale_intercept: Fact::Known(0.0),
        ..FrameFacts::default()
    };
    PetFacts {
        manufacturer: Some("Synthetic".to_owned()),
        series_type: terms("STATIC\\IMAGE"),
        corrected_image: terms("NORM\\DTIM\\ATTN\\SCAT\\DECY\\RAN"),
        photometric_interpretation: Some("MONOCHROME2".to_owned()),
        bits: Some((16, 16)),
        units: known("BQML"),
        decay_correction: known("START"),
        patient_weight: Fact::Known(70.0),
        patient_size: Fact::Known(1.75),
        patient_sex: known("M"),
        series_start: Fact::Known(at("2025-01-01 11:00")),
        radiopharmaceuticals: vec![RadiopharmaceuticalFacts {
            name: Some("PSMA-1007".to_owned()),
            radionuclide: Some(Code {
                value: "77004003".to_owned(),
                scheme: "SCT".to_owned(),
                meaning: "^18^Fluorine".to_owned(),
            }),
            start_datetime: Fact::Known(at("2025-01-01 10:00")),
            start_time: Fact::Known(at("2025-01-01 10:00").local.time()),
            total_dose: Fact::Known(DOSE_BQ),
            half_life_s: Fact::Known(F18_S),
            ..RadiopharmaceuticalFacts::default()
        }],
        frames: vec![frame; 3],
        ..PetFacts::default()
    }
}

/// The plain scan with its facts changed, derived.
pub(crate) fn derived(
    name: &str,
    change: impl FnOnce(&mut PetFacts, &mut SuvOptions),
) -> SuvDerivation {
    attempt(change).unwrap_or_else(|error| panic!("{name}: {error}"))
}

pub(crate) fn refused(name: &str, change: impl FnOnce(&mut PetFacts, &mut SuvOptions)) -> SuvError {
    match attempt(change) {
        Err(error) => error,
        Ok(suv) => panic!("{name}: not refused, {suv:#?}"),
    }
}

fn attempt(change: impl FnOnce(&mut PetFacts, &mut SuvOptions)) -> Result<SuvDerivation, SuvError> {
    let (mut facts, mut options) = (plain(), SuvOptions::default());
    change(&mut facts, &mut options);
    derive(&facts, &options)
}

pub(crate) type Change = fn(&mut PetFacts, &mut SuvOptions);

/// The change gives this factor on every frame and these findings, no other.
pub(crate) fn gives(name: &str, change: Change, factor: f64, findings: &[FindingCode]) {
    let suv = derived(name, change);
    assert_eq!(suv.factors.len(), 3, "{name}");
    for found in &suv.factors {
        // The same few floating point operations in another order.
        assert!(
            (found / factor - 1.0).abs() < 1e-12,
            "{name}: {found}, expected {factor}"
        );
    }
    let found: Vec<FindingCode> = suv.findings.iter().map(|f| f.code).collect();
    assert_eq!(found, findings, "{name}: {:#?}", suv.findings);
}

/// The change is refused for these reasons, no other, and the message names every one of
/// `words`.
pub(crate) fn refuses(name: &str, change: Change, codes: &[RefusalCode], words: &[&str]) {
    let error = refused(name, change);
    let found: Vec<RefusalCode> = error.refusals.iter().map(|r| r.code).collect();
    assert_eq!(found, codes, "{name}: {error}");
    let message = error.to_string();
    for word in words {
        assert!(message.contains(word), "{name}: no `{word}` in: {message}");
    }
}
