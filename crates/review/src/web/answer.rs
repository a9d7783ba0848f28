//! What the server says when it cannot do what was asked.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use crate::store::StoreError;

/// A request that is refused: a status, and why in words.
#[derive(Debug, Clone)]
pub(crate) struct Refusal(Box<Why>);

#[derive(Debug, Clone)]
struct Why {
    status: StatusCode,
    code: &'static str,
    text: String,
    remedy: String,
    more: Map<String, Value>,
}

/// The answer of a route.
pub(crate) type Answer<T> = Result<T, Refusal>;

impl Refusal {
    pub(crate) fn new(
        status: StatusCode,
        code: &'static str,
        text: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self(Box::new(Why {
            status,
            code,
            text: text.into(),
            remedy: remedy.into(),
            more: Map::new(),
        }))
    }

    /// Adds a key beside `error`.
    pub(crate) fn with(mut self, key: &str, value: Value) -> Self {
        self.0.more.insert(key.to_owned(), value);
        self
    }

    pub(crate) fn malformed(text: impl Into<String>) -> Self {
        let remedy = "load the page anew; if that does not help, report it";
        Self::new(StatusCode::BAD_REQUEST, "malformed", text, remedy)
    }

    pub(crate) fn not_found(what: &str) -> Self {
        let remedy = "go back to the worklist";
        Self::new(
            StatusCode::NOT_FOUND,
            "not_found",
            format!("no such {what}"),
            remedy,
        )
    }

    /// The reason is logged; it may name files of this machine.
    pub(crate) fn broken(what: &str, error: &dyn std::error::Error) -> Self {
        tracing::error!(error = %isoboost_pipeline::error_chain(error), "{what}");
        let remedy = "try again; the server's log has the details";
        let text = format!("{what}: {error}");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "broken", text, remedy)
    }

    pub(crate) fn text(&self) -> &str {
        &self.0.text
    }

    pub(crate) fn remedy(&self) -> &str {
        &self.0.remedy
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict { revision, .. } => Self::new(
                StatusCode::CONFLICT,
                "conflict",
                error.to_string(),
                "load the review as it stands now, look at it, and decide again",
            )
            .with("revision", json!(revision)),
            error => Self::broken("the decision was not kept", &error),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Why {
            status,
            code,
            text,
            remedy,
            more,
        } = *self.0;
        let mut body = Map::new();
        body.insert(
            "error".to_owned(),
            json!({"code": code, "text": text, "remedy": remedy}),
        );
        body.extend(more);
        (status, Json(Value::Object(body))).into_response()
    }
}
