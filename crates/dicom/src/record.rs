//! What discovery keeps of one object's header.

use dicom_dictionary_std::tags;

use crate::frames::{Frame, frames};
use crate::geometry_problem::GeometryProblem;
use crate::header::Header;
use crate::pet_frame::PetFrame;
use crate::pixels::{PixelFormat, PixelProblem, pixel_format};
use crate::study::{Instance, OtherObject};
use crate::{Finding, ObjectKind};

/// One object, on its way into a study.
#[derive(Debug)]
pub(crate) struct Record {
    pub study_uid: String,
    /// Only ever compared, never shown.
    pub patient_id: Option<String>,
    pub object: RecordedObject,
}

#[derive(Debug)]
pub(crate) enum RecordedObject {
    Image(Box<ImageRecord>),
    Other(OtherObject),
}

/// An object that holds CT or PET slices.
#[derive(Debug, Clone)]
pub(crate) struct ImageRecord {
    pub series_uid: String,
    pub kind: ObjectKind,
    pub modality: String,
    pub description: String,
    pub number: Option<i64>,
    pub frame_of_reference: Option<String>,
    pub scanner: String,
    pub series_type: Vec<String>,
    pub corrections: Vec<String>,
    pub units: Option<String>,
    pub rescale_type: Option<String>,
    pub is_lossy: bool,
    pub instance: Instance,
    pub frames: Vec<Frame>,
    pub findings: Vec<Finding>,
}

/// Takes what is needed from a header; an object that cannot be placed in any study is an error,
/// which says why.
pub(crate) fn record(header: &Header) -> Result<Record, String> {
    let attributes = header.attributes();
    let required = |tag| {
        attributes.text(tag).ok_or_else(|| {
            attributes
                .unexpected(tag, "a unique identifier")
                .to_string()
        })
    };
    let sop_class_uid = required(tags::SOP_CLASS_UID)?;
    let study_uid = required(tags::STUDY_INSTANCE_UID)?;
    let series_uid = required(tags::SERIES_INSTANCE_UID)?;
    let sop_instance_uid = required(tags::SOP_INSTANCE_UID)?;
    let kind = ObjectKind::of(&sop_class_uid);
    let text = |tag| attributes.text(tag).unwrap_or_default();
    let object = if kind.is_image() {
        RecordedObject::Image(Box::new(image_record(
            header,
            kind,
            series_uid,
            sop_class_uid,
            sop_instance_uid,
        )?))
    } else {
        RecordedObject::Other(OtherObject {
            source: header.source().clone(),
            kind,
            modality: text(tags::MODALITY),
            sop_class_uid,
            sop_instance_uid,
            series_uid,
            description: text(tags::SERIES_DESCRIPTION),
        })
    };
    Ok(Record {
        study_uid,
        patient_id: attributes.text(tags::PATIENT_ID),
        object,
    })
}

fn image_record(
    header: &Header,
    kind: ObjectKind,
    series_uid: String,
    sop_class_uid: String,
    sop_instance_uid: String,
) -> Result<ImageRecord, String> {
    let attributes = header.attributes();
    let is_multi_frame = matches!(kind, ObjectKind::EnhancedCt | ObjectKind::EnhancedPet);
    let pixel_tag = header.layout.element.map(|element| element.tag);
    let format = pixel_format(attributes, pixel_tag, is_multi_frame);
    check_length(header, format.as_ref())?;
    let mut frames = frames(attributes, is_multi_frame).map_err(|e| e.to_string())?;
    for frame in &mut frames {
        if let Err(GeometryProblem::Attribute { file, .. }) = &mut frame.plane {
            *file = header.source().to_string();
        }
    }
    let text = |tag| attributes.text(tag).unwrap_or_default();
    let pet = PetFrame::new(attributes, 0);
    let scanner = [tags::MANUFACTURER, tags::MANUFACTURER_MODEL_NAME]
        .into_iter()
        .filter_map(|tag| attributes.text(tag))
        .collect::<Vec<_>>()
        .join(" ");
    Ok(ImageRecord {
        series_uid,
        kind,
        modality: text(tags::MODALITY),
        description: text(tags::SERIES_DESCRIPTION),
        number: attributes.integer(tags::SERIES_NUMBER).ok().flatten(),
        frame_of_reference: attributes.text(tags::FRAME_OF_REFERENCE_UID),
        scanner,
        series_type: pet.texts(tags::SERIES_TYPE),
        corrections: pet.corrections(),
        units: pet.units().value().cloned(),
        rescale_type: attributes.text(tags::RESCALE_TYPE),
        is_lossy: attributes.text(tags::LOSSY_IMAGE_COMPRESSION).as_deref() == Some("01"),
        instance: Instance {
            source: header.source().clone(),
            sop_class_uid,
            sop_instance_uid,
            transfer_syntax: header.transfer_syntax().to_owned(),
            layout: header.layout,
            format,
        },
        frames,
        findings: header.findings().to_vec(),
    })
}

/// Refuses uncompressed pixel data that end before their last frame.
fn check_length(
    header: &Header,
    format: Result<&PixelFormat, &PixelProblem>,
) -> Result<(), String> {
    let (Ok(format), Some(element)) = (format, header.layout.element) else {
        return Ok(());
    };
    let Some(length) = element.length else {
        return Ok(());
    };
    let expected = format.frame_bytes() as u64 * u64::from(format.frames);
    let left = header.object_length.saturating_sub(element.offset);
    let present = left.min(u64::from(length));
    if present < expected {
        return Err(format!(
            "the pixel data are cut off: {present} bytes are present, {expected} are expected \
             ({} rows, {} columns, {} frame(s), {} bytes per pixel)",
            format.rows,
            format.columns,
            format.frames,
            format.number.bytes()
        ));
    }
    Ok(())
}
