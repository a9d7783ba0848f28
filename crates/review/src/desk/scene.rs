//! What the viewer must know before it asks for pictures.

use isoboost_report::Report;
use isoboost_volume::{Grid, Volume};
use serde::Serialize;

use crate::engine::Images;

/// Frames of the turning picture.
pub(crate) const MIP_FRAMES: usize = isoboost_report::slice::FRAMES;

/// Extent and kind of the images of a study.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Scene {
    bounds_mm: Bounds,
    pet: ImageInfo,
    ct: Option<ImageInfo>,
    /// Mean SUVbw of the liver, g/mL.
    liver_suv: Option<f64>,
    mip_frames: usize,
    /// Where the cross-hair begins, LPS.
    start_mm: [f64; 3],
}

/// The box around the images, LPS in mm; `left` and `right` are the patient's.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
struct Bounds {
    left: f64,
    right: f64,
    anterior: f64,
    posterior: f64,
    inferior: f64,
    superior: f64,
}

/// Columns, rows and slices of an image.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
struct ImageInfo {
    spacing_mm: [f64; 3],
    size: [usize; 3],
}

impl From<&Grid> for ImageInfo {
    fn from(grid: &Grid) -> Self {
        let ([sk, sj, si], [nk, nj, ni]) = (grid.spacing(), grid.shape());
        Self {
            spacing_mm: [si, sj, sk],
            size: [ni, nj, nk],
        }
    }
}

/// Describes the images of a study. The pictures reach as far as the PET, in which everything is
/// that can be decided on.
pub(crate) fn scene(images: &dyn Images, report: &Report) -> Scene {
    let pet = images.suv().grid();
    let bounds = bounds_of(pet);
    let most = report
        .lesions
        .iter()
        .max_by(|a, b| a.measures.suv_max.total_cmp(&b.measures.suv_max));
    let center = [
        f64::midpoint(bounds.left, bounds.right),
        f64::midpoint(bounds.anterior, bounds.posterior),
        f64::midpoint(bounds.inferior, bounds.superior),
    ];
    Scene {
        bounds_mm: bounds,
        pet: pet.into(),
        ct: images.ct().map(Volume::grid).map(Into::into),
        liver_suv: report.references.liver.as_ref().map(|l| l.suv_mean),
        mip_frames: MIP_FRAMES,
        start_mm: most.map_or(center, |lesion| lesion.measures.max_mm),
    }
}

fn bounds_of(grid: &Grid) -> Bounds {
    let mut low = [f64::INFINITY; 3];
    let mut high = [f64::NEG_INFINITY; 3];
    for corner in grid.corners() {
        for axis in 0..3 {
            low[axis] = low[axis].min(corner[axis]);
            high[axis] = high[axis].max(corner[axis]);
        }
    }
    Bounds {
        left: high[0],
        right: low[0],
        anterior: low[1],
        posterior: high[1],
        inferior: low[2],
        superior: high[2],
    }
}
