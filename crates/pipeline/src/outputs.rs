//! The result folder of one study.

use std::path::Path;

use isoboost_dicom::{Provenance, ReferenceImages, WrittenObject};
use isoboost_planning::{Target, region_colour, structure_set};
use isoboost_report::{
    CtInfo, DISCLAIMER, FieldInfo, LesionInfo, MipMark, NumberedMask, PetInfo, ProvenanceInfo,
    PagePictures, RecommendationInfo, References, Report, SCHEMA, Software, StageInfo, StudyInfo, SuvInfo,
    TargetInfo, Total, WarningInfo,
};
use isoboost_volume::{Grid, Volume};
use serde::Deserialize;

use crate::derived::{self, LesionObjects};
use crate::field;
use crate::page;
use crate::planning_ct;
use crate::review::StudyRequest;
use crate::study::{Findings, ResultPlace, StudyError, StudyJob, StudyResult};

/// What the study is opened again with.
pub(crate) const REQUEST: &str = "request.json";
/// What every result folder holds; without one of them it is not complete.
const FILES: [&str; 6] = [
    "report.json",
    page::PAGE,
    REQUEST,
    "lesions.csv",
    "labels.nii.gz",
    "images/mip.png",
];
/// What a result with lesions holds beside those.
const LESION_FILES: [&str; 2] = ["seg.dcm", "sr.dcm"];
/// What a result with targets holds beside those.
const TARGET_FILES: [&str; 2] = ["rtstruct.dcm", "targets.nii.gz"];
/// What a result on a planning CT holds where the PET has a CT too.
const REGISTRATION_PICTURES: [(&str, &str); 3] = [
    (
        "images/registration-axial.png",
        "Planning CT and CT of the PET in turns, axial",
    ),
    (
        "images/registration-coronal.png",
        "Planning CT and CT of the PET in turns, coronal",
    ),
    (
        "images/registration-sagittal.png",
        "Planning CT and CT of the PET in turns, sagittal",
    ),
];
/// Pictures of the pelvic field, for the page.
const FIELD_PICTURES: [(&str, &str); 2] = [
    (
        "images/drr-ap.png",
        "Radiograph from the CT, seen from the front, with the field and the outlines of the PTVs",
    ),
    (
        "images/drr-lateral.png",
        "Radiograph from the CT, seen from the side, with the field and the outlines of the PTVs",
    ),
];
/// Grey of foci that are not disease.
const EXCLUDED_COLOUR: [u8; 3] = [130, 135, 142];

/// The result of an earlier run, where it is complete and depends on the same things.
pub(crate) fn earlier(
    job: &StudyJob<'_>,
    place: &ResultPlace<'_>,
    fingerprint: &str,
) -> Option<StudyResult> {
    let folder = place.folder.root().join(place.name);
    let lacks = |files: &[&str]| files.iter().any(|file| !folder.join(file).is_file());
    if lacks(&FILES) {
        return None;
    }
    let text = std::fs::read_to_string(folder.join("report.json")).ok()?;
    let report = Report::deserialize(&mut serde_json::Deserializer::from_str(&text)).ok()?;
    if !report.targets.is_empty() && lacks(&TARGET_FILES) {
        return None;
    }
    if !report.lesions.is_empty() && lacks(&LESION_FILES) {
        return None;
    }
    if page::pictured(&report).any(|id| !folder.join(page::lesion_file(id)).is_file()) {
        return None;
    }
    if report.planning_ct.is_some() && report.ct.is_some() && lacks(&REGISTRATION_PICTURES.map(|(file, _)| file)) {
        return None;
    }
    let of_field = field::files(&job.request.config.planning.field);
    if report.field.is_some() && lacks(&of_field.collect::<Vec<_>>()) {
        return None;
    }
    (report.provenance.fingerprint == fingerprint).then(|| StudyResult {
        kept: true,
        headline: headline(&report),
        warnings: report.warnings.into_iter().map(|w| w.text).collect(),
    })
}

/// Writes all files of a study and makes the folder appear.
pub(crate) fn publish(
    job: &StudyJob<'_>,
    place: &ResultPlace<'_>,
    findings: &Findings<'_>,
    reference: &Grid,
) -> Result<StudyResult, StudyError> {
    let partial = place.folder.partial()?;
    let request = StudyRequest::of(job, findings.fingerprint);
    write_file(&partial.path().join(REQUEST), request.to_json()?.as_bytes())?;
    let report = write(partial.path(), job, findings, reference)?;
    place.folder.publish(partial, place.name)?;
    Ok(StudyResult {
        kept: false,
        headline: headline(&report),
        warnings: report.warnings.into_iter().map(|w| w.text).collect(),
    })
}

