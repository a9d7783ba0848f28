//! Painting on an outline.

use isoboost_volume::{Grid, IndexBox, Volume};
use nalgebra::Point3;

use super::EditError;
use crate::find::Uptake;
use crate::focus::Focus;
use crate::outline::{Outline, box_of};

/// The field around what is painted runs out over this many voxels beside it.
const RIM_VOXELS: usize = 3;
/// The field falls by the height of the focus over this distance, mm: about the width of a PET's
/// blur, as at the borders that a threshold draws.
const FALL_MM: f64 = 8.0;

/// What a stroke does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StrokeMode {
    /// Puts what lies under the brush into the outline.
    Add,
    /// Takes it out.
    Erase,
}

/// An axis of the patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PatientAxis {
    /// To the left: the normal of sagittal planes.
    Left,
    /// To the back: the normal of coronal planes.
    Posterior,
    /// To the head: the normal of axial planes.
    Superior,
}

/// One stroke of a disc on a slice.
#[derive(Debug, Clone, PartialEq)]
pub struct Stroke {
    /// What it does.
    pub mode: StrokeMode,
    /// The normal of the slice.
    pub normal: PatientAxis,
    /// Radius of the disc, mm.
    pub radius_mm: f64,
    /// The way of its centre, LPS in mm; one point is a disc.
    pub points: Vec<Point3<f64>>,
}

impl PatientAxis {
    fn index(self) -> usize {
        match self {
            Self::Left => 0,
            Self::Posterior => 1,
            Self::Superior => 2,
        }
    }
}

/// The body under the brush: the way of the disc, as thick as a slice of the PET.
struct Brush<'a> {
    stroke: &'a Stroke,
    /// The way of the disc's centre in its plane: without the coordinate along the normal.
    way: Vec<Point3<f64>>,
    /// Along the normal: from and to, mm.
    slab: [f64; 2],
}

impl Uptake<'_> {
    /// A focus after a stroke of the brush on one slice of the PET: voxels whose centres lie under
    /// the disc, in the slice of voxels that the first point lies in. Between voxel centres the
    /// outline follows the disc.
    ///
    /// # Errors
    /// When a point lies outside of the PET, no voxel lies under the brush, or none is left.
    pub fn painted(&self, focus: &Focus, stroke: &Stroke) -> Result<Focus, EditError> {
        let grid = self.suv.grid();
        for point in &stroke.points {
            if grid.voxel_at(*point).is_none() {
                let at = [point.x, point.y, point.z];
                return Err(EditError::OutsidePet { at });
            }
        }
        let (Some(brush), Some(known)) = (Brush::of(stroke, grid), focus.depth_bounds(grid)) else {
            return Err(EditError::NothingUnderBrush);
        };
        let reach = grid.box_around(&stroke.points, stroke.radius_mm);
        let reach = reach.ok_or(EditError::NothingUnderBrush)?;
        if !reach
            .voxels()
            .any(|v| brush.signed_mm(grid.center_of(v)) <= 0.0)
        {
            return Err(EditError::NothingUnderBrush);
        }
        let reach = reach.grown([RIM_VOXELS; 3], grid.shape());
        let (depth, bounds) = self.painted_depth(focus, &brush, known, reach);
        let at = |v: [usize; 3]| [0, 1, 2].map(|a| v[a] - bounds.min[a]);
        let voxels: Vec<[usize; 3]> = bounds.voxels().filter(|v| depth[at(*v)] <= 0.0).collect();
        if voxels.is_empty() {
            return Err(EditError::Erased);
        }
        // As far as an outline's field reaches beside its voxels, whatever was painted before.
        let around = box_of(&voxels).grown([RIM_VOXELS; 3], grid.shape());
        let cropped = Volume::from_fn(grid.crop(around), |v| {
            let voxel = [0, 1, 2].map(|a| v[a] + around.min[a]);
            if bounds.contains(voxel) {
                depth[at(voxel)]
            } else {
                self.off_border(focus, voxel)
            }
        });
        let outline = Outline {
            contacts: self.contacts_of(
                &voxels,
                focus.territory,
                focus.threshold_suv,
                &self.map.ground,
            ),
            voxels,
            depth: cropped,
            depth_bounds: around,
            threshold_suv: focus.threshold_suv,
            rule: focus.rule.clone(),
            notes: focus.notes.clone(),
            fell_back: focus.fell_back,
            agreement: None,
        };
        Ok(self.focus_of(focus.territory, outline))
    }

    /// The field of the outline after the stroke, on the box that holds both.
    fn painted_depth(
        &self,
        focus: &Focus,
        brush: &Brush<'_>,
        known: IndexBox,
        reach: IndexBox,
    ) -> (Volume<f32>, IndexBox) {
        let grid = self.suv.grid();
        let bounds = known.union(&reach);
        let height =
            (focus.measures.suv_max - focus.threshold_suv).max(0.1 * focus.measures.suv_max);
        let per_mm = (height / FALL_MM).max(f64::from(f32::MIN_POSITIVE));
        let depth = Volume::from_fn(grid.crop(bounds), |v| {
            let voxel = [0, 1, 2].map(|a| v[a] + bounds.min[a]);
            let before = if known.contains(voxel) {
                focus.depth[[0, 1, 2].map(|a| voxel[a] - known.min[a])]
            } else {
                self.off_border(focus, voxel)
            };
            if !reach.contains(voxel) {
                return before;
            }
            let painted = (brush.signed_mm(grid.center_of(voxel)) * per_mm) as f32;
            match brush.stroke.mode {
                StrokeMode::Add => before.min(painted),
                // Zero is inside.
                StrokeMode::Erase if painted <= 0.0 => {
                    before.max((-painted).max(f32::MIN_POSITIVE))
                }
                StrokeMode::Erase => before.max(-painted),
            }
        });
        (depth, bounds)
    }

    /// The field where an outline has none: how far the SUV lies off its border, outside.
    fn off_border(&self, focus: &Focus, voxel: [usize; 3]) -> f32 {
        let off = (focus.threshold_suv as f32 - self.suv[voxel]).abs();
        off.max(f32::MIN_POSITIVE)
    }
}

