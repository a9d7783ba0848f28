//! Two results on the disk that differ in one thing at a time.

use std::fs;
use std::path::{Path, PathBuf};

use isoboost_volume::{Grid, IndexBox, Volume};
use nalgebra::Point3;
use serde_json::{Value, json};

use super::{NumberTolerance, Tolerance, compare};
use crate::nifti::write_label_map;

/// A result with two lesions, and a target of each.
struct Outcome {
    report: Value,
    labels: Volume<u16>,
    targets: Volume<u16>,
}

const FIRST: [usize; 3] = [2, 4, 4];
const SECOND: [usize; 3] = [6, 12, 14];

fn cube(labels: &mut Volume<u16>, min: [usize; 3], label: u16) {
    let max = min.map(|v| v + 2);
    for voxel in (IndexBox { min, max }).voxels() {
        labels[voxel] = label;
    }
}

fn outcome() -> Outcome {
    let grid =
        Grid::axis_aligned([12, 20, 20], [3.0, 2.0, 2.0], Point3::new(-20.0, 5.0, 90.0)).unwrap();
    let mut labels = Volume::filled(grid, 0_u16);
    cube(&mut labels, FIRST, 1);
    cube(&mut labels, SECOND, 2);
    let center = |min: [usize; 3]| {
        let p = labels.grid().center_of(min.map(|v| v + 1));
        json!([p.x, p.y, p.z])
    };
    let report = json!({
        "schema": "isoboost.report/1",
        "software": {"version": "1"},
        "ct": {"series_uid": "1.2"},
        "lesions": [
            {"id": 1, "site": "left iliac", "centroid_mm": center(FIRST), "suv_max": 5.0,
             "evidence": ["12.4 mm from the vessels"]},
            {"id": 2, "site": "sacrum", "centroid_mm": center(SECOND), "suv_max": 8.0,
             "evidence": []},
        ],
        "targets": [
            {"roi_number": 1, "name": "GTV_N_1", "kind": "GTV", "lesion_ids": [1]},
            {"roi_number": 2, "name": "GTV_M_1", "kind": "GTV", "lesion_ids": [2]},
        ],
        "mi_tnm": "miTr N0 M1b",
    });
    Outcome {
        report,
        targets: labels.clone(),
        labels,
    }
}

impl Outcome {
    fn save(&self, folder: &Path) -> PathBuf {
        fs::create_dir_all(folder).unwrap();
        fs::write(folder.join("report.json"), self.report.to_string()).unwrap();
        write_label_map(&folder.join("labels.nii.gz"), &self.labels).unwrap();
        write_label_map(&folder.join("targets.nii.gz"), &self.targets).unwrap();
        folder.to_path_buf()
    }
}

fn differences(rules: &Tolerance, change: impl FnOnce(&mut Outcome)) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let old = outcome().save(&folder.path().join("old"));
    let mut changed = outcome();
    change(&mut changed);
    let new = changed.save(&folder.path().join("new"));
    compare(&old, &new, rules)
        .unwrap()
        .into_iter()
        .map(|d| format!("{}: {} -> {}", d.place, d.old, d.new))
        .collect()
}

const NONE: [&str; 0] = [];

#[test]
fn numbers_may_differ_by_their_tolerance_and_no_more() {
    let mut rules = Tolerance::default();
    let set = |value: f64| move |o: &mut Outcome| o.report["lesions"][1]["suv_max"] = value.into();
    assert_eq!(differences(&rules, |_| {}), NONE);
    assert_eq!(
        differences(&rules, set(8.1)),
        ["report.json lesions.1.suv_max: 8.0 -> 8.1"]
    );
    let relative = |relative| NumberTolerance {
        relative,
        absolute: 0.0,
    };
    rules.keys.insert("lesions.*".to_owned(), relative(0.5));
    rules
        .keys
        .insert("lesions.*.suv_max".to_owned(), relative(0.02));
    assert_eq!(differences(&rules, set(8.1)), NONE);
    // The longer pattern counts: 3.6 % is more than 2 %, though less than 50 %.
    assert_eq!(differences(&rules, set(8.3)).len(), 1);
}

#[test]
fn numbers_inside_a_sentence_follow_the_rule_of_its_key() {
    let mut rules = Tolerance::default();
    let say = |text: &'static str| {
        move |o: &mut Outcome| o.report["lesions"][0]["evidence"][0] = text.into()
    };
    assert_eq!(
        differences(&rules, say("12.5 mm from the vessels")),
        [
            "report.json lesions.0.evidence.0: \"12.4 mm from the vessels\" -> \"12.5 mm from the vessels\""
        ]
    );
    let rule = NumberTolerance {
        relative: 0.0,
        absolute: 0.11,
    };
    rules.keys.insert("lesions.*.evidence".to_owned(), rule);
    assert_eq!(differences(&rules, say("12.5 mm from the vessels")), NONE);
    assert_eq!(
        differences(&rules, say("12.6 mm from the vessels")).len(),
        1
    );
    assert_eq!(
        differences(&rules, say("12.4 mm from the bladder")).len(),
        1
    );
}

