//! From a focus on the PET grid to a region on the reference grid, grown by margins.

use isoboost_lesion::Focus;
use isoboost_volume::{
    Contour, Grid, IndexBox, Margins, Mask, Volume, isosurface_volume_ml, margin_field,
    mask_of_volume, region_of_volume, resample_trilinear,
};
use nalgebra::Point3;

/// Lines per voxel and axis that the volume of the PET isosurface is sampled with; 0.3 % on a
/// sphere of three voxels' diameter.
const ISOSURFACE_FINENESS: usize = 8;
/// Spacing in mm that margins are grown on: about a CT pixel, so that slices of 3 or 5 mm do not
/// decide how far a margin reaches.
const FINE_SPACING_MM: f64 = 1.0;

/// How far inside a region's surface the nearest voxel centre lies on average, in voxels: what a
/// margin measured between centres falls short by. Found over spheres of 5 to 15 mm radius and
/// margins of 3 to 7 mm on a 1 mm lattice, 0.14 to 0.29.
const CENTER_DEPTH_VOXELS: f64 = 0.2;

/// How much a distance grows per mm from the middle to tell equal ones apart: 0.05 mm over a region
/// of 5 cm.
const TIE_SLOPE: f32 = 1e-3;

/// A region as voxels of a part of the reference grid, and as contours on its slices.
#[derive(Debug, Clone)]
pub(crate) struct PlannedRegion {
    pub(crate) mask: Mask,
    pub(crate) contours: Vec<Contour>,
    /// Whether it ends where the reference grid ends, and so may go on beyond it.
    pub(crate) reaches_edge: bool,
}

/// The part of the reference grid that a lesion and its margins need.
#[derive(Debug, Clone)]
struct Crop {
    /// Where it lies in the reference grid.
    bounds: IndexBox,
    grid: Grid,
    /// The last voxel of the reference grid.
    last: [usize; 3],
}

/// The GTV of a focus and how it grows.
#[derive(Clone)]
pub(crate) struct Growth {
    crop: Crop,
    /// The present region on the fine grid.
    fine: Mask,
    /// The present region on the reference grid.
    pub(crate) region: PlannedRegion,
}

impl Growth {
    /// The region inside the PET isosurface at the focus' threshold, with room for margins that
    /// add up to `room_mm`; `None` when the focus lies outside the reference grid.
    pub(crate) fn start(focus: &Focus, reference: &Grid, room_mm: f64) -> Option<Self> {
        let depth = focus.fine_depth();
        let slack = depth.grid().spacing().into_iter().fold(0.0, f64::max);
        let corners = focus.mask.grid().corners();
        let bounds = reference.box_around(&corners, room_mm + slack + 2.0)?;
        let crop = Crop {
            bounds,
            grid: reference.crop(bounds),
            last: reference.full_box().max,
        };
        // Beyond the field lies nothing of the focus.
        let outside = depth
            .as_slice()
            .iter()
            .copied()
            .fold(f32::MIN_POSITIVE, f32::max);
        let fine_depth = resample_trilinear(&depth, &finer(&crop.grid)?, outside);
        let is_whole = is_inside(reference, &corners, slack);
        let volume_ml = if is_whole {
            isosurface_volume_ml(&depth, 0.0, ISOSURFACE_FINENESS).max(f64::EPSILON)
        } else {
            // Only what lies on the reference grid can be drawn there; the rest must not be
            // squeezed into it.
            let covered = fine_depth.map(|d| *d <= 0.0).volume_ml();
            let has_maximum = reference.voxel_at(focus.measures.max_at).is_some();
            (covered > 0.0 || has_maximum).then_some(covered)?
        };
        let fine = mask_of_volume(&fine_depth, volume_ml);
        let field = resample_trilinear(&depth, &crop.grid, outside);
        let region = crop.region(&field, volume_ml, None);
        Some(Self { crop, fine, region })
    }

