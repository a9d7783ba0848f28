//! Local maxima of an image.

use isoboost_volume::Volume;
use rayon::prelude::*;

/// The voxels of at least `minimum` that none of their 26 neighbours exceeds, in array order. Of
/// equal neighbours the first is the maximum. Voxels at the border of the image are none: what is
/// beyond is not known.
pub(super) fn local_maxima(suv: &Volume<f32>, minimum: f32) -> Vec<[usize; 3]> {
    let [nk, nj, ni] = suv.grid().shape();
    if nk < 3 || nj < 3 || ni < 3 {
        return Vec::new();
    }
    let values = suv.as_slice();
    let (slice, row) = ((nj * ni) as isize, ni as isize);
    let mut steps = [0_isize; 26];
    let around = (0..27_isize).filter(|n| *n != 13);
    for (step, n) in steps.iter_mut().zip(around) {
        *step = (n / 9 - 1) * slice + (n / 3 % 3 - 1) * row + n % 3 - 1;
    }
    let is_maximum = |here: usize, value: f32| {
        steps.iter().all(|step| {
            let there = values[here.wrapping_add_signed(*step)];
            there < value || (there == value && *step > 0)
        })
    };
    let of_slice = |k: usize| {
        let mut found = Vec::new();
        for j in 1..nj - 1 {
            let start = (k * nj + j) * ni;
            for i in 1..ni - 1 {
                let value = values[start + i];
                if value >= minimum && is_maximum(start + i, value) {
                    found.push([k, j, i]);
                }
            }
        }
        found
    };
    let slices: Vec<Vec<[usize; 3]>> = (1..nk - 1).into_par_iter().map(of_slice).collect();
    slices.into_iter().flatten().collect()
}
