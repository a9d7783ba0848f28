//! Changes of the shipped scan's report: lesion 1 in the bed, nodes 2 to 4, 5 to 7 excluded.

use super::*;
use crate::document::ExcludedInfo;

fn suggestion() -> Report {
    let text = include_str!(
        "../../../../fixtures/expected/PELVIS-BED-NODE-7_20240312_9b263bf8/report.json"
    );
    serde_json::from_str(text).unwrap()
}

/// What is signed after `change`.
fn signed(change: impl FnOnce(&mut Report)) -> Report {
    let mut report = suggestion();
    change(&mut report);
    report
}

#[track_caller]
fn check(change: impl FnOnce(&mut Report), made: &[MadeFinding], expected: &[&str]) {
    let changes = changes(&suggestion(), &signed(change), made);
    let sentences: Vec<&str> = changes.iter().map(|c| c.sentence.as_str()).collect();
    assert_eq!(sentences, expected);
}

/// Takes a lesion for physiological uptake, and its own targets away.
fn reject(report: &mut Report, id: u32) {
    let at = report.lesions.iter().position(|l| l.id == id).unwrap();
    let lesion = report.lesions.remove(at);
    report.excluded.push(ExcludedInfo {
        id,
        reason: "reviewer".to_owned(),
        measures: lesion.measures,
        confidence: 1.0,
        certainty: "certain".to_owned(),
        evidence: vec!["rejected by the reviewer: it is the ureter".to_owned()],
    });
    report.targets.retain(|t| t.lesion_ids != [id]);
}

fn made(id: u32, from: &[u32]) -> MadeFinding {
    let from = from.to_vec();
    MadeFinding { id, from }
}

#[test]
fn nothing_changed_is_no_change() {
    check(|_| (), &[], &[]);
    // Warnings and evidence are no decisions.
    check(|r| r.lesions[0].evidence.clear(), &[], &[]);
}

#[test]
fn a_rejected_lesion_takes_its_targets_along_and_others_move_up() {
    check(
        |r| {
            reject(r, 2);
            for kind in ["GTV", "CTV", "PTV"] {
                for (old, new) in [(2, 1), (3, 2)] {
                    let name = format!("{kind}_N_{old}");
                    let target = r.targets.iter_mut().find(|t| t.name == name).unwrap();
                    target.name = format!("{kind}_N_{new}");
                }
            }
            r.mi_tnm = "miTr N1 M0".to_owned();
        },
        &[],
        &[
            "Lesion 2 (pelvic node, right common iliac node, miN1) was excluded: rejected by the \
             reviewer: it is the ureter.",
            "miTNM went from miTr N2 M0 to miTr N1 M0.",
            "GTV_N_2 of the suggestion is now called GTV_N_1.",
            "GTV_N_3 of the suggestion is now called GTV_N_2.",
            "CTV_N_2 of the suggestion is now called CTV_N_1.",
            "CTV_N_3 of the suggestion is now called CTV_N_2.",
            "PTV_N_2 of the suggestion is now called PTV_N_1.",
            "PTV_N_3 of the suggestion is now called PTV_N_2.",
            "GTV_N_1 was removed (0.86 mL).",
            "CTV_N_1 was removed (2.99 mL).",
            "PTV_N_1 was removed (11.51 mL).",
        ],
    );
}

#[test]
fn a_restored_focus_is_told_with_what_it_was() {
    check(
        |r| {
            let kidney = r.excluded.remove(1);
            let mut lesion = r.lesions[1].clone();
            lesion.id = kidney.id;
            lesion.measures = kidney.measures;
            r.lesions.push(lesion);
        },
        &[],
        &[
            "Finding 6, excluded as kidney, was restored as a lesion (pelvic node, right common \
           iliac node, miN1).",
        ],
    );
}

#[test]
fn an_added_lesion_is_told_with_its_size() {
    let add = |r: &mut Report| {
        let mut lesion = r.lesions[2].clone();
        lesion.id = 8;
        r.lesions.push(lesion);
    };
    let sentence =
        "Lesion 8 was added (pelvic node, right obturator node, miN1; 0.65 mL, SUVmax 8.3).";
    check(add, &[], &[sentence]);
    check(
        |r| {
            add(r);
            reject(r, 8);
        },
        &[],
        &["Finding 8 was added and rejected again (0.65 mL, SUVmax 8.3)."],
    );
}

#[test]
fn another_class_and_another_outline_are_both_told() {
    check(
        |r| {
            let lesion = &mut r.lesions[3];
            lesion.region = "distant".to_owned();
            lesion.mi_tnm = "miM1b".to_owned();
            lesion.site = "sacrum".to_owned();
            lesion.station = None;
            lesion.measures.volume_ml = 0.25;
            lesion.measures.delineation = "SUV 4".to_owned();
            r.lesions[0].measures.centroid_mm[0] += 1.0;
        },
        &[],
        &[
            "Finding 1 was redrawn; its volume stays 1.13 mL.",
            "Lesion 4 was reclassified from pelvic node, presacral node, miN1 to distant, sacrum, \
             miM1b.",
            "Finding 4 was redrawn (SUV 4); its volume went from 0.57 to 0.25 mL.",
        ],
    );
}

