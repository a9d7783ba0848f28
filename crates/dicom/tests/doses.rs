//! Doses and plans, as planning systems write them and as they must not be.

#![allow(clippy::unwrap_used, reason = "a helper may fail the test")]

mod objects;

use dicom_core::{DataElement, PrimitiveValue, VR};
use dicom_dictionary_std::{tags, uids};
use dicom_object::InMemDicomObject;
use isoboost_dicom::{
    DoseSummation, DoseType, ObjectKind, ObjectSource, Prescription, read_dose, read_dose_facts,
    read_plan_facts,
};
use nalgebra::{Point3, Vector3};

use objects::{COLUMNS, Object, PIXELS, ROWS, study};

const PLANES: u16 = 3;

/// Three planes of 4 x 5 pixels, 2.5 mm apart; stored value 100 k + pixel, half a centigray each.
fn dose() -> Object {
    let words: Vec<u16> = (0..PLANES)
        .flat_map(|k| (0..PIXELS as u16).map(move |pixel| 100 * k + pixel))
        .collect();
    Object::other(uids::RT_DOSE_STORAGE, "RTDOSE", 1)
        .short(tags::SAMPLES_PER_PIXEL, 1)
        .text(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "MONOCHROME2")
        .short(tags::ROWS, ROWS)
        .short(tags::COLUMNS, COLUMNS)
        .bits(16, 16, false)
        .text(tags::NUMBER_OF_FRAMES, VR::IS, "3")
        .text(tags::GRID_FRAME_OFFSET_VECTOR, VR::DS, "0\\2.5\\5")
        .text(tags::PIXEL_SPACING, VR::DS, "2\\1.5")
        .orientation("1\\0\\0\\0\\1\\0")
        .position([-10.0, -20.0, 30.0])
        .text(tags::DOSE_UNITS, VR::CS, "GY")
        .text(tags::DOSE_TYPE, VR::CS, "PHYSICAL")
        .text(tags::DOSE_SUMMATION_TYPE, VR::CS, "PLAN")
        .text(tags::DOSE_GRID_SCALING, VR::DS, "0.005")
        .words(&words)
}

fn item(elements: Vec<(dicom_core::Tag, VR, &str)>) -> InMemDicomObject {
    InMemDicomObject::from_element_iter(
        elements
            .into_iter()
            .map(|(tag, vr, value)| DataElement::new(tag, vr, PrimitiveValue::from(value))),
    )
}

fn written(object: &Object) -> (tempfile::TempDir, ObjectSource) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("object.dcm");
    object.write(&path);
    (folder, ObjectSource::file(path))
}

fn refusal(object: &Object) -> String {
    let (_folder, source) = written(object);
    let told = read_dose(&source).unwrap_err().to_string();
    let (told, file) = told.rsplit_once(", file ").unwrap();
    assert!(file.ends_with("object.dcm"), "{file}");
    told.to_owned()
}

#[test]
fn a_dose_is_read_in_gray_where_it_lies() {
    let plans = vec![item(vec![(
        tags::REFERENCED_SOP_INSTANCE_UID,
        VR::UI,
        "2.25.77",
    )])];
    let object = dose()
        .sequence(tags::REFERENCED_RT_PLAN_SEQUENCE, plans)
        .text(tags::DOSE_COMMENT, VR::LO, "sum of both phases");
    let (_folder, source) = written(&object);
    let read = read_dose(&source).unwrap();
    let grid = read.dose.grid();
    assert_eq!(grid.shape(), [3, 4, 5]);
    assert_eq!(grid.spacing(), [2.5, 2.0, 1.5]);
    assert_eq!(
        grid.center_of([2, 1, 4]),
        Point3::new(-10.0 + 6.0, -20.0 + 2.0, 35.0)
    );
    // Stored 200 + 9 at slice 2, row 1, column 4.
    assert!((read.dose[[2, 1, 4]] - 1.045).abs() < 1e-6);
    let facts = read.facts;
    assert_eq!(facts.frame_of_reference, "2.25.7");
    assert_eq!(facts.dose_type, DoseType::Physical);
    assert_eq!(facts.summation, DoseSummation::Plan);
    assert_eq!(facts.plan_uids, ["2.25.77"]);
    assert_eq!(facts.comment.as_deref(), Some("sum of both phases"));
    assert_eq!(facts.findings, []);
    assert_eq!(read_dose_facts(&source).unwrap(), facts);
}

