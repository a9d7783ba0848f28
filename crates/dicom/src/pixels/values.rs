//! From stored values to Hounsfield units or rescaled PET values.
//!
//! Bits beyond Bits Stored are never part of a value, and the sign is that of the stored bits:
//! a 12-bit -5 stored as 0x0FFB is -5 and not 4091.

use super::format::StoredNumber;
use super::object::StoredFrame;
use crate::frames::Rescale;

/// Air, and everything outside the field of view, in Hounsfield units.
const AIR_HU: i16 = -1024;

/// A padding value that would stand for one of these is tissue or metal, whatever the header says.
const TISSUE_HU: std::ops::Range<f64> = -900.0..10_000.0;

/// Turns stored values into whole Hounsfield units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Hounsfield {
    pub rescale: Rescale,
    pub padding: Option<[f64; 2]>,
}

impl Hounsfield {
    /// Values of one slice. What padding says lies outside the image, and anything below air,
    /// becomes air; where a padding value would be tissue it is not applied.
    pub(crate) fn new(rescale: Rescale, padding: Option<[f64; 2]>) -> Self {
        Self {
            rescale,
            padding: padding.filter(|range| !is_tissue(*range, rescale)),
        }
    }

    /// Writes the values of a frame.
    pub(crate) fn write(self, frame: &StoredFrame<'_>, out: &mut [i16]) {
        let whole = self.rescale.slope == 1.0
            && self.rescale.intercept.fract() == 0.0
            && self.rescale.intercept.abs() < 1e6;
        match frame.number {
            StoredNumber::Integer { allocated: 16, .. } if whole => self.write_whole(frame, out),
            _ => for_each(frame, out, |stored| self.value(stored)),
        }
    }

    /// The usual CT: slope 1 and a whole intercept, in 32-bit arithmetic that the compiler
    /// turns into vector instructions.
    fn write_whole(self, frame: &StoredFrame<'_>, out: &mut [i16]) {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "whole and below a million, as the caller checked"
        )]
        let intercept = self.rescale.intercept as i32;
        let [from, to] = self
            .padding
            .map_or([1, 0], |range| range.map(saturating_i32));
        for_each_16(frame, out, |stored| {
            let is_padding = stored >= from && stored <= to;
            let value = if is_padding {
                i32::from(AIR_HU)
            } else {
                stored + intercept
            };
            #[expect(clippy::cast_possible_truncation, reason = "clamped to 16 bits")]
            let value = value.clamp(i32::from(AIR_HU), i32::from(i16::MAX)) as i16;
            value
        });
    }

    fn value(self, stored: f64) -> i16 {
        if self
            .padding
            .is_some_and(|[from, to]| stored >= from && stored <= to)
        {
            return AIR_HU;
        }
        let value = stored * self.rescale.slope + self.rescale.intercept;
        let value = value
            .round_ties_even()
            .clamp(f64::from(AIR_HU), f64::from(i16::MAX));
        // `as` would make a float pixel that is no number 0, which is water.
        if value.is_nan() {
            return AIR_HU;
        }
        #[expect(clippy::cast_possible_truncation, reason = "clamped to 16 bits")]
        let value = value as i16;
        value
    }
}

/// Whether a padding range would take values of tissue away.
pub(crate) fn is_tissue(padding: [f64; 2], rescale: Rescale) -> bool {
    let [from, to] = padding.map(|stored| stored * rescale.slope + rescale.intercept);
    to >= TISSUE_HU.start && from < TISSUE_HU.end
}

/// Turns stored values into rescaled ones, such as activity in Bq/mL.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Scaled {
    pub rescale: Rescale,
    pub padding: Option<[f64; 2]>,
}

impl Scaled {
    /// Writes the values of a frame; padding is no activity.
    pub(crate) fn write(self, frame: &StoredFrame<'_>, out: &mut [f32]) {
        match frame.number {
            StoredNumber::Integer { allocated: 16, .. } => {
                for_each_16(frame, out, |stored| self.value(f64::from(stored)));
            }
            // A float pixel that is no number is nothing that was measured.
            _ => for_each(frame, out, |stored| {
                let value = self.value(stored);
                if value.is_nan() { 0.0 } else { value }
            }),
        }
    }