#[test]
fn merged_and_split_findings_are_told_by_what_they_were_made_of() {
    let merge = |r: &mut Report| {
        r.lesions.remove(3);
        let lesion = &mut r.lesions[2];
        lesion.id = 8;
        lesion.measures.volume_ml = 1.215;
        r.targets.retain(|t| !t.lesion_ids.contains(&4));
        for target in r.targets.iter_mut().filter(|t| t.lesion_ids == [3]) {
            target.lesion_ids = vec![8];
        }
    };
    let gone = [
        "GTV_N_3 was removed (0.74 mL).",
        "CTV_N_3 was removed (1.80 mL).",
        "PTV_N_3 was removed (9.01 mL).",
    ];
    let mut expected = vec!["Findings 3 and 4 were merged into 8 (1.22 mL)."];
    expected.extend(gone);
    check(merge, &[made(8, &[3, 4])], &expected);
    let and_rejected = |r: &mut Report| {
        merge(r);
        let at = r.lesions.iter().position(|l| l.id == 8).unwrap();
        let merged = r.lesions.remove(at);
        let mut excluded = r.excluded[0].clone();
        excluded.id = 8;
        excluded.measures = merged.measures;
        r.excluded.push(excluded);
    };
    expected[0] = "Findings 3 and 4 were merged into 8 (1.22 mL); 8 is excluded.";
    check(and_rejected, &[made(8, &[3, 4])], &expected);
    let split = |r: &mut Report| {
        let mut second = r.lesions[0].clone();
        r.lesions[0].id = 8;
        second.id = 9;
        second.measures.volume_ml = 0.5;
        r.lesions.push(second);
        for target in r.targets.iter_mut().filter(|t| t.lesion_ids == [1]) {
            target.lesion_ids = vec![8];
        }
    };
    let sentence = "Finding 1 was split into 8 and 9 (1.13, 0.50 mL).";
    check(split, &[made(8, &[1]), made(9, &[1])], &[sentence]);
}

#[test]
fn what_was_merged_and_then_split_goes_back_to_the_suggestion() {
    let change = |r: &mut Report| {
        r.lesions[2].id = 9;
        r.lesions[3].id = 10;
        for target in &mut r.targets {
            for id in &mut target.lesion_ids {
                *id = if *id == 3 || *id == 4 { *id + 6 } else { *id };
            }
        }
    };
    let made = [made(8, &[3, 4]), made(9, &[8]), made(10, &[8])];
    let sentence = "Of findings 3 and 4 was made 9 and 10 (0.65, 0.57 mL).";
    check(change, &made, &[sentence]);
}

#[test]
fn margins_doses_and_volumes_of_targets_are_told() {
    check(
        |r| {
            let target = &mut r.targets[9];
            assert_eq!(target.name, "PTV_N_1");
            target.dose_gy = Some(60.0);
            target.fractions = Some(20);
            let margin = target.margin_mm.as_mut().unwrap();
            (margin.superior, margin.inferior) = (8.0, 8.0);
            target.volume_ml = 15.0;
            r.targets[10].margin_mm = None;
        },
        &[],
        &[
            "The margin of PTV_N_1 went from 5 mm to L5 R5 A5 P5 S8 I8 mm.",
            "The dose of PTV_N_1 went from 66 Gy in 30 fractions to 60 Gy in 20 fractions.",
            "The volume of PTV_N_1 went from 11.51 to 15.00 mL.",
            "The margin of PTV_N_2 went from 5 mm to none.",
        ],
    );
}

#[test]
fn a_negative_result_drops_stage_recommendation_and_all_targets() {
    let report = signed(|r| {
        for id in 1..=4 {
            reject(r, id);
        }
        r.targets.clear();
        r.mi_tnm = "miT0 N0 M0".to_owned();
        r.stage.pattern = "negative".to_owned();
        r.recommendation.intensification.clear();
        r.recommendation.pelvis_top = None;
    });
    let changes = changes(&suggestion(), &report, &[]);
    let rejected = changes
        .iter()
        .filter(|c| c.sentence.contains("was excluded"));
    assert_eq!(rejected.count(), 4);
    let removed = changes.iter().filter(|c| c.sentence.contains("removed"));
    assert_eq!(removed.count(), 17);
    let said = |text: &str| changes.iter().any(|c| c.sentence == text);
    assert!(said("The pattern went from bed and node to negative."));
    assert!(said(
        "Recommendation: no longer pelvic rt, node boost, bed boost; upper border of the pelvic \
         volume from aortic bifurcation to none."
    ));
}

#[test]
fn changes_are_read_back_as_they_were() {
    let changes = changes(&suggestion(), &signed(|r| reject(r, 3)), &[]);
    let json = serde_json::to_value(&changes).unwrap();
    assert_eq!(json[0]["kind"], "rejected");
    assert_eq!(json[0]["finding"], 3);
    assert_eq!(json[0]["was"]["station"], "obturator");
    assert_eq!(
        serde_json::from_value::<Vec<Change>>(json).unwrap(),
        changes
    );
}