#[test]
fn planes_of_any_order_and_kind_of_offset_are_the_same_dose() {
    let (_folder, source) = written(&dose());
    let expected = read_dose(&source).unwrap().dose;
    // The z of each plane.
    let absolute = dose().text(tags::GRID_FRAME_OFFSET_VECTOR, VR::DS, "30\\32.5\\35");
    // From the head down, the first frame highest.
    let down: Vec<u16> = (0..PLANES)
        .rev()
        .flat_map(|k| (0..PIXELS as u16).map(move |pixel| 100 * k + pixel))
        .collect();
    let falling = dose()
        .position([-10.0, -20.0, 35.0])
        .text(tags::GRID_FRAME_OFFSET_VECTOR, VR::DS, "0\\-2.5\\-5")
        .words(&down);
    let falling_absolute =
        falling
            .clone()
            .text(tags::GRID_FRAME_OFFSET_VECTOR, VR::DS, "35\\32.5\\30");
    for object in [absolute, falling, falling_absolute] {
        let (_folder, source) = written(&object);
        assert_eq!(read_dose(&source).unwrap().dose, expected);
    }
}

#[test]
fn an_oblique_dose_keeps_its_axes() {
    let object = dose()
        .orientation("0.8\\0.6\\0\\-0.6\\0.8\\0")
        .position([1.0, 2.0, 3.0]);
    let (_folder, source) = written(&object);
    let grid = read_dose(&source).unwrap().facts.grid;
    let expected = Point3::new(1.0, 2.0, 3.0)
        + Vector3::new(0.8, 0.6, 0.0) * 3.0
        + Vector3::new(-0.6, 0.8, 0.0) * 2.0
        + Vector3::z() * 2.5;
    assert!((grid.center_of([1, 1, 2]) - expected).norm() < 1e-9);
}

#[test]
fn doses_of_32_bits_keep_all_of_them() {
    let values: Vec<u8> = (0..60_u32)
        .flat_map(|n| (n * 70_000_000).to_le_bytes())
        .collect();
    let object = dose()
        .bits(32, 32, false)
        .text(tags::DOSE_GRID_SCALING, VR::DS, "1E-8")
        .bytes(&values);
    let (_folder, source) = written(&object);
    let dose = read_dose(&source).unwrap().dose;
    // 59 * 0.7 Gy; as a signed number it would be negative.
    assert!((dose[[2, 3, 4]] - 41.3).abs() < 1e-5);
}

#[test]
fn what_a_dose_does_not_say_is_refused() {
    let unit = (tags::DOSE_UNITS, "DoseUnits (3004,0002) is ");
    let cases = [
        (
            dose().text(unit.0, VR::CS, "RELATIVE"),
            "DoseUnits (3004,0002) is `RELATIVE`, expected `GY`; export the dose as absolute dose",
        ),
        (
            dose().without(unit.0),
            "DoseUnits (3004,0002) is missing, expected `GY`; export the dose as absolute dose",
        ),
        (
            dose().without(tags::DOSE_GRID_SCALING),
            "DoseGridScaling (3004,000E) is missing, expected a number",
        ),
        (
            dose().text(tags::DOSE_GRID_SCALING, VR::DS, "0"),
            "DoseGridScaling (3004,000E) is `0`, expected a positive number",
        ),
        (
            dose().without(tags::DOSE_TYPE),
            "DoseType (3004,0004) is missing, expected PHYSICAL or EFFECTIVE",
        ),
        (
            dose().text(tags::DOSE_TYPE, VR::CS, "ERROR"),
            "DoseType (3004,0004) is `ERROR`, a difference of two doses, expected `PHYSICAL` or `EFFECTIVE`",
        ),
        (
            dose().without(tags::DOSE_SUMMATION_TYPE),
            "DoseSummationType (3004,000A) is missing, expected PLAN or another defined term",
        ),
        (
            dose().without(tags::FRAME_OF_REFERENCE_UID),
            "FrameOfReferenceUID (0020,0052) is missing, expected a unique identifier",
        ),
        (
            dose().without(tags::GRID_FRAME_OFFSET_VECTOR),
            "GridFrameOffsetVector (3004,000C) holds 0 values, expected 3, one for each frame",
        ),
        (
            dose().without(tags::NUMBER_OF_FRAMES),
            "the dose is a single plane, NumberOfFrames (0028,0008) is 1; export the dose of the whole volume",
        ),
        (
            dose().without(tags::IMAGE_POSITION_PATIENT),
            "ImagePositionPatient (0020,0032) is missing, expected three numbers",
        ),
        (
            dose().words(&[0; 60]),
            "the dose is 0 Gy everywhere; export the dose after it was calculated",
        ),
        (
            dose().bits(16, 16, true).words(&[65_535; 60]),
            "the dose is negative in places, -0.005 Gy at its lowest; expected 0 or more",
        ),
        (
            dose().without(tags::PIXEL_DATA),
            "the object holds no pixel data",
        ),
        (
            Object::ct(0),
            "SOPClassUID (0008,0016) is `1.2.840.10008.5.1.4.1.1.2`, expected an RT Dose (1.2.840.10008.5.1.4.1.1.481.2)",
        ),
    ];
    for (object, expected) in cases {
        assert_eq!(refusal(&object), expected);
    }
    let uneven = dose().text(tags::GRID_FRAME_OFFSET_VECTOR, VR::DS, "0\\2.5\\7.5");
    assert!(refusal(&uneven).contains("2.500 to 5.000 mm apart"));
    let short = dose().words(&[1; 40]);
    assert!(refusal(&short).contains("cut off"), "{}", refusal(&short));
}

