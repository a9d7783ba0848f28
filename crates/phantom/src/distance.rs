//! How far a point lies from the surfaces that [`crate::shape::Shape`] is made of, negative inside.

use crate::lattice::{Vec3, add, dot, norm, scaled, sub};
use crate::shape::{Node, Ring};

/// The usual first-order distance, the implicit function over its gradient; no point lies deeper
/// than the smallest half axis.
pub(crate) fn ellipsoid_distance(q: Vec3, radii: Vec3) -> f64 {
    let deepest = -radii[0].min(radii[1]).min(radii[2]);
    let level = norm([q[0] / radii[0], q[1] / radii[1], q[2] / radii[2]]);
    let gradient = norm([0, 1, 2].map(|a| q[a] / (radii[a] * radii[a])));
    if gradient < 1e-9 {
        return deepest;
    }
    (level * (level - 1.0) / gradient).max(deepest)
}

/// As [`ellipsoid_distance`] for an ellipse.
pub(crate) fn ellipse_distance(q: [f64; 2], radii: [f64; 2]) -> f64 {
    let [u, v] = [q[0] / radii[0], q[1] / radii[1]];
    let level = (u * u + v * v).sqrt();
    let [gu, gv] = [u / radii[0], v / radii[1]];
    let slope = (gu * gu + gv * gv).sqrt();
    let deepest = -radii[0].min(radii[1]);
    if slope < 1e-9 {
        return deepest;
    }
    (level * (level - 1.0) / slope).max(deepest)
}

/// As [`ellipse_distance`] for |x/a|^2.5 + |y/b|^2.5 = 1, the section of a body: between an
/// ellipse and a rectangle.
fn superellipse_distance(q: [f64; 2], radii: [f64; 2]) -> f64 {
    let [u, v] = [(q[0] / radii[0]).abs(), (q[1] / radii[1]).abs()];
    let level = (u * u * u.sqrt() + v * v * v.sqrt()).powf(0.4);
    let deepest = -radii[0].min(radii[1]);
    if level < 1e-9 {
        return deepest;
    }
    let [s, t] = [u / level, v / level];
    let [gu, gv] = [s * s.sqrt() / radii[0], t * t.sqrt() / radii[1]];
    ((level - 1.0) / (gu * gu + gv * gv).sqrt()).max(deepest)
}

/// Distance to the closest point of a polyline less the radius there.
pub(crate) fn tube_distance(nodes: &[Node], p: Vec3) -> f64 {
    if let [(center, radius)] = nodes {
        return norm(sub(p, *center)) - radius;
    }
    nodes
        .windows(2)
        .map(|pair| {
            let ((a, ra), (b, rb)) = (pair[0], pair[1]);
            let (ab, ap) = (sub(b, a), sub(p, a));
            let t = (dot(ap, ab) / dot(ab, ab)).clamp(0.0, 1.0);
            norm(sub(ap, scaled(ab, t))) - (ra + t * (rb - ra))
        })
        .fold(f64::INFINITY, f64::min)
}

/// Distance to the closest point of a triangle less the half thickness there.
pub(crate) fn triangle_distance(triangle: &[Node; 3], p: Vec3) -> f64 {
    let [(a, ra), (b, rb), (c, rc)] = *triangle;
    let (ab, ac, ap) = (sub(b, a), sub(c, a), sub(p, a));
    let (d00, d01, d11) = (dot(ab, ab), dot(ab, ac), dot(ac, ac));
    let (d20, d21) = (dot(ap, ab), dot(ap, ac));
    let area = d00 * d11 - d01 * d01;
    let v = (d11 * d20 - d01 * d21) / area;
    let w = (d00 * d21 - d01 * d20) / area;
    if v >= 0.0 && w >= 0.0 && v + w <= 1.0 {
        let foot = add(scaled(ab, v), scaled(ac, w));
        return norm(sub(ap, foot)) - (ra + v * (rb - ra) + w * (rc - ra));
    }
    let edges = [[(a, ra), (b, rb)], [(b, rb), (c, rc)], [(c, rc), (a, ra)]];
    edges
        .iter()
        .map(|edge| tube_distance(edge, p))
        .fold(f64::INFINITY, f64::min)
}

pub(crate) fn loft_distance(rings: &[Ring], p: Vec3) -> f64 {
    let (first, last) = (rings[0], rings[rings.len() - 1]);
    let beyond = (first.z - p[2]).max(p[2] - last.z);
    let z = p[2].clamp(first.z, last.z);
    let n = rings
        .partition_point(|r| r.z <= z)
        .clamp(1, rings.len() - 1);
    let (a, b) = (rings[n - 1], rings[n]);
    // A smooth step leaves no visible edge at the rings.
    let t = (z - a.z) / (b.z - a.z);
    let t = t * t * (3.0 - 2.0 * t);
    let mix = |u: f64, v: f64| u + t * (v - u);
    let center = [mix(a.center[0], b.center[0]), mix(a.center[1], b.center[1])];
    let radii = [mix(a.radii[0], b.radii[0]), mix(a.radii[1], b.radii[1])];
    // The wall leans: the way to it is shorter than within the section. The steepest part of the
    // smooth step is half as steep again as the whole.
    let lean = (0..2)
        .map(|n| (b.radii[n] - a.radii[n]).abs() + (b.center[n] - a.center[n]).abs())
        .fold(0.0, f64::max)
        * 1.5
        / (b.z - a.z);
    let across = superellipse_distance([p[0] - center[0], p[1] - center[1]], radii);
    (across / (1.0 + lean * lean).sqrt()).max(beyond)
}
