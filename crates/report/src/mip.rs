//! The picture of a study: a coronal maximum intensity projection with the foci marked.

mod legend;
mod marks;
#[cfg(test)]
mod tests;
mod view;

use std::io::Cursor;

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder, ImageError};
use isoboost_volume::Volume;
use nalgebra::Point3;

use crate::PictureStatus;

use self::legend::Legend;
use self::view::{View, project};
use crate::canvas::{Canvas, Rectangle};

/// SUV that is drawn black; a common window for reading PSMA PET.
const WINDOW_SUV: f64 = 10.0;
/// Paper around the projection.
const FRAME: i64 = 34;
const INK: [u8; 3] = [30, 34, 40];
const QUIET: [u8; 3] = [110, 116, 124];

/// A focus to be marked.
#[derive(Debug, Clone, PartialEq)]
pub struct MipMark {
    /// Its number in the report.
    pub id: u32,
    /// LPS position.
    pub position: Point3<f64>,
    /// Half its longest diameter, mm.
    pub radius_mm: f64,
    /// Colour of its class, as [`isoboost_planning::region_colour`] has it; any other colour is
    /// that of uptake that is no lesion.
    pub colour: [u8; 3],
    /// What it is, for the legend.
    pub label: String,
}

/// Draws the projection of an SUV volume seen from the front, patient right on the left, as PNG.
///
/// # Errors
/// When the picture cannot be encoded.
pub fn mip_png(
    suv: &Volume<f32>,
    marks: &[MipMark],
    status: PictureStatus,
) -> Result<Vec<u8>, ImageError> {
    encode(&draw(suv, marks, status))
}

fn draw(suv: &Volume<f32>, marks: &[MipMark], status: PictureStatus) -> Canvas {
    let view = View::of(suv.grid());
    let shape = suv.grid().shape();
    let projection = project(suv, &view);
    let width = (shape[view.across] as f64 * view.scale[0]).round() as i64;
    let height = (shape[view.down] as f64 * view.scale[1]).round() as i64;
    let legend = Legend::new(marks, status);
    let mut canvas = Canvas::new(
        (width + 2 * FRAME + legend::WIDTH) as u32,
        (height + 2 * FRAME).max(legend.height()) as u32,
        [255; 3],
    );
    for y in 0..height {
        for x in 0..width {
            let value = view.sample(&projection, shape, x as f64, y as f64);
            let grey = 255.0 * (1.0 - (f64::from(value) / WINDOW_SUV).clamp(0.0, 1.0));
            canvas.blend(FRAME + x, FRAME + y, [grey.round() as u8; 3], 1.0);
        }
    }
    let frame = Rectangle {
        x: FRAME as f64,
        y: FRAME as f64,
        width: width as f64,
        height: height as f64,
    };
    canvas.within(frame, |canvas| {
        marks::draw(canvas, suv.grid(), &view, marks, frame);
    });
    legend::draw_frame(&mut canvas, &view, suv.grid(), frame);
    legend.draw(&mut canvas, 2 * FRAME + width);
    canvas
}

pub(crate) fn encode(canvas: &Canvas) -> Result<Vec<u8>, ImageError> {
    let mut png = Cursor::new(Vec::new());
    let encoder = PngEncoder::new_with_quality(&mut png, CompressionType::Fast, FilterType::Sub);
    let (width, height) = canvas.image.dimensions();
    encoder.write_image(
        canvas.image.as_raw(),
        width,
        height,
        ExtendedColorType::Rgb8,
    )?;
    Ok(png.into_inner())
}
