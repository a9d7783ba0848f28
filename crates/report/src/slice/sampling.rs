//! The values of a volume at the pixels of a plane.

use isoboost_volume::{Grid, Volume, resample_trilinear};
use rayon::prelude::*;

use super::view::PlaneView;

/// How far a row or a column of pixels may stray from an axis of the voxels before each pixel is
/// computed for itself, in voxels: nothing that could be seen.
const STRAYS_VOXELS: f64 = 1e-3;

/// The values of a volume in a plane, ready to be read row by row; not a number where it has none.
///
/// Where the voxels run along the picture, in whatever order and direction, the two voxel planes
/// around the plane are mixed once, and the rest is a table of neighbours for columns and rows. Other
/// orientations are computed pixel by pixel.
pub(super) enum Sampler<'a, T> {
    Aligned(AlignedPlane),
    Oblique(&'a Volume<T>, PlaneView),
    /// The plane does not meet the volume.
    Apart,
}

/// The two neighbours of a position along an axis and the weight of the second.
#[derive(Clone, Copy)]
struct Neighbours {
    low: usize,
    high: usize,
    weight: f32,
}

/// A plane of voxels, as far as the picture shows it.
pub(super) struct AlignedPlane {
    values: Vec<f32>,
    width: usize,
    columns: Vec<Option<Neighbours>>,
    rows: Vec<Option<Neighbours>>,
}

impl<'a, T> Sampler<'a, T>
where
    T: Copy + Into<f32> + Send + Sync,
{
    pub(super) fn new(volume: &'a Volume<T>, view: &PlaneView) -> Self {
        let Some(axes) = aligned_axes(volume.grid(), view) else {
            return Self::Oblique(volume, *view);
        };
        AlignedPlane::of(volume, view, axes).map_or(Self::Apart, Self::Aligned)
    }

    /// The values of a row of pixels.
    pub(super) fn row(&self, row: usize, line: &mut [f32]) {
        match self {
            Self::Aligned(plane) => plane.row(row, line),
            Self::Oblique(volume, view) => match view.grid(row, 1) {
                Some(onto) => {
                    line.copy_from_slice(resample_trilinear(volume, &onto, f32::NAN).as_slice());
                }
                None => line.fill(f32::NAN),
            },
            Self::Apart => line.fill(f32::NAN),
        }
    }
}

/// The voxel axes along the normal, downwards and to the right of the picture; none where they
/// stray from it.
pub(super) fn aligned_axes(grid: &Grid, view: &PlaneView) -> Option<[usize; 3]> {
    let [left, top, right, bottom] = view.rect_mm;
    let reach = [0.0, bottom - top, right - left];
    let mut found = [0; 3];
    for (n, direction) in view.plane.axes().into_iter().enumerate() {
        let along = grid.axes().map(|axis| axis.dot(&direction));
        let best = (0..3).max_by(|a, b| along[*a].abs().total_cmp(&along[*b].abs()))?;
        let strays = (0..3).filter(|a| *a != best);
        for a in strays {
            if (along[a] * reach[n] / grid.spacing()[a]).abs() > STRAYS_VOXELS {
                return None;
            }
        }
        found[n] = best;
    }
    let is_each_once = found[0] != found[1] && found[1] != found[2] && found[0] != found[2];
    is_each_once.then_some(found)
}

impl AlignedPlane {
    /// None where the plane or its rectangle does not meet the volume.
    fn of<T>(
        volume: &Volume<T>,
        view: &PlaneView,
        [normal, down, right]: [usize; 3],
    ) -> Option<Self>
    where
        T: Copy + Into<f32> + Send + Sync,
    {
        let grid = volume.grid();
        let shape = grid.shape();
        let at = |pixel: [f64; 2]| {
            grid.index_from_lps(view.lps_from_screen(view.screen_from_pixel(pixel)))
        };
        let first = at([0.0; 2]);
        let (next_column, next_row) = (at([1.0, 0.0]), at([0.0, 1.0]));
        let table = |axis: usize, next: [f64; 3], n: u32| -> Vec<Option<Neighbours>> {
            let step = next[axis] - first[axis];
            (0..n)
                .map(|p| neighbours(first[axis] + step * f64::from(p), shape[axis]))
                .collect()
        };
        let mut columns = table(right, next_column, view.size[0]);
        let mut rows = table(down, next_row, view.size[1]);
        let depth = neighbours(first[normal], shape[normal])?;
        let (a0, width) = shifted(&mut columns)?;
        let (b0, height) = shifted(&mut rows)?;

        let strides = [shape[1] * shape[2], shape[2], 1];
        let source = volume.as_slice();
        let mut values = vec![0.0_f32; width * height];
        values
            .par_chunks_mut(width)
            .enumerate()
            .for_each(|(b, line)| {
                let start = (b0 + b) * strides[down] + a0 * strides[right];
                let low = &source[start + depth.low * strides[normal]..];
                let high = &source[start + depth.high * strides[normal]..];
                mix_lines(line, low, high, strides[right], depth.weight);
            });
        Some(Self {
            values,
            width,
            columns,
            rows,
        })
    }

    fn row(&self, row: usize, line: &mut [f32]) {
        let Some(Some(Neighbours { low, high, weight })) = self.rows.get(row).copied() else {
            line.fill(f32::NAN);
            return;
        };
        let whole = |b: usize| &self.values[b * self.width..(b + 1) * self.width];
        let mut mixed = vec![0.0; self.width];
        mix_lines(&mut mixed, whole(low), whole(high), 1, weight);
        for (value, column) in line.iter_mut().zip(&self.columns) {
            *value = column.map_or(f32::NAN, |c| {
                let (a, b) = (mixed[c.low], mixed[c.high]);
                a + (b - a) * c.weight
            });
        }
    }
}

/// Mixes two rows of values that lie `stride` apart.
fn mix_lines<T: Copy + Into<f32>>(
    line: &mut [f32],
    low: &[T],
    high: &[T],
    stride: usize,
    weight: f32,
) {
    let mix = |a: T, b: T| {
        let (a, b): (f32, f32) = (a.into(), b.into());
        a + (b - a) * weight
    };
    if stride == 1 {
        // Written apart because without a stride the compiler takes several values at once.
        for ((value, a), b) in line.iter_mut().zip(low).zip(high) {
            *value = mix(*a, *b);
        }
    } else {
        let sources = low.iter().step_by(stride).zip(high.iter().step_by(stride));
        for (value, (a, b)) in line.iter_mut().zip(sources) {
            *value = mix(*a, *b);
        }
    }
}

/// The neighbours of a position on an axis of `n` voxels. Half a voxel beyond the outermost centres
/// still belongs to their cells and takes their value.
fn neighbours(position: f64, n: usize) -> Option<Neighbours> {
    if !(position >= -0.5 && position <= n as f64 - 0.5) {
        return None;
    }
    let inside = position.clamp(0.0, (n - 1) as f64);
    let low = inside.floor() as usize;
    let weight = (inside - low as f64) as f32;
    // A neighbour without weight has no say, even if it is not a number.
    let high = if weight == 0.0 { low } else { low + 1 };
    Some(Neighbours { low, high, weight })
}

/// Counts the neighbours of a table from the first that is used; that one, and how many there are.
fn shifted(table: &mut [Option<Neighbours>]) -> Option<(usize, usize)> {
    let first = table.iter().flatten().map(|n| n.low).min()?;
    let last = table.iter().flatten().map(|n| n.high).max()?;
    for entry in table.iter_mut().flatten() {
        entry.low -= first;
        entry.high -= first;
    }
    Some((first, last - first + 1))
}
