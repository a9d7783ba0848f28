//! A lesion in three planes: axial, coronal and sagittal through one place.

use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, ImageEncoder, ImageError};
use isoboost_volume::Mask;
use nalgebra::Point3;

use crate::plane::Plane;
use crate::slice::{
    Outline, PlaneView, PngEffort, RgbPicture, SliceLayers, ViewError, annotated_picture,
    plane_outlines,
};

/// Pixels between the planes.
const GAP: u32 = 8;
const PAPER: [u8; 3] = [18, 20, 24];
/// Of JPEG; letters and outlines stay sharp at it.
const QUALITY: u8 = 88;

/// A region whose border is drawn.
#[derive(Debug, Clone, Copy)]
pub struct OutlinedRegion<'a> {
    /// Its voxels.
    pub mask: &'a Mask,
    /// Red, green and blue.
    pub colour: [u8; 3],
}

/// What a picture in three planes shows.
#[derive(Debug, Clone, Copy)]
pub struct TripleView {
    /// Where the planes meet, LPS.
    pub center: Point3<f64>,
    /// Side of each plane's square, mm.
    pub side_mm: f64,
    /// The same in pixels.
    pub side_pixels: u32,
}

/// A picture of a lesion.
#[derive(Debug, Clone, PartialEq)]
pub struct TriplePicture(RgbPicture);

impl TriplePicture {
    /// Draws the three planes side by side, each with its sides, scale and colours.
    ///
    /// # Errors
    /// When the view has no size.
    pub fn draw(
        view: &TripleView,
        layers: &SliceLayers<'_>,
        regions: &[OutlinedRegion<'_>],
    ) -> Result<Self, ViewError> {
        let pixel_mm = view.side_mm / f64::from(view.side_pixels.max(1));
        let reach = view.side_mm;
        let near: Vec<&OutlinedRegion<'_>> = regions
            .iter()
            .filter(|region| may_reach(region.mask, view.center, reach))
            .collect();
        let planes = [Plane::Axial, Plane::Coronal, Plane::Sagittal];
        let mut pictures = Vec::with_capacity(planes.len());
        for plane in planes {
            let size = [view.side_pixels; 2];
            let view = PlaneView::around(plane, view.center, pixel_mm, size)?;
            let outlines: Vec<Outline> = near
                .iter()
                .map(|region| Outline {
                    rings: plane_outlines(region.mask, &view),
                    colour: region.colour,
                })
                .collect();
            pictures.push(annotated_picture(&view, layers, &outlines, &[]));
        }
        Ok(Self(side_by_side(&pictures)))
    }

    /// Width and height in pixels.
    pub fn size(&self) -> [u32; 2] {
        self.0.size()
    }

    /// The picture without loss, for a file of its own.
    ///
    /// # Errors
    /// When it has no pixel.
    pub fn to_png(&self) -> Result<Vec<u8>, ImageError> {
        self.0.to_png(PngEffort::Fast)
    }

    /// The picture as it goes into a page, where dozens must not make it heavy: `image/jpeg`, each
    /// pixel with its own colour.
    ///
    /// # Errors
    /// When it has no pixel.
    pub fn to_jpeg(&self) -> Result<Vec<u8>, ImageError> {
        let mut bytes = Vec::new();
        let [width, height] = self.size();
        JpegEncoder::new_with_quality(&mut bytes, QUALITY).write_image(
            self.0.as_bytes(),
            width,
            height,
            ExtendedColorType::Rgb8,
        )?;
        Ok(bytes)
    }
}

/// Whether the ball around a mask's part of the grid meets that of a reach around a place.
fn may_reach(mask: &Mask, center: Point3<f64>, reach: f64) -> bool {
    let grid = mask.grid();
    let last = grid.shape().map(|n| n as f64 - 1.0);
    let middle = grid.lps_from_index(last.map(|n| n / 2.0));
    let radius = (grid.lps_from_index(last) - middle).norm();
    (middle - center).norm() <= radius + reach
}

fn side_by_side(pictures: &[RgbPicture]) -> RgbPicture {
    let sizes = pictures.iter().map(RgbPicture::size);
    let height = sizes.clone().map(|size| size[1]).max().unwrap_or(1);
    let gaps = GAP * (pictures.len().max(1) as u32 - 1);
    let width = sizes.map(|size| size[0]).sum::<u32>() + gaps;
    let mut whole = RgbPicture::filled([width, height], PAPER);
    let stride = 3 * width as usize;
    let mut left = 0_usize;
    for picture in pictures {
        let row_bytes = 3 * picture.size()[0] as usize;
        for (y, row) in picture.as_bytes().chunks_exact(row_bytes).enumerate() {
            let at = y * stride + left;
            whole.as_mut_bytes()[at..at + row_bytes].copy_from_slice(row);
        }
        left += row_bytes + 3 * GAP as usize;
    }
    whole
}
