//! Reading an object's header: everything in front of the pixel data.

use std::borrow::Cow;
use std::io::{self, Read};

use dicom_core::dictionary::{DataDictionary, DataDictionaryEntry};
use dicom_core::value::DataSetSequence;
use dicom_core::{DataElement, DicomValue, PrimitiveValue, Tag, VR};
use dicom_dictionary_std::{StandardDataDictionary, uids};
use dicom_encoding::TransferSyntaxIndex;
use dicom_object::InMemDicomObject;
use dicom_object::mem::InMemElement;
use dicom_transfer_syntax_registry::TransferSyntaxRegistry;
use flate2::read::DeflateDecoder;

use crate::attributes::Attributes;
use crate::encoding::Encoding;
use crate::file_meta::read_file_meta;
use crate::source::{GrowingBuffer, ObjectSource};
use crate::walk::{PixelElement, WalkError, Walked, top_level_elements, walk_header};
use crate::{Finding, sop_class};

/// The header of one DICOM object.
#[derive(Debug)]
pub struct Header {
    source: ObjectSource,
    transfer_syntax: String,
    data_set: InMemDicomObject,
    findings: Vec<Finding>,
    pub(crate) layout: PixelLayout,
    /// Bytes of the whole object, inflated where its data set is deflated.
    pub(crate) object_length: u64,
}

/// Where an object's pixel data lie and how its bytes are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PixelLayout {
    /// The pixel data element; its offset counts from the object's first byte, or from the
    /// first byte of the inflated data set.
    pub element: Option<PixelElement>,
    /// Whether numbers are stored most significant byte first.
    pub big_endian: bool,
    /// Offset of the data set in a file whose data set is deflated as a whole.
    pub deflated_from: Option<u64>,
}

/// Why an object's header cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HeaderError {
    /// The file is no DICOM object.
    #[error("this is not a DICOM file: it has neither the `DICM` mark nor a DICOM data set")]
    NotDicom,
    /// A DICOMDIR: an index of other files, which are found without it.
    #[error("this is a DICOMDIR, an index of other files; name the folder it lies in")]
    Directory,
    /// The file cannot be read at all.
    #[error("cannot be read: {0}")]
    Io(#[from] io::Error),
    /// The file ends before its last element does.
    #[error("the file is cut off: {0}")]
    Truncated(String),
    /// The file's elements do not follow each other as they must.
    #[error("the file is damaged: {0}")]
    Damaged(String),
    /// A transfer syntax that this program does not know.
    #[error(
        "transfer syntax {uid} is not supported; \
         convert the file to Explicit VR Little Endian, for example with `dcmconv` or `gdcmconv`"
    )]
    TransferSyntax {
        /// The transfer syntax.
        uid: String,
    },
}

/// Item tag in little endian: the first bytes of every sequence's value.
const ITEM_START: [u8; 4] = [0xFE, 0xFF, 0x00, 0xE0];

/// Sequence delimitation item in little endian.
const SEQUENCE_END: [u8; 8] = [0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0];

impl Header {
    /// Reads the header of an image. Of an object that is no image, only the groups that identify
    /// it (up to 0020) are decoded, because a structure set or report is all header.
    ///
    /// # Errors
    /// When the file is not DICOM, cannot be read, is cut off before its pixel data or damaged.
    pub fn read(source: &ObjectSource) -> Result<Self, HeaderError> {
        read(source, |walked| {
            let is_image = walked.sop_class.as_deref().is_none_or(sop_class::is_image);
            if is_image {
                walked.end
            } else {
                walked.identification_end
            }
        })
    }

    /// Reads everything but the pixel data, of any object.
    ///
    /// # Errors
    /// When the file is not DICOM, cannot be read, is cut off before its pixel data or damaged.
    pub fn read_whole(source: &ObjectSource) -> Result<Self, HeaderError> {
        read(source, |walked| walked.end)
    }

    /// The attributes.
    pub fn attributes(&self) -> Attributes<'_> {
        Attributes::new(&self.data_set)
    }

    /// Where the object was read from.
    pub fn source(&self) -> &ObjectSource {
        &self.source
    }

    /// Transfer Syntax UID.
    pub fn transfer_syntax(&self) -> &str {
        &self.transfer_syntax
    }

    /// What was irregular about the file's encoding.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }
}

