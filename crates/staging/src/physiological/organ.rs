//! Uptake that belongs to an organ.

use isoboost_anatomy::{Anatomy, Organ, OrganKind, OrganSource};
use nalgebra::Vector3;

use crate::place::distance_within;
use crate::region::{ExclusionReason, Region};
use crate::tissue::density;
use crate::uptake::{Uptake, hottest_in, typical_in};
use crate::verdict::{Metastasis, Verdict};

use super::{Context, Explanation, LIKELY, gallbladder};

/// A focus of more than this share of an organ's volume is no lesion in it but the organ.
const FOCAL_SHARE: f64 = 0.3;

/// A focus in the bladder of less than this share of its volume, and denser than its middle by this
/// in a ball of this radius in mm, is no urine.
const URINE_SHARE: f64 = 0.1;
const SOLID_OVER_URINE_HU: f64 = 18.0;
const DENSITY_BALL_MM: f64 = 4.0;

/// Nearer than this to the surface of an organ's mask, a focus may belong to a neighbour, in mm.
const RIM_MM: f64 = 20.0;
/// … and to that of an imported mask, or with uptake this many times the organ's, which no
/// neighbour but a kidney has.
const SURE_RIM_MM: f64 = 8.0;
const FAR_ABOVE: f64 = 2.5;

/// A lesion whose maximum lies within this of the bladder is told to touch it, in mm.
const CONTACT_MM: f64 = 12.0;

/// A small focus this near to an organ of even uptake, no hotter than it but for this factor, is a
/// part of it that the mask leaves out, in mm. Where the organ's own voxels differ by more from
/// their noise, that counts, up to the second factor: beyond are spills of its neighbours.
const BESIDE_MM: f64 = 16.0;
const BESIDE_IMPORTED_MM: f64 = 6.0;
const NO_HOTTER: f64 = 1.15;
const NOISE_TO: f64 = 1.35;
const PART_ML: f64 = 5.0;

/// The organ that a focus belongs to.
pub(super) fn explain(uptake: &Uptake, context: &Context<'_>) -> Option<Explanation> {
    let Some(held) = holder(uptake, context) else {
        return left_out(uptake, context);
    };
    if stands_out(uptake, held.organ, context).is_some() {
        return None;
    }
    let overlap = if held.max_inside {
        held.share.max(0.5)
    } else {
        held.share
    };
    let plausibility = held.organ.confidence * overlap.sqrt();
    // An organ's own uptake is never a lesion for being seen poorly.
    let plausibility = plausibility.max(LIKELY);
    Some(Explanation::new(
        held.reason,
        plausibility,
        evidence(uptake, &held),
    ))
}

/// A part of liver or spleen beside their masks.
fn left_out(uptake: &Uptake, context: &Context<'_>) -> Option<Explanation> {
    if uptake.volume_ml > PART_ML || context.in_bone {
        return None;
    }
    let mut organs = context.anatomy.organs.iter().filter(|o| is_even(o.kind));
    organs.find_map(|organ| {
        let reason = ExclusionReason::for_organ(organ.kind)?;
        let near = match organ.source {
            OrganSource::Imported => BESIDE_IMPORTED_MM,
            OrganSource::Recognised => BESIDE_MM,
        };
        let mm = distance_within(organ, uptake.max_at, near)?;
        let typical = typical_in(organ, context.scan.suv)?;
        let noisy = hottest_in(organ, context.scan.suv)?.min(NOISE_TO * typical);
        let hottest = noisy.max(NO_HOTTER * typical);
        let part = uptake.suv_max <= hottest;
        let name = organ.kind.name();
        let evidence = vec![format!(
            "{mm:.0} mm from the {name} and no hotter: SUVmax {:.1}, in the {name} {typical:.1} and \
             up to {hottest:.1}",
            uptake.suv_max
        )];
        part.then(|| Explanation::new(reason, LIKELY, evidence))
    })
}

fn is_even(kind: OrganKind) -> bool {
    matches!(kind, OrganKind::Liver | OrganKind::Spleen)
}

/// The verdict on a focus that stands out of an organ of even uptake: a metastasis of it.
pub(crate) fn lesion_of_organ(uptake: &Uptake, context: &Context<'_>) -> Option<Verdict> {
    let held = holder(uptake, context)?;
    let (typical, ratio) = stands_out(uptake, held.organ, context)?;
    let mut evidence = evidence(uptake, &held);
    evidence.push(format!(
        "SUVmax {:.1} is {ratio:.1} times the organ's own uptake of {typical:.1}",
        uptake.suv_max
    ));
    let site = held.organ.kind.name();
    let verdict = Verdict::lesion(Region::Distant, site, 0.6, evidence);
    Some(verdict.with_metastasis(Metastasis::Organ))
}

