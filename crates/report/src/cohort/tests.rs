//! Counting men, and the tables.

use super::{Cohort, CohortRow};

fn row(folder: &str, patient_id: Option<&str>, date: &str, kinds: &[&str]) -> CohortRow {
    CohortRow {
        folder: folder.to_owned(),
        patient_id: patient_id.map(str::to_owned),
        study_uid: format!("1.2.{}", folder.len()),
        date: Some(date.to_owned()),
        psa_ng_ml: None,
        pattern: "bed".to_owned(),
        mi_tnm: "miTr N0 M0".to_owned(),
        lesions: kinds.len(),
        bed: kinds.len(),
        pelvic_node: 0,
        distant: 0,
        undetermined: 0,
        psma_tv_ml: 2.5 * kinds.len() as f64,
        intensification: kinds.iter().map(|k| (*k).to_owned()).collect(),
        out_of_scope: false,
        pelvis_top: None,
        rules: vec!["bed".to_owned()],
        cautions: vec!["doses".to_owned(), "low-psa".to_owned()],
        policy: "ours 1.0".to_owned(),
        policy_sha256: "a".repeat(64),
    }
}

fn cohort() -> Cohort {
    let refused = CohortRow {
        out_of_scope: true,
        lesions: 1,
        psma_tv_ml: 1.5,
        ..row("d-refused", Some("D"), "2026-01-01", &[])
    };
    Cohort::of(vec![
        row("b", Some("B"), "2026-01-01", &[]),
        row("a-late", Some("A"), "2026-05-01", &["bed_boost"]),
        row("a", Some("A"), "2026-01-01", &["systemic"]),
        row("cc-none", None, "2026-01-01", &["pelvic_rt", "node_boost"]),
        refused,
    ])
}

#[test]
fn a_man_counts_by_his_latest_study() {
    let summary = cohort().summary;
    assert_eq!((summary.studies, summary.men), (5, 4));
    assert_eq!((summary.positive, summary.intensified), (3, 2));
    assert_eq!((summary.as_planned, summary.out_of_scope), (1, 1));
    let kinds: Vec<usize> = summary.kinds.iter().map(|k| k.men).collect();
    // Pelvis, node, bed, metastasis-directed, systemic; the older study of A is not counted.
    assert_eq!(kinds, [1, 1, 1, 0, 0]);
    assert_eq!(summary.policies.len(), 1);
}

#[test]
fn the_text_has_its_columns_and_the_summary_its_shares() {
    let text = cohort().to_text();
    let lines: Vec<&str> = text.lines().collect();
    let start = lines[0].find("intensification").unwrap();
    assert!(lines[1].starts_with('a') && lines[1][start..].starts_with("systemic"));
    assert!(lines[3][start..].starts_with("as planned"), "{text}");
    assert!(lines[5][start..].starts_with("out of scope"), "{text}");
    assert!(
        text.contains("men                    4  5 studies\n"),
        "{text}"
    );
    assert!(text.contains("intensified            2  50 %\n"), "{text}");
    assert!(text.contains("policy ours 1.0 (SHA-256 aaaaaaaaaaaa): 5 studies"));
    assert!(!text.contains("different policies"));
}

#[test]
fn studies_of_two_policies_are_no_cohort_of_one_kind() {
    let other = CohortRow {
        policy_sha256: "b".repeat(64),
        ..row("b", Some("B"), "2026-01-01", &[])
    };
    let mixed = Cohort::of(vec![row("a", Some("A"), "2026-01-01", &[]), other]);
    assert_eq!(mixed.summary.policies.len(), 2);
    assert!(mixed.to_text().contains("different policies"));
}

#[test]
fn the_csv_says_yes_or_no_for_each_kind() {
    let table = cohort().to_csv().unwrap();
    let mut reader = csv::Reader::from_reader(&table[..]);
    let header = reader.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let cells = |name: &str| -> Vec<String> {
        let column = header.iter().position(|h| h == name).unwrap();
        rows.iter().map(|row| row[column].to_owned()).collect()
    };
    assert_eq!(
        cells("folder"),
        ["a", "a-late", "b", "cc-none", "d-refused"]
    );
    assert_eq!(cells("bed_boost"), ["no", "yes", "no", "no", "no"]);
    assert_eq!(cells("out_of_scope"), ["no", "no", "no", "no", "yes"]);
    assert_eq!(cells("intensification")[3], "pelvic_rt node_boost");
    assert_eq!(cells("cautions")[0], "doses low-psa");
    assert_eq!(cells("patient_id")[3], "");
}

