//! From the planes of a stack of slices to its grid, or to the reason why there is none.

use isoboost_volume::Grid;
use nalgebra::{Point3, Vector3};

use crate::geometry_problem::{GeometryProblem, SlicePositions};

/// Slices may lie this far from their place in a regular stack, in mm: where scanners round
/// positions to a tenth of a millimetre, a slice and the ends of the stack may each be off by half
/// of that, and a lesion's measures do not feel it.
const POSITION_TOLERANCE_MM: f64 = 0.101;

/// The same for thick slices, in parts of the slice spacing.
const POSITION_TOLERANCE_SPACINGS: f64 = 0.01;

/// How far a whole stack may shear, in pixels: more is a tilted gantry.
const SHEAR_TOLERANCE_PIXELS: f64 = 0.25;

/// Direction cosines of one slice may miss unit length and orthogonality by this much.
const COSINE_TOLERANCE: f64 = 1e-3;

/// A step this many times the usual one is a gap.
const GAP_STEPS: f64 = 1.5;

/// Where one slice lies: Image Position, Image Orientation and Pixel Spacing (PS3.3 C.7.6.2).
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Plane {
    /// LPS position of the centre of the first pixel.
    pub position: Point3<f64>,
    /// LPS direction of growing column index.
    pub along_row: Vector3<f64>,
    /// LPS direction of growing row index.
    pub along_column: Vector3<f64>,
    /// Distance of neighbouring rows and of neighbouring columns, in mm.
    pub spacing: [f64; 2],
    /// Slice Thickness or Spacing Between Slices, in mm; only a lone slice needs it.
    pub thickness: Option<f64>,
}

impl Plane {
    /// Unit normal; slices are counted along it.
    pub(crate) fn normal(&self) -> Vector3<f64> {
        self.along_row.cross(&self.along_column).normalize()
    }

    /// Whether both lie in parallel, with the same axes and pixels.
    pub(crate) fn fits(&self, other: &Self) -> bool {
        let turned = (self.along_row - other.along_row)
            .amax()
            .max((self.along_column - other.along_column).amax());
        let same_pixels = (0..2).all(|a| {
            (self.spacing[a] - other.spacing[a]).abs() <= PIXEL_TOLERANCE * self.spacing[a]
        });
        turned <= ORIENTATION_TOLERANCE && same_pixels
    }
}

/// Direction cosines of parallel slices differ by less: 0.2 mm at the edge of a large field.
const ORIENTATION_TOLERANCE: f64 = 5e-4;

/// Pixel sizes of one stack differ by less, in parts: a twentieth of a pixel at its edge.
const PIXEL_TOLERANCE: f64 = 1e-4;

/// The six direction cosines as two unit vectors at right angles.
pub(crate) fn axes_of(cosines: [f64; 6]) -> Result<[Vector3<f64>; 2], GeometryProblem> {
    let [a, b, c, d, e, f] = cosines;
    let (x, y) = (Vector3::new(a, b, c), Vector3::new(d, e, f));
    let unit = |v: &Vector3<f64>| (v.norm() - 1.0).abs() <= COSINE_TOLERANCE;
    if !unit(&x) || !unit(&y) || x.dot(&y).abs() > COSINE_TOLERANCE {
        return Err(GeometryProblem::Orientation { found: cosines });
    }
    let x = x.normalize();
    Ok([x, (y - x * x.dot(&y)).normalize()])
}

/// The order of the planes along the stack: indices by growing position along the normal.
pub(crate) fn order(planes: &[&Plane]) -> Vec<usize> {
    let Some(normal) = planes.first().map(|plane| plane.normal()) else {
        return Vec::new();
    };
    let height = |i: &usize| planes[*i].position.coords.dot(&normal);
    let mut order: Vec<usize> = (0..planes.len()).collect();
    order.sort_by(|a, b| height(a).total_cmp(&height(b)));
    order
}

/// How many different positions the planes, in stack order, take.
pub(crate) fn places(planes: &[&Plane]) -> usize {
    let heights = heights(planes);
    let repeats = heights.windows(2).filter(|w| is_same_place(w[0], w[1]));
    heights.len() - repeats.count()
}

