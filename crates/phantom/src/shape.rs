//! Solids described by a function that is negative inside, and how much of a voxel they fill.
//!
//! The value is the distance to the surface, exact for spheres, tubes and sheets and correct to
//! first order near the surface for the rest; [`Shape::slack`] covers the difference where voxels
//! are skipped because the surface is far.

use crate::distance::{
    ellipse_distance, ellipsoid_distance, loft_distance, triangle_distance, tube_distance,
};
use crate::lattice::{Vec3, add, dot, norm, scaled, sub, unit};

/// Distances of first order are trusted up to this factor when deciding that a surface does not
/// reach a cell; distances to tubes, sheets and planes are exact but for changing radii.
const FIRST_ORDER_SLACK: f64 = 1.6;
const EXACT_SLACK: f64 = 1.1;

/// Sides of an infinite solid, larger than any scanner.
const FAR_MM: f64 = 1e5;

/// A point with a half thickness around it.
pub(crate) type Node = (Vec3, f64);

/// A horizontal section of a [`Shape::Loft`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ring {
    pub(crate) z: f64,
    pub(crate) center: [f64; 2],
    pub(crate) radii: [f64; 2],
}

#[derive(Debug, Clone)]
pub(crate) enum Shape {
    /// Half axes along three orthogonal unit vectors.
    Ellipsoid {
        center: Vec3,
        radii: Vec3,
        axes: [Vec3; 3],
    },
    /// A round tube along a polyline, its radius changing from node to node.
    Tube(Vec<Node>),
    /// A bent plate: triangles with a half thickness at each corner.
    Sheet(Vec<[Node; 3]>),
    /// An upright elliptic cylinder along the third of `axes`.
    Cylinder {
        center: Vec3,
        radii: [f64; 2],
        half_height: f64,
        axes: [Vec3; 3],
    },
    /// A solid of superelliptic sections stacked along z; z grows from ring to ring.
    Loft(Vec<Ring>),
    /// Everything on the side of the plane opposite to `normal`.
    HalfSpace {
        normal: Vec3,
        offset: f64,
    },
    Union(Vec<Shape>),
    Intersection(Vec<Shape>),
    /// The first without the second.
    Difference(Box<Shape>, Box<Shape>),
    /// Grown by some millimetres, or shrunk when negative.
    Grown(Box<Shape>, f64),
    /// Stretched about the origin along x, y and z.
    Stretched(Box<Shape>, Vec3),
}

const UPRIGHT: [Vec3; 3] = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];

impl Shape {
    pub(crate) fn sphere(center: Vec3, radius: f64) -> Self {
        Self::Tube(vec![(center, radius)])
    }

    pub(crate) fn ellipsoid(center: Vec3, radii: Vec3) -> Self {
        Self::Ellipsoid {
            center,
            radii,
            axes: UPRIGHT,
        }
    }

    /// An ellipsoid turned by angles about x, y and z.
    pub(crate) fn turned_ellipsoid(center: Vec3, radii: Vec3, degrees: Vec3) -> Self {
        Self::Ellipsoid {
            center,
            radii,
            axes: UPRIGHT.map(|a| crate::lattice::rotated(a, degrees)),
        }
    }

    /// An elliptic cylinder whose top leans by `degrees` about the x axis.
    pub(crate) fn cylinder(center: Vec3, radii: [f64; 2], half_height: f64, degrees: f64) -> Self {
        Self::Cylinder {
            center,
            radii,
            half_height,
            axes: UPRIGHT.map(|a| crate::lattice::rotated(a, [degrees, 0.0, 0.0])),
        }
    }

    /// The side of the plane through `point` that `normal` points away from.
    pub(crate) fn behind(point: Vec3, normal: Vec3) -> Self {
        let normal = unit(normal);
        Self::HalfSpace {
            normal,
            offset: dot(point, normal),
        }
    }

    pub(crate) fn grown(self, mm: f64) -> Self {
        Self::Grown(Box::new(self), mm)
    }

    /// Stretched about the origin by factors that do not differ much: distances are correct to
    /// their spread.
    pub(crate) fn stretched(self, factors: Vec3) -> Self {
        Self::Stretched(Box::new(self), factors)
    }

