//! Contours within contours.

use isoboost_volume::Contour;
use nalgebra::{Point3, Vector3};

/// Contours this close along their normal lie on one slice, in mm.
const SAME_SLICE_MM: f64 = 0.1;

/// On how many slices a contour has a corner inside another one.
pub(super) fn nested_slices(contours: &[Contour]) -> usize {
    let planes: Vec<(f64, usize, &Contour)> = contours
        .iter()
        .filter_map(|contour| {
            let normal = normal(&contour.points)?;
            // The coordinate plane in which the contour is widest.
            let across = normal.iamax();
            Some((normal.dot(&contour.points[0].coords), across, contour))
        })
        .collect();
    let mut slices: Vec<f64> = Vec::new();
    for (n, (height, across, inner)) in planes.iter().enumerate() {
        let is_nested = planes
            .iter()
            .enumerate()
            .any(|(m, (other_height, _, outer))| {
                n != m
                    && (height - other_height).abs() <= SAME_SLICE_MM
                    && is_inside(inner.points[0], outer, *across)
            });
        if is_nested && !slices.iter().any(|s| (s - height).abs() <= SAME_SLICE_MM) {
            slices.push(*height);
        }
    }
    slices.len()
}

/// Unit normal of a contour, on the positive side of its main axis: the direction of the sum of
/// the triangles that its points span. `None` where these enclose nothing.
pub(super) fn normal(points: &[Point3<f64>]) -> Option<Vector3<f64>> {
    let first = points.first()?;
    let mut sum = Vector3::zeros();
    for pair in points.windows(2) {
        sum += (pair[0] - first).cross(&(pair[1] - first));
    }
    let normal = sum.try_normalize(1e-9)?;
    Some(normal * normal[normal.iamax()].signum())
}

/// Whether a point lies inside a contour, seen along a coordinate axis.
fn is_inside(point: Point3<f64>, contour: &Contour, across: usize) -> bool {
    let [u, v] = [(across + 1) % 3, (across + 2) % 3];
    let next = contour.points.iter().cycle().skip(1);
    let mut inside = false;
    for (a, b) in contour.points.iter().zip(next) {
        if (a[v] > point[v]) != (b[v] > point[v])
            && point[u] < (b[u] - a[u]) * (point[v] - a[v]) / (b[v] - a[v]) + a[u]
        {
            inside = !inside;
        }
    }
    inside
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(half: f64, z: f64) -> Contour {
        let corners = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)];
        Contour {
            slice: None,
            points: corners
                .map(|(x, y)| Point3::new(x * half, y * half, z))
                .to_vec(),
        }
    }

    #[test]
    fn rings_are_seen_on_their_slice_only() {
        let mut contours = vec![square(10.0, 0.0), square(5.0, 3.0)];
        assert_eq!(nested_slices(&contours), 0);
        contours.push(square(5.0, 0.0));
        assert_eq!(nested_slices(&contours), 1);
        contours.push(square(2.0, 0.0));
        contours.push(square(2.0, 3.0));
        assert_eq!(nested_slices(&contours), 2);
    }

    #[test]
    fn rings_are_seen_in_any_plane() {
        let turned = |half| {
            let mut contour = square(half, 0.0);
            for point in &mut contour.points {
                *point = Point3::new(point.z, point.y + point.x, point.y - point.x);
            }
            contour
        };
        assert_eq!(nested_slices(&[turned(10.0), turned(5.0)]), 1);
    }
}
