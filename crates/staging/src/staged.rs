//! The outcome of staging.

use isoboost_lesion::{Focus, NoRecovery, OutlineRange, PointFocus, RecoveryEstimate};

use crate::region::{ExclusionReason, Region};

/// A focus that is judged to be disease.
#[derive(Debug, Clone, PartialEq)]
pub struct Lesion {
    /// Number in the report, from 1, and the value of its voxels in label maps.
    pub id: u32,
    /// Its voxels and measures.
    pub focus: Focus,
    /// Its class.
    pub region: Region,
    /// Where it is, in words.
    pub site: String,
    /// Group of lymph nodes, as `external_iliac`, where it can be told.
    pub station: Option<String>,
    /// Its own miTNM category, as `miTr`, `miN1` or `miM1b`; `miX` when undetermined.
    pub mi_tnm: String,
    /// PSMA expression score, 0 to 3; `None` until it is scored ([`Staging::with_scores`]), and
    /// where references are absent that would decide.
    pub psma_score: Option<u8>,
    /// What other rules would draw; `None` until it is looked at.
    pub range: Option<OutlineRange>,
    /// Its uptake without the partial volume effect; `None` where the blur is not known.
    pub recovery: Option<Result<RecoveryEstimate, NoRecovery>>,
    /// How sure the class is, 0 to 1.
    pub confidence: f64,
    /// The reasons, a sentence each, with distances.
    pub evidence: Vec<String>,
}

/// A focus that is judged to be physiological; listed, so that it can be restored.
#[derive(Debug, Clone, PartialEq)]
pub struct Excluded {
    /// Number in the report, counted on from the lesions.
    pub id: u32,
    /// Its voxels and measures.
    pub focus: Focus,
    /// What it is.
    pub reason: ExclusionReason,
    /// How sure that is, 0 to 1.
    pub confidence: f64,
    /// The reasons, a sentence each.
    pub evidence: Vec<String>,
}

/// All foci of a study with what they are.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Staging {
    /// Disease, largest volume first, in the order of their numbers.
    pub lesions: Vec<Lesion>,
    /// Physiological uptake, largest volume first.
    pub excluded: Vec<Excluded>,
    /// Uptake too small to delineate, highest first.
    pub points: Vec<PointFocus>,
    /// The patient's miTNM, as `miTr N1a M0`; a category that cannot be judged is X.
    pub mi_tnm: String,
    /// What a reader should know: why regions are open, and where small uptake lies that is not
    /// physiological.
    pub findings: Vec<String>,
}

/// Whole-body sums over the lesions.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct StagingTotals {
    /// PSMA-TV, mL.
    pub psma_tv_ml: f64,
    /// TL-PSMA, g/mL · mL.
    pub tl_psma: f64,
    /// Number of lesions.
    pub lesions: usize,
}

impl Staging {
    /// Sums over the lesions.
    pub fn totals(&self) -> StagingTotals {
        let measures = || self.lesions.iter().map(|l| &l.focus.measures);
        StagingTotals {
            psma_tv_ml: measures().map(|m| m.volume_ml).sum(),
            tl_psma: measures().map(|m| m.tl_psma).sum(),
            lesions: self.lesions.len(),
        }
    }
}
