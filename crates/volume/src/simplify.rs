//! Rings with as few vertices as a tolerance allows.
//!
//! Marching squares puts a vertex on every line between pixel centres that a ring crosses, several a
//! millimetre. Most of them say nothing, and planning systems become slow with them.

use geo::{Distance, Euclidean, Intersects, Line, LineString, Point, SimplifyIdx};

use crate::PlanarRegion;
use crate::contour::{SMALLEST_AREA_MM2, signed_area};

/// How far a ring and the one it was simplified from lie apart at most (Hausdorff distance), in mm:
/// a tenth of a pixel of a planning CT.
pub const CONTOUR_TOLERANCE_MM: f64 = 0.1;
/// Vertices are dropped within this distance first. The ring is moved outwards afterwards to have
/// its area again, which takes the rest of the tolerance.
const DROPPED_WITHIN_MM: f64 = 0.07;
/// The area of a simplified ring differs by this share at most.
const AREA_TOLERANCE: f64 = 1e-6;
/// Steps of moving a ring outwards; each leaves a small part of the difference in area.
const AREA_STEPS: usize = 6;
/// A corner moves by this many times what its edges move at most.
const LONGEST_MITER: f64 = 2.0;
/// A ring keeps so many vertices, as far as it has them: a small one stays round.
const LEAST_VERTICES: usize = 12;
/// A dropped vertex nearer to its edge than this lies on it.
const STRAIGHT_MM: f64 = 1e-6;
/// Rounds of giving vertices back where the ring without them is not good enough.
const MOST_ROUNDS: usize = 40;
/// Pixel centres nearer than this to a ring would be lost in the rounding of written coordinates.
const CLEARANCE_MM: f64 = 0.001;

/// The regions of one slice with fewer vertices. `pixel_mm` is the distance of columns and of rows.
///
/// Each ring keeps its area, lies within [`CONTOUR_TOLERANCE_MM`] of what it was, and encloses the
/// centres of the same pixels. No ring crosses itself or another. A ring that cannot be simplified
/// so is left as it is.
pub fn simplified(regions: Vec<PlanarRegion>, pixel_mm: [f64; 2]) -> Vec<PlanarRegion> {
    let before: Vec<Vec<[f64; 2]>> = regions
        .iter()
        .flat_map(|region| std::iter::once(&region.outer).chain(&region.holes))
        .map(|ring| scaled(ring, pixel_mm))
        .collect();
    let mut after: Vec<Option<Vec<[f64; 2]>>> = before
        .iter()
        .map(|ring| simpler_ring(ring, pixel_mm))
        .collect();
    leave_crossing_rings(&before, &mut after);
    let to_pixels = pixel_mm.map(|mm| 1.0 / mm);
    let mut rings = after.into_iter();
    // An original ring is taken over to the last bit.
    let mut next = |original: Vec<[f64; 2]>| match rings.next().flatten() {
        Some(ring) => scaled(&ring, to_pixels),
        None => original,
    };
    regions
        .into_iter()
        .map(|region| PlanarRegion {
            outer: next(region.outer),
            holes: region.holes.into_iter().map(&mut next).collect(),
        })
        .collect()
}

fn scaled(ring: &[[f64; 2]], by: [f64; 2]) -> Vec<[f64; 2]> {
    ring.iter().map(|[i, j]| [i * by[0], j * by[1]]).collect()
}

/// The ring, in mm, with fewer vertices, if that is possible.
fn simpler_ring(ring: &[[f64; 2]], pixel_mm: [f64; 2]) -> Option<Vec<[f64; 2]>> {
    let mut draft = Draft::of(ring);
    for _ in 0..MOST_ROUNDS {
        if draft.corners.len() >= ring.len() {
            return None;
        }
        let moved = draft.with_area(signed_area(ring))?;
        let faults: Vec<usize> = (0..moved.len())
            .filter(|edge| !draft.serves(*edge, &moved, pixel_mm))
            .collect();
        if faults.is_empty() {
            return (signed_area(&moved).abs() >= SMALLEST_AREA_MM2).then_some(moved);
        }
        draft.mend(&faults);
    }
    None
}

