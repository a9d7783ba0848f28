//! Structures that another system drew on the planning CT: read, used, told, and left alone.

use std::path::{Path, PathBuf};

use isoboost_tests::{check_script, only_study, report};
use nalgebra::Vector3;
use serde_json::{Value, json};

use crate::study::{HEADS, SCANS, planning_from_pet, run};

/// What is drawn: the name, the middle beside that of the femoral heads in the patient, and half
/// axes, mm. The bed is not where the built-in rules would draw it.
const DRAWN: [(&str, [f64; 3], [f64; 3]); 6] = [
    ("CTV_ProstateBed", [4.0, 6.0, 8.0], [27.0, 19.0, 23.0]),
    ("Bladder", [0.0, -28.0, 48.0], [40.0, 30.0, 32.0]),
    ("Rectum", [0.0, 46.0, 15.0], [16.0, 15.0, 50.0]),
    ("Bowel", [0.0, -20.0, 110.0], [60.0, 35.0, 25.0]),
    ("FemoralHead_L", [86.0, 0.0, 0.0], [22.0, 22.0, 22.0]),
    ("FemoralHead_R", [-86.0, 0.0, 0.0], [22.0, 22.0, 22.0]),
];

/// The planning CT with a structure set by rt-utils; the folder and the set.
pub fn drawn_plan(folder: &Path) -> Option<(PathBuf, PathBuf)> {
    let planning = folder.join("planning");
    std::fs::create_dir(&planning).unwrap();
    for entry in std::fs::read_dir(SCANS.planning_ct()).unwrap() {
        let file = entry.unwrap().path();
        std::fs::copy(&file, planning.join(file.file_name().unwrap())).unwrap();
    }
    let place = |[x, y, z]: [f64; 3]| planning_from_pet() * (HEADS + Vector3::new(x, y, z));
    let case: serde_json::Map<String, Value> = DRAWN
        .iter()
        .map(|(name, at, half)| {
            let at = place(*at);
            let numbers = json!([at.x, at.y, at.z, half[0], half[1], half[2]]);
            ((*name).to_owned(), numbers)
        })
        .collect();
    let (input, set) = (folder.join("case.json"), planning.join("structures.dcm"));
    std::fs::write(&input, Value::Object(case).to_string()).unwrap();
    let ct = SCANS.planning_ct();
    check_script(
        "draw_planning_structures.py",
        &[Path::new("draw"), &input, &ct, &set],
    )?;
    Some((planning, set))
}

#[test]
fn the_bed_that_was_drawn_on_the_planning_ct_is_the_elective_volume() {
    let folder = tempfile::tempdir().unwrap();
    let Some((planning, set)) = drawn_plan(folder.path()) else {
        return;
    };
    let before = std::fs::read(&set).unwrap();
    let out = folder.path().join("out");
    let (code, said) = run(&out, &[&"--planning-ct", &planning]);
    assert_eq!(code, 0, "{said}");
    let result = only_study(&out);
    let report = report(&result);
    assert_eq!(std::fs::read(&set).unwrap(), before, "the set was touched");

    // It is told that it was read and what became of it.
    let names: Vec<&str> = DRAWN.iter().map(|(name, ..)| *name).collect();
    let mut read: Vec<&str> = report["planning_ct"]["organs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap())
        .collect();
    read.sort_unstable();
    let mut expected = names.clone();
    expected.sort_unstable();
    assert_eq!(read, expected);
    let targets = report["targets"].as_array().unwrap();
    let bed = targets.iter().find(|t| t["name"] == "CTVp_Bed").unwrap();
    let notes = bed["notes"].to_string();
    assert!(
        notes.contains("the prostate bed as handed in (`CTV_ProstateBed`), unchanged"),
        "{notes}"
    );
    assert!(!notes.contains("approximate"), "{notes}");
    let approximate = "the volume of the prostate bed is approximate";
    assert!(!report.to_string().contains(approximate), "{said}");

    // The volume is that one: not the built-in borders, nor cut by the organs beside it.
    let own = result.join("rtstruct.dcm");
    let arguments = [
        Path::new("compare"),
        &set,
        Path::new("CTV_ProstateBed"),
        &own,
        Path::new("CTVp_Bed"),
        &planning,
    ];
    let found = check_script("draw_planning_structures.py", &arguments).unwrap();
    assert!(found["dice"].as_f64().unwrap() > 0.98, "{found}");
    let (told, drawn) = (
        bed["volume_ml"].as_f64().unwrap(),
        found["ml"][0].as_f64().unwrap(),
    );
    assert!((told / drawn - 1.0).abs() < 0.02, "{told} mL, {found}");

    // The others are organs at risk; the bed is a target and none.
    let at_risk = report["isotoxic"]["organs"].as_array().unwrap();
    let at_risk = |name: &str| {
        let origin = format!("contours of `{name}`");
        at_risk.iter().any(|organ| organ["origin"] == *origin)
    };
    for name in &names[1..] {
        assert!(at_risk(name), "{name}: {}", report["isotoxic"]["organs"]);
    }
    assert!(!at_risk("CTV_ProstateBed"));
}
