//! What a planner must know, and where everything came from.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a planner must know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WarningInfo {
    /// A name that does not change between versions.
    pub code: String,
    /// A sentence.
    pub text: String,
}

/// Where everything came from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProvenanceInfo {
    /// SHA-256 over the software version, the configuration, the options and the input objects;
    /// equal fingerprints mean equal results.
    pub fingerprint: String,
    /// Why these series were chosen.
    pub selection: Vec<String>,
    /// How the anatomy was recognised.
    pub anatomy: Vec<String>,
    /// SOP Instance UID of `rtstruct.dcm`.
    pub rtstruct_uid: Option<String>,
    /// SOP Instance UID of `seg.dcm`; null without a lesion.
    pub seg_uid: Option<String>,
    /// SOP Instance UID of `sr.dcm`; null without a lesion.
    pub sr_uid: Option<String>,
}