    fn value(self, stored: f64) -> f32 {
        if self
            .padding
            .is_some_and(|[from, to]| stored >= from && stored <= to)
        {
            return 0.0;
        }
        #[expect(
            clippy::cast_possible_truncation,
            reason = "single precision keeps seven digits, stored values have five"
        )]
        let value = (stored * self.rescale.slope + self.rescale.intercept) as f32;
        value
    }
}

/// Writes `value` of every stored number of 16 allocated bits.
fn for_each_16<T>(frame: &StoredFrame<'_>, out: &mut [T], value: impl Fn(i32) -> T) {
    let StoredNumber::Integer {
        stored,
        high_bit,
        signed,
        ..
    } = frame.number
    else {
        return;
    };
    // Shifting the highest bit to the top and back drops what is above and below the number,
    // and repeats its sign when the way back is signed.
    let up = 15 - u32::from(high_bit);
    let down = 16 - u32::from(stored);
    let (pairs, _) = frame.bytes.as_chunks::<2>();
    let places = out.iter_mut().zip(pairs);
    match (signed, frame.big_endian) {
        (true, false) => places.for_each(|(out, pair)| {
            *out = value(i32::from((i16::from_le_bytes(*pair) << up) >> down));
        }),
        (false, false) => places.for_each(|(out, pair)| {
            *out = value(i32::from((u16::from_le_bytes(*pair) << up) >> down));
        }),
        (true, true) => places.for_each(|(out, pair)| {
            *out = value(i32::from((i16::from_be_bytes(*pair) << up) >> down));
        }),
        (false, true) => places.for_each(|(out, pair)| {
            *out = value(i32::from((u16::from_be_bytes(*pair) << up) >> down));
        }),
    }
}

/// Writes `value` of every stored number of any kind.
fn for_each<T>(frame: &StoredFrame<'_>, out: &mut [T], value: impl Fn(f64) -> T) {
    let size = frame.number.bytes();
    for (out, bytes) in out.iter_mut().zip(frame.bytes.chunks_exact(size)) {
        // Least significant byte first, filled up with zeros.
        let mut raw = [0; 8];
        raw[..size].copy_from_slice(bytes);
        if frame.big_endian {
            raw[..size].reverse();
        }
        *out = value(stored_value(frame.number, raw));
    }
}

fn stored_value(number: StoredNumber, raw: [u8; 8]) -> f64 {
    let [a, b, c, d, ..] = raw;
    match number {
        StoredNumber::Float32 => f64::from(f32::from_le_bytes([a, b, c, d])),
        StoredNumber::Float64 => f64::from_le_bytes(raw),
        StoredNumber::Integer {
            stored,
            high_bit,
            signed,
            ..
        } => {
            let up = 31 - u32::from(high_bit);
            let down = 32 - u32::from(stored);
            if signed {
                f64::from((i32::from_le_bytes([a, b, c, d]) << up) >> down)
            } else {
                f64::from((u32::from_le_bytes([a, b, c, d]) << up) >> down)
            }
        }
    }
}

