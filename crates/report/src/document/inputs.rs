//! The software, the study and the series that were used.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The software and its settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Software {
    /// `isoboost`.
    pub name: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of the resolved configuration.
    pub config_sha256: String,
}

/// The study.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StudyInfo {
    /// Study Instance UID.
    pub study_uid: String,
    /// Patient ID.
    pub patient_id: Option<String>,
    /// Study Date, `YYYY-MM-DD`.
    pub date: Option<String>,
}

/// The PET that was used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PetInfo {
    /// Series Instance UID.
    pub series_uid: String,
    /// Manufacturer of the scanner.
    pub manufacturer: Option<String>,
    /// The tracer.
    pub tracer: Option<String>,
    /// The nuclide.
    pub nuclide: Option<String>,
    /// Columns, rows, slices.
    pub size: [usize; 3],
    /// Column, row and slice spacing.
    pub spacing_mm: [f64; 3],
}

/// The CT that was used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CtInfo {
    /// Series Instance UID.
    pub series_uid: String,
    /// Columns, rows, slices.
    pub size: [usize; 3],
    /// Column, row and slice spacing.
    pub spacing_mm: [f64; 3],
}
