//! Targets on a planning CT: moved with the patient, in its frame of reference and on its images.

mod reopened;
mod structures;
mod study;

use std::path::{Path, PathBuf};

use isoboost_phantom::{CtView, generate_planning_ct};
use isoboost_tests::{check_script, isoboost, only_study, report, succeed};
use isoboost_volume::{Contour, Roi, RoiType, StructureSet};
use nalgebra::{Isometry3, Matrix4, Point3, Vector3};
use serde_json::{Value, json};

use study::{HEADS, SCANS, kind, options, planning_from_pet, run, view};

/// How far a centroid on the planning CT may lie from where the lesion is.
const CENTROID_MM: f64 = 2.0;

fn truth() -> Vec<Point3<f64>> {
    let text = std::fs::read_to_string(SCANS.pet_ct().join("truth.json")).unwrap();
    let truth: Value = serde_json::from_str(&text).unwrap();
    let lesions = truth["lesions"].as_array().unwrap();
    lesions.iter().map(|l| point(&l["centre_mm"])).collect()
}

fn point(value: &Value) -> Point3<f64> {
    let number = |n: usize| value[n].as_f64().unwrap_or_else(|| panic!("{value}"));
    Point3::new(number(0), number(1), number(2))
}

fn matrix_of(report: &Value) -> Matrix4<f64> {
    let rows = &report["planning_ct"]["matrix"];
    Matrix4::from_fn(|row, column| rows[row][column].as_f64().unwrap())
}

/// Furthest error of the report's matrix over the pelvis, mm.
fn error_mm(report: &Value) -> f64 {
    let matrix = matrix_of(report);
    let around = [
        Vector3::zeros(),
        Vector3::new(100.0, 0.0, 100.0),
        Vector3::new(-100.0, 60.0, -80.0),
    ];
    let errors = around.map(|offset| {
        let p = HEADS + offset;
        (matrix.transform_point(&p) - planning_from_pet() * p).norm()
    });
    errors.into_iter().fold(0.0, f64::max)
}

/// The GTVs lie where the patient's lesions are, for pydicom and for plastimatch, and the structure
/// set refers to the planning CT alone.
fn check_structures(result: &Path) {
    let structures = result.join("rtstruct.dcm");
    let planning = SCANS.planning_ct();
    let Some(read) = check_script("check_planning_ct.py", &[&structures, &planning]) else {
        return;
    };
    let summary = &SCANS.planning;
    assert_eq!(read["study"], summary.study_uid);
    assert_eq!(read["frame_of_reference"], summary.frame_of_reference_uid);
    assert_eq!(read["frames"], json!([summary.frame_of_reference_uid]));
    assert_eq!(read["series"], summary.series_uid);
    let known = |uid: &Value| summary.instance_uids.iter().any(|known| uid == known);
    for key in ["images", "series_images"] {
        let images = read[key].as_array().unwrap();
        assert!(!images.is_empty() && images.iter().all(known), "{key}");
    }
    let rois = read["rois"].as_object().unwrap();
    let gtvs: Vec<&Value> = rois
        .iter()
        .filter(|(name, _)| name.starts_with("GTV"))
        .map(|(_, roi)| roi)
        .collect();
    let lesions = truth();
    assert_eq!(gtvs.len(), lesions.len(), "{rois:?}");
    for lesion in lesions {
        let there = planning_from_pet() * lesion;
        for reader in ["contours", "plastimatch"] {
            let nearest = gtvs
                .iter()
                .map(|roi| (point(&roi[reader]) - there).norm())
                .fold(f64::INFINITY, f64::min);
            println!("{reader}: {nearest:.2} mm");
            assert!(
                nearest <= CENTROID_MM,
                "{reader}: {nearest:.1} mm, {rois:?}"
            );
        }
    }
}

