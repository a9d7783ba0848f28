//! Faint foci by local contrast.

use isoboost_volume::{Grid, Volume};
use nalgebra::Point3;

use super::{found, noise, pet};
use crate::{FindingRule, FoundFoci, Level, LocalContrast, ReferenceLevels, Surroundings};

/// A ball of a diameter and SUV.
struct Ball(Point3<f64>, f64, f64);

/// Balls on a background, seen with a Gaussian point spread of `sigma` mm.
fn scan(balls: &[Ball], background: f64, sigma: f64) -> Volume<f32> {
    let grid = pet();
    Volume::from_fn(grid.clone(), |voxel| {
        let p = grid.center_of(voxel);
        let shares = balls.iter().map(|Ball(center, diameter, suv)| {
            (suv - background) * share(diameter / 2.0, (p - center).norm(), sigma)
        });
        (background + shares.sum::<f64>()) as f32
    })
}

/// Share of a ball's uptake that is seen at a distance from its centre: the closed form of a ball
/// blurred by a Gaussian.
fn share(radius: f64, distance: f64, sigma: f64) -> f64 {
    let cdf = |x: f64| 0.5 + 0.5 * erf(x / sigma / 2_f64.sqrt());
    let density =
        |x: f64| (-0.5 * (x / sigma).powi(2)).exp() / (sigma * (std::f64::consts::TAU).sqrt());
    let d = distance.max(1e-3);
    let value = cdf(radius - d)
        - cdf(-radius - d)
        - sigma * sigma / d * (density(radius - d) - density(radius + d));
    value.clamp(0.0, 1.0)
}

/// Abramowitz and Stegun 7.1.26, to 1.5e-7.
fn erf(x: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.327_591_1 * x.abs());
    let terms = [
        1.061_405_429,
        -1.453_152_027,
        1.421_413_741,
        -0.284_496_736,
        0.254_829_592,
    ];
    let poly = terms.iter().fold(0.0, |sum, term| (sum + term) * t);
    (1.0 - poly * (-x * x).exp()).copysign(x)
}

fn with_noise(suv: &Volume<f32>, relative: f64, seed: u32) -> Volume<f32> {
    let mut noisy = suv.clone();
    let noise = noise(suv.grid(), relative, seed);
    for (value, noise) in noisy.as_mut_slice().iter_mut().zip(noise) {
        // Poisson-like: the variance follows the uptake.
        *value = (*value + noise * value.max(0.0).sqrt()).max(0.0);
    }
    noisy
}

fn local(suv: &Volume<f32>) -> FoundFoci {
    let rule = FindingRule::LocalContrast(LocalContrast::default());
    found(suv, &with_blood(1.2), rule)
}

/// A patient whose blood is known, with 10 % of noise.
fn with_blood(mean: f64) -> Surroundings<'static> {
    let sd = 0.1 * mean;
    Surroundings {
        references: ReferenceLevels {
            blood_pool: Some(Level { mean, sd }),
            ..ReferenceLevels::default()
        },
        ..Surroundings::default()
    }
}

fn is_at(found: &FoundFoci, place: Point3<f64>) -> bool {
    let near = |p: Point3<f64>| (p - place).norm() <= 4.0;
    found.foci.iter().any(|f| near(f.measures.max_at))
}

/// 6 mm full width at half maximum.
const SIGMA: f64 = 6.0 / 2.354_82;

#[test]
fn a_faint_ball_of_8_mm_is_found_in_noise() {
    let place = Point3::new(-6.0, 10.0, 4.5);
    // What a scanner shows as SUV 2 has lost half of its contrast to the blur.
    let suv = 0.7 + 1.3 / share(4.0, 0.0, SIGMA);
    let clean = scan(&[Ball(place, 8.0, suv)], 0.7, SIGMA);
    for seed in 1..=3 {
        let found = local(&with_noise(&clean, 0.15, seed));
        assert_eq!(found.foci.len(), 1, "seed {seed}: {:?}", found.findings);
        assert!(is_at(&found, place), "seed {seed}");
        // No fixed rule of SUV 3 sees it.
        assert!(found.foci[0].measures.suv_max < 2.6);
        let told = found.findings.join("; ");
        assert!(told.contains("found by local contrast: 1 focus"), "{told}");
    }
}

