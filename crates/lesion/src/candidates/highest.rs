//! A percentage of the highest uptake outside organs.

use isoboost_volume::{Grid, Volume};
use nalgebra::Vector3;

use crate::config::PercentOfHighest;
use crate::surroundings::Surroundings;

use super::threshold::Threshold;

/// Uptake that an organ blurs into its surroundings ends here: more than three standard deviations
/// of a point spread of 6 mm.
const SPILL_MM: f64 = 8.0;

/// The threshold and what it came from.
pub(super) fn percent_of_max(
    suv: &Volume<f32>,
    surroundings: &Surroundings<'_>,
    rule: &PercentOfHighest,
) -> (Threshold, Vec<String>) {
    let mut findings = Vec::new();
    if surroundings.organs.is_empty() {
        findings.push(
            "no organ is known: the percentage is of the highest uptake of all, which may be \
             that of the bladder"
                .to_owned(),
        );
    }
    let Some(max) = highest_outside(suv, surroundings, rule.floor_suv) else {
        findings.push(format!(
            "found from SUV {:.2}, the floor: no uptake outside organs reaches it",
            rule.floor_suv
        ));
        return (Threshold::Uniform(rule.floor_suv), findings);
    };
    let share = max * rule.percent / 100.0;
    let threshold = share.max(rule.floor_suv);
    findings.push(if share < rule.floor_suv {
        format!(
            "found from SUV {threshold:.2}, the floor: {} % of SUV {max:.2}, the highest uptake \
             outside organs, is lower",
            rule.percent
        )
    } else {
        format!(
            "found from SUV {threshold:.2}: {} % of SUV {max:.2}, the highest uptake outside organs",
            rule.percent
        )
    });
    (Threshold::Uniform(threshold), findings)
}

/// The highest voxel of at least `floor` away from organs.
fn highest_outside(suv: &Volume<f32>, surroundings: &Surroundings<'_>, floor: f64) -> Option<f64> {
    let values = suv.as_slice();
    let mut warm: Vec<usize> = (0..values.len())
        .filter(|n| f64::from(values[*n]) >= floor)
        .collect();
    warm.sort_by(|a, b| values[*b].total_cmp(&values[*a]));
    let [_, nj, ni] = suv.grid().shape();
    let away = warm.into_iter().find(|n| {
        let voxel = [n / (nj * ni), n / ni % nj, n % ni];
        !is_near_organ(suv.grid(), voxel, surroundings)
    })?;
    Some(f64::from(values[away]))
}

fn is_near_organ(grid: &Grid, voxel: [usize; 3], surroundings: &Surroundings<'_>) -> bool {
    let here = grid.center_of(voxel);
    let steps = [-1.0, 0.0, 1.0];
    let mut around = steps
        .iter()
        .flat_map(|z| steps.iter().map(move |y| (*z, *y)))
        .flat_map(|(z, y)| steps.iter().map(move |x| Vector3::new(*x, y, z)));
    around.any(|way| {
        let reach = way.try_normalize(0.0).unwrap_or_default() * SPILL_MM;
        surroundings.organ_at(here + reach).is_some()
    })
}
