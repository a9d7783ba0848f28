//! From contours back to voxels.

use crate::{Contour, Grid, Mask};

/// Fills contours on the slices of a grid: a voxel is set when its centre lies inside an odd
/// number of them (even-odd rule, so a ring inside a ring is a hole).
///
/// Each contour belongs to the slice nearest to it, at most half a slice away; its points are
/// projected onto that slice. Contours on no slice of the grid are left out.
pub fn rasterise(contours: &[Contour], onto: &Grid) -> Mask {
    let mut mask = Mask::empty(onto.clone());
    let [nk, nj, ni] = onto.shape();
    for contour in contours {
        let index: Vec<[f64; 3]> = contour
            .points
            .iter()
            .map(|p| onto.index_from_lps(*p))
            .collect();
        let mean = index.iter().map(|p| p[0]).sum::<f64>() / index.len().max(1) as f64;
        let k = mean.round();
        if !(k >= 0.0 && k < nk as f64) {
            continue;
        }
        let slice_start = k as usize * nj * ni;
        let slice = &mut mask.as_mut_slice()[slice_start..slice_start + nj * ni];
        toggle_inside(&index, slice, nj, ni);
    }
    mask
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
                crossings.push(a[2] + (b[2] - a[2]) * (y - a[1]) / (b[1] - a[1]));
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
