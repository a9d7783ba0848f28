//! What the desk asks of the code that works on images. The batch's own code answers; tests put
//! something lighter in its place.

mod batch;

use std::path::Path;
use std::sync::Arc;

use isoboost_pipeline::{Decision, NotedSignatures};
use isoboost_report::Report;
use isoboost_volume::{Mask, Volume};
use serde::Serialize;
use serde_json::Value;

pub(crate) use batch::of_batch;

/// Why something could not be done, for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub(crate) struct EngineError {
    /// What happened.
    pub(crate) text: String,
    /// What to do.
    pub(crate) remedy: String,
}

/// Opens studies.
pub(crate) trait Engine: Send + Sync {
    /// Loads the images of a study from its result folder.
    fn load(&self, study_folder: &Path) -> Result<Arc<dyn Images>, EngineError>;
}

/// The images of a study.
pub(crate) trait Images: Send + Sync {
    /// SUVbw.
    fn suv(&self) -> &Volume<f32>;
    /// HU, of the CT that the targets are drawn on.
    fn ct(&self) -> Option<&Volume<i16>>;
    /// Does everything that decisions need once.
    fn analyse(self: Arc<Self>) -> Result<Arc<dyn Study>, EngineError>;
}

/// A study on which something can be decided.
pub(crate) trait Study: Send + Sync {
    /// What comes of decisions, without volumes to treat; fast. Fails where the last one is
    /// impossible.
    fn stage(&self, decisions: &[Decision]) -> Result<Arc<dyn Staged>, EngineError>;
    /// What one more decision would change.
    fn preview(&self, decisions: &[Decision], next: &Decision) -> Result<Previewed, EngineError>;
}

/// What comes of decisions, without volumes to treat.
pub(crate) trait Staged: Send + Sync {
    fn report(&self) -> &Report;
    /// Outlines of the findings, as GTV or EXCLUDED.
    fn findings(&self) -> Vec<Region>;
    /// Adds the volumes to treat.
    fn plan(&self) -> Result<Arc<dyn Planned>, EngineError>;
}

/// Everything that comes of decisions.
pub(crate) trait Planned: Send + Sync {
    fn report(&self) -> &Report;
    /// Every volume that can be shown.
    fn regions(&self) -> Vec<Region>;
    /// Writes the signed results, hidden until they are published; the numbers of signatures that
    /// the trail has are not given again.
    fn sign(
        &self,
        signature: &Signing,
        results: &Path,
        noted: NotedSignatures<'_>,
    ) -> Result<Box<dyn Prepared>, EngineError>;
}

/// Signed results that wait until the trail has their signature.
pub(crate) trait Prepared: Send {
    /// What will be there.
    fn signed(&self) -> Signed;
    /// Makes them appear.
    fn publish(self: Box<Self>) -> Result<(), EngineError>;
}

/// Something that is outlined in the pictures.
#[derive(Debug, Clone)]
pub(crate) struct Region {
    /// ROI Number; none for a finding that is no target.
    pub(crate) roi: Option<u32>,
    /// Number of the finding, where it is the outline of one.
    pub(crate) finding: Option<u32>,
    /// The lesions that it covers.
    pub(crate) lesion_ids: Vec<u32>,
    pub(crate) kind: RegionKind,
    pub(crate) name: String,
    pub(crate) colour: [u8; 3],
    pub(crate) shape: Shape,
}

/// Where something lies.
#[derive(Debug, Clone)]
pub(crate) enum Shape {
    /// Its voxels, on a grid around it.
    Mask(Arc<Mask>),
    /// A field that is zero or negative inside.
    Depth(Arc<Volume<f32>>),
}

/// What an outline stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum RegionKind {
    Gtv,
    Ctv,
    Ptv,
    Field,
    /// A finding that is not disease.
    Excluded,
}

/// What one more decision would change.
#[derive(Debug, Clone)]
pub(crate) struct Previewed {
    /// The findings as they would be, as the answer has them.
    pub(crate) findings: Vec<Value>,
    /// Findings that would be no more.
    pub(crate) gone: Vec<u32>,
    /// The patient's miTNM.
    pub(crate) mi_tnm: String,
    /// Outlines of the findings.
    pub(crate) regions: Vec<Region>,
}

/// Who signs, and what they say.
#[derive(Debug, Clone)]
pub(crate) struct Signing {
    pub(crate) reviewer: String,
    pub(crate) comment: String,
    pub(crate) at: chrono::DateTime<chrono::FixedOffset>,
}

/// What was written for a signature.
#[derive(Debug, Clone)]
pub(crate) struct Signed {
    /// Folder of the signed results, inside the result folder.
    pub(crate) folder: String,
    /// What changed between suggestion and signature, a sentence each.
    pub(crate) changes: Vec<String>,
}
