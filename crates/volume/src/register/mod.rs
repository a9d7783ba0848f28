//! Rigid alignment of two CTs of one patient by their bones.
//!
//! The fixed image is compared with the moving one at points of a region that the caller chooses,
//! as the pelvis without the thighs. HU are levelled below bone and above cortex, so that couch,
//! arms, clothes, gas and fillings have no say; what is left is compared by normalised correlation.
//!
//! 1. At 8 mm every shift is tried, in steps of 16 mm over all of the moving image: a planning CT
//!    of the pelvis is found in a scan of the whole body wherever either lies.
//! 2. From the best shifts, with and without turns about each axis, the correlation is climbed.
//! 3. The best optima are climbed on at 4 mm, the best of them at 2 mm.
//! 4. What is found is held against itself ([`RegistrationQuality`]) and refused when it does not
//!    stand ([`NotConverged`]).

mod fit;
mod level;
mod search;
#[cfg(test)]
mod tests;
mod verdict;

use nalgebra::{Isometry3, Point3};

use crate::{IndexBox, Mask, Volume};
use fit::{Optimum, Pose, climb, fit};
use level::{Field, Level, Samples, coarse, levelled, smoothed};

pub use verdict::{LEAST_BONE_CORRELATION, MOST_HALVES_MM, NotConverged, RegistrationQuality};

/// Least share of the points that has to lie inside the moving image.
const LEAST_OVERLAP: f64 = 0.5;
/// Poses nearer to one another than this are the same optimum.
const SAME_MM: f64 = 6.0;
const SAME_DEG: f64 = 3.0;
/// Voxels of the levels, mm.
const COARSE_MM: f64 = 8.0;
const MIDDLE_MM: f64 = 4.0;
const FINE_MM: f64 = 2.0;
/// Most points of the levels.
const COARSE_POINTS: usize = 3000;
const MIDDLE_POINTS: usize = 12_000;
const FINE_POINTS: usize = 30_000;
/// Optima of the coarse level that are looked at further.
const MOST_OPTIMA: usize = 6;
/// Room around the region that the smoothing of the coarse level needs, mm.
const ROOM_MM: f64 = 24.0;

/// How one image lies in another.
#[derive(Debug, Clone, PartialEq)]
pub struct Registration {
    /// From a position in the fixed image to the same place of the patient in the moving one, both
    /// LPS in mm.
    pub moving_from_fixed: Isometry3<f64>,
    /// How well it holds.
    pub quality: RegistrationQuality,
}

/// Why two images are not aligned.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("the images could not be aligned: {}", listed(.reasons))]
pub struct RegistrationRefusal {
    /// At least one.
    pub reasons: Vec<NotConverged>,
    /// Of the best that was found; `None` where nothing was.
    pub quality: Option<RegistrationQuality>,
}

fn listed(reasons: &[NotConverged]) -> String {
    let texts: Vec<String> = reasons.iter().map(ToString::to_string).collect();
    texts.join("; ")
}

