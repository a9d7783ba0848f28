//! What a request asks: its body and its query, taken strictly.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use super::answer::Refusal;

/// Largest body that is read, bytes: many times a long brush stroke.
pub(crate) const LARGEST_BODY: usize = 1 << 20;

/// The body of a request as JSON of exactly this shape.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        if !is_json(request.headers()) {
            return Err(Refusal::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "not_json",
                "the body is not of the type application/json",
                "send JSON with this content type",
            ));
        }
        let bytes = Bytes::from_request(request, state).await;
        let bytes = bytes.map_err(|error| match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Refusal::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "too_large",
                format!("the body has more than {LARGEST_BODY} bytes"),
                "send less at once",
            ),
            _ => Refusal::malformed(error.body_text()),
        })?;
        serde_json::from_slice(&bytes).map(Self).map_err(|error| {
            let text = format!("the body cannot be read: {error}");
            match error.classify() {
                Category::Data => Refusal::new(
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "unexpected",
                    text,
                    "send the keys that the interface has, and no others",
                ),
                _ => Refusal::malformed(text),
            }
        })
    }
}

/// The query of a request as exactly these keys.
pub(crate) struct Asked<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Refusal> {
        match Query::try_from_uri(&parts.uri) {
            Ok(Query(asked)) => Ok(Self(asked)),
            Err(error) => Err(Refusal::malformed(error.body_text())),
        }
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok());
    let essence = kind.and_then(|k| k.split(';').next()).unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/json")
}
