//! The conventional field of the pelvis of one study: drawn where it is suggested, or a word on
//! why it is not.

use std::path::Path;

use isoboost_anatomy::Anatomy;
use isoboost_dicom::{
    OpenBeam, OpenFieldPlan, ReferenceImages, Series, WrittenObject, write_open_field_plan,
};
use isoboost_planning::field::{
    FieldConfig, FieldInput, NoField, PatientPosition, PelvicField, field_target, pelvic_field,
    uncovered,
};
use isoboost_planning::{Intensification, PelvisTop, PlannedTargets, Recommendation, TargetKind};
use isoboost_report::{DrrOutline, WarningInfo, drr_png};
use isoboost_staging::Staging;
use isoboost_volume::{Grid, Volume};

use crate::study::{Findings, StudyError, StudyJob};
use crate::{outputs, planning_ct};

/// The radiographs, with the beam that each shows, by its place in the field.
const PICTURES: [(&str, usize); 2] = [("images/drr-ap.png", 0), ("images/drr-lateral.png", 2)];
/// The plan of the beams.
const PLAN: &str = "rtplan.dcm";

/// What has been worked out of a study before.
pub(crate) struct Known<'a> {
    pub(crate) ct: Option<(&'a Series, &'a Grid)>,
    pub(crate) anatomy: &'a Anatomy,
    pub(crate) staging: &'a Staging,
    pub(crate) recommendation: &'a Recommendation,
}

/// The field where radiotherapy of the pelvis is suggested, which becomes the last of the targets,
/// and what a planner must know of it.
pub(crate) fn plan(
    config: &FieldConfig,
    known: &Known<'_>,
    planned: &mut PlannedTargets,
) -> (Option<PelvicField>, Vec<WarningInfo>) {
    let suggested = &known.recommendation.intensification;
    if !config.enabled || !suggested.contains(&Intensification::PelvicRt) {
        return (None, Vec::new());
    }
    match draw(config, known, planned) {
        Ok((field, told)) => {
            let told = told.into_iter().chain(field.cautions.clone());
            let warnings = told.map(|text| warning("pelvic-field", text)).collect();
            (Some(field), warnings)
        }
        Err(why) => (None, vec![warning("no-pelvic-field", why.to_string())]),
    }
}

fn warning(code: &str, text: String) -> WarningInfo {
    WarningInfo {
        code: code.to_owned(),
        text,
    }
}

/// The field, and what is to be said that is no caution about its borders.
fn draw(
    config: &FieldConfig,
    known: &Known<'_>,
    planned: &mut PlannedTargets,
) -> Result<(PelvicField, Vec<String>), NoField> {
    let (series, grid) = known
        .ct
        .ok_or_else(|| NoField("there is no CT, on whose bones its borders lie".to_owned()))?;
    let (position, assumed) = position_of(series)?;
    let mut field = pelvic_field(&FieldInput {
        anatomy: known.anatomy,
        staging: known.staging,
        top: known.recommendation.pelvis_top.unwrap_or(PelvisTop::L5S1),
        position,
        config,
    })?;
    let last = planned.targets.iter().map(|t| t.roi_number).max();
    let (target, at_edge) = field_target(&field, grid, known.anatomy, last.unwrap_or(0) + 1)
        .ok_or_else(|| NoField("it would lie outside of the planning images".to_owned()))?;
    let missed = uncovered(&field, &planned.targets, known.staging);
    field.cautions.extend(at_edge);
    field.cautions.extend(missed);
    planned.targets.push(target);
    Ok((field, assumed.into_iter().collect()))
}

/// How the patient lies, and that it was assumed where the CT does not say.
fn position_of(series: &Series) -> Result<(PatientPosition, Option<String>), NoField> {
    let term = isoboost_dicom::patient_position(series)
        .map_err(|error| NoField(format!("the CT's patient position cannot be read: {error}")))?;
    let Some(term) = term else {
        let text = "the CT has no PatientPosition (0018,5100); the gantry angles of the pelvic \
                    field are those of a patient who lies head first and supine";
        return Ok((PatientPosition::HeadFirstSupine, Some(text.to_owned())));
    };
    let position = PatientPosition::from_term(&term).ok_or_else(|| {
        NoField(format!(
            "PatientPosition (0018,5100) of the CT is `{term}`, expected HFS, HFP, FFS or FFP"
        ))
    })?;
    Ok((position, None))
}

/// The files of a study with a field.
pub(crate) fn files(config: &FieldConfig) -> impl Iterator<Item = &'static str> {
    let pictures = PICTURES.into_iter().map(|(file, _)| file);
    pictures.chain(config.plan.then_some(PLAN))
}

/// Writes the radiographs, and the plan where it is asked for.
pub(crate) fn write(
    place: &Path,
    job: &StudyJob<'_>,
    findings: &Findings<'_>,
    structures: Option<&WrittenObject>,
) -> Result<(), StudyError> {
    let Some(field) = findings.field else {
        return Ok(());
    };
    if let Some(ct) = findings.target_ct {
        write_pictures(place, ct, field, findings)?;
    }
    let config = &job.request.config.planning.field;
    let series = planning_ct::ct_of_targets(job, findings.selection);
    if let (true, Some(structures), Some(series)) = (config.plan, structures, series) {
        let images = ReferenceImages::of_series(series)?;
        let provenance = outputs::provenance(job, findings);
        write_open_field_plan(
            &place.join(PLAN),
            &open_fields(field, config),
            structures,
            &images,
            &planning_ct::study_of_targets(job).patient,
            &provenance,
        )?;
    }
    Ok(())
}

fn write_pictures(
    place: &Path,
    ct: &Volume<i16>,
    field: &PelvicField,
    findings: &Findings<'_>,
) -> Result<(), StudyError> {
    let ptvs = findings
        .targets
        .iter()
        .filter(|t| t.kind == TargetKind::Ptv);
    let outlines: Vec<DrrOutline<'_>> = ptvs
        .map(|target| DrrOutline {
            name: &target.name,
            colour: target.colour,
            mask: &target.mask,
        })
        .collect();
    for (file, beam) in PICTURES {
        if let Some(beam) = field.beams.get(beam) {
            let path = place.join(file);
            let png = drr_png(ct, field, beam, &outlines, outputs::status(findings))?;
            std::fs::write(&path, png).map_err(|source| StudyError::File { path, source })?;
        }
    }
    Ok(())
}

/// The beams as DICOM has them.
fn open_fields(field: &PelvicField, config: &FieldConfig) -> OpenFieldPlan {
    let beams = field.beams.iter().map(|beam| OpenBeam {
        name: beam.side.name().to_owned(),
        gantry_deg: beam.gantry_deg,
        x_mm: [beam.aperture.x1, beam.aperture.x2],
        y_mm: [beam.aperture.y1, beam.aperture.y2],
    });
    OpenFieldPlan {
        label: "SUGGESTION".to_owned(),
        name: "Pelvic four-field box".to_owned(),
        description: format!(
            "Four open fields without dose; borders by bone: {}.",
            field.describe().join("; ")
        ),
        patient_position: field.position.term().to_owned(),
        machine: config.machine.trim().to_owned(),
        source_axis_mm: field.source_axis_mm(),
        isocentre: field.isocentre,
        beams: beams.collect(),
    }
}
