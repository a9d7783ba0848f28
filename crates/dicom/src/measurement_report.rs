//! Measurement reports (Comprehensive 3D SR after TID 1500, PS3.16): the measures of segmented
//! lesions, coded, so that other software need not parse a page.
//!
//! Each lesion is a group after TID 1411 that names the segment it was measured on.

mod content;
mod write;

pub use write::write_measurement_report;

use crate::derived_object::ObjectWriteError;
use crate::elements::ValueError;
use crate::{Code, Concept};

/// The measures of all lesions of a study.
#[derive(Debug, Clone, PartialEq)]
pub struct MeasurementReport {
    /// What it tells, as `lesions on PET`; becomes part of Series Description, at most 30
    /// characters.
    pub description: String,
    /// The procedure that is reported (CID 100), as PET of the whole body.
    pub procedure: Code,
    /// One group for each lesion.
    pub groups: Vec<MeasurementGroup>,
    /// Designators of private coding schemes that are used, each with its name.
    pub private_schemes: Vec<(String, String)>,
}

/// The measures of one lesion.
#[derive(Debug, Clone, PartialEq)]
pub struct MeasurementGroup {
    /// Tracking Identifier, that of the segment.
    pub tracking_id: String,
    /// Tracking Unique Identifier, that of the segment.
    pub tracking_uid: String,
    /// Segment Number in the segmentation.
    pub segment: u16,
    /// What kind of thing was found, as a morphologically abnormal structure.
    pub category: Code,
    /// What was found.
    pub finding: Code,
    /// Where it was found; of the modifiers the side is told.
    pub site: Option<Concept>,
    /// By which rule the algorithm drew the segment.
    pub rule: String,
    /// The numbers.
    pub measurements: Vec<Measurement>,
    /// What is judged and not measured.
    pub evaluations: Vec<Evaluation>,
}

/// One number.
#[derive(Debug, Clone, PartialEq)]
pub struct Measurement {
    /// What was measured.
    pub name: Code,
    /// How one number was made of many, as the maximum.
    pub derivation: Option<Code>,
    /// The number; written exactly, beside its decimal text of 16 characters.
    pub value: f64,
    /// Its unit after UCUM.
    pub unit: Code,
}

/// One judgement, as a code.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// What is judged.
    pub name: Code,
    /// The judgement.
    pub value: Code,
}

/// Why a report was not written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReportWriteError {
    /// There is nothing to report.
    #[error("a measurement report needs at least one group of measurements, found none")]
    NoGroups,
    /// A number that is none.
    #[error("`{name}` of lesion `{group}` is {value}, which is no number")]
    NotFinite {
        /// Tracking Identifier of the group.
        group: String,
        /// What was measured.
        name: String,
        /// The value.
        value: f64,
    },
    /// The object cannot be written.
    #[error(transparent)]
    Object(#[from] ObjectWriteError),
}

impl From<ValueError> for ReportWriteError {
    fn from(error: ValueError) -> Self {
        Self::Object(error.into())
    }
}
