//! A cohort of phantoms from DICOM to its table.

use std::fs;
use std::path::Path;

use isoboost_tests::{finish, isoboost, report, succeed};
use serde_json::Value;

/// Patient ID, what the phantom is made from, its facts, and what is to be suggested.
struct Man {
    id: &'static str,
    phantom: &'static [&'static str],
    /// A lesion of the pelvis at this site, in place of a scenario.
    site: Option<&'static str>,
    /// psa_ng_ml and prior_pelvic_rt; none without a row.
    facts: Option<(&'static str, &'static str)>,
    pattern: &'static str,
    kinds: &'static str,
    pelvis_top: &'static str,
    /// Names of the targets.
    targets: &'static [&'static str],
}

const COHORT: [Man; 8] = [
    Man {
        id: "PELVIS-NEGATIVE-1",
        phantom: &["pelvis", "--scenario", "negative", "--seed", "1"],
        site: None,
        facts: Some(("0.2", "no")),
        pattern: "negative",
        kinds: "",
        pelvis_top: "",
        targets: &[],
    },
    Man {
        id: "PELVIS-BED-1",
        phantom: &["pelvis", "--scenario", "bed", "--seed", "1"],
        site: None,
        facts: Some(("0.3", "no")),
        pattern: "bed",
        kinds: "bed_boost",
        pelvis_top: "",
        targets: &[
            "GTV_Bed_1",
            "CTV_Bed_1",
            "PTV_Bed_1",
            "CTVp_Bed",
            "PTVp_Bed",
        ],
    },
    Man {
        id: "PELVIS-BED-2",
        phantom: &["pelvis", "--scenario", "bed", "--seed", "2"],
        site: None,
        facts: Some(("1.0", "yes")),
        pattern: "bed",
        kinds: "",
        pelvis_top: "",
        targets: &["GTV_Bed_1"],
    },
    Man {
        id: "PELVIS-NODE-1",
        phantom: &["pelvis", "--scenario", "node", "--seed", "1"],
        site: None,
        facts: None,
        pattern: "node",
        kinds: "pelvic_rt node_boost",
        pelvis_top: "l5_s1",
        targets: &[
            "GTV_N_1",
            "CTV_N_1",
            "PTV_N_1",
            "GTV_N_2",
            "CTV_N_2",
            "PTV_N_2",
            "CTVn_Pelvis",
            "PTVn_Pelvis",
            "CTVp_Bed",
            "PTVp_Bed",
        ],
    },
    Man {
        id: "PELVIS-NEGATIVE-2",
        phantom: &["pelvis", "--seed", "2"],
        site: Some("common-iliac"),
        facts: Some(("0.8", "unknown")),
        pattern: "node",
        kinds: "pelvic_rt node_boost",
        pelvis_top: "aortic_bifurcation",
        targets: &[
            "GTV_N_1",
            "CTV_N_1",
            "PTV_N_1",
            "CTVn_Pelvis",
            "PTVn_Pelvis",
            "CTVp_Bed",
            "PTVp_Bed",
        ],
    },
    Man {
        id: "PELVIS-NEGATIVE-3",
        phantom: &["pelvis", "--seed", "3"],
        site: Some("retroperitoneal"),
        facts: Some(("0.8", "no")),
        pattern: "oligometastatic",
        kinds: "pelvic_rt node_boost",
        pelvis_top: "above_highest_node",
        targets: &[
            "GTV_M_1",
            "CTV_M_1",
            "PTV_M_1",
            "CTVn_Pelvis",
            "PTVn_Pelvis",
            "CTVp_Bed",
            "PTVp_Bed",
        ],
    },
    Man {
        id: "PELVIS-BONE-1",
        phantom: &["pelvis", "--scenario", "bone", "--seed", "1"],
        site: None,
        facts: Some(("0.8", "no")),
        pattern: "oligometastatic",
        kinds: "metastasis_directed",
        pelvis_top: "",
        targets: &[
            "GTV_M_1", "CTV_M_1", "PTV_M_1", "GTV_M_2", "CTV_M_2", "PTV_M_2", "CTVp_Bed",
            "PTVp_Bed",
        ],
    },
    Man {
        id: "PELVIS-POLYMETASTATIC-1",
        phantom: &["pelvis", "--scenario", "polymetastatic", "--seed", "1"],
        site: None,
        facts: Some(("5", "no")),
        pattern: "polymetastatic",
        kinds: "systemic",
        pelvis_top: "",
        targets: &[
            "GTV_M_1", "GTV_M_2", "GTV_M_3", "GTV_M_4", "GTV_M_5", "GTV_M_6", "GTV_N_1", "GTV_N_2",
        ],
    },
];

