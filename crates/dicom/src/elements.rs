//! Writing of single elements with the checks that the DICOM library leaves to its user: the
//! length and characters of each value representation (PS3.5 6.2), and the representation that
//! the dictionary gives to the attribute.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use dicom_core::dictionary::{DataDictionary, DataDictionaryEntry};
use dicom_core::value::DataSetSequence;
use dicom_core::{DataElement, PrimitiveValue, Tag, VR};
use dicom_dictionary_std::StandardDataDictionary;
use dicom_object::InMemDicomObject;

use crate::PersonName;
use crate::attributes::named;
use crate::decimal::push_decimal;

/// A value that its attribute cannot hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} cannot be `{found}`: {expected}", named(*tag))]
pub struct ValueError {
    /// The attribute.
    pub tag: Tag,
    /// The value.
    pub found: String,
    /// What the attribute can hold.
    pub expected: &'static str,
}

/// A data set or sequence item that is being filled.
#[derive(Debug, Clone)]
pub(crate) struct Elements {
    object: InMemDicomObject,
}

impl Elements {
    pub(crate) fn new() -> Self {
        Self {
            object: InMemDicomObject::new_empty(),
        }
    }

    /// Starts with attributes that are there already.
    pub(crate) fn from_object(object: InMemDicomObject) -> Self {
        Self { object }
    }

    pub(crate) fn object(&self) -> &InMemDicomObject {
        &self.object
    }

    pub(crate) fn into_object(self) -> InMemDicomObject {
        self.object
    }

    fn put(&mut self, tag: Tag, vr: VR, value: PrimitiveValue) -> Result<(), ValueError> {
        check_representation(tag, vr)?;
        self.object.put(DataElement::new(tag, vr, value));
        Ok(())
    }

    /// Present without a value (Type 2).
    pub(crate) fn empty(&mut self, tag: Tag, vr: VR) -> Result<(), ValueError> {
        self.put(tag, vr, PrimitiveValue::Empty)
    }

    /// A unique identifier.
    pub(crate) fn uid(&mut self, tag: Tag, value: &str) -> Result<(), ValueError> {
        let is_uid = value.len() <= 64
            // Leading zeros are not allowed, but exist, and a reference repeats what it refers to.
            && value
                .split('.')
                .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
        let expected = "numbers joined by dots, of at most 64 characters";
        check(tag, value, is_uid, expected)?;
        self.put(tag, VR::UI, value.into())
    }

    /// A code string.
    pub(crate) fn code(&mut self, tag: Tag, value: &str) -> Result<(), ValueError> {
        let is_allowed =
            |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b' ' || b == b'_';
        let is_code = value.len() <= 16 && value.bytes().all(is_allowed);
        check(
            tag,
            value,
            is_code,
            "capitals, digits, spaces and underscores, at most 16",
        )?;
        self.put(tag, VR::CS, value.into())
    }

    /// Several code strings.
    pub(crate) fn codes(&mut self, tag: Tag, values: &[&str]) -> Result<(), ValueError> {
        for value in values {
            self.code(tag, value)?;
        }
        let values = values.iter().map(|value| (*value).to_owned());
        self.put(tag, VR::CS, PrimitiveValue::Strs(values.collect()))
    }

    /// A short string.
    pub(crate) fn short(&mut self, tag: Tag, value: &str) -> Result<(), ValueError> {
        let expected = "text of at most 16 characters without a backslash";
        check(tag, value, is_text(value, 16), expected)?;
        self.put(tag, VR::SH, value.into())
    }

    /// A long string.
    pub(crate) fn long(&mut self, tag: Tag, value: &str) -> Result<(), ValueError> {
        let expected = "text of at most 64 characters without a backslash";
        check(tag, value, is_text(value, 64), expected)?;
        self.put(tag, VR::LO, value.into())
    }

    /// A short text of several sentences, which may hold a backslash.
    pub(crate) fn paragraph(&mut self, tag: Tag, value: &str) -> Result<(), ValueError> {
        let is_short = value.chars().count() <= 1024;
        let expected = "text of at most 1024 characters without control characters";
        check(tag, value, is_short && is_printable(value), expected)?;
        self.put(tag, VR::ST, value.into())
    }

    /// The name of a person.
    pub(crate) fn person(&mut self, tag: Tag, name: &PersonName) -> Result<(), ValueError> {
        self.put(tag, VR::PN, name.dicom().into())
    }

    /// An integer string.
    pub(crate) fn integer(&mut self, tag: Tag, value: u32) -> Result<(), ValueError> {
        // PS3.5: the range of a signed 32-bit number.
        let is_integer = i32::try_from(value).is_ok();
        check(
            tag,
            &value.to_string(),
            is_integer,
            "a whole number below 2^31",
        )?;
        self.put(tag, VR::IS, value.to_string().into())
    }

