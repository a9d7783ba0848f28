//! The whole row: from a folder of DICOM to result folders.
//!
//! The only crate that knows all stages. [`run`] works through every study under its inputs;
//! [`inspect`] says beforehand what it would use; [`suv_image`] stops after the SUV.

mod analysis;
mod batch;
mod clinical;
mod config;
mod derived;
mod digest;
mod doses;
mod events;
mod field;
mod fingerprint;
mod imported;
mod inspect;
mod isotoxic;
mod open_study;
mod output_folder;
mod outputs;
mod page;
mod planning_ct;
mod policy;
mod redraw;
mod review;
mod setting;
mod signed;
mod study;
mod study_images;
mod suv_volume;
mod treatment;
mod warnings;

pub use analysis::{Analysis, analyse};
pub use batch::{RunError, RunRequest, RunSummary, StudyStatus, StudySummary, run};
pub use clinical::{COLUMNS, ClinicalError, ClinicalRow, ClinicalTable, Column, Values};
pub use config::{Config, ConfigError, PRESETS};
pub use doses::DoseError;
pub use events::{Event, Outcome, Stage};
pub use imported::{AnatomyConfig, CommandError, ImportError, ImportedFrom};
pub use inspect::{
    InspectedChoice, InspectedObject, InspectedSeries, InspectedStudy, Inspection,
    derivation_lines, inspect,
};
pub use open_study::OpenStudy;
pub use output_folder::{OutputError, study_folder_name};
pub use planning_ct::{PlanningCtError, PlanningRequest};
pub use policy::{PolicyFileError, PolicyInUse};
pub use review::{
    BrushMode, BrushPlane, CategoryName, Decision, DecisionError, MarginValue, Preview,
    PreviewedFinding, PreviewedInfo, RegionName, ReopenError, Reviewed, StagedReview, StudyRequest,
};
pub use signed::{
    NotedSignatures, PreparedSignature, SIGNED_FOLDER, SignError, Signature, SignedResult,
    export_signed, prepare_signed, settle_signed,
};
pub use study::StudyError;
pub use study_images::StudyImages;
pub use suv_volume::{
    RegionStatistics, SuvImage, SuvImageError, read_region, statistics, suv_image,
};

/// An error and its causes in one text; a cause that its parent already tells is left out.
pub fn error_chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let reason = error.to_string();
        if !text.contains(&reason) {
            text.push_str("\n  because: ");
            text.push_str(&reason);
        }
        cause = error.source();
    }
    text
}

/// A file that could not be read, and why, in a line.
pub(crate) fn problem_line(problem: &isoboost_dicom::FileProblem) -> String {
    format!("{}: {}", problem.file, problem.reason)
}
