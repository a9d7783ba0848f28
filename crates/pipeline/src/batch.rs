//! Every study under the inputs, several at once, each on its own.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use isoboost_dicom::{Discovery, SeriesChoice, Study};
use isoboost_suv::SuvOptions;
use serde::Serialize;

use crate::clinical::{ClinicalRow, ClinicalTable};
use crate::config::{Config, ConfigError};
use crate::doses::DoseError;
use crate::events::{Event, Outcome};
use crate::output_folder::{OutputError, OutputFolder, study_folder_name};
use crate::planning_ct::{PlanningCtError, PlanningRequest};
use crate::policy::PolicyInUse;
use crate::setting::Setting;
use crate::study::{ResultPlace, StudyError, StudyResult};
use crate::{ImportedFrom, problem_line, study};

/// What to run, on what, with which settings.
#[derive(Debug, Clone)]
pub struct RunRequest {
    /// Folders, DICOM files or .zip archives.
    pub inputs: Vec<PathBuf>,
    /// Where the result folders go.
    pub out: PathBuf,
    /// The resolved configuration.
    pub config: Config,
    /// What leads from findings to a recommendation.
    pub policy: PolicyInUse,
    /// Facts of the patients beside the images.
    pub clinical: Option<ClinicalTable>,
    /// Which series to use, where the automatic choice is not wanted.
    pub choice: SeriesChoice,
    /// Facts that a PET header lacks.
    pub facts: SuvOptions,
    /// Organs drawn by other software.
    pub organs: Option<ImportedFrom>,
    /// Files and folders with the dose of the base plan and, after it, of an intensified one.
    pub doses: Vec<PathBuf>,
    /// Number of fractions of these doses, where no plan says it.
    pub dose_fractions: Option<u32>,
    /// The CT that targets are drawn on, where it is not that of the PET/CT.
    pub planning_ct: Option<PlanningRequest>,
    /// Do studies again whose results are there already.
    pub force: bool,
    /// Stop at the first study that fails.
    pub fail_fast: bool,
}

/// How a run went; the content of `run.json`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunSummary {
    /// Name and version of this document.
    pub schema: &'static str,
    /// Version of isoboost.
    pub version: &'static str,
    /// SHA-256 of the resolved configuration.
    pub config_sha256: String,
    /// The studies in the order of their folder names.
    pub studies: Vec<StudySummary>,
    /// Files that are not DICOM.
    pub ignored_files: usize,
    /// DICOM files that could not be read: file and reason.
    pub problems: Vec<String>,
    /// Rows of the clinical file that belong to no study.
    pub unused_clinical_rows: Vec<String>,
}

/// How one study went.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StudySummary {
    /// Result folder, inside the output folder.
    pub folder: String,
    /// Study Instance UID.
    pub study_uid: String,
    /// How it ended.
    pub status: StudyStatus,
    /// Why it failed or was skipped, and what to do.
    pub reason: Option<String>,
    /// The result in a line, for people.
    pub headline: Option<String>,
    /// What a planner must know before using the result.
    pub warnings: Vec<String>,
}

/// How a study ended, for scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StudyStatus {
    /// The result folder is there.
    Done,
    /// No result; the reason says why.
    Failed,
    /// A study without PET, beside others that have one.
    NoPet,
}

impl RunSummary {
    /// Whether any study failed.
    pub fn has_failures(&self) -> bool {
        self.studies.iter().any(|s| s.status == StudyStatus::Failed)
    }
}

