//! Reading of registrations.

use dicom_dictionary_std::{tags, uids};
use nalgebra::Isometry3;

use super::matrix::rigid;
use super::{RegistrationProblem, RegistrationReadError, SourceFrame, SpatialRegistration};
use crate::attributes::Attributes;
use crate::{Header, ObjectSource};

/// Reads a rigid registration between frames of reference.
///
/// # Errors
/// When the file is no Spatial Registration, or one of its matrices is not rigid.
pub fn read_spatial_registration(
    source: &ObjectSource,
) -> Result<SpatialRegistration, RegistrationReadError> {
    read(source).map_err(|problem| RegistrationReadError {
        file: source.to_string(),
        problem,
    })
}

fn read(source: &ObjectSource) -> Result<SpatialRegistration, RegistrationProblem> {
    let header = Header::read_whole(source)?;
    let object = header.attributes();
    let class = object.text(tags::SOP_CLASS_UID).unwrap_or_default();
    match class.as_str() {
        uids::SPATIAL_REGISTRATION_STORAGE => {}
        uids::DEFORMABLE_SPATIAL_REGISTRATION_STORAGE => {
            return Err(RegistrationProblem::Deformable);
        }
        _ => return Err(RegistrationProblem::NotARegistration { found: class }),
    }
    let required = |tag| {
        let value = object.text(tag);
        value.ok_or_else(|| object.unexpected(tag, "a unique identifier"))
    };
    let mut frames = Vec::new();
    for item in object.items(tags::REGISTRATION_SEQUENCE) {
        frames.push(source_frame(item)?);
    }
    if frames.is_empty() {
        let tag = tags::REGISTRATION_SEQUENCE;
        return Err(object.unexpected(tag, "at least one item").into());
    }
    Ok(SpatialRegistration {
        sop_instance_uid: required(tags::SOP_INSTANCE_UID)?,
        registered_frame: required(tags::FRAME_OF_REFERENCE_UID)?,
        patient_id: object.text(tags::PATIENT_ID),
        frames,
        findings: header.findings().to_vec(),
    })
}

fn source_frame(item: Attributes<'_>) -> Result<SourceFrame, RegistrationProblem> {
    let images = item.items(tags::REFERENCED_IMAGE_SEQUENCE);
    let images: Vec<String> = images
        .filter_map(|image| image.text(tags::REFERENCED_SOP_INSTANCE_UID))
        .collect();
    let frame_of_reference = item.text(tags::FRAME_OF_REFERENCE_UID);
    if frame_of_reference.is_none() && images.is_empty() {
        let tag = tags::FRAME_OF_REFERENCE_UID;
        return Err(item
            .unexpected(tag, "a unique identifier, or images")
            .into());
    }
    let mut registered_from_source = Isometry3::identity();
    let mut n_matrices = 0;
    for registration in item.items(tags::MATRIX_REGISTRATION_SEQUENCE) {
        for matrix in registration.items(tags::MATRIX_SEQUENCE) {
            // The items are applied one after the other, the first one first.
            registered_from_source = motion(matrix)? * registered_from_source;
            n_matrices += 1;
        }
    }
    if n_matrices == 0 {
        let tag = tags::MATRIX_REGISTRATION_SEQUENCE;
        return Err(item.unexpected(tag, "at least one matrix").into());
    }
    Ok(SourceFrame {
        frame_of_reference,
        images,
        registered_from_source,
    })
}

fn motion(item: Attributes<'_>) -> Result<Isometry3<f64>, RegistrationProblem> {
    let tag = tags::FRAME_OF_REFERENCE_TRANSFORMATION_MATRIX_TYPE;
    match item.text(tag) {
        Some(kind) if kind == "RIGID" => {}
        Some(found) => return Err(RegistrationProblem::NotRigidType { found }),
        None => return Err(item.unexpected(tag, "RIGID").into()),
    }
    let tag = tags::FRAME_OF_REFERENCE_TRANSFORMATION_MATRIX;
    let rows = item
        .vector::<16>(tag)?
        .ok_or_else(|| item.unexpected(tag, "sixteen numbers"))?;
    rigid(&rows).map_err(|reason| RegistrationProblem::NotRigid { reason })
}
