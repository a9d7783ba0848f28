//! An image between its voxel centres.

use isoboost_volume::{Grid, GridError, IndexBox, Volume};

/// The part of an image in `bounds` with a value halfway between any two voxels of a row, column or
/// stack: voxel `[k, j, i]` of the box is voxel `[2k, 2j, 2i]` of the result.
///
/// By cubic convolution (Keys 1981, 10.1109/TASSP.1981.1163711), whose weights halfway are -1/16,
/// 9/16, 9/16, -1/16. A valley of a voxel's width lies between the centres as often as on one, and
/// two centres on its rims do not show how deep it is.
///
/// # Errors
/// Never for a box inside the grid.
pub(crate) fn halved(suv: &Volume<f32>, bounds: IndexBox) -> Result<Volume<f32>, GridError> {
    let grid = suv.grid();
    // Two voxels more for the weights; beyond the image its last voxel goes on.
    let around = bounds.grown([2; 3], grid.shape());
    let mut shape = around.shape();
    let mut values: Vec<f32> = around.voxels().map(|voxel| suv[voxel]).collect();
    for axis in 0..3 {
        (values, shape) = halved_along(&values, shape, axis);
    }
    let start = [0, 1, 2].map(|a| 2 * (bounds.min[a] - around.min[a]));
    let fine_shape = bounds.shape().map(|n| 2 * n - 1);
    let fine = Grid::new(
        fine_shape,
        grid.spacing().map(|s| s / 2.0),
        grid.center_of(bounds.min),
        grid.axes(),
    )?;
    Ok(Volume::from_fn(fine, |v| {
        let [k, j, i] = [0, 1, 2].map(|a| v[a] + start[a]);
        values[(k * shape[1] + j) * shape[2] + i]
    }))
}

/// The values with one more between any two along an axis.
fn halved_along(values: &[f32], shape: [usize; 3], axis: usize) -> (Vec<f32>, [usize; 3]) {
    let n = shape[axis];
    let inner: usize = shape[axis + 1..].iter().product();
    let mut longer = shape;
    longer[axis] = 2 * n - 1;
    let mut out = Vec::with_capacity(longer.iter().product());
    for block in values.chunks_exact(n * inner) {
        for place in 0..longer[axis] {
            let here = place / 2;
            let row = |step: isize| {
                let at = here.saturating_add_signed(step).min(n - 1);
                &block[at * inner..(at + 1) * inner]
            };
            if place % 2 == 0 {
                out.extend_from_slice(row(0));
            } else {
                let (before, left, right, after) = (row(-1), row(0), row(1), row(2));
                out.extend(
                    (0..inner)
                        .map(|n| 0.5625 * (left[n] + right[n]) - 0.0625 * (before[n] + after[n])),
                );
            }
        }
    }
    (out, longer)
}

#[cfg(test)]
mod tests {
    use isoboost_volume::{Grid, Volume};
    use nalgebra::Point3;

    use super::halved;

    #[test]
    fn a_quadratic_image_is_met_between_its_voxels() {
        let grid = Grid::axis_aligned([7, 8, 9], [3.0, 2.0, 4.0], Point3::origin()).unwrap();
        let image = |p: Point3<f64>| (p.x * p.x - 2.0 * p.y * p.z + 3.0 * p.y - 7.0) as f32;
        let suv = Volume::from_fn(grid.clone(), |v| image(grid.center_of(v)));
        let bounds = isoboost_volume::IndexBox {
            min: [2, 2, 3],
            max: [4, 5, 6],
        };
        let fine = halved(&suv, bounds).unwrap();
        assert_eq!(fine.grid().shape(), [5, 7, 7]);
        for voxel in fine.grid().full_box().voxels() {
            let expected = image(fine.grid().center_of(voxel));
            assert!((fine[voxel] - expected).abs() < 1e-3, "{voxel:?}");
        }
    }
}
