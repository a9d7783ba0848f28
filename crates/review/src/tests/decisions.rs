//! Decisions over HTTP: kept, taken back, signed, and never overwritten.

use isoboost_pipeline::Decision;
use serde_json::{Value, json};

use crate::desk::{Phase, Session};
use crate::engine::Engine;

use super::client::{Browser, STUDY, add_study, database, options, results, start};
use super::light::{Light, UNDRAWABLE};

fn of(action: &str) -> String {
    format!("/api/studies/{STUDY}/{action}")
}

fn reject(base: u64, finding: u32) -> Value {
    json!({"window": "w1", "who": "Ann", "base_revision": base,
        "decision": {"kind": "reject", "finding": finding, "reason": "ganglion"}})
}

fn step(base: u64) -> Value {
    json!({"window": "w1", "who": "Ann", "base_revision": base})
}

#[test]
fn a_decision_shows_in_study_trail_and_worklist() {
    let folder = results();
    let browser = Browser::let_in(&start(options(folder.path())));
    let study = browser.get(&format!("/api/studies/{STUDY}")).json();
    assert_eq!(
        (&study["status"], &study["revision"]),
        (&json!("new"), &json!(0))
    );
    assert_eq!(study["suggestion"]["lesions"].as_array().unwrap().len(), 4);
    assert!(study["current"].is_null());

    let decided = browser.post(&of("decisions"), &reject(0, 2)).json();
    assert_eq!(decided["revision"], 1);
    assert_eq!(decided["entry"]["who"], "Ann");
    assert_eq!(decided["entry"]["decision"]["reason"], "ganglion");
    assert_eq!(decided["entry"]["sentence"], "finding 2 rejected: ganglion");
    assert_eq!(decided["current"]["mi_tnm"], "miTr N1a M0 with 3");
    // The rest of what holds comes with it: no window has to ask for it.
    assert_eq!(decided["decisions"][0], decided["entry"]);
    assert_eq!(decided["events"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&decided["status"], &decided["can_undo"]),
        (&json!("in_review"), &json!(true))
    );
    browser.post(&of("decisions"), &reject(1, 3));

    let back = browser.post(&of("undo"), &step(2)).json();
    assert_eq!(
        (&back["revision"], &back["entry"]["undone"]),
        (&json!(3), &json!(true))
    );
    assert_eq!(back["current"]["mi_tnm"], "miTr N1a M0 with 3");
    let state = browser.get(&of("state")).json();
    assert_eq!(
        (&state["can_undo"], &state["can_redo"]),
        (&json!(true), &json!(true))
    );
    assert_eq!(state["undone"][0]["decision"]["finding"], 3);
    assert_eq!(state["decisions"].as_array().unwrap().len(), 2);
    let again = browser.post(&of("redo"), &step(3)).json();
    assert_eq!(again["entry"]["undone"], false);
    assert_eq!(again["current"]["mi_tnm"], "miTr N1a M0 with 2");

    let row = &browser.get("/api/studies").json()["studies"][0];
    assert_eq!(
        (&row["status"], &row["lesions"]),
        (&json!("in_review"), &json!(2))
    );
    assert_eq!(
        (&row["mi_tnm"], &row["reviewer"]),
        (&json!("miTr N1a M0 with 2"), &json!("Ann"))
    );
}

/// Between a decision and the drawing of its volumes there is no moment at which the volumes of
/// before pass for those of the decision.
#[test]
fn a_decision_is_never_shown_with_the_volumes_of_before() {
    let folder = results();
    let path = folder.path().join(STUDY);
    let study = Light.load(&path).unwrap().analyse().unwrap();
    let text = std::fs::read_to_string(path.join("report.json")).unwrap();
    let session = Session::new(&path, STUDY, serde_json::from_str(&text).unwrap());
    session.change(|current| current.stage(study.stage(&[]).unwrap(), &[]));
    assert_eq!(session.current().phase, Phase::Ready, "the suggestion");
    let decided = Decision::Accept { finding: 2 };
    session.change(|current| {
        current.trail.revision = 1;
        current.stage(study.stage(&[decided]).unwrap(), &[]);
    });
    assert_eq!(session.current().phase, Phase::Planning);
}

#[test]
fn a_decision_whose_volumes_cannot_be_drawn_can_be_taken_back() {
    let folder = results();
    let browser = Browser::let_in(&start(options(folder.path())));
    let mut stuck = reject(0, 2);
    stuck["decision"]["reason"] = json!(UNDRAWABLE);
    assert_eq!(browser.post(&of("decisions"), &stuck).status, 200);
    let until = |end: &str| {
        let mut study = browser.get(&format!("/api/studies/{STUDY}")).json();
        while study["state"] != end {
            assert_eq!(study["state"], "planning");
            study = browser.get(&format!("/api/studies/{STUDY}")).json();
        }
        study
    };
    let study = until("failed");
    let reason = study["reason"].as_str().unwrap();
    assert!(
        reason.contains("there is no room for the volumes"),
        "{reason}"
    );
    // By what is told here the page offers to undo it.
    assert_eq!(study["can_undo"], true);
    assert_eq!(study["current"]["mi_tnm"], "miTr N1a M0 with 3");
    assert_eq!(browser.post(&of("undo"), &step(1)).status, 200);
    assert_eq!(until("ready")["reason"], Value::Null);
}

