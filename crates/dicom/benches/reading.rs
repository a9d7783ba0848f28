//! How long a CT takes from its folder to its volume.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    reason = "criterion's macros are not documented, and a benchmark may fail"
)]

#[path = "../tests/objects/mod.rs"]
mod objects;

use std::path::PathBuf;

use criterion::{Criterion, criterion_group, criterion_main};
use dicom_dictionary_std::tags;
use isoboost_dicom::{discover, load_ct};
use objects::{Object, series};

const SLICES: u16 = 64;
const SIDE: u16 = 512;

/// A CT of 64 slices of 512 x 512 pixels.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let words: Vec<u16> = (0..u32::from(SIDE) * u32::from(SIDE))
        .map(|n| u16::try_from(n % 3000).unwrap())
        .collect();
    for k in 0..SLICES {
        Object::ct(k)
            .short(tags::ROWS, SIDE)
            .short(tags::COLUMNS, SIDE)
            .words(&words)
            .write(folder.path().join(k.to_string()));
    }
    folder
}

fn reading(criterion: &mut Criterion) {
    let folder = folder();
    let inputs = [PathBuf::from(folder.path())];
    criterion.bench_function("discover 64 slices", |bencher| {
        bencher.iter(|| discover(&inputs, &|_| {}).unwrap());
    });
    let series = series(folder.path());
    criterion.bench_function("load_ct 64 slices of 512 x 512", |bencher| {
        bencher.iter(|| load_ct(&series).unwrap());
    });
}

criterion_group!(benches, reading);
criterion_main!(benches);
