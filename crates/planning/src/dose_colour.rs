//! Display colours of planning volumes: one for each dose level of a study.

use crate::fractionation::{TUMOUR_ALPHA_BETA_GY, eqd2_gy};
use crate::target::{Target, TargetKind};

/// Colours of the dose levels of a study, the highest first: cyan, blue, green, olive, brown. None
/// of them is a colour of a class of lesions, which GTVs and CTVs have.
pub const DOSE_LEVEL_COLOURS: [[u8; 3]; 5] = [
    [0, 185, 215],
    [40, 85, 215],
    [45, 160, 65],
    [165, 150, 0],
    [140, 86, 60],
];

/// Gives all PTVs of one dose level one colour, by the rank of the level's EQD2 (α/β 1.5 Gy) in the
/// study; a PTV without a dose keeps the colour of its class. Past the last colour they begin again,
/// darker.
pub(crate) fn colour_by_dose(targets: &mut [Target]) {
    let level = |target: &Target| match (target.kind, target.dose_gy, target.fractions) {
        (TargetKind::Ptv, Some(total), Some(fractions)) => Some((total, fractions)),
        _ => None,
    };
    let mut levels: Vec<(f64, u32)> = targets.iter().filter_map(level).collect();
    let effect = |(total, fractions): (f64, u32)| eqd2_gy(total, fractions, TUMOUR_ALPHA_BETA_GY);
    levels.sort_by(|a, b| {
        let by_effect = effect(*b).total_cmp(&effect(*a));
        by_effect.then(b.0.total_cmp(&a.0)).then(a.1.cmp(&b.1))
    });
    levels.dedup();
    for target in targets {
        let rank = level(target).and_then(|own| levels.iter().position(|l| *l == own));
        if let Some(rank) = rank {
            target.colour = colour_of_rank(rank);
        }
    }
}

fn colour_of_rank(rank: usize) -> [u8; 3] {
    let colours = DOSE_LEVEL_COLOURS.len();
    let darker = u32::try_from(rank / colours).unwrap_or(u32::MAX);
    DOSE_LEVEL_COLOURS[rank % colours].map(|channel| {
        let share = 0.7_f64.powi(i32::try_from(darker).unwrap_or(i32::MAX));
        (f64::from(channel) * share) as u8
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rank_has_a_colour_of_its_own() {
        let mut colours: Vec<[u8; 3]> = (0..20).map(colour_of_rank).collect();
        assert_eq!(colours[..5], DOSE_LEVEL_COLOURS);
        colours.sort_unstable();
        colours.dedup();
        assert_eq!(colours.len(), 20);
    }
}
