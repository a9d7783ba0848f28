//! The picture of a study: a coronal maximum intensity projection with the foci marked.

use std::io::Cursor;

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder, ImageError};
use isoboost_volume::{Grid, Volume};
use nalgebra::Point3;
use rayon::prelude::*;

use crate::canvas::{Canvas, TEXT_HEIGHT, text_width};

/// SUV that is drawn black; a common window for reading PSMA PET.
const WINDOW_SUV: f64 = 10.0;
/// Height that the body is drawn at, within what the voxels allow.
const WANTED_HEIGHT: f64 = 820.0;
/// Paper around the projection.
const FRAME: i64 = 34;
/// Room for the legend.
const LEGEND_WIDTH: i64 = 300;
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
    /// Colour of its class.
    pub colour: [u8; 3],
    /// What it is, for the legend.
    pub label: String,
}

/// How the array lies to the viewer: which axis is looked along, which run across and down.
struct View {
    depth: usize,
    across: usize,
    down: usize,
    /// Whether the index runs against the picture: patient right is on the left, head up.
    flip_across: bool,
    flip_down: bool,
    /// Picture pixels per voxel.
    scale: [f64; 2],
}

/// Draws the projection of an SUV volume seen from the front, patient right on the left, as PNG.
///
/// # Errors
/// When the picture cannot be encoded.
pub fn mip_png(suv: &Volume<f32>, marks: &[MipMark]) -> Result<Vec<u8>, ImageError> {
    let view = View::of(suv.grid());
    let shape = suv.grid().shape();
    let projection = project(suv, &view);
    let width = (shape[view.across] as f64 * view.scale[0]).round() as i64;
    let height = (shape[view.down] as f64 * view.scale[1]).round() as i64;
    let lines = marks.len() as i64 * (TEXT_HEIGHT + 6) + 150;
    let total_height = (height + 2 * FRAME).max(lines);
    let mut canvas = Canvas::new(
        (width + 2 * FRAME + LEGEND_WIDTH) as u32,
        total_height as u32,
        [255; 3],
    );
    for y in 0..height {
        for x in 0..width {
            let value = view.sample(&projection, shape, x as f64, y as f64);
            let grey = 255.0 * (1.0 - (f64::from(value) / WINDOW_SUV).clamp(0.0, 1.0));
            canvas.blend(FRAME + x, FRAME + y, [grey.round() as u8; 3], 1.0);
        }
    }
    draw_marks(&mut canvas, suv.grid(), &view, marks, [width, height]);
    draw_frame(&mut canvas, &view, suv.grid(), [width, height]);
    draw_legend(&mut canvas, marks, 2 * FRAME + width);
    encode(&canvas)
}

impl View {
    fn of(grid: &Grid) -> Self {
        let along = |axis: usize, direction: usize| grid.axes()[axis][direction].abs();
        let by = |direction: usize, left: &[usize]| {
            let best = left
                .iter()
                .copied()
                .max_by(|a, b| along(*a, direction).total_cmp(&along(*b, direction)));
            best.unwrap_or(0)
        };
        let depth = by(1, &[0, 1, 2]);
        let rest: Vec<usize> = (0..3).filter(|a| *a != depth).collect();
        let down = by(2, &rest);
        let across = 3 - depth - down;
        let spacing = grid.spacing();
        let height_mm = grid.shape()[down] as f64 * spacing[down];
        let pixels_per_mm = (WANTED_HEIGHT / height_mm).clamp(0.5, 3.0);
        Self {
            depth,
            across,
            down,
            flip_across: grid.axes()[across].x < 0.0,
            flip_down: grid.axes()[down].z > 0.0,
            scale: [across, down].map(|a| spacing[a] * pixels_per_mm),
        }
    }

    /// Where a continuous index lies in the projection, in pixels.
    fn place(&self, index: [f64; 3], shape: [usize; 3]) -> [f64; 2] {
        let one = |axis: usize, flip: bool, scale: f64| {
            let from_edge = index[axis] + 0.5;
            let n = shape[axis] as f64;
            (if flip { n - from_edge } else { from_edge }) * scale
        };
        [
            one(self.across, self.flip_across, self.scale[0]),
            one(self.down, self.flip_down, self.scale[1]),
        ]
    }

    /// The projection at a picture pixel, interpolated.
    fn sample(&self, projection: &[f32], shape: [usize; 3], x: f64, y: f64) -> f32 {
        let index = |pixel: f64, axis: usize, flip: bool, scale: f64| {
            let n = shape[axis] as f64;
            let from_edge = (pixel + 0.5) / scale;
            let at = if flip { n - from_edge } else { from_edge } - 0.5;
            at.clamp(0.0, n - 1.0)
        };
        let u = index(x, self.across, self.flip_across, self.scale[0]);
        let v = index(y, self.down, self.flip_down, self.scale[1]);
        let (columns, rows) = (shape[self.across], shape[self.down]);
        let (u0, v0) = (u.floor() as usize, v.floor() as usize);
        let (u1, v1) = ((u0 + 1).min(columns - 1), (v0 + 1).min(rows - 1));
        let (wu, wv) = ((u - u0 as f64) as f32, (v - v0 as f64) as f32);
        let at = |v: usize, u: usize| projection[v * columns + u];
        let mix = |a: f32, b: f32, w: f32| a + (b - a) * w;
        mix(
            mix(at(v0, u0), at(v0, u1), wu),
            mix(at(v1, u0), at(v1, u1), wu),
            wv,
        )
    }
}

