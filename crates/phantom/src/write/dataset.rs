//! Building DICOM data sets with values that fit their representation.

use dicom_core::smallvec::SmallVec;
use dicom_core::value::DataSetSequence;
use dicom_core::{DataElement, PrimitiveValue, Tag, VR};
use dicom_dictionary_std::tags;
use dicom_object::InMemDicomObject;

/// Longest decimal string (PS3.5 6.2).
const DS_LENGTH: usize = 16;

/// Below this, fixed notation loses digits that exponential notation keeps within 16 characters.
const SMALLEST_FIXED: f64 = 1e-3;

/// A code: value, coding scheme designator, meaning.
pub(super) type Code = (&'static str, &'static str, &'static str);

/// A data set under construction.
#[derive(Clone)]
pub(super) struct Dataset(InMemDicomObject);

impl Default for Dataset {
    fn default() -> Self {
        Self(InMemDicomObject::new_empty())
    }
}

impl Dataset {
    pub(super) fn put(&mut self, tag: Tag, vr: VR, value: PrimitiveValue) -> &mut Self {
        self.0.put(DataElement::new(tag, vr, value));
        self
    }

    pub(super) fn text(&mut self, tag: Tag, vr: VR, value: &str) -> &mut Self {
        self.put(tag, vr, PrimitiveValue::from(value))
    }

    /// Several values of text.
    pub(super) fn texts(&mut self, tag: Tag, vr: VR, values: &[&str]) -> &mut Self {
        let values: SmallVec<[String; 2]> = values.iter().map(|v| (*v).to_owned()).collect();
        self.put(tag, vr, PrimitiveValue::Strs(values))
    }

    /// Present without a value, as Type 2 allows.
    pub(super) fn empty(&mut self, tag: Tag, vr: VR) -> &mut Self {
        self.put(tag, vr, PrimitiveValue::Empty)
    }

    pub(super) fn decimals(&mut self, tag: Tag, values: &[f64]) -> &mut Self {
        let values: SmallVec<[String; 2]> = values.iter().map(|v| decimal_string(*v)).collect();
        self.put(tag, VR::DS, PrimitiveValue::Strs(values))
    }

    pub(super) fn integer(&mut self, tag: Tag, value: i64) -> &mut Self {
        self.text(tag, VR::IS, &value.to_string())
    }

    pub(super) fn short(&mut self, tag: Tag, value: u16) -> &mut Self {
        self.put(tag, VR::US, PrimitiveValue::from(value))
    }

    pub(super) fn sequence(&mut self, tag: Tag, items: Vec<Self>) -> &mut Self {
        let items: Vec<InMemDicomObject> = items.into_iter().map(|i| i.0).collect();
        self.0
            .put(DataElement::new(tag, VR::SQ, DataSetSequence::from(items)));
        self
    }

    /// A code sequence of one item.
    pub(super) fn code(&mut self, tag: Tag, code: Code) -> &mut Self {
        self.sequence(tag, vec![Self::of_code(code)])
    }

    /// The item of a code sequence.
    pub(super) fn of_code((value, scheme, meaning): Code) -> Self {
        let mut item = Self::default();
        item.text(tags::CODE_VALUE, VR::SH, value)
            .text(tags::CODING_SCHEME_DESIGNATOR, VR::SH, scheme)
            .text(tags::CODE_MEANING, VR::LO, meaning);
        item
    }

    pub(super) fn into_object(self) -> InMemDicomObject {
        self.0
    }
}

/// `value` as a decimal string of at most 16 characters, as exact as these allow.
pub(super) fn decimal_string(value: f64) -> String {
    if value != 0.0 && value.abs() < SMALLEST_FIXED {
        return format!("{value:.8e}");
    }
    for decimals in (0..=14).rev() {
        let text = format!("{value:.decimals$}");
        let text = if text.contains('.') {
            text.trim_end_matches('0').trim_end_matches('.')
        } else {
            &text
        };
        if text.len() <= DS_LENGTH {
            return if text == "-0" {
                "0".into()
            } else {
                text.into()
            };
        }
    }
    format!("{value:.8e}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimal_strings_fit_and_keep_what_they_can() {
        for value in [
            0.0,
            -0.0,
            1.0,
            -1.0 / 3.0,
            4.072_83,
            -99_999.123_456_789,
            154_250_000.0,
            7.463_747_701_388_949e-4,
            -2.5e-9,
            1e-3,
        ] {
            let text = decimal_string(value);
            assert!(text.len() <= 16, "{text}");
            let back: f64 = text.parse().unwrap();
            // Sixteen characters hold nine significant digits even with sign and exponent.
            assert!((back - value).abs() <= 1e-9 * value.abs(), "{value} {text}");
        }
        assert_eq!(decimal_string(-0.0), "0");
        assert_eq!(decimal_string(100.0), "100");
    }
}
