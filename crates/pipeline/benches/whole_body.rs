//! Time and memory of what is known of a whole body between loading it and writing the results: CT
//! 512 × 512 × 900, PET 200 × 200 × 673.

#![expect(clippy::print_stdout, reason = "peak memory has no place in criterion")]

use criterion::{Criterion, criterion_group, criterion_main};
use isoboost_anatomy::{LiverMode, measure_references, recognise};
use isoboost_lesion::{FoundFoci, find_foci};
use isoboost_phantom::{GridSpec, PhantomStudy, ScannerModel, TorsoSpec, Tracer, torso};
use isoboost_pipeline::{Config, analyse};
use isoboost_staging::{Scan, stage};

/// A patient of the torso phantom with lesions, ganglia and urine in the ureters.
const SEED: u64 = 6;

/// The patient's field at one grid of slices for PET and one for CT.
fn study() -> PhantomStudy {
    let (spec, _) = TorsoSpec::random(SEED);
    let sliced = |matrix, pixel_mm, slices: usize| GridSpec {
        slices: Some(slices),
        ..GridSpec::square(matrix, pixel_mm, 1032.0 / slices as f64)
    };
    let scanner = ScannerModel {
        pet: sliced(200, 4.072_83, 673),
        ct: sliced(512, 0.976_562, 900),
        ..ScannerModel::default()
    };
    torso(&spec, Tracer::F18Dcfpyl, &scanner, SEED).unwrap_or_else(|error| panic!("{error}"))
}

/// Highest memory that the process has had, MB.
fn peak_mb() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    let kb: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kb / 1024.0)
}

/// Forgets the highest memory so far.
fn forget_peak() {
    // Refused outside of Linux, where there is no peak to tell either.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

fn bench(criterion: &mut Criterion) {
    let study = study();
    let config = Config::default();
    let found: FoundFoci = find_foci(&study.suv, &config.lesion).unwrap_or_else(|e| panic!("{e}"));
    let scan = Scan {
        ct: Some(&study.ct),
        ..Scan::of_pet(&study.suv)
    };
    let images_mb =
        (study.ct.as_slice().len() * 2 + study.suv.as_slice().len() * 4) as f64 / 1_048_576.0;
    let ct_mb = study.ct.as_slice().len() as f64 * 2.0 / 1_048_576.0;
    forget_peak();
    let before = peak_mb();
    criterion.bench_function(
        "anatomy and staging, CT 512x512x900, PET 200x200x673",
        |b| {
            b.iter(|| {
                let anatomy = recognise(scan.ct, scan.suv, &[]);
                let references = measure_references(&anatomy, scan.suv, LiverMode::Sphere);
                let blood_pool = references.blood_pool.as_ref().ok().map(|blood| blood.mean);
                let scan = Scan { blood_pool, ..scan };
                stage(found.clone(), &anatomy, scan, &config.staging)
                    .with_scores(&references, false)
            });
        },
    );
    if let (Some(before), Some(after)) = (before, peak_mb()) {
        // What the phantom keeps of its truth is no part of it.
        let step = after - before;
        println!(
            "{step:.0} MB beside the images: {:.0} MB together, {:.2} times the CT's {ct_mb:.0} MB",
            images_mb + step,
            (images_mb + step) / ct_mb
        );
    }
    criterion.bench_function("with lesions found and outlined", |b| {
        b.iter(|| analyse(scan, &[], &config));
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10);
    targets = bench
}
criterion_main!(benches);
