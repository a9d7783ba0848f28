//! From fields and masks to closed planar contours, finer than a voxel.

use contour::ContourBuilder;
use nalgebra::{Point3, Vector3};
use rayon::prelude::*;

use crate::keyhole::join_holes;
use crate::simplify::simplified;
use crate::{Contour, Grid, Mask, Volume, signed_distance};

/// Vertices closer than this are one vertex: contours are written with 0.001 mm, and two vertices
/// that round to the same text would make an edge of no length.
const VERTEX_DISTANCE_MM: f64 = 0.02;
/// A ring of a smaller area is no region but the rounding of a field that just touches its level.
pub(crate) const SMALLEST_AREA_MM2: f64 = 0.005;
/// How far beyond the levels of a region's voxels its volume is looked for, in units of the widest
/// range of levels of a slice.
const BEYOND_RANGE: f32 = 20.0;
/// How near the volume of contours comes to that of their voxels.
const VOLUME_TOLERANCE: f64 = 2e-3;

/// A region of one slice: an outer ring and its holes.
///
/// Vertices are `[i, j]` continuous indices (column, row), pixel centres at whole numbers; rings
/// are closed without repeating the first vertex, and holes run against their outer ring.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanarRegion {
    /// The border.
    pub outer: Vec<[f64; 2]>,
    /// What is cut out of it.
    pub holes: Vec<Vec<[f64; 2]>>,
}

/// The regions of slice `slice` in which `field` is at most `level`, by linear interpolation
/// (marching squares).
///
/// A region that touches the edge of the slice closes half a pixel beyond the outermost centres.
/// Where the field is not a number the region ends.
pub fn slice_regions(field: &Volume<f32>, slice: usize, level: f32) -> Vec<PlanarRegion> {
    let [_, nj, ni] = field.grid().shape();
    let values = &field.as_slice()[slice * nj * ni..(slice + 1) * nj * ni];
    if !values.iter().any(|v| *v <= level) {
        return Vec::new();
    }
    let (padded, [width, height]) = depth_with_border(values, nj, ni, level);
    // The builder fails on a wrong number of values only.
    let Ok(found) = ContourBuilder::new(width, height, true).contours(&padded, &[0.0]) else {
        return Vec::new();
    };
    let ring = |line: &geo::LineString<f64>| {
        // The crate counts pixel centres from 0.5, and the border adds a pixel.
        let points = line.0.iter().map(|p| [p.x - 1.5, p.y - 1.5]);
        clean_ring(points, field.grid())
    };
    let polygons = found.into_iter().flat_map(|c| c.into_inner().0);
    polygons
        .filter_map(|polygon| {
            Some(PlanarRegion {
                outer: ring(polygon.exterior())?,
                holes: polygon.interiors().iter().filter_map(ring).collect(),
            })
        })
        .collect()
}

/// Closed contours in LPS around the regions where `field` is at most `level`, slice by slice.
///
/// Holes are joined to their outer ring by a channel of no width (keyhole), so that a reader that
/// fills each contour by itself and one that combines all of them see the same region. Vertices that
/// say nothing are dropped: contours lie within [`CONTOUR_TOLERANCE_MM`](crate::CONTOUR_TOLERANCE_MM)
/// of the regions' borders and have their areas.
pub fn contours_from_field(field: &Volume<f32>, level: f32) -> Vec<Contour> {
    contours_at(field, &vec![Some(level); field.grid().shape()[0]])
}

/// Contours at a level of its own for each slice; none on slices without one.
fn contours_at(field: &Volume<f32>, levels: &[Option<f32>]) -> Vec<Contour> {
    let grid = field.grid();
    let [_, dj, di] = grid.spacing();
    let slices: Vec<Vec<Contour>> = levels
        .par_iter()
        .enumerate()
        .map(|(k, level)| {
            let regions = level.map_or_else(Vec::new, |level| slice_regions(field, k, level));
            let regions = simplified(regions, [di, dj]).into_iter();
            let contour = |region| Contour {
                slice: Some(k),
                points: join_holes(region)
                    .into_iter()
                    .map(|[i, j]| grid.lps_from_index([k as f64, j, i]))
                    .collect(),
            };
            regions.map(contour).collect()
        })
        .collect();
    slices.into_iter().flatten().collect()
}

