//! The cohort's table: who would get what, and how many men would be intensified, by kind.

mod csv_table;
mod page;
mod summary;
mod text;
mod volume_chart;

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::document::{Report, SCHEMA};
pub use summary::{CohortSummary, KindCount, PolicyCount};
pub(crate) use text::words as intensification_words;

/// Name and version of the JSON document of a cohort.
pub const COHORT_SCHEMA: &str = "isoboost.cohort/1";

/// The results of a run, side by side.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cohort {
    /// Name and version of the format.
    pub schema: &'static str,
    /// The studies in the order of their folders.
    pub studies: Vec<CohortRow>,
    /// How many men would get what.
    pub summary: CohortSummary,
    /// Studies of the run that have no result: folder and reason.
    pub without_result: Vec<String>,
    /// Reports that cannot be read: file and reason.
    pub problems: Vec<String>,
}

/// One study.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CohortRow {
    /// Its result folder.
    pub folder: String,
    /// Patient ID.
    pub patient_id: Option<String>,
    /// Study Instance UID.
    pub study_uid: String,
    /// Study Date, `YYYY-MM-DD`.
    pub date: Option<String>,
    /// PSA.
    pub psa_ng_ml: Option<f64>,
    /// The pattern of spread.
    pub pattern: String,
    /// The patient's miTNM.
    pub mi_tnm: String,
    /// Number of lesions.
    pub lesions: usize,
    /// In the prostate bed.
    pub bed: usize,
    /// Nodes of the pelvis, as staging counts them.
    pub pelvic_node: usize,
    /// Elsewhere.
    pub distant: usize,
    /// Of undetermined place.
    pub undetermined: usize,
    /// Volume of all lesions.
    pub psma_tv_ml: f64,
    /// What is suggested.
    pub intensification: Vec<String>,
    /// Whether the patient is outside of what the policy was made for.
    pub out_of_scope: bool,
    /// Upper border of the pelvic nodal volume.
    pub pelvis_top: Option<String>,
    /// The rules that were met.
    pub rules: Vec<String>,
    /// The names of the cautions, each once.
    pub cautions: Vec<String>,
    /// Name and version of the policy.
    pub policy: String,
    /// SHA-256 of its file.
    pub policy_sha256: String,
}

/// Why there is no table.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CohortError {
    /// The folder cannot be read.
    #[error("cannot read `{path}`: {source}")]
    Read {
        /// The folder.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
}

impl Cohort {
    /// The table of some results, each with the name of its folder.
    pub fn of(mut studies: Vec<CohortRow>) -> Self {
        studies.sort_by(|a, b| a.folder.cmp(&b.folder));
        Self {
            schema: COHORT_SCHEMA,
            summary: CohortSummary::of(&studies),
            studies,
            without_result: Vec::new(),
            problems: Vec::new(),
        }
    }

    /// The table of the results in the output folder of a run.
    ///
    /// # Errors
    /// When the folder cannot be read; a report that cannot be is told in the table.
    pub fn read(folder: &Path) -> Result<Self, CohortError> {
        let failed = |source| CohortError::Read {
            path: folder.to_path_buf(),
            source,
        };
        let mut rows = Vec::new();
        let mut problems = Vec::new();
        for entry in std::fs::read_dir(folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = entry.path().join("report.json");
            // A hidden folder is a result in the making.
            if name.starts_with('.') || !path.is_file() {
                continue;
            }
            match report_of(&path) {
                Ok(report) => rows.push(CohortRow::of(&name, &report)),
                Err(reason) => problems.push(format!("{name}/report.json: {reason}")),
            }
        }
        problems.sort();
        Ok(Self {
            without_result: without_result(folder),
            problems,
            ..Self::of(rows)
        })
    }
}

impl CohortRow {
    /// The row of a result in a folder of this name.
    pub fn of(folder: &str, report: &Report) -> Self {
        let count = |region: &str| report.lesions.iter().filter(|l| l.region == region).count();
        let recommendation = &report.recommendation;
        let mut cautions: Vec<String> = Vec::new();
        for id in &recommendation.caution_ids {
            if !cautions.contains(id) {
                cautions.push(id.clone());
            }
        }
        Self {
            folder: folder.to_owned(),
            patient_id: report.study.patient_id.clone(),
            study_uid: report.study.study_uid.clone(),
            date: report.study.date.clone(),
            psa_ng_ml: recommendation.facts.psa_ng_ml,
            pattern: report.stage.pattern.clone(),
            mi_tnm: report.mi_tnm.clone(),
            lesions: report.lesions.len(),
            bed: count("prostate_bed"),
            pelvic_node: count("pelvic_node"),
            distant: count("distant"),
            undetermined: count("undetermined"),
            psma_tv_ml: report.total.psma_tv_ml,
            intensification: recommendation.intensification.clone(),
            out_of_scope: recommendation.out_of_scope,
            pelvis_top: recommendation.pelvis_top.clone(),
            rules: recommendation.rules.iter().map(|r| r.id.clone()).collect(),
            cautions,
            policy: format!(
                "{} {}",
                recommendation.policy.name, recommendation.policy.version
            ),
            policy_sha256: recommendation.policy.sha256.clone(),
        }
    }
}

fn report_of(path: &Path) -> Result<Report, String> {
    let text = std::fs::read_to_string(path).map_err(|e| e.to_string())?;
    let report: Report = serde_json::from_str(&text).map_err(|e| {
        format!("not a report of this version ({e}); run the study again with --force")
    })?;
    if report.schema == SCHEMA {
        Ok(report)
    } else {
        Err(format!(
            "its schema is `{}`, expected `{SCHEMA}`",
            report.schema
        ))
    }
}

/// What the run says of studies that failed; nothing where there is no `run.json`.
fn without_result(folder: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(folder.join("run.json")).unwrap_or_default();
    let run: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    let studies = run["studies"].as_array().cloned().unwrap_or_default();
    let failed = studies.iter().filter(|study| study["status"] == "failed");
    let told = failed.map(|study| {
        let text = |key: &str| study[key].as_str().unwrap_or_default().to_owned();
        format!("{}: {}", text("folder"), text("reason"))
    });
    told.collect()
}

#[cfg(test)]
mod tests;
