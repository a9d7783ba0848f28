//! The report of a result.

use isoboost_dicom::WrittenObject;
use isoboost_report::{
    CtInfo, DISCLAIMER, FieldInfo, LesionInfo, PetInfo, ProvenanceInfo, RecommendationInfo,
    References, Report, SCHEMA, SIGNED_DISCLAIMER, Software, StageInfo, StudyInfo, SuvInfo,
    TargetInfo, Total, WarningInfo,
};
use isoboost_volume::Volume;

use super::objects::Objects;
use crate::planning_ct;
use crate::study::{Findings, StudyJob};

pub(super) fn compose(job: &StudyJob<'_>, findings: &Findings<'_>, objects: &Objects) -> Report {
    let patient = &job.study.patient;
    let staging = findings.staging;
    let policy = &job.request.policy.policy;
    Report {
        schema: SCHEMA.to_owned(),
        disclaimer: findings
            .signing
            .map_or(DISCLAIMER, |_| SIGNED_DISCLAIMER)
            .to_owned(),
        software: Software {
            name: "isoboost".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            config_sha256: job.config_sha256.to_owned(),
        },
        study: StudyInfo {
            study_uid: job.study.study_uid.clone(),
            patient_id: patient.patient_id(),
            date: patient.study_date().map(|date| date.to_string()),
        },
        pet: pet_info(findings),
        ct: findings
            .selection
            .ct
            .zip(findings.ct.map(Volume::grid))
            .map(|(series, grid)| CtInfo {
                series_uid: series.uid.clone(),
                size: reversed(grid.shape()),
                spacing_mm: reversed(grid.spacing()),
            }),
        planning_ct: findings
            .planning
            .map(|planning| planning_ct::info(planning, findings.planning_cautions)),
        frame_of_reference_uid: findings.selection.pet.frame_of_reference.clone(),
        suv: suv_info(findings),
        references: References::from(findings.references),
        lesions: staging.lesions.iter().map(LesionInfo::from).collect(),
        excluded: staging.excluded.iter().map(Into::into).collect(),
        points: staging.points.iter().map(Into::into).collect(),
        mi_tnm: staging.mi_tnm.label.clone(),
        stage: StageInfo::of(staging, policy.limits.lesions),
        total: Total::from(staging),
        recommendation: RecommendationInfo::of(
            findings.recommendation,
            policy,
            &job.request.policy.sha256,
        ),
        targets: findings
            .targets
            .iter()
            .map(|target| TargetInfo::of(target, policy))
            .collect(),
        field: findings.field.map(FieldInfo::from),
        isotoxic: findings.isotoxic.cloned(),
        review: findings.signing.map(|signing| signing.review.clone()),
        warnings: warnings(findings, objects),
        provenance: ProvenanceInfo {
            fingerprint: findings.fingerprint.to_owned(),
            selection: findings.selection.reasons.clone(),
            anatomy: findings.anatomy.findings.clone(),
            rtstruct_uid: uid_of(objects.structures.as_ref()),
            seg_uid: uid_of(objects.lesions.segmentation.as_ref()),
            sr_uid: uid_of(objects.lesions.report.as_ref()),
        },
    }
    .with_normalised_suv()
}

/// How the SUV was derived; a fact of the clinical file has its column in place of the option.
fn suv_info(findings: &Findings<'_>) -> SuvInfo {
    let mut suv = SuvInfo::from(findings.derivation);
    let from_file = |option: &mut String| {
        let filled = &findings.stated.filled;
        if let Some((_, column)) = filled.iter().find(|(name, _)| *name == option.as_str()) {
            *option = format!("--clinical: {column}");
        }
    };
    suv.overrides
        .iter_mut()
        .for_each(|o| from_file(&mut o.option));
    suv.derivation
        .iter_mut()
        .for_each(|step| from_file(&mut step.source));
    suv
}

fn pet_info(findings: &Findings<'_>) -> PetInfo {
    let grid = findings.suv.grid();
    let scanner = &findings.selection.pet.scanner;
    PetInfo {
        series_uid: findings.selection.pet.uid.clone(),
        manufacturer: (!scanner.is_empty()).then(|| scanner.clone()),
        tracer: findings
            .derivation
            .tracer
            .as_ref()
            .map(|t| t.name().to_owned()),
        nuclide: findings.derivation.nuclide.map(|n| n.name().to_owned()),
        size: reversed(grid.shape()),
        spacing_mm: reversed(grid.spacing()),
    }
}

/// From `[slice, row, column]` to the order of the document.
fn reversed<T: Copy>([k, j, i]: [T; 3]) -> [T; 3] {
    [i, j, k]
}

/// What was found, and what the writing of the objects tells beside it.
fn warnings(findings: &Findings<'_>, objects: &Objects) -> Vec<WarningInfo> {
    let mut warnings = findings.warnings.clone();
    for warning in objects.warnings() {
        if !warnings.contains(&warning) {
            warnings.push(warning);
        }
    }
    warnings
}

fn uid_of(object: Option<&WrittenObject>) -> Option<String> {
    object.map(|object| object.sop_instance_uid.clone())
}
