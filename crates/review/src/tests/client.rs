//! A result folder, a server on it, and a browser reduced to what the tests need.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use super::light::Light;
use crate::server::{ReviewOptions, serve_with};

/// A real result.
const EXPECTED: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../fixtures/expected/PELVIS-BED-NODE-7_20240312_9b263bf8"
);
/// The study of [`results`].
pub(super) const STUDY: &str = "study-1";

/// A result folder with one study.
pub(super) fn results() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    add_study(folder.path(), STUDY, |_| ());
    folder
}

/// Adds a study to a result folder; its report is changed first.
pub(super) fn add_study(results: &Path, name: &str, change: impl FnOnce(&mut Value)) {
    let text = std::fs::read_to_string(Path::new(EXPECTED).join("report.json")).unwrap();
    let mut report: Value = serde_json::from_str(&text).unwrap();
    change(&mut report);
    let place = results.join(name);
    std::fs::create_dir_all(&place).unwrap();
    std::fs::write(place.join("report.json"), report.to_string()).unwrap();
    let targets = Path::new(EXPECTED).join("targets.nii.gz");
    std::fs::copy(targets, place.join("targets.nii.gz")).unwrap();
}

pub(super) fn options(folder: &Path) -> ReviewOptions {
    ReviewOptions {
        run_anatomy_command: false,
        folder: folder.to_path_buf(),
        port: 0,
        bind: None,
        password_file: None,
        images: Vec::new(),
        user: Some("ann".to_owned()),
        machine: None,
        open: false,
    }
}

/// Serves a result folder on a thread that ends with the test program; the address.
pub(super) fn start(options: ReviewOptions) -> String {
    let (told, url) = mpsc::channel();
    std::thread::spawn(move || {
        let ready = |url: &str| told.send(url.to_owned()).unwrap();
        serve_with(&options, std::sync::Arc::new(Light), ready).unwrap();
    });
    url.recv_timeout(Duration::from_secs(20)).unwrap()
}

/// A browser that was let in, or not.
#[derive(Debug, Clone)]
pub(super) struct Browser {
    pub(super) host: String,
    pub(super) cookie: Option<String>,
}

/// An answer of the server.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) head: String,
    pub(super) body: Vec<u8>,
}

impl Answer {
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.text()))
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Value of a header.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        let mut found = lines.filter(|(key, _)| key.eq_ignore_ascii_case(name));
        found.next().map(|(_, value)| value)
    }

    pub(super) fn code(&self) -> String {
        self.json()["error"]["code"].as_str().unwrap().to_owned()
    }
}

impl Browser {
    /// A browser that opened the printed address.
    pub(super) fn let_in(url: &str) -> Self {
        let mut browser = Self::outside(url);
        let (_, query) = url.rsplit_once('/').unwrap();
        let answer = browser.get(&format!("/{query}"));
        assert_eq!((answer.status, answer.header("location")), (303, Some("/")));
        let cookie = answer.header("set-cookie").unwrap();
        browser.cookie = Some(cookie.split(';').next().unwrap().to_owned());
        browser
    }

    /// A browser that was not let in.
    pub(super) fn outside(url: &str) -> Self {
        let (host, _) = url
            .strip_prefix("http://")
            .unwrap()
            .split_once('/')
            .unwrap();
        Self {
            host: host.to_owned(),
            cookie: None,
        }
    }

    pub(super) fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[], b"").unwrap()
    }

    pub(super) fn post(&self, path: &str, body: &Value) -> Answer {
        self.try_post(path, body).unwrap()
    }

    /// A post to a server that may be killed meanwhile.
    pub(super) fn try_post(&self, path: &str, body: &Value) -> std::io::Result<Answer> {
        let origin = format!("http://{}", self.host);
        let headers = [("Content-Type", "application/json"), ("Origin", &origin)];
        self.ask("POST", path, &headers, body.to_string().as_bytes())
    }

    /// Any request; headers given here stand in place of the usual ones.
    pub(super) fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> std::io::Result<Answer> {
        let mut stream = TcpStream::connect(&self.host)?;
        stream.set_read_timeout(Some(Duration::from_mins(1)))?;
        let mut head = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
        let mut add = |key: &str, value: &str| head.extend([key, ": ", value, "\r\n"]);
        if !headers.iter().any(|(key, _)| *key == "Host") {
            add("Host", &self.host);
        }
        if let Some(cookie) = &self.cookie {
            add("Cookie", cookie);
        }
        if !body.is_empty() {
            add("Content-Length", &body.len().to_string());
        }
        for (key, value) in headers {
            add(key, value);
        }
        head.push_str("\r\n");
        stream.write_all(head.as_bytes())?;
        // A server that refuses early closes before everything is sent.
        let _ = stream.write_all(body);
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        parse(&bytes)
    }
}

fn parse(bytes: &[u8]) -> std::io::Result<Answer> {
    let cut_off = || std::io::Error::from(std::io::ErrorKind::UnexpectedEof);
    let end = bytes
        .windows(4)
        .position(|w| w == b"\r\n\r\n")
        .ok_or_else(cut_off)?;
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let status = head.split(' ').nth(1).and_then(|s| s.parse().ok());
    let answer = Answer {
        status: status.ok_or_else(cut_off)?,
        body: bytes[end + 4..].to_vec(),
        head,
    };
    let length: Option<usize> = answer.header("content-length").and_then(|l| l.parse().ok());
    match length {
        Some(length) if answer.body.len() != length => Err(cut_off()),
        _ => Ok(answer),
    }
}

/// Path of a file of the database.
pub(super) fn database(folder: &Path) -> PathBuf {
    folder.join(crate::store::FILE_NAME)
}
