//! One study from DICOM to its result folder.

use std::sync::Arc;
use std::time::Instant;

use chrono::NaiveDateTime;
use isoboost_anatomy::{Anatomy, References};
use isoboost_dicom::{Selection, Study};
use isoboost_planning::dose::LimitSet;
use isoboost_planning::field::PelvicField;
use isoboost_planning::{Recommendation, Target};
use isoboost_report::{IsotoxicInfo, WarningInfo};
use isoboost_staging::Staging;
use isoboost_suv::{SuvDerivation, SuvOptions};
use isoboost_volume::Volume;

use crate::batch::RunRequest;
use crate::clinical::{ClinicalError, ClinicalRow};
use crate::config::ConfigError;
use crate::doses::{DoseError, DoseShelf};
use crate::events::{Event, Stage};
use crate::imported::{CommandError, ImportError};
use crate::open_study::{OpenStudy, Reviewing};
use crate::output_folder::{OutputError, OutputFolder};
use crate::planning_ct::{self, PlanningCt, PlanningImages};
use crate::review::ReopenError;
use crate::setting::Setting;
use crate::signed::{SignError, Signing};
use crate::study_images::StudyImages;
use crate::{fingerprint, outputs};

/// Why a study has no result.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StudyError {
    /// No PET can be chosen.
    #[error(transparent)]
    Select(#[from] isoboost_dicom::SelectError),
    /// The voxels cannot be read.
    #[error(transparent)]
    Load(#[from] isoboost_dicom::LoadError),
    /// The SUV cannot be derived.
    #[error(transparent)]
    Suv(#[from] isoboost_suv::SuvError),
    /// The SUV cannot be searched.
    #[error(transparent)]
    Lesion(#[from] isoboost_lesion::LesionError),
    /// The organs given cannot be used.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// The program that draws organs failed.
    #[error(transparent)]
    Command(#[from] CommandError),
    /// The doses handed in cannot be used.
    #[error(transparent)]
    Dose(#[from] DoseError),
    /// The planning CT cannot be used.
    #[error(transparent)]
    PlanningCt(#[from] planning_ct::PlanningCtError),
    /// Limits of organs cannot be chosen.
    #[error(transparent)]
    Isotoxic(#[from] isoboost_planning::dose::IsotoxicError),
    /// The images cannot be referred to.
    #[error(transparent)]
    Reference(#[from] isoboost_dicom::ReferenceError),
    /// The structure set cannot be written.
    #[error(transparent)]
    StructureSet(#[from] isoboost_dicom::StructureWriteError),
    /// The plan of the pelvic field cannot be written.
    #[error(transparent)]
    Plan(#[from] isoboost_dicom::PlanWriteError),
    /// The segmentation of the lesions cannot be written.
    #[error(transparent)]
    Segmentation(#[from] isoboost_dicom::SegmentationWriteError),
    /// The report of their measures cannot be written.
    #[error(transparent)]
    Measurements(#[from] isoboost_dicom::ReportWriteError),
    /// A NIfTI file cannot be written.
    #[error(transparent)]
    Nifti(#[from] isoboost_report::NiftiError),
    /// The table cannot be made.
    #[error("the table of lesions cannot be made: {0}")]
    Table(#[from] isoboost_report::TableError),
    /// The picture cannot be made.
    #[error("the picture cannot be made: {0}")]
    Picture(#[from] isoboost_report::PictureError),
    /// The page cannot be made.
    #[error(transparent)]
    Page(#[from] isoboost_report::PageError),
    /// The planes of a lesion cannot be laid out.
    #[error("the picture of a lesion cannot be laid out: {0}")]
    View(#[from] isoboost_report::slice::ViewError),
    /// The report cannot be written as JSON.
    #[error("the report cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// A file cannot be written.
    #[error("cannot write `{}`: {source}; check free space and write permission", path.display())]
    File {
        /// The file.
        path: std::path::PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The result folder cannot be written.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// The dose limits of the configuration cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The images of a study that is opened again cannot be found.
    #[error(transparent)]
    Reopen(#[from] ReopenError),
    /// What was reviewed cannot be signed.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// The clinical file contradicts the study.
    #[error(transparent)]
    Clinical(#[from] ClinicalError),
}

/// A study and all that its processing needs.
#[derive(Clone, Copy)]
pub(crate) struct StudyJob<'a> {
    pub(crate) study: &'a Study,
    pub(crate) request: &'a RunRequest,
    pub(crate) config_sha256: &'a str,
    /// Limits of organs at risk.
    pub(crate) limits: &'a [LimitSet],
    /// Doses that were handed in, for all studies.
    pub(crate) doses: &'a DoseShelf,
    /// The planning CT that was handed in.
    pub(crate) planning_ct: Option<&'a PlanningCt>,
}

/// Where the results of a study go, and who watches.
pub(crate) struct ResultPlace<'a> {
    pub(crate) folder: &'a OutputFolder,
    pub(crate) name: &'a str,
    pub(crate) events: &'a (dyn Fn(Event) + Sync),
}

/// What the operator and the clinical file say of the patient.
#[derive(Debug, Clone, Default)]
pub(crate) struct StatedFacts<'a> {
    /// The row of the patient or study.
    pub(crate) row: Option<&'a ClinicalRow>,
    /// Facts for the SUV, those of the row among them.
    pub(crate) suv: SuvOptions,
    /// Options that the row filled, each with its column.
    pub(crate) filled: Vec<(&'static str, &'static str)>,
}

impl<'a> StatedFacts<'a> {
    pub(crate) fn of(job: &StudyJob<'a>) -> Result<Self, ClinicalError> {
        let mut stated = Self {
            suv: job.request.facts,
            ..Self::default()
        };
        if let Some(table) = &job.request.clinical {
            let patient_id = job.study.patient.patient_id();
            stated.row = table.row_of(patient_id.as_deref(), &job.study.study_uid)?;
        }
        if let Some(row) = stated.row {
            stated.filled = row.fill(&mut stated.suv);
        }
        Ok(stated)
    }
}

/// What the run's summary tells of a study that has its results.
#[derive(Debug)]
pub(crate) struct StudyResult {
    pub(crate) kept: bool,
    pub(crate) headline: String,
    pub(crate) warnings: Vec<String>,
}

/// All that is known of a study when its results are written.
pub(crate) struct Findings<'a> {
    pub(crate) selection: &'a Selection<'a>,
    pub(crate) suv: &'a Volume<f32>,
    pub(crate) ct: Option<&'a Volume<i16>>,
    pub(crate) planning: Option<&'a PlanningImages<'a>>,
    pub(crate) planning_cautions: &'a [String],
    /// HU of the CT that targets lie on.
    pub(crate) target_ct: Option<&'a Volume<i16>>,
    pub(crate) derivation: &'a SuvDerivation,
    pub(crate) stated: &'a StatedFacts<'a>,
    pub(crate) anatomy: &'a Anatomy,
    pub(crate) references: &'a References,
    pub(crate) staging: &'a Staging,
    pub(crate) recommendation: &'a Recommendation,
    pub(crate) targets: &'a [Target],
    pub(crate) field: Option<&'a PelvicField>,
    pub(crate) isotoxic: Option<&'a IsotoxicInfo>,
    pub(crate) warnings: Vec<WarningInfo>,
    /// Who approved it; `None` for a suggestion.
    pub(crate) signing: Option<&'a Signing>,
    pub(crate) fingerprint: &'a str,
    /// When the result counts as made: the start of the PET, so that a rerun gives the same bytes.
    pub(crate) created: NaiveDateTime,
}

/// Processes one study, unless an earlier result with the same fingerprint stands.
pub(crate) fn process(
    setting: &Arc<Setting>,
    study: &Study,
    place: &ResultPlace<'_>,
) -> Result<StudyResult, StudyError> {
    let job = setting.job(study);
    let selection = isoboost_dicom::select(study, &job.request.choice)?;
    let stated = StatedFacts::of(&job)?;
    if let Some(planning) = job.planning_ct {
        planning.check_patient(study)?;
    }
    let fingerprint = fingerprint::of(&job, &selection, &stated);
    if !job.request.force
        && let Some(result) = outputs::earlier(&job, place, &fingerprint)
    {
        return Ok(result);
    }
    let mut watch = StageWatch::new(place);
    let images = StudyImages::of(setting, study.clone())?;
    let open = OpenStudy::open(Arc::new(images), &mut |stage| watch.done(stage))?;
    let staging = open.suggestion();
    let recommendation = open.recommend(staging)?;
    let nothing = Reviewing::default();
    open.planned(staging, &recommendation, &nothing, |job, findings, grid| {
        watch.done(Stage::Targets);
        let result = outputs::publish(job, place, findings, grid)?;
        watch.done(Stage::Output);
        Ok(result)
    })
}

/// Tells the time of each stage to whoever watches.
struct StageWatch<'a> {
    place: &'a ResultPlace<'a>,
    since: Instant,
}

impl<'a> StageWatch<'a> {
    fn new(place: &'a ResultPlace<'a>) -> Self {
        Self {
            place,
            since: Instant::now(),
        }
    }

    fn done(&mut self, stage: Stage) {
        let took = self.since.elapsed();
        tracing::info!(stage = stage.name(), seconds = took.as_secs_f64());
        (self.place.events)(Event::StageDone {
            folder: self.place.name.to_owned(),
            stage,
            took,
        });
        self.since = Instant::now();
    }
}
