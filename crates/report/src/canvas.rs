//! Drawing on a picture: letters, lines and circles.

use image::{Rgb, RgbImage};
use noto_sans_mono_bitmap::{FontWeight, RasterHeight, get_raster, get_raster_width};

/// Height of a line of text.
pub(crate) const TEXT_HEIGHT: i64 = 16;

/// A picture that is drawn on; what lies outside is cut off.
pub(crate) struct Canvas {
    pub(crate) image: RgbImage,
    /// The part that may be drawn on.
    clip: Rectangle,
}

/// A part of a picture, in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Rectangle {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

impl Rectangle {
    pub(crate) fn contains(&self, x: f64, y: f64) -> bool {
        (self.x..self.x + self.width).contains(&x) && (self.y..self.y + self.height).contains(&y)
    }

    /// Whether `other` lies inside.
    pub(crate) fn holds(&self, other: &Self) -> bool {
        self.x <= other.x
            && self.y <= other.y
            && self.x + self.width >= other.x + other.width
            && self.y + self.height >= other.y + other.height
    }

    pub(crate) fn overlaps(&self, other: &Self) -> bool {
        self.x < other.x + other.width
            && other.x < self.x + self.width
            && self.y < other.y + other.height
            && other.y < self.y + self.height
    }

    /// Distance of a point from the rectangle, zero inside.
    pub(crate) fn distance(&self, [x, y]: [f64; 2]) -> f64 {
        let beyond = |v: f64, low: f64, size: f64| (low - v).max(v - low - size).max(0.0);
        beyond(x, self.x, self.width).hypot(beyond(y, self.y, self.height))
    }
}

impl Canvas {
    pub(crate) fn new(width: u32, height: u32, colour: [u8; 3]) -> Self {
        Self {
            image: RgbImage::from_pixel(width, height, Rgb(colour)),
            clip: Rectangle {
                x: 0.0,
                y: 0.0,
                width: f64::from(width),
                height: f64::from(height),
            },
        }
    }

    /// Draws inside `part` alone.
    pub(crate) fn within(&mut self, part: Rectangle, draw: impl FnOnce(&mut Self)) {
        let whole = std::mem::replace(&mut self.clip, part);
        draw(self);
        self.clip = whole;
    }

    /// Lays `colour` over a pixel with an opacity of 0 to 1.
    pub(crate) fn blend(&mut self, x: i64, y: i64, colour: [u8; 3], opacity: f64) {
        if !self.clip.contains(x as f64, y as f64) {
            return;
        }
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

    /// A closed ring of lines so many pixels wide, with soft edges.
    pub(crate) fn ring(&mut self, points: &[[f64; 2]], width: f64, colour: [u8; 3]) {
        let next = points.iter().cycle().skip(1);
        for (from, to) in points.iter().zip(next) {
            self.stroke(*from, *to, width, colour);
        }
    }

    fn stroke(&mut self, from: [f64; 2], to: [f64; 2], width: f64, colour: [u8; 3]) {
        let reach = width / 2.0 + 1.0;
        let range = |a: usize, end: f64| {
            // Nothing is drawn beyond the picture, however far a line runs there.
            let low = (from[a].min(to[a]) - reach).floor().clamp(0.0, end);
            let high = (from[a].max(to[a]) + reach).ceil().clamp(0.0, end);
            low as i64..=high as i64
        };
        let along = [0, 1].map(|a| to[a] - from[a]);
        let squared = (along[0] * along[0] + along[1] * along[1]).max(f64::MIN_POSITIVE);
        let columns = range(0, f64::from(self.image.width()));
        for y in range(1, f64::from(self.image.height())) {
            for x in columns.clone() {
                let off = [x as f64 - from[0], y as f64 - from[1]];
                let share = (off[0] * along[0] + off[1] * along[1]) / squared;
                let share = share.clamp(0.0, 1.0);
                let distance = (off[0] - share * along[0]).hypot(off[1] - share * along[1]);
                let opacity = (width / 2.0 + 0.5 - distance).clamp(0.0, 1.0);
                self.blend(x, y, colour, opacity);
            }
        }
    }

    /// Text that can be read on any picture: with a dark rim.
    pub(crate) fn rimmed_text(&mut self, x: i64, y: i64, text: &str, colour: [u8; 3]) {
        for (dx, dy) in [(-1, 0), (1, 0), (0, -1), (0, 1)] {
            self.text(x + dx, y + dy, text, true, [0; 3]);
        }
        self.text(x, y, text, true, colour);
    }
}

/// Width of a line of text.
pub(crate) fn text_width(text: &str) -> i64 {
    let letter = get_raster_width(FontWeight::Regular, RasterHeight::Size16);
    (text.chars().count() * letter) as i64
}

/// A text in lines of at most so many letters, broken between words where there are some.
pub(crate) fn wrap(text: &str, letters: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= letters => {
                line.push(' ');
                line.push_str(word);
            }
            _ => {
                let characters: Vec<char> = word.chars().collect();
                lines.extend(
                    characters
                        .chunks(letters.max(1))
                        .map(|part| part.iter().collect()),
                );
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_break_between_words_and_long_words_anywhere() {
        assert_eq!(wrap("left of the aorta", 11), ["left of the", "aorta"]);
        assert_eq!(wrap("abcdefgh ij", 5), ["abcde", "fgh", "ij"]);
        assert_eq!(wrap("", 5), Vec::<String>::new());
    }

    #[test]
    fn what_is_drawn_within_a_part_stays_there() {
        let mut canvas = Canvas::new(20, 20, [255; 3]);
        let part = Rectangle {
            x: 5.0,
            y: 5.0,
            width: 4.0,
            height: 6.0,
        };
        canvas.within(part, |c| c.rectangle(0, 0, 20, 20, [0; 3]));
        let dark = canvas.image.pixels().filter(|p| p.0 == [0; 3]).count();
        assert_eq!(dark, 24);
        canvas.rectangle(0, 0, 1, 1, [0; 3]);
        assert_eq!(canvas.image.get_pixel(0, 0).0, [0; 3]);
    }
}
