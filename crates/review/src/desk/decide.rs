//! Decisions: tried, kept, and answered in this order.

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::opening::follow_up;
use super::session::{Current, Phase};
use super::{Desk, Session, blocking};
use isoboost_pipeline::Decision;

use crate::engine::{EngineError, Staged, Study};
use crate::store::{Entry, EventKind, NewEvent, Trail};
use crate::web::{Answer, Refusal};
use crate::worklist::standing_of;

/// How long a decision waits for the analysis to end.
const PATIENCE: Duration = Duration::from_secs(20);

/// Who asks for a change, and what they knew.
#[derive(Debug, Clone)]
pub(crate) struct By {
    pub(crate) who: String,
    pub(crate) window: String,
    /// The revision that they saw.
    pub(crate) base_revision: u64,
}

/// What is to change.
#[derive(Debug, Clone)]
pub(crate) enum Change {
    Decide(Decision),
    Undo,
    Redo,
}

/// A change that was worked out and waits to be kept.
struct Tried {
    staged: Arc<dyn Staged>,
    event: NewEvent,
}

impl Desk {
    /// Makes a change: works out what comes of it, keeps it, and shows it. What this answers is on
    /// the disk, and what holds then.
    ///
    /// # Errors
    /// When somebody else decided meanwhile, the decision is impossible, or it cannot be kept.
    pub(crate) async fn change(
        self: &Arc<Self>,
        session: &Arc<Session>,
        by: By,
        change: Change,
    ) -> Answer<Current> {
        let study = ready_study(session).await?;
        let _one_at_a_time = session.deciding.lock().await;
        let (desk, at) = (Arc::clone(self), Arc::clone(session));
        let (trail, staged, regions) = blocking(move || {
            let trail = desk.store.trail(&at.key)?;
            let base = by.base_revision;
            if trail.revision != base {
                at.catch_up(trail.clone(), study.as_ref())?;
                return Err(conflict(base, trail.revision));
            }
            let tried = try_change(&at, &trail, study.as_ref(), by, change)?;
            let trail = desk.store.append(&at.key, base, &tried.event)?;
            Ok((trail, tried.staged, at.regions().1))
        })
        .await??;
        session.change(|current| {
            current.trail = trail;
            current.stage(staged, &regions);
        });
        follow_up(self, session);
        Ok(session.current())
    }

    /// Takes over what another server on the same folder has written.
    ///
    /// # Errors
    /// When the trail cannot be read or a decision in it cannot be followed.
    pub(crate) async fn take_over(self: &Arc<Self>, session: &Arc<Session>) -> Answer<()> {
        let _one_at_a_time = session.deciding.lock().await;
        let (desk, at) = (Arc::clone(self), Arc::clone(session));
        blocking(move || {
            let trail = desk.store.trail(&at.key)?;
            match at.study() {
                Some(study) if trail.revision != at.current().trail.revision => {
                    at.catch_up(trail, study.as_ref())?;
                }
                Some(_) => {}
                None => at.change(|current| current.trail = trail),
            }
            Ok::<_, Refusal>(())
        })
        .await??;
        if session.study().is_some() {
            follow_up(self, session);
        }
        Ok(())
    }
}

