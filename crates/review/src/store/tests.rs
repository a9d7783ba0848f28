//! Nothing in the trail is lost or changed, whoever tries.

use serde_json::json;

use super::{EventKind, FILE_NAME, NewEvent, ReviewKey, Standing, Store, StoreError};

fn key(fingerprint: &str) -> ReviewKey {
    ReviewKey {
        study_uid: "1.2.3".to_owned(),
        fingerprint: fingerprint.to_owned(),
    }
}

fn event(kind: EventKind, subject: Option<i64>) -> NewEvent {
    NewEvent {
        kind,
        subject,
        who: "Ann O'Neil".to_owned(),
        window: "w1".to_owned(),
        at: "2026-03-01T10:00:00+01:00".to_owned(),
        sentence: "finding 3 rejected".to_owned(),
        content: json!({"kind": "reject", "finding": 3, "reason": "'; DROP TABLE event; --"}),
        before: Standing::default(),
        after: Standing {
            mi_tnm: "miT0 N0 M0".to_owned(),
            ..Standing::default()
        },
    }
}

fn decide(store: &Store, base: u64) -> i64 {
    let decision = event(EventKind::Decision, None);
    let trail = store.append(&key("a"), base, &decision).unwrap();
    trail.entries.last().unwrap().id
}

#[test]
fn decisions_are_taken_back_and_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(store.trail(&key("a")).unwrap().status(), "new");
    let first = decide(&store, 0);
    let second = decide(&store, 1);
    let a = key("a");
    let trail = store
        .append(&a, 2, &event(EventKind::Undo, Some(second)))
        .unwrap();
    assert_eq!(trail.standing_decisions().count(), 1);
    assert_eq!(trail.next_undo().unwrap().id, first);
    assert_eq!(trail.next_redo().unwrap().id, second);
    let trail = store
        .append(&a, 3, &event(EventKind::Undo, Some(first)))
        .unwrap();
    assert!(trail.next_undo().is_none());
    let again: Vec<i64> = trail.redoable().map(|e| e.id).collect();
    assert_eq!(again, [first, second], "the last taken back comes first");
    let trail = store
        .append(&a, 4, &event(EventKind::Redo, Some(first)))
        .unwrap();
    assert_eq!(trail.next_redo().unwrap().id, second);
    let third = decide(&store, 5);
    let trail = store.trail(&a).unwrap();
    assert!(
        trail.next_redo().is_none(),
        "a decision ends what can be redone"
    );
    let undone: Vec<(i64, bool)> = trail.entries.iter().map(|e| (e.id, e.undone)).collect();
    assert_eq!(undone, [(first, false), (second, true), (third, false)]);
    assert_eq!((trail.revision, trail.status()), (6, "in_review"));
    let kinds: Vec<(u64, &str)> = trail.events.iter().map(|e| (e.revision, e.kind)).collect();
    assert_eq!(
        kinds,
        [
            (1, "decision"),
            (2, "decision"),
            (3, "undo"),
            (4, "undo"),
            (5, "redo"),
            (6, "decision")
        ],
        "what was taken back and made again is told, too"
    );
    assert_eq!(
        trail.entries[0].decision["reason"],
        "'; DROP TABLE event; --"
    );
    assert_eq!(trail.standing.unwrap().mi_tnm, "miT0 N0 M0");
}

#[test]
fn a_signature_holds_until_something_else_is_done() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let trail = store
        .append(&key("a"), 0, &event(EventKind::Signature, None))
        .unwrap();
    assert_eq!((trail.status(), trail.revision), ("signed", 1));
    assert_eq!(trail.events[0].kind, "signature");
    decide(&store, 1);
    let trail = store.trail(&key("a")).unwrap();
    assert_eq!(trail.status(), "in_review");
    assert_eq!(
        trail.signature.unwrap().revision,
        1,
        "it stays in the trail"
    );
}

#[test]
fn a_writer_that_does_not_know_the_newest_revision_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let one = Store::open(folder.path()).unwrap();
    let other = Store::open(folder.path()).unwrap();
    decide(&one, 0);
    let refused = other.append(&key("a"), 0, &event(EventKind::Decision, None));
    assert!(matches!(
        refused,
        Err(StoreError::Conflict {
            base: 0,
            revision: 1
        })
    ));
    decide(&other, 1);
    assert_eq!(one.revision(&key("a")).unwrap(), 2);
    assert_eq!(one.events_after(1).unwrap().len(), 1);
}