    pub(crate) fn minus(self, other: Self) -> Self {
        Self::Difference(Box::new(self), Box::new(other))
    }

    /// Mirrored at the sagittal plane x = 0.
    pub(crate) fn mirrored(&self) -> Self {
        let flip = |p: Vec3| [-p[0], p[1], p[2]];
        let all = |shapes: &[Self]| shapes.iter().map(Self::mirrored).collect();
        match self {
            Self::Ellipsoid {
                center,
                radii,
                axes,
            } => Self::Ellipsoid {
                center: flip(*center),
                radii: *radii,
                axes: axes.map(flip),
            },
            Self::Tube(nodes) => Self::Tube(nodes.iter().map(|(p, r)| (flip(*p), *r)).collect()),
            Self::Sheet(triangles) => Self::Sheet(
                triangles
                    .iter()
                    .map(|t| t.map(|(p, r)| (flip(p), r)))
                    .collect(),
            ),
            Self::Cylinder {
                center,
                radii,
                half_height,
                axes,
            } => Self::Cylinder {
                center: flip(*center),
                radii: *radii,
                half_height: *half_height,
                axes: axes.map(flip),
            },
            Self::Loft(rings) => Self::Loft(
                rings
                    .iter()
                    .map(|r| Ring {
                        center: [-r.center[0], r.center[1]],
                        ..*r
                    })
                    .collect(),
            ),
            Self::HalfSpace { normal, offset } => Self::HalfSpace {
                normal: flip(*normal),
                offset: *offset,
            },
            Self::Union(shapes) => Self::Union(all(shapes)),
            Self::Intersection(shapes) => Self::Intersection(all(shapes)),
            Self::Difference(a, b) => a.mirrored().minus(b.mirrored()),
            Self::Grown(shape, mm) => shape.mirrored().grown(*mm),
            Self::Stretched(shape, factors) => shape.mirrored().stretched(*factors),
        }
    }

    /// Distance to the surface in mm, negative inside.
    pub(crate) fn distance(&self, p: Vec3) -> f64 {
        match self {
            Self::Ellipsoid {
                center,
                radii,
                axes,
            } => {
                let d = sub(p, *center);
                ellipsoid_distance(axes.map(|a| dot(d, a)), *radii)
            }
            Self::Tube(nodes) => tube_distance(nodes, p),
            Self::Sheet(triangles) => triangles
                .iter()
                .map(|t| triangle_distance(t, p))
                .fold(f64::INFINITY, f64::min),
            Self::Cylinder {
                center,
                radii,
                half_height,
                axes,
            } => {
                let d = sub(p, *center);
                let [x, y, z] = axes.map(|a| dot(d, a));
                ellipse_distance([x, y], *radii).max(z.abs() - half_height)
            }
            Self::Loft(rings) => loft_distance(rings, p),
            Self::HalfSpace { normal, offset } => dot(p, *normal) - offset,
            Self::Union(shapes) => shapes
                .iter()
                .map(|s| s.distance(p))
                .fold(f64::INFINITY, f64::min),
            Self::Intersection(shapes) => shapes
                .iter()
                .map(|s| s.distance(p))
                .fold(f64::NEG_INFINITY, f64::max),
            Self::Difference(a, b) => a.distance(p).max(-b.distance(p)),
            Self::Grown(shape, mm) => shape.distance(p) - mm,
            Self::Stretched(shape, factors) => {
                let inner = [0, 1, 2].map(|a| p[a] / factors[a]);
                shape.distance(inner) * mean(*factors)
            }
        }
    }

    /// How much shorter than [`Self::distance`] says the way to the surface may be, as a factor.
    pub(crate) fn slack(&self) -> f64 {
        match self {
            Self::Tube(_) | Self::Sheet(_) | Self::HalfSpace { .. } => EXACT_SLACK,
            Self::Ellipsoid { .. } | Self::Cylinder { .. } | Self::Loft(_) => FIRST_ORDER_SLACK,
            Self::Union(shapes) | Self::Intersection(shapes) => {
                shapes.iter().map(Self::slack).fold(EXACT_SLACK, f64::max)
            }
            Self::Difference(a, b) => a.slack().max(b.slack()),
            Self::Grown(shape, _) => shape.slack(),
            Self::Stretched(shape, factors) => {
                let largest = factors.iter().copied().fold(0.0, f64::max);
                let smallest = factors.iter().copied().fold(f64::INFINITY, f64::min);
                shape.slack() * largest / smallest
            }
        }
    }

