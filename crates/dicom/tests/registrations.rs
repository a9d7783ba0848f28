//! Spatial registrations: either way round, and as they must not be.

#![allow(clippy::unwrap_used, reason = "a helper may fail the test")]

mod objects;

use dicom_core::value::DataSetSequence;
use dicom_core::{DataElement, PrimitiveValue, Tag, VR};
use dicom_dictionary_std::{tags, uids};
use dicom_object::InMemDicomObject;
use isoboost_dicom::{FrameOfImages, ObjectSource, SpatialRegistration, read_spatial_registration};
use nalgebra::{Isometry3, Matrix4, Point3, Vector3};

use objects::Object;

const REGISTERED: &str = "2.25.7";
const SOURCE: &str = "2.25.8";

fn motion() -> Isometry3<f64> {
    Isometry3::new(
        Vector3::new(31.0, -12.5, 140.0),
        Vector3::new(0.05, -0.1, 0.15),
    )
}

fn frame(uid: &str) -> FrameOfImages<'_> {
    FrameOfImages { uid, images: &[] }
}

fn item(
    text: Vec<(Tag, VR, String)>,
    items: Vec<(Tag, Vec<InMemDicomObject>)>,
) -> InMemDicomObject {
    let mut object = InMemDicomObject::new_empty();
    for (tag, vr, value) in text {
        object.put(DataElement::new(tag, vr, PrimitiveValue::from(value)));
    }
    for (tag, items) in items {
        object.put(DataElement::new(tag, VR::SQ, DataSetSequence::from(items)));
    }
    object
}

fn numbers(matrix: &Matrix4<f64>) -> String {
    let rows = (0..16).map(|n| format!("{:.8}", matrix[(n / 4, n % 4)]));
    rows.collect::<Vec<_>>().join("\\")
}

/// An item of the registration sequence: a frame and its matrices.
fn source(uid: &str, kind: &str, matrices: &[Matrix4<f64>]) -> InMemDicomObject {
    let matrices = matrices.iter().map(|matrix| {
        let kind_tag = tags::FRAME_OF_REFERENCE_TRANSFORMATION_MATRIX_TYPE;
        let matrix_tag = tags::FRAME_OF_REFERENCE_TRANSFORMATION_MATRIX;
        let text = vec![
            (kind_tag, VR::CS, kind.to_owned()),
            (matrix_tag, VR::DS, numbers(matrix)),
        ];
        item(text, vec![])
    });
    let registration = item(vec![], vec![(tags::MATRIX_SEQUENCE, matrices.collect())]);
    item(
        vec![(tags::FRAME_OF_REFERENCE_UID, VR::UI, uid.to_owned())],
        vec![(tags::MATRIX_REGISTRATION_SEQUENCE, vec![registration])],
    )
}

fn object(items: Vec<InMemDicomObject>) -> Object {
    Object::other(uids::SPATIAL_REGISTRATION_STORAGE, "REG", 1)
        .sequence(tags::REGISTRATION_SEQUENCE, items)
}

fn read(object: &Object) -> Result<SpatialRegistration, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("reg.dcm");
    object.write(&path);
    read_spatial_registration(&ObjectSource::file(path)).map_err(|error| error.to_string())
}

fn assert_maps(found: &Isometry3<f64>, expected: &Isometry3<f64>) {
    for p in [Point3::origin(), Point3::new(100.0, -50.0, 300.0)] {
        // Eight decimals at 300 mm.
        assert!(
            (found * p - expected * p).norm() < 1e-4,
            "{found} {expected}"
        );
    }
}

#[test]
fn a_registration_serves_both_ways() {
    let identity = source(REGISTERED, "RIGID", &[Matrix4::identity()]);
    let moved = source(SOURCE, "RIGID", &[motion().to_homogeneous()]);
    let read = read(&object(vec![identity, moved])).unwrap();
    assert_eq!(read.registered_frame, REGISTERED);
    assert_eq!(read.patient_id.as_deref(), Some("P1"));
    assert_eq!(read.frame_uids(), [REGISTERED, SOURCE]);
    let there = read.to_from(frame(REGISTERED), frame(SOURCE)).unwrap();
    assert_maps(&there, &motion());
    let back = read.to_from(frame(SOURCE), frame(REGISTERED)).unwrap();
    assert_maps(&back, &motion().inverse());
}

#[test]
fn two_frames_are_connected_through_the_registered_one() {
    let other = Isometry3::new(Vector3::new(0.0, 5.0, 0.0), Vector3::new(0.0, 0.0, 0.3));
    let items = vec![
        source(SOURCE, "RIGID", &[motion().to_homogeneous()]),
        source("2.25.9", "RIGID", &[other.to_homogeneous()]),
    ];
    let read = read(&object(items)).unwrap();
    let between = read.to_from(frame("2.25.9"), frame(SOURCE)).unwrap();
    assert_maps(&between, &(other.inverse() * motion()));
}

#[test]
fn matrices_of_one_item_are_applied_one_after_the_other() {
    let shift = Isometry3::translation(10.0, 0.0, 0.0);
    let turn = Isometry3::rotation(Vector3::z() * std::f64::consts::FRAC_PI_2);
    let matrices = [shift.to_homogeneous(), turn.to_homogeneous()];
    let read = read(&object(vec![source(SOURCE, "RIGID", &matrices)])).unwrap();
    let there = read.to_from(frame(REGISTERED), frame(SOURCE)).unwrap();
    // First ten to the left, then a quarter turn about the long axis.
    let p = there * Point3::origin();
    assert!((p - Point3::new(0.0, 10.0, 0.0)).norm() < 1e-6, "{p}");
}

