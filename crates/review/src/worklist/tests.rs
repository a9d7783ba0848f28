//! Sorting, filters and pages with thousands of studies.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::row::{ReportHead, Row};
use super::{Query, page};

/// 5000 studies: every third with a node, every second with a warning, dates in turn.
fn rows() -> BTreeMap<String, Row> {
    let row = |n: usize| {
        let (has_node, has_warning) = (n.is_multiple_of(3), n.is_multiple_of(2));
        let regions = match n % 3 {
            0 => json!([{"region": "pelvic_node"}]),
            1 => json!([]),
            _ => json!([{"region": "distant"}, {"region": "prostate_bed"}]),
        };
        let head = json!({
            "study": {"study_uid": n.to_string(), "patient_id": format!("P{:04}", 4999 - n),
                "date": format!("2026-01-{:02}", 1 + n % 28)},
            "lesions": regions,
            "excluded": [],
            "mi_tnm": if has_node { "miT0 N1a M0" } else { "miT0 N0 M0" },
            "recommendation": {"intensification": if has_node { json!(["pelvic_rt"]) } else { json!([]) }},
            "warnings": if has_warning { json!([{}]) } else { json!([]) },
            "provenance": {"fingerprint": "f"},
        });
        let head: ReportHead = serde_json::from_value(head).unwrap();
        let folder = format!("study-{n:04}");
        (folder.clone(), Row::of_report(folder, head))
    };
    (0..5000).map(row).collect()
}

fn answer(rows: &BTreeMap<String, Row>, query: Value) -> Value {
    let query: Query = serde_json::from_value(query).unwrap();
    assert_eq!(query.unknown_value(), None);
    json!(page(rows, &query))
}

fn folders(answer: &Value) -> Vec<&str> {
    let studies = answer["studies"].as_array().unwrap();
    studies
        .iter()
        .map(|s| s["folder"].as_str().unwrap())
        .collect()
}

#[test]
fn pages_follow_one_another_in_the_order_asked_for() {
    let rows = rows();
    let asked = |sort: &str, order: &str, page: usize| {
        answer(
            &rows,
            json!({"sort": sort, "order": order, "page": page, "size": 2}),
        )
    };
    let first = asked("patient", "asc", 0);
    assert_eq!(folders(&first), ["study-4999", "study-4998"]);
    assert_eq!(
        (&first["total"], &first["matching"]),
        (&json!(5000), &json!(5000))
    );
    assert_eq!(
        folders(&asked("patient", "asc", 1)),
        ["study-4997", "study-4996"]
    );
    assert_eq!(
        folders(&asked("patient", "desc", 0)),
        ["study-0000", "study-0001"]
    );
    assert_eq!(
        folders(&asked("date", "desc", 0)),
        ["study-0027", "study-0055"]
    );
    assert_eq!(
        folders(&asked("date", "asc", 0)),
        ["study-0000", "study-0028"]
    );
    assert_eq!(
        folders(&asked("lesions", "desc", 0)),
        ["study-0002", "study-0005"]
    );
    assert_eq!(
        folders(&asked("mi_tnm", "desc", 0)),
        ["study-0000", "study-0003"]
    );
    assert_eq!(
        folders(&asked("recommendation", "desc", 0)),
        ["study-0000", "study-0003"]
    );
    assert_eq!(
        folders(&asked("warnings", "asc", 0)),
        ["study-0001", "study-0003"]
    );
    assert_eq!(
        folders(&asked("status", "asc", 2499)),
        ["study-4998", "study-4999"]
    );
    assert!(folders(&asked("status", "asc", 2500)).is_empty());
    let huge = answer(&rows, json!({"page": usize::MAX, "size": 500}));
    assert!(folders(&huge).is_empty());
}

#[test]
fn filters_join_and_each_counts_beside_the_others() {
    let rows = rows();
    let nodes = answer(&rows, json!({"region": "pelvic_node", "warnings": "yes"}));
    // Every sixth: divisible by 3 and by 2.
    assert_eq!(nodes["matching"], 834);
    let facets = &nodes["facets"];
    assert_eq!(
        facets["warnings"],
        json!({"yes": 834, "no": 833}),
        "of those with nodes"
    );
    assert_eq!(facets["region"]["distant"], 833, "of those with warnings");
    assert_eq!(facets["region"]["none"], 833);
    assert_eq!(
        facets["intensification"],
        json!({"bed_boost": 0, "metastasis_directed": 0,
        "node_boost": 0, "none": 0, "pelvic_rt": 834, "systemic": 0})
    );
    assert_eq!(
        facets["status"],
        json!({"failed": 0, "in_review": 0, "new": 834, "signed": 0})
    );
    let either = answer(&rows, json!({"intensification": "pelvic_rt,none"}));
    assert_eq!(either["matching"], 5000);
    let negative = answer(&rows, json!({"region": "none"}));
    assert_eq!(negative["matching"], 1667);
}

#[test]
fn every_word_must_be_found_somewhere() {
    let rows = rows();
    let found = |text: &str| answer(&rows, json!({"text": text}))["matching"].clone();
    assert_eq!(found("p4999"), 1);
    assert_eq!(found("  N1A  2026-01-01 "), 60);
    assert_eq!(found("n1a nowhere"), 0);
    assert_eq!(
        found("prostate bed"),
        1666,
        "where the lesions are, without a line of the run"
    );
    assert_eq!(found("pelvic_rt"), 1667);
    assert_eq!(found(""), 5000);
}

#[test]
fn values_that_a_filter_does_not_have_are_named() {
    let query: Query = serde_json::from_value(json!({"region": "distant,lung"})).unwrap();
    assert_eq!(query.unknown_value().unwrap(), "region has no value `lung`");
}
