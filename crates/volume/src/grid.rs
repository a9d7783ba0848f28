//! Where voxels lie in the patient.

use nalgebra::{Isometry3, Matrix3, Point3, Vector3};

use crate::IndexBox;

/// Two grids closer than this at every corner are the same grid: far below any pixel size, far
/// above the rounding of 16-character decimal strings.
pub const POSITION_TOLERANCE_MM: f64 = 0.01;

/// How far a scalar product of two unit axes may be from zero, from rounded direction cosines.
const ORTHOGONALITY_TOLERANCE: f64 = 1e-3;

/// A regular lattice of voxel centres in LPS millimetres, with any orthogonal orientation.
///
/// All triples are in array order `[k, j, i]` (slice, row, column). The axes are unit vectors and
/// orthogonal; they may be left-handed, as label maps from other software sometimes are.
#[derive(Debug, Clone, PartialEq)]
pub struct Grid {
    shape: [usize; 3],
    spacing: [f64; 3],
    origin: Point3<f64>,
    axes: [Vector3<f64>; 3],
}

/// Why a grid cannot be made.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum GridError {
    /// A side without voxels.
    #[error("a grid needs at least one voxel on every side, found {0:?} (slices, rows, columns)")]
    Empty([usize; 3]),
    /// A spacing that is zero, negative or not a number.
    #[error("voxel spacing must be positive, found {0:?} mm (slices, rows, columns)")]
    Spacing([f64; 3]),
    /// Axes that are not orthogonal: a sheared volume.
    #[error("grid axes must be orthogonal, found a scalar product of {0}")]
    NotOrthogonal(f64),
    /// An axis or origin that is zero or not a number.
    #[error("grid axes and origin must be finite and not zero")]
    NotFinite,
}

impl Grid {
    /// A grid of `shape` voxels, `spacing` mm apart, whose first voxel centre is at `origin`;
    /// `axes` are the LPS directions of growing slice, row and column index.
    ///
    /// The axes are normalised and made exactly orthogonal.
    ///
    /// # Errors
    /// When a side is empty, a spacing is not positive, or the axes are not orthogonal to 1e-3.
    pub fn new(
        shape: [usize; 3],
        spacing: [f64; 3],
        origin: Point3<f64>,
        axes: [Vector3<f64>; 3],
    ) -> Result<Self, GridError> {
        if shape.contains(&0) {
            return Err(GridError::Empty(shape));
        }
        if spacing.iter().any(|s| !s.is_finite() || *s <= 0.0) {
            return Err(GridError::Spacing(spacing));
        }
        let finite = origin
            .iter()
            .chain(axes.iter().flatten())
            .all(|v| v.is_finite());
        if !finite || axes.iter().any(|a| a.norm() < 1e-6) {
            return Err(GridError::NotFinite);
        }
        Ok(Self {
            shape,
            spacing,
            origin,
            axes: orthonormal(axes)?,
        })
    }

    /// A grid along the patient axes: columns to the left, rows to posterior, slices to the head.
    ///
    /// # Errors
    /// When a side is empty or a spacing is not positive.
    pub fn axis_aligned(
        shape: [usize; 3],
        spacing: [f64; 3],
        origin: Point3<f64>,
    ) -> Result<Self, GridError> {
        Self::new(
            shape,
            spacing,
            origin,
            [Vector3::z(), Vector3::y(), Vector3::x()],
        )
    }

    /// Number of voxels per side, `[slices, rows, columns]`.
    pub fn shape(&self) -> [usize; 3] {
        self.shape
    }

    /// Distance of neighbouring voxel centres in mm, `[slices, rows, columns]`.
    pub fn spacing(&self) -> [f64; 3] {
        self.spacing
    }

    /// LPS position of the centre of voxel `[0, 0, 0]`.
    pub fn origin(&self) -> Point3<f64> {
        self.origin
    }

    /// LPS unit vectors along growing slice, row and column index.
    pub fn axes(&self) -> [Vector3<f64>; 3] {
        self.axes
    }

    /// Number of voxels.
    pub fn voxel_count(&self) -> usize {
        self.shape.iter().product()
    }

    /// Volume of one voxel in mL.
    pub fn voxel_volume_ml(&self) -> f64 {
        self.spacing.iter().product::<f64>() / 1000.0
    }

