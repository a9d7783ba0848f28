//! How long a planning CT takes to be aligned with the CT of a whole-body PET/CT.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use isoboost_volume::{Grid, Mask, Volume, distance_outside, register_rigid};
use nalgebra::{Isometry3, Point3, Vector3};

/// Bones in soft tissue: two bent plates, a wedge and two bars, HU.
fn hu(p: Point3<f64>) -> i16 {
    let plate = |side: f64| {
        let x = side * p.x - 70.0 - 0.004 * (p.y - 10.0).powi(2) - 0.2 * p.z;
        let inside = (p.y - 10.0).abs() < 70.0 && p.z.abs() < 90.0;
        inside && x.abs() < 6.0
    };
    let wedge = p.z.abs() < 70.0 && p.x.abs() < 20.0 + 0.25 * p.z && (p.y - 65.0).abs() < 14.0;
    let bar = (p.y + 50.0 + 0.3 * p.z).abs() < 8.0 && (p.z + 70.0).abs() < 10.0 && p.x.abs() < 75.0;
    let body = (p.x / 190.0).powi(2) + (p.y / 120.0).powi(2) < 1.0;
    match (plate(1.0) || plate(-1.02) || wedge || bar, body) {
        (true, _) => 700,
        (_, true) => 40,
        _ => -1000,
    }
}

fn imaged(grid: &Grid, moving_from_fixed: &Isometry3<f64>) -> Volume<i16> {
    let back = moving_from_fixed.inverse();
    Volume::from_fn(grid.clone(), |voxel| hu(back * grid.center_of(voxel)))
}

fn whole_body_and_pelvis(criterion: &mut Criterion) {
    let start = Point3::new(-250.0, -250.0, -250.0);
    let Ok(grid) = Grid::axis_aligned([400, 512, 512], [3.0, 0.977, 0.977], start) else {
        return;
    };
    let fixed = imaged(&grid, &Isometry3::identity());
    let motion = Isometry3::new(
        Vector3::new(20.0, 150.0, 700.0),
        Vector3::new(0.1, -0.08, 0.12),
    );
    let start = Point3::new(-230.0, -100.0, 500.0);
    let Ok(grid) = Grid::axis_aligned([150, 512, 512], [3.0, 0.977, 0.977], start) else {
        return;
    };
    let moving = imaged(&grid, &motion);
    let Ok(grid) = Grid::axis_aligned([60, 60, 60], [4.0; 3], Point3::new(-118.0, -118.0, -118.0))
    else {
        return;
    };
    let bone = Mask::from_fn(grid.clone(), |voxel| hu(grid.center_of(voxel)) > 300);
    let region = distance_outside(&bone).map(|mm| *mm <= 6.0);
    let mut group = criterion.benchmark_group("registration");
    group.sample_size(10);
    group.bench_function("512x512x400 with 512x512x150", |bencher| {
        bencher.iter(|| register_rigid(black_box(&fixed), &region, &moving));
    });
    group.finish();
}

criterion_group!(benches, whole_body_and_pelvis);
criterion_main!(benches);
