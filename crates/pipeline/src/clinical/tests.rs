//! What a clinical file may hold, and how what it may not is refused.

use isoboost_planning::Answer;
use isoboost_suv::{Sex, SuvOptions};

use super::{ClinicalError, ClinicalTable};
use crate::error_chain;

fn read(name: &str, text: &str) -> Result<ClinicalTable, ClinicalError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    ClinicalTable::read(&path)
}

#[track_caller]
fn refused(text: &str, expected: &str) {
    let error = error_chain(&read("facts.csv", text).unwrap_err());
    assert!(error.contains("facts.csv`: "), "{error}");
    assert!(error.contains(expected), "{error}");
}

const CSV: &str = "\
patient_id,psa_ng_ml,psa_date,prior_pelvic_rt,hormone_therapy,egfr_ml_min,weight_kg,height_m,sex,injected_dose_mbq,injected_at
A-1,0.42,2026-02-14,no,yes,78,81.5,1.79,M,152.3,10:15:00
B 2,,,unknown,,,,,,,
";

#[test]
fn a_table_gives_each_patient_his_facts() {
    let table = read("facts.csv", CSV).unwrap();
    let row = table.row_of(Some("A-1"), "1.2.3").unwrap().unwrap();
    assert_eq!(row.place, "line 2");
    assert_eq!(row.facts.psa_ng_ml, Some(0.42));
    assert_eq!(row.facts.psa_date.as_deref(), Some("2026-02-14"));
    assert_eq!(row.facts.prior_pelvic_rt, Answer::No);
    assert_eq!(row.facts.hormone_therapy, Answer::Yes);
    assert_eq!(row.facts.egfr_ml_min, Some(78.0));
    let mut options = SuvOptions {
        height_m: Some(1.8),
        ..SuvOptions::default()
    };
    let filled = row.fill(&mut options);
    assert_eq!(
        filled,
        [
            ("--weight-kg", "weight_kg"),
            ("--sex", "sex"),
            ("--dose-mbq", "injected_dose_mbq"),
            ("--injected-at", "injected_at")
        ]
    );
    assert_eq!(options.weight_kg, Some(81.5));
    assert_eq!(options.height_m, Some(1.8), "an option goes first");
    assert_eq!(options.sex, Some(Sex::Male));
    assert_eq!(options.dose_mbq, Some(152.3));
    let empty = table.row_of(Some("B 2"), "1.2.3").unwrap().unwrap();
    assert_eq!(empty.facts, isoboost_planning::ClinicalFacts::default());
    assert_eq!(table.row_of(Some("C"), "1.2.3").unwrap(), None);
    assert_eq!(table.row_of(None, "1.2.3").unwrap(), None);
}

#[test]
fn short_names_units_semicolons_and_other_cases_are_understood() {
    let text = "\u{feff}PatientID;PSA;Prior-Pelvic-RT;eGFR;Weight\nA;0.2 ng/mL;NO;60 mL/min/1.73m²;80 kg\n;;;;\n";
    let table = read("facts.csv", text).unwrap();
    assert_eq!(table.rows.len(), 1);
    let row = &table.rows[0];
    assert_eq!(row.facts.psa_ng_ml, Some(0.2));
    assert_eq!(row.facts.prior_pelvic_rt, Answer::No);
    assert_eq!(row.facts.egfr_ml_min, Some(60.0));
    assert_eq!(row.weight_kg, Some(80.0));
}

#[test]
fn a_list_of_patients_says_the_same_as_a_table() {
    let toml = "\
[[patient]]
patient-id = \"A-1\"
psa = 0.42
psa-date = 2026-02-14
prior-pelvic-rt = false
hormone-therapy = \"yes\"
egfr = 78
weight-kg = 81.5
height-m = 1.79
sex = \"M\"
injected-dose-mbq = 152.3
injected-at = 10:15:00

[[patient]]
patient-id = \"B 2\"
prior-pelvic-rt = \"unknown\"
";
    let same = |mut table: ClinicalTable| {
        for row in &mut table.rows {
            row.place.clear();
        }
        table
    };
    let from_toml = read("facts.toml", toml).unwrap();
    assert_eq!(from_toml.rows[1].place, "[[patient]] number 2");
    assert_eq!(same(from_toml), same(read("facts.csv", CSV).unwrap()));
    let error = read("facts.toml", "patients = 3").unwrap_err().to_string();
    assert!(error.contains("`patients` is not known"), "{error}");
}

#[test]
fn a_row_of_a_study_goes_before_that_of_the_patient() {
    let text = "patient_id,study_uid,psa\nA,,0.5\nA,1.2.3,0.7\n,1.2.4,0.9\n";
    let table = read("facts.csv", text).unwrap();
    let psa = |id, uid| table.row_of(id, uid).unwrap().unwrap().facts.psa_ng_ml;
    assert_eq!(psa(Some("A"), "9.9"), Some(0.5));
    assert_eq!(psa(Some("A"), "1.2.3"), Some(0.7));
    assert_eq!(psa(Some("Z"), "1.2.4"), Some(0.9));
    let error = table.row_of(Some("Z"), "1.2.3").unwrap_err().to_string();
    assert!(error.starts_with("line 3 of the clinical file"), "{error}");
    assert!(!error.contains('Z'), "{error}");
}

#[test]
fn what_is_not_known_or_out_of_range_is_refused_by_name() {
    refused(
        "patient_id,gleason\nA,7\n",
        "the column `gleason` is not known; known are patient_id",
    );
    refused(
        "patient_id,psa,PSA_ng_mL\nA,1,1\n",
        "the column `psa_ng_ml` is there twice",
    );
    refused(
        "patient_id,psa\nA,1\nB,2\nA,3\n",
        "line 4 has the same patient_id as line 2",
    );
    refused(
        "study_uid,psa\n1.2,1\n1.2,2\n",
        "line 3 has the same study_uid as line 2",
    );
    refused(
        "patient_id,psa\n,1\n",
        "line 2 has neither patient_id nor study_uid",
    );
    refused(
        "patient_id,psa\nA,-0.2\n",
        "line 2: psa_ng_ml is `-0.2`, expected 0 to 10000 ng/mL",
    );
    refused("patient_id,psa\nA,NaN\n", "psa_ng_ml is `NaN`, expected");
    refused(
        "patient_id,psa\nA,<0.1\n",
        "psa_ng_ml is `<0.1`, expected 0 to 10000 ng/mL",
    );
    refused("patient_id,psa\nA,\"0,2\"\n", "with a decimal point");
    refused(
        "patient_id,psa,egfr\nA,0,2,60\n",
        "line 2 has 4 cells, expected 3",
    );
    refused(
        "patient_id,weight_kg\nA,180 lb\n",
        "expected 20 to 400 kg; `lb` is not that unit",
    );
    refused(
        "patient_id,height_m\nA,179\n",
        "height_m is `179`, expected 0.4 to 2.6 m",
    );
    refused("patient_id,dose_mbq\nA,4 mCi\n", "`mCi` is not that unit");
    refused("patient_id,dose_mbq\nA,0.15\n", "expected 5 to 2000 MBq");
    refused(
        "patient_id,prior_pelvic_rt\nA,maybe\n",
        "expected yes, no or unknown",
    );
    refused(
        "patient_id,psa_date\nA,14.2.2026\n",
        "expected a date, YYYY-MM-DD",
    );
    refused(
        "patient_id,injected_at\nA,soon\n",
        "expected a time, as 2026-03-01T10:15:00",
    );
}
