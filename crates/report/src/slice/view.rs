//! A rectangle in a plane, and the pixels that it is drawn with.

use isoboost_volume::Grid;
use nalgebra::Point3;

use crate::plane::Plane;

/// Pixels that a picture has on a side at most.
pub const MOST_PIXELS: u32 = 4096;
/// Coordinates beyond this are no place in a scanner, mm.
const FARTHEST_MM: f64 = 1e5;

/// A rectangle in a plane, and the pixels that it is drawn with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlaneView {
    /// Which way the plane lies.
    pub plane: Plane,
    /// The LPS coordinate along its normal, mm.
    pub at_mm: f64,
    /// Left, top, right and bottom edge in screen mm: the outer edges of the outermost pixels.
    pub rect_mm: [f64; 4],
    /// Width and height in pixels.
    pub size: [u32; 2],
}

/// Why a view cannot be drawn.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ViewError {
    /// The plane lies nowhere.
    #[error("the position of a plane must be a number of mm within 100 m, found {0}")]
    Position(f64),
    /// The rectangle has no area, or is turned over.
    #[error(
        "a rectangle is left, top, right, bottom in mm with left < right and top < bottom, found {0:?}"
    )]
    Rectangle([f64; 4]),
    /// No pixel, or more than anybody looks at.
    #[error("a picture has 1 to {MOST_PIXELS} pixels on each side, found {0:?}")]
    Size([u32; 2]),
}

impl PlaneView {
    /// A view of just this rectangle. Where its shape is not that of `size`, a pixel is not square;
    /// see [`PlaneView::fitted`].
    ///
    /// # Errors
    /// When the plane or the rectangle is no place, or the size is none or too large.
    pub fn new(
        plane: Plane,
        at_mm: f64,
        rect_mm: [f64; 4],
        size: [u32; 2],
    ) -> Result<Self, ViewError> {
        let is_place = |v: f64| v.abs() <= FARTHEST_MM;
        if !is_place(at_mm) {
            return Err(ViewError::Position(at_mm));
        }
        let [left, top, right, bottom] = rect_mm;
        if !rect_mm.into_iter().all(is_place) || right - left < 1e-6 || bottom - top < 1e-6 {
            return Err(ViewError::Rectangle(rect_mm));
        }
        if size.into_iter().any(|n| n == 0 || n > MOST_PIXELS) {
            return Err(ViewError::Size(size));
        }
        Ok(Self {
            plane,
            at_mm,
            rect_mm,
            size,
        })
    }

    /// The smallest view with square pixels that holds the rectangle: the shorter side grows on
    /// both ends.
    ///
    /// # Errors
    /// As [`PlaneView::new`].
    pub fn fitted(
        plane: Plane,
        at_mm: f64,
        rect_mm: [f64; 4],
        size: [u32; 2],
    ) -> Result<Self, ViewError> {
        let view = Self::new(plane, at_mm, rect_mm, size)?;
        let pixel = view.pixel_mm();
        let side = pixel[0].max(pixel[1]);
        let [left, top, right, bottom] = rect_mm;
        let middle = [f64::midpoint(left, right), f64::midpoint(top, bottom)];
        let half = size.map(|n| f64::from(n) * side / 2.0);
        let rect_mm = [
            middle[0] - half[0],
            middle[1] - half[1],
            middle[0] + half[0],
            middle[1] + half[1],
        ];
        Ok(Self { rect_mm, ..view })
    }

    /// A view with square pixels of `pixel_mm` around an LPS position, in the plane through it.
    ///
    /// # Errors
    /// As [`PlaneView::new`].
    pub fn around(
        plane: Plane,
        center: Point3<f64>,
        pixel_mm: f64,
        size: [u32; 2],
    ) -> Result<Self, ViewError> {
        let [x, y] = screen_of(plane, center);
        let half = size.map(|n| f64::from(n) * pixel_mm / 2.0);
        let rect_mm = [x - half[0], y - half[1], x + half[0], y + half[1]];
        Self::new(plane, center[plane.normal()], rect_mm, size)
    }

    /// Width and height of a pixel, mm.
    pub fn pixel_mm(&self) -> [f64; 2] {
        let [left, top, right, bottom] = self.rect_mm;
        let [width, height] = self.size.map(f64::from);
        [(right - left) / width, (bottom - top) / height]
    }

