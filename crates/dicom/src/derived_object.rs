//! What all written objects share: series and equipment, identifiers that follow from the content,
//! and files that appear complete or not at all.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use dicom_dictionary_std::{tags, uids};
use dicom_encoding::TransferSyntaxIndex;
use dicom_object::{FileMetaTableBuilder, InMemDicomObject};
use dicom_transfer_syntax_registry::TransferSyntaxRegistry;
use sha2::{Digest, Sha256};

use crate::atomic_file::write_atomically;
use crate::elements::{Elements, ValueError};
use crate::uid::deterministic_uid;
use crate::{Finding, PatientStudy, Provenance, ReferenceImages};

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenObject {
    /// SOP Instance UID.
    pub sop_instance_uid: String,
    /// Series Instance UID.
    pub series_uid: String,
    /// What the reader of the object should know.
    pub findings: Vec<Finding>,
}

/// Why an object was not written, whatever it holds.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ObjectWriteError {
    /// A value that its attribute cannot hold.
    #[error(transparent)]
    Value(#[from] ValueError),
    /// The study has no Study Instance UID.
    #[error("the source images have no StudyInstanceUID (0020,000D), which a {object} needs")]
    NoStudy {
        /// What was to be written.
        object: &'static str,
    },
    /// The object cannot be encoded.
    #[error("the {object} cannot be encoded: {reason}")]
    Encoding {
        /// What was to be written.
        object: &'static str,
        /// What went wrong.
        reason: String,
    },
    /// The file cannot be written.
    #[error("the {object} cannot be written: {source}, file {}", path.display())]
    Io {
        /// What was to be written.
        object: &'static str,
        /// The file.
        path: PathBuf,
        /// What went wrong.
        source: std::io::Error,
    },
}

/// What kind of object is written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ObjectClass {
    /// Its name in messages, and in what its identifiers are made from.
    pub name: &'static str,
    pub sop_class: &'static str,
    pub modality: &'static str,
    /// Far from those of scanners, so that a viewer lists it last.
    pub series_number: u32,
    pub transfer_syntax: &'static str,
}

/// Study Instance UID, without which nothing can be written.
pub(crate) fn study_uid(
    patient: &PatientStudy,
    class: &ObjectClass,
) -> Result<String, ObjectWriteError> {
    let object = class.name;
    patient
        .study_uid()
        .ok_or(ObjectWriteError::NoStudy { object })
}

/// General Series, General Equipment and SOP Common modules, but for the identifiers.
pub(crate) fn put_series(
    object: &mut Elements,
    class: &ObjectClass,
    description: &str,
    provenance: &Provenance,
) -> Result<(), ValueError> {
    let (date, time) = (provenance.created.date(), provenance.created.time());
    object.code(tags::SPECIFIC_CHARACTER_SET, "ISO_IR 192")?;
    object.uid(tags::SOP_CLASS_UID, class.sop_class)?;
    object.date(tags::INSTANCE_CREATION_DATE, date)?;
    object.time(tags::INSTANCE_CREATION_TIME, time)?;
    object.code(tags::MODALITY, class.modality)?;
    object.date(tags::SERIES_DATE, date)?;
    object.time(tags::SERIES_TIME, time)?;
    object.integer(tags::SERIES_NUMBER, class.series_number)?;
    object.long(tags::SERIES_DESCRIPTION, description)?;
    object.integer(tags::INSTANCE_NUMBER, 1)?;
    object.long(tags::MANUFACTURER, &provenance.manufacturer)?;
    object.long(tags::MANUFACTURER_MODEL_NAME, &provenance.software)?;
    object.long(tags::SOFTWARE_VERSIONS, &provenance.version)
}

/// Contributing Equipment Sequence: the scanner and this software.
pub(crate) fn put_contributors(
    object: &mut Elements,
    images: &ReferenceImages,
    provenance: &Provenance,
    what: &str,
) -> Result<(), ValueError> {
    let scanner = ("109101", "DCM", "Acquisition Equipment");
    object.sequence(
        tags::CONTRIBUTING_EQUIPMENT_SEQUENCE,
        [
            images.equipment.contribution(scanner)?,
            provenance.contribution(what)?,
        ],
    )
}

