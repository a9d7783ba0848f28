//! Decisions on the shipped phantom: a recurrence in the bed (1), right common iliac (2), right
//! obturator (3) and presacral (4) nodes, bladder (5) and kidneys (6, 7).

mod classes;
mod outlines;
mod refused;
mod reopen;
mod targets;

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use isoboost_dicom::SeriesChoice;
use isoboost_report::Report;
use isoboost_staging::{Excluded, Lesion, Staging};
use isoboost_suv::SuvOptions;

use super::{Decision, DecisionError, StagedReview};
use crate::setting::Setting;
use crate::study::StudyError;
use crate::{Config, OpenStudy, PolicyInUse, RunRequest, StudyImages};

fn scan() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/pelvis-bed-node")
}

fn run_request(out: PathBuf) -> RunRequest {
    RunRequest {
        inputs: vec![scan()],
        out,
        config: Config::default(),
        policy: PolicyInUse::default(),
        clinical: None,
        choice: SeriesChoice::default(),
        facts: SuvOptions::default(),
        organs: None,
        doses: Vec::new(),
        dose_fractions: None,
        planning_ct: None,
        force: false,
        fail_fast: false,
    }
}

/// The phantom opened with other settings.
fn opened(change: impl FnOnce(&mut RunRequest)) -> OpenStudy {
    let mut request = run_request(PathBuf::new());
    change(&mut request);
    let setting = Arc::new(Setting::open::<StudyError>(request).unwrap());
    let found = isoboost_dicom::discover(&[scan()], &|_| {}).unwrap();
    let images = StudyImages::of(&setting, found.studies[0].clone()).unwrap();
    OpenStudy::open(Arc::new(images), &mut |_| ()).unwrap()
}

/// The phantom with the default settings.
fn phantom() -> &'static OpenStudy {
    static OPEN: OnceLock<OpenStudy> = OnceLock::new();
    OPEN.get_or_init(|| opened(|_| ()))
}

/// A decision as the server receives it.
fn decision(json: &str) -> Decision {
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{json}: {error}"))
}

fn staged(decisions: &[&str]) -> Result<StagedReview, DecisionError> {
    let decisions: Vec<Decision> = decisions.iter().map(|json| decision(json)).collect();
    phantom().stage(&decisions)
}

fn planned(study: &OpenStudy, decisions: &[&str]) -> Report {
    let decisions: Vec<Decision> = decisions.iter().map(|json| decision(json)).collect();
    let staged = study.stage(&decisions).unwrap();
    study.plan(&staged).unwrap().report
}

fn lesion(staging: &Staging, id: u32) -> &Lesion {
    let found = staging.lesions.iter().find(|l| l.id == id);
    found.unwrap_or_else(|| panic!("no lesion {id} in {:?}", lesion_numbers(staging)))
}

fn excluded(staging: &Staging, id: u32) -> &Excluded {
    let found = staging.excluded.iter().find(|e| e.id == id);
    found.unwrap_or_else(|| panic!("no excluded finding {id}"))
}

fn lesion_numbers(staging: &Staging) -> Vec<u32> {
    staging.lesions.iter().map(|l| l.id).collect()
}

fn excluded_numbers(staging: &Staging) -> Vec<u32> {
    staging.excluded.iter().map(|e| e.id).collect()
}
