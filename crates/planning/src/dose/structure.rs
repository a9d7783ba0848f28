//! An organ as pieces of volume at points, for sampling a dose.

use isoboost_volume::{
    Contour, Grid, IndexBox, Mask, polygon_volume_ml, rasterise, resample_trilinear,
    sample_trilinear, signed_distance,
};
use nalgebra::{Point3, Vector3};
use rayon::prelude::*;

/// Size in mm of the pieces of organs up to a volume in mL: some ten thousand pieces for any organ.
const PIECES_MM: [(f64, f64); 2] = [(100.0, 1.0), (500.0, 2.0)];
/// … and of larger ones, mm.
const LARGE_PIECE_MM: f64 = 3.0;
/// A piece at the border of a mask is looked at in so many parts along each axis.
const PARTS: usize = 3;
/// … and one at a contour in so many within its plane: about 0.2 mm.
const PLANAR_PARTS: usize = 6;
/// Contours nearer than this lie in one plane, mm.
const PLANE_TOLERANCE_MM: f64 = 0.05;

/// A piece of an organ.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Piece {
    /// Middle of what of the piece belongs to the organ, LPS.
    pub at: Point3<f64>,
    /// Its volume, mL.
    pub ml: f64,
    /// Its extent along slices, rows and columns of the images, mm.
    pub size_mm: [f64; 3],
}

/// An organ as pieces of about 1 mm, 2 or 3 mm where it is large; of a piece that its border cuts, the
/// part inside counts, at that part's middle.
#[derive(Debug, Clone, PartialEq)]
pub struct Structure {
    pieces: Vec<Piece>,
    axes: [Vector3<f64>; 3],
}

impl Structure {
    /// The structure that closed contours enclose, by the even-odd rule, each a slab as thick as
    /// its planes are apart. `images` says along which axes; `None` when nothing is enclosed.
    pub fn from_contours(contours: &[Contour], images: &Grid) -> Option<Self> {
        let planes = planes(contours, images)?;
        let points: Vec<Point3<f64>> = contours.iter().flat_map(|c| c.points.clone()).collect();
        let (low, high) = extent(&points, images)?;
        let [dk, _, _] = images.spacing();
        let thickness = planes.thickness_mm;
        let size = piece_mm(polygon_volume_ml(contours, thickness));
        let [_, dj, di] = images.spacing();
        let along = |a: usize, spacing: f64| {
            let cell = cell_mm(spacing, size);
            let first = (low[a] - 0.5).floor() * spacing;
            let n = ((high[a] * spacing - first) / cell).ceil() as usize + 1;
            (first, cell, n)
        };
        let (first_j, cell_j, nj) = along(1, dj);
        let (first_i, cell_i, ni) = along(2, di);
        let parts = PLANAR_PARTS as f64;
        let fine = Grid::new(
            [planes.n, nj * PLANAR_PARTS, ni * PLANAR_PARTS],
            [thickness, cell_j / parts, cell_i / parts],
            images.lps_from_index([
                planes.first_mm / dk,
                (first_j + cell_j / parts / 2.0) / dj,
                (first_i + cell_i / parts / 2.0) / di,
            ]),
            images.axes(),
        )
        .ok()?;
        let inside = rasterise(contours, &fine);
        let slabs = (thickness / size).ceil().max(1.0) as usize;
        Self::of_pieces(slab_pieces(&inside, [nj, ni], slabs), images.axes())
    }

