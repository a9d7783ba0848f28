//! Files of a result folder.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::Named;
use crate::desk::{Desk, blocking};
use crate::web::{Answer, Refusal, SELF_CONTAINED};

/// The files that may be asked for, each with its content type. Pictures of lesions have numbers.
const FILES: [(&str, &str); 16] = [
    ("report.html", "text/html; charset=utf-8"),
    ("report.json", "application/json"),
    ("changes.json", "application/json"),
    ("lesions.csv", "text/csv; charset=utf-8"),
    ("rtstruct.dcm", "application/dicom"),
    ("rtplan.dcm", "application/dicom"),
    ("seg.dcm", "application/dicom"),
    ("sr.dcm", "application/dicom"),
    ("labels.nii.gz", "application/gzip"),
    ("targets.nii.gz", "application/gzip"),
    ("images/mip.png", PNG),
    ("images/drr-ap.png", PNG),
    ("images/drr-lateral.png", PNG),
    ("images/registration-axial.png", PNG),
    ("images/registration-coronal.png", PNG),
    ("images/registration-sagittal.png", PNG),
];
const PNG: &str = "image/png";

/// A file that is known.
struct Known {
    /// Number of the signature; none for the suggestion.
    signature: Option<u32>,
    name: String,
    kind: &'static str,
}

/// `GET /api/studies/{folder}/files/{*name}`
pub(crate) async fn file(
    State(desk): State<Arc<Desk>>,
    Named(row): Named,
    Path((_, name)): Path<(String, String)>,
) -> Answer<Response> {
    let known = known(&name).ok_or_else(|| Refusal::not_found("file"))?;
    let folder = match known.signature {
        None => desk.folder.join(&row.folder),
        Some(n) => desk
            .folder
            .join("signed")
            .join(&row.folder)
            .join(n.to_string()),
    };
    let path = folder.join(&known.name);
    let bytes = blocking(move || std::fs::read(path)).await?;
    let bytes = bytes.map_err(|_| Refusal::not_found("file"))?;
    let is_page = known.kind.starts_with("text/html");
    let is_shown = is_page || known.kind == PNG;
    let place = if is_shown { "inline" } else { "attachment" };
    let saved_as = format!("{}-{}", row.folder, known.name.replace('/', "-"));
    let mut response = (
        [
            (header::CONTENT_TYPE, known.kind.to_owned()),
            (
                header::CONTENT_DISPOSITION,
                format!("{place}; filename=\"{}\"", plain(&saved_as)),
            ),
        ],
        bytes,
    )
        .into_response();
    if is_page {
        response.headers_mut().insert(
            header::CONTENT_SECURITY_POLICY,
            header::HeaderValue::from_static(SELF_CONTAINED),
        );
    }
    Ok(response)
}

/// Only names that are made here from the parts of what was asked.
fn known(asked: &str) -> Option<Known> {
    let (signature, name) = match asked.strip_prefix("signed/") {
        Some(rest) => {
            let (number, name) = rest.split_once('/')?;
            (Some(number.parse().ok()?), name)
        }
        None => (None, asked),
    };
    let lesion = name
        .strip_prefix("images/lesion-")
        .and_then(|rest| rest.strip_suffix(".png"))
        .and_then(|number| number.parse::<u32>().ok());
    let (name, kind) = if let Some(number) = lesion {
        (format!("images/lesion-{number:02}.png"), PNG)
    } else {
        let (name, kind) = FILES.iter().find(|(file, _)| *file == name)?;
        ((*name).to_owned(), *kind)
    };
    Some(Known {
        signature,
        name,
        kind,
    })
}

/// Folder names are plain but for those that people rename.
fn plain(name: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    name.chars()
        .map(|c| if is_plain(c) { c } else { '-' })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_the_list_are_known() {
        let name = |asked: &str| known(asked).map(|k| (k.signature, k.name));
        assert_eq!(
            name("rtstruct.dcm"),
            Some((None, "rtstruct.dcm".to_owned()))
        );
        assert_eq!(
            name("signed/2/images/lesion-7.png"),
            Some((Some(2), "images/lesion-07.png".to_owned()))
        );
        // As docs/field.md names the radiographs.
        for picture in ["images/drr-ap.png", "images/drr-lateral.png"] {
            assert_eq!(name(picture), Some((None, picture.to_owned())));
        }
        for foreign in [
            "",
            "request.json",
            "../isoboost.db",
            "images/../report.json",
            "/etc/passwd",
            "signed/../report.json",
            "signed/1/../../isoboost.db",
            "signed/1",
            "signed//report.json",
            "signed/-1/report.json",
            "images/lesion-../../x.png",
            "REPORT.JSON",
        ] {
            assert!(known(foreign).is_none(), "{foreign}");
        }
    }
}
