//! Writing of segmentations.

use std::path::Path;

use dicom_core::{Tag, VR};
use dicom_dictionary_std::{tags, uids};

use super::drawn::{DrawnSegment, DrawnSegmentation, SegmentationWriteError, check};
use super::frames::{DrawnFrame, frame_groups, frames_of, overlap, packed, shared_groups};
use super::segment::{Code, Concept};
use crate::cielab::recommended_display;
use crate::copied;
use crate::derived_object::{
    ObjectClass, WrittenObject, collect, content_hash, generation, objects_of, put_contributors,
    put_series, reference, study_uid, write_object,
};
use crate::elements::{Elements, ValueError};
use crate::uid::deterministic_uid;
use crate::{PatientStudy, Provenance, ReferenceImages};

const CLASS: ObjectClass = ObjectClass {
    name: "segmentation",
    sop_class: uids::SEGMENTATION_STORAGE,
    modality: "SEG",
    series_number: 9102,
    transfer_syntax: uids::EXPLICIT_VR_LITTLE_ENDIAN,
};

/// Writes `drawn`, on the voxels of `images`, as a DICOM Segmentation of type BINARY.
///
/// Each segment has the frames that hold a voxel of it and no others, each with all rows and columns
/// of the slice it was drawn on and a reference to that slice. Segments may overlap, and the object
/// says whether they do. The file appears complete or not at all; its UIDs follow from its content.
/// Descriptions say that it is a suggestion that nobody has approved, or that it was approved, as the
/// object has no attribute for it; who approved it is Content Creator's Name.
///
/// # Errors
/// When a segment is empty or not on the voxels of the images, when a text is longer than its
/// attribute, or when the file cannot be written.
pub fn write_segmentation(
    path: &Path,
    drawn: &DrawnSegmentation,
    images: &ReferenceImages,
    patient: &PatientStudy,
    provenance: &Provenance,
) -> Result<WrittenObject, SegmentationWriteError> {
    check(drawn, images)?;
    study_uid(patient, &CLASS)?;
    let frames = frames_of(drawn, images)?;
    let (mut object, findings) = copied::patient_study(patient);
    let description = provenance.described(&drawn.description);
    put_series(&mut object, &CLASS, &description, provenance)?;
    let serial_number = provenance.serial_number();
    object.long(tags::DEVICE_SERIAL_NUMBER, &serial_number)?;
    put_contributors(&mut object, images, provenance, "Suggested the segments")?;
    put_content(&mut object, drawn, provenance)?;
    put_references(&mut object, images)?;
    put_image(&mut object, &frames, images)?;
    let segments = drawn.segments.iter().zip(1..);
    let segments =
        segments.map(|(segment, number)| segment_item(segment, number, drawn, provenance));
    object.sequence(tags::SEGMENT_SEQUENCE, collect(segments)?)?;
    object.sequence(
        tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE,
        [shared_groups(images)?],
    )?;
    object.sequence(
        tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE,
        frame_groups(&frames, images)?,
    )?;
    let [_, rows, columns] = images.grid.shape();
    object.pixels(packed(&frames, rows * columns));
    let content = content_hash(&CLASS, &object)?;
    put_dimensions(&mut object, &content)?;
    Ok(write_object(path, &CLASS, object, findings)?)
}

/// What the object is, when and by whom it was made.
fn put_content(
    object: &mut Elements,
    drawn: &DrawnSegmentation,
    provenance: &Provenance,
) -> Result<(), ValueError> {
    object.date(tags::CONTENT_DATE, provenance.created.date())?;
    object.time(tags::CONTENT_TIME, provenance.created.time())?;
    object.code(tags::CONTENT_LABEL, &drawn.label)?;
    let what = provenance.described(&drawn.description);
    object.long(tags::CONTENT_DESCRIPTION, &what)?;
    match &provenance.approval {
        None => object.empty(tags::CONTENT_CREATOR_NAME, VR::PN)?,
        Some(approval) => object.person(tags::CONTENT_CREATOR_NAME, approval.reviewer())?,
    }
    object.code(tags::SEGMENTATION_TYPE, "BINARY")
}

/// Frame of Reference and Common Instance Reference modules.
fn put_references(object: &mut Elements, images: &ReferenceImages) -> Result<(), ValueError> {
    object.uid(tags::FRAME_OF_REFERENCE_UID, &images.frame_of_reference_uid)?;
    object.empty(tags::POSITION_REFERENCE_INDICATOR, VR::LO)?;
    let mut series = Elements::new();
    series.uid(tags::SERIES_INSTANCE_UID, &images.series_uid)?;
    let objects = objects_of(images).into_iter();
    let references = objects.map(|(class, instance)| reference(class, instance));
    series.sequence(tags::REFERENCED_INSTANCE_SEQUENCE, collect(references)?)?;
    object.sequence(tags::REFERENCED_SERIES_SEQUENCE, [series])
}