    /// The structure inside a mask of any grid, its border halfway between voxels of both kinds;
    /// `None` when nothing is set.
    pub fn from_mask(mask: &Mask, images: &Grid) -> Option<Self> {
        let depth = signed_distance(&with_border(mask)?);
        let (low, high) = extent(&depth.grid().corners(), images)?;
        let size = piece_mm(mask.volume_ml());
        let spacing = images.spacing();
        let cells = spacing.map(|s| cell_mm(s, size));
        let first = [0, 1, 2].map(|a| (low[a] - 0.5).floor() * spacing[a] + cells[a] / 2.0);
        let shape = [0, 1, 2].map(|a| {
            let length = high[a] * spacing[a] - first[a];
            (length / cells[a]).ceil().max(0.0) as usize + 1
        });
        let origin = images.lps_from_index([0, 1, 2].map(|a| first[a] / spacing[a]));
        let lattice = Grid::new(shape, cells, origin, images.axes()).ok()?;
        // Across a border the distance changes twice as fast as elsewhere.
        let surely = Vector3::from(cells).norm();
        let at_middles = resample_trilinear(&depth, &lattice, f32::MAX);
        let piece = |cell: [usize; 3]| {
            let at = lattice.center_of(cell);
            let value = f64::from(at_middles[cell]);
            if value.abs() > surely {
                return (value < 0.0).then(|| Piece {
                    at,
                    ml: lattice.voxel_volume_ml(),
                    size_mm: lattice.spacing(),
                });
            }
            border_piece(&lattice, cell, |p| {
                sample_trilinear(&depth, p, f32::MAX) <= 0.0
            })
        };
        let [nk, nj, ni] = shape;
        let slices: Vec<Vec<Piece>> = (0..nk)
            .into_par_iter()
            .map(|k| {
                let cells = (0..nj).flat_map(|j| (0..ni).map(move |i| [k, j, i]));
                cells.filter_map(piece).collect()
            })
            .collect();
        Self::of_pieces(slices.concat(), images.axes())
    }

    fn of_pieces(pieces: Vec<Piece>, axes: [Vector3<f64>; 3]) -> Option<Self> {
        (!pieces.is_empty()).then_some(Self { pieces, axes })
    }

    /// LPS directions of the sides of the pieces: those of slices, rows and columns of the images.
    pub fn axes(&self) -> [Vector3<f64>; 3] {
        self.axes
    }

    /// The pieces, slice by slice.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// Volume, mL.
    pub fn volume_ml(&self) -> f64 {
        self.pieces.iter().map(|p| p.ml).sum()
    }

    /// The pieces whose middles fulfil a condition; `None` when none does.
    #[must_use]
    pub fn only(&self, keep: impl Fn(Point3<f64>) -> bool) -> Option<Self> {
        let kept = self.pieces.iter().filter(|p| keep(p.at)).copied();
        Self::of_pieces(kept.collect(), self.axes)
    }
}

fn piece_mm(ml: f64) -> f64 {
    let sizes = PIECES_MM.iter().find(|(most_ml, _)| ml <= *most_ml);
    sizes.map_or(LARGE_PIECE_MM, |(_, mm)| *mm)
}

/// A cell of about `size` that divides a voxel or is made of whole ones.
fn cell_mm(spacing: f64, size: f64) -> f64 {
    if spacing > size {
        spacing / (spacing / size).ceil()
    } else {
        spacing * (size / spacing).round().max(1.0)
    }
}

/// Lowest and highest index of points, in voxels of a grid.
fn extent(points: &[Point3<f64>], grid: &Grid) -> Option<([f64; 3], [f64; 3])> {
    let mut low = [f64::INFINITY; 3];
    let mut high = [f64::NEG_INFINITY; 3];
    for point in points {
        let index = grid.index_from_lps(*point);
        for a in 0..3 {
            low[a] = low[a].min(index[a]);
            high[a] = high[a].max(index[a]);
        }
    }
    low.iter()
        .chain(&high)
        .all(|v| v.is_finite())
        .then_some((low, high))
}

/// The planes of contours along the slice axis of a grid.
struct PlaneStack {
    first_mm: f64,
    thickness_mm: f64,
    n: usize,
}

fn planes(contours: &[Contour], images: &Grid) -> Option<PlaneStack> {
    let dk = images.spacing()[0];
    let height = |c: &Contour| {
        let sum: f64 = c.points.iter().map(|p| images.index_from_lps(*p)[0]).sum();
        dk * sum / c.points.len() as f64
    };
    let mut heights: Vec<f64> = contours.iter().map(height).collect();
    heights.retain(|h| h.is_finite());
    heights.sort_by(f64::total_cmp);
    heights.dedup_by(|b, a| *b - *a < PLANE_TOLERANCE_MM);
    let (first, last) = (*heights.first()?, *heights.last()?);
    let mut steps: Vec<f64> = heights.windows(2).map(|w| w[1] - w[0]).collect();
    steps.sort_by(f64::total_cmp);
    // The lower of two in the middle: left out slices only make steps larger.
    let thickness = steps.get(steps.len().saturating_sub(1) / 2).copied();
    let thickness_mm = thickness.unwrap_or(dk);
    Some(PlaneStack {
        first_mm: first,
        thickness_mm,
        n: ((last - first) / thickness_mm).round() as usize + 1,
    })
}

