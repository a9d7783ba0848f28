//! How one element of a data set is laid out in bytes (PS3.5 7.1).

use std::io;

use dicom_core::Tag;

use crate::source::GrowingBuffer;

const UNDEFINED: u32 = 0xFFFF_FFFF;

/// Group of items and delimiters, which never have a VR.
const DELIMITERS: u16 = 0xFFFE;

/// How the elements of a data set are encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Encoding {
    pub explicit_vr: bool,
    pub big_endian: bool,
}

impl ElementHeader {
    /// Whether an element of an explicit data set has no VR: it was written as implicit.
    pub(crate) fn lacks_vr(&self, encoding: Encoding) -> bool {
        encoding.explicit_vr && self.vr.is_none() && self.tag.group() != DELIMITERS
    }
}

impl Encoding {
    pub(crate) const IMPLICIT_LITTLE: Self = Self {
        explicit_vr: false,
        big_endian: false,
    };
    pub(crate) const EXPLICIT_LITTLE: Self = Self {
        explicit_vr: true,
        big_endian: false,
    };
    pub(crate) const EXPLICIT_BIG: Self = Self {
        explicit_vr: true,
        big_endian: true,
    };

    pub(crate) fn u16(self, bytes: [u8; 2]) -> u16 {
        if self.big_endian {
            u16::from_be_bytes(bytes)
        } else {
            u16::from_le_bytes(bytes)
        }
    }

    pub(crate) fn u32(self, bytes: [u8; 4]) -> u32 {
        if self.big_endian {
            u32::from_be_bytes(bytes)
        } else {
            u32::from_le_bytes(bytes)
        }
    }

    pub(crate) fn bytes_of(self, value: u32) -> [u8; 4] {
        if self.big_endian {
            value.to_be_bytes()
        } else {
            value.to_le_bytes()
        }
    }
}

/// One element's header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ElementHeader {
    pub tag: Tag,
    /// The two letters of an explicit VR.
    pub vr: Option<[u8; 2]>,
    /// Offset of the value.
    pub value: usize,
    /// Length of the value; `None` for an undefined length.
    pub length: Option<u32>,
}

/// Reads the element header at `position`; `None` where fewer bytes are left than one takes.
pub(crate) fn element_header(
    bytes: &mut GrowingBuffer,
    position: usize,
    encoding: Encoding,
) -> io::Result<Option<ElementHeader>> {
    let Some(&[g0, g1, e0, e1, a, b, c, d]) = bytes.get(position, 8)? else {
        return Ok(None);
    };
    let tag = Tag(encoding.u16([g0, g1]), encoding.u16([e0, e1]));
    let implicit = ElementHeader {
        tag,
        vr: None,
        value: position + 8,
        length: defined(encoding.u32([a, b, c, d])),
    };
    let is_delimiter = tag.group() == DELIMITERS;
    // A few writers put implicit elements into explicit files; no VR has other letters.
    let has_vr = a.is_ascii_uppercase() && b.is_ascii_uppercase();
    if !encoding.explicit_vr || is_delimiter || !has_vr {
        return Ok(Some(implicit));
    }
    let vr = [a, b];
    if has_short_length(vr) {
        return Ok(Some(ElementHeader {
            tag,
            vr: Some(vr),
            value: position + 8,
            length: Some(u32::from(encoding.u16([c, d]))),
        }));
    }
    let Some(&[l0, l1, l2, l3]) = bytes.get(position + 8, 4)? else {
        return Ok(None);
    };
    Ok(Some(ElementHeader {
        tag,
        vr: Some(vr),
        value: position + 12,
        length: defined(encoding.u32([l0, l1, l2, l3])),
    }))
}

/// These have a length of 16 bits; every other VR, known or not, has one of 32 (PS3.5 7.1.2).
fn has_short_length(vr: [u8; 2]) -> bool {
    matches!(
        &vr,
        b"AE"
            | b"AS"
            | b"AT"
            | b"CS"
            | b"DA"
            | b"DS"
            | b"DT"
            | b"FL"
            | b"FD"
            | b"IS"
            | b"LO"
            | b"LT"
            | b"PN"
            | b"SH"
            | b"SL"
            | b"SS"
            | b"ST"
            | b"TM"
            | b"UI"
            | b"UL"
            | b"US"
    )
}

fn defined(length: u32) -> Option<u32> {
    (length != UNDEFINED).then_some(length)
}
