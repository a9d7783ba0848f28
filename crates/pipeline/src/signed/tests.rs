//! What decisions make of which.

use isoboost_report::{MadeFinding, Report};

use super::made;
use crate::review::Decision;

/// Findings 1 to 7.
fn suggestion() -> Report {
    let text = include_str!(
        "../../../../fixtures/expected/PELVIS-BED-NODE-7_20240312_9b263bf8/report.json"
    );
    serde_json::from_str(text).unwrap()
}

#[test]
fn new_numbers_follow_the_order_of_the_decisions() {
    let decisions = [
        r#"{"kind":"reject","finding":2,"reason":"ureter"}"#,
        r#"{"kind":"add","at":[1,2,3]}"#,
        r#"{"kind":"merge","findings":[3,8]}"#,
        r#"{"kind":"split","finding":9,"seeds":[[1,2,3],[4,5,6],[7,8,9]]}"#,
        r#"{"kind":"dose","finding":10,"total_gy":60,"fractions":20}"#,
        r#"{"kind":"add","at":[7,8,9]}"#,
    ];
    let decisions: Vec<Decision> = decisions
        .iter()
        .map(|json| serde_json::from_str(json).unwrap())
        .collect();
    let expected: [(u32, &[u32]); 6] = [
        (8, &[]),
        (9, &[3, 8]),
        (10, &[9]),
        (11, &[9]),
        (12, &[9]),
        (13, &[]),
    ];
    let made: Vec<MadeFinding> = made::findings(&suggestion(), &decisions);
    let made: Vec<(u32, &[u32])> = made.iter().map(|m| (m.id, &m.from[..])).collect();
    assert_eq!(made, expected);
}