fn scan(man: &Man, folder: &Path) {
    let mut phantom = isoboost();
    phantom.arg("phantom").args(man.phantom);
    if let Some(site) = man.site {
        let path = folder.join(format!("{}.toml", man.id));
        let lesion = format!(
            "[[lesion]]\nsite = \"{site}\"\nside = \"right\"\ndiameter-mm = 11.0\nsuv = 14.0\n"
        );
        fs::write(&path, lesion).unwrap();
        phantom.arg("--lesions").arg(path);
    }
    let out = folder.join("scans").join(man.id);
    succeed(phantom.args(["--size", "small", "--out"]).arg(out));
}

fn clinical(path: &Path) {
    let mut text = "patient_id,psa_ng_ml,prior_pelvic_rt,weight_kg\n".to_owned();
    for man in &COHORT {
        if let Some((psa, prior)) = man.facts {
            // One weight, which goes before that of the header.
            let weight = if man.id == "PELVIS-BED-1" { "90" } else { "" };
            text.push_str(&format!("{},{psa},{prior},{weight}\n", man.id));
        }
    }
    text.push_str("SOMEBODY-ELSE,1,no,\n");
    fs::write(path, text).unwrap();
}

/// The rows of a table by their patients.
fn rows(table: &str) -> Vec<std::collections::BTreeMap<String, String>> {
    let mut lines = table.lines().map(|line| line.split(','));
    let header: Vec<&str> = lines.next().unwrap().collect();
    let row = |cells: std::str::Split<'_, char>| {
        let cells: Vec<&str> = cells.collect();
        assert_eq!(cells.len(), header.len(), "{cells:?}");
        let pairs = header.iter().zip(cells);
        pairs
            .map(|(name, cell)| ((*name).to_owned(), cell.to_owned()))
            .collect()
    };
    lines.map(row).collect()
}

#[test]
fn a_cohort_of_phantoms_gets_what_its_truth_asks_for() {
    let folder = tempfile::tempdir().unwrap();
    for man in &COHORT {
        scan(man, folder.path());
    }
    let facts = folder.path().join("facts.csv");
    clinical(&facts);
    let out = folder.path().join("out");
    let (code, _, stderr) = finish(
        isoboost()
            .arg("run")
            .arg(folder.path().join("scans"))
            .arg("--out")
            .arg(&out)
            .arg("--clinical")
            .arg(&facts),
    );
    assert_eq!(code, 0, "{stderr}");
    let unused = format!("rows of no study here: line {}", COHORT.len() + 1);
    assert!(stderr.contains(&unused), "{stderr}");

    let table = fs::read_to_string(out.join("cohort.csv")).unwrap();
    let rows = rows(&table);
    assert_eq!(rows.len(), COHORT.len());
    for man in &COHORT {
        let row = rows.iter().find(|row| row["patient_id"] == man.id);
        let row = row.unwrap_or_else(|| panic!("no {} in\n{table}", man.id));
        assert_eq!(row["pattern"], man.pattern, "{row:?}");
        assert_eq!(row["intensification"], man.kinds, "{row:?}");
        assert_eq!(row["pelvis_top"], man.pelvis_top, "{row:?}");
        check_report(man, &report(&out.join(&row["folder"])));
    }
    check_tables(&out, &table);
}

