//! Everything that is posted.

use std::sync::Arc;
use std::time::Instant;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use isoboost_pipeline::Decision;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Named;
use super::pictures::PlaneAsked;
use super::study::state_of;
use crate::desk::{By, Change, Desk, Session, conflict, decisions_of, outlined, ready_study};
use crate::web::{Answer, Body, Refusal};
use crate::worklist::{Row, Status};

/// Longest name of a person, and of a window.
const LONGEST_NAME: usize = 64;
/// Longest comment to a signature: what fits a long text of DICOM.
const LONGEST_COMMENT: usize = 1024;
/// Planes that a preview is drawn in.
const MOST_PLANES: usize = 8;

/// A decision.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Decide {
    window: String,
    who: String,
    base_revision: u64,
    decision: Decision,
}

/// `POST /api/studies/{folder}/decisions`
pub(crate) async fn decide(
    State(desk): State<Arc<Desk>>,
    Named(row): Named,
    Body(asked): Body<Decide>,
) -> Answer<Json<Value>> {
    let by = by(&asked.who, &asked.window, asked.base_revision)?;
    change(&desk, &row, by, Change::Decide(asked.decision)).await
}

/// One step back, or forward again.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    window: String,
    who: String,
    base_revision: u64,
}

/// `POST /api/studies/{folder}/undo`
pub(crate) async fn undo(
    State(desk): State<Arc<Desk>>,
    Named(row): Named,
    Body(step): Body<Step>,
) -> Answer<Json<Value>> {
    let by = by(&step.who, &step.window, step.base_revision)?;
    change(&desk, &row, by, Change::Undo).await
}

/// `POST /api/studies/{folder}/redo`
pub(crate) async fn redo(
    State(desk): State<Arc<Desk>>,
    Named(row): Named,
    Body(step): Body<Step>,
) -> Answer<Json<Value>> {
    let by = by(&step.who, &step.window, step.base_revision)?;
    change(&desk, &row, by, Change::Redo).await
}

async fn change(desk: &Arc<Desk>, row: &Row, by: By, change: Change) -> Answer<Json<Value>> {
    let session = session_of(desk, row).await?;
    let (window, is_step_back) = (by.window.clone(), matches!(change, Change::Undo));
    let before = session.current().trail;
    let changed = desk.change(&session, by, change).await;
    let current = changed.map_err(|refusal| with_others(refusal, desk, &session, &window))?;
    let trail = &current.trail;
    let entry = if is_step_back {
        let id = before.next_undo().map(|e| e.id);
        trail.entries.iter().find(|e| Some(e.id) == id)
    } else {
        trail.next_undo()
    };
    // All that holds after it, so that no window shows the decision with the state of before.
    let mut answer = json!(state_of(desk, &session, &current, Some(&window)));
    answer["entry"] = json!(entry);
    answer["current"] = json!(current.report());
    Ok(Json(answer))
}

/// A decision that is not taken yet.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Consider {
    #[serde(default)]
    #[expect(
        dead_code,
        reason = "windows name themselves in everything that they post"
    )]
    window: Option<String>,
    base_revision: u64,
    decision: Decision,
    /// Where its outlines are wanted.
    #[serde(default)]
    planes: Vec<PlaneAsked>,
}

/// `POST /api/studies/{folder}/preview`
pub(crate) async fn preview(
    State(desk): State<Arc<Desk>>,
    Named(row): Named,
    Body(asked): Body<Consider>,
) -> Answer<Json<Value>> {
    if asked.planes.len() > MOST_PLANES {
        let text = format!("there are {} planes", asked.planes.len());
        return Err(unfit(text, format!("ask for {MOST_PLANES} at most")));
    }
    let session = session_of(&desk, &row).await?;
    let study = ready_study(&session).await?;
    let answer = desk
        .paint(move || {
            let trail = session.current().trail;
            if trail.revision != asked.base_revision {
                return Err(conflict(asked.base_revision, trail.revision));
            }
            let previewed = study.preview(&decisions_of(&trail)?, &asked.decision)?;
            let planes: Vec<Value> = asked
                .planes
                .iter()
                .map(|PlaneAsked { plane, at }| {
                    let outlines = outlined(&previewed.regions, *plane, *at);
                    let outlines = outlines.map_err(|e| Refusal::malformed(e.to_string()))?;
                    Ok(json!({"plane": plane, "at": at, "outlines": outlines}))
                })
                .collect::<Answer<_>>()?;
            Ok(json!({
                "findings": previewed.findings,
                "gone": previewed.gone,
                "mi_tnm": previewed.mi_tnm,
                "planes": planes,
            }))
        })
        .await?;
    answer.map(Json)
}

