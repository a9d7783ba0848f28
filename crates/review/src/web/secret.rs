//! What only a browser that was let in knows.

use std::fmt::Write;

use subtle::ConstantTimeEq;

/// 256 random bits of the operating system, as hexadecimal digits.
pub(crate) struct Secret(String);

/// A secret stays one in a log, too.
impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl Secret {
    /// Draws a new one.
    ///
    /// # Errors
    /// When the operating system has no random numbers.
    pub(crate) fn draw() -> Result<Self, getrandom::Error> {
        let mut bytes = [0_u8; 32];
        getrandom::fill(&mut bytes)?;
        Ok(Self(bytes.iter().fold(String::new(), |mut text, byte| {
            // Writing to a text cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })))
    }

    /// Whether it is this one; takes as long for a near guess as for a far one.
    pub(crate) fn is(&self, guess: &str) -> bool {
        self.0.as_bytes().ct_eq(guess.as_bytes()).into()
    }

    /// For the address that is shown to the user, and for the cookie.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_long_differ_and_are_told_from_guesses() {
        let (one, other) = (Secret::draw().unwrap(), Secret::draw().unwrap());
        assert_eq!(one.reveal().len(), 64);
        assert!(one.is(one.reveal()) && !one.is(other.reveal()));
        assert!(!one.is("") && !one.is(&one.reveal()[..63]));
        assert_eq!(format!("{one:?}"), "Secret(..)");
    }
}
