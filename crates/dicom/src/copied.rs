//! Attributes of a source image as they go into a derived object.
//!
//! Scanners and archives write values that their attribute cannot hold. Copied on, they would make
//! the new object invalid, and some systems refuse such an object as a whole.

use dicom_core::{DataElement, PrimitiveValue, Tag, VR};
use dicom_dictionary_std::tags;

use crate::attributes::named;
use crate::elements::Elements;
use crate::text_values::{parse_date, parse_number, parse_time, trimmed};
use crate::{Finding, PatientStudy};

/// What says whose study this is, and must be the same in all its objects whatever it looks like.
const IDENTITY: [Tag; 3] = [
    tags::PATIENT_NAME,
    tags::PATIENT_ID,
    tags::STUDY_INSTANCE_UID,
];

/// Patient and study attributes for a derived object. A value that is not valid is left empty and
/// told, by its attribute and not by itself.
pub(crate) fn patient_study(patient: &PatientStudy) -> (Elements, Vec<Finding>) {
    let mut object = patient.object().clone();
    let mut findings = Vec::new();
    for element in patient.object() {
        let tag = element.header().tag;
        let vr = element.vr();
        let Some(value) = element.value().primitive() else {
            continue;
        };
        if IDENTITY.contains(&tag) || is_valid(vr, &value.to_str()) {
            continue;
        }
        object.put(DataElement::new(tag, vr, PrimitiveValue::Empty));
        findings.push(Finding::new(
            "source-value-invalid",
            format!(
                "{} of the source images is longer or other than it may be; it was left empty",
                named(tag)
            ),
        ));
    }
    (Elements::from_object(object), findings)
}

/// Whether a text is a value, or several, of its representation (PS3.5 6.2).
fn is_valid(vr: VR, text: &str) -> bool {
    let text = trimmed(text);
    if text.is_empty() {
        return true;
    }
    let characters = text.chars().count();
    let is_printable = text.chars().all(|c| !c.is_control() || c.is_whitespace());
    let each = |is_valid: &dyn Fn(&str) -> bool| text.split('\\').map(trimmed).all(is_valid);
    is_printable
        && match vr {
            VR::SH => each(&|v| v.chars().count() <= 16),
            VR::LO => each(&|v| v.chars().count() <= 64),
            VR::PN => each(&|v| v.split('=').all(|group| group.chars().count() <= 64)),
            VR::CS => each(&|v| {
                let is_code =
                    |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b' ' || b == b'_';
                v.len() <= 16 && v.bytes().all(is_code)
            }),
            VR::DS => each(&|v| v.len() <= 16 && parse_number(v).is_some()),
            VR::DA => each(&|v| v.len() == 8 && parse_date(v).is_some()),
            VR::TM => each(&|v| !v.contains(':') && v.len() <= 14 && is_time(v)),
            VR::AS => each(&|v| match v.as_bytes() {
                [count @ .., unit] => {
                    count.len() == 3
                        && count.iter().all(u8::is_ascii_digit)
                        && b"DWMY".contains(unit)
                }
                [] => false,
            }),
            VR::ST => characters <= 1024,
            VR::LT => characters <= 10_240,
            _ => true,
        }
}

/// A time, of which the hour alone is enough.
fn is_time(text: &str) -> bool {
    let is_hour = text.len() == 2 && text.parse().is_ok_and(|hour: u8| hour < 24);
    is_hour || parse_time(text).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attributes::Attributes;
    use dicom_object::InMemDicomObject;

    #[test]
    fn valid_values_stay_and_others_are_emptied_and_told() {
        let text = |tag, vr, value: &str| DataElement::new(tag, vr, PrimitiveValue::from(value));
        let source = InMemDicomObject::from_element_iter([
            text(tags::PATIENT_NAME, VR::PN, &"x".repeat(80)),
            text(tags::PATIENT_ID, VR::LO, &"7".repeat(70)),
            text(tags::STUDY_ID, VR::SH, "seventeen letters"),
            text(tags::STUDY_DATE, VR::DA, "20260314"),
            text(tags::STUDY_TIME, VR::TM, "10:15:00"),
            text(tags::PATIENT_WEIGHT, VR::DS, "69.734400000000001"),
            text(tags::PATIENT_AGE, VR::AS, "71 years"),
            text(tags::PATIENT_SEX, VR::CS, "M "),
            text(tags::STUDY_DESCRIPTION, VR::LO, "PSMA-PET/CT"),
        ]);
        let patient = PatientStudy::from_attributes(Attributes::new(&source));
        let (copied, findings) = patient_study(&patient);
        let object = copied.into_object();
        let copied = Attributes::new(&object);
        assert_eq!(copied.text(tags::PATIENT_NAME).map(|n| n.len()), Some(80));
        assert_eq!(copied.text(tags::PATIENT_ID).map(|n| n.len()), Some(70));
        assert_eq!(copied.text(tags::STUDY_DATE).as_deref(), Some("20260314"));
        assert_eq!(copied.text(tags::PATIENT_SEX).as_deref(), Some("M"));
        for emptied in [
            tags::STUDY_ID,
            tags::STUDY_TIME,
            tags::PATIENT_WEIGHT,
            tags::PATIENT_AGE,
        ] {
            assert!(copied.is_present(emptied));
            assert_eq!(copied.text(emptied), None);
        }
        let told: Vec<&str> = findings.iter().map(|f| f.text.as_str()).collect();
        assert_eq!(told.len(), 4);
        assert!(
            told.iter()
                .any(|t| t.starts_with("StudyID (0020,0010) of the source"))
        );
        assert!(!told.iter().any(|t| t.contains("seventeen")));
    }

    #[test]
    fn each_representation_has_its_limits() {
        for (vr, good, bad) in [
            (VR::CS, "HEAD_1 A", "head"),
            (VR::DS, "-1.5e3\\2", "1.5\\x"),
            (VR::DA, "20260228", "20260229"),
            (VR::DA, "20260228", "2026.02.28"),
            (VR::TM, "10", "25"),
            (VR::TM, "101500.25", "101500.1234567890"),
            (VR::AS, "071Y", "71Y"),
            (VR::PN, "A^B=C", "\u{1}"),
        ] {
            assert!(is_valid(vr, good), "{good}");
            assert!(!is_valid(vr, bad), "{bad}");
            assert!(is_valid(vr, ""));
        }
        assert!(!is_valid(VR::ST, &"x".repeat(1025)));
        assert!(!is_valid(VR::LT, &"x".repeat(10_241)));
    }
}
