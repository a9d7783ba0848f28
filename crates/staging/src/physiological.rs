//! Uptake that belongs to an organ.

use isoboost_anatomy::{Anatomy, Organ, OrganKind};
use isoboost_volume::Volume;
use nalgebra::Vector3;

use crate::StagingConfig;
use crate::place::{density_around, distance_to};
use crate::region::{ExclusionReason, Region};
use crate::uptake::{Uptake, typical_in};
use crate::verdict::{Metastasis, Verdict};

/// Density of air, in HU.
const AIR_HU: f64 = -600.0;

/// A focus of more than this share of an organ's volume is no lesion in it but the organ.
const FOCAL_SHARE: f64 = 0.3;

/// Nearer than this to the surface of an organ's mask, a focus may belong to a neighbour, in mm.
const RIM_MM: f64 = 20.0;

/// A lesion whose maximum lies within this of the bladder is told to touch it, in mm.
const CONTACT_MM: f64 = 12.0;

/// The verdict on a focus that belongs to an organ or to nobody's body; `None` for all others.
pub(crate) fn judge(
    uptake: &Uptake,
    anatomy: &Anatomy,
    suv: &Volume<f32>,
    config: &StagingConfig,
) -> Option<Verdict> {
    if let Some(verdict) = contamination(uptake, anatomy) {
        return Some(verdict);
    }
    let candidates = anatomy.organs.iter().filter_map(|organ| {
        let reason = ExclusionReason::for_organ(organ.kind)?;
        let max_inside = organ.mask.contains(uptake.max_at);
        let share = uptake.share(|p| organ.mask.contains(p));
        let belongs = max_inside || share >= config.organ_share;
        belongs.then_some((organ, reason, max_inside, share))
    });
    let (organ, reason, max_inside, share) = candidates.max_by(|a, b| a.3.total_cmp(&b.3))?;
    let mut evidence = vec![
        format!(
            "{:.0} % of its uptake lies in the {}, its maximum {}",
            share * 100.0,
            organ.kind.name(),
            if max_inside { "as well" } else { "outside" }
        ),
        format!("{}: {}", organ.kind.name(), organ.evidence),
    ];
    if let Some((typical, ratio)) = stands_out(uptake, organ, suv, config) {
        evidence.push(format!(
            "SUVmax {:.1} is {ratio:.1} times the organ's own uptake of {typical:.1}",
            uptake.suv_max
        ));
        let site = organ.kind.name();
        let verdict = Verdict::lesion(Region::Distant, site, 0.6, evidence);
        return Some(verdict.with_metastasis(Metastasis::Organ));
    }
    let overlap = if max_inside { share.max(0.5) } else { share };
    Some(Verdict::physiological(
        reason,
        organ.confidence * overlap.sqrt(),
        evidence,
    ))
}

/// In organs of even uptake a small focus far above it, deep inside, is a lesion. A large one is
/// the organ, and one at its rim is more likely duodenum, kidney or gallbladder beside it; both
/// stay in the list of what is excluded, with their uptake.
fn stands_out(
    uptake: &Uptake,
    organ: &Organ,
    suv: &Volume<f32>,
    config: &StagingConfig,
) -> Option<(f64, f64)> {
    let even = matches!(organ.kind, OrganKind::Liver | OrganKind::Spleen);
    let deep = [Vector3::x(), Vector3::y(), Vector3::z()]
        .into_iter()
        .flat_map(|axis| [axis * RIM_MM, axis * -RIM_MM])
        .all(|step| organ.mask.contains(uptake.max_at + step));
    if !even || !deep || uptake.volume_ml > FOCAL_SHARE * organ.mask.volume_ml() {
        return None;
    }
    let typical = typical_in(organ, suv)?;
    let ratio = uptake.suv_max / typical;
    (ratio >= config.organ_ratio).then_some((typical, ratio))
}

fn contamination(uptake: &Uptake, anatomy: &Anatomy) -> Option<Verdict> {
    let body = anatomy.body.as_ref()?;
    let seen = body.grid().voxel_at(uptake.max_at).is_some();
    let density = density_around(anatomy, uptake.max_at)?;
    if !seen || density > AIR_HU || uptake.share(|p| body.contains(p)) > 0.1 {
        return None;
    }
    Some(Verdict::physiological(
        ExclusionReason::Contamination,
        0.7,
        vec![format!("outside of the body, in air ({density:.0} HU)")],
    ))
}

/// A sentence for lesions near the bladder, whose outline its urine may have moved.
pub(crate) fn bladder_contact(uptake: &Uptake, anatomy: &Anatomy) -> Option<String> {
    let distances = anatomy
        .organs_of(OrganKind::UrinaryBladder)
        .map(|bladder| distance_to(bladder, uptake.max_at));
    let distance = distances.reduce(f64::min)?;
    (distance <= CONTACT_MM).then(|| {
        format!("its maximum lies {distance:.0} mm from the urinary bladder: compare the outline")
    })
}
