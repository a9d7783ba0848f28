//! The same bytes on any number of threads.

use isoboost_volume::{
    Connectivity, Grid, Margins, Mask, Volume, contours_from_field, contours_from_mask, expand,
    label_components, margin_field, resample_nearest, resample_trilinear, signed_distance,
};
use nalgebra::{Point3, Rotation3, Vector3};

fn on_threads<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .unwrap();
    pool.install(work)
}

/// Everything the crate computes in parallel, as text that shows every bit of it.
fn everything() -> String {
    let grid = Grid::axis_aligned(
        [17, 33, 41],
        [3.0, 1.1, 0.9],
        Point3::new(-20.0, -18.0, -25.0),
    )
    .unwrap();
    let turn = Rotation3::from_euler_angles(0.2, -0.1, 0.4);
    let axes = [Vector3::z(), Vector3::y(), Vector3::x()].map(|axis| turn * axis);
    let oblique = Grid::new(
        [21, 30, 30],
        [2.0; 3],
        Point3::new(-25.0, -30.0, -20.0),
        axes,
    )
    .unwrap();
    let field = Volume::from_fn(grid.clone(), |v| {
        let p = grid.center_of(v);
        (p.coords.norm() - 11.0 + (p.x * 0.9).sin() + (p.z * 0.7).cos()) as f32
    });
    let mask: Mask = field.map(|d| *d <= 0.0);
    let margins = Margins {
        left: 4.0,
        ..Margins::uniform(2.0)
    };
    let bits = |volume: &Volume<f32>| -> Vec<u32> {
        volume.as_slice().iter().map(|v| v.to_bits()).collect()
    };
    let contours = |contours: Vec<isoboost_volume::Contour>| -> Vec<(Option<usize>, [u64; 3])> {
        let all = contours
            .into_iter()
            .flat_map(|c| c.points.into_iter().map(move |p| (c.slice, p)));
        all.map(|(slice, p)| (slice, [p.x, p.y, p.z].map(f64::to_bits)))
            .collect()
    };
    format!(
        "{:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?}",
        label_components(&mask, Connectivity::TwentySix).counts,
        bits(&signed_distance(&mask)),
        expand(&mask, &Margins::uniform(3.0)).as_slice(),
        bits(&margin_field(&mask, &margins)),
        bits(&resample_trilinear(
            &field,
            &grid.crop(grid.full_box()),
            0.0
        )),
        bits(&resample_trilinear(&field, &oblique, 0.0)),
        bits(&resample_nearest(&field, &oblique, 0.0)),
        contours(contours_from_field(&field, 0.0)),
        contours(contours_from_mask(&mask)),
    )
}

#[test]
fn results_are_equal_bit_by_bit_on_one_two_and_five_threads() {
    let one = on_threads(1, everything);
    for threads in [2, 5] {
        assert!(on_threads(threads, everything) == one, "{threads} threads");
    }
}
