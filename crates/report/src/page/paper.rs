//! What printed pages bear at their edges.

use std::fmt::Write as _;

/// A text as a string of CSS, every letter but the plainest by its number, so that no text of a file
/// ends the string or the style.
pub(super) fn css_string(text: &str) -> String {
    let mut css = String::from("\"");
    for letter in text.chars() {
        if letter.is_ascii_alphanumeric() || letter == ' ' {
            css.push(letter);
        } else {
            // Writing to a String cannot fail. The space ends the number, so that no digit and no
            // space of the text is taken for a part of it.
            let _ = write!(css, "\\{:x} ", u32::from(letter));
        }
    }
    css.push('"');
    css
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_ends_the_string_or_the_style() {
        assert_eq!(css_string("PSMA 7"), "\"PSMA 7\"");
        let hostile = css_string("\"; } </style><script>\\\n");
        assert_eq!(hostile.matches('"').count(), 2);
        assert!(!hostile.contains('<') && !hostile.contains('\n') && !hostile.contains('}'));
        assert_eq!(css_string("é\\"), "\"\\e9 \\5c \"");
    }

    #[test]
    fn a_space_after_a_number_stays_one() {
        // CSS takes one space after a number for its end.
        assert_eq!(css_string("7, 2024"), "\"7\\2c  2024\"");
    }
}
