//! Contrast, peaks, sums and scales.

use super::*;

#[test]
fn the_contrast_is_to_what_is_no_focus() {
    let ball = Ball {
        radius: 8.0,
        fwhm: 6.0,
    };
    let grid = grid_around(40.0, [3.0, 4.0, 4.0], false);
    let hot = Point3::new(20.0, 0.0, 0.0);
    let suv = Volume::from_fn(grid.clone(), |v| {
        let p = grid.center_of(v);
        let neighbour = if (p - hot).norm() < 6.0 { 50.0 } else { 0.0 };
        (ball.suv_at(p.coords.norm()) + neighbour) as f32
    });
    let all = grid.full_box().voxels();
    let voxels: Vec<_> = all
        .filter(|v| suv[*v] >= 8.0 && grid.center_of(*v).x < 12.0)
        .collect();
    let depth = depth_below(&suv, &voxels, 8.0).0;
    let m = measure(&suv, &voxels, &depth, &PeakKernel::new(&grid));
    assert_eq!(m.contrast, None);
    let with = m.clone().with_contrast(&suv, &voxels, |v| suv[v] < 3.0);
    let contrast = with.contrast.unwrap();
    // The background is 1; what spills out of the ball beyond 5 mm adds a little.
    assert!((contrast.background_suv - 1.0).abs() < 0.05, "{contrast:?}");
    assert!(contrast.background_sd < 0.1, "{contrast:?}");
    let over = |suv: f64| Some(suv / contrast.background_suv);
    assert_eq!(contrast.of_max, over(with.suv_max));
    assert_eq!(contrast.of_mean, over(with.suv_mean));
    let counted = m.clone().with_contrast(&suv, &voxels, |_| true);
    assert!(counted.contrast.unwrap().background_suv > 1.3);
    assert_eq!(m.clone().with_contrast(&suv, &voxels, |_| false), m);
}

#[test]
fn the_local_peak_takes_the_better_of_two_maxima() {
    let grid = Grid::axis_aligned([11, 11, 25], [2.0; 3], Point3::origin()).unwrap();
    let mut suv = Volume::filled(grid.clone(), 0.0_f32);
    let voxels: Vec<_> = (4..21).map(|i| [5, 5, i]).collect();
    for voxel in &voxels {
        suv[*voxel] = 4.0;
    }
    suv[[5, 5, 4]] = 8.0;
    suv[[5, 5, 20]] = 8.0;
    // Warm tissue beside the second one.
    suv[[5, 6, 20]] = 3.9;
    let kernel = PeakKernel::new(&grid);
    let m = measure(&suv, &voxels, &depth_below(&suv, &voxels, 4.0).0, &kernel);
    assert_eq!(m.suv_peak_local, kernel.mean_at(&suv, [5, 5, 20]));
    assert!(m.suv_peak_local > kernel.mean_at(&suv, [5, 5, 4]));
    assert_eq!(m.max_at, grid.center_of([5, 5, 4]), "the first of equals");
}

#[test]
fn totals_have_sums_and_the_largest_distance() {
    let grid = Grid::axis_aligned([20, 20, 20], [3.0, 4.0, 4.0], Point3::origin()).unwrap();
    let mut suv = Volume::filled(grid.clone(), 1.0_f32);
    let places = [[3, 3, 3], [3, 3, 13], [13, 15, 3]];
    let lesions: Vec<Measures> = (1_u8..)
        .zip(places)
        .map(|(n, [k, j, i])| {
            let voxels = [[k, j, i], [k, j, i + 1], [k, j, i + 2]];
            for voxel in &voxels {
                suv[*voxel] = 10.0 * f32::from(n);
            }
            let depth = depth_below(&suv, &voxels, 5.0).0;
            measure(&suv, &voxels, &depth, &PeakKernel::new(&grid))
        })
        .collect();
    let sums = PatientTotals::of(["node", "bone", "node"].into_iter().zip(&lesions));
    assert_eq!(sums.total.lesions, 3);
    assert!((sums.total.psma_tv_ml - 9.0 * 0.048).abs() < 1e-12);
    assert!((sums.total.tl_psma - 0.144 * 60.0).abs() < 1e-9);
    assert_eq!(sums.total.suv_max, Some(30.0));
    // 30, 48 and 40 mm along the axes.
    let dmax = (30.0_f64.powi(2) + 48.0_f64.powi(2) + 40.0_f64.powi(2)).sqrt();
    assert!((sums.total.dmax_mm.unwrap() - dmax).abs() < 1e-9);
    let [(node, nodes), (bone, bones)] = sums.regions.as_slice() else {
        panic!("{:?}", sums.regions);
    };
    assert_eq!((*node, *bone), ("node", "bone"));
    let nodes_apart = (30.0_f64.powi(2) + 48.0_f64.powi(2)).sqrt();
    assert!((nodes.dmax_mm.unwrap() - nodes_apart).abs() < 1e-9);
    assert_eq!((bones.lesions, bones.dmax_mm), (1, None));
    assert_eq!(PatientTotals::<&str>::of([]).total, Totals::default());
}

#[test]
fn every_suv_of_a_set_is_scaled() {
    let grid = Grid::axis_aligned([5; 3], [2.0; 3], Point3::origin()).unwrap();
    let suv = Volume::from_fn(grid, |[k, j, i]| (1 + k + 2 * j + 3 * i) as f32);
    let m = measured_above(&suv, 12.0);
    let sul = m.scaled(0.75);
    for (scaled, bw) in [
        (sul.max, m.suv_max),
        (sul.peak, m.suv_peak),
        (sul.peak_local, m.suv_peak_local),
        (sul.mean, m.suv_mean),
        (sul.median, m.suv_median),
        (sul.sd, m.suv_sd),
        (sul.min, m.suv_min),
        (sul.p10, m.suv_p10),
        (sul.p90, m.suv_p90),
        (sul.total_uptake, m.tl_psma),
    ] {
        assert_eq!(scaled, 0.75 * bw);
    }
}
