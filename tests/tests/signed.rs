//! What a person signed: approved objects beside a suggestion that stays as it is.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use isoboost_pipeline::{
    Decision, OpenStudy, Signature, SignedResult, StudyError, StudyImages, StudyRequest,
    export_signed,
};
use isoboost_tests::{
    check_script, dciodvfy_errors, finish, has_program, isoboost, only_study, report, succeed,
    workspace,
};
use serde_json::{Value, json};
use tempfile::TempDir;

/// The shipped scan's results, and the study opened from them.
struct Desk {
    results: TempDir,
    open: OpenStudy,
}

fn run(results: &Path, options: &[&str]) {
    let input = workspace().join("fixtures/pelvis-bed-node");
    let mut run = isoboost();
    run.arg("run").arg(input).args(options);
    succeed(run.arg("--out").arg(results));
}

impl Desk {
    fn new() -> Self {
        let results = tempfile::tempdir().unwrap();
        run(results.path(), &[]);
        let request = StudyRequest::read(&only_study(results.path())).unwrap();
        let images = Arc::new(StudyImages::load(&request).unwrap());
        let open = OpenStudy::analyse(&request, images).unwrap();
        Self { results, open }
    }

    fn suggestion(&self) -> PathBuf {
        only_study(self.results.path())
    }

    fn sign(&self, decisions: &[Value], signature: &Signature) -> Result<SignedResult, StudyError> {
        let decisions: Vec<Decision> = decisions
            .iter()
            .map(|decision| serde_json::from_value(decision.clone()).unwrap())
            .collect();
        let staged = self.open.stage(&decisions).unwrap();
        let reviewed = self.open.plan(&staged).unwrap();
        export_signed(&self.open, &reviewed, signature, self.results.path())
    }
}

fn signature(at: &str) -> Signature {
    Signature {
        reviewer: "Grün^Zoë^^Dr.".to_owned(),
        organisation: Some("Klinik Höhe".to_owned()),
        at: at.parse().unwrap(),
        comment: Some("node 2 is the ureter\nsee März".to_owned()),
    }
}

/// Every file under a folder with its bytes.
fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_path_buf();
                files.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    files
}

