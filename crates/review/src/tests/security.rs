//! What must be refused, and what must be inert.

use std::net::{IpAddr, Ipv4Addr};

use serde_json::json;

use super::client::{Browser, STUDY, add_study, options, results, start};
use crate::server::{ReviewError, serve_with};

fn decision(base: u64) -> serde_json::Value {
    json!({"window": "w", "who": "Ann", "base_revision": base,
        "decision": {"kind": "accept", "finding": 1}})
}

#[test]
fn nothing_is_shown_without_the_cookie() {
    let folder = results();
    let url = start(options(folder.path()));
    let outside = Browser::outside(&url);
    for path in [
        "/",
        "/assets/index.html",
        "/api/session",
        "/api/options",
        "/api/studies",
        "/api/studies/study-1",
        "/api/studies/study-1/state",
        "/api/studies/study-1/files/report.json",
        "/api/nothing",
        "/login",
    ] {
        let answer = outside.get(path);
        assert_eq!(answer.status, 401, "{path}");
        assert!(!answer.text().contains("PELVIS"), "{path}");
    }
    let posted = outside.post(&format!("/api/studies/{STUDY}/decisions"), &decision(0));
    assert_eq!(
        (posted.status, posted.code()),
        (401, "not_let_in".to_owned())
    );
    let wrong = format!("/?token={}", "0".repeat(64));
    assert_eq!(outside.get(&wrong).status, 403);
    assert!(outside.get(&wrong).header("set-cookie").is_none());
    let forged = Browser {
        cookie: Some(format!("isoboost_session_{}={}", 1, "0".repeat(64))),
        ..outside
    };
    assert_eq!(forged.get("/api/session").status, 401);
    let browser = Browser::let_in(&url);
    assert_eq!(browser.get("/api/session").json()["user"], "ann");
}

#[test]
fn every_answer_tells_browsers_to_trust_nothing_else() {
    let folder = results();
    let url = start(options(folder.path()));
    let browser = Browser::let_in(&url);
    for path in ["/", "/api/studies", "/api/nothing", "/assets/nothing.js"] {
        let answer = browser.get(path);
        let header = |name| answer.header(name).unwrap_or_default().to_owned();
        let policy = header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"));
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"));
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("x-frame-options"), "DENY");
        assert_eq!(header("referrer-policy"), "no-referrer");
        assert_eq!(header("cross-origin-resource-policy"), "same-origin");
    }
    let data = browser.get("/api/studies");
    assert_eq!(data.header("cache-control"), Some("no-store"));
    assert_eq!(data.header("content-type"), Some("application/json"));
}

#[test]
fn other_sites_cannot_ask() {
    let folder = results();
    let url = start(options(folder.path()));
    let browser = Browser::let_in(&url);
    let port = browser.host.rsplit_once(':').unwrap().1.to_owned();
    let evil = format!("evil.example:{port}");
    let rebound = browser.ask("GET", "/api/studies", &[("Host", &evil)], b"");
    assert_eq!(rebound.unwrap().code(), "foreign_host");
    let path = format!("/api/studies/{STUDY}/decisions");
    let body = decision(0).to_string();
    let json = ("Content-Type", "application/json");
    for origin in [
        "http://evil.example",
        "null",
        "https://localhost",
        "http://127.0.0.1:1",
    ] {
        let headers = [json, ("Origin", origin)];
        let answer = browser
            .ask("POST", &path, &headers, body.as_bytes())
            .unwrap();
        assert_eq!(
            (answer.status, answer.code()),
            (403, "foreign_origin".to_owned())
        );
    }
    let without = browser
        .ask("POST", &path, &[json], body.as_bytes())
        .unwrap();
    assert_eq!(without.code(), "foreign_origin");
    let state = browser.get(&format!("/api/studies/{STUDY}/state")).json();
    assert_eq!(state["revision"], 0, "nothing was decided");
}

