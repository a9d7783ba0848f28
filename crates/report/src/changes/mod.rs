//! `changes.json`: what a reviewer made of a suggestion, as the difference of the two reports.
//!
//! Findings keep their numbers in a review, so that they are told apart by them; what was merged or
//! split has numbers of its own, and the caller says what it was made of.

mod findings;
mod kind;
mod lineage;
mod sentence;
mod targets;
#[cfg(test)]
mod tests;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::document::Report;

pub use kind::{ChangeKind, ClassInfo};
pub use lineage::MadeFinding;

use lineage::Lineage;

/// Name and version of the format of `changes.json`.
pub const CHANGES_SCHEMA: &str = "isoboost.changes/1";

/// The content of `changes.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangesDocument {
    /// Name and version of the format: `isoboost.changes/1`.
    #[schemars(extend("const" = CHANGES_SCHEMA))]
    pub schema: String,
    /// Study Instance UID.
    pub study_uid: String,
    /// Fingerprint of the suggestion that was reviewed.
    pub suggestion_fingerprint: String,
    /// The name of the person who signed.
    pub reviewer: String,
    /// The organisation signed for; null where it was not told.
    pub organisation: Option<String>,
    /// When it was signed (RFC 3339).
    pub signed_at: String,
    /// The reviewer's words; null without any.
    pub comment: Option<String>,
    /// The decisions in their order, those that were undone left out.
    pub decisions: Vec<serde_json::Value>,
    /// What differs between the suggestion and what was signed.
    pub changes: Vec<Change>,
}

/// One difference between a suggestion and what was signed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Change {
    /// What it is.
    #[serde(flatten)]
    pub kind: ChangeKind,
    /// The same in a sentence, for people.
    pub sentence: String,
}

impl From<ChangeKind> for Change {
    fn from(kind: ChangeKind) -> Self {
        let sentence = sentence::of(&kind);
        Self { kind, sentence }
    }
}

/// What differs between a suggestion and the report that was signed: the findings in the order of
/// their numbers, then the stage, the recommendation and the targets.
///
/// `made` are the findings that were merged or split from others, in the order in which that was
/// done; an added finding needs no entry.
pub fn changes(suggestion: &Report, signed: &Report, made: &[MadeFinding]) -> Vec<Change> {
    let lineage = Lineage::of(suggestion, signed, made);
    let mut changes = findings::changes(suggestion, signed, &lineage);
    changes.extend(of_stage(suggestion, signed));
    changes.extend(of_recommendation(suggestion, signed));
    changes.extend(targets::changes(
        &suggestion.targets,
        &signed.targets,
        &lineage,
    ));
    changes.into_iter().map(Change::from).collect()
}

fn of_stage(suggestion: &Report, signed: &Report) -> impl Iterator<Item = ChangeKind> {
    let mi_tnm = (suggestion.mi_tnm != signed.mi_tnm).then(|| ChangeKind::MiTnm {
        from: suggestion.mi_tnm.clone(),
        to: signed.mi_tnm.clone(),
    });
    let (from, to) = (&suggestion.stage.pattern, &signed.stage.pattern);
    let pattern = (from != to).then(|| ChangeKind::Pattern {
        from: from.clone(),
        to: to.clone(),
    });
    mi_tnm.into_iter().chain(pattern)
}

fn of_recommendation(suggestion: &Report, signed: &Report) -> Option<ChangeKind> {
    let (old, new) = (&suggestion.recommendation, &signed.recommendation);
    let without = |all: &[String], known: &[String]| -> Vec<String> {
        let unknown = all.iter().filter(|kind| !known.contains(kind));
        unknown.cloned().collect()
    };
    let (from, to) = (&old.intensification, &new.intensification);
    let change = ChangeKind::Recommendation {
        added: without(to, from),
        removed: without(from, to),
        pelvis_top_from: old.pelvis_top.clone(),
        pelvis_top_to: new.pelvis_top.clone(),
        out_of_scope_from: old.out_of_scope,
        out_of_scope_to: new.out_of_scope,
    };
    let is_same = without(to, from).is_empty()
        && without(from, to).is_empty()
        && old.pelvis_top == new.pelvis_top
        && old.out_of_scope == new.out_of_scope;
    (!is_same).then_some(change)
}
