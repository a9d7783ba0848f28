//! Strict reading of the attributes of one data set or sequence item.
//!
//! The getters tell three things apart that lenient ones blur: an attribute that is absent or
//! empty is `None`, one that holds what it should is a value, and one that holds something else
//! is an error that says what was found.

use chrono::{FixedOffset, NaiveDate, NaiveTime};
use dicom_core::dictionary::{DataDictionary, DataDictionaryEntry};
use dicom_core::{PrimitiveValue, Tag, VR};
use dicom_dictionary_std::StandardDataDictionary;
use dicom_object::InMemDicomObject;
use dicom_object::mem::InMemElement;

use crate::text_values::{
    DateTimeValue, parse_date, parse_date_time, parse_number, parse_offset, parse_time, trimmed,
};

/// Longest part of a value repeated in a message.
const SHOWN_VALUE_CHARS: usize = 40;

/// An attribute that is missing where it is needed, or does not hold what it should.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} is {}, expected {expected}", named(*tag), described(found.as_deref()))]
pub struct AttributeError {
    /// The attribute.
    pub tag: Tag,
    /// The value found; `None` where the attribute is absent or empty.
    pub found: Option<String>,
    /// What a usable value looks like.
    pub expected: &'static str,
}

/// The attributes of one data set or sequence item, for reading.
#[derive(Debug, Clone, Copy)]
pub struct Attributes<'a> {
    object: &'a InMemDicomObject,
}

impl<'a> Attributes<'a> {
    /// The attributes of `object`.
    pub fn new(object: &'a InMemDicomObject) -> Self {
        Self { object }
    }

