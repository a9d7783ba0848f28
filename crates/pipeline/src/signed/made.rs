//! Which findings decisions made of which.

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
