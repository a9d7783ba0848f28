//! The DICOM objects of a result.

use std::path::Path;

use isoboost_dicom::{Provenance, ReferenceImages, WrittenObject};
use isoboost_planning::structure_set;
use isoboost_report::WarningInfo;

use crate::derived::{self, LesionObjects};
use crate::planning_ct;
use crate::study::{Findings, StudyError, StudyJob};

/// Where the objects of a study come from: a suggestion counts as made when the PET was, what was
/// signed when that was done.
pub(crate) fn provenance(job: &StudyJob<'_>, findings: &Findings<'_>) -> Provenance {
    let suggested = Provenance::new(
        env!("CARGO_PKG_VERSION"),
        job.config_sha256,
        findings.created,
    );
    match findings.signing {
        Some(signing) => suggested.approved(signing.approval.clone()),
        None => suggested,
    }
}

/// The description of a suggestion as that of what was reviewed.
pub(crate) fn reviewed(description: &str) -> String {
    match description.strip_prefix("Suggestion") {
        Some(rest) => format!("Reviewed{rest}"),
        None => description.to_owned(),
    }
}

/// The DICOM objects of a result.
#[derive(Default)]
pub(super) struct Objects {
    pub(super) structures: Option<WrittenObject>,
    pub(super) lesions: LesionObjects,
}

impl Objects {
    pub(super) fn write(
        place: &Path,
        job: &StudyJob<'_>,
        findings: &Findings<'_>,
    ) -> Result<Self, StudyError> {
        let provenance = provenance(job, findings);
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
    pub(super) fn warnings(&self) -> Vec<WarningInfo> {
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
    let mut structures = structure_set(findings.targets);
    if let Some(signing) = findings.signing {
        for (roi, target) in structures.rois.iter_mut().zip(findings.targets) {
            roi.description = reviewed(&roi.description);
            roi.by_hand = signing.by_hand.drew(target);
        }
    }
    let written =
        isoboost_dicom::write_structure_set(path, &structures, &images, patient, provenance)?;
    Ok(Some(written))
}
