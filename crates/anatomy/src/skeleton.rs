//! The bones of the low-resolution view as profiles along the patient.

use isoboost_volume::Mask;

use crate::organ::Side;

/// Bone on an upright grid, with the positions of its columns, rows and slices.
#[derive(Debug)]
pub(crate) struct Skeleton<'a> {
    bone: &'a Mask,
    pub(crate) x: Vec<f64>,
    pub(crate) y: Vec<f64>,
    pub(crate) z: Vec<f64>,
    spacing: [f64; 3],
    /// Voxels per slice and column: `[k][i]`.
    columns: Vec<Vec<u32>>,
}

impl<'a> Skeleton<'a> {
    pub(crate) fn new(bone: &'a Mask) -> Self {
        let grid = bone.grid();
        let [nk, nj, ni] = grid.shape();
        let columns = bone.as_slice().chunks_exact(nj * ni).map(|slice| {
            let mut count = vec![0_u32; ni];
            for row in slice.chunks_exact(ni) {
                for (n, set) in count.iter_mut().zip(row) {
                    *n += u32::from(*set);
                }
            }
            count
        });
        Self {
            bone,
            x: (0..ni).map(|i| grid.center_of([0, 0, i]).x).collect(),
            y: (0..nj).map(|j| grid.center_of([0, j, 0]).y).collect(),
            z: (0..nk).map(|k| grid.center_of([k, 0, 0]).z).collect(),
            spacing: grid.spacing(),
            columns: columns.collect(),
        }
    }

    /// Distance of slices in mm.
    pub(crate) fn slice_mm(&self) -> f64 {
        self.spacing[0]
    }

    /// Slices within `mm`, at least one.
    pub(crate) fn slices_in(&self, mm: f64) -> usize {
        ((mm / self.spacing[0]).round() as usize).max(1)
    }

    /// Slices whose centres lie from `low` to `high`, in mm.
    pub(crate) fn slices_between(&self, low: f64, high: f64) -> std::ops::Range<usize> {
        let first = self.z.partition_point(|z| *z < low);
        let last = self.z.partition_point(|z| *z <= high);
        first..last.max(first)
    }

    /// The x about which the bones of these slices are most alike left and right.
    pub(crate) fn plane_of_symmetry(&self, slices: std::ops::Range<usize>) -> Option<f64> {
        let ni = self.x.len();
        let mut profile = vec![0.0; ni];
        for slice in &self.columns[slices] {
            for (sum, n) in profile.iter_mut().zip(slice) {
                *sum += f64::from(*n);
            }
        }
        // Doubled index of the plane, so that it may lie between columns.
        let likeness = |plane: usize| -> f64 {
            let first = plane.saturating_sub(ni - 1);
            let last = plane.min(ni - 1);
            (first..=last)
                .map(|i| profile[i] * profile[plane - i])
                .sum()
        };
        let values: Vec<f64> = (0..2 * ni - 1).map(likeness).collect();
        let best = (0..values.len()).max_by(|a, b| values[*a].total_cmp(&values[*b]))?;
        if values[best] == 0.0 {
            return None;
        }
        // The vertex of the parabola through the best and its neighbours.
        let mut shift = 0.0;
        if best > 0 && best + 1 < values.len() {
            let (a, b, c) = (values[best - 1], values[best], values[best + 1]);
            let bend = a - 2.0 * b + c;
            if bend < 0.0 {
                shift = 0.5 * (a - c) / bend;
            }
        }
        Some(self.x[0] + f64::midpoint(best as f64, shift) * self.spacing[2])
    }

    /// How far bone reaches out from the midline on one side of slice `k`, in mm; only columns
    /// with at least `least_mm` of bone count, and none beyond `furthest_mm`.
    pub(crate) fn reach(
        &self,
        k: usize,
        midline: f64,
        side: Side,
        least_mm: f64,
        furthest_mm: f64,
    ) -> Option<f64> {
        let least = (least_mm / self.spacing[1]).ceil() as u32;
        let outward = self.x.iter().zip(&self.columns[k]).filter_map(|(x, n)| {
            let out = match side {
                Side::Left => x - midline,
                Side::Right => midline - x,
            };
            (*n >= least && out > 0.0 && out <= furthest_mm).then_some(out)
        });
        outward
            .max_by(f64::total_cmp)
            .map(|d| d + self.spacing[2] / 2.0)
    }

    /// Area of bone in slice `k` between two distances from the midline on one side, in mm².
    pub(crate) fn area(&self, k: usize, midline: f64, side: Side, from: f64, to: f64) -> f64 {
        let inside = self.x.iter().zip(&self.columns[k]).filter(|(x, _)| {
            let out = match side {
                Side::Left => **x - midline,
                Side::Right => midline - **x,
            };
            out >= from && out < to
        });
        let voxels: u32 = inside.map(|(_, n)| n).sum();
        f64::from(voxels) * self.spacing[1] * self.spacing[2]
    }

    /// The stretches of bone from front to back in slice `k` near the midline: rows of which at
    /// least a share within `half_width` of it are bone. Each is (front edge, back edge) in mm.
    pub(crate) fn stretches(
        &self,
        k: usize,
        midline: f64,
        half_width: f64,
        share: f64,
    ) -> Vec<(f64, f64)> {
        let columns: Vec<usize> = (0..self.x.len())
            .filter(|i| (self.x[*i] - midline).abs() <= half_width)
            .collect();
        let half = self.spacing[1] / 2.0;
        let mut stretches: Vec<(f64, f64)> = Vec::new();
        let mut open = false;
        for (j, y) in self.y.iter().enumerate() {
            let n = columns.iter().filter(|i| self.bone[[k, j, **i]]).count();
            let bone = n > 0 && n as f64 >= share * columns.len() as f64;
            match (bone, open) {
                (true, false) => stretches.push((y - half, y + half)),
                (true, true) => {
                    if let Some(last) = stretches.last_mut() {
                        last.1 = y + half;
                    }
                }
                _ => {}
            }
            open = bone;
        }
        stretches
    }
}
