//! The batch's own code as the engine of the desk.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use isoboost_lesion::Focus;
use isoboost_pipeline::{
    Decision, DecisionError, NotedSignatures, OpenStudy, PreparedSignature, PreviewedInfo,
    Reviewed, Signature, StagedReview, StudyImages, StudyRequest, error_chain, prepare_signed,
};
use isoboost_planning::{Target, TargetKind, region_colour};
use isoboost_report::Report;
use isoboost_staging::Staging;
use isoboost_volume::Volume;
use nalgebra::Isometry3;
use serde_json::{Value, json};

use super::{
    Engine, EngineError, Images, Planned, Prepared, Previewed, Region, RegionKind, Shape, Signed,
    Signing, Staged, Study,
};

/// Grey of foci that are not disease, as in the batch's pictures.
const EXCLUDED_COLOUR: [u8; 3] = [130, 135, 142];

/// The engine of the batch; images that moved are looked for in these folders, and the program that
/// drew a study's organs is started again only where that is allowed.
pub(crate) fn of_batch(images: Vec<PathBuf>, run_anatomy_command: bool) -> Arc<dyn Engine> {
    Arc::new(Batch {
        images,
        run_anatomy_command,
    })
}

struct Batch {
    images: Vec<PathBuf>,
    run_anatomy_command: bool,
}

impl Engine for Batch {
    fn load(&self, study_folder: &Path) -> Result<Arc<dyn Images>, EngineError> {
        let request = StudyRequest::read(study_folder).map_err(|error| EngineError {
            text: error_chain(&error),
            remedy: "run the study again with `isoboost run`".to_owned(),
        })?;
        let request = if self.images.is_empty() {
            request
        } else {
            request.with_images(self.images.clone())
        };
        let request = if self.run_anatomy_command {
            request.with_anatomy_command()
        } else {
            request
        };
        let images = StudyImages::load(&request).map_err(|error| EngineError {
            text: error_chain(&error),
            remedy: "if the images were moved, start `isoboost review` with --images FOLDER"
                .to_owned(),
        })?;
        Ok(Arc::new(Loaded {
            request,
            images: Arc::new(images),
        }))
    }
}

struct Loaded {
    request: StudyRequest,
    images: Arc<StudyImages>,
}

impl Images for Loaded {
    fn suv(&self) -> &Volume<f32> {
        self.images.suv()
    }

    fn ct(&self) -> Option<&Volume<i16>> {
        self.images.ct()
    }

    fn analyse(self: Arc<Self>) -> Result<Arc<dyn Study>, EngineError> {
        let open = OpenStudy::analyse(&self.request, Arc::clone(&self.images));
        let open = open.map_err(|error| EngineError {
            text: error_chain(&error),
            remedy: "run the study again with `isoboost run`".to_owned(),
        })?;
        Ok(Arc::new(Analysed(Arc::new(open))))
    }
}

struct Analysed(Arc<OpenStudy>);

impl Study for Analysed {
    fn stage(&self, decisions: &[Decision]) -> Result<Arc<dyn Staged>, EngineError> {
        let staged = self.0.stage(decisions)?;
        Ok(Arc::new(StagedByBatch {
            open: Arc::clone(&self.0),
            staged,
        }))
    }

    fn preview(&self, decisions: &[Decision], next: &Decision) -> Result<Previewed, EngineError> {
        let preview = self.0.preview(decisions, next)?;
        let mut findings = Vec::new();
        let mut regions = Vec::new();
        for finding in preview.findings {
            let info = match &finding.info {
                PreviewedInfo::Lesion(info) => json!(info),
                PreviewedInfo::Excluded(info) => json!(info),
            };
            findings.push(previewed(finding.id, &info));
            let is_lesion = matches!(finding.info, PreviewedInfo::Lesion(_));
            regions.push(Region {
                roi: None,
                finding: Some(finding.id),
                lesion_ids: vec![finding.id],
                kind: if is_lesion {
                    RegionKind::Gtv
                } else {
                    RegionKind::Excluded
                },
                name: format!("finding {}", finding.id),
                colour: EXCLUDED_COLOUR,
                shape: Shape::Mask(Arc::new(finding.outline)),
            });
        }
        Ok(Previewed {
            findings,
            gone: preview.gone,
            mi_tnm: preview.mi_tnm,
            regions,
        })
    }
}

/// A finding as the answer to a preview has it: its number, what it would be, and its measures.
fn previewed(id: u32, info: &Value) -> Value {
    json!({
        "id": id,
        "region": info.get("region"),
        "station": info.get("station"),
        "reason": info.get("reason"),
        "mi_tnm": info.get("mi_tnm"),
        "measures": info,
    })
}

struct StagedByBatch {
    open: Arc<OpenStudy>,
    staged: StagedReview,
}

impl Staged for StagedByBatch {
    fn report(&self) -> &Report {
        &self.staged.report
    }

