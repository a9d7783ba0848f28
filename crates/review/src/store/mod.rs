//! The decisions of all studies: an append-only audit trail in `isoboost.db`.

mod event;
mod schema;
#[cfg(test)]
mod tests;
mod trail;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior, params};

pub(crate) use event::{Event, EventKind, NewEvent, ReviewKey, Standing};
pub(crate) use trail::{Entry, Happening, Trail};

/// Name of the database in the result folder.
pub(crate) const FILE_NAME: &str = "isoboost.db";
/// How long a writer waits for another one.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why the trail cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The file cannot be opened or made.
    #[error(
        "cannot open `{path}`, where decisions are kept: {source}; check free space and write permission of the folder"
    )]
    Open {
        /// The database.
        path: PathBuf,
        /// The reason.
        source: Box<StoreError>,
    },
    /// The file belongs to another program.
    #[error("it is the database of another program; move it away")]
    Foreign,
    /// The file was written by a newer version.
    #[error("it has version {found} and this program knows up to {newest}; use a newer isoboost")]
    Newer {
        /// Version of the file.
        found: i64,
        /// Newest version that is known.
        newest: i64,
    },
    /// Somebody wrote to the trail since it was read.
    #[error("the review is at revision {revision} by now and no longer at {base}; load it anew")]
    Conflict {
        /// Revision that the writer knew.
        base: u64,
        /// Revision of the trail.
        revision: u64,
    },
    /// A row that this program did not write.
    #[error("event {id} is damaged: {what}")]
    Row {
        /// Number of the event.
        id: i64,
        /// What is wrong.
        what: String,
    },
    /// The database refused.
    #[error(transparent)]
    Database(#[from] rusqlite::Error),
}

/// The database, open.
#[derive(Debug)]
pub(crate) struct Store {
    connection: Mutex<Connection>,
}

impl Store {
    /// Opens or makes the database of a result folder.
    ///
    /// # Errors
    /// When it cannot be written to, or is not ours.
    pub(crate) fn open(folder: &Path) -> Result<Self, StoreError> {
        let path = folder.join(FILE_NAME);
        let opened = open(&path).map_err(|source| StoreError::Open {
            path,
            source: Box::new(source),
        })?;
        Ok(Self {
            connection: Mutex::new(opened),
        })
    }

    /// The events of one review in their order.
    ///
    /// # Errors
    /// When the database refuses or a row is damaged.
    pub(crate) fn trail(&self, key: &ReviewKey) -> Result<Trail, StoreError> {
        trail_of(&self.lock(), key)
    }

    /// Revision of a review: the number of its events.
    ///
    /// # Errors
    /// When the database refuses.
    pub(crate) fn revision(&self, key: &ReviewKey) -> Result<u64, StoreError> {
        revision_of(&self.lock(), key)
    }

    /// Folders of all signatures of all studies, inside of the result folder.
    ///
    /// # Errors
    /// When the database refuses.
    pub(crate) fn signed_folders(&self) -> Result<Vec<String>, StoreError> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(
            "SELECT content ->> 'folder' FROM event \
             WHERE kind = 'signature' AND content ->> 'folder' IS NOT NULL",
        )?;
        let folders = statement.query_map((), |row| row.get(0))?;
        Ok(folders.collect::<Result<_, _>>()?)
    }

    /// All events after the one of this number, of all reviews.
    ///
    /// # Errors
    /// When the database refuses or a row is damaged.
    pub(crate) fn events_after(&self, id: i64) -> Result<Vec<Event>, StoreError> {
        let connection = self.lock();
        let sql = format!(
            "SELECT {} FROM event WHERE id > ?1 ORDER BY id",
            event::COLUMNS
        );
        let mut statement = connection.prepare_cached(&sql)?;
        let events = statement.query_and_then([id], Event::read)?;
        events.collect()
    }

    /// Adds an event to a review that stands at `base`; it is on the disk when this returns.
    ///
    /// # Errors
    /// With [`StoreError::Conflict`] when the review has moved on, or when the database refuses.
    pub(crate) fn append(
        &self,
        key: &ReviewKey,
        base: u64,
        event: &NewEvent,
    ) -> Result<Trail, StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let revision = revision_of(&transaction, key)?;
        if revision != base {
            return Err(StoreError::Conflict { base, revision });
        }
        transaction
            .prepare_cached(
                "INSERT INTO event (study_uid, fingerprint, revision, kind, subject, who, window, \
                 at, sentence, content, state_before, state_after) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
            )?
            .execute(params![
                key.study_uid,
                key.fingerprint,
                i64::try_from(base + 1).unwrap_or(i64::MAX),
                event.kind.name(),
                event.subject,
                event.who,
                event.window,
                event.at,
                event.sentence,
                event.content.to_string(),
                standing_text(&event.before),
                standing_text(&event.after),
            ])?;
        let trail = trail_of(&transaction, key)?;
        transaction.commit()?;
        Ok(trail)
    }

    /// A thread that panicked while it held the connection left no half transaction: it is rolled
    /// back where it is dropped.
    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn open(path: &Path) -> Result<Connection, StoreError> {
    let mut connection = Connection::open(path)?;
    connection.busy_timeout(PATIENCE)?;
    // Some network file systems cannot share the memory that this needs; the older journal is as
    // safe, and readers wait for writers.
    let mode: String = connection.query_row("PRAGMA journal_mode = WAL", (), |row| row.get(0))?;
    if mode != "wal" {
        let mode: String =
            connection.query_row("PRAGMA journal_mode = DELETE", (), |row| row.get(0))?;
        tracing::warn!(journal = mode, "this file system refuses a write-ahead log");
    }
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    schema::bring_up_to_date(&mut connection)?;
    Ok(connection)
}

fn revision_of(connection: &Connection, key: &ReviewKey) -> Result<u64, StoreError> {
    let revision: i64 = connection
        .prepare_cached(
            "SELECT coalesce(max(revision), 0) FROM event WHERE study_uid = ?1 AND fingerprint = ?2",
        )?
        .query_row(params![key.study_uid, key.fingerprint], |row| row.get(0))?;
    Ok(u64::try_from(revision).unwrap_or(0))
}

fn trail_of(connection: &Connection, key: &ReviewKey) -> Result<Trail, StoreError> {
    let sql = format!(
        "SELECT {} FROM event WHERE study_uid = ?1 AND fingerprint = ?2 ORDER BY revision",
        event::COLUMNS
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let events = statement.query_and_then(params![key.study_uid, key.fingerprint], Event::read)?;
    let mut trail = Trail::default();
    for event in events {
        trail.push(&event?);
    }
    Ok(trail)
}

/// Cannot fail: texts and numbers alone.
fn standing_text(standing: &Standing) -> String {
    serde_json::to_string(standing).unwrap_or_else(|_| "null".to_owned())
}