/// Smooth contours of a mask that enclose its voxels and have its volume.
pub fn contours_from_mask(mask: &Mask) -> Vec<Contour> {
    contours_around(mask, &signed_distance(mask))
}

/// The voxels where `field` is lowest, as many as come nearest to `volume_ml` and at least one.
pub fn mask_of_volume(field: &Volume<f32>, volume_ml: f64) -> Mask {
    let wanted = (volume_ml / field.grid().voxel_volume_ml()).round() as usize;
    let n = wanted.clamp(1, field.grid().voxel_count());
    let mut values: Vec<f32> = field.as_slice().iter().map(|v| number(*v)).collect();
    let (_, last, _) = values.select_nth_unstable_by(n - 1, f32::total_cmp);
    let last = *last;
    let lower = field
        .as_slice()
        .iter()
        .filter(|v| number(**v) < last)
        .count();
    // Of equal ones the first, so that the choice does not depend on anything but the field.
    let mut equal_ones = n - lower;
    field.map(|value| {
        let value = number(*value);
        if value == last && equal_ones > 0 {
            equal_ones -= 1;
            return true;
        }
        value < last
    })
}

/// What is not a number comes after everything that is.
fn number(value: f32) -> f32 {
    if value.is_nan() { f32::INFINITY } else { value }
}

/// A region of a given volume as voxels and as contours that agree: the voxels of
/// [`mask_of_volume`] and the contours of [`contours_around`] them.
///
/// A slice or a pixel is as wide as the grid has it: sampling a 10 mm sphere on 3 mm slices at a
/// fixed level misses its volume by up to a tenth. `volume_ml` is measured beforehand on a finer
/// lattice (see [`isosurface_volume_ml`]), so that the slices hold what the body holds.
pub fn region_of_volume(field: &Volume<f32>, volume_ml: f64) -> (Mask, Vec<Contour>) {
    let mask = mask_of_volume(field, volume_ml);
    let contours = contours_around(&mask, field);
    (mask, contours)
}

/// Smooth contours around a mask that is the lower part of `field` in each slice: they enclose the
/// centres of just its voxels, and the volume of its voxels within 0.5 %.
///
/// In each slice any level between the highest value inside and the lowest outside encloses the
/// same voxels. All slices take the same share of the way from the one to the other, the share at
/// which the volumes agree.
pub fn contours_around(mask: &Mask, field: &Volume<f32>) -> Vec<Contour> {
    let ranges = level_ranges(mask, field);
    let wanted = mask.volume_ml();
    let widest = ranges
        .iter()
        .flatten()
        .map(|(low, high)| high - low)
        .fold(0.0, f32::max);
    let at_share = |share: f32| -> Vec<Option<f32>> {
        let beyond = (share - share.clamp(0.0, 1.0)) * widest;
        let level = |(low, high): (f32, f32)| low + (high - low) * share.clamp(0.0, 1.0) + beyond;
        ranges.iter().map(|range| range.map(level)).collect()
    };
    let off = |share: f32| volume_at(field, &at_share(share)) / wanted - 1.0;
    let mut share = 0.5;
    let mut found = off(share);
    let (mut low, mut high) = (0.0_f32, 1.0_f32);
    // A region of a few voxels may have no level between that encloses enough, or little enough:
    // then its volume goes before its voxels.
    if found < -VOLUME_TOLERANCE && off(high) < -VOLUME_TOLERANCE {
        (low, high) = (high, high + BEYOND_RANGE);
    } else if found > VOLUME_TOLERANCE && off(low) > VOLUME_TOLERANCE {
        (low, high) = (low - BEYOND_RANGE, low);
    }
    for _ in 0..24 {
        if found.abs() <= VOLUME_TOLERANCE {
            break;
        }
        if (low..=high).contains(&share) {
            if found < 0.0 {
                low = share;
            } else {
                high = share;
            }
        }
        share = f32::midpoint(low, high);
        found = off(share);
    }
    let contours = contours_at(field, &at_share(share));
    if found.abs() <= VOLUME_TOLERANCE || contours.is_empty() {
        return contours;
    }
    // A part of the region appears or vanishes at the level that would be right.
    let factor = (1.0 / (1.0 + found)).sqrt();
    contours.into_iter().map(|c| scaled(c, factor)).collect()
}