#[test]
fn what_cannot_be_done_is_refused_and_not_kept() {
    let folder = results();
    let browser = Browser::let_in(&start(options(folder.path())));
    let impossible = browser.post(&of("decisions"), &reject(0, 99));
    assert_eq!(
        (impossible.status, impossible.code()),
        (422, "impossible".to_owned())
    );
    assert_eq!(impossible.json()["error"]["remedy"], "choose another one");
    for action in ["undo", "redo"] {
        assert_eq!(browser.post(&of(action), &step(0)).status, 422, "{action}");
    }
    assert_eq!(browser.get(&of("state")).json()["revision"], 0);
    let looked = browser.post(
        &of("preview"),
        &json!({"base_revision": 0, "decision": {"kind": "reject", "finding": 2}}),
    );
    assert_eq!(looked.json()["mi_tnm"], "miTr N1a M0 with 3");
    assert_eq!(
        browser.get(&of("state")).json()["revision"],
        0,
        "nothing is kept"
    );
}

#[test]
fn who_is_late_is_told_and_overwrites_nothing() {
    let folder = results();
    // Two servers on one folder, as of two people on one network drive.
    let ann = Browser::let_in(&start(options(folder.path())));
    let bo = Browser::let_in(&start(options(folder.path())));
    bo.post(&of("presence"), &json!({"window": "w2", "who": "Bo"}));
    let seen = bo
        .post(&of("presence"), &json!({"window": "w3", "who": "Cy"}))
        .json();
    assert_eq!(seen["others"][0]["who"], "Bo");
    assert_eq!(ann.post(&of("decisions"), &reject(0, 2)).status, 200);
    let late = bo.post(&of("decisions"), &reject(0, 3));
    assert_eq!((late.status, late.code()), (409, "conflict".to_owned()));
    assert_eq!(late.json()["revision"], 1);
    let others: Vec<Value> = late.json()["others"].as_array().unwrap().clone();
    let names: Vec<&str> = others.iter().map(|o| o["who"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        ["Bo", "Cy"],
        "the window that decided is another one"
    );
    let state = bo.get(&of("state")).json();
    assert_eq!(state["decisions"][0]["decision"]["finding"], 2);
    let decided = bo.post(&of("decisions"), &reject(1, 3)).json();
    assert_eq!(decided["current"]["mi_tnm"], "miTr N1a M0 with 2");
    let study = ann.get(&format!("/api/studies/{STUDY}")).json();
    assert_eq!(
        study["current"]["mi_tnm"], "miTr N1a M0 with 2",
        "Ann's server follows"
    );
}

#[test]
fn a_poll_ends_when_somebody_decides() {
    let folder = results();
    let browser = Browser::let_in(&start(options(folder.path())));
    browser.post(&of("decisions"), &reject(0, 2));
    let ready = |state: &str| {
        browser
            .get(&of(&format!("state?since=1&state={state}")))
            .json()
    };
    let mut state = ready("");
    while state["state"] != "ready" {
        state = ready(state["state"].as_str().unwrap());
    }
    let waiting = browser.clone();
    let poll = std::thread::spawn(move || waiting.get(&of("state?since=1&state=ready")).json());
    std::thread::sleep(std::time::Duration::from_millis(100));
    assert!(!poll.is_finished());
    browser.post(&of("decisions"), &reject(1, 3));
    assert_eq!(poll.join().unwrap()["revision"], 2);
}

#[test]
fn a_signature_covers_what_was_seen_and_ends_with_the_next_decision() {
    let folder = results();
    let browser = Browser::let_in(&start(options(folder.path())));
    browser.post(&of("decisions"), &reject(0, 2));
    let sign = |base: u64| {
        let mut body = step(base);
        body["reviewer"] = json!("Dr. Ann Smith");
        body["comment"] = json!("looked at with the CT");
        browser.post(&of("sign"), &body)
    };
    assert_eq!(sign(0).status, 409, "not what was seen");
    let signed = sign(1).json();
    let signature = &signed["signature"];
    assert_eq!(signature["reviewer"], "Dr. Ann Smith");
    assert_eq!(signature["changes"], json!(["3 lesions"]));
    assert_eq!(signature["folder"], format!("signed/{STUDY}/1"));
    let file = browser.get(&of("files/signed/1/report.json"));
    assert_eq!(file.text(), "Dr. Ann Smith");
    let status = || browser.get("/api/studies").json()["studies"][0]["status"].clone();
    assert_eq!(status(), "signed");
    let state = browser.get(&of("state")).json();
    assert_eq!(
        (&state["status"], &state["revision"]),
        (&json!("signed"), &json!(2))
    );
    assert_eq!(state["signature"]["comment"], "looked at with the CT");
    browser.post(&of("decisions"), &reject(2, 3));
    assert_eq!(status(), "in_review");
}

#[test]
fn a_signature_stands_though_its_files_cannot_appear() {
    let folder = results();
    let browser = Browser::let_in(&start(options(folder.path())));
    browser.post(&of("decisions"), &reject(0, 2));
    // Somebody keeps something in the place of the files.
    let place = folder.path().join("signed").join(STUDY).join("1");
    std::fs::create_dir_all(place.join("notes")).unwrap();
    let mut body = step(1);
    body["reviewer"] = json!("Ann");
    let signed = browser.post(&of("sign"), &body);
    assert_eq!(
        (signed.status, signed.code()),
        (500, "not_published".to_owned()),
        "it is not said that the signature is impossible"
    );
    assert_eq!(signed.json()["error"]["remedy"], "make room for it");
    assert_eq!(browser.get(&of("state")).json()["status"], "signed");
}

#[test]
fn a_review_is_there_after_a_restart_and_a_new_suggestion_starts_anew() {
    let folder = results();
    let first = Browser::let_in(&start(options(folder.path())));
    first.post(&of("decisions"), &reject(0, 2));
    let second = Browser::let_in(&start(options(folder.path())));
    let study = || {
        let mut study = second.get(&format!("/api/studies/{STUDY}")).json();
        while study["state"] != "ready" {
            study = second.get(&format!("/api/studies/{STUDY}")).json();
        }
        study
    };
    assert_eq!(study()["current"]["mi_tnm"], "miTr N1a M0 with 3");
    add_study(folder.path(), STUDY, |report| {
        report["provenance"]["fingerprint"] = json!("another");
    });
    // The folder is looked at again after two seconds.
    std::thread::sleep(std::time::Duration::from_millis(2100));
    let anew = study();
    assert_eq!(
        (&anew["status"], &anew["revision"]),
        (&json!("new"), &json!(0))
    );
    let kept = rusqlite::Connection::open(database(folder.path())).unwrap();
    let events: i64 = kept
        .query_row("SELECT count(*) FROM event", (), |row| row.get(0))
        .unwrap();
    assert_eq!(events, 1, "the old trail stays");
}

#[test]
fn pictures_come_in_the_size_that_is_asked_for() {
    let folder = results();
    let browser = Browser::let_in(&start(options(folder.path())));
    let slice = "slice.png?plane=axial&at=20&rect=0,0,100,50&size=200,100&show=pet&pet=0,10";
    let mut answer = browser.get(&of(slice));
    while answer.status == 503 {
        assert_eq!(answer.code(), "not_loaded");
        answer = browser.get(&of(slice));
    }
    assert_eq!(answer.header("content-type"), Some("image/png"));
    let side = |at: usize| u32::from_be_bytes(answer.body[at..at + 4].try_into().unwrap());
    assert_eq!([side(16), side(20)], [200, 100]);
    for wrong in [
        "slice.png?plane=axial&at=20&rect=0,0,100,50&size=0,100",
        "slice.png?plane=axial&at=20&rect=0,0,100,50&size=100000,100000",
        "slice.png?plane=axial&at=20&rect=0,0,100&size=200,100",
        "slice.png?plane=axial&at=20&rect=100,0,0,50&size=200,100",
        "slice.png?plane=axial&at=20&rect=0,0,100,50&size=200,100&pet=5,5",
        "slice.png?plane=axial&at=20&rect=0,0,100,50&size=200,100&map=rainbow",
        "probe?at=1,2",
    ] {
        assert_eq!(browser.get(&of(wrong)).status, 400, "{wrong}");
    }
    let probe = browser.get(&of("probe?at=80,80,20")).json();
    assert_eq!(probe, json!({"suv": 5.0, "hu": null, "inside": []}));
    let outlines = browser.get(&of("outlines?plane=axial&at=-500")).json();
    assert_eq!(outlines["revision"], 0);
}

#[test]
fn the_suggestion_is_outlined_from_its_files() {
    let folder = results();
    let browser = Browser::let_in(&start(options(folder.path())));
    let study = browser.get(&format!("/api/studies/{STUDY}")).json();
    let lesion = &study["suggestion"]["lesions"][0];
    let [x, y, z] = [0, 1, 2].map(|a| lesion["centroid_mm"][a].as_f64().unwrap());
    let outlines = browser
        .get(&of(&format!("outlines?plane=axial&at={z}")))
        .json();
    let outlines = outlines["outlines"].as_array().unwrap();
    let gtv = outlines
        .iter()
        .find(|o| o["finding"] == lesion["id"])
        .unwrap();
    assert_eq!((&gtv["kind"], &gtv["roi"]), (&json!("GTV"), &json!(1)));
    let ring = gtv["rings"][0].as_array().unwrap();
    let mean = |axis: usize| {
        let places = ring.iter().map(|place| place[axis].as_f64().unwrap());
        places.sum::<f64>() / ring.len() as f64
    };
    assert!((mean(0) - x).abs() < 3.0 && (mean(1) - y).abs() < 3.0);
    assert!(outlines.iter().any(|o| o["kind"] == "PTV"));
}