/// A window that shows the study.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Here {
    window: String,
    who: String,
}

/// `POST /api/studies/{folder}/presence`
pub(crate) async fn presence(
    State(desk): State<Arc<Desk>>,
    Named(row): Named,
    Body(here): Body<Here>,
) -> Answer<Json<Value>> {
    let who = if here.who.trim().is_empty() {
        "somebody".to_owned()
    } else {
        name("who", &here.who)?
    };
    let window = name("window", &here.window)?;
    let now = Instant::now();
    let clock = chrono::Local::now().to_rfc3339();
    desk.presence.note(&row.folder, &window, &who, now, &clock);
    let others = desk.presence.others(&row.folder, Some(&window), now);
    Ok(Json(json!({"others": others})))
}

/// A signature.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sign {
    window: String,
    who: String,
    base_revision: u64,
    reviewer: String,
    #[serde(default)]
    comment: String,
}

/// `POST /api/studies/{folder}/sign`
pub(crate) async fn sign(
    State(desk): State<Arc<Desk>>,
    Named(row): Named,
    Body(asked): Body<Sign>,
) -> Answer<Json<Value>> {
    let by = by(&asked.who, &asked.window, asked.base_revision)?;
    let reviewer = name("reviewer", &asked.reviewer)?;
    let comment = asked.comment.trim().to_owned();
    if comment.chars().count() > LONGEST_COMMENT {
        let text = format!("the comment has more than {LONGEST_COMMENT} characters");
        return Err(unfit(text, "say it shorter"));
    }
    let session = session_of(&desk, &row).await?;
    let window = by.window.clone();
    let signed = desk.sign(&session, by, reviewer, comment).await;
    let signature = signed.map_err(|refusal| with_others(refusal, &desk, &session, &window))?;
    Ok(Json(json!({"signature": signature})))
}

/// The session of a study that has a result.
pub(crate) async fn session_of(desk: &Arc<Desk>, row: &Row) -> Answer<Arc<Session>> {
    if row.status == Status::Failed {
        let reason = row.reason.clone().unwrap_or_default();
        let text = format!("the run had no result for this study: {reason}");
        return Err(unfit(text, "mend that and run it again"));
    }
    desk.session(row).await
}

fn by(who: &str, window: &str, base_revision: u64) -> Answer<By> {
    Ok(By {
        who: name("who", who)?,
        window: name("window", window)?,
        base_revision,
    })
}

/// A name without what does not belong into one.
fn name(key: &str, text: &str) -> Answer<String> {
    let text = text.trim();
    let length = text.chars().count();
    if length == 0 || length > LONGEST_NAME || text.chars().any(char::is_control) {
        let text = format!("`{key}` has {length} characters or is no plain text");
        return Err(unfit(
            text,
            format!("give 1 to {LONGEST_NAME} characters in a line"),
        ));
    }
    Ok(text.to_owned())
}

fn unfit(text: String, remedy: impl Into<String>) -> Refusal {
    Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "unfit", text, remedy)
}

/// Where two are at it, says who the others are.
fn with_others(refusal: Refusal, desk: &Desk, session: &Session, window: &str) -> Refusal {
    let others = desk
        .presence
        .others(&session.folder, Some(window), Instant::now());
    refusal.with("others", json!(others))
}