fn read(
    source: &ObjectSource,
    decoded_end: impl Fn(&Walked) -> usize,
) -> Result<Header, HeaderError> {
    let mut bytes = GrowingBuffer::open(source)?;
    let meta = read_file_meta(&mut bytes)?.ok_or(HeaderError::NotDicom)?;
    if meta.is_directory() {
        return Err(HeaderError::Directory);
    }
    let Some(syntax) = TransferSyntaxRegistry.get(&meta.transfer_syntax) else {
        return Err(HeaderError::TransferSyntax {
            uid: meta.transfer_syntax,
        });
    };
    let deflated = syntax.uid() == uids::DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN;
    let start = if deflated { 0 } else { meta.data_set };
    if deflated {
        bytes = inflated(bytes, meta.data_set)?;
    }
    let walked = walk_header(&mut bytes, start, meta.encoding)?;
    let object_length = bytes.len();
    let end = decoded_end(&walked);
    // The walk stepped over the last value without reading it.
    let encoded = bytes.get(start, end - start)?.unwrap_or(&[]);
    let mut findings = meta.findings;
    let data_set = decode_walked(encoded, start, &walked, meta.encoding, &mut findings)?;
    Ok(Header {
        source: source.clone(),
        data_set: resolve_unknown_vrs(data_set),
        object_length,
        layout: PixelLayout {
            element: walked.pixels,
            big_endian: meta.encoding.big_endian,
            deflated_from: deflated.then_some(meta.data_set as u64),
        },
        findings,
        transfer_syntax: meta.transfer_syntax,
    })
}

/// The data set of a deflated file, unpacked.
pub(crate) fn inflate(packed: &[u8]) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    DeflateDecoder::new(packed).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn inflated(bytes: GrowingBuffer, start: usize) -> Result<GrowingBuffer, HeaderError> {
    let packed = bytes.into_rest(start)?;
    inflate(&packed)
        .map(GrowingBuffer::from_bytes)
        .map_err(|e| HeaderError::Damaged(format!("its deflated data set cannot be unpacked: {e}")))
}

fn decode(encoded: &[u8], encoding: Encoding) -> Result<InMemDicomObject, HeaderError> {
    let uid = match encoding {
        Encoding::IMPLICIT_LITTLE => uids::IMPLICIT_VR_LITTLE_ENDIAN,
        Encoding::EXPLICIT_BIG => "1.2.840.10008.1.2.2",
        _ => uids::EXPLICIT_VR_LITTLE_ENDIAN,
    };
    let syntax = TransferSyntaxRegistry
        .get(uid)
        .ok_or_else(|| HeaderError::TransferSyntax { uid: uid.into() })?;
    InMemDicomObject::read_dataset_with_ts(encoded, syntax)
        .map_err(|e| HeaderError::Damaged(innermost(&e)))
}

/// Decodes the part of a walked data set that is in `encoded`, which begins at `start`.
fn decode_walked(
    encoded: &[u8],
    start: usize,
    walked: &Walked,
    encoding: Encoding,
    findings: &mut Vec<Finding>,
) -> Result<InMemDicomObject, HeaderError> {
    let end = start + encoded.len();
    let mut patched = Cow::Borrowed(encoded);
    for patch in walked.patches.iter().filter(|patch| patch.offset < end) {
        let offset = patch.offset - start;
        patched.to_mut()[offset..offset + patch.bytes.len()].copy_from_slice(&patch.bytes);
    }
    let mut implicit = Vec::new();
    // From the last to the first, so that the places of the others stay.
    for range in walked
        .implicit
        .iter()
        .rev()
        .filter(|range| range.end <= end)
    {
        let element = patched
            .to_mut()
            .drain(range.start - start..range.end - start);
        implicit.extend(decode(element.as_slice(), Encoding::IMPLICIT_LITTLE)?);
    }
    let mut data_set = match decode(&patched, encoding) {
        Ok(data_set) => data_set,
        Err(_) => decode_piecewise(&patched, encoding, findings)?,
    };
    for element in implicit {
        data_set.put(element);
    }
    Ok(data_set)
}

