//! The sacrum: its wings hold so much fat that density alone does not show them as bone.

use isoboost_volume::{Margins, Mask, expand, shrink};
use nalgebra::Point3;

use crate::landmarks::Landmarks;

/// The sacrum reaches this far to the sides at its upper end and at its lower one, mm.
const HALF_WIDTH_MM: (f64, f64) = (62.0, 26.0);
/// It lies at least this far behind the symphysis, mm.
const BEHIND_SYMPHYSIS_MM: f64 = 42.0;
/// It begins this far above the tops of the femoral heads, where the sciatic foramina end, mm.
const ABOVE_HEADS_MM: f64 = 12.0;
/// Its wings rise this far above the promontory, beside the last lumbar vertebra, mm.
const WINGS_ABOVE_MM: f64 = 24.0;
const WINGS_ASIDE_MM: f64 = 26.0;
/// The joint with the ilium begins this far from the midline in front and runs inwards by this
/// many mm per mm to the back.
const JOINT_ASIDE_MM: f64 = 64.0;
const JOINT_SLANT: f64 = 0.36;
/// Its upper endplate rises to the back by this many mm per mm, at a sacral slope of 35 degrees.
const SLOPE: f64 = 0.45;
/// Marrow between cortex in front and behind is this thick at most, mm.
const MARROW_MM: f64 = 34.0;
/// Width of its foramina, mm.
const FORAMEN_MM: f64 = 13.0;
/// It reaches this far back from where it is looked for, mm.
const DEPTH_MM: f64 = 110.0;

/// Fills the sacrum: the marrow between its front and its back, along rows from front to back, and
/// then the foramina and what is too thin to show, which are narrower than [`FORAMEN_MM`].
pub(crate) fn fill(bone: &mut Mask, landmarks: &Landmarks) {
    let Some(zone) = Zone::of(landmarks) else {
        return;
    };
    fill_rows(bone, &zone);
    fill_gaps(bone, &zone);
}

fn fill_rows(bone: &mut Mask, zone: &Zone) {
    let grid = bone.grid().clone();
    let [nk, nj, ni] = grid.shape();
    let most = (MARROW_MM / grid.spacing()[1]) as usize;
    for (k, i) in (0..nk).flat_map(|k| (0..ni).map(move |i| (k, i))) {
        let mut last: Option<usize> = None;
        for j in 0..nj {
            if !bone[[k, j, i]] || !zone.holds(grid.center_of([k, j, i])) {
                continue;
            }
            let from = last.filter(|from| j - from <= most).unwrap_or(j);
            for between in from..j {
                bone[[k, between, i]] = true;
            }
            last = Some(j);
        }
    }
}

/// A morphological closing inside of the zone.
fn fill_gaps(bone: &mut Mask, zone: &Zone) {
    let grid = bone.grid().clone();
    let half = HALF_WIDTH_MM.0;
    let corners = [
        Point3::new(zone.midline - half, zone.behind, zone.low),
        Point3::new(
            zone.midline + half,
            zone.behind + DEPTH_MM,
            zone.high + WINGS_ABOVE_MM,
        ),
    ];
    let Some(bounds) = grid.box_around(&corners, 3.0 * FORAMEN_MM) else {
        return;
    };
    let reach = Margins::uniform(FORAMEN_MM / 2.0);
    let closed = shrink(&expand(&bone.crop(bounds), &reach), &reach);
    for voxel in closed.voxels() {
        let here = [0, 1, 2].map(|a| voxel[a] + bounds.min[a]);
        if zone.holds(grid.center_of(here)) {
            bone[here] = true;
        }
    }
}

/// Where the sacrum lies.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Zone {
    midline: f64,
    behind: f64,
    low: f64,
    high: f64,
    front: f64,
}

impl Zone {
    /// `None` where landmarks are missing.
    pub(crate) fn of(landmarks: &Landmarks) -> Option<Self> {
        Some(Self {
            midline: landmarks.midline_x_mm()?,
            behind: landmarks.symphysis_top.as_ref().ok()?.at.y + BEHIND_SYMPHYSIS_MM,
            low: landmarks.femoral_head_top_z_mm()? + ABOVE_HEADS_MM,
            high: landmarks.promontory.as_ref().ok()?.at.z,
            front: landmarks.promontory.as_ref().ok()?.at.y,
        })
    }

    /// Whether bone here is sacrum.
    pub(crate) fn holds(&self, at: Point3<f64>) -> bool {
        let share = ((at.z - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        let half = HALF_WIDTH_MM.1 + (HALF_WIDTH_MM.0 - HALF_WIDTH_MM.1) * share.sqrt();
        let aside = (at.x - self.midline).abs();
        let wings = aside >= WINGS_ASIDE_MM;
        let high = self.high + if wings { WINGS_ABOVE_MM } else { 0.0 };
        at.y >= self.behind && at.z >= self.low && at.z <= high && aside <= half
    }

    /// Whether bone here is sacrum, and neither the last lumbar vertebra, below which its endplate
    /// rises to the back, nor hip bone: the joint with that runs from in front outside to behind
    /// inside.
    pub(crate) fn holds_sacrum(&self, at: Point3<f64>) -> bool {
        let aside = (at.x - self.midline).abs();
        let rise = (SLOPE * (at.y - self.front)).clamp(0.0, WINGS_ABOVE_MM);
        at.y >= self.behind
            && at.z >= self.low
            && at.z <= self.high + rise
            && aside <= JOINT_ASIDE_MM - JOINT_SLANT * (at.y - self.behind)
    }
}