/// Works out what comes of a change.
fn try_change(
    session: &Session,
    trail: &Trail,
    study: &dyn Study,
    by: By,
    change: Change,
) -> Answer<Tried> {
    let mut decisions = decisions_of(trail)?;
    let before = session.current();
    let report = before.report().unwrap_or(&session.suggestion);
    let nothing = |what: &str| {
        let text = format!("there is nothing to {what}");
        Refusal::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "impossible",
            text,
            "go on as it is",
        )
    };
    let (kind, subject, content, sentence) = match change {
        Change::Decide(decision) => {
            let sentence = decision.sentence();
            let content = json!(decision);
            decisions.push(decision);
            (EventKind::Decision, None, content, sentence)
        }
        Change::Undo => {
            let entry = trail.next_undo().ok_or_else(|| nothing("undo"))?;
            decisions.pop();
            let sentence = format!("taken back: {}", entry.sentence);
            (EventKind::Undo, Some(entry.id), Value::Null, sentence)
        }
        Change::Redo => {
            let entry = trail.next_redo().ok_or_else(|| nothing("redo"))?;
            decisions.push(decision_of(entry)?);
            let sentence = format!("made again: {}", entry.sentence);
            (EventKind::Redo, Some(entry.id), Value::Null, sentence)
        }
    };
    let staged = study.stage(&decisions).map_err(impossible)?;
    let event = NewEvent {
        kind,
        subject,
        who: by.who,
        window: by.window,
        at: chrono::Local::now().to_rfc3339(),
        sentence,
        content,
        before: standing_of(report),
        after: standing_of(staged.report()),
    };
    Ok(Tried { staged, event })
}

/// The decisions that hold.
///
/// # Errors
/// When one of them was written by a version that could decide something else.
pub(crate) fn decisions_of(trail: &Trail) -> Result<Vec<Decision>, EngineError> {
    trail.standing_decisions().map(decision_of).collect()
}

fn decision_of(entry: &Entry) -> Result<Decision, EngineError> {
    serde_json::from_value(entry.decision.clone()).map_err(|error| EngineError {
        text: format!("the decision of event {} is not known: {error}", entry.id),
        remedy: "use the version of isoboost that it was taken with".to_owned(),
    })
}

/// The study, once it is analysed.
///
/// # Errors
/// When that failed, or takes too long.
pub(crate) async fn ready_study(session: &Session) -> Answer<Arc<dyn Study>> {
    let mut changes = session.watch();
    let ready = async {
        loop {
            let has_staged = session.current().staged.is_some();
            match session.study() {
                Some(study) if has_staged => return Ok(Arc::clone(study)),
                _ if session.current().phase == Phase::Failed => return Err(not_ready(session)),
                _ => {}
            }
            if changes.changed().await.is_err() {
                return Err(not_ready(session));
            }
        }
    };
    let waited = tokio::time::timeout(PATIENCE, ready).await;
    waited.unwrap_or_else(|_| Err(not_ready(session)))
}

pub(super) fn not_ready(session: &Session) -> Refusal {
    let status = StatusCode::SERVICE_UNAVAILABLE;
    if let Some(reason) = session.current().reason {
        return Refusal::new(status, "not_opened", reason, "mend that and open it again");
    }
    let text = "the study is still being analysed";
    Refusal::new(status, "not_ready", text, "wait a moment and try again")
}

pub(crate) fn conflict(base: u64, revision: u64) -> Refusal {
    crate::store::StoreError::Conflict { base, revision }.into()
}

pub(crate) fn impossible(error: EngineError) -> Refusal {
    Refusal::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "impossible",
        error.text,
        error.remedy,
    )
}

impl Session {
    /// Works out what comes of everything that was decided so far.
    ///
    /// # Errors
    /// When a decision cannot be followed any more.
    pub(super) fn stage_trail(&self) -> Result<(), EngineError> {
        let Some(study) = self.study() else {
            return Ok(());
        };
        let trail = self.current().trail;
        self.catch_up(trail, study.as_ref())
    }

    /// Takes over a trail that another server may have gone on with.
    ///
    /// # Errors
    /// When a decision cannot be followed.
    pub(crate) fn catch_up(&self, trail: Trail, study: &dyn Study) -> Result<(), EngineError> {
        let decisions = decisions_of(&trail)?;
        let staged = study.stage(&decisions)?;
        let shown = self.regions().1;
        self.change(|current| {
            current.trail = trail;
            current.stage(staged, &shown);
        });
        Ok(())
    }
}

impl From<EngineError> for Refusal {
    fn from(error: EngineError) -> Self {
        impossible(error)
    }
}
