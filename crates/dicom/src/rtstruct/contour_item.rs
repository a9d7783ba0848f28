//! One contour as an object holds it.

use dicom_dictionary_std::tags;
use isoboost_volume::Contour;
use nalgebra::Point3;

use super::nesting::normal;
use crate::attributes::Attributes;

/// How far the points of one contour may lie from a common plane, in mm: more is not rounding.
const NOT_PLANAR_MM: f64 = 0.1;

/// Colour of a region.
pub(super) fn colour(item: Attributes<'_>) -> Option<[u8; 3]> {
    let values = item.vector::<3>(tags::ROI_DISPLAY_COLOR).ok()??;
    let is_colour = values.iter().all(|v| (0.0..=255.0).contains(v));
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and 255, as just checked"
    )]
    is_colour.then(|| values.map(|v| v.round() as u8))
}

/// A contour that encloses something, or why it does not.
pub(super) fn closed_contour(item: Attributes<'_>) -> Result<Contour, String> {
    let kind = item.text(tags::CONTOUR_GEOMETRIC_TYPE).unwrap_or_default();
    if !matches!(kind.as_str(), "CLOSED_PLANAR" | "CLOSEDPLANAR_XOR") {
        return Err(format!("of type `{kind}`, which encloses nothing"));
    }
    let values = item
        .numbers(tags::CONTOUR_DATA)
        .map_err(|e| e.to_string())?;
    let stated = item.integer(tags::NUMBER_OF_CONTOUR_POINTS).ok().flatten();
    let found = i64::try_from(values.len() / 3).unwrap_or(i64::MAX);
    if values.len() % 3 != 0 || stated.is_some_and(|n| n != found) {
        return Err(format!(
            "{} coordinates where {} points are stated",
            values.len(),
            stated.map_or_else(|| "no".to_owned(), |n| n.to_string())
        ));
    }
    let mut points: Vec<Point3<f64>> = values
        .chunks_exact(3)
        .map(|xyz| Point3::new(xyz[0], xyz[1], xyz[2]))
        .collect();
    points.dedup();
    while points.len() > 1 && points.first() == points.last() {
        points.pop();
    }
    if points.len() < 3 {
        return Err("of fewer than three different points".to_owned());
    }
    if !is_planar(&points) {
        return Err(format!("not in one plane to {NOT_PLANAR_MM} mm"));
    }
    Ok(Contour {
        slice: None,
        points,
    })
}

/// Whether the points lie in one plane; a contour without any area is in some plane.
fn is_planar(points: &[Point3<f64>]) -> bool {
    let Some(normal) = normal(points) else {
        return true;
    };
    let off = |p: &Point3<f64>| normal.dot(&(p - points[0])).abs();
    points.iter().all(|p| off(p) <= NOT_PLANAR_MM)
}
