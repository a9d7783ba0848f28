//! The door: every request passes here first.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::access::Access;
use super::answer::Refusal;
use super::pages;

/// Lets a request in, or says why not.
pub(crate) async fn guard(
    State(access): State<Arc<Access>>,
    request: Request,
    next: Next,
) -> Response {
    let headers = request.headers();
    if !access.is_own_host(headers) {
        let text = "the request names another host than this server";
        return refused(request.uri(), StatusCode::FORBIDDEN, "foreign_host", text);
    }
    if !Access::is_own_origin(headers, request.method()) {
        let text = "the request comes from a page of another site";
        return refused(request.uri(), StatusCode::FORBIDDEN, "foreign_origin", text);
    }
    if pages::is_open_to_all(&access, request.uri().path()) || access.is_let_in(headers) {
        return next.run(request).await;
    }
    let status = StatusCode::UNAUTHORIZED;
    refused(request.uri(), status, "not_let_in", pages::NOT_LET_IN)
}

/// JSON for scripts, a page for people.
fn refused(uri: &Uri, status: StatusCode, code: &'static str, text: &str) -> Response {
    if uri.path().starts_with("/api/") {
        return Refusal::new(status, code, text, pages::REMEDY).into_response();
    }
    let page = pages::refusal(text, pages::REMEDY);
    (status, [(header::CONTENT_TYPE, pages::HTML)], page).into_response()
}
