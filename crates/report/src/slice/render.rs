//! A plane of CT, PET or both as a picture.

use isoboost_volume::Volume;
use rayon::prelude::*;

use super::colours::{ColourMap, ColourTable};
use super::picture::RgbPicture;
use super::sampling::Sampler;
use super::view::PlaneView;
use super::window::Window;

/// Where neither volume has a value.
const OUTSIDE: f32 = 0.0;

/// CT below.
#[derive(Debug, Clone, Copy)]
pub struct CtLayer<'a> {
    /// Hounsfield units.
    pub volume: &'a Volume<i16>,
    /// What is black and what is white, HU.
    pub window: Window,
}

/// PET alone or over CT.
#[derive(Debug, Clone, Copy)]
pub struct PetLayer<'a> {
    /// SUVbw in g/mL.
    pub volume: &'a Volume<f32>,
    /// What has the first colour and what the last, SUVbw.
    pub window: Window,
    /// The scale of colours.
    pub map: ColourMap,
    /// How much of the CT uptake covers, 0 to 1: the whole from a quarter of the window on, less
    /// below, nothing at its lower end. Without CT it has no meaning.
    pub opacity: f32,
}

/// What a picture shows; volumes on any grids in one frame of reference.
#[derive(Debug, Clone, Copy, Default)]
pub struct SliceLayers<'a> {
    /// CT in greys.
    pub ct: Option<CtLayer<'a>>,
    /// PET in colours: over the CT, where there is one.
    pub pet: Option<PetLayer<'a>>,
}

/// Draws a plane: each pixel has the trilinear value at its centre. Outside of both volumes it is
/// black.
pub fn render_slice(view: &PlaneView, layers: &SliceLayers<'_>) -> RgbPicture {
    let mut picture = RgbPicture::filled(view.size, [0; 3]);
    let width = view.size[0] as usize;
    if width == 0 {
        return picture;
    }
    let ct = layers
        .ct
        .map(|layer| (Sampler::new(layer.volume, view), layer.window));
    let pet = layers.pet.map(|layer| {
        let table = if layers.ct.is_some() {
            ColourTable::fused(layer.map, layer.opacity)
        } else {
            ColourTable::opaque(layer.map)
        };
        (Sampler::new(layer.volume, view), layer.window, table)
    });
    picture
        .as_mut_bytes()
        .par_chunks_mut(3 * width)
        .enumerate()
        .for_each_init(
            || (vec![f32::NAN; width], vec![f32::NAN; width]),
            |(grey, uptake), (row, pixels)| {
                if let Some((sampler, window)) = &ct {
                    sampler.row(row, grey);
                    for value in grey.iter_mut() {
                        *value = 255.0 * window.share(*value);
                    }
                }
                if let Some((sampler, window, table)) = &pet {
                    sampler.row(row, uptake);
                    colour_row(pixels, grey, uptake, *window, table);
                } else {
                    for (pixel, grey) in pixels.chunks_exact_mut(3).zip(grey.iter()) {
                        pixel.fill(byte(*grey));
                    }
                }
            },
        );
    picture
}

/// Lays uptake over greys of 0 to 255.
fn colour_row(
    pixels: &mut [u8],
    grey: &[f32],
    uptake: &[f32],
    window: Window,
    table: &ColourTable,
) {
    for ((pixel, grey), suv) in pixels.chunks_exact_mut(3).zip(grey).zip(uptake) {
        if suv.is_nan() {
            pixel.fill(byte(*grey));
            continue;
        }
        let below = if grey.is_nan() { OUTSIDE } else { *grey };
        let step = table.at(window.share(*suv));
        for (value, colour) in pixel.iter_mut().zip(step.laid_over) {
            *value = byte(colour + below * step.left);
        }
    }
}

/// Nearest whole brightness; black for what is not a number.
fn byte(value: f32) -> u8 {
    (value + 0.5) as u8
}

#[cfg(test)]
mod tests;
