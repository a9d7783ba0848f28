//! One study from DICOM to its result folder.

use std::time::Instant;

use chrono::NaiveDateTime;
use isoboost_anatomy::{Anatomy, ImportedOrgan, References};
use isoboost_dicom::{LoadedPet, Selection, Series, Study};
use isoboost_planning::dose::{DrawnRegion, LimitSet};
use isoboost_planning::field::PelvicField;
use isoboost_planning::{ClinicalFacts, Patient, Recommendation, Target};
use isoboost_report::{IsotoxicInfo, WarningInfo};
use isoboost_staging::{Scan, Staging};
use isoboost_suv::{SuvDerivation, SuvOptions, Tracer};
use isoboost_volume::Volume;

use crate::analysis::{Analysis, analyse_watched};
use crate::batch::RunRequest;
use crate::clinical::{ClinicalError, ClinicalRow};
use crate::doses::{DoseError, DoseShelf};
use crate::events::{Event, Stage};
use crate::imported::{self, AnatomyConfig, CommandError, Drawn, ImportError, ImportedFrom};
use crate::output_folder::{OutputError, OutputFolder};
use crate::planning_ct::{self, PlanningCt, PlanningImages, Site};
use crate::treatment::Treatment;
use crate::{fingerprint, outputs, warnings};

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
    /// The clinical file contradicts the study.
    #[error(transparent)]
    Clinical(#[from] ClinicalError),
}

/// A study and all that its processing needs.
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
    fn of(job: &StudyJob<'a>) -> Result<Self, ClinicalError> {
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
    pub(crate) fingerprint: &'a str,
    /// When the result counts as made: the start of the PET, so that a rerun gives the same bytes.
    pub(crate) created: NaiveDateTime,
}

/// Processes one study, unless an earlier result with the same fingerprint stands.
pub(crate) fn process(job: &StudyJob<'_>) -> Result<StudyResult, StudyError> {
    let selection = isoboost_dicom::select(job.study, &job.request.choice)?;
    let stated = StatedFacts::of(job)?;
    if let Some(planning) = job.planning_ct {
        planning.check_patient(job.study)?;
    }
    let fingerprint = fingerprint::of(job, &selection, &stated);
    if !job.request.force
        && let Some(result) = outputs::earlier(job, &fingerprint)
    {
        return Ok(result);
    }
    let mut watch = StageWatch::new(job);
    let mut images = load(job, &selection, &stated.suv)?;
    let planning = job
        .planning_ct
        .map(|found| PlanningImages::load(found, &selection, &images.suv, images.ct.as_ref()))
        .transpose()?;
    if let Some(planning) = planning.as_ref().filter(|_| job.request.organs.is_none()) {
        images.organs.extend(planning.organs_for_pet());
    }
    watch.done(Stage::Load);
    let config = &job.request.config;
    let ct = images.ct.as_ref();
    let tracer = images.derivation.tracer.as_ref();
    let scan = Scan {
        suv: &images.suv,
        ct,
        liver_excreted: tracer.is_some_and(Tracer::is_liver_excreted),
        blood_pool: None,
    };
    let Analysis {
        mut anatomy,
        references,
        staging,
    } = analyse_watched(scan, &images.organs, config, &mut |stage| watch.done(stage))?;
    anatomy.findings.extend(images.told);
    let policy = &job.request.policy.policy;
    let patient = Patient {
        clinical: stated
            .row
            .map_or_else(ClinicalFacts::default, |row| row.facts.clone()),
        tracer: tracer.map(|tracer| tracer.name().to_owned()),
        liver_excreted: tracer.map(Tracer::is_liver_excreted),
        touching: isoboost_planning::touched_organs(&staging, &anatomy, policy.limits.touching_mm),
    };
    let recommendation = isoboost_planning::recommend(&staging, &patient, policy);
    let site = if let Some(planning) = &planning {
        Site::on_planning_ct(planning, &staging, &images.suv, &images.organs)
    } else {
        let grid = ct.map_or(images.suv.grid(), Volume::grid);
        let drawn = drawn_regions(job)?;
        Site::on_pet_ct(&staging, &anatomy, ct, grid, &images.organs, drawn)
    };
    let treatment = Treatment::of(job, &selection, &site, &recommendation)?;
    watch.done(Stage::Targets);
    let mut warnings = warnings::of(job, &selection, &images.derivation, &stated, &staging);
    warnings.extend(treatment.warnings);
    let findings = Findings {
        selection: &selection,
        suv: &images.suv,
        ct,
        planning: planning.as_ref(),
        planning_cautions: &site.cautions,
        target_ct: site.ct,
        derivation: &images.derivation,
        stated: &stated,
        anatomy: &anatomy,
        references: &references,
        staging: &staging,
        recommendation: &recommendation,
        targets: &treatment.targets,
        field: treatment.field.as_ref(),
        isotoxic: treatment.isotoxic.as_ref(),
        warnings,
        fingerprint: &fingerprint,
        created: images.created,
    };
    let result = outputs::write(job, &findings, site.grid)?;
    watch.done(Stage::Output);
    Ok(result)
}