    /// Several integers.
    pub(crate) fn integers(&mut self, tag: Tag, values: &[u8]) -> Result<(), ValueError> {
        let texts = values.iter().map(u8::to_string);
        self.put(tag, VR::IS, PrimitiveValue::Strs(texts.collect()))
    }

    /// Decimal strings that are ready in fixed notation, joined by backslashes.
    pub(crate) fn decimals(&mut self, tag: Tag, joined: String) -> Result<(), ValueError> {
        let is_decimal = |text: &str| !text.is_empty() && text.len() <= 16;
        let is_valid = joined.split('\\').all(is_decimal);
        check(tag, &joined, is_valid, "numbers of at most 16 characters")?;
        self.put(tag, VR::DS, joined.into())
    }

    /// Numbers as decimal strings with at most `decimals` digits after the point.
    pub(crate) fn numbers(
        &mut self,
        tag: Tag,
        values: &[f64],
        decimals: usize,
    ) -> Result<(), ValueError> {
        let mut joined = String::new();
        for (n, value) in values.iter().enumerate() {
            if n > 0 {
                joined.push('\\');
            }
            let expected = "finite numbers that 16 characters hold";
            let held = push_decimal(&mut joined, *value, decimals).is_some();
            check(tag, &value.to_string(), held, expected)?;
        }
        self.decimals(tag, joined)
    }

    /// Unsigned integers of 16 bits.
    pub(crate) fn unsigned(&mut self, tag: Tag, values: &[u16]) -> Result<(), ValueError> {
        self.put(
            tag,
            VR::US,
            PrimitiveValue::U16(values.iter().copied().collect()),
        )
    }

    /// Unsigned integers of 32 bits.
    pub(crate) fn unsigned_long(&mut self, tag: Tag, values: &[u32]) -> Result<(), ValueError> {
        self.put(
            tag,
            VR::UL,
            PrimitiveValue::U32(values.iter().copied().collect()),
        )
    }

    /// A floating point number of 64 bits.
    pub(crate) fn double(&mut self, tag: Tag, value: f64) -> Result<(), ValueError> {
        check(
            tag,
            &value.to_string(),
            value.is_finite(),
            "a finite number",
        )?;
        self.put(tag, VR::FD, value.into())
    }

    /// A floating point number of 32 bits.
    pub(crate) fn single(&mut self, tag: Tag, value: f32) -> Result<(), ValueError> {
        check(
            tag,
            &value.to_string(),
            value.is_finite(),
            "a finite number",
        )?;
        self.put(tag, VR::FL, value.into())
    }

    /// The tag of another attribute.
    pub(crate) fn pointer(&mut self, tag: Tag, to: Tag) -> Result<(), ValueError> {
        self.put(tag, VR::AT, to.into())
    }

    /// A text of any length, as of reports.
    pub(crate) fn unlimited(&mut self, tag: Tag, value: &str) -> Result<(), ValueError> {
        check(
            tag,
            value,
            is_printable(value),
            "text without control characters",
        )?;
        self.put(tag, VR::UT, value.into())
    }

    /// A long text of several sentences.
    pub(crate) fn long_text(&mut self, tag: Tag, value: &str) -> Result<(), ValueError> {
        let is_short = value.chars().count() <= 10_240;
        let expected = "text of at most 10240 characters without control characters";
        check(tag, value, is_short && is_printable(value), expected)?;
        self.put(tag, VR::LT, value.into())
    }

    /// Pixel Data of bits or bytes; an odd count of bytes is padded.
    pub(crate) fn pixels(&mut self, mut bytes: Vec<u8>) {
        if bytes.len() % 2 == 1 {
            bytes.push(0);
        }
        self.object.put(DataElement::new(
            dicom_dictionary_std::tags::PIXEL_DATA,
            VR::OB,
            PrimitiveValue::from(bytes),
        ));
    }

    /// A date.
    pub(crate) fn date(&mut self, tag: Tag, date: NaiveDate) -> Result<(), ValueError> {
        self.put(tag, VR::DA, date.format("%Y%m%d").to_string().into())
    }

    /// A time of day, to the second.
    pub(crate) fn time(&mut self, tag: Tag, time: NaiveTime) -> Result<(), ValueError> {
        self.put(tag, VR::TM, time.format("%H%M%S").to_string().into())
    }

    /// A date with its time, to the second.
    pub(crate) fn date_time(&mut self, tag: Tag, at: NaiveDateTime) -> Result<(), ValueError> {
        self.put(tag, VR::DT, at.format("%Y%m%d%H%M%S").to_string().into())
    }