#[test]
fn an_item_without_a_frame_is_known_by_its_images() {
    let mut moved = source(SOURCE, "RIGID", &[motion().to_homogeneous()]);
    moved.remove_element(tags::FRAME_OF_REFERENCE_UID);
    let image = item(
        vec![(
            tags::REFERENCED_SOP_INSTANCE_UID,
            VR::UI,
            "2.25.500".to_owned(),
        )],
        vec![],
    );
    moved.put(DataElement::new(
        tags::REFERENCED_IMAGE_SEQUENCE,
        VR::SQ,
        DataSetSequence::from(vec![image]),
    ));
    let read = read(&object(vec![moved])).unwrap();
    let of_images = FrameOfImages {
        uid: SOURCE,
        images: &["2.25.499", "2.25.500"],
    };
    assert_maps(
        &read.to_from(frame(REGISTERED), of_images).unwrap(),
        &motion(),
    );
    assert!(read.to_from(frame(REGISTERED), frame(SOURCE)).is_err());
}

#[test]
fn other_frames_are_named() {
    let read = read(&object(vec![source(
        SOURCE,
        "RIGID",
        &[motion().to_homogeneous()],
    )]))
    .unwrap();
    let told = read
        .to_from(frame(REGISTERED), frame("2.25.99"))
        .unwrap_err();
    assert_eq!(
        told.to_string(),
        "the registration connects the frames of reference 2.25.7, 2.25.8, not 2.25.99; it belongs to \
         other images"
    );
}

#[test]
fn contradicting_matrices_are_refused() {
    let items = vec![
        source(SOURCE, "RIGID", &[motion().to_homogeneous()]),
        source(SOURCE, "RIGID", &[Matrix4::identity()]),
    ];
    let read = read(&object(items)).unwrap();
    let told = read.to_from(frame(REGISTERED), frame(SOURCE)).unwrap_err();
    assert!(told.to_string().contains("different matrices"), "{told}");
}

#[test]
fn what_is_not_rigid_is_refused_with_what_to_do() {
    let mut scaled = motion().to_homogeneous();
    scaled[(0, 0)] *= 1.05;
    let cases = [
        (
            object(vec![source(SOURCE, "AFFINE", &[motion().to_homogeneous()])]),
            "`AFFINE`, expected `RIGID`",
        ),
        (
            object(vec![source(
                SOURCE,
                "RIGID_SCALE",
                &[motion().to_homogeneous()],
            )]),
            "`RIGID_SCALE`",
        ),
        (
            object(vec![source(SOURCE, "RIGID", &[scaled])]),
            "is no rigid motion",
        ),
        (
            object(vec![source(SOURCE, "RIGID", &[])]),
            "at least one matrix",
        ),
        (object(vec![]), "at least one item"),
        (
            Object::other(uids::DEFORMABLE_SPATIAL_REGISTRATION_STORAGE, "REG", 1),
            "deformable",
        ),
        (Object::ct(0), "expected a Spatial Registration"),
    ];
    for (object, expected) in cases {
        let told = read(&object).unwrap_err();
        assert!(told.contains(expected), "{told}");
        assert!(told.ends_with("reg.dcm"), "{told}");
    }
}

/// Objects that pydicom writes.
#[test]
fn registrations_by_pydicom_are_read() {
    let is_required = std::env::var_os("ISOBOOST_REQUIRE_EXTERNAL").is_some();
    let Some(python) = std::env::var_os("ISOBOOST_CHECK_PYTHON") else {
        assert!(!is_required, "Python (ISOBOOST_CHECK_PYTHON) is not there");
        println!("skipped: Python (ISOBOOST_CHECK_PYTHON) is not there");
        return;
    };
    let script = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/external/registrations.py"
    );
    let folder = tempfile::tempdir().unwrap();
    let written = |name: &str, case: &str| {
        let (input, out) = (folder.path().join("case.json"), folder.path().join(name));
        std::fs::write(&input, case).unwrap();
        let mut command = std::process::Command::new(&python);
        let output = command.arg(script).arg(&input).arg(&out).output().unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        ObjectSource::file(out)
    };
    let matrix: Vec<String> = (0..16)
        .map(|n| motion().to_homogeneous()[(n / 4, n % 4)].to_string())
        .collect();
    let matrix = matrix.join(",");
    let items = format!(
        r#"[{{"frame":"{REGISTERED}","matrices":[[1,0,0,0,0,1,0,0,0,0,1,0,0,0,0,1]]}},
            {{"frame":"{SOURCE}","matrices":[[{matrix}]]}}]"#
    );
    let head = format!(r#""registered_frame":"{REGISTERED}","patient_id":"P1""#);
    let rigid = written("rigid.dcm", &format!("{{{head},\"items\":{items}}}"));
    let read = read_spatial_registration(&rigid).unwrap();
    assert_maps(
        &read.to_from(frame(REGISTERED), frame(SOURCE)).unwrap(),
        &motion(),
    );
    assert_maps(
        &read.to_from(frame(SOURCE), frame(REGISTERED)).unwrap(),
        &motion().inverse(),
    );
    let deformable = written(
        "deformable.dcm",
        &format!("{{{head},\"deformable\":true,\"items\":{items}}}"),
    );
    let told = read_spatial_registration(&deformable)
        .unwrap_err()
        .to_string();
    assert!(told.contains("leave --registration out"), "{told}");
}
