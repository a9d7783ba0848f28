//! The pixels of a segmentation's frames.

use std::io::Read;
use std::ops::Range;

use dicom_dictionary_std::{tags, uids};
use flate2::read::DeflateDecoder;

use super::{Kind, SegmentationProblem};
use crate::attributes::Attributes;
use crate::header::Header;
use crate::pixels::{
    PixelFormat, PixelProblem, PixelReader, ReadPixelsError, StoredFrame, StoredNumber,
    frame_fragments, object_bytes, side,
};
use crate::study::Instance;

/// How the pixels of an object are stored.
pub(super) struct Layout {
    instance: Instance,
    format: PixelFormat,
    is_bits: bool,
}

/// Frames that can be read one after the other.
pub(super) struct Frames<'a> {
    layout: &'a Layout,
    packing: Packing<'a>,
}

enum Packing<'a> {
    /// One bit for each pixel, the lowest first, from frame to frame without a break (PS3.5 8.2).
    Bits(Vec<u8>),
    /// The same, each frame deflated on its own.
    DeflatedBits(Vec<u8>, Vec<Vec<Range<usize>>>),
    /// A number for each pixel.
    Numbers(PixelReader<'a>),
}

impl Layout {
    /// How the pixels of an object with this header are stored.
    pub(super) fn of(header: &Header, kind: Kind) -> Result<Self, SegmentationProblem> {
        let object = header.attributes();
        let syntax = header.transfer_syntax();
        let required = |tag| {
            object
                .integer(tag)?
                .ok_or_else(|| object.unexpected(tag, "a whole number"))
        };
        let allocated = required(tags::BITS_ALLOCATED)?;
        let refused = || SegmentationProblem::Encoding {
            kind: kind.name(),
            allocated,
            transfer_syntax: syntax.to_owned(),
        };
        let allows = match kind {
            Kind::Binary => matches!(allocated, 1 | 8),
            Kind::Fractional { .. } | Kind::LabelMap { .. } => matches!(allocated, 8 | 16),
        };
        if !allows || header.layout.big_endian {
            return Err(refused());
        }
        let is_packed = header
            .layout
            .element
            .is_some_and(|element| element.length.is_none());
        let is_bits =
            allocated == 1 && (!is_packed || syntax == uids::DEFLATED_IMAGE_FRAME_COMPRESSION);
        // JPEG 2000 of single bits exists, but its usual decoder returned an empty frame for one
        // that was not.
        if allocated == 1 && !is_bits {
            return Err(refused());
        }
        let format = format(object, allocated)?;
        Ok(Self {
            instance: Instance {
                source: header.source().clone(),
                sop_class_uid: String::new(),
                sop_instance_uid: String::new(),
                transfer_syntax: syntax.to_owned(),
                layout: header.layout,
                format: Ok(format.clone()),
            },
            format,
            is_bits,
        })
    }

    /// Number of rows and columns.
    pub(super) fn size(&self) -> [usize; 2] {
        [self.format.rows, self.format.columns].map(usize::from)
    }

    /// Makes the frames ready to be read.
    pub(super) fn open(&self) -> Result<Frames<'_>, SegmentationProblem> {
        let failed = |error: ReadPixelsError| SegmentationProblem::pixels(0, &error);
        let packing = if self.is_bits {
            self.open_bits()?
        } else {
            Packing::Numbers(PixelReader::open(&self.instance).map_err(failed)?)
        };
        Ok(Frames {
            layout: self,
            packing,
        })
    }

    fn open_bits(&self) -> Result<Packing<'static>, SegmentationProblem> {
        let failed = |error: ReadPixelsError| SegmentationProblem::pixels(0, &error);
        let layout = &self.instance.layout;
        let element = layout
            .element
            .ok_or_else(|| failed(PixelProblem::None.into()))?;
        let mut object =
            object_bytes(&self.instance.source, layout).map_err(|error| failed(error.into()))?;
        let start = usize::try_from(element.offset).unwrap_or(usize::MAX);
        let mut value = object.split_off(start.min(object.len()));
        let frames = self.format.frames as usize;
        let Some(length) = element.length else {
            let fragments =
                frame_fragments(&value, frames).map_err(|error| failed(error.into()))?;
            return Ok(Packing::DeflatedBits(value, fragments));
        };
        value.truncate(length as usize);
        let bits = self.format.pixels().saturating_mul(frames);
        if value.len() < bits.div_ceil(8) {
            return Err(SegmentationProblem::Truncated {
                expected: bits.div_ceil(8),
                present: value.len(),
            });
        }
        Ok(Packing::Bits(value))
    }
}

