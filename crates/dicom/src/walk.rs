//! Steps over the elements of an encoded data set without reading their values.
//!
//! This finds the end of the header and the place of the pixel data, and tells a file that was
//! cut off from one that is complete. The values themselves are decoded by the DICOM library.

use std::io;
use std::ops::Range;

use dicom_core::dictionary::{DataDictionary, DataDictionaryEntry};
use dicom_core::{Tag, VR};
use dicom_dictionary_std::{StandardDataDictionary, tags};

use crate::encoding::{ElementHeader, Encoding, element_header};
use crate::source::GrowingBuffer;
use crate::text_values::trimmed;

/// Sequences nested deeper than this are an attack or a broken file, not a header.
const MAX_DEPTH: u32 = 64;

/// Patient, study, series, equipment and frame of reference stand in groups up to this one.
const LAST_IDENTIFYING_GROUP: u16 = 0x0020;

const ITEM: Tag = Tag(0xFFFE, 0xE000);
const ITEM_END: Tag = Tag(0xFFFE, 0xE00D);
const SEQUENCE_END: Tag = Tag(0xFFFE, 0xE0DD);

/// Where the pixel data of an object lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PixelElement {
    /// Pixel Data, Float Pixel Data or Double Float Pixel Data.
    pub tag: Tag,
    /// Offset of the value in the object.
    pub offset: u64,
    /// Length of the value; `None` for encapsulated (compressed) pixel data.
    pub length: Option<u32>,
}

/// What a walk found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Walked {
    /// Offset of the first byte after the header.
    pub end: usize,
    /// Offset after the groups that say whose object this is and what (up to 0020).
    pub identification_end: usize,
    /// SOP Class UID.
    pub sop_class: Option<String>,
    /// The pixel data, where the object has any.
    pub pixels: Option<PixelElement>,
    /// What to change in the header before the library decodes it.
    pub patches: Vec<Patch>,
    /// Elements of an explicit data set that are written as implicit.
    pub implicit: Vec<Range<usize>>,
}

/// Bytes to be written over others, of the same count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Patch {
    pub offset: usize,
    pub bytes: Vec<u8>,
}

/// Why a data set cannot be walked to its end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WalkError {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("{} needs {needed} bytes, {present} are left", crate::attributes::named(*tag))]
    Truncated { tag: Tag, needed: u64, present: u64 },
    #[error("the file ends inside an element, at byte {offset}")]
    EndsInElement { offset: usize },
    #[error("{found} at byte {offset} where an item of a sequence must begin")]
    NotAnItem { found: Tag, offset: usize },
    #[error("{} at byte {offset} has no value representation", crate::attributes::named(*tag))]
    NoVr { tag: Tag, offset: usize },
    #[error("sequences are nested more than {MAX_DEPTH} deep")]
    TooDeep,
}

/// Walks the elements from `start` up to the pixel data, or to the end of an object without any.
pub(crate) fn walk_header(
    bytes: &mut GrowingBuffer,
    start: usize,
    encoding: Encoding,
) -> Result<Walked, WalkError> {
    let limit = usize::try_from(bytes.len()).unwrap_or(usize::MAX);
    if start >= limit {
        return Err(WalkError::EndsInElement { offset: limit });
    }
    let mut walker = Walker {
        bytes,
        patches: Vec::new(),
    };
    let mut walked = Walked {
        end: start,
        identification_end: start,
        sop_class: None,
        pixels: None,
        patches: Vec::new(),
        implicit: Vec::new(),
    };
    while let Some(element) = walker.element(walked.end, encoding)? {
        if is_pixel_data(element.tag) {
            walked.pixels = Some(PixelElement {
                tag: element.tag,
                offset: element.value as u64,
                length: element.length,
            });
            break;
        }
        if element.tag == Tag(0, 0) && walked.end > start {
            // Padding with zeros after the last element.
            break;
        }
        let after = if element.lacks_vr(encoding) {
            let after = walker.after_value(&element, Encoding::IMPLICIT_LITTLE, limit, 0)?;
            walked.implicit.push(walked.end..after);
            after
        } else {
            walker.after_top_level(&element, encoding, limit)?
        };
        if element.tag == tags::SOP_CLASS_UID {
            walked.sop_class = uid_at(walker.bytes, element.value, after)?;
        }
        walked.end = after;
        if element.tag.group() <= LAST_IDENTIFYING_GROUP {
            walked.identification_end = after;
        }
    }
    if walked.pixels.is_none() {
        check_end(walker.bytes, walked.end)?;
    }
    walked.patches = walker.patches;
    Ok(walked)
}

/// The elements of a data set that `bytes` hold whole, each with the range of its bytes.
pub(crate) fn top_level_elements(
    bytes: &[u8],
    encoding: Encoding,
) -> Result<Vec<(ElementHeader, Range<usize>)>, WalkError> {
    let mut buffer = GrowingBuffer::from_bytes(bytes.to_vec());
    let mut walker = Walker {
        bytes: &mut buffer,
        patches: Vec::new(),
    };
    let mut elements = Vec::new();
    let mut position = 0;
    while let Some(element) = walker.element(position, encoding)? {
        let after = walker.after_value(&element, encoding, bytes.len(), 0)?;
        elements.push((element, position..after));
        position = after;
    }
    Ok(elements)
}

/// Steps over values, and over the items of sequences, none of which may pass `limit`.
struct Walker<'a> {
    bytes: &'a mut GrowingBuffer,
    patches: Vec<Patch>,
}

