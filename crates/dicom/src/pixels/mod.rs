//! Pixel data: where they are, how they are packed, and what their bits mean.

mod codestream;
mod decompress;
mod format;
mod fragments;
mod object;
mod rle;
#[cfg(test)]
mod tests;
mod values;

pub use decompress::CompressionError;
pub use format::PixelProblem;
pub(crate) use format::{PixelFormat, StoredNumber, pixel_format, side};
pub(crate) use fragments::frame_fragments;
pub(crate) use object::{PixelReader, ReadPixelsError, StoredFrame, object_bytes};
pub(crate) use values::{Hounsfield, Scaled, is_tissue};
