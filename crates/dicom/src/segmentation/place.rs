//! Where frames lie: their own plane positions, with slices left out that hold nothing.

use isoboost_volume::Grid;

use super::SegmentationProblem;
use crate::geometry::{Plane, grid_of, heights, is_same_place, order, positions};
use crate::geometry_problem::GeometryProblem;

/// Slices closer than this are no slices of a patient, in mm.
const SMALLEST_SPACING_MM: f64 = 0.05;

/// A step between frames may miss a whole number of slices by this, in mm: positions rounded to a
/// tenth at both ends.
const STEP_TOLERANCE_MM: f64 = 0.101;

/// More slices than any scan has.
const MOST_SLICES: usize = 20_000;

/// The grid that holds all frames, and the slice of each frame.
///
/// Slices between frames are as far apart as `stated` (Spacing Between Slices) says, where all
/// frames fit that; else as the nearest two frames.
pub(super) fn stack(
    planes: &[Plane],
    size: [usize; 2],
    stated: Option<f64>,
) -> Result<(Grid, Vec<usize>), SegmentationProblem> {
    let all: Vec<&Plane> = planes.iter().collect();
    check_parallel(&all)?;
    let order = order(&all);
    let heights = heights(&all);
    // Each place once, with the frame that stands for it.
    let mut places: Vec<usize> = Vec::new();
    let mut place_of_frame = vec![0; planes.len()];
    for frame in order {
        let known = places.last();
        if known.is_none_or(|last| !is_same_place(heights[*last], heights[frame])) {
            places.push(frame);
        }
        place_of_frame[frame] = places.len() - 1;
    }
    let steps: Vec<f64> = places
        .windows(2)
        .map(|w| heights[w[1]] - heights[w[0]])
        .collect();
    let counts = whole_steps(&steps, stated).ok_or_else(|| GeometryProblem::Uneven {
        smallest_mm: steps.iter().copied().fold(f64::INFINITY, f64::min),
        largest_mm: steps.iter().copied().fold(0.0, f64::max),
        at: positions(places.iter().map(|frame| &planes[*frame])),
    })?;
    let mut filled = Vec::new();
    let mut slice_of_place = Vec::new();
    for (n, frame) in places.iter().enumerate() {
        slice_of_place.push(filled.len());
        filled.push(planes[*frame].clone());
        if let (Some(next), Some(count)) = (places.get(n + 1), counts.get(n)) {
            filled.extend(between(&planes[*frame], &planes[*next], *count));
        }
    }
    let grid = grid_of(&filled.iter().collect::<Vec<_>>(), size)?;
    let slices = place_of_frame.iter().map(|place| slice_of_place[*place]);
    Ok((grid, slices.collect()))
}

fn check_parallel(planes: &[&Plane]) -> Result<(), SegmentationProblem> {
    let Some(first) = planes.first() else {
        return Ok(());
    };
    let odd = planes.iter().position(|plane| !first.fits(plane));
    odd.map_or(Ok(()), |n| {
        Err(SegmentationProblem::NotParallel {
            frame: u32::try_from(n).unwrap_or(u32::MAX).saturating_add(1),
        })
    })
}

/// How many slices each step goes on, by the first spacing that all steps are multiples of.
fn whole_steps(steps: &[f64], stated: Option<f64>) -> Option<Vec<usize>> {
    if steps.is_empty() {
        return Some(Vec::new());
    }
    let smallest = steps.iter().copied().fold(f64::INFINITY, f64::min);
    let candidates = stated.into_iter().chain([smallest]);
    candidates
        .filter(|spacing| *spacing >= SMALLEST_SPACING_MM)
        .find_map(|spacing| {
            let counts = steps.iter().map(|step| {
                let count = (step / spacing).round();
                // A spacing that is stated a little off adds up over a wide gap.
                let tolerance = STEP_TOLERANCE_MM.max(step * 1e-3).min(spacing / 4.0);
                let fits = count >= 1.0 && (step - count * spacing).abs() <= tolerance;
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "a positive count, which casts saturate"
                )]
                fits.then_some(count as usize)
            });
            let counts: Vec<usize> = counts.collect::<Option<_>>()?;
            let sum = counts.iter().fold(0_usize, |a, n| a.saturating_add(*n));
            (sum < MOST_SLICES).then_some(counts)
        })
}

/// The planes that are missing between two, `count` steps apart.
fn between(from: &Plane, to: &Plane, count: usize) -> impl Iterator<Item = Plane> {
    let way = to.position - from.position;
    (1..count).map(move |n| Plane {
        position: from.position + way * (n as f64 / count as f64),
        ..from.clone()
    })
}

#[cfg(test)]
mod tests {
    use nalgebra::Vector3;

    use super::*;

    fn planes(heights: &[f64]) -> Vec<Plane> {
        heights
            .iter()
            .map(|z| Plane {
                position: [1.0, 2.0, *z].into(),
                along_row: Vector3::x(),
                along_column: Vector3::y(),
                spacing: [2.0, 2.0],
                thickness: Some(3.0),
            })
            .collect()
    }

    fn check(heights: &[f64], stated: Option<f64>, spacing: f64, slices: &[usize]) {
        let (grid, found) = stack(&planes(heights), [4, 5], stated).unwrap();
        assert_eq!(found, slices);
        assert!((grid.spacing()[0] - spacing).abs() < 1e-9, "{grid:?}");
        let lowest = heights.iter().copied().fold(f64::INFINITY, f64::min);
        assert!((grid.origin().z - lowest).abs() < 1e-9);
    }

    #[test]
    fn frames_in_any_order_have_their_slices() {
        check(&[6.0, 0.0, 3.0, 0.0], Some(3.0), 3.0, &[2, 0, 1, 0]);
    }

    #[test]
    fn frames_that_hold_nothing_may_be_missing() {
        check(&[0.0, 3.0, 12.0], Some(3.0), 3.0, &[0, 1, 4]);
        check(&[0.0, 3.0, 12.0], None, 3.0, &[0, 1, 4]);
        // Every second one is missing, and only the stated spacing knows.
        check(&[0.0, 6.0, 12.0], Some(3.0), 3.0, &[0, 2, 4]);
        // A spacing that no frame keeps is not believed.
        check(&[0.0, 3.0, 6.0], Some(5.0), 3.0, &[0, 1, 2]);
        check(&[4.0], None, 3.0, &[0]);
    }

    #[test]
    fn uneven_and_turned_frames_are_refused() {
        let uneven = stack(&planes(&[0.0, 3.0, 7.0]), [4, 5], Some(3.0));
        assert!(matches!(
            uneven,
            Err(SegmentationProblem::Geometry(
                GeometryProblem::Uneven { .. }
            ))
        ));
        let mut turned = planes(&[0.0, 3.0, 6.0]);
        turned[2].along_row = -Vector3::x();
        let error = stack(&turned, [4, 5], Some(3.0)).unwrap_err();
        assert!(matches!(
            error,
            SegmentationProblem::NotParallel { frame: 3 }
        ));
        let mut sheared = planes(&[0.0, 3.0, 6.0]);
        sheared[2].position.y += 4.0;
        assert!(stack(&sheared, [4, 5], Some(3.0)).is_err());
    }
}
