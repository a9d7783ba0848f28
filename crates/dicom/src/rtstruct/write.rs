//! Writing of structure sets.

use std::path::Path;

use dicom_core::VR;
use dicom_dictionary_std::{tags, uids};
use isoboost_volume::{Contour, Roi, StructureSet};
use nalgebra::{Point3, Vector3};

use super::check::{StructureError, check, off_plane};
use super::interpreted_type;
use crate::copied;
use crate::decimal::push_decimal;
use crate::derived_object::{
    ObjectClass, ObjectWriteError, WrittenObject, collect, generation, objects_of,
    put_contributors, put_series, reference, study_uid, write_object,
};
use crate::elements::{Elements, ValueError};
use crate::{Finding, PatientStudy, Provenance, ReferenceImages};

/// Digits after the point of a coordinate in mm: a micrometre.
const COORDINATE_DECIMALS: usize = 3;
/// Digits after the point at most of the coordinate that says which slice a contour lies on, so
/// that it is the one in the image's header, whatever its digits.
const PLANE_DECIMALS: usize = 12;
/// Longest Structure Set Description (VR ST), in bytes: DICOM means characters, but there are readers
/// that count bytes.
const LONGEST_DESCRIPTION: usize = 1024;
/// The object, in a syntax whose elements have room for long contours.
const CLASS: ObjectClass = ObjectClass {
    name: "structure set",
    sop_class: uids::RT_STRUCTURE_SET_STORAGE,
    modality: "RTSTRUCT",
    series_number: 9101,
    transfer_syntax: uids::IMPLICIT_VR_LITTLE_ENDIAN,
};
/// Detached Study Management SOP Class (retired), by which structure sets refer to their study.
const STUDY_SOP_CLASS: &str = "1.2.840.10008.3.1.2.3.1";

