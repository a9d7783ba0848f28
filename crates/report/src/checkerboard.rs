//! Two CTs in one picture, in turn square by square: where they are aligned, bones run on from one
//! square into the next.

use std::io::Cursor;

use image::{ImageFormat, ImageResult};
use isoboost_volume::{Grid, Volume, resample_trilinear};
use nalgebra::{Isometry3, Point3};

use crate::canvas::{Canvas, TEXT_HEIGHT, text_width};
use crate::plane::Plane;

/// Side of a square, mm.
const SQUARE_MM: f64 = 40.0;
/// Side of a pixel, mm.
const PIXEL_MM: f64 = 0.8;
/// Window: black below, white above, HU.
const LOW_HU: f32 = -200.0;
const HIGH_HU: f32 = 500.0;
const OUTSIDE_HU: f32 = -1024.0;
/// How the squares of the moved image are tinted: red, green and blue as shares of grey.
const TINT: [f32; 3] = [1.0, 0.86, 0.6];
const TEXT_COLOUR: [u8; 3] = [235, 235, 235];
const MARGIN: i64 = 6;

/// Height and width, mm: a pelvis.
fn size_mm(plane: Plane) -> [f64; 2] {
    match plane {
        Plane::Axial => [320.0, 440.0],
        Plane::Coronal => [360.0, 440.0],
        Plane::Sagittal => [360.0, 320.0],
    }
}

/// A PNG of the plane through `center`: squares of `planning` in grey and of `pet_ct` tinted, both in
/// HU. `planning_from_pet` maps LPS positions of the PET/CT to the planning CT, in whose frame the
/// centre lies.
///
/// # Errors
/// When the picture cannot be encoded.
pub fn checkerboard_png(
    planning: &Volume<i16>,
    pet_ct: &Volume<i16>,
    planning_from_pet: &Isometry3<f64>,
    center: Point3<f64>,
    plane: Plane,
) -> ImageResult<Vec<u8>> {
    let [height, width] = size_mm(plane).map(|mm| (mm / PIXEL_MM) as u32);
    let mut canvas = Canvas::new(width, height, [0; 3]);
    if let Some(onto) = plane_grid(plane, center, [height, width]) {
        let first = resample_trilinear(planning, &onto, OUTSIDE_HU);
        let there = onto.moved(&planning_from_pet.inverse());
        let second = resample_trilinear(pet_ct, &there, OUTSIDE_HU);
        let square = (SQUARE_MM / PIXEL_MM) as usize;
        for (pixel, voxel) in canvas.image.pixels_mut().zip(onto.full_box().voxels()) {
            let is_second = (voxel[1] / square + voxel[2] / square) % 2 == 1;
            let (hu, tint) = if is_second {
                (second[voxel], TINT)
            } else {
                (first[voxel], [1.0; 3])
            };
            let grey = ((hu - LOW_HU) / (HIGH_HU - LOW_HU)).clamp(0.0, 1.0) * 255.0;
            pixel.0 = tint.map(|share| (grey * share).round() as u8);
        }
    }
    label(&mut canvas, plane, i64::from(width), i64::from(height));
    let mut bytes = Cursor::new(Vec::new());
    canvas.image.write_to(&mut bytes, ImageFormat::Png)?;
    Ok(bytes.into_inner())
}

/// One slice of pixels; none where the centre is no place.
fn plane_grid(plane: Plane, center: Point3<f64>, [height, width]: [u32; 2]) -> Option<Grid> {
    let axes = plane.axes();
    let half = |n: u32| (f64::from(n) - 1.0) / 2.0 * PIXEL_MM;
    let origin = center - axes[1] * half(height) - axes[2] * half(width);
    let shape = [1, height as usize, width as usize];
    Grid::new(shape, [PIXEL_MM; 3], origin, axes).ok()
}

fn label(canvas: &mut Canvas, plane: Plane, width: i64, height: i64) {
    let [left, right, ..] = plane.letters();
    let middle = height / 2 - TEXT_HEIGHT / 2;
    canvas.text(MARGIN, middle, left, true, TEXT_COLOUR);
    let right_at = width - MARGIN - text_width(right);
    canvas.text(right_at, middle, right, true, TEXT_COLOUR);
    let tinted = TINT.map(|share| (235.0 * share) as u8);
    let words = [("planning CT", TEXT_COLOUR), ("CT of the PET/CT", tinted)];
    for (n, (text, colour)) in words.into_iter().enumerate() {
        let y = MARGIN + n as i64 * (TEXT_HEIGHT + 2);
        canvas.text(MARGIN, y, text, false, colour);
    }
}

#[cfg(test)]
mod tests {
    use nalgebra::Vector3;

    use super::*;

    /// Bone left of x = 0, in front of y = 0 and above z = 0; nothing elsewhere.
    fn octant(shift: f64) -> Volume<i16> {
        let start = Point3::new(-200.0, -200.0, -200.0);
        let grid = Grid::axis_aligned([100, 100, 100], [4.0; 3], start).unwrap();
        Volume::from_fn(grid.clone(), |voxel| {
            let p = grid.center_of(voxel) - Vector3::new(shift, 0.0, 0.0);
            if p.x > 0.0 && p.y < 0.0 && p.z > 0.0 {
                900
            } else {
                -1000
            }
        })
    }

    fn picture(plane: Plane, motion: f64) -> image::RgbImage {
        let planning_from_pet = Isometry3::translation(-30.0, 0.0, 0.0);
        // Two voxels off the borders, where all is bone or air.
        let center = Point3::new(8.0, -8.0, 8.0);
        let png = checkerboard_png(
            &octant(0.0),
            &octant(motion),
            &planning_from_pet,
            center,
            plane,
        );
        image::load_from_memory(&png.unwrap()).unwrap().to_rgb8()
    }

    /// Brightness 30 mm from the middle towards each corner: upper left, upper right, lower left,
    /// lower right.
    fn corners(image: &image::RgbImage) -> [u8; 4] {
        let (x, y) = (image.width() / 2, image.height() / 2);
        let d = (30.0 / PIXEL_MM) as u32;
        [
            (x - d, y - d),
            (x + d, y - d),
            (x - d, y + d),
            (x + d, y + d),
        ]
        .map(|(x, y)| image.get_pixel(x, y).0[0])
    }

    #[test]
    fn left_front_and_head_lie_where_a_reader_looks_for_them() {
        // The other image is moved so that it falls onto the first.
        assert_eq!(corners(&picture(Plane::Axial, 30.0)), [0, 255, 0, 0]);
        assert_eq!(corners(&picture(Plane::Coronal, 30.0)), [0, 255, 0, 0]);
        assert_eq!(corners(&picture(Plane::Sagittal, 30.0)), [255, 0, 0, 0]);
    }

    #[test]
    fn squares_differ_where_images_are_not_aligned() {
        let aligned = picture(Plane::Axial, 30.0);
        let off = picture(Plane::Axial, 60.0);
        let both = aligned.pixels().zip(off.pixels());
        // More than half of the brightness: between two voxels borders are soft.
        let differ = both.filter(|(a, b)| a.0[0].abs_diff(b.0[0]) > 128);
        // A band of 30 mm over half the height, in every second square.
        let expected = 30.0 * 160.0 / 2.0 / PIXEL_MM.powi(2);
        let count = differ.count() as f64;
        assert!((count / expected - 1.0).abs() < 0.15, "{count} {expected}");
    }
}
