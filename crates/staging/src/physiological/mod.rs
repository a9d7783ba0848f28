//! What of the uptake is physiological: every rule says how plausible its explanation is, and why.
//!
//! An explanation from [`CERTAIN`] on excludes a focus, from [`LIKELY`] on it excludes it for a
//! reader to confirm, and from [`POSSIBLE`] on it is told beside a lesion that stays one.

mod arm;
mod artefact;
mod bone;
mod diffuse;
mod fracture;
mod gallbladder;
mod ganglion;
mod head;
mod large;
mod organ;
mod ureter;
mod urethra;
mod vascular;

#[cfg(test)]
mod tests;

use isoboost_anatomy::Anatomy;
use nalgebra::Point3;

use crate::StagingConfig;
use crate::place::Levels;
use crate::region::ExclusionReason;
use crate::scan::Scan;
use crate::tissue::{ALIGNED_MM, thickest};
use crate::uptake::Uptake;

pub(crate) use bone::change as bone_change;
pub(crate) use organ::{bladder_contact, lesion_of_organ};

/// Plausibility from which an explanation is certain.
pub(crate) const CERTAIN: f64 = 0.85;
/// Plausibility from which an explanation is likely.
pub(crate) const LIKELY: f64 = 0.6;
/// Plausibility from which an explanation is told.
pub(crate) const POSSIBLE: f64 = 0.35;

/// Soft tissue of at least this share of the thickness on the other side is vessel or muscle.
const ALIKE: f64 = 0.75;

/// What a focus is judged by.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) scan: Scan<'a>,
    pub(crate) anatomy: &'a Anatomy,
    pub(crate) levels: Option<&'a Levels>,
    pub(crate) config: &'a StagingConfig,
    /// All foci of the patient, for what shows in pairs and rows.
    pub(crate) others: &'a [Uptake],
    /// Where the lungs end, z; `None` where none are seen.
    pub(crate) lungs_top: Option<f64>,
    /// Share of the focus in bone.
    pub(crate) bone_share: f64,
    /// Whether the focus is one of bone.
    pub(crate) in_bone: bool,
}

/// Why a focus may be physiological.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Explanation {
    pub(crate) reason: ExclusionReason,
    /// 0 to 1.
    pub(crate) plausibility: f64,
    pub(crate) evidence: Vec<String>,
}

impl Explanation {
    fn new(reason: ExclusionReason, plausibility: f64, evidence: Vec<String>) -> Self {
        Self {
            reason,
            plausibility: plausibility.clamp(0.0, 0.98),
            evidence,
        }
    }
}

/// The explanations of a focus from [`POSSIBLE`] on, the most plausible first.
pub(crate) fn explain(uptake: &Uptake, context: &Context<'_>) -> Vec<Explanation> {
    let rules = [
        organ::explain,
        ureter::explain,
        urethra::explain,
        ganglion::explain,
        gallbladder::explain,
        head::explain,
        bone::explain,
        fracture::explain,
        vascular::explain,
        arm::explain,
        artefact::explain,
        diffuse::explain,
        large::explain,
    ];
    let found = rules.iter().filter_map(|rule| rule(uptake, context));
    let mut found: Vec<Explanation> = found.filter(|e| e.plausibility >= POSSIBLE).collect();
    found.sort_by(|a, b| b.plausibility.total_cmp(&a.plausibility));
    found
}

/// Half the thickness of the soft tissue at the mirrored place, mm: vessels and muscles lie on both
/// sides.
fn thickness_across(uptake: &Uptake, context: &Context<'_>) -> Option<f64> {
    let mirror = mirror(uptake.center, context)?;
    let found = thickest(context.scan.ct?, mirror, 2.0 * ALIGNED_MM)?;
    Some(found.radius_mm)
}

/// A place on the other side of the body.
fn mirror(at: Point3<f64>, context: &Context<'_>) -> Option<Point3<f64>> {
    let midline = context.levels?.midline;
    Some(Point3::new(2.0 * midline - at.x, at.y, at.z))
}
