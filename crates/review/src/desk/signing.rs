//! Signing: the results are written out of sight, the signature goes into the trail, and only then
//! they appear. Whatever is approved in its place is in the trail, whenever the server is killed.

use std::io;
use std::sync::Arc;

use axum::http::StatusCode;
use isoboost_pipeline::{SIGNED_FOLDER, settle_signed};
use serde_json::{Value, json};

use super::decide::{By, conflict, impossible, not_ready, ready_study};
use super::opening::draw;
use super::{Desk, Session, blocking};
use crate::engine::{EngineError, Planned, Signing};
use crate::store::{EventKind, NewEvent, Trail};
use crate::web::{Answer, Refusal};
use crate::worklist::standing_of;

impl Desk {
    /// Signs what stands.
    ///
    /// # Errors
    /// When somebody else decided meanwhile, or the results cannot be written.
    pub(crate) async fn sign(
        self: &Arc<Self>,
        session: &Arc<Session>,
        by: By,
        reviewer: String,
        comment: String,
    ) -> Answer<Value> {
        ready_study(session).await?;
        let _one_at_a_time = session.deciding.lock().await;
        let revision = self.store.revision(&session.key)?;
        let staged = session.current().staged;
        if revision != by.base_revision || staged.is_none_or(|(r, _)| r != revision) {
            return Err(conflict(by.base_revision, revision));
        }
        if session.current().planned.is_none_or(|(r, _)| r != revision) {
            draw(self, session).await?;
        }
        let Some((_, planned)) = session.current().planned else {
            return Err(not_ready(session));
        };
        let signing = Signing {
            reviewer,
            comment,
            at: chrono::Local::now().fixed_offset(),
        };
        let (desk, at) = (Arc::clone(self), Arc::clone(session));
        blocking(move || desk.write_signed(&at, planned.as_ref(), by, &signing)).await?
    }

    fn write_signed(
        &self,
        session: &Session,
        planned: &dyn Planned,
        by: By,
        signing: &Signing,
    ) -> Answer<Value> {
        let base = by.base_revision;
        let noted = || self.noted(&session.folder);
        let prepared = planned.sign(signing, &self.folder, &noted);
        let prepared = prepared.map_err(impossible)?;
        let signed = prepared.signed();
        let content = json!({
            "reviewer": signing.reviewer,
            "comment": signing.comment,
            "at": signing.at.to_rfc3339(),
            "revision": base,
            "folder": signed.folder,
            "changes": signed.changes,
        });
        let event = event(by, signing, content.clone(), planned);
        let trail: Trail = match self.store.append(&session.key, base, &event) {
            Ok(trail) => trail,
            Err(error) => {
                // The folder is let go before it is settled by what the trail has now.
                drop(prepared);
                self.settle(&session.folder);
                return Err(Refusal::from(error));
            }
        };
        session.change(|current| current.signed(trail));
        prepared.publish().map_err(unpublished)?;
        Ok(content)
    }

    /// Lets the results of signatures appear that a killed server had noted, and removes those that
    /// it had not.
    pub(crate) fn settle_all(&self) {
        let Ok(studies) = std::fs::read_dir(self.folder.join(SIGNED_FOLDER)) else {
            // Nothing was ever signed here.
            return;
        };
        for study in studies.flatten() {
            if let Ok(study) = study.file_name().into_string() {
                self.settle(&study);
            }
        }
    }

    /// What cannot be settled now is tried again with the next start or signature.
    fn settle(&self, study: &str) {
        let settled = settle_signed(&self.folder, study, &|| self.noted(study));
        if let Err(error) = settled {
            tracing::warn!(%error, "an interrupted signature cannot be settled yet");
        }
    }

    /// Numbers of the signatures of a study that the trail has, of all its suggestions.
    fn noted(&self, study: &str) -> io::Result<Vec<u32>> {
        let number = |folder: &String| {
            let of_study = folder.strip_prefix(SIGNED_FOLDER)?.strip_prefix('/')?;
            let number = of_study.strip_prefix(study)?.strip_prefix('/')?;
            number.parse().ok()
        };
        let folders = self.store.signed_folders().map_err(io::Error::other)?;
        Ok(folders.iter().filter_map(number).collect())
    }
}

/// The signature stands all the same: this is no failure of what was asked for.
fn unpublished(error: EngineError) -> Refusal {
    let EngineError { text, remedy } = error;
    tracing::error!(error = %text, "the results of a signature are not shown yet");
    let status = StatusCode::INTERNAL_SERVER_ERROR;
    Refusal::new(status, "not_published", text, remedy)
}

fn event(by: By, signing: &Signing, content: Value, planned: &dyn Planned) -> NewEvent {
    let standing = standing_of(planned.report());
    NewEvent {
        kind: EventKind::Signature,
        subject: None,
        who: by.who,
        window: by.window,
        at: signing.at.to_rfc3339(),
        sentence: format!("signed by {}", signing.reviewer),
        content,
        before: standing.clone(),
        after: standing,
    }
}
