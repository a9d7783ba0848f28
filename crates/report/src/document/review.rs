//! What a report that was signed says of its review.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who reviewed and signed a suggestion, and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewInfo {
    /// The name of the person who signed.
    pub reviewer: String,
    /// The organisation signed for; null where it was not told.
    pub organisation: Option<String>,
    /// When it was signed (RFC 3339).
    pub signed_at: String,
    /// The reviewer's words; null without any.
    pub comment: Option<String>,
    /// Number of decisions that were made and not undone.
    pub decisions: usize,
    /// What differs from the suggestion, a sentence each.
    pub changes: Vec<String>,
}
