//! The result folder of one study.

mod compose;
mod objects;

use std::path::Path;

use isoboost_planning::{Target, region_colour};
use isoboost_report::{MipMark, NumberedMask, PagePictures, PictureStatus, Report};
use isoboost_staging::ExclusionReason;
use isoboost_volume::{Grid, Volume};
use serde::Deserialize;

use crate::field;
use crate::page;
use crate::planning_ct;
use crate::review::StudyRequest;
use crate::study::{Findings, ResultPlace, StudyError, StudyJob, StudyResult};

use compose::compose;
use objects::Objects;
pub(crate) use objects::{provenance, reviewed};

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
    if report.planning_ct.is_some()
        && report.ct.is_some()
        && lacks(&REGISTRATION_PICTURES.map(|(file, _)| file))
    {
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
    let request = StudyRequest::of(job, findings.fingerprint)?;
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
                || isoboost_report::mip_png(findings.suv, &marks(findings), status(findings)),
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

/// What pictures say of themselves.
pub(crate) fn status(findings: &Findings<'_>) -> PictureStatus {
    if findings.signing.is_some() {
        PictureStatus::Signed
    } else {
        PictureStatus::Suggestion
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
        label: match excluded.reason {
            ExclusionReason::Reviewer => "rejected by the reviewer".to_owned(),
            reason => format!("{} (not a lesion)", reason.name().replace('_', " ")),
        },
    });
    lesions.chain(excluded).collect()
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
