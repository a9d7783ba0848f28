//! One study of the worklist.

use std::collections::BTreeMap;

use isoboost_report::Report;
use serde::{Deserialize, Serialize};

use crate::store::{ReviewKey, Standing};

/// Where a study stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    New,
    InReview,
    Signed,
    /// The run had no result for it.
    Failed,
}

/// A study as the worklist shows it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Row {
    /// Name of its folder in the result folder.
    pub(crate) folder: String,
    pub(crate) patient_id: Option<String>,
    pub(crate) date: Option<String>,
    pub(crate) status: Status,
    pub(crate) mi_tnm: Option<String>,
    pub(crate) lesions: usize,
    pub(crate) excluded: usize,
    /// Number of lesions by region.
    pub(crate) regions: BTreeMap<String, usize>,
    pub(crate) intensification: Vec<String>,
    pub(crate) warnings: usize,
    /// The result in a line.
    pub(crate) headline: Option<String>,
    /// Who did the last thing in its review.
    pub(crate) reviewer: Option<String>,
    /// When that was, RFC 3339.
    pub(crate) changed_at: Option<String>,
    /// Why there is no result.
    pub(crate) reason: Option<String>,
    /// Whose review it is; none without a result.
    #[serde(skip)]
    pub(crate) key: Option<ReviewKey>,
}

/// The part of `report.json` that the worklist needs: reading only this is several times faster.
#[derive(Debug, Deserialize)]
pub(super) struct ReportHead {
    study: StudyHead,
    lesions: Vec<LesionHead>,
    excluded: Vec<serde::de::IgnoredAny>,
    mi_tnm: String,
    recommendation: RecommendationHead,
    warnings: Vec<serde::de::IgnoredAny>,
    provenance: ProvenanceHead,
}

#[derive(Debug, Deserialize)]
struct StudyHead {
    study_uid: String,
    patient_id: Option<String>,
    date: Option<String>,
}

#[derive(Debug, Deserialize)]
struct LesionHead {
    region: String,
}

#[derive(Debug, Deserialize)]
struct RecommendationHead {
    intensification: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct ProvenanceHead {
    fingerprint: String,
}

/// The part of `run.json` that the worklist needs.
#[derive(Debug, Default, Deserialize)]
pub(super) struct RunHead {
    pub(super) studies: Vec<RunStudy>,
}

/// How a study of the last run ended.
#[derive(Debug, Deserialize)]
pub(super) struct RunStudy {
    pub(super) folder: String,
    pub(super) status: String,
    pub(super) reason: Option<String>,
    pub(super) headline: Option<String>,
}

impl Row {
    /// A study with a suggestion that nobody has looked at.
    pub(super) fn of_report(folder: String, head: ReportHead) -> Self {
        let standing = Standing {
            mi_tnm: head.mi_tnm,
            regions: head
                .lesions
                .into_iter()
                .map(|lesion| lesion.region)
                .collect(),
            excluded: head.excluded.len(),
            intensification: head.recommendation.intensification,
        };
        let mut row = Self {
            patient_id: head.study.patient_id,
            date: head.study.date,
            warnings: head.warnings.len(),
            key: Some(ReviewKey {
                study_uid: head.study.study_uid,
                fingerprint: head.provenance.fingerprint,
            }),
            ..Self::failed(folder, None)
        };
        row.status = Status::New;
        row.stand(&standing);
        row
    }

    /// A study without a result.
    pub(super) fn failed(folder: String, reason: Option<String>) -> Self {
        Self {
            folder,
            patient_id: None,
            date: None,
            status: Status::Failed,
            mi_tnm: None,
            lesions: 0,
            excluded: 0,
            regions: BTreeMap::new(),
            intensification: Vec::new(),
            warnings: 0,
            headline: None,
            reviewer: None,
            changed_at: None,
            reason,
            key: None,
        }
    }

    /// Shows what its review has come to in place of the suggestion.
    pub(super) fn stand(&mut self, standing: &Standing) {
        self.mi_tnm = Some(standing.mi_tnm.clone());
        self.lesions = standing.regions.len();
        self.excluded = standing.excluded;
        self.intensification.clone_from(&standing.intensification);
        self.regions.clear();
        for region in &standing.regions {
            *self.regions.entry(region.clone()).or_default() += 1;
        }
    }
}

/// Where a study stands by a report.
pub(crate) fn standing_of(report: &Report) -> Standing {
    Standing {
        mi_tnm: report.mi_tnm.clone(),
        regions: report.lesions.iter().map(|l| l.region.clone()).collect(),
        excluded: report.excluded.len(),
        intensification: report.recommendation.intensification.clone(),
    }
}