fn check_report(man: &Man, report: &Value) {
    let recommendation = &report["recommendation"];
    let is_out = man.facts.is_some_and(|(_, prior)| prior == "yes");
    assert_eq!(recommendation["out_of_scope"], is_out, "{}", man.id);
    let (psa, prior) = match man.facts {
        Some((psa, prior)) => (Value::from(psa.parse::<f64>().unwrap()), prior),
        None => (Value::Null, "unknown"),
    };
    assert_eq!(recommendation["facts"]["psa_ng_ml"], psa, "{}", man.id);
    assert_eq!(recommendation["facts"]["prior_pelvic_rt"], prior);
    let codes = report["warnings"].as_array().unwrap().iter();
    let is_told = codes.clone().any(|w| w["code"] == "no-clinical-facts");
    assert_eq!(is_told, man.facts.is_none(), "{}", man.id);
    let targets = report["targets"].as_array().unwrap();
    let mut names: Vec<&str> = targets
        .iter()
        .map(|t| t["name"].as_str().unwrap())
        .collect();
    let mut expected = man.targets.to_vec();
    // Where the pelvis is irradiated, its field is drawn.
    if man.kinds.contains("pelvic_rt") {
        expected.push("Field_Pelvis");
    }
    names.sort_unstable();
    expected.sort_unstable();
    assert_eq!(names, expected, "{}", man.id);
    for target in targets.iter().filter(|t| t["kind"] == "PTV") {
        check_levels(target);
    }
    let overrides = report["suv"]["overrides"].as_array().unwrap();
    if man.id == "PELVIS-BED-1" {
        assert_eq!(overrides[0]["option"], "--clinical: weight_kg");
        assert_eq!(overrides[0]["value"], "90 kg");
    } else {
        assert!(overrides.is_empty(), "{overrides:?}");
    }
}

/// The dose of a PTV is its first level, and the equivalents are those of the closed form.
fn check_levels(ptv: &Value) {
    let levels = ptv["dose_levels"].as_array().unwrap();
    assert_eq!(ptv["dose_gy"], levels[0]["total_gy"]);
    assert_eq!(ptv["fractions"], levels[0]["fractions"]);
    for level in levels {
        let number = |key: &str| level[key].as_f64().unwrap();
        let (total, fractions) = (number("total_gy"), number("fractions"));
        let per_fraction = total / fractions;
        for (alpha_beta, key) in [
            (1.5, "eqd2_alpha_beta_1_5_gy"),
            (3.0, "eqd2_alpha_beta_3_gy"),
        ] {
            let expected = total * (per_fraction + alpha_beta) / (2.0 + alpha_beta);
            assert!((number(key) - expected).abs() < 1e-9, "{level}");
        }
        assert!(level["source"].as_str().unwrap().contains(": "), "{level}");
    }
}

fn check_tables(out: &Path, csv: &str) {
    let printed = succeed(isoboost().arg("cohort").arg(out).arg("--csv"));
    assert_eq!(printed.trim_end(), csv.trim_end());
    let json: Value =
        serde_json::from_str(&succeed(isoboost().arg("cohort").arg(out).arg("--json"))).unwrap();
    let summary = &json["summary"];
    assert_eq!(summary["men"], 8);
    assert_eq!(summary["positive"], 7);
    assert_eq!(summary["intensified"], 6);
    assert_eq!(summary["as_planned"], 1);
    assert_eq!(summary["out_of_scope"], 1);
    let men: Vec<i64> = summary["kinds"]
        .as_array()
        .unwrap()
        .iter()
        .map(|kind| kind["men"].as_i64().unwrap())
        .collect();
    // Pelvis, node boost, bed boost, metastasis-directed, systemic.
    assert_eq!(men, [3, 3, 1, 1, 1]);
    let text = succeed(isoboost().arg("cohort").arg(out));
    assert!(text.contains("intensified            6  75 %"), "{text}");
    assert!(text.contains("out of scope"), "{text}");
}

#[test]
fn a_liver_metastasis_asks_for_systemic_treatment() {
    let folder = tempfile::tempdir().unwrap();
    let patient = folder.path().join("patient.toml");
    let text = "height-cm = 178\nweight-kg = 82\n\
                [[lesion]]\nsite = \"liver\"\ndiameter-mm = 20\ncontrast = 3.0\n";
    fs::write(&patient, text).unwrap();
    let scans = folder.path().join("scans");
    let mut phantom = isoboost();
    phantom.args(["phantom", "torso", "--size", "small", "--patient"]);
    succeed(phantom.arg(&patient).arg("--out").arg(&scans));
    let out = folder.path().join("out");
    succeed(isoboost().arg("run").arg(&scans).arg("--out").arg(&out));
    let report = report(&isoboost_tests::only_study(&out));
    assert_eq!(report["mi_tnm"], "miT0 N0 M1c");
    let recommendation = &report["recommendation"];
    assert_eq!(recommendation["intensification"][0], "systemic");
    assert_eq!(recommendation["rules"][0]["id"], "visceral");
    assert!(
        report["targets"]
            .as_array()
            .unwrap()
            .iter()
            .all(|t| t["kind"] == "GTV")
    );
}
