//! What can be asked.

mod decisions;
mod files;
mod numbers;
mod pictures;
mod session;
mod studies;
mod study;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRef, FromRequestParts, Path, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use crate::assets;
use crate::desk::{Desk, blocking};
use crate::web::{self, Access, Answer, LARGEST_BODY, Refusal};
use crate::worklist::Row;

/// What the routes share.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) desk: Arc<Desk>,
    pub(crate) access: Arc<Access>,
}

impl FromRef<Shared> for Arc<Desk> {
    fn from_ref(shared: &Shared) -> Self {
        Self::clone(&shared.desk)
    }
}

impl FromRef<Shared> for Arc<Access> {
    fn from_ref(shared: &Shared) -> Self {
        Self::clone(&shared.access)
    }
}

/// All routes behind the door.
pub(crate) fn router(shared: Shared) -> Router {
    let study = Router::new()
        .route("/", get(study::study))
        .route("/state", get(study::state))
        .route("/slice.png", get(pictures::slice))
        .route("/outlines", get(pictures::outlines))
        .route("/mip.png", get(pictures::mip_picture))
        .route("/mip", get(pictures::mip))
        .route("/probe", get(pictures::probe))
        .route("/preview", post(decisions::preview))
        .route("/decisions", post(decisions::decide))
        .route("/undo", post(decisions::undo))
        .route("/redo", post(decisions::redo))
        .route("/presence", post(decisions::presence))
        .route("/sign", post(decisions::sign))
        .route("/files/{*name}", get(files::file));
    Router::new()
        .route("/", get(web::front))
        .route("/login", get(web::login).post(web::try_login))
        .route("/login.css", get(web::login_style))
        .route("/assets/{*path}", get(assets::asset))
        .route("/api/session", get(session::session))
        .route("/api/options", get(session::options))
        .route("/api/studies", get(studies::studies))
        .nest("/api/studies/{folder}", study)
        .fallback(nothing_there)
        .method_not_allowed_fallback(other_method)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(from_fn_with_state(Arc::clone(&shared.access), web::guard))
        .layer(from_fn(web::guarded))
        .with_state(shared)
}

async fn nothing_there(_request: Request) -> Response {
    Refusal::not_found("page").into_response()
}

async fn other_method(_request: Request) -> Response {
    let status = StatusCode::METHOD_NOT_ALLOWED;
    let text = "this address does not take this method";
    Refusal::new(status, "method", text, "load the page anew").into_response()
}

/// The study that an address names, found by its folder among those of the worklist: what comes
/// from the address never becomes a path.
pub(crate) struct Named(pub(crate) Row);

impl FromRequestParts<Shared> for Named {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, shared: &Shared) -> Answer<Self> {
        let all = Path::<BTreeMap<String, String>>::from_request_parts(parts, shared).await;
        let Ok(Path(all)) = all else {
            return Err(Refusal::not_found("study"));
        };
        let desk = Arc::clone(&shared.desk);
        let rows = blocking(move || rows_of(&desk)).await??;
        let row = all.get("folder").and_then(|folder| rows.get(folder));
        let row = row.ok_or_else(|| Refusal::not_found("study"))?;
        Ok(Self(row.clone()))
    }
}

pub(crate) fn rows_of(desk: &Desk) -> Answer<Arc<BTreeMap<String, Row>>> {
    let rows = desk.index.rows(&desk.store);
    rows.map_err(|error| Refusal::broken("the worklist cannot be read", &error))
}