/// Finds the rigid motion that brings the bones of `region` of one CT onto those of another; both
/// in HU, on any grids in frames of reference that need have nothing in common. `region` is what is
/// compared, bone with some millimetres of what is around it.
///
/// # Errors
/// When the result would not be reliable, with all reasons.
pub fn register_rigid(
    fixed: &Volume<i16>,
    region: &Mask,
    moving: &Volume<i16>,
) -> Result<Registration, RegistrationRefusal> {
    let nothing = |reason| RegistrationRefusal {
        reasons: vec![reason],
        quality: None,
    };
    let center = region.centroid();
    let near = center.and_then(|_| around(fixed, region));
    let (Some(center), Some(near)) = (center, near) else {
        return Err(nothing(NotConverged::NoBone));
    };
    let fixed = fixed.crop(near);
    let pyramid = Pyramid::new(&fixed, region, moving, center);
    let found = search::optima(&pyramid.coarse, center);
    let mut optima: Vec<Optimum> = found
        .iter()
        .take(MOST_OPTIMA)
        .map(|optimum| climb(&pyramid.middle, &optimum.pose, center))
        .filter(|optimum| optimum.fit.overlap >= LEAST_OVERLAP)
        .collect();
    optima.sort_by(|a, b| b.fit.correlation.total_cmp(&a.fit.correlation));
    let Some(best) = optima.first() else {
        return Err(nothing(NotConverged::NoOverlap));
    };
    let transform = best.pose.transform(center);
    let Some(fine) = fine_level(&fixed, region, moving, center, &transform) else {
        return Err(nothing(NotConverged::NoOverlap));
    };
    let at_last = climb(&fine, &best.pose, center);
    let quality = verdict::examine(&fine, &at_last, &optima, center);
    let reasons = quality.objections();
    if reasons.is_empty() {
        Ok(Registration {
            moving_from_fixed: at_last.pose.transform(center),
            quality,
        })
    } else {
        Err(RegistrationRefusal {
            reasons,
            quality: Some(quality),
        })
    }
}

/// How well the bones of a region lie on those of another CT under a motion that is known: their
/// normalised correlation at 2 mm, and the share of the region inside the other image; `None` where
/// less than half of it is.
pub fn assess_rigid(
    fixed: &Volume<i16>,
    region: &Mask,
    moving: &Volume<i16>,
    moving_from_fixed: &Isometry3<f64>,
) -> Option<(f64, f64)> {
    let center = region.centroid()?;
    let fixed = fixed.crop(around(fixed, region)?);
    let level = fine_level(&fixed, region, moving, center, moving_from_fixed)?;
    let pose = Pose::of(moving_from_fixed, center);
    let fit = fit(&level.samples, &level.moving, &pose, center);
    (fit.overlap >= LEAST_OVERLAP).then_some((fit.correlation, fit.overlap))
}

/// The part of an image that a region needs.
fn around(image: &Volume<i16>, region: &Mask) -> Option<IndexBox> {
    let bounds = region.bounding_box()?;
    let corners = region.grid().crop(bounds).corners();
    image.grid().box_around(&corners, ROOM_MM)
}

struct Pyramid {
    coarse: Level,
    middle: Level,
}

impl Pyramid {
    fn new(fixed: &Volume<i16>, region: &Mask, moving: &Volume<i16>, center: Point3<f64>) -> Self {
        let (fixed, moving) =
            rayon::join(|| coarse(fixed, MIDDLE_MM), || coarse(moving, MIDDLE_MM));
        let rough = |image: &Volume<i16>| smoothed(levelled(&coarse(image, COARSE_MM)));
        let coarse = Level {
            samples: Samples::of(&rough(&fixed), region, center, COARSE_POINTS),
            moving: Field::new(rough(&moving)),
        };
        let middle = Level {
            samples: Samples::of(&levelled(&fixed), region, center, MIDDLE_POINTS),
            moving: Field::new(levelled(&moving)),
        };
        Self { coarse, middle }
    }
}

/// Both images at full resolution where the region comes to lie.
fn fine_level(
    fixed: &Volume<i16>,
    region: &Mask,
    moving: &Volume<i16>,
    center: Point3<f64>,
    moving_from_fixed: &Isometry3<f64>,
) -> Option<Level> {
    let bounds = region.bounding_box()?;
    let corners = region.grid().crop(bounds).corners();
    let corners = corners.map(|corner| moving_from_fixed * corner);
    let near = moving.grid().box_around(&corners, ROOM_MM)?;
    let samples = Samples::of(
        &levelled(&coarse(fixed, FINE_MM)),
        region,
        center,
        FINE_POINTS,
    );
    let moving = levelled(&coarse(&moving.crop(near), FINE_MM));
    Some(Level {
        samples,
        moving: Field::new(moving),
    })
}