fn json_of(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn decisions() -> Vec<Value> {
    vec![
        json!({"kind": "reject", "finding": 2, "reason": "it is the ureter"}),
        json!({"kind": "margins", "finding": 3, "ctv_mm": null, "ptv_mm": 8.0}),
        json!({"kind": "dose", "finding": 4, "total_gy": 60.0, "fractions": 20}),
        json!({"kind": "delineate", "finding": 4, "rule": {"percent-of-max": 45.0}}),
    ]
}

/// The signed structure set as pydicom reads it: approved, with the targets of the signed report.
fn check_structures(folder: &Path, signed: &Value) {
    let Some(told) = check_script("describe_rtstruct.py", &[&folder.join("rtstruct.dcm")]) else {
        return;
    };
    assert_eq!(told["approval"], "APPROVED");
    assert_eq!(told["reviewer"], "Grün^Zoë^^Dr.");
    assert_eq!(told["reviewed"], json!(["20261126", "194500"]));
    assert_eq!(told["instance"], signed["provenance"]["rtstruct_uid"]);
    let words = told["words"].as_str().unwrap();
    let end = "reviewed and approved by Dr. Zoë Grün, Klinik Höhe: node 2 is the ureter\nsee März";
    assert!(words.ends_with(end), "{words}");
    let rois = told["rois"].as_array().unwrap();
    let targets = signed["targets"].as_array().unwrap();
    let names = |all: &[Value]| -> Vec<Value> { all.iter().map(|r| r["name"].clone()).collect() };
    assert_eq!(names(rois), names(targets));
    for roi in rois {
        let text = roi["description"].as_str().unwrap();
        assert!(text.starts_with("Reviewed, "), "{text}");
    }
    // By hand: all that is grown from the outline of lesion 4, and what has the margin of lesion 3.
    for (target, roi) in targets.iter().zip(rois) {
        let is_of = |lesion| target["lesion_ids"] == json!([lesion]);
        let by_hand = is_of(4) || (is_of(3) && target["kind"] == "PTV");
        let algorithm = if by_hand {
            "SEMIAUTOMATIC"
        } else {
            "AUTOMATIC"
        };
        assert_eq!(roi["algorithm"], algorithm, "{}", roi["name"]);
    }
    let of_lesion_3 = targets.iter().zip(rois);
    let of_lesion_3 = of_lesion_3.filter(|(t, _)| t["lesion_ids"] == json!([3]));
    let [_, _, (ptv, roi)] = of_lesion_3.collect::<Vec<_>>()[..] else {
        panic!("GTV, CTV and PTV of lesion 3");
    };
    assert_eq!(ptv["margin_mm"]["left"], 8.0);
    let text = roi["description"].as_str().unwrap();
    assert!(text.contains("margin 8 mm"), "{text}");
}

/// The lesions' objects as highdicom reads them: verified, without the lesion that was rejected.
fn check_lesions(folder: &Path, signed: &Value) {
    let Some(told) = check_script("check_objects.py", &[folder]) else {
        return;
    };
    assert_eq!(told["seg_uid"], signed["provenance"]["seg_uid"]);
    assert_eq!(told["sr_uid"], signed["provenance"]["sr_uid"]);
    let report = &told["report"];
    assert_eq!(report["completion"], "COMPLETE");
    assert_eq!(report["verification"], "VERIFIED");
    assert_eq!(report["preliminary"], "FINAL");
    assert_eq!(report["verified"][0][0], "Grün^Zoë^^Dr.");
    assert_eq!(report["groups"].as_array().unwrap().len(), 3);
    let labels: Vec<&Value> = told["segments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|segment| &segment["tracking_id"])
        .collect();
    assert_eq!(labels, ["lesion 1", "lesion 3", "lesion 4"]);
}

/// What report and changes say of the review.
fn check_words(folder: &Path, suggestion: &Path) -> Value {
    let signed = report(folder);
    let suggested = report(suggestion);
    let review = &signed["review"];
    assert_eq!(review["reviewer"], "Dr. Zoë Grün");
    assert_eq!(review["signed_at"], "2026-11-26T19:45:00+01:00");
    assert_eq!(review["decisions"], 4);
    assert_eq!(suggested["review"], json!(null));
    assert!(
        !signed["disclaimer"]
            .as_str()
            .unwrap()
            .contains("unapproved")
    );
    for uid in ["rtstruct_uid", "seg_uid", "sr_uid"] {
        assert_ne!(signed["provenance"][uid], suggested["provenance"][uid]);
    }
    let changes = json_of(&folder.join("changes.json"));
    assert_eq!(changes["schema"], "isoboost.changes/1");
    assert_eq!(changes["decisions"].as_array().unwrap().len(), 4);
    let sentences: Vec<&str> = changes["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| change["sentence"].as_str().unwrap())
        .collect();
    for beginning in [
        "Lesion 2 (pelvic node, right common iliac node, miN1) was excluded: rejected by the \
         reviewer: it is the ureter.",
        "Recommendation: upper border of the pelvic volume from aortic bifurcation to L5/S1.",
        "PTV_N_1 was removed (",
        "The margin of PTV_N_1 went from 5 mm to 8 mm.",
        "The dose of PTV_N_2 went from 66 Gy in 30 fractions to 60 Gy in 20 fractions.",
    ] {
        let is_said = sentences.iter().any(|s| s.starts_with(beginning));
        assert!(is_said, "{beginning}: {sentences:#?}");
    }
    assert_eq!(json!(sentences), review["changes"]);
    signed
}

/// What was signed outlasts new runs, and is no study of its own.
fn check_reruns(desk: &Desk, of_study: &Path, before: &BTreeMap<PathBuf, Vec<u8>>) {
    let all = contents(of_study);
    run(desk.results.path(), &[]);
    run(desk.results.path(), &["--force"]);
    assert!(contents(of_study) == all);
    assert!(contents(&desk.suggestion()) == *before);
    let (code, cohort, _) = finish(
        isoboost()
            .arg("cohort")
            .arg(desk.results.path())
            .arg("--json"),
    );
    assert_eq!(code, 0);
    let cohort: Value = serde_json::from_str(&cohort).unwrap();
    assert_eq!(cohort["studies"].as_array().unwrap().len(), 1);
}

#[test]
fn what_was_signed_lies_approved_beside_the_suggestion() {
    let desk = Desk::new();
    let before = contents(&desk.suggestion());
    let now = signature("2026-11-26T19:45:00+01:00");
    let first = desk.sign(&decisions(), &now).unwrap();
    assert_eq!(first.number, 1);
    let name = desk.suggestion().file_name().unwrap().to_owned();
    let of_study = desk.results.path().join("signed").join(name);
    assert_eq!(first.folder, of_study.join("1"));
    assert!(contents(&desk.suggestion()) == before);

    let signed = check_words(&first.folder, &desk.suggestion());
    check_structures(&first.folder, &signed);
    check_lesions(&first.folder, &signed);
    if has_program("dciodvfy") {
        for file in ["rtstruct.dcm", "seg.dcm", "sr.dcm"] {
            let errors = dciodvfy_errors(&first.folder.join(file));
            assert_eq!(errors, Vec::<String>::new(), "{file}");
        }
    }

    // The same signature gives the same bytes in a folder of its own, a later one other objects.
    let again = desk.sign(&decisions(), &now).unwrap();
    let later = desk.sign(&decisions(), &signature("2026-11-27T08:00:00+01:00"));
    let later = later.unwrap();
    assert_eq!((again.number, later.number), (2, 3));
    assert!(contents(&again.folder) == contents(&first.folder));
    let later = report(&later.folder);
    assert_ne!(
        later["provenance"]["rtstruct_uid"],
        signed["provenance"]["rtstruct_uid"]
    );

    check_reruns(&desk, &of_study, &before);
}

#[test]
fn a_study_whose_lesions_are_all_rejected_is_signed_without_targets() {
    let desk = Desk::new();
    let reject = |finding| json!({"kind": "reject", "finding": finding, "reason": "physiological"});
    let decisions: Vec<Value> = (1..=4).map(reject).collect();
    let now = signature("2026-11-26T19:45:00+01:00");
    let signed = desk.sign(&decisions, &now).unwrap();
    for file in ["rtstruct.dcm", "seg.dcm", "sr.dcm", "targets.nii.gz"] {
        assert!(!signed.folder.join(file).exists(), "{file}");
    }
    let report = report(&signed.folder);
    assert_eq!(report["lesions"], json!([]));
    assert_eq!(report["targets"], json!([]));
    assert_eq!(report["mi_tnm"], "miT0 N0 M0");
    assert_eq!(report["provenance"]["rtstruct_uid"], json!(null));
    let said = |text: &str| signed.changes.iter().any(|c| c.sentence.contains(text));
    assert!(said("Lesion 1 (prostate bed"));
    assert!(said("The pattern went from bed and node to negative."));
    assert!(said(
        "Recommendation: no longer pelvic rt, node boost, bed boost"
    ));
    assert!(said("PTVp_Bed was removed ("));
    assert!(fs::metadata(signed.folder.join("images/mip.png")).is_ok());
}

#[test]
fn what_cannot_be_signed_leaves_nothing() {
    let desk = Desk::new();
    let now = signature("2026-11-26T19:45:00+01:00");
    let nameless = Signature {
        reviewer: " ".to_owned(),
        ..now.clone()
    };
    let error = desk.sign(&[], &nameless).unwrap_err().to_string();
    assert_eq!(
        error,
        "the review cannot be signed: the reviewer's name is empty; give the name of the person \
         who signs"
    );
    let path = desk.suggestion().join("report.json");
    let text = fs::read_to_string(&path).unwrap();
    let fingerprint = desk.open.fingerprint();
    fs::write(&path, text.replace(fingerprint, &"0".repeat(64))).unwrap();
    let error = desk.sign(&[], &now).unwrap_err().to_string();
    assert!(error.contains("was run again since"), "{error}");
    fs::remove_file(&path).unwrap();
    let staged = desk.open.stage(&[]).unwrap();
    let reviewed = desk.open.plan(&staged).unwrap();
    let error = export_signed(&desk.open, &reviewed, &now, desk.results.path()).unwrap_err();
    assert!(error.to_string().contains("report.json"), "{error}");
    assert!(!desk.results.path().join("signed").exists());
}
