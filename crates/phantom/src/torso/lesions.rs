//! Lesions of the torso: at a named site of this patient, with an uptake or a contrast.

use std::f64::consts::{PI, SQRT_2};

use serde::{Deserialize, Serialize};

use super::TorsoSpec;
use crate::lattice::{Vec3, add};
use crate::psf::FWHM_PER_SIGMA;
use crate::scanner::Tracer;
use crate::{PhantomError, Side, Site};

/// A lesion: a ball at a named site.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct TorsoLesion {
    /// Where.
    pub site: Site,
    /// Side of a paired site; left when not said.
    #[serde(default)]
    pub side: Side,
    /// Off the middle of the site in the reference man, mm: to the left, to posterior, to the head;
    /// mirrored on the right.
    #[serde(default)]
    pub offset_mm: [f64; 3],
    /// Diameter in mm.
    pub diameter_mm: f64,
    /// What the PET shows of its highest uptake without noise, in multiples of the blood pool's.
    pub contrast: f64,
}

/// A lesion of this patient: centre in the phantom's frame, diameter and true uptake.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PlacedBall {
    pub(crate) center: Vec3,
    pub(crate) suv: f64,
}

/// Where a lesion lies in this patient and what uptake it needs for its contrast.
pub(crate) fn place(
    spec: &TorsoSpec,
    lesion: &TorsoLesion,
    number: usize,
    tracer: Tracer,
    psf_fwhm_mm: f64,
) -> Result<PlacedBall, PhantomError> {
    let positive = |v: f64| v.is_finite() && v > 0.0;
    if !positive(lesion.diameter_mm) || !positive(lesion.contrast) {
        return Err(PhantomError::Lesion {
            number,
            problem: "diameter-mm and contrast must be positive numbers".to_owned(),
        });
    }
    let uptake = tracer.uptake();
    let around = match lesion.site {
        Site::Liver => uptake.liver,
        _ => uptake.blood,
    };
    let shown = lesion.contrast * f64::from(around);
    Ok(PlacedBall {
        center: center_in(lesion, spec.stretch()),
        suv: shown / recovery(lesion.diameter_mm, psf_fwhm_mm),
    })
}

/// The middle of a lesion in the reference man.
fn center(lesion: &TorsoLesion) -> Vec3 {
    let paired = lesion.site.is_paired();
    let side = if paired { lesion.side } else { Side::Left };
    let mirror = if side == Side::Right { -1.0 } else { 1.0 };
    let [dx, dy, dz] = lesion.offset_mm;
    add(lesion.site.center(side), [mirror * dx, dy, dz])
}

/// The middle of a lesion in a patient of another size.
pub(super) fn center_in(lesion: &TorsoLesion, factors: Vec3) -> Vec3 {
    let reference = center(lesion);
    [0, 1, 2].map(|a| reference[a] * factors[a])
}

/// Moves a lesion by a step in the reference man.
pub(super) fn shift(lesion: &mut TorsoLesion, step: Vec3) {
    let mirrored = lesion.site.is_paired() && lesion.side == Side::Right;
    let mirror = if mirrored { -1.0 } else { 1.0 };
    lesion.offset_mm = add(lesion.offset_mm, [mirror * step[0], step[1], step[2]]);
}

/// Share of its height that a blurred ball shows at its centre (Kessler 1984).
fn recovery(diameter_mm: f64, fwhm_mm: f64) -> f64 {
    if fwhm_mm <= 0.0 {
        return 1.0;
    }
    let a = diameter_mm / 2.0 * FWHM_PER_SIGMA / fwhm_mm;
    erf(a / SQRT_2) - (2.0 / PI).sqrt() * a * (-a * a / 2.0).exp()
}

/// The error function by its series, for the values that balls need.
fn erf(x: f64) -> f64 {
    if x >= 5.0 {
        return 1.0;
    }
    let (mut term, mut sum) = (x, x);
    for n in 1..150 {
        term *= 2.0 * x * x / f64::from(2 * n + 1);
        sum += term;
    }
    2.0 / PI.sqrt() * (-x * x).exp() * sum
}