/// General Image and Image Pixel modules.
fn put_image(
    object: &mut Elements,
    frames: &[DrawnFrame],
    images: &ReferenceImages,
) -> Result<(), ValueError> {
    let [_, rows, columns] = images.grid.shape();
    // Both were checked to fit.
    let side = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
    object.codes(tags::IMAGE_TYPE, &["DERIVED", "PRIMARY"])?;
    object.code(tags::LOSSY_IMAGE_COMPRESSION, "00")?;
    object.unsigned(tags::SAMPLES_PER_PIXEL, &[1])?;
    object.code(tags::PHOTOMETRIC_INTERPRETATION, "MONOCHROME2")?;
    let count = u32::try_from(frames.len()).unwrap_or(u32::MAX);
    object.integer(tags::NUMBER_OF_FRAMES, count)?;
    object.unsigned(tags::ROWS, &[side(rows)])?;
    object.unsigned(tags::COLUMNS, &[side(columns)])?;
    object.unsigned(tags::BITS_ALLOCATED, &[1])?;
    object.unsigned(tags::BITS_STORED, &[1])?;
    object.unsigned(tags::HIGH_BIT, &[0])?;
    object.unsigned(tags::PIXEL_REPRESENTATION, &[0])?;
    let overlap = if overlap(frames) { "YES" } else { "NO" };
    object.code(tags::SEGMENTS_OVERLAP, overlap)
}

/// Multi-frame Dimension module: frames are told apart by segment, then by place.
fn put_dimensions(object: &mut Elements, content: &str) -> Result<(), ValueError> {
    let organization = deterministic_uid(&[CLASS.name, "dimension organization", content]);
    let mut item = Elements::new();
    item.uid(tags::DIMENSION_ORGANIZATION_UID, &organization)?;
    object.sequence(tags::DIMENSION_ORGANIZATION_SEQUENCE, [item])?;
    let index = |attribute: Tag, group: Tag, label: &str| {
        let mut item = Elements::new();
        item.uid(tags::DIMENSION_ORGANIZATION_UID, &organization)?;
        item.pointer(tags::DIMENSION_INDEX_POINTER, attribute)?;
        item.pointer(tags::FUNCTIONAL_GROUP_POINTER, group)?;
        item.long(tags::DIMENSION_DESCRIPTION_LABEL, label)?;
        Ok(item)
    };
    object.sequence(
        tags::DIMENSION_INDEX_SEQUENCE,
        [
            index(
                tags::REFERENCED_SEGMENT_NUMBER,
                tags::SEGMENT_IDENTIFICATION_SEQUENCE,
                "Segment Number",
            )?,
            index(
                tags::IMAGE_POSITION_PATIENT,
                tags::PLANE_POSITION_SEQUENCE,
                "Image Position Patient",
            )?,
        ],
    )
}

fn segment_item(
    segment: &DrawnSegment,
    number: u16,
    drawn: &DrawnSegmentation,
    provenance: &Provenance,
) -> Result<Elements, ValueError> {
    let mut item = Elements::new();
    item.unsigned(tags::SEGMENT_NUMBER, &[number])?;
    item.long(tags::SEGMENT_LABEL, &segment.label)?;
    item.paragraph(tags::SEGMENT_DESCRIPTION, &segment.description)?;
    item.code(tags::SEGMENT_ALGORITHM_TYPE, generation(segment.by_hand))?;
    let name = format!("{} {}", provenance.software, provenance.version);
    item.long(tags::SEGMENT_ALGORITHM_NAME, &name)?;
    let mut algorithm = Elements::new();
    algorithm.concept(
        tags::ALGORITHM_FAMILY_CODE_SEQUENCE,
        drawn.algorithm_family.parts(),
    )?;
    algorithm.long(tags::ALGORITHM_NAME, &provenance.software)?;
    algorithm.long(tags::ALGORITHM_VERSION, &provenance.version)?;
    algorithm.long_text(tags::ALGORITHM_PARAMETERS, &segment.rule)?;
    algorithm.long(tags::ALGORITHM_SOURCE, &provenance.manufacturer)?;
    item.sequence(
        tags::SEGMENTATION_ALGORITHM_IDENTIFICATION_SEQUENCE,
        [algorithm],
    )?;
    item.concept(
        tags::SEGMENTED_PROPERTY_CATEGORY_CODE_SEQUENCE,
        segment.category.parts(),
    )?;
    item.concept(
        tags::SEGMENTED_PROPERTY_TYPE_CODE_SEQUENCE,
        segment.property_type.parts(),
    )?;
    if let Some(region) = &segment.region {
        let region = with_modifiers(region, tags::ANATOMIC_REGION_MODIFIER_SEQUENCE)?;
        item.sequence(tags::ANATOMIC_REGION_SEQUENCE, [region])?;
    }
    item.unlimited(tags::TRACKING_ID, &segment.tracking_id)?;
    item.uid(tags::TRACKING_UID, &segment.tracking_uid)?;
    item.unsigned(
        tags::RECOMMENDED_DISPLAY_CIE_LAB_VALUE,
        &recommended_display(segment.colour),
    )?;
    Ok(item)
}

/// A coded name, with its modifiers inside it.
fn with_modifiers(concept: &Concept, modifiers: Tag) -> Result<Elements, ValueError> {
    let mut item = Elements::code_item(concept.code.parts())?;
    if !concept.modifiers.is_empty() {
        let codes = concept.modifiers.iter().map(Code::parts);
        item.sequence(modifiers, collect(codes.map(Elements::code_item))?)?;
    }
    Ok(item)
}
