//! From contours back to voxels.

use crate::{Contour, Grid, Mask};

/// Contours of no known slice whose planes are closer than this lie in one plane: far below any
/// slice spacing, far above the rounding of written coordinates.
const PLANE_TOLERANCE_MM: f64 = 0.05;

/// Fills contours on the slices of a grid: a voxel is set when its centre lies inside an odd
/// number of them (even-odd rule, so a ring inside a ring is a hole).
///
/// Each contour belongs to the slice nearest to it, at most half a slice away; its points are
/// projected onto that slice. Where contours of several planes meet on one slice, because they
/// were drawn on thinner slices than the grid's, the nearest plane counts and the others are left
/// out. So are contours on no slice of the grid. Where they were drawn on thicker slices, slices
/// between their planes stay empty.
pub fn rasterise(contours: &[Contour], onto: &Grid) -> Mask {
    let mut mask = Mask::empty(onto.clone());
    let [nk, nj, ni] = onto.shape();
    let placed = placed(contours, onto);
    for (k, slice) in mask
        .as_mut_slice()
        .chunks_exact_mut(nj * ni)
        .enumerate()
        .take(nk)
    {
        let here: Vec<&Placed> = placed.iter().filter(|p| p.slice == k).collect();
        if let Some(plane) = nearest_plane(&here) {
            for polygon in here.into_iter().filter(|p| p.plane == plane) {
                toggle_inside(&polygon.index, slice, nj, ni);
            }
        }
    }
    mask
}

/// A contour in the index of a grid.
struct Placed {
    index: Vec<[f64; 3]>,
    /// The slice nearest to it.
    slice: usize,
    /// How far from that slice it lies, in slices.
    distance: f64,
    /// Which plane it was drawn on.
    plane: usize,
}

/// The contours that lie on slices of the grid, with their planes told apart.
fn placed(contours: &[Contour], onto: &Grid) -> Vec<Placed> {
    let mut levels: Vec<f64> = Vec::new();
    let mut placed = Vec::new();
    for contour in contours {
        let index: Vec<[f64; 3]> = contour
            .points
            .iter()
            .map(|p| onto.index_from_lps(*p))
            .collect();
        let level = index.iter().map(|p| p[0]).sum::<f64>() / index.len() as f64;
        let slice = level.round();
        if index.iter().flatten().all(|x| x.is_finite())
            && slice >= 0.0
            && slice < onto.shape()[0] as f64
        {
            levels.push(level);
            placed.push(Placed {
                index,
                slice: slice as usize,
                distance: (level - slice).abs(),
                plane: contour.slice.unwrap_or(0),
            });
        }
    }
    if contours.iter().any(|c| c.slice.is_none()) {
        let tolerance = PLANE_TOLERANCE_MM / onto.spacing()[0];
        for (contour, plane) in placed.iter_mut().zip(planes_by_level(&levels, tolerance)) {
            contour.plane = plane;
        }
    }
    placed
}

/// Numbers for levels, equal where a chain of levels closer than `tolerance` joins them.
fn planes_by_level(levels: &[f64], tolerance: f64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..levels.len()).collect();
    order.sort_by(|a, b| levels[*a].total_cmp(&levels[*b]));
    let mut planes = vec![0; levels.len()];
    for pair in order.windows(2) {
        let is_next = levels[pair[1]] - levels[pair[0]] > tolerance;
        planes[pair[1]] = planes[pair[0]] + usize::from(is_next);
    }
    planes
}

/// The plane whose contours lie nearest to their slice on average; the lower number of equal ones.
fn nearest_plane(contours: &[&Placed]) -> Option<usize> {
    let mut planes: Vec<usize> = contours.iter().map(|c| c.plane).collect();
    planes.sort_unstable();
    planes.dedup();
    let mean_distance = |plane: usize| {
        let own = contours.iter().filter(|c| c.plane == plane);
        let (n, sum) = own.fold((0.0, 0.0), |(n, sum), c| (n + 1.0, sum + c.distance));
        sum / n
    };
    planes
        .into_iter()
        .min_by(|a, b| mean_distance(*a).total_cmp(&mean_distance(*b)))
}

/// Toggles the pixels of a slice whose centres lie inside the polygon.
fn toggle_inside(polygon: &[[f64; 3]], slice: &mut [bool], nj: usize, ni: usize) {
    let rows = polygon.iter().map(|p| p[1]);
    let first = rows.clone().fold(f64::INFINITY, f64::min).ceil().max(0.0) as usize;
    let last = rows.fold(f64::NEG_INFINITY, f64::max).floor();
    if last < 0.0 {
        return;
    }
    let mut crossings = Vec::new();
    for j in first..=(last as usize).min(nj - 1) {
        crossings.clear();
        let y = j as f64;
        let next = polygon.iter().cycle().skip(1);
        for (a, b) in polygon.iter().zip(next) {
            // Half-open, so that a vertex on the row counts for one of its two edges.
            if (a[1] <= y) != (b[1] <= y) {
                // Always from the upper end, so that the two edges of a keyhole's channel cross
                // the row at the same place to the last bit.
                let (from, to) = if a[1] < b[1] { (a, b) } else { (b, a) };
                crossings.push(from[2] + (to[2] - from[2]) * (y - from[1]) / (to[1] - from[1]));
            }
        }
        crossings.sort_by(f64::total_cmp);
        for pair in crossings.chunks_exact(2) {
            let from = pair[0].ceil().max(0.0) as usize;
            let to = pair[1].ceil().clamp(0.0, ni as f64) as usize;
            for pixel in slice[j * ni..(j + 1) * ni].iter_mut().take(to).skip(from) {
                *pixel = !*pixel;
            }
        }
    }
}
