//! How near organs are to a boost.

use isoboost_volume::{
    Grid, Mask, Volume, distance_outside, resample_trilinear, sample_trilinear,
    sample_trilinear_at_index, signed_distance,
};
use nalgebra::Point3;
use rayon::prelude::*;

use super::structure::Structure;

/// Margins around a PTV that its overlap with organs is told for, mm.
pub const MARGINS_MM: [f64; 5] = [0.0, 3.0, 5.0, 10.0, 20.0];

/// Distances are exact to a voxel of this size up to [`NEAR_MM`], mm.
const NEAR_VOXEL_MM: f64 = 1.0;
const NEAR_MM: f64 = 26.0;
/// Beyond it they are known to a part of this size, mm.
const FAR_VOXEL_MM: f64 = 4.0;

/// Distance from the surface of a PTV.
#[derive(Debug, Clone)]
pub(crate) struct DistanceField {
    /// Signed distance between voxel centres, around the PTV.
    near: Volume<f32>,
    /// Distance between voxel centres, as far as the organs reach.
    far: Volume<f32>,
}

/// How near an organ is to a PTV.
#[derive(Debug, Clone, PartialEq)]
pub struct Proximity {
    /// Distance of the surfaces, mm; 0 where they overlap.
    pub distance_mm: f64,
    /// Volume of the organ in mL inside the PTV grown by each of [`MARGINS_MM`].
    pub overlap_ml: [f64; MARGINS_MM.len()],
}

impl Proximity {
    /// How near an organ is whose pieces lie at these distances, mm, of the PTV's surface.
    pub(crate) fn of(organ: &Structure, distances: &[f64]) -> Self {
        let mut proximity = Self {
            distance_mm: f64::INFINITY,
            overlap_ml: [0.0; MARGINS_MM.len()],
        };
        for (piece, distance) in organ.pieces().iter().zip(distances) {
            proximity.distance_mm = proximity.distance_mm.min(distance.max(0.0));
            for (overlap, margin) in proximity.overlap_ml.iter_mut().zip(MARGINS_MM) {
                if *distance <= margin {
                    *overlap += piece.ml;
                }
            }
        }
        proximity
    }
}

impl DistanceField {
    /// The field of a PTV that reaches all `organs`; `None` for an empty PTV.
    pub(crate) fn around(ptv: &Mask, organs: &[&Structure]) -> Option<Self> {
        let own: Vec<Point3<f64>> = ptv.voxels().map(|v| ptv.grid().center_of(v)).collect();
        let inner = signed_distance(&grown(ptv, 2)?);
        let grid = lattice(&own, ptv.grid(), NEAR_MM, NEAR_VOXEL_MM)?;
        let inside = resample_trilinear(&inner, &grid, f32::MAX).map(|mm| *mm <= 0.0);
        let near = signed_distance(&inside);
        let corners = organs.iter().flat_map(|organ| corners(organ));
        let all: Vec<Point3<f64>> = own.iter().copied().chain(corners).collect();
        let grid = lattice(&all, ptv.grid(), FAR_VOXEL_MM, FAR_VOXEL_MM)?;
        let mut inside = resample_trilinear(&near, &grid, f32::MAX).map(|mm| *mm <= 0.0);
        // A PTV thinner than a voxel is that of its middle.
        if let Some(voxel) = ptv.centroid().and_then(|p| grid.voxel_at(p)) {
            inside[voxel] = true;
        }
        Some(Self {
            near,
            far: distance_outside(&inside),
        })
    }

    /// Distance in mm of a point from the PTV's surface, negative inside.
    pub(crate) fn at(&self, point: Point3<f64>) -> f64 {
        let index = self.near.grid().index_from_lps(point);
        let shape = self.near.grid().shape();
        let is_near = (0..3).all(|a| index[a] >= 0.0 && index[a] <= (shape[a] - 1) as f64);
        if is_near {
            let between = f64::from(sample_trilinear_at_index(&self.near, index, f32::MAX));
            return from_surface(between, self.near.grid());
        }
        let between = f64::from(sample_trilinear(&self.far, point, f32::MAX));
        from_surface(between, self.far.grid()).max(0.0)
    }

    /// Distance in mm of the middle of each piece of an organ from the PTV's surface, negative
    /// inside.
    pub(crate) fn distances(&self, organ: &Structure) -> Vec<f64> {
        let pieces = organ.pieces().par_iter();
        pieces.map(|piece| self.at(piece.at)).collect()
    }
}

/// From the distance to the nearest voxel centre of the other kind to that from the surface
/// halfway between both: half a voxel less, and half of it next to the surface.
fn from_surface(between_centers: f64, grid: &Grid) -> f64 {
    let voxel = grid.spacing().iter().sum::<f64>() / 3.0;
    if between_centers.abs() <= voxel {
        return between_centers / 2.0;
    }
    between_centers - voxel / 2.0 * between_centers.signum()
}