#[test]
fn a_folder_is_read_with_what_is_wrong_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let study = folder.path().join("study");
    std::fs::create_dir(&study).unwrap();
    std::fs::write(study.join("report.json"), "{\"schema\": 3}").unwrap();
    std::fs::create_dir(folder.path().join(".isoboost-partial-x")).unwrap();
    let run = r#"{"studies": [{"folder": "x", "status": "failed", "reason": "no weight"}]}"#;
    std::fs::write(folder.path().join("run.json"), run).unwrap();
    let cohort = Cohort::read(folder.path()).unwrap();
    assert!(cohort.studies.is_empty());
    assert_eq!(cohort.without_result, ["x: no weight"]);
    assert!(cohort.problems[0].starts_with("study/report.json: not a report"));
    let missing = Cohort::read(&folder.path().join("nowhere")).unwrap_err();
    assert!(missing.to_string().contains("nowhere"));
}

/// Between the tags of a page, what the browser shows.
fn visible(page: &str) -> String {
    let body = &page[page.find("<body>").unwrap()..];
    let parts = body
        .split('<')
        .map(|part| part.split_once('>').map_or(part, |(_, text)| text));
    parts.collect::<Vec<_>>().join(" ")
}

#[test]
fn the_page_tells_the_counts_and_all_studies() {
    let page = cohort().to_html().unwrap();
    let text = visible(&page);
    assert!(text.contains(
        "Of 4 men in 5 studies, 3 (75 %) had a PSMA-avid lesion. Radiotherapy would be \
         intensified in 2 (50 %) (pelvic radiotherapy 1, node boost 1, bed boost 1), stay as \
         planned in 1 (25 %), and 1 (25 %) lay outside of what the policy is for."
    ));
    for folder in ["a-late", "cc-none", "d-refused"] {
        assert!(text.contains(folder));
    }
    assert!(text.contains("pelvic rt, node boost"));
    assert!(text.contains("not a medical device"));
    // Two charts: five kinds with two others, and seven patterns.
    // And one of volumes: studies with a lesion, each a point.
    assert_eq!(page.matches("<svg").count(), 3);
    assert_eq!(page.matches("<circle").count(), 4);
    assert_eq!(page.matches("<rect").count(), 7 + 7);
    // 2 of 4 men would be a bar half as long as that of all: no kind has more than one of four.
    assert_eq!(page.matches("width=\"57.5\"").count(), 5);
}

#[test]
fn whatever_a_file_says_is_text_on_the_page() {
    let script = "<script>alert(1)</script>";
    let hostile = CohortRow {
        folder: "\"><img src=x onerror=alert(2)>".to_owned(),
        mi_tnm: script.to_owned(),
        rules: vec![script.to_owned()],
        ..row("x", Some(script), "2026-01-01", &["bed_boost"])
    };
    let mut cohort = Cohort::of(vec![hostile]);
    cohort.problems.push(format!("x: {script}"));
    cohort.without_result.push(script.to_owned());
    cohort.summary.policies[0].policy = script.to_owned();
    let page = cohort.to_html().unwrap();
    assert!(
        !page.contains("<script") && !page.contains("<img"),
        "{page}"
    );
    assert_eq!(page.matches("&lt;script&gt;").count(), 6);
    assert!(page.contains("&lt;img src=x onerror=alert(2)&gt;"));
    // Nothing is fetched from anywhere.
    for outside in ["http:", "https:", "src=\"", "href=", "url(", "@import"] {
        assert!(!page.contains(outside), "{outside}");
    }
    assert!(page.contains("default-src 'none'"));
}

#[test]
fn an_empty_cohort_has_a_page_too() {
    let page = Cohort::of(Vec::new()).to_html().unwrap();
    assert!(visible(&page).contains("0 men, nothing to count."));
}
