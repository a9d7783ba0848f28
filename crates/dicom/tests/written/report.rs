//! Written measurement reports.

use isoboost_dicom::{
    Code, Concept, Evaluation, Measurement, MeasurementGroup, MeasurementReport, Provenance,
    WrittenObject, write_measurement_report,
};
use serde_json::json;

use crate::external::{check_by_dciodvfy, script};
use crate::segmentation::{Written, sct, written};
use crate::study::{approved, provenance};

/// A value that no text of 16 characters holds, and ones of very different size.
const SUV_MAX: f64 = 12.345_678_901_234_567;
const VOLUME: f64 = 1.0 / 3.0;
const TOTAL: f64 = 98_765.432_1;

fn report(written: &Written) -> MeasurementReport {
    let suv = || Code::new("126401", "DCM", "SUVbw");
    let per_ml = || Code::new("g/ml{SUVbw}", "UCUM", "SUV body weight");
    let measurements = |factor: f64| {
        vec![
            Measurement {
                name: suv(),
                derivation: Some(sct("56851009", "Maximum")),
                value: SUV_MAX * factor,
                unit: per_ml(),
            },
            Measurement {
                name: suv(),
                derivation: Some(Code::new("126031", "DCM", "Peak Value Within ROI")),
                value: 1e-7 * factor,
                unit: per_ml(),
            },
            Measurement {
                name: sct("118565006", "Volume"),
                derivation: None,
                value: VOLUME * factor,
                unit: Code::new("cm3", "UCUM", "cubic centimeter"),
            },
            Measurement {
                name: Code::new("TL-PSMA", "99TEST", "Total lesion uptake"),
                derivation: None,
                value: TOTAL * factor,
                unit: Code::new("g", "UCUM", "gram"),
            },
        ]
    };
    let groups = written.drawn.segments.iter().zip(1_u16..);
    let groups = groups.map(|(segment, number)| MeasurementGroup {
        tracking_id: segment.tracking_id.clone(),
        tracking_uid: segment.tracking_uid.clone(),
        segment: number,
        category: segment.category.clone(),
        finding: segment.property_type.clone(),
        site: segment.region.clone(),
        rule: segment.rule.clone(),
        measurements: measurements(f64::from(number)),
        evaluations: vec![Evaluation {
            name: Code::new("MITNM", "99TEST", "miTNM"),
            value: Code::new(format!("miN{number}"), "99TEST", "a category"),
        }],
    });
    MeasurementReport {
        description: "lesions on PET".to_owned(),
        procedure: Code::new("44139-4", "LN", "PET whole body"),
        groups: groups.collect(),
        private_schemes: vec![("99TEST".to_owned(), "Codes of this test".to_owned())],
    }
}

fn write(written: &Written, report: &MeasurementReport) -> Result<WrittenObject, String> {
    write_as(written, report, &provenance())
}

fn write_as(
    written: &Written,
    report: &MeasurementReport,
    provenance: &Provenance,
) -> Result<WrittenObject, String> {
    let path = written.study.folder.path().join("sr.dcm");
    let study = &written.study;
    write_measurement_report(
        &path,
        report,
        &written.object,
        &study.images,
        &study.patient,
        provenance,
    )
    .map_err(|error| error.to_string())
}

#[test]
fn dciodvfy_finds_no_error() {
    let written = written(false);
    write(&written, &report(&written)).unwrap();
    let path = written.study.folder.path().join("sr.dcm");
    check_by_dciodvfy(&path, "Comprehensive3DSR");
}

