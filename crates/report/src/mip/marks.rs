//! Circles around the foci, with numbers that keep out of one another's way.

use isoboost_volume::Grid;

use super::view::View;
use super::{FRAME, MipMark};
use crate::canvas::{Canvas, Rectangle, TEXT_HEIGHT, text_width};

/// Smallest radius of a circle, pixels.
const SMALLEST_RADIUS: f64 = 8.0;
/// Free space around a number, pixels.
const PADDING: f64 = 3.0;
/// Directions that a number may stand in.
const DIRECTIONS: u32 = 24;
/// Distances from the circle that a number may stand at, pixels.
const REACHES: [f64; 10] = [
    16.0, 24.0, 34.0, 46.0, 60.0, 80.0, 104.0, 132.0, 164.0, 200.0,
];

struct Circle {
    center: [f64; 2],
    radius: f64,
}

/// Draws the circles, then the lines, then the numbers, so that numbers are never drawn over.
pub(super) fn draw(
    canvas: &mut Canvas,
    grid: &Grid,
    view: &View,
    marks: &[MipMark],
    frame: Rectangle,
) {
    let circles: Vec<Circle> = marks.iter().map(|m| circle_of(m, grid, view)).collect();
    let places = number_places(marks, &circles, frame);
    for (mark, circle) in marks.iter().zip(&circles) {
        canvas.circle(circle.center, circle.radius, mark.colour);
    }
    for ((mark, circle), place) in marks.iter().zip(&circles).zip(&places) {
        let middle = [place.x + place.width / 2.0, place.y + place.height / 2.0];
        canvas.line(edge_towards(circle, middle), middle, mark.colour);
    }
    for (mark, place) in marks.iter().zip(&places) {
        let (x, y) = (place.x.round() as i64, place.y.round() as i64);
        let (width, height) = (place.width as i64, place.height as i64);
        canvas.rectangle(x, y, width, height, mark.colour);
        let inset = PADDING as i64;
        canvas.text(x + inset, y + 1, &mark.id.to_string(), true, [255; 3]);
    }
}

fn circle_of(mark: &MipMark, grid: &Grid, view: &View) -> Circle {
    let place = view.place(grid.index_from_lps(mark.position), grid.shape());
    let per_mm = view.scale[0] / grid.spacing()[view.across];
    Circle {
        center: place.map(|p| p + FRAME as f64),
        radius: (mark.radius_mm * per_mm + 4.0).max(SMALLEST_RADIUS),
    }
}

/// A box for the number of each mark: the nearest that meets no circle and no other number.
fn number_places(marks: &[MipMark], circles: &[Circle], frame: Rectangle) -> Vec<Rectangle> {
    let mut places: Vec<Rectangle> = Vec::new();
    for (mark, own) in marks.iter().zip(circles) {
        let width = text_width(&mark.id.to_string()) as f64 + 2.0 * PADDING;
        let height = TEXT_HEIGHT as f64 + 2.0;
        let around = |[x, y]: [f64; 2]| Rectangle {
            x: x - width / 2.0,
            y: y - height / 2.0,
            width,
            height,
        };
        let spots = REACHES.into_iter().flat_map(|reach| {
            (0..DIRECTIONS).map(move |n| {
                // Up and outwards first, where a reader of pictures expects a label.
                let angle = f64::from(n) * std::f64::consts::TAU / f64::from(DIRECTIONS) - 0.5;
                let reach = own.radius + reach;
                around([
                    own.center[0] + reach * angle.cos(),
                    own.center[1] + reach * angle.sin(),
                ])
            })
        });
        let candidates: Vec<Rectangle> = spots.filter(|spot| frame.holds(spot)).collect();
        let is_clear_of_numbers = |spot: &&Rectangle| {
            let roomy = Rectangle {
                x: spot.x - PADDING,
                y: spot.y - PADDING,
                width: spot.width + 2.0 * PADDING,
                height: spot.height + 2.0 * PADDING,
            };
            !places.iter().any(|p| p.overlaps(&roomy))
        };
        // A number inside a large circle is legible; on the line of any, it is not.
        let is_clear_of_circles = |spot: &&Rectangle| {
            circles.iter().all(|c| {
                let nearest = spot.distance(c.center);
                let farthest = nearest + spot.width.hypot(spot.height);
                nearest > c.radius + PADDING || farthest < c.radius - PADDING
            })
        };
        let best = candidates
            .iter()
            .filter(is_clear_of_numbers)
            .find(is_clear_of_circles)
            .or_else(|| candidates.iter().find(is_clear_of_numbers))
            .or(candidates.first());
        places.push(best.copied().unwrap_or_else(|| around(own.center)));
    }
    places
}

/// The point of a circle that looks towards a place.
fn edge_towards(circle: &Circle, place: [f64; 2]) -> [f64; 2] {
    let step = [0, 1].map(|a| place[a] - circle.center[a]);
    let length = step[0].hypot(step[1]).max(1.0);
    [0, 1].map(|a| circle.center[a] + step[a] / length * circle.radius)
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::Point3;

    #[test]
    fn numbers_of_a_crowd_meet_neither_one_another_nor_a_circle() {
        let frame = Rectangle {
            x: 0.0,
            y: 0.0,
            width: 600.0,
            height: 800.0,
        };
        let marks: Vec<MipMark> = (1..=12)
            .map(|id| MipMark {
                id,
                position: Point3::origin(),
                radius_mm: 5.0,
                colour: [0; 3],
                label: String::new(),
            })
            .collect();
        let circles: Vec<Circle> = (0..12)
            .map(|n| Circle {
                center: [250.0 + 12.0 * f64::from(n), 400.0 + f64::from(n * 7 % 40)],
                radius: 10.0,
            })
            .collect();
        let places = number_places(&marks, &circles, frame);
        for (n, place) in places.iter().enumerate() {
            assert!(frame.holds(place));
            assert!(places[..n].iter().all(|other| !other.overlaps(place)));
            let on_line = circles
                .iter()
                .any(|c| (place.distance(c.center) - c.radius).abs() < 1.0);
            assert!(!on_line, "number {}", n + 1);
        }
    }
}
