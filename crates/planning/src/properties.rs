//! What must hold for any lesion on any planning images.

use isoboost_staging::Region;
use isoboost_volume::{Grid, Mask, Volume, polygon_volume_ml, rasterise};
use nalgebra::{Point3, Rotation3, Vector3};
use proptest::prelude::*;

use crate::tests::{Settings, holds, nothing, planned_in, staged};
use crate::{DirectionMargins, LesionClass, MarginSetting, Target};

/// An ellipsoid whose uptake falls from 20 and crosses 41 % at its surface.
fn uptake(center: Point3<f64>, half_axes: Vector3<f64>) -> Volume<f32> {
    let grid = Grid::axis_aligned(
        [26, 28, 28],
        [3.0, 4.0, 4.0],
        Point3::new(-54.0, -54.0, -37.5),
    )
    .unwrap();
    Volume::from_fn(grid.clone(), |voxel| {
        let share = (grid.center_of(voxel) - center).component_div(&half_axes);
        (20.0 * 0.41_f64.powf(share.norm_squared())).max(0.5) as f32
    })
}

/// The targets of the only lesion, and the SUV at its border.
fn planned(suv: &Volume<f32>, reference: &Grid, settings: &Settings) -> (Vec<Target>, f64) {
    let staging = staged(suv, &[Region::ProstateBed]);
    let threshold = staging.lesions[0].focus.threshold_suv;
    let targets = planned_in(&staging, reference, &nothing(), settings).targets;
    (targets, threshold)
}

/// A CT around the lesion, turned about all axes, its middle at a place of its own.
fn reference(spacing: [f64; 3], turn: [f64; 3], shift: [f64; 3]) -> Grid {
    let turn = Rotation3::from_euler_angles(turn[0], turn[1], turn[2]);
    let axes = [Vector3::z(), Vector3::y(), Vector3::x()].map(|axis| turn * axis);
    let shape = spacing.map(|s| (130.0 / s) as usize);
    let mut origin = Point3::from(shift);
    for a in 0..3 {
        origin -= axes[a] * (spacing[a] * (shape[a] - 1) as f64 / 2.0);
    }
    Grid::new(shape, spacing, origin, axes).unwrap()
}

fn margins() -> impl Strategy<Value = MarginSetting> {
    let mm = || prop_oneof![Just(0.0), 1.0..9.0];
    prop_oneof![
        mm().prop_map(MarginSetting::Uniform),
        (mm(), mm(), mm(), mm(), mm(), mm()).prop_map(|m| {
            MarginSetting::Directions(DirectionMargins {
                left: m.0,
                right: m.1,
                anterior: m.2,
                posterior: m.3,
                superior: m.4,
                inferior: m.5,
            })
        }),
    ]
}

fn dice(a: &Mask, b: &Mask) -> f64 {
    let both = a
        .as_slice()
        .iter()
        .zip(b.as_slice())
        .filter(|(a, b)| **a && **b);
    2.0 * both.count() as f64 / (a.count() + b.count()) as f64
}

/// Holds the targets of an ellipsoid against one another and their contours.
fn check(
    center: [f64; 3],
    half_axes: [f64; 3],
    spacing: [f64; 3],
    turn: [f64; 3],
    (to_ctv, to_ptv): (MarginSetting, MarginSetting),
) -> Result<(), TestCaseError> {
    let suv = uptake(Point3::from(center), Vector3::from(half_axes));
    let grid = reference(spacing, turn, center);
    let mut settings = Settings::default();
    let bed = settings.treatment(LesionClass::Bed);
    bed.gtv_to_ctv_mm = to_ctv;
    bed.ctv_to_ptv_mm = to_ptv;
    let (targets, threshold) = planned(&suv, &grid, &settings);
    prop_assert_eq!(targets.len(), 3);
    for pair in targets.windows(2) {
        prop_assert!(holds(&pair[1].mask, &pair[0].mask), "{}", pair[1].name);
    }
    // The highest voxel lies beside the true maximum, and so does 41 % of it.
    let share = ((threshold / 20.0).ln() / 0.41_f64.ln()).sqrt();
    let radii: f64 = half_axes.iter().map(|h| h * share).product();
    let ratio = targets[0].volume_ml() / (4.0 / 3.0 * std::f64::consts::PI * radii / 1000.0);
    // Of 3000 cases none was off by 3 % where every half axis has 6 mm, one and a half voxels.
    let is_told = half_axes.iter().all(|h| *h > 6.0);
    prop_assert!(
        !is_told || (0.97..1.03).contains(&ratio),
        "GTV is {} of its ellipsoid",
        ratio
    );
    for target in &targets {
        let polygons = polygon_volume_ml(&target.contours, spacing[0]);
        let ratio = polygons / target.volume_ml();
        prop_assert!(
            (ratio - 1.0).abs() < 0.005,
            "{}: contours {}",
            target.name,
            ratio
        );
        prop_assert!(target.contours.iter().all(|c| c.points.len() >= 3));
        let drawn = rasterise(&target.contours, target.mask.grid());
        // Where no level gives voxels and contours the same volume, the two differ in single
        // voxels of the surface. Of 3000 cases the least was 0.945, one in a hundred 0.977.
        let dice = dice(&drawn, &target.mask);
        prop_assert!(
            dice > 0.92 || target.volume_ml() < 0.5,
            "{} {}",
            target.name,
            dice
        );
    }
    Ok(())
}

#[test]
fn a_flat_region_on_thick_slices_has_the_volume_of_its_voxels() {
    // A share of the slices' levels at which one of them drops out had contours 1.3 % too large.
    let margins = (MarginSetting::Uniform(1.0), MarginSetting::Uniform(0.0));
    let half_axes = [9.319_007_5, 9.461_316_7, 4.0];
    let spacing = [4.873_454_28, 0.8, 0.8];
    check(
        [0.595_595_5, -0.795_855_3, 0.0],
        half_axes,
        spacing,
        [0.0; 3],
        margins,
    )
    .unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn volumes_hold_one_another_and_their_contours_agree(
        center in [-6.0..6.0_f64, -6.0..6.0, -6.0..6.0],
        half_axes in [4.0..14.0_f64, 4.0..14.0, 4.0..14.0],
        spacing in [1.0..5.0_f64, 0.8..1.5, 0.8..1.5],
        turn in prop_oneof![
            Just([0.0; 3]),
            [-0.4..0.4_f64, -0.4..0.4, -0.4..0.4],
        ],
        to_ctv in margins(),
        to_ptv in margins(),
    ) {
        check(center, half_axes, spacing, turn, (to_ctv, to_ptv))?;
    }
}
