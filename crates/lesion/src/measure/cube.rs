//! How a surface passes through a cube whose corners lie inside or outside: the 256 cases of
//! marching cubes, derived from the faces of the cube.
//!
//! A corner is a number of three bits, bit `a` set where it lies at the far end of axis `a` of the
//! array. An edge is its axis and its corner at the near end.

use std::sync::LazyLock;

/// An edge of the cube.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Edge {
    pub(super) axis: usize,
    /// The corner at its near end.
    pub(super) corner: usize,
}

/// Triangles by the set of corners inside, bit `c` for corner `c`; they turn counter-clockwise
/// seen from outside in a right-handed drawing of the array's axes.
pub(super) static TRIANGLES: LazyLock<Vec<Vec<[Edge; 3]>>> =
    LazyLock::new(|| (0..256).map(triangles).collect());

/// Cost of a diagonal that lies in a face of the cube: the cube beyond could draw it too, and then
/// four triangles would meet at it.
const IN_FACE: f64 = 1000.0;

impl Edge {
    /// The edge between two neighbouring corners.
    fn between(a: usize, b: usize) -> Self {
        Self {
            axis: (a ^ b).trailing_zeros() as usize,
            corner: a & b,
        }
    }

    /// Its middle in units of the cube, doubled.
    fn middle(self) -> [usize; 3] {
        [0, 1, 2].map(|a| {
            if a == self.axis {
                1
            } else {
                2 * (self.corner >> a & 1)
            }
        })
    }

    /// What a diagonal between the middles costs: less the longer it is, [`IN_FACE`] in a face.
    fn diagonal(self, other: Self) -> f64 {
        let (a, b) = (self.middle(), other.middle());
        if (0..3).any(|n| a[n] == b[n] && a[n] != 1) {
            return IN_FACE;
        }
        -(0..3)
            .map(|n| (a[n] as f64 - b[n] as f64).powi(2))
            .sum::<f64>()
    }
}

fn triangles(inside: usize) -> Vec<[Edge; 3]> {
    let mut segments: Vec<(Edge, Edge)> = faces()
        .iter()
        .flat_map(|face| segments_of(face, inside))
        .collect();
    let mut all = Vec::new();
    while let Some((start, mut end)) = segments.pop() {
        let mut ring = vec![start];
        // Each crossed edge ends one segment and starts another: it lies on two faces, which turn
        // against each other along it.
        while let Some(next) = segments.iter().position(|(from, _)| *from == end) {
            ring.push(end);
            end = segments.swap_remove(next).1;
        }
        all.extend(best_triangles(&ring));
    }
    all
}

/// The corners of the six faces, counter-clockwise seen from outside.
fn faces() -> Vec<[usize; 4]> {
    let mut faces = Vec::with_capacity(6);
    for axis in 0..3 {
        let (b, c) = (1 << ((axis + 1) % 3), 1 << ((axis + 2) % 3));
        faces.push([0, c, b + c, b]);
        faces.push([0, b, b + c, c].map(|corner| corner + (1 << axis)));
    }
    faces
}

/// Where the surface crosses a face. Two corners inside at opposite ends of a face are joined: the
/// corners outside are cut off, each for itself, on both sides of the face.
fn segments_of(face: &[usize; 4], inside: usize) -> Vec<(Edge, Edge)> {
    let is_inside = |n: usize| inside >> face[n % 4] & 1 == 1;
    let edge = |n: usize| Edge::between(face[n % 4], face[(n + 1) % 4]);
    let leaves = (0..4).filter(|n| is_inside(*n) && !is_inside(n + 1));
    let cut = leaves.map(|n| {
        // On over the corners outside, to where the inside is entered again.
        let entered = (n + 1..n + 4).find(|m| is_inside(m + 1));
        (edge(entered.unwrap_or(n)), edge(n))
    });
    cut.collect()
}

/// The triangles of a ring with the longest diagonals that leave the faces alone. They run through
/// the middle of the cube, as those of the usual tables; a ring is not flat, and other diagonals
/// take about 1 % off the volume of a surface halfway between voxels.
fn best_triangles(ring: &[Edge]) -> Vec<[Edge; 3]> {
    let n = ring.len();
    let side = |a: usize, b: usize| {
        if b - a == 1 || b - a == n - 1 {
            0.0
        } else {
            ring[a].diagonal(ring[b])
        }
    };
    // cost[a][b] of the polygon from a to b, and the corner of the triangle on its long side.
    let mut cost = vec![vec![(0.0, 0); n]; n];
    for length in 2..n {
        for a in 0..n - length {
            let b = a + length;
            let with = |m: usize| cost[a][m].0 + cost[m][b].0 + side(a, m) + side(m, b);
            let choices = (a + 1..b).map(|m| (with(m), m));
            cost[a][b] = choices.fold((f64::INFINITY, a), |best, next| {
                if next.0 < best.0 { next } else { best }
            });
        }
    }
    let mut triangles = Vec::with_capacity(n.saturating_sub(2));
    let mut open = vec![(0, n - 1)];
    while let Some((a, b)) = open.pop() {
        if b - a > 1 {
            let m = cost[a][b].1;
            triangles.push([ring[a], ring[m], ring[b]]);
            open.extend([(a, m), (m, b)]);
        }
    }
    triangles
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_corner_is_one_triangle_and_a_half_space_two() {
        assert_eq!(TRIANGLES[0].len(), 0);
        assert_eq!(TRIANGLES[1].len(), 1);
        assert_eq!(TRIANGLES[0b0000_1111].len(), 2);
        assert_eq!(TRIANGLES[255].len(), 0);
    }

    #[test]
    fn no_diagonal_lies_in_a_face() {
        for inside in 0..256 {
            let segments: Vec<_> = faces()
                .iter()
                .flat_map(|face| segments_of(face, inside))
                .collect();
            for [a, b, c] in &TRIANGLES[inside] {
                for side in [(*a, *b), (*b, *c), (*c, *a)] {
                    let is_segment = segments.contains(&side);
                    let in_face = side.0.diagonal(side.1) == IN_FACE;
                    assert!(is_segment || !in_face, "case {inside:08b}");
                }
            }
        }
    }
}