/// Why a structure set was not written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StructureWriteError {
    /// The structures do not fit together, or not the images.
    #[error(transparent)]
    Structure(#[from] StructureError),
    /// The object cannot be written.
    #[error(transparent)]
    Object(#[from] ObjectWriteError),
}

/// Writes `structures`, drawn on `images`, as a DICOM RT Structure Set.
///
/// The file appears complete or not at all. Its UIDs follow from its content: the same input
/// gives the same bytes. Contours are written in Implicit VR Little Endian (an explicit VR leaves
/// no room for long ones), with coordinates to a micrometre, each in the exact plane of the slice
/// it refers to. The set is UNAPPROVED unless the provenance names the person who approved it.
///
/// # Errors
/// When structures contradict each other or lie off the images, when a text is longer than its
/// attribute, or when the file cannot be written.
pub fn write_structure_set(
    path: &Path,
    structures: &StructureSet,
    images: &ReferenceImages,
    patient: &PatientStudy,
    provenance: &Provenance,
) -> Result<WrittenObject, StructureWriteError> {
    check(structures, images)?;
    Ok(write_checked(
        path, structures, images, patient, provenance,
    )?)
}

fn write_checked(
    path: &Path,
    structures: &StructureSet,
    images: &ReferenceImages,
    patient: &PatientStudy,
    provenance: &Provenance,
) -> Result<WrittenObject, ObjectWriteError> {
    let study_uid = study_uid(patient, &CLASS)?;
    let (mut object, mut findings) = copied::patient_study(patient);
    findings.extend(empty_rois(structures));
    put_series(&mut object, &CLASS, &structures.label, provenance)?;
    object.empty(tags::OPERATORS_NAME, VR::PN)?;
    put_approval(&mut object, provenance)?;
    put_structure_set(&mut object, structures, images, &study_uid, provenance)?;
    write_object(path, &CLASS, object, findings)
}

/// Approval module. An algorithm proposes; what it writes is approved by a person alone.
fn put_approval(object: &mut Elements, provenance: &Provenance) -> Result<(), ValueError> {
    let Some(approval) = &provenance.approval else {
        return object.code(tags::APPROVAL_STATUS, "UNAPPROVED");
    };
    object.code(tags::APPROVAL_STATUS, "APPROVED")?;
    object.date(tags::REVIEW_DATE, approval.at().date())?;
    object.time(tags::REVIEW_TIME, approval.at().time())?;
    object.person(tags::REVIEWER_NAME, approval.reviewer())
}

/// Structure Set Description: by whom it was suggested and approved, and the beginning of a long
/// comment.
fn describe(provenance: &Provenance) -> String {
    let suggested = format!("Suggested by {}", provenance.line());
    let Some(approval) = &provenance.approval else {
        return format!("{suggested}; to be reviewed");
    };
    let mut text = format!(
        "{suggested}; reviewed and approved by {}",
        approval.reviewer().for_people()
    );
    if let Some(organisation) = approval.organisation() {
        text.push_str(", ");
        text.push_str(organisation);
    }
    if let Some(comment) = approval.comment() {
        text.push_str(": ");
        text.push_str(comment);
    }
    if text.len() > LONGEST_DESCRIPTION {
        text.truncate(text.floor_char_boundary(LONGEST_DESCRIPTION - '…'.len_utf8()));
        text.push('…');
    }
    text
}

fn empty_rois(structures: &StructureSet) -> impl Iterator<Item = Finding> {
    let empty = structures.rois.iter().filter(|roi| roi.contours.is_empty());
    empty.map(|roi| {
        let text = format!(
            "ROI `{}` lies between the slices and has no contour",
            roi.name
        );
        Finding::new("roi-empty", text)
    })
}

/// Frame of Reference, Structure Set, ROI Contour and RT ROI Observations modules.
fn put_structure_set(
    object: &mut Elements,
    structures: &StructureSet,
    images: &ReferenceImages,
    study_uid: &str,
    provenance: &Provenance,
) -> Result<(), ValueError> {
    object.uid(tags::FRAME_OF_REFERENCE_UID, &images.frame_of_reference_uid)?;
    object.empty(tags::POSITION_REFERENCE_INDICATOR, VR::LO)?;
    object.short(tags::STRUCTURE_SET_LABEL, &structures.label)?;
    object.paragraph(tags::STRUCTURE_SET_DESCRIPTION, &describe(provenance))?;
    object.date(tags::STRUCTURE_SET_DATE, provenance.created.date())?;
    object.time(tags::STRUCTURE_SET_TIME, provenance.created.time())?;
    put_contributors(object, images, provenance, "Suggested the regions")?;
    object.sequence(
        tags::REFERENCED_FRAME_OF_REFERENCE_SEQUENCE,
        [frame_of_reference(images, study_uid)?],
    )?;
    let rois = &structures.rois;
    let definitions = rois.iter().map(|roi| definition(roi, images, provenance));
    let contours = rois.iter().map(|roi| roi_contour(roi, images));
    let observations = rois
        .iter()
        .zip(1..)
        .map(|(roi, n)| observation(roi, n, provenance));
    object.sequence(tags::STRUCTURE_SET_ROI_SEQUENCE, collect(definitions)?)?;
    object.sequence(tags::ROI_CONTOUR_SEQUENCE, collect(contours)?)?;
    object.sequence(tags::RTROI_OBSERVATIONS_SEQUENCE, collect(observations)?)
}

/// The chain from the frame of reference over study and series to every image.
fn frame_of_reference(images: &ReferenceImages, study_uid: &str) -> Result<Elements, ValueError> {
    let mut series = Elements::new();
    series.uid(tags::SERIES_INSTANCE_UID, &images.series_uid)?;
    let references = objects_of(images)
        .into_iter()
        .map(|(class, instance)| reference(class, instance));
    series.sequence(tags::CONTOUR_IMAGE_SEQUENCE, collect(references)?)?;
    let mut study = reference(STUDY_SOP_CLASS, study_uid)?;
    study.sequence(tags::RT_REFERENCED_SERIES_SEQUENCE, [series])?;
    let mut frame = Elements::new();
    frame.uid(tags::FRAME_OF_REFERENCE_UID, &images.frame_of_reference_uid)?;
    frame.sequence(tags::RT_REFERENCED_STUDY_SEQUENCE, [study])?;
    Ok(frame)
}

fn definition(
    roi: &Roi,
    images: &ReferenceImages,
    provenance: &Provenance,
) -> Result<Elements, ValueError> {
    let mut item = Elements::new();
    item.integer(tags::ROI_NUMBER, roi.number)?;
    item.uid(
        tags::REFERENCED_FRAME_OF_REFERENCE_UID,
        &images.frame_of_reference_uid,
    )?;
    item.long(tags::ROI_NAME, &roi.name)?;
    item.paragraph(tags::ROI_DESCRIPTION, &roi.description)?;
    item.code(tags::ROI_GENERATION_ALGORITHM, generation(roi.by_hand))?;
    item.long(tags::ROI_GENERATION_DESCRIPTION, &provenance.line())?;
    Ok(item)
}

fn observation(roi: &Roi, number: u32, provenance: &Provenance) -> Result<Elements, ValueError> {
    let mut item = Elements::new();
    item.integer(tags::OBSERVATION_NUMBER, number)?;
    item.integer(tags::REFERENCED_ROI_NUMBER, roi.number)?;
    item.code(
        tags::RTROI_INTERPRETED_TYPE,
        interpreted_type(roi.interpreted_type),
    )?;
    match &provenance.approval {
        None => item.empty(tags::ROI_INTERPRETER, VR::PN)?,
        Some(approval) => item.person(tags::ROI_INTERPRETER, approval.reviewer())?,
    }
    Ok(item)
}

fn roi_contour(roi: &Roi, images: &ReferenceImages) -> Result<Elements, ValueError> {
    let mut item = Elements::new();
    item.integers(tags::ROI_DISPLAY_COLOR, &roi.colour)?;
    let contours = roi.contours.iter().zip(1..);
    let contours = collect(contours.filter_map(|(contour, n)| planar_contour(contour, n, images)))?;
    if !contours.is_empty() {
        item.sequence(tags::CONTOUR_SEQUENCE, contours)?;
    }
    item.integer(tags::REFERENCED_ROI_NUMBER, roi.number)?;
    Ok(item)
}

/// A contour on its slice, which [`check`] has made sure is there.
fn planar_contour(
    contour: &Contour,
    number: u32,
    images: &ReferenceImages,
) -> Option<Result<Elements, ValueError>> {
    let slice = images.slices.get(contour.slice?)?;
    let [normal, ..] = images.grid.axes();
    let points: Vec<Point3<f64>> = contour
        .points
        .iter()
        .map(|point| onto_plane(*point, slice.position, normal))
        .collect();
    let (data, count) = contour_data(&points, normal)?;
    Some((|| {
        let mut image = reference(&slice.sop_class_uid, &slice.sop_instance_uid)?;
        if let Some(frame) = slice.frame {
            image.integer(tags::REFERENCED_FRAME_NUMBER, frame)?;
        }
        let mut item = Elements::new();
        item.sequence(tags::CONTOUR_IMAGE_SEQUENCE, [image])?;
        item.code(tags::CONTOUR_GEOMETRIC_TYPE, "CLOSED_PLANAR")?;
        item.integer(tags::NUMBER_OF_CONTOUR_POINTS, count)?;
        item.integer(tags::CONTOUR_NUMBER, number)?;
        item.decimals(tags::CONTOUR_DATA, data)?;
        Ok(item)
    })())
}

/// The point moved along `normal` onto the plane through `plane`, exactly where the plane is
/// perpendicular to a patient axis.
fn onto_plane(point: Point3<f64>, plane: Point3<f64>, normal: Vector3<f64>) -> Point3<f64> {
    let mut moved = point - normal * off_plane(point, plane, normal);
    if let Some(axis) = axis_of(normal) {
        moved[axis] = plane[axis];
    }
    moved
}

/// The patient axis that a normal lies on exactly.
fn axis_of(normal: Vector3<f64>) -> Option<usize> {
    (0..3).find(|axis| normal[*axis].abs() == 1.0)
}

/// Contour Data and the number of points in it. Neighbours that the digits cannot tell apart are
/// one point; `None` when fewer than three are left.
fn contour_data(points: &[Point3<f64>], normal: Vector3<f64>) -> Option<(String, u32)> {
    let plane_axis = axis_of(normal);
    let mut texts: Vec<String> = Vec::with_capacity(points.len());
    for point in points {
        let mut text = String::with_capacity(30);
        for axis in 0..3 {
            if axis > 0 {
                text.push('\\');
            }
            let decimals = if plane_axis == Some(axis) {
                PLANE_DECIMALS
            } else {
                COORDINATE_DECIMALS
            };
            push_decimal(&mut text, point[axis], decimals)?;
        }
        if texts.last() != Some(&text) {
            texts.push(text);
        }
    }
    while texts.len() > 1 && texts.first() == texts.last() {
        texts.pop();
    }
    let count = u32::try_from(texts.len()).ok().filter(|n| *n >= 3)?;
    Some((texts.join("\\"), count))
}