/// Pieces of slabs: cells of [`PLANAR_PARTS`] by [`PLANAR_PARTS`] pixels, each slab cut into `slabs`.
fn slab_pieces(inside: &Mask, [nj, ni]: [usize; 2], slabs: usize) -> Vec<Piece> {
    let grid = inside.grid();
    let part_ml = grid.voxel_volume_ml() / slabs as f64;
    let [dk, dj, di] = grid.spacing();
    let slices: Vec<Vec<Piece>> = (0..grid.shape()[0])
        .into_par_iter()
        .map(|k| {
            let mut pieces = Vec::new();
            for (j, i) in (0..nj).flat_map(|j| (0..ni).map(move |i| (j, i))) {
                let (mut sum_j, mut sum_i, mut n) = (0.0, 0.0, 0.0);
                for (pj, pi) in
                    (0..PLANAR_PARTS).flat_map(|pj| (0..PLANAR_PARTS).map(move |pi| (pj, pi)))
                {
                    let (pj, pi) = (j * PLANAR_PARTS + pj, i * PLANAR_PARTS + pi);
                    if inside[[k, pj, pi]] {
                        sum_j += pj as f64;
                        sum_i += pi as f64;
                        n += 1.0;
                    }
                }
                if n == 0.0 {
                    continue;
                }
                for slab in 0..slabs {
                    let height = (slab as f64 + 0.5) / slabs as f64 - 0.5;
                    pieces.push(Piece {
                        at: grid.lps_from_index([k as f64 + height, sum_j / n, sum_i / n]),
                        ml: n * part_ml,
                        size_mm: [dk / slabs as f64, dj * n.sqrt(), di * n.sqrt()],
                    });
                }
            }
            pieces
        })
        .collect();
    slices.concat()
}

/// The part of a cell that lies inside.
fn border_piece(
    lattice: &Grid,
    cell: [usize; 3],
    is_inside: impl Fn(Point3<f64>) -> bool,
) -> Option<Piece> {
    let mut sum = Vector3::zeros();
    let mut n = 0;
    let parts = IndexBox {
        min: [0; 3],
        max: [PARTS - 1; 3],
    };
    for part in parts.voxels() {
        let offset = part.map(|p| (p as f64 + 0.5) / PARTS as f64 - 0.5);
        let at = lattice.lps_from_index([0, 1, 2].map(|a| cell[a] as f64 + offset[a]));
        if is_inside(at) {
            sum += at.coords;
            n += 1;
        }
    }
    let share = f64::from(n) / (PARTS * PARTS * PARTS) as f64;
    (n > 0).then(|| Piece {
        at: (sum / f64::from(n)).into(),
        ml: share * lattice.voxel_volume_ml(),
        // Which way it is cut is not told apart.
        size_mm: lattice.spacing().map(|s| s * share.cbrt()),
    })
}

