//! From one compressed frame to stored values.

use std::panic::{AssertUnwindSafe, catch_unwind};

use dicom_core::value::{C, PixelFragmentSequence};
use dicom_core::{DataElement, PrimitiveValue, Tag, VR, dicom_value};
use dicom_dictionary_std::{tags, uids};
use dicom_object::{FileDicomObject, FileMetaTableBuilder, InMemDicomObject};
use dicom_pixeldata::PixelDecoder;

use super::codestream::{Codestream, jpeg, jpeg_2000};
use super::format::{PixelFormat, StoredNumber};
use super::rle;

/// Why a compressed frame cannot be unpacked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CompressionError {
    /// A compression this program does not know.
    #[error(
        "compression {uid} is not supported; decompress the files first, \
         for example with `gdcmconv --raw` or `dcmdjpeg`"
    )]
    Unsupported {
        /// Transfer Syntax UID.
        uid: String,
    },
    /// A stream that is no image of the kind the transfer syntax names.
    #[error("the compressed image is damaged: {reason}")]
    Damaged {
        /// What is wrong.
        reason: String,
    },
    /// A stream that contradicts the DICOM header.
    #[error("the image has {found}, the header says {expected}")]
    Contradiction {
        /// What the stream holds.
        found: String,
        /// What the header says.
        expected: String,
    },
}

/// A frame's bytes in little-endian order, and how one number is stored in them.
pub(crate) type Unpacked = (Vec<u8>, StoredNumber);

/// Unpacks one frame.
pub(crate) fn decompress(
    transfer_syntax: &str,
    stream: &[u8],
    format: &PixelFormat,
) -> Result<Unpacked, CompressionError> {
    match transfer_syntax {
        uids::RLE_LOSSLESS => rle::unpack(stream, format.pixels(), format.number.bytes())
            .map(|bytes| (bytes, format.number))
            .map_err(damaged),
        uids::ENCAPSULATED_UNCOMPRESSED_EXPLICIT_VR_LITTLE_ENDIAN => {
            let bytes = stream.get(..format.frame_bytes());
            let bytes = bytes.ok_or_else(|| {
                let (present, expected) = (stream.len(), format.frame_bytes());
                damaged(format!("a frame holds {present} of {expected} bytes"))
            })?;
            Ok((bytes.to_vec(), format.number))
        }
        uids::JPEGLS_LOSSLESS | uids::JPEGLS_NEAR_LOSSLESS => {
            let header = check(jpeg(stream), format)?;
            let number = number_of_jpeg(&header, format.number)?;
            jpeg_ls(stream, format).map(|bytes| (bytes, number))
        }
        uids::JPEG_BASELINE8_BIT
        | uids::JPEG_EXTENDED12_BIT
        | uids::JPEG_LOSSLESS
        | uids::JPEG_LOSSLESS_SV1 => {
            let header = check(jpeg(stream), format)?;
            let number = number_of_jpeg(&header, format.number)?;
            library(transfer_syntax, stream, format, number).map(|bytes| (bytes, number))
        }
        uids::JPEG2000_LOSSLESS
        | uids::JPEG2000
        | uids::HTJ2K_LOSSLESS
        | uids::HTJ2K_LOSSLESS_RPCL
        | uids::HTJ2K => {
            let header = check(jpeg_2000(stream), format)?;
            let number = number_of_jpeg_2000(&header, format.number)?;
            library(transfer_syntax, stream, format, number).map(|bytes| (bytes, number))
        }
        other => Err(CompressionError::Unsupported {
            uid: other.to_owned(),
        }),
    }
}

/// Compares a stream's own header with the DICOM header.
fn check(found: Option<Codestream>, format: &PixelFormat) -> Result<Codestream, CompressionError> {
    let found = found.ok_or_else(|| damaged("its header cannot be read".to_owned()))?;
    let same_size =
        (found.rows, found.columns) == (u32::from(format.rows), u32::from(format.columns));
    if !same_size || found.components != 1 {
        return Err(CompressionError::Contradiction {
            found: format!(
                "{} rows, {} columns and {} component(s)",
                found.rows, found.columns, found.components
            ),
            expected: format!(
                "{} rows and {} columns of grey",
                format.rows, format.columns
            ),
        });
    }
    if !found.is_complete {
        return Err(damaged("it is cut off before its end mark".to_owned()));
    }
    Ok(found)
}

/// JPEG streams know no sign; what the DICOM header says of the bits must fit them.
fn number_of_jpeg(
    stream: &Codestream,
    number: StoredNumber,
) -> Result<StoredNumber, CompressionError> {
    let (stored, signed) = integer(number)?;
    // A sign bit that the stream has no room for: either the values are all positive or the
    // highest bit of the stream is the sign, and nothing tells which.
    if stream.precision > 16 || (signed && stream.precision < stored) {
        return Err(depth(stream, stored, signed));
    }
    Ok(right_aligned(stored, signed))
}

