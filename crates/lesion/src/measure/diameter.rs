//! Diameters of a surface.

use super::field::Field;
use super::surface::{Mesh, Vertex, dot, minus};

/// The long axis of a slice and what is perpendicular to it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct AxialDiameters {
    pub(super) long_mm: f64,
    pub(super) short_mm: f64,
}

/// Largest distance of two corners of the mesh, mm (IBSI L0JK).
///
/// Both ends are corners of the convex hull of their own plane of the lattice, so that only those
/// are compared with each other.
pub(super) fn longest(mesh: &Mesh) -> f64 {
    let mut ends = hulls(mesh, 0, |v| v.axis != 0);
    ends.extend(hulls(mesh, 1, |v| v.axis == 0));
    largest_distance(&ends.concat())
}

/// Largest distance of two points.
///
/// Two points are no further from each other than from a middle together: after a good first guess
/// few pairs are left to be looked at.
fn largest_distance(points: &[[f64; 3]]) -> f64 {
    let apart = |a: [f64; 3], b: [f64; 3]| {
        let step = minus(a, b);
        dot(step, step).sqrt()
    };
    let Some(mut start) = points.first().copied() else {
        return 0.0;
    };
    let mut best = 0.0;
    let mut middle = start;
    // Farthest from the farthest, as long as that gets longer.
    loop {
        let (end, distance) = points.iter().fold((start, 0.0), |far, p| {
            let distance = apart(start, *p);
            if distance > far.1 {
                (*p, distance)
            } else {
                far
            }
        });
        if distance <= best {
            break;
        }
        best = distance;
        middle = [0, 1, 2].map(|a| f64::midpoint(start[a], end[a]));
        start = end;
    }
    let mut far: Vec<(f64, [f64; 3])> = points.iter().map(|p| (apart(*p, middle), *p)).collect();
    far.sort_by(|a, b| b.0.total_cmp(&a.0));
    for (n, (radius, a)) in far.iter().enumerate() {
        // The farthest of the others is the first of the list.
        if radius + far[0].0 <= best {
            break;
        }
        let others = far[..n].iter().take_while(|b| radius + b.0 > best);
        best = others.fold(best, |best, b| best.max(apart(*a, b.1)));
    }
    best
}

/// The longest diameter within a slice of the image, and the longest chord of the same slice
/// perpendicular to it.
///
/// Parts that lie apart in a slice are taken together, and hollows are bridged: both are measured
/// on the convex hull, as with a ruler.
pub(super) fn axial(mesh: &Mesh, field: &Field) -> AxialDiameters {
    let is_slice = |v: &Vertex| v.axis != 0 && v.from[0].is_multiple_of(field.steps[0]);
    let slices = hulls(mesh, 0, is_slice);
    let measured = slices.iter().map(|hull| axes_of(hull));
    measured.fold(AxialDiameters::default(), |best, next| {
        if next.long_mm > best.long_mm {
            next
        } else {
            best
        }
    })
}

fn axes_of(hull: &[[f64; 3]]) -> AxialDiameters {
    let mut long = [0.0; 3];
    for (n, a) in hull.iter().enumerate() {
        for b in &hull[..n] {
            let step = minus(*a, *b);
            if dot(step, step) > dot(long, long) {
                long = step;
            }
        }
    }
    let long_mm = dot(long, long).sqrt();
    if long_mm == 0.0 {
        return AxialDiameters::default();
    }
    // The hull lies in one slice: its first coordinate is the same everywhere.
    let along = |p: [f64; 3]| (p[1] * long[1] + p[2] * long[2]) / long_mm;
    let across = |p: [f64; 3]| (p[2] * long[1] - p[1] * long[2]) / long_mm;
    // The longest chord of a convex body in any direction has an end on a corner.
    let short_mm = hull
        .iter()
        .map(|corner| chord(hull, along(*corner), along, across))
        .fold(0.0, f64::max);
    AxialDiameters { long_mm, short_mm }
}

/// The length of the hull across the line at `place` along it.
fn chord(
    hull: &[[f64; 3]],
    place: f64,
    along: impl Fn([f64; 3]) -> f64,
    across: impl Fn([f64; 3]) -> f64,
) -> f64 {
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    let mut see = |x: f64| (low, high) = (low.min(x), high.max(x));
    for (n, a) in hull.iter().enumerate() {
        let b = hull[(n + 1) % hull.len()];
        let (from, to) = (along(*a), along(b));
        if from == place {
            see(across(*a));
        } else if (from < place) != (to < place) && from != to {
            let share = (place - from) / (to - from);
            see(across(*a) + share * (across(b) - across(*a)));
        }
    }
    (high - low).max(0.0)
}

/// The convex hulls of the chosen vertices, one for each plane of the lattice across `axis`.
fn hulls(mesh: &Mesh, axis: usize, is_chosen: impl Fn(&Vertex) -> bool) -> Vec<Vec<[f64; 3]>> {
    let mut chosen: Vec<&Vertex> = mesh.vertices.iter().filter(|v| is_chosen(v)).collect();
    let (u, v) = if axis == 0 { (1, 2) } else { (0, 2) };
    chosen.sort_by(|a, b| {
        let order = |n: usize| a.at[n].total_cmp(&b.at[n]);
        (a.from[axis].cmp(&b.from[axis]))
            .then_with(|| order(u))
            .then_with(|| order(v))
    });
    let planes = chosen.chunk_by(|a, b| a.from[axis] == b.from[axis]);
    planes
        .map(|plane| hull(&plane.iter().map(|p| p.at).collect::<Vec<_>>(), [u, v]))
        .collect()
}

/// The corners of the convex hull of points sorted by their two coordinates (Andrew 1979).
fn hull(sorted: &[[f64; 3]], [u, v]: [usize; 2]) -> Vec<[f64; 3]> {
    let turn = |a: [f64; 3], b: [f64; 3], c: [f64; 3]| {
        let (ab, ac) = (minus(b, a), minus(c, a));
        ab[u] * ac[v] - ab[v] * ac[u]
    };
    let mut corners: Vec<[f64; 3]> = Vec::new();
    let mut chain = |points: &mut dyn Iterator<Item = &[f64; 3]>| {
        let start = corners.len();
        for point in points {
            while corners.len() >= start + 2
                && turn(
                    corners[corners.len() - 2],
                    corners[corners.len() - 1],
                    *point,
                ) <= 0.0
            {
                corners.pop();
            }
            corners.push(*point);
        }
        // The last corner is the first of the other half.
        corners.pop();
    };
    chain(&mut sorted.iter());
    chain(&mut sorted.iter().rev());
    if corners.is_empty() {
        corners.extend(sorted.first());
    }
    corners
}
