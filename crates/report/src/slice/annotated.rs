//! A plane as a picture that explains itself: sides, scale, colours, position, outlines.

use super::outlines::Ring;
use super::picture::{PngEffort, RgbPicture};
use super::render::{PetLayer, SliceLayers, render_slice};
use super::view::PlaneView;
use crate::PictureError;
use crate::canvas::{Canvas, Rectangle, TEXT_HEIGHT, text_width};

/// Room above, for the position, and below, for the scale.
const TOP: i64 = 26;
const BOTTOM: i64 = 26;
/// Room on the left, and on the right without a colour bar.
const SIDE: i64 = 8;
/// Room on the right for the colour bar and its values.
const BAR_SIDE: i64 = 74;
/// Width and greatest height of the colour bar.
const BAR: [i64; 2] = [14, 240];
const PAPER: [u8; 3] = [18, 20, 24];
const INK: [u8; 3] = [236, 238, 240];
const LINE_WIDTH: f64 = 1.8;
/// Lengths of the scale bar, mm.
const SCALES: [f64; 7] = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0];
/// Share of the picture's width that the scale bar takes at most.
const SCALE_SHARE: f64 = 0.4;

/// A region's border.
#[derive(Debug, Clone, PartialEq)]
pub struct Outline {
    /// Closed rings, screen mm.
    pub rings: Vec<Ring>,
    /// Red, green and blue.
    pub colour: [u8; 3],
}

/// A word at a place.
#[derive(Debug, Clone, PartialEq)]
pub struct Label {
    /// What is written, centred at the place.
    pub text: String,
    /// The place, screen mm; a place beyond the picture has no label.
    pub at_mm: [f64; 2],
    /// Red, green and blue.
    pub colour: [u8; 3],
}

/// Draws a plane with outlines and labels, the letters of the patient's sides, its position, a
/// scale bar in mm and the colours of SUVbw, as a small PNG.
///
/// # Errors
/// When the picture has no pixel.
pub fn annotated_png(
    view: &PlaneView,
    layers: &SliceLayers<'_>,
    outlines: &[Outline],
    labels: &[Label],
) -> Result<Vec<u8>, PictureError> {
    annotated_picture(view, layers, outlines, labels).to_png(PngEffort::Small)
}

/// The same as a picture, to be set beside others.
pub fn annotated_picture(
    view: &PlaneView,
    layers: &SliceLayers<'_>,
    outlines: &[Outline],
    labels: &[Label],
) -> RgbPicture {
    RgbPicture::of_image(draw(view, layers, outlines, labels).image)
}

/// Width and height of such a picture, pixels.
pub fn annotated_size(view: &PlaneView, layers: &SliceLayers<'_>) -> [u32; 2] {
    let side = if layers.pet.is_some() { BAR_SIDE } else { SIDE };
    [
        view.size[0] + (SIDE + side) as u32,
        view.size[1] + (TOP + BOTTOM) as u32,
    ]
}

fn draw(
    view: &PlaneView,
    layers: &SliceLayers<'_>,
    outlines: &[Outline],
    labels: &[Label],
) -> Canvas {
    let [width, height] = annotated_size(view, layers);
    let mut canvas = Canvas::new(width, height, PAPER);
    let picture = render_slice(view, layers);
    for y in 0..view.size[1] {
        for x in 0..view.size[0] {
            if let Some(colour) = picture.pixel(x, y) {
                let at = (SIDE + i64::from(x), TOP + i64::from(y));
                canvas.blend(at.0, at.1, colour, 1.0);
            }
        }
    }
    let frame = Rectangle {
        x: SIDE as f64,
        y: TOP as f64,
        width: f64::from(view.size[0]),
        height: f64::from(view.size[1]),
    };
    canvas.within(frame, |canvas| {
        for outline in outlines {
            for ring in &outline.rings {
                let ring: Ring = ring.iter().map(|p| place(view, *p)).collect();
                canvas.ring(&ring, LINE_WIDTH, outline.colour);
            }
        }
        for label in labels {
            let [x, y] = place(view, label.at_mm);
            if frame.contains(x, y) {
                let start = x.round() as i64 - text_width(&label.text) / 2;
                let top = y.round() as i64 - TEXT_HEIGHT / 2;
                canvas.rimmed_text(start, top, &label.text, label.colour);
            }
        }
    });
    draw_sides(&mut canvas, view);
    canvas.text(SIDE, 5, &position(view), false, INK);
    draw_scale(&mut canvas, view);
    if let Some(pet) = &layers.pet {
        draw_bar(&mut canvas, view, pet);
    }
    canvas
}

/// Where a place on the screen lies on the canvas, whose pixels are counted by their middles.
fn place(view: &PlaneView, screen: [f64; 2]) -> [f64; 2] {
    let [x, y] = view.pixel_from_screen(screen);
    [x + SIDE as f64 - 0.5, y + TOP as f64 - 0.5]
}

/// As `axial, 12.5 mm S`: how far the plane lies from the origin of the images, and on which side.
fn position(view: &PlaneView) -> String {
    let sides = [("L", "R"), ("P", "A"), ("S", "I")];
    let (ahead, back) = sides[view.plane.normal()];
    let side = if view.at_mm < 0.0 { back } else { ahead };
    format!("{}, {:.1} mm {side}", view.plane.name(), view.at_mm.abs())
}

