//! What a planner must know about the input, though reading went on.

use std::fmt;

/// A warning with a stable code for machines and a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// Stable name of the kind of finding, in kebab case.
    pub code: &'static str,
    /// The finding in a sentence, without a patient's name or number.
    pub text: String,
}

impl Finding {
    /// A finding of kind `code`.
    pub fn new(code: &'static str, text: impl Into<String>) -> Self {
        Self {
            code,
            text: text.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