#[test]
fn a_new_order_is_no_difference_and_a_new_numbering_is_told_once() {
    let rules = Tolerance::default();
    let turn = |o: &mut Outcome| o.report["lesions"].as_array_mut().unwrap().reverse();
    assert_eq!(differences(&rules, turn), NONE);
    let renumber = |o: &mut Outcome| {
        for (n, id) in [(0, 2), (1, 1)] {
            o.report["lesions"][n]["id"] = id.into();
            o.report["targets"][n]["lesion_ids"][0] = id.into();
        }
        o.labels = o.labels.map(|v| [0, 2, 1][usize::from(*v)]);
    };
    assert_eq!(
        differences(&rules, renumber),
        [
            "report.json lesions.0.id: 1 -> 2",
            "report.json lesions.1.id: 2 -> 1"
        ]
    );
}

#[test]
fn a_lesion_that_vanished_is_told_as_one_with_its_target() {
    let fewer = |o: &mut Outcome| {
        o.report["lesions"].as_array_mut().unwrap().remove(0);
        o.report["targets"].as_array_mut().unwrap().remove(0);
        o.labels = o.labels.map(|v| if *v == 1 { 0 } else { *v });
        o.targets = o.targets.map(|v| if *v == 1 { 0 } else { *v });
    };
    assert_eq!(
        differences(&Tolerance::default(), fewer),
        [
            "report.json lesions.0: 1 left iliac -> missing",
            "report.json targets.0: 1 GTV_N_1 -> missing"
        ]
    );
}

#[test]
fn a_lesion_further_away_is_another_one() {
    let moved = |o: &mut Outcome| {
        let z = o.report["lesions"][0]["centroid_mm"][2].as_f64().unwrap();
        o.report["lesions"][0]["centroid_mm"][2] = (z + 10.5).into();
    };
    let found = differences(&Tolerance::default(), moved);
    assert_eq!(found[0], "report.json lesions.0: 1 left iliac -> missing");
    assert_eq!(found[1], "report.json lesions.2: missing -> 1 left iliac");
}

#[test]
fn what_is_absent_or_of_another_format_is_told_and_the_software_is_not() {
    let rules = Tolerance::default();
    let change = |o: &mut Outcome| {
        o.report["schema"] = "isoboost.report/2".into();
        o.report["software"]["version"] = "2".into();
        o.report["ct"] = Value::Null;
        o.report["mi_tnm"] = "miTr N0 M0".into();
    };
    assert_eq!(
        differences(&rules, change),
        [
            "report.json ct: there -> missing",
            "report.json mi_tnm: \"miTr N0 M1b\" -> \"miTr N0 M0\"",
            "report.json schema: \"isoboost.report/1\" -> \"isoboost.report/2\""
        ]
    );
}

#[test]
fn voxels_are_held_against_the_least_dice() {
    let mut rules = Tolerance::default();
    // One voxel less of 27: 2 x 26 / 53 = 0.981132.
    let one_less = |o: &mut Outcome| o.labels[FIRST] = 0;
    assert_eq!(
        differences(&rules, one_less),
        ["labels.nii.gz label 1: Dice 1 or more -> 0.981132"]
    );
    rules.labels.least_dice = 0.98;
    assert_eq!(differences(&rules, one_less), NONE);
}

#[test]
fn a_map_cut_to_another_box_is_the_same_where_its_labels_are() {
    let rules = Tolerance::default();
    let cut = |o: &mut Outcome| {
        let (min, max) = ([1, 3, 2], [9, 18, 17]);
        o.targets = o.targets.crop(IndexBox { min, max });
    };
    assert_eq!(differences(&rules, cut), NONE);
    let elsewhere = |o: &mut Outcome| {
        let origin = o.targets.grid().origin() + nalgebra::Vector3::new(0.7, 0.0, 0.0);
        let grid = Grid::axis_aligned([12, 20, 20], [3.0, 2.0, 2.0], origin).unwrap();
        let values = o.targets.view().to_owned();
        o.targets = Volume::new(grid, values).unwrap();
    };
    let found = differences(&rules, elsewhere);
    assert_eq!(found.len(), 1);
    assert!(
        found[0].starts_with("targets.nii.gz grid: 20 x 20 x 12 voxels"),
        "{found:?}"
    );
}

#[test]
fn studies_of_a_run_are_matched_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (folder.path().join("old"), folder.path().join("new"));
    for study in ["a", "b"] {
        outcome().save(&old.join(study));
    }
    let mut changed = outcome();
    changed.report["mi_tnm"] = "miT0 N0 M0".into();
    changed.save(&new.join("b"));
    outcome().save(&new.join("c"));
    let found = compare(&old, &new, &Tolerance::default()).unwrap();
    let told: Vec<_> = found
        .iter()
        .map(|d| (d.study.as_str(), d.place.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("a", "report.json"),
            ("b", "report.json mi_tnm"),
            ("c", "report.json")
        ]
    );
    let nothing = tempfile::tempdir().unwrap();
    let error = compare(&old, nothing.path(), &Tolerance::default()).unwrap_err();
    assert!(error.to_string().contains("no result in"), "{error}");
}
