//! What all studies of a run share.

use isoboost_dicom::Study;
use isoboost_planning::dose::LimitSet;

use crate::batch::RunRequest;
use crate::config::ConfigError;
use crate::doses::{DoseError, DoseShelf};
use crate::planning_ct::{PlanningCt, PlanningCtError};
use crate::study::StudyJob;

/// A request with everything that it names looked up.
#[derive(Debug)]
pub(crate) struct Setting {
    pub(crate) request: RunRequest,
    pub(crate) config_sha256: String,
    /// Limits of organs at risk.
    pub(crate) limits: Vec<LimitSet>,
    /// The doses that were handed in.
    pub(crate) doses: DoseShelf,
    /// The planning CT that was handed in.
    pub(crate) planning_ct: Option<PlanningCt>,
}

impl Setting {
    /// Looks up what a request names.
    pub(crate) fn open<E>(request: RunRequest) -> Result<Self, E>
    where
        E: From<ConfigError> + From<DoseError> + From<PlanningCtError>,
    {
        let limits = request.config.limits()?;
        Self::with_limits(request, limits)
    }

    /// The same with limits that were looked up before.
    pub(crate) fn with_limits<E>(request: RunRequest, limits: Vec<LimitSet>) -> Result<Self, E>
    where
        E: From<ConfigError> + From<DoseError> + From<PlanningCtError>,
    {
        let doses = DoseShelf::open(&request.doses)?;
        let planning_ct = request.planning_ct.as_ref();
        let planning_ct = planning_ct.map(PlanningCt::open).transpose()?;
        Ok(Self {
            config_sha256: request.config.sha256()?,
            limits,
            doses,
            planning_ct,
            request,
        })
    }

    /// A study and all that its processing needs.
    pub(crate) fn job<'a>(&'a self, study: &'a Study) -> StudyJob<'a> {
        StudyJob {
            study,
            request: &self.request,
            config_sha256: &self.config_sha256,
            limits: &self.limits,
            doses: &self.doses,
            planning_ct: self.planning_ct.as_ref(),
        }
    }
}