#[test]
fn effective_and_implausible_doses_are_told() {
    let object = dose()
        .text(tags::DOSE_TYPE, VR::CS, "EFFECTIVE")
        .text(tags::DOSE_SUMMATION_TYPE, VR::CS, "FRACTION")
        .text(tags::DOSE_GRID_SCALING, VR::DS, "30");
    let (_folder, source) = written(&object);
    let facts = read_dose(&source).unwrap().facts;
    assert_eq!(facts.dose_type, DoseType::Effective);
    assert_eq!(facts.summation, DoseSummation::Part("FRACTION".to_owned()));
    let codes: Vec<&str> = facts.findings.iter().map(|f| f.code).collect();
    assert_eq!(codes, ["dose-effective", "dose-implausible"]);
}

fn plan(fractions: &[&str]) -> Object {
    let reference = |kind, gy, what| {
        item(vec![
            (tags::DOSE_REFERENCE_TYPE, VR::CS, kind),
            (tags::TARGET_PRESCRIPTION_DOSE, VR::DS, gy),
            (tags::DOSE_REFERENCE_DESCRIPTION, VR::LO, what),
        ])
    };
    let groups = fractions
        .iter()
        .map(|n| item(vec![(tags::NUMBER_OF_FRACTIONS_PLANNED, VR::IS, n)]));
    Object::other(uids::RT_PLAN_STORAGE, "RTPLAN", 2)
        .text(tags::RT_PLAN_LABEL, VR::SH, "bed 66")
        .text(tags::APPROVAL_STATUS, VR::CS, "UNAPPROVED")
        .sequence(
            tags::DOSE_REFERENCE_SEQUENCE,
            vec![
                reference("TARGET", "50.4", "PTV pelvis"),
                reference("TARGET", "66", "PTV bed"),
                reference("ORGAN_AT_RISK", "99", "Rectum"),
            ],
        )
        .sequence(tags::FRACTION_GROUP_SEQUENCE, groups.collect())
}

#[test]
fn a_plan_says_what_was_prescribed() {
    let (_folder, source) = written(&plan(&["33"]));
    let facts = read_plan_facts(&source).unwrap();
    assert_eq!(facts.label.as_deref(), Some("bed 66"));
    assert_eq!(facts.approval_status.as_deref(), Some("UNAPPROVED"));
    let prescription = |dose_gy, what: &str| Prescription {
        dose_gy,
        description: Some(what.to_owned()),
    };
    assert_eq!(
        facts.prescriptions,
        [
            prescription(66.0, "PTV bed"),
            prescription(50.4, "PTV pelvis")
        ]
    );
    assert_eq!(facts.highest_prescription_gy(), Some(66.0));
    assert_eq!(facts.only_fractions(), Some(33));
    assert_eq!(facts.findings, []);
}

#[test]
fn a_plan_of_two_groups_has_no_one_number_of_fractions() {
    let (_folder, source) = written(&plan(&["25", "8"]));
    let facts = read_plan_facts(&source).unwrap();
    assert_eq!(facts.fractions, [25, 8]);
    assert_eq!(facts.only_fractions(), None);
    assert_eq!(facts.findings[0].code, "plan-several-groups");
    let (_folder, source) = written(&dose());
    let error = read_plan_facts(&source).unwrap_err().to_string();
    assert!(error.contains("expected an RT Plan"), "{error}");
}

#[test]
fn doses_and_plans_are_found_as_what_they_are() {
    let folder = tempfile::tempdir().unwrap();
    Object::ct(0).write(folder.path().join("ct.dcm"));
    dose().write(folder.path().join("dose.dcm"));
    plan(&["33"]).write(folder.path().join("plan.dcm"));
    let study = study(folder.path());
    let mut kinds: Vec<ObjectKind> = study.others.iter().map(|other| other.kind).collect();
    kinds.sort();
    assert_eq!(kinds, [ObjectKind::Dose, ObjectKind::Plan]);
    for other in &study.others {
        match other.kind {
            ObjectKind::Dose => assert!(read_dose(&other.source).is_ok()),
            _ => assert!(read_plan_facts(&other.source).is_ok()),
        }
    }
}