fn draw_sides(canvas: &mut Canvas, view: &PlaneView) {
    let [width, height] = view.size.map(i64::from);
    let [left, right, top, bottom] = view.plane.letters();
    let letter = text_width("m");
    let middle = [
        SIDE + width / 2 - letter / 2,
        TOP + height / 2 - TEXT_HEIGHT / 2,
    ];
    let beyond = [SIDE + width - letter - 4, TOP + height - TEXT_HEIGHT - 2];
    canvas.rimmed_text(SIDE + 4, middle[1], left, INK);
    canvas.rimmed_text(beyond[0], middle[1], right, INK);
    canvas.rimmed_text(middle[0], TOP + 2, top, INK);
    canvas.rimmed_text(middle[0], beyond[1], bottom, INK);
}

fn draw_scale(canvas: &mut Canvas, view: &PlaneView) {
    let pixel = view.pixel_mm()[0];
    let most = SCALE_SHARE * f64::from(view.size[0]) * pixel;
    let Some(mm) = SCALES.into_iter().rev().find(|mm| *mm <= most) else {
        return;
    };
    let length = (mm / pixel).round() as i64;
    let y = TOP + i64::from(view.size[1]) + 5;
    canvas.rectangle(SIDE, y + 6, length, 3, INK);
    canvas.text(SIDE + length + 8, y, &format!("{mm:.0} mm"), false, INK);
}

/// The colours of the PET with the SUV at the ends and in the middle.
fn draw_bar(canvas: &mut Canvas, view: &PlaneView, pet: &PetLayer<'_>) {
    let x = SIDE + i64::from(view.size[0]) + 10;
    let height = i64::from(view.size[1]).min(BAR[1]);
    canvas.text(x, 5, "SUVbw", false, INK);
    for y in 0..height {
        let share = 1.0 - y as f32 / (height - 1).max(1) as f32;
        canvas.rectangle(x, TOP + y, BAR[0], 1, pet.map.colour(share));
    }
    for share in [0.0, 0.5, 1.0] {
        let value = pet.window.low() + (pet.window.high() - pet.window.low()) * share;
        let text = if value.fract() == 0.0 {
            format!("{value:.0}")
        } else {
            format!("{value:.1}")
        };
        let y = TOP + ((1.0 - share) * (height - TEXT_HEIGHT) as f32) as i64;
        canvas.text(x + BAR[0] + 6, y, &text, false, INK);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plane::Plane;
    use crate::slice::{ColourMap, Window};
    use isoboost_volume::{Grid, Volume};
    use nalgebra::Point3;

    #[test]
    fn outlines_scale_and_colours_are_where_they_belong() {
        let grid = Grid::axis_aligned([9; 3], [20.0; 3], Point3::new(-80.0, -80.0, -80.0)).unwrap();
        let suv = Volume::filled(grid, 0.0_f32);
        let layers = SliceLayers {
            ct: None,
            pet: Some(PetLayer {
                volume: &suv,
                window: Window::SUV_0_10,
                map: ColourMap::Hot,
                opacity: 1.0,
            }),
        };
        let center = Point3::new(10.0, 20.0, -12.5);
        let view = PlaneView::around(Plane::Axial, center, 0.5, [200, 160]).unwrap();
        let green = [0, 200, 0];
        let outline = Outline {
            rings: vec![vec![[0.0, 10.0], [20.0, 10.0], [20.0, 30.0], [0.0, 30.0]]],
            colour: green,
        };
        let canvas = draw(&view, &layers, &[outline], &[]);
        let [width, height] = annotated_size(&view, &layers);
        assert_eq!(canvas.image.dimensions(), (width, height));
        let at = |x: i64, y: i64| canvas.image.get_pixel(x as u32, y as u32).0;
        // The square is 40 pixels wide around the middle; its edge lies between two pixels.
        let left = SIDE + 100 - 20;
        assert!(at(left, TOP + 70)[1] > 150 && at(left - 1, TOP + 70)[1] > 150);
        assert_eq!(at(left + 3, TOP + 70), [0; 3]);
        // 20 mm is the longest scale within 40 % of 100 mm: 40 pixels.
        let scale = TOP + 160 + 5 + 7;
        let lit = (0..i64::from(width)).filter(|x| at(*x, scale) == INK && *x < SIDE + 45);
        assert_eq!(lit.count(), 40);
        let bar = SIDE + 200 + 12;
        assert_eq!(at(bar, TOP), [255; 3]);
        assert_eq!(at(bar, TOP + 159), [0; 3]);
        assert_eq!(position(&view), "axial, 12.5 mm I");
        let png = annotated_png(&view, &layers, &[], &[]).unwrap();
        assert_eq!(&png[1..4], b"PNG");
    }

    #[test]
    fn labels_lie_on_their_places_and_none_beyond_the_picture() {
        let view = PlaneView::around(Plane::Coronal, Point3::origin(), 1.0, [120, 100]).unwrap();
        let pink = [255, 0, 200];
        let lit = |at_mm| {
            let label = Label {
                text: "12".to_owned(),
                at_mm,
                colour: pink,
            };
            let canvas = draw(&view, &SliceLayers::default(), &[], &[label]);
            let there: Vec<[f64; 2]> = canvas
                .image
                .enumerate_pixels()
                .filter(|(_, _, p)| p.0[0] > 128 && p.0[1] < 64)
                .map(|(x, y, _)| [f64::from(x) - SIDE as f64, f64::from(y) - TOP as f64])
                .collect();
            let n = there.len() as f64;
            let mean = [0, 1].map(|a| there.iter().map(|p| p[a]).sum::<f64>() / n);
            (there.len(), mean)
        };
        let (count, mean) = lit([30.0, -20.0]);
        assert!(count > 20, "{count}");
        assert!(
            (mean[0] - 90.0).abs() < 4.0 && (mean[1] - 30.0).abs() < 4.0,
            "{mean:?}"
        );
        assert_eq!(lit([80.0, 0.0]).0, 0);
    }
}
