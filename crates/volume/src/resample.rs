//! Values between voxels.

use nalgebra::Point3;
use rayon::prelude::*;

use crate::{Grid, Volume};

/// How far a grid step may stray from an axis of the other grid, over the whole row, before the
/// general path is taken, in voxels.
const ALIGNMENT_TOLERANCE_VOXELS: f64 = 1e-6;

/// The trilinear value at a point; `background` where a neighbour that counts lies outside.
pub fn sample_trilinear(volume: &Volume<f32>, point: Point3<f64>, background: f32) -> f32 {
    sample_trilinear_at_index(volume, volume.grid().index_from_lps(point), background)
}

/// The trilinear value at a continuous index `[k, j, i]`; `background` where a neighbour that counts
/// lies outside.
pub fn sample_trilinear_at_index(volume: &Volume<f32>, index: [f64; 3], background: f32) -> f32 {
    trilinear(volume, index, background)
}

/// Resamples by trilinear interpolation onto another grid; `background` outside the source.
///
/// Rows that run along a source axis reuse the neighbours and weights of the other two axes; any
/// other orientation is computed point by point. Slices are worked on in parallel and each value
/// depends on its own place only.
pub fn resample_trilinear<T>(source: &Volume<T>, onto: &Grid, background: f32) -> Volume<f32>
where
    T: Into<f32> + Copy + Sync + Send,
{
    let mut result = Volume::filled(onto.clone(), background);
    let [_, nj, ni] = onto.shape();
    let aligned = aligned_steps(source.grid(), onto);
    result
        .as_mut_slice()
        .par_chunks_mut(nj * ni)
        .enumerate()
        .for_each(|(k, slice)| {
            if let Some(tables) = &aligned {
                aligned_slice(source, tables, k, ni, background, slice);
            } else {
                general_slice(source, onto, k, background, slice);
            }
        });
    result
}

/// Resamples by taking the nearest voxel; `background` outside the source.
pub fn resample_nearest<T>(source: &Volume<T>, onto: &Grid, background: T) -> Volume<T>
where
    T: Copy + Send + Sync,
{
    let mut result = Volume::filled(onto.clone(), background);
    let [_, nj, ni] = onto.shape();
    let step = index_step(source.grid(), onto);
    let shape = source.grid().shape();
    result
        .as_mut_slice()
        .par_chunks_mut(ni)
        .enumerate()
        .for_each(|(row, values)| {
            let first = [(row / nj) as f64, (row % nj) as f64, 0.0];
            let start = source.grid().index_from_lps(onto.lps_from_index(first));
            for (i, value) in values.iter_mut().enumerate() {
                let index = [0, 1, 2].map(|a| (start[a] + step[a] * i as f64).round());
                if (0..3).all(|a| index[a] >= 0.0 && index[a] < shape[a] as f64) {
                    *value = source[index.map(|v| v as usize)];
                }
            }
        });
    result
}

fn general_slice<T: Into<f32> + Copy>(
    source: &Volume<T>,
    onto: &Grid,
    k: usize,
    background: f32,
    slice: &mut [f32],
) {
    let step = index_step(source.grid(), onto);
    for (j, row) in slice.chunks_exact_mut(onto.shape()[2]).enumerate() {
        let first = onto.lps_from_index([k as f64, j as f64, 0.0]);
        let start = source.grid().index_from_lps(first);
        for (i, value) in row.iter_mut().enumerate() {
            let index = [0, 1, 2].map(|a| start[a] + step[a] * i as f64);
            *value = trilinear(source, index, background);
        }
    }
}

/// The step in source index that one column of `onto` makes.
fn index_step(source: &Grid, onto: &Grid) -> [f64; 3] {
    let step = onto.axes()[2] * onto.spacing()[2];
    [0, 1, 2].map(|a| step.dot(&source.axes()[a]) / source.spacing()[a])
}

