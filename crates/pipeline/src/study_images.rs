//! The images of one study in the units that everything after works in.

use std::sync::Arc;

use chrono::NaiveDateTime;
use isoboost_dicom::{LoadedPet, Selection, Study};
use isoboost_suv::{SuvDerivation, Tracer};
use isoboost_volume::{Grid, Volume};

use crate::planning_ct::PlanningCt;
use crate::review::StudyRequest;
use crate::setting::Setting;
use crate::study::{StatedFacts, StudyError, StudyJob};

/// The images of a study: PET in SUV, CT, and the planning CT where there is one.
#[derive(Debug)]
pub struct StudyImages {
    setting: Arc<Setting>,
    study: Study,
    suv: Volume<f32>,
    derivation: SuvDerivation,
    /// The start of the PET: when results count as made, so that a rerun gives the same bytes.
    created: NaiveDateTime,
    ct: Option<Volume<i16>>,
    planning_ct: Option<Volume<i16>>,
}

impl StudyImages {
    /// Finds the images of a study that was processed before and loads them.
    ///
    /// # Errors
    /// When they are not there any more, or cannot be read.
    pub fn load(request: &StudyRequest) -> Result<Self, StudyError> {
        let (setting, study) = request.find()?;
        Self::of(&Arc::new(setting), study)
    }

    /// Loads the images of a study.
    pub(crate) fn of(setting: &Arc<Setting>, study: Study) -> Result<Self, StudyError> {
        let job = setting.job(&study);
        let selection = isoboost_dicom::select(&study, &job.request.choice)?;
        let stated = StatedFacts::of(&job)?;
        // The facts first: a refusal should not wait for hundreds of CT slices.
        let LoadedPet { activity, facts } = isoboost_dicom::load_pet(selection.pet)?;
        let derivation = isoboost_suv::derive(&facts, &stated.suv)?;
        let midnight = study.patient.study_date().unwrap_or_default().into();
        let start = facts.series_start.get();
        let created = start.map_or(midnight, |start| start.local);
        let suv = crate::suv_volume::suv_volume(activity, &derivation);
        let ct = selection.ct.map(isoboost_dicom::load_ct).transpose()?;
        let planning_ct = setting.planning_ct.as_ref().map(PlanningCt::load);
        Ok(Self {
            setting: Arc::clone(setting),
            planning_ct: planning_ct.transpose()?,
            study,
            suv,
            derivation,
            created,
            ct,
        })
    }

    /// SUVbw in g/mL on the PET grid.
    pub fn suv(&self) -> &Volume<f32> {
        &self.suv
    }

    /// Hounsfield units of the CT of the PET/CT, where one is used.
    pub fn ct(&self) -> Option<&Volume<i16>> {
        self.ct.as_ref()
    }

    /// Hounsfield units of the planning CT, where there is one. It lies in its own frame of
    /// reference ([`crate::OpenStudy::planning_from_pet`]).
    pub fn target_ct(&self) -> Option<&Volume<i16>> {
        self.planning_ct.as_ref()
    }

    /// The grid that targets are drawn on: that of the planning CT, or the CT, or the PET.
    pub fn target_grid(&self) -> &Grid {
        let ct = self.planning_ct.as_ref().or(self.ct.as_ref());
        ct.map_or(self.suv.grid(), Volume::grid)
    }

    /// Study Instance UID.
    pub fn study_uid(&self) -> &str {
        &self.study.study_uid
    }

    pub(crate) fn setting(&self) -> &Arc<Setting> {
        &self.setting
    }

    pub(crate) fn derivation(&self) -> &SuvDerivation {
        &self.derivation
    }

    pub(crate) fn tracer(&self) -> Option<&Tracer> {
        self.derivation.tracer.as_ref()
    }

    pub(crate) fn created(&self) -> NaiveDateTime {
        self.created
    }

    pub(crate) fn job(&self) -> StudyJob<'_> {
        self.setting.job(&self.study)
    }

    pub(crate) fn selection(&self) -> Result<Selection<'_>, StudyError> {
        let choice = &self.setting.request.choice;
        Ok(isoboost_dicom::select(&self.study, choice)?)
    }
}