#[test]
fn a_focus_is_found_beside_a_full_bladder() {
    let bladder = Point3::new(30.0, 0.0, 0.0);
    for gap in [6.0, 7.0, 8.0] {
        let place = Point3::new(-5.0 - gap - 5.0, 0.0, 0.0);
        let balls = [Ball(bladder, 70.0, 60.0), Ball(place, 10.0, 6.0)];
        let clean = scan(&balls, 0.7, SIGMA);
        for seed in 1..=3 {
            let noisy = with_noise(&clean, 0.15, seed);
            let found = local(&noisy);
            assert!(is_at(&found, place), "gap {gap}, seed {seed}");
            assert_eq!(found.foci.len(), 1, "gap {gap}, seed {seed}");
            // United with a fixed SUV both are found, and stay two.
            let both = FindingRule::LocalContrast(LocalContrast::with_fixed_suv(3.0));
            let both = super::found(&noisy, &Surroundings::default(), both);
            assert!(is_at(&both, place), "gap {gap}, seed {seed}: swallowed");
            assert_eq!(both.foci.len(), 2, "gap {gap}, seed {seed}");
        }
    }
}

#[test]
fn a_shallow_valley_to_the_bladder_is_enough() {
    let bladder = Ball(Point3::new(30.0, 0.0, 0.0), 70.0, 60.0);
    // 4 mm between the surfaces: the valley falls by less than a quarter, so that a fixed SUV may
    // take the focus for a part of the bladder.
    let place = Point3::new(-14.0, 0.0, 0.0);
    let clean = scan(&[bladder, Ball(place, 10.0, 12.0)], 0.7, SIGMA);
    for seed in 1..=3 {
        let noisy = with_noise(&clean, 0.15, seed);
        let by = |rule| is_at(&found(&noisy, &with_blood(1.6), rule), place);
        let local = LocalContrast::with_fixed_suv(3.0);
        assert!(by(FindingRule::LocalContrast(local)), "seed {seed}");
    }
}

#[test]
fn the_edge_of_a_bladder_is_no_focus() {
    for suv in [10.0, 60.0] {
        for diameter in [50.0, 70.0, 100.0] {
            let clean = scan(
                &[Ball(Point3::new(7.0, 3.0, -2.0), diameter, suv)],
                0.7,
                SIGMA,
            );
            for seed in 0..=3 {
                let relative = if seed == 0 { 0.0 } else { 0.15 };
                let found = local(&with_noise(&clean, relative, seed));
                assert_eq!(found.foci.len(), 0, "SUV {suv}, {diameter} mm, seed {seed}");
            }
        }
    }
}

#[test]
fn noise_is_no_focus() {
    for background in [0.5, 1.0, 1.8, 5.0] {
        let clean = Volume::filled(pet(), background);
        for seed in 1..=3 {
            let found = local(&with_noise(&clean, 0.15, seed));
            let spots = found.foci.len() + found.points.len();
            assert_eq!(spots, 0, "background {background}, seed {seed}");
        }
    }
}

#[test]
fn a_focus_stands_above_blood() {
    let place = Point3::new(-6.0, 10.0, 4.5);
    let suv = scan(&[Ball(place, 10.0, 3.0)], 0.7, SIGMA);
    let rule = FindingRule::LocalContrast(LocalContrast::default());
    let with = |surroundings: Surroundings<'_>| {
        let found = found(&suv, &surroundings, rule);
        (found.foci.len(), found.findings.join("; "))
    };
    // The maximum is 2.2: above 1.3 x 1.6, below 1.3 x 2.0, and the fallback is SUV 2.
    let (n, told) = with(with_blood(1.6));
    assert!(n == 1 && told.contains("from SUV 2.08"), "{told}");
    let (n, told) = with(with_blood(2.0));
    assert!(n == 0 && told.contains("from SUV 2.60"), "{told}");
    let (n, told) = with(Surroundings::default());
    let named = told.contains("blood pool is not known; SUV 2.00 stands in");
    assert!(n == 1 && named, "{told}");
}

#[test]
fn a_vessel_is_no_focus() {
    let grid: Grid = pet();
    // A tube of 10 mm, slanted.
    let along = nalgebra::Vector3::new(0.3, 0.2, 1.0).normalize();
    let clean = Volume::from_fn(grid.clone(), |voxel| {
        let p = grid.center_of(voxel).coords;
        let off = (p - along * p.dot(&along)).norm();
        (0.5 + 1.6 / (1.0 + ((off - 5.0) / 1.5).exp())) as f32
    });
    for seed in 1..=3 {
        let found = local(&with_noise(&clean, 0.15, seed));
        assert_eq!(found.foci.len(), 0, "seed {seed}");
    }
}

#[test]
fn the_same_foci_for_any_number_of_threads() {
    let balls = [
        Ball(Point3::new(-40.0, 0.0, 0.0), 8.0, 5.0),
        Ball(Point3::new(40.0, 8.0, 12.0), 10.0, 4.0),
    ];
    let suv = with_noise(&scan(&balls, 0.7, SIGMA), 0.15, 9);
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        pool.unwrap().install(|| local(&suv))
    };
    assert_eq!(with(1).foci.len(), 2);
    assert_eq!(with(1), with(3));
}
