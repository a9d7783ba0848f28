//! Scans that nobody here made: SUV against values that others computed.

use std::path::Path;

use isoboost_tests::{finish, isoboost, only_study, report, shared_data, succeed};
use serde_json::Value;

fn suv(arguments: &[&Path], within: Option<&Path>) -> Value {
    let mut command = isoboost();
    command.arg("suv").args(arguments).arg("--json");
    if let Some(region) = within {
        command.arg("--within").arg(region);
    }
    serde_json::from_str(&succeed(&mut command)).unwrap()
}

fn assert_near(found: &Value, expected: f64, relative: f64) {
    let found = found
        .as_f64()
        .unwrap_or_else(|| panic!("a number, not {found}"));
    assert!(
        (found / expected - 1.0).abs() <= relative,
        "{found}, expected {expected}"
    );
}

/// The reference objects of the IBSI for SUV: 0.20, 1.00 and 4.00 at two decimals in each.
#[test]
fn ibsi_reference_objects_give_their_suv() {
    let Some(folder) = shared_data("ibsi-suv-dro") else {
        return;
    };
    let mut objects = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let object = entry.unwrap().path();
        if !object.join("PT").is_dir() {
            continue;
        }
        let found = suv(
            &[&object.join("PT")],
            Some(&object.join("mask/DRO_mask.nii.gz")),
        );
        let two = |key: &str| format!("{:.2}", found["suv"][key].as_f64().unwrap());
        assert_eq!(
            [two("min"), two("median"), two("max")],
            ["0.20", "1.00", "4.00"],
            "{}",
            object.display()
        );
        // The same region as contours drawn by other software.
        let structures = std::fs::read_dir(object.join("RS"))
            .unwrap()
            .next()
            .unwrap()
            .unwrap();
        let drawn = suv(&[&object.join("PT")], Some(&structures.path()));
        let drawn = drawn["suv"]["median"].as_f64().unwrap();
        assert!((drawn - 1.0).abs() < 0.01, "{}: {drawn}", object.display());
        objects += 1;
    }
    assert_eq!(objects, 11);
}

/// A whole-body PET of a GE scanner; the factor from its header by pydicom, and the maximum.
#[test]
fn a_raw_ge_scan_has_its_published_suv() {
    let Some(folder) = shared_data("sts-001-ge-raw/PET") else {
        return;
    };
    let found = suv(&[&folder], None);
    assert_near(&found["factor"], 2.429_029_766e-4, 1e-8);
    assert_near(&found["suv"]["max"], 66.5215, 1e-5);
    assert_eq!(found["size"], serde_json::json!([128, 128, 267]));
}

/// The validation set of the IBSI, in SUV already: maximum and mean inside masks of others.
#[test]
fn images_that_are_suv_already_stay_as_they_are() {
    for (case, max, mean) in [("STS_001", 7.9107, 2.5551), ("STS_002", 21.6757, 7.3696)] {
        let Some(folder) = shared_data(&format!("ibsi-validation/{case}")) else {
            return;
        };
        let mask = find(&folder.join("nifti"), &["PET", "mask"]);
        let found = suv(&[&folder.join("PET/image")], Some(&mask));
        assert_near(&found["factor"], 1.0, 1e-12);
        assert_near(&found["suv"]["max"], max, 1e-5);
        assert_near(&found["suv"]["mean"], mean, 1e-4);
    }
}

/// The file under a folder whose path holds all of `words`.
fn find(folder: &Path, words: &[&str]) -> std::path::PathBuf {
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let text = path.to_string_lossy().into_owned();
            if path.is_dir() {
                folders.push(path);
            } else if words.iter().all(|w| text.contains(w)) {
                return path;
            }
        }
    }
    panic!("nothing under {} with {words:?}", folder.display());
}