impl Walker<'_> {
    fn element(&mut self, at: usize, encoding: Encoding) -> io::Result<Option<ElementHeader>> {
        element_header(self.bytes, at, encoding)
    }

    /// Offset after an element of the data set itself.
    ///
    /// A private sequence whose items do not fit it is made opaque: whoever wrote it broke it,
    /// but the rest of the header can be used. The library must not see it, because it would
    /// reserve memory for whatever length the broken items state.
    fn after_top_level(
        &mut self,
        element: &ElementHeader,
        encoding: Encoding,
        limit: usize,
    ) -> Result<usize, WalkError> {
        let patches = self.patches.len();
        let outcome = self.after_value(element, encoding, limit, 0);
        let is_private = element.tag.group() % 2 == 1;
        match (&outcome, element.length, element.vr) {
            (Err(WalkError::Io(_)), _, _) => outcome,
            (Err(_), Some(length), Some(vr)) if is_private && vr == *b"SQ" => {
                let end = element.value + length as usize;
                if end > limit {
                    return outcome;
                }
                self.patches.truncate(patches);
                self.patches.push(Patch {
                    // Reserved bytes and the length follow the VR.
                    offset: element.value - 8,
                    bytes: b"UN".to_vec(),
                });
                Ok(end)
            }
            _ => outcome,
        }
    }

    /// Offset of the byte after an element's value.
    fn after_value(
        &mut self,
        element: &ElementHeader,
        encoding: Encoding,
        limit: usize,
        depth: u32,
    ) -> Result<usize, WalkError> {
        if let Some(length) = element.length {
            let end = element.value.saturating_add(length as usize);
            if end > limit {
                return Err(WalkError::Truncated {
                    tag: element.tag,
                    needed: u64::from(length),
                    present: limit.saturating_sub(element.value) as u64,
                });
            }
            if is_sequence(element) {
                self.after_items(element.value, Some(end), encoding, end, depth + 1)?;
            }
            return Ok(end);
        }
        if element.vr != Some(*b"UN") {
            return self.after_items(element.value, None, encoding, limit, depth + 1);
        }
        // PS3.5 6.2.2: the content of an unknown VR of undefined length is Implicit VR Little
        // Endian, which the library does not expect; with its length stated it stays closed.
        let inner = Encoding::IMPLICIT_LITTLE;
        let end = self.after_items(element.value, None, inner, limit, depth + 1)?;
        let length = u32::try_from(end - element.value).map_err(|_| WalkError::TooDeep)?;
        self.patches.push(Patch {
            offset: element.value - 4,
            bytes: encoding.bytes_of(length).to_vec(),
        });
        Ok(end)
    }

    /// Offset after the items that begin at `start`: at `end` where that is known, otherwise
    /// after the sequence's delimiter.
    fn after_items(
        &mut self,
        start: usize,
        end: Option<usize>,
        encoding: Encoding,
        limit: usize,
        depth: u32,
    ) -> Result<usize, WalkError> {
        if depth > MAX_DEPTH {
            return Err(WalkError::TooDeep);
        }
        let mut position = start;
        while end.is_none_or(|end| position < end) {
            let header = self.nested(position, encoding, limit)?;
            match header.tag {
                SEQUENCE_END => return Ok(header.value),
                ITEM => {
                    let item_end = header
                        .length
                        .map(|l| header.value.saturating_add(l as usize));
                    position = self.after_item(header.value, item_end, encoding, limit, depth)?;
                }
                found => {
                    return Err(WalkError::NotAnItem {
                        found,
                        offset: position,
                    });
                }
            }
        }
        Ok(position)
    }

    /// Offset after the elements of an item that begin at `start`.
    fn after_item(
        &mut self,
        start: usize,
        end: Option<usize>,
        encoding: Encoding,
        limit: usize,
        depth: u32,
    ) -> Result<usize, WalkError> {
        let limit = end.unwrap_or(limit).min(limit);
        if end.is_some_and(|end| end > limit) {
            return Err(WalkError::EndsInElement { offset: limit });
        }
        let mut position = start;
        while end.is_none_or(|end| position < end) {
            let header = self.nested(position, encoding, limit)?;
            if header.tag == ITEM_END {
                return Ok(header.value);
            }
            if header.lacks_vr(encoding) {
                return Err(WalkError::NoVr {
                    tag: header.tag,
                    offset: position,
                });
            }
            position = self.after_value(&header, encoding, limit, depth)?;
        }
        Ok(position)
    }

    fn nested(
        &mut self,
        position: usize,
        encoding: Encoding,
        limit: usize,
    ) -> Result<ElementHeader, WalkError> {
        self.element(position, encoding)?
            .filter(|header| header.value <= limit)
            .ok_or(WalkError::EndsInElement { offset: position })
    }
}

/// Less than an element's header is left: nothing, padding, or the beginning of a cut-off one.
fn check_end(bytes: &mut GrowingBuffer, position: usize) -> Result<(), WalkError> {
    let left = usize::try_from(bytes.len()).unwrap_or(usize::MAX) - position;
    let rest = bytes.get(position, left)?.unwrap_or(&[]);
    if rest.iter().any(|b| *b != 0) {
        return Err(WalkError::EndsInElement { offset: position });
    }
    Ok(())
}

fn uid_at(bytes: &mut GrowingBuffer, start: usize, end: usize) -> io::Result<Option<String>> {
    let value = bytes.get(start, end - start)?;
    Ok(value.map(|v| trimmed(&String::from_utf8_lossy(v)).to_owned()))
}

fn is_pixel_data(tag: Tag) -> bool {
    matches!(
        tag,
        tags::PIXEL_DATA | tags::FLOAT_PIXEL_DATA | tags::DOUBLE_FLOAT_PIXEL_DATA
    )
}

fn is_sequence(element: &ElementHeader) -> bool {
    match element.vr {
        Some(vr) => vr == *b"SQ",
        None => StandardDataDictionary
            .by_tag(element.tag)
            .is_some_and(|entry| entry.vr().relaxed() == VR::SQ),
    }
}
