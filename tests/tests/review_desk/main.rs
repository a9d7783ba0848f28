//! The planner's desk in a browser: what a person clicks and types, and what is signed then.
//!
//! The scripts of `tests/browser` drive `isoboost review` in Chromium; what they tell is judged here.

mod server;

use std::path::{Path, PathBuf};
use std::process::Command;

use isoboost_tests::{
    check_script, dciodvfy_errors, has_browser, has_node_packages, has_program, only_study, report,
    succeed, workspace,
};
use serde_json::{Value, json};

use crate::server::{Desk, Results};

/// Where the pictures of the steps go, to be looked at.
fn pictures(name: &str) -> PathBuf {
    let folder = workspace().join("target/review-desk").join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Runs a script of `tests/browser` on a server of its own and hands back what it tells.
fn drive(script: &str, results: &Results) -> Value {
    let desk = Desk::open(&results.path());
    let stdout = succeed(
        Command::new("node")
            .arg(workspace().join("tests/browser").join(script))
            .arg(&desk.address)
            .arg(pictures(script.trim_end_matches(".mjs"))),
    );
    serde_json::from_str(&stdout).unwrap_or_else(|error| panic!("{script}: {error} in {stdout}"))
}

/// The files of a folder and what they hold, those below `signed` and the database left out.
fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push((path.clone(), std::fs::read(&path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

#[test]
fn what_a_planner_decides_and_signs_is_what_is_exported() {
    if !has_browser() {
        return;
    }
    let results = Results::of_pelvis(|_| ());
    let study = only_study(&results.path());
    let before = contents(&study);
    let told = drive("journey.mjs", &results);
    assert_eq!(told["grave"], json!([]), "accessibility");
    assert_eq!(told["wrong"], json!([]));
    assert!(contents(&study) == before, "the suggestion was changed");

    let name = study.file_name().unwrap();
    let signed = results.path().join("signed").join(name).join("1");
    let suggested_report = report(&study);
    let signed_report = report(&signed);
    check_report(&told, &suggested_report, &signed_report);
    if let Some(found) = check_script("describe_signed.py", &[&study, &signed]) {
        check_approval(&told, &found);
        check_rois(&told, &signed_report, &found);
        check_margin(&told, &signed_report, &found);
        check_rejected(&told, &suggested_report, &found);
    }
    if has_program("dciodvfy") {
        for file in ["rtstruct.dcm", "seg.dcm", "sr.dcm"] {
            let errors = dciodvfy_errors(&signed.join(file));
            assert_eq!(errors, Vec::<String>::new(), "{file}");
        }
    }
}

fn finding(list: &Value, id: &Value) -> Option<Value> {
    let mut findings = list.as_array().unwrap().iter();
    findings.find(|finding| finding["id"] == *id).cloned()
}

/// Three lesions of four are left, one of them of another class, and the report names the signature.
fn check_report(told: &Value, suggested: &Value, signed: &Value) {
    let rejected = &told["rejected"];
    assert!(finding(&suggested["lesions"], rejected).is_some());
    assert!(finding(&signed["lesions"], rejected).is_none());
    assert!(finding(&signed["excluded"], rejected).is_some());
    assert_eq!(
        signed["lesions"].as_array().unwrap().len() + 1,
        suggested["lesions"].as_array().unwrap().len()
    );
    let reclassified = finding(&signed["lesions"], &told["reclassified"]["finding"]).unwrap();
    assert_eq!(reclassified["region"], told["reclassified"]["region"]);
    assert_eq!(signed["review"]["reviewer"], told["reviewer"]);
    assert_eq!(signed["review"]["comment"], told["comment"]);
}

/// Who approved it, in each object; the suggestion stays unapproved.
fn check_approval(told: &Value, found: &Value) {
    let (suggestion, signed) = (&found["suggestion"], &found["signed"]);
    assert_eq!(suggestion["approval"], "UNAPPROVED");
    assert_eq!(signed["approval"], "APPROVED");
    assert_ne!(signed["uid"], suggestion["uid"]);
    // A name as people write it becomes family^given; the letters are all there.
    let letters = |name: &Value| {
        let mut letters: Vec<char> = name.as_str().unwrap().chars().collect();
        letters.retain(|letter| letter.is_alphabetic());
        letters.sort_unstable();
        letters
    };
    let reviewer = letters(&told["reviewer"]);
    assert_eq!(letters(&signed["reviewer"]), reviewer);
    assert_eq!(letters(&signed["seg_creator"]), reviewer);
    assert_eq!(letters(&signed["sr"]["observers"][0]), reviewer);
    assert_eq!(signed["sr"]["verification"], "VERIFIED");
    assert_eq!(signed["sr"]["completion"], "COMPLETE");
    assert_eq!(signed["review_date"].as_str().unwrap().len(), 8);
    assert!(signed["review_time"].as_str().unwrap().len() >= 6);
}

fn rois(object: &Value) -> &Vec<Value> {
    object["rois"].as_array().unwrap()
}

fn names(list: &[Value]) -> Vec<&str> {
    list.iter()
        .map(|item| item["name"].as_str().unwrap())
        .collect()
}

/// The structure set holds the targets of the signed report and no other, in their order: GTVs of
/// the bed's own recurrence, of the node that was put there, and of the node that was left.
fn check_rois(told: &Value, signed_report: &Value, found: &Value) {
    let drawn = names(rois(&found["signed"]));
    assert_eq!(drawn, names(signed_report["targets"].as_array().unwrap()));
    let mut gross: Vec<&str> = drawn
        .iter()
        .copied()
        .filter(|name| name.starts_with("GTV"))
        .collect();
    gross.sort_unstable();
    assert_eq!(gross, ["GTV_Bed_1", "GTV_Bed_2", "GTV_N_1"]);
    let targets = signed_report["targets"].as_array().unwrap();
    let of_rejected = targets.iter().filter(|target| {
        target["lesion_ids"]
            .as_array()
            .unwrap()
            .contains(&told["rejected"])
    });
    assert_eq!(of_rejected.count(), 0);
}

fn roi_of(signed_report: &Value, found: &Value, kind: &str, lesion: &Value) -> Value {
    let targets = signed_report["targets"].as_array().unwrap();
    let target = targets
        .iter()
        .find(|target| target["kind"] == kind && target["lesion_ids"] == json!([lesion]))
        .unwrap_or_else(|| panic!("no {kind} of lesion {lesion}"));
    let mut drawn = rois(&found["signed"]).iter();
    let roi = drawn.find(|roi| roi["name"] == target["name"]);
    roi.unwrap().clone()
}

/// The PTV reaches beyond the CTV by the margin that was typed in, on each side, within a voxel.
fn check_margin(told: &Value, signed_report: &Value, found: &Value) {
    let lesion = &told["margin"]["finding"];
    let margin_mm = told["margin"]["ptv_mm"].as_f64().unwrap();
    let ctv = roi_of(signed_report, found, "CTV", lesion);
    let ptv = roi_of(signed_report, found, "PTV", lesion);
    let spacing: Vec<f64> =
        serde_json::from_value(signed_report["ct"]["spacing_mm"].clone()).unwrap();
    for axis in 0..3 {
        // The report tells spacing as slice, row, column.
        let voxel_mm = spacing[2 - axis];
        let edge = |roi: &Value, side: &str| roi[side][axis].as_f64().unwrap();
        for beyond in [
            edge(&ctv, "low") - edge(&ptv, "low"),
            edge(&ptv, "high") - edge(&ctv, "high"),
        ] {
            assert!(
                (beyond - margin_mm).abs() <= voxel_mm,
                "axis {axis}: {beyond} mm for a margin of {margin_mm} mm"
            );
        }
    }
}

/// Where the rejected lesion was, the suggestion has a GTV and the signed set none.
fn check_rejected(told: &Value, suggested_report: &Value, found: &Value) {
    let lesion = finding(&suggested_report["lesions"], &told["rejected"]).unwrap();
    let holds = |roi: &&Value| {
        (0..3).all(|axis| {
            let at = lesion["max_mm"][axis].as_f64().unwrap();
            let edge = |side: &str| roi[side][axis].as_f64().unwrap();
            roi["type"] == "GTV" && edge("low") <= at && at <= edge("high")
        })
    };
    assert_eq!(rois(&found["suggestion"]).iter().filter(holds).count(), 1);
    assert_eq!(rois(&found["signed"]).iter().filter(holds).count(), 0);
}

#[test]
fn two_windows_never_overwrite_each_other() {
    if !has_browser() {
        return;
    }
    let told = drive("two_windows.mjs", &Results::of_pelvis(|_| ()));
    assert_eq!(
        told["decisions"],
        json!([["First Reader", "accept"], ["Second Reader", "reject"]])
    );
    assert_eq!(told["grave"], json!([]), "accessibility");
    assert_eq!(told["wrong"], json!([]));
}

#[test]
fn a_decision_under_way_is_not_lost_by_leaving_the_study() {
    if !has_browser() {
        return;
    }
    let told = drive("leaving.mjs", &Results::of_pelvis(|_| ()));
    assert_eq!(told["decisions"], json!([["Ada Reader", "accept"]]));
    assert_eq!(told["wrong"], json!([]));
}

#[test]
fn the_whole_way_is_possible_with_the_keyboard_alone() {
    if !has_browser() {
        return;
    }
    let told = drive("keyboard.mjs", &Results::of_pelvis(|_| ()));
    assert_eq!(told["status"], "signed");
    for page in ["list", "study"] {
        assert_eq!(told[page]["unseen"], json!([]), "{page}: focus is not seen");
        assert!(told[page]["stops"].as_u64().unwrap() >= 5, "{told}");
    }
    assert_eq!(told["wrong"], json!([]));
}

#[test]
fn markup_in_headers_and_reasons_stays_text() {
    if !has_browser() {
        return;
    }
    let mut is_written = false;
    let results = Results::of_pelvis(|scan| is_written = write_markup(scan));
    if !is_written {
        return;
    }
    let told = drive("hostile.mjs", &results);
    assert_eq!(told["wrong"], json!([]));
    assert_eq!(told["foreign"], json!([0, 0]));
    for text in told["seen"].as_array().unwrap() {
        assert!(
            text.as_str().unwrap().contains("<img src=x onerror="),
            "{told}"
        );
    }
    assert_eq!(told["hasReport"], true);
}

/// Puts markup into the headers of the scan; `false` where no Python is there to do it.
fn write_markup(scan: &Path) -> bool {
    let Some(mut python) = isoboost_tests::check_python() else {
        return false;
    };
    let script = workspace().join("tests/external/write_markup.py");
    succeed(python.arg(script).arg(scan));
    true
}

#[test]
fn the_pages_scripts_have_no_type_error() {
    if !has_node_packages() {
        return;
    }
    let folder = workspace().join("tests/browser");
    succeed(
        Command::new("node")
            .arg(folder.join("node_modules/typescript/bin/tsc"))
            .arg("--project")
            .arg(folder.join("tsconfig.json")),
    );
}

/// What the pages work out by themselves, tested in Node.js without a browser.
#[test]
fn the_pages_modules_hold_their_own_tests() {
    if !has_program("node") {
        return;
    }
    let tests = std::fs::read_dir(workspace().join("tests/browser/unit")).unwrap();
    let files = tests.map(|entry| entry.unwrap().path());
    succeed(Command::new("node").arg("--test").args(files));
}

#[test]
fn the_lock_file_of_the_browser_tests_names_no_address() {
    let text =
        std::fs::read_to_string(workspace().join("tests/browser/package-lock.json")).unwrap();
    let lock: Value = serde_json::from_str(&text).unwrap();
    for (name, package) in lock["packages"].as_object().unwrap() {
        let Some(address) = package["resolved"].as_str() else {
            continue;
        };
        assert!(
            address.starts_with("https://registry.npmjs.org/"),
            "{name}: {address}"
        );
    }
}