/// The voxels set, on a grid with unset voxels around them.
fn with_border(mask: &Mask) -> Option<Mask> {
    let bounds = mask.bounding_box()?;
    let grid = mask.grid();
    let origin = grid.lps_from_index([0, 1, 2].map(|a| bounds.min[a] as f64 - 2.0));
    let shape = bounds.shape().map(|n| n + 4);
    let room = Grid::new(shape, grid.spacing(), origin, grid.axes()).ok()?;
    Some(Mask::from_fn(room, |voxel| {
        let inner = [0, 1, 2].map(|a| (voxel[a] + bounds.min[a]).checked_sub(2));
        match inner {
            [Some(k), Some(j), Some(i)] => bounds.contains([k, j, i]) && mask[[k, j, i]],
            _ => false,
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn images() -> Grid {
        Grid::axis_aligned(
            [60, 100, 100],
            [3.0, 0.9, 0.9],
            Point3::new(-45.0, -40.0, -90.0),
        )
        .unwrap()
    }

    /// A circle of `radius` on each slice where a ball of it is cut.
    fn ball_contours(center: Point3<f64>, radius: f64, images: &Grid) -> Vec<Contour> {
        let mut contours = Vec::new();
        for k in 0..images.shape()[0] {
            let z = images.center_of([k, 0, 0]).z;
            let squared = radius * radius - (z - center.z).powi(2);
            if squared <= 0.0 {
                continue;
            }
            let points = (0..180).map(|n| {
                let angle = f64::from(n).to_radians() * 2.0;
                let r = squared.sqrt();
                Point3::new(center.x + r * angle.cos(), center.y + r * angle.sin(), z)
            });
            contours.push(Contour {
                slice: Some(k),
                points: points.collect(),
            });
        }
        contours
    }

    fn middle(structure: &Structure) -> Point3<f64> {
        let sum = structure
            .pieces()
            .iter()
            .fold(Vector3::zeros(), |sum, p| sum + p.at.coords * p.ml);
        (sum / structure.volume_ml()).into()
    }

    #[test]
    fn contours_have_the_volume_of_their_slabs() {
        let images = images();
        let center = Point3::new(1.3, 2.7, 0.0);
        let contours = ball_contours(center, 20.0, &images);
        let structure = Structure::from_contours(&contours, &images).unwrap();
        let slabs: f64 = contours
            .iter()
            .map(|c| {
                let r = (c.points[0] - Point3::new(center.x, center.y, c.points[0].z)).norm();
                // The polygon's area, 0.02 % below the circle's.
                180.0 / 2.0 * r * r * 2.0_f64.to_radians().sin() * 3.0 / 1000.0
            })
            .sum();
        let found = structure.volume_ml();
        // Parts of 0.3 mm at a border of 126 mm.
        assert!((found / slabs - 1.0).abs() < 2e-3, "{found} {slabs}");
        assert!((middle(&structure) - center).norm() < 0.05);
    }

    #[test]
    fn contours_on_thicker_slices_than_the_images_leave_no_gap() {
        let images = images();
        let contours: Vec<Contour> = ball_contours(Point3::new(0.0, 0.0, 0.0), 20.0, &images)
            .into_iter()
            .step_by(2)
            .map(|c| Contour { slice: None, ..c })
            .collect();
        let structure = Structure::from_contours(&contours, &images).unwrap();
        let ball = 4.0 / 3.0 * std::f64::consts::PI * 8.0;
        // Slabs of 6 mm instead of a ball: some per cent.
        assert!((structure.volume_ml() / ball - 1.0).abs() < 0.03);
    }

    #[test]
    fn a_mask_of_coarse_voxels_has_its_volume_and_place() {
        let images = images();
        let grid = Grid::axis_aligned([40; 3], [4.0; 3], Point3::new(-70.0, -70.0, -70.0)).unwrap();
        let center = Point3::new(3.0, -5.0, 8.0);
        let ball = Mask::from_fn(grid.clone(), |v| {
            (grid.center_of(v) - center).norm() <= 30.0
        });
        let structure = Structure::from_mask(&ball, &images).unwrap();
        let expected = ball.volume_ml();
        let found = structure.volume_ml();
        assert!((found / expected - 1.0).abs() < 0.01, "{found} {expected}");
        assert!((middle(&structure) - center).norm() < 0.2);
        let left = structure.only(|p| p.x > center.x).unwrap();
        assert!((left.volume_ml() / found - 0.5).abs() < 0.02);
    }

    #[test]
    fn a_mask_that_fills_its_grid_keeps_its_border() {
        let images = images();
        let grid = Grid::axis_aligned([10, 20, 20], [3.0, 0.9, 0.9], Point3::origin()).unwrap();
        let full = Mask::filled(grid, true);
        let structure = Structure::from_mask(&full, &images).unwrap();
        assert!((structure.volume_ml() / full.volume_ml() - 1.0).abs() < 0.01);
        assert!(Structure::from_mask(&Mask::empty(full.grid().clone()), &images).is_none());
    }
}
