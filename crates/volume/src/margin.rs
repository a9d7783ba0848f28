//! Margins in millimetres, different for each patient direction.

use nalgebra::Vector3;

use crate::{Grid, Mask, Volume, axis_margin, distance_outside, row_margin};

/// A margin for each patient direction, in mm, none negative.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Margins {
    /// To the patient's left, LPS +x.
    pub left: f64,
    /// To the patient's right, LPS -x.
    pub right: f64,
    /// To the front, LPS -y.
    pub anterior: f64,
    /// To the back, LPS +y.
    pub posterior: f64,
    /// To the head, LPS +z.
    pub superior: f64,
    /// To the feet, LPS -z.
    pub inferior: f64,
}

impl Margins {
    /// The same margin in all directions.
    pub fn uniform(mm: f64) -> Self {
        Self {
            left: mm,
            right: mm,
            anterior: mm,
            posterior: mm,
            superior: mm,
            inferior: mm,
        }
    }

    /// The largest of the six.
    pub fn largest(&self) -> f64 {
        self.all().into_iter().fold(0.0, f64::max)
    }

    /// The same margins seen from the other side, which is what shrinking needs.
    fn mirrored(&self) -> Self {
        Self {
            left: self.right,
            right: self.left,
            anterior: self.posterior,
            posterior: self.anterior,
            superior: self.inferior,
            inferior: self.superior,
        }
    }

    /// All six: left, right, anterior, posterior, superior, inferior.
    pub fn all(&self) -> [f64; 6] {
        [
            self.left,
            self.right,
            self.anterior,
            self.posterior,
            self.superior,
            self.inferior,
        ]
    }

    /// Each margin by as much wider.
    pub(crate) fn wider_by(&self, mm: f64) -> Self {
        Self {
            left: self.left + mm,
            right: self.right + mm,
            anterior: self.anterior + mm,
            posterior: self.posterior + mm,
            superior: self.superior + mm,
            inferior: self.inferior + mm,
        }
    }

    fn is_uniform(&self) -> bool {
        self.all().iter().all(|m| *m == self.left)
    }

    /// Length of a step in units of the margin in its direction: 1 on the ellipsoid whose
    /// half-axes, octant by octant, are the margins.
    pub(crate) fn relative_length(&self, step: Vector3<f64>) -> f64 {
        let part = |along: f64, positive: f64, negative: f64| {
            let margin = if along >= 0.0 { positive } else { negative };
            if along.abs() < 1e-9 {
                0.0
            } else {
                along / margin
            }
        };
        Vector3::new(
            part(step.x, self.left, self.right),
            part(step.y, self.posterior, self.anterior),
            part(step.z, self.superior, self.inferior),
        )
        .norm()
    }
}

/// Grows a mask: a voxel is set when the ellipsoid of the margins around some set voxel's centre
/// reaches its centre. The grid stays, so the caller leaves room for the margin.
pub fn expand(mask: &Mask, margins: &Margins) -> Mask {
    margin_field(mask, margins).map(|level| *level <= 0.0)
}

/// Shrinks a mask: a voxel stays set when the ellipsoid of the margins around it, each margin
/// taken off on its own side, holds no unset voxel's centre. Beyond the grid counts as unset only
/// through the voxels of the grid: leave a border around the object.
pub fn shrink(mask: &Mask, margins: &Margins) -> Mask {
    let outside = mask.map(|set| !set);
    expand(&outside, &margins.mirrored()).map(|reached| !reached)
}

/// A field in mm that is zero or negative inside the grown mask and grows outwards; its zero level
/// is the mask's border moved out by the margins, for contours finer than a voxel.
///
/// With equal margins it is the distance minus the margin. With different ones it is the relative
/// length of the shortest step from the mask, minus one, times the largest margin; further from
/// the mask than one voxel beyond the margins it is constant.
pub fn margin_field(mask: &Mask, margins: &Margins) -> Volume<f32> {
    if margins.is_uniform() {
        let margin = margins.left as f32;
        return distance_outside(mask).map(|d| d - margin);
    }
    let scale = margins.largest() as f32;
    let beyond = length_beyond(mask.grid(), margins);
    let Some(shortest) = axis_margin::shortest_steps(mask, margins, beyond) else {
        return row_margin::shortest_steps(mask, margins, beyond)
            .map(|length| (length - 1.0) * scale);
    };
    let mut lengths = shortest.into_iter();
    Volume::from_fn(mask.grid().clone(), |_| {
        (lengths.next().unwrap_or(beyond as f32) - 1.0) * scale
    })
}

