//! Exact Euclidean distance in millimetres.
//!
//! The lower envelope of parabolas along one axis after the other (Felzenszwalb and Huttenlocher,
//! Theory of Computing 2012;8:415), each axis with its own spacing.

use rayon::prelude::*;

use crate::{Mask, Volume};

/// Distance of each voxel centre to the nearest centre of a set voxel, in mm; 0 where set,
/// infinite everywhere when nothing is set.
pub fn distance_outside(mask: &Mask) -> Volume<f32> {
    let squared = squared_distance(mask, true);
    mask_shaped(mask, squared.into_iter().map(|s| s.sqrt() as f32))
}

/// Distance in mm from each voxel centre to the nearest centre of the other kind: positive
/// outside, negative inside.
///
/// Between a set and an unset neighbour it runs from minus to plus their spacing, so that its zero
/// level by linear interpolation lies halfway between their centres. Without a set voxel it is
/// infinite, with every voxel set minus infinite.
pub fn signed_distance(mask: &Mask) -> Volume<f32> {
    let outside = squared_distance(mask, true);
    let inside = squared_distance(mask, false);
    let both = outside.into_iter().zip(inside);
    mask_shaped(
        mask,
        both.map(|(out, inn)| (out.sqrt() - inn.sqrt()) as f32),
    )
}

fn mask_shaped(mask: &Mask, values: impl Iterator<Item = f32>) -> Volume<f32> {
    let mut volume = Volume::filled(mask.grid().clone(), 0.0_f32);
    for (place, value) in volume.as_mut_slice().iter_mut().zip(values) {
        *place = value;
    }
    volume
}

/// Squared distance in mm² of each voxel to the nearest one that is `kind`, in array order.
fn squared_distance(mask: &Mask, kind: bool) -> Vec<f64> {
    let [_, nj, ni] = mask.grid().shape();
    let [dk, dj, di] = mask.grid().spacing();
    let start = |set: &bool| if *set == kind { 0.0 } else { f64::INFINITY };
    let mut squared: Vec<f64> = mask.as_slice().iter().map(start).collect();
    squared.par_chunks_mut(nj * ni).for_each(|slice| {
        let mut envelope = Envelope::default();
        for row in slice.chunks_exact_mut(ni) {
            envelope.pass(row, di);
        }
        let mut line = vec![0.0; nj];
        for i in 0..ni {
            for j in 0..nj {
                line[j] = slice[j * ni + i];
            }
            envelope.pass(&mut line, dj);
            for j in 0..nj {
                slice[j * ni + i] = line[j];
            }
        }
    });
    along_slices(&mut squared, nj * ni, dk);
    squared
}

/// The pass across slices; columns are gathered into lines, worked on in parallel, and put back.
fn along_slices(squared: &mut [f64], stride: usize, spacing: f64) {
    let nk = squared.len() / stride;
    if nk == 1 {
        return;
    }
    let mut lines = vec![0.0; squared.len()];
    lines
        .par_chunks_mut(nk)
        .enumerate()
        .for_each_init(Envelope::default, |envelope, (n, line)| {
            for (k, value) in line.iter_mut().enumerate() {
                *value = squared[k * stride + n];
            }
            envelope.pass(line, spacing);
        });
    squared
        .par_chunks_mut(stride)
        .enumerate()
        .for_each(|(k, slice)| {
            for (n, value) in slice.iter_mut().enumerate() {
                *value = lines[n * nk + k];
            }
        });
}

/// Working memory of the lower envelope of one line.
#[derive(Debug, Default)]
struct Envelope {
    values: Vec<f64>,
    /// Positions of the parabolas on the envelope, from left to right.
    apex: Vec<usize>,
    /// Where each of them takes over from the one before, in steps.
    from: Vec<f64>,
}

impl Envelope {
    /// Replaces each value by the minimum over the line of value + squared distance.
    fn pass(&mut self, line: &mut [f64], spacing: f64) {
        let weight = spacing * spacing;
        self.values.clear();
        self.values.extend_from_slice(line);
        self.apex.clear();
        self.from.clear();
        for (q, value) in line.iter().enumerate() {
            if value.is_finite() {
                self.add(q, weight);
            }
        }
        if self.apex.is_empty() {
            return;
        }
        let mut at = 0;
        for (q, value) in line.iter_mut().enumerate() {
            while at + 1 < self.apex.len() && self.from[at + 1] <= q as f64 {
                at += 1;
            }
            let step = q as f64 - self.apex[at] as f64;
            *value = self.values[self.apex[at]] + weight * step * step;
        }
    }

    fn add(&mut self, q: usize, weight: f64) {
        let height = |p: usize| self.values[p] / weight + (p * p) as f64;
        let mut start = f64::NEG_INFINITY;
        while let Some(last) = self.apex.last().copied() {
            start = (height(q) - height(last)) / (2.0 * (q as f64 - last as f64));
            if start > self.from[self.from.len() - 1] {
                break;
            }
            self.apex.pop();
            self.from.pop();
            start = f64::NEG_INFINITY;
        }
        self.apex.push(q);
        self.from.push(start);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Grid;
    use nalgebra::Point3;

    fn scattered() -> Mask {
        let grid = Grid::axis_aligned([7, 9, 11], [3.0, 0.9, 1.3], Point3::origin()).unwrap();
        Mask::from_fn(grid, |[k, j, i]| (k * 31 + j * 57 + i * 101) % 41 == 0)
    }

    #[test]
    fn distances_are_those_of_a_search_over_all_voxels() {
        let mask = scattered();
        let set: Vec<_> = mask.voxels().map(|v| mask.grid().center_of(v)).collect();
        let distance = distance_outside(&mask);
        for voxel in mask.grid().full_box().voxels() {
            let here = mask.grid().center_of(voxel);
            let expected = set
                .iter()
                .map(|p| (p - here).norm())
                .fold(f64::INFINITY, f64::min);
            // f32 holds seven digits of distances up to some 20 mm.
            assert!((f64::from(distance[voxel]) - expected).abs() < 1e-5);
        }
    }

    #[test]
    fn an_empty_mask_is_infinitely_far() {
        let mask = scattered().map(|_| false);
        assert!(
            distance_outside(&mask)
                .as_slice()
                .iter()
                .all(|d| d.is_infinite())
        );
    }

    #[test]
    fn the_zero_level_lies_between_the_voxels() {
        let grid = Grid::axis_aligned([1, 1, 6], [1.0, 1.0, 2.0], Point3::origin()).unwrap();
        let mask = Mask::from_fn(grid, |[_, _, i]| i >= 3);
        assert_eq!(
            signed_distance(&mask).as_slice(),
            [6.0, 4.0, 2.0, -2.0, -4.0, -6.0]
        );
    }
}
