//! Volumes made coarser by averaging.

use rayon::prelude::*;

use crate::{Grid, Volume};

/// The means over blocks of `factor` voxels `[k, j, i]`, rounded towards zero, with values cut to
/// `range` before, so that metal and padding do not smear. What is left over at the far sides is
/// less than a block and has none; no block is larger than the volume.
///
/// One pass over the volume, parallel over slices of the result.
pub fn block_means(
    volume: &Volume<i16>,
    factor: [usize; 3],
    (lowest, highest): (i16, i16),
) -> Volume<i16> {
    let shape = volume.grid().shape();
    let factor = [0, 1, 2].map(|a| factor[a].clamp(1, shape[a]));
    let [_, nj, ni] = shape;
    let grid = block_grid(volume.grid(), factor);
    let small = grid.shape();
    let values = volume.as_slice();
    let per_block = factor.iter().product::<usize>() as i32;
    let mut means = Volume::filled(grid, 0_i16);
    means
        .as_mut_slice()
        .par_chunks_mut(small[1] * small[2])
        .enumerate()
        .for_each(|(k, slice)| {
            let mut sums = vec![0_i32; ni];
            for (j, row) in slice.chunks_exact_mut(small[2]).enumerate() {
                sums.fill(0);
                for dk in 0..factor[0] {
                    for dj in 0..factor[1] {
                        let from = ((k * factor[0] + dk) * nj + j * factor[1] + dj) * ni;
                        for (sum, value) in sums.iter_mut().zip(&values[from..from + ni]) {
                            *sum += i32::from((*value).clamp(lowest, highest));
                        }
                    }
                }
                for (mean, block) in row.iter_mut().zip(sums.chunks_exact(factor[2])) {
                    *mean = (block.iter().sum::<i32>() / per_block) as i16;
                }
            }
        });
    means
}

/// The grid of whole blocks; its voxel centres are those of the blocks.
fn block_grid(grid: &Grid, factor: [usize; 3]) -> Grid {
    let first = factor.map(|n| (n as f64 - 1.0) / 2.0);
    grid.coarsened(factor, grid.lps_from_index(first))
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::Point3;

    #[test]
    fn blocks_lie_where_their_voxels_do_and_hold_their_mean() {
        let grid =
            Grid::axis_aligned([5, 6, 7], [3.0, 1.0, 1.0], Point3::new(10.0, 20.0, 30.0)).unwrap();
        let ct = Volume::from_fn(grid, |[k, j, i]| (100 * k + 10 * j + i) as i16);
        let means = block_means(&ct, [1, 2, 3], (-1024, 2000));
        assert_eq!(means.grid().shape(), [5, 3, 2]);
        assert_eq!(means.grid().spacing(), [3.0, 2.0, 3.0]);
        assert_eq!(
            means.grid().center_of([1, 0, 1]),
            Point3::new(14.0, 20.5, 33.0)
        );
        // Rows 0 and 1, columns 3 to 5 of slice 1: 100 + 5 + 4.
        assert_eq!(means[[1, 0, 1]], 109);
    }

    #[test]
    fn values_are_cut_before_they_are_averaged() {
        let grid = Grid::axis_aligned([1, 1, 2], [1.0; 3], Point3::origin()).unwrap();
        let ct = Volume::from_fn(grid, |[_, _, i]| if i == 0 { 3000 } else { 0 });
        assert_eq!(
            block_means(&ct, [4, 4, 2], (-1024, 2000)).as_slice(),
            [1000]
        );
    }
}