fn trilinear<T: Into<f32> + Copy>(volume: &Volume<T>, index: [f64; 3], background: f32) -> f32 {
    let shape = volume.grid().shape();
    let mut low = [0_usize; 3];
    let mut high = [0_usize; 3];
    let mut weight = [0.0_f32; 3];
    for a in 0..3 {
        let Some((l, h, w)) = neighbours(index[a], shape[a]) else {
            return background;
        };
        (low[a], high[a], weight[a]) = (l, h, w);
    }
    let at = |k, j, i| -> f32 { volume[[k, j, i]].into() };
    let row = |k, j| mix(at(k, j, low[2]), at(k, j, high[2]), weight[2]);
    let plane = |k| mix(row(k, low[1]), row(k, high[1]), weight[1]);
    mix(plane(low[0]), plane(high[0]), weight[0])
}

/// The two neighbours of a position on an axis of `n` voxels and the weight of the second. Half a
/// voxel beyond the outermost centres still belongs to their cells and takes their value.
fn neighbours(position: f64, n: usize) -> Option<(usize, usize, f32)> {
    if !(position >= -0.5 && position <= n as f64 - 0.5) {
        return None;
    }
    let inside = position.clamp(0.0, (n - 1) as f64);
    let low = inside.floor() as usize;
    Some((low, (low + 1).min(n - 1), (inside - low as f64) as f32))
}

/// A neighbour without weight has no say, even if it is infinite or not a number.
fn mix(a: f32, b: f32, weight: f32) -> f32 {
    if weight == 0.0 {
        a
    } else {
        a + (b - a) * weight
    }
}

/// For each axis of the target, in `[k, j, i]` order: the source neighbours of every step.
struct AlignedSteps {
    tables: [Vec<Option<(usize, usize, f32)>>; 3],
}

/// The tables of a target whose axes run along the source's axes of the same name; `None` when
/// they do not.
fn aligned_steps(source: &Grid, onto: &Grid) -> Option<AlignedSteps> {
    let start = source.index_from_lps(onto.origin());
    let mut tables: [Vec<_>; 3] = Default::default();
    for a in 0..3 {
        let n = onto.shape()[a];
        let step = onto.axes()[a] * onto.spacing()[a];
        let step = [0, 1, 2].map(|b| step.dot(&source.axes()[b]) / source.spacing()[b]);
        let stray = (0..3)
            .filter(|b| *b != a)
            .map(|b| step[b].abs())
            .fold(0.0, f64::max);
        if stray * n as f64 > ALIGNMENT_TOLERANCE_VOXELS {
            return None;
        }
        tables[a] = (0..n)
            .map(|x| neighbours(start[a] + step[a] * x as f64, source.shape()[a]))
            .collect();
    }
    Some(AlignedSteps { tables })
}

fn aligned_slice<T: Into<f32> + Copy>(
    source: &Volume<T>,
    steps: &AlignedSteps,
    k: usize,
    ni: usize,
    background: f32,
    slice: &mut [f32],
) {
    let [_, source_nj, source_ni] = source.grid().shape();
    let values = source.as_slice();
    let Some((k0, k1, wk)) = steps.tables[0][k] else {
        return;
    };
    let Some((first, last)) = columns_in_use(&steps.tables[2]) else {
        return;
    };
    let line = |k: usize, j: usize| &values[(k * source_nj + j) * source_ni..][first..=last];
    let mut blended = vec![0.0_f32; last - first + 1];
    for (j, row) in slice.chunks_exact_mut(ni).enumerate() {
        let Some((j0, j1, wj)) = steps.tables[1][j] else {
            continue;
        };
        let lines = [line(k0, j0), line(k0, j1), line(k1, j0), line(k1, j1)];
        for (i, value) in blended.iter_mut().enumerate() {
            let [a, b, c, d] = lines.map(|l| l[i].into());
            *value = mix(mix(a, b, wj), mix(c, d, wj), wk);
        }
        for (value, place) in row.iter_mut().zip(&steps.tables[2]) {
            *value = match *place {
                Some((i0, i1, wi)) => mix(blended[i0 - first], blended[i1 - first], wi),
                None => background,
            };
        }
    }
}