/// A grid of nearly cubic voxels over points with a margin, along the axes of another.
fn lattice(points: &[Point3<f64>], like: &Grid, margin_mm: f64, voxel_mm: f64) -> Option<Grid> {
    let spacing = like.spacing();
    let mut low = [f64::INFINITY; 3];
    let mut high = [f64::NEG_INFINITY; 3];
    for point in points {
        let index = like.index_from_lps(*point);
        for a in 0..3 {
            low[a] = low[a].min(index[a] * spacing[a] - margin_mm);
            high[a] = high[a].max(index[a] * spacing[a] + margin_mm);
        }
    }
    if points.is_empty() {
        return None;
    }
    let shape = [0, 1, 2].map(|a| ((high[a] - low[a]) / voxel_mm).ceil() as usize + 1);
    let origin = like.lps_from_index([0, 1, 2].map(|a| low[a] / spacing[a]));
    Grid::new(shape, [voxel_mm; 3], origin, like.axes()).ok()
}

/// The corners of the box around a structure.
fn corners(organ: &Structure) -> [Point3<f64>; 2] {
    let start = [f64::INFINITY, f64::NEG_INFINITY].map(|v| Point3::new(v, v, v));
    organ.pieces().iter().fold(start, |[low, high], piece| {
        [low.inf(&piece.at), high.sup(&piece.at)]
    })
}

/// A mask with `steps` more unset voxels on every side.
fn grown(mask: &Mask, steps: usize) -> Option<Mask> {
    let grid = mask.grid();
    let origin = grid.lps_from_index([-(steps as f64); 3]);
    let shape = grid.shape().map(|n| n + 2 * steps);
    let room = Grid::new(shape, grid.spacing(), origin, grid.axes()).ok()?;
    let inner = mask.grid().full_box();
    Some(Mask::from_fn(room, |voxel| {
        let [k, j, i] = voxel.map(|v| v.checked_sub(steps));
        match (k, j, i) {
            (Some(k), Some(j), Some(i)) => inner.contains([k, j, i]) && mask[[k, j, i]],
            _ => false,
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ball(center: Point3<f64>, radius: f64) -> Mask {
        let grid = Grid::axis_aligned(
            [40, 90, 90],
            [3.0, 1.0, 1.0],
            Point3::new(-45.0, -45.0, -60.0),
        )
        .unwrap();
        Mask::from_fn(grid.clone(), |v| {
            (grid.center_of(v) - center).norm() <= radius
        })
    }

    #[test]
    fn the_distance_from_a_ball_is_that_from_its_surface() {
        let center = Point3::new(2.0, -3.0, 1.0);
        let ptv = ball(center, 14.0);
        let far_organ = ball(Point3::new(30.0, 30.0, 40.0), 10.0);
        let organ = Structure::from_mask(&far_organ, ptv.grid()).unwrap();
        let field = DistanceField::around(&ptv, &[&organ]).unwrap();
        for (direction, tolerance) in [
            ([1.0, 0.0, 0.0], 0.6),
            ([0.0, -1.0, 0.0], 0.6),
            ([0.0, 0.0, 1.0], 1.2),
        ] {
            let direction = nalgebra::Vector3::from(direction);
            for radius in [14.0, 15.0, 20.0, 30.0] {
                let found = field.at(center + direction * radius);
                let expected = radius - 14.0;
                // Slices of 3 mm at the poles.
                assert!(
                    (found - expected).abs() < tolerance,
                    "{found} {expected} {direction}"
                );
            }
        }
        // Beyond the near part, to a part of its voxels.
        let far = Point3::new(30.0, 30.0, 40.0);
        let expected = (far - center).norm() - 14.0;
        assert!((field.at(far) - expected).abs() < 2.0);
    }

    #[test]
    fn overlaps_grow_with_the_margin() {
        // Two balls of 14 and 10 mm whose surfaces are 4 mm apart.
        let ptv = ball(Point3::new(-10.0, 0.0, 0.0), 14.0);
        let organ = ball(Point3::new(18.0, 0.0, 0.0), 10.0);
        let organ = Structure::from_mask(&organ, ptv.grid()).unwrap();
        let field = DistanceField::around(&ptv, &[&organ]).unwrap();
        let found = Proximity::of(&organ, &field.distances(&organ));
        // The outermost voxel centres lie on the surfaces, so each ball is half a voxel larger.
        assert!((found.distance_mm - 3.0).abs() < 0.5, "{found:?}");
        assert_eq!(found.overlap_ml[..2], [0.0, 0.0]);
        // The lens of two balls at a distance d: π (R + r - d)² (d² + 2 d (R + r) - 3 (R - r)²) / 12 d.
        let lens = |grown: f64, r: f64, d: f64| {
            std::f64::consts::PI
                * (grown + r - d).powi(2)
                * (d * d + 2.0 * d * (grown + r) - 3.0 * (grown - r).powi(2))
                / (12.0 * d)
                / 1000.0
        };
        for (n, margin) in [(3, 10.0), (4, 20.0)] {
            let expected = lens(14.0 + margin, 10.0, 28.0);
            let ml = found.overlap_ml[n];
            assert!((ml / expected - 1.0).abs() < 0.12, "{ml} {expected}");
        }
    }
}