/// A vertex of the ring that is kept.
#[derive(Debug, Clone, Copy)]
struct Corner {
    /// Its number in the ring.
    at: usize,
    /// Whether it must stay where it is.
    is_fixed: bool,
}

impl Corner {
    fn movable(at: usize) -> Self {
        Self {
            at,
            is_fixed: false,
        }
    }
}

/// What an edge stands for.
struct Dropped {
    /// The vertex that is missed most.
    at: usize,
    /// How far it lies from the edge.
    distance_mm: f64,
    /// How many were dropped.
    count: usize,
}

/// A ring and which of its vertices are kept.
struct Draft<'a> {
    ring: &'a [[f64; 2]],
    corners: Vec<Corner>,
}

impl<'a> Draft<'a> {
    /// What Douglas and Peucker leave of the ring.
    fn of(ring: &'a [[f64; 2]]) -> Self {
        let closed = ring.iter().chain(ring.first());
        let closed: LineString<f64> = closed.map(|p| (p[0], p[1])).collect();
        let mut kept = closed.simplify_idx(DROPPED_WITHIN_MM);
        kept.pop();
        if kept.len() < 3 {
            kept = (0..ring.len()).collect();
        }
        let mut draft = Self {
            ring,
            corners: kept.into_iter().map(Corner::movable).collect(),
        };
        draft.fill();
        draft
    }

    /// Gives vertices back until there are enough of them, where most is lost first.
    fn fill(&mut self) {
        while self.corners.len() < LEAST_VERTICES.min(self.ring.len()) {
            let dropped = (0..self.corners.len()).filter_map(|edge| self.farthest(edge));
            let loss = |d: &Dropped| (d.distance_mm.max(STRAIGHT_MM), d.count);
            let most = dropped.max_by(|a, b| {
                let ((a, m), (b, n)) = (loss(a), loss(b));
                a.total_cmp(&b).then(m.cmp(&n))
            });
            let Some(most) = most else { return };
            self.corners.push(Corner::movable(most.at));
            self.corners.sort_by_key(|corner| corner.at);
        }
    }

    /// The dropped vertex farthest from the edge that stands for it, or the middle one where all lie
    /// on it; `None` where none was dropped.
    fn farthest(&self, edge: usize) -> Option<Dropped> {
        let chain: Vec<(usize, [f64; 2])> = self.chain(edge).collect();
        let ([(_, from), dropped @ .., (_, to)], true) = (&chain[..], chain.len() > 2) else {
            return None;
        };
        let line = Line::new(*from, *to);
        let distance = |p: [f64; 2]| Euclidean.distance(&Point::new(p[0], p[1]), &line);
        let (at, point) = dropped
            .iter()
            .max_by(|a, b| distance(a.1).total_cmp(&distance(b.1)))?;
        let distance_mm = distance(*point);
        let middle = dropped.get(dropped.len() / 2).map_or(*at, |(at, _)| *at);
        Some(Dropped {
            at: if distance_mm > STRAIGHT_MM {
                *at
            } else {
                middle
            },
            distance_mm,
            count: dropped.len(),
        })
    }

    /// The vertices of the ring from a corner to the next, both included.
    fn chain(&self, edge: usize) -> impl Iterator<Item = (usize, [f64; 2])> {
        let n = self.ring.len();
        let from = self.corners[edge].at;
        let to = self.corners[(edge + 1) % self.corners.len()].at;
        let to = if to > from { to } else { to + n };
        (from..=to).map(move |k| (k % n, self.ring[k % n]))
    }

