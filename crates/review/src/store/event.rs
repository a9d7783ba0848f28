//! One row of the audit trail.

use rusqlite::Row;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::StoreError;

/// Whose trail it is: of one suggestion of one study. A new suggestion has a trail of its own.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ReviewKey {
    /// Study Instance UID.
    pub(crate) study_uid: String,
    /// Fingerprint of the suggestion.
    pub(crate) fingerprint: String,
}

/// What somebody did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EventKind {
    /// A decision on a finding.
    Decision,
    /// A decision taken back.
    Undo,
    /// A decision taken back, and made again.
    Redo,
    /// The whole as it stood was signed.
    Signature,
}

impl EventKind {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Decision => "decision",
            Self::Undo => "undo",
            Self::Redo => "redo",
            Self::Signature => "signature",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        [Self::Decision, Self::Undo, Self::Redo, Self::Signature]
            .into_iter()
            .find(|kind| kind.name() == name)
    }
}

/// Where a study stands, for the list of all of them: kept with each event, so that the list needs
/// no image.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct Standing {
    /// The patient's miTNM.
    pub(crate) mi_tnm: String,
    /// The region of each lesion.
    pub(crate) regions: Vec<String>,
    /// Number of findings that are not disease.
    pub(crate) excluded: usize,
    /// What is suggested.
    pub(crate) intensification: Vec<String>,
}

/// Something that somebody did and that is not in the trail yet.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct NewEvent {
    pub(crate) kind: EventKind,
    /// The decision that is taken back or made again.
    pub(crate) subject: Option<i64>,
    pub(crate) who: String,
    pub(crate) window: String,
    /// RFC 3339.
    pub(crate) at: String,
    /// For people.
    pub(crate) sentence: String,
    /// The decision or the signature.
    pub(crate) content: Value,
    pub(crate) before: Standing,
    pub(crate) after: Standing,
}

/// A row of the trail.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Event {
    pub(crate) id: i64,
    pub(crate) key: ReviewKey,
    pub(crate) revision: u64,
    pub(crate) kind: EventKind,
    pub(crate) subject: Option<i64>,
    pub(crate) who: String,
    pub(crate) window: String,
    pub(crate) at: String,
    pub(crate) sentence: String,
    pub(crate) content: Value,
    pub(crate) after: Standing,
}

/// The columns that [`Event::read`] takes, in its order.
pub(super) const COLUMNS: &str = "id, study_uid, fingerprint, revision, kind, subject, who, window, at, sentence, content, state_after";

impl Event {
    pub(super) fn read(row: &Row<'_>) -> Result<Self, StoreError> {
        let id: i64 = row.get(0)?;
        let damaged = |what: &str| StoreError::Row {
            id,
            what: what.to_owned(),
        };
        let json = |at: usize| -> Result<Value, StoreError> {
            let text: String = row.get(at)?;
            serde_json::from_str(&text).map_err(|error| damaged(&error.to_string()))
        };
        let kind: String = row.get(4)?;
        let revision: i64 = row.get(3)?;
        Ok(Self {
            id,
            key: ReviewKey {
                study_uid: row.get(1)?,
                fingerprint: row.get(2)?,
            },
            revision: u64::try_from(revision).map_err(|_| damaged("a negative revision"))?,
            kind: EventKind::from_name(&kind).ok_or_else(|| damaged(&kind))?,
            subject: row.get(5)?,
            who: row.get(6)?,
            window: row.get(7)?,
            at: row.get(8)?,
            sentence: row.get(9)?,
            content: json(10)?,
            after: serde_json::from_value(json(11)?).map_err(|e| damaged(&e.to_string()))?,
        })
    }
}