#[test]
fn no_path_leads_out_of_the_result_folder() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("results");
    add_study(&folder, STUDY, |_| ());
    add_study(parent.path(), "outside", |_| ());
    std::fs::write(parent.path().join("secret"), "secret").unwrap();
    let browser = Browser::let_in(&start(options(&folder)));
    for path in [
        "/api/studies/..",
        "/api/studies/../outside",
        "/api/studies/..%2foutside",
        "/api/studies/..%2Foutside/files/report.json",
        "/api/studies/%2e%2e%2foutside/state",
        "/api/studies/..%5coutside",
        "/api/studies/study-1%00",
        "/api/studies/%ff",
        "/api/studies/study-1/files/..%2f..%2fsecret",
        "/api/studies/study-1/files/../../secret",
        "/api/studies/study-1/files/%2fetc%2fpasswd",
        "/api/studies/study-1/files/isoboost.db",
        "/api/studies/study-1/files/signed%2f..%2f..%2fsecret",
        "/api/studies/study-1/files/request.json",
        "/assets/..%2fsrc%2flib.rs",
        "/assets/../Cargo.toml",
        "/assets/%2fetc%2fpasswd",
        "//etc/passwd",
    ] {
        let answer = browser.get(path);
        assert!(
            matches!(answer.status, 400 | 404),
            "{path}: {}",
            answer.status
        );
        assert!(!answer.text().contains("secret"), "{path}");
    }
    let file = browser.get("/api/studies/study-1/files/report.json");
    assert_eq!(file.status, 200);
    let saved = file.header("content-disposition").unwrap();
    assert_eq!(saved, "attachment; filename=\"study-1-report.json\"");
}