/// The first and last source column that a row of the target needs.
fn columns_in_use(places: &[Option<(usize, usize, f32)>]) -> Option<(usize, usize)> {
    let used = places.iter().flatten();
    used.fold(None, |range, (low, high, _)| {
        let (first, last) = range.unwrap_or((*low, *high));
        Some((first.min(*low), last.max(*high)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::{Rotation3, Vector3};

    /// A field that trilinear interpolation reproduces exactly.
    fn plane_at(point: Point3<f64>) -> f32 {
        (1.5 + 0.25 * point.x - 0.5 * point.y + 0.125 * point.z) as f32
    }

    fn source() -> Volume<f32> {
        let grid = Grid::axis_aligned(
            [12, 20, 24],
            [3.0, 2.0, 1.5],
            Point3::new(-20.0, -15.0, -10.0),
        )
        .unwrap();
        Volume::from_fn(grid.clone(), |voxel| plane_at(grid.center_of(voxel)))
    }

    fn assert_is_plane(result: &Volume<f32>, source: &Grid, least_inside: usize) {
        let mut inside = 0;
        for voxel in result.grid().full_box().voxels() {
            let index = source.index_from_lps(result.grid().center_of(voxel));
            let is_inside =
                (0..3).all(|a| index[a] >= 0.0 && index[a] <= (source.shape()[a] - 1) as f64);
            if is_inside {
                inside += 1;
                let expected = plane_at(result.grid().center_of(voxel));
                // Rounding of f32 at values up to some 20.
                assert!((result[voxel] - expected).abs() < 1e-4, "{voxel:?}");
            }
        }
        assert!(inside > least_inside, "only {inside} voxels tested");
    }

    #[test]
    fn a_linear_field_is_reproduced_on_an_aligned_and_on_a_turned_grid() {
        let source = source();
        let aligned = Grid::axis_aligned(
            [15, 30, 30],
            [1.7, 1.1, 0.9],
            Point3::new(-18.0, -14.0, -9.0),
        )
        .unwrap();
        assert_is_plane(
            &resample_trilinear(&source, &aligned, f32::NAN),
            source.grid(),
            8000,
        );
        let turn = Rotation3::from_euler_angles(0.3, -0.2, 0.9);
        let axes = [
            turn * Vector3::z(),
            turn * Vector3::y(),
            turn * Vector3::x(),
        ];
        let turned = Grid::new(
            [15, 30, 30],
            [1.7, 1.1, 0.9],
            Point3::new(-5.0, -14.0, -5.0),
            axes,
        )
        .unwrap();
        assert_is_plane(
            &resample_trilinear(&source, &turned, f32::NAN),
            source.grid(),
            3000,
        );
    }

    #[test]
    fn both_paths_give_the_same_values_and_the_background_outside() {
        let source = source();
        let aligned =
            Grid::axis_aligned([9, 9, 9], [4.0, 5.0, 4.5], Point3::new(-24.0, -18.0, -12.0))
                .unwrap();
        let fast = resample_trilinear(&source, &aligned, -7.0);
        for voxel in aligned.full_box().voxels() {
            let one = sample_trilinear(&source, aligned.center_of(voxel), -7.0);
            assert!((fast[voxel] - one).abs() < 1e-5, "{voxel:?}");
        }
        assert_eq!(fast[[0, 0, 0]], -7.0);
    }

    #[test]
    fn nearest_takes_the_cell_that_holds_the_point() {
        let source = source();
        let labels = Volume::from_fn(source.grid().clone(), |[k, j, i]| {
            (k * 480 + j * 24 + i) as u16 + 1
        });
        let onto = source.grid().clone();
        assert_eq!(resample_nearest(&labels, &onto, 0), labels);
        let shifted =
            Grid::axis_aligned([1, 1, 3], [1.0, 1.0, 1.5], Point3::new(-20.7, -15.0, -10.0))
                .unwrap();
        assert_eq!(resample_nearest(&labels, &shifted, 0).as_slice(), [1, 2, 3]);
        let outside =
            Grid::axis_aligned([1, 1, 1], [1.0; 3], Point3::new(-20.8, -15.0, -10.0)).unwrap();
        assert_eq!(resample_nearest(&labels, &outside, 0).as_slice(), [0]);
    }
}
