//! The frames of one object, from its file to native stored values.

use std::io;

use dicom_encoding::{TransferSyntax, TransferSyntaxIndex};
use dicom_transfer_syntax_registry::TransferSyntaxRegistry;

use super::decompress::{CompressionError, decompress};
use super::format::{PixelFormat, PixelProblem, StoredNumber};
use super::fragments::{FragmentError, frame_fragments};
use crate::ObjectSource;
use crate::header::PixelLayout;
use crate::header::inflate;
use crate::study::Instance;

/// Why the stored values of a frame cannot be had.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadPixelsError {
    #[error("cannot be read: {0}")]
    Io(#[from] io::Error),
    #[error(transparent)]
    Format(#[from] PixelProblem),
    #[error(transparent)]
    Fragments(#[from] FragmentError),
    #[error(transparent)]
    Compression(#[from] CompressionError),
    #[error("the pixel data are cut off: {present} bytes are present, {expected} are expected")]
    Truncated { expected: u64, present: u64 },
    #[error("frame {0} does not exist")]
    NoFrame(u32),
}

/// The stored values of one frame.
#[derive(Debug)]
pub(crate) struct StoredFrame<'a> {
    pub bytes: &'a [u8],
    pub number: StoredNumber,
    pub big_endian: bool,
}

/// Reads the frames of one object.
#[derive(Debug)]
pub(crate) struct PixelReader<'a> {
    instance: &'a Instance,
    format: &'a PixelFormat,
    offset: u64,
    contents: Contents,
}

/// Where the bytes are read from.
#[derive(Debug)]
enum Contents {
    /// From the file, exactly the bytes of a frame.
    OnDisk,
    /// From the object in memory, because it had to be unpacked as a whole.
    InMemory(Vec<u8>),
    /// From the compressed fragments of each frame.
    Fragments(Vec<u8>, Vec<Vec<std::ops::Range<usize>>>),
}

impl<'a> PixelReader<'a> {
    /// Prepares for reading frames; compressed objects are read whole here.
    pub(crate) fn open(instance: &'a Instance) -> Result<Self, ReadPixelsError> {
        let format = instance.format.as_ref().map_err(PixelProblem::clone)?;
        let element = instance.layout.element.ok_or(PixelProblem::None)?;
        check_packing(instance, element.length.is_none())?;
        let is_plain = instance.source.plain_position().is_some();
        let contents = if element.length.is_none() {
            let mut object = object_bytes(&instance.source, &instance.layout)?;
            let start = usize::try_from(element.offset).unwrap_or(usize::MAX);
            let value = object.split_off(start.min(object.len()));
            let frames = frame_fragments(&value, format.frames as usize)?;
            Contents::Fragments(value, frames)
        } else if is_plain && instance.layout.deflated_from.is_none() {
            Contents::OnDisk
        } else {
            Contents::InMemory(object_bytes(&instance.source, &instance.layout)?)
        };
        Ok(Self {
            instance,
            format,
            offset: element.offset,
            contents,
        })
    }

    /// Stored values that mean "no pixel here".
    pub(crate) fn padding(&self) -> Option<[f64; 2]> {
        self.format.padding
    }

    /// The stored values of frame `number`, in `buffer` or in this reader.
    pub(crate) fn frame<'b>(
        &'b self,
        number: u32,
        buffer: &'b mut Vec<u8>,
    ) -> Result<StoredFrame<'b>, ReadPixelsError> {
        if number >= self.format.frames {
            return Err(ReadPixelsError::NoFrame(number));
        }
        let frame_bytes = self.format.frame_bytes();
        let start = self.offset + u64::from(number) * frame_bytes as u64;
        let big_endian = self.instance.layout.big_endian;
        let number_format = self.format.number;
        let bytes = match &self.contents {
            Contents::OnDisk => {
                buffer.resize(frame_bytes, 0);
                self.read_exact(start, buffer)?;
                &buffer[..]
            }
            Contents::InMemory(object) => {
                let start = usize::try_from(start).unwrap_or(usize::MAX);
                let end = start.saturating_add(frame_bytes);
                object.get(start..end).ok_or(ReadPixelsError::Truncated {
                    expected: frame_bytes as u64,
                    present: object.len().saturating_sub(start) as u64,
                })?
            }
            Contents::Fragments(value, frames) => {
                let ranges = &frames[number as usize];
                let syntax = &self.instance.transfer_syntax;
                let (unpacked, number) = match ranges.as_slice() {
                    [range] => decompress(syntax, &value[range.clone()], self.format)?,
                    ranges => {
                        let parts = ranges.iter().map(|range| &value[range.clone()]);
                        let joined = parts.collect::<Vec<_>>().concat();
                        decompress(syntax, &joined, self.format)?
                    }
                };
                *buffer = unpacked;
                return Ok(StoredFrame {
                    bytes: buffer,
                    number,
                    big_endian: false,
                });
            }
        };
        Ok(StoredFrame {
            bytes,
            number: number_format,
            big_endian,
        })
    }

    /// Reads from the file; one that has become shorter since it was found is told as cut off.
    fn read_exact(&self, start: u64, buffer: &mut [u8]) -> Result<(), ReadPixelsError> {
        match self.instance.source.read_exact_at(start, buffer) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                let length = self.instance.source.len()?;
                Err(ReadPixelsError::Truncated {
                    expected: buffer.len() as u64,
                    present: length.saturating_sub(start).min(buffer.len() as u64),
                })
            }
            outcome => Ok(outcome?),
        }
    }
}

/// Refuses pixel data whose packing is not that of the transfer syntax: compressed bytes read as
/// they are would be an image of noise.
fn check_packing(instance: &Instance, in_fragments: bool) -> Result<(), ReadPixelsError> {
    let syntax = TransferSyntaxRegistry.get(&instance.transfer_syntax);
    let is_compressed = syntax.is_some_and(TransferSyntax::is_encapsulated_pixel_data);
    if is_compressed == in_fragments {
        return Ok(());
    }
    let in_words = |in_fragments| {
        if in_fragments {
            "fragments"
        } else {
            "one piece"
        }
    };
    Err(CompressionError::Contradiction {
        found: format!("its pixel data in {}", in_words(in_fragments)),
        expected: format!(
            "transfer syntax {}, which needs {}",
            instance.transfer_syntax,
            in_words(is_compressed)
        ),
    }
    .into())
}

/// The bytes that element offsets count in: the object, or its inflated data set.
pub(crate) fn object_bytes(source: &ObjectSource, layout: &PixelLayout) -> io::Result<Vec<u8>> {
    let mut bytes = source.read_all()?;
    match layout.deflated_from {
        None => Ok(bytes),
        Some(start) => {
            let start = usize::try_from(start).unwrap_or(usize::MAX);
            let packed = bytes.split_off(start.min(bytes.len()));
            inflate(&packed)
        }
    }
}