/// Two slices closer than this along the stack are at one place.
pub(crate) fn is_same_place(a: f64, b: f64) -> bool {
    (a - b).abs() < 0.01
}

/// Positions along the normal of the first plane, in mm.
pub(crate) fn heights(planes: &[&Plane]) -> Vec<f64> {
    let normal = planes.first().map_or_else(Vector3::z, |p| p.normal());
    planes
        .iter()
        .map(|plane| plane.position.coords.dot(&normal))
        .collect()
}

/// The grid of parallel planes in stack order, each of `size` rows and columns.
///
/// # Errors
/// When the planes are not a regular, upright stack.
pub(crate) fn grid_of(planes: &[&Plane], size: [usize; 2]) -> Result<Grid, GeometryProblem> {
    let Some((first, rest)) = planes.split_first() else {
        return Err(isoboost_volume::GridError::Empty([0, size[0], size[1]]).into());
    };
    let spacing = match rest.last() {
        None => first
            .thickness
            .ok_or_else(|| GeometryProblem::SingleSlice {
                at: positions(planes.iter().copied()),
            })?,
        Some(_) => even_spacing(planes)?,
    };
    check_upright(planes)?;
    Ok(Grid::new(
        [planes.len(), size[0], size[1]],
        [spacing, first.spacing[0], first.spacing[1]],
        first.position,
        [first.normal(), first.along_column, first.along_row],
    )?)
}

/// The slice spacing in mm, where all slices keep it.
fn even_spacing(planes: &[&Plane]) -> Result<f64, GeometryProblem> {
    let heights = heights(planes);
    let steps: Vec<f64> = heights.windows(2).map(|w| w[1] - w[0]).collect();
    let places = places(planes);
    if places < planes.len() {
        return Err(GeometryProblem::Repeated {
            slices: planes.len(),
            places,
            at: positions(repeated(planes, &steps)),
        });
    }
    let usual = median(&steps);
    let gaps = |step: &f64| *step > GAP_STEPS * usual;
    if steps.iter().any(gaps) {
        return Err(gap(planes, &steps, usual));
    }
    let mean = (heights[heights.len() - 1] - heights[0]) / steps.len() as f64;
    let tolerance = POSITION_TOLERANCE_MM.max(POSITION_TOLERANCE_SPACINGS * mean);
    let displaced: Vec<&Plane> = planes
        .iter()
        .zip(&heights)
        .enumerate()
        .filter(|(k, (_, h))| (*h - heights[0] - *k as f64 * mean).abs() > tolerance)
        .map(|(_, (plane, _))| *plane)
        .collect();
    if displaced.is_empty() {
        return Ok(mean);
    }
    Err(GeometryProblem::Uneven {
        smallest_mm: steps.iter().copied().fold(f64::INFINITY, f64::min),
        largest_mm: steps.iter().copied().fold(0.0, f64::max),
        at: positions(displaced.into_iter()),
    })
}

fn repeated<'a>(planes: &[&'a Plane], steps: &[f64]) -> impl Iterator<Item = &'a Plane> {
    let mut found: Vec<&Plane> = Vec::new();
    let mut run = false;
    for (step, plane) in steps.iter().zip(planes) {
        let same = is_same_place(*step, 0.0);
        if same && !run {
            found.push(plane);
        }
        run = same;
    }
    found.into_iter()
}

