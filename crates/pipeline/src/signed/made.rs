//! Which findings decisions made of which.

use std::collections::BTreeSet;

use isoboost_planning::{Target, TargetKind};
use isoboost_report::{MadeFinding, Report};

use crate::review::Decision;

/// The findings that were merged or split, by the numbers that they got: the next free ones in the
/// order of the decisions.
pub(super) fn findings(suggestion: &Report, decisions: &[Decision]) -> Vec<MadeFinding> {
    let lesions = suggestion.lesions.iter().map(|lesion| lesion.id);
    let ids = lesions.chain(suggestion.excluded.iter().map(|excluded| excluded.id));
    let mut next = ids.max().unwrap_or(0) + 1;
    let mut made = Vec::new();
    for decision in decisions {
        let (from, new) = match decision {
            Decision::Add { .. } => (&[][..], 1),
            Decision::Merge { findings } => (&findings[..], 1),
            Decision::Split { finding, seeds } => (std::slice::from_ref(finding), seeds.len()),
            _ => continue,
        };
        for _ in 0..new {
            let from = from.to_vec();
            made.push(MadeFinding { id: next, from });
            next += 1;
        }
    }
    made
}

/// In which outlines the reviewer had a hand.
#[derive(Debug)]
pub(crate) struct ByHand {
    /// Findings that were drawn, added, merged or split.
    pub(crate) outlines: BTreeSet<u32>,
    /// Findings with a margin of the reviewer's from GTV to CTV.
    to_ctv: BTreeSet<u32>,
    /// Findings with one from CTV to PTV.
    to_ptv: BTreeSet<u32>,
}

impl ByHand {
    pub(super) fn of(made: &[MadeFinding], decisions: &[Decision]) -> Self {
        let mut by_hand = Self {
            outlines: made.iter().map(|finding| finding.id).collect(),
            to_ctv: BTreeSet::new(),
            to_ptv: BTreeSet::new(),
        };
        for decision in decisions {
            match decision {
                Decision::Delineate { finding, .. } | Decision::Brush { finding, .. } => {
                    by_hand.outlines.insert(*finding);
                }
                Decision::Margins {
                    finding,
                    ctv_mm,
                    ptv_mm,
                } => {
                    // The last word counts; without one the margin is the policy's again.
                    set(&mut by_hand.to_ctv, *finding, ctv_mm.is_some());
                    set(&mut by_hand.to_ptv, *finding, ptv_mm.is_some());
                }
                _ => {}
            }
        }
        by_hand
    }

    /// Whether a volume has such an outline in it, or such a margin around it.
    pub(crate) fn drew(&self, target: &Target) -> bool {
        let margins: &[&BTreeSet<u32>] = match target.kind {
            TargetKind::Ctv => &[&self.to_ctv],
            TargetKind::Ptv => &[&self.to_ctv, &self.to_ptv],
            TargetKind::Gtv | TargetKind::Field => &[],
        };
        let sets = || std::iter::once(&self.outlines).chain(margins.iter().copied());
        let ids = &target.lesion_ids;
        ids.iter()
            .any(|lesion| sets().any(|set| set.contains(lesion)))
    }
}

fn set(all: &mut BTreeSet<u32>, finding: u32, is_in: bool) {
    if is_in {
        all.insert(finding);
    } else {
        all.remove(&finding);
    }
}
