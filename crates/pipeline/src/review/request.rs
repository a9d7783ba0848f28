//! What a study was processed with, so that it can be opened again: `request.json`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use isoboost_dicom::{ObjectSource, SeriesChoice, Study};
use isoboost_planning::Policy;
use isoboost_planning::dose::read_limits;
use serde::{Deserialize, Serialize};

use super::stated_facts::{ClinicalRecord, SuvRecord};
use crate::batch::RunRequest;
use crate::clinical::ClinicalTable;
use crate::config::Config;
use crate::imported::ImportedFrom;
use crate::outputs::REQUEST;
use crate::planning_ct::PlanningRequest;
use crate::policy::PolicyInUse;
use crate::setting::Setting;
use crate::study::{StudyError, StudyJob};

/// Name and version of the document.
const SCHEMA: &str = "isoboost.request/1";

/// Everything that the result of one study depends on, and where its images lie. Beside the results
/// as `request.json`; it holds paths, which `report.json` does not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StudyRequest {
    schema: String,
    /// Version of isoboost that made the result.
    version: String,
    /// What the result depends on, as one number.
    fingerprint: String,
    study_uid: String,
    /// Folders and archives that hold the study's objects, absolute.
    images: Vec<PathBuf>,
    choice: ChoiceRecord,
    /// The resolved configuration, as TOML.
    config: String,
    /// The dose limits of organs that the configuration names, as TOML; none where they are built in.
    dose_limits: Option<String>,
    /// The text of the policy, and SHA-256 of its bytes.
    policy: String,
    policy_sha256: String,
    facts: SuvRecord,
    /// Whether there was a clinical file, and its row of this study.
    has_clinical_file: bool,
    clinical: Option<ClinicalRecord>,
    organs: Option<OrgansRecord>,
    planning_ct: Option<PlanningRecord>,
    doses: Vec<PathBuf>,
    dose_fractions: Option<u32>,
    /// Whether the program that draws organs may be run again.
    #[serde(skip)]
    may_run_command: bool,
}

/// Why a study cannot be opened again.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReopenError {
    /// The file cannot be read.
    #[error(
        "cannot read `{}`: {source}; results of earlier versions have no such file: run the study \
         again", path.display()
    )]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// It is something else.
    #[error("`{}` is no request of a study: {reason}; run the study again", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The folders of the images cannot be searched.
    #[error("{0}; give the folder that holds the images now with --images")]
    Discover(#[from] isoboost_dicom::DiscoverError),
    /// The study is not in its folders any more.
    #[error(
        "study {study_uid} is not found in {}; give the folder that holds it now with --images",
        listed(places)
    )]
    NoStudy {
        /// Study Instance UID.
        study_uid: String,
        /// Where it was looked for.
        places: Vec<PathBuf>,
    },
    /// A program would be run that nobody asked for in this run.
    #[error(
        "the organs of this study were drawn by the program `{program}`, which a result folder alone must not start; allow it with --run-anatomy-command where the folder is your own"
    )]
    Command {
        /// The program.
        program: String,
    },
    /// The result was made of other things.
    #[error(
        "the suggestion was made by isoboost {made_by} from other images, files or settings than \
         there are now (this is {}); run the study again",
        env!("CARGO_PKG_VERSION")
    )]
    Changed {
        /// The version that made it.
        made_by: String,
    },
}

