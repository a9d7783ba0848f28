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
pub(crate) use format::{PixelFormat, pixel_format};
pub(crate) use object::{PixelReader, ReadPixelsError, StoredFrame};
pub(crate) use values::{Hounsfield, Scaled, is_tissue};
