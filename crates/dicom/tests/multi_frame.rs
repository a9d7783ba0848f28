//! Multi-frame objects: what each frame says of itself, and what all of them share.

#![allow(clippy::unwrap_used, reason = "tests may fail")]

mod objects;

use dicom_core::{DataElement, PrimitiveValue, Tag, VR};
use dicom_dictionary_std::{tags, uids};
use dicom_object::InMemDicomObject;
use isoboost_dicom::{PixelProblem, load_pet};
use objects::{Object, PIXELS, found, series};

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

/// A functional group: a sequence of one item with these texts.
fn group(sequence: Tag, texts: &[(Tag, VR, &str)]) -> InMemDicomObject {
    let item = texts
        .iter()
        .map(|(tag, vr, text)| DataElement::new(*tag, *vr, PrimitiveValue::from(*text)));
    let item = InMemDicomObject::from_element_iter(item);
    let sequence = Object(InMemDicomObject::new_empty()).sequence(sequence, vec![item]);
    sequence.0
}

/// One item that holds several functional groups.
fn groups(groups: Vec<InMemDicomObject>) -> InMemDicomObject {
    InMemDicomObject::from_element_iter(groups.into_iter().flatten())
}

/// A multi-frame PET of three slices from head to feet, whose slopes differ.
fn enhanced_pet() -> Object {
    let shared = groups(vec![
        group(
            tags::PLANE_ORIENTATION_SEQUENCE,
            &[(tags::IMAGE_ORIENTATION_PATIENT, VR::DS, "1\\0\\0\\0\\1\\0")],
        ),
        group(
            tags::PIXEL_MEASURES_SEQUENCE,
            &[
                (tags::PIXEL_SPACING, VR::DS, "2\\1.5"),
                (tags::SLICE_THICKNESS, VR::DS, "3"),
            ],
        ),
        group(
            tags::PIXEL_VALUE_TRANSFORMATION_SEQUENCE,
            &[
                (tags::RESCALE_SLOPE, VR::DS, "1"),
                (tags::RESCALE_INTERCEPT, VR::DS, "0"),
            ],
        ),
    ]);
    let frame = |n: u16| {
        let z = format!("-10\\-20\\{}", 30 - 3 * n);
        let slope = format!("{}", f64::from(n) * 0.5);
        let mut own = vec![group(
            tags::PLANE_POSITION_SEQUENCE,
            &[(tags::IMAGE_POSITION_PATIENT, VR::DS, z.as_str())],
        )];
        // The first frame has no slope of its own: the shared one holds.
        if n > 0 {
            own.push(group(
                tags::PIXEL_VALUE_TRANSFORMATION_SEQUENCE,
                &[
                    (tags::RESCALE_SLOPE, VR::DS, slope.as_str()),
                    (tags::RESCALE_INTERCEPT, VR::DS, "0"),
                ],
            ));
        }
        groups(own)
    };
    let words: Vec<u16> = (0..60).collect();
    Object::pet(0)
        .text(
            tags::SOP_CLASS_UID,
            VR::UI,
            uids::ENHANCED_PET_IMAGE_STORAGE,
        )
        .without(tags::IMAGE_POSITION_PATIENT)
        .without(tags::IMAGE_ORIENTATION_PATIENT)
        .without(tags::PIXEL_SPACING)
        .without(tags::RESCALE_SLOPE)
        .without(tags::RESCALE_INTERCEPT)
        .text(tags::NUMBER_OF_FRAMES, VR::IS, "3")
        .text(tags::ATTENUATION_CORRECTED, VR::CS, "YES")
        .sequence(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE, vec![shared])
        .sequence(
            tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE,
            (0..3).map(frame).collect(),
        )
        .words(&words)
}

#[test]
fn frames_of_a_multi_frame_pet_have_their_own_place_and_slope() {
    for sop_class in [
        uids::ENHANCED_PET_IMAGE_STORAGE,
        uids::LEGACY_CONVERTED_ENHANCED_PET_IMAGE_STORAGE,
    ] {
        check_multi_frame_pet(&enhanced_pet().text(tags::SOP_CLASS_UID, VR::UI, sop_class));
    }
}

fn check_multi_frame_pet(object: &Object) {
    let folder = folder();
    object.write(folder.path().join("pet"));
    let series = series(folder.path());
    assert!(series.corrections.contains(&"ATTN".to_owned()));
    let pet = load_pet(&series).unwrap().activity;
    assert_eq!(pet.grid().shape(), [3, 4, 5]);
    assert_eq!(pet.grid().origin().z, 24.0);
    // From feet to head: frames 2, 1, 0 with slopes 1.0, 0.5 and the shared 1.
    assert_eq!(
        (pet[[0, 0, 0]], pet[[1, 0, 0]], pet[[2, 0, 1]]),
        (40.0, 10.0, 1.0)
    );
    let reference = series.slice_reference(0).unwrap();
    assert_eq!(reference.frame_number, Some(3));
}

#[test]
fn a_multi_frame_object_must_describe_every_frame() {
    let folder = folder();
    let path = folder.path().join("pet");
    enhanced_pet()
        .text(tags::NUMBER_OF_FRAMES, VR::IS, "2")
        .write(path);
    let reason = &found(folder.path()).problems[0].reason;
    assert!(
        reason.contains("PerFrameFunctionalGroupsSequence"),
        "{reason}"
    );
    let path = folder.path().join("pet");
    let no_slope = enhanced_pet().sequence(
        tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE,
        vec![InMemDicomObject::new_empty()],
    );
    no_slope.write(path);
    let series = series(folder.path());
    let problem = series.geometry.unwrap_err().to_string();
    assert!(
        problem.contains("ImageOrientationPatient (0020,0037) is missing"),
        "{problem}"
    );
}

#[test]
fn frames_in_a_single_frame_class_are_refused() {
    let folder = folder();
    for k in 0..2 {
        Object::ct(k)
            .text(tags::NUMBER_OF_FRAMES, VR::IS, "2")
            .words(&[0; 2 * PIXELS])
            .write(folder.path().join(k.to_string()));
    }
    let problem = series(folder.path()).pixel_problem.unwrap();
    assert_eq!(problem, PixelProblem::Frames { found: 2 });
}
