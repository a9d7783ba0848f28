//! A server that is killed at any moment loses no decision that it told as saved.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use super::client::{Browser, STUDY, database, options, results};
use super::light::{DIES, Light};
use crate::server::serve_with;
use crate::store::{ReviewKey, Store};

/// Names the folder to a copy of this program that serves it.
const FOLDER: &str = "ISOBOOST_TEST_SERVES";
const KILLS: u64 = 100;

/// In the copy, serves until it is killed; elsewhere there is nothing to do.
#[test]
fn serves_in_the_copy_that_is_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else {
        return;
    };
    let ready = |url: &str| println!("\nurl {url}");
    serve_with(&options(Path::new(&folder)), Arc::new(Light), ready).unwrap();
}

fn serve_in_a_copy(folder: &Path) -> (Child, Browser) {
    serve_until(folder, "the end")
}

/// Serves in a copy that dies by itself at a step of a signature.
fn serve_until(folder: &Path, step: &str) -> (Child, Browser) {
    let mut copy = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "--nocapture",
            "tests::kill::serves_in_the_copy_that_is_killed",
        ])
        .env(FOLDER, folder)
        .env(DIES, step)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(copy.stdout.take().unwrap()).lines();
    let url = lines
        .map(|line| line.unwrap())
        .find_map(|line| line.strip_prefix("url ").map(str::to_owned));
    (copy, Browser::let_in(&url.unwrap()))
}

/// Decides as fast as the server answers; the numbers of what it told as saved.
fn decide_until_it_ends(browser: &Browser, mut revision: u64, count: &AtomicU64) -> Vec<i64> {
    let mut saved = Vec::new();
    loop {
        let decision = json!({"window": "w", "who": "Ann", "base_revision": revision,
            "decision": {"kind": "accept", "finding": 1 + revision % 4}});
        let path = format!("/api/studies/{STUDY}/decisions");
        match browser.try_post(&path, &decision) {
            Ok(answer) if answer.status == 200 => {
                revision += 1;
                saved.push(answer.json()["entry"]["id"].as_i64().unwrap());
                count.fetch_add(1, Ordering::Relaxed);
            }
            Ok(answer) => panic!("{}: {}", answer.status, answer.text()),
            Err(_) => return saved,
        }
    }
}

/// Signs on a server that dies at a step; what is left is then served again, and the state that
/// this tells is answered.
fn state_after_death_at(folder: &Path, step: &str) -> Value {
    let (mut copy, browser) = serve_until(folder, step);
    let path = format!("/api/studies/{STUDY}/sign");
    let body = json!({"window": "w", "who": "Ann", "base_revision": 0, "reviewer": "Ann"});
    assert!(browser.try_post(&path, &body).is_err(), "it died");
    copy.wait().unwrap();
    assert!(!folder.join(format!("signed/{STUDY}/1")).exists());
    let hidden = folder.join(format!("signed/{STUDY}/.isoboost-signed-1"));
    assert!(hidden.exists(), "it was written");
    let (mut copy, browser) = serve_in_a_copy(folder);
    assert!(!hidden.exists(), "it is settled");
    let state = browser.get(&format!("/api/studies/{STUDY}/state")).json();
    copy.kill().unwrap();
    copy.wait().unwrap();
    state
}

#[test]
fn approved_results_whose_signature_is_not_in_the_trail_never_appear() {
    let folder = results();
    let state = state_after_death_at(folder.path(), "written");
    assert_eq!(
        (&state["status"], &state["revision"]),
        (&json!("new"), &json!(0))
    );
    assert!(!folder.path().join(format!("signed/{STUDY}/1")).exists());
}

#[test]
fn a_signature_in_the_trail_gets_its_results_after_a_kill() {
    let folder = results();
    let state = state_after_death_at(folder.path(), "noted");
    assert_eq!(
        (&state["status"], &state["revision"]),
        (&json!("signed"), &json!(1))
    );
    let place = state["signature"]["folder"].as_str().unwrap();
    assert_eq!(place, format!("signed/{STUDY}/1"));
    let report = std::fs::read_to_string(folder.path().join(place).join("report.json"));
    assert_eq!(report.unwrap(), "Ann");
}

#[test]
fn no_decision_that_was_told_as_saved_is_lost() {
    let folder = results();
    let mut saved: Vec<i64> = Vec::new();
    let mut revision = 0;
    for round in 0..KILLS {
        let (mut copy, browser) = serve_in_a_copy(folder.path());
        let count = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&count);
        let decider =
            std::thread::spawn(move || decide_until_it_ends(&browser, revision, &counted));
        // After none to four decisions, and at any moment of the one after them.
        while count.load(Ordering::Relaxed) < round % 5 && !decider.is_finished() {
            std::thread::sleep(Duration::from_micros(200));
        }
        std::thread::sleep(Duration::from_micros(round * 7919 % 100 * 150));
        // SIGKILL: nothing of the process gets to tidy up.
        copy.kill().unwrap();
        copy.wait().unwrap();
        saved.extend(decider.join().unwrap());
        let store = Store::open(folder.path()).unwrap();
        let events = store.events_after(0).unwrap();
        let kept: Vec<i64> = events.iter().map(|event| event.id).collect();
        let lost: Vec<&i64> = saved.iter().filter(|id| !kept.contains(id)).collect();
        assert!(lost.is_empty(), "round {round}: {lost:?}");
        revision = events.last().map_or(0, |event| event.revision);
        assert_eq!(revision, kept.len() as u64, "no gap");
    }
    let connection = rusqlite::Connection::open(database(folder.path())).unwrap();
    let health: String = connection
        .query_row("PRAGMA integrity_check", (), |row| row.get(0))
        .unwrap();
    assert_eq!(health, "ok");
    assert!(
        saved.len() > 100,
        "only {} decisions were under way",
        saved.len()
    );
    let store = Store::open(folder.path()).unwrap();
    let key: ReviewKey = store.events_after(0).unwrap().remove(0).key;
    assert_eq!(
        store.trail(&key).unwrap().standing_decisions().count() as u64,
        revision
    );
}