/// Gaps of whole steps are missing slices; any other jump is uneven spacing.
fn gap(planes: &[&Plane], steps: &[f64], usual: f64) -> GeometryProblem {
    let mut missing = 0.0;
    let mut sides = Vec::new();
    let mut whole = true;
    for (k, step) in steps.iter().enumerate() {
        let count = (step / usual).round();
        if *step > GAP_STEPS * usual {
            missing += count - 1.0;
            sides.extend([planes[k], planes[k + 1]]);
        }
        let tolerance = 2.0 * POSITION_TOLERANCE_MM.max(POSITION_TOLERANCE_SPACINGS * usual);
        whole &= (step - count * usual).abs() <= tolerance;
    }
    sides.dedup_by(|a, b| std::ptr::eq(*a, *b));
    let at = positions(sides.into_iter());
    if whole {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a count of slices within a body's length"
        )]
        return GeometryProblem::Gap {
            missing: missing as usize,
            spacing_mm: rounded(usual),
            at,
        };
    }
    GeometryProblem::Uneven {
        smallest_mm: steps.iter().copied().fold(f64::INFINITY, f64::min),
        largest_mm: steps.iter().copied().fold(0.0, f64::max),
        at,
    }
}

/// Refuses stacks whose slices are shifted along their own plane.
fn check_upright(planes: &[&Plane]) -> Result<(), GeometryProblem> {
    let (Some(first), Some(last)) = (planes.first(), planes.last()) else {
        return Ok(());
    };
    let normal = first.normal();
    let shift = |plane: &Plane| {
        let way = plane.position - first.position;
        way - normal * way.dot(&normal)
    };
    let way = last.position - first.position;
    let shear = shift(last);
    // What is left when the shear of the whole stack is taken away from each slice.
    let drift = |plane: &Plane| {
        let part = (plane.position - first.position).dot(&normal) / way.dot(&normal);
        let expected = if part.is_finite() { part } else { 0.0 };
        (shift(plane) - shear * expected).norm()
    };
    let offset_mm = planes.iter().map(|p| drift(p)).fold(0.0, f64::max);
    if offset_mm > POSITION_TOLERANCE_MM {
        let shifted = planes.iter().copied();
        return Err(GeometryProblem::Drift {
            offset_mm,
            at: positions(shifted.filter(|p| drift(p) > POSITION_TOLERANCE_MM)),
        });
    }
    let pixel = first.spacing[0].min(first.spacing[1]);
    if shear.norm() > SHEAR_TOLERANCE_PIXELS * pixel {
        return Err(GeometryProblem::Tilted {
            angle_degrees: shear.norm().atan2(way.dot(&normal)).to_degrees(),
            at: positions(planes.iter().copied()),
        });
    }
    Ok(())
}

/// The planes' coordinates along the patient axis closest to their normal.
pub(crate) fn positions<'a>(planes: impl Iterator<Item = &'a Plane>) -> SlicePositions {
    let planes: Vec<&Plane> = planes.collect();
    let normal = planes.first().map_or_else(Vector3::z, |p| p.normal());
    let axis = normal.iamax();
    SlicePositions {
        axis: ['x', 'y', 'z'][axis],
        mm: planes.iter().map(|p| rounded(p.position[axis])).collect(),
    }
}

/// The usual step: the lower of two in the middle, because gaps only make steps larger.
fn median(steps: &[f64]) -> f64 {
    let mut sorted = steps.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len().saturating_sub(1) / 2;
    sorted.get(middle).copied().unwrap_or(0.0)
}

