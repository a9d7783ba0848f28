//! What goes on behind an open study: images first, then the analysis, then the volumes.

use std::sync::Arc;

use super::session::{Phase, Session};
use super::{Desk, blocking};
use crate::engine::EngineError;
use crate::web::Refusal;

/// Begins to load and analyse a study; whoever watches the session sees how far it is.
pub(super) fn start(desk: Arc<Desk>, session: Arc<Session>) {
    tokio::runtime::Handle::current().spawn(async move {
        if let Err(error) = open(&desk, &session).await {
            tracing::warn!(study = %session.key.study_uid, error = %error.text, "not opened");
            session.change(|current| {
                current.phase = Phase::Failed;
                current.reason = Some(error.to_string());
            });
        }
    });
}

async fn open(desk: &Arc<Desk>, session: &Arc<Session>) -> Result<(), EngineError> {
    let (engine, path) = (Arc::clone(&desk.engine), session.path.clone());
    let images = blocking(move || engine.load(&path)).await??;
    session.set_images(Arc::clone(&images));
    let permit = desk.heavy.acquire().await;
    session.change(|current| current.phase = Phase::Analysing);
    let study = blocking(move || images.analyse()).await??;
    session.set_study(study);
    drop(permit);
    // Whatever is decided from here on stages itself; what was decided before is staged now.
    let _one_at_a_time = session.deciding.lock().await;
    let again = Arc::clone(session);
    blocking(move || again.stage_trail()).await??;
    follow_up(desk, session);
    Ok(())
}

/// Draws the volumes that follow from the last decision, unless that is going on already: then the
/// one that is at it goes on until it has drawn those of the newest decision.
pub(crate) fn follow_up(desk: &Arc<Desk>, session: &Arc<Session>) {
    let mut is_needed = false;
    session.change(|current| {
        is_needed = !current.is_drawn() && !current.is_planning;
        current.is_planning |= is_needed;
    });
    if is_needed {
        tokio::spawn(draw_until_newest(Arc::clone(desk), Arc::clone(session)));
    }
}

async fn draw_until_newest(desk: Arc<Desk>, session: Arc<Session>) {
    loop {
        let begun_with = session.current().staged_revision();
        let drawn = draw(&desk, &session).await;
        let mut is_done = true;
        session.change(|current| {
            if current.is_drawn() {
                current.phase = Phase::Ready;
            } else if current.staged_revision() != begun_with {
                // Decided meanwhile: whatever became of the drawing, it is not of what holds now.
                is_done = false;
            } else if let Err(error) = &drawn {
                current.phase = Phase::Failed;
                current.reason = Some(error.to_string());
            }
            current.is_planning = !is_done;
        });
        if is_done {
            return;
        }
    }
}

/// Draws the volumes of the newest decision.
///
/// # Errors
/// When they cannot be drawn.
pub(super) async fn draw(desk: &Arc<Desk>, session: &Arc<Session>) -> Result<(), EngineError> {
    let Some((revision, staged)) = session.current().staged else {
        return Ok(());
    };
    let permit = desk.heavy.acquire().await;
    let planned = blocking(move || {
        let planned = staged.plan()?;
        let regions = Arc::new(planned.regions());
        Ok::<_, EngineError>((planned, regions))
    })
    .await??;
    drop(permit);
    session.change(|current| {
        let (planned, regions) = planned;
        // What was decided meanwhile shows its own findings; these volumes come too late for it.
        if current.staged.as_ref().is_some_and(|(r, _)| *r == revision) {
            current.regions = Some((revision, regions));
            current.planned = Some((revision, planned));
        }
    });
    Ok(())
}

impl From<Refusal> for EngineError {
    fn from(refusal: Refusal) -> Self {
        Self {
            text: refusal.text().to_owned(),
            remedy: refusal.remedy().to_owned(),
        }
    }
}