    /// The data set itself, for copying attributes verbatim.
    pub fn object(&self) -> &'a InMemDicomObject {
        self.object
    }

    /// Whether the attribute is present, even when it is empty.
    pub fn is_present(&self, tag: Tag) -> bool {
        self.object.get(tag).is_some()
    }

    /// The text of an attribute without its padding; values of a multi-valued one stay joined by
    /// a backslash.
    pub fn text(&self, tag: Tag) -> Option<String> {
        text_of(self.object.get(tag)?)
    }

    /// The values of a multi-valued text attribute, each without padding.
    pub fn texts(&self, tag: Tag) -> Vec<String> {
        self.text(tag).map_or_else(Vec::new, |text| {
            text.split('\\').map(|v| trimmed(v).to_owned()).collect()
        })
    }

    /// A single number, from text (DS, IS) or binary.
    ///
    /// # Errors
    /// When the attribute holds anything but exactly one finite number.
    pub fn number(&self, tag: Tag) -> Result<Option<f64>, AttributeError> {
        match self.numbers(tag)?.as_slice() {
            [] => Ok(None),
            [value] => Ok(Some(*value)),
            _ => Err(self.unexpected(tag, "one number")),
        }
    }

    /// A single number that must be there.
    ///
    /// # Errors
    /// When the attribute is absent, empty or not one finite number.
    pub fn required_number(&self, tag: Tag) -> Result<f64, AttributeError> {
        self.number(tag)?
            .ok_or_else(|| self.unexpected(tag, "a number"))
    }

    /// A single whole number; `300.0`, which some scanners write for an integer string, is one.
    ///
    /// # Errors
    /// When the attribute holds anything but one whole number that fits 32 bits.
    pub fn integer(&self, tag: Tag) -> Result<Option<i64>, AttributeError> {
        let Some(value) = self.number(tag)? else {
            return Ok(None);
        };
        if value.fract() != 0.0 || value.abs() > f64::from(u32::MAX) {
            return Err(self.unexpected(tag, "a whole number"));
        }
        #[expect(
            clippy::cast_possible_truncation,
            reason = "whole and within 32 bits, as just checked"
        )]
        Ok(Some(value as i64))
    }

    /// All numbers of an attribute; none where it is absent or empty.
    ///
    /// # Errors
    /// When one of its values is not a finite number.
    pub fn numbers(&self, tag: Tag) -> Result<Vec<f64>, AttributeError> {
        let Some(element) = self.object.get(tag) else {
            return Ok(Vec::new());
        };
        numbers_of(element).ok_or_else(|| self.unexpected(tag, "numbers"))
    }

    /// Exactly `N` numbers.
    ///
    /// # Errors
    /// When the attribute holds a different count, or something that is no finite number.
    pub fn vector<const N: usize>(&self, tag: Tag) -> Result<Option<[f64; N]>, AttributeError> {
        let values = self.numbers(tag)?;
        if values.is_empty() {
            return Ok(None);
        }
        let expected = match N {
            2 => "two numbers",
            3 => "three numbers",
            6 => "six numbers",
            _ => "another count of numbers",
        };
        <[f64; N]>::try_from(values)
            .map(Some)
            .map_err(|_| self.unexpected(tag, expected))
    }

    /// A date.
    ///
    /// # Errors
    /// When the attribute holds anything but one whole date.
    pub fn date(&self, tag: Tag) -> Result<Option<NaiveDate>, AttributeError> {
        self.parsed(tag, parse_date, "a date such as 20260131")
    }

    /// A time of day, at least to the minute.
    ///
    /// # Errors
    /// When the attribute holds anything but such a time.
    pub fn time(&self, tag: Tag) -> Result<Option<NaiveTime>, AttributeError> {
        self.parsed(tag, parse_time, "a time such as 101530.25")
    }

    /// A date with a time of day, at least to the minute.
    ///
    /// # Errors
    /// When the attribute holds anything but such a date-time.
    pub fn date_time(&self, tag: Tag) -> Result<Option<DateTimeValue>, AttributeError> {
        self.parsed(
            tag,
            parse_date_time,
            "a date and time such as 20260131101530",
        )
    }

    /// An offset from UTC such as Timezone Offset From UTC (0008,0201).
    ///
    /// # Errors
    /// When the attribute holds anything but `+HHMM` or `-HHMM`.
    pub fn utc_offset(&self, tag: Tag) -> Result<Option<FixedOffset>, AttributeError> {
        self.parsed(tag, parse_offset, "an offset such as +0100")
    }

    /// The items of a sequence; none where it is absent or empty.
    pub fn items(&self, tag: Tag) -> impl ExactSizeIterator<Item = Attributes<'a>> + use<'a> {
        self.object
            .get(tag)
            .and_then(|element| element.items())
            .unwrap_or(&[])
            .iter()
            .map(Attributes::new)
    }

    /// The first item of a sequence.
    pub fn item(&self, tag: Tag) -> Option<Attributes<'a>> {
        self.items(tag).next()
    }

    /// The text of a private element.
    ///
    /// `usual_tag` is where the element lies when its creator has the first block (element
    /// numbers `10xx`). The block is looked up by `creator`; where anonymisation took the creator
    /// away, the usual place is read, unless another creator has claimed that block.
    pub fn private_text(&self, creator: &str, usual_tag: Tag) -> Option<String> {
        text_of(self.private(creator, usual_tag)?)
    }

    /// A single number in a private element, found as by [`Self::private_text`].
    ///
    /// # Errors
    /// When the element holds anything but one finite number.
    pub fn private_number(
        &self,
        creator: &str,
        usual_tag: Tag,
    ) -> Result<Option<f64>, AttributeError> {
        let Some(element) = self.private(creator, usual_tag) else {
            return Ok(None);
        };
        match numbers_of(element).as_deref() {
            Some([]) => Ok(None),
            Some([value]) => Ok(Some(*value)),
            _ => Err(AttributeError {
                tag: element.header().tag,
                found: text_of(element).map(shortened),
                expected: "one number",
            }),
        }
    }

    /// A date with a time of day in a private element, found as by [`Self::private_text`].
    ///
    /// # Errors
    /// When the element holds anything but one date-time to the minute.
    pub fn private_date_time(
        &self,
        creator: &str,
        usual_tag: Tag,
    ) -> Result<Option<DateTimeValue>, AttributeError> {
        let Some(text) = self.private_text(creator, usual_tag) else {
            return Ok(None);
        };
        parse_date_time(&text).map(Some).ok_or(AttributeError {
            tag: usual_tag,
            found: Some(shortened(text)),
            expected: "a date and time such as 20260131101530",
        })
    }

    /// The error for an attribute that is needed and absent, or does not hold what it should.
    pub fn unexpected(&self, tag: Tag, expected: &'static str) -> AttributeError {
        AttributeError {
            tag,
            found: self.text(tag).map(shortened),
            expected,
        }
    }

    fn parsed<T>(
        self,
        tag: Tag,
        parse: impl Fn(&str) -> Option<T>,
        expected: &'static str,
    ) -> Result<Option<T>, AttributeError> {
        let Some(text) = self.text(tag) else {
            return Ok(None);
        };
        parse(&text)
            .map(Some)
            .ok_or_else(|| self.unexpected(tag, expected))
    }

    fn private(self, creator: &str, usual_tag: Tag) -> Option<&'a InMemElement> {
        let group = usual_tag.group();
        let block_creator = |block: u16| self.text(Tag(group, block));
        let low_byte = usual_tag.element() & 0x00FF;
        for block in 0x10..=0xFF {
            if block_creator(block).is_some_and(|found| found.eq_ignore_ascii_case(creator)) {
                return self.object.get(Tag(group, block << 8 | low_byte));
            }
        }
        let claimed = block_creator(usual_tag.element() >> 8).is_some();
        (!claimed).then(|| self.object.get(usual_tag)).flatten()
    }
}