    /// A box that holds the solid.
    pub(crate) fn bounds(&self) -> (Vec3, Vec3) {
        let far = ([-FAR_MM; 3], [FAR_MM; 3]);
        let empty = ([FAR_MM; 3], [-FAR_MM; 3]);
        match self {
            Self::Ellipsoid {
                center,
                radii,
                axes,
            } => around(*center, |a| {
                (0..3)
                    .map(|n| (radii[n] * axes[n][a]).powi(2))
                    .sum::<f64>()
                    .sqrt()
            }),
            Self::Tube(nodes) => nodes.iter().map(node_bounds).fold(empty, union),
            Self::Sheet(triangles) => triangles
                .iter()
                .flatten()
                .map(node_bounds)
                .fold(empty, union),
            Self::Cylinder {
                center,
                radii,
                half_height,
                axes,
            } => around(*center, |a| {
                (radii[0] * axes[0][a]).abs()
                    + (radii[1] * axes[1][a]).abs()
                    + (half_height * axes[2][a]).abs()
            }),
            Self::Loft(rings) => rings
                .iter()
                .map(|r| {
                    let ([cx, cy], [rx, ry]) = (r.center, r.radii);
                    ([cx - rx, cy - ry, r.z], [cx + rx, cy + ry, r.z])
                })
                .fold(empty, union),
            Self::HalfSpace { .. } => far,
            Self::Union(shapes) => shapes.iter().map(Self::bounds).fold(empty, union),
            Self::Intersection(shapes) => shapes.iter().map(Self::bounds).fold(far, |a, b| {
                (
                    [0, 1, 2].map(|n| a.0[n].max(b.0[n])),
                    [0, 1, 2].map(|n| a.1[n].min(b.1[n])),
                )
            }),
            Self::Difference(a, _) => a.bounds(),
            Self::Grown(shape, mm) => {
                let (low, high) = shape.bounds();
                (low.map(|v| v - mm), high.map(|v| v + mm))
            }
            Self::Stretched(shape, factors) => {
                let (low, high) = shape.bounds();
                let stretch = |p: Vec3| [0, 1, 2].map(|a| p[a] * factors[a]);
                (stretch(low), stretch(high))
            }
        }
    }
}

fn mean(factors: Vec3) -> f64 {
    factors.iter().sum::<f64>() / 3.0
}

fn around(center: Vec3, extent: impl Fn(usize) -> f64) -> (Vec3, Vec3) {
    (
        [0, 1, 2].map(|a| center[a] - extent(a)),
        [0, 1, 2].map(|a| center[a] + extent(a)),
    )
}

fn node_bounds((p, r): &Node) -> (Vec3, Vec3) {
    (p.map(|v| v - r), p.map(|v| v + r))
}

fn union(a: (Vec3, Vec3), b: (Vec3, Vec3)) -> (Vec3, Vec3) {
    (
        [0, 1, 2].map(|n| a.0[n].min(b.0[n])),
        [0, 1, 2].map(|n| a.1[n].max(b.1[n])),
    )
}

