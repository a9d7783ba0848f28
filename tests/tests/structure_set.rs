//! What a planner finds in the structure set beside the contours: names, order, types, colours and
//! descriptions, read with pydicom.

use std::collections::BTreeMap;

use isoboost_planning::DOSE_LEVEL_COLOURS;
use isoboost_tests::{check_script, isoboost, only_study, report, succeed, workspace};
use serde_json::{Value, json};

/// Rings below this area are slivers and never written; the smallest region of the shipped scan is
/// far larger.
const SLIVER_MM2: f64 = 1.0;

/// Classes that a name may have: bed, nodes, distant, undetermined.
const CLASSES: [&str; 4] = ["Bed", "N", "M", "U"];

/// Names are structure type, class and number, as `PTV_N_1` or `PTV_N_1-2`, at most 16 characters.
fn check_name(name: &str, kind: &str) {
    assert!(name.len() <= 16, "{name}");
    let parts: Vec<&str> = name.split('_').collect();
    assert_eq!(parts.len(), 3, "{name}");
    assert_eq!(parts[0], kind, "{name}");
    assert!(CLASSES.contains(&parts[1]), "{name}");
    let numbers = parts[2].split('-');
    assert!(numbers.clone().count() <= 2, "{name}");
    assert!(
        numbers.into_iter().all(|n| n.parse::<u32>().is_ok()),
        "{name}"
    );
}

/// Lesions, margin, dose and rule, as the report has them.
fn check_description(text: &str, target: &Value) {
    let lesions: Vec<String> = target["lesion_ids"]
        .as_array()
        .unwrap()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert!(
        text.starts_with(&format!("Suggestion, lesion {}", lesions.join(", "))),
        "{text}"
    );
    let margins = &target["margin_mm"];
    if margins.is_null() {
        assert!(text.contains("PET isosurface at "), "{text}");
    } else {
        let of = |side: &str| margins[side].as_f64().unwrap();
        let sides = [
            "left",
            "right",
            "anterior",
            "posterior",
            "superior",
            "inferior",
        ]
        .map(of);
        let [l, r, a, p, s, i] = sides;
        let expected = if sides.iter().all(|m| *m == l) {
            format!(", margin {l} mm")
        } else {
            format!(", margin mm L{l} R{r} A{a} P{p} S{s} I{i}")
        };
        assert!(text.contains(&expected), "{text}");
    }
    if target["kind"] == "PTV" {
        let (dose, fractions) = (target["dose_gy"].as_f64().unwrap(), &target["fractions"]);
        assert!(
            text.contains(&format!("{dose} Gy in {fractions} to start from")),
            "{text}"
        );
    }
    for note in target["notes"].as_array().unwrap() {
        assert!(text.contains(note.as_str().unwrap()), "{text}");
    }
}

/// One colour for each dose level, the documented ones from the highest EQD2 down.
fn check_colours(rois: &[Value], targets: &[Value]) {
    let eqd2 = |target: &Value| {
        let total = target["dose_gy"].as_f64().unwrap();
        let fractions = target["fractions"].as_f64().unwrap();
        total * (1.0 + total / fractions / 1.5) / (1.0 + 2.0 / 1.5)
    };
    let mut of_level: BTreeMap<i64, &Value> = BTreeMap::new();
    for (roi, target) in rois.iter().zip(targets) {
        if target["kind"] == "PTV" {
            let level = -(eqd2(target) * 1000.0).round() as i64;
            let colour = of_level.entry(level).or_insert(&roi["colour"]);
            assert_eq!(*colour, &roi["colour"], "{roi}");
        }
    }
    assert!(of_level.len() >= 2, "{of_level:?}");
    for (colour, expected) in of_level.values().zip(DOSE_LEVEL_COLOURS) {
        assert_eq!(**colour, json!(expected));
    }
    for roi in rois.iter().filter(|roi| roi["type"] != "PTV") {
        assert!(!of_level.values().any(|c| **c == roi["colour"]), "{roi}");
    }
}

#[test]
fn the_structure_set_is_what_a_planner_expects() {
    let out = tempfile::tempdir().unwrap();
    let input = workspace().join("fixtures/pelvis-bed-node");
    succeed(
        isoboost()
            .arg("run")
            .arg(input)
            .arg("--out")
            .arg(out.path()),
    );
    let study = only_study(out.path());
    let structures = study.join("rtstruct.dcm");
    let Some(told) = check_script("describe_rtstruct.py", &[&structures]) else {
        return;
    };
    let rois = told["rois"].as_array().unwrap();
    let report = report(&study);
    let targets = report["targets"].as_array().unwrap();
    assert_eq!(rois.len(), targets.len());
    assert_eq!(told["observations"], rois.len());
    assert_eq!(told["contours"], rois.len());
    assert_eq!(told["approval"], "UNAPPROVED");
    // The pelvic field comes last; it has no lesion and no dose.
    let ((field, rois), (of_field, targets)) = rois.split_last().zip(targets.split_last()).unwrap();
    assert_eq!(of_field["kind"], "FIELD");
    assert_eq!(
        (&field["name"], &field["type"]),
        (&json!("Field_Pelvis"), &json!("CONTROL"))
    );
    assert_eq!(field["number"], rois.len() + 1);
    // Volumes as a whole, which have no lesion, stand between the lesions' and the field.
    let of_lesions = targets.partition_point(|t| t["lesion_ids"] != json!([]));
    for (roi, target) in rois.iter().zip(targets).skip(of_lesions) {
        assert_eq!(target["lesion_ids"], json!([]), "{target}");
        assert_eq!(roi["type"], target["kind"]);
        assert_eq!(roi["name"], target["name"]);
    }
    let (rois, targets) = (&rois[..of_lesions], &targets[..of_lesions]);
    // All GTVs, then all CTVs, then all PTVs, numbered in this order.
    let order = |roi: &Value| {
        ["GTV", "CTV", "PTV"]
            .iter()
            .position(|kind| roi["type"] == **kind)
    };
    let kinds: Vec<usize> = rois.iter().map(|roi| order(roi).unwrap()).collect();
    assert!(kinds.is_sorted(), "{kinds:?}");
    for ((number, roi), target) in (1..).zip(rois).zip(targets) {
        assert_eq!(roi["number"], number);
        assert_eq!(roi["type"], target["kind"]);
        assert_eq!(roi["name"], target["name"]);
        assert_eq!(roi["algorithm"], "AUTOMATIC");
        check_name(roi["name"].as_str().unwrap(), roi["type"].as_str().unwrap());
        check_description(roi["description"].as_str().unwrap(), target);
        assert!(roi["fewest_points"].as_u64().unwrap() >= 3, "{roi}");
        assert!(roi["smallest_mm2"].as_f64().unwrap() >= SLIVER_MM2, "{roi}");
    }
    check_colours(rois, targets);
}
