//! Foci without a top of their own, on the slope of an organ's uptake.

use isoboost_lesion::{Contact, Focus};
use isoboost_volume::Volume;
use nalgebra::Point3;

use crate::region::ExclusionReason;
use crate::stage::Judged;
use crate::verdict::{Kind, Verdict};

/// Uptake that runs into an organ's by at least this share of its own maximum has no top of its
/// own: noise alone makes as much.
const SHARE: f64 = 0.88;
const PLAUSIBILITY: f64 = 0.7;
/// A slope may lie on a slope, this often.
const ROUNDS: usize = 4;
/// Urine is even, and so its slope is that of the blur: of this standard deviation at most, mm (a
/// FWHM of 8.5).
const BLUR_MM: f64 = 3.6;
/// Uptake of more than this many times the slope is no part of it.
const OVER_SLOPE: f64 = 2.5;
/// A loop of bowel runs into the next one with this share of its maximum; it holds more than a
/// node, mL, and duodenum and jejunum have means of up to this SUV.
const LOOP_SHARE: f64 = 0.6;
const LOOP_ML: f64 = 6.0;
const LOOP_SUV: f64 = 12.0;
/// What runs into liver or spleen with this share of its maximum and is no hotter than they is a
/// part of them that noise has parted off.
const EVEN_SHARE: f64 = 0.8;
/// The slope of urine reaches no further than this, mm.
const REACH_MM: f64 = 16.0;

/// What has no top of its own beside physiological uptake is a slope of it.
pub(crate) fn give_to_organs(foci: &[Focus], suv: &Volume<f32>, judged: &mut [Judged]) {
    for _ in 0..ROUNDS {
        let slopes: Vec<(usize, ExclusionReason, f64)> = (0..foci.len())
            .filter(|n| matches!(judged[*n].verdict.kind, Kind::Lesion(_)))
            .filter_map(|n| {
                let max = foci[n].measures.suv_max;
                let contacts = foci[n].contacts.iter();
                let of_organs = contacts.filter_map(|c| of_organ(&foci[n], c, foci, suv, judged));
                let (reason, saddle) = of_organs.max_by(|a, b| a.1.total_cmp(&b.1))?;
                Some((n, reason, saddle / max))
            })
            .collect();
        if slopes.is_empty() {
            return;
        }
        for (n, reason, share) in slopes {
            let evidence = vec![format!(
                "runs into the {} without a top of its own: the way there falls to {:.0} % of its \
                 maximum",
                reason.name().replace('_', " "),
                100.0 * share
            )];
            judged[n].verdict = Verdict::physiological(reason, PLAUSIBILITY, evidence);
        }
    }
}

/// Whether a focus is as large and as little hot as a loop of bowel.
fn is_loop(focus: &Focus) -> bool {
    focus.measures.volume_ml >= LOOP_ML && focus.measures.suv_max <= LOOP_SUV
}

/// The organ on whose slope a focus lies, with the saddle between them.
fn of_organ(
    focus: &Focus,
    contact: &Contact,
    foci: &[Focus],
    suv: &Volume<f32>,
    judged: &[Judged],
) -> Option<(ExclusionReason, f64)> {
    let other = foci.iter().position(|f| f.territory == contact.territory)?;
    let Kind::Physiological(reason) = judged[other].verdict.kind else {
        return None;
    };
    // Parts of the duodenum beside gallbladder and kidney are taken for them.
    let like_bowel = matches!(
        reason,
        ExclusionReason::Bowel | ExclusionReason::Gallbladder | ExclusionReason::Urine
    );
    let even = matches!(reason, ExclusionReason::Liver | ExclusionReason::Spleen)
        && focus.measures.suv_max <= foci[other].measures.suv_max;
    let share = match (is_loop(focus) && like_bowel, even) {
        (true, _) => LOOP_SHARE,
        (_, true) => EVEN_SHARE,
        _ => SHARE,
    };
    if contact.saddle_suv < share * focus.measures.suv_max {
        return None;
    }
    let urine = reason == ExclusionReason::UrinaryBladder;
    let stands_out = urine && stands_out(focus, foci[other].measures.suv_max, suv);
    (!stands_out).then_some((reason, contact.saddle_suv))
}

/// Whether a focus has much more uptake than the blur of urine spreads to its place.
fn stands_out(focus: &Focus, urine_suv: f64, suv: &Volume<f32>) -> bool {
    let at = focus.measures.max_at;
    let spread =
        border(at, 0.5 * urine_suv, suv).map_or(0.0, |mm| urine_suv * normal_above(mm / BLUR_MM));
    focus.measures.suv_max > OVER_SLOPE * spread
}

/// Distance to the nearest voxel of at least a SUV, in mm, from its side.
fn border(at: Point3<f64>, least: f64, suv: &Volume<f32>) -> Option<f64> {
    let grid = suv.grid();
    let near = grid.box_around(&[at], REACH_MM)?.voxels();
    let hot = near.filter(|v| f64::from(suv[*v]) >= least);
    let nearest = hot
        .map(|v| (grid.center_of(v) - at).norm())
        .reduce(f64::min)?;
    let half = grid.spacing().into_iter().fold(f64::INFINITY, f64::min) / 2.0;
    Some((nearest - half).max(0.0))
}

/// Share of a normal distribution above a number of standard deviations, by the fit of Abramowitz
/// and Stegun 26.2.18 (error below 2.5e-4).
fn normal_above(x: f64) -> f64 {
    let poly = 1.0 + x * (0.196_854 + x * (0.115_194 + x * (0.000_344 + x * 0.019_527)));
    0.5 / poly.powi(4)
}

#[cfg(test)]
mod tests {
    use super::normal_above;

    #[test]
    fn shares_of_a_normal_distribution_are_those_of_tables() {
        for (x, share) in [
            (0.0, 0.5),
            (1.0, 0.158_66),
            (2.0, 0.022_75),
            (3.0, 0.001_35),
        ] {
            assert!((normal_above(x) - share).abs() < 2.5e-4, "{x}");
        }
    }
}
