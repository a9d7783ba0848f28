//! One page of the worklist, with how many studies each filter would show.

use std::collections::BTreeMap;

use serde::Serialize;

use super::query::{FACETS, Facet, Query};
use super::row::Row;

/// A page of the worklist.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Page<'a> {
    /// Studies of the folder.
    total: usize,
    /// Those that are wanted.
    matching: usize,
    #[serde(rename = "page")]
    number: usize,
    size: usize,
    /// For each filter and each of its values, how many studies would be shown by it beside the
    /// other filters.
    facets: BTreeMap<&'static str, BTreeMap<&'static str, usize>>,
    studies: Vec<&'a Row>,
}

/// The page that is asked for.
pub(crate) fn page<'a>(rows: &'a BTreeMap<String, Row>, query: &Query) -> Page<'a> {
    let words = query.words();
    let mut facets: BTreeMap<_, BTreeMap<_, _>> = FACETS
        .into_iter()
        .map(|f| (f.name(), f.values().iter().map(|v| (*v, 0)).collect()))
        .collect();
    let mut matching: Vec<&Row> = Vec::new();
    for row in rows.values().filter(|row| has_words(row, &words)) {
        let failing: Vec<Facet> = FACETS
            .into_iter()
            .filter(|facet| !query.matches_facet(*facet, row))
            .collect();
        for facet in FACETS {
            if failing.iter().all(|other| *other == facet) {
                count(&mut facets, facet, row);
            }
        }
        if failing.is_empty() {
            matching.push(row);
        }
    }
    matching.sort_by(|a, b| query.order_of(a, b));
    let (number, size) = (query.page, query.size());
    Page {
        total: rows.len(),
        matching: matching.len(),
        number,
        size,
        facets,
        studies: matching
            .into_iter()
            .skip(number.saturating_mul(size))
            .take(size)
            .collect(),
    }
}

fn count(
    facets: &mut BTreeMap<&'static str, BTreeMap<&'static str, usize>>,
    facet: Facet,
    row: &Row,
) {
    for value in facet
        .values()
        .iter()
        .filter(|value| facet.holds(row, value))
    {
        let counts = facets.entry(facet.name()).or_default();
        *counts.entry(value).or_default() += 1;
    }
}

/// Whether a row shows every word somewhere.
fn has_words(row: &Row, words: &[String]) -> bool {
    let shown = [
        Some(&row.folder),
        row.patient_id.as_ref(),
        row.date.as_ref(),
        row.mi_tnm.as_ref(),
        row.headline.as_ref(),
        row.reviewer.as_ref(),
        row.reason.as_ref(),
    ];
    words.iter().all(|word| {
        // Where the lesions are and what is suggested hold for a study under review, too, which
        // has no line of the run any more.
        let mut texts = shown
            .iter()
            .flatten()
            .copied()
            .chain(row.regions.keys())
            .chain(&row.intensification);
        texts.any(|text| text.to_lowercase().contains(word))
    })
}
