//! Time of finding and measuring all uptake of a whole-body PET: 200 × 200 × 320 voxels, and
//! 200 × 200 × 673 by local contrast.

use criterion::{Criterion, criterion_group, criterion_main};
use isoboost_lesion::{FindingRule, LesionConfig, LocalContrast, find_foci};
use isoboost_volume::{Grid, Volume};
use nalgebra::Point3;

/// (centre in mm, radius in mm, SUV): liver, kidneys, spleen, bladder, glands and twelve lesions.
fn hot_spots() -> Vec<(Point3<f64>, f64, f64)> {
    let mut spots = vec![
        (Point3::new(-60.0, -20.0, 560.0), 72.0, 5.0),
        (Point3::new(70.0, 20.0, 470.0), 32.0, 35.0),
        (Point3::new(-70.0, 20.0, 460.0), 32.0, 35.0),
        (Point3::new(95.0, 30.0, 570.0), 38.0, 7.0),
        (Point3::new(0.0, -15.0, 250.0), 32.0, 30.0),
        (Point3::new(56.0, -12.0, 930.0), 14.0, 11.0),
        (Point3::new(-56.0, -12.0, 930.0), 14.0, 11.0),
    ];
    spots.extend((0..12).map(|n| {
        let turn = f64::from(n);
        let place = Point3::new(60.0 * turn.sin(), 60.0 * turn.cos(), 150.0 + 60.0 * turn);
        (place, 6.0, 14.0)
    }));
    spots
}

/// A body of noisy background with the spots on it, blurred at their rims.
fn whole_body(slices: usize) -> Volume<f32> {
    let grid = Grid::axis_aligned(
        [slices, 200, 200],
        [3.0, 4.07, 4.07],
        Point3::new(-405.0, -405.0, 0.0),
    )
    .unwrap_or_else(|error| panic!("{error}"));
    let spots = hot_spots();
    let mut random = 1_u32;
    Volume::from_fn(grid.clone(), |voxel| {
        let p = grid.center_of(voxel);
        if (p.x / 180.0).powi(2) + (p.y / 120.0).powi(2) > 1.0 {
            return 0.0;
        }
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let noise = f64::from(random >> 8) / f64::from(1 << 24) - 0.5;
        let hot = spots.iter().map(|(center, radius, suv)| {
            let out = ((p - center).norm() - radius).max(0.0);
            suv * (-out * out / 20.0).exp()
        });
        (hot.fold(0.8, f64::max) * (1.0 + 0.4 * noise)) as f32
    })
}

fn bench(criterion: &mut Criterion) {
    let suv = whole_body(320);
    let config = LesionConfig::default();
    criterion.bench_function("find_foci 200x200x320", |b| {
        b.iter(|| find_foci(&suv, &config));
    });
    let suv = whole_body(673);
    let fixed = LesionConfig::default();
    criterion.bench_function("fixed SUV 200x200x673", |b| {
        b.iter(|| find_foci(&suv, &fixed));
    });
    let local = LesionConfig {
        finding: FindingRule::LocalContrast(LocalContrast::with_fixed_suv(3.0)),
        ..LesionConfig::default()
    };
    criterion.bench_function("local contrast 200x200x673", |b| {
        b.iter(|| find_foci(&suv, &local));
    });
}

criterion_group!(benches, bench);
criterion_main!(benches);
