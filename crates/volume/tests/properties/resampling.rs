use isoboost_volume::{
    Grid, IndexBox, Volume, resample_nearest, resample_trilinear, sample_trilinear,
};
use nalgebra::{Point3, Vector3};
use proptest::prelude::*;

use crate::bodies::{cases, grids, oblique_axes, right_angled_axes};

/// Values stay below some 500, of which f32 keeps seven digits; three mixes lose some of them.
const ROUNDING: f32 = 1e-3;

fn linear(slope: [f64; 3], point: Point3<f64>) -> f32 {
    (7.0 + Vector3::from(slope).dot(&point.coords)) as f32
}

/// A grid whose middle lies on that of another, so that they overlap.
fn over(grid: &Grid, shape: [usize; 3], spacing: [f64; 3], axes: [Vector3<f64>; 3]) -> Grid {
    let middle = grid.lps_from_index(grid.shape().map(|n| (n - 1) as f64 / 2.0));
    let mut origin = middle;
    for a in 0..3 {
        origin -= axes[a] * (spacing[a] * (shape[a] - 1) as f64 / 2.0);
    }
    Grid::new(shape, spacing, origin, axes).unwrap()
}

fn pairs_of_grids() -> impl Strategy<Value = (Grid, Grid)> {
    let onto = (grids([9, 9, 9]), prop::bool::ANY);
    (grids([9, 9, 9]), onto).prop_map(|(source, (onto, same_axes))| {
        let axes = if same_axes {
            source.axes()
        } else {
            onto.axes()
        };
        let onto = over(&source, onto.shape(), onto.spacing(), axes);
        (source, onto)
    })
}

/// By how much an index lies inside the outermost voxel centres, in voxels; negative outside.
fn room(grid: &Grid, point: Point3<f64>) -> f64 {
    let index = grid.index_from_lps(point);
    (0..3)
        .map(|a| index[a].min((grid.shape()[a] - 1) as f64 - index[a]))
        .fold(f64::INFINITY, f64::min)
}