/// Writes the results of a study into a folder; `report.json` comes last.
pub(crate) fn write(
    place: &Path,
    job: &StudyJob<'_>,
    findings: &Findings<'_>,
    reference: &Grid,
) -> Result<Report, StudyError> {
    let (images, objects) = rayon::join(
        || write_images(place, findings, reference),
        || Objects::write(place, job, findings),
    );
    let mut pictures = images?;
    let objects = objects?;
    field::write(place, job, findings, objects.structures.as_ref())?;
    let report = compose(job, findings, &objects);
    if report.field.is_some() {
        pictures.field = page::written(place, &FIELD_PICTURES)?;
    }
    page::write(place, &report, &pictures)?;
    write_file(
        &place.join("lesions.csv"),
        &isoboost_report::lesions_csv(&report)?,
    )?;
    write_file(&place.join("report.json"), report.to_json()?.as_bytes())?;
    Ok(report)
}

/// The report of results whose objects are not written: it names none.
pub(crate) fn report_without_objects(job: &StudyJob<'_>, findings: &Findings<'_>) -> Report {
    compose(job, findings, &Objects::default())
}

/// The report as it stands beside its objects, which are made in a folder that is gone afterwards.
pub(crate) fn report_with_objects(
    job: &StudyJob<'_>,
    findings: &Findings<'_>,
) -> Result<Report, StudyError> {
    let folder = tempfile::tempdir().map_err(|source| file_error(&std::env::temp_dir(), source))?;
    let objects = Objects::write(folder.path(), job, findings)?;
    Ok(compose(job, findings, &objects))
}

/// Writes the volumes and pictures, and hands on the pictures that the page shows.
fn write_images(
    place: &Path,
    findings: &Findings<'_>,
    reference: &Grid,
) -> Result<PagePictures, StudyError> {
    let folder = place.join("images");
    std::fs::create_dir(&folder).map_err(|source| file_error(&folder, source))?;
    let (volumes, (mip, lesions)) = rayon::join(
        || write_volumes(place, findings, reference),
        || {
            rayon::join(
                || isoboost_report::mip_png(findings.suv, &marks(findings)),
                || page::write_lesion_pictures(place, findings),
            )
        },
    );
    volumes?;
    let mut pictures = PagePictures {
        lesions: lesions?,
        ..PagePictures::default()
    };
    if let (Some(planning), Some(ct)) = (findings.planning, findings.ct) {
        planning_ct::write_pictures(&folder, planning, ct)?;
        pictures.alignment = page::written(place, &REGISTRATION_PICTURES)?;
    }
    let mip = mip?;
    write_file(&folder.join("mip.png"), &mip)?;
    pictures.overview = Some(page::overview(mip, findings));
    Ok(pictures)
}

fn write_volumes(
    place: &Path,
    findings: &Findings<'_>,
    reference: &Grid,
) -> Result<(), StudyError> {
    let (labels, targets) = rayon::join(
        || isoboost_report::write_label_map(&place.join("labels.nii.gz"), &label_map(findings)),
        || write_targets(&place.join("targets.nii.gz"), findings.targets, reference),
    );
    labels?;
    targets?;
    Ok(())
}

pub(crate) fn write_file(path: &Path, bytes: &[u8]) -> Result<(), StudyError> {
    std::fs::write(path, bytes).map_err(|source| file_error(path, source))
}

pub(crate) fn file_error(path: &Path, source: std::io::Error) -> StudyError {
    StudyError::File {
        path: path.to_path_buf(),
        source,
    }
}

/// The lesions on the PET grid; the value is the lesion's number.
fn label_map(findings: &Findings<'_>) -> Volume<u16> {
    let mut labels = Volume::filled(findings.suv.grid().clone(), 0_u16);
    for lesion in &findings.staging.lesions {
        let min = lesion.focus.bounds.min;
        for voxel in lesion.focus.mask.voxels() {
            labels[[0, 1, 2].map(|a| voxel[a] + min[a])] = lesion.id as u16;
        }
    }
    labels
}

/// A negative scan has no targets and no file of them.
fn write_targets(
    path: &Path,
    targets: &[Target],
    reference: &Grid,
) -> Result<(), isoboost_report::NiftiError> {
    let regions: Vec<NumberedMask<'_>> = targets
        .iter()
        .map(|target| NumberedMask {
            number: target.roi_number as u16,
            mask: &target.mask,
        })
        .collect();
    match isoboost_report::pack_layers(&regions, reference) {
        Some(layers) => isoboost_report::write_label_layers(path, &layers),
        None => Ok(()),
    }
}

