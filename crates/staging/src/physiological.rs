//! Uptake that belongs to an organ.

use isoboost_anatomy::{Anatomy, Organ, OrganKind};
use isoboost_volume::Volume;

use crate::StagingConfig;
use crate::place::{density_around, distance_to};
use crate::region::{ExclusionReason, Region};
use crate::uptake::{Uptake, median_in};
use crate::verdict::{Metastasis, Verdict};

/// Density of air, in HU.
const AIR_HU: f64 = -600.0;

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
    if let Some((median, ratio)) = stands_out(uptake, organ, suv, config) {
        evidence.push(format!(
            "SUVmax {:.1} is {ratio:.1} times the organ's median of {median:.1}",
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

/// In organs of even uptake a focus far above it is a lesion.
fn stands_out(
    uptake: &Uptake,
    organ: &Organ,
    suv: &Volume<f32>,
    config: &StagingConfig,
) -> Option<(f64, f64)> {
    if !matches!(organ.kind, OrganKind::Liver | OrganKind::Spleen) {
        return None;
    }
    let median = median_in(organ, suv)?;
    let ratio = uptake.suv_max / median;
    (ratio >= config.organ_ratio).then_some((median, ratio))
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
