//! Header facts of real scanners with the factors that another library publishes for them.

use chrono::{NaiveDate, NaiveTime};
use isoboost_suv::{
    Fact, FrameFacts, PetFacts, RadiopharmaceuticalFacts, Stamp, SuvOptions, derive,
};
use serde_json::Value;

const FOLDER: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../../shared/data/calculate-suv-cases"
);

fn number(value: &Value) -> Fact<f64> {
    let text = value.as_str().and_then(|t| t.trim().parse().ok());
    value.as_f64().or(text).into()
}

fn text(value: &Value) -> Fact<String> {
    value.as_str().map(str::to_owned).into()
}

fn time(value: &Value) -> Option<NaiveTime> {
    NaiveTime::parse_from_str(value.as_str()?.trim(), "%H%M%S%.f").ok()
}

fn stamp(date: &Value, clock: &Value) -> Fact<Stamp> {
    let date = date
        .as_str()
        .and_then(|d| NaiveDate::parse_from_str(d, "%Y%m%d").ok());
    date.zip(time(clock))
        .map(|(date, time)| Stamp::local(date.and_time(time)))
        .into()
}

fn datetime(value: &Value) -> Fact<Stamp> {
    let Some(text) = value.as_str().map(str::trim) else {
        return Fact::Missing;
    };
    let (date, clock) = text.split_at(8);
    stamp(&date.into(), &clock.into())
}

fn facts(instances: &[Value]) -> PetFacts {
    let one = &instances[0];
    let terms = one["CorrectedImage"].as_array();
    PetFacts {
        corrected_image: terms
            .into_iter()
            .flatten()
            .filter_map(|c| Some(c.as_str()?.to_owned()))
            .collect(),
        units: text(&one["Units"]),
        decay_correction: text(&one["DecayCorrection"]),
        patient_weight: number(&one["PatientWeight"]),
        patient_size: number(&one["PatientSize"]),
        patient_sex: text(&one["PatientSex"]),
        series_start: stamp(&one["SeriesDate"], &one["SeriesTime"]),
        radiopharmaceuticals: vec![RadiopharmaceuticalFacts {
            start_datetime: datetime(&one["RadiopharmaceuticalStartDateTime"]),
            start_time: time(&one["RadiopharmaceuticalStartTime"]).into(),
            total_dose: number(&one["RadionuclideTotalDose"]),
            half_life_s: number(&one["RadionuclideHalfLife"]),
            ..RadiopharmaceuticalFacts::default()
        }],
        frames: instances.iter().map(frame).collect(),
        ..PetFacts::default()
    }
}

fn frame(instance: &Value) -> FrameFacts {
    let philips = &instance["PhilipsPETPrivateGroup"];
    FrameFacts {
        acquisition: stamp(&instance["AcquisitionDate"], &instance["AcquisitionTime"]),
        frame_reference_time_s: number(&instance["FrameReferenceTime"]).map(|ms| ms / 1000.0),
        frame_duration_s: number(&instance["ActualFrameDuration"]).map(|ms| ms / 1000.0),
        // The fact sets leave the rescaling out.
        rescale_slope: Fact::Known(1.0),
        rescale_intercept: Fact::Known(0.0),
        philips_suv_factor: number(&philips["SUVScaleFactor"]),
        philips_activity_factor: number(&philips["ActivityConcentrationScaleFactor"]),
    }
}

/// The library states its factors to 1e-6 absolute; decay to the series time reproduces its own
/// digits to 1e-9 of the value, which is asked here.
#[test]
fn vendors_get_the_factors_that_calculate_suv_publishes() {
    if !std::path::Path::new(FOLDER).exists() {
        println!("skipped: no ../shared/data");
        return;
    }
    for (case, expected) in [
        ("SIEMENS", 0.000_427_483_161_871_972_36),
        ("GE_MEDICAL_AND_BQML", 0.000_536_738_768_181_974_2),
        ("PHILIPS_BQML", 0.000_746_374_701_388_948_8),
        ("PHILIPS_CNTS_AND_SUV", 0.000_728),
        ("RADIOPHARM_DATETIME_UNDEFINED", 0.000_372_108_920_281_872_9),
    ] {
        let json = std::fs::read_to_string(format!("{FOLDER}/{case}-instances.json")).unwrap();
        let instances: Vec<Value> = serde_json::from_str(&json).unwrap();
        let suv = derive(&facts(&instances), &SuvOptions::default())
            .unwrap_or_else(|e| panic!("{case}: {e}"));
        let found = suv.factors[0];
        assert!(
            (found / expected - 1.0).abs() < 1e-9,
            "{case}: {found}, published {expected}"
        );
        assert_eq!(suv.factor(), Some(found), "{case}");
    }
}
