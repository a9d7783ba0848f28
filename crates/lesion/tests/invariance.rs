//! What must not depend on how an image is stored or scaled: flips, permuted axes, oblique grids, a
//! shift by a voxel, the unit, the number of threads.

#![expect(clippy::unwrap_used, reason = "a helper may fail the test")]

use isoboost_lesion::{FindingRule, Focus, LesionConfig, LesionError, find_foci};
use isoboost_volume::{Grid, Volume};
use nalgebra::{Point3, Rotation3, Vector3};
use proptest::prelude::*;

const SHAPE: [usize; 3] = [18, 20, 22];
const SPACING: [f64; 3] = [3.0, 4.0, 4.5];

/// A blurred spot: index of its centre, width in mm, height in SUV.
type Spot = ([f64; 3], f64, f64);

fn grid() -> Grid {
    Grid::axis_aligned(SHAPE, SPACING, Point3::new(-40.0, 25.0, -300.0)).unwrap()
}

/// Spots on a background whose ripple leaves no two voxels alike.
fn image(spots: &[Spot]) -> Volume<f32> {
    let grid = grid();
    Volume::from_fn(grid, |voxel| {
        let spot = |(center, width, height): &Spot| {
            let squared: f64 = (0..3)
                .map(|a| ((voxel[a] as f64 - center[a]) * SPACING[a] / width).powi(2))
                .sum();
            height * (-0.5 * squared).exp()
        };
        let place = voxel[0] * 977 + voxel[1] * 131 + voxel[2] * 17;
        let ripple = 0.1 * (place as f64 * 0.618).sin() + 1e-4 * (place as f64 * 0.237).cos();
        (1.0 + ripple + spots.iter().map(spot).sum::<f64>()) as f32
    })
}

fn spots() -> impl Strategy<Value = Vec<Spot>> {
    let center = [3.0..15.0_f64, 3.0..17.0, 3.0..19.0];
    prop::collection::vec((center, 4.0..9.0_f64, 2.5..30.0_f64), 1..5)
}

/// What is compared, the foci in the order of their maxima.
fn measured(suv: &Volume<f32>, config: &LesionConfig) -> Vec<Focus> {
    let mut foci = find_foci(suv, config).unwrap().foci;
    foci.sort_by(|a, b| b.measures.suv_max.total_cmp(&a.measures.suv_max));
    foci
}

/// Holds foci against those of the same image stored otherwise; `moved` takes a position there.
fn same(
    expected: &[Focus],
    found: &[Focus],
    moved: impl Fn(Point3<f64>) -> Point3<f64>,
    scale: f64,
) -> Result<(), TestCaseError> {
    prop_assert_eq!(expected.len(), found.len());
    for (a, b) in expected.iter().zip(found) {
        let (a_measures, b_measures) = (&a.measures, &b.measures);
        let close = |x: f64, y: f64| (x - y).abs() <= 1e-5 * (1.0 + x.abs());
        for (what, x, y) in [
            ("SUVmax", a_measures.suv_max * scale, b_measures.suv_max),
            ("SUVpeak", a_measures.suv_peak * scale, b_measures.suv_peak),
            ("SUVmean", a_measures.suv_mean * scale, b_measures.suv_mean),
            ("volume", a_measures.volume_ml, b_measures.volume_ml),
            (
                "longest diameter",
                a_measures.longest_diameter_mm,
                b_measures.longest_diameter_mm,
            ),
            ("threshold", a.threshold_suv * scale, b.threshold_suv),
        ] {
            prop_assert!(close(x, y), "{}: {} became {}", what, x, y);
        }
        let off = (moved(a_measures.centroid) - b_measures.centroid).norm();
        prop_assert!(off < 1e-3, "the centroid moved by {} mm", off);
        let off = (moved(a_measures.max_at) - b_measures.max_at).norm();
        prop_assert!(off < 1e-6, "the maximum moved by {} mm", off);
    }
    Ok(())
}