#[test]
fn single_slices_of_a_siemens_type_scanner_have_their_factors() {
    let Some(folder) = shared_data("pt-single-slices") else {
        return;
    };
    let still = suv(&[&folder.join("acrin-flt-029.dcm")], None);
    assert_near(&still["factor"], 5.942_485_308e-4, 1e-8);
    assert_near(&still["suv"]["max"], 7.19433, 1e-5);
}

#[test]
fn values_in_proportional_counts_are_refused_with_all_reasons() {
    let Some(folder) = shared_data("pt-single-slices") else {
        return;
    };
    let (code, _, stderr) = finish(
        isoboost()
            .arg("suv")
            .arg(folder.join("ge-propcps-jpeg-lossless.dcm")),
    );
    assert_eq!(code, 1, "{stderr}");
    for word in ["PROPCPS", "ATTN", "weight"] {
        assert!(
            stderr.to_lowercase().contains(&word.to_lowercase()),
            "{word} in {stderr}"
        );
    }
}

#[test]
fn a_pet_with_ct_runs_to_a_structure_set_on_the_ct() {
    for case in ["STS_001", "STS_002"] {
        let Some(folder) = shared_data(&format!("ibsi-validation/{case}")) else {
            return;
        };
        let out = tempfile::tempdir().unwrap();
        succeed(
            isoboost()
                .arg("run")
                .arg(&folder)
                .arg("--out")
                .arg(out.path()),
        );
        let study = only_study(out.path());
        let report = report(&study);
        assert!(report["ct"]["series_uid"].is_string(), "{}", report["ct"]);
        assert!(!report["lesions"].as_array().unwrap().is_empty());
        assert!(study.join("rtstruct.dcm").is_file());
    }
}

/// A PET without CT: contours on its own slices, and a warning before all others.
#[test]
fn a_pet_alone_runs_with_undetermined_regions() {
    let Some(folder) = shared_data("sts-001-ge-raw/PET") else {
        return;
    };
    let out = tempfile::tempdir().unwrap();
    succeed(
        isoboost()
            .arg("run")
            .arg(&folder)
            .arg("--out")
            .arg(out.path()),
    );
    let report = report(&only_study(out.path()));
    assert_eq!(report["ct"], Value::Null);
    assert_eq!(report["warnings"][0]["code"], "no-ct");
    let lesions = report["lesions"].as_array().unwrap();
    assert!(lesions.iter().all(|l| l["region"] == "undetermined"));
    // The hottest focus of the scan is told, as a lesion or excluded, where others found it.
    let foci = lesions.iter().chain(report["excluded"].as_array().unwrap());
    let hottest = foci.max_by(|a, b| {
        a["suv_max"]
            .as_f64()
            .unwrap()
            .total_cmp(&b["suv_max"].as_f64().unwrap())
    });
    let hottest = hottest.unwrap();
    assert_near(&hottest["suv_max"], 66.5215, 1e-5);
    // Slices are a rounded 3.27 mm apart in the headers; the grid has their mean distance.
    for (found, expected) in hottest["max_mm"]
        .as_array()
        .unwrap()
        .iter()
        .zip([25.78, 30.47, -678.54])
    {
        assert!(
            (found.as_f64().unwrap() - expected).abs() < 0.05,
            "{hottest}"
        );
    }
}

#[test]
fn series_of_bad_geometry_are_named_and_never_a_volume() {
    for (folder, words) in [
        ("gantrytilting", "tilt"),
        ("notavolume", "position"),
        ("missing-slices", "missing"),
    ] {
        let Some(folder) = shared_data(&format!("ct-bad-geometry/{folder}")) else {
            return;
        };
        let mut command = isoboost();
        let text = succeed(command.arg("inspect").arg(&folder).arg("--json"));
        let found: Value = serde_json::from_str(&text).unwrap();
        let series = found["studies"][0]["series"].as_array().unwrap();
        let told = series.iter().any(|s| {
            let findings = s["findings"].to_string().to_lowercase();
            s["size"].is_null() && findings.contains(words)
        });
        assert!(told, "{words}: {text}");
    }
}