/// Why a run ended before any study.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// The inputs cannot be searched.
    #[error(transparent)]
    Discover(#[from] isoboost_dicom::DiscoverError),
    /// Nothing to work on.
    #[error(
        "no study with a PET series found: {found}; give the folder that holds the PET and CT slices"
    )]
    NoStudy {
        /// What was there instead.
        found: String,
    },
    /// Options that belong to one patient, and several studies.
    #[error(
        "{option} is for one study, but {studies} were found; give the folder of that study alone"
    )]
    OneStudyOnly {
        /// The option.
        option: &'static str,
        /// Number of studies with PET.
        studies: usize,
    },
    /// The output folder cannot be used.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// The doses handed in cannot be used.
    #[error(transparent)]
    Dose(#[from] DoseError),
    /// The planning CT handed in cannot be used.
    #[error(transparent)]
    PlanningCt(#[from] PlanningCtError),
    /// The configuration cannot be used or written down.
    #[error(transparent)]
    Config(#[from] ConfigError),
}

/// Works through every study under the inputs. A study that fails is told in the summary and does
/// not stop the others.
///
/// # Errors
/// When there is nothing to work on, or no place for results.
pub fn run(request: &RunRequest, events: &(dyn Fn(Event) + Sync)) -> Result<RunSummary, RunError> {
    let discovery = isoboost_dicom::discover(&request.inputs, &|files| {
        events(Event::Scanned(files));
    })?;
    let (with_pet, without): (Vec<&Study>, Vec<&Study>) =
        discovery.studies.iter().partition(|s| s.has_pet());
    if with_pet.is_empty() {
        return Err(RunError::NoStudy {
            found: what_is_there(&discovery),
        });
    }
    refuse_shared_facts(request, with_pet.len())?;
    events(Event::Discovered {
        studies: with_pet.len(),
    });
    let setting: Setting = Setting::open::<RunError>(request.clone())?;
    match &setting.planning_ct {
        Some(planning) => setting.doses.check_matched(&[planning.study()])?,
        None => setting.doses.check_matched(&with_pet)?,
    }
    let folder = OutputFolder::open(&request.out)?;
    let given = Given {
        setting: &Arc::new(setting),
        folder: &folder,
        events,
    };
    let mut studies = work_through(&given, &with_pet);
    studies.extend(without.iter().map(|study| no_pet(study)));
    studies.sort_by(|a, b| a.folder.cmp(&b.folder));
    let summary = RunSummary {
        schema: "isoboost.run/1",
        version: env!("CARGO_PKG_VERSION"),
        config_sha256: given.setting.config_sha256.clone(),
        studies,
        ignored_files: discovery.ignored_files,
        problems: discovery.problems.iter().map(problem_line).collect(),
        unused_clinical_rows: unused_rows(request, &with_pet),
    };
    let text = serde_json::to_string_pretty(&summary).unwrap_or_default() + "\n";
    folder.write("run.json", text.as_bytes())?;
    write_cohort(&folder)?;
    Ok(summary)
}

/// The table of all results in the output folder, those of earlier runs among them; none where
/// there is no result.
fn write_cohort(folder: &OutputFolder) -> Result<(), OutputError> {
    let table = isoboost_report::Cohort::read(folder.root())
        .map_err(|error| error.to_string())
        .and_then(|cohort| {
            let table = (!cohort.studies.is_empty()).then(|| cohort.to_csv());
            table.transpose().map_err(|error| error.to_string())
        });
    match table {
        Ok(Some(table)) => folder.write("cohort.csv", &table),
        Ok(None) => Ok(()),
        Err(error) => {
            tracing::warn!(%error, "there is no cohort.csv");
            Ok(())
        }
    }
}

/// What every worker needs.
struct Given<'a> {
    setting: &'a Arc<Setting>,
    folder: &'a OutputFolder,
    events: &'a (dyn Fn(Event) + Sync),
}

/// Hands the studies to as many workers as there are threads; each stage inside a study is
/// parallel by itself, so that one study alone uses all cores too.
fn work_through(given: &Given<'_>, studies: &[&Study]) -> Vec<StudySummary> {
    let next = AtomicUsize::new(0);
    let stop = AtomicBool::new(false);
    let summaries = Mutex::new(Vec::new());
    let worker = || {
        while !stop.load(Ordering::Relaxed) {
            let Some(study) = studies.get(next.fetch_add(1, Ordering::Relaxed)) else {
                break;
            };
            let summary = one_study(given, study);
            if given.setting.request.fail_fast && summary.status == StudyStatus::Failed {
                stop.store(true, Ordering::Relaxed);
            }
            let mut summaries = summaries.lock().unwrap_or_else(PoisonError::into_inner);
            summaries.push(summary);
        }
    };
    let workers = rayon::current_num_threads().min(studies.len());
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(worker);
        }
    });
    summaries
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner)
}

fn one_study(given: &Given<'_>, study: &Study) -> StudySummary {
    let Given { events, .. } = given;
    let name = folder_name(study);
    events(Event::StudyStarted {
        folder: name.clone(),
    });
    let _span = tracing::info_span!("study", uid = %study.study_uid).entered();
    let place = ResultPlace {
        folder: given.folder,
        name: &name,
        events: given.events,
    };
    let result = study::process(given.setting, study, &place);
    let outcome = match &result {
        Ok(result) if result.kept => Outcome::Kept,
        Ok(_) => Outcome::Done,
        Err(_) => Outcome::Failed,
    };
    events(Event::StudyEnded {
        folder: name.clone(),
        outcome,
    });
    summarise(name, study, result)
}