/// The relative length of a step that ends a voxel beyond the smallest margin, the most that is
/// told apart.
fn length_beyond(grid: &Grid, margins: &Margins) -> f64 {
    let slack = grid.spacing().into_iter().fold(0.0, f64::max);
    let smallest = margins.all().into_iter().filter(|m| *m > 0.0);
    1.0 + slack / smallest.fold(f64::INFINITY, f64::min)
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::{Point3, Rotation3};

    const DIFFERENT: Margins = Margins {
        left: 6.0,
        right: 2.0,
        anterior: 4.0,
        posterior: 3.0,
        superior: 8.0,
        inferior: 5.0,
    };

    fn point_in(grid: Grid) -> Mask {
        let middle = grid.shape().map(|n| n / 2);
        Mask::from_fn(grid, |voxel| voxel == middle)
    }

    fn extent(mask: &Mask, direction: Vector3<f64>) -> f64 {
        let middle = mask.grid().center_of(mask.grid().shape().map(|n| n / 2));
        mask.voxels()
            .map(|v| (mask.grid().center_of(v) - middle).dot(&direction))
            .fold(0.0, f64::max)
    }

    #[test]
    fn each_patient_direction_gets_its_own_margin() {
        let grid = Grid::axis_aligned([21, 21, 21], [1.0; 3], Point3::origin()).unwrap();
        let grown = expand(&point_in(grid), &DIFFERENT);
        let (x, y, z) = (Vector3::x(), Vector3::y(), Vector3::z());
        assert_eq!(
            [x, -x, y, -y, z, -z].map(|d| extent(&grown, d)),
            [6.0, 2.0, 3.0, 4.0, 8.0, 5.0]
        );
        // One octant of each ellipsoid, 4/3 pi abc / 8 each; the sum over signs factors. Voxel
        // counting of so small a body is good to some per cent.
        let expected = std::f64::consts::PI / 6.0 * 8.0 * 7.0 * 13.0;
        let found = grown.count() as f64;
        assert!(
            (found / expected - 1.0).abs() < 0.06,
            "{found} of {expected}"
        );
    }

    #[test]
    fn a_turned_grid_grows_to_the_same_patient_directions() {
        let turn = Rotation3::from_euler_angles(0.2, 0.4, -0.7);
        let axes = [
            turn * Vector3::z(),
            turn * Vector3::y(),
            turn * Vector3::x(),
        ];
        let grid = Grid::new([41, 41, 41], [0.5; 3], Point3::origin(), axes).unwrap();
        let grown = expand(&point_in(grid), &DIFFERENT);
        let (x, y, z) = (Vector3::x(), Vector3::y(), Vector3::z());
        for (direction, margin) in [
            (x, 6.0),
            (-x, 2.0),
            (y, 3.0),
            (-y, 4.0),
            (z, 8.0),
            (-z, 5.0),
        ] {
            let found = extent(&grown, direction);
            assert!(
                found <= margin && found > margin - 0.5,
                "{found} of {margin}"
            );
        }
    }

    #[test]
    fn equal_margins_are_a_distance_and_shrinking_undoes_growing_of_a_box() {
        let grid = Grid::axis_aligned([30, 30, 30], [1.0; 3], Point3::origin()).unwrap();
        let cube = Mask::from_fn(grid, |v| v.iter().all(|x| (10..20).contains(x)));
        let grown = expand(&cube, &Margins::uniform(3.0));
        assert!(grown[[7, 15, 15]] && !grown[[6, 15, 15]] && !grown[[7, 7, 15]]);
        let back = shrink(&grown, &Margins::uniform(3.0));
        assert!(cube.voxels().all(|v| back[v]));
        let almost = Margins {
            left: 3.000_001,
            ..Margins::uniform(3.0)
        };
        assert_eq!(expand(&cube, &almost), grown, "both methods agree");
    }

    #[test]
    fn axis_by_axis_and_row_by_row_agree_whichever_way_the_axes_run() {
        let (x, y, z) = (Vector3::x(), Vector3::y(), Vector3::z());
        for axes in [[z, y, x], [-z, y, -x], [y, -z, x], [-x, -y, z]] {
            let grid = Grid::new([24, 30, 34], [2.0, 1.1, 0.9], Point3::origin(), axes).unwrap();
            // Two bodies without symmetry, so that a side taken for another would show.
            let mask = Mask::from_fn(grid, |[k, j, i]| {
                (k + 2 * j + i < 45 && k > 8 && j > 9 && i > 10) || [k, j, i] == [12, 20, 24]
            });
            let beyond = length_beyond(mask.grid(), &DIFFERENT);
            let by_axis = axis_margin::shortest_steps(&mask, &DIFFERENT, beyond).unwrap();
            let by_row = row_margin::shortest_steps(&mask, &DIFFERENT, beyond);
            for (a, s) in by_axis.iter().zip(by_row.as_slice()) {
                assert_eq!(*a <= 1.0, *s <= 1.0, "{a} {s} {axes:?}");
                // Inside the margins both find the same step, and 1e-6 is rounding.
                assert!(*s > 1.0 || (a - s).abs() < 1e-6, "{a} {s} {axes:?}");
            }
        }
    }

    #[test]
    fn no_margin_leaves_the_mask() {
        let grid = Grid::axis_aligned([9, 9, 9], [2.0, 1.0, 1.0], Point3::origin()).unwrap();
        let mask = point_in(grid);
        assert_eq!(expand(&mask, &Margins::uniform(0.0)), mask);
        let only_left = Margins {
            left: 2.0,
            ..Margins::uniform(0.0)
        };
        assert_eq!(expand(&mask, &only_left).count(), 3);
    }
}
