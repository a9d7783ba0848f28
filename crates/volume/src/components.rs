//! Connected components.

use rayon::prelude::*;

use crate::{IndexBox, Mask, Volume};

/// Which voxels touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connectivity {
    /// Voxels with a common face.
    Six,
    /// Voxels with a common face or edge.
    Eighteen,
    /// Voxels with a common face, edge or corner.
    TwentySix,
}

/// The connected components of a mask.
#[derive(Debug, Clone, PartialEq)]
pub struct Components {
    /// 0 outside, else the number of the component, from 1 in the order of their first voxels.
    pub labels: Volume<u32>,
    /// Bounding box of component `n` at `n - 1`.
    pub boxes: Vec<IndexBox>,
    /// Number of voxels of component `n` at `n - 1`.
    pub counts: Vec<usize>,
}

/// A row's stretch of set voxels, `start..end`.
#[derive(Debug, Clone, Copy)]
struct Run {
    row: usize,
    start: usize,
    end: usize,
}

/// Numbers the connected components of `mask`.
///
/// Works on runs of voxels along a row joined by union-find, so that the cost follows the voxels
/// set and one pass over the rest.
pub fn label_components(mask: &Mask, connectivity: Connectivity) -> Components {
    let [nk, nj, ni] = mask.grid().shape();
    let (runs, first_of_row) = runs_of(mask.as_slice(), nk * nj, ni);
    let mut sets = DisjointSets::new(runs.len());
    for k in 0..nk {
        for j in 0..nj {
            for (dk, dj, reach) in earlier_rows(connectivity) {
                let (Some(k2), Some(j2)) = (k.checked_sub(dk), j.checked_add_signed(dj)) else {
                    continue;
                };
                if j2 < nj {
                    let here = first_of_row[k * nj + j]..first_of_row[k * nj + j + 1];
                    let there = first_of_row[k2 * nj + j2]..first_of_row[k2 * nj + j2 + 1];
                    join_rows(&runs, here, there, reach, &mut sets);
                }
            }
        }
    }
    collect(mask, &runs, &mut sets)
}

/// Sets every voxel from which no path through unset voxels (sharing faces) leads to the border.
pub fn fill_holes(mask: &Mask) -> Mask {
    let outside = mask.map(|set| !set);
    let background = label_components(&outside, Connectivity::Six);
    let shape = mask.grid().shape();
    let open: Vec<bool> = background
        .boxes
        .iter()
        .map(|b| (0..3).any(|a| b.min[a] == 0 || b.max[a] == shape[a] - 1))
        .collect();
    background
        .labels
        .map(|label| *label == 0 || !open[*label as usize - 1])
}

/// Bounding boxes of the values of a label map; 0 is background.
pub fn label_boxes(labels: &Volume<u16>) -> std::collections::BTreeMap<u16, IndexBox> {
    let [_, nj, ni] = labels.grid().shape();
    let mut boxes = std::collections::BTreeMap::new();
    for (row, values) in labels.as_slice().chunks_exact(ni).enumerate() {
        let mut i = 0;
        while i < ni {
            let label = values[i];
            let start = i;
            while i < ni && values[i] == label {
                i += 1;
            }
            if label != 0 {
                let here = IndexBox {
                    min: [row / nj, row % nj, start],
                    max: [row / nj, row % nj, i - 1],
                };
                boxes
                    .entry(label)
                    .and_modify(|b: &mut IndexBox| *b = b.union(&here))
                    .or_insert(here);
            }
        }
    }
    boxes
}

/// The rows before the present one that may touch it, `(slices back, rows on, columns aside)`.
fn earlier_rows(connectivity: Connectivity) -> impl Iterator<Item = (usize, isize, usize)> {
    let all = [(0, -1), (1, -1), (1, 0), (1, 1)];
    all.into_iter().filter_map(move |(dk, dj): (usize, isize)| {
        let steps = dk + dj.unsigned_abs();
        let reach = match connectivity {
            Connectivity::Six if steps == 1 => 0,
            Connectivity::Six => return None,
            Connectivity::Eighteen => usize::from(steps == 1),
            Connectivity::TwentySix => 1,
        };
        Some((dk, dj, reach))
    })
}

fn runs_of(values: &[bool], n_rows: usize, ni: usize) -> (Vec<Run>, Vec<usize>) {
    let per_row: Vec<Vec<Run>> = (0..n_rows)
        .into_par_iter()
        .with_min_len(256)
        .map(|row| {
            let line = &values[row * ni..(row + 1) * ni];
            let mut runs = Vec::new();
            // Most rows of an image hold nothing: one pass without branches tells.
            if line.iter().map(|set| u8::from(*set)).max() != Some(1) {
                return runs;
            }
            let mut i = 0;
            while let Some(step) = line[i..].iter().position(|set| *set) {
                let start = i + step;
                let length = line[start..].iter().position(|set| !set);
                i = length.map_or(ni, |n| start + n);
                runs.push(Run { row, start, end: i });
            }
            runs
        })
        .collect();
    let mut first_of_row = Vec::with_capacity(n_rows + 1);
    let mut runs = Vec::new();
    for row in per_row {
        first_of_row.push(runs.len());
        runs.extend(row);
    }
    first_of_row.push(runs.len());
    (runs, first_of_row)
}

