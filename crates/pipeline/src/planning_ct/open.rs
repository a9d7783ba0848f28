//! Finding the planning CT and what lies beside it.

use std::path::{Path, PathBuf};

use isoboost_dicom::{
    ObjectKind, ObjectSource, Series, SpatialRegistration, Study, load_ct,
    read_spatial_registration, read_structure_set,
};
use isoboost_volume::Volume;

use super::{PlanningCtError, PlanningRequest};

/// The planning CT as it was found, before its voxels are read.
#[derive(Debug)]
pub(crate) struct PlanningCt {
    study: Study,
    /// Which of the study's series it is.
    series: usize,
    pub(crate) frame_of_reference: String,
    /// The structure set that was drawn on it.
    pub(crate) structures: Option<PathBuf>,
    /// The registration that was handed in, with its file.
    pub(crate) registration: Option<(String, SpatialRegistration)>,
}

impl PlanningCt {
    /// Finds the one CT of a folder, its structure set and the registration.
    pub(crate) fn open(request: &PlanningRequest) -> Result<Self, PlanningCtError> {
        let found = isoboost_dicom::discover(std::slice::from_ref(&request.path), &|_| {})?;
        let (study, series) = only_ct(found.studies, request)?;
        let ct = &study.series[series];
        let frame_of_reference = ct
            .frame_of_reference
            .clone()
            .ok_or_else(|| PlanningCtError::NoFrameOfReference { label: ct.label() })?;
        let structures = only_structure_set(&study, ct, &request.path)?;
        let registration = request
            .registration
            .as_ref()
            .map(|path| {
                let read = read_spatial_registration(&ObjectSource::file(path))?;
                Ok::<_, PlanningCtError>((path.display().to_string(), read))
            })
            .transpose()?;
        Ok(Self {
            study,
            series,
            frame_of_reference,
            structures,
            registration,
        })
    }

    /// Its voxels, HU.
    pub(crate) fn load(&self) -> Result<Volume<i16>, PlanningCtError> {
        Ok(load_ct(self.series())?)
    }

    pub(crate) fn series(&self) -> &Series {
        &self.study.series[self.series]
    }

    pub(crate) fn study(&self) -> &Study {
        &self.study
    }

    /// Refuses another patient's images: the identifiers have to be the same, or lacking in both.
    pub(crate) fn check_patient(&self, study: &Study) -> Result<(), PlanningCtError> {
        let patient_id = study.patient.patient_id();
        if self.study.patient.patient_id() != patient_id {
            return Err(PlanningCtError::OtherPatient {
                study_uid: study.study_uid.clone(),
            });
        }
        match &self.registration {
            Some((file, registration)) if registration.patient_id != patient_id => {
                Err(PlanningCtError::RegistrationOfOtherPatient { file: file.clone() })
            }
            _ => Ok(()),
        }
    }

    /// Files beside the images that results depend on.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let registration = self
            .registration
            .iter()
            .map(|(file, _)| PathBuf::from(file));
        self.structures
            .iter()
            .cloned()
            .chain(registration)
            .collect()
    }
}

/// The series that is chosen, or the only one that can be used.
fn only_ct(
    studies: Vec<Study>,
    request: &PlanningRequest,
) -> Result<(Study, usize), PlanningCtError> {
    let path = request.path.display().to_string();
    let mut usable = Vec::new();
    let mut reasons = Vec::new();
    for (n, study) in studies.iter().enumerate() {
        for (m, series) in study.series.iter().enumerate() {
            let is_meant = match &request.series_uid {
                Some(uid) => series.is_named(uid),
                None => series.kind.is_ct(),
            };
            match series.objection_as_ct() {
                _ if !is_meant => {}
                Some(reason) => reasons.push(format!("{}: {reason}", series.label())),
                None => usable.push((n, m)),
            }
        }
    }
    match usable.as_slice() {
        [] => Err(PlanningCtError::NoCt {
            path,
            reasons: match (reasons.is_empty(), &request.series_uid) {
                (true, None) => String::new(),
                (true, Some(uid)) => format!(": it has no series `{uid}` (--planning-ct-series)"),
                _ => format!(": {}", reasons.join("; ")),
            },
        }),
        [(n, m)] => {
            let study = studies.into_iter().nth(*n);
            let study = study.ok_or(PlanningCtError::NoCt {
                path,
                reasons: String::new(),
            })?;
            Ok((study, *m))
        }
        several => {
            let named = several.iter().map(|(n, m)| {
                let series = &studies[*n].series[*m];
                format!("{} ({})", series.label(), series.key())
            });
            Err(PlanningCtError::SeveralCts {
                path,
                found: named.collect(),
            })
        }
    }
}

/// The structure set in the frame of reference of the planning CT that refers to its images.
fn only_structure_set(
    study: &Study,
    ct: &Series,
    folder: &Path,
) -> Result<Option<PathBuf>, PlanningCtError> {
    let mut own = Vec::new();
    let sets = study.others.iter();
    for set in sets.filter(|other| other.kind == ObjectKind::StructureSet) {
        let path = set.source.path().to_path_buf();
        let read = read_structure_set(&path).map_err(crate::ImportError::from)?;
        let refers = read.series_uids.contains(&ct.uid)
            || ct
                .instances
                .iter()
                .any(|image| read.image_uids.contains(&image.sop_instance_uid));
        if refers {
            own.push(path);
        }
    }
    if own.len() > 1 {
        return Err(PlanningCtError::SeveralStructureSets {
            path: folder.display().to_string(),
            found: own.iter().map(|p| p.display().to_string()).collect(),
        });
    }
    Ok(own.pop())
}