    /// A sequence.
    pub(crate) fn sequence(
        &mut self,
        tag: Tag,
        items: impl IntoIterator<Item = Elements>,
    ) -> Result<(), ValueError> {
        check_representation(tag, VR::SQ)?;
        let items: Vec<InMemDicomObject> = items.into_iter().map(Self::into_object).collect();
        let items = DataSetSequence::from(items);
        self.object.put(DataElement::new(tag, VR::SQ, items));
        Ok(())
    }

    /// A sequence of one item: a coded concept.
    pub(crate) fn concept(
        &mut self,
        tag: Tag,
        concept: (&str, &str, &str),
    ) -> Result<(), ValueError> {
        self.sequence(tag, [Self::code_item(concept)?])
    }

    /// The item of a coded concept.
    pub(crate) fn code_item(
        (value, scheme, meaning): (&str, &str, &str),
    ) -> Result<Self, ValueError> {
        use dicom_dictionary_std::tags;
        let mut code = Self::new();
        code.short(tags::CODE_VALUE, value)?;
        code.short(tags::CODING_SCHEME_DESIGNATOR, scheme)?;
        code.long(tags::CODE_MEANING, meaning)?;
        Ok(code)
    }
}

fn is_printable(value: &str) -> bool {
    value
        .chars()
        .all(|c| !c.is_control() || c == '\n' || c == '\r')
}

fn check(tag: Tag, found: &str, is_valid: bool, expected: &'static str) -> Result<(), ValueError> {
    if is_valid {
        return Ok(());
    }
    Err(ValueError {
        tag,
        found: found.chars().take(80).collect(),
        expected,
    })
}

fn check_representation(tag: Tag, vr: VR) -> Result<(), ValueError> {
    let in_dictionary = StandardDataDictionary.by_tag(tag).map(|e| e.vr().relaxed());
    if in_dictionary == Some(vr) {
        return Ok(());
    }
    Err(ValueError {
        tag,
        found: vr.to_string().to_owned(),
        expected: "the value representation that the dictionary gives",
    })
}

fn is_text(value: &str, characters: usize) -> bool {
    value.chars().count() <= characters && value.chars().all(|c| !c.is_control() && c != '\\')
}

#[cfg(test)]
mod tests {
    use super::*;
    use dicom_dictionary_std::tags;

    #[test]
    fn uids_are_digits_and_dots() {
        let mut elements = Elements::new();
        let longest = format!("1.{}", "2".repeat(62));
        for good in ["1.2.840.10008.1.2", "2.25.0", longest.as_str()] {
            assert!(elements.uid(tags::SOP_INSTANCE_UID, good).is_ok(), "{good}");
        }
        for bad in ["", "1..2", "1.2.", "1.a", "1 .2", &format!("{longest}3")] {
            assert!(elements.uid(tags::SOP_INSTANCE_UID, bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn texts_keep_to_their_length_in_characters_and_to_their_alphabet() {
        let mut elements = Elements::new();
        let tag = tags::STRUCTURE_SET_LABEL;
        assert!(elements.short(tag, "äöüßäöüßäöüßäöüß").is_ok());
        assert!(elements.short(tag, "seventeen letters").is_err());
        assert!(elements.short(tag, "a\\b").is_err());
        assert!(elements.short(tag, "a\nb").is_err());
        assert!(elements.long(tags::ROI_NAME, &"x".repeat(64)).is_ok());
        assert!(elements.long(tags::ROI_NAME, &"x".repeat(65)).is_err());
        assert!(
            elements
                .paragraph(tags::ROI_DESCRIPTION, "two\nlines \\ of")
                .is_ok()
        );
        assert!(
            elements
                .paragraph(tags::ROI_DESCRIPTION, &"x".repeat(1025))
                .is_err()
        );
        assert!(elements.code(tags::MODALITY, "RTSTRUCT").is_ok());
        assert!(elements.code(tags::MODALITY, "Rtstruct").is_err());
        assert!(
            elements
                .code(tags::MODALITY, "LONGER_THAN_SIXTEEN")
                .is_err()
        );
    }

    #[test]
    fn an_attribute_is_written_in_its_own_representation() {
        let mut elements = Elements::new();
        let error = elements.long(tags::STRUCTURE_SET_LABEL, "x").unwrap_err();
        assert_eq!(
            error.to_string(),
            "StructureSetLabel (3006,0002) cannot be `LO`: the value representation that the \
             dictionary gives"
        );
        assert!(elements.integer(tags::ROI_NUMBER, u32::MAX).is_err());
        let too_long = r"1.2\12345678901234567".to_owned();
        assert!(elements.decimals(tags::CONTOUR_DATA, too_long).is_err());
        assert!(elements.sequence(tags::ROI_NUMBER, []).is_err());
    }
}