    /// The region grown by margins. It always holds the one it grew from.
    pub(crate) fn grown(&self, margins: &Margins) -> Self {
        if margins.largest() == 0.0 {
            return self.clone();
        }
        let spacing = self.fine.grid().spacing().into_iter().fold(0.0, f64::max);
        let from_centers = lengthened(margins, CENTER_DEPTH_VOXELS * spacing);
        let distance = margin_field(&self.fine, &from_centers);
        let fine = distance.map(|d| *d <= 0.0);
        let field = resample_trilinear(&without_ties(distance), &self.crop.grid, f32::MAX);
        let inner = Some(&self.region.mask);
        let region = self.crop.region(&field, fine.volume_ml(), inner);
        Self {
            crop: self.crop.clone(),
            fine,
            region,
        }
    }
}

impl Crop {
    /// The region of a volume where `field` is lowest; `inner` is made part of it.
    fn region(&self, field: &Volume<f32>, volume_ml: f64, inner: Option<&Mask>) -> PlannedRegion {
        let (mut mask, mut contours) = region_of_volume(field, volume_ml);
        if let Some(inner) = inner
            && inner.voxels().any(|v| !mask[v])
        {
            // Where the larger region was cut a voxel short of the smaller, it is carried around
            // it.
            // Just below all others in mm: far below, and the search for a level would not end.
            let lowest = field.as_slice().iter().copied().fold(f32::MAX, f32::min) - 1.0;
            let mut joined = field.clone();
            for voxel in inner.voxels() {
                joined[voxel] = lowest;
            }
            (mask, contours) = region_of_volume(&joined, volume_ml.max(inner.volume_ml()));
        }
        for contour in &mut contours {
            contour.slice = contour.slice.map(|k| k + self.bounds.min[0]);
        }
        let reaches_edge = mask.bounding_box().is_some_and(|b| {
            (0..3).any(|a| {
                let min = b.min[a] + self.bounds.min[a];
                let max = b.max[a] + self.bounds.min[a];
                min == 0 || max == self.last[a]
            })
        });
        PlannedRegion {
            mask,
            contours,
            reaches_edge,
        }
    }
}

/// Distances between voxel centres, told apart where many are equal: they grow a little towards the
/// outside of the region. At a level that many voxels share, the volume would jump, and no contour
/// would enclose what the voxels do.
fn without_ties(mut distance: Volume<f32>) -> Volume<f32> {
    let [nk, nj, ni] = distance.grid().shape();
    let spacing = distance.grid().spacing();
    let middle = [nk, nj, ni].map(|n| (n as f64 - 1.0) / 2.0);
    for ((k, j, i), value) in distance.view_mut().indexed_iter_mut() {
        let index = [k, j, i];
        let squared: f64 = (0..3)
            .map(|a| ((index[a] as f64 - middle[a]) * spacing[a]).powi(2))
            .sum();
        *value += TIE_SLOPE * squared.sqrt() as f32;
    }
    distance
}

/// Whether all points lie inside the voxels of a grid and at least `margin_mm` from its surface.
fn is_inside(grid: &Grid, points: &[Point3<f64>], margin_mm: f64) -> bool {
    points.iter().all(|point| {
        let index = grid.index_from_lps(*point);
        (0..3).all(|a| {
            let margin = margin_mm / grid.spacing()[a] - 0.5;
            let last = (grid.shape()[a] - 1) as f64;
            index[a] >= margin && index[a] <= last - margin
        })
    })
}

/// Every margin longer by `by_mm`, except where there is none.
fn lengthened(margins: &Margins, by_mm: f64) -> Margins {
    let longer = |m: f64| if m > 0.0 { m + by_mm } else { 0.0 };
    Margins {
        left: longer(margins.left),
        right: longer(margins.right),
        anterior: longer(margins.anterior),
        posterior: longer(margins.posterior),
        superior: longer(margins.superior),
        inferior: longer(margins.inferior),
    }
}

/// The same space on voxels of about [`FINE_SPACING_MM`].
fn finer(grid: &Grid) -> Option<Grid> {
    let parts = grid
        .spacing()
        .map(|s| (s / FINE_SPACING_MM).round().max(1.0) as usize);
    let shape = [0, 1, 2].map(|a| grid.shape()[a] * parts[a]);
    let spacing = [0, 1, 2].map(|a| grid.spacing()[a] / parts[a] as f64);
    // The cells of the fine grid divide the cells of the coarse one.
    let first = parts.map(|p| (1.0 / p as f64 - 1.0) / 2.0);
    let origin: Point3<f64> = grid.lps_from_index(first);
    Grid::new(shape, spacing, origin, grid.axes()).ok()
}