/// A contour stretched in its plane from its middle; its area grows by the square.
fn scaled(mut contour: Contour, factor: f64) -> Contour {
    let n = contour.points.len().max(1) as f64;
    let sum = contour
        .points
        .iter()
        .fold(Vector3::zeros(), |sum, p| sum + p.coords);
    let middle = Point3::from(sum / n);
    for point in &mut contour.points {
        *point = middle + (*point - middle) * factor;
    }
    contour
}

/// For each slice the levels that enclose just the mask's voxels; none where it has no voxel.
fn level_ranges(mask: &Mask, field: &Volume<f32>) -> Vec<Option<(f32, f32)>> {
    let [_, nj, ni] = field.grid().shape();
    let slices = field
        .as_slice()
        .chunks(nj * ni)
        .zip(mask.as_slice().chunks(nj * ni));
    let range = |(values, set): (&[f32], &[bool])| {
        let (mut low, mut high) = (f32::NEG_INFINITY, f32::INFINITY);
        for (value, set) in values.iter().zip(set) {
            if *set {
                low = low.max(number(*value));
            } else {
                high = high.min(number(*value));
            }
        }
        if low == f32::NEG_INFINITY {
            return None;
        }
        // With nothing outside there is no upper end; half the depth is some half pixel.
        let high = if high < f32::MAX {
            high
        } else {
            low + low.abs().max(1.0)
        };
        // At the values themselves a contour runs through a voxel's centre.
        let inset = (high - low).max(0.0) * 1e-3;
        Some((low + inset, high - inset))
    };
    slices.map(range).collect()
}

/// Volume in mL where the trilinear field is at most `level`, exact along the columns
/// and sampled by `fineness` lines per voxel across them; beyond the outermost voxel centres nothing counts.
pub fn isosurface_volume_ml(field: &Volume<f32>, level: f32, fineness: usize) -> f64 {
    let grid = field.grid();
    let cells = grid.shape().map(|n| n.saturating_sub(1).max(1));
    let weights: Vec<f32> = (0..fineness)
        .map(|n| (n as f32 + 0.5) / fineness as f32)
        .collect();
    let parts: Vec<f64> = (0..cells[0])
        .into_par_iter()
        .map(|k| {
            let cell = |j, i| corners(field, [k, j, i]);
            let cells = (0..cells[1]).flat_map(|j| (0..cells[2]).map(move |i| (j, i)));
            cells
                .map(|(j, i)| share_below(&cell(j, i), level, &weights))
                .sum::<f64>()
        })
        .collect();
    parts.iter().sum::<f64>() * grid.voxel_volume_ml()
}

/// The eight values around a cell between voxel centres, columns fastest.
fn corners(field: &Volume<f32>, cell: [usize; 3]) -> [f32; 8] {
    let shape = field.grid().shape();
    std::array::from_fn(|n| {
        let at = |a: usize| (cell[a] + (n >> (2 - a) & 1)).min(shape[a] - 1);
        field[[at(0), at(1), at(2)]]
    })
}

/// The share of a cell in which the trilinear field is at most `level`: exact along the columns,
/// sampled across them.
fn share_below(corners: &[f32; 8], level: f32, weights: &[f32]) -> f64 {
    if corners.iter().all(|v| *v <= level) {
        return 1.0;
    }
    if !corners.iter().any(|v| *v <= level) {
        return 0.0;
    }
    let mix = |a: f32, b: f32, w: f32| a + (b - a) * w;
    let mut sum = 0.0;
    for wk in weights {
        let plane: [f32; 4] = std::array::from_fn(|n| mix(corners[n], corners[n + 4], *wk));
        for wj in weights {
            let (a, b) = (mix(plane[0], plane[2], *wj), mix(plane[1], plane[3], *wj));
            sum += f64::from(match (a <= level, b <= level) {
                (true, true) => 1.0,
                (false, false) => 0.0,
                (true, false) => (level - a) / (b - a),
                (false, true) => (level - b) / (a - b),
            });
        }
    }
    sum / (weights.len() * weights.len()) as f64
}

/// Volume in mL of contours: the area of each times the distance of the slices.
///
/// The contours must not overlap; a keyhole counts as the hole that it is.
pub fn polygon_volume_ml(contours: &[Contour], slice_spacing_mm: f64) -> f64 {
    let area: f64 = contours.iter().map(|c| polygon_area(&c.points)).sum();
    area * slice_spacing_mm / 1000.0
}

