//! Contours with fewer vertices, held against the rings they come from.

use geo::{Coord, Distance, Euclidean, LineString, Point, Polygon, Validation};
use isoboost_volume::{
    CONTOUR_TOLERANCE_MM, Contour, Grid, PlanarRegion, Volume, contours_from_field,
    polygon_volume_ml, rasterise, slice_regions,
};
use nalgebra::{Point3, Vector3};
use proptest::prelude::*;

use crate::bodies::{cases, oblique_axes, right_angled_axes};

/// Distance of the points that a ring is held against another at, in mm.
const STEP_MM: f64 = 0.1;

/// A ball: centre as a share of the grid, radius in mm.
type Ball = ([f64; 3], f64);

/// A few balls, of which some are cut out again.
#[derive(Debug, Clone)]
struct Body {
    grid: Grid,
    added: Vec<Ball>,
    removed: Vec<Ball>,
}

impl Body {
    /// Its signed distance: smooth but where balls meet.
    fn field(&self) -> Volume<f32> {
        let shape = self.grid.shape();
        let distance = |(center, radius): &Ball, at: Point3<f64>| {
            let index = [0, 1, 2].map(|a| center[a] * (shape[a] - 1) as f64);
            (self.grid.lps_from_index(index) - at).norm() - radius
        };
        Volume::from_fn(self.grid.clone(), |v| {
            let at = self.grid.center_of(v);
            let all = self.added.iter().map(|b| distance(b, at));
            let cut = self.removed.iter().map(|b| -distance(b, at) * 0.8);
            let inside = all.fold(f64::INFINITY, f64::min);
            inside.max(cut.fold(f64::NEG_INFINITY, f64::max)) as f32
        })
    }
}

fn bodies() -> impl Strategy<Value = Body> {
    let axes = prop_oneof![right_angled_axes(), oblique_axes()];
    let ball = (prop::array::uniform3(0.0..1.0_f64), 0.5..14.0_f64);
    let added = prop::collection::vec(ball.clone(), 1..4);
    let removed = prop::collection::vec(ball, 0..4);
    let spacing = (1.0..4.0_f64, 0.5..4.0_f64, 0.5..4.0_f64);
    (axes, spacing, added, removed).prop_map(|(axes, spacing, added, removed)| {
        let origin = Point3::new(30.0, -40.0, 50.0);
        let grid = Grid::new([3, 26, 30], <[f64; 3]>::from(spacing), origin, axes).unwrap();
        Body {
            grid,
            added,
            removed,
        }
    })
}

/// The rings of all slices as they are, one contour each.
fn as_they_are(field: &Volume<f32>) -> Vec<Contour> {
    let grid = field.grid();
    let mut contours = Vec::new();
    for k in 0..grid.shape()[0] {
        let regions = slice_regions(field, k, 0.0);
        for ring in regions
            .iter()
            .flat_map(|r| std::iter::once(&r.outer).chain(&r.holes))
        {
            let points = ring
                .iter()
                .map(|[i, j]| grid.lps_from_index([k as f64, *j, *i]));
            contours.push(Contour {
                slice: Some(k),
                points: points.collect(),
            });
        }
    }
    contours
}

/// Rings of a slice in mm, each closed.
fn rings(regions: &[PlanarRegion], grid: &Grid) -> Vec<LineString> {
    let [_, dj, di] = grid.spacing();
    let rings = regions
        .iter()
        .flat_map(|r| std::iter::once(&r.outer).chain(&r.holes));
    let closed = rings.map(|ring| {
        let points = ring.iter().chain(ring.first());
        points
            .map(|[i, j]| Coord {
                x: i * di,
                y: j * dj,
            })
            .collect()
    });
    closed.collect()
}

