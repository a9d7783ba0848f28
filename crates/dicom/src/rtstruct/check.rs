//! What must hold of a structure set and no validator of DICOM objects checks.

use std::collections::BTreeSet;

use isoboost_volume::{Contour, Roi, StructureSet};
use nalgebra::{Point3, Vector3};

use crate::ReferenceImages;

/// How far a contour may lie off its slice, as a fraction of the slice distance: slices may be
/// spaced unevenly by half of that and still make a volume, whose grid is even.
const OFF_PLANE: f64 = 0.02;
/// The same where slices are very thin, in mm.
const OFF_PLANE_MM: f64 = 0.01;

/// Why a structure set cannot be written.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum StructureError {
    /// There is nothing to write, which the object cannot say.
    #[error("a structure set needs at least one ROI, found none")]
    NoRois,
    /// Two regions with one number.
    #[error("ROI number {0} is given twice; ROI numbers must differ")]
    DuplicateNumber(u32),
    /// Two regions whose names differ in case only, or not at all.
    #[error("ROI name `{0}` is given twice; names must differ by more than case")]
    DuplicateName(String),
    /// A region without a name.
    #[error("ROI {0} has no name")]
    NoName(u32),
    /// The list of slices is not the grid's.
    #[error("the reference images list {slices} slices and their grid has {grid}")]
    SliceCount {
        /// Slices listed.
        slices: usize,
        /// Slices of the grid.
        grid: usize,
    },
    /// A contour that lies on no slice of the reference images.
    #[error("a contour of ROI `{roi}` lies on no slice of the {slices} reference images")]
    NoSlice {
        /// Name of the region.
        roi: String,
        /// Slices of the reference images.
        slices: usize,
    },
    /// A contour off its slice.
    #[error("a contour of ROI `{roi}` lies {off_mm:.3} mm off slice {slice}, to which it belongs")]
    OffPlane {
        /// Name of the region.
        roi: String,
        /// Index of the slice.
        slice: usize,
        /// Greatest distance of a point from the slice in mm.
        off_mm: f64,
    },
    /// A contour that encloses nothing.
    #[error("a contour of ROI `{roi}` has {points} different points, at least 3 are needed")]
    TooFewPoints {
        /// Name of the region.
        roi: String,
        /// Points that differ.
        points: usize,
    },
    /// A point that is nowhere.
    #[error("a contour of ROI `{0}` has a point that is not finite")]
    NotFinite(String),
}

/// Checks numbers, names and the place of each contour.
pub(super) fn check(
    structures: &StructureSet,
    images: &ReferenceImages,
) -> Result<(), StructureError> {
    let grid = images.grid.shape()[0];
    if images.slices.len() != grid {
        return Err(StructureError::SliceCount {
            slices: images.slices.len(),
            grid,
        });
    }
    if structures.rois.is_empty() {
        return Err(StructureError::NoRois);
    }
    let mut numbers = BTreeSet::new();
    let mut names = BTreeSet::new();
    for roi in &structures.rois {
        if !numbers.insert(roi.number) {
            return Err(StructureError::DuplicateNumber(roi.number));
        }
        if roi.name.trim().is_empty() {
            return Err(StructureError::NoName(roi.number));
        }
        if !names.insert(roi.name.trim().to_lowercase()) {
            return Err(StructureError::DuplicateName(roi.name.clone()));
        }
        for contour in &roi.contours {
            check_contour(roi, contour, images)?;
        }
    }
    Ok(())
}

fn check_contour(
    roi: &Roi,
    contour: &Contour,
    images: &ReferenceImages,
) -> Result<(), StructureError> {
    let name = || roi.name.clone();
    let placed = contour.slice.and_then(|k| Some((k, images.slices.get(k)?)));
    let Some((k, slice)) = placed else {
        return Err(StructureError::NoSlice {
            roi: name(),
            slices: images.slices.len(),
        });
    };
    if contour
        .points
        .iter()
        .any(|p| p.iter().any(|v| !v.is_finite()))
    {
        return Err(StructureError::NotFinite(name()));
    }
    let points = distinct_points(contour);
    if points < 3 {
        return Err(StructureError::TooFewPoints {
            roi: name(),
            points,
        });
    }
    let [normal, ..] = images.grid.axes();
    let off_mm = contour
        .points
        .iter()
        .map(|point| off_plane(*point, slice.position, normal).abs())
        .fold(0.0, f64::max);
    if off_mm > (OFF_PLANE * images.grid.spacing()[0]).max(OFF_PLANE_MM) {
        return Err(StructureError::OffPlane {
            roi: name(),
            slice: k,
            off_mm,
        });
    }
    Ok(())
}

/// Points of a closed contour that differ from their predecessor by a micrometre or more.
fn distinct_points(contour: &Contour) -> usize {
    let micrometres = |p: &Point3<f64>| p.coords.map(|v| (v * 1000.0).round());
    let mut points: Vec<_> = contour.points.iter().map(micrometres).collect();
    points.dedup();
    while points.len() > 1 && points.first() == points.last() {
        points.pop();
    }
    points.len()
}

/// Signed distance in mm of a point from the plane through `plane` with `normal`.
pub(super) fn off_plane(point: Point3<f64>, plane: Point3<f64>, normal: Vector3<f64>) -> f64 {
    normal.dot(&(point - plane))
}
