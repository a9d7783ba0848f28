//! Which focus and which target of one result is which of the other.

use std::collections::BTreeMap;

use serde_json::Value;

use super::MatchTolerance;

/// The numbers of the new result in those of the old one; without a partner, `None`.
pub(super) type Numbers = BTreeMap<u64, Option<u64>>;

/// The partners of lesions and targets.
#[derive(Debug, Default)]
pub(super) struct Matches {
    /// Lesion numbers, the labels in `labels.nii.gz`.
    pub(super) lesions: Numbers,
    /// ROI numbers, the labels in `targets.nii.gz`.
    pub(super) targets: Numbers,
}

impl Matches {
    /// Finds the partners and puts both reports into one order: an entry without a partner stands
    /// opposite null.
    pub(super) fn find(old: &mut Value, new: &mut Value, rule: MatchTolerance) -> Self {
        let mut matches = Self::default();
        for list in ["lesions", "excluded", "points"] {
            let pairs = align(old, new, list, |a, b| {
                Some(distance(a, b)?).filter(|mm| *mm <= rule.furthest_mm)
            });
            if list == "lesions" {
                matches.lesions = numbers(&pairs, "id");
            }
        }
        rename_lesions(new, &matches.lesions);
        let pairs = align(old, new, "targets", |a, b| {
            // Whole volumes have no lesions and are told apart by their names.
            let is_whole = a["lesion_ids"].as_array().is_some_and(Vec::is_empty);
            let is_same = a["kind"] == b["kind"]
                && a["lesion_ids"] == b["lesion_ids"]
                && (!is_whole || a["name"] == b["name"]);
            is_same.then_some(0.0)
        });
        matches.targets = numbers(&pairs, "roi_number");
        matches
    }
}

/// Pairs the entries of a list, those of the least cost first, and writes both lists in the order
/// of the pairs; `cost` is `None` for entries that do not belong together.
fn align(
    old: &mut Value,
    new: &mut Value,
    list: &str,
    cost: impl Fn(&Value, &Value) -> Option<f64>,
) -> Vec<(Value, Value)> {
    let (Some(a), Some(b)) = (old[list].as_array(), new[list].as_array()) else {
        return Vec::new();
    };
    let mut candidates: Vec<(f64, usize, usize)> = Vec::new();
    for (i, a) in a.iter().enumerate() {
        for (j, b) in b.iter().enumerate() {
            candidates.extend(cost(a, b).map(|cost| (cost, i, j)));
        }
    }
    candidates.sort_by(|x, y| x.0.total_cmp(&y.0).then((x.1, x.2).cmp(&(y.1, y.2))));
    let mut partner_of_old = vec![None; a.len()];
    let mut is_taken = vec![false; b.len()];
    for (_, i, j) in candidates {
        if partner_of_old[i].is_none() && !is_taken[j] {
            partner_of_old[i] = Some(j);
            is_taken[j] = true;
        }
    }
    let matched = a.iter().zip(&partner_of_old).map(|(a, partner)| {
        let b = partner.map_or(Value::Null, |j| b[j].clone());
        (a.clone(), b)
    });
    let added = b.iter().zip(&is_taken).filter(|(_, taken)| !**taken);
    let added = added.map(|(b, _)| (Value::Null, b.clone()));
    let pairs: Vec<(Value, Value)> = matched.chain(added).collect();
    old[list] = pairs.iter().map(|p| p.0.clone()).collect();
    new[list] = pairs.iter().map(|p| p.1.clone()).collect();
    pairs
}

/// Distance of two foci in mm.
fn distance(a: &Value, b: &Value) -> Option<f64> {
    let place = |v: &Value| -> Option<[f64; 3]> {
        let point = v.get("centroid_mm").or_else(|| v.get("max_mm"))?;
        Some([point[0].as_f64()?, point[1].as_f64()?, point[2].as_f64()?])
    };
    let (a, b) = (place(a)?, place(b)?);
    Some((0..3).map(|n| (a[n] - b[n]).powi(2)).sum::<f64>().sqrt())
}

fn numbers(pairs: &[(Value, Value)], key: &str) -> Numbers {
    let number = |v: &Value| v.get(key).and_then(Value::as_u64);
    pairs
        .iter()
        .filter_map(|(old, new)| Some((number(new)?, number(old))))
        .collect()
}

/// Writes the lesions of the new report's targets with the numbers of the old one.
fn rename_lesions(report: &mut Value, numbers: &Numbers) {
    let targets = report["targets"].as_array_mut();
    let lists = targets.into_iter().flatten();
    for ids in lists.filter_map(|target| target["lesion_ids"].as_array_mut()) {
        for id in ids {
            let old = id.as_u64().and_then(|id| *numbers.get(&id)?);
            if let Some(old) = old {
                *id = old.into();
            }
        }
    }
}