/// The part of a cell that `shape` fills, by halving the cell `depth` times where the surface
/// passes and taking the surface as flat in the last part. `half` are the half edges.
pub(crate) fn coverage(shape: &Shape, center: Vec3, half: [Vec3; 3], depth: u8) -> f64 {
    let distance = shape.distance(center);
    let reach = norm(half[0]) + norm(half[1]) + norm(half[2]);
    let diagonal = half.iter().map(|h| dot(*h, *h)).sum::<f64>().sqrt();
    if distance.abs() > diagonal * FIRST_ORDER_SLACK {
        return if distance < 0.0 { 1.0 } else { 0.0 };
    }
    if depth == 0 {
        let width = reach * 2.0 / 3.0;
        return (0.5 - distance / width).clamp(0.0, 1.0);
    }
    let quarter = half.map(|h| scaled(h, 0.5));
    let mut sum = 0.0;
    for n in 0..8 {
        let mut c = center;
        for a in 0..3 {
            let sign = if n >> a & 1 == 1 { 1.0 } else { -1.0 };
            c = add(c, scaled(quarter[a], sign));
        }
        sum += coverage(shape, c, quarter, depth - 1);
    }
    sum / 8.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sum of the coverages of 1 mm cells times their volume.
    fn measured_volume(shape: &Shape, depth: u8) -> f64 {
        let (low, high) = shape.bounds();
        let half = UPRIGHT.map(|a| scaled(a, 0.5));
        let mut volume = 0.0;
        let range = |a: usize| low[a].floor() as i32 - 1..=high[a].ceil() as i32 + 1;
        for z in range(2) {
            for y in range(1) {
                for x in range(0) {
                    let c = [f64::from(x), f64::from(y), f64::from(z)];
                    volume += coverage(shape, c, half, depth);
                }
            }
        }
        volume
    }

    fn check_volume(shape: &Shape, expected: f64, relative: f64) {
        let found = measured_volume(shape, 2);
        assert!(
            (found / expected - 1.0).abs() < relative,
            "{shape:?}: {found} mm3, expected {expected}"
        );
    }

    const PI: f64 = std::f64::consts::PI;

    // The flat-surface rule in parts of 0.25 mm leaves errors of second order: well under 1e-4 of
    // a sphere of 5 mm; ellipsoids add the first-order distance.
    #[test]
    fn solids_have_their_analytic_volume() {
        check_volume(
            &Shape::sphere([0.3, -0.2, 0.1], 5.0),
            4.0 / 3.0 * PI * 125.0,
            1e-3,
        );
        check_volume(
            &Shape::turned_ellipsoid([0.0; 3], [9.0, 5.0, 7.0], [20.0, 30.0, 40.0]),
            4.0 / 3.0 * PI * 315.0,
            2e-3,
        );
        check_volume(
            &Shape::Tube(vec![([0.0; 3], 4.0), ([0.0, 0.0, 20.0], 4.0)]),
            PI * 16.0 * 20.0 + 4.0 / 3.0 * PI * 64.0,
            1e-3,
        );
        check_volume(
            &Shape::cylinder([0.2; 3], [6.0, 9.0], 5.0, 0.0),
            PI * 54.0 * 10.0,
            5e-3,
        );
        check_volume(
            &Shape::sphere([0.0; 3], 4.0).grown(1.0),
            4.0 / 3.0 * PI * 125.0,
            1e-3,
        );
    }

    #[test]
    fn a_flat_sheet_is_as_thick_as_its_nodes_say() {
        let node = |x: f64, y: f64| ([x, y, 0.0], 2.0);
        let sheet = Shape::Sheet(vec![[node(0.0, 0.0), node(30.0, 0.0), node(0.0, 30.0)]]);
        assert!((sheet.distance([8.0, 8.0, 5.0]) - 3.0).abs() < 1e-12);
        assert!((sheet.distance([-4.0, 10.0, 0.0]) - 2.0).abs() < 1e-12);
        assert!((sheet.distance([8.0, 8.0, 1.0]) + 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_mirrored_shape_is_the_same_on_the_other_side() {
        let shape = Shape::turned_ellipsoid([10.0, 2.0, 3.0], [9.0, 5.0, 7.0], [20.0, 30.0, 40.0])
            .minus(Shape::behind([9.0, 0.0, 0.0], [1.0, 0.5, 0.2]));
        let mirror = shape.mirrored();
        for p in [[11.0, 4.0, 2.0], [3.0, -2.0, 7.0], [25.0, 1.0, 1.0]] {
            let flipped = [-p[0], p[1], p[2]];
            assert!((shape.distance(p) - mirror.distance(flipped)).abs() < 1e-12);
        }
    }

    #[test]
    fn bounds_hold_every_solid_point() {
        let shape = Shape::turned_ellipsoid([1.0, 2.0, 3.0], [9.0, 5.0, 7.0], [20.0, 30.0, 40.0]);
        let (low, high) = shape.bounds();
        for n in 0..4000 {
            let p = [n % 20, n / 20 % 20, n / 400].map(|v| f64::from(v) * 1.2 - 10.0);
            if shape.distance(p) < 0.0 {
                assert!((0..3).all(|a| p[a] >= low[a] && p[a] <= high[a]), "{p:?}");
            }
        }
    }
}
