//! The presacral space: a strip before the sacrum.

use isoboost_volume::Mask;
use nalgebra::Point3;

use super::{SoughtSpace, Surroundings, space};
use crate::landmarks::Absent;
use crate::sacral_levels::Front;

/// Thickness of the strip, mm: guidelines for pelvic nodes ask for 10 to 15 mm (RTOG, Lawton 2009;
/// NRG, Hall 2021).
const THICKNESS_MM: f64 = 12.0;
/// Half width between the foramina at S1 and at the lower end of S3, mm.
const HALF_WIDTH_MM: (f64, f64) = (32.0, 24.0);

pub(super) fn find(of: &Surroundings<'_>, front: Option<&Front>) -> SoughtSpace {
    let landmarks = of.landmarks;
    let top = landmarks.promontory.as_ref().map_err(Absent::clone)?;
    let bottom = landmarks.sacrum_s3_end.as_ref().map_err(Absent::clone)?;
    let midline = landmarks.midline.as_ref().map_err(Absent::clone)?.at.x;
    let front = front.ok_or_else(|| Absent("the front of the sacrum is not seen".to_owned()))?;
    let (high, low) = (top.at.z, bottom.at.z);
    let (wide, narrow) = HALF_WIDTH_MM;
    let corners = [
        Point3::new(midline - wide, top.at.y - THICKNESS_MM, low - THICKNESS_MM),
        Point3::new(
            midline + wide,
            bottom.at.y.max(top.at.y) + THICKNESS_MM,
            high,
        ),
    ];
    let grid = of.bone.grid();
    let zone = grid
        .box_around(&corners, 0.0)
        .ok_or_else(|| Absent("it lies outside of the field".to_owned()))?;
    let mask = Mask::from_fn(grid.crop(zone), |v| {
        let voxel = [0, 1, 2].map(|a| v[a] + zone.min[a]);
        let p = grid.center_of(voxel);
        let share = ((high - p.z) / (high - low)).clamp(0.0, 1.0);
        let half = wide + share * (narrow - wide);
        !of.bone[voxel]
            && p.z >= low
            && (p.x - midline).abs() <= half
            && front.y_at(p.z).is_some_and(|y| p.y < y)
            && front.distance_mm(p.y, p.z) <= THICKNESS_MM
    });
    let evidence = format!(
        "strip of {THICKNESS_MM} mm before the sacrum from the promontory to the lower end of S3, \
         {:.0} mm lower",
        high - low
    );
    space(&mask, 0.9 * bottom.confidence, evidence)
}
