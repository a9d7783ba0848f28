//! The surface of an outline as a closed mesh of triangles.

use super::cube::{Edge, TRIANGLES};
use super::field::Field;

/// A corner of the mesh: a point on an edge of the lattice.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Vertex {
    /// The point of the lattice at the near end of the edge.
    pub(super) from: [usize; 3],
    /// The axis of the edge.
    pub(super) axis: usize,
    /// Position in mm along the array's axes from the first point of the lattice.
    pub(super) at: [f64; 3],
}

/// A closed surface; every edge belongs to two triangles.
#[derive(Debug, Default)]
pub(super) struct Mesh {
    pub(super) vertices: Vec<Vertex>,
    pub(super) triangles: Vec<[u32; 3]>,
}

/// The volume and the area of a mesh.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Extent {
    pub(super) volume_mm3: f64,
    pub(super) area_mm2: f64,
}

/// No vertex on this edge yet.
const NONE: u32 = u32::MAX;

/// The numbers of the vertices on the edges that start at two neighbouring slices of the lattice.
struct EdgeNumbers {
    width: usize,
    /// `[slice % 2][axis][place in the slice]`.
    numbers: [[Vec<u32>; 3]; 2],
}

impl Mesh {
    /// The zero level of a field by marching cubes, linear along the edges of the lattice
    /// (Lorensen and Cline 1987, 10.1145/37402.37422, with a table that closes every surface).
    pub(super) fn of(field: &Field) -> Self {
        let [nk, nj, ni] = field.shape;
        let fresh = || [(); 3].map(|()| vec![NONE; nj * ni]);
        let mut edges = EdgeNumbers {
            width: ni,
            numbers: [fresh(), fresh()],
        };
        let mut mesh = Self::default();
        for k in 0..nk - 1 {
            edges.numbers[(k + 1) % 2]
                .iter_mut()
                .for_each(|n| n.fill(NONE));
            let slices = [field.slice(k), field.slice(k + 1)];
            for j in 0..nj - 1 {
                let row = j * ni;
                // Corners of a cube that two columns share are read once.
                let column = |i: usize| {
                    let bit = |s: usize, r: usize| usize::from(slices[s][row + r * ni + i] <= 0.0);
                    bit(0, 0) | bit(1, 0) << 1 | bit(0, 1) << 2 | bit(1, 1) << 3
                };
                let mut near = column(0);
                for i in 0..ni - 1 {
                    let far = column(i + 1);
                    let inside = near | far << 4;
                    near = far;
                    for triangle in &TRIANGLES[inside] {
                        let corners =
                            triangle.map(|e| mesh.vertex(field, &mut edges, [k, j, i], e));
                        mesh.triangles.push(corners);
                    }
                }
            }
        }
        mesh
    }

    /// The number of the vertex on an edge of the cube at `cell`.
    fn vertex(
        &mut self,
        field: &Field,
        edges: &mut EdgeNumbers,
        cell: [usize; 3],
        edge: Edge,
    ) -> u32 {
        let from = [0, 1, 2].map(|a| cell[a] + (edge.corner >> a & 1));
        let number = &mut edges.numbers[from[0] % 2][edge.axis][from[1] * edges.width + from[2]];
        if *number == NONE {
            *number = self.vertices.len() as u32;
            let mut to = from;
            to[edge.axis] += 1;
            let (near, far) = (f64::from(field.at(from)), f64::from(field.at(to)));
            let mut index = from.map(|n| n as f64);
            // One is inside (≤ 0) and the other outside (> 0), so that they are never equal.
            index[edge.axis] += near / (near - far);
            self.vertices.push(Vertex {
                from,
                axis: edge.axis,
                at: [0, 1, 2].map(|a| index[a] * field.spacing[a]),
            });
        }
        *number
    }

    /// Volume by the divergence theorem and area, both exact for the mesh.
    pub(super) fn extent(&self) -> Extent {
        // Near the mesh, so that little is lost to rounding.
        let origin = self.vertices.first().map_or([0.0; 3], |v| v.at);
        let mut extent = Extent {
            volume_mm3: 0.0,
            area_mm2: 0.0,
        };
        for triangle in &self.triangles {
            let [a, b, c] = triangle.map(|n| minus(self.vertices[n as usize].at, origin));
            extent.volume_mm3 += dot(a, cross(b, c)) / 6.0;
            let normal = cross(minus(b, a), minus(c, a));
            extent.area_mm2 += dot(normal, normal).sqrt() / 2.0;
        }
        extent
    }
}

impl Extent {
    /// Area of the sphere of the same volume by the area of this one: 1 for a sphere, less for
    /// everything else (IBSI QCFX). `None` for a body without volume.
    pub(super) fn sphericity(&self) -> Option<f64> {
        (self.volume_mm3 > 0.0)
            .then(|| (36.0 * std::f64::consts::PI * self.volume_mm3.powi(2)).cbrt() / self.area_mm2)
    }

    /// Area by volume in 1/mm (IBSI 2PR5); `None` for a body without volume.
    pub(super) fn surface_to_volume(&self) -> Option<f64> {
        (self.volume_mm3 > 0.0).then(|| self.area_mm2 / self.volume_mm3)
    }
}

pub(super) fn minus(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

pub(super) fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    ]
}
