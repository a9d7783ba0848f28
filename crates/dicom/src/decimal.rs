//! Numbers as decimal strings (DS): fixed notation, at most 16 characters.
//!
//! Planning systems reject longer values, and the shortest text that gives a `f64` back has up to
//! 20 characters.

use std::fmt::Write as _;

/// Most characters of a decimal string (PS3.5 6.2).
const MAX_CHARS: usize = 16;

/// Appends `value` to a text with at most `decimals` digits after the point, fewer where 16
/// characters do not hold them; without trailing zeros, without exponent, and never "-0". `None`
/// when no text of 16 characters holds it to its whole part, or it is not finite.
pub(crate) fn push_decimal(text: &mut String, value: f64, decimals: usize) -> Option<()> {
    if !value.is_finite() {
        return None;
    }
    let start = text.len();
    let mut decimals = decimals;
    loop {
        // Writing to a string cannot fail.
        let _ = write!(text, "{value:.decimals$}");
        if decimals > 0 {
            let kept = text[start..]
                .trim_end_matches('0')
                .trim_end_matches('.')
                .len();
            text.truncate(start + kept);
        }
        if text.len() - start <= MAX_CHARS {
            break;
        }
        text.truncate(start);
        decimals = decimals.checked_sub(1)?;
    }
    if &text[start..] == "-0" {
        text.truncate(start);
        text.push('0');
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decimal_string(value: f64, decimals: usize) -> Option<String> {
        let mut text = String::new();
        push_decimal(&mut text, value, decimals).map(|()| text)
    }

    #[test]
    fn numbers_are_short_and_plain() {
        for (value, decimals, text) in [
            (12.5, 3, "12.5"),
            (-120.0, 3, "-120"),
            (100.0, 0, "100"),
            (-0.0001, 3, "0"),
            (-0.0, 3, "0"),
            (0.1 + 0.2, 3, "0.3"),
            (-1.0 / 3.0, 16, "-0.3333333333333"),
            (-881.300_048_8, 10, "-881.3000488"),
            (1_234.567_89, 3, "1234.568"),
            (1e15, 3, "1000000000000000"),
            (123_456_789_012.345_6, 6, "123456789012.346"),
        ] {
            assert_eq!(decimal_string(value, decimals).as_deref(), Some(text));
        }
        for value in [f64::NAN, f64::INFINITY, 1e16, -1e15] {
            assert_eq!(decimal_string(value, 3), None, "{value}");
        }
    }

    proptest! {
        #[test]
        fn any_coordinate_comes_back_to_half_a_micrometre(value in -1e5..1e5_f64) {
            let text = decimal_string(value, 3).unwrap();
            prop_assert!(text.len() <= 16);
            prop_assert!(!text.contains('e') && text != "-0");
            // Half of the last of three decimals, and the rounding of the subtraction itself.
            prop_assert!((text.parse::<f64>().unwrap() - value).abs() <= 0.000_5 + 1e-10);
        }
    }
}
