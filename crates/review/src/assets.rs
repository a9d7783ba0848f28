//! The front end: files that are part of the program.

use std::fmt::Write;

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::web::{Answer, Refusal};

#[derive(RustEmbed)]
#[folder = "assets/"]
struct Files;

/// The page that loads everything else.
pub(crate) fn front_page(headers: &HeaderMap) -> Response {
    match Files::get("index.html") {
        Some(file) => answer("index.html", &file, headers),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// `GET /assets/{*path}`; names are looked up among the embedded ones, no file system is asked.
pub(crate) async fn asset(path: Option<Path<String>>, headers: HeaderMap) -> Answer<Response> {
    let found = path.and_then(|Path(path)| Files::get(&path).map(|file| (path, file)));
    let (path, file) = found.ok_or_else(|| Refusal::not_found("file"))?;
    Ok(answer(&path, &file, &headers))
}

/// The file, or word that the browser's copy is still right.
fn answer(path: &str, file: &EmbeddedFile, headers: &HeaderMap) -> Response {
    let mut tag = String::from("\"");
    for byte in &file.metadata.sha256_hash()[..16] {
        // Writing to a text cannot fail.
        let _ = write!(tag, "{byte:02x}");
    }
    tag.push('"');
    let known = headers.get(header::IF_NONE_MATCH);
    let kind = mime_guess::from_path(path).first_or_octet_stream();
    let kind = match kind.type_().as_str() {
        "text" => format!("{kind}; charset=utf-8"),
        _ => kind.to_string(),
    };
    let own = [
        (header::CONTENT_TYPE, kind),
        // Kept, but asked for each time: a new version of the program serves other files.
        (header::CACHE_CONTROL, "no-cache".to_owned()),
        (header::ETAG, tag.clone()),
    ];
    if known.is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, own).into_response();
    }
    (own, file.data.to_vec()).into_response()
}