fn saturating_i32(value: f64) -> i32 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "`as` saturates, and stored values have at most 16 bits here"
    )]
    let value = value as i32;
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDENTITY: Rescale = Rescale {
        slope: 1.0,
        intercept: 0.0,
    };

    fn integer(allocated: u16, stored: u16, high_bit: u16, signed: bool) -> StoredNumber {
        StoredNumber::Integer {
            allocated,
            stored,
            high_bit,
            signed,
        }
    }

    /// The values of `bytes`, rescaled.
    fn scaled(bytes: &[u8], number: StoredNumber, big_endian: bool, rescale: Rescale) -> Vec<f32> {
        let frame = StoredFrame {
            bytes,
            number,
            big_endian,
        };
        let mut out = vec![0.0; bytes.len() / number.bytes()];
        let padding = None;
        Scaled { rescale, padding }.write(&frame, &mut out);
        out
    }

    fn hounsfield(stored: &[u16], signed: bool, hounsfield: Hounsfield) -> Vec<i16> {
        let bytes: Vec<u8> = stored.iter().flat_map(|v| v.to_le_bytes()).collect();
        let frame = StoredFrame {
            bytes: &bytes,
            number: integer(16, 16, 15, signed),
            big_endian: false,
        };
        let mut out = vec![0; stored.len()];
        hounsfield.write(&frame, &mut out);
        out
    }

    #[test]
    fn the_sign_is_that_of_the_stored_bits() {
        let twelve = integer(16, 12, 11, true);
        assert_eq!(scaled(&[0xFB, 0x0F], twelve, false, IDENTITY), [-5.0]);
        assert_eq!(scaled(&[0x0F, 0xFB], twelve, true, IDENTITY), [-5.0]);
        let unsigned = integer(16, 12, 11, false);
        // Overlay bits above the number are not part of it.
        assert_eq!(scaled(&[0xFB, 0xFF], unsigned, false, IDENTITY), [4091.0]);
        // Twelve bits in the upper part of the word.
        let upper = integer(16, 12, 15, true);
        assert_eq!(scaled(&[0xB7, 0xFF], upper, false, IDENTITY), [-5.0]);
    }

    #[test]
    fn all_widths_and_floats_are_read() {
        assert_eq!(
            scaled(&[0xFF, 1], integer(8, 8, 7, true), false, IDENTITY),
            [-1.0, 1.0]
        );
        assert_eq!(
            scaled(&[0xFF], integer(8, 8, 7, false), false, IDENTITY),
            [255.0]
        );
        let wide = 3_000_000_000_u32;
        let unsigned = integer(32, 32, 31, false);
        assert_eq!(
            scaled(&wide.to_le_bytes(), unsigned, false, IDENTITY),
            [3e9]
        );
        assert_eq!(scaled(&wide.to_be_bytes(), unsigned, true, IDENTITY), [3e9]);
        let signed = integer(32, 32, 31, true);
        assert_eq!(
            scaled(&(-7_i32).to_le_bytes(), signed, false, IDENTITY),
            [-7.0]
        );
        let half = 1.5_f32.to_le_bytes();
        assert_eq!(scaled(&half, StoredNumber::Float32, false, IDENTITY), [1.5]);
        let quarter = 0.25_f64.to_be_bytes();
        assert_eq!(
            scaled(&quarter, StoredNumber::Float64, true, IDENTITY),
            [0.25]
        );
    }

    #[test]
    fn float_pixels_that_are_no_number_are_air_or_no_activity() {
        let nan = f32::NAN.to_le_bytes();
        assert_eq!(scaled(&nan, StoredNumber::Float32, false, IDENTITY), [0.0]);
        let frame = StoredFrame {
            bytes: &nan,
            number: StoredNumber::Float32,
            big_endian: false,
        };
        let mut out = [5];
        Hounsfield::new(IDENTITY, None).write(&frame, &mut out);
        assert_eq!(out, [-1024]);
    }

    #[test]
    fn slope_and_intercept_apply_to_the_stored_value() {
        let rescale = Rescale {
            slope: 0.5,
            intercept: -3.0,
        };
        let values = scaled(
            &[10, 0, 0xFE, 0xFF],
            integer(16, 16, 15, true),
            false,
            rescale,
        );
        assert_eq!(values, [2.0, -4.0]);
    }

    #[test]
    fn padding_and_what_lies_below_air_become_air() {
        let rescale = Rescale {
            slope: 1.0,
            intercept: -1024.0,
        };
        let values = hounsfield(
            &[0, 24, 1024, 63536, 65535],
            false,
            Hounsfield::new(rescale, Some([63000.0, 64000.0])),
        );
        assert_eq!(values, [-1024, -1000, 0, -1024, i16::MAX]);
        let signed = hounsfield(
            &[0, 63536, 62512],
            true,
            Hounsfield::new(IDENTITY, Some([-2000.0, -2000.0])),
        );
        assert_eq!(signed, [0, -1024, -1024]);
    }

    #[test]
    fn a_padding_value_that_is_water_is_not_applied() {
        let values = hounsfield(&[0, 5], true, Hounsfield::new(IDENTITY, Some([0.0, 0.0])));
        assert_eq!(values, [0, 5]);
    }

    #[test]
    fn broken_slopes_are_rounded_to_whole_units() {
        let rescale = Rescale {
            slope: 0.25,
            intercept: -1000.5,
        };
        let values = hounsfield(&[0, 4000, 4003], false, Hounsfield::new(rescale, None));
        // -1000.5 and -0.5 go to the even neighbour, as numpy has it; 0.25 to 0.
        assert_eq!(values, [-1000, 0, 0]);
    }
}
