//! The rules of a policy tried on facts.

use crate::facts::Facts;
use crate::policy::{Intensification, PelvisTop, Policy, Rule, WholeVolume};

/// What the rules that are met add up to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Decision<'a> {
    /// The rules that are met, with the facts by which they are.
    pub(crate) fired: Vec<(&'a Rule, Vec<String>)>,
    /// What is suggested, each kind once, in the order of the kinds.
    pub(crate) kinds: Vec<Intensification>,
    pub(crate) pelvis_top: Option<PelvisTop>,
    pub(crate) volumes: Vec<WholeVolume>,
    pub(crate) out_of_scope: bool,
}

impl<'a> Decision<'a> {
    /// Tries the rules from the first to the last, until one that is met stops. A rule that puts
    /// the patient out of scope undoes what rules before it have added.
    pub(crate) fn of(facts: &Facts, policy: &'a Policy) -> Self {
        let mut fired = Vec::new();
        for rule in &policy.rules {
            if let Some(because) = rule.when.met(facts) {
                fired.push((rule, because));
                if rule.stop {
                    break;
                }
            }
        }
        let out_of_scope = fired.iter().any(|(rule, _)| rule.out_of_scope);
        if out_of_scope {
            fired.retain(|(rule, _)| rule.out_of_scope);
        }
        let rules = || fired.iter().map(|(rule, _)| *rule);
        let mut kinds: Vec<_> = rules().flat_map(|r| &r.intensification).copied().collect();
        kinds.sort_unstable();
        kinds.dedup();
        let mut volumes: Vec<_> = rules().flat_map(|r| &r.volumes).copied().collect();
        volumes.sort_unstable();
        volumes.dedup();
        let pelvis_top = rules().filter_map(|rule| rule.pelvis_top).max();
        Self {
            fired,
            kinds,
            pelvis_top,
            volumes,
            out_of_scope,
        }
    }
}