    /// The LPS position of a place on the screen, mm.
    pub fn lps_from_screen(&self, screen: [f64; 2]) -> Point3<f64> {
        let [normal, down, right] = self.plane.axes();
        Point3::from(normal * self.at_mm + down * screen[1] + right * screen[0])
    }

    /// Where an LPS position falls on the screen, mm: along the normal, whatever its distance.
    pub fn screen_from_lps(&self, point: Point3<f64>) -> [f64; 2] {
        screen_of(self.plane, point)
    }

    /// The place in the picture of a place on the screen: pixel `n` reaches from `n` to `n + 1`.
    pub fn pixel_from_screen(&self, screen: [f64; 2]) -> [f64; 2] {
        let pixel = self.pixel_mm();
        [0, 1].map(|a| (screen[a] - self.rect_mm[a]) / pixel[a])
    }

    /// The place on the screen of the middle of a pixel `[column, row]`, mm.
    pub fn screen_from_pixel(&self, pixel: [f64; 2]) -> [f64; 2] {
        let side = self.pixel_mm();
        [0, 1].map(|a| self.rect_mm[a] + (pixel[a] + 0.5) * side[a])
    }

    /// The pixel centres of `rows` from row `first` as a grid of one slice; none for a view that is
    /// no place.
    pub(crate) fn grid(&self, first: usize, rows: usize) -> Option<Grid> {
        let pixel = self.pixel_mm();
        let start = self.screen_from_pixel([0.0, first as f64]);
        Grid::new(
            [1, rows, self.size[0] as usize],
            [pixel[0].min(pixel[1]), pixel[1], pixel[0]],
            self.lps_from_screen(start),
            self.plane.axes(),
        )
        .ok()
    }
}

/// Where an LPS position falls on the screen, mm.
fn screen_of(plane: Plane, point: Point3<f64>) -> [f64; 2] {
    let [_, down, right] = plane.axes();
    [right.dot(&point.coords), down.dot(&point.coords)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn screen_and_patient_are_inverse_and_lie_as_a_reader_expects() {
        let point = Point3::new(30.0, -20.0, 70.0);
        for (plane, expected) in [
            (Plane::Axial, [30.0, -20.0]),
            (Plane::Coronal, [30.0, -70.0]),
            (Plane::Sagittal, [-20.0, -70.0]),
        ] {
            let view = PlaneView::around(plane, point, 0.5, [101, 81]).unwrap();
            assert_eq!(view.screen_from_lps(point), expected, "{plane:?}");
            assert!((view.lps_from_screen(expected) - point).norm() < 1e-12);
            // The middle of the middle pixel.
            let at = view.pixel_from_screen(expected);
            assert!((at[0] - 50.5).abs() < 1e-9 && (at[1] - 40.5).abs() < 1e-9);
            let back = view.screen_from_pixel([50.0, 40.0]);
            assert!((back[0] - expected[0]).abs() < 1e-9 && (back[1] - expected[1]).abs() < 1e-9);
        }
    }

    #[test]
    fn a_fitted_view_has_square_pixels_and_holds_what_was_asked_for() {
        let asked = [-100.0, 0.0, 100.0, 50.0];
        let view = PlaneView::fitted(Plane::Axial, 0.0, asked, [400, 400]).unwrap();
        assert_eq!(view.pixel_mm(), [0.5, 0.5]);
        assert_eq!(view.rect_mm, [-100.0, -75.0, 100.0, 125.0]);
    }

    #[test]
    fn a_view_of_nothing_is_refused() {
        let view = |at, rect, size| PlaneView::new(Plane::Axial, at, rect, size).unwrap_err();
        let rect = [0.0, 0.0, 1.0, 1.0];
        assert!(matches!(
            view(f64::NAN, rect, [1, 1]),
            ViewError::Position(_)
        ));
        assert_eq!(
            view(0.0, [0.0, 1.0, 1.0, 0.0], [1, 1]),
            ViewError::Rectangle([0.0, 1.0, 1.0, 0.0])
        );
        let endless = [0.0, 0.0, f64::INFINITY, 1.0];
        assert!(matches!(
            view(0.0, endless, [1, 1]),
            ViewError::Rectangle(_)
        ));
        assert_eq!(view(0.0, rect, [0, 1]), ViewError::Size([0, 1]));
        assert_eq!(view(0.0, rect, [1, 4097]), ViewError::Size([1, 4097]));
    }
}
