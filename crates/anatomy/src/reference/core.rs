//! The inside of an organ on the voxels of the PET.

use isoboost_volume::{Grid, IndexBox, Mask, Volume, signed_distance};

/// The voxels of the PET in an organ, each with its distance to the surface.
///
/// What the PET's field cuts off is not the organ's: its surface is there.
pub(super) struct Core {
    bounds: IndexBox,
    /// mm inside the surface, on the box; negative outside.
    depth: Vec<f32>,
}

impl Core {
    /// `None` when no voxel of the PET has its centre in the organ.
    pub(super) fn of(organ: &Mask, suv: &Volume<f32>) -> Option<Self> {
        let bounds = suv.grid().box_around(&organ.grid().corners(), 0.0)?;
        let grid = suv.grid().clone();
        Self::where_set(suv, bounds, |v| organ.contains(grid.center_of(v)))
    }

    /// The voxels of a box that fulfil a condition.
    pub(super) fn where_set(
        suv: &Volume<f32>,
        bounds: IndexBox,
        is: impl Fn([usize; 3]) -> bool,
    ) -> Option<Self> {
        let mut mask = Mask::empty(bordered(&suv.grid().crop(bounds))?);
        let mut any = false;
        for voxel in bounds.voxels().filter(|v| is(*v)) {
            mask[[0, 1, 2].map(|a| voxel[a] - bounds.min[a] + 1)] = true;
            any = true;
        }
        if !any {
            return None;
        }
        let distance = signed_distance(&mask);
        // The distance is that to the next centre outside; the surface runs halfway.
        let half = (suv.grid().spacing().iter().sum::<f64>() / 6.0) as f32;
        let depth = bounds
            .voxels()
            .map(|v| -distance[[0, 1, 2].map(|a| v[a] - bounds.min[a] + 1)] - half);
        Some(Self {
            depth: depth.collect(),
            bounds,
        })
    }

    /// The voxels at least `mm` inside the surface with their depth, in array order.
    pub(super) fn deep(&self, mm: f64) -> Vec<([usize; 3], f64)> {
        let all = self.bounds.voxels().zip(&self.depth);
        let deep = all.map(|(v, depth)| (v, f64::from(*depth)));
        deep.filter(|(_, depth)| *depth > 0.0 && *depth >= mm)
            .collect()
    }

    /// The same without their depth.
    pub(super) fn voxels(&self, mm: f64) -> Vec<[usize; 3]> {
        self.deep(mm).into_iter().map(|(v, _)| v).collect()
    }
}

/// A grid with one voxel more on every side, so that what touches the edge has a surface there.
fn bordered(grid: &Grid) -> Option<Grid> {
    let shape = grid.shape().map(|n| n + 2);
    let origin = grid.lps_from_index([-1.0; 3]);
    Grid::new(shape, grid.spacing(), origin, grid.axes()).ok()
}
