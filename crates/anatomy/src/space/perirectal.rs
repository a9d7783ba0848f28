//! The perirectal space: the rectum in its mesorectum, which is told by what surrounds it.

use isoboost_volume::Mask;
use nalgebra::Point3;

use super::{SoughtSpace, Surroundings, space};
use crate::landmarks::Absent;
use crate::organ::{Organ, OrganKind};
use crate::sacral_levels::Front;

/// From the level S2/S3, where the mesorectum begins to surround the rectum, to the pelvic floor
/// this far above the bottom of the symphysis, or below its top, mm.
const ABOVE_SYMPHYSIS_BOTTOM_MM: f64 = 2.0;
const BELOW_SYMPHYSIS_TOP_MM: f64 = 40.0;
/// The front of the rectum lies at this share of the way from the back of the symphysis to the
/// sacrum or coccyx, unless the bladder reaches further back.
const FRONT_SHARE: f64 = 0.58;
/// Half width at the upper end and at the pelvic floor, mm: inside of obturator and levator.
const HALF_WIDTH_MM: (f64, f64) = (42.0, 22.0);
/// Below the front of the bones that is seen, the pelvic floor comes forwards, mm per mm.
const FLOOR_SLOPE: f64 = 0.7;
/// The section is an ellipse of this exponent, between a round one and a box.
const EXPONENT: i32 = 3;
/// Least depth from front to back, mm.
const LEAST_DEPTH_MM: f64 = 20.0;

/// The section at a height, mm.
struct Section {
    middle: [f64; 2],
    half: f64,
    depth: f64,
}

impl Section {
    fn holds(&self, p: Point3<f64>) -> bool {
        let u = ((p.x - self.middle[0]) / self.half).abs();
        let v = ((p.y - self.middle[1]) / self.depth).abs();
        u <= 1.0 && v <= 1.0 && u.powi(EXPONENT) + v.powi(EXPONENT) <= 1.0
    }
}

pub(super) fn find(of: &Surroundings<'_>, front: Option<&Front>) -> SoughtSpace {
    let landmarks = of.landmarks;
    let midline = landmarks.midline.as_ref().map_err(Absent::clone)?.at.x;
    let top = landmarks.sacrum_s2_s3.as_ref().map_err(Absent::clone)?;
    let symphysis = landmarks.symphysis_top.as_ref().map_err(Absent::clone)?.at;
    let front = front.ok_or_else(|| Absent("the front of the sacrum is not seen".to_owned()))?;
    let floor = landmarks.symphysis_bottom.as_ref().map_or_else(
        |_| symphysis.z - BELOW_SYMPHYSIS_TOP_MM,
        |bottom| bottom.at.z + ABOVE_SYMPHYSIS_BOTTOM_MM,
    );
    let high = top.at.z;
    let mut bladders = of.organs.iter();
    let bladder = bladders.find(|o| o.kind == OrganKind::UrinaryBladder);
    let section = |z: f64| {
        let back = back_at(front, z);
        let share = ((high - z) / (high - floor)).clamp(0.0, 1.0);
        let half = HALF_WIDTH_MM.0 + share * (HALF_WIDTH_MM.1 - HALF_WIDTH_MM.0);
        let mut fore = symphysis.y + FRONT_SHARE * (back - symphysis.y);
        if let Some(wall) = bladder.and_then(|organ| back_of(organ, midline, z)) {
            fore = fore.max(wall.min(back - LEAST_DEPTH_MM));
        }
        Section {
            middle: [midline, f64::midpoint(fore, back)],
            half,
            depth: ((back - fore) / 2.0).max(LEAST_DEPTH_MM / 2.0),
        }
    };
    let grid = of.bone.grid();
    let backmost = front.line.iter().map(|p| p.y).fold(symphysis.y, f64::max);
    let corners = [
        Point3::new(midline - HALF_WIDTH_MM.0, symphysis.y, floor),
        Point3::new(midline + HALF_WIDTH_MM.0, backmost + LEAST_DEPTH_MM, high),
    ];
    let zone = grid
        .box_around(&corners, 0.0)
        .ok_or_else(|| Absent("it lies outside of the field".to_owned()))?;
    let sections: Vec<Section> = (zone.min[0]..=zone.max[0])
        .map(|k| section(grid.center_of([k, 0, 0]).z))
        .collect();
    let mask = Mask::from_fn(grid.crop(zone), |v| {
        let voxel = [0, 1, 2].map(|a| v[a] + zone.min[a]);
        let p = grid.center_of(voxel);
        (floor..=high).contains(&p.z)
            && sections[v[0]].holds(p)
            && !of.bone[voxel]
            && bladder.is_none_or(|organ| !organ.mask.contains(p))
    });
    let evidence = format!(
        "behind the bladder and before sacrum and coccyx, from S2/S3 down over {:.0} mm to the \
         pelvic floor; its sides are reckoned",
        high - floor
    );
    space(&mask, 0.75 * top.confidence, evidence)
}

/// y of the front of sacrum and coccyx at a height, and of the pelvic floor below them.
fn back_at(front: &Front, z: f64) -> f64 {
    if let Some(y) = front.y_at(z) {
        return y;
    }
    let last = front.line[front.line.len() - 1];
    last.y - FLOOR_SLOPE * (last.z - z).max(0.0)
}

/// The back of the bladder near the midline at a height.
fn back_of(bladder: &Organ, midline: f64, z: f64) -> Option<f64> {
    let grid = bladder.mask.grid();
    let [k, ..] = grid.voxel_at(Point3::new(midline, grid.origin().y, z))?;
    let rows = (0..grid.shape()[1]).rev();
    let place = |j: usize| {
        let start = grid.center_of([k, j, 0]);
        grid.voxel_at(Point3::new(midline, start.y, start.z))
    };
    let mut filled = rows.filter_map(place).filter(|v| bladder.mask[*v]);
    filled.next().map(|v| grid.center_of(v).y)
}
