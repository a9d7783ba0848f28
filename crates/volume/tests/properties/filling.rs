use geo::{Contains, Coord, Intersects, LineString, Polygon};
use isoboost_volume::{Contour, Grid, Mask, rasterise};
use nalgebra::Point3;
use proptest::prelude::*;

use crate::bodies::{cases, oblique_axes, right_angled_axes};

/// A star-shaped ring of `radii` around a centre, in pixels of a slice.
fn star(center: [f64; 2], radii: &[f64]) -> Vec<[f64; 2]> {
    let turn = std::f64::consts::TAU / radii.len() as f64;
    let corner = |(n, radius): (usize, &f64)| {
        let angle = n as f64 * turn + 0.05;
        [
            center[0] + radius * angle.cos(),
            center[1] + radius * angle.sin(),
        ]
    };
    radii.iter().enumerate().map(corner).collect()
}

fn stars() -> impl Strategy<Value = Vec<Vec<[f64; 2]>>> {
    let center = prop::array::uniform2(-3.0..24.0_f64);
    let radii = prop::collection::vec(0.5..12.0_f64, 3..14);
    prop::collection::vec((center, radii).prop_map(|(c, r)| star(c, &r)), 1..4)
}

fn grids() -> impl Strategy<Value = Grid> {
    (
        prop_oneof![right_angled_axes(), oblique_axes()],
        prop::array::uniform3(0.6..4.0_f64),
    )
        .prop_map(|(axes, spacing)| {
            Grid::new([3, 20, 22], spacing, Point3::new(30.0, -40.0, 50.0), axes).unwrap()
        })
}

fn on_slice(grid: &Grid, k: f64, ring: &[[f64; 2]], slice: Option<usize>) -> Contour {
    let points = ring.iter().map(|[i, j]| grid.lps_from_index([k, *j, *i]));
    Contour {
        slice,
        points: points.collect(),
    }
}

fn polygon(ring: &[[f64; 2]]) -> Polygon {
    let corners = ring.iter().map(|[i, j]| Coord { x: *i, y: *j });
    Polygon::new(corners.collect::<LineString>(), vec![])
}

proptest! {
    #![proptest_config(cases(96))]

    #[test]
    fn a_pixel_is_filled_when_an_odd_number_of_polygons_holds_its_centre(
        grid in grids(),
        rings in stars(),
    ) {
        let contours: Vec<_> = rings.iter().map(|ring| on_slice(&grid, 1.0, ring, None)).collect();
        let filled = rasterise(&contours, &grid);
        let polygons: Vec<_> = rings.iter().map(|ring| polygon(ring)).collect();
        for voxel in grid.full_box().voxels() {
            let center = geo::Point::new(voxel[2] as f64, voxel[1] as f64);
            let reach = geo::Rect::new(
                (center.x() - 1e-6, center.y() - 1e-6),
                (center.x() + 1e-6, center.y() + 1e-6),
            );
            // On an edge rounding decides.
            if polygons.iter().any(|p| p.exterior().intersects(&reach)) {
                continue;
            }
            let holding = polygons.iter().filter(|p| p.contains(&center)).count();
            prop_assert_eq!(filled[voxel], voxel[0] == 1 && holding % 2 == 1, "{:?}", voxel);
        }
    }

    #[test]
    fn a_slice_shows_the_nearest_of_the_planes_around_it(
        grid in grids(),
        radius in 3.0..9.0_f64,
        fineness in 1_usize..6,
        named in prop::bool::ANY,
        shift in -0.4..0.4_f64,
    ) {
        // A cone drawn on planes closer together than the slices of the grid.
        let step = 1.0 / fineness as f64;
        let planes: Vec<_> = (0..4 * fineness).map(|n| -1.0 + shift * step + n as f64 * step).collect();
        let ring = |k: f64| star([10.0, 9.0], &[radius - k * 0.7; 24]);
        let contours: Vec<_> = planes
            .iter()
            .enumerate()
            .map(|(n, k)| on_slice(&grid, *k, &ring(*k), named.then_some(n)))
            .collect();
        let found = rasterise(&contours, &grid);
        for k in 0..3 {
            let offset = |plane: &f64| (plane - k as f64).abs();
            let nearest = planes.iter().copied().min_by(|a, b| offset(a).total_cmp(&offset(b))).unwrap();
            let alone = rasterise(&[on_slice(&grid, k as f64, &ring(nearest), None)], &grid);
            for voxel in grid.full_box().voxels().filter(|v| v[0] == k) {
                prop_assert_eq!(found[voxel], alone[voxel], "{:?}", voxel);
            }
        }
    }
}

#[test]
fn what_is_no_polygon_and_what_lies_off_the_grid_fills_nothing() {
    let grid = Grid::axis_aligned([3, 20, 20], [3.0, 1.0, 1.0], Point3::origin()).unwrap();
    let square = [[2.5, 2.5], [8.5, 2.5], [8.5, 8.5], [2.5, 8.5]];
    let not_a_number = [[2.5, 2.5], [f64::NAN, 2.5], [8.5, 8.5]];
    for nothing in [
        on_slice(&grid, 1.0, &[], None),
        on_slice(&grid, 1.0, &square[..1], None),
        on_slice(&grid, 1.0, &square[..2], None),
        on_slice(&grid, 1.0, &not_a_number, None),
        on_slice(&grid, -0.6, &square, None),
        on_slice(&grid, 2.6, &square, None),
        on_slice(&grid, 1.0, &square.map(|[i, j]| [i + 30.0, j]), None),
        on_slice(&grid, 1.0, &square.map(|[i, j]| [i, j - 30.0]), None),
    ] {
        assert!(
            rasterise(std::slice::from_ref(&nothing), &grid).is_empty(),
            "{nothing:?}"
        );
    }
}

#[test]
fn the_two_edges_of_a_channel_fill_nothing_between_them() {
    let grid = Grid::axis_aligned([1, 31, 31], [1.0; 3], Point3::origin()).unwrap();
    // Channels of many slopes that pass through pixel centres on their way to a hole.
    for (from, to) in [
        ([3.0, 3.0], [12.0, 12.0]),
        ([3.0, 17.0], [12.0, 14.0]),
        ([7.0, 3.0], [14.0, 12.0]),
    ] {
        let outer = [
            [3.0, 3.0],
            [7.0, 3.0],
            [27.0, 3.0],
            [27.0, 27.0],
            [3.0, 27.0],
            [3.0, 17.0],
        ];
        let hole = [
            [12.0, 12.0],
            [12.0, 14.0],
            [12.0, 18.0],
            [18.0, 18.0],
            [18.0, 12.0],
            [14.0, 12.0],
        ];
        let start = outer.iter().position(|p| *p == from).unwrap();
        let turn = hole.iter().position(|p| *p == to).unwrap();
        let mut ring: Vec<_> = outer[..=start].to_vec();
        ring.extend(hole.iter().cycle().skip(turn).take(hole.len() + 1));
        ring.extend(&outer[start..]);
        let joined = rasterise(&[on_slice(&grid, 0.0, &ring, None)], &grid);
        let apart = rasterise(
            &[
                on_slice(&grid, 0.0, &outer, None),
                on_slice(&grid, 0.0, &hole, None),
            ],
            &grid,
        );
        assert_eq!(joined, apart, "channel from {from:?} to {to:?}");
        assert_eq!(joined.count(), 24 * 24 - 6 * 6);
        let turned: Mask = rasterise(
            &[on_slice(
                &grid,
                0.0,
                &ring.iter().rev().copied().collect::<Vec<_>>(),
                None,
            )],
            &grid,
        );
        assert_eq!(turned, joined);
    }
}
