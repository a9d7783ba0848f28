//! A picture in red, green and blue.

use std::io::Cursor;

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder};

use crate::PictureError;

/// A picture in red, green and blue, rows from the top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RgbPicture {
    size: [u32; 2],
    values: Vec<u8>,
}

/// What a PNG is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PngEffort {
    /// To be sent at once: milliseconds.
    Fast,
    /// To be kept: smaller, and some ten times slower.
    Small,
}

impl RgbPicture {
    /// A picture of one colour, `[width, height]` pixels.
    pub fn filled(size: [u32; 2], colour: [u8; 3]) -> Self {
        let count = size[0] as usize * size[1] as usize;
        Self {
            size,
            values: colour.repeat(count),
        }
    }

    /// What was drawn.
    pub(super) fn of_image(image: image::RgbImage) -> Self {
        let (width, height) = image.dimensions();
        Self {
            size: [width, height],
            values: image.into_raw(),
        }
    }

    /// Width and height in pixels.
    pub fn size(&self) -> [u32; 2] {
        self.size
    }

    /// Red, green and blue of each pixel, row by row.
    pub fn as_bytes(&self) -> &[u8] {
        &self.values
    }

    /// The same for writing.
    pub(crate) fn as_mut_bytes(&mut self) -> &mut [u8] {
        &mut self.values
    }

    /// The colour of a pixel, if there is one at this column and row.
    pub fn pixel(&self, column: u32, row: u32) -> Option<[u8; 3]> {
        if column >= self.size[0] || row >= self.size[1] {
            return None;
        }
        let start = 3 * (row as usize * self.size[0] as usize + column as usize);
        let values = self.values.get(start..start + 3)?;
        values.try_into().ok()
    }

    /// The picture as PNG.
    ///
    /// # Errors
    /// When it has no pixel.
    pub fn to_png(&self, effort: PngEffort) -> Result<Vec<u8>, PictureError> {
        // The fast deflate expects rows that are differences; `Up` costs nothing and serves smooth
        // pictures about as well as `Paeth`.
        let (compression, filter) = match effort {
            PngEffort::Fast => (CompressionType::Fast, FilterType::Up),
            PngEffort::Small => (CompressionType::Best, FilterType::Adaptive),
        };
        let mut png = Cursor::new(Vec::with_capacity(self.values.len() / 2));
        let [width, height] = self.size;
        PngEncoder::new_with_quality(&mut png, compression, filter).write_image(
            &self.values,
            width,
            height,
            ExtendedColorType::Rgb8,
        )?;
        Ok(png.into_inner())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_encodings_come_back_as_they_were() {
        let mut picture = RgbPicture::filled([17, 9], [1, 2, 3]);
        for (n, value) in picture.as_mut_bytes().iter_mut().enumerate() {
            *value = (n * n % 251) as u8;
        }
        for effort in [PngEffort::Fast, PngEffort::Small] {
            let png = picture.to_png(effort).unwrap();
            let back = image::load_from_memory(&png).unwrap().to_rgb8();
            assert_eq!(back.dimensions(), (17, 9));
            assert_eq!(back.as_raw(), picture.as_bytes());
            assert_eq!(Some(back.get_pixel(16, 8).0), picture.pixel(16, 8));
        }
        assert_eq!(picture.pixel(17, 0), None);
        assert_eq!(picture.pixel(0, 9), None);
    }

    #[test]
    fn a_picture_without_pixels_is_no_png() {
        let nothing = RgbPicture::filled([0, 5], [0; 3]);
        assert!(nothing.to_png(PngEffort::Fast).is_err());
    }
}
