//! The radiograph with the aperture, the planning volumes, the sides and a scale.

use image::ImageError;
use isoboost_planning::field::{Aperture, Beam, PelvicField};
use isoboost_volume::{Mask, Volume};
use nalgebra::Vector3;

use super::project::{Attenuation, Detector, project_drr, shadow};
use crate::PictureStatus;
use crate::canvas::{Canvas, Rectangle, TEXT_HEIGHT, text_width, wrap};
use crate::mip::encode;

/// Rays and picture: mm between rays, and pixels of the picture for each of them.
const PIXEL_MM: f64 = 1.0;
const ENLARGED: i64 = 2;
/// Shown around the aperture, mm.
const ROOM_MM: f64 = 45.0;
/// Paper around the radiograph, and room for the legend beside it.
const FRAME: i64 = 34;
const LEGEND: i64 = 300;
const LINE: i64 = TEXT_HEIGHT + 4;
/// Shares of the rays that are drawn black and white.
const WINDOW: (f64, f64) = (0.05, 0.995);
/// Values are brightened by this power, so that soft tissue is seen beside bone.
const BRIGHTER: f64 = 0.8;
const INK: [u8; 3] = [30, 34, 40];
const QUIET: [u8; 3] = [110, 116, 124];
const APERTURE: [u8; 3] = [255, 214, 10];

/// A region that is outlined in the picture.
#[derive(Debug, Clone, Copy)]
pub struct DrrOutline<'a> {
    /// Its name, for the legend.
    pub name: &'a str,
    /// Its colour.
    pub colour: [u8; 3],
    /// Its voxels.
    pub mask: &'a Mask,
}

/// Draws the radiograph of one beam of a field, seen from its source, as PNG.
///
/// # Errors
/// When the picture cannot be encoded.
pub fn drr_png(
    ct: &Volume<i16>,
    field: &PelvicField,
    beam: &Beam,
    outlines: &[DrrOutline<'_>],
    status: PictureStatus,
) -> Result<Vec<u8>, ImageError> {
    let detector = Detector::around(beam, ROOM_MM, PIXEL_MM);
    let values = project_drr(ct, beam, &detector, Attenuation::BONES);
    let grey = greys(&values);
    let (width, height) = (
        detector.columns as i64 * ENLARGED,
        detector.rows as i64 * ENLARGED,
    );
    let legend = legend(field, beam, outlines, status);
    let needed = 2 * FRAME + LINE * (legend.len() as i64 + 2);
    let mut canvas = Canvas::new(
        (width + 2 * FRAME + LEGEND) as u32,
        (height + 2 * FRAME).max(needed) as u32,
        [255; 3],
    );
    let view = View {
        detector,
        frame: Rectangle {
            x: FRAME as f64,
            y: FRAME as f64,
            width: width as f64,
            height: height as f64,
        },
    };
    for y in 0..height {
        for x in 0..width {
            let value = view.grey_at(&grey, x, y);
            canvas.blend(FRAME + x, FRAME + y, [value; 3], 1.0);
        }
    }
    canvas.within(view.frame, |canvas| {
        for outline in outlines {
            view.outline(canvas, outline, beam);
        }
        view.aperture(canvas, beam.aperture);
    });
    view.sides(&mut canvas, beam);
    view.scale(&mut canvas);
    let title = format!(
        "{}, gantry {:.0} degrees, seen from the source",
        beam.side.name(),
        beam.gantry_deg
    );
    canvas.text(FRAME, 10, &title, false, QUIET);
    draw_legend(&mut canvas, width + 2 * FRAME, &legend);
    encode(&canvas)
}

/// Bone is white, as on a film: from the values of rays to 0 to 255.
fn greys(values: &[f32]) -> Vec<f64> {
    let mut sorted: Vec<f32> = values.to_vec();
    sorted.sort_by(f32::total_cmp);
    let at = |share: f64| {
        let n = (share * sorted.len().saturating_sub(1) as f64) as usize;
        sorted.get(n).copied().map_or(0.0, f64::from)
    };
    let (low, high) = (at(WINDOW.0), at(WINDOW.1));
    let range = (high - low).max(f64::EPSILON);
    values
        .iter()
        .map(|v| {
            255.0
                * ((f64::from(*v) - low) / range)
                    .clamp(0.0, 1.0)
                    .powf(BRIGHTER)
        })
        .collect()
}

struct View {
    detector: Detector,
    frame: Rectangle,
}

impl View {
    /// Where a place in the plane through the isocentre lies in the picture.
    fn place(&self, place: [f64; 2]) -> [f64; 2] {
        let [row, column] = self.detector.pixel_of(place);
        let enlarged = ENLARGED as f64;
        [
            self.frame.x + (column + 0.5) * enlarged - 0.5,
            self.frame.y + (row + 0.5) * enlarged - 0.5,
        ]
    }

    /// The radiograph between its pixels.
    fn grey_at(&self, grey: &[f64], x: i64, y: i64) -> u8 {
        let Detector { columns, rows, .. } = self.detector;
        let index = |pixel: i64, n: usize| {
            let at = (pixel as f64 + 0.5) / ENLARGED as f64 - 0.5;
            let at = at.clamp(0.0, n as f64 - 1.0);
            let first = at.floor() as usize;
            (first, (first + 1).min(n - 1), at - first as f64)
        };
        let (u0, u1, wu) = index(x, columns);
        let (v0, v1, wv) = index(y, rows);
        let row = |v: usize| {
            let (a, b) = (grey[v * columns + u0], grey[v * columns + u1]);
            a + (b - a) * wu
        };
        let (a, b) = (row(v0), row(v1));
        (a + (b - a) * wv).round() as u8
    }

    /// The border of a region's shadow, as wide as a pixel of the radiograph.
    fn outline(&self, canvas: &mut Canvas, outline: &DrrOutline<'_>, beam: &Beam) {
        let Detector { columns, rows, .. } = self.detector;
        let seen = shadow(outline.mask, beam, &self.detector);
        let is_seen = |row: usize, column: usize| seen[row * columns + column];
        for row in 0..rows {
            for column in (0..columns).filter(|column| is_seen(row, *column)) {
                let inside = row > 0
                    && column > 0
                    && row + 1 < rows
                    && column + 1 < columns
                    && is_seen(row - 1, column)
                    && is_seen(row + 1, column)
                    && is_seen(row, column - 1)
                    && is_seen(row, column + 1);
                if !inside {
                    let x = self.frame.x as i64 + column as i64 * ENLARGED;
                    let y = self.frame.y as i64 + row as i64 * ENLARGED;
                    canvas.rectangle(x, y, ENLARGED, ENLARGED, outline.colour);
                }
            }
        }
    }

    /// The open rectangle, and a cross at the isocentre.
    fn aperture(&self, canvas: &mut Canvas, open: Aperture) {
        let corners = [
            [open.x1, open.y1],
            [open.x2, open.y1],
            [open.x2, open.y2],
            [open.x1, open.y2],
        ]
        .map(|corner| self.place(corner).map(f64::round));
        for n in 0..4 {
            let (from, to) = (corners[n], corners[(n + 1) % 4]);
            canvas.line(from, to, APERTURE);
            // Two pixels wide, to be seen on bone.
            canvas.line(from.map(|v| v + 1.0), to.map(|v| v + 1.0), APERTURE);
        }
        for [dx, dy] in [[6.0, 0.0], [0.0, 6.0]] {
            let from = self.place([-dx, -dy]);
            let to = self.place([dx, dy]);
            canvas.line(from, to, APERTURE);
        }
    }

    /// Letters of the patient's sides at the edges.
    fn sides(&self, canvas: &mut Canvas, beam: &Beam) {
        let [x, y, _] = beam.axes();
        let Rectangle { width, height, .. } = self.frame;
        let middle = [width / 2.0, height / 2.0].map(|v| FRAME + v as i64);
        let (right, bottom) = (FRAME + width as i64, FRAME + height as i64);
        let half = TEXT_HEIGHT / 2;
        let inset = FRAME / 2 - 4;
        canvas.text(inset, middle[1] - half, letter(-x), true, INK);
        canvas.text(right + inset, middle[1] - half, letter(x), true, INK);
        canvas.text(right - 16, FRAME - LINE, letter(y), true, INK);
        canvas.text(right - 16, bottom + 4, letter(-y), true, INK);
    }

    fn scale(&self, canvas: &mut Canvas) {
        let y = FRAME + self.frame.height as i64 + 10;
        let bar = (50.0 / PIXEL_MM) as i64 * ENLARGED;
        canvas.rectangle(FRAME, y + 5, bar, 3, INK);
        canvas.text(FRAME + bar + 8, y - 2, "5 cm at the isocentre", false, INK);
    }
}

/// The letter of the patient's side that a direction points to.
fn letter(direction: Vector3<f64>) -> &'static str {
    let axis = direction.iamax();
    match (axis, direction[axis] > 0.0) {
        (0, true) => "L",
        (0, false) => "R",
        (1, true) => "P",
        (1, false) => "A",
        (_, true) => "S",
        (_, false) => "I",
    }
}