/// The text of an element without its padding, `None` where it is empty or a sequence.
///
/// A private element read from Implicit VR comes as bytes (VR UN) whatever it holds, and its
/// library getters would answer with the first byte's value.
fn text_of(element: &InMemElement) -> Option<String> {
    let value = element.value().primitive()?;
    let text = match value {
        PrimitiveValue::U8(bytes) if is_opaque(element.vr()) => {
            String::from_utf8_lossy(bytes).into_owned()
        }
        _ => value.to_str().into_owned(),
    };
    let text = trimmed(&text);
    (!text.is_empty()).then(|| text.to_owned())
}

/// The numbers of an element, `None` where one of them is not a finite number.
fn numbers_of(element: &InMemElement) -> Option<Vec<f64>> {
    let value = element.value().primitive()?;
    let is_text = match value {
        PrimitiveValue::Empty => return Some(Vec::new()),
        PrimitiveValue::Str(_) | PrimitiveValue::Strs(_) => true,
        PrimitiveValue::U8(_) => is_opaque(element.vr()),
        _ => false,
    };
    if is_text {
        return text_of(element).map_or(Some(Vec::new()), |text| {
            text.split('\\').map(parse_number).collect()
        });
    }
    value
        .to_multi_float64()
        .ok()
        .filter(|values| values.iter().all(|v| v.is_finite()))
}

fn is_opaque(vr: VR) -> bool {
    matches!(vr, VR::UN | VR::OB | VR::OW)
}

fn shortened(text: String) -> String {
    if text.chars().count() <= SHOWN_VALUE_CHARS {
        return text;
    }
    let mut start: String = text.chars().take(SHOWN_VALUE_CHARS).collect();
    start.push('…');
    start
}

/// Keyword and tag of an attribute, as in `RescaleSlope (0028,1053)`.
pub(crate) fn named(tag: Tag) -> String {
    match StandardDataDictionary.by_tag(tag) {
        Some(entry) if entry.tag() == tag => format!("{} {tag}", entry.alias()),
        _ => format!("attribute {tag}"),
    }
}

fn described(found: Option<&str>) -> String {
    found.map_or_else(|| "missing".to_owned(), |value| format!("`{value}`"))
}

#[cfg(test)]
mod tests;
