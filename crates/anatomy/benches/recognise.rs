//! Time of recognising the anatomy of a whole-body PET/CT: CT 512 × 512 × 320, PET
//! 200 × 200 × 320.

use criterion::{Criterion, criterion_group, criterion_main};
use isoboost_anatomy::{LiverMode, measure_references, overview, recognise};
use isoboost_phantom::{PelvisSpec, ScannerModel, Scenario, Tracer, pelvis};

fn bench(criterion: &mut Criterion) {
    let spec = PelvisSpec::from(Scenario::WholeBody);
    let study = pelvis(&spec, Tracer::Ga68Psma11, &ScannerModel::whole_body(), 1)
        .unwrap_or_else(|error| panic!("{error}"));
    criterion.bench_function("overview of 512x512x320", |b| {
        b.iter(|| overview(&study.ct));
    });
    criterion.bench_function("recognise 512x512x320", |b| {
        b.iter(|| recognise(Some(&study.ct), &study.suv, &[]));
    });
    let anatomy = recognise(Some(&study.ct), &study.suv, &[]);
    for mode in [LiverMode::Sphere, LiverMode::WholeOrgan] {
        criterion.bench_function(&format!("references 200x200x320, {mode:?}"), |b| {
            b.iter(|| measure_references(&anatomy, &study.suv, mode));
        });
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10);
    targets = bench
}
criterion_main!(benches);
