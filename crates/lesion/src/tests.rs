//! Expectations from spheres whose measures have closed forms.

use isoboost_volume::{Grid, Volume};
use nalgebra::Point3;

use crate::{Delineation, FindingRule, LesionConfig, find_foci};

fn pet() -> Grid {
    Grid::axis_aligned(
        [40, 40, 40],
        [3.0, 4.0, 4.0],
        Point3::new(-78.0, -78.0, -58.5),
    )
    .unwrap()
}

/// Background 1 with blurred spheres: a plateau with a Gaussian flank of 3 mm.
fn spheres(grid: &Grid, list: &[(Point3<f64>, f64, f64)]) -> Volume<f32> {
    Volume::from_fn(grid.clone(), |voxel| {
        let p = grid.center_of(voxel);
        let value = list.iter().map(|(center, radius, suv)| {
            let outside = ((p - center).norm() - radius).max(0.0);
            suv * (-outside * outside / 18.0).exp()
        });
        value.fold(1.0, f64::max) as f32
    })
}

#[test]
fn a_sphere_gets_the_measures_of_a_sphere() {
    let center = Point3::new(4.0, -10.0, 5.0);
    let suv = spheres(&pet(), &[(center, 12.0, 10.0)]);
    let found = find_foci(&suv, &LesionConfig::default()).unwrap();
    assert_eq!((found.foci.len(), found.points.len()), (1, 0));
    let measures = &found.foci[0].measures;
    assert_eq!(measures.suv_max, 10.0);
    // The whole 1 mL sphere fits into the plateau.
    assert!((measures.suv_peak - 10.0).abs() < 1e-6);
    // The flank falls to 41 % at sqrt(-18 ln 0.41) = 4.006 mm.
    let radius: f64 = 12.0 + 4.006;
    let volume = 4.0 / 3.0 * std::f64::consts::PI * radius.powi(3) / 1000.0;
    // Counting voxels of 48 mm³ on a body of 17 mL.
    assert!(
        (measures.volume_ml / volume - 1.0).abs() < 0.03,
        "{}",
        measures.volume_ml
    );
    // The flank falls from a plateau with an edge, which nothing smooth follows.
    let longer = measures.longest_diameter_mm - 2.0 * radius;
    assert!(longer.abs() < 0.75, "{longer}");
    let isosurface_ml = measures.volume_isosurface_ml;
    assert!(
        (isosurface_ml / volume - 1.0).abs() < 0.01,
        "{isosurface_ml}"
    );
    let contrast = measures.contrast.unwrap();
    assert!((contrast.background_suv - 1.0).abs() < 0.1, "{contrast:?}");
    assert!((measures.centroid - center).norm() < 0.5);
    assert!((measures.tl_psma - measures.suv_mean * measures.volume_ml).abs() < 1e-9);
    assert!((found.foci[0].threshold_suv - 4.1).abs() < 1e-6);
}

#[test]
fn the_peak_of_a_point_is_its_share_of_the_sphere() {
    let grid = Grid::axis_aligned([21, 21, 21], [2.0; 3], Point3::origin()).unwrap();
    let mut suv = Volume::filled(grid, 0.0_f32);
    // Three voxels in a row, so that it is a focus: 24 mm³ of SUV 100 in a sphere of 1000 mm³.
    for i in 9..12 {
        suv[[10, 10, i]] = 100.0;
    }
    let config = LesionConfig {
        minimum_volume_ml: 0.0,
        ..LesionConfig::default()
    };
    let peak = find_foci(&suv, &config).unwrap().foci[0].measures.suv_peak;
    // The share of each voxel is sampled by 7³ points.
    assert!((peak - 2.4).abs() < 0.012, "{peak}");
}

#[test]
fn touching_foci_are_split_where_the_valley_is_deep_enough() {
    let apart = |gap: f64| {
        let list = [
            (Point3::new(-10.0 - gap / 2.0, 0.0, 0.0), 10.0, 30.0),
            (Point3::new(6.0 + gap / 2.0, 0.0, 0.0), 6.0, 9.0),
        ];
        find_foci(&spheres(&pet(), &list), &LesionConfig::default())
            .unwrap()
            .foci
    };
    let two = apart(9.0);
    assert_eq!(two.len(), 2);
    assert!((two[1].measures.suv_max - 9.0).abs() < 1e-6);
    assert!(
        two[1].notes.iter().any(|n| n.contains("saddle")),
        "{:?}",
        two[1].notes
    );
    let lowest_x = two[1].measures.centroid.x;
    assert!((lowest_x - 10.5).abs() < 3.0, "{lowest_x}");
    assert_eq!(apart(0.0).len(), 1, "no valley, no split");
}

#[test]
fn noise_inside_one_lesion_does_not_split_it() {
    let mut suv = spheres(&pet(), &[(Point3::origin(), 15.0, 10.0)]);
    for (n, value) in suv.as_mut_slice().iter_mut().enumerate() {
        *value *= 1.0 + 0.12 * ((n as f32 * 12.9898).sin() * 43758.547).fract();
    }
    assert_eq!(
        find_foci(&suv, &LesionConfig::default())
            .unwrap()
            .foci
            .len(),
        1
    );
}

#[test]
fn a_faint_focus_on_warm_ground_falls_back_instead_of_leaking() {
    let suv = spheres(&pet(), &[(Point3::origin(), 6.0, 4.0)]).map(|v| v.max(1.8));
    let found = find_foci(&suv, &LesionConfig::default()).unwrap();
    // 41 % of 4 is 1.64, below the ground of 1.8.
    assert_eq!(found.foci[0].threshold_suv, 3.0);
    assert!(found.foci[0].notes[0].contains("leaks"));
    assert!(found.foci[0].measures.volume_ml < 3.0);
}

#[test]
fn what_is_too_small_is_told_as_a_point() {
    let mut suv = spheres(&pet(), &[]);
    suv[[20, 20, 20]] = 6.0;
    let found = find_foci(&suv, &LesionConfig::default()).unwrap();
    assert!(found.foci.is_empty());
    assert_eq!(found.points.len(), 1);
    assert_eq!(found.points[0].suv_max, 6.0);
    assert_eq!(found.points[0].max_at, suv.grid().center_of([20, 20, 20]));
}

#[test]
fn a_fixed_threshold_outlines_at_that_suv() {
    let suv = spheres(&pet(), &[(Point3::origin(), 12.0, 20.0)]);
    let config = LesionConfig::fixed(4.0);
    assert_eq!(config.delineation, Delineation::FixedSuv(4.0));
    let focus = &find_foci(&suv, &config).unwrap().foci[0];
    assert_eq!(focus.threshold_suv, 4.0);
    let lowest = focus
        .mask
        .voxels()
        .map(|v| suv[[0, 1, 2].map(|a| v[a] + focus.bounds.min[a])]);
    assert!(lowest.fold(f32::MAX, f32::min) >= 4.0);
}

#[test]
fn values_out_of_range_are_named() {
    let config = LesionConfig {
        finding: FindingRule::FixedSuv(-1.0),
        ..LesionConfig::default()
    };
    let message = config.validate().unwrap_err();
    assert_eq!(
        message,
        "lesion.finding.fixed-suv is -1, expected 0.1 to 1000"
    );
}
