//! Sets of voxels.

use nalgebra::Point3;

use crate::{Grid, IndexBox, Volume};

/// A set of voxels of a grid, often of a crop around one object.
pub type Mask = Volume<bool>;

impl Mask {
    /// No voxel set.
    pub fn empty(grid: Grid) -> Self {
        Self::filled(grid, false)
    }

    /// Number of voxels set.
    pub fn count(&self) -> usize {
        self.as_slice().iter().filter(|v| **v).count()
    }

    /// Volume of the voxels set, in mL.
    pub fn volume_ml(&self) -> f64 {
        self.count() as f64 * self.grid().voxel_volume_ml()
    }

    /// Whether no voxel is set.
    pub fn is_empty(&self) -> bool {
        !self.as_slice().contains(&true)
    }

    /// The voxels set, in array order.
    pub fn voxels(&self) -> impl Iterator<Item = [usize; 3]> + '_ {
        self.view()
            .into_shape_with_order(self.grid().voxel_count())
            .into_iter()
            .flatten()
            .enumerate()
            .filter(|(_, set)| **set)
            .map(|(n, _)| self.voxel_of(n))
    }

    /// The smallest box around the voxels set.
    pub fn bounding_box(&self) -> Option<IndexBox> {
        let mut bounds: Option<IndexBox> = None;
        for voxel in self.voxels() {
            let point = IndexBox {
                min: voxel,
                max: voxel,
            };
            bounds = Some(bounds.map_or(point, |b| b.union(&point)));
        }
        bounds
    }

    /// Whether the cell around `point` is set; outside the grid nothing is.
    pub fn contains(&self, point: Point3<f64>) -> bool {
        self.grid().voxel_at(point).is_some_and(|voxel| self[voxel])
    }

    /// LPS mean position of the voxels set.
    pub fn centroid(&self) -> Option<Point3<f64>> {
        let mut sum = [0.0; 3];
        let mut n = 0.0;
        for voxel in self.voxels() {
            for a in 0..3 {
                sum[a] += voxel[a] as f64;
            }
            n += 1.0;
        }
        (n > 0.0).then(|| self.grid().lps_from_index(sum.map(|s| s / n)))
    }

    fn voxel_of(&self, n: usize) -> [usize; 3] {
        let [_, nj, ni] = self.grid().shape();
        [n / (nj * ni), n / ni % nj, n % ni]
    }
}
