//! Doses of organs and the highest boosts that keep their limits, from files that other software
//! wrote to the report.

use std::path::{Path, PathBuf};
use std::process::Command;

use isoboost_dicom::{ObjectSource, read_dose, read_structure_set};
use isoboost_planning::dose::Structure;
use isoboost_tests::{
    check_script, finish, isoboost, only_study, report, shared_data, succeed, workspace,
};
use isoboost_volume::Grid;
use nalgebra::Point3;
use serde_json::Value;

/// The isotoxic check promises its figures to 0.5 % or 0.1 Gy.
const RELATIVE: f64 = 0.005;
const ABSOLUTE_GY: f64 = 0.1;

fn number(value: &Value) -> f64 {
    value
        .as_f64()
        .unwrap_or_else(|| panic!("{value} is no number"))
}

#[test]
fn histograms_agree_with_those_of_dicompyler() {
    let folder = tempfile::tempdir().unwrap();
    let written = check_script("dose_case.py", &[Path::new("histograms"), folder.path()]);
    if let Some(written) = written {
        // Pixels and slices of the images differ from those of the dose and the contours.
        let images = Grid::axis_aligned(
            [40, 130, 130],
            [2.0, 0.97, 0.97],
            Point3::new(-63.1, -62.3, -39.0),
        );
        assert_eq!(compare_histograms(&written, &images.unwrap()), 4);
    }
}

#[test]
fn histograms_of_drawn_organs_agree_with_those_of_dicompyler() {
    let Some(drawn) = shared_data("rtstruct-samples/dicompyler/rtss.dcm") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let written = check_script("dose_case.py", &[Path::new("real"), &drawn, folder.path()]);
    if let Some(written) = written {
        let images = Grid::axis_aligned(
            [120, 320, 320],
            [3.0, 0.97, 0.97],
            Point3::new(-130.0, -40.0, -420.0),
        );
        assert_eq!(compare_histograms(&written, &images.unwrap()), 4);
    }
}

/// Holds our figures of each case against those of dicompyler-core; how many there were.
fn compare_histograms(written: &Value, images: &Grid) -> usize {
    let structures =
        read_structure_set(Path::new(written["structures"].as_str().unwrap())).unwrap();
    let cases = written["cases"].as_array().unwrap();
    for case in cases {
        let source = ObjectSource::file(case["dose"].as_str().unwrap());
        let dose = read_dose(&source).unwrap().dose;
        let rois = &structures.structures.rois;
        let roi = rois.iter().find(|r| r.name == case["roi"]).unwrap();
        let structure = Structure::from_contours(&roi.contours, images).unwrap();
        let dvh = structure.dvh(&dose).unwrap();
        let figures = [
            ("volume_ml", dvh.total_ml(), 0.0),
            ("mean_gy", dvh.mean_gy(), ABSOLUTE_GY),
            ("d95_gy", dvh.dose_at_percent(95.0), ABSOLUTE_GY),
            ("d2cc_gy", dvh.dose_at_ml(2.0), ABSOLUTE_GY),
            // Half a percent of the organ.
            ("v70_percent", dvh.volume_percent(70.0), 0.5),
        ];
        for (name, ours, absolute) in figures {
            let theirs = number(&case[name]);
            let allowed = (RELATIVE * theirs.abs()).max(absolute);
            println!("{} {name}: ours {ours:.3}, theirs {theirs:.3}", case["roi"]);
            assert!(
                (ours - theirs).abs() <= allowed,
                "{case} {name}: {ours} {theirs}"
            );
        }
    }
    cases.len()
}

fn scan() -> PathBuf {
    workspace().join("fixtures/pelvis-bed-node")
}

/// The shipped phantom's base plan, written by pydicom, with what its rectum must have.
fn planned(folder: &Path) -> Option<Value> {
    check_script("dose_case.py", &[Path::new("phantom"), &scan(), folder])
}

fn run(out: &Path) -> Command {
    let mut command = isoboost();
    command.arg("run").arg(scan()).arg("--out").arg(out);
    command
}

fn entries<'a>(value: &'a Value, key: &str, wanted: &str) -> Vec<&'a Value> {
    let all = value.as_array().unwrap().iter();
    all.filter(|entry| entry[key] == wanted).collect()
}

