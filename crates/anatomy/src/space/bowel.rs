//! The bowel region: what lies inside the abdominal wall, before the spine and between the hips.

use isoboost_volume::{Mask, resample_nearest};
use nalgebra::Point3;
use rayon::prelude::*;

use super::{SoughtSpace, Surroundings, space};
use crate::landmarks::Absent;
use crate::organ::OrganKind;
use crate::planar::Slice;
use crate::sacral_levels::Front;

/// The region reaches from the hip joints to this far above the promontory, mm: to the splenic
/// flexure before T11.
const ABOVE_PROMONTORY_MM: f64 = 235.0;
/// Fat is less dense than this after averaging, muscle and organs denser, HU.
const FAT_HU: i16 = -25;
/// Skin and what averaging makes of it lie within this of the surface, mm.
const SKIN_MM: f64 = 7.0;
/// Gaps in the muscles of the wall are closed up to twice this width, mm: the white line, the
/// navel.
const GAP_MM: f64 = 9.0;
/// Thickness of the abdominal wall, mm: three muscles at the side, one in front.
const WALL_MM: f64 = 8.0;
/// Behind the front edge of the spine nothing is bowel in the middle; colon lies beside the psoas
/// up to this far back, mm, further aside than the second number.
const BEHIND_SPINE_MM: f64 = 48.0;
const BESIDE_SPINE_MM: f64 = 42.0;
/// Half width between the hip joints, as a share of their distance, and at the promontory, mm.
const PELVIC_SHARE: f64 = 0.68;
const PROMONTORY_HALF_MM: f64 = 118.0;

/// Bone this near to the midline is sacrum or pubis, not the side wall, mm.
const LEAST_ASIDE_MM: f64 = 38.0;
/// Between the hips, further aside than the first number nothing is bowel behind the hip joints by
/// more than the second, mm: what lies there is seen through the sciatic notch.
const NOTCH_MM: [f64; 2] = [46.0, 24.0];

/// Levels that bound the region.
struct Bounds<'a> {
    midline: f64,
    /// Height of the hip joints, how far back they lie and half their distance.
    joints_z: f64,
    joints_y: f64,
    joints_aside: f64,
    promontory: Point3<f64>,
    front: Option<&'a Front>,
}

pub(super) fn find(of: &Surroundings<'_>, front: Option<&Front>, muscles: &[&Mask]) -> SoughtSpace {
    let bounds = Bounds::of(of, front)?;
    let taken = taken(of, muscles);
    let grid = of.hu.grid();
    let [_, nj, ni] = grid.shape();
    let mut mask = Mask::empty(grid.clone());
    let slices = mask.as_mut_slice().par_chunks_mut(nj * ni).enumerate();
    slices.for_each(|(k, out)| {
        let z = grid.center_of([k, 0, 0]).z;
        if z < bounds.joints_z || z > bounds.promontory.z + ABOVE_PROMONTORY_MM {
            return;
        }
        let mut inside = inside_wall(of, k);
        if z <= bounds.promontory.z {
            cut_at_hips(of, k, bounds.midline, &mut inside);
        }
        let level = bounds.at(of, z);
        for (n, set) in out.iter_mut().enumerate().filter(|(n, _)| inside.set[*n]) {
            let voxel = [k, n / ni, n % ni];
            *set = !of.bone[voxel] && !taken[voxel] && level.holds(grid.center_of(voxel));
        }
    });
    let evidence = format!(
        "{:.0} mL inside the abdominal wall, before spine and psoas, without solid organs and \
         bladder",
        mask.volume_ml()
    );
    space(&mask, 0.7, evidence)
}

impl<'a> Bounds<'a> {
    fn of(of: &Surroundings<'_>, front: Option<&'a Front>) -> Result<Self, Absent> {
        let landmarks = of.landmarks;
        let joints = [&landmarks.acetabulum.left, &landmarks.acetabulum.right];
        let known: Vec<Point3<f64>> = joints.into_iter().flatten().map(|l| l.at).collect();
        let midline = landmarks.midline.as_ref().map_err(Absent::clone)?.at.x;
        let n = known.len() as f64;
        if known.is_empty() {
            return Err(Absent("no hip joint is seen".to_owned()));
        }
        Ok(Self {
            midline,
            joints_z: known.iter().map(|p| p.z).sum::<f64>() / n,
            joints_y: known.iter().map(|p| p.y).sum::<f64>() / n,
            joints_aside: known.iter().map(|p| (p.x - midline).abs()).sum::<f64>() / n,
            promontory: landmarks.promontory.as_ref().map_err(Absent::clone)?.at,
            front,
        })
    }