#[test]
fn a_planning_ct_elsewhere_is_aligned_and_targets_are_drawn_on_it() {
    let out = tempfile::tempdir().unwrap();
    let (code, said) = run(out.path(), &[&"--planning-ct", &SCANS.planning_ct()]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("aligned automatically"), "{said}");
    let result = only_study(out.path());
    let report = report(&result);
    let planning = &report["planning_ct"];
    assert_eq!(planning["how"], "automatic");
    assert_eq!(planning["series_uid"], SCANS.planning.series_uid);
    assert_eq!(planning["size"], json!([215, 140, 120]));
    let error = error_mm(&report);
    println!("alignment: {error:.2} mm, {planning}");
    assert!(error <= CENTROID_MM, "{error} mm");
    check_structures(&result);
    for plane in ["axial", "coronal", "sagittal"] {
        let picture = result.join(format!("images/registration-{plane}.png"));
        assert!(picture.is_file(), "{}", picture.display());
        if let Some(folder) = std::env::var_os("ISOBOOST_KEEP_PICTURES") {
            let to = Path::new(&folder).join(format!("registration-{plane}.png"));
            std::fs::copy(&picture, to).unwrap();
        }
    }
    // A second run finds everything as it was.
    let (code, said) = run(
        out.path(),
        &[
            &"--planning-ct",
            &SCANS.planning_ct(),
            &"--progress",
            &"plain",
        ],
    );
    assert_eq!(code, 0, "{said}");
    // Without the planning CT it is another result.
    let (code, _) = run(out.path(), &[]);
    assert_eq!(code, 0);
    let again = isoboost_tests::report(&only_study(out.path()));
    assert_eq!(again["planning_ct"], Value::Null);
}