    /// The corners, those that may be moved outwards until the ring has an area again, signed as it
    /// turns; `None` where it does not get it.
    fn with_area(&self, area: f64) -> Option<Vec<[f64; 2]>> {
        let mut moved: Vec<[f64; 2]> = self.corners.iter().map(|c| self.ring[c.at]).collect();
        for _ in 0..AREA_STEPS {
            let missing = area - signed_area(&moved);
            if missing.abs() <= AREA_TOLERANCE * area.abs() {
                return Some(moved);
            }
            let lengths: Vec<f64> = edges(&moved)
                .map(|(a, b)| (b[0] - a[0]).hypot(b[1] - a[1]))
                .collect();
            let n = lengths.len();
            let movable = (0..n).filter(|k| !self.corners[*k].is_fixed);
            let length: f64 = movable
                .map(|k| f64::midpoint(lengths[k], lengths[(k + n - 1) % n]))
                .sum();
            let by = missing / length;
            if !by.is_finite() {
                return None;
            }
            moved = self.moved_outwards(&moved, by);
        }
        None
    }

    /// Edges moved along their outward normals (of a ring that turns from columns to rows), by less
    /// where the corner between two of them would run away.
    fn moved_outwards(&self, ring: &[[f64; 2]], by: f64) -> Vec<[f64; 2]> {
        let n = ring.len();
        let normal = |a: [f64; 2], b: [f64; 2]| {
            let length = (b[0] - a[0]).hypot(b[1] - a[1]).max(f64::MIN_POSITIVE);
            [(b[1] - a[1]) / length, (a[0] - b[0]) / length]
        };
        let moved = |k: usize| {
            let (before, here, after) = (ring[(k + n - 1) % n], ring[k], ring[(k + 1) % n]);
            if self.corners[k].is_fixed {
                return here;
            }
            let (p, q) = (normal(before, here), normal(here, after));
            let sum = [p[0] + q[0], p[1] + q[1]];
            // The sum is twice as long as the cosine of half the turn, and the corner moves by the
            // inverse of that cosine.
            let squared = f64::midpoint(sum[0].powi(2), sum[1].powi(2));
            let factor = by / squared.max(2.0 / LONGEST_MITER.powi(2));
            [here[0] + sum[0] * factor, here[1] + sum[1] * factor]
        };
        (0..n).map(moved).collect()
    }

    /// Whether an edge can stand for the vertices that were dropped: each lies within the tolerance
    /// of it and its ends within the tolerance of where they were, so that the Hausdorff distance
    /// is within it, and no centre of a pixel lies between.
    fn serves(&self, edge: usize, moved: &[[f64; 2]], pixel_mm: [f64; 2]) -> bool {
        let next = (edge + 1) % moved.len();
        let [from, to] = [moved[edge], moved[next]];
        let line = Line::new(from, to);
        let chain: Vec<[f64; 2]> = self.chain(edge).map(|(_, point)| point).collect();
        let distance = |a: [f64; 2], b: [f64; 2]| (a[0] - b[0]).hypot(a[1] - b[1]);
        let (Some(first), Some(last)) = (chain.first(), chain.last()) else {
            return false;
        };
        if chain.len() == 2 && *first == from && *last == to {
            return true;
        }
        let ends = distance(*first, from).max(distance(*last, to));
        let near = |p: &[f64; 2]| {
            Euclidean.distance(&Point::new(p[0], p[1]), &line) <= CONTOUR_TOLERANCE_MM
        };
        if ends > CONTOUR_TOLERANCE_MM || !chain.iter().all(near) {
            return false;
        }
        let mut between = chain;
        between.extend([to, from]);
        !holds_pixel(&between, pixel_mm)
    }

    /// Gives each edge the dropped vertex back that is farthest from it, or holds its ends where none
    /// was dropped.
    fn mend(&mut self, faults: &[usize]) {
        let mut given_back = Vec::new();
        for edge in faults {
            if let Some(dropped) = self.farthest(*edge) {
                given_back.push(Corner::movable(dropped.at));
            } else {
                let next = (edge + 1) % self.corners.len();
                self.corners[*edge].is_fixed = true;
                self.corners[next].is_fixed = true;
            }
        }
        self.corners.extend(given_back);
        self.corners.sort_by_key(|corner| corner.at);
    }
}