    /// LPS position of a continuous index `[k, j, i]`; whole numbers are voxel centres.
    pub fn lps_from_index(&self, index: [f64; 3]) -> Point3<f64> {
        let mut point = self.origin;
        for a in 0..3 {
            point += self.axes[a] * (index[a] * self.spacing[a]);
        }
        point
    }

    /// LPS position of a voxel's centre.
    pub fn center_of(&self, voxel: [usize; 3]) -> Point3<f64> {
        self.lps_from_index(voxel.map(|v| v as f64))
    }

    /// Continuous index `[k, j, i]` of an LPS position; it may lie outside the grid.
    pub fn index_from_lps(&self, point: Point3<f64>) -> [f64; 3] {
        let d = point - self.origin;
        [0, 1, 2].map(|a| d.dot(&self.axes[a]) / self.spacing[a])
    }

    /// The voxel whose cell contains `point`, if there is one.
    pub fn voxel_at(&self, point: Point3<f64>) -> Option<[usize; 3]> {
        let index = self.index_from_lps(point).map(f64::round);
        let inside = (0..3).all(|a| index[a] >= 0.0 && index[a] < self.shape[a] as f64);
        inside.then(|| index.map(|v| v as usize))
    }

    /// The box of all voxels.
    pub fn full_box(&self) -> IndexBox {
        IndexBox {
            min: [0; 3],
            max: self.shape.map(|n| n - 1),
        }
    }

    /// The smallest box of voxels whose centres cover every one of `points` with `margin_mm`
    /// around it, cut to the grid; `None` when it lies outside.
    pub fn box_around(&self, points: &[Point3<f64>], margin_mm: f64) -> Option<IndexBox> {
        let mut low = [f64::INFINITY; 3];
        let mut high = [f64::NEG_INFINITY; 3];
        for point in points {
            let index = self.index_from_lps(*point);
            for a in 0..3 {
                low[a] = low[a].min(index[a] - margin_mm / self.spacing[a]);
                high[a] = high[a].max(index[a] + margin_mm / self.spacing[a]);
            }
        }
        let mut bounds = self.full_box();
        for a in 0..3 {
            let last = (self.shape[a] - 1) as f64;
            // Written so that infinities of an empty list and NaN end here as well.
            if !(low[a] <= last && high[a] >= 0.0) {
                return None;
            }
            bounds.min[a] = low[a].floor().max(0.0) as usize;
            bounds.max[a] = high[a].ceil().min(last) as usize;
        }
        Some(bounds)
    }

    /// The eight LPS positions of the outermost voxel centres.
    pub fn corners(&self) -> [Point3<f64>; 8] {
        std::array::from_fn(|n| {
            self.center_of([0, 1, 2].map(|a| {
                if n >> a & 1 == 1 {
                    self.shape[a] - 1
                } else {
                    0
                }
            }))
        })
    }

    /// The part of this grid inside `bounds`.
    #[must_use]
    pub fn crop(&self, bounds: IndexBox) -> Self {
        Self {
            shape: bounds.shape(),
            origin: self.center_of(bounds.min),
            ..self.clone()
        }
    }

    /// The same voxels after a rigid motion of what is imaged: `to_from_here` maps a position of
    /// now to where it comes to lie. The voxels stay what they are, so that nothing is resampled.
    #[must_use]
    pub fn moved(&self, to_from_here: &Isometry3<f64>) -> Self {
        Self {
            origin: to_from_here * self.origin,
            axes: self.axes.map(|axis| to_from_here * axis),
            ..self.clone()
        }
    }

    /// Blocks of `factor` voxels as one, the first centred at `origin`.
    pub(crate) fn coarsened(&self, factor: [usize; 3], origin: Point3<f64>) -> Self {
        Self {
            shape: [0, 1, 2].map(|a| self.shape[a] / factor[a]),
            spacing: [0, 1, 2].map(|a| self.spacing[a] * factor[a] as f64),
            origin,
            axes: self.axes,
        }
    }

    /// Whether both grids have the same shape and their corners agree within
    /// [`POSITION_TOLERANCE_MM`].
    pub fn is_same_as(&self, other: &Self) -> bool {
        self.shape == other.shape
            && self
                .corners()
                .iter()
                .zip(other.corners())
                .all(|(a, b)| (a - b).norm() < POSITION_TOLERANCE_MM)
    }
}

