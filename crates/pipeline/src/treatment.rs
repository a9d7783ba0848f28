//! What is suggested to be treated, drawn on the images that targets lie on and held against the
//! doses of organs.

use isoboost_dicom::{Finding, Selection};
use isoboost_planning::field::PelvicField;
use isoboost_planning::{
    ElectiveInput, PlannedTargets, Prescription, Recommendation, StatedTreatments, Surroundings,
    Target,
};
use isoboost_report::{IsotoxicInfo, WarningInfo};
use isoboost_volume::Volume;

use crate::planning_ct::{self, Site};
use crate::study::{StudyError, StudyJob};
use crate::{field, isotoxic};

/// The volumes and the field that are suggested, and what limits them.
#[derive(Default)]
pub(crate) struct Treatment {
    pub(crate) targets: Vec<Target>,
    pub(crate) field: Option<PelvicField>,
    pub(crate) isotoxic: Option<IsotoxicInfo>,
    /// What a planner must know of them.
    pub(crate) warnings: Vec<WarningInfo>,
}

impl Treatment {
    /// Draws what a recommendation suggests.
    pub(crate) fn of(
        job: &StudyJob<'_>,
        selection: &Selection<'_>,
        site: &Site<'_>,
        recommendation: &Recommendation,
        stated: &StatedTreatments,
    ) -> Result<Self, StudyError> {
        let mut planned = volumes(job, site, recommendation, stated);
        let series = planning_ct::dose_series(job, selection);
        let study = planning_ct::study_of_targets(job);
        let doses = job.doses.load(study, &series, job.request.dose_fractions)?;
        let known = isotoxic::Known {
            anatomy: site.anatomy,
            staging: &site.staging,
            planned: &planned,
            images: site.grid,
            drawn: site.drawn,
        };
        let (isotoxic, of_doses) = isotoxic::check(job, &known, &doses, job.limits)?;
        let known = field::Known {
            ct: planning_ct::ct_of_targets(job, selection).zip(site.ct.map(Volume::grid)),
            anatomy: site.anatomy,
            staging: &site.staging,
            recommendation,
        };
        let config = &job.request.config.planning;
        let (field, of_field) = field::plan(&config.field, &known, &mut planned);
        let mut warnings = warnings(site, &of_doses, &planned);
        warnings.extend(of_field);
        Ok(Self {
            targets: planned.targets,
            field,
            isotoxic,
            warnings,
        })
    }
}

/// The volumes of lesions, then those that are treated as a whole.
fn volumes(
    job: &StudyJob<'_>,
    site: &Site<'_>,
    recommendation: &Recommendation,
    stated: &StatedTreatments,
) -> PlannedTargets {
    let config = &job.request.config;
    let around = Surroundings {
        anatomy: Some(site.anatomy),
        ct: site.ct,
        staging: &config.staging,
    };
    let prescription = Prescription {
        policy: &job.request.policy.policy,
        suggested: &recommendation.intensification,
        limits: &config.planning.limits,
        stated,
    };
    let mut planned =
        isoboost_planning::plan_targets(&site.staging, site.grid, &around, &prescription);
    let whole = ElectiveInput {
        anatomy: Some(site.anatomy),
        ct: site.ct,
        imported: site.organs,
        staging: &site.staging,
        recommendation,
        config: &config.planning.elective,
    };
    isoboost_planning::add_elective_targets(&mut planned, site.grid, &whole);
    planned
}

fn warnings(site: &Site<'_>, of_doses: &[Finding], planned: &PlannedTargets) -> Vec<WarningInfo> {
    let warning = |code: &str, text: &String| WarningInfo {
        code: code.to_owned(),
        text: text.clone(),
    };
    let of_site = site
        .cautions
        .iter()
        .map(|text| warning("planning-ct", text));
    let of_doses = of_doses.iter().map(|f| warning(f.code, &f.text));
    let of_targets = planned.cautions.iter().map(|text| warning("target", text));
    of_site.chain(of_doses).chain(of_targets).collect()
}
