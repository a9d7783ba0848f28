//! A study that is opened again for review, from what lies in its result folder alone.

use std::path::Path;
use std::sync::Arc;

use isoboost_pipeline::{OpenStudy, StudyImages, StudyRequest};

/// Opens a study again from its result folder and lays no decision over it: what comes of it must
/// have the bytes of the batch's report.
///
/// # Panics
/// When it cannot be opened, or where the two reports differ first.
pub fn check_reopened(study: &Path) {
    let request = StudyRequest::read(study).unwrap_or_else(|error| panic!("{error}"));
    let images = StudyImages::load(&request).unwrap_or_else(|error| panic!("{error}"));
    let open = OpenStudy::analyse(&request, Arc::new(images));
    let open = open.unwrap_or_else(|error| panic!("{error}"));
    let staged = open.stage(&[]).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(staged.staging, *open.suggestion());
    let reviewed = open.plan(&staged).unwrap_or_else(|error| panic!("{error}"));
    let ours = reviewed.report.to_json().expect("a report is JSON");
    let batch = std::fs::read_to_string(study.join("report.json")).expect("a report is there");
    let lines = batch.lines().zip(ours.lines()).enumerate();
    for (n, (batch, ours)) in lines {
        assert_eq!(ours, batch, "line {} of the report", n + 1);
    }
    assert!(ours == batch, "one report is longer");
}
