//! The boosts that are suggested, ready to be held against limits.

use isoboost_volume::{Volume, sample_trilinear};
use rayon::prelude::*;

use super::check::IsotoxicInput;
use super::config::DoseLevels;
use super::fall_off::FallOff;
use super::proximity::DistanceField;
use super::structure::Structure;
use crate::fractionation::Fractionation;
use crate::lesion_class::LesionClass;
use crate::target::{Target, TargetKind};

/// A boost.
#[derive(Debug)]
pub(super) struct Boost<'a> {
    pub(super) target: &'a Target,
    pub(super) class: LesionClass,
    /// Whether it is given in the fractions of the base plan.
    pub(super) integrated: bool,
    /// Doses as they would be given, from the ceiling down.
    pub(super) levels: Vec<Fractionation>,
    /// Mean dose of its PTV in the base plan, Gy.
    pub(super) base_mean_gy: f64,
    pub(super) fall_off: FallOff,
    /// Distances from its PTV.
    pub(super) field: Option<DistanceField>,
}

/// The boosts that are suggested: the PTVs of lesions, which are drawn where the recommendation
/// treats their class.
///
/// Levels of an integrated boost are given in the fractions of the base plan, with the same effect
/// on the tumour as in those of its class. Where these are not known, `set_fractions` stand for
/// them.
pub(super) fn boosts<'a>(input: &IsotoxicInput<'a>, set_fractions: u32) -> Vec<Boost<'a>> {
    let organs: Vec<&Structure> = input.organs.iter().map(|o| &o.structure).collect();
    let of_lesions: Vec<(&Target, LesionClass)> = input
        .targets
        .iter()
        .filter(|target| target.kind == TargetKind::Ptv)
        .filter_map(|target| Some((target, class_of(input, target)?)))
        .collect();
    of_lesions
        .into_par_iter()
        .filter_map(|(target, class)| {
            let levels = input.config.isotoxic.levels(class)?;
            let class_fractions = target.fractions?;
            let integrated = levels.integrated && input.base.is_some();
            let plan_fractions = input.base.and_then(|plan| plan.schedule.fractions);
            let fractions = if integrated {
                plan_fractions.unwrap_or(set_fractions)
            } else {
                class_fractions
            };
            let alpha_beta = input.config.isotoxic.tumour_alpha_beta_gy;
            Some(Boost {
                target,
                class,
                integrated,
                levels: given(levels, class_fractions, fractions, alpha_beta),
                base_mean_gy: input.base.map_or(0.0, |plan| mean_gy(target, plan.dose)),
                fall_off: FallOff::around(target.volume_ml(), &input.config.isotoxic.fall_off),
                field: DistanceField::around(&target.mask, &organs),
            })
        })
        .collect()
}

/// The class of a PTV's lesions: those of one PTV have one.
fn class_of(input: &IsotoxicInput<'_>, target: &Target) -> Option<LesionClass> {
    let lesions = input.staging.lesions.iter();
    let mut own = lesions.filter(|lesion| target.lesion_ids.contains(&lesion.id));
    own.next().map(LesionClass::of)
}

/// The levels of a class in other fractions, with the same effect on the tumour.
fn given(
    levels: &DoseLevels,
    class_fractions: u32,
    fractions: u32,
    alpha_beta_gy: f64,
) -> Vec<Fractionation> {
    let level = |dose_gy| Fractionation {
        dose_gy,
        fractions: class_fractions,
    };
    let doses = levels.doses_gy().into_iter();
    doses
        .map(|dose_gy| level(dose_gy).in_fractions(fractions, alpha_beta_gy))
        .collect()
}

/// Mean dose of the voxels of a target, Gy.
fn mean_gy(target: &Target, dose: &Volume<f32>) -> f64 {
    let grid = target.mask.grid();
    let (sum, n) = target.mask.voxels().fold((0.0, 0.0), |(sum, n), voxel| {
        let gy = sample_trilinear(dose, grid.center_of(voxel), 0.0);
        (sum + f64::from(gy), n + 1.0)
    });
    if n > 0.0 { sum / n } else { 0.0 }
}
