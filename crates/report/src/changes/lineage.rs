//! Which findings were made of which.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::Report;

/// A finding that was made of others in a review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeFinding {
    /// Its number.
    pub id: u32,
    /// The numbers of what it was made of, which may be made of others themselves.
    pub from: Vec<u32>,
}

/// Findings that were made of those of the suggestion.
#[derive(Debug)]
pub(super) struct Family {
    /// Numbers of the suggestion that are no longer there.
    pub(super) sources: BTreeSet<u32>,
    /// Numbers that are there in their place.
    pub(super) results: BTreeSet<u32>,
}

/// What became of each finding of the suggestion.
#[derive(Debug)]
pub(super) struct Lineage {
    pub(super) families: Vec<Family>,
    /// Numbers that came from nothing in the suggestion.
    pub(super) added: BTreeSet<u32>,
}

impl Lineage {
    pub(super) fn of(suggestion: &Report, signed: &Report, made: &[MadeFinding]) -> Self {
        let (old, new) = (ids(suggestion), ids(signed));
        let origins = origins(&old, made);
        let mut families: Vec<Family> = Vec::new();
        let mut added = BTreeSet::new();
        for id in new.difference(&old) {
            match origins.get(id) {
                Some(sources) if !sources.is_empty() => join(&mut families, sources, *id),
                _ => {
                    added.insert(*id);
                }
            }
        }
        Self { families, added }
    }

    /// The numbers that a lesion of the suggestion has in what was signed.
    pub(super) fn heirs(&self, id: u32) -> BTreeSet<u32> {
        let mut families = self.families.iter();
        families
            .find(|family| family.sources.contains(&id))
            .map_or_else(|| BTreeSet::from([id]), |family| family.results.clone())
    }
}

fn ids(report: &Report) -> BTreeSet<u32> {
    let lesions = report.lesions.iter().map(|lesion| lesion.id);
    lesions
        .chain(report.excluded.iter().map(|excluded| excluded.id))
        .collect()
}

/// The findings of the suggestion that each made one goes back to.
fn origins(old: &BTreeSet<u32>, made: &[MadeFinding]) -> BTreeMap<u32, BTreeSet<u32>> {
    let mut origins: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
    for finding in made {
        let mut sources = BTreeSet::new();
        for from in &finding.from {
            if old.contains(from) {
                sources.insert(*from);
            } else if let Some(older) = origins.get(from) {
                sources.extend(older);
            }
        }
        origins.insert(finding.id, sources);
    }
    origins
}

/// Puts a result to the families that share a source with it, which become one.
fn join(families: &mut Vec<Family>, sources: &BTreeSet<u32>, result: u32) {
    let mut joined = Family {
        sources: sources.clone(),
        results: BTreeSet::from([result]),
    };
    families.retain(|family| {
        let is_apart = family.sources.is_disjoint(sources);
        if !is_apart {
            joined.sources.extend(&family.sources);
            joined.results.extend(&family.results);
        }
        is_apart
    });
    families.push(joined);
}
