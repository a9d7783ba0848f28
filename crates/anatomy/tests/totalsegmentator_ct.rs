//! Landmarks and the bladder on a real CT, against organs drawn on it by other software.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "helpers of tests")]

mod common;

use isoboost_anatomy::{Anatomy, LandmarkSource, OrganKind, OrganSource, overview, recognise};

use isoboost_volume::{Grid, Mask, Volume, resample_trilinear};
use nalgebra::{Rotation3, Vector3};

use common::{Patient, patient, read};

/// A PET in which the drawn bladder is full of hot urine and the kidneys are hot.
fn simulated_pet(patient: &Patient) -> Volume<f32> {
    let organ = |name: &str| -> &Mask {
        let organ = patient.organs.iter().find(|o| o.name == name).unwrap();
        &organ.mask
    };
    let bladder = organ("urinary_bladder");
    let kidneys = [organ("kidney_left"), organ("kidney_right")];
    let grid = patient.ct.grid().clone();
    Volume::from_fn(grid.clone(), |voxel| {
        let p = grid.center_of(voxel);
        if bladder.contains(p) {
            25.0
        } else if kidneys.iter().any(|k| k.contains(p)) {
            30.0
        } else {
            0.5
        }
    })
}

fn z_of(anatomy: &Anatomy) -> [f64; 5] {
    let l = &anatomy.landmarks;
    [
        &l.femoral_head_top_left,
        &l.femoral_head_top_right,
        &l.symphysis_top,
        &l.promontory,
        &l.iliac_crest,
    ]
    .map(|found| found.as_ref().unwrap().at.z)
}

#[test]
fn landmarks_of_the_ct_agree_with_the_drawn_bones() {
    let Some(patient) = patient() else { return };
    let pet = simulated_pet(&patient);
    let drawn = recognise(Some(&patient.ct), &pet, &patient.organs);
    let source = |a: &Anatomy| a.landmarks.promontory.as_ref().unwrap().source;
    assert_eq!(source(&drawn), LandmarkSource::Imported);
    let seen = recognise(Some(&patient.ct), &pet, &[]);
    assert_eq!(source(&seen), LandmarkSource::Ct);
    // 10 mm: a vertebral endplate's thickness with the disc, and what matters for a border.
    for (ours, theirs) in z_of(&seen).into_iter().zip(z_of(&drawn)) {
        assert!(
            (ours - theirs).abs() < 10.0,
            "{:?} {:?}",
            z_of(&seen),
            z_of(&drawn)
        );
    }
    assert!(seen.landmarks.symphysis_bottom.is_err(), "cut by the field");
    let midline = |a: &Anatomy| a.landmarks.midline_x_mm().unwrap();
    assert!((midline(&seen) - midline(&drawn)).abs() < 5.0);
}

#[test]
fn landmarks_stay_when_the_ct_is_tilted_coarse_or_thick() {
    let Some(patient) = patient() else { return };
    let pet = simulated_pet(&patient);
    let seen = z_of(&recognise(Some(&patient.ct), &pet, &[]));
    let middle = patient
        .ct
        .grid()
        .center_of(patient.ct.grid().shape().map(|n| n / 2));
    for (angle, spacing) in [
        (0.0, [5.0, 2.7, 2.7]),
        (0.12, [3.0, 2.0, 2.0]),
        (-0.1, [4.0; 3]),
    ] {
        let turn = Rotation3::from_euler_angles(angle, angle / 2.0, -angle);
        let axes = [Vector3::z(), Vector3::y(), Vector3::x()].map(|a| turn * a);
        let extent = [400.0, 360.0, 420.0];
        let shape = [0, 1, 2].map(|a| (extent[a] / spacing[a]) as usize);
        let half = (0..3).fold(Vector3::zeros(), |sum, a| {
            sum + axes[a] * (spacing[a] * shape[a] as f64 / 2.0)
        });
        let grid = Grid::new(shape, spacing, middle - half, axes).unwrap();
        let ct = resample_trilinear(&patient.ct, &grid, -1024.0).map(|v| v.round() as i16);
        let turned = z_of(&recognise(Some(&ct), &pet, &[]));
        for (a, b) in turned.into_iter().zip(seen) {
            assert!(
                (a - b).abs() < 10.0,
                "{angle} {spacing:?}: {turned:?} {seen:?}"
            );
        }
    }
}

#[test]
fn the_bladder_is_recognised_and_an_imported_one_takes_its_place() {
    let Some(patient) = patient() else { return };
    let pet = simulated_pet(&patient);
    let seen = recognise(Some(&patient.ct), &pet, &[]);
    let bladder = seen.organs_of(OrganKind::UrinaryBladder).next().unwrap();
    let drawn = patient
        .organs
        .iter()
        .find(|o| o.name == "urinary_bladder")
        .unwrap();
    let held = drawn
        .mask
        .voxels()
        .filter(|v| bladder.mask.contains(drawn.mask.grid().center_of(*v)))
        .count();
    let share = held as f64 / drawn.mask.count() as f64;
    assert!(share > 0.95, "{share:.2} of the drawn bladder is held");
    let kidneys = seen
        .organs
        .iter()
        .filter(|o| matches!(o.kind, OrganKind::Kidney(_)));
    assert_eq!(kidneys.count(), 2);

    let with = recognise(Some(&patient.ct), &pet, &patient.organs);
    let bladders: Vec<_> = with.organs_of(OrganKind::UrinaryBladder).collect();
    assert_eq!(bladders.len(), 1);
    assert_eq!(bladders[0].source, OrganSource::Imported);
}

#[test]
fn the_other_ct_orientation_has_an_upright_view() {
    let Some(labels) = read("example_seg_dicom.nii.gz") else {
        return;
    };
    let axes = overview(&labels).grid().axes();
    assert!((axes[2] - Vector3::x()).norm() < 1e-6, "{axes:?}");
    assert!((axes[1] - Vector3::y()).norm() < 1e-6, "{axes:?}");
}