/// The highest SUV along the line of sight, by rows of the picture.
fn project(suv: &Volume<f32>, view: &View) -> Vec<f32> {
    let shape = suv.grid().shape();
    let columns = shape[view.across];
    let mut projection = vec![0.0_f32; shape[view.down] * columns];
    projection
        .par_chunks_mut(columns)
        .enumerate()
        .for_each(|(v, row)| {
            for d in 0..shape[view.depth] {
                for (u, value) in row.iter_mut().enumerate() {
                    let mut voxel = [0; 3];
                    voxel[view.depth] = d;
                    voxel[view.across] = u;
                    voxel[view.down] = v;
                    *value = value.max(suv[voxel]);
                }
            }
        });
    projection
}

/// A circle around each focus and its number beside it, moved where numbers would meet.
fn draw_marks(canvas: &mut Canvas, grid: &Grid, view: &View, marks: &[MipMark], size: [i64; 2]) {
    let mut taken: Vec<[f64; 2]> = Vec::new();
    for mark in marks {
        let place = view.place(grid.index_from_lps(mark.position), grid.shape());
        let center = place.map(|p| p + FRAME as f64);
        let per_mm = view.scale[0] / grid.spacing()[view.across];
        let radius = (mark.radius_mm * per_mm + 4.0).max(8.0);
        canvas.circle(center, radius, mark.colour);
        let text = mark.id.to_string();
        let half = text_width(&text) as f64 / 2.0;
        let spot = free_spot(center, radius, half, &taken, size);
        taken.push(spot);
        canvas.line(towards(center, spot, radius), spot, mark.colour);
        let corner = [spot[0] - half, spot[1] - TEXT_HEIGHT as f64 / 2.0];
        let (x, y) = (corner[0].round() as i64, corner[1].round() as i64);
        canvas.rectangle(
            x - 3,
            y - 1,
            2 * half as i64 + 6,
            TEXT_HEIGHT + 2,
            mark.colour,
        );
        canvas.text(x, y, &text, true, [255; 3]);
    }
}

/// The first spot around a circle that keeps clear of the numbers drawn so far.
fn free_spot(
    center: [f64; 2],
    radius: f64,
    half: f64,
    taken: &[[f64; 2]],
    size: [i64; 2],
) -> [f64; 2] {
    let rings = [radius + 18.0, radius + 42.0, radius + 70.0, radius + 100.0];
    let spots = rings.into_iter().flat_map(|reach| {
        (0..12).map(move |n| {
            let angle = f64::from(n) * std::f64::consts::TAU / 12.0 - 0.5;
            [
                center[0] + reach * angle.cos(),
                center[1] + reach * angle.sin(),
            ]
        })
    });
    let is_free = |spot: &[f64; 2]| {
        let clear = taken
            .iter()
            .all(|t| (t[0] - spot[0]).abs() > 2.0 * half + 10.0 || (t[1] - spot[1]).abs() > 22.0);
        let inside = (0..2).all(|a| {
            let end = (size[a] + FRAME) as f64;
            spot[a] > FRAME as f64 && spot[a] < end
        });
        clear && inside
    };
    let first = [center[0] + radius + 18.0, center[1]];
    spots.into_iter().find(is_free).unwrap_or(first)
}

/// The point of the circle that looks towards `spot`.
fn towards(center: [f64; 2], spot: [f64; 2], radius: f64) -> [f64; 2] {
    let step = [spot[0] - center[0], spot[1] - center[1]];
    let length = step[0].hypot(step[1]).max(1.0);
    [0, 1].map(|a| center[a] + step[a] / length * radius)
}

fn draw_frame(canvas: &mut Canvas, view: &View, grid: &Grid, [width, height]: [i64; 2]) {
    let middle = FRAME + height / 2 - TEXT_HEIGHT / 2;
    canvas.text(FRAME / 2 - 4, middle, "R", true, INK);
    canvas.text(FRAME + width + FRAME / 2 - 4, middle, "L", true, INK);
    let title = format!("SUVbw 0 to {WINDOW_SUV:.0}, seen from the front");
    canvas.text(FRAME, 10, &title, false, QUIET);
    let bar = (100.0 * view.scale[0] / grid.spacing()[view.across]).round() as i64;
    let y = FRAME + height + 10;
    canvas.rectangle(FRAME, y + 5, bar, 3, INK);
    canvas.text(FRAME + bar + 8, y - 2, "10 cm", false, INK);
}

fn draw_legend(canvas: &mut Canvas, marks: &[MipMark], x: i64) {
    canvas.text(x, FRAME, "Suggestion for review,", true, INK);
    canvas.text(x, FRAME + 20, "not for treatment as it is", true, INK);
    let mut y = FRAME + 60;
    if marks.is_empty() {
        canvas.text(x, y, "no focus found", false, INK);
    }
    let letters = (LEGEND_WIDTH - 60) / text_width("m");
    for mark in marks {
        canvas.rectangle(x, y + 2, 12, 12, mark.colour);
        let text: String = mark.label.chars().take(letters as usize).collect();
        canvas.text(x + 20, y, &format!("{:>2} {text}", mark.id), false, INK);
        y += TEXT_HEIGHT + 6;
    }
}

fn encode(canvas: &Canvas) -> Result<Vec<u8>, ImageError> {
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