    /// What bounds the region at a height.
    fn at(&self, of: &Surroundings<'_>, z: f64) -> Level {
        if z > self.promontory.z {
            let spine = of.spine_at(z);
            let front = spine.map_or(self.promontory.y, |s| s.front);
            return Level {
                middle: spine.map_or(self.midline, |s| s.x),
                half: f64::INFINITY,
                back: front,
                beside: BESIDE_SPINE_MM,
                back_beside: front + BEHIND_SPINE_MM,
            };
        }
        let share = (z - self.joints_z) / (self.promontory.z - self.joints_z).max(1.0);
        let low = PELVIC_SHARE * self.joints_aside;
        let back = self.front.and_then(|front| front.y_at(z));
        let back = back.unwrap_or(self.promontory.y);
        let [notch, behind] = NOTCH_MM;
        Level {
            middle: self.midline,
            half: low + share.clamp(0.0, 1.0) * (PROMONTORY_HALF_MM - low),
            back,
            beside: notch,
            back_beside: back.min(self.joints_y + behind),
        }
    }
}

/// What bounds the region at a height, mm.
struct Level {
    middle: f64,
    half: f64,
    /// y of what lies behind in the middle, and further aside than `beside`.
    back: f64,
    beside: f64,
    back_beside: f64,
}

impl Level {
    fn holds(&self, p: Point3<f64>) -> bool {
        let aside = (p.x - self.middle).abs();
        let back = if aside >= self.beside {
            self.back_beside
        } else {
            self.back
        };
        aside <= self.half && p.y < back
    }
}

/// The inside of the abdominal wall on a slice: what the muscles enclose, less their thickness.
fn inside_wall(of: &Surroundings<'_>, k: usize) -> Slice {
    let [_, nj, ni] = of.hu.grid().shape();
    let [_, dj, di] = of.hu.grid().spacing();
    let steps = |mm: f64| (mm / dj.max(di)).round().max(1.0) as usize;
    let place = k * nj * ni..(k + 1) * nj * ni;
    let mut body = Slice::new(nj, ni, of.body.as_slice()[place.clone()].to_vec());
    for _ in 0..steps(SKIN_MM) {
        body.erode();
    }
    let dense = of.hu.as_slice()[place].iter().map(|hu| *hu >= FAT_HU);
    let soft = dense.zip(&body.set).map(|(dense, inside)| dense && *inside);
    let mut hull = Slice::new(nj, ni, soft.collect());
    for _ in 0..steps(GAP_MM) {
        hull.dilate();
    }
    hull.fill_holes(usize::MAX);
    for _ in 0..steps(GAP_MM) + steps(WALL_MM) {
        hull.erode();
    }
    hull
}

/// Clears what lies beyond the hip bones, row by row from the midline outwards.
fn cut_at_hips(of: &Surroundings<'_>, k: usize, midline: f64, inside: &mut Slice) {
    let grid = of.hu.grid();
    let middle = grid.index_from_lps(Point3::new(midline, grid.origin().y, grid.origin().z))[2];
    let middle = (middle.round().max(0.0) as usize).min(inside.columns - 1);
    let beside = (LEAST_ASIDE_MM / grid.spacing()[2]).round() as usize;
    for j in 0..inside.rows {
        let row = &mut inside.set[j * inside.columns..][..inside.columns];
        let is_bone = |i: &usize| of.bone[[k, j, *i]];
        let left = (middle + beside..row.len()).find(is_bone);
        let right = (0..middle.saturating_sub(beside)).rev().find(is_bone);
        if let Some(first) = left {
            row[first..].fill(false);
        }
        if let Some(last) = right {
            row[..=last].fill(false);
        }
    }
}

/// Solid organs, bladder, lungs and psoas on the overview.
fn taken(of: &Surroundings<'_>, muscles: &[&Mask]) -> Mask {
    let grid = of.hu.grid();
    let mut taken = Mask::empty(grid.clone());
    let organs = of.organs.iter().filter(|organ| {
        matches!(
            organ.kind,
            OrganKind::Liver
                | OrganKind::Spleen
                | OrganKind::Kidney(_)
                | OrganKind::UrinaryBladder
                | OrganKind::Lung(_)
        )
    });
    for mask in organs
        .map(|organ| &organ.mask)
        .chain(muscles.iter().copied())
    {
        let Some(zone) = grid.box_around(&mask.grid().corners(), 0.0) else {
            continue;
        };
        let part = resample_nearest(mask, &grid.crop(zone), false);
        for voxel in part.voxels() {
            taken[[0, 1, 2].map(|a| zone.min[a] + voxel[a])] = true;
        }
    }
    taken
}
