//! What became of the targets.

use std::collections::BTreeSet;

use super::kind::ChangeKind;
use super::lineage::Lineage;
use crate::document::TargetInfo;

/// The changes of targets: of those that are there in their order, then of those that are gone.
pub(super) fn changes(
    old: &[TargetInfo],
    new: &[TargetInfo],
    lineage: &Lineage,
) -> Vec<ChangeKind> {
    let before = matched(old, new, lineage);
    let mut changes = Vec::new();
    for (target, before) in new.iter().zip(&before) {
        match before.and_then(|n| old.get(n)) {
            Some(old) => changes.extend(of_one(old, target)),
            None => changes.push(ChangeKind::TargetAdded {
                target: target.name.clone(),
                volume_ml: target.volume_ml,
            }),
        }
    }
    let removed = old.iter().enumerate();
    let removed = removed.filter(|(n, _)| !before.contains(&Some(*n)));
    changes.extend(removed.map(|(_, target)| ChangeKind::TargetRemoved {
        target: target.name.clone(),
        volume_ml: target.volume_ml,
    }));
    changes
}

/// For each new target the index of the old one that it comes from: the same kind for the same
/// lesions; else the one that shares most lesions with it; volumes without a lesion by name.
fn matched(old: &[TargetInfo], new: &[TargetInfo], lineage: &Lineage) -> Vec<Option<usize>> {
    let of_old: Vec<BTreeSet<u32>> = old
        .iter()
        .map(|target| {
            let ids = target.lesion_ids.iter();
            ids.flat_map(|id| lineage.heirs(*id)).collect()
        })
        .collect();
    let of_new: Vec<BTreeSet<u32>> = new
        .iter()
        .map(|target| target.lesion_ids.iter().copied().collect())
        .collect();
    let mut pairs = vec![None; new.len()];
    let mut taken = vec![false; old.len()];
    for is_whole in [true, false] {
        for (n, target) in new.iter().enumerate() {
            if pairs[n].is_some() {
                continue;
            }
            let candidates = old.iter().enumerate().filter(|(o, old)| {
                let is_alike = if of_new[n].is_empty() {
                    of_old[*o].is_empty() && old.name == target.name
                } else if is_whole {
                    of_old[*o] == of_new[n]
                } else {
                    !of_old[*o].is_disjoint(&of_new[n])
                };
                !taken[*o] && old.kind == target.kind && is_alike
            });
            let shared = |o: usize| of_old[o].intersection(&of_new[n]).count();
            // The first of those that share as many.
            let best = candidates.min_by_key(|(o, _)| std::cmp::Reverse(shared(*o)));
            if let Some((o, _)) = best {
                pairs[n] = Some(o);
                taken[o] = true;
            }
        }
    }
    pairs
}

fn of_one(old: &TargetInfo, new: &TargetInfo) -> Vec<ChangeKind> {
    let mut changes = Vec::new();
    let target = || new.name.clone();
    if old.name != new.name {
        changes.push(ChangeKind::TargetRenamed {
            from: old.name.clone(),
            to: target(),
        });
    }
    if old.margin_mm != new.margin_mm {
        changes.push(ChangeKind::Margins {
            target: target(),
            from: old.margin_mm.clone(),
            to: new.margin_mm.clone(),
        });
    }
    if (old.dose_gy, old.fractions) != (new.dose_gy, new.fractions) {
        changes.push(ChangeKind::Dose {
            target: target(),
            from_gy: old.dose_gy,
            from_fractions: old.fractions,
            to_gy: new.dose_gy,
            to_fractions: new.fractions,
        });
    }
    if old.volume_ml != new.volume_ml {
        changes.push(ChangeKind::TargetVolume {
            target: target(),
            from_ml: old.volume_ml,
            to_ml: new.volume_ml,
        });
    }
    changes
}
