//! Different margins per direction on a grid along the patient axes, axis by axis.

use crate::{Grid, Margins, Mask};

/// How far an axis may stray from a patient axis to count as along it: 1e-4 of a margin of 20 mm
/// is 2 µm.
const STRAY_TOLERANCE: f64 = 1e-4;

/// A grid axis that runs along a patient axis.
struct PatientAxis {
    spacing: f64,
    /// Margin towards growing index and towards falling index, mm.
    margins: [f64; 2],
}

/// The relative length of the shortest step from a set voxel to each voxel, at most `beyond`;
/// `None` when the grid does not run along the patient axes.
///
/// The squared relative length is a sum over the axes, so its minimum is found one axis after the
/// other: the work per voxel grows with the margin and not with its third power.
pub(crate) fn shortest_steps(mask: &Mask, margins: &Margins, beyond: f64) -> Option<Vec<f32>> {
    let grid = mask.grid();
    let mut squared: Vec<f64> = mask
        .as_slice()
        .iter()
        .map(|set| if *set { 0.0 } else { f64::INFINITY })
        .collect();
    for a in [2, 1, 0] {
        let axis = patient_axis(grid, a, margins)?;
        let n = grid.shape()[a];
        let inner: usize = grid.shape()[a + 1..].iter().product();
        let mut nearest = squared.clone();
        for (from, to) in squared
            .chunks_exact(n * inner)
            .zip(nearest.chunks_exact_mut(n * inner))
        {
            axis.spread(from, to, inner, beyond);
        }
        squared = nearest;
    }
    let length = |s: f64| s.sqrt().min(beyond) as f32;
    Some(squared.into_iter().map(length).collect())
}

fn patient_axis(grid: &Grid, axis: usize, margins: &Margins) -> Option<PatientAxis> {
    let direction = grid.axes()[axis];
    let along = (0..3).find(|x| direction[*x].abs() > 1.0 - STRAY_TOLERANCE)?;
    let off_axis = (0..3).filter(|x| *x != along);
    if off_axis
        .into_iter()
        .any(|x| direction[x].abs() > STRAY_TOLERANCE)
    {
        return None;
    }
    let sides = [
        [margins.left, margins.right],
        [margins.posterior, margins.anterior],
        [margins.superior, margins.inferior],
    ];
    let [positive, negative] = sides[along];
    let is_reversed = direction[along] < 0.0;
    Some(PatientAxis {
        spacing: grid.spacing()[axis],
        margins: if is_reversed {
            [negative, positive]
        } else {
            [positive, negative]
        },
    })
}

impl PatientAxis {
    /// Lowers each value of `to` to that of `from` some voxels along the axis plus the cost of the
    /// way; voxels that follow one another on the axis are `inner` apart.
    fn spread(&self, from: &[f64], to: &mut [f64], inner: usize, beyond: f64) {
        if from.iter().all(|v| v.is_infinite()) {
            return;
        }
        for (side, margin) in self.margins.into_iter().enumerate() {
            // Nothing grows without a margin, not even by a fraction of a voxel.
            for steps in 1..from.len() / inner {
                let share = steps as f64 * self.spacing / margin;
                if !share.is_finite() || share > beyond {
                    break;
                }
                let (cost, shift) = (share * share, steps * inner);
                let (sources, targets) = if side == 0 {
                    (&from[..from.len() - shift], &mut to[shift..])
                } else {
                    (&from[shift..], &mut to[..from.len() - shift])
                };
                for (target, source) in targets.iter_mut().zip(sources) {
                    *target = target.min(source + cost);
                }
            }
        }
    }
}
