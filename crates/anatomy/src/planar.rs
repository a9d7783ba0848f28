//! Operations on one slice of a mask, rows of columns.

/// A slice of a mask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Slice {
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    pub(crate) set: Vec<bool>,
}

/// A stretch of one row, and the part it belongs to.
#[derive(Debug, Clone, Copy)]
struct Run {
    row: usize,
    start: usize,
    end: usize,
}

/// The connected parts of a slice, as runs along rows.
struct Parts {
    runs: Vec<Run>,
    /// The part of each run, a number below `areas.len()`.
    part: Vec<usize>,
    areas: Vec<usize>,
}

impl Slice {
    pub(crate) fn new(rows: usize, columns: usize, set: Vec<bool>) -> Self {
        Self { rows, columns, set }
    }

    /// Sets what has a set voxel in the 3 × 3 around it.
    pub(crate) fn dilate(&mut self) {
        self.spread(|a, b| a | b);
    }

    /// Clears what has an unset voxel in the 3 × 3 around it; beyond the border nothing counts.
    pub(crate) fn erode(&mut self) {
        self.spread(|a, b| a & b);
    }

    /// One pass along rows, one along columns: the 3 × 3 square is their product.
    fn spread(&mut self, join: impl Fn(bool, bool) -> bool) {
        let columns = self.columns;
        let mut along_rows = self.set.clone();
        for (out, row) in along_rows
            .chunks_exact_mut(columns)
            .zip(self.set.chunks_exact(columns))
        {
            for (o, next) in out.iter_mut().zip(&row[1..]) {
                *o = join(*o, *next);
            }
            for (o, before) in out[1..].iter_mut().zip(row) {
                *o = join(*o, *before);
            }
        }
        self.set.copy_from_slice(&along_rows);
        let n = self.set.len() - columns;
        for (o, below) in self.set[..n].iter_mut().zip(&along_rows[columns..]) {
            *o = join(*o, *below);
        }
        for (o, above) in self.set[columns..].iter_mut().zip(&along_rows) {
            *o = join(*o, *above);
        }
    }

    /// Sets unset parts that do not reach the border and are at most `largest` voxels.
    pub(crate) fn fill_holes(&mut self, largest: usize) {
        let parts = self.parts(false, false);
        let mut open: Vec<bool> = parts.areas.iter().map(|area| *area > largest).collect();
        for (run, part) in parts.runs.iter().zip(&parts.part) {
            open[*part] |= run.row == 0
                || run.row == self.rows - 1
                || run.start == 0
                || run.end == self.columns;
        }
        self.write(&parts, |part| !open[part], true);
    }

    /// Keeps the parts of at least `share` of the largest one's area.
    pub(crate) fn keep_large(&mut self, share: f64) {
        let parts = self.parts(true, true);
        let largest = parts.areas.iter().copied().max().unwrap_or(0);
        let least = share * largest as f64;
        self.write(&parts, |part| (parts.areas[part] as f64) < least, false);
    }

    fn write(&mut self, parts: &Parts, which: impl Fn(usize) -> bool, value: bool) {
        for (run, part) in parts.runs.iter().zip(&parts.part) {
            if which(*part) {
                let row = run.row * self.columns;
                self.set[row + run.start..row + run.end].fill(value);
            }
        }
    }

    /// The connected parts of the voxels that are `value`; with `diagonal` voxels that share a
    /// corner are connected.
    fn parts(&self, value: bool, diagonal: bool) -> Parts {
        let reach = usize::from(diagonal);
        let mut runs: Vec<Run> = Vec::new();
        let mut parent: Vec<usize> = Vec::new();
        let mut above = 0..0;
        for row in 0..self.rows {
            let line = &self.set[row * self.columns..][..self.columns];
            let first = runs.len();
            let mut at = 0;
            while let Some(step) = line[at..].iter().position(|v| *v == value) {
                let start = at + step;
                let length = line[start..].iter().position(|v| *v != value);
                let end = length.map_or(self.columns, |n| start + n);
                parent.push(runs.len());
                runs.push(Run { row, start, end });
                at = end;
            }
            for here in first..runs.len() {
                for there in above.clone() {
                    let (a, b) = (runs[here], runs[there]);
                    if a.start < b.end + reach && b.start < a.end + reach {
                        let (low, high) =
                            ordered(root(&mut parent, here), root(&mut parent, there));
                        parent[high] = low;
                    }
                }
            }
            above = first..runs.len();
        }
        let mut number = vec![usize::MAX; runs.len()];
        let mut areas: Vec<usize> = Vec::new();
        let mut part = Vec::with_capacity(runs.len());
        for n in 0..runs.len() {
            let root = root(&mut parent, n);
            if number[root] == usize::MAX {
                number[root] = areas.len();
                areas.push(0);
            }
            areas[number[root]] += runs[n].end - runs[n].start;
            part.push(number[root]);
        }
        Parts { runs, part, areas }
    }
}

fn ordered(a: usize, b: usize) -> (usize, usize) {
    (a.min(b), a.max(b))
}

fn root(parent: &mut [usize], mut n: usize) -> usize {
    while parent[n] != n {
        parent[n] = parent[parent[n]];
        n = parent[n];
    }
    n
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slice(picture: &[&str]) -> Slice {
        let set = picture.iter().flat_map(|r| r.chars().map(|c| c == '#'));
        Slice::new(picture.len(), picture[0].len(), set.collect())
    }

    #[test]
    fn closing_joins_and_keeps_the_outline() {
        let mut s = slice(&[
            ".......", ".......", "..#.#..", "..#.#..", ".......", ".......",
        ]);
        s.dilate();
        s.erode();
        let closed = [
            ".......", ".......", "..###..", "..###..", ".......", ".......",
        ];
        assert_eq!(s, slice(&closed));
    }

    #[test]
    fn small_holes_are_filled_and_bays_and_large_holes_are_not() {
        let ring = ["#####.", "#...#.", "#...#.", "#####.", "#.#..."];
        let mut s = slice(&ring);
        s.fill_holes(5);
        assert_eq!(s, slice(&ring));
        s.fill_holes(6);
        assert_eq!(s.set.iter().filter(|v| **v).count(), 22);
    }

    #[test]
    fn parts_that_are_small_beside_the_largest_go() {
        let mut s = slice(&["####.#", "####..", "......", "###..."]);
        s.keep_large(0.3);
        assert_eq!(s, slice(&["####..", "####..", "......", "###..."]));
    }

    #[test]
    fn corners_connect_what_is_set_and_not_what_is_open() {
        let mut s = slice(&["###...", "#.#...", "##.#..", "...#.."]);
        s.keep_large(1.0);
        assert_eq!(s.set.iter().filter(|v| **v).count(), 9);
        // The hole touches the outside at a corner only.
        s.fill_holes(usize::MAX);
        assert_eq!(s.set.iter().filter(|v| **v).count(), 10);
    }
}