/// A line of the legend: a colour where it names a region, its text, and whether it is bold.
type LegendLine = (Option<[u8; 3]>, String, bool);

fn legend(
    field: &PelvicField,
    beam: &Beam,
    outlines: &[DrrOutline<'_>],
    status: PictureStatus,
) -> Vec<LegendLine> {
    let letters = ((LEGEND - FRAME - 20) / text_width("m")) as usize;
    let open = beam.aperture;
    let jaws = [
        format!("X {:.1} to {:.1} mm", open.x1, open.x2),
        format!("Y {:.1} to {:.1} mm", open.y1, open.y2),
    ];
    let mut lines: Vec<LegendLine> = stands(status)
        .iter()
        .map(|text| (None, (*text).to_owned(), true))
        .collect();
    lines.push((None, String::new(), false));
    lines.push((Some(APERTURE), "open field".to_owned(), false));
    lines.extend(jaws.map(|text| (None, text, false)));
    lines.extend(
        outlines
            .iter()
            .map(|outline| (Some(outline.colour), outline.name.to_owned(), false)),
    );
    lines.push((None, String::new(), false));
    lines.push((None, "Borders by bone".to_owned(), true));
    for border in field.describe() {
        let wrapped = wrap(&border, letters);
        lines.extend(wrapped.into_iter().map(|line| (None, line, false)));
    }
    lines
}

/// What the legend begins with.
fn stands(status: PictureStatus) -> &'static [&'static str] {
    match status {
        PictureStatus::Suggestion => &["Suggestion, unapproved,", "without dose"],
        PictureStatus::Signed => &[
            "Reviewed and signed:",
            "see the report beside it.",
            "Without dose",
        ],
    }
}

fn draw_legend(canvas: &mut Canvas, x: i64, lines: &[LegendLine]) {
    let mut y = FRAME;
    for (colour, text, bold) in lines {
        let indent = if *bold { 0 } else { 20 };
        if let Some(colour) = colour {
            canvas.rectangle(x, y + 2, 12, 12, *colour);
        }
        canvas.text(x + indent, y, text, *bold, INK);
        y += LINE;
    }
}
