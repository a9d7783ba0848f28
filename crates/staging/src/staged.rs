//! The outcome of staging.

use isoboost_anatomy::Side;
use isoboost_lesion::{Focus, NoRecovery, OutlineRange, PointFocus, RecoveryEstimate};
use nalgebra::Isometry3;

use crate::mitnm::MiTnm;
use crate::psma_rads::PsmaRads;
use crate::region::{BedSite, Certainty, ExclusionReason, Region, Station};

/// Another class that a lesion may have, because it lies near a border.
#[derive(Debug, Clone, PartialEq)]
pub struct Alternative {
    /// The class.
    pub region: Region,
    /// The group of lymph nodes.
    pub station: Option<Station>,
    /// Share of the places within the accuracy of the borders that have it, 0 to 1.
    pub weight: f64,
}

/// What a lesion may be instead of disease.
#[derive(Debug, Clone, PartialEq)]
pub struct Suspicion {
    /// What it may be.
    pub reason: ExclusionReason,
    /// How plausible that is, 0 to 1; from 0.6 on it would be excluded.
    pub plausibility: f64,
    /// The reasons, a sentence each.
    pub evidence: Vec<String>,
}

/// What the CT shows of a lesion.
#[derive(Debug, Clone, PartialEq)]
pub enum Correlate {
    /// There is no CT, or nothing to compare with.
    NotKnown,
    /// Nothing.
    Unseen,
    /// This, as a sentence.
    Seen(String),
}

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
    /// Side of the body, where the place has one.
    pub side: Option<Side>,
    /// Where in the prostate bed.
    pub bed_site: Option<BedSite>,
    /// Other classes near it, the weightiest first; its own is not among them.
    pub alternatives: Vec<Alternative>,
    /// What it may be instead, the most plausible first.
    pub suspicions: Vec<Suspicion>,
    /// What the CT shows of it.
    pub correlate: Correlate,
    /// The category of PSMA-RADS that is proposed; `None` until it is scored, and where score or
    /// CT do not allow it.
    pub psma_rads: Option<PsmaRads>,
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
    /// The same in a word.
    pub certainty: Certainty,
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
    /// The patient's miTNM; a category that cannot be judged is X.
    pub mi_tnm: MiTnm,
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

    /// The same foci after a rigid motion of the patient ([`Focus::moved`]). What is said of them in
    /// words stays as it was found.
    #[must_use]
    pub fn moved(&self, to_from_here: &Isometry3<f64>) -> Self {
        let mut moved = self.clone();
        let lesions = moved.lesions.iter_mut().map(|l| &mut l.focus);
        for focus in lesions.chain(moved.excluded.iter_mut().map(|e| &mut e.focus)) {
            *focus = focus.moved(to_from_here);
        }
        for point in &mut moved.points {
            point.max_at = to_from_here * point.max_at;
        }
        moved
    }
}
