//! What the colours and numbers mean, how large and how dark.

use isoboost_planning::region_colour;
use isoboost_staging::Region;
use isoboost_volume::Grid;

use super::view::View;
use super::{FRAME, INK, MipMark, PictureStatus, QUIET, WINDOW_SUV};
use crate::canvas::{Canvas, Rectangle, TEXT_HEIGHT, text_width, wrap};

/// Room beside the projection.
pub(super) const WIDTH: i64 = 320;
const LINE: i64 = TEXT_HEIGHT + 4;
/// Room above the classes: two lines of text and the greys.
const HEAD_LINES: i64 = 4;
/// Where labels begin, after the colour and the number.
const INDENT: i64 = 46;
/// Size of the bar of greys.
const BAR: [i64; 2] = [160, 12];

/// The classes in the order of the legend, each with the colour of its marks.
const CLASSES: [(Region, &str); 4] = [
    (Region::ProstateBed, "Prostate bed"),
    (Region::PelvicNode, "Pelvic nodes"),
    (Region::Distant, "Distant"),
    (Region::Undetermined, "Place undetermined"),
];

/// A line of the legend.
enum Row<'a> {
    Heading(&'static str, [u8; 3]),
    /// The mark whose label begins here, and a line of it.
    Label(Option<&'a MipMark>, String),
}

/// The legend of the marks, laid out before the picture's height is chosen.
pub(super) struct Legend<'a> {
    head: [&'static str; 2],
    rows: Vec<Row<'a>>,
}

impl<'a> Legend<'a> {
    pub(super) fn new(marks: &'a [MipMark], status: PictureStatus) -> Self {
        let letters = ((WIDTH - INDENT - FRAME) / text_width("m")) as usize;
        let classes = CLASSES.map(|(region, name)| (name, Some(region_colour(region))));
        let is_class = |mark: &MipMark| classes.iter().any(|(_, c)| *c == Some(mark.colour));
        let mut rows = Vec::new();
        for (name, colour) in classes.into_iter().chain([("Not lesions", None)]) {
            let in_group: Vec<&MipMark> = marks
                .iter()
                .filter(|m| colour.map_or(!is_class(m), |c| c == m.colour))
                .collect();
            let Some(first) = in_group.first() else {
                continue;
            };
            rows.push(Row::Heading(name, first.colour));
            for mark in in_group {
                let mut lines = wrap(&mark.label, letters).into_iter();
                rows.push(Row::Label(Some(mark), lines.next().unwrap_or_default()));
                rows.extend(lines.map(|line| Row::Label(None, line)));
            }
        }
        let head = match status {
            PictureStatus::Suggestion => ["Suggestion for review,", "not for treatment as it is"],
            PictureStatus::Signed => ["Reviewed and signed:", "see the report beside it"],
        };
        Self { head, rows }
    }

    /// Height of the whole legend with its head.
    pub(super) fn height(&self) -> i64 {
        let rows = self.rows.len().max(1) as i64 * LINE;
        let headings = self.rows.iter().filter(|r| matches!(r, Row::Heading(..)));
        FRAME + HEAD_LINES * LINE + rows + headings.count() as i64 * 8 + FRAME
    }

    pub(super) fn draw(&self, canvas: &mut Canvas, x: i64) {
        canvas.text(x, FRAME, self.head[0], true, INK);
        canvas.text(x, FRAME + LINE, self.head[1], true, INK);
        draw_window(canvas, x, FRAME + 5 * LINE / 2);
        let mut y = FRAME + HEAD_LINES * LINE;
        if self.rows.is_empty() {
            canvas.text(x, y, "no focus found", false, INK);
        }
        for row in &self.rows {
            match row {
                Row::Heading(name, colour) => {
                    y += 8;
                    canvas.rectangle(x, y + 2, 12, 12, *colour);
                    canvas.text(x + 20, y, name, true, INK);
                }
                Row::Label(mark, line) => {
                    let number = mark.map_or(String::new(), |m| m.id.to_string());
                    let start = x + INDENT - 10 - text_width(&number);
                    canvas.text(start, y, &number, true, INK);
                    canvas.text(x + INDENT, y, line, false, INK);
                }
            }
            y += LINE;
        }
    }
}

/// Names the sides and the scale around the projection.
pub(super) fn draw_frame(canvas: &mut Canvas, view: &View, grid: &Grid, frame: Rectangle) {
    let (width, height) = (frame.width as i64, frame.height as i64);
    let middle = FRAME + height / 2 - TEXT_HEIGHT / 2;
    canvas.text(FRAME / 2 - 4, middle, "R", true, INK);
    canvas.text(FRAME + width + FRAME / 2 - 4, middle, "L", true, INK);
    let title = "PET from the front, highest uptake along each line of sight";
    let fits = text_width(title) <= width;
    let title = if fits { title } else { "PET from the front" };
    canvas.text(FRAME, 10, title, false, QUIET);

    let y = FRAME + height + 10;
    let pixels_per_mm = view.scale[0] / grid.spacing()[view.across];
    let bar = (100.0 * pixels_per_mm).round() as i64;
    canvas.rectangle(FRAME, y + 5, bar, 3, INK);
    canvas.text(FRAME + bar + 8, y - 2, "10 cm", false, INK);
}

/// The bar of greys with the SUV at its ends.
fn draw_window(canvas: &mut Canvas, x: i64, y: i64) {
    let start = "SUVbw 0";
    canvas.text(x, y - 2, start, false, INK);
    let x = x + text_width(start) + 8;
    canvas.rectangle(x - 1, y - 1, BAR[0] + 2, BAR[1] + 2, QUIET);
    for step in 0..BAR[0] {
        let grey = 255 - (255 * step / (BAR[0] - 1)) as u8;
        canvas.rectangle(x + step, y, 1, BAR[1], [grey; 3]);
    }
    let end = format!("{WINDOW_SUV:.0}");
    canvas.text(x + BAR[0] + 8, y - 2, &end, false, INK);
}
