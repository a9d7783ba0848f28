//! What the front end asks once.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use isoboost_report::DISCLAIMER;
use serde_json::{Value, json};

use crate::desk::{self, Desk};

/// `GET /api/session`
pub(crate) async fn session(State(desk): State<Arc<Desk>>) -> Json<Value> {
    Json(json!({
        "version": env!("CARGO_PKG_VERSION"),
        "folder": desk.folder.display().to_string(),
        "user": desk.user,
        "disclaimer": DISCLAIMER,
    }))
}

/// `GET /api/options`
pub(crate) async fn options() -> Json<Value> {
    Json(desk::options())
}