/// A JPEG 2000 stream says whether its samples are signed; writers that store negative numbers
/// in an unsigned stream mean two's complement of the stream's own depth.
fn number_of_jpeg_2000(
    stream: &Codestream,
    number: StoredNumber,
) -> Result<StoredNumber, CompressionError> {
    let (stored, signed) = integer(number)?;
    if stream.precision > 16 || (stream.signed == Some(true) && !signed) {
        return Err(depth(stream, stored, signed));
    }
    Ok(right_aligned(stored.min(stream.precision), signed))
}

fn integer(number: StoredNumber) -> Result<(u16, bool), CompressionError> {
    match number {
        StoredNumber::Integer {
            allocated: 8 | 16,
            stored,
            signed,
            ..
        } => Ok((stored, signed)),
        other => Err(CompressionError::Contradiction {
            found: "whole numbers of at most 16 bits".to_owned(),
            expected: format!("{} bytes per pixel", other.bytes()),
        }),
    }
}

fn right_aligned(stored: u16, signed: bool) -> StoredNumber {
    StoredNumber::Integer {
        allocated: 16,
        stored,
        high_bit: stored - 1,
        signed,
    }
}

fn depth(stream: &Codestream, stored: u16, signed: bool) -> CompressionError {
    let sign = |signed| if signed { "signed" } else { "unsigned" };
    let kind = stream.signed.map_or("", sign);
    CompressionError::Contradiction {
        found: format!("{} bits {kind}", stream.precision)
            .trim_end()
            .to_owned(),
        expected: format!("{stored} bits {}", sign(signed)),
    }
}

/// Unpacks JPEG-LS, which the DICOM library can do only with a C++ library.
fn jpeg_ls(stream: &[u8], format: &PixelFormat) -> Result<Vec<u8>, CompressionError> {
    let (columns, rows) = (u32::from(format.columns), u32::from(format.rows));
    let (values, ..) =
        guarded(|| jpegls::decode(stream, columns, rows).map_err(|e| damaged(e.to_string())))?;
    Ok(values.into_iter().flat_map(u16::to_le_bytes).collect())
}

/// Unpacks a frame with the DICOM library, into 16 bits per pixel.
fn library(
    transfer_syntax: &str,
    stream: &[u8],
    format: &PixelFormat,
    number: StoredNumber,
) -> Result<Vec<u8>, CompressionError> {
    let object = frame_object(transfer_syntax, stream, format, number)?;
    let bytes = guarded(|| match object.decode_pixel_data() {
        Ok(pixels) => Ok(pixels.data().to_vec()),
        Err(error) => Err(damaged(innermost(&error))),
    })?;
    // The JPEG decoder hands out single bytes for 8-bit streams, whatever the header allocates.
    let precision_8 = jpeg(stream).is_some_and(|header| header.precision <= 8);
    let expected = format.pixels() * if precision_8 { 1 } else { 2 };
    if bytes.len() < expected {
        return Err(damaged(format!(
            "it unpacks to {} of {expected} bytes",
            bytes.len()
        )));
    }
    Ok(if precision_8 {
        bytes[..expected].iter().flat_map(|b| [*b, 0]).collect()
    } else {
        bytes
    })
}

/// An object of this one frame, as the DICOM library wants it.
fn frame_object(
    transfer_syntax: &str,
    stream: &[u8],
    format: &PixelFormat,
    number: StoredNumber,
) -> Result<FileDicomObject<InMemDicomObject>, CompressionError> {
    let (stored, signed) = integer(number)?;
    let short = |tag: Tag, value: u16| DataElement::new(tag, VR::US, dicom_value!(U16, [value]));
    let mut object = InMemDicomObject::from_element_iter([
        short(tags::SAMPLES_PER_PIXEL, 1),
        short(tags::ROWS, format.rows),
        short(tags::COLUMNS, format.columns),
        short(tags::BITS_ALLOCATED, 16),
        short(tags::BITS_STORED, stored),
        short(tags::HIGH_BIT, stored - 1),
        short(tags::PIXEL_REPRESENTATION, u16::from(signed)),
    ]);
    object.put(DataElement::new(
        tags::PHOTOMETRIC_INTERPRETATION,
        VR::CS,
        PrimitiveValue::from("MONOCHROME2"),
    ));
    let fragments: C<Vec<u8>> = C::from_elem(stream.to_vec(), 1);
    object.put(DataElement::new(
        tags::PIXEL_DATA,
        VR::OB,
        PixelFragmentSequence::new_fragments(fragments),
    ));
    let meta = FileMetaTableBuilder::new()
        .transfer_syntax(transfer_syntax)
        .media_storage_sop_class_uid(uids::SECONDARY_CAPTURE_IMAGE_STORAGE)
        .media_storage_sop_instance_uid("2.25.1");
    object
        .with_meta(meta)
        .map_err(|error| damaged(innermost(&error)))
}

/// Runs a decoder on data from outside; should it panic, that is an error of this frame alone.
fn guarded<T>(decode: impl FnOnce() -> Result<T, CompressionError>) -> Result<T, CompressionError> {
    catch_unwind(AssertUnwindSafe(decode))
        .unwrap_or_else(|_| Err(damaged("the decoder gave up on it".to_owned())))
}

fn damaged(reason: String) -> CompressionError {
    CompressionError::Damaged { reason }
}

fn innermost(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
