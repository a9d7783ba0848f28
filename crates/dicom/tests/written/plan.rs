//! Written plans of open fields.

use isoboost_dicom::{
    ObjectSource, OpenBeam, OpenFieldPlan, WrittenObject, read_plan_facts, write_open_field_plan,
    write_structure_set,
};
use nalgebra::Point3;
use serde_json::json;

use crate::external::{check_by_dciodvfy, script};
use crate::study::{Study, provenance, regions, structures, study, upright};

fn plan() -> OpenFieldPlan {
    let beam = |name: &str, gantry_deg: f64, x_mm, y_mm| OpenBeam {
        name: name.to_owned(),
        gantry_deg,
        x_mm,
        y_mm,
    };
    OpenFieldPlan {
        label: "SUGGESTION".to_owned(),
        name: "Four-field box".to_owned(),
        description: "Open fields by bony landmarks, without dose.".to_owned(),
        patient_position: "HFS".to_owned(),
        machine: "GENERIC".to_owned(),
        source_axis_mm: 1000.0,
        isocentre: Point3::new(1.2, -34.5, -567.8),
        beams: vec![
            beam("AP", 0.0, [-81.2, 83.4], [-95.1, 96.2]),
            beam("PA", 180.0, [-83.4, 81.2], [-95.4, 96.5]),
            beam("Left lateral", 90.0, [-62.5, 61.5], [-95.2, 96.3]),
            beam("Right lateral", 270.0, [-61.5, 62.5], [-95.3, 96.4]),
        ],
    }
}

struct Written {
    study: Study,
    structures: WrittenObject,
}

/// A CT with a structure set for the plan to refer to.
fn written() -> Written {
    let study = study(&upright(), |v| format!("{v:.4}"));
    let drawn = structures(&regions(&study.images.grid));
    let path = study.folder.path().join("rs.dcm");
    let structures =
        write_structure_set(&path, &drawn, &study.images, &study.patient, &provenance()).unwrap();
    Written { study, structures }
}

fn write(written: &Written, plan: &OpenFieldPlan) -> Result<WrittenObject, String> {
    let study = &written.study;
    write_open_field_plan(
        &study.folder.path().join("plan.dcm"),
        plan,
        &written.structures,
        &study.images,
        &study.patient,
        &provenance(),
    )
    .map_err(|error| error.to_string())
}

#[test]
fn dciodvfy_finds_no_error() {
    let written = written();
    write(&written, &plan()).unwrap();
    check_by_dciodvfy(&written.study.folder.path().join("plan.dcm"), "RTPlan");
}

/// pydicom finds each beam as it was given, and nothing that could be delivered.
#[test]
fn pydicom_reads_the_beams_and_finds_no_dose() {
    let written = written();
    let object = write(&written, &plan()).unwrap();
    let path = written.study.folder.path().join("plan.dcm");
    let Some(told) = script("written_objects.py", "plan", &[&path]) else {
        return;
    };
    assert_eq!(told["instance"], object.sop_instance_uid.as_str());
    assert_eq!(told["label"], "SUGGESTION");
    assert_eq!(told["intent"], "RESEARCH");
    assert_eq!(told["approval"], "UNAPPROVED");
    assert_eq!(told["series"], "Four-field box: suggestion, unapproved");
    assert_eq!(
        told["structures"],
        written.structures.sop_instance_uid.as_str()
    );
    let images = &written.study.images;
    assert_eq!(told["frame"], images.frame_of_reference_uid.as_str());
    assert_eq!(told["position"], "HFS");
    assert_eq!(told["fractions"], json!(null));
    assert_eq!(told["referenced_beams"], json!([1, 2, 3, 4]));
    assert_eq!(told["dose_attributes"], json!([]));
    let beams = told["beams"].as_array().unwrap();
    assert_eq!(beams.len(), 4);
    for (beam, given) in beams.iter().zip(plan().beams) {
        assert_eq!(beam["name"], given.name.as_str());
        assert_eq!(beam["machine"], "GENERIC");
        assert_eq!(beam["sad"], 1000.0);
        assert_eq!(beam["gantry"], given.gantry_deg);
        assert_eq!(beam["collimator"], 0.0);
        assert_eq!(beam["couch"], 0.0);
        assert_eq!(beam["isocentre"], json!([1.2, -34.5, -567.8]));
        assert_eq!(beam["ASYMX"], json!(given.x_mm));
        assert_eq!(beam["ASYMY"], json!(given.y_mm));
        assert_eq!(beam["weights"], json!([null, null]));
    }
}

/// Our own reader of plans takes nothing for a prescription.
#[test]
fn the_plan_prescribes_nothing() {
    let written = written();
    let object = write(&written, &plan()).unwrap();
    let path = written.study.folder.path().join("plan.dcm");
    let facts = read_plan_facts(&ObjectSource::file(path)).unwrap();
    assert_eq!(facts.sop_instance_uid, object.sop_instance_uid);
    assert_eq!(facts.prescriptions, []);
    assert_eq!(facts.fractions, Vec::<u32>::new());
    assert_eq!(facts.approval_status.as_deref(), Some("UNAPPROVED"));
}

#[test]
fn what_is_no_field_is_refused() {
    let written = written();
    let refused = |change: &dyn Fn(&mut OpenFieldPlan)| {
        let mut plan = plan();
        change(&mut plan);
        let error = write(&written, &plan).unwrap_err();
        assert!(!written.study.folder.path().join("plan.dcm").exists());
        error
    };
    assert!(refused(&|p| p.beams.clear()).contains("found none"));
    let jaws = refused(&|p| p.beams[2].x_mm = [10.0, 10.0]);
    assert!(jaws.contains("`Left lateral`"), "{jaws}");
    assert!(refused(&|p| p.beams[1].y_mm[0] = f64::NAN).contains("`PA`"));
    assert!(refused(&|p| p.beams[0].gantry_deg = 360.0).contains("360°"));
    assert!(refused(&|p| p.beams[1].name = "AP".to_owned()).contains("named `AP`"));
    let long = refused(&|p| p.machine = "a machine of a long name".to_owned());
    assert!(long.contains("(300A,00B2)"), "{long}");
    let nowhere = refused(&|p| p.isocentre.x = f64::INFINITY);
    assert!(nowhere.contains("(300A,012C)"), "{nowhere}");
}

#[test]
fn the_same_content_gives_the_same_bytes() {
    let written = written();
    let path = written.study.folder.path().join("plan.dcm");
    let first = write(&written, &plan()).unwrap();
    let bytes = std::fs::read(&path).unwrap();
    assert_eq!(first, write(&written, &plan()).unwrap());
    assert_eq!(bytes, std::fs::read(&path).unwrap());
    let mut changed = plan();
    changed.beams[3].y_mm[1] += 0.001;
    let other = write(&written, &changed).unwrap();
    assert_ne!(other.sop_instance_uid, first.sop_instance_uid);
}
