use std::collections::HashMap;

use geo::algorithm::Validation;
use geo::algorithm::line_intersection::{LineIntersection, line_intersection};
use geo::{Area, Coord, Line, LineString, Polygon};
use isoboost_volume::{
    Contour, Grid, Mask, PlanarRegion, Volume, contours_from_field, contours_from_mask,
    polygon_volume_ml, rasterise, signed_distance, slice_regions,
};
use nalgebra::{Point3, Vector3};
use proptest::prelude::*;

use crate::bodies::{cases, grids, of_voxels, right_angled_axes, rounded};

/// Contours are written with three decimals: closer vertices than this may become one.
const SMALLEST_EDGE_MM: f64 = 0.01;

fn line_string(ring: &[[f64; 2]]) -> LineString {
    ring.iter().map(|[i, j]| Coord { x: *i, y: *j }).collect()
}

fn polygon(region: &PlanarRegion) -> Polygon {
    Polygon::new(
        line_string(&region.outer),
        region.holes.iter().map(|hole| line_string(hole)).collect(),
    )
}

/// Masks on one slice with square pixels, every pixel by itself: all corners that there are.
fn scattered_slice() -> impl Strategy<Value = Mask> {
    ([1_usize..12, 1_usize..12], 0.1..0.9_f64).prop_flat_map(|([nj, ni], density)| {
        let grid = Grid::axis_aligned([1, nj, ni], [3.0, 1.0, 1.0], Point3::origin()).unwrap();
        prop::collection::vec(prop::bool::weighted(density), nj * ni)
            .prop_map(move |set| of_voxels(&grid, &set))
    })
}

/// Grids such as a CT has: pixels square and smaller than slices, any right-angled orientation.
fn image_grids() -> impl Strategy<Value = Grid> {
    (
        [1_usize..6, 4_usize..24, 4_usize..24],
        0.7..1.4_f64,
        1.0..5.0_f64,
        right_angled_axes(),
    )
        .prop_map(|(shape, pixel, slice, axes)| {
            Grid::new(shape, [slice, pixel, pixel], Point3::new(12.0, -34.0, 56.0), axes).unwrap()
        })
}

/// Whether two edges run through one another; ends that meet, and edges that run back on the same
/// two points as a keyhole's channel does, are no crossing.
fn cross(a: &Line, b: &Line) -> bool {
    matches!(line_intersection(*a, *b), Some(LineIntersection::SinglePoint { is_proper: true, .. }))
}

/// The edges of a contour in its plane, in pixels.
fn edges(contour: &Contour, grid: &Grid) -> Vec<Line> {
    let corners: Vec<_> = contour
        .points
        .iter()
        .map(|p| grid.index_from_lps(*p))
        .map(|[_, j, i]| Coord { x: i, y: j })
        .collect();
    let next = corners.iter().cycle().skip(1);
    corners.iter().zip(next).map(|(a, b)| Line::new(*a, *b)).collect()
}

/// What a planning system needs of every contour.
fn assert_is_sound(contours: &[Contour], grid: &Grid) {
    for contour in contours {
        let k = contour.slice.unwrap();
        assert!(contour.points.len() >= 3);
        for point in &contour.points {
            let off_plane = (grid.index_from_lps(*point)[0] - k as f64) * grid.spacing()[0];
            assert!(off_plane.abs() < 1e-9, "{off_plane} mm off its slice");
        }
        let next = contour.points.iter().cycle().skip(1);
        for (a, b) in contour.points.iter().zip(next) {
            assert!((a - b).norm() > SMALLEST_EDGE_MM, "{a} {b}");
        }
        let edges = edges(contour, grid);
        for (n, a) in edges.iter().enumerate() {
            assert!(!edges[n + 1..].iter().any(|b| cross(a, b)), "an edge crosses another");
        }
        assert_channels_are_exact(contour);
    }
}

/// A vertex that comes twice is the end of a channel, and an edge that runs both ways is one.
fn assert_channels_are_exact(contour: &Contour) {
    let key = |p: &Point3<f64>| [p.x, p.y, p.z].map(f64::to_bits);
    let mut visits: HashMap<_, usize> = HashMap::new();
    for point in &contour.points {
        *visits.entry(key(point)).or_default() += 1;
    }
    let next = contour.points.iter().cycle().skip(1);
    let ways: Vec<_> = contour.points.iter().zip(next).map(|(a, b)| (key(a), key(b))).collect();
    let channels = ways.iter().filter(|(a, b)| ways.contains(&(*b, *a))).count();
    assert_eq!(channels % 2, 0);
    // Each channel, walked twice, repeats the vertex at either end once.
    let repeats: usize = visits.values().map(|n| n - 1).sum();
    assert_eq!(repeats, channels, "a vertex repeats without a channel");
}

fn same_voxels(a: &Mask, b: &Mask) -> usize {
    a.as_slice().iter().zip(b.as_slice()).filter(|(a, b)| a != b).count()
}