impl Frames<'_> {
    /// The pixels of frame `number`, from 0, row by row.
    pub(super) fn frame(&self, number: u32) -> Result<Vec<u16>, SegmentationProblem> {
        let pixels = self.layout.format.pixels();
        match &self.packing {
            Packing::Bits(bytes) => Ok(bits(bytes, number as usize * pixels, pixels)),
            Packing::DeflatedBits(value, fragments) => {
                let ranges = fragments
                    .get(number as usize)
                    .map_or(&[][..], Vec::as_slice);
                let packed: Vec<u8> = ranges
                    .iter()
                    .flat_map(|range| &value[range.clone()])
                    .copied()
                    .collect();
                let mut bytes = Vec::new();
                let limit = pixels.div_ceil(8) as u64;
                DeflateDecoder::new(packed.as_slice())
                    .take(limit)
                    .read_to_end(&mut bytes)
                    .map_err(|error| SegmentationProblem::pixels(number, &error.into()))?;
                if bytes.len() as u64 != limit {
                    return Err(SegmentationProblem::Truncated {
                        expected: pixels.div_ceil(8),
                        present: bytes.len(),
                    });
                }
                Ok(bits(&bytes, 0, pixels))
            }
            Packing::Numbers(reader) => {
                let mut buffer = Vec::new();
                let frame = reader.frame(number, &mut buffer);
                let frame = frame.map_err(|e| SegmentationProblem::pixels(number, &e))?;
                Ok(numbers(&frame))
            }
        }
    }
}

/// The pixel matrix.
fn format(object: Attributes<'_>, allocated: i64) -> Result<PixelFormat, SegmentationProblem> {
    let stored = if allocated == 1 {
        1
    } else {
        let stored = object.integer(tags::BITS_STORED)?.unwrap_or(allocated);
        let stored = u16::try_from(stored)
            .ok()
            .filter(|n| i64::from(*n) <= allocated && *n > 0);
        stored.ok_or_else(|| object.unexpected(tags::BITS_STORED, "at most Bits Allocated"))?
    };
    let frames = object.integer(tags::NUMBER_OF_FRAMES)?.unwrap_or(1);
    let of_frame = |tag| {
        side(object, tag).map_err(|problem| match problem {
            PixelProblem::Attribute(error) => error,
            _ => object.unexpected(tag, "a count from 1 to 65535"),
        })
    };
    Ok(PixelFormat {
        rows: of_frame(tags::ROWS)?,
        columns: of_frame(tags::COLUMNS)?,
        frames: u32::try_from(frames)
            .ok()
            .filter(|n| *n > 0)
            .ok_or_else(|| object.unexpected(tags::NUMBER_OF_FRAMES, "a positive number"))?,
        number: StoredNumber::Integer {
            allocated: if allocated == 16 { 16 } else { 8 },
            stored,
            high_bit: stored - 1,
            signed: false,
        },
        padding: None,
    })
}

/// `count` bits from bit `start` on, each as a number.
fn bits(bytes: &[u8], start: usize, count: usize) -> Vec<u16> {
    let bit = |n: usize| u16::from(bytes[n / 8] >> (n % 8) & 1);
    (start..start + count).map(bit).collect()
}

/// Stored whole numbers, without the bits that do not belong to them.
fn numbers(frame: &StoredFrame<'_>) -> Vec<u16> {
    let (stored, bytes) = match frame.number {
        StoredNumber::Integer {
            stored, allocated, ..
        } => (stored, usize::from(allocated) / 8),
        StoredNumber::Float32 | StoredNumber::Float64 => return Vec::new(),
    };
    let mask = u16::MAX >> (16 - stored.min(16));
    let number = |pixel: &[u8]| match pixel {
        [low, high, ..] => u16::from_le_bytes([*low, *high]) & mask,
        [low] => u16::from(*low) & mask,
        [] => 0,
    };
    frame.bytes.chunks_exact(bytes).map(number).collect()
}