/// Gram–Schmidt on axes that are orthogonal up to rounding; row and column keep their direction
/// best, because DICOM states those two and derives the slice direction.
fn orthonormal(axes: [Vector3<f64>; 3]) -> Result<[Vector3<f64>; 3], GridError> {
    let [k, j, i] = axes.map(|a| a.normalize());
    for product in [i.dot(&j), i.dot(&k), j.dot(&k)] {
        if product.abs() > ORTHOGONALITY_TOLERANCE {
            return Err(GridError::NotOrthogonal(product));
        }
    }
    let j = (j - i * i.dot(&j)).normalize();
    let normal = i.cross(&j);
    let handedness = Matrix3::from_columns(&[i, j, k]).determinant().signum();
    Ok([normal * handedness, j, i])
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::Rotation3;

    fn oblique() -> Grid {
        let turn = Rotation3::from_euler_angles(0.3, -0.2, 0.5);
        let axes = [
            turn * Vector3::z(),
            turn * Vector3::y(),
            turn * Vector3::x(),
        ];
        Grid::new(
            [4, 5, 6],
            [3.0, 1.5, 0.8],
            Point3::new(10.0, -20.0, 30.0),
            axes,
        )
        .unwrap()
    }

    #[test]
    fn index_and_lps_are_inverse_on_an_oblique_grid() {
        let grid = oblique();
        let index = [1.25, 3.5, -2.0];
        let back = grid.index_from_lps(grid.lps_from_index(index));
        for a in 0..3 {
            assert!((back[a] - index[a]).abs() < 1e-12, "{back:?}");
        }
    }

    #[test]
    fn steps_follow_the_axes_with_their_spacing() {
        let grid = oblique();
        let step = grid.center_of([0, 0, 1]) - grid.origin();
        assert!((step - grid.axes()[2] * 0.8).norm() < 1e-12);
        assert!((grid.voxel_volume_ml() - 3.0 * 1.5 * 0.8 / 1000.0).abs() < 1e-15);
    }

    #[test]
    fn a_crop_keeps_its_voxels_in_place() {
        let grid = oblique();
        let bounds = IndexBox {
            min: [1, 2, 3],
            max: [2, 4, 5],
        };
        let crop = grid.crop(bounds);
        assert_eq!(crop.shape(), [2, 3, 3]);
        assert!((crop.center_of([1, 1, 1]) - grid.center_of([2, 3, 4])).norm() < 1e-12);
    }

    #[test]
    fn left_handed_axes_stay_left_handed() {
        let axes = [Vector3::z(), Vector3::y(), -Vector3::x()];
        let grid = Grid::new([1, 1, 2], [1.0; 3], Point3::origin(), axes).unwrap();
        assert_eq!(grid.center_of([0, 0, 1]), Point3::new(-1.0, 0.0, 0.0));
        assert_eq!(grid.axes()[0], Vector3::z());
    }

    #[test]
    fn a_moved_grid_takes_its_voxels_along() {
        let grid = oblique();
        let motion = Isometry3::new(Vector3::new(12.0, -7.0, 31.0), Vector3::new(0.1, 0.2, -0.3));
        let moved = grid.moved(&motion);
        for voxel in [[0, 0, 0], [3, 4, 5], [1, 0, 4]] {
            let expected = motion * grid.center_of(voxel);
            assert!((moved.center_of(voxel) - expected).norm() < 1e-12);
        }
    }

    #[test]
    fn a_sheared_grid_is_refused() {
        let axes = [Vector3::new(0.0, 0.24, 0.97), Vector3::y(), Vector3::x()];
        let error = Grid::new([2, 2, 2], [1.0; 3], Point3::origin(), axes).unwrap_err();
        assert!(matches!(error, GridError::NotOrthogonal(p) if (p - 0.24).abs() < 0.01));
    }

    #[test]
    fn a_box_around_points_covers_them_and_stops_at_the_grid() {
        let grid = Grid::axis_aligned([10, 10, 10], [2.0; 3], Point3::origin()).unwrap();
        let bounds = grid
            .box_around(&[Point3::new(9.0, 1.0, 18.0)], 3.0)
            .unwrap();
        assert_eq!((bounds.min, bounds.max), ([7, 0, 3], [9, 2, 6]));
        assert!(
            grid.box_around(&[Point3::new(-9.0, 1.0, 18.0)], 3.0)
                .is_none()
        );
        assert!(grid.box_around(&[], 3.0).is_none());
    }
}