fn listed(places: &[PathBuf]) -> String {
    let places = places.iter().map(|path| format!("`{}`", path.display()));
    places.collect::<Vec<_>>().join(", ")
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ChoiceRecord {
    pet_series: Option<String>,
    ct_series: Option<String>,
    assume_aligned: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum OrgansRecord {
    Labels {
        path: PathBuf,
        names: Option<PathBuf>,
    },
    StructureSet {
        path: PathBuf,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlanningRecord {
    path: PathBuf,
    series_uid: Option<String>,
    registration: Option<PathBuf>,
}

impl StudyRequest {
    /// Reads the request from a study's result folder.
    ///
    /// # Errors
    /// When there is none, or it cannot be used.
    pub fn read(study_folder: &Path) -> Result<Self, ReopenError> {
        let path = study_folder.join(REQUEST);
        let text = std::fs::read_to_string(&path).map_err(|source| ReopenError::Read {
            path: path.clone(),
            source,
        })?;
        let invalid = |reason: String| ReopenError::Invalid {
            path: path.clone(),
            reason,
        };
        let request: Self = serde_json::from_str(&text).map_err(|e| invalid(e.to_string()))?;
        if request.schema != SCHEMA {
            let found = &request.schema;
            return Err(invalid(format!(
                "its schema is `{found}`, expected `{SCHEMA}`"
            )));
        }
        request.run_request().map_err(invalid)?;
        Ok(request)
    }

    /// The same with the images looked for in other folders or archives, as after a move.
    #[must_use]
    pub fn with_images(self, folders: Vec<PathBuf>) -> Self {
        Self {
            images: folders,
            ..self
        }
    }

    /// The same with the leave to run the program that drew the organs, as the configuration in it
    /// says. A result folder may come from elsewhere, and its program with it.
    #[must_use]
    pub fn with_anatomy_command(self) -> Self {
        Self {
            may_run_command: true,
            ..self
        }
    }

    /// Study Instance UID.
    pub fn study_uid(&self) -> &str {
        &self.study_uid
    }

    /// The fingerprint of the suggestion.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// Folders and archives that hold the images.
    pub fn images(&self) -> &[PathBuf] {
        &self.images
    }

    /// # Errors
    /// When the limits of organs cannot be read any more: another run would have others.
    pub(crate) fn of(job: &StudyJob<'_>, fingerprint: &str) -> Result<Self, StudyError> {
        let request = job.request;
        let patient_id = job.study.patient.patient_id();
        let table = request.clinical.as_ref();
        let row = table.and_then(|t| t.row_of(patient_id.as_deref(), &job.study.study_uid).ok());
        Ok(Self {
            schema: SCHEMA.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            fingerprint: fingerprint.to_owned(),
            study_uid: job.study.study_uid.clone(),
            images: places_of(job.study),
            choice: ChoiceRecord {
                pet_series: request.choice.pet_uid.clone(),
                ct_series: request.choice.ct_uid.clone(),
                assume_aligned: request.choice.assume_aligned,
            },
            config: request.config.to_toml()?,
            dose_limits: request.config.limits_text()?,
            policy: request.policy.text.clone(),
            policy_sha256: request.policy.sha256.clone(),
            facts: SuvRecord::of(&request.facts),
            has_clinical_file: table.is_some(),
            clinical: row.flatten().map(ClinicalRecord::of),
            organs: request.organs.as_ref().map(OrgansRecord::of),
            planning_ct: request.planning_ct.as_ref().map(PlanningRecord::of),
            doses: request.doses.iter().map(|path| absolute(path)).collect(),
            dose_fractions: request.dose_fractions,
            may_run_command: false,
        })
    }

    /// Refuses to run a program that only the result folder asks for.
    pub(crate) fn check_command(&self, config: &Config) -> Result<(), ReopenError> {
        match config.anatomy.command.first() {
            Some(program) if !self.may_run_command => Err(ReopenError::Command {
                program: program.clone(),
            }),
            _ => Ok(()),
        }
    }

    pub(crate) fn to_json(&self) -> Result<String, serde_json::Error> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    /// The study with all that its processing needs.
    pub(crate) fn find(&self) -> Result<(Setting, Study), StudyError> {
        let invalid = |reason| ReopenError::Invalid {
            path: REQUEST.into(),
            reason,
        };
        let request = self.run_request().map_err(invalid)?;
        let limits = match &self.dose_limits {
            Some(text) => read_limits(text).map_err(|e| invalid(format!("dose_limits: {e}")))?,
            None => request.config.limits()?,
        };
        let setting = Setting::with_limits::<StudyError>(request, limits)?;
        let found = isoboost_dicom::discover(&self.images, &|_| {}).map_err(ReopenError::from)?;
        let mut studies = found.studies.into_iter();
        let study = studies.find(|study| study.study_uid == self.study_uid);
        let study = study.ok_or_else(|| ReopenError::NoStudy {
            study_uid: self.study_uid.clone(),
            places: self.images.clone(),
        })?;
        Ok((setting, study))
    }

    /// Refuses a study that is not what the suggestion was made of.
    pub(crate) fn check_fingerprint(&self, found: &str) -> Result<(), ReopenError> {
        if found == self.fingerprint {
            return Ok(());
        }
        Err(ReopenError::Changed {
            made_by: self.version.clone(),
        })
    }

    /// The run that gives the result of this study.
    fn run_request(&self) -> Result<RunRequest, String> {
        let named = |key: &'static str| move |error: String| format!("{key}: {error}");
        let config: Config =
            toml::from_str(&self.config).map_err(|e| named("config")(e.to_string()))?;
        config
            .validate()
            .map_err(|e| named("config")(e.to_string()))?;
        let policy = Policy::parse(&self.policy).map_err(|e| named("policy")(e.to_string()))?;
        let rows = self.clinical.as_ref().map(ClinicalRecord::row).transpose();
        let rows = rows.map_err(named("clinical"))?;
        let clinical = ClinicalTable {
            rows: rows.into_iter().collect(),
        };
        Ok(RunRequest {
            inputs: self.images.clone(),
            out: PathBuf::new(),
            config,
            policy: PolicyInUse {
                policy,
                sha256: self.policy_sha256.clone(),
                text: self.policy.clone(),
            },
            clinical: self.has_clinical_file.then_some(clinical),
            choice: SeriesChoice {
                pet_uid: self.choice.pet_series.clone(),
                ct_uid: self.choice.ct_series.clone(),
                assume_aligned: self.choice.assume_aligned,
            },
            facts: self.facts.options().map_err(named("facts"))?,
            organs: self.organs.clone().map(OrgansRecord::into_source),
            doses: self.doses.clone(),
            dose_fractions: self.dose_fractions,
            planning_ct: self.planning_ct.clone().map(|planning| PlanningRequest {
                path: planning.path,
                series_uid: planning.series_uid,
                registration: planning.registration,
            }),
            force: false,
            fail_fast: false,
        })
    }
}

impl OrgansRecord {
    fn of(source: &ImportedFrom) -> Self {
        match source {
            ImportedFrom::Labels { path, names } => Self::Labels {
                path: absolute(path),
                names: names.as_deref().map(absolute),
            },
            ImportedFrom::StructureSet(path) => Self::StructureSet {
                path: absolute(path),
            },
        }
    }

    fn into_source(self) -> ImportedFrom {
        match self {
            Self::Labels { path, names } => ImportedFrom::Labels { path, names },
            Self::StructureSet { path } => ImportedFrom::StructureSet(path),
        }
    }
}

impl PlanningRecord {
    fn of(request: &PlanningRequest) -> Self {
        Self {
            path: absolute(&request.path),
            series_uid: request.series_uid.clone(),
            registration: request.registration.as_deref().map(absolute),
        }
    }
}

/// The folders and archives that hold the objects of a study, none inside another one.
fn places_of(study: &Study) -> Vec<PathBuf> {
    let images = study.series.iter().flat_map(|series| &series.instances);
    let sources = images.map(|image| &image.source);
    let sources = sources.chain(study.others.iter().map(|other| &other.source));
    let places: BTreeSet<PathBuf> = sources.map(place_of).collect();
    let is_inside = |place: &Path| {
        let mut above = place.ancestors().skip(1);
        above.any(|folder| places.contains(folder))
    };
    places
        .iter()
        .filter(|place| !is_inside(place))
        .cloned()
        .collect()
}

fn place_of(source: &ObjectSource) -> PathBuf {
    let path = absolute(source.path());
    match path.parent() {
        Some(folder) if source.member_name().is_none() => folder.to_path_buf(),
        _ => path,
    }
}

/// An absolute path in Unicode, as JSON holds it: a name that is not is made so, and its folder has
/// to be given anew.
fn absolute(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    match path.to_str() {
        Some(_) => path,
        None => PathBuf::from(path.to_string_lossy().into_owned()),
    }
}
