//! The outcome of staging.

use isoboost_lesion::{Focus, PointFocus};

/// The classes that decide the treatment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Region {
    /// Local recurrence after prostatectomy (miTr).
    ProstateBed,
    /// Node of the true pelvis (miN).
    PelvicNode,
    /// Anything else: node outside the pelvis, bone, organ (miM).
    Distant,
    /// Not to be placed, for want of a CT or of its landmarks.
    Undetermined,
}

impl Region {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::ProstateBed => "prostate_bed",
            Self::PelvicNode => "pelvic_node",
            Self::Distant => "distant",
            Self::Undetermined => "undetermined",
        }
    }
}

/// A focus taken for disease.
#[derive(Debug, Clone, PartialEq)]
pub struct Lesion {
    /// Number in the report, from 1.
    pub id: u32,
    /// Its voxels and measures.
    pub focus: Focus,
    /// Its class.
    pub region: Region,
    /// Where it is, in words.
    pub site: String,
    /// Node station, where it can be told.
    pub station: Option<String>,
    /// Its own miTNM category, as in `miN`.
    pub mi_tnm: String,
    /// How sure the class is, 0 to 1.
    pub confidence: f64,
    /// The reasons, a sentence each, with distances.
    pub evidence: Vec<String>,
}

/// Why a focus is not disease.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExclusionReason {
    /// Urine in the bladder.
    UrinaryBladder,
    /// Kidney.
    Kidney,
    /// Urine in a ureter.
    Ureter,
    /// Liver.
    Liver,
    /// Spleen.
    Spleen,
    /// Salivary or lacrimal gland.
    Gland,
    /// Bowel.
    Bowel,
    /// Another organ with physiological uptake, as imported labels have it.
    OtherOrgan,
}

impl ExclusionReason {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::UrinaryBladder => "urinary_bladder",
            Self::Kidney => "kidney",
            Self::Ureter => "ureter",
            Self::Liver => "liver",
            Self::Spleen => "spleen",
            Self::Gland => "gland",
            Self::Bowel => "bowel",
            Self::OtherOrgan => "other_organ",
        }
    }
}

/// A focus taken for physiological uptake; listed, so that it can be restored.
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
    /// Disease, in the order of their numbers.
    pub lesions: Vec<Lesion>,
    /// Physiological uptake.
    pub excluded: Vec<Excluded>,
    /// Uptake too small to delineate.
    pub points: Vec<PointFocus>,
    /// The patient's miTNM, as in `miTr N1a M0`.
    pub mi_tnm: String,
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
