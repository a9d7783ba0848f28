//! The bowel region: what lies inside the abdominal wall, before the spine and between the hips.

use isoboost_volume::Mask;
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

/// Levels that bound the region.
struct Bounds<'a> {
    midline: f64,
    /// Height of the hip joints, and half their distance.
    joints_z: f64,
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
        let inside = inside_wall(of, k);
        for (n, set) in out.iter_mut().enumerate() {
            let voxel = [k, n / ni, n % ni];
            *set = inside.set[n]
                && !of.bone[voxel]
                && !taken[voxel]
                && bounds.holds(of, grid.center_of(voxel));
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
            joints_aside: known.iter().map(|p| (p.x - midline).abs()).sum::<f64>() / n,
            promontory: landmarks.promontory.as_ref().map_err(Absent::clone)?.at,
            front,
        })
    }

    /// Whether a place inside of the abdominal wall lies before the spine and between the hips.
    fn holds(&self, of: &Surroundings<'_>, p: Point3<f64>) -> bool {
        let aside = (p.x - self.midline).abs();
        if p.z > self.promontory.z {
            let Some(spine) = of.spine_at(p.z) else {
                return p.y < self.promontory.y;
            };
            let beside = (p.x - spine.x).abs() >= BESIDE_SPINE_MM;
            let back = if beside { BEHIND_SPINE_MM } else { 0.0 };
            return p.y < spine.front + back;
        }
        let share = (p.z - self.joints_z) / (self.promontory.z - self.joints_z).max(1.0);
        let low = PELVIC_SHARE * self.joints_aside;
        let half = low + share.clamp(0.0, 1.0) * (PROMONTORY_HALF_MM - low);
        let back = self.front.and_then(|front| front.y_at(p.z));
        aside <= half && p.y < back.unwrap_or(self.promontory.y)
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
    for mask in organs.map(|organ| &organ.mask).chain(muscles.iter().copied()) {
        let zone = grid.box_around(&mask.grid().corners(), 0.0);
        for voxel in zone.into_iter().flat_map(|zone| zone.voxels()) {
            taken[voxel] |= mask.contains(grid.center_of(voxel));
        }
    }
    taken
}