/// The edges of a slice's contours in mm, without the channels to holes.
fn edges(contours: &[&Contour], grid: &Grid) -> Vec<[Coord; 2]> {
    let [_, dj, di] = grid.spacing();
    let mut edges = Vec::new();
    for contour in contours {
        let points: Vec<Coord> = contour
            .points
            .iter()
            .map(|p| grid.index_from_lps(*p))
            .map(|[_, j, i]| Coord {
                x: i * di,
                y: j * dj,
            })
            .collect();
        let next = points.iter().cycle().skip(1);
        let all: Vec<[Coord; 2]> = points.iter().zip(next).map(|(a, b)| [*a, *b]).collect();
        let same = |a: Coord, b: Coord| (a.x - b.x).hypot(a.y - b.y) < 1e-9;
        let both_ways = |e: &[Coord; 2]| all.iter().any(|f| same(f[0], e[1]) && same(f[1], e[0]));
        edges.extend(all.iter().filter(|e| !both_ways(e)));
    }
    edges
}

/// Points along a line, no further apart than [`STEP_MM`].
fn along(from: Coord, to: Coord) -> impl Iterator<Item = Point> {
    let steps = ((to.x - from.x).hypot(to.y - from.y) / STEP_MM)
        .ceil()
        .max(1.0) as usize;
    (0..=steps).map(move |n| {
        let share = n as f64 / steps as f64;
        Point::new(
            from.x + (to.x - from.x) * share,
            from.y + (to.y - from.y) * share,
        )
    })
}

fn farthest(points: impl Iterator<Item = Point>, lines: &[LineString]) -> f64 {
    let nearest = |p: &Point| {
        let all = lines.iter().map(|line| Euclidean.distance(p, line));
        all.fold(f64::INFINITY, f64::min)
    };
    points.map(|p| nearest(&p)).fold(0.0, f64::max)
}

fn area_mm2(rings: &[LineString]) -> f64 {
    // Holes run against their outer ring.
    let signed = |ring: &LineString| -> f64 {
        ring.lines()
            .map(|l| l.start.x * l.end.y - l.end.x * l.start.y)
            .sum::<f64>()
            / 2.0
    };
    rings.iter().map(signed).sum::<f64>().abs()
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn a_contour_stays_within_the_tolerance_and_keeps_area_and_pixels(body in bodies()) {
        let field = body.field();
        let grid = field.grid();
        let contours = contours_from_field(&field, 0.0);
        let [before, after] = [as_they_are(&field), contours.clone()].map(|c| rasterise(&c, grid));
        let differ: Vec<_> = grid.full_box().voxels().filter(|v| before[*v] != after[*v]).collect();
        prop_assert!(differ.is_empty(), "{:?}", differ);
        for k in 0..grid.shape()[0] {
            let regions = slice_regions(&field, k, 0.0);
            let before = rings(&regions, grid);
            let here: Vec<&Contour> = contours.iter().filter(|c| c.slice == Some(k)).collect();
            prop_assert_eq!(here.len(), regions.len());
            let edges = edges(&here, grid);
            let after: Vec<LineString> =
                edges.iter().map(|[a, b]| LineString::new(vec![*a, *b])).collect();
            let there = farthest(
                before.iter().flat_map(|r| r.lines().flat_map(|l| along(l.start, l.end))),
                &after,
            );
            let back = farthest(edges.iter().flat_map(|[a, b]| along(*a, *b)), &before);
            prop_assert!(there.max(back) <= CONTOUR_TOLERANCE_MM + 1e-6, "{} {}", there, back);
            let vertices: usize = before.iter().map(|r| r.0.len() - 1).sum();
            prop_assert!(edges.len() <= vertices);
            let owned: Vec<Contour> = here.iter().map(|c| (*c).clone()).collect();
            let area = polygon_volume_ml(&owned, 1.0) * 1000.0;
            prop_assert!((area - area_mm2(&before)).abs() <= 2e-6 * area_mm2(&before).max(1.0));
        }
    }

    #[test]
    fn no_ring_crosses_itself_or_another(body in bodies()) {
        let field = body.field();
        let grid = field.grid();
        let [_, dj, di] = grid.spacing();
        let contours = contours_from_field(&field, 0.0);
        for contour in &contours {
            prop_assert!(contour.points.len() >= 3);
            let index: Vec<[f64; 3]> =
                contour.points.iter().map(|p| grid.index_from_lps(*p)).collect();
            let corners = index.iter().map(|[_, j, i]| Coord { x: i * di, y: j * dj });
            let polygon = Polygon::new(corners.collect::<LineString>(), vec![]);
            // A keyhole walks its channels twice, which is no valid ring; its crossings would show
            // in the pixels it fills.
            let mut seen: Vec<[i64; 2]> =
                index.iter().map(|[_, j, i]| [(i * 1e6) as i64, (j * 1e6) as i64]).collect();
            seen.sort_unstable();
            let count = seen.len();
            seen.dedup();
            if seen.len() == count {
                prop_assert!(polygon.is_valid(), "{:?}", polygon);
            }
        }
    }
}

