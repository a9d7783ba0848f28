//! The report as other systems meet it: its keys, its schema, its table.

#![allow(clippy::unwrap_used, reason = "a helper may fail the test")]

mod sample;

use std::path::Path;

use isoboost_report::{Report, lesions_csv};
use serde_json::Value;

use sample::{bare, full};

fn json(report: &Report) -> Value {
    serde_json::from_str(&report.to_json().unwrap()).unwrap()
}

#[test]
fn every_key_of_the_contract_is_there_and_what_is_not_known_is_null() {
    let top = [
        "schema",
        "software",
        "study",
        "pet",
        "ct",
        "frame_of_reference_uid",
        "suv",
        "references",
        "lesions",
        "excluded",
        "mi_tnm",
        "total",
        "recommendation",
        "targets",
        "isotoxic",
        "warnings",
        "provenance",
    ];
    let bare = json(&bare());
    for key in top {
        assert!(bare.get(key).is_some(), "{key}");
    }
    for path in [
        "/ct",
        "/study/patient_id",
        "/pet/tracer",
        "/isotoxic",
        "/references/liver",
        "/suv/suvbsa_per_bw",
    ] {
        assert_eq!(bare.pointer(path), Some(&Value::Null), "{path}");
    }
    assert_eq!(
        bare["recommendation"]["intensification"],
        Value::Array(vec![])
    );
    // The measures are keys of the lesion itself.
    assert_eq!(json(&full())["lesions"][0]["suv_max"], 12.5);
    // The patient's SUL is 0.75 times the SUVbw; no SUVbsa is known.
    let full = json(&full());
    assert_eq!(full["lesions"][0]["sul"]["suv_max"], 9.375);
    assert_eq!(full["excluded"][0]["sul"]["suv_mean"], 15.75);
    assert_eq!(full["lesions"][0]["suvbsa"], Value::Null);
}

#[test]
fn the_document_is_read_back_as_it_was() {
    for report in [full(), bare()] {
        let text = report.to_json().unwrap();
        assert_eq!(serde_json::from_str::<Report>(&text).unwrap(), report);
    }
}

/// Set `ISOBOOST_UPDATE_SCHEMA` to write the file anew after a change that is meant.
#[test]
fn the_checked_in_schema_is_that_of_the_document() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/report.schema.json");
    let schema = serde_json::to_string_pretty(&Report::json_schema()).unwrap() + "\n";
    if std::env::var_os("ISOBOOST_UPDATE_SCHEMA").is_some() {
        std::fs::write(&path, &schema).unwrap();
    }
    let stored = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        stored == schema,
        "{} is stale: set ISOBOOST_UPDATE_SCHEMA=1 and run this test again",
        path.display()
    );
}

#[test]
fn the_schema_takes_what_is_written_and_nothing_else() {
    let schema = serde_json::to_value(Report::json_schema()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for report in [full(), bare()] {
        let errors: Vec<String> = validator
            .iter_errors(&json(&report))
            .map(|e| format!("{}: {e}", e.instance_path))
            .collect();
        assert!(errors.is_empty(), "{errors:?}");
    }
    let wrong: [(&str, Value); 11] = [
        ("/schema", "isoboost.report/2".into()),
        ("/lesions/0/suv_max", "12.5".into()),
        ("/lesions/0/region", "neck".into()),
        ("/lesions/0/confidence", 90.into()),
        ("/excluded/0/centroid_mm", serde_json::json!([1.0, 2.0])),
        ("/recommendation/intensification/0", "chemotherapy".into()),
        ("/recommendation/pelvis_top", "diaphragm".into()),
        ("/recommendation/facts/prior_pelvic_rt", "perhaps".into()),
        ("/targets/0/kind", "ITV".into()),
        ("/isotoxic/basis", "guess".into()),
        ("/isotoxic/constraints/0/base/evidence", "felt".into()),
    ];
    for (place, value) in wrong {
        let mut document = json(&full());
        *document.pointer_mut(place).unwrap() = value;
        assert!(!validator.is_valid(&document), "{place}");
    }
    for key in ["lesions", "ct", "isotoxic", "warnings"] {
        let mut document = json(&full());
        document.as_object_mut().unwrap().remove(key);
        assert!(!validator.is_valid(&document), "without {key}");
    }
}

#[test]
fn the_document_looks_like_this() {
    insta::assert_snapshot!("report", full().to_json().unwrap());
}

#[test]
fn the_table_has_a_row_for_each_focus_and_tells_them_apart() {
    let table = lesions_csv(&full()).unwrap();
    insta::assert_snapshot!("lesions", String::from_utf8(table.clone()).unwrap());
    let mut reader = csv::Reader::from_reader(&table[..]);
    let header = reader.headers().unwrap().clone();
    let column = |name: &str| header.iter().position(|h| h == name).unwrap();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let cells =
        |name: &str| -> Vec<String> { rows.iter().map(|r| r[column(name)].to_owned()).collect() };
    assert_eq!(cells("kind"), ["lesion", "excluded"]);
    assert_eq!(
        cells("region_or_reason"),
        ["pelvic_node", "urinary_bladder"]
    );
    // Commas and quotes stay inside their cell.
    assert_eq!(
        cells("site")[0],
        "right external iliac, \"obturator\" border"
    );
    assert_eq!(cells("suv_max"), ["12.5000", "35.0000"]);
    let empty = String::from_utf8(lesions_csv(&bare()).unwrap()).unwrap();
    assert_eq!(empty.lines().count(), 1, "the header alone");
}
