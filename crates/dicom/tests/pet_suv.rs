//! SUV factors of real and reference PET series, from their files, against an independent
//! computation with pydicom (formulae of `docs/suv.md`, nothing of this workspace).

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a skipped test must say so, a helper may fail the test"
)]

use std::path::Path;

use isoboost_dicom::{Header, ObjectSource, PetSlice, pet_facts};
use isoboost_suv::{
    FindingCode, Nuclide, PetFacts, RefusalCode, SuvDerivation, SuvOptions, Tracer, derive,
};

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");

/// The facts of a series, or of one file; `None`, and a word about it, without the shared data.
fn facts(name: &str) -> Option<PetFacts> {
    let path = Path::new(DATA).join(name);
    if !path.exists() {
        println!("skipped: no ../shared/data");
        return None;
    }
    let mut files = vec![path.clone()];
    if path.is_dir() {
        files = path
            .read_dir()
            .unwrap()
            .map(|e| e.unwrap().path())
            .collect();
        files.sort();
    }
    let headers: Vec<Header> = files
        .into_iter()
        .map(|file| Header::read(&ObjectSource::file(file)).unwrap())
        .collect();
    let slices: Vec<PetSlice<'_>> = headers
        .iter()
        .map(|header| PetSlice {
            attributes: header.attributes(),
            frame: 0,
        })
        .collect();
    Some(pet_facts(&slices, None))
}

fn derived(name: &str) -> Option<SuvDerivation> {
    let suv = derive(&facts(name)?, &SuvOptions::default());
    Some(suv.unwrap_or_else(|error| panic!("{name}: {error}")))
}

/// The factor and the findings of a series.
#[track_caller]
fn check(name: &str, factor: f64, findings: &[FindingCode]) {
    let Some(suv) = derived(name) else { return };
    let found = suv.factor().unwrap();
    // Both sides are the same formula in double precision; pydicom's times end at microseconds.
    assert!(
        (found / factor - 1.0).abs() < 1e-9,
        "{found}, expected {factor}"
    );
    let codes: Vec<FindingCode> = suv.findings.iter().map(|f| f.code).collect();
    assert_eq!(codes, findings, "{:#?}", suv.findings);
}

#[test]
fn reference_objects_of_the_ibsi() {
    use FindingCode as F;
    let start = 2.777_781_249_607e-4;
    for (name, factor, findings) in [
        ("0_0", start, vec![]),
        ("1_0", start, vec![]),
        ("2_0", 1.0, vec![]),
        ("2_1", 1.238_499_646_143, vec![]),
        ("2_4", 5e-4, vec![]),
        ("3_0", start, vec![F::DoseInMbq]),
        ("3_1", 1.901_760_486_851e-4, vec![]),
        // The other times of this object point to the frame half an hour later.
        ("3_3", start, vec![F::ReferenceTimesDisagree]),
        ("4_0", start, vec![]),
        ("4_2", start, vec![F::InjectionDateAssumed]),
        ("5_0", 3.517_468_905_524e-4, vec![]),
    ] {
        let series = format!("ibsi-suv-dro/DRO_{name}/PT");
        // All are said to be FDG, but for one of a PSMA ligand.
        let tracer = (name != "5_0").then_some(F::TracerNotPsma);
        let findings: Vec<F> = findings.into_iter().chain(tracer).collect();
        check(&series, factor, &findings);
    }
}

#[test]
fn a_whole_body_scan_of_ge_with_one_acquisition_time_for_all_beds() {
    check(
        "sts-001-ge-raw/PET",
        2.429_029_766_148e-4,
        &[FindingCode::TracerNotPsma],
    );
    let Some(suv) = derived("sts-001-ge-raw/PET") else {
        return;
    };
    assert_eq!(suv.factors.len(), 267);
    assert_eq!(
        (suv.tracer, suv.nuclide),
        (Some(Tracer::Fdg), Some(Nuclide::F18))
    );
    assert_eq!(
        suv.decay_reference.unwrap().to_string(),
        "2000-09-07 11:20:11"
    );
    assert_eq!(suv.injection.unwrap().to_string(), "2000-09-07 10:35:00");
    assert_eq!(
        (suv.dose_bq, suv.weight_kg),
        (Some(388_777_472.0), Some(71.0))
    );
}

/// One of them says that it was injected the day after the scan; in GML nothing depends on it.
#[test]
fn series_that_are_in_suv_already() {
    for name in ["STS_001", "STS_002"] {
        let series = format!("ibsi-validation/{name}/PET/image");
        check(&series, 1.0, &[FindingCode::TracerNotPsma]);
    }
}

#[test]
fn slices_of_a_scanner_that_names_no_maker() {
    check(
        "pt-single-slices/acrin-flt-029.dcm",
        5.942_485_308_006e-4,
        &[],
    );
    // Frame Reference Time confirms the series time to a second; 13 minutes after the injection
    // is when this dynamic frame's series began.
    check(
        "pt-single-slices/acrin-flt-028-dynamic.dcm",
        4.735_489_150_904e-4,
        &[FindingCode::SeriesType, FindingCode::UptakeTimeUnusual],
    );
}

#[test]
fn counts_that_are_only_proportional_are_refused() {
    let Some(facts) = facts("pt-single-slices/ge-propcps-jpeg-lossless.dcm") else {
        return;
    };
    let error = derive(&facts, &SuvOptions::default()).unwrap_err();
    let codes: Vec<RefusalCode> = error.refusals.iter().map(|r| r.code).collect();
    for code in [
        RefusalCode::Units,
        RefusalCode::Attenuation,
        RefusalCode::Weight,
    ] {
        assert!(codes.contains(&code), "{error}");
    }
    let message = error.to_string();
    assert!(
        message.contains("Units (0054,1001): found `PROPCPS`"),
        "{message}"
    );
    assert!(
        message.contains("DECY\\DTIM\\RAN\\DCAL\\SLSENS\\NORM"),
        "{message}"
    );
    assert!(
        message.contains("Patient's Weight (0010,1030)"),
        "{message}"
    );
}
