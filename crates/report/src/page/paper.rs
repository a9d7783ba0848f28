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
            // Writing to a String cannot fail. The number takes six digits, so that no letter after
            // it is read as one of them.
            let _ = write!(css, "\\{:06x}", u32::from(letter));
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
        assert_eq!(css_string("é\\"), "\"\\0000e9\\00005c\"");
    }
}
