//! The low-resolution view of a CT that everything here works on.

use isoboost_volume::{Grid, Volume, block_means, resample_trilinear};
use nalgebra::{Point3, Vector3};
use ndarray::Array3;

/// Side of a voxel of the view that is aimed at, in mm: fine enough for the cortex of a hip bone
/// to stay above soft tissue, coarse enough for a whole body to be looked at in milliseconds.
const AIM_MM: f64 = 4.0;

/// Blocks of voxels are not averaged beyond this side, in mm.
const COARSEST_MM: f64 = 4.6;

/// HU are cut to this range before averaging, so that metal and padding do not smear.
const HU_RANGE: (i16, i16) = (-1024, 2000);

/// HU outside of the CT in a view that had to be turned.
const OUTSIDE_HU: f32 = -1024.0;

/// How far the view's axes may be from the patient's: half a voxel over half a metre.
const ALIGNED_SINE: f64 = 0.004;

/// Averages a CT in HU to voxels of about 4 mm whose slices grow to the head, rows to posterior
/// and columns to the left of the patient.
///
/// One pass over the CT, parallel over slices of the view. A tilted CT is averaged on its own
/// axes and then turned.
pub fn overview(ct: &Volume<i16>) -> Volume<i16> {
    let blocks = averaged(ct);
    let upright = reordered(&blocks);
    let straight = upright.grid().axes();
    let aligned = [Vector3::z(), Vector3::y(), Vector3::x()]
        .iter()
        .zip(straight)
        .all(|(want, have)| (have - want).norm() < ALIGNED_SINE);
    if aligned {
        return upright;
    }
    let onto = box_grid(upright.grid());
    resample_trilinear(&upright, &onto, OUTSIDE_HU).map(|hu| hu.round() as i16)
}

/// Mean over blocks of voxels; what is left over at the far sides is less than a block.
fn averaged(ct: &Volume<i16>) -> Volume<i16> {
    let spacing = ct.grid().spacing();
    let factor = spacing.map(|mm| {
        let mut n = (AIM_MM / mm).round().max(1.0);
        if n * mm > COARSEST_MM && n > 1.0 {
            n -= 1.0;
        }
        n as usize
    });
    block_means(ct, factor, HU_RANGE)
}

/// The same voxels with the axes in the order and direction nearest to the patient's.
fn reordered(volume: &Volume<i16>) -> Volume<i16> {
    let grid = volume.grid();
    let axes = grid.axes();
    // For z, y, x in turn the axis of the grid that runs along it best and is not taken yet.
    let mut order = [0_usize; 3];
    let mut taken = [false; 3];
    for (n, along) in [2_usize, 1, 0].into_iter().enumerate() {
        let best = (0..3)
            .filter(|a| !taken[*a])
            .max_by(|a, b| axes[*a][along].abs().total_cmp(&axes[*b][along].abs()))
            .unwrap_or(n);
        taken[best] = true;
        order[n] = best;
    }
    let mut values = volume.view().permuted_axes(order);
    let mut first = [0.0; 3];
    let mut turned = order.map(|a| axes[a]);
    for (n, along) in [2_usize, 1, 0].into_iter().enumerate() {
        if turned[n][along] < 0.0 {
            values.invert_axis(ndarray::Axis(n));
            turned[n] = -turned[n];
            first[order[n]] = (grid.shape()[order[n]] - 1) as f64;
        }
    }
    let shape = order.map(|a| grid.shape()[a]);
    let spacing = order.map(|a| grid.spacing()[a]);
    let flat = values.iter().copied().collect();
    rebuilt(
        shape,
        spacing,
        grid.lps_from_index(first),
        turned,
        flat,
        grid,
    )
}

/// The upright grid of 4 mm around a tilted one.
fn box_grid(grid: &Grid) -> Grid {
    let corners = grid.corners();
    let extent = |a: usize| {
        let values = corners.iter().map(|c| c[a]);
        let low = values.clone().fold(f64::INFINITY, f64::min);
        (low, values.fold(f64::NEG_INFINITY, f64::max))
    };
    let (x, y, z) = (extent(0), extent(1), extent(2));
    let count = |(low, high): (f64, f64)| ((high - low) / AIM_MM).ceil() as usize + 1;
    let shape = [count(z), count(y), count(x)];
    Grid::axis_aligned(shape, [AIM_MM; 3], Point3::new(x.0, y.0, z.0))
        .unwrap_or_else(|_| grid.clone())
}

