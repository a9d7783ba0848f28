//! What a segment says about itself.

use dicom_core::Tag;
use dicom_dictionary_std::tags;

use crate::attributes::{AttributeError, Attributes};

/// A coded name (Code Sequence Macro, PS3.3 8.8).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// Code Value, as `64033007`.
    pub value: String,
    /// Coding Scheme Designator, as `SCT`.
    pub scheme: String,
    /// Code Meaning, as `Kidney`.
    pub meaning: String,
}

impl Code {
    /// A code of a scheme with its meaning.
    pub fn new(
        value: impl Into<String>,
        scheme: impl Into<String>,
        meaning: impl Into<String>,
    ) -> Self {
        Self {
            value: value.into(),
            scheme: scheme.into(),
            meaning: meaning.into(),
        }
    }

    /// Value, scheme and meaning, as they are written.
    pub(crate) fn parts(&self) -> (&str, &str, &str) {
        (&self.value, &self.scheme, &self.meaning)
    }
}

/// A coded name with its modifiers, as the side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concept {
    /// The name.
    pub code: Code,
    /// What modifies it.
    pub modifiers: Vec<Code>,
}

/// The code `Background` of label maps (CID 7150).
const BACKGROUND: &str = "125040";

/// An item of the Segment Sequence.
#[derive(Debug, Clone)]
pub(super) struct Description {
    pub number: u16,
    pub label: String,
    pub category: Option<Code>,
    pub property_type: Option<Concept>,
    pub regions: Vec<Concept>,
}

impl Description {
    pub(super) fn is_background(&self) -> bool {
        let code = self.property_type.as_ref().map(|concept| &concept.code);
        code.is_some_and(|code| code.scheme == "DCM" && code.value == BACKGROUND)
    }
}

/// The segments that an object describes, by number.
pub(super) fn descriptions(object: Attributes<'_>) -> Result<Vec<Description>, AttributeError> {
    let mut found = Vec::new();
    for item in object.items(tags::SEGMENT_SEQUENCE) {
        let number = number_in(item, tags::SEGMENT_NUMBER)?;
        if found.iter().any(|d: &Description| d.number == number) {
            return Err(item.unexpected(tags::SEGMENT_NUMBER, "a number that no other segment has"));
        }
        found.push(Description {
            number,
            label: item.text(tags::SEGMENT_LABEL).unwrap_or_default(),
            category: codes(item, tags::SEGMENTED_PROPERTY_CATEGORY_CODE_SEQUENCE).next(),
            property_type: concepts(
                item,
                tags::SEGMENTED_PROPERTY_TYPE_CODE_SEQUENCE,
                tags::SEGMENTED_PROPERTY_TYPE_MODIFIER_CODE_SEQUENCE,
            )
            .next(),
            regions: concepts(
                item,
                tags::ANATOMIC_REGION_SEQUENCE,
                tags::ANATOMIC_REGION_MODIFIER_SEQUENCE,
            )
            .collect(),
        });
    }
    if found.is_empty() {
        return Err(object.unexpected(tags::SEGMENT_SEQUENCE, "at least one segment"));
    }
    found.sort_by_key(|d| d.number);
    Ok(found)
}

/// The number of a segment in an attribute.
pub(super) fn number_in(item: Attributes<'_>, tag: Tag) -> Result<u16, AttributeError> {
    item.integer(tag)?
        .and_then(|n| u16::try_from(n).ok())
        .ok_or_else(|| item.unexpected(tag, "a segment number from 0 to 65535"))
}

fn codes(item: Attributes<'_>, sequence: Tag) -> impl Iterator<Item = Code> + use<'_> {
    item.items(sequence).filter_map(code)
}

fn concepts(
    item: Attributes<'_>,
    sequence: Tag,
    modifier: Tag,
) -> impl Iterator<Item = Concept> + use<'_> {
    item.items(sequence).filter_map(move |named| {
        // The standard has the modifiers inside the code they modify; some writers put them beside.
        let modifiers = codes(named, modifier).chain(codes(item, modifier));
        Some(Concept {
            code: code(named)?,
            modifiers: modifiers.collect(),
        })
    })
}

fn code(item: Attributes<'_>) -> Option<Code> {
    Some(Code {
        value: item
            .text(tags::CODE_VALUE)
            .or_else(|| item.text(tags::LONG_CODE_VALUE))?,
        scheme: item
            .text(tags::CODING_SCHEME_DESIGNATOR)
            .unwrap_or_default(),
        meaning: item.text(tags::CODE_MEANING).unwrap_or_default(),
    })
}