    fn findings(&self) -> Vec<Region> {
        let staging = &self.staged.staging;
        let lesions = staging.lesions.iter().map(|lesion| Region {
            name: format!("lesion {}", lesion.id),
            kind: RegionKind::Gtv,
            colour: region_colour(lesion.region),
            ..finding(lesion.id, lesion.focus.fine_depth())
        });
        lesions.chain(excluded(staging)).collect()
    }

    fn plan(&self) -> Result<Arc<dyn Planned>, EngineError> {
        let reviewed = self.open.plan(&self.staged).map_err(|error| EngineError {
            text: error_chain(&error),
            remedy: "take the last decision back and report what happened".to_owned(),
        })?;
        Ok(Arc::new(PlannedByBatch {
            open: Arc::clone(&self.open),
            reviewed,
        }))
    }
}

struct PlannedByBatch {
    open: Arc<OpenStudy>,
    reviewed: Reviewed,
}

impl Planned for PlannedByBatch {
    fn report(&self) -> &Report {
        &self.reviewed.report
    }

    fn regions(&self) -> Vec<Region> {
        // The pictures are those of the PET/CT; targets on a planning CT are shown where they lie.
        let here = self.open.planning_from_pet().map(|there| there.inverse());
        let targets = self.reviewed.targets.iter();
        targets
            .map(|target| of_target(target, here.as_ref()))
            .chain(excluded(&self.reviewed.staging))
            .collect()
    }

    fn sign(
        &self,
        signing: &Signing,
        results: &Path,
        noted: NotedSignatures<'_>,
    ) -> Result<Box<dyn Prepared>, EngineError> {
        let signature = Signature {
            reviewer: signing.reviewer.clone(),
            organisation: None,
            at: signing.at,
            comment: (!signing.comment.is_empty()).then(|| signing.comment.clone()),
        };
        let prepared = prepare_signed(&self.open, &self.reviewed, &signature, results, noted);
        let prepared = prepared.map_err(|error| EngineError {
            text: error_chain(&error),
            remedy: "nothing was signed; mend that and sign again".to_owned(),
        })?;
        Ok(Box::new(PreparedByBatch {
            results: results.to_path_buf(),
            prepared,
        }))
    }
}

struct PreparedByBatch {
    results: PathBuf,
    prepared: PreparedSignature,
}

impl Prepared for PreparedByBatch {
    fn signed(&self) -> Signed {
        let result = self.prepared.result();
        let folder = result.folder.strip_prefix(&self.results);
        let folder = folder.unwrap_or(&result.folder);
        let parts: Vec<_> = folder.iter().map(|part| part.to_string_lossy()).collect();
        Signed {
            folder: parts.join("/"),
            changes: result.changes.iter().map(|c| c.sentence.clone()).collect(),
        }
    }

    fn publish(self: Box<Self>) -> Result<(), EngineError> {
        let published = self.prepared.publish();
        published.map(drop).map_err(|error| EngineError {
            text: error_chain(&error),
            remedy: "the signature is kept; its files appear when the desk is started again"
                .to_owned(),
        })
    }
}

fn of_target(target: &Target, pet_from_planning: Option<&Isometry3<f64>>) -> Region {
    let mask = match pet_from_planning {
        Some(motion) => target.mask.clone().moved(motion),
        None => target.mask.clone(),
    };
    let kind = match target.kind {
        TargetKind::Gtv => RegionKind::Gtv,
        TargetKind::Ctv => RegionKind::Ctv,
        TargetKind::Ptv => RegionKind::Ptv,
        TargetKind::Field => RegionKind::Field,
    };
    let finding = match (target.kind, target.lesion_ids.as_slice()) {
        (TargetKind::Gtv, [id]) => Some(*id),
        _ => None,
    };
    Region {
        roi: Some(target.roi_number),
        finding,
        lesion_ids: target.lesion_ids.clone(),
        kind,
        name: target.name.clone(),
        colour: target.colour,
        shape: Shape::Mask(Arc::new(mask)),
    }
}

fn excluded(staging: &Staging) -> impl Iterator<Item = Region> {
    staging.excluded.iter().map(|excluded| {
        let Focus { depth, .. } = &excluded.focus;
        Region {
            name: excluded.reason.name().replace('_', " "),
            // An organ is large, and nothing is drawn by its outline: it needs no finer one.
            ..finding(excluded.id, depth.clone())
        }
    })
}

fn finding(id: u32, depth: Volume<f32>) -> Region {
    Region {
        roi: None,
        finding: Some(id),
        lesion_ids: vec![id],
        kind: RegionKind::Excluded,
        name: String::new(),
        colour: EXCLUDED_COLOUR,
        shape: Shape::Depth(Arc::new(depth)),
    }
}

impl From<DecisionError> for EngineError {
    fn from(error: DecisionError) -> Self {
        Self {
            text: error_chain(&error),
            remedy: error.remedy(),
        }
    }
}