/// A registration object by pydicom with the PET's frame of reference and that of the planning CT.
fn registration(folder: &Path, registered_is_planning: bool, patient_id: &str) -> Option<PathBuf> {
    let pet_frame = {
        let out = tempfile::tempdir().unwrap();
        let (code, said) = run(out.path(), &[]);
        assert_eq!(code, 0, "{said}");
        let report = report(&only_study(out.path()));
        report["frame_of_reference_uid"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let planning_frame = &SCANS.planning.frame_of_reference_uid;
    let (registered, source, motion): (&str, &str, Isometry3<f64>) = if registered_is_planning {
        (planning_frame, &pet_frame, planning_from_pet())
    } else {
        (&pet_frame, planning_frame, planning_from_pet().inverse())
    };
    let matrix = motion.to_homogeneous();
    let matrix: Vec<f64> = (0..16).map(|n| matrix[(n / 4, n % 4)]).collect();
    let identity = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
    let case = json!({
        "registered_frame": registered,
        "patient_id": patient_id,
        "items": [
            {"frame": registered, "matrices": [identity]},
            {"frame": source, "matrices": [matrix]},
        ],
    });
    let (input, file) = (folder.join("case.json"), folder.join("reg.dcm"));
    std::fs::write(&input, case.to_string()).unwrap();
    let script = "../../crates/dicom/tests/external/registrations.py";
    check_script(script, &[&input, &file])?;
    Some(file)
}

#[test]
fn a_registration_object_is_used_either_way_round() {
    for registered_is_planning in [true, false] {
        let out = tempfile::tempdir().unwrap();
        let objects = tempfile::tempdir().unwrap();
        let Some(file) = registration(objects.path(), registered_is_planning, "PLANNED-1") else {
            return;
        };
        let (code, said) = run(
            out.path(),
            &[
                &"--planning-ct",
                &SCANS.planning_ct(),
                &"--registration",
                &file,
            ],
        );
        assert_eq!(code, 0, "{said}");
        let result = only_study(out.path());
        let report = report(&result);
        assert_eq!(report["planning_ct"]["how"], "registration_object");
        let correlation = report["planning_ct"]["bone_correlation"].as_f64().unwrap();
        assert!(correlation > 0.8, "{correlation}");
        // Sixteen characters for each number.
        assert!(error_mm(&report) < 0.01, "{}", error_mm(&report));
        check_structures(&result);
    }
}

#[test]
fn inspect_tells_what_a_registration_connects() {
    let objects = tempfile::tempdir().unwrap();
    let Some(file) = registration(objects.path(), true, "PLANNED-1") else {
        return;
    };
    let said = succeed(isoboost().arg("inspect").arg(&file));
    assert!(
        said.contains("registration: rigid, from frame of reference"),
        "{said}"
    );
    assert!(
        said.contains(&SCANS.planning.frame_of_reference_uid),
        "{said}"
    );
}

#[test]
fn a_registration_of_another_patient_is_refused() {
    let out = tempfile::tempdir().unwrap();
    let objects = tempfile::tempdir().unwrap();
    let Some(file) = registration(objects.path(), true, "SOMEONE-ELSE") else {
        return;
    };
    let (code, said) = run(
        out.path(),
        &[
            &"--planning-ct",
            &SCANS.planning_ct(),
            &"--registration",
            &file,
        ],
    );
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("belongs to another patient"), "{said}");
}

/// Writes a planning CT and runs with it.
fn run_with(view: &CtView, patient_id: &str) -> (i32, String) {
    let folder = tempfile::tempdir().unwrap();
    let options = isoboost_phantom::PhantomOptions {
        patient_id: Some(patient_id.to_owned()),
        ..options()
    };
    let planning = folder.path().join("planning");
    generate_planning_ct(&kind(300.0), view, &options, &planning).unwrap();
    let out = folder.path().join("out");
    let (code, said) = run(&out, &[&"--planning-ct", &planning]);
    let failed = isoboost_tests::study_folders(&out);
    assert!(failed.is_empty(), "{failed:?}");
    (code, said)
}

#[test]
fn the_planning_ct_of_another_patient_is_refused() {
    let small = CtView {
        grid: study::grid_around(HEADS, [4, 8, 8], [3.0, 2.0, 2.0]),
        ..view()
    };
    let (code, said) = run_with(&small, "SOMEONE-ELSE");
    assert_eq!(code, 1, "{said}");
    assert!(
        said.contains("belongs to another patient than study"),
        "{said}"
    );
    assert!(!said.contains("SOMEONE-ELSE"), "{said}");
}

#[test]
fn a_ct_of_another_part_of_the_body_is_refused() {
    let chest = planning_from_pet() * (HEADS + Vector3::new(0.0, 0.0, 480.0));
    let chest = CtView {
        grid: study::grid_around(chest, [110, 140, 215], [3.0, 2.0, 2.0]),
        ..view()
    };
    let (code, said) = run_with(&chest, "PLANNED-1");
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("cannot be aligned"), "{said}");
    assert!(said.contains("--registration"), "{said}");
}

#[test]
fn a_folder_with_two_cts_is_refused_unless_one_is_chosen() {
    let folder = tempfile::tempdir().unwrap();
    let tiny = |z: f64| CtView {
        grid: study::grid_around(
            HEADS + Vector3::new(0.0, 0.0, z),
            [4, 8, 8],
            [3.0, 2.0, 2.0],
        ),
        ..view()
    };
    let both: Vec<_> = [0.0, 50.0]
        .into_iter()
        .map(|z| {
            let place = folder.path().join(format!("cts/{z}"));
            generate_planning_ct(&kind(300.0), &tiny(z), &options(), &place).unwrap()
        })
        .collect();
    let out = folder.path().join("out");
    let cts = folder.path().join("cts");
    let (code, said) = run(&out, &[&"--planning-ct", &cts]);
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("must hold one CT series"), "{said}");
    assert!(said.contains("--planning-ct-series"), "{said}");
    // The chosen one is too small to be aligned with anything, which is a failure of the study.
    let (code, said) = run(
        &out,
        &[
            &"--planning-ct",
            &cts,
            &"--planning-ct-series",
            &both[1].series_uid,
        ],
    );
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("cannot be aligned"), "{said}");
}

