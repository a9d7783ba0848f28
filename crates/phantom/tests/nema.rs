//! The IEC phantom against formulas.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use isoboost_phantom::{GridSpec, NemaSpec, PhantomStudy, SPHERE_DIAMETERS_MM, ScannerModel, nema};
use isoboost_volume::Volume;

const FWHM_PER_SIGMA: f64 = 2.354_820_045_030_949_3;

fn noise_free(fwhm_mm: f64) -> ScannerModel {
    ScannerModel {
        pet: GridSpec::square(84, 4.0, 3.0),
        ct: GridSpec::square(64, 6.0, 6.0),
        psf_fwhm_mm: fwhm_mm,
        ..ScannerModel::default().without_noise()
    }
}

fn total_ml(volume: &Volume<f32>) -> f64 {
    volume.as_slice().iter().map(|v| f64::from(*v)).sum::<f64>() * volume.grid().voxel_volume_ml()
}

fn sphere_ml(diameter_mm: f64) -> f64 {
    std::f64::consts::PI / 6000.0 * diameter_mm.powi(3)
}

fn spheres_alone(fwhm_mm: f64) -> PhantomStudy {
    nema(&NemaSpec::without_background(1.0), &noise_free(fwhm_mm), 0).unwrap()
}

#[test]
fn partial_volumes_add_up_to_the_volumes_of_the_spheres() {
    let expected: f64 = SPHERE_DIAMETERS_MM.map(sphere_ml).iter().sum();
    let found = total_ml(&spheres_alone(0.0).suv);
    // Surfaces are flat within a sixteenth of a voxel.
    assert!(
        (found / expected - 1.0).abs() < 2e-4,
        "{found} mL, {expected} mL"
    );
    for (lesion, diameter) in spheres_alone(0.0)
        .truth
        .lesions
        .iter()
        .zip(SPHERE_DIAMETERS_MM)
    {
        assert_eq!(lesion.diameter_mm, diameter);
        assert!((lesion.volume_ml - sphere_ml(diameter)).abs() < 1e-12);
    }
}

#[test]
fn the_blur_keeps_all_activity() {
    let sharp = total_ml(&spheres_alone(0.0).suv);
    for fwhm in [5.0, 9.0] {
        let blurred = total_ml(&spheres_alone(fwhm).suv);
        // The spheres' surfaces are cut into parts of another size than without blur.
        assert!(
            (blurred / sharp - 1.0).abs() < 2e-4,
            "{fwhm} mm: {blurred} of {sharp}"
        );
    }
}

/// Abramowitz and Stegun 7.1.26, good to 1.5e-7.
fn erf(x: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.327_591_1 * x.abs());
    let poly = [
        1.061_405_429,
        -1.453_152_027,
        1.421_413_741,
        -0.284_496_736,
        0.254_829_592,
    ]
    .iter()
    .fold(0.0, |sum, c| (sum + c) * t);
    x.signum() * (1.0 - poly * (-x * x).exp())
}

/// A unit sphere of radius `r` blurred by a Gaussian, at distance `d` from its centre.
fn blurred_sphere(r: f64, sigma: f64, d: f64) -> f64 {
    let d = d.max(1e-6);
    let a = std::f64::consts::SQRT_2 * sigma;
    let bell = |t: f64| (-t * t / (a * a)).exp();
    0.5 * (erf((r - d) / a) + erf((r + d) / a))
        - sigma / ((2.0 * std::f64::consts::PI).sqrt() * d) * (bell(r - d) - bell(r + d))
}

#[test]
fn every_voxel_of_a_blurred_sphere_follows_the_formula() {
    let fwhm = 6.0;
    let study = spheres_alone(fwhm);
    let grid = study.suv.grid().clone();
    for lesion in &study.truth.lesions {
        let bounds = grid.box_around(&[lesion.center], 24.0).unwrap();
        let mut worst: f64 = 0.0;
        for voxel in bounds.voxels() {
            // Further out the neighbouring spheres show.
            if (grid.center_of(voxel) - lesion.center).norm() > 24.0 {
                continue;
            }
            // The mean over the voxel by 6³ points.
            let mut expected = 0.0;
            for n in 0..216_u32 {
                let part = [n / 36, n / 6 % 6, n % 6].map(|v| (f64::from(v) + 0.5) / 6.0 - 0.5);
                let index = [0, 1, 2].map(|a| voxel[a] as f64 + part[a]);
                let p = grid.lps_from_index(index) - lesion.center;
                expected +=
                    blurred_sphere(lesion.diameter_mm / 2.0, fwhm / FWHM_PER_SIGMA, p.norm());
            }
            worst = worst.max((f64::from(study.suv[voxel]) - expected / 216.0).abs());
        }
        // Midpoints of 0.67 mm and the blur on parts of 0.7 σ: thousandths of the contrast.
        assert!(worst < 2e-3, "{} mm: {worst}", lesion.diameter_mm);
    }
}

#[test]
fn spheres_lie_on_the_standard_circle_in_one_plane() {
    let study = spheres_alone(0.0);
    let centers: Vec<_> = study.truth.lesions.iter().map(|l| l.center).collect();
    for n in 0..3 {
        let across = centers[n] - centers[n + 3];
        assert!((across.norm() - 114.4).abs() < 1e-9 && across.z.abs() < 1e-9);
    }
}

#[test]
fn the_background_has_the_ratio_asked_for() {
    let study = nema(&NemaSpec::with_ratio(8.0), &noise_free(6.0), 0).unwrap();
    let grid = study.suv.grid().clone();
    let sphere = &study.truth.lesions[0];
    let center = grid.voxel_at(sphere.center).unwrap();
    assert!((study.suv[center] / 8.0 - 1.0).abs() < 1e-3);
    // 70 mm below the spheres the tank is uniform.
    let mut below = sphere.center;
    below.z -= 70.0;
    assert!((study.suv[grid.voxel_at(below).unwrap()] - 1.0).abs() < 1e-5);
}