#[test]
fn writers_at_once_lose_nothing_and_repeat_nothing() {
    let folder = tempfile::tempdir().unwrap();
    drop(Store::open(folder.path()).unwrap());
    let taken: Vec<i64> = std::thread::scope(|scope| {
        let writer = || {
            let store = Store::open(folder.path()).unwrap();
            let mut taken = Vec::new();
            while taken.len() < 10 {
                let base = store.revision(&key("a")).unwrap();
                match store.append(&key("a"), base, &event(EventKind::Decision, None)) {
                    Ok(trail) => taken.push(trail.entries.last().unwrap().id),
                    Err(StoreError::Conflict { .. }) => {}
                    Err(error) => panic!("{error}"),
                }
            }
            taken
        };
        let writers: Vec<_> = (0..4).map(|_| scope.spawn(writer)).collect();
        writers
            .into_iter()
            .flat_map(|w| w.join().unwrap())
            .collect()
    });
    let trail = Store::open(folder.path())
        .unwrap()
        .trail(&key("a"))
        .unwrap();
    assert_eq!(trail.revision, 40);
    let mut taken = taken;
    taken.sort_unstable();
    let kept: Vec<i64> = trail.entries.iter().map(|e| e.id).collect();
    assert_eq!(kept, taken);
}

#[test]
fn a_new_suggestion_starts_anew_and_the_old_trail_stays() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    decide(&store, 0);
    let new = store.trail(&key("b")).unwrap();
    assert_eq!((new.revision, new.status()), (0, "new"));
    let decision = event(EventKind::Decision, None);
    assert_eq!(store.append(&key("b"), 0, &decision).unwrap().revision, 1);
    assert_eq!(store.trail(&key("a")).unwrap().entries.len(), 1);
}

#[test]
fn no_row_is_changed_removed_or_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    decide(&store, 0);
    decide(&store, 1);
    let before = store.events_after(0).unwrap();
    let foreign = rusqlite::Connection::open(folder.path().join(FILE_NAME)).unwrap();
    let columns = "study_uid, fingerprint, revision, kind, who, window, at, sentence, content, state_before, state_after";
    for attempt in [
        "UPDATE event SET who = 'somebody else'".to_owned(),
        "DELETE FROM event".to_owned(),
        "DELETE FROM event WHERE id = 2".to_owned(),
        format!("INSERT OR REPLACE INTO event (id, {columns}) SELECT id, {columns} FROM event"),
        format!("INSERT OR REPLACE INTO event ({columns}) SELECT {columns} FROM event"),
        format!(
            "INSERT INTO event ({columns}) SELECT {} FROM event WHERE id = 1",
            columns.replace("revision", "9")
        ),
    ] {
        let error = foreign.execute_batch(&attempt).unwrap_err().to_string();
        assert!(error.contains("append-only"), "{attempt}: {error}");
    }
    assert_eq!(store.events_after(0).unwrap(), before);
    let health: String = foreign
        .query_row("PRAGMA integrity_check", (), |row| row.get(0))
        .unwrap();
    assert_eq!(health, "ok");
}

#[test]
fn commits_are_on_the_disk_before_they_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let pragma = |name: &str| -> String {
        let connection = store.lock();
        connection
            .query_row(&format!("SELECT {name} FROM pragma_{name}"), (), |row| {
                row.get::<_, rusqlite::types::Value>(0)
            })
            .map(|value| format!("{value:?}"))
            .unwrap()
    };
    assert_eq!(pragma("journal_mode"), "Text(\"wal\")");
    assert_eq!(pragma("synchronous"), "Integer(2)");
}

#[test]
fn what_is_no_database_of_ours_is_refused_with_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(FILE_NAME);
    let error = || Store::open(folder.path()).unwrap_err().to_string();
    std::fs::write(
        &path,
        "not a database, but long enough to be read as one".repeat(30),
    )
    .unwrap();
    assert!(error().contains("not a database"), "{}", error());
    std::fs::remove_file(&path).unwrap();
    let foreign = rusqlite::Connection::open(&path).unwrap();
    foreign.execute_batch("CREATE TABLE t (a)").unwrap();
    assert!(error().contains("another program"), "{}", error());
    foreign.execute_batch("DROP TABLE t").unwrap();
    drop(Store::open(folder.path()).unwrap());
    foreign.pragma_update(None, "user_version", 99).unwrap();
    assert!(error().contains("newer isoboost"), "{}", error());
    drop(foreign);
    std::fs::remove_file(&path).unwrap();
    std::fs::create_dir(&path).unwrap();
    let error = error();
    assert!(
        error.contains("unable to open") && error.contains("write permission"),
        "{error}"
    );
}