/// Decodes a data set that cannot be decoded as a whole, without the private elements that
/// cannot be decoded at all.
fn decode_piecewise(
    encoded: &[u8],
    encoding: Encoding,
    findings: &mut Vec<Finding>,
) -> Result<InMemDicomObject, HeaderError> {
    let mut sound = Vec::with_capacity(encoded.len());
    for (element, bytes) in top_level_elements(encoded, encoding)? {
        match decode(&encoded[bytes.clone()], encoding) {
            Ok(_) => sound.extend_from_slice(&encoded[bytes]),
            Err(_) if element.tag.group() % 2 == 1 => findings.push(Finding::new(
                "private-element-unreadable",
                format!(
                    "private element {} cannot be read and was left out",
                    element.tag
                ),
            )),
            Err(cause) => return Err(cause),
        }
    }
    decode(&sound, encoding)
}

/// Gives public attributes that lost their VR on the way (UN) the one of the dictionary, and
/// opens the sequences among unknown private ones.
///
/// Archives that do not know an attribute store it as UN, with its value in Implicit VR Little
/// Endian (PS3.5 6.2.2); whole headers arrive like this.
fn resolve_unknown_vrs(object: InMemDicomObject) -> InMemDicomObject {
    if !holds_unknown_vr(&object) {
        return object;
    }
    InMemDicomObject::from_element_iter(object.into_iter().map(resolved))
}

fn holds_unknown_vr(object: &InMemDicomObject) -> bool {
    object.iter().any(|element| {
        let nested = element
            .items()
            .is_some_and(|items| items.iter().any(holds_unknown_vr));
        nested || resolvable_bytes(element).is_some()
    })
}

fn resolved(element: InMemElement) -> InMemElement {
    let tag = element.header().tag;
    if let Some(bytes) = resolvable_bytes(&element) {
        return match reread(tag, bytes) {
            Some(read) if read.vr() == VR::SQ => resolved(read),
            Some(read) => read,
            None => element,
        };
    }
    let (header, value) = element.into_parts();
    match value {
        DicomValue::Sequence(sequence) => {
            let items: Vec<_> = sequence
                .into_items()
                .into_iter()
                .map(resolve_unknown_vrs)
                .collect();
            DataElement::new(tag, VR::SQ, DataSetSequence::from(items))
        }
        value => DataElement::new_with_len(tag, header.vr, header.len, value),
    }
}

/// The bytes of an element of unknown VR that can be known after all.
fn resolvable_bytes(element: &InMemElement) -> Option<&[u8]> {
    let Some(PrimitiveValue::U8(bytes)) = element.value().primitive() else {
        return None;
    };
    let resolvable = element.vr() == VR::UN
        && (dictionary_vr(element.header().tag).is_some() || bytes.starts_with(&ITEM_START));
    resolvable.then_some(bytes.as_slice())
}

/// The element that `bytes` are when read as Implicit VR Little Endian.
fn reread(tag: Tag, bytes: &[u8]) -> Option<InMemElement> {
    let is_sequence = bytes.starts_with(&ITEM_START);
    let length = if is_sequence {
        u32::MAX
    } else {
        u32::try_from(bytes.len()).ok()?
    };
    let mut encoded = Vec::with_capacity(bytes.len() + 16);
    encoded.extend(tag.group().to_le_bytes());
    encoded.extend(tag.element().to_le_bytes());
    encoded.extend(length.to_le_bytes());
    encoded.extend(bytes);
    if is_sequence && !bytes.ends_with(&SEQUENCE_END) {
        encoded.extend(SEQUENCE_END);
    }
    // Checks the lengths of nested items, which the library would reserve memory for.
    top_level_elements(&encoded, Encoding::IMPLICIT_LITTLE).ok()?;
    let mut object = decode(&encoded, Encoding::IMPLICIT_LITTLE).ok()?;
    object.take(tag)
}

fn dictionary_vr(tag: Tag) -> Option<VR> {
    let entry = StandardDataDictionary.by_tag(tag)?;
    Some(entry.vr().relaxed()).filter(|vr| *vr != VR::UN)
}

/// The last cause of an error, which names what was wrong; the library's first line does not.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

impl From<WalkError> for HeaderError {
    fn from(error: WalkError) -> Self {
        match error {
            WalkError::Io(error) => Self::Io(error),
            WalkError::Truncated { .. } | WalkError::EndsInElement { .. } => {
                Self::Truncated(error.to_string())
            }
            WalkError::NotAnItem { .. } | WalkError::NoVr { .. } | WalkError::TooDeep => {
                Self::Damaged(error.to_string())
            }
        }
    }
}
