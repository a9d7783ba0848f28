//! Where what can be outlined meets a plane, and a point.

use isoboost_report::Plane;
use isoboost_report::slice::{PlaneView, Ring, ViewError, depth_outlines, plane_outlines};
use nalgebra::Point3;
use rayon::prelude::*;
use serde::Serialize;

use crate::engine::{Region, RegionKind, Shape};

/// The outlines of one region in a plane.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Outline {
    roi: Option<u32>,
    finding: Option<u32>,
    kind: RegionKind,
    name: String,
    /// `#rrggbb`
    colour: String,
    /// Closed, in screen mm.
    rings: Vec<Ring>,
}

/// The regions that a plane meets.
///
/// # Errors
/// When the plane is no place.
pub(crate) fn outlined(
    regions: &[Region],
    plane: Plane,
    at_mm: f64,
) -> Result<Vec<Outline>, ViewError> {
    // Outlines do not depend on rectangle and pixels of a view.
    let view = PlaneView::new(plane, at_mm, [0.0, 0.0, 1.0, 1.0], [1, 1])?;
    let outlines: Vec<Outline> = regions
        .par_iter()
        .map(|region| Outline {
            roi: region.roi,
            finding: region.finding,
            kind: region.kind,
            name: region.name.clone(),
            colour: hexadecimal(region.colour),
            rings: rings(&region.shape, &view),
        })
        .filter(|outline| !outline.rings.is_empty())
        .collect();
    Ok(outlines)
}

/// Names of the regions that a point lies in.
pub(crate) fn inside(regions: &[Region], point: Point3<f64>) -> Vec<String> {
    let holds = |shape: &Shape| match shape {
        Shape::Mask(mask) => mask.contains(point),
        Shape::Depth(depth) => {
            let voxel = depth.grid().voxel_at(point);
            voxel.is_some_and(|voxel| depth[voxel] <= 0.0)
        }
    };
    let inside = regions.iter().filter(|region| holds(&region.shape));
    inside.map(|region| region.name.clone()).collect()
}

fn rings(shape: &Shape, view: &PlaneView) -> Vec<Ring> {
    // Places to a hundredth of a mm: finer is not seen, and costs a third of the answer.
    let round = |mm: f64| (mm * 100.0).round() / 100.0;
    let mut rings = match shape {
        Shape::Mask(mask) => plane_outlines(mask, view),
        Shape::Depth(depth) => depth_outlines(depth, view),
    };
    for place in rings.iter_mut().flatten() {
        *place = place.map(round);
    }
    rings
}

fn hexadecimal([red, green, blue]: [u8; 3]) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}