proptest! {
    #![proptest_config(cases(128))]

    #[test]
    fn index_and_place_are_inverse(grid in grids([9, 9, 9]), index in prop::array::uniform3(-50.0..50.0_f64)) {
        let back = grid.index_from_lps(grid.lps_from_index(index));
        for a in 0..3 {
            // Coordinates up to some 500 mm in f64.
            prop_assert!((back[a] - index[a]).abs() < 1e-10);
        }
    }

    #[test]
    fn a_linear_field_is_itself_on_any_grid(
        (source, onto) in pairs_of_grids(),
        slope in prop::array::uniform3(-0.5..0.5_f64),
    ) {
        let volume = Volume::from_fn(source.clone(), |v| linear(slope, source.center_of(v)));
        let result = resample_trilinear(&volume, &onto, f32::NEG_INFINITY);
        for voxel in onto.full_box().voxels() {
            let point = onto.center_of(voxel);
            match room(&source, point) {
                room if room >= 0.0 => {
                    let expected = linear(slope, point);
                    prop_assert!((result[voxel] - expected).abs() < ROUNDING);
                }
                // Half a voxel around the outermost centres still belongs to their voxels.
                room if room > -0.5 + 1e-9 => prop_assert!(result[voxel].is_finite()),
                room if room < -0.5 - 1e-9 => prop_assert_eq!(result[voxel], f32::NEG_INFINITY),
                _ => {}
            }
        }
    }

    #[test]
    fn whole_volumes_and_single_points_agree(
        (source, onto) in pairs_of_grids(),
        seed in 0_usize..1000,
    ) {
        let volume = Volume::from_fn(source, |[k, j, i]| ((k * 37 + j * 101 + i * 211 + seed) % 97) as f32);
        let result = resample_trilinear(&volume, &onto, -1.0);
        for voxel in onto.full_box().voxels() {
            let point = onto.center_of(voxel);
            // At the very edge rounding decides between the voxel and the background.
            if (room(volume.grid(), point) + 0.5).abs() > 1e-9 {
                let one = sample_trilinear(&volume, point, -1.0);
                prop_assert!((result[voxel] - one).abs() < ROUNDING, "{} {one}", result[voxel]);
            }
        }
    }

    #[test]
    fn onto_its_own_grid_a_volume_stays_bit_by_bit(
        shape in [1_usize..6, 1_usize..7, 1_usize..8],
        axes in right_angled_axes(),
        spacing in prop::array::uniform3(prop::sample::select(vec![0.5, 1.0, 2.0, 3.0])),
        hole in 0_usize..60,
    ) {
        // Half millimetres, so that no place is rounded and every weight is 0 or 1.
        let grid = Grid::new(shape, spacing, Point3::new(-12.5, 3.0, 40.0), axes).unwrap();
        let mut n = 0;
        let volume = Volume::from_fn(grid.clone(), |[k, j, i]| {
            n += 1;
            // One voxel that is not a number must not spread to its neighbours.
            if n - 1 == hole { f32::NAN } else { (k * 31 + j * 17 + i) as f32 * 0.37 }
        });
        let bits = |volume: &Volume<f32>| -> Vec<u32> {
            volume.as_slice().iter().map(|v| v.to_bits()).collect()
        };
        prop_assert_eq!(bits(&resample_trilinear(&volume, &grid, 0.0)), bits(&volume));
        prop_assert_eq!(bits(&resample_nearest(&volume, &grid, 0.0)), bits(&volume));
        let window = IndexBox { min: shape.map(|n| n / 2), max: shape.map(|n| n - 1) };
        let crop = volume.crop(window);
        prop_assert_eq!(bits(&resample_trilinear(&volume, crop.grid(), 0.0)), bits(&crop));
    }

    #[test]
    fn there_and_back_a_smooth_field_is_itself(axes in oblique_axes()) {
        // Half a period over 40 mm sampled every 1 mm: linear interpolation errs by h²/8 times
        // the curvature for each axis, twice.
        let wave = std::f64::consts::PI / 40.0;
        let tolerance = (2.0 * 3.0 / 8.0 * wave * wave) as f32 + 1e-5;
        let field = |p: Point3<f64>| ((p.x * wave).sin() * (p.y * wave).cos() * (p.z * wave).cos()) as f32;
        let here = Grid::axis_aligned([24; 3], [1.0; 3], Point3::new(-11.5, -11.5, -11.5)).unwrap();
        let there = over(&here, [48; 3], [1.0; 3], axes);
        let volume = Volume::from_fn(here.clone(), |v| field(here.center_of(v)));
        let turned = resample_trilinear(&volume, &there, f32::NAN);
        let back = resample_trilinear(&turned, &here, f32::NAN);
        let mut compared = 0;
        for voxel in here.full_box().voxels().filter(|v| !back[*v].is_nan()) {
            // Values at the rim were held constant for half a voxel on the way there.
            if voxel.iter().all(|x| (2..22).contains(x)) {
                compared += 1;
                prop_assert!((back[voxel] - volume[voxel]).abs() < tolerance);
            }
        }
        prop_assert_eq!(compared, 20 * 20 * 20);
    }

    #[test]
    fn nearest_takes_the_voxel_whose_cell_holds_the_point((source, onto) in pairs_of_grids()) {
        let mut n = 0_u32;
        let volume = Volume::from_fn(source.clone(), |_| { n += 1; n });
        let result = resample_nearest(&volume, &onto, 0);
        for voxel in onto.full_box().voxels() {
            let point = onto.center_of(voxel);
            let index = source.index_from_lps(point);
            let is_tie = index.iter().any(|x| (x - x.floor() - 0.5).abs() < 1e-9);
            if !is_tie {
                let expected = source.voxel_at(point).map_or(0, |v| volume[v]);
                prop_assert_eq!(result[voxel], expected);
            }
        }
    }
}
