//! What became of the findings.

use super::kind::{ChangeKind, ClassInfo};
use super::lineage::{Family, Lineage};
use crate::document::{ExcludedInfo, LesionInfo, MeasuresInfo, Report};

/// A finding of a report, disease or not.
#[derive(Clone, Copy)]
enum Found<'a> {
    Lesion(&'a LesionInfo),
    Excluded(&'a ExcludedInfo),
}

impl<'a> Found<'a> {
    fn measures(self) -> &'a MeasuresInfo {
        match self {
            Self::Lesion(lesion) => &lesion.measures,
            Self::Excluded(excluded) => &excluded.measures,
        }
    }

    fn class(self) -> Option<ClassInfo> {
        match self {
            Self::Lesion(lesion) => Some(lesion.into()),
            Self::Excluded(_) => None,
        }
    }
}

fn find(report: &Report, id: u32) -> Option<Found<'_>> {
    let lesion = report.lesions.iter().find(|lesion| lesion.id == id);
    let excluded = || report.excluded.iter().find(|excluded| excluded.id == id);
    lesion
        .map(Found::Lesion)
        .or_else(|| excluded().map(Found::Excluded))
}

/// The changes of findings in the order of their numbers.
pub(super) fn changes(suggestion: &Report, signed: &Report, lineage: &Lineage) -> Vec<ChangeKind> {
    let lesions = suggestion.lesions.iter().map(|lesion| lesion.id);
    let excluded = suggestion.excluded.iter().map(|excluded| excluded.id);
    let mut changes: Vec<(u32, ChangeKind)> = Vec::new();
    for id in lesions.chain(excluded) {
        if let (Some(old), Some(new)) = (find(suggestion, id), find(signed, id)) {
            changes.extend(of_one(id, old, new).map(|change| (id, change)));
        }
    }
    for family in &lineage.families {
        if let Some(first) = family.sources.first() {
            changes.push((*first, of_family(family, signed)));
        }
    }
    for id in &lineage.added {
        if let Some(found) = find(signed, *id) {
            changes.push((*id, added(*id, found)));
        }
    }
    changes.sort_by_key(|(id, _)| *id);
    changes.into_iter().map(|(_, change)| change).collect()
}

/// What changed of a finding that is there before and after.
fn of_one<'a>(
    finding: u32,
    old: Found<'a>,
    new: Found<'a>,
) -> impl Iterator<Item = ChangeKind> + use<'a> {
    let judged = match (old, new) {
        (Found::Lesion(old), Found::Excluded(new)) => Some(ChangeKind::Rejected {
            finding,
            was: old.into(),
            reasons: without(&new.evidence, &old.evidence),
        }),
        (Found::Excluded(old), Found::Lesion(new)) => Some(ChangeKind::Restored {
            finding,
            was: old.reason.clone(),
            class: new.into(),
        }),
        (Found::Lesion(old), Found::Lesion(new)) => {
            let (from, to) = (ClassInfo::from(old), ClassInfo::from(new));
            (from != to).then_some(ChangeKind::Reclassified { finding, from, to })
        }
        (Found::Excluded(_), Found::Excluded(_)) => None,
    };
    let (old, new) = (old.measures(), new.measures());
    let is_redrawn = old.volume_ml != new.volume_ml
        || old.centroid_mm != new.centroid_mm
        || old.delineation != new.delineation;
    let redrawn = is_redrawn.then(|| ChangeKind::Redrawn {
        finding,
        from_ml: old.volume_ml,
        to_ml: new.volume_ml,
        from_rule: old.delineation.clone(),
        to_rule: new.delineation.clone(),
    });
    judged.into_iter().chain(redrawn)
}

/// The reasons that were not there before.
fn without(now: &[String], before: &[String]) -> Vec<String> {
    let new = now.iter().filter(|reason| !before.contains(reason));
    new.cloned().collect()
}

fn added(finding: u32, found: Found<'_>) -> ChangeKind {
    let measures = found.measures();
    ChangeKind::Added {
        finding,
        class: found.class(),
        volume_ml: measures.volume_ml,
        suv_max: measures.suv_max,
        centroid_mm: measures.centroid_mm,
    }
}

fn of_family(family: &Family, signed: &Report) -> ChangeKind {
    let findings: Vec<u32> = family.sources.iter().copied().collect();
    let into: Vec<u32> = family.results.iter().copied().collect();
    let volume = |id: &u32| find(signed, *id).map(|found| found.measures().volume_ml);
    let volumes_ml: Vec<f64> = into.iter().filter_map(volume).collect();
    let is_excluded = |id: &&u32| matches!(find(signed, **id), Some(Found::Excluded(_)));
    let excluded: Vec<u32> = into.iter().filter(is_excluded).copied().collect();
    match (findings[..].as_ref(), into[..].as_ref(), volumes_ml.first()) {
        ([_, _, ..], [one], Some(volume_ml)) => ChangeKind::Merged {
            into: *one,
            volume_ml: *volume_ml,
            findings,
            excluded,
        },
        ([one], [_, _, ..], _) => ChangeKind::Split {
            finding: *one,
            into,
            volumes_ml,
            excluded,
        },
        _ => ChangeKind::Redivided {
            findings,
            into,
            volumes_ml,
            excluded,
        },
    }
}
