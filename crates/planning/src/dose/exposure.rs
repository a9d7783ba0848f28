//! The dose of an organ, piece by piece, from the base plan and from boosts at any level.

use isoboost_volume::{Grid, Volume};
use nalgebra::Point3;
use rayon::prelude::*;

use super::boost::Boost;
use super::dvh::{DosePiece, Dvh};
use super::limit::{Bound, Limit, Metric};
use super::organ::OrganAtRisk;
use super::proximity::Proximity;
use super::scale::Scale;

/// An organ's pieces with what decides on their dose.
#[derive(Debug)]
pub(super) struct Exposure<'a> {
    organ: &'a OrganAtRisk,
    /// Dose of each piece in the base plan, Gy.
    base_gy: Vec<f32>,
    /// How far the dose in each piece ranges, Gy.
    range_gy: Vec<f32>,
    /// For each boost the share of its dose that each piece gets; 1 inside of its PTV.
    shares: Vec<Vec<f32>>,
    /// How near each boost is; `None` for one whose PTV is empty.
    proximity: Vec<Option<Proximity>>,
}

/// Whether a point lies in the voxels of a grid.
pub(super) fn is_in_grid(grid: &Grid, point: Point3<f64>) -> bool {
    grid.voxel_at(point).is_some()
}

impl<'a> Exposure<'a> {
    /// Samples the dose by trilinear interpolation, 0 outside of its grid, and the boosts by their
    /// distance.
    pub(super) fn of(
        organ: &'a OrganAtRisk,
        dose: Option<&Volume<f32>>,
        boosts: &[Boost<'_>],
    ) -> Self {
        let pieces = organ.structure.pieces();
        let sampled: Vec<DosePiece> = dose.map_or_else(
            || {
                pieces
                    .iter()
                    .map(|piece| DosePiece::even(0.0, piece.ml))
                    .collect()
            },
            |dose| organ.structure.sample(dose).collect(),
        );
        let of_boost = |boost: &Boost<'_>| {
            let share = |distance: f64| boost.fall_off.share_at(distance) as f32;
            let Some(field) = &boost.field else {
                return (vec![share(f64::MAX); pieces.len()], None);
            };
            let distances = field.distances(&organ.structure);
            let shares = distances.par_iter().map(|mm| share(*mm)).collect();
            (shares, Some(Proximity::of(&organ.structure, &distances)))
        };
        let (shares, proximity) = boosts.par_iter().map(of_boost).unzip();
        Self {
            organ,
            base_gy: sampled.iter().map(|piece| piece.gy as f32).collect(),
            range_gy: sampled.iter().map(|piece| piece.range_gy as f32).collect(),
            shares,
            proximity,
        }
    }

    /// How near a boost is to the organ; `None` where its PTV is empty.
    pub(super) fn proximity(&self, boost: usize) -> Option<&Proximity> {
        self.proximity.get(boost)?.as_ref()
    }

    /// The histogram with boosts at some levels, in the terms of the set of limits.
    pub(super) fn dvh(&self, scale: &Scale, boosts: &[Boost<'_>], choice: &[usize]) -> Option<Dvh> {
        let pieces = self.organ.structure.pieces().iter().enumerate();
        Dvh::of(pieces.map(|(n, piece)| {
            let gy = self.gy(n, scale, boosts, choice);
            let base = f64::from(self.base_gy[n]);
            // A conversion stretches the range as it does the dose.
            let stretch = if base > 0.0 && scale.converts() {
                gy / base
            } else {
                1.0
            };
            DosePiece {
                gy,
                range_gy: f64::from(self.range_gy[n]) * stretch,
                ml: piece.ml,
            }
        }))
    }

    /// Dose of one piece in the terms of the set of limits.
    ///
    /// An integrated boost raises the dose inside of its PTV to its level, and outside by what it
    /// adds to the PTV's mean, falling with the distance. Others come on top by their effect.
    fn gy(&self, piece: usize, scale: &Scale, boosts: &[Boost<'_>], choice: &[usize]) -> f64 {
        let base = f64::from(self.base_gy[piece]);
        let given = || {
            let levels = boosts.iter().zip(choice).zip(&self.shares);
            levels.filter_map(move |((boost, level), shares)| {
                let given = boost.levels.get(*level)?;
                Some((boost, given, f64::from(shares[piece])))
            })
        };
        let (mut around, mut inside) = (0.0, 0.0_f64);
        for (boost, level, share) in given().filter(|(boost, ..)| boost.integrated) {
            if share >= 1.0 {
                inside = inside.max(level.dose_gy - base);
            } else {
                around += (level.dose_gy - boost.base_mean_gy).max(0.0) * share;
            }
        }
        let is_inside = given().any(|(boost, _, share)| boost.integrated && share >= 1.0);
        let raised = if is_inside { inside } else { around };
        let others = given().filter(|(boost, ..)| !boost.integrated);
        let others = others.map(|(_, level, share)| (level.dose_gy * share, level.fractions));
        scale.in_set(base + raised, others)
    }

    /// How much each boost adds where a limit is at stake: on the pieces that the boosts lift over
    /// its dose.
    pub(super) fn shares(
        &self,
        scale: &Scale,
        boosts: &[Boost<'_>],
        choice: &[usize],
        limit: &Limit,
    ) -> Vec<f64> {
        let none: Vec<usize> = boosts.iter().map(|boost| boost.levels.len()).collect();
        let at_stake_gy = match (limit.metric, limit.bound) {
            (Metric::VolumeAt(gy), _) | (Metric::Max | Metric::DoseAtCc(_), Bound::Gy(gy)) => gy,
            _ => 0.0,
        };
        let mut added = vec![0.0; boosts.len()];
        for (n, piece) in self.organ.structure.pieces().iter().enumerate() {
            let with = self.gy(n, scale, boosts, choice);
            let is_lifted = with >= at_stake_gy
                && (at_stake_gy == 0.0 || self.gy(n, scale, boosts, &none) < at_stake_gy);
            if !is_lifted {
                continue;
            }
            for (b, boost) in boosts.iter().enumerate() {
                if let Some(level) = boost.levels.get(choice[b]) {
                    let base = if boost.integrated {
                        boost.base_mean_gy
                    } else {
                        0.0
                    };
                    let gy = (level.dose_gy - base).max(0.0) * f64::from(self.shares[b][n]);
                    added[b] += gy * piece.ml;
                }
            }
        }
        added
    }
}
