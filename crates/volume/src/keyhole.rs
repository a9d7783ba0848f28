//! Holes as part of one ring.

use geo::{Intersects, Line};

use crate::PlanarRegion;
use crate::simplify::edges;

/// Joins the holes of a region to its outer ring: from a vertex of the ring along a channel to the
/// hole, around it, and back along the same two points.
///
/// Always the nearest hole is joined next, by the shortest way that crosses no edge of the ring or a
/// hole: between the far vertices of long edges, the shortest may.
pub(crate) fn join_holes(region: PlanarRegion) -> Vec<[f64; 2]> {
    let PlanarRegion {
        mut outer,
        mut holes,
    } = region;
    while let Some((at, hole, start)) = shortest_channel(&outer, &holes) {
        let hole = holes.swap_remove(hole);
        let around = hole
            .iter()
            .cycle()
            .skip(start)
            .take(hole.len() + 1)
            .copied();
        // After the turn around the hole the ring goes on from the vertex where it left.
        let detour: Vec<[f64; 2]> = around.chain([outer[at]]).collect();
        let tail = outer.split_off(at + 1);
        outer.extend(detour);
        outer.extend(tail);
    }
    outer
}

/// The nearest pair of a ring's vertex and a hole's that see each other: `(vertex of the ring, hole,
/// its vertex)`; the nearest of all where none do.
fn shortest_channel(ring: &[[f64; 2]], holes: &[Vec<[f64; 2]>]) -> Option<(usize, usize, usize)> {
    let free = |from, to| is_free(from, to, ring) && holes.iter().all(|h| is_free(from, to, h));
    nearest_pair(ring, holes, free).or_else(|| nearest_pair(ring, holes, |_, _| true))
}

fn nearest_pair(
    ring: &[[f64; 2]],
    holes: &[Vec<[f64; 2]>],
    is_free: impl Fn([f64; 2], [f64; 2]) -> bool,
) -> Option<(usize, usize, usize)> {
    let mut best: Option<(f64, (usize, usize, usize))> = None;
    for (h, hole) in holes.iter().enumerate() {
        for (b, to) in hole.iter().enumerate() {
            for (a, from) in ring.iter().enumerate() {
                let length = (from[0] - to[0]).hypot(from[1] - to[1]);
                let is_shorter = best.is_none_or(|(shortest, _)| length < shortest);
                if is_shorter && is_free(*from, *to) {
                    best = Some((length, (a, h, b)));
                }
            }
        }
    }
    best.map(|(_, channel)| channel)
}

/// Whether a channel meets no edge of a ring but those that it starts or ends at.
fn is_free(from: [f64; 2], to: [f64; 2], ring: &[[f64; 2]]) -> bool {
    let channel = Line::new(from, to);
    edges(ring).all(|(a, b)| {
        let has_end = [a, b].iter().any(|p| *p == from || *p == to);
        has_end || !channel.intersects(&Line::new(a, b))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A long hole lies between a small one and the border; its vertices are far away.
    #[test]
    fn a_channel_crosses_no_long_edge() {
        let rect =
            |i: [f64; 2], j: [f64; 2]| vec![[i[0], j[0]], [i[1], j[0]], [i[1], j[1]], [i[0], j[1]]];
        let region = PlanarRegion {
            outer: vec![
                [0.0, 0.0],
                [30.0, 0.0],
                [60.0, 0.0],
                [60.0, 60.0],
                [0.0, 60.0],
            ],
            holes: vec![
                rect([29.0, 31.0], [8.0, 10.0]),
                rect([5.0, 55.0], [4.0, 5.0]),
            ],
        };
        let holes = region.holes.clone();
        let ring = join_holes(region);
        assert_eq!(ring.len(), 5 + 2 * (4 + 2));
        // Channels are the edges that are walked both ways.
        let all: Vec<_> = edges(&ring).collect();
        let channels: Vec<_> = all
            .iter()
            .filter(|(a, b)| all.contains(&(*b, *a)))
            .collect();
        assert_eq!(channels.len(), 4);
        for (from, to) in channels {
            for hole in &holes {
                assert!(
                    is_free(*from, *to, hole),
                    "{from:?} {to:?} crosses {hole:?}"
                );
            }
        }
    }
}
