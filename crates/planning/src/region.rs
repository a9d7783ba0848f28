//! From a focus on the PET grid to a region on the reference grid, grown by margins.

use isoboost_lesion::Focus;
use isoboost_volume::{
    Connectivity, Contour, Grid, IndexBox, Margins, Mask, Volume, contours_around,
    isosurface_volume_ml, label_components, margin_field, mask_of_volume, region_of_volume,
    resample_trilinear, signed_distance,
};
use nalgebra::Point3;

/// Lines per voxel and axis that the volume of the PET isosurface is sampled with; 0.3 % on a
/// sphere of three voxels' diameter.
const ISOSURFACE_FINENESS: usize = 8;
/// Further outside than any distance in a crop, mm.
const FAR_MM: f32 = 1e3;
/// Spacing in mm that margins are grown on: finer than a CT pixel, so that neither slices of 3 or
/// 5 mm nor where a flat side lies between voxels decide how far a margin reaches.
const FINE_SPACING_MM: f64 = 0.5;
/// Large regions are grown on the second spacing, mm, where the first would need more voxels than
/// this; the share of their volume that half a millimetre makes is smaller.
const LARGE_SPACING_MM: f64 = 1.0;
const MOST_FINE_VOXELS: usize = 6_000_000;

/// How far inside a region's surface the nearest voxel centre lies on average, in voxels: what a
/// margin measured between centres falls short by. Behind a curved side it is 0.14 to 0.29, found
/// over spheres of 5 to 15 mm radius and margins of 3 to 7 mm, behind a flat one 0.5.
const CENTER_DEPTH_VOXELS: f64 = 0.3;

/// Voxels that a region may not grow into are put so far out of it, mm.
const FORBIDDEN_MM: f32 = 4.0;

/// Voxels of a smaller region that a larger one has to hold are put so deep into it, mm.
const CLOSELY_INSIDE_MM: f32 = -0.4;

/// A voxel that is known to belong to a region, or not to, lies so far in or out of it, mm.
const SURELY_MM: f32 = 0.05;

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

    /// A shape by its signed distance in mm, on the whole of a reference grid.
    #[cfg(test)]
    pub(crate) fn of_shape(
        reference: &Grid,
        signed_mm: impl Fn(Point3<f64>) -> f64,
    ) -> Option<Self> {
        let bounds = reference.full_box();
        let crop = Crop {
            bounds,
            grid: reference.clone(),
            last: bounds.max,
        };
        let grid = finer(&crop.grid)?;
        let fine = Mask::from_fn(grid.clone(), |v| signed_mm(grid.center_of(v)) <= 0.0);
        let field = Volume::from_fn(reference.clone(), |v| {
            signed_mm(reference.center_of(v)) as f32
        });
        let region = crop.region(&field, fine.volume_ml(), None);
        Some(Self { crop, fine, region })
    }

    /// A region by its voxels on the part `bounds` of a reference grid, and finer ones that divide
    /// these, for its contours and its margins.
    pub(crate) fn of_masks(reference: &Grid, bounds: IndexBox, fine: Mask, mask: Mask) -> Self {
        let crop = Crop {
            bounds,
            grid: reference.crop(bounds),
            last: reference.full_box().max,
        };
        let field = without_ties(signed_distance(&fine));
        let mut field = resample_trilinear(&field, &crop.grid, FAR_MM);
        for (depth, set) in field.as_mut_slice().iter_mut().zip(mask.as_slice()) {
            *depth = if *set {
                depth.min(-SURELY_MM)
            } else {
                depth.max(SURELY_MM)
            };
        }
        let contours = contours_around(&mask, &field);
        let region = crop.placed(mask, contours);
        Self { crop, fine, region }
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

    /// The region on the grid that margins are grown on.
    pub(crate) fn fine(&self) -> &Mask {
        &self.fine
    }

    /// The region without what is not allowed, and without what that cuts off from `core`, the
    /// region that it grew from and keeps; `None` where nothing is cut. `allowed` is on the fine
    /// grid.
    pub(crate) fn limited(&self, allowed: &Mask, core: &Self) -> Option<Self> {
        let mut kept = self.fine.clone();
        let mut cut = false;
        for voxel in self.fine.voxels() {
            if !allowed[voxel] && !core.fine[voxel] {
                kept[voxel] = false;
                cut = true;
            }
        }
        if !cut {
            return None;
        }
        let fine = joined_to(&kept, &core.fine);
        Some(self.redrawn(fine, Some(allowed), &core.region.mask))
    }

    /// Another region of the fine grid, drawn on the reference grid with what it has to hold.
    fn redrawn(&self, fine: Mask, allowed: Option<&Mask>, inner: &Mask) -> Self {
        let grid = &self.crop.grid;
        let forbidden = allowed.map_or_else(
            || Mask::empty(grid.clone()),
            |allowed| mostly_outside(allowed, grid, inner),
        );
        let field = without_ties(signed_distance(&fine));
        let mut field = resample_trilinear(&field, grid, FAR_MM);
        for voxel in forbidden.voxels() {
            field[voxel] += FORBIDDEN_MM;
        }
        // What lies in voxels that are forbidden as a whole must not be made up for elsewhere.
        let drawn = fine.voxels().filter(|v| {
            let voxel = grid.voxel_at(fine.grid().center_of(*v));
            voxel.is_some_and(|voxel| !forbidden[voxel])
        });
        let volume_ml = drawn.count() as f64 * fine.grid().voxel_volume_ml();
        let region = self.crop.region(&field, volume_ml, Some(inner));
        Self {
            crop: self.crop.clone(),
            fine,
            region,
        }
    }

    /// Whether two regions share a voxel of the reference grid, or lie side by side there.
    pub(crate) fn touches(&self, other: &Self) -> bool {
        let theirs = &other.crop.bounds;
        self.region.mask.voxels().any(|voxel| {
            let here = [0, 1, 2].map(|a| voxel[a] + self.crop.bounds.min[a]);
            neighbours(here).any(|near| {
                theirs.contains(near)
                    && other.region.mask[[0, 1, 2].map(|a| near[a] - theirs.min[a])]
            })
        })
    }

    /// Several regions in one; `None` for none.
    pub(crate) fn union(parts: &[&Self], reference: &Grid) -> Option<Self> {
        let boxes = parts.iter().map(|part| part.crop.bounds);
        let bounds = boxes.reduce(|all, next| all.union(&next))?;
        let crop = Crop {
            bounds,
            grid: reference.crop(bounds),
            last: reference.full_box().max,
        };
        let mut fine = Mask::empty(finer(&crop.grid)?);
        let mut inner = Mask::empty(crop.grid.clone());
        for part in parts {
            for voxel in part.fine.voxels() {
                let at = fine.grid().voxel_at(part.fine.grid().center_of(voxel));
                fine[at?] = true;
            }
            for voxel in part.region.mask.voxels() {
                inner[[0, 1, 2].map(|a| voxel[a] + part.crop.bounds.min[a] - bounds.min[a])] = true;
            }
        }
        let region = parts.first()?.region.clone();
        let empty = Self {
            crop,
            fine: Mask::empty(fine.grid().clone()),
            region,
        };
        Some(empty.redrawn(fine, None, &inner))
    }
}

