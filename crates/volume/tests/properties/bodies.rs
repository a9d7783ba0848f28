//! Grids and masks of all kinds.

use isoboost_volume::{Grid, Mask};
use nalgebra::{Point3, Rotation3, Vector3};
use proptest::prelude::*;

/// How many cases each property is tried on: enough to meet rare shapes, few enough for every
/// build.
pub(crate) fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// Every right-angled way the axes may run: permuted and flipped.
pub(crate) fn right_angled_axes() -> impl Strategy<Value = [Vector3<f64>; 3]> {
    let patient = [Vector3::z(), Vector3::y(), Vector3::x()];
    (
        prop::sample::select(vec![
            [0, 1, 2],
            [0, 2, 1],
            [1, 0, 2],
            [1, 2, 0],
            [2, 0, 1],
            [2, 1, 0],
        ]),
        prop::array::uniform3(prop::bool::ANY),
    )
        .prop_map(move |(order, flipped)| {
            [0, 1, 2].map(|a| {
                let axis = patient[order[a]];
                if flipped[a] { -axis } else { axis }
            })
        })
}

/// Axes turned by any angles.
pub(crate) fn oblique_axes() -> impl Strategy<Value = [Vector3<f64>; 3]> {
    prop::array::uniform3(-3.0..3.0_f64).prop_map(|angles| {
        let turn = Rotation3::from_euler_angles(angles[0], angles[1], angles[2]);
        [
            turn * Vector3::z(),
            turn * Vector3::y(),
            turn * Vector3::x(),
        ]
    })
}

/// Grids of any orientation up to `largest` voxels per side.
pub(crate) fn grids(largest: [usize; 3]) -> impl Strategy<Value = Grid> {
    (
        [1..=largest[0], 1..=largest[1], 1..=largest[2]],
        prop::array::uniform3(0.6..4.0_f64),
        prop_oneof![right_angled_axes(), oblique_axes()],
        prop::array::uniform3(-200.0..200.0_f64),
    )
        .prop_map(|(shape, spacing, axes, origin)| {
            Grid::new(shape, spacing, Point3::from(origin), axes).unwrap()
        })
}

/// Masks without any order: every voxel by itself, sparse to dense.
pub(crate) fn scattered(largest: [usize; 3]) -> impl Strategy<Value = Mask> {
    (grids(largest), 0.02..0.9_f64).prop_flat_map(|(grid, density)| {
        let voxels = prop::collection::vec(prop::bool::weighted(density), grid.voxel_count());
        voxels.prop_map(move |set| of_voxels(&grid, &set))
    })
}

/// Masks such as lesions and organs make: a few ellipsoids, some of them cut out again, that may
/// touch one another and the edge of the grid.
pub(crate) fn rounded(grid: impl Strategy<Value = Grid>) -> impl Strategy<Value = Mask> {
    let ellipsoid = (
        prop::array::uniform3(0.0..1.0_f64),
        prop::array::uniform3(0.04..0.45_f64),
    );
    let added = prop::collection::vec(ellipsoid.clone(), 1..4);
    let removed = prop::collection::vec(ellipsoid, 0..4);
    (grid, added, removed).prop_map(|(grid, added, removed)| {
        let shape = grid.shape();
        let holds = |(center, half): &([f64; 3], [f64; 3]), voxel: [usize; 3]| {
            let part = |a: usize| {
                let size = shape[a] as f64;
                (voxel[a] as f64 + 0.5 - center[a] * size) / (half[a] * size).max(0.6)
            };
            part(0).powi(2) + part(1).powi(2) + part(2).powi(2) <= 1.0
        };
        Mask::from_fn(grid, |voxel| {
            added.iter().any(|e| holds(e, voxel)) && !removed.iter().any(|e| holds(e, voxel))
        })
    })
}

pub(crate) fn of_voxels(grid: &Grid, set: &[bool]) -> Mask {
    let mut values = set.iter();
    Mask::from_fn(grid.clone(), |_| values.next().copied().unwrap_or(false))
}

/// The same voxels with axis `a` of the result taken from axis `order[a]`, run backwards where
/// `flipped`; the spacing goes along.
pub(crate) fn rearranged(mask: &Mask, order: [usize; 3], flipped: [bool; 3]) -> Mask {
    let (shape, spacing) = (mask.grid().shape(), mask.grid().spacing());
    let grid = Grid::axis_aligned(
        order.map(|a| shape[a]),
        order.map(|a| spacing[a]),
        Point3::origin(),
    )
    .unwrap();
    Mask::from_fn(grid, |voxel| mask[source_of(voxel, shape, order, flipped)])
}

/// Where a voxel of a rearranged mask came from.
pub(crate) fn source_of(
    voxel: [usize; 3],
    shape: [usize; 3],
    order: [usize; 3],
    flipped: [bool; 3],
) -> [usize; 3] {
    let mut source = [0; 3];
    for a in 0..3 {
        let from = order[a];
        source[from] = if flipped[a] {
            shape[from] - 1 - voxel[a]
        } else {
            voxel[a]
        };
    }
    source
}

/// A permutation of the axes and which of them run backwards.
pub(crate) fn arrangements() -> impl Strategy<Value = ([usize; 3], [bool; 3])> {
    (
        Just([0_usize, 1, 2]).prop_shuffle(),
        prop::array::uniform3(prop::bool::ANY),
    )
}