/// A volume from parts that fit by construction; the unreachable misfit gives an empty view.
fn rebuilt(
    shape: [usize; 3],
    spacing: [f64; 3],
    origin: Point3<f64>,
    axes: [Vector3<f64>; 3],
    values: Vec<i16>,
    fallback: &Grid,
) -> Volume<i16> {
    let grid = Grid::new(shape, spacing, origin, axes);
    let array = Array3::from_shape_vec(shape, values);
    match (grid, array) {
        (Ok(grid), Ok(array)) => Volume::new(grid, array).ok(),
        _ => None,
    }
    .unwrap_or_else(|| Volume::filled(fallback.clone(), HU_RANGE.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::Rotation3;

    fn ramp(grid: &Grid) -> Volume<i16> {
        // 1 HU per mm to the left, 2 to posterior, 3 to the head.
        Volume::from_fn(grid.clone(), |voxel| {
            let p = grid.center_of(voxel);
            (p.x + 2.0 * p.y + 3.0 * p.z).round() as i16
        })
    }

    fn check(grid: &Grid) {
        let view = overview(&ramp(grid));
        let axes = view.grid().axes();
        assert!((axes[0] - Vector3::z()).norm() < ALIGNED_SINE, "{axes:?}");
        assert!((axes[2] - Vector3::x()).norm() < ALIGNED_SINE, "{axes:?}");
        let mut seen = 0;
        for voxel in view.grid().full_box().voxels() {
            let p = view.grid().center_of(voxel);
            if grid.voxel_at(p).is_none() || view[voxel] == OUTSIDE_HU as i16 {
                continue;
            }
            let expected = p.x + 2.0 * p.y + 3.0 * p.z;
            // Rounding of the ramp, of the mean towards zero and of the turned value; beyond the
            // outermost centres of a turned view half a voxel takes the border's value.
            let border = if axes[0] == grid.axes()[0] { 2.5 } else { 16.0 };
            assert!(
                (f64::from(view[voxel]) - expected).abs() < border,
                "{voxel:?}"
            );
            seen += 1;
        }
        assert!(seen > 300, "{seen}");
    }

    #[test]
    fn a_view_keeps_the_place_of_the_values() {
        let start = Point3::new(-40.0, -30.0, 10.0);
        check(&Grid::axis_aligned([20, 60, 70], [3.0, 0.98, 0.98], start).unwrap());
        check(&Grid::axis_aligned([40, 60, 70], [1.0, 1.37, 1.37], start).unwrap());
    }

    #[test]
    fn flipped_and_permuted_axes_are_put_upright() {
        let start = Point3::new(40.0, 30.0, 10.0);
        let flipped = [Vector3::z(), -Vector3::y(), -Vector3::x()];
        check(&Grid::new([20, 60, 70], [3.0, 0.98, 0.98], start, flipped).unwrap());
        let sagittal = [-Vector3::x(), -Vector3::z(), Vector3::y()];
        check(&Grid::new([30, 60, 70], [3.0, 0.98, 0.98], start, sagittal).unwrap());
    }

    #[test]
    fn a_tilted_ct_is_turned() {
        let turn = Rotation3::from_euler_angles(0.2, -0.1, 0.15);
        let axes = [Vector3::z(), Vector3::y(), Vector3::x()].map(|a| turn * a);
        let grid = Grid::new([40, 60, 60], [3.0, 2.0, 2.0], Point3::origin(), axes).unwrap();
        check(&grid);
    }

    #[test]
    fn voxels_are_near_four_millimetres_and_thick_slices_stay() {
        let spacing = |s: [f64; 3]| {
            let grid = Grid::axis_aligned([64; 3], s, Point3::origin()).unwrap();
            overview(&Volume::filled(grid, 0)).grid().spacing()
        };
        assert_eq!(spacing([3.0, 0.976_562_5, 0.976_562_5])[1], 3.906_25);
        assert_eq!(spacing([3.0, 0.976_562_5, 0.976_562_5])[0], 3.0);
        assert_eq!(spacing([2.5, 1.367, 1.367])[0], 2.5);
        assert_eq!(spacing([5.0, 1.367, 1.367])[0], 5.0);
        assert!((spacing([1.0, 1.367, 1.367])[2] - 4.101).abs() < 1e-9);
    }
}