#[test]
fn a_planning_ct_in_the_pets_frame_of_reference_moves_nothing() {
    let [with, without] = [0, 1].map(|_| tempfile::tempdir().unwrap());
    let ct = SCANS.pet_ct().join("CT");
    let (code, said) = run(with.path(), &[&"--planning-ct", &ct]);
    assert_eq!(code, 0, "{said}");
    let (code, said) = run(without.path(), &[]);
    assert_eq!(code, 0, "{said}");
    let [with, without] = [with, without].map(|out| report(&only_study(out.path())));
    assert_eq!(with["planning_ct"]["how"], "same_frame_of_reference");
    assert_eq!(matrix_of(&with), Matrix4::identity());
    assert_eq!(with["targets"], without["targets"]);
    assert_eq!(without["planning_ct"], Value::Null);
}

/// Square contours around a place on the slices of the planning CT within `half_mm` of it.
fn square(center: Point3<f64>, half_mm: f64, grid: &isoboost_volume::Grid) -> Vec<Contour> {
    let slices = 0..grid.shape()[0];
    slices
        .map(|k| (k, grid.center_of([k, 0, 0]).z))
        .filter(|(_, z)| (z - center.z).abs() <= half_mm)
        .map(|(k, z)| {
            let corners = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)];
            let points = corners
                .map(|(x, y)| Point3::new(center.x + x * half_mm, center.y + y * half_mm, z));
            Contour {
                slice: Some(k),
                points: points.to_vec(),
            }
        })
        .collect()
}

#[test]
fn structures_of_the_planning_ct_are_organs_there_and_stay_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let planning = folder.path().join("planning");
    generate_planning_ct(&kind(300.0), &view(), &options(), &planning).unwrap();
    let found = isoboost_dicom::discover(std::slice::from_ref(&planning), &|_| {}).unwrap();
    let study = &found.studies[0];
    let images = isoboost_dicom::ReferenceImages::of_series(&study.series[0]).unwrap();
    let at = |x: f64, y: f64, z: f64| planning_from_pet() * (HEADS + Vector3::new(x, y, z));
    let roi = |number, name: &str, center, half| Roi {
        number,
        name: name.to_owned(),
        description: "drawn by hand".to_owned(),
        interpreted_type: RoiType::Organ,
        colour: [200, 180, 40],
        by_hand: true,
        contours: square(center, half, &images.grid),
    };
    let set = StructureSet {
        label: "PLAN".to_owned(),
        rois: vec![
            roi(1, "Bladder", at(0.0, -25.0, 35.0), 30.0),
            roi(2, "Rectum", at(0.0, 45.0, 10.0), 14.0),
            roi(3, "FemoralHead_L", at(86.0, 0.0, 0.0), 22.0),
        ],
    };
    let file = planning.join("structures.dcm");
    let time = "2024-03-13T10:00:00".parse().unwrap();
    let provenance = isoboost_dicom::Provenance::new("1", "none", time);
    isoboost_dicom::write_structure_set(&file, &set, &images, &study.patient, &provenance).unwrap();
    let before = std::fs::read(&file).unwrap();
    let out = tempfile::tempdir().unwrap();
    let (code, said) = run(out.path(), &[&"--planning-ct", &planning]);
    assert_eq!(code, 0, "{said}");
    let report = report(&only_study(out.path()));
    let organs = report["planning_ct"]["organs"].clone();
    assert_eq!(organs, json!(["Bladder", "Rectum", "FemoralHead_L"]));
    let at_risk = report["isotoxic"]["organs"].to_string();
    for name in ["Bladder", "Rectum", "FemoralHead_L"] {
        assert!(at_risk.contains(name), "{name}: {at_risk}");
    }
    assert_eq!(
        std::fs::read(&file).unwrap(),
        before,
        "the structure set was touched"
    );
}