/// Joins the runs of two rows that touch when columns may differ by `reach`.
fn join_rows(
    runs: &[Run],
    mut here: std::ops::Range<usize>,
    mut there: std::ops::Range<usize>,
    reach: usize,
    sets: &mut DisjointSets,
) {
    while !here.is_empty() && !there.is_empty() {
        let (a, b) = (runs[here.start], runs[there.start]);
        if a.start < b.end + reach && b.start < a.end + reach {
            sets.join(here.start, there.start);
        }
        if a.end < b.end {
            here.start += 1;
        } else {
            there.start += 1;
        }
    }
}

fn collect(mask: &Mask, runs: &[Run], sets: &mut DisjointSets) -> Components {
    let [_, nj, ni] = mask.grid().shape();
    let mut labels = Volume::filled(mask.grid().clone(), 0_u32);
    let mut number_of_root = vec![0_u32; runs.len()];
    let mut boxes: Vec<IndexBox> = Vec::new();
    let mut counts = Vec::new();
    let values = labels.as_mut_slice();
    for (n, run) in runs.iter().enumerate() {
        let root = sets.root(n);
        let here = IndexBox {
            min: [run.row / nj, run.row % nj, run.start],
            max: [run.row / nj, run.row % nj, run.end - 1],
        };
        if number_of_root[root] == 0 {
            boxes.push(here);
            counts.push(0);
            number_of_root[root] = boxes.len() as u32;
        }
        let number = number_of_root[root];
        let at = number as usize - 1;
        boxes[at] = boxes[at].union(&here);
        counts[at] += run.end - run.start;
        values[run.row * ni + run.start..run.row * ni + run.end].fill(number);
    }
    Components {
        labels,
        boxes,
        counts,
    }
}

/// Union-find with path halving; the smaller index is the root, so that numbers do not depend on
/// the order of joins.
#[derive(Debug)]
struct DisjointSets {
    parent: Vec<usize>,
}

impl DisjointSets {
    fn new(n: usize) -> Self {
        Self {
            parent: (0..n).collect(),
        }
    }

    fn root(&mut self, mut n: usize) -> usize {
        while self.parent[n] != n {
            self.parent[n] = self.parent[self.parent[n]];
            n = self.parent[n];
        }
        n
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.parent[a.max(b)] = a.min(b);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Grid;
    use nalgebra::Point3;

    fn mask(shape: [usize; 3], set: &[[usize; 3]]) -> Mask {
        let grid = Grid::axis_aligned(shape, [1.0; 3], Point3::origin()).unwrap();
        Mask::from_fn(grid, |voxel| set.contains(&voxel))
    }

    #[test]
    fn connectivity_decides_what_an_edge_and_a_corner_join() {
        let edge = mask([2, 2, 2], &[[0, 0, 0], [0, 1, 1]]);
        let corner = mask([2, 2, 2], &[[0, 0, 0], [1, 1, 1]]);
        let count = |m: &Mask, c| label_components(m, c).counts.len();
        assert_eq!(
            [
                Connectivity::Six,
                Connectivity::Eighteen,
                Connectivity::TwentySix
            ]
            .map(|c| count(&edge, c)),
            [2, 1, 1]
        );
        assert_eq!(
            [
                Connectivity::Six,
                Connectivity::Eighteen,
                Connectivity::TwentySix
            ]
            .map(|c| count(&corner, c)),
            [2, 2, 1]
        );
    }

    #[test]
    fn components_are_numbered_by_their_first_voxel_with_box_and_count() {
        let m = mask(
            [3, 4, 5],
            &[[0, 0, 4], [0, 3, 0], [1, 3, 0], [2, 3, 1], [2, 0, 4]],
        );
        let found = label_components(&m, Connectivity::Eighteen);
        assert_eq!(found.counts, [1, 3, 1]);
        assert_eq!(
            found.boxes[1],
            IndexBox {
                min: [0, 3, 0],
                max: [2, 3, 1]
            }
        );
        assert_eq!(found.labels[[2, 3, 1]], 2);
        assert_eq!(found.labels[[2, 0, 4]], 3);
    }

    #[test]
    fn the_partition_is_that_of_an_independent_library() {
        let grid = Grid::axis_aligned([9, 17, 23], [1.0; 3], Point3::origin()).unwrap();
        // A fixed scatter of about a third of the voxels: neither empty nor one piece.
        let m = Mask::from_fn(grid, |[k, j, i]| {
            (k * 7919 + j * 104_729 + i * 1_299_709) % 97 < 30
        });
        let structure = ndarray::Array3::from_elem((3, 3, 3), true);
        let (theirs, n) = ndarray_ndimage::label::<u32>(&m.view().to_owned(), &structure.view());
        let ours = label_components(&m, Connectivity::TwentySix);
        assert_eq!(ours.counts.len(), n);
        let mut pairs: Vec<_> = ours
            .labels
            .as_slice()
            .iter()
            .copied()
            .zip(theirs.iter().copied())
            .collect();
        pairs.sort_unstable();
        pairs.dedup();
        assert_eq!(
            pairs.len(),
            ours.counts.len() + 1,
            "a one-to-one map of labels"
        );
    }

    #[test]
    fn holes_are_filled_and_bays_are_not() {
        let ring: Vec<[usize; 3]> = IndexBox {
            min: [1, 1, 1],
            max: [3, 3, 3],
        }
        .voxels()
        .filter(|v| *v != [2, 2, 2])
        .collect();
        let closed = mask([5, 5, 5], &ring);
        assert_eq!(fill_holes(&closed).count(), 27);
        let open: Vec<_> = ring.into_iter().filter(|v| *v != [2, 2, 3]).collect();
        assert_eq!(fill_holes(&mask([5, 5, 5], &open)).count(), 25);
    }
}