/// An item that refers to an object.
pub(crate) fn reference(class: &str, instance: &str) -> Result<Elements, ValueError> {
    let mut item = Elements::new();
    item.uid(tags::REFERENCED_SOP_CLASS_UID, class)?;
    item.uid(tags::REFERENCED_SOP_INSTANCE_UID, instance)?;
    Ok(item)
}

/// The objects that hold the slices, each once; the frames of a multi-frame object follow each
/// other.
pub(crate) fn objects_of(images: &ReferenceImages) -> Vec<(&str, &str)> {
    let mut objects: Vec<(&str, &str)> = Vec::new();
    for slice in &images.slices {
        let object = (
            slice.sop_class_uid.as_str(),
            slice.sop_instance_uid.as_str(),
        );
        if objects.last() != Some(&object) {
            objects.push(object);
        }
    }
    objects
}

pub(crate) fn collect(
    items: impl Iterator<Item = Result<Elements, ValueError>>,
) -> Result<Vec<Elements>, ValueError> {
    items.collect()
}

/// Gives the object its identifiers, which follow from its content, and writes it.
pub(crate) fn write_object(
    path: &Path,
    class: &ObjectClass,
    mut object: Elements,
    findings: Vec<Finding>,
) -> Result<WrittenObject, ObjectWriteError> {
    let content = content_hash(class, &object)?;
    let uid = |kind| deterministic_uid(&[class.name, kind, &content]);
    let (sop_instance_uid, series_uid) = (uid("instance"), uid("series"));
    object.uid(tags::SOP_INSTANCE_UID, &sop_instance_uid)?;
    object.uid(tags::SERIES_INSTANCE_UID, &series_uid)?;
    let file = object
        .into_object()
        .with_meta(
            FileMetaTableBuilder::new()
                .transfer_syntax(class.transfer_syntax)
                .media_storage_sop_class_uid(class.sop_class)
                .media_storage_sop_instance_uid(sop_instance_uid.as_str()),
        )
        .map_err(|error| encoding(class, error))?;
    write_atomically(path, |out| {
        file.write_all(out).map_err(std::io::Error::other)
    })
    .map_err(|source| ObjectWriteError::Io {
        object: class.name,
        path: path.to_owned(),
        source,
    })?;
    Ok(WrittenObject {
        sop_instance_uid,
        series_uid,
        findings,
    })
}

fn encoding(class: &ObjectClass, error: impl std::error::Error) -> ObjectWriteError {
    let cause = error.source().map_or(String::new(), |c| format!(": {c}"));
    ObjectWriteError::Encoding {
        object: class.name,
        reason: format!("{error}{cause}"),
    }
}

/// SHA-256 of the encoded data set in hexadecimal.
pub(crate) fn content_hash(
    class: &ObjectClass,
    object: &Elements,
) -> Result<String, ObjectWriteError> {
    let mut bytes = Vec::new();
    let syntax = TransferSyntaxRegistry
        .get(uids::IMPLICIT_VR_LITTLE_ENDIAN)
        .ok_or_else(|| ObjectWriteError::Encoding {
            object: class.name,
            reason: "no Implicit VR Little Endian".to_owned(),
        })?;
    let object: &InMemDicomObject = object.object();
    object
        .write_dataset_with_ts(&mut bytes, syntax)
        .map_err(|error| encoding(class, error))?;
    let mut hash = String::new();
    for byte in Sha256::digest(&bytes) {
        // Writing to a string cannot fail.
        let _ = write!(hash, "{byte:02x}");
    }
    Ok(hash)
}

/// ROI Generation Algorithm and Segment Algorithm Type of an outline.
pub(crate) fn generation(by_hand: bool) -> &'static str {
    if by_hand {
        "SEMIAUTOMATIC"
    } else {
        "AUTOMATIC"
    }
}
