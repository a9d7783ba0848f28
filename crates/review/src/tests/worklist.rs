//! The worklist over HTTP.

use serde_json::{Value, json};

use super::client::{Browser, add_study, options, start};

#[test]
fn results_failures_and_damaged_reports_are_listed() {
    let folder = tempfile::tempdir().unwrap();
    add_study(folder.path(), "b", |report| {
        report["study"]["patient_id"] = json!("P2");
    });
    add_study(folder.path(), "a", |report| {
        report["study"]["patient_id"] = Value::Null;
        report["study"]["date"] = json!("2025-01-01");
        report["lesions"] = json!([]);
        report["recommendation"]["intensification"] = json!([]);
        report["warnings"] = json!([]);
    });
    add_study(folder.path(), ".isoboost-partial-x", |_| ());
    std::fs::create_dir(folder.path().join("damaged")).unwrap();
    std::fs::write(folder.path().join("damaged/report.json"), "{").unwrap();
    let run = json!({"schema": "isoboost.run/1", "studies": [
        {"folder": "b", "study_uid": "1", "status": "done", "reason": null,
            "headline": "in a line", "warnings": []},
        {"folder": "c", "study_uid": "2", "status": "failed", "reason": "no weight",
            "headline": null, "warnings": []},
        {"folder": "d", "study_uid": "3", "status": "no_pet", "reason": "no PET",
            "headline": null, "warnings": []},
    ]});
    std::fs::write(folder.path().join("run.json"), run.to_string()).unwrap();
    let browser = Browser::let_in(&start(options(folder.path())));
    let list = browser.get("/api/studies?sort=patient&order=asc").json();
    let rows = list["studies"].as_array().unwrap();
    let folders: Vec<&str> = rows.iter().map(|r| r["folder"].as_str().unwrap()).collect();
    assert_eq!(
        folders,
        ["b", "a", "c", "damaged"],
        "P2, then the folders' names"
    );
    assert_eq!(rows[0]["headline"], "in a line");
    assert_eq!(
        rows[0]["regions"],
        json!({"pelvic_node": 3, "prostate_bed": 1})
    );
    assert_eq!(
        (&rows[2]["status"], &rows[2]["reason"]),
        (&json!("failed"), &json!("no weight"))
    );
    assert!(
        rows[3]["reason"]
            .as_str()
            .unwrap()
            .contains("run the study again")
    );
    assert_eq!(
        list["facets"],
        json!({
            "intensification": {"bed_boost": 1, "metastasis_directed": 0, "node_boost": 1,
                "none": 1, "pelvic_rt": 1, "systemic": 0},
            "region": {"distant": 0, "none": 1, "pelvic_node": 1, "prostate_bed": 1,
                "undetermined": 0},
            "status": {"failed": 2, "in_review": 0, "new": 2, "signed": 0},
            "warnings": {"no": 3, "yes": 1},
        })
    );
    let failed = browser.get("/api/studies/c").json();
    assert_eq!(
        (&failed["state"], &failed["reason"]),
        (&json!("failed"), &json!("no weight"))
    );
    let decided = browser.post(
        "/api/studies/c/decisions",
        &json!({"window": "w", "who": "Ann", "base_revision": 0,
            "decision": {"kind": "accept", "finding": 1}}),
    );
    assert_eq!(decided.status, 422);
    assert_eq!(browser.get("/api/studies/d").status, 404);
}
