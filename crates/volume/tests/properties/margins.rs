use isoboost_volume::{Grid, Margins, Mask, expand, margin_field, shrink};
use nalgebra::{Point3, Vector3};
use proptest::prelude::*;

use crate::bodies::{cases, grids, oblique_axes, right_angled_axes, rounded, scattered};

/// A relative length this close to 1 may fall on either side of the margin by rounding.
const TIE: f64 = 1e-6;

fn margins() -> impl Strategy<Value = Margins> {
    let mm = || prop_oneof![1 => Just(0.0), 4 => 0.3..7.0_f64];
    let different = (mm(), mm(), mm(), mm(), mm(), mm());
    let uniform = (0.0..7.0_f64).prop_map(Margins::uniform);
    prop_oneof![
        uniform,
        different.prop_map(
            |(left, right, anterior, posterior, superior, inferior)| Margins {
                left,
                right,
                anterior,
                posterior,
                superior,
                inferior,
            }
        ),
    ]
}

/// Length of a step in units of the margin in its direction, on the ellipsoid of its octant.
fn relative_length(step: Vector3<f64>, margins: &Margins) -> f64 {
    let part = |along: f64, positive: f64, negative: f64| match along {
        // Far below any voxel spacing: no step in this direction at all.
        x if x.abs() < 1e-9 => 0.0,
        x if x > 0.0 => x / positive,
        x => x / negative,
    };
    let x = part(step.x, margins.left, margins.right);
    let y = part(step.y, margins.posterior, margins.anterior);
    let z = part(step.z, margins.superior, margins.inferior);
    x.hypot(y).hypot(z)
}

/// The relative length of the shortest way from a set voxel, by trying all of them.
fn searched(mask: &Mask, voxel: [usize; 3], margins: &Margins) -> f64 {
    let here = mask.grid().center_of(voxel);
    mask.voxels()
        .map(|v| relative_length(here - mask.grid().center_of(v), margins))
        .fold(f64::INFINITY, f64::min)
}

fn larger(margins: &Margins, by: f64) -> Margins {
    Margins {
        left: margins.left + by,
        right: margins.right + by / 2.0,
        anterior: margins.anterior,
        posterior: margins.posterior + by,
        superior: margins.superior + by / 3.0,
        inferior: margins.inferior,
    }
}

/// Every voxel of `inner` is one of `outer`.
fn is_within(inner: &Mask, outer: &Mask) -> bool {
    inner.voxels().all(|v| outer[v])
}

proptest! {
    #![proptest_config(cases(96))]

    #[test]
    fn a_voxel_is_reached_when_some_set_voxel_reaches_it(
        mask in prop_oneof![scattered([5, 7, 8]), rounded(grids([8, 10, 12]))],
        margins in margins(),
    ) {
        let grown = expand(&mask, &margins);
        for voxel in mask.grid().full_box().voxels() {
            let length = searched(&mask, voxel, &margins);
            if (length - 1.0).abs() > TIE {
                prop_assert_eq!(grown[voxel], length < 1.0, "{:?}: length {}", voxel, length);
            }
        }
    }

    #[test]
    fn a_voxel_stays_when_no_unset_voxel_reaches_back_to_it(
        mask in rounded(grids([8, 10, 12])),
        margins in margins(),
    ) {
        let shrunk = shrink(&mask, &margins);
        prop_assert!(is_within(&shrunk, &mask));
        for voxel in mask.voxels() {
            let here = mask.grid().center_of(voxel);
            let unset = mask.grid().full_box().voxels().filter(|v| !mask[*v]);
            // Taking the left margin off the left side is a step of that length to the left.
            let length = unset
                .map(|v| relative_length(mask.grid().center_of(v) - here, &margins))
                .fold(f64::INFINITY, f64::min);
            if (length - 1.0).abs() > TIE {
                prop_assert_eq!(shrunk[voxel], length > 1.0, "{:?}: length {}", voxel, length);
            }
        }
    }

    #[test]
    fn growing_holds_the_mask_and_grows_with_mask_and_margins(
        mask in rounded(grids([8, 10, 12])),
        more in rounded(grids([8, 10, 12])),
        margins in margins(),
        by in 0.0..3.0_f64,
    ) {
        let grown = expand(&mask, &margins);
        prop_assert!(is_within(&mask, &grown));
        prop_assert!(is_within(&grown, &expand(&mask, &larger(&margins, by))));
        let shape = more.grid().shape();
        let joined = Mask::from_fn(mask.grid().clone(), |v| {
            mask[v] || more[[0, 1, 2].map(|a| v[a] % shape[a])]
        });
        prop_assert!(is_within(&grown, &expand(&joined, &margins)));
    }

    #[test]
    fn the_field_is_the_grown_mask_and_rises_away_from_it(
        mask in rounded(grids([8, 10, 12])),
        margins in margins(),
    ) {
        let field = margin_field(&mask, &margins);
        prop_assert_eq!(field.map(|level| *level <= 0.0), expand(&mask, &margins));
        prop_assert!(field.as_slice().iter().all(|level| !level.is_nan()));
    }
}

/// A ball grown by different margins is, direction by direction, the ball's radius plus the
/// margin, whichever way the grid runs.
fn assert_directions(axes: [Vector3<f64>; 3]) {
    let margins = Margins {
        left: 6.0,
        right: 2.0,
        anterior: 4.0,
        posterior: 3.0,
        superior: 7.0,
        inferior: 5.0,
    };
    let (n, spacing) = (45, 0.7);
    let mut origin = Point3::new(0.0, 0.0, 0.0);
    for axis in axes {
        origin -= axis * (spacing * (n / 2) as f64);
    }
    let grid = Grid::new([n; 3], [spacing; 3], origin, axes).unwrap();
    let ball = Mask::from_fn(grid.clone(), |v| grid.center_of(v).coords.norm() < 4.0);
    let grown = expand(&ball, &margins);
    let reach = |direction: Vector3<f64>| {
        grown
            .voxels()
            .map(|v| grid.center_of(v).coords.dot(&direction))
            .fold(0.0, f64::max)
    };
    let (x, y, z) = (Vector3::x(), Vector3::y(), Vector3::z());
    let all = [
        (x, 6.0),
        (-x, 2.0),
        (y, 3.0),
        (-y, 4.0),
        (z, 7.0),
        (-z, 5.0),
    ];
    for (direction, margin) in all {
        let found = reach(direction) - 4.0;
        // The outermost voxel centre of the ball lies up to a voxel below its surface, and that of
        // the result up to a voxel below its own.
        assert!(
            found <= margin + 1e-9 && found > margin - 2.0 * spacing,
            "{found} of {margin}"
        );
    }
}

proptest! {
    #![proptest_config(cases(12))]

    #[test]
    fn each_direction_of_the_patient_gets_its_own_margin(
        axes in prop_oneof![right_angled_axes(), oblique_axes()],
    ) {
        assert_directions(axes);
    }
}
