//! The File Meta Information in front of a data set (PS3.10 7.1), or its absence.
//!
//! Read by hand because the files of several archives lack its group length, its transfer syntax
//! or all of it, and the library then refuses the whole file.

use std::io;

use dicom_core::Tag;
use dicom_dictionary_std::{tags, uids};

use crate::Finding;
use crate::encoding::{ElementHeader, Encoding, element_header};
use crate::source::GrowingBuffer;
use crate::text_values::trimmed;

/// The transfer syntax of a file, and where its data set begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileMeta {
    /// Transfer Syntax UID, as stated or as found in the bytes.
    pub transfer_syntax: String,
    /// Encoding of the data set.
    pub encoding: Encoding,
    /// Media Storage SOP Class UID.
    pub media_storage_class: Option<String>,
    /// Offset of the first element of the data set.
    pub data_set: usize,
    /// What had to be guessed.
    pub findings: Vec<Finding>,
}

const META_GROUP: u16 = 0x0002;

/// No element in use of group 0008 that could begin a data set has a higher number.
const LAST_FIRST_ELEMENT: u16 = 0x0080;

/// Reads the File Meta Information; `None` for a file that is not DICOM.
pub(crate) fn read_file_meta(bytes: &mut GrowingBuffer) -> io::Result<Option<FileMeta>> {
    let Some(start) = meta_start(bytes)? else {
        return bare_data_set(bytes);
    };
    let mut position = start;
    let mut transfer_syntax = None;
    let mut media_storage_class = None;
    while let Some(element) = element_header(bytes, position, Encoding::EXPLICIT_LITTLE)? {
        if element.tag.group() != META_GROUP {
            break;
        }
        match element.tag {
            tags::TRANSFER_SYNTAX_UID => transfer_syntax = uid_value(bytes, &element)?,
            tags::MEDIA_STORAGE_SOP_CLASS_UID => media_storage_class = uid_value(bytes, &element)?,
            _ => {}
        }
        position = element.value + element.length.unwrap_or(0) as usize;
    }
    let found = encoding_of_first_element(bytes, position)?;
    let mut findings = Vec::new();
    let transfer_syntax = transfer_syntax.unwrap_or_else(|| {
        let guess = usual_transfer_syntax(found);
        findings.push(Finding::new(
            "transfer-syntax-guessed",
            format!("a file states no transfer syntax; its bytes look like {guess}"),
        ));
        guess.to_owned()
    });
    let encoding = match stated_encoding(&transfer_syntax) {
        // Deflated bytes say nothing about their encoding.
        stated if transfer_syntax == uids::DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN => stated,
        stated if stated != found && !stated.big_endian => {
            findings.push(Finding::new(
                "transfer-syntax-wrong",
                format!(
                    "a file states transfer syntax {transfer_syntax}, but is encoded otherwise"
                ),
            ));
            found
        }
        stated => stated,
    };
    Ok(Some(FileMeta {
        transfer_syntax,
        encoding,
        media_storage_class,
        data_set: position,
        findings,
    }))
}

/// Offset of the first element of group 0002, where there is one.
fn meta_start(bytes: &mut GrowingBuffer) -> io::Result<Option<usize>> {
    if bytes.get(128, 4)? == Some(b"DICM") {
        return Ok(Some(132));
    }
    if bytes.get(0, 4)? == Some(b"DICM") {
        return Ok(Some(4));
    }
    let first = element_header(bytes, 0, Encoding::EXPLICIT_LITTLE)?;
    let is_meta = first.is_some_and(|e| {
        e.tag.group() == META_GROUP && e.tag.element() <= 0x0010 && e.vr.is_some()
    });
    Ok(is_meta.then_some(0))
}

/// A data set with nothing in front of it, as very old archives keep them.
///
/// Two elements of group 0008 with growing numbers must stand at the beginning, which files of
/// other kinds do not have by chance.
fn bare_data_set(bytes: &mut GrowingBuffer) -> io::Result<Option<FileMeta>> {
    let encoding = match bytes.get(0, 2)? {
        Some([0x08, 0x00]) => encoding_of_first_element(bytes, 0)?,
        Some([0x00, 0x08]) => Encoding::EXPLICIT_BIG,
        _ => return Ok(None),
    };
    let Some(first) = element_header(bytes, 0, encoding)? else {
        return Ok(None);
    };
    let next_position = first.value + first.length.unwrap_or(0) as usize;
    let second = element_header(bytes, next_position, encoding)?;
    let plausible = |e: &ElementHeader| {
        e.tag.group() == 0x0008
            && e.vr.is_some() == encoding.explicit_vr
            && u64::from(e.length.unwrap_or(0)) < bytes.len()
    };
    let is_data_set = first.tag <= Tag(0x0008, LAST_FIRST_ELEMENT)
        && plausible(&first)
        && second.is_some_and(|second| second.tag > first.tag && plausible(&second));
    Ok(is_data_set.then(|| FileMeta {
        transfer_syntax: usual_transfer_syntax(encoding).to_owned(),
        encoding,
        media_storage_class: None,
        data_set: 0,
        findings: vec![Finding::new(
            "file-meta-missing",
            "a file has no file meta information; its encoding was taken from its first elements",
        )],
    }))
}

fn encoding_of_first_element(bytes: &mut GrowingBuffer, start: usize) -> io::Result<Encoding> {
    let first = element_header(bytes, start, Encoding::EXPLICIT_LITTLE)?;
    Ok(match first {
        Some(element) if element.tag.group() == 0x0800 => Encoding::EXPLICIT_BIG,
        Some(element) if element.vr.is_none() => Encoding::IMPLICIT_LITTLE,
        _ => Encoding::EXPLICIT_LITTLE,
    })
}

/// The encoding a transfer syntax prescribes: Explicit VR Little Endian but for two of them.
fn stated_encoding(transfer_syntax: &str) -> Encoding {
    match transfer_syntax {
        uids::IMPLICIT_VR_LITTLE_ENDIAN => Encoding::IMPLICIT_LITTLE,
        #[expect(deprecated, reason = "retired in 2006, files in it are still around")]
        uids::EXPLICIT_VR_BIG_ENDIAN => Encoding::EXPLICIT_BIG,
        _ => Encoding::EXPLICIT_LITTLE,
    }
}

fn usual_transfer_syntax(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding {
            big_endian: true, ..
        } => "1.2.840.10008.1.2.2",
        Encoding {
            explicit_vr: false, ..
        } => uids::IMPLICIT_VR_LITTLE_ENDIAN,
        _ => uids::EXPLICIT_VR_LITTLE_ENDIAN,
    }
}

impl FileMeta {
    /// Whether the file is a DICOMDIR: an index of other files.
    pub(crate) fn is_directory(&self) -> bool {
        self.media_storage_class.as_deref() == Some(uids::MEDIA_STORAGE_DIRECTORY_STORAGE)
    }
}

fn uid_value(bytes: &mut GrowingBuffer, element: &ElementHeader) -> io::Result<Option<String>> {
    let length = element.length.unwrap_or(0) as usize;
    let value = bytes.get(element.value, length)?.unwrap_or(&[]);
    let uid = trimmed(&String::from_utf8_lossy(value)).to_owned();
    Ok((!uid.is_empty()).then_some(uid))
}
