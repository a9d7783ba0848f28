//! Operations on one slice of a mask, rows of columns.

/// A slice of a mask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Slice {
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    pub(crate) set: Vec<bool>,
}

impl Slice {
    pub(crate) fn new(rows: usize, columns: usize, set: Vec<bool>) -> Self {
        Self { rows, columns, set }
    }

    /// Sets what has a set voxel in the 3 × 3 around it.
    pub(crate) fn dilate(&mut self) {
        self.spread(true);
    }

    /// Clears what has an unset voxel in the 3 × 3 around it; beyond the border nothing counts.
    pub(crate) fn erode(&mut self) {
        self.spread(false);
    }

    /// One pass along rows, one along columns: the 3 × 3 square is their product.
    fn spread(&mut self, value: bool) {
        let (rows, columns) = (self.rows, self.columns);
        let along = |set: &[bool], n: usize, place: &dyn Fn(usize) -> usize, out: &mut [bool]| {
            for a in 0..n {
                let low = a.saturating_sub(1);
                let high = (a + 1).min(n - 1);
                let any = (low..=high).any(|b| set[place(b)] == value);
                out[place(a)] = any == value;
            }
        };
        let mut once = vec![false; self.set.len()];
        for row in 0..rows {
            along(&self.set, columns, &|i| row * columns + i, &mut once);
        }
        for column in 0..columns {
            along(&once, rows, &|j| j * columns + column, &mut self.set);
        }
    }

    /// Sets unset parts that do not reach the border and are at most `largest` voxels.
    pub(crate) fn fill_holes(&mut self, largest: usize) {
        let inverse = Self::new(
            self.rows,
            self.columns,
            self.set.iter().map(|s| !s).collect(),
        );
        for part in inverse.parts(false) {
            let open = part.iter().any(|n| {
                let (j, i) = (n / self.columns, n % self.columns);
                j == 0 || i == 0 || j == self.rows - 1 || i == self.columns - 1
            });
            if !open && part.len() <= largest {
                for n in part {
                    self.set[n] = true;
                }
            }
        }
    }

    /// Keeps the parts of at least `share` of the largest one's area.
    pub(crate) fn keep_large(&mut self, share: f64) {
        let parts = self.parts(true);
        let largest = parts.iter().map(Vec::len).max().unwrap_or(0);
        for part in parts {
            if (part.len() as f64) < share * largest as f64 {
                for n in part {
                    self.set[n] = false;
                }
            }
        }
    }

    /// The connected parts; with `diagonal` voxels that share a corner are connected.
    fn parts(&self, diagonal: bool) -> Vec<Vec<usize>> {
        let mut seen = vec![false; self.set.len()];
        let mut parts = Vec::new();
        for start in 0..self.set.len() {
            if !self.set[start] || seen[start] {
                continue;
            }
            seen[start] = true;
            let mut part = vec![start];
            let mut at = 0;
            while at < part.len() {
                let (j, i) = (part[at] / self.columns, part[at] % self.columns);
                for j2 in j.saturating_sub(1)..=(j + 1).min(self.rows - 1) {
                    for i2 in i.saturating_sub(1)..=(i + 1).min(self.columns - 1) {
                        let n = j2 * self.columns + i2;
                        if (diagonal || j2 == j || i2 == i) && self.set[n] && !seen[n] {
                            seen[n] = true;
                            part.push(n);
                        }
                    }
                }
                at += 1;
            }
            parts.push(part);
        }
        parts
    }
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
}
