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

/// A region as voxels of a part of the reference grid, and as contours on its slices.
#[derive(Debug, Clone)]
pub(crate) struct PlannedRegion {
    pub(crate) mask: Mask,
    pub(crate) contours: Vec<Contour>,
}

/// The GTV of a focus and how it grows.
pub(crate) struct Growth {
    /// Where the crop lies in the reference grid.
    bounds: IndexBox,
    /// The crop.
    coarse: Grid,
    /// The present region on the fine grid.
    fine: Mask,
    /// The present region on the reference grid.
    pub(crate) region: PlannedRegion,
}

impl Growth {
    /// The region inside the PET isosurface at the focus' threshold, with room for margins that
    /// add up to `room_mm`; `None` when the focus lies outside the reference grid.
    pub(crate) fn start(
        focus: &Focus,
        suv: &Volume<f32>,
        reference: &Grid,
        room_mm: f64,
    ) -> Option<Self> {
        let depth = depth_below_threshold(focus, suv);
        let volume_ml = isosurface_volume_ml(&depth, 0.0, ISOSURFACE_FINENESS).max(f64::EPSILON);
        let slack = suv.grid().spacing().into_iter().fold(0.0, f64::max);
        let corners = focus.mask.grid().corners();
        let bounds = reference.box_around(&corners, room_mm + slack + 2.0)?;
        let coarse = reference.crop(bounds);
        let fine_grid = finer(&coarse)?;
        let outside = focus.threshold_suv as f32;
        let fine_depth = resample_trilinear(&depth, &fine_grid, outside);
        let fine = mask_of_volume(&fine_depth, volume_ml);
        let field = resample_trilinear(&depth, &coarse, outside);
        let region = region_on(&field, volume_ml, bounds, None);
        Some(Self {
            bounds,
            coarse,
            fine,
            region,
        })
    }

    /// The region grown by margins. It always holds the one it grew from.
    pub(crate) fn grown(&self, margins: &Margins) -> Self {
        if margins.largest() == 0.0 {
            return Self {
                bounds: self.bounds,
                coarse: self.coarse.clone(),
                fine: self.fine.clone(),
                region: self.region.clone(),
            };
        }
        let spacing = self.fine.grid().spacing().into_iter().fold(0.0, f64::max);
        let from_centers = lengthened(margins, CENTER_DEPTH_VOXELS * spacing);
        let distance = margin_field(&self.fine, &from_centers);
        let fine = distance.map(|d| *d <= 0.0);
        let field = resample_trilinear(&distance, &self.coarse, f32::MAX);
        let region = region_on(
            &field,
            fine.volume_ml(),
            self.bounds,
            Some(&self.region.mask),
        );
        Self {
            bounds: self.bounds,
            coarse: self.coarse.clone(),
            fine,
            region,
        }
    }
}

/// The region of a volume on the reference grid; `inner` is made part of it.
fn region_on(
    field: &Volume<f32>,
    volume_ml: f64,
    bounds: IndexBox,
    inner: Option<&Mask>,
) -> PlannedRegion {
    let (mut mask, mut contours) = region_of_volume(field, volume_ml);
    if let Some(inner) = inner
        && inner.voxels().any(|v| !mask[v])
    {
        // Where the larger region was cut a voxel short of the smaller, it is carried around it.
        let mut joined = field.clone();
        for voxel in inner.voxels() {
            joined[voxel] = f32::MIN;
        }
        (mask, contours) = region_of_volume(&joined, volume_ml);
    }
    for contour in &mut contours {
        contour.slice = contour.slice.map(|k| k + bounds.min[0]);
    }
    PlannedRegion { mask, contours }
}

/// How far the SUV lies below the focus' threshold, on the PET voxels around it: zero or negative
/// inside. Voxels that are hot but not part of the focus count as far outside as they are hot, so
/// that the surface passes between the focus and its neighbour.
fn depth_below_threshold(focus: &Focus, suv: &Volume<f32>) -> Volume<f32> {
    let around = focus.bounds.grown([2; 3], suv.grid().shape());
    let threshold = focus.threshold_suv as f32;
    Volume::from_fn(suv.grid().crop(around), |v| {
        let voxel = [0, 1, 2].map(|a| v[a] + around.min[a]);
        let depth = threshold - suv[voxel];
        let inside = focus.bounds.contains(voxel)
            && focus.mask[[0, 1, 2].map(|a| voxel[a] - focus.bounds.min[a])];
        if inside { depth.min(0.0) } else { depth.abs() }
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
