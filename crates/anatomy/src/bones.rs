//! The skeleton divided into bones, by landmarks, spine and lungs.

use isoboost_volume::{Grid, IndexBox, Margins, Mask, expand};
use nalgebra::Point3;

use crate::landmarks::Landmarks;
use crate::organ::{Organ, OrganKind, OrganSource, Side};
use crate::sacrum;
use crate::spine::SpineAt;
use crate::upper::Lungs;

/// A femoral head is a ball of about this radius, mm, and its middle lies as far below its top.
const HEAD_MM: f64 = 24.0;
/// Slab around the head's middle that shows how far back it lies, mm.
const HEAD_SLAB_MM: [f64; 2] = [14.0, 8.0];
/// Neck and trochanter lie further out than the middle of the head by this; below the head the
/// shaft lies further out than this before its middle, mm.
const NECK_OUT_MM: f64 = 20.0;
const SHAFT_IN_MM: f64 = 14.0;
/// Hip bones end this far below the top of the symphysis, at the ischial tuberosities, mm.
const HIP_BELOW_SYMPHYSIS_MM: f64 = 92.0;
/// Crests that the field does not end at lie about this far above the femoral heads, mm.
const CREST_ABOVE_HEADS_MM: f64 = 135.0;
/// The spine: this far to the sides of its middle, and from before its front edge to behind it, mm.
const SPINE_ASIDE_MM: f64 = 38.0;
const SPINE_MM: std::ops::RangeInclusive<f64> = -8.0..=80.0;
/// Ribs lie around the lungs within this, and below them down to the crests, mm.
const RIB_MM: f64 = 18.0;
/// The sternum lies this near to the midline and this far before the spine, mm.
const STERNUM_ASIDE_MM: f64 = 32.0;
const STERNUM_BEFORE_SPINE_MM: f64 = 50.0;
/// The skull begins this far above the lungs, its jaw this far before the spine, mm.
const SKULL_ABOVE_LUNGS_MM: f64 = 125.0;
const JAW_ABOVE_LUNGS_MM: f64 = 70.0;
/// Least volume of a bone, mL: what is smaller is a chip of its neighbour.
const LEAST_ML: f64 = 3.0;

/// What of the skeleton a voxel belongs to; vertebrae are counted elsewhere.
pub(crate) fn named(
    bone: &Mask,
    landmarks: &Landmarks,
    spine: &[SpineAt],
    lungs: Option<&Lungs>,
) -> Vec<Organ> {
    let Some(places) = Places::of(bone, landmarks, spine, lungs) else {
        return Vec::new();
    };
    let grid = bone.grid();
    let mut found: Vec<(OrganKind, Vec<[usize; 3]>)> = Vec::new();
    for voxel in bone.voxels() {
        let Some(kind) = places.bone_at(grid.center_of(voxel), voxel) else {
            continue;
        };
        match found.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, voxels)) => voxels.push(voxel),
            None => found.push((kind, vec![voxel])),
        }
    }
    found.sort_by_key(|(kind, _)| *kind);
    let organs = found.into_iter().filter_map(|(kind, voxels)| {
        let mask = mask_of(&voxels, grid)?;
        let ml = mask.volume_ml();
        (ml >= LEAST_ML).then(|| Organ {
            kind,
            mask,
            source: OrganSource::Recognised,
            confidence: confidence(kind),
            evidence: format!("{ml:.0} mL of bone, {}", why(kind)),
        })
    });
    organs.collect()
}

/// The middle of a femoral head by its top; `None` where there is no bone.
pub(crate) fn head_middle(bone: &Mask, top: Point3<f64>) -> Option<Point3<f64>> {
    head(bone, top).map(|head| head.middle)
}

/// The voxels of a grid as a mask on the box around them.
fn mask_of(voxels: &[[usize; 3]], grid: &Grid) -> Option<Mask> {
    let boxes = voxels.iter().map(|v| IndexBox { min: *v, max: *v });
    let bounds = boxes.reduce(|all, one| all.union(&one))?;
    let mut mask = Mask::empty(grid.crop(bounds));
    for voxel in voxels {
        mask[[0, 1, 2].map(|a| voxel[a] - bounds.min[a])] = true;
    }
    Some(mask)
}

/// A femoral head: side, middle.
#[derive(Debug, Clone, Copy)]
struct Head {
    middle: Point3<f64>,
}

/// What bones are told apart by.
struct Places<'a> {
    midline: f64,
    heads: Vec<(Side, Head)>,
    symphysis_top: Option<f64>,
    crest: Option<f64>,
    promontory: Option<f64>,
    sacrum: Option<sacrum::Zone>,
    spine: &'a [SpineAt],
    lungs_top: Option<f64>,
    lungs_bottom: Option<f64>,
    around_lungs: Option<Mask>,
}

impl<'a> Places<'a> {
    fn of(
        bone: &Mask,
        landmarks: &Landmarks,
        spine: &'a [SpineAt],
        lungs: Option<&'a Lungs>,
    ) -> Option<Self> {
        let midline = landmarks.midline_x_mm()?;
        let heads = [Side::Left, Side::Right].into_iter().filter_map(|side| {
            let top = landmarks.femoral_head_top(side).as_ref().ok()?.at;
            Some((side, head(bone, top)?))
        });
        let crest = landmarks.iliac_crest.as_ref().ok().map(|l| l.at.z);
        let heads_top = landmarks.femoral_head_top_z_mm();
        Some(Self {
            midline,
            heads: heads.collect(),
            symphysis_top: landmarks.symphysis_top.as_ref().ok().map(|l| l.at.z),
            crest: crest.or(heads_top.map(|z| z + CREST_ABOVE_HEADS_MM)),
            promontory: landmarks.promontory.as_ref().ok().map(|l| l.at.z),
            sacrum: sacrum::Zone::of(landmarks),
            spine,
            lungs_top: lungs.map(|lungs| lungs.top),
            lungs_bottom: lungs.map(Lungs::bottom),
            around_lungs: lungs.map(|lungs| expand(lungs.air(), &Margins::uniform(RIB_MM))),
        })
    }

