//! What the CT shows under a focus, at full resolution.

use isoboost_volume::{Grid, Mask, Volume, resample_trilinear, signed_distance};
use nalgebra::{Point3, Vector3};

/// Soft tissue between these HU: below is fat, above is bone or contrast medium.
const SOFT_HU: std::ops::RangeInclusive<f32> = -25.0..=170.0;
/// PET and CT lie on one another within this, mm.
pub(crate) const ALIGNED_MM: f64 = 3.0;
/// Nodules are measured up to this radius, mm.
const LARGEST_MM: f64 = 12.0;

/// Soft tissue of its own under a focus.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Nodule {
    /// Radius of the largest ball of soft tissue near the place, mm: half the thickness of what
    /// lies there, whether node, vessel, ureter or muscle.
    pub(crate) radius_mm: f64,
    /// Density at its middle, HU.
    pub(crate) hu: f64,
}

/// The largest ball of soft tissue whose centre lies within the alignment of PET and CT of a
/// place; `None` where there is no CT, or no soft tissue.
pub(crate) fn nodule(ct: Option<&Volume<i16>>, at: Point3<f64>) -> Option<Nodule> {
    thickest(ct?, at, ALIGNED_MM)
}

/// The largest ball of soft tissue whose centre lies within a distance of a place, between the
/// voxels of the CT on a lattice of 1 mm.
pub(crate) fn thickest(ct: &Volume<i16>, at: Point3<f64>, within_mm: f64) -> Option<Nodule> {
    ct.grid().voxel_at(at)?;
    let half = (within_mm + LARGEST_MM).ceil();
    let steps = 2 * half as usize + 1;
    let corner = at - Vector3::repeat(half);
    let grid = Grid::axis_aligned([steps; 3], [1.0; 3], corner).ok()?;
    let hu = resample_trilinear(ct, &grid, -1000.0);
    let soft = Mask::from_fn(grid.clone(), |v| SOFT_HU.contains(&hu[v]));
    if soft.is_empty() {
        return None;
    }
    let depth = signed_distance(&soft);
    let near = soft
        .voxels()
        .filter(|v| (grid.center_of(*v) - at).norm() <= within_mm);
    let deepest = near.min_by(|a, b| depth[*a].total_cmp(&depth[*b]))?;
    Some(Nodule {
        // Distances are between centres; the border lies half a step before the next one.
        radius_mm: -f64::from(depth[deepest]) - 0.5,
        hu: f64::from(hu[deepest]),
    })
}

/// Mean density of a ball, HU.
pub(crate) fn density(ct: &Volume<i16>, at: Point3<f64>, radius_mm: f64) -> Option<f64> {
    let near = ct.grid().box_around(&[at], radius_mm)?.voxels();
    let inside = near.filter(|v| (ct.grid().center_of(*v) - at).norm() <= radius_mm);
    mean(inside.map(|v| f64::from(ct[v])))
}

/// The highest mean density of a ball whose centre lies within a distance of a place, HU: a thin
/// bone is not exactly where its uptake is seen.
pub(crate) fn densest_ball(
    ct: &Volume<i16>,
    at: Point3<f64>,
    radius_mm: f64,
    within_mm: f64,
) -> Option<f64> {
    const STEP_MM: f64 = 1.5;
    let reach = (within_mm / STEP_MM) as i32;
    let steps = || (-reach..=reach).map(|n| f64::from(n) * STEP_MM);
    let offsets = steps()
        .flat_map(|x| steps().flat_map(move |y| steps().map(move |z| Vector3::new(x, y, z))));
    let near = offsets.filter(|d| d.norm() <= within_mm);
    near.filter_map(|d| density(ct, at + d, radius_mm))
        .reduce(f64::max)
}

/// Highest density of a ball, HU.
pub(crate) fn densest(ct: &Volume<i16>, at: Point3<f64>, radius_mm: f64) -> Option<i16> {
    let near = ct.grid().box_around(&[at], radius_mm)?.voxels();
    let inside = near.filter(|v| (ct.grid().center_of(*v) - at).norm() <= radius_mm);
    inside.map(|v| ct[v]).max()
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (n, sum) = values.fold((0.0, 0.0), |(n, sum), v| (n + 1.0, sum + v));
    (n > 0.0).then(|| sum / n)
}
