//! The few pages that the server makes itself: the way in.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use axum::Form;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::access::Access;
use super::asked::Asked;
use super::password::Try;
use crate::assets;

/// Content type of a page.
pub(crate) const HTML: &str = "text/html; charset=utf-8";
/// Why a browser without the cookie sees nothing.
pub(crate) const NOT_LET_IN: &str = "this browser was not let in, or the server was started anew";
/// What to do then.
pub(crate) const REMEDY: &str =
    "open the address that `isoboost review` printed when it was started";
/// Where the password is asked.
const LOGIN: &str = "/login";
/// The style of the page that asks for it.
const LOGIN_STYLE: &str = "/login.css";

/// What is served before a browser is let in; `/` looks at token and cookie itself.
pub(crate) fn is_open_to_all(access: &Access, path: &str) -> bool {
    path == "/" || path == LOGIN_STYLE || (path == LOGIN && access.password.is_some())
}

/// A page that says why there is nothing to see. Both texts are ours.
pub(crate) fn refusal(text: &str, remedy: &str) -> String {
    page(&format!("<p>{text}.</p><p>{}</p>", code_of(remedy)))
}

/// Backticks as in the texts of the command.
fn code_of(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    match parts.as_slice() {
        [before, code, after] => format!("{before}<code>{code}</code>{after}."),
        _ => format!("{text}."),
    }
}

fn page(body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>isoboost</title>\
         <meta name=\"viewport\" content=\"width=device-width\">\
         <link rel=\"stylesheet\" href=\"{LOGIN_STYLE}\"></head>\
         <body><main><h1>isoboost</h1>{body}</main></body></html>\n"
    )
}

/// What the address of the front page may carry.
#[derive(Debug, Deserialize)]
pub(crate) struct Entrance {
    token: Option<String>,
}

/// `/`: with the right token, lets the browser in; let in, shows the application.
pub(crate) async fn front(
    State(access): State<Arc<Access>>,
    headers: HeaderMap,
    Asked(entrance): Asked<Entrance>,
) -> Response {
    let (status, text) = match (&entrance.token, &access.token) {
        (Some(guess), Some(token)) if token.is(guess) => return let_in(&access),
        (Some(_), Some(_)) => {
            let text = "the token in this address is not that of this server";
            (StatusCode::FORBIDDEN, text)
        }
        _ if access.is_let_in(&headers) => return assets::front_page(&headers),
        _ if access.password.is_some() => return Redirect::to(LOGIN).into_response(),
        _ => (StatusCode::UNAUTHORIZED, NOT_LET_IN),
    };
    let page = refusal(text, REMEDY);
    (status, [(header::CONTENT_TYPE, HTML)], page).into_response()
}

/// To the application, with the cookie; the token leaves the address bar.
fn let_in(access: &Access) -> Response {
    let mut response = Redirect::to("/").into_response();
    // Hexadecimal digits and constants make a header in any case.
    if let Ok(cookie) = access.cookie().parse() {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

/// `GET /login`
pub(crate) async fn login() -> Response {
    login_page(StatusCode::OK, "")
}

/// What the login page sends.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Login {
    password: String,
}

/// `POST /login`
pub(crate) async fn try_login(
    State(access): State<Arc<Access>>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    Form(login): Form<Login>,
) -> Response {
    let Some(password) = &access.password else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match password.try_from(from.ip(), &login.password, Instant::now()) {
        Try::Right => let_in(&access),
        Try::Wrong => {
            tracing::warn!(from = %from.ip(), "a wrong password");
            login_page(StatusCode::FORBIDDEN, "That is not the password.")
        }
        Try::TooMany => login_page(
            StatusCode::TOO_MANY_REQUESTS,
            "Too many wrong tries came from this machine; wait a minute.",
        ),
    }
}

fn login_page(status: StatusCode, message: &str) -> Response {
    let body = page(&format!(
        "<form method=\"post\" action=\"{LOGIN}\">\
         <p role=\"alert\">{message}</p>\
         <label for=\"password\">Password</label>\
         <input id=\"password\" name=\"password\" type=\"password\" required autofocus \
         autocomplete=\"current-password\">\
         <button>Open the worklist</button>\
         <p>The connection is not encrypted: use it in a network that you trust.</p></form>"
    ));
    // A browser that tells no referrer does not tell where a form comes from either.
    let headers = [
        (header::CONTENT_TYPE, HTML),
        (header::REFERRER_POLICY, "same-origin"),
    ];
    (status, headers, body).into_response()
}

/// `GET /login.css`
pub(crate) async fn login_style() -> Response {
    let headers = [(header::CONTENT_TYPE, "text/css; charset=utf-8")];
    (headers, include_str!("login.css")).into_response()
}
