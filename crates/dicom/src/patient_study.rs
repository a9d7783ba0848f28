//! What every object made from a study must say about its patient and study.

use chrono::NaiveDate;
use dicom_core::{DataElement, PrimitiveValue, Tag, VR};
use dicom_dictionary_std::tags;
use dicom_object::InMemDicomObject;

use crate::attributes::Attributes;

/// The Patient, General Study and Patient Study attributes of a source image (PS3.3 C.7.1.1,
/// C.7.2.1, C.7.2.2), as they are to be copied into every derived object, in UTF-8.
///
/// A `Debug` print shows no value: it would put a patient's name into logs.
#[derive(Clone)]
pub struct PatientStudy {
    object: InMemDicomObject,
}

/// Attributes that every image object must have, if only empty (Type 2).
const TYPE_2: [(Tag, VR); 9] = [
    (tags::STUDY_DATE, VR::DA),
    (tags::STUDY_TIME, VR::TM),
    (tags::ACCESSION_NUMBER, VR::SH),
    (tags::REFERRING_PHYSICIAN_NAME, VR::PN),
    (tags::PATIENT_NAME, VR::PN),
    (tags::PATIENT_ID, VR::LO),
    (tags::PATIENT_BIRTH_DATE, VR::DA),
    (tags::PATIENT_SEX, VR::CS),
    (tags::STUDY_ID, VR::SH),
];

/// Attributes copied where they are present.
const OPTIONAL: [Tag; 40] = [
    // Patient
    tags::ISSUER_OF_PATIENT_ID,
    tags::ISSUER_OF_PATIENT_ID_QUALIFIERS_SEQUENCE,
    tags::TYPE_OF_PATIENT_ID,
    tags::OTHER_PATIENT_I_DS_SEQUENCE,
    tags::REFERENCED_PATIENT_SEQUENCE,
    tags::PATIENT_BIRTH_TIME,
    tags::OTHER_PATIENT_NAMES,
    tags::PATIENT_COMMENTS,
    tags::QUALITY_CONTROL_SUBJECT,
    tags::PATIENT_SPECIES_DESCRIPTION,
    tags::PATIENT_SPECIES_CODE_SEQUENCE,
    // De-identification, which holds for whatever is derived as well
    tags::PATIENT_IDENTITY_REMOVED,
    tags::DEIDENTIFICATION_METHOD,
    tags::DEIDENTIFICATION_METHOD_CODE_SEQUENCE,
    tags::LONGITUDINAL_TEMPORAL_INFORMATION_MODIFIED,
    tags::CLINICAL_TRIAL_SPONSOR_NAME,
    tags::CLINICAL_TRIAL_PROTOCOL_ID,
    tags::CLINICAL_TRIAL_PROTOCOL_NAME,
    tags::CLINICAL_TRIAL_SITE_ID,
    tags::CLINICAL_TRIAL_SITE_NAME,
    tags::CLINICAL_TRIAL_SUBJECT_ID,
    tags::CLINICAL_TRIAL_SUBJECT_READING_ID,
    // Study
    tags::STUDY_INSTANCE_UID,
    tags::STUDY_DESCRIPTION,
    tags::ISSUER_OF_ACCESSION_NUMBER_SEQUENCE,
    tags::PHYSICIANS_OF_RECORD,
    tags::NAME_OF_PHYSICIANS_READING_STUDY,
    tags::REFERRING_PHYSICIAN_IDENTIFICATION_SEQUENCE,
    tags::CONSULTING_PHYSICIAN_NAME,
    tags::REQUESTING_SERVICE,
    tags::REFERENCED_STUDY_SEQUENCE,
    tags::PROCEDURE_CODE_SEQUENCE,
    // Patient at the time of the study
    tags::ADMITTING_DIAGNOSES_DESCRIPTION,
    tags::PATIENT_AGE,
    tags::PATIENT_SIZE,
    tags::PATIENT_WEIGHT,
    tags::OCCUPATION,
    tags::ADDITIONAL_PATIENT_HISTORY,
    tags::MEDICAL_ALERTS,
    tags::ALLERGIES,
];

impl PatientStudy {
    /// Copies the attributes from a source image.
    pub fn from_attributes(source: Attributes<'_>) -> Self {
        let source = source.object();
        let mut object = InMemDicomObject::new_empty();
        for (tag, vr) in TYPE_2 {
            let element = source.get(tag).cloned();
            object.put(element.unwrap_or_else(|| DataElement::new(tag, vr, PrimitiveValue::Empty)));
        }
        for tag in OPTIONAL {
            if let Some(element) = source.get(tag) {
                object.put(element.clone());
            }
        }
        // The library holds text decoded; this is what it is to be encoded in again.
        object.put(DataElement::new(
            tags::SPECIFIC_CHARACTER_SET,
            VR::CS,
            PrimitiveValue::from("ISO_IR 192"),
        ));
        object.convert_to_utf8();
        Self { object }
    }

    /// The attributes, with Specific Character Set, ready to be put into another object.
    pub fn object(&self) -> &InMemDicomObject {
        &self.object
    }

    /// Study Instance UID.
    pub fn study_uid(&self) -> Option<String> {
        self.text(tags::STUDY_INSTANCE_UID)
    }

    /// Patient ID, for naming results; never for messages or logs.
    pub fn patient_id(&self) -> Option<String> {
        self.text(tags::PATIENT_ID)
    }

    /// Study Date, where it is a date.
    pub fn study_date(&self) -> Option<NaiveDate> {
        Attributes::new(&self.object)
            .date(tags::STUDY_DATE)
            .ok()
            .flatten()
    }

    fn text(&self, tag: Tag) -> Option<String> {
        Attributes::new(&self.object).text(tag)
    }
}

impl std::fmt::Debug for PatientStudy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let attributes = self.object.tags().count();
        write!(f, "PatientStudy({attributes} attributes)")
    }
}

impl PartialEq for PatientStudy {
    fn eq(&self, other: &Self) -> bool {
        self.object == other.object
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dicom_dictionary_std::uids;
    use dicom_encoding::TransferSyntaxIndex;
    use dicom_transfer_syntax_registry::TransferSyntaxRegistry;

    #[test]
    fn text_of_another_character_set_comes_out_in_utf_8() {
        let syntax = TransferSyntaxRegistry
            .get(uids::EXPLICIT_VR_LITTLE_ENDIAN)
            .unwrap();
        // Specific Character Set ISO_IR 100 and Patient's Name "Müller^A" in Latin-1.
        let mut encoded = b"\x08\x00\x05\x00CS\x0a\x00ISO_IR 100".to_vec();
        encoded.extend(b"\x10\x00\x10\x00PN\x08\x00M\xfcller^A");
        let source = InMemDicomObject::read_dataset_with_ts(&encoded[..], syntax).unwrap();
        let copied = PatientStudy::from_attributes(Attributes::new(&source));
        let mut written = Vec::new();
        copied
            .object()
            .write_dataset_with_ts(&mut written, syntax)
            .unwrap();
        let name = "Müller^A".as_bytes();
        assert!(written.windows(name.len()).any(|w| w == name));
        assert!(!format!("{copied:?}").contains("ller"));
    }

    #[test]
    fn required_attributes_are_there_if_only_empty() {
        let source = InMemDicomObject::new_empty();
        let copied = PatientStudy::from_attributes(Attributes::new(&source));
        assert!(copied.object().get(tags::PATIENT_NAME).is_some());
        assert_eq!(copied.patient_id(), None);
        assert!(copied.object().get(tags::PATIENT_WEIGHT).is_none());
    }
}
