//! The right place, the right side, the right darkness.

use isoboost_volume::{Grid, Volume};
use nalgebra::{Point3, Vector3};

use super::{FRAME, MipMark, PictureStatus, draw, mip_png};

/// Where the hot spots are, LPS: high on the left, low on the right.
const HIGH_LEFT: [f64; 3] = [60.0, 10.0, 70.0];
const LOW_RIGHT: [f64; 3] = [-40.0, -20.0, -50.0];

fn suv(grid: &Grid) -> Volume<f32> {
    Volume::from_fn(grid.clone(), |voxel| {
        let near = |p: [f64; 3]| (grid.center_of(voxel) - Point3::from(p)).norm() < 9.0;
        if near(HIGH_LEFT) {
            20.0
        } else if near(LOW_RIGHT) {
            5.0
        } else {
            0.0
        }
    })
}

/// A grid around the origin whose indices `[k, j, i]` run along the given directions.
fn grid(axes: [Vector3<f64>; 3], spacing: [f64; 3]) -> Grid {
    let shape = spacing.map(|s| (200.0 / s) as usize);
    let mut origin = Point3::origin();
    for a in 0..3 {
        origin -= axes[a] * (spacing[a] * (shape[a] - 1) as f64 / 2.0);
    }
    Grid::new(shape, spacing, origin, axes).unwrap()
}

/// Mean place of the pixels of a grey in some rows of the projection, as shares of its side.
fn place_of(
    image: &image::RgbImage,
    grey: std::ops::RangeInclusive<u8>,
    rows: std::ops::Range<u32>,
    side: u32,
) -> [f64; 2] {
    let frame = FRAME as u32;
    let mut sum = [0.0, 0.0, 0.0];
    for y in rows.start + frame..rows.end + frame {
        for x in frame..frame + side {
            let [r, g, b] = image.get_pixel(x, y).0;
            if r == g && g == b && grey.contains(&r) {
                sum[0] += f64::from(x - frame) + 0.5;
                sum[1] += f64::from(y - frame) + 0.5;
                sum[2] += 1.0;
            }
        }
    }
    [sum[0], sum[1]].map(|s| s / sum[2] / f64::from(side))
}

#[test]
fn patient_right_is_on_the_left_and_the_head_up_whichever_way_the_voxels_run() {
    let (x, y, z) = (Vector3::x(), Vector3::y(), Vector3::z());
    for axes in [[z, y, x], [-z, y, -x], [x, z, y], [y, -x, z], [-y, z, -x]] {
        let canvas = draw(
            &suv(&grid(axes, [4.0, 2.5, 5.0])),
            &[],
            PictureStatus::Suggestion,
        );
        // 200 mm at 820 pixels of height would be more than 3 pixels per mm, the most there is.
        let side = 600;
        let [across, down] = place_of(&canvas.image, 0..=5, 0..side, side);
        // From the right edge and from the top, 200 mm in all; a voxel is 2.5 % of that.
        assert!((across - (100.0 + 60.0) / 200.0).abs() < 0.013, "{across}");
        assert!((down - (100.0 - 70.0) / 200.0).abs() < 0.013, "{down}");
        // SUV 5 of a window of 10 is the middle grey; the upper spot's rim has some of it too.
        let [across, down] = place_of(&canvas.image, 125..=130, side / 2..side, side);
        assert!((across - (100.0 - 40.0) / 200.0).abs() < 0.013, "{across}");
        assert!((down - (100.0 + 50.0) / 200.0).abs() < 0.013, "{down}");
    }
}

#[test]
fn a_mark_lies_around_its_focus_and_its_class_in_the_legend() {
    let grid = grid([Vector3::z(), Vector3::y(), Vector3::x()], [4.0, 2.5, 5.0]);
    let colour = isoboost_planning::region_colour(isoboost_staging::Region::PelvicNode);
    let mark = MipMark {
        id: 7,
        position: Point3::from(HIGH_LEFT),
        radius_mm: 10.0,
        colour,
        label: "left external iliac".to_owned(),
    };
    let canvas = draw(&suv(&grid), &[mark], PictureStatus::Suggestion);
    let center = [
        FRAME as f64 + 3.0 * (100.0 + HIGH_LEFT[0]),
        FRAME as f64 + 3.0 * (100.0 - HIGH_LEFT[2]),
    ];
    // 10 mm at 3 pixels per mm and 4 pixels of room.
    for angle in 0..8 {
        let angle = f64::from(angle) * std::f64::consts::FRAC_PI_4;
        let x = (center[0] + 34.0 * angle.cos()).round() as u32;
        let y = (center[1] + 34.0 * angle.sin()).round() as u32;
        assert_eq!(canvas.image.get_pixel(x, y).0, colour, "at {angle}");
    }
    let in_legend = canvas
        .image
        .enumerate_pixels()
        .filter(|(x, _, p)| *x >= 600 + 2 * FRAME as u32 && p.0 == colour);
    assert_eq!(in_legend.count(), 12 * 12, "the square of the class");
}

#[test]
fn a_negative_scan_has_a_picture_and_equal_scans_have_equal_ones() {
    let grid = grid([Vector3::z(), Vector3::y(), Vector3::x()], [5.0; 3]);
    let png = mip_png(&suv(&grid), &[], PictureStatus::Suggestion).unwrap();
    assert_eq!(&png[1..4], b"PNG");
    assert_eq!(
        png,
        mip_png(&suv(&grid), &[], PictureStatus::Suggestion).unwrap()
    );
    assert_ne!(
        png,
        mip_png(&suv(&grid), &[], PictureStatus::Signed).unwrap()
    );
    let nan = Volume::filled(grid, f32::NAN);
    assert!(mip_png(&nan, &[], PictureStatus::Suggestion).is_ok());
}
