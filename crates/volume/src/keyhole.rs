//! Holes as part of one ring.

use crate::PlanarRegion;

/// Joins the holes of a region to its outer ring: from a vertex of the ring along a channel to the
/// hole, around it, and back along the same two points.
///
/// Always the nearest hole is joined next, by the shortest way, so that no channel crosses another
/// hole.
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

/// The nearest pair of a ring's vertex and a hole's: `(vertex of the ring, hole, its vertex)`.
fn shortest_channel(ring: &[[f64; 2]], holes: &[Vec<[f64; 2]>]) -> Option<(usize, usize, usize)> {
    let mut best: Option<(f64, (usize, usize, usize))> = None;
    for (h, hole) in holes.iter().enumerate() {
        for (b, to) in hole.iter().enumerate() {
            for (a, from) in ring.iter().enumerate() {
                let length = (from[0] - to[0]).hypot(from[1] - to[1]);
                if best.is_none_or(|(shortest, _)| length < shortest) {
                    best = Some((length, (a, h, b)));
                }
            }
        }
    }
    best.map(|(_, channel)| channel)
}
