//! Different margins per direction on a grid of any orientation, row by row.

use rayon::prelude::*;

use crate::{Grid, Margins, Mask, Volume};

/// The relative length of the shortest step from a set voxel to each voxel, at most `beyond`.
///
/// On a turned grid the length is no sum over the axes, and a voxel deep inside the mask may be
/// the nearest one. But along any line it is convex: from a row of set voxels, the shortest step
/// to a voxel starts at one of the two set columns on either side of where the step between the
/// two rows is shortest. So every pair of rows is worked off column by column, whatever is set.
pub(crate) fn shortest_steps(mask: &Mask, margins: &Margins, beyond: f64) -> Volume<f32> {
    let [_, nj, ni] = mask.grid().shape();
    let rows: Vec<Option<SetColumns>> = mask
        .as_slice()
        .par_chunks(ni)
        .map(SetColumns::of_row)
        .collect();
    let steps = row_steps(mask.grid(), margins);
    let mut shortest = Volume::filled(mask.grid().clone(), beyond as f32);
    shortest
        .as_mut_slice()
        .par_chunks_mut(ni)
        .enumerate()
        .for_each(|(row, lengths)| {
            let (k, j) = (row / nj, row % nj);
            for step in &steps {
                let source = (
                    k.checked_add_signed(-step.slices),
                    j.checked_add_signed(-step.rows).filter(|j| *j < nj),
                );
                if let (Some(k), Some(j)) = source
                    && let Some(Some(columns)) = rows.get(k * nj + j)
                {
                    step.shorten(lengths, columns);
                }
            }
        });
    shortest
}

/// Where a row has set voxels.
struct SetColumns {
    /// For each column the last set one up to it.
    before: Vec<Option<usize>>,
    /// For each column the first set one from it.
    after: Vec<Option<usize>>,
    first: usize,
    last: usize,
}

impl SetColumns {
    fn of_row(row: &[bool]) -> Option<Self> {
        let first = row.iter().position(|set| *set)?;
        let last = row.iter().rposition(|set| *set)?;
        let mut before = vec![None; row.len()];
        let mut after = vec![None; row.len()];
        let mut nearest = None;
        for (i, set) in row.iter().enumerate() {
            nearest = if *set { Some(i) } else { nearest };
            before[i] = nearest;
        }
        nearest = None;
        for (i, set) in row.iter().enumerate().rev() {
            nearest = if *set { Some(i) } else { nearest };
            after[i] = nearest;
        }
        Some(Self {
            before,
            after,
            first,
            last,
        })
    }
}

/// All steps within reach from one row to another.
struct RowStep {
    slices: isize,
    rows: isize,
    /// Columns of the first step in `lengths`.
    first: isize,
    /// Relative lengths, one column on after the other: falling, then rising.
    lengths: Vec<f32>,
    /// Columns of the shortest step.
    shortest: isize,
}

impl RowStep {
    /// Shortens `lengths` of a row by the steps from the set columns of another.
    fn shorten(&self, lengths: &mut [f32], from: &SetColumns) {
        let n = lengths.len() as isize;
        let last_step = self.first + self.lengths.len() as isize - 1;
        let start = (from.first as isize + self.first).max(0);
        let end = (from.last as isize + last_step).min(n - 1);
        for i in start..=end {
            // Set columns from which the step is at least, and at most, the shortest one.
            let aim = i - self.shortest;
            let before = (aim >= 0).then(|| from.before[aim.min(n - 1) as usize]);
            let after = (aim < n).then(|| from.after[aim.max(0) as usize]);
            for column in [before, after].into_iter().flatten().flatten() {
                let step = i - column as isize - self.first;
                if let Some(length) = usize::try_from(step).ok().and_then(|s| self.lengths.get(s)) {
                    let value = &mut lengths[i as usize];
                    *value = value.min(*length);
                }
            }
        }
    }
}

/// The steps between rows that end in the ellipsoid of the margins or one voxel beyond, which
/// leaves the level at the margin a voxel on either side.
fn row_steps(grid: &Grid, margins: &Margins) -> Vec<RowStep> {
    let spacing = grid.spacing();
    let slack = spacing.into_iter().fold(0.0, f64::max);
    let generous = margins.wider_by(slack);
    let n = spacing.map(|s| (generous.largest() / s).floor() as isize);
    let mut steps = Vec::new();
    for slices in -n[0]..=n[0] {
        for rows in -n[1]..=n[1] {
            let length_of = |columns: isize| {
                let step = grid.axes()[0] * (slices as f64 * spacing[0])
                    + grid.axes()[1] * (rows as f64 * spacing[1])
                    + grid.axes()[2] * (columns as f64 * spacing[2]);
                let length = margins.relative_length(step);
                let is_near = generous.relative_length(step) <= 1.0 && length.is_finite();
                is_near.then_some(length as f32)
            };
            // What lies in a convex body is one stretch of the row.
            let near = (-n[2]..=n[2]).filter_map(|c| Some((c, length_of(c)?)));
            let near: Vec<(isize, f32)> = near.collect();
            let shortest = near.iter().min_by(|a, b| a.1.total_cmp(&b.1));
            if let (Some((first, _)), Some((shortest, _))) = (near.first(), shortest) {
                steps.push(RowStep {
                    slices,
                    rows,
                    first: *first,
                    shortest: *shortest,
                    lengths: near.iter().map(|(_, length)| *length).collect(),
                });
            }
        }
    }
    steps
}