#[test]
fn bodies_are_taken_strictly() {
    let folder = results();
    let browser = Browser::let_in(&start(options(folder.path())));
    let origin = format!("http://{}", browser.host);
    let post = |kind: &str, body: &[u8]| {
        let headers = [("Content-Type", kind), ("Origin", origin.as_str())];
        let path = format!("/api/studies/{STUDY}/decisions");
        browser.ask("POST", &path, &headers, body).unwrap()
    };
    let json = "application/json";
    let whole = decision(0).to_string();
    let large = format!("{{\"window\":\"{}\"}}", "x".repeat(1 << 20));
    let deep = "[".repeat(100_000);
    let deep_margin = whole.replace(
        r#""kind":"accept""#,
        &format!(r#""kind":"margins","ctv_mm":{deep}"#),
    );
    let with = |key: &str, value: serde_json::Value| {
        let mut body = decision(0);
        body[key] = value;
        body.to_string()
    };
    for (kind, body, status) in [
        ("text/plain", whole.as_str(), 415),
        ("application/x-www-form-urlencoded", "window=w", 415),
        (json, large.as_str(), 413),
        (json, "", 400),
        (json, "{", 400),
        (json, &whole[..whole.len() - 1], 400),
        (json, deep.as_str(), 422),
        (json, &deep_margin, 400),
        (json, "[]", 422),
        (json, "{}", 422),
        (json, &with("other", json!(1)), 422),
        (json, &with("base_revision", json!(-1)), 422),
        (json, &with("base_revision", json!("0")), 422),
        (json, &with("decision", json!({"kind": "accept"})), 422),
        (json, &with("decision", json!({"kind": "explode"})), 422),
        (
            json,
            &with("decision", json!({"kind": "accept", "finding": 1, "x": 1})),
            422,
        ),
        (json, &with("who", json!("")), 422),
        (json, &with("who", json!("x".repeat(65))), 422),
        (json, &with("who", json!("a\nb")), 422),
    ] {
        let answer = post(kind, body.as_bytes());
        assert_eq!(
            answer.status,
            status,
            "{kind} {:.60}: {}",
            body,
            answer.text()
        );
        assert!(answer.json()["error"]["remedy"].is_string());
    }
    assert_eq!(
        post("application/json; charset=utf-8", whole.as_bytes()).status,
        200
    );
}

#[test]
fn other_methods_and_queries_are_refused() {
    let folder = results();
    let browser = Browser::let_in(&start(options(folder.path())));
    let origin = format!("http://{}", browser.host);
    let ask = |method, path| {
        let headers = [("Origin", origin.as_str())];
        browser.ask(method, path, &headers, b"").unwrap()
    };
    for (method, path) in [
        ("DELETE", "/api/studies/study-1"),
        ("PUT", "/api/studies/study-1/decisions"),
        ("GET", "/api/studies/study-1/decisions"),
        ("POST", "/api/studies"),
    ] {
        assert_eq!(ask(method, path).status, 405, "{method} {path}");
    }
    for path in [
        "/api/studies?size=many",
        "/api/studies?other=1",
        "/api/studies?sort=name",
        "/api/studies?status=lost",
        "/api/studies/study-1/state?other=1",
        "/api/studies/study-1/outlines?plane=oblique&at=0",
        "/api/studies/study-1/outlines?plane=axial&at=NaN",
        "/api/studies/study-1/outlines?plane=axial",
    ] {
        let answer = browser.get(path);
        assert_eq!(
            (answer.status, answer.code()),
            (400, "malformed".to_owned()),
            "{path}"
        );
    }
}

#[test]
fn markup_in_names_is_data_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let markup = "<script>alert(1)</script><img src=x onerror=alert(2)>";
    add_study(folder.path(), STUDY, |report| {
        report["study"]["patient_id"] = json!(markup);
        report["pet"]["tracer"] = json!(markup);
        report["provenance"]["selection"] = json!([format!("series 4 `{markup}` is the PET")]);
    });
    let browser = Browser::let_in(&start(options(folder.path())));
    for path in ["/api/studies", "/api/studies/study-1"] {
        let answer = browser.get(path);
        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert!(answer.text().contains("<script>"));
    }
    let study = browser.get("/api/studies/study-1").json();
    assert_eq!(study["suggestion"]["study"]["patient_id"], markup);
    let page = browser.get("/");
    assert_eq!(
        page.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    assert!(!page.text().contains("alert("));
    std::fs::write(folder.path().join("study-1/report.html"), markup).unwrap();
    let report = browser.get("/api/studies/study-1/files/report.html");
    let policy = report.header("content-security-policy").unwrap();
    assert!(
        policy.contains("sandbox") && !policy.contains("script-src"),
        "{policy}"
    );
}

#[test]
fn other_machines_need_a_password() {
    let folder = results();
    let everywhere = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    let mut open = options(folder.path());
    open.bind = Some(everywhere);
    let refused = serve_with(&open, std::sync::Arc::new(super::light::Light), |_| ());
    assert!(matches!(refused, Err(ReviewError::Unguarded(a)) if a == everywhere));
    let password = folder.path().join("password");
    std::fs::write(&password, "correct horse\n").unwrap();
    open.password_file = Some(password);
    open.machine = Some("127.0.0.1".to_owned());
    let url = start(open);
    assert!(!url.contains("token"));
    let browser = Browser::outside(&url);
    let front = browser.get("/");
    assert_eq!(
        (front.status, front.header("location")),
        (303, Some("/login"))
    );
    assert_eq!(browser.get("/api/studies").status, 401);
    assert!(browser.get("/login").text().contains("not encrypted"));
    let origin = format!("http://{}", browser.host);
    let log_in = |origin: &str, guess: &str| {
        let kind = ("Content-Type", "application/x-www-form-urlencoded");
        let body = format!("password={guess}");
        let headers = [kind, ("Origin", origin)];
        browser
            .ask("POST", "/login", &headers, body.as_bytes())
            .unwrap()
    };
    assert_eq!(log_in("http://evil.example", "correct+horse").status, 403);
    assert_eq!(log_in(&origin, "wrong").status, 403);
    let right = log_in(&origin, "correct+horse");
    assert_eq!((right.status, right.header("location")), (303, Some("/")));
    let cookie = right
        .header("set-cookie")
        .unwrap()
        .split(';')
        .next()
        .unwrap();
    let inside = Browser {
        cookie: Some(cookie.to_owned()),
        ..browser.clone()
    };
    assert_eq!(inside.get("/api/studies").status, 200);
    for _ in 0..5 {
        assert_eq!(log_in(&origin, "wrong").status, 403);
    }
    assert_eq!(log_in(&origin, "correct+horse").status, 429);
}