/// The regions of a structure set that was handed in, with their contours.
fn drawn_regions(job: &StudyJob<'_>) -> Result<Vec<DrawnRegion>, StudyError> {
    match &job.request.organs {
        Some(ImportedFrom::StructureSet(path)) => Ok(imported::regions(path)?),
        _ => Ok(Vec::new()),
    }
}

/// The images of a study in the units that everything after works in.
struct Images {
    /// SUVbw in g/mL on the PET grid.
    suv: Volume<f32>,
    derivation: SuvDerivation,
    /// Hounsfield units on the CT grid.
    ct: Option<Volume<i16>>,
    organs: Vec<ImportedOrgan>,
    /// What is to be said of where they come from.
    told: Option<String>,
    created: NaiveDateTime,
}

fn load(
    job: &StudyJob<'_>,
    selection: &Selection<'_>,
    stated: &SuvOptions,
) -> Result<Images, StudyError> {
    // The facts first: a refusal should not wait for hundreds of CT slices.
    let LoadedPet { activity, facts } = isoboost_dicom::load_pet(selection.pet)?;
    let derivation = isoboost_suv::derive(&facts, stated)?;
    let midnight = job.study.patient.study_date().unwrap_or_default().into();
    let created = facts
        .series_start
        .get()
        .map_or(midnight, |start| start.local);
    let suv = crate::suv_volume::suv_volume(activity, &derivation);
    let ct = selection.ct.map(isoboost_dicom::load_ct).transpose()?;
    let images = ct.as_ref().map_or(suv.grid(), Volume::grid);
    let frame = frame_of_reference(selection.pet);
    let (organs, told) = match &job.request.organs {
        Some(organs) => (organs.read(images, frame)?, None),
        None => drawn(&job.request.config.anatomy, ct.as_ref(), frame)?,
    };
    Ok(Images {
        suv,
        derivation,
        ct,
        organs,
        told,
        created,
    })
}

/// What the configured program draws on the CT, and what the report says of it.
fn drawn(
    config: &AnatomyConfig,
    ct: Option<&Volume<i16>>,
    frame_of_reference: &str,
) -> Result<(Vec<ImportedOrgan>, Option<String>), StudyError> {
    let Some(ct) = ct.filter(|_| !config.command.is_empty()) else {
        return Ok((Vec::new(), None));
    };
    match imported::draw(config, ct, frame_of_reference) {
        Ok(Drawn { organs, told }) => Ok((organs, Some(told))),
        Err(error) if config.command_required => Err(error.into()),
        Err(error) => {
            tracing::warn!(%error, "organs are recognised instead");
            let told = format!("{error}; organs are recognised on CT and PET instead");
            Ok((Vec::new(), Some(told)))
        }
    }
}

fn frame_of_reference(series: &Series) -> &str {
    series.frame_of_reference.as_deref().unwrap_or_default()
}

/// Tells the time of each stage to whoever watches.
struct StageWatch<'a> {
    job: &'a StudyJob<'a>,
    since: Instant,
}

impl<'a> StageWatch<'a> {
    fn new(job: &'a StudyJob<'a>) -> Self {
        Self {
            job,
            since: Instant::now(),
        }
    }

    fn done(&mut self, stage: Stage) {
        let took = self.since.elapsed();
        tracing::info!(stage = stage.name(), seconds = took.as_secs_f64());
        (self.job.events)(Event::StageDone {
            folder: self.job.name.to_owned(),
            stage,
            took,
        });
        self.since = Instant::now();
    }
}
