//! What holds now, from everything that was done.

use serde::Serialize;
use serde_json::Value;

use super::event::{Event, EventKind, Standing};

/// A decision in the trail.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Entry {
    /// Number of its event.
    pub(crate) id: i64,
    /// Revision that it made.
    pub(crate) revision: u64,
    /// Who took it.
    pub(crate) who: String,
    /// When, RFC 3339.
    pub(crate) at: String,
    /// What was decided.
    pub(crate) decision: Value,
    /// The same for people.
    pub(crate) sentence: String,
    /// Whether it was taken back.
    pub(crate) undone: bool,
}

/// One thing that somebody did, for people to read.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Happening {
    /// Number of its event.
    pub(crate) id: i64,
    /// Revision that it made.
    pub(crate) revision: u64,
    /// `decision`, `undo`, `redo` or `signature`.
    pub(crate) kind: &'static str,
    /// Who did it.
    pub(crate) who: String,
    /// When, RFC 3339.
    pub(crate) at: String,
    /// What was done.
    pub(crate) sentence: String,
}

/// A signature in the trail.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SignatureEntry {
    /// Revision that it made; what it covers is the one before.
    pub(crate) revision: u64,
    /// The signature as it was answered.
    pub(crate) content: Value,
}

/// A review as it stands.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Trail {
    /// Number of events.
    pub(crate) revision: u64,
    /// Everything that was done, in its order.
    pub(crate) events: Vec<Happening>,
    /// Every decision, those taken back among them, in the order in which they were first taken.
    pub(crate) entries: Vec<Entry>,
    /// The last signature.
    pub(crate) signature: Option<SignatureEntry>,
    /// Who did the last thing, and when.
    pub(crate) last: Option<(String, String)>,
    /// Where the study stood after it.
    pub(crate) standing: Option<Standing>,
    /// Those taken back that can be made again, the last one taken back last.
    redoable: Vec<i64>,
}

impl Trail {
    pub(super) fn push(&mut self, event: &Event) {
        self.revision = event.revision;
        self.last = Some((event.who.clone(), event.at.clone()));
        self.standing = Some(event.after.clone());
        self.events.push(Happening {
            id: event.id,
            revision: event.revision,
            kind: event.kind.name(),
            who: event.who.clone(),
            at: event.at.clone(),
            sentence: event.sentence.clone(),
        });
        match event.kind {
            EventKind::Decision => {
                // What was taken back before it stays in the trail, and stays taken back.
                self.redoable.clear();
                self.entries.push(Entry {
                    id: event.id,
                    revision: event.revision,
                    who: event.who.clone(),
                    at: event.at.clone(),
                    decision: event.content.clone(),
                    sentence: event.sentence.clone(),
                    undone: false,
                });
            }
            EventKind::Undo => {
                if let Some(id) = self.mark(event.subject, true) {
                    self.redoable.push(id);
                }
            }
            EventKind::Redo => {
                if let Some(id) = self.mark(event.subject, false) {
                    self.redoable.retain(|other| *other != id);
                }
            }
            EventKind::Signature => {
                self.signature = Some(SignatureEntry {
                    revision: event.revision,
                    content: event.content.clone(),
                });
            }
        }
    }

    fn mark(&mut self, subject: Option<i64>, undone: bool) -> Option<i64> {
        let entry = self.entries.iter_mut().find(|e| Some(e.id) == subject)?;
        entry.undone = undone;
        Some(entry.id)
    }

    /// The decisions that hold, in their order.
    pub(crate) fn standing_decisions(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| !entry.undone)
    }

    /// The decision that would be taken back next.
    pub(crate) fn next_undo(&self) -> Option<&Entry> {
        self.standing_decisions().last()
    }

    /// The decision that would be made again next.
    pub(crate) fn next_redo(&self) -> Option<&Entry> {
        let id = self.redoable.last()?;
        self.entries.iter().find(|entry| entry.id == *id)
    }

    /// The decisions that can be made again, the next one first.
    pub(crate) fn redoable(&self) -> impl Iterator<Item = &Entry> {
        let find = |id: &i64| self.entries.iter().find(|entry| entry.id == *id);
        self.redoable.iter().rev().filter_map(find)
    }

    /// `new`, `in_review` or `signed`; a signature holds until something else is done.
    pub(crate) fn status(&self) -> &'static str {
        match &self.signature {
            _ if self.revision == 0 => "new",
            Some(signature) if signature.revision == self.revision => "signed",
            _ => "in_review",
        }
    }
}
