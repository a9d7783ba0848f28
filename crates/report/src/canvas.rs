//! Drawing on a picture: letters, lines and circles.

use image::{Rgb, RgbImage};
use noto_sans_mono_bitmap::{FontWeight, RasterHeight, get_raster, get_raster_width};

/// Height of a line of text.
pub(crate) const TEXT_HEIGHT: i64 = 16;

/// A picture that is drawn on; what lies outside is cut off.
pub(crate) struct Canvas {
    pub(crate) image: RgbImage,
}

impl Canvas {
    pub(crate) fn new(width: u32, height: u32, colour: [u8; 3]) -> Self {
        Self {
            image: RgbImage::from_pixel(width, height, Rgb(colour)),
        }
    }

    /// Lays `colour` over a pixel with an opacity of 0 to 1.
    pub(crate) fn blend(&mut self, x: i64, y: i64, colour: [u8; 3], opacity: f64) {
        let (Ok(x), Ok(y)) = (u32::try_from(x), u32::try_from(y)) else {
            return;
        };
        if let Some(pixel) = self.image.get_pixel_mut_checked(x, y) {
            for (old, new) in pixel.0.iter_mut().zip(colour) {
                let mixed = f64::from(*old) + (f64::from(new) - f64::from(*old)) * opacity;
                *old = mixed.round() as u8;
            }
        }
    }

    /// Writes a line of text with its upper left corner at a place.
    pub(crate) fn text(&mut self, x: i64, y: i64, text: &str, bold: bool, colour: [u8; 3]) {
        let weight = if bold {
            FontWeight::Bold
        } else {
            FontWeight::Regular
        };
        let size = RasterHeight::Size16;
        let width = get_raster_width(weight, size) as i64;
        for (n, letter) in text.chars().enumerate() {
            let raster = get_raster(letter, weight, size).or_else(|| get_raster('?', weight, size));
            let rows = raster.iter().flat_map(|r| r.raster().iter().enumerate());
            for (dy, row) in rows {
                for (dx, opacity) in row.iter().enumerate() {
                    let at = (x + n as i64 * width + dx as i64, y + dy as i64);
                    self.blend(at.0, at.1, colour, f64::from(*opacity) / 255.0);
                }
            }
        }
    }

    pub(crate) fn rectangle(&mut self, x: i64, y: i64, width: i64, height: i64, colour: [u8; 3]) {
        for dy in 0..height {
            for dx in 0..width {
                self.blend(x + dx, y + dy, colour, 1.0);
            }
        }
    }

    /// A circle two pixels wide with soft edges.
    pub(crate) fn circle(&mut self, center: [f64; 2], radius: f64, colour: [u8; 3]) {
        let reach = radius.ceil() as i64 + 2;
        let (x0, y0) = (center[0].round() as i64, center[1].round() as i64);
        for y in y0 - reach..=y0 + reach {
            for x in x0 - reach..=x0 + reach {
                let distance = (x as f64 - center[0]).hypot(y as f64 - center[1]);
                let opacity = (1.5 - (distance - radius).abs()).clamp(0.0, 1.0);
                self.blend(x, y, colour, opacity);
            }
        }
    }

    /// A thin line.
    pub(crate) fn line(&mut self, from: [f64; 2], to: [f64; 2], colour: [u8; 3]) {
        let length = (to[0] - from[0]).hypot(to[1] - from[1]).ceil().max(1.0);
        for n in 0..=length as i64 {
            let share = n as f64 / length;
            let at = [0, 1].map(|a| (from[a] + (to[a] - from[a]) * share).round() as i64);
            self.blend(at[0], at[1], colour, 0.8);
        }
    }
}

/// Width of a line of text.
pub(crate) fn text_width(text: &str) -> i64 {
    let letter = get_raster_width(FontWeight::Regular, RasterHeight::Size16);
    (text.chars().count() * letter) as i64
}