proptest! {
    #![proptest_config(cases(96))]

    #[test]
    fn contours_of_a_mask_are_sound_and_hold_its_volume(mask in rounded(image_grids())) {
        let contours = contours_from_mask(&mask);
        assert_is_sound(&contours, mask.grid());
        let found = polygon_volume_ml(&contours, mask.grid().spacing()[0]);
        let wanted = mask.volume_ml();
        prop_assert!((found - wanted).abs() <= 0.005 * wanted, "{found} of {wanted} mL");
    }

    #[test]
    fn contours_of_a_scatter_are_sound_and_hold_its_volume(mask in scattered_slice()) {
        let contours = contours_from_mask(&mask);
        assert_is_sound(&contours, mask.grid());
        let found = polygon_volume_ml(&contours, 3.0);
        let wanted = mask.volume_ml();
        prop_assert!((found - wanted).abs() <= 0.005 * wanted, "{found} of {wanted} mL");
    }

    #[test]
    fn the_contours_of_a_masks_distance_enclose_just_its_voxels(
        mask in prop_oneof![scattered_slice(), rounded(image_grids())],
    ) {
        // Halfway between voxel centres no contour passes through one.
        let field = signed_distance(&mask);
        let contours = contours_from_field(&field, 0.0);
        assert_is_sound(&contours, mask.grid());
        prop_assert_eq!(same_voxels(&rasterise(&contours, mask.grid()), &mask), 0);
    }

    #[test]
    fn regions_are_valid_polygons_and_keyholes_keep_their_area(
        mask in prop_oneof![scattered_slice(), rounded(image_grids())],
    ) {
        let field = signed_distance(&mask);
        let [dk, dj, di] = mask.grid().spacing();
        let mut area = 0.0;
        for k in 0..mask.grid().shape()[0] {
            for region in slice_regions(&field, k, 0.0) {
                let polygon = polygon(&region);
                prop_assert!(polygon.is_valid(), "{:?}", polygon.validation_errors());
                area += polygon.unsigned_area();
            }
        }
        let found = polygon_volume_ml(&contours_from_field(&field, 0.0), dk);
        let expected = area * dj * di * dk / 1000.0;
        prop_assert!((found - expected).abs() <= 1e-9 * expected.max(1e-3));
    }

    #[test]
    fn any_field_at_any_level_gives_sound_contours(
        grid in image_grids(),
        values in prop::collection::vec(
            prop_oneof![6 => -3.0..3.0_f32, 3 => (-2_i8..3).prop_map(f32::from), 1 => Just(f32::NAN),
                        1 => Just(f32::INFINITY), 1 => Just(f32::NEG_INFINITY)],
            64,
        ),
        level in prop_oneof![Just(0.0_f32), -2.0..2.0_f32],
    ) {
        // Whole numbers among the values meet the level exactly.
        let mut n = 0;
        let field = Volume::from_fn(grid.clone(), |_| { n += 1; values[(n * 7919) % 64] });
        assert_is_sound(&contours_from_field(&field, level), &grid);
    }
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn a_mask_that_fills_its_crop_has_contours_as_well(grid in grids([4, 7, 7])) {
        let mask = Mask::from_fn(grid.clone(), |_| true);
        let contours = contours_from_mask(&mask);
        prop_assert_eq!(contours.len(), grid.shape()[0]);
        let found = polygon_volume_ml(&contours, grid.spacing()[0]);
        prop_assert!(found > 0.45 * mask.volume_ml(), "{found} of {} mL", mask.volume_ml());
        prop_assert_eq!(same_voxels(&rasterise(&contours, &grid), &mask), 0);
    }

    #[test]
    fn a_smooth_body_on_fine_pixels_has_a_smooth_contour(
        radius in 4.0..9.0_f64,
        center in prop::array::uniform3(-1.5..1.5_f64),
    ) {
        let grid = Grid::axis_aligned([9, 30, 30], [3.0, 0.98, 0.98], Point3::new(-14.2, -14.2, -12.0)).unwrap();
        let center = Point3::from(center);
        let field = Volume::from_fn(grid.clone(), |v| ((grid.center_of(v) - center).norm() - radius) as f32);
        for contour in contours_from_field(&field, 0.0) {
            let height = contour.points[0].z - center.z;
            let expected = (radius * radius - height * height).max(0.0).sqrt();
            if expected < 2.0 * 0.98 {
                continue;
            }
            for point in &contour.points {
                let across = Vector3::new(point.x - center.x, point.y - center.y, 0.0).norm();
                // Linear interpolation over one pixel errs by an eighth of its square times the
                // curvature, which is that of a circle at most a pixel smaller.
                let tolerance = 0.98 * 0.98 / 8.0 / (expected - 0.98);
                prop_assert!((across - expected).abs() < tolerance, "{across} of {expected}");
            }
        }
    }
}
