//! A box of voxels.

/// A box of voxel indices `[k, j, i]`, both ends inside; it always holds at least one voxel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct IndexBox {
    /// First voxel of the box.
    pub min: [usize; 3],
    /// Last voxel of the box.
    pub max: [usize; 3],
}

impl IndexBox {
    /// Voxels per side.
    pub fn shape(&self) -> [usize; 3] {
        [0, 1, 2].map(|a| self.max[a] - self.min[a] + 1)
    }

    /// Whether `voxel` lies inside.
    pub fn contains(&self, voxel: [usize; 3]) -> bool {
        (0..3).all(|a| voxel[a] >= self.min[a] && voxel[a] <= self.max[a])
    }

    /// The smallest box that holds both.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self {
            min: [0, 1, 2].map(|a| self.min[a].min(other.min[a])),
            max: [0, 1, 2].map(|a| self.max[a].max(other.max[a])),
        }
    }

    /// The common part, if there is one.
    pub fn intersection(&self, other: &Self) -> Option<Self> {
        let both = Self {
            min: [0, 1, 2].map(|a| self.min[a].max(other.min[a])),
            max: [0, 1, 2].map(|a| self.max[a].min(other.max[a])),
        };
        (0..3).all(|a| both.min[a] <= both.max[a]).then_some(both)
    }

    /// The box grown by `steps` voxels per side in each direction, inside an array of `shape`.
    #[must_use]
    pub fn grown(&self, steps: [usize; 3], shape: [usize; 3]) -> Self {
        Self {
            min: [0, 1, 2].map(|a| self.min[a].saturating_sub(steps[a])),
            max: [0, 1, 2].map(|a| (self.max[a] + steps[a]).min(shape[a] - 1)),
        }
    }

    /// All voxels of the box in array order.
    pub fn voxels(&self) -> impl Iterator<Item = [usize; 3]> + use<> {
        let Self { min, max } = *self;
        (min[0]..=max[0]).flat_map(move |k| {
            (min[1]..=max[1]).flat_map(move |j| (min[2]..=max[2]).map(move |i| [k, j, i]))
        })
    }
}