/// The dose in so many fractions with the same effect on the tumour, α/β 1.5 Gy, by bisection.
fn same_effect(dose_gy: f64, fractions: u32, in_fractions: u32) -> f64 {
    let bed = |dose: f64, n: u32| dose * (1.0 + dose / (1.5 * f64::from(n)));
    let (mut low, mut high) = (0.0, 200.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if bed(middle, in_fractions) < bed(dose_gy, fractions) {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

/// The PTV whose lesion lies at the place of a lesion of the truth.
fn boost_of<'a>(report: &'a Value, site: &str) -> &'a Value {
    let text = std::fs::read_to_string(scan().join("truth.json")).unwrap();
    let truth: Value = serde_json::from_str(&text).unwrap();
    let lesion = entries(&truth["lesions"], "station", site)[0];
    let at = |value: &Value| [0, 1, 2].map(|n| number(&value[n]));
    let center = at(&lesion["centre_mm"]);
    let near = |l: &&Value| {
        let found = at(&l["centroid_mm"]);
        (0..3).all(|a| (found[a] - center[a]).abs() < 5.0)
    };
    let ours = report["lesions"]
        .as_array()
        .unwrap()
        .iter()
        .find(near)
        .unwrap();
    let boosts = report["isotoxic"]["boosts"].as_array().unwrap();
    let boost = boosts.iter().find(|b| b["lesion_ids"][0] == ours["id"]);
    boost.unwrap_or_else(|| panic!("no boost for {site}: {boosts:#?}"))
}

#[test]
fn a_base_plan_is_measured_and_the_boosts_that_it_allows_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let Some(expected) = planned(folder.path()) else {
        return;
    };
    let out = folder.path().join("out");
    let structures = folder.path().join("structures.dcm");
    let files = ["dose.dcm", "plan.dcm"].map(|name| folder.path().join(name));
    succeed(
        run(&out)
            .arg("--structures")
            .arg(&structures)
            .arg("--dose")
            .args(&files),
    );
    let report = report(&only_study(&out));
    let isotoxic = &report["isotoxic"];
    assert_eq!(isotoxic["basis"], "base_dose");
    assert_eq!(isotoxic["constraint_set"]["name"], "conventional");
    assert_eq!(isotoxic["constraint_set"]["converted"], false);
    let dose = &isotoxic["doses"][0];
    assert_eq!(
        (&dose["role"], &dose["fractions"]),
        (&"base".into(), &33.into())
    );
    assert_eq!(dose["plan"]["label"], "bed 66");
    assert_eq!(dose["plan"]["prescription_gy"], 66.0);

    let of_rectum = &expected["rectum"];
    let rectum = entries(&isotoxic["organs"], "organ", "rectum")[0];
    assert_eq!(rectum["source"], "imported");
    let close = |ours: &Value, theirs: &Value, absolute: f64| {
        let (ours, theirs) = (number(ours), number(theirs));
        let allowed = (RELATIVE * theirs.abs()).max(absolute);
        assert!((ours - theirs).abs() <= allowed, "{ours} {theirs}");
    };
    close(&rectum["volume_ml"], &of_rectum["volume_ml"], 0.0);
    close(
        &rectum["base"]["mean_gy"],
        &of_rectum["mean_gy"],
        ABSOLUTE_GY,
    );
    close(&rectum["base"]["d95_gy"], &of_rectum["d95_gy"], ABSOLUTE_GY);
    assert_eq!(rectum["base"]["evidence"], "measured");
    for (metric, key) in [("V65Gy", "v65_percent"), ("V40Gy", "v40_percent")] {
        let limits = entries(&isotoxic["constraints"], "organ", "rectum");
        let limit = limits.into_iter().find(|l| l["metric"] == metric).unwrap();
        // Half a percent of the organ: the planes of the dose lie 2 mm apart.
        close(&limit["base"]["value"], &of_rectum[key], 0.5);
        assert_eq!(limit["base"]["kept"], true);
        assert_eq!(limit["base"]["evidence"], "measured");
        assert_eq!(limit["with_boosts"]["evidence"], "estimated");
        assert_eq!(limit["with_boosts"]["kept"], true);
    }
    // Half of the common iliac node's surroundings are bowel, and its floor is above 52 Gy.
    let node = boost_of(&report, "common_iliac");
    assert_eq!(node["chosen"], Value::Null);
    assert_eq!(node["limited_by"]["organ"], "bowel");
    assert_eq!(node["limited_by"]["metric"], "Dmax");
    let floor = same_effect(57.5, 30, 33);
    // The other boosts come on top beside the PTV, each by less than 5 Gy so far away.
    let value = number(&node["limited_by"]["value"]);
    assert!(value > floor && value < floor + 10.0, "{value}");
    let near = entries(&node["distances"], "organ", "bowel")[0];
    assert_eq!(near["distance_mm"], 0.0);
    assert!(number(&near["overlaps"][0]["volume_ml"]) > 1.0);
    // Nothing is near the recurrence in the bed.
    let bed = boost_of(&report, "retrovesical");
    assert_eq!(bed["limited_by"], Value::Null);
    assert_eq!(bed["chosen"], bed["levels"][0]);
    // The policy gives the bed's boost in 35 fractions.
    close(
        &bed["chosen"]["dose_gy"],
        &same_effect(74.0, 35, 33).into(),
        0.01,
    );
    assert_eq!(bed["integrated"], true);
    // No penile bulb is drawn, and that is told.
    let bulb = entries(&isotoxic["constraints"], "organ", "penile bulb")[0];
    assert!(bulb["absent"].as_str().unwrap().contains("--structures"));

    // Where doses fall steeply, it is the floor alone.
    let steep = folder.path().join("steep.toml");
    std::fs::write(
        &steep,
        "[planning.isotoxic.fall-off]\nr50 = 1.5\nbath-share = 0.0\nbath-half-distance-mm = 40.0",
    )
    .unwrap();
    let out = folder.path().join("steep");
    let mut command = run(&out);
    command.arg("--structures").arg(&structures);
    succeed(
        command
            .arg("--config")
            .arg(&steep)
            .arg("--dose")
            .args(&files),
    );
    let of_steep = isoboost_tests::report(&only_study(&out));
    let node = boost_of(&of_steep, "common_iliac");
    close(&node["limited_by"]["value"], &floor.into(), 0.01);

    // With the same dose as the second, both are compared; the order of files is that given.
    let again = folder.path().join("again.dcm");
    copy_with_other_uid(&files[0], &again);
    let out = folder.path().join("two");
    let mut command = run(&out);
    command.arg("--structures").arg(&structures);
    succeed(command.arg("--dose").args(&files).arg(&again));
    let two = &isoboost_tests::report(&only_study(&out))["isotoxic"];
    assert_eq!(two["basis"], "two_doses");
    for limit in two["constraints"].as_array().unwrap() {
        assert_eq!(limit["base"], limit["intensified"], "{limit}");
    }
}