/// highdicom finds one group for each segment, with the very values.
#[test]
fn highdicom_reads_the_groups_with_their_exact_values() {
    let written = written(true);
    write(&written, &report(&written)).unwrap();
    let path = written.study.folder.path().join("sr.dcm");
    let Some(told) = script("written_objects.py", "report", &[&path]) else {
        return;
    };
    assert_eq!(told["template"], "MeasurementReport");
    assert_eq!(told["completion"], "PARTIAL");
    assert_eq!(told["verification"], "UNVERIFIED");
    assert_eq!(told["preliminary"], "PRELIMINARY");
    assert_eq!(told["series"], "lesions on PET: suggestion, unapproved");
    assert_eq!(told["verified"], json!([]));
    assert_eq!(told["observers"], json!([["DEVICE"]]));
    assert_eq!(told["comments"], json!([]));
    let images = &written.study.images;
    assert_eq!(told["evidence"][&images.series_uid], images.slices.len());
    assert_eq!(told["evidence"][&written.object.series_uid], 1);
    let groups = told["groups"].as_array().unwrap();
    assert_eq!(groups.len(), 3);
    for (n, group) in groups.iter().enumerate() {
        let segment = &written.drawn.segments[n];
        let factor = n as f64 + 1.0;
        assert_eq!(group["tracking_id"], segment.tracking_id.as_str());
        assert_eq!(group["tracking_uid"], segment.tracking_uid.as_str());
        assert_eq!(
            group["segmentation"],
            written.object.sop_instance_uid.as_str()
        );
        assert_eq!(group["segment"], n + 1);
        assert_eq!(group["source_series"], images.series_uid.as_str());
        assert_eq!(group["finding"], json!(["52988006", "SCT"]));
        let side = if n == 0 {
            json!("7771000")
        } else {
            json!(null)
        };
        assert_eq!(group["sites"], json!([["65349008", "SCT", side]]));
        let evaluation = json!([["MITNM", "99TEST", format!("miN{}", n + 1)]]);
        assert_eq!(group["category"], json!(["49755003", "SCT"]));
        assert_eq!(group["evaluations"], evaluation);
        let found = group["measurements"].as_array().unwrap();
        let values: Vec<f64> = found.iter().map(|m| m["value"].as_f64().unwrap()).collect();
        assert_eq!(
            values,
            [SUV_MAX, 1e-7, VOLUME, TOTAL].map(|value| value * factor)
        );
        for measurement in found {
            let text = measurement["text"].as_str().unwrap();
            let value = measurement["value"].as_f64().unwrap();
            assert!(text.len() <= 16 && !text.contains('e'), "{text}");
            // The last of 14 decimals at most, or of 16 characters.
            let error = (text.parse::<f64>().unwrap() - value).abs();
            assert!(error <= 1e-14_f64.max(value * 1e-12), "{text}");
        }
        assert_eq!(found[0]["name"], json!(["126401", "DCM"]));
        assert_eq!(found[0]["unit"], json!(["g/ml{SUVbw}", "UCUM"]));
        assert_eq!(found[0]["derivation"], json!(["56851009", "SCT"]));
        assert_eq!(found[1]["derivation"], json!(["126031", "DCM"]));
        assert_eq!(found[2]["derivation"], json!(null));
        assert_eq!(found[2]["unit"], json!(["cm3", "UCUM"]));
    }
}

/// An approved report is verified by the person who approved it, who is its second observer.
#[test]
fn an_approved_report_is_verified_by_a_person() {
    let written = written(false);
    let suggested = write(&written, &report(&written)).unwrap();
    let provenance = approved("node 2 is the ureter\nsee März");
    let signed = write_as(&written, &report(&written), &provenance).unwrap();
    assert_ne!(signed.sop_instance_uid, suggested.sop_instance_uid);
    let path = written.study.folder.path().join("sr.dcm");
    check_by_dciodvfy(&path, "Comprehensive3DSR");
    let Some(told) = script("written_objects.py", "report", &[&path]) else {
        return;
    };
    assert_eq!(told["template"], "MeasurementReport");
    assert_eq!(told["completion"], "COMPLETE");
    assert_eq!(told["verification"], "VERIFIED");
    assert_eq!(told["preliminary"], "FINAL");
    assert_eq!(told["series"], "lesions on PET: reviewed, approved");
    let name = "Grün^Zoë^^Dr.";
    let verified = json!([[name, "Klinik Höhe", "20260316150926", 0]]);
    assert_eq!(told["verified"], verified);
    let observers = json!([["DEVICE"], ["PERSON", name, "Klinik Höhe"]]);
    assert_eq!(told["observers"], observers);
    assert_eq!(told["comments"], json!(["node 2 is the ureter\nsee März"]));
    assert_eq!(told["groups"].as_array().unwrap().len(), 3);
}

#[test]
fn what_cannot_be_reported_is_refused() {
    let written = written(false);
    let mut empty = report(&written);
    empty.groups.clear();
    assert!(write(&written, &empty).unwrap_err().contains("found none"));
    let mut wrong = report(&written);
    wrong.groups[1].measurements[2].value = f64::NAN;
    let error = write(&written, &wrong).unwrap_err();
    assert_eq!(error, "`Volume` of lesion `L2` is NaN, which is no number");
    let mut long = report(&written);
    long.groups[0].site = Some(Concept {
        code: sct("a code of more than 16 characters", "x"),
        modifiers: Vec::new(),
    });
    assert!(write(&written, &long).unwrap_err().contains("(0008,0100)"));
    assert!(!written.study.folder.path().join("sr.dcm").exists());
}

#[test]
fn the_same_content_gives_the_same_identifiers() {
    let written = written(false);
    let first = write(&written, &report(&written)).unwrap();
    assert_eq!(first, write(&written, &report(&written)).unwrap());
    let mut changed = report(&written);
    changed.groups[0].measurements[0].value += 1e-12;
    let other = write(&written, &changed).unwrap();
    assert_ne!(other.sop_instance_uid, first.sop_instance_uid);
}
