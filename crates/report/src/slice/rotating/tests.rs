//! Each view from its side, and points where their uptake is.

use isoboost_volume::Grid;
use nalgebra::{Rotation3, Vector3};

use super::*;

fn grids() -> Vec<Grid> {
    let (x, y, z) = (Vector3::x(), Vector3::y(), Vector3::z());
    let turn = Rotation3::from_euler_angles(0.2, -0.1, 0.3);
    let sets = [
        [z, y, x],
        [-z, y, -x],
        [x, -z, y],
        [turn * z, turn * y, turn * x],
    ];
    sets.map(|axes| {
        let spacing = [3.0, 4.0, 2.5];
        let shape = [50, 40, 61];
        let mut origin = Point3::new(7.0, -30.0, 400.0);
        for a in 0..3 {
            origin -= axes[a] * (spacing[a] * (shape[a] - 1) as f64 / 2.0);
        }
        Grid::new(shape, spacing, origin, axes).unwrap()
    })
    .to_vec()
}

/// Some background and a spot that fades outwards.
fn scan(grid: &Grid, spot: Point3<f64>) -> Volume<f32> {
    Volume::from_fn(grid.clone(), |v| {
        let p = grid.center_of(v) - spot;
        (0.3 + 12.0 * (-p.norm_squared() / 60.0).exp()) as f32
    })
}

#[test]
fn a_point_falls_on_its_uptake_in_every_frame() {
    for grid in grids() {
        let spot = grid.center_of([30, 11, 45]);
        let mip = RotatingMip::new(&scan(&grid, spot));
        let window = Window::SUV_0_10;
        let [width, height] = mip.size();
        for k in 0..FRAMES {
            let picture = mip.frame(k, window, ColourMap::Grey);
            let mut sum = [0.0; 3];
            for y in 0..height {
                for x in 0..width {
                    let [grey, ..] = picture.pixel(x, y).unwrap();
                    let weight = (f64::from(grey) - 60.0).max(0.0);
                    sum[0] += weight * (f64::from(x) + 0.5) * mip.pixel_mm();
                    sum[1] += weight * (f64::from(y) + 0.5) * mip.pixel_mm();
                    sum[2] += weight;
                }
            }
            let place = mip.place(k, spot);
            for a in 0..2 {
                let found = sum[a] / sum[2];
                assert!((found - place[a]).abs() < 0.8, "{k}: {found} {place:?}");
            }
            assert!(mip.is_seen(k, spot, 12.3));
            assert!(!mip.is_seen(k, spot, 4.0), "hidden by the spot");
            assert!(!mip.is_seen(k, spot + Vector3::z() * 900.0, 99.0));
        }
    }
}

#[test]
fn the_first_frame_is_the_plain_projection_with_the_right_side_on_the_left() {
    let grid = &grids()[1];
    let spot = Point3::new(-30.0, -50.0, 440.0);
    let suv = scan(grid, spot);
    let mip = RotatingMip::new(&suv);
    let place = mip.place(0, spot);
    let middle = mip.columns.frame_mm().map(|mm| mm / 2.0);
    assert!((place[0] - middle[0] + 37.0).abs() < 0.1, "{place:?}");
    assert!(
        (middle[1] - place[1] - 40.0).abs() < mip.pixel_mm(),
        "{place:?}"
    );
    // From the left, anterior is on the left.
    let place = mip.place(9, spot);
    assert!((place[0] - middle[0] + 20.0).abs() < 0.1, "{place:?}");
    let [nk, nj, ni] = grid.shape();
    for k in 0..nk {
        for i in 0..ni {
            let expected = (0..nj).map(|j| suv[[k, j, i]]).fold(0.0, f32::max);
            let place = mip.place(0, grid.center_of([k, 0, i]));
            let found = mip.columns.sample(mip.values(0), place);
            assert!(
                (found - expected).abs() < 1e-4,
                "{k} {i}: {found} {expected}"
            );
        }
    }
}

#[test]
fn opposite_views_mirror_each_other() {
    for grid in grids() {
        let mip = RotatingMip::new(&scan(&grid, grid.center_of([8, 30, 20])));
        mip.prepare();
        for k in [0, 5, 9] {
            let [width, height] = mip.size();
            let exact = f64::from(width) * mip.pixel_mm() - mip.columns.frame_mm()[0];
            // The frame may be wider than the rays by a part of a pixel, on the right.
            assert!(exact < mip.pixel_mm());
            for y in 0..height {
                for x in 0..width {
                    let at = [f64::from(x) + 0.5, f64::from(y) + 0.5].map(|v| v * mip.pixel_mm());
                    let mirrored = [mip.columns.frame_mm()[0] - at[0], at[1]];
                    let one = mip.columns.sample(mip.values(k), at);
                    let other = mip.columns.sample(mip.values(k + FRAMES / 2), mirrored);
                    assert!((one - other).abs() < 1e-3, "{k}: {one} {other}");
                }
            }
        }
        assert_eq!(mip.values(40), mip.values(4));
    }
}

#[test]
fn the_ends_of_the_window_have_the_ends_of_the_scale() {
    let grid = &grids()[0];
    let suv = Volume::filled(grid.clone(), 25.0_f32);
    let mip = RotatingMip::new(&suv);
    let middle = |window, map| {
        let picture = mip.frame(3, window, map);
        picture.pixel(mip.size()[0] / 2, mip.size()[1] / 2).unwrap()
    };
    assert_eq!(middle(Window::SUV_0_20, ColourMap::InverseGrey), [0; 3]);
    let high = Window::new(25.0, 60.0).unwrap();
    assert_eq!(middle(high, ColourMap::InverseGrey), [255; 3]);
    let nothing = RotatingMip::new(&Volume::filled(grid.clone(), f32::NAN));
    let picture = nothing.frame(0, Window::SUV_0_10, ColourMap::InverseGrey);
    assert!(picture.as_bytes().iter().all(|v| *v == 255));
}

/// Painters of a server share few threads and take over one another's pictures while they wait.
#[test]
fn many_may_ask_for_the_same_frame_at_once() {
    let grid = grids().remove(0);
    let suv = scan(&grid, Point3::new(10.0, -20.0, 410.0));
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(2)
        .build()
        .unwrap();
    for _ in 0..20 {
        let mip = RotatingMip::new(&suv);
        std::thread::scope(|scope| {
            let (pool, mip) = (&pool, &mip);
            let ask =
                move |n: usize| pool.install(|| mip.frame(n / 4, Window::SUV_0_10, ColourMap::Hot));
            let asked: Vec<_> = (0..12).map(|n| scope.spawn(move || ask(n))).collect();
            for picture in asked {
                assert_eq!(picture.join().unwrap().size(), mip.size());
            }
        });
    }
}
