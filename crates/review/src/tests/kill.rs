//! A server that is killed at any moment loses no decision that it told as saved.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::json;

use super::client::{Browser, STUDY, database, options, results};
use super::light::Light;
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
    let mut copy = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "--nocapture",
            "tests::kill::serves_in_the_copy_that_is_killed",
        ])
        .env(FOLDER, folder)
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