/// The dose with the last digit of its SOP Instance UID changed, in both places.
fn copy_with_other_uid(from: &Path, to: &Path) {
    let bytes = std::fs::read(from).unwrap();
    let uid = read_dose(&ObjectSource::file(from))
        .unwrap()
        .facts
        .sop_instance_uid;
    let mut other = uid.clone().into_bytes();
    let last = other.last_mut().unwrap();
    *last = if *last == b'1' { b'2' } else { b'1' };
    let mut changed = bytes.clone();
    let mut count = 0;
    for at in 0..bytes.len() - uid.len() {
        if bytes[at..].starts_with(uid.as_bytes()) {
            changed[at..at + uid.len()].copy_from_slice(&other);
            count += 1;
        }
        // Both lie in the header.
        if count == 2 {
            break;
        }
    }
    assert_eq!(count, 2);
    std::fs::write(to, changed).unwrap();
}

#[test]
fn inspect_tells_doses_and_plans() {
    let folder = tempfile::tempdir().unwrap();
    if planned(folder.path()).is_none() {
        return;
    }
    let text = succeed(isoboost().arg("inspect").arg(scan()).arg(folder.path()));
    assert!(
        text.contains("  dose: PHYSICAL, PLAN, 160 x 160 x "),
        "{text}"
    );
    assert!(
        text.contains("  plan: `bed 66`, prescribed 66 Gy, fractions 33, UNAPPROVED"),
        "{text}"
    );
}

#[test]
fn doses_that_cannot_be_used_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let images = scan().join("CT");
    let (code, _, stderr) = finish(run(&out).arg("--dose").arg(&images));
    assert_eq!(code, 2, "{stderr}");
    assert!(stderr.contains("holds no dose (RTDOSE)"), "{stderr}");
    let (code, _, stderr) = finish(run(&out).args(["--dose-fractions", "33"]));
    assert_eq!(code, 2, "{stderr}");
    let Some(_) = check_script("dose_case.py", &[Path::new("histograms"), folder.path()]) else {
        return;
    };
    let elsewhere = folder.path().join("bump.dcm");
    let (code, _, stderr) = finish(run(&out).arg("--dose").arg(&elsewhere));
    assert_eq!(code, 2, "{stderr}");
    assert!(
        stderr.contains("the dose lies in frame of reference"),
        "{stderr}"
    );
}

#[test]
fn without_a_dose_distances_are_told() {
    let folder = tempfile::tempdir().unwrap();
    succeed(&mut run(folder.path()));
    let report = report(&only_study(folder.path()));
    let isotoxic = &report["isotoxic"];
    assert_eq!(isotoxic["basis"], "geometry");
    assert_eq!(isotoxic["doses"], Value::Array(Vec::new()));
    let bladder = entries(&isotoxic["organs"], "organ", "bladder")[0];
    assert_eq!(bladder["source"], "recognised");
    for limit in isotoxic["constraints"].as_array().unwrap() {
        assert_eq!(limit["base"], Value::Null);
    }
    let boosts = isotoxic["boosts"].as_array().unwrap();
    assert_eq!(boosts.len(), 4);
    for boost in boosts {
        let near = boost["distances"].as_array().unwrap();
        assert!(near.iter().all(|d| d["evidence"] == "measured"));
        assert!(
            boost["levels"]
                .as_array()
                .unwrap()
                .iter()
                .all(|l| l["evidence"] == "estimated")
        );
    }
    let told = isotoxic["cautions"][0].as_str().unwrap();
    assert!(told.contains("no dose of a base plan"), "{told}");
}
