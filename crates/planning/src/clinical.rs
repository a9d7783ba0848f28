//! What is known of the patient beside the images.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Facts from the patient's record; what is not given is not known.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ClinicalFacts {
    /// Prostate specific antigen before radiotherapy, ng/mL.
    pub psa_ng_ml: Option<f64>,
    /// When it was measured, `YYYY-MM-DD`.
    pub psa_date: Option<String>,
    /// Whether the pelvis was irradiated before.
    pub prior_pelvic_rt: Answer,
    /// Whether hormone therapy was given lately.
    pub hormone_therapy: Answer,
    /// Estimated glomerular filtration rate, mL/min/1.73 m².
    pub egfr_ml_min: Option<f64>,
}

/// An answer to a question that may not have been asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Yes.
    Yes,
    /// No.
    No,
    /// Not known.
    #[default]
    Unknown,
}

impl Answer {
    /// Name in reports and policies.
    pub fn name(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Unknown => "unknown",
        }
    }
}

/// An organ whose contact with a lesion matters for the dose.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum TouchedOrgan {
    /// Small bowel, duodenum or colon.
    Bowel,
    /// Rectum.
    Rectum,
    /// Urinary bladder.
    Bladder,
}

impl TouchedOrgan {
    /// Name in reports and policies.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bowel => "bowel",
            Self::Rectum => "rectum",
            Self::Bladder => "bladder",
        }
    }
}

/// All that the recommendation takes into account beside the staging.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Patient {
    /// From the record.
    pub clinical: ClinicalFacts,
    /// The tracer of the PET.
    pub tracer: Option<String>,
    /// Whether it leaves by the liver, as PSMA-1007 does; `None` where the tracer is not known.
    pub liver_excreted: Option<bool>,
    /// Which lesions touch which organs.
    pub touching: Vec<(u32, TouchedOrgan)>,
}
