//! A study opened again is what the batch left.

use std::path::Path;

use super::{run_request, scan};
use crate::{OpenStudy, StudyError, StudyImages, StudyRequest, run};

use std::sync::Arc;

fn copied(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copied(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}

#[test]
fn without_a_decision_the_report_has_the_bytes_of_the_batch() {
    let out = tempfile::tempdir().unwrap();
    let summary = run(&run_request(out.path().to_path_buf()), &|_| ()).unwrap();
    let folder = out.path().join(&summary.studies[0].folder);
    let request = StudyRequest::read(&folder).unwrap();
    assert_eq!(request.study_uid(), summary.studies[0].study_uid);
    let images = Arc::new(StudyImages::load(&request).unwrap());
    assert_eq!(images.suv().grid().shape(), [94, 88, 88]);
    let study = OpenStudy::analyse(&request, images).unwrap();
    assert_eq!(study.fingerprint(), request.fingerprint());
    let staged = study.stage(&[]).unwrap();
    assert_eq!(staged.staging, *study.suggestion());
    assert!(staged.report.targets.is_empty());
    let reviewed = study.plan(&staged).unwrap();
    let batch = std::fs::read_to_string(folder.join("report.json")).unwrap();
    assert!(
        reviewed.report.to_json().unwrap() == batch,
        "the report differs"
    );
    assert_eq!(reviewed.targets.len(), reviewed.report.targets.len());
    assert_eq!(reviewed.field.is_some(), reviewed.report.field.is_some());

    // The same from a copy of the images elsewhere.
    let moved = tempfile::tempdir().unwrap();
    copied(&scan(), moved.path());
    let elsewhere = request
        .clone()
        .with_images(vec![moved.path().to_path_buf()]);
    let images = Arc::new(StudyImages::load(&elsewhere).unwrap());
    OpenStudy::analyse(&elsewhere, Arc::clone(&images)).unwrap();

    // An object that is not what it was.
    let slice = std::fs::read_dir(moved.path().join("CT")).unwrap().next();
    let slice = slice.unwrap().unwrap().path();
    let mut bytes = std::fs::read(&slice).unwrap();
    bytes.extend([0; 2]);
    std::fs::write(&slice, bytes).unwrap();
    let error = OpenStudy::analyse(&elsewhere, images).unwrap_err();
    assert!(matches!(error, StudyError::Reopen(_)), "{error}");
    assert!(error.to_string().contains("run the study again"), "{error}");
}

#[test]
fn images_that_are_gone_are_asked_for() {
    let out = tempfile::tempdir().unwrap();
    let summary = run(&run_request(out.path().to_path_buf()), &|_| ()).unwrap();
    let folder = out.path().join(&summary.studies[0].folder);
    let request = StudyRequest::read(&folder).unwrap();
    let nowhere = out.path().join("nowhere");
    let error = StudyImages::load(&request.clone().with_images(vec![nowhere])).unwrap_err();
    assert!(error.to_string().contains("--images"), "{error}");
    let empty = tempfile::tempdir().unwrap();
    let elsewhere = request.with_images(vec![empty.path().to_path_buf()]);
    let error = StudyImages::load(&elsewhere).unwrap_err().to_string();
    assert!(error.contains("is not found in"), "{error}");
    assert!(error.contains("--images"), "{error}");
}

#[test]
fn a_request_that_is_none_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let error = StudyRequest::read(folder.path()).unwrap_err().to_string();
    assert!(error.contains("run the study again"), "{error}");
    for text in ["", "{}", "[1]", "{\"schema\": \"isoboost.request/1\"}"] {
        std::fs::write(folder.path().join("request.json"), text).unwrap();
        let error = StudyRequest::read(folder.path()).unwrap_err().to_string();
        assert!(error.contains("is no request of a study"), "{error}");
    }
}

#[test]
fn a_program_is_not_started_by_a_result_folder() {
    let study = super::phantom();
    let request = StudyRequest::of(&study.images().job(), study.fingerprint()).unwrap();
    let text = request.to_json().unwrap();
    let text = text.replacen(
        "command = []",
        r#"command = [\"touch\", \"{ct}\", \"{output}\"]"#,
        1,
    );
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("request.json"), text).unwrap();
    let request = StudyRequest::read(folder.path()).unwrap();
    let images = Arc::new(StudyImages::load(&request).unwrap());
    let error = OpenStudy::analyse(&request, Arc::clone(&images)).unwrap_err();
    assert!(
        error.to_string().contains("drawn by the program `touch`"),
        "{error}"
    );
    let allowed = request.with_anatomy_command();
    let error = OpenStudy::analyse(&allowed, images).unwrap_err();
    assert!(!error.to_string().contains("must not start"), "{error}");
}

#[test]
fn an_open_study_can_be_shared_between_threads() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<OpenStudy>();
    shared::<StudyImages>();
    shared::<StudyRequest>();
}