/// To a micrometre: what a difference of two decimal strings should have been.
fn rounded(mm: f64) -> f64 {
    (mm * 1000.0).round() / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plane(position: [f64; 3]) -> Plane {
        Plane {
            position: position.into(),
            along_row: Vector3::x(),
            along_column: Vector3::y(),
            spacing: [2.0, 2.0],
            thickness: None,
        }
    }

    /// The grid of axial planes at `positions`, sorted first.
    fn grid(positions: &[[f64; 3]]) -> Result<Grid, GeometryProblem> {
        let planes: Vec<Plane> = positions.iter().map(|p| plane(*p)).collect();
        let planes: Vec<&Plane> = planes.iter().collect();
        let sorted: Vec<&Plane> = order(&planes).into_iter().map(|i| planes[i]).collect();
        grid_of(&sorted, [4, 5])
    }

    fn stack(heights: &[f64]) -> Vec<[f64; 3]> {
        heights.iter().map(|z| [-10.0, -20.0, *z]).collect()
    }

    #[test]
    fn any_order_gives_the_same_grid() {
        let expected = grid(&stack(&[0.0, 3.0, 6.0, 9.0])).unwrap();
        assert_eq!(expected.shape(), [4, 4, 5]);
        assert_eq!(expected.spacing(), [3.0, 2.0, 2.0]);
        assert_eq!(expected.origin(), Point3::new(-10.0, -20.0, 0.0));
        for heights in [[9.0, 6.0, 3.0, 0.0], [3.0, 9.0, 0.0, 6.0]] {
            assert_eq!(grid(&stack(&heights)).unwrap(), expected);
        }
    }

    #[test]
    fn rounded_positions_are_even() {
        // 3.27 mm steps written with one decimal.
        let heights: Vec<f64> = (0..20)
            .map(|k| (f64::from(k) * 32.7).round() / 10.0)
            .collect();
        let spacing = grid(&stack(&heights)).unwrap().spacing()[0];
        assert!((spacing - 3.27).abs() < 0.1 / 19.0, "{spacing}");
    }

    #[test]
    fn gaps_are_named_with_both_neighbours() {
        let error = grid(&stack(&[0.0, 3.0, 6.0, 12.0, 15.0, 24.0])).unwrap_err();
        assert_eq!(
            error.to_string(),
            "3 slice(s) are missing beside z 6.00, 12.00, 15.00, 24.00 mm (spacing 3 mm); \
             send the series again"
        );
    }

    #[test]
    fn uneven_steps_and_jumps_that_are_no_whole_steps_are_uneven() {
        let error = grid(&stack(&[0.0, 3.0, 6.4, 9.0])).unwrap_err();
        assert!(
            matches!(&error, GeometryProblem::Uneven { at, .. } if at.mm == [6.4]),
            "{error}"
        );
        let error = grid(&stack(&[0.0, 3.0, 6.0, 10.9, 13.9])).unwrap_err();
        assert!(matches!(error, GeometryProblem::Uneven { .. }), "{error}");
    }

    #[test]
    fn repeated_positions_are_named_once() {
        let error = grid(&stack(&[0.0, 3.0, 3.0, 3.0, 6.0, 9.0, 9.0])).unwrap_err();
        assert!(
            matches!(&error, GeometryProblem::Repeated { slices: 7, places: 4, at }
                if at.mm == [3.0, 9.0]),
            "{error}"
        );
    }

    #[test]
    fn a_shear_is_a_tilt_and_a_lone_shift_is_drift() {
        let sheared: Vec<[f64; 3]> = (0..5)
            .map(f64::from)
            .map(|k| [0.0, k * 0.5, k * 3.0])
            .collect();
        let error = grid(&sheared).unwrap_err();
        // atan(0.5 / 3) = 9.46 degrees
        assert!(
            matches!(error, GeometryProblem::Tilted { angle_degrees, .. }
                if (angle_degrees - 9.462).abs() < 1e-3),
            "{error}"
        );
        let mut shifted = stack(&[0.0, 3.0, 6.0, 9.0]);
        shifted[2][0] += 1.0;
        let error = grid(&shifted).unwrap_err();
        assert!(
            matches!(&error, GeometryProblem::Drift { at, offset_mm } if at.mm == [6.0] && *offset_mm == 1.0),
            "{error}"
        );
    }

    #[test]
    fn a_lone_slice_needs_its_thickness() {
        assert!(matches!(
            grid(&stack(&[4.0])),
            Err(GeometryProblem::SingleSlice { .. })
        ));
        let mut lone = plane([0.0; 3]);
        lone.thickness = Some(5.0);
        assert_eq!(
            grid_of(&[&lone], [4, 5]).unwrap().spacing(),
            [5.0, 2.0, 2.0]
        );
    }

    #[test]
    fn cosines_must_be_a_right_angle() {
        assert!(axes_of([1.0, 0.0, 0.0, 0.0, 1.0, 0.0]).is_ok());
        assert!(axes_of([1.0, 0.0, 0.0, 0.01, 1.0, 0.0]).is_err());
        assert!(axes_of([0.0; 6]).is_err());
    }
}
