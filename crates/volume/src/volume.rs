//! A value per voxel of a grid.

use nalgebra::Isometry3;
use ndarray::{Array3, ArrayView3, ArrayViewMut3, s};

use crate::{Grid, IndexBox};

/// A grid with one value per voxel, stored `[k, j, i]` in C order.
///
/// The unit of the values is said where a volume is handed over: activity in Bq/mL, SUV in g/mL,
/// CT in Hounsfield units.
#[derive(Debug, Clone, PartialEq)]
pub struct Volume<T> {
    grid: Grid,
    values: Array3<T>,
}

/// An array whose shape is not the grid's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("array of shape {found:?} does not fit a grid of {expected:?} (slices, rows, columns)")]
pub struct ShapeMismatch {
    /// Shape of the grid.
    pub expected: [usize; 3],
    /// Shape of the array.
    pub found: [usize; 3],
}

impl<T: Clone> Volume<T> {
    /// The same value everywhere.
    pub fn filled(grid: Grid, value: T) -> Self {
        let values = Array3::from_elem(grid.shape(), value);
        Self { grid, values }
    }

    /// A copy of the part inside `bounds`.
    #[must_use]
    pub fn crop(&self, bounds: IndexBox) -> Self {
        let values = self.view_of(bounds).to_owned();
        Self {
            grid: self.grid.crop(bounds),
            values,
        }
    }
}

impl<T> Volume<T> {
    /// A volume of `values`, made contiguous in C order where it is not.
    ///
    /// # Errors
    /// When the array's shape is not the grid's.
    pub fn new(grid: Grid, values: Array3<T>) -> Result<Self, ShapeMismatch>
    where
        T: Clone,
    {
        let (nk, nj, ni) = values.dim();
        if grid.shape() != [nk, nj, ni] {
            return Err(ShapeMismatch {
                expected: grid.shape(),
                found: [nk, nj, ni],
            });
        }
        let values = if values.is_standard_layout() {
            values
        } else {
            values.as_standard_layout().into_owned()
        };
        Ok(Self { grid, values })
    }

    /// A volume computed from the index of each voxel.
    pub fn from_fn(grid: Grid, mut value: impl FnMut([usize; 3]) -> T) -> Self {
        let values = Array3::from_shape_fn(grid.shape(), |(k, j, i)| value([k, j, i]));
        Self { grid, values }
    }

    /// Where the voxels lie.
    pub fn grid(&self) -> &Grid {
        &self.grid
    }

    /// The values, `[k, j, i]`.
    pub fn view(&self) -> ArrayView3<'_, T> {
        self.values.view()
    }

    /// The values for writing, `[k, j, i]`.
    pub fn view_mut(&mut self) -> ArrayViewMut3<'_, T> {
        self.values.view_mut()
    }

    /// The values inside `bounds`, `[k, j, i]` from its first voxel.
    pub fn view_of(&self, bounds: IndexBox) -> ArrayView3<'_, T> {
        let [k0, j0, i0] = bounds.min;
        let [k1, j1, i1] = bounds.max;
        self.values.slice(s![k0..=k1, j0..=j1, i0..=i1])
    }

    /// All values in array order, columns fastest.
    pub fn as_slice(&self) -> &[T] {
        // Both constructors leave the array in standard layout.
        self.values.as_slice().unwrap_or(&[])
    }

    /// All values in array order for writing, columns fastest.
    pub fn as_mut_slice(&mut self) -> &mut [T] {
        self.values.as_slice_mut().unwrap_or(&mut [])
    }

    /// A volume on the same grid with every value turned into another.
    pub fn map<U>(&self, f: impl FnMut(&T) -> U) -> Volume<U> {
        Volume {
            grid: self.grid.clone(),
            values: self.values.map(f),
        }
    }

    /// The same values after a rigid motion of what is imaged; see [`Grid::moved`].
    #[must_use]
    pub fn moved(self, to_from_here: &Isometry3<f64>) -> Self {
        Self {
            grid: self.grid.moved(to_from_here),
            values: self.values,
        }
    }

    /// Grid and values apart.
    pub fn into_parts(self) -> (Grid, Array3<T>) {
        (self.grid, self.values)
    }
}

impl<T> std::ops::Index<[usize; 3]> for Volume<T> {
    type Output = T;

    fn index(&self, voxel: [usize; 3]) -> &T {
        &self.values[voxel]
    }
}

impl<T> std::ops::IndexMut<[usize; 3]> for Volume<T> {
    fn index_mut(&mut self, voxel: [usize; 3]) -> &mut T {
        &mut self.values[voxel]
    }
}