/// A circle keeps a vertex for each sagitta of twice the tolerance or so; a straight edge keeps its
/// ends.
#[test]
fn smooth_rings_lose_most_of_their_vertices() {
    let grid = Grid::axis_aligned([1, 60, 60], [3.0, 1.0, 1.0], Point3::origin()).unwrap();
    let middle = Point3::new(29.3, 29.6, 0.0);
    let circle = Volume::from_fn(grid.clone(), |v| {
        ((grid.center_of(v) - middle).norm() - 20.0) as f32
    });
    let square = Volume::from_fn(grid.clone(), |v| {
        let p = grid.center_of(v) - middle;
        (p.x.abs().max(p.y.abs()) - 20.0) as f32
    });
    for (field, most) in [(&circle, 70), (&square, 12)] {
        let before = slice_regions(field, 0, 0.0)[0].outer.len();
        let contours = contours_from_field(field, 0.0);
        let after = contours[0].points.len();
        assert!(before > 150 && after <= most, "{before} to {after}");
    }
}

/// Centres a few micrometres from their ring, around which vertices lie together: on a tip, on a
/// finger along a row, and just outside.
#[test]
fn centres_close_to_a_ring_stay_on_their_side() {
    let turned = [Vector3::z(), Vector3::x(), -Vector3::y()];
    let straight = [Vector3::z(), Vector3::y(), Vector3::x()];
    let body = |spacing: [f64; 3], axes, added: &[Ball], removed: &[Ball]| Body {
        grid: Grid::new([3, 26, 30], spacing, Point3::new(30.0, -40.0, 50.0), axes).unwrap(),
        added: added.to_vec(),
        removed: removed.to_vec(),
    };
    let tip = body(
        [
            3.346_225_212_762_109_3,
            3.008_840_926_536_834,
            0.980_488_557_935_000_7,
        ],
        turned,
        &[(
            [
                0.636_188_706_246_423,
                0.477_005_721_971_703_05,
                0.509_056_611_771_415_8,
            ],
            11.816_456_592_314_157,
        )],
        &[],
    );
    let finger = body(
        [
            1.628_726_906_326_437_6,
            1.625_667_890_397_944_2,
            2.175_706_441_324_223_3,
        ],
        straight,
        &[(
            [
                0.778_417_491_849_469_4,
                0.638_717_680_270_868_3,
                0.289_112_370_560_086_6,
            ],
            12.409_884_594_759_612,
        )],
        &[(
            [0.0, 0.588_777_408_615_939_5, 0.327_625_398_933_302_34],
            12.524_116_389_623_908,
        )],
    );
    let outside = body(
        [
            1.371_528_691_061_52,
            1.322_088_454_798_090_5,
            1.406_145_946_112_335_3,
        ],
        straight,
        &[
            (
                [0.0, 0.752_132_094_976_532_3, 0.857_690_773_110_798],
                4.486_541_356_780_732,
            ),
            (
                [
                    0.544_722_850_636_014_3,
                    0.589_265_968_757_898_2,
                    0.531_057_895_256_700_2,
                ],
                10.615_556_413_005_049,
            ),
        ],
        &[],
    );
    for (body, voxel) in [
        (tip, [0, 12, 26]),
        (finger, [0, 14, 3]),
        (outside, [0, 20, 21]),
    ] {
        let field = body.field();
        assert!(field[voxel].abs() < 0.005, "{}", field[voxel]);
        for contours in [as_they_are(&field), contours_from_field(&field, 0.0)] {
            let mask = rasterise(&contours, field.grid());
            assert_eq!(mask[voxel], field[voxel] <= 0.0, "{voxel:?}");
        }
    }
}
