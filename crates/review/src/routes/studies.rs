//! The worklist.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::rows_of;
use crate::desk::{Desk, blocking};
use crate::web::{Answer, Asked, Refusal};
use crate::worklist::{Query, page};

/// `GET /api/studies`
pub(crate) async fn studies(
    State(desk): State<Arc<Desk>>,
    Asked(query): Asked<Query>,
) -> Answer<Response> {
    if let Some(unknown) = query.unknown_value() {
        return Err(Refusal::malformed(unknown));
    }
    let text = blocking(move || {
        let rows = rows_of(&desk)?;
        serde_json::to_string(&page(&rows, &query))
            .map_err(|error| Refusal::broken("the worklist cannot be told", &error))
    })
    .await??;
    let headers = [(header::CONTENT_TYPE, "application/json")];
    Ok((headers, text).into_response())
}
