//! Time of each stage by size of the PET and number of lesions: `cargo bench -p isoboost-lesion`.
//!
//! Organs and noise are those of a PSMA-PET; 200 × 200 × 673 voxels with 60 lesions is a long
//! field of view and a patient with many metastases.

#![expect(clippy::unwrap_used, reason = "a bench may fail")]

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use isoboost_lesion::{LesionConfig, Surroundings, find_uptake};
use isoboost_volume::{Grid, Volume};
use nalgebra::Point3;

/// Slices of 3 mm: a pelvis, skull to thigh, and a long field of view.
const SLICES: [usize; 4] = [80, 160, 320, 673];
const LESIONS: [usize; 4] = [0, 15, 60, 240];

/// A centre in mm, a radius in mm, an SUV.
type Spot = (Point3<f64>, f64, f64);

/// Liver, kidneys, spleen, bladder and glands.
fn organs() -> Vec<Spot> {
    vec![
        (Point3::new(-60.0, -20.0, 560.0), 72.0, 5.0),
        (Point3::new(70.0, 20.0, 470.0), 32.0, 35.0),
        (Point3::new(-70.0, 20.0, 460.0), 32.0, 35.0),
        (Point3::new(95.0, 30.0, 570.0), 38.0, 7.0),
        (Point3::new(0.0, -15.0, 150.0), 32.0, 30.0),
        (Point3::new(56.0, -12.0, 930.0), 14.0, 11.0),
        (Point3::new(-56.0, -12.0, 930.0), 14.0, 11.0),
    ]
}

/// Lesions of 12 mm along a helix through the whole field.
fn lesions(n: usize, slices: usize) -> Vec<Spot> {
    let place = |i: usize| {
        let turn = i as f64 * 2.4;
        let z = 12.0 + (slices as f64 * 3.0 - 24.0) * (i as f64 + 0.5) / n as f64;
        (
            Point3::new(110.0 * turn.sin(), 75.0 * turn.cos(), z),
            6.0,
            14.0,
        )
    };
    (0..n).map(place).collect()
}

/// A body of noisy background with the spots in it, blurred at their rims.
fn pet(slices: usize, n_lesions: usize) -> Volume<f32> {
    let origin = Point3::new(-405.0, -405.0, 0.0);
    let grid = Grid::axis_aligned([slices, 200, 200], [3.0, 4.07, 4.07], origin).unwrap();
    let mut random = 1_u32;
    let mut suv = Volume::from_fn(grid.clone(), |voxel| {
        let p = grid.center_of(voxel);
        if (p.x / 180.0).powi(2) + (p.y / 120.0).powi(2) > 1.0 {
            return 0.0;
        }
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let noise = f64::from(random >> 8) / f64::from(1 << 24) - 0.5;
        (0.8 * (1.0 + 0.4 * noise)) as f32
    });
    for (center, radius, height) in organs().into_iter().chain(lesions(n_lesions, slices)) {
        let Some(around) = grid.box_around(&[center], radius + 15.0) else {
            continue;
        };
        for voxel in around.voxels() {
            let out = ((grid.center_of(voxel) - center).norm() - radius).max(0.0);
            suv[voxel] = suv[voxel].max((height * (-out * out / 20.0).exp()) as f32);
        }
    }
    suv
}

fn by_size(criterion: &mut Criterion) {
    let (config, surroundings) = (LesionConfig::default(), Surroundings::default());
    let mut group = criterion.benchmark_group("voxels, 12 lesions");
    group.sample_size(10);
    for slices in SLICES {
        let suv = pet(slices, 12);
        group.throughput(Throughput::Elements(suv.grid().voxel_count() as u64));
        group.bench_with_input(
            BenchmarkId::new("find and split", slices),
            &suv,
            |b, suv| {
                b.iter(|| find_uptake(suv, &surroundings, &config).unwrap());
            },
        );
        let uptake = find_uptake(&suv, &surroundings, &config).unwrap();
        group.bench_function(BenchmarkId::new("outline and measure", slices), |b| {
            b.iter(|| uptake.foci());
        });
    }
}

fn by_lesions(criterion: &mut Criterion) {
    let (config, surroundings) = (LesionConfig::default(), Surroundings::default());
    let mut group = criterion.benchmark_group("lesions, 673 slices");
    group.sample_size(10);
    for n in LESIONS {
        let suv = pet(673, n);
        group.throughput(Throughput::Elements(n as u64));
        group.bench_with_input(BenchmarkId::new("find and split", n), &suv, |b, suv| {
            b.iter(|| find_uptake(suv, &surroundings, &config).unwrap());
        });
        let uptake = find_uptake(&suv, &surroundings, &config).unwrap();
        group.bench_function(BenchmarkId::new("outline and measure", n), |b| {
            b.iter(|| uptake.foci());
        });
        let found = uptake.foci();
        group.bench_function(BenchmarkId::new("range over the rules", n), |b| {
            b.iter(|| {
                let lesions = found.foci.iter().filter(|f| f.measures.volume_ml < 10.0);
                lesions
                    .map(|focus| uptake.range_of(focus))
                    .collect::<Vec<_>>()
            });
        });
    }
}

criterion_group!(benches, by_size, by_lesions);
criterion_main!(benches);