fn summarise(
    folder: String,
    study: &Study,
    result: Result<StudyResult, StudyError>,
) -> StudySummary {
    let study_uid = study.study_uid.clone();
    match result {
        Ok(result) => StudySummary {
            folder,
            study_uid,
            status: StudyStatus::Done,
            reason: None,
            headline: Some(result.headline),
            warnings: result.warnings,
        },
        Err(error) => StudySummary {
            folder,
            study_uid,
            status: StudyStatus::Failed,
            reason: Some(crate::error_chain(&error)),
            headline: None,
            warnings: Vec::new(),
        },
    }
}

/// Rows that no study was found for, by their places.
fn unused_rows(request: &RunRequest, studies: &[&Study]) -> Vec<String> {
    let Some(table) = &request.clinical else {
        return Vec::new();
    };
    let is_of_study = |row: &ClinicalRow, study: &&Study| {
        let patient_id = study.patient.patient_id();
        match &row.study_uid {
            Some(uid) => *uid == study.study_uid,
            None => row.patient_id.is_some() && row.patient_id == patient_id,
        }
    };
    let is_unused = |row: &&ClinicalRow| !studies.iter().any(|study| is_of_study(row, study));
    let unused = table.rows.iter().filter(is_unused);
    unused.map(|row| row.place.clone()).collect()
}

fn no_pet(study: &Study) -> StudySummary {
    StudySummary {
        folder: folder_name(study),
        study_uid: study.study_uid.clone(),
        status: StudyStatus::NoPet,
        reason: Some(format!(
            "no PET series; the study holds {}",
            modalities(study)
        )),
        headline: None,
        warnings: Vec::new(),
    }
}

/// The name of a study's result folder.
pub(crate) fn folder_name(study: &Study) -> String {
    let patient_id = study.patient.patient_id().unwrap_or_default();
    let date = study
        .patient
        .study_date()
        .map(|d| d.format("%Y%m%d").to_string());
    study_folder_name(&patient_id, &date.unwrap_or_default(), &study.study_uid)
}

/// Facts and organs given on the command line are one patient's.
fn refuse_shared_facts(request: &RunRequest, studies: usize) -> Result<(), RunError> {
    let option = if request.planning_ct.is_some() {
        "--planning-ct"
    } else if request.dose_fractions.is_some() {
        "--dose-fractions"
    } else if request.organs.is_some() {
        "--labels or --structures"
    } else if request.facts != SuvOptions::default() {
        "a fact for the SUV (--weight-kg, --dose-mbq, --injected-at, …)"
    } else if request.choice.pet_uid.is_some() || request.choice.ct_uid.is_some() {
        "--pet-series or --ct-series"
    } else {
        return Ok(());
    };
    if studies == 1 {
        return Ok(());
    }
    Err(RunError::OneStudyOnly { option, studies })
}

fn what_is_there(discovery: &Discovery) -> String {
    let mut studies = BTreeMap::<String, usize>::new();
    for study in &discovery.studies {
        *studies.entry(modalities(study)).or_default() += 1;
    }
    let counted = |n: usize, one: &str, more: &str| match n {
        1 => format!("1 {one}"),
        n => format!("{n} {more}"),
    };
    let mut parts: Vec<String> = studies
        .iter()
        .map(|(with, n)| format!("{} {with}", counted(*n, "study", "studies")))
        .collect();
    if !discovery.problems.is_empty() {
        parts.push(counted(
            discovery.problems.len(),
            "unreadable DICOM file",
            "unreadable DICOM files",
        ));
    }
    parts.push(counted(
        discovery.ignored_files,
        "file that is not DICOM",
        "files that are not DICOM",
    ));
    parts.join(", ")
}

/// As `with CT, SEG`.
fn modalities(study: &Study) -> String {
    let mut names: Vec<&str> = study.series.iter().map(|s| s.modality.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    names.retain(|name| !name.is_empty());
    if names.is_empty() {
        return "of no stated modality".to_owned();
    }
    format!("with {}", names.join(", "))
}