/// Whether a thin polygon holds the centre of a pixel, or comes near to one.
fn holds_pixel(polygon: &[[f64; 2]], pixel_mm: [f64; 2]) -> bool {
    let [width, height] = pixel_mm;
    let rows = polygon.iter().map(|p| p[1]);
    let first = rows.clone().fold(f64::INFINITY, f64::min) - CLEARANCE_MM;
    let last = rows.fold(f64::NEG_INFINITY, f64::max) + CLEARANCE_MM;
    let rows = (first / height).ceil() as i64..=(last / height).floor() as i64;
    let mut crossings: Vec<f64> = Vec::new();
    // Just below and above the row as well: a ring may run along it.
    rows.flat_map(|row| [-CLEARANCE_MM, 0.0, CLEARANCE_MM].map(|off| row as f64 * height + off))
        .any(|y| {
            crossings.clear();
            for (from, to) in edges(polygon) {
                if (from[1] <= y) != (to[1] <= y) {
                    let share = (y - from[1]) / (to[1] - from[1]);
                    crossings.push(from[0] + (to[0] - from[0]) * share);
                }
            }
            crossings.sort_by(f64::total_cmp);
            let pixel = |x: f64| (x / width).ceil() as i64;
            crossings
                .chunks_exact(2)
                .any(|pair| pixel(pair[0] - CLEARANCE_MM) != pixel(pair[1] + CLEARANCE_MM))
        })
}

/// Takes simplified rings back that cross themselves or another, until none does that did not.
fn leave_crossing_rings(before: &[Vec<[f64; 2]>], after: &mut [Option<Vec<[f64; 2]>>]) {
    loop {
        let rings: Vec<&[[f64; 2]]> = before
            .iter()
            .zip(after.iter())
            .map(|(before, after)| after.as_ref().unwrap_or(before).as_slice())
            .collect();
        let mut crossing: Vec<usize> = Vec::new();
        for a in 0..rings.len() {
            for b in a..rings.len() {
                let is_new = after[a].is_some() || after[b].is_some();
                if is_new && cross(rings[a], rings[b], a == b) {
                    crossing.extend([a, b]);
                }
            }
        }
        if crossing.is_empty() {
            return;
        }
        for ring in crossing {
            after[ring] = None;
        }
    }
}

/// Whether two rings, or two edges of one that are no neighbours, meet.
fn cross(a: &[[f64; 2]], b: &[[f64; 2]], is_same: bool) -> bool {
    if !is_same && apart(a, b) {
        return false;
    }
    let line = |(from, to): ([f64; 2], [f64; 2])| Line::new(from, to);
    edges(a).enumerate().any(|(m, first)| {
        let first = line(first);
        edges(b).enumerate().any(|(n, second)| {
            if is_same {
                let steps = n as i64 - m as i64;
                let is_neighbour = steps <= 1 || steps == a.len() as i64 - 1;
                !is_neighbour && first.intersects(&line(second))
            } else {
                first.intersects(&line(second))
            }
        })
    })
}

/// Whether the boxes around two rings are apart.
fn apart(a: &[[f64; 2]], b: &[[f64; 2]]) -> bool {
    let low =
        |ring: &[[f64; 2]], axis: usize| ring.iter().map(|p| p[axis]).fold(f64::INFINITY, f64::min);
    let high = |ring: &[[f64; 2]], axis: usize| {
        ring.iter()
            .map(|p| p[axis])
            .fold(f64::NEG_INFINITY, f64::max)
    };
    (0..2).any(|axis| low(a, axis) > high(b, axis) || low(b, axis) > high(a, axis))
}

/// The edges of a closed ring.
pub(crate) fn edges(ring: &[[f64; 2]]) -> impl Iterator<Item = ([f64; 2], [f64; 2])> {
    let next = ring.iter().cycle().skip(1);
    ring.iter().copied().zip(next.copied())
}
