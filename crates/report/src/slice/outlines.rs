//! Where the border of a region meets a plane.

use isoboost_volume::{
    Contour, Grid, IndexBox, Mask, Volume, resample_trilinear, signed_distance, simplified,
    slice_regions,
};

use super::sampling::aligned_axes;
use super::view::PlaneView;

/// Points of the plane are at most so far apart, mm, that a border bends where the voxels let it.
const FINENESS_MM: f64 = 1.0;
/// Points of the plane on a side at most.
const MOST_POINTS: f64 = 2000.0;

/// A closed ring in screen mm; the last point joins the first, which is not repeated.
pub type Ring = Vec<[f64; 2]>;

/// The rings around a mask in a plane; a hole has a ring of its own.
///
/// They follow the zero level of the distance from the mask's border, between voxels by
/// interpolation. On a slice of the mask's own grid they enclose the centres of just its voxels. The
/// rectangle of the view does not cut them.
pub fn plane_outlines(mask: &Mask, view: &PlaneView) -> Vec<Ring> {
    let Some(part) = part_near_plane(mask, view) else {
        return Vec::new();
    };
    rings(&signed_distance(&part), f32::MAX, view)
}

/// The rings in a plane around the part of a field that is zero or negative, as the fine outline of
/// a focus is; beyond the field lies nothing.
pub fn depth_outlines(depth: &Volume<f32>, view: &PlaneView) -> Vec<Ring> {
    rings(depth, f32::MAX, view)
}

/// The contours that lie in a plane, or within `half_thickness_mm` of it, as rings: just what a
/// structure set holds. Contours that are not parallel to the plane are left out.
pub fn contour_outlines(
    contours: &[Contour],
    view: &PlaneView,
    half_thickness_mm: f64,
) -> Vec<Ring> {
    let normal = view.plane.normal();
    contours
        .iter()
        .filter(|contour| {
            let mut off = contour.points.iter().map(|p| p[normal] - view.at_mm);
            // Of two slices at the same distance the lower alone.
            off.all(|off| off > -half_thickness_mm && off <= half_thickness_mm)
        })
        .map(|contour| {
            let points = contour.points.iter();
            points.map(|p| view.screen_from_lps(*p)).collect()
        })
        .collect()
}

/// The voxels that have a say in the distance at the plane, with a border of unset ones around the
/// mask; none where the plane misses it.
///
/// A border runs between two voxels of one cell, so that the distance of either to the other kind is
/// at most the cell's diagonal. Voxels farther from the plane cannot be nearer.
fn part_near_plane(mask: &Mask, view: &PlaneView) -> Option<Mask> {
    let grid = mask.grid();
    let IndexBox { min, max } = mask.bounding_box()?;
    let mut low = min.map(|v| v as f64 - 1.0);
    let mut high = max.map(|v| v as f64 + 1.0);
    if let Some([normal, ..]) = aligned_axes(grid, view) {
        let middle = view.lps_from_screen(view.screen_from_pixel([0.0; 2]));
        let at = grid.index_from_lps(middle)[normal];
        let spacing = grid.spacing();
        let diagonal = spacing.iter().map(|s| s * s).sum::<f64>().sqrt();
        let reach = (diagonal / spacing[normal]).ceil();
        low[normal] = low[normal].max(at.floor() - reach);
        high[normal] = high[normal].min(at.ceil() + reach);
        if low[normal] > high[normal] {
            return None;
        }
    }
    let shape = [0, 1, 2].map(|a| (high[a] - low[a]) as usize + 1);
    let origin = grid.lps_from_index(low);
    let part = Grid::new(shape, grid.spacing(), origin, grid.axes()).ok()?;
    let whole = grid.shape();
    Some(Mask::from_fn(part, |voxel| {
        let place = [0, 1, 2].map(|a| voxel[a] as f64 + low[a]);
        let is_there = (0..3).all(|a| place[a] >= 0.0 && place[a] < whole[a] as f64);
        is_there && mask[place.map(|v| v as usize)]
    }))
}

/// The rings of the zero level in a plane.
fn rings(field: &Volume<f32>, outside: f32, view: &PlaneView) -> Vec<Ring> {
    let Some(lattice) = lattice(field.grid(), view) else {
        return Vec::new();
    };
    let in_plane = resample_trilinear(field, &lattice, outside);
    let [_, down, right] = lattice.spacing();
    let regions = simplified(slice_regions(&in_plane, 0, 0.0), [right, down]);
    let start = view.screen_from_lps(lattice.origin());
    let on_screen = |ring: Ring| {
        let place = |[i, j]: [f64; 2]| [start[0] + i * right, start[1] + j * down];
        ring.into_iter().map(place).collect()
    };
    regions
        .into_iter()
        .flat_map(|region| std::iter::once(region.outer).chain(region.holes))
        .map(on_screen)
        .collect()
}

/// Points of the plane over the shadow of a grid: voxel centres and points between them where the
/// voxels run along the picture. None where the plane lies beyond the voxels.
fn lattice(grid: &Grid, view: &PlaneView) -> Option<Grid> {
    let mut low = [f64::INFINITY; 3];
    let mut high = [f64::NEG_INFINITY; 3];
    let normal = view.plane.normal();
    for corner in grid.corners() {
        let [x, y] = view.screen_from_lps(corner);
        for (a, v) in [x, y, corner[normal]].into_iter().enumerate() {
            low[a] = low[a].min(v);
            high[a] = high[a].max(v);
        }
    }
    let spacing = grid.spacing();
    let widest = spacing.into_iter().fold(0.0, f64::max);
    if view.at_mm < low[2] - widest || view.at_mm > high[2] + widest {
        return None;
    }
    let finest = spacing.into_iter().fold(f64::INFINITY, f64::min);
    // Right and down.
    let steps = match aligned_axes(grid, view) {
        Some([_, down, right]) => [spacing[right], spacing[down]].map(|s| {
            // A whole number of steps from voxel to voxel.
            s / (s / FINENESS_MM).ceil()
        }),
        None => [finest.min(FINENESS_MM); 2],
    };
    let mut shape = [1; 3];
    let mut step = [finest; 3];
    for (a, axis) in [(0, 2), (1, 1)] {
        let reach = high[a] - low[a];
        step[axis] = steps[a].max(reach / MOST_POINTS);
        shape[axis] = (reach / step[axis]).round() as usize + 1;
    }
    let origin = view.lps_from_screen([low[0], low[1]]);
    Grid::new(shape, step, origin, view.plane.axes()).ok()
}

#[cfg(test)]
mod tests;