fn marks(findings: &Findings<'_>) -> Vec<MipMark> {
    let lesions = findings.staging.lesions.iter().map(|lesion| MipMark {
        id: lesion.id,
        position: lesion.focus.measures.centroid,
        radius_mm: lesion.focus.measures.longest_diameter_mm / 2.0,
        colour: region_colour(lesion.region),
        label: lesion.site.clone(),
    });
    let excluded = findings.staging.excluded.iter().map(|excluded| MipMark {
        id: excluded.id,
        position: excluded.focus.measures.centroid,
        radius_mm: excluded.focus.measures.longest_diameter_mm / 2.0,
        colour: EXCLUDED_COLOUR,
        label: format!(
            "{} (not a lesion)",
            excluded.reason.name().replace('_', " ")
        ),
    });
    lesions.chain(excluded).collect()
}

/// The DICOM objects of a result.
#[derive(Default)]
struct Objects {
    structures: Option<WrittenObject>,
    lesions: LesionObjects,
}

impl Objects {
    fn write(
        place: &Path,
        job: &StudyJob<'_>,
        findings: &Findings<'_>,
    ) -> Result<Self, StudyError> {
        let provenance = Provenance::new(
            env!("CARGO_PKG_VERSION"),
            job.config_sha256,
            findings.created,
        );
        let path = place.join("rtstruct.dcm");
        let (structures, lesions) = rayon::join(
            || write_structures(&path, job, findings, &provenance),
            || derived::write(place, job, findings, &provenance),
        );
        Ok(Self {
            structures: structures?,
            lesions: lesions?,
        })
    }

    /// What is to be told of their writing, once where several tell the same.
    fn warnings(&self) -> Vec<WarningInfo> {
        let all = [
            &self.structures,
            &self.lesions.segmentation,
            &self.lesions.report,
        ];
        let mut warnings: Vec<WarningInfo> = Vec::new();
        for finding in all.into_iter().flatten().flat_map(|o| &o.findings) {
            let warning = WarningInfo {
                code: finding.code.to_owned(),
                text: finding.text.clone(),
            };
            if !warnings.contains(&warning) {
                warnings.push(warning);
            }
        }
        warnings
    }
}

fn uid_of(object: Option<&WrittenObject>) -> Option<String> {
    object.map(|object| object.sop_instance_uid.clone())
}

/// Writes the structure set on the planning CT, or else on the CT, or on the PET where there is no
/// CT; without a target there is nothing to write.
fn write_structures(
    path: &Path,
    job: &StudyJob<'_>,
    findings: &Findings<'_>,
    provenance: &Provenance,
) -> Result<Option<WrittenObject>, StudyError> {
    if findings.targets.is_empty() {
        return Ok(None);
    }
    let ct = planning_ct::ct_of_targets(job, findings.selection);
    let series = ct.unwrap_or(findings.selection.pet);
    let patient = &planning_ct::study_of_targets(job).patient;
    let images = ReferenceImages::of_series(series)?;
    let structures = structure_set(findings.targets);
    let written =
        isoboost_dicom::write_structure_set(path, &structures, &images, patient, provenance)?;
    Ok(Some(written))
}

fn compose(job: &StudyJob<'_>, findings: &Findings<'_>, objects: &Objects) -> Report {
    let patient = &job.study.patient;
    let staging = findings.staging;
    let policy = &job.request.policy.policy;
    Report {
        schema: SCHEMA.to_owned(),
        disclaimer: DISCLAIMER.to_owned(),
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
        review: None,
        warnings: findings
            .warnings
            .iter()
            .cloned()
            .chain(objects.warnings())
            .collect(),
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

/// The result in a line, for people.
fn headline(report: &Report) -> String {
    let kinds = ["prostate_bed", "pelvic_node", "distant", "undetermined"];
    let counts: Vec<String> = kinds
        .iter()
        .map(|kind| {
            (
                report.lesions.iter().filter(|l| l.region == **kind).count(),
                kind,
            )
        })
        .filter(|(n, _)| *n > 0)
        .map(|(n, kind)| format!("{n} {}", kind.replace('_', " ")))
        .collect();
    let lesions = if counts.is_empty() {
        "no lesion".to_owned()
    } else {
        counts.join(", ")
    };
    let suggested = &report.recommendation.intensification;
    let suggested = match suggested.len() {
        _ if report.recommendation.out_of_scope => "outside of what the policy is for".to_owned(),
        0 => "no intensification suggested".to_owned(),
        _ => format!("suggests {}", suggested.join(", ")),
    };
    format!("{lesions}; {}; {suggested}", report.mi_tnm)
}