impl<'a> Brush<'a> {
    /// `None` without a point.
    fn of(stroke: &'a Stroke, grid: &Grid) -> Option<Self> {
        let first = stroke.points.first()?;
        let axis = stroke.normal.index();
        let middle = grid.center_of(grid.voxel_at(*first)?)[axis];
        // The extent of a voxel along the normal; on an oblique grid that of its shadow.
        let columns = grid.axes();
        let spacing = grid.spacing();
        let half: f64 = (0..3)
            .map(|a| (columns[a][axis] * spacing[a]).abs() / 2.0)
            .sum();
        Some(Self {
            stroke,
            way: stroke.points.iter().map(|p| flat(*p, axis)).collect(),
            slab: [middle - half, middle + half],
        })
    }

    /// Signed distance to the body in mm, negative inside: that of the way of the disc in its plane
    /// and that of the slab, the larger one.
    fn signed_mm(&self, at: Point3<f64>) -> f64 {
        let axis = self.stroke.normal.index();
        let here = flat(at, axis);
        let to_points = self.way.iter().map(|p| (here - p).norm());
        let to_ways = self
            .way
            .windows(2)
            .map(|pair| to_segment(here, pair[0], pair[1]));
        let in_plane =
            to_points.chain(to_ways).fold(f64::INFINITY, f64::min) - self.stroke.radius_mm;
        let [low, high] = self.slab;
        in_plane.max(low - at[axis]).max(at[axis] - high)
    }
}

/// A point without its coordinate along an axis.
fn flat(mut point: Point3<f64>, axis: usize) -> Point3<f64> {
    point[axis] = 0.0;
    point
}

/// Distance of a point to a segment.
fn to_segment(at: Point3<f64>, from: Point3<f64>, to: Point3<f64>) -> f64 {
    let way = to - from;
    let length = way.norm_squared();
    if length <= f64::EPSILON {
        return (at - from).norm();
    }
    let share = ((at - from).dot(&way) / length).clamp(0.0, 1.0);
    (at - (from + way * share)).norm()
}
