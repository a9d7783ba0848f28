//! One study: what is suggested, what was decided, and how far the work is.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use super::Named;
use crate::desk::{Current, Desk, Other, Phase, Scene, Session, blocking, scene};
use crate::store::{Entry, Happening};
use crate::web::{Answer, Asked};
use crate::worklist::{Row, Status};

/// How long a question for what is new may stay open.
const LONG_POLL: Duration = Duration::from_secs(20);
/// How often another server on the same folder is thought of meanwhile.
const OTHERS_EVERY: Duration = Duration::from_secs(1);

/// The state of a study, as it is polled.
#[derive(Debug, Serialize)]
pub(crate) struct StudyState {
    folder: String,
    status: Value,
    revision: u64,
    state: Phase,
    reason: Option<String>,
    decisions: Vec<Entry>,
    /// Everything that was done, undoing and signing among it.
    events: Vec<Happening>,
    can_undo: bool,
    can_redo: bool,
    undone: Vec<Entry>,
    signature: Option<Value>,
    others: Vec<Other>,
    scene: Option<Scene>,
}

/// What a window says of itself, and what it has seen.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Seen {
    /// The asking window, which is not among the others.
    window: Option<String>,
    /// Answer as soon as the revision is another one.
    since: Option<u64>,
    /// Answer as soon as the state is another one, too.
    state: Option<String>,
}

/// `GET /api/studies/{folder}`
pub(crate) async fn study(
    State(desk): State<Arc<Desk>>,
    Named(row): Named,
    Asked(seen): Asked<Seen>,
) -> Answer<Json<Value>> {
    if row.status == Status::Failed {
        let mut state = json!(failed(&row));
        state["suggestion"] = Value::Null;
        state["current"] = Value::Null;
        return Ok(Json(state));
    }
    let session = desk.session(&row).await?;
    refresh(&desk, &session).await?;
    let (desk, window) = (Arc::clone(&desk), seen.window);
    let state = blocking(move || {
        let current = session.current();
        let mut state = json!(state_of(&desk, &session, &current, window.as_deref()));
        state["suggestion"] = json!(*session.suggestion);
        state["current"] = json!(current.report());
        state
    })
    .await?;
    Ok(Json(state))
}

/// `GET /api/studies/{folder}/state`
pub(crate) async fn state(
    State(desk): State<Arc<Desk>>,
    Named(row): Named,
    Asked(seen): Asked<Seen>,
) -> Answer<Json<StudyState>> {
    if row.status == Status::Failed {
        return Ok(Json(failed(&row)));
    }
    let session = desk.session(&row).await?;
    refresh(&desk, &session).await?;
    if seen.since.is_some() {
        let _ = timeout(LONG_POLL, something_new(&desk, &session, &seen)).await;
    }
    let current = session.current();
    Ok(Json(state_of(
        &desk,
        &session,
        &current,
        seen.window.as_deref(),
    )))
}

/// Waits until there is something that the asking window has not seen.
async fn something_new(desk: &Arc<Desk>, session: &Arc<Session>, seen: &Seen) {
    let mut changes = session.watch();
    let mut ending = desk.ending.clone();
    let started = Instant::now();
    loop {
        let current = session.current();
        let is_other_state = match &seen.state {
            Some(state) => json!(current.phase) != json!(state),
            // Without a word on the state seen, work that goes on is asked for every second.
            None => {
                !matches!(current.phase, Phase::Ready | Phase::Failed)
                    && started.elapsed() >= OTHERS_EVERY
            }
        };
        if is_other_state || seen.since != Some(current.trail.revision) {
            return;
        }
        tokio::select! {
            changed = changes.changed() => if changed.is_err() { return },
            () = async { let _ = ending.wait_for(|ends| *ends).await; } => return,
            () = sleep(OTHERS_EVERY) => if refresh(desk, session).await.is_err() { return },
        }
    }
}

/// Takes over what another server on the same folder has written.
async fn refresh(desk: &Arc<Desk>, session: &Arc<Session>) -> Answer<()> {
    let (at, of) = (Arc::clone(desk), Arc::clone(session));
    let revision = blocking(move || at.store.revision(&of.key)).await??;
    if revision == session.current().trail.revision {
        return Ok(());
    }
    desk.take_over(session).await
}

/// The state of a study with what holds, for a window that is not among the others.
pub(super) fn state_of(
    desk: &Desk,
    session: &Session,
    current: &Current,
    window: Option<&str>,
) -> StudyState {
    let trail = &current.trail;
    let images = session.images();
    StudyState {
        folder: session.folder.clone(),
        status: json!(trail.status()),
        revision: trail.revision,
        state: current.phase,
        reason: current.reason.clone(),
        decisions: trail.entries.clone(),
        events: trail.events.clone(),
        can_undo: trail.next_undo().is_some(),
        can_redo: trail.next_redo().is_some(),
        undone: trail.redoable().cloned().collect(),
        signature: trail.signature.as_ref().map(|s| s.content.clone()),
        others: desk
            .presence
            .others(&session.folder, window, Instant::now()),
        scene: images.map(|images| {
            let report = current.report().unwrap_or(&session.suggestion);
            scene(images.as_ref(), report)
        }),
    }
}

/// A study without a result.
fn failed(row: &Row) -> StudyState {
    StudyState {
        folder: row.folder.clone(),
        status: json!(row.status),
        revision: 0,
        state: Phase::Failed,
        reason: row.reason.clone(),
        decisions: Vec::new(),
        events: Vec::new(),
        can_undo: false,
        can_redo: false,
        undone: Vec::new(),
        signature: None,
        others: Vec::new(),
        scene: None,
    }
}
