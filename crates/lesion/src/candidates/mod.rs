//! Which voxels are hot: the finding rule applied to one PET.

mod highest;
mod local;
mod reference;
#[cfg(test)]
mod tests;
mod threshold;

use std::collections::BTreeSet;

use isoboost_volume::{Mask, Volume};

use crate::config::FindingRule;
use crate::surroundings::Surroundings;

pub(crate) use threshold::Threshold;

/// The hot voxels of a PET.
pub(crate) struct Candidates {
    pub(crate) hot: Mask,
    pub(crate) threshold: Threshold,
    /// Maxima that are foci of their own, however little the uptake falls between them and a
    /// neighbour.
    pub(crate) own: BTreeSet<[usize; 3]>,
    /// What a reader should know: which threshold a rule came to, what stood in for what.
    pub(crate) findings: Vec<String>,
}

/// Applies the finding rule.
pub(crate) fn candidates(
    suv: &Volume<f32>,
    surroundings: &Surroundings<'_>,
    rule: &FindingRule,
) -> Candidates {
    let above = |(threshold, findings): (Threshold, Vec<String>)| Candidates {
        hot: threshold.hot(suv, surroundings),
        threshold,
        own: BTreeSet::new(),
        findings,
    };
    match rule {
        FindingRule::FixedSuv(suv) => above((Threshold::Uniform(*suv), Vec::new())),
        FindingRule::Tissue(rule) => above(reference::tissue(rule, surroundings)),
        FindingRule::PercentOfMax(rule) => above(highest::percent_of_max(suv, surroundings, rule)),
        FindingRule::Qpsma(rule) => above(reference::qpsma(rule, surroundings)),
        FindingRule::Reference(rule) => above(reference::multiple(rule, surroundings)),
        FindingRule::LocalContrast(rule) => local::local_contrast(suv, surroundings, rule),
    }
}