/// Area in mm² of a planar polygon in space.
fn polygon_area(points: &[Point3<f64>]) -> f64 {
    let Some(first) = points.first() else {
        return 0.0;
    };
    let doubled = points.windows(2).fold(Vector3::zeros(), |sum, edge| {
        sum + (edge[0] - first).cross(&(edge[1] - first))
    });
    doubled.norm() / 2.0
}

/// Volume in mL that the contours at a level for each slice enclose.
fn volume_at(field: &Volume<f32>, levels: &[Option<f32>]) -> f64 {
    let areas: Vec<f64> = levels
        .par_iter()
        .enumerate()
        .map(|(k, level)| {
            let regions = level
                .map(|level| slice_regions(field, k, level))
                .unwrap_or_default();
            let area = |ring: &Vec<[f64; 2]>| signed_area(ring).abs();
            regions
                .iter()
                .map(|r| area(&r.outer) - r.holes.iter().map(area).sum::<f64>())
                .sum()
        })
        .collect();
    areas.iter().sum::<f64>() * field.grid().voxel_volume_ml()
}

/// Area in pixels, positive when the ring turns from columns to rows.
pub(crate) fn signed_area(ring: &[[f64; 2]]) -> f64 {
    let next = ring.iter().cycle().skip(1);
    ring.iter()
        .zip(next)
        .map(|(a, b)| a[0] * b[1] - b[0] * a[1])
        .sum::<f64>()
        / 2.0
}

/// How deep each pixel lies below the level (positive inside), with a border of one pixel that
/// lies as far outside as its neighbour lies inside.
fn depth_with_border(values: &[f32], nj: usize, ni: usize, level: f32) -> (Vec<f64>, [usize; 2]) {
    // A finite bound keeps the interpolation between any two pixels finite.
    const BOUND: f64 = 1e6;
    let (width, height) = (ni + 2, nj + 2);
    let depth = |j: usize, i: usize| {
        let depth = f64::from(level) - f64::from(values[j * ni + i]);
        if depth.is_nan() {
            -BOUND
        } else {
            depth.clamp(-BOUND, BOUND)
        }
    };
    let mut padded = vec![-BOUND; width * height];
    for y in 0..height {
        for x in 0..width {
            let (j, i) = (y.clamp(1, nj) - 1, x.clamp(1, ni) - 1);
            let inner = depth(j, i);
            let is_border = y != j + 1 || x != i + 1;
            padded[y * width + x] = if is_border {
                -inner.abs().max(1e-6)
            } else {
                inner
            };
        }
    }
    (padded, [width, height])
}

/// A ring without its closing vertex and without vertices that lie together; `None` when nothing
/// of a region is left.
fn clean_ring(points: impl Iterator<Item = [f64; 2]>, grid: &Grid) -> Option<Vec<[f64; 2]>> {
    let [_, dj, di] = grid.spacing();
    let apart = |a: &[f64; 2], b: &[f64; 2]| {
        ((a[0] - b[0]) * di).hypot((a[1] - b[1]) * dj) > VERTEX_DISTANCE_MM
    };
    let mut ring: Vec<[f64; 2]> = Vec::new();
    for point in points.map(|point| off_center(point, [di, dj])) {
        if ring.last().is_none_or(|last| apart(last, &point)) {
            ring.push(point);
        }
    }
    while ring.len() > 1 && !apart(&ring[0], &ring[ring.len() - 1]) {
        ring.pop();
    }
    let area = signed_area(&ring).abs() * di * dj;
    (ring.len() >= 3 && area >= SMALLEST_AREA_MM2).then_some(ring)
}

/// A vertex, on a row or column of pixel centres, moved along it to [`VERTEX_DISTANCE_MM`] from a
/// centre that it lies nearer to.
///
/// Vertices on different lines lie together only around a centre. If they became one there, the
/// ring would run over the centre, and the rounding of coordinates would say whether the pixel is
/// inside.
fn off_center(vertex: [f64; 2], pixel_mm: [f64; 2]) -> [f64; 2] {
    let mut moved = vertex;
    for axis in 0..2 {
        let center = vertex[axis].round();
        let off = vertex[axis] - center;
        let least = VERTEX_DISTANCE_MM / pixel_mm[axis];
        if off != 0.0 && off.abs() < least && vertex[1 - axis].fract() == 0.0 {
            moved[axis] = center + least.min(0.5).copysign(off);
        }
    }
    moved
}

#[cfg(test)]
mod tests;
