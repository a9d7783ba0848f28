//! Tables of the database and how an older file is brought up to date.

use rusqlite::{Connection, TransactionBehavior};

use super::StoreError;

/// Tells a database of this program from any other file of the kind: `iso1`.
const APPLICATION_ID: i32 = 0x6973_6f31;

/// What each version adds to the one before. A step is never changed once it was released.
const STEPS: [&str; 1] = [FIRST];

/// The audit trail. A row is one thing that somebody did; what holds now follows from all of them.
const FIRST: &str = "
CREATE TABLE event (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    study_uid TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    revision INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('decision', 'undo', 'redo', 'signature')),
    subject INTEGER REFERENCES event (id),
    who TEXT NOT NULL,
    window TEXT NOT NULL,
    at TEXT NOT NULL,
    sentence TEXT NOT NULL,
    content TEXT NOT NULL CHECK (json_valid(content)),
    state_before TEXT NOT NULL CHECK (json_valid(state_before)),
    state_after TEXT NOT NULL CHECK (json_valid(state_after)),
    UNIQUE (study_uid, fingerprint, revision)
) STRICT;

CREATE TRIGGER event_is_never_changed BEFORE UPDATE ON event BEGIN
    SELECT RAISE(ABORT, 'the audit trail is append-only: no row is changed');
END;

CREATE TRIGGER event_is_never_removed BEFORE DELETE ON event BEGIN
    SELECT RAISE(ABORT, 'the audit trail is append-only: no row is removed');
END;

-- INSERT OR REPLACE would remove a row without asking the trigger above; and a gap in the revisions
-- would be a decision that is lost.
CREATE TRIGGER event_is_the_next BEFORE INSERT ON event
WHEN EXISTS (SELECT 1 FROM event WHERE id = NEW.id)
    OR NEW.revision <> 1 + (
        SELECT coalesce(max(revision), 0) FROM event
        WHERE study_uid = NEW.study_uid AND fingerprint = NEW.fingerprint
    )
BEGIN
    SELECT RAISE(ABORT, 'the audit trail is append-only: revisions follow one another');
END;
";

/// Makes the tables, or adds what a newer version of this program has more.
///
/// # Errors
/// When the file belongs to another program or to a newer version of this one.
pub(super) fn bring_up_to_date(connection: &mut Connection) -> Result<(), StoreError> {
    let newest = STEPS.len() as i64;
    // Immediate: of two programs that open a new file at once, one waits for the other.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let version: i64 = transaction.query_row("PRAGMA user_version", (), |row| row.get(0))?;
    let application: i32 = transaction.query_row("PRAGMA application_id", (), |row| row.get(0))?;
    let tables: i64 =
        transaction.query_row("SELECT count(*) FROM sqlite_schema", (), |row| row.get(0))?;
    if application != APPLICATION_ID && (application != 0 || version != 0 || tables != 0) {
        return Err(StoreError::Foreign);
    }
    if version > newest {
        return Err(StoreError::Newer {
            found: version,
            newest,
        });
    }
    for step in STEPS.iter().skip(usize::try_from(version).unwrap_or(0)) {
        transaction.execute_batch(step)?;
    }
    if version < newest {
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", newest)?;
    }
    transaction.commit()?;
    Ok(())
}