    fn bone_at(&self, at: Point3<f64>, voxel: [usize; 3]) -> Option<OrganKind> {
        let side = Side::of(at.x, self.midline);
        let pelvis = self.crest.is_some_and(|crest| at.z <= crest);
        if !pelvis {
            return self.above_pelvis(at, voxel, side);
        }
        if let Some((_, head)) = self.heads.iter().find(|(of, _)| *of == side)
            && head.femur_holds(at, self.midline)
        {
            return Some(OrganKind::Femur(side));
        }
        if self.sacrum.is_some_and(|zone| zone.holds_sacrum(at)) {
            return Some(OrganKind::Sacrum);
        }
        if self.is_spine(at, voxel) {
            return None;
        }
        let low = self.symphysis_top.map(|z| z - HIP_BELOW_SYMPHYSIS_MM);
        low.is_none_or(|low| at.z >= low)
            .then_some(OrganKind::Hip(side))
    }

    /// Bone of the vertebral column above the sacrum.
    fn is_spine(&self, at: Point3<f64>, voxel: [usize; 3]) -> bool {
        let above = self.promontory.is_none_or(|z| at.z > z);
        let here = spine_at(self.spine, voxel[0]);
        above
            && here.is_some_and(|s| {
                (at.x - s.x).abs() <= SPINE_ASIDE_MM && SPINE_MM.contains(&(at.y - s.front))
            })
    }

    fn above_pelvis(&self, at: Point3<f64>, voxel: [usize; 3], side: Side) -> Option<OrganKind> {
        if let Some(top) = self.lungs_top {
            let above = at.z - top;
            let before = self.spine.last().map_or(0.0, |s| s.front - at.y);
            if above > SKULL_ABOVE_LUNGS_MM || (above > JAW_ABOVE_LUNGS_MM && before > 0.0) {
                return Some(OrganKind::Skull);
            }
        }
        if self.is_spine(at, voxel) {
            return None;
        }
        let here = spine_at(self.spine, voxel[0]);
        let before = here.map(|s| s.front - at.y);
        let middle = (at.x - self.midline).abs() <= STERNUM_ASIDE_MM;
        if middle && before.is_some_and(|mm| mm >= STERNUM_BEFORE_SPINE_MM) {
            return Some(OrganKind::Sternum);
        }
        let bottom = self.lungs_bottom?;
        let ribs = self.around_lungs.as_ref().is_some_and(|near| near[voxel]);
        let below_lungs = at.z < bottom;
        Some(if ribs || below_lungs {
            OrganKind::Ribs(side)
        } else {
            OrganKind::ShoulderGirdle(side)
        })
    }
}

/// The spine on a slice; its slices have no gaps.
fn spine_at(spine: &[SpineAt], k: usize) -> Option<&SpineAt> {
    spine.get(k.checked_sub(spine.first()?.k)?)
}

fn confidence(kind: OrganKind) -> f64 {
    match kind {
        OrganKind::Sacrum | OrganKind::Hip(_) | OrganKind::Femur(_) => 0.8,
        _ => 0.6,
    }
}

fn why(kind: OrganKind) -> &'static str {
    match kind {
        OrganKind::Sacrum => "behind the pelvis, from the promontory down",
        OrganKind::Hip(_) => "of the pelvic ring, below the crests",
        OrganKind::Femur(_) => "around and below the femoral head",
        OrganKind::Sternum => "in the middle before the spine",
        OrganKind::Skull => "above the neck",
        OrganKind::Ribs(_) => "around the lungs and below them",
        _ => "outside of the chest, beside the lungs' tops",
    }
}

/// The head below its top: how far back it lies is seen on the bone around it.
fn head(bone: &Mask, top: Point3<f64>) -> Option<Head> {
    let z = top.z - HEAD_MM;
    let [aside, height] = HEAD_SLAB_MM;
    let corners = [
        Point3::new(top.x - aside, top.y - 60.0, z - height),
        Point3::new(top.x + aside, top.y + 120.0, z + height),
    ];
    let grid = bone.grid();
    let slab = grid.box_around(&corners, 0.0)?;
    let rows = slab
        .voxels()
        .filter(|v| bone[*v])
        .map(|v| grid.center_of(v).y);
    let (sum, n) = rows.fold((0.0, 0.0), |(sum, n), y| (sum + y, n + 1.0));
    (n > 0.0).then(|| Head {
        middle: Point3::new(top.x, sum / n, z),
    })
}

impl Head {
    fn femur_holds(&self, at: Point3<f64>, midline: f64) -> bool {
        let out = (at.x - midline).abs() - (self.middle.x - midline).abs();
        let up = at.z - self.middle.z;
        (at - self.middle).norm() <= HEAD_MM
            || (up < HEAD_MM - 6.0 && out > NECK_OUT_MM)
            || (up < -HEAD_MM + 6.0 && out > -SHAFT_IN_MM)
    }
}
