//! The isotoxic check of one study.

use isoboost_anatomy::Anatomy;
use isoboost_dicom::Finding;
use isoboost_planning::dose::{
    DrawnRegion, IsotoxicInput, LimitSet, PlanDose, check_isotoxic, organs_at_risk,
};
use isoboost_planning::{PlannedTargets, Target, TargetKind, is_whole_bed};
use isoboost_report::IsotoxicInfo;
use isoboost_staging::{Lesion, Region, Staging};
use isoboost_volume::{Grid, Mask};

use crate::doses::LoadedDose;
use crate::study::{StudyError, StudyJob};

/// What has been worked out of a study before.
pub(crate) struct Known<'a> {
    pub(crate) anatomy: &'a Anatomy,
    pub(crate) staging: &'a Staging,
    pub(crate) planned: &'a PlannedTargets,
    /// The grid that targets are drawn on.
    pub(crate) images: &'a Grid,
    /// The regions of a structure set that was handed in.
    pub(crate) drawn: &'a [DrawnRegion],
}

/// The check as the report has it, and what is irregular about the doses.
pub(crate) fn check(
    job: &StudyJob<'_>,
    known: &Known<'_>,
    doses: &[LoadedDose],
    limits: &[LimitSet],
) -> Result<(Option<IsotoxicInfo>, Vec<Finding>), StudyError> {
    let config = &job.request.config.planning;
    let findings: Vec<Finding> = doses.iter().flat_map(|d| d.findings.clone()).collect();
    let targets = &known.planned.targets;
    // A whole volume has no lesions and is no boost.
    let is_boost = |t: &Target| t.kind == TargetKind::Ptv && !t.lesion_ids.is_empty();
    let has_boosts = targets.iter().any(is_boost);
    if !config.isotoxic.enabled || (doses.is_empty() && !has_boosts) {
        return Ok((None, findings));
    }
    let ctvs: Vec<&Mask> = known
        .planned
        .targets
        .iter()
        .filter(|target| is_bed_ctv(target, known.staging))
        .map(|target| &target.mask)
        .collect();
    let organs = organs_at_risk(known.anatomy, known.drawn, &ctvs, known.images);
    let mut plans = doses.iter().map(|loaded| PlanDose {
        dose: &loaded.dose,
        schedule: loaded.schedule,
    });
    let input = IsotoxicInput {
        organs: &organs,
        targets: &known.planned.targets,
        staging: known.staging,
        base: plans.next(),
        intensified: plans.next(),
        sets: limits,
        config,
    };
    let infos = doses.iter().map(|loaded| loaded.info.clone()).collect();
    let check = check_isotoxic(&input)?;
    let check = check.map(|check| IsotoxicInfo::of(&check, infos));
    Ok((check, findings))
}

fn is_bed_ctv(target: &Target, staging: &Staging) -> bool {
    let of_bed = |l: &Lesion| l.region == Region::ProstateBed && target.lesion_ids.contains(&l.id);
    is_whole_bed(target) || target.kind == TargetKind::Ctv && staging.lesions.iter().any(of_bed)
}