/// Whether an organ that was recognised or drawn holds a focus.
pub(super) fn holds(uptake: &Uptake, context: &Context<'_>) -> bool {
    holder(uptake, context).is_some()
}

/// The organ that holds most of a focus.
struct Holder<'a> {
    organ: &'a Organ,
    reason: ExclusionReason,
    max_inside: bool,
    share: f64,
}

fn holder<'a>(uptake: &Uptake, context: &Context<'a>) -> Option<Holder<'a>> {
    let candidates = context.anatomy.organs.iter().filter_map(|organ| {
        let reason = ExclusionReason::for_organ(organ.kind)?;
        let max_inside = organ.mask.contains(uptake.max_at);
        let share = uptake.share(|p| organ.mask.contains(p));
        let belongs = max_inside || share >= context.config.organ_share;
        let belongs = belongs && !is_solid_in_urine(uptake, organ, context);
        belongs.then_some(Holder {
            organ,
            reason,
            max_inside,
            share,
        })
    });
    candidates.max_by(|a, b| a.share.total_cmp(&b.share))
}

/// Whether a small focus in the mask of the bladder has a top of its own over solid tissue: the
/// recognised mask follows uptake, and takes a node at its wall for urine.
fn is_solid_in_urine(uptake: &Uptake, organ: &Organ, context: &Context<'_>) -> bool {
    let recognised = organ.source == OrganSource::Recognised;
    if !recognised || organ.kind != OrganKind::UrinaryBladder {
        return false;
    }
    if uptake.volume_ml > URINE_SHARE * organ.mask.volume_ml() {
        return false;
    }
    let Some(ct) = context.scan.ct else {
        return false;
    };
    let here = density(ct, uptake.max_at, DENSITY_BALL_MM);
    let urine = organ.mask.centroid();
    let urine = urine.and_then(|at| density(ct, at, 2.0 * DENSITY_BALL_MM));
    here.zip(urine)
        .is_some_and(|(here, urine)| here - urine >= SOLID_OVER_URINE_HU)
}

fn evidence(uptake: &Uptake, held: &Holder<'_>) -> Vec<String> {
    let name = held.organ.kind.name();
    let maximum = if held.max_inside {
        "as well"
    } else {
        "outside"
    };
    vec![
        format!(
            "{:.0} % of its uptake lies in the {name}, its maximum {maximum}",
            uptake.share(|p| held.organ.mask.contains(p)) * 100.0,
        ),
        format!("{name}: {}", held.organ.evidence),
    ]
}

/// In organs of even uptake a small focus far above it, deep inside, is a lesion. A large one is
/// the organ, and one at its rim is more likely duodenum, kidney or gallbladder beside it; both
/// stay in the list of what is excluded, with their uptake.
fn stands_out(uptake: &Uptake, organ: &Organ, context: &Context<'_>) -> Option<(f64, f64)> {
    let even = is_even(organ.kind);
    let typical = typical_in(organ, context.scan.suv).filter(|_| even)?;
    let ratio = uptake.suv_max / typical;
    let rim = match organ.source {
        OrganSource::Recognised if ratio < FAR_ABOVE => RIM_MM,
        _ => SURE_RIM_MM,
    };
    let deep = [Vector3::x(), Vector3::y(), Vector3::z()]
        .into_iter()
        .flat_map(|axis| [axis * rim, axis * -rim])
        .all(|step| organ.mask.contains(uptake.max_at + step));
    let bile = organ.kind == OrganKind::Liver && gallbladder::is_bile(uptake, context);
    if !even || !deep || bile || uptake.volume_ml > FOCAL_SHARE * organ.mask.volume_ml() {
        return None;
    }
    (ratio >= context.config.organ_ratio).then_some((typical, ratio))
}

/// A sentence for lesions near the bladder, whose outline its urine may have moved.
pub(crate) fn bladder_contact(uptake: &Uptake, anatomy: &Anatomy) -> Option<String> {
    let distances = anatomy
        .organs_of(OrganKind::UrinaryBladder)
        .filter_map(|bladder| distance_within(bladder, uptake.max_at, CONTACT_MM));
    let distance = distances.reduce(f64::min)?;
    Some(format!(
        "its maximum lies {distance:.0} mm from the urinary bladder: compare the outline"
    ))
}
