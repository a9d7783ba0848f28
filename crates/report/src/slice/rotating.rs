//! The highest uptake along each line of sight, from all sides.

mod columns;

use std::f64::consts::TAU;
use std::sync::OnceLock;

use isoboost_volume::Volume;
use nalgebra::Point3;
use rayon::prelude::*;

use self::columns::Columns;
use super::colours::ColourMap;
use super::picture::RgbPicture;
use super::window::Window;

/// Views on the way around the patient, 10 degrees apart.
pub const FRAMES: usize = 36;
/// A pixel is as wide as the finest voxel side within these, mm: finer says no more, coarser is
/// seen as steps.
const PIXEL_MM: (f64, f64) = (1.0, 2.0);
/// How much of what is seen at its place a focus must have to be what is seen.
const SEEN_SHARE: f64 = 0.9;

/// Maximum intensity projections of a PET about the patient's long axis, by parallel rays.
///
/// Frame 0 is seen from the front, patient right on the left; with each frame the viewer goes 10
/// degrees towards the patient's left, so that frame 9 is seen from the left and frame 18 from the
/// back. A frame is worked out when it is first asked for. Memory: the part of the PET that has
/// uptake, and a plane a frame.
#[derive(Debug)]
pub struct RotatingMip {
    columns: Columns,
    /// Values of each frame, from the head down for each place across.
    frames: [OnceLock<Vec<f32>>; FRAMES],
    pixel_mm: f64,
    size: [u32; 2],
}

impl RotatingMip {
    /// Prepares an SUV volume for projection.
    pub fn new(suv: &Volume<f32>) -> Self {
        let columns = Columns::of(suv);
        let pixel_mm = columns.finest_mm().clamp(PIXEL_MM.0, PIXEL_MM.1);
        let size = columns
            .frame_mm()
            .map(|mm| ((mm / pixel_mm).ceil() as u32).max(1));
        Self {
            columns,
            frames: std::array::from_fn(|_| OnceLock::new()),
            pixel_mm,
            size,
        }
    }

    /// Works out all frames, several at a time.
    pub fn prepare(&self) {
        (0..FRAMES).into_par_iter().for_each(|k| {
            self.values(k);
        });
    }

    /// Width and height of a frame, pixels.
    pub fn size(&self) -> [u32; 2] {
        self.size
    }

    /// Width and height of a frame, mm.
    pub fn size_mm(&self) -> [f64; 2] {
        self.size.map(|n| f64::from(n) * self.pixel_mm)
    }

    /// Side of a pixel, mm.
    pub fn pixel_mm(&self) -> f64 {
        self.pixel_mm
    }

    /// The picture of a frame, counted around and around.
    pub fn frame(&self, k: usize, window: Window, map: ColourMap) -> RgbPicture {
        let values = self.values(k);
        let table: Vec<[u8; 3]> = (0..=255_u16)
            .map(|n| map.colour(f32::from(n) / 255.0))
            .collect();
        let mut picture = RgbPicture::filled(self.size, [0; 3]);
        let [width, _] = self.size;
        picture
            .as_mut_bytes()
            .par_chunks_mut(3 * width as usize)
            .enumerate()
            .for_each(|(row, pixels)| {
                for (column, pixel) in pixels.chunks_exact_mut(3).enumerate() {
                    let at = [column, row].map(|n| (n as f64 + 0.5) * self.pixel_mm);
                    let share = window.share(self.columns.sample(values, at));
                    pixel.copy_from_slice(&table[(share * 255.0 + 0.5) as usize & 255]);
                }
            });
        picture
    }

    /// Where an LPS position falls in a frame: mm from its left and upper edge. A position beyond
    /// the volume may fall outside of the frame.
    pub fn place(&self, k: usize, point: Point3<f64>) -> [f64; 2] {
        self.columns.place(direction(k), point)
    }

    /// Whether uptake of this SUVmax at this position is what a frame shows at its place, and not
    /// hidden by higher uptake before or behind it.
    pub fn is_seen(&self, k: usize, point: Point3<f64>, suv_max: f64) -> bool {
        let place = self.place(k, point);
        let size = self.size_mm();
        let is_inside = (0..2).all(|a| (0.0..size[a]).contains(&place[a]));
        let shown = f64::from(self.columns.sample(self.values(k), place));
        is_inside && suv_max >= SEEN_SHARE * shown
    }

    fn values(&self, k: usize) -> &[f32] {
        let k = k % FRAMES;
        if let Some(values) = self.frames[k].get() {
            return values;
        }
        // Projected outside of the cell: who waits for parallel work takes over other work
        // meanwhile, and would wait for itself if that asked for the same frame. At worst a frame
        // is projected twice.
        let values = self.columns.project(direction(k));
        self.frames[k].get_or_init(|| values)
    }
}

/// Where the right of a frame points: `[L, P]`.
fn direction(k: usize) -> [f64; 2] {
    let k = k % FRAMES;
    // Quarters of the way around are exact, so that opposite views mirror each other to the bit.
    match 4 * k {
        0 => [1.0, 0.0],
        FRAMES => [0.0, 1.0],
        n if n == 2 * FRAMES => [-1.0, 0.0],
        n if n == 3 * FRAMES => [0.0, -1.0],
        _ => {
            let (sin, cos) = (TAU * k as f64 / FRAMES as f64).sin_cos();
            [cos, sin]
        }
    }
}

#[cfg(test)]
mod tests;
