//! Two label maps, label by label.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use isoboost_volume::{Grid, POSITION_TOLERANCE_MM};

use super::matching::Numbers;
use super::{CompareError, Difference, difference};
use crate::nifti::{Layers, read_label_layers};

/// What differs between two label maps; `numbers` are the labels of the new one in those of the
/// old one.
///
/// Maps that are cut to different boxes of one lattice are the same where their labels are.
///
/// # Errors
/// When a file cannot be read.
pub(super) fn differences(
    file: &str,
    old: &Path,
    new: &Path,
    numbers: &Numbers,
    least_dice: f64,
) -> Result<Vec<Difference>, CompareError> {
    match (old.is_file(), new.is_file()) {
        (true, true) => {}
        (false, false) => return Ok(Vec::new()),
        (is_old, _) => {
            let (old, new) = if is_old {
                ("there", "missing")
            } else {
                ("missing", "there")
            };
            return Ok(vec![difference(file.to_owned(), old, new)]);
        }
    }
    let (old, new) = (read_label_layers(old)?, read_label_layers(new)?);
    let Some(offset) = offset(&old.grid, &new.grid) else {
        let place = format!("{file} grid");
        return Ok(vec![difference(
            place,
            describe(&old.grid),
            describe(&new.grid),
        )]);
    };
    let has_partner: BTreeSet<u64> = numbers.values().flatten().copied().collect();
    // Labels that the reports do not speak of stand for themselves.
    let is_told = |label: u64| numbers.is_empty() || has_partner.contains(&label);
    let old = places(&old, [0; 3], |label| is_told(label).then_some(label));
    let new = places(&new, offset, |label| {
        numbers.get(&label).copied().unwrap_or(Some(label))
    });
    let labels: BTreeSet<u64> = old.keys().chain(new.keys()).copied().collect();
    let none = Vec::new();
    let told = labels.into_iter().filter_map(|label| {
        let of = |places: &BTreeMap<u64, Vec<u64>>| places.get(&label).unwrap_or(&none).clone();
        let dice = dice(&of(&old), &of(&new));
        (dice < least_dice).then(|| {
            let place = format!("{file} label {label}");
            difference(
                place,
                format!("Dice {least_dice} or more"),
                format!("{dice:.6}"),
            )
        })
    });
    Ok(told.collect())
}

/// Where the first voxel of `new` lies in the lattice of `old`; `None` when they share none.
fn offset(old: &Grid, new: &Grid) -> Option<[i64; 3]> {
    let index = old.index_from_lps(new.origin());
    let offset = index.map(|v| v.round() as i64);
    let same_step = |a: usize| {
        let step = |grid: &Grid| grid.axes()[a] * (grid.spacing()[a] * grid.shape()[a] as f64);
        let apart = step(old) / old.shape()[a] as f64 - step(new) / new.shape()[a] as f64;
        apart.norm() * new.shape()[a] as f64 <= POSITION_TOLERANCE_MM
    };
    let is_near = (0..3).all(|a| {
        (index[a] - offset[a] as f64).abs() * old.spacing()[a] <= POSITION_TOLERANCE_MM
            && same_step(a)
    });
    is_near.then_some(offset)
}

fn describe(grid: &Grid) -> String {
    let [nk, nj, ni] = grid.shape();
    let [dk, dj, di] = grid.spacing();
    let at = grid.origin();
    format!(
        "{ni} x {nj} x {nk} voxels of {di:.3} x {dj:.3} x {dk:.3} mm from ({:.2}, {:.2}, {:.2})",
        at.x, at.y, at.z
    )
}

/// The voxels of each label in ascending order, as numbers of a lattice large enough for both;
/// `rename` leaves a label out by `None`. A label may be in any layer.
fn places(
    layers: &Layers<u16>,
    offset: [i64; 3],
    rename: impl Fn(u64) -> Option<u64>,
) -> BTreeMap<u64, Vec<u64>> {
    // Sides have at most 2^15 voxels in this format, and offsets are as small.
    const SIDE: i64 = 1 << 18;
    let [_, nj, ni] = layers.grid.shape();
    let voxels = layers.grid.voxel_count();
    let mut places: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
    for (at, label) in layers.values.iter().enumerate().filter(|(_, v)| **v != 0) {
        let at = at % voxels;
        let index = [at / (nj * ni), at / ni % nj, at % ni];
        let [k, j, i] = [0, 1, 2].map(|a| index[a] as i64 + offset[a] + SIDE / 2);
        let place = (k * SIDE + j) * SIDE + i;
        if let Some(label) = rename(u64::from(*label)) {
            places.entry(label).or_default().push(place as u64);
        }
    }
    for voxels in places.values_mut() {
        voxels.sort_unstable();
    }
    places
}

/// Dice coefficient of two ascending lists of voxels.
fn dice(a: &[u64], b: &[u64]) -> f64 {
    let both = a.iter().filter(|v| b.binary_search(v).is_ok()).count();
    2.0 * both as f64 / (a.len() + b.len()) as f64
}
