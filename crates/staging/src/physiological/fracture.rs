//! Healing fractures: ribs broken in a row, and vertebrae that have lost height.

use isoboost_anatomy::{Organ, OrganKind};

use crate::place::is_bone;
use crate::region::ExclusionReason;
use crate::uptake::Uptake;

use super::bone::is_rib;
use super::{Context, Explanation};

/// Callus takes up PSMA ligands weakly; a hotter focus is not explained by it, SUVbw.
const WEAK_SUV: f64 = 7.0;
/// Ribs that one blow broke lie one above the other: this far apart in height, and no further from
/// a plumb line, mm.
const NEXT_RIB_MM: std::ops::RangeInclusive<f64> = 14.0..=95.0;
const PLUMB_MM: f64 = 30.0;
/// Their uptake is alike, as a ratio.
const LIKE: std::ops::RangeInclusive<f64> = 0.4..=2.5;
/// A vertebra of less than this share of the mean height of its neighbours is compressed: grade 1
/// of Genant begins at a loss of 20 to 25 % (J Bone Miner Res 1993;8:1137).
const COMPRESSED: f64 = 0.77;

pub(super) fn explain(uptake: &Uptake, context: &Context<'_>) -> Option<Explanation> {
    if !context.in_bone || uptake.suv_max >= WEAK_SUV {
        return None;
    }
    ribs_in_a_row(uptake, context).or_else(|| compressed(uptake, context))
}

fn ribs_in_a_row(uptake: &Uptake, context: &Context<'_>) -> Option<Explanation> {
    if !is_rib(uptake, context) {
        return None;
    }
    let row = context.others.iter().filter(|other| {
        let d = other.center - uptake.center;
        NEXT_RIB_MM.contains(&d.z.abs())
            && d.x.hypot(d.y) <= PLUMB_MM
            && LIKE.contains(&(other.suv_max / uptake.suv_max))
            && other.suv_max < WEAK_SUV
            && other.share(|p| is_bone(context.anatomy, p)) >= context.config.bone_share
    });
    let row = row.count();
    let plausibility = match row {
        0 => return None,
        1 => 0.45,
        _ => 0.65,
    };
    let evidence = vec![format!(
        "weak, with SUVmax {:.1}, in a row with {row} more of the ribs above and below: broken ribs \
         heal like this",
        uptake.suv_max
    )];
    Some(Explanation::new(
        ExclusionReason::Fracture,
        plausibility,
        evidence,
    ))
}

fn compressed(uptake: &Uptake, context: &Context<'_>) -> Option<Explanation> {
    let mut spine: Vec<(&Organ, [f64; 2])> = context
        .anatomy
        .organs
        .iter()
        .filter(|o| matches!(o.kind, OrganKind::Vertebra(_)))
        .filter_map(|o| Some((o, extent(o)?)))
        .collect();
    spine.sort_by(|a, b| a.1[0].total_cmp(&b.1[0]));
    let at = spine
        .iter()
        .position(|(organ, _)| organ.mask.contains(uptake.center))?;
    let height = |n: usize| spine.get(n).map(|(_, [low, high])| high - low);
    let (here, below, above) = (height(at)?, height(at.checked_sub(1)?)?, height(at + 1)?);
    let share = here / f64::midpoint(below, above);
    (share < COMPRESSED).then(|| {
        let evidence = vec![format!(
            "weak, with SUVmax {:.1}, in {}, which has {:.0} % of the height of its neighbours: a \
             compression fracture",
            uptake.suv_max,
            spine[at].0.kind.name(),
            100.0 * share
        )];
        Explanation::new(ExclusionReason::Fracture, 0.5, evidence)
    })
}

/// Lowest and highest centre of a mask's voxels, mm.
fn extent(organ: &Organ) -> Option<[f64; 2]> {
    let bounds = organ.mask.bounding_box()?;
    let grid = organ.mask.grid();
    let [a, b] = [bounds.min, bounds.max].map(|v| grid.center_of(v).z);
    Some([a.min(b), a.max(b)])
}
