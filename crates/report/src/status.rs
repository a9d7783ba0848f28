//! Whether a person answers for what a picture shows.

/// What a picture says of the marks and outlines in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PictureStatus {
    /// Nobody has looked at them.
    Suggestion,
    /// A person has reviewed and signed them.
    Signed,
}