/// The image with its array axes in another order and some of them reversed, in the same place.
fn stored_otherwise(suv: &Volume<f32>, order: [usize; 3], reversed: [bool; 3]) -> Volume<f32> {
    let grid = suv.grid();
    let shape = order.map(|a| grid.shape()[a]);
    let spacing = order.map(|a| grid.spacing()[a]);
    let mut first = [0; 3];
    let mut axes = [Vector3::zeros(); 3];
    for (n, a) in order.into_iter().enumerate() {
        axes[n] = grid.axes()[a];
        if reversed[n] {
            first[a] = grid.shape()[a] - 1;
            axes[n] = -axes[n];
        }
    }
    let other = Grid::new(shape, spacing, grid.center_of(first), axes).unwrap();
    Volume::from_fn(other, |voxel| {
        let mut at = [0; 3];
        for (n, a) in order.into_iter().enumerate() {
            at[a] = if reversed[n] {
                shape[n] - 1 - voxel[n]
            } else {
                voxel[n]
            };
        }
        suv[at]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn how_the_array_is_stored(
        spots in spots(),
        order in prop::sample::select(vec![[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]),
        reversed in [any::<bool>(), any::<bool>(), any::<bool>()],
    ) {
        let (suv, config) = (image(&spots), LesionConfig::default());
        let other = stored_otherwise(&suv, order, reversed);
        same(&measured(&suv, &config), &measured(&other, &config), |p| p, 1.0)?;
    }

    #[test]
    fn how_the_patient_lies(spots in spots(), turn in [-3.0..3.0_f64, -1.5..1.5, -3.0..3.0]) {
        let (suv, config) = (image(&spots), LesionConfig::default());
        let turn = Rotation3::from_euler_angles(turn[0], turn[1], turn[2]);
        let upright = suv.grid();
        let oblique = Grid::new(
            SHAPE,
            SPACING,
            turn * upright.origin(),
            upright.axes().map(|axis| turn * axis),
        )
        .unwrap();
        let other = Volume::from_fn(oblique, |voxel| suv[voxel]);
        same(&measured(&suv, &config), &measured(&other, &config), |p| turn * p, 1.0)?;
    }

    #[test]
    fn the_unit_of_the_uptake(spots in spots(), scale in 0.2..5.0_f64) {
        let (suv, mut config) = (image(&spots), LesionConfig::default());
        let expected = measured(&suv, &config);
        let other = suv.map(|value| value * scale as f32);
        config.finding = FindingRule::FixedSuv(3.0 * scale);
        config.split.suv *= scale;
        same(&expected, &measured(&other, &config), |p| p, scale)?;
    }

    #[test]
    fn a_shift_by_a_voxel(spots in spots(), axis in 0..3_usize) {
        let (suv, config) = (image(&spots), LesionConfig::default());
        let mut step = [0; 3];
        step[axis] = 1;
        let longer = [0, 1, 2].map(|a| SHAPE[a] + step[a]);
        let origin = suv.grid().lps_from_index(step.map(|s| -(s as f64)));
        let grid = Grid::axis_aligned(longer, SPACING, origin).unwrap();
        let other = Volume::from_fn(grid, |voxel| suv[[0, 1, 2].map(|a| voxel[a].saturating_sub(step[a]))]);
        // A slice more at the border changes what is connected there, and the peak.
        let off_border = |focus: &Focus| {
            let grid = suv.grid();
            let index = grid.index_from_lps(focus.measures.centroid);
            index[axis] > 6.0
        };
        let of = |suv: &Volume<f32>| -> Vec<Focus> {
            measured(suv, &config).into_iter().filter(off_border).collect()
        };
        prop_assume!(measured(&suv, &config).iter().all(off_border));
        same(&of(&suv), &of(&other), |p| p, 1.0)?;
    }

    #[test]
    fn the_number_of_threads(spots in spots()) {
        let (suv, config) = (image(&spots), LesionConfig::default());
        let on = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| find_foci(&suv, &config).unwrap())
        };
        prop_assert_eq!(on(1), on(4));
    }
}

#[test]
fn negative_voxels_are_values_like_all_others() {
    let spot = ([9.0, 10.0, 11.0], 6.0, 12.0);
    let suv = image(&[spot]);
    let expected = find_foci(&suv, &LesionConfig::default()).unwrap();
    let mut other = suv.clone();
    other[[1, 1, 1]] = -3.0;
    let found = find_foci(&other, &LesionConfig::default()).unwrap();
    assert_eq!(expected, found);
}

#[test]
fn a_voxel_without_a_number_is_refused() {
    let mut suv = image(&[]);
    suv[[3, 4, 5]] = f32::NAN;
    suv[[7, 4, 5]] = f32::INFINITY;
    let error = find_foci(&suv, &LesionConfig::default()).unwrap_err();
    let expected = LesionError::NotFinite {
        count: 2,
        first: [3, 4, 5],
    };
    assert_eq!(error, expected);
    assert!(
        error
            .to_string()
            .contains("the first at slice 3, row 4, column 5")
    );
}