/// The voxels of a coarse grid that lie for the most part outside of a fine mask, but for `kept`.
fn mostly_outside(fine: &Mask, coarse: &Grid, kept: &Mask) -> Mask {
    let mut balance = Volume::filled(coarse.clone(), 0_i32);
    for voxel in fine.grid().full_box().voxels() {
        if let Some(at) = coarse.voxel_at(fine.grid().center_of(voxel)) {
            balance[at] += if fine[voxel] { 1 } else { -1 };
        }
    }
    Mask::from_fn(coarse.clone(), |v| balance[v] < 0 && !kept[v])
}

/// The voxels that connect to a core through others of the mask.
fn joined_to(mask: &Mask, core: &Mask) -> Mask {
    let components = label_components(mask, Connectivity::Six);
    let labels = &components.labels;
    let mut with_core = vec![false; components.counts.len() + 1];
    for voxel in core.voxels().filter(|v| mask[*v]) {
        with_core[labels[voxel] as usize] = true;
    }
    labels.map(|label| *label > 0 && with_core[*label as usize])
}

/// A voxel and those that share a corner with it.
fn neighbours(voxel: [usize; 3]) -> impl Iterator<Item = [usize; 3]> {
    let steps = [0_usize, 1, 2];
    let offsets = steps.into_iter().flat_map(move |k| {
        steps
            .into_iter()
            .flat_map(move |j| steps.map(|i| [k, j, i]))
    });
    // One less in each index; below the first there is none.
    offsets.filter_map(move |step| {
        let mut near = [0; 3];
        for a in 0..3 {
            near[a] = (voxel[a] + step[a]).checked_sub(1)?;
        }
        Some(near)
    })
}

impl Crop {
    /// The region of a volume where `field` is lowest; `inner` is made part of it.
    fn region(&self, field: &Volume<f32>, volume_ml: f64, inner: Option<&Mask>) -> PlannedRegion {
        let (mut mask, mut contours) = region_of_volume(field, volume_ml);
        if let Some(inner) = inner {
            // Where the larger region was cut a voxel short of the smaller, it is carried around
            // it: closely first, since a surface that jumps from far below moves outwards. Just
            // below all others in mm at last: far below, and the search for a level would not end.
            let lowest = field.as_slice().iter().copied().fold(f32::MAX, f32::min) - 1.0;
            for level in [CLOSELY_INSIDE_MM, lowest] {
                if inner.voxels().all(|v| mask[v]) {
                    break;
                }
                let mut joined = field.clone();
                for voxel in inner.voxels() {
                    joined[voxel] = joined[voxel].min(level);
                }
                (mask, contours) = region_of_volume(&joined, volume_ml.max(inner.volume_ml()));
            }
        }
        self.placed(mask, contours)
    }

    /// Mask and contours with the slices of the whole reference grid.
    fn placed(&self, mask: Mask, mut contours: Vec<Contour>) -> PlannedRegion {
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

/// The same space on voxels of about [`FINE_SPACING_MM`], or [`LARGE_SPACING_MM`].
fn finer(grid: &Grid) -> Option<Grid> {
    let parts_of = |mm: f64| grid.spacing().map(|s| (s / mm).round().max(1.0) as usize);
    let fine = parts_of(FINE_SPACING_MM);
    let voxels = grid.voxel_count() * fine.iter().product::<usize>();
    let parts = if voxels <= MOST_FINE_VOXELS {
        fine
    } else {
        parts_of(LARGE_SPACING_MM)
    };
    let shape = [0, 1, 2].map(|a| grid.shape()[a] * parts[a]);
    let spacing = [0, 1, 2].map(|a| grid.spacing()[a] / parts[a] as f64);
    // The cells of the fine grid divide the cells of the coarse one.
    let first = parts.map(|p| (1.0 / p as f64 - 1.0) / 2.0);
    let origin: Point3<f64> = grid.lps_from_index(first);
    Grid::new(shape, spacing, origin, grid.axes()).ok()
}
