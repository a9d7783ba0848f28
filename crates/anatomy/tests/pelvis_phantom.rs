//! Landmarks and organs of the pelvis phantom, whole, cut and turned.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::sync::LazyLock;

use isoboost_anatomy::{Anatomy, OrganKind, Side, Sought, recognise};
use isoboost_phantom::{
    GridSpec, PelvisSpec, PhantomStudy, ScannerModel, Scenario, Tracer, pelvis,
};
use isoboost_volume::{Grid, Volume};
use nalgebra::{Point3, Vector3};

static STUDY: LazyLock<PhantomStudy> = LazyLock::new(|| {
    let spec = PelvisSpec::from(Scenario::BedNode);
    pelvis(&spec, Tracer::Ga68Psma11, &ScannerModel::small(), 7).unwrap()
});

/// The CT alone, on another grid; the PET is a few voxels.
fn ct_on(ct: GridSpec) -> PhantomStudy {
    let scanner = ScannerModel {
        ct,
        pet: GridSpec::square(4, 6.0, 6.0),
        ..ScannerModel::small()
    };
    pelvis(&PelvisSpec::default(), Tracer::Ga68Psma11, &scanner, 7).unwrap()
}

fn truth(name: &str) -> Point3<f64> {
    let mut landmarks = STUDY.truth.landmarks.iter();
    landmarks.find(|(n, _)| n == name).unwrap().1
}

/// Within 8 mm along z, two slices of the view, and 3 mm across. The phantom's promontory is the
/// edge of the sacrum; the middle of the disc lies 6 mm higher.
fn check_landmarks(anatomy: &Anatomy) {
    let l = &anatomy.landmarks;
    for (found, name, above) in [
        (&l.femoral_head_top_left, "femoral_head_top", 0.0),
        (&l.femoral_head_top_right, "femoral_head_top", 0.0),
        (&l.symphysis_top, "symphysis_top", 0.0),
        (&l.symphysis_bottom, "symphysis_bottom", 0.0),
        (&l.promontory, "promontory", 6.0),
    ] {
        let off = found.as_ref().unwrap().at.z - truth(name).z - above;
        assert!(off.abs() < 8.0, "{name}: {off:.1} mm off, {found:?}");
    }
    let midline = l.midline_x_mm().unwrap() - truth("promontory").x;
    assert!(midline.abs() < 3.0, "midline {midline:.1} mm off");
}

#[test]
fn landmarks_lie_where_the_phantom_has_them() {
    check_landmarks(&recognise(Some(&STUDY.ct), &STUDY.suv, &[]));
}

#[test]
fn bladder_and_kidneys_are_recognised_by_uptake_and_density() {
    let anatomy = recognise(Some(&STUDY.ct), &STUDY.suv, &[]);
    for (kind, name) in [
        (OrganKind::UrinaryBladder, "urinary_bladder"),
        (OrganKind::Kidney(Side::Left), "kidney_left"),
        (OrganKind::Kidney(Side::Right), "kidney_right"),
    ] {
        let organ = anatomy.organs_of(kind).next().unwrap();
        let real = STUDY.organ_mask(name, organ.mask.grid()).unwrap();
        let held = real.voxels().filter(|v| organ.mask[*v]).count();
        let share = held as f64 / real.count() as f64;
        assert!(share > 0.9, "{name}: {share:.2} of it is held");
    }
    // A lesion behind the bladder and one on the side wall stay outside of it.
    let bladder = anatomy.organs_of(OrganKind::UrinaryBladder).next().unwrap();
    for lesion in &STUDY.truth.lesions {
        assert!(!bladder.mask.contains(lesion.center), "{}", lesion.station);
    }
}

#[test]
fn bone_holds_the_bones_and_not_the_nodes() {
    let anatomy = recognise(Some(&STUDY.ct), &STUDY.suv, &[]);
    let bone = anatomy.bone.unwrap();
    for name in ["sacrum", "hip_left", "femur_right", "vertebrae_L4"] {
        let real = STUDY.organ_mask(name, bone.grid()).unwrap();
        let held = real.voxels().filter(|v| bone[*v]).count();
        let share = held as f64 / real.count() as f64;
        assert!(share > 0.85, "{name}: {share:.2} of it is held");
    }
    for lesion in &STUDY.truth.lesions {
        assert!(!bone.contains(lesion.center), "{}", lesion.station);
    }
}

fn cut(low: f64, high: f64) -> Anatomy {
    let grid = STUDY.ct.grid();
    let mut bounds = grid.full_box();
    let k = |z: f64| grid.index_from_lps(Point3::new(0.0, 0.0, z))[0].round() as usize;
    (bounds.min[0], bounds.max[0]) = (k(low), k(high));
    recognise(Some(&STUDY.ct.crop(bounds)), &STUDY.suv, &[])
}

fn is_absent(found: &Sought, word: &str) -> bool {
    found.as_ref().is_err_and(|absent| absent.0.contains(word))
}

#[test]
fn what_the_field_does_not_show_is_absent_with_a_reason() {
    let (top, bottom) = (truth("promontory").z, truth("symphysis_bottom").z);
    let low = cut(bottom - 60.0, top - 10.0).landmarks;
    assert!(low.symphysis_top.is_ok() && low.femoral_head_top_left.is_ok());
    assert!(is_absent(&low.promontory, "lumbar"), "{:?}", low.promontory);
    let high = cut(top - 60.0, top + 60.0).landmarks;
    assert!(
        is_absent(&high.symphysis_top, "field"),
        "{:?}",
        high.symphysis_top
    );
    assert!(is_absent(&high.promontory, "hips"), "{:?}", high.promontory);
    let middle = cut(truth("symphysis_top").z - 20.0, top + 100.0).landmarks;
    assert!(middle.symphysis_top.is_ok(), "{:?}", middle.symphysis_top);
    assert!(is_absent(&middle.symphysis_bottom, "above the bottom"));
    assert!(middle.promontory.is_ok(), "{:?}", middle.promontory);
}

#[test]
fn an_oblique_ct_has_the_same_landmarks() {
    let turned = GridSpec {
        rotation_deg: [6.0, -4.0, 8.0],
        slices: Some(110),
        ..GridSpec::square(160, 3.4, 4.0)
    };
    let study = ct_on(turned);
    check_landmarks(&recognise(Some(&study.ct), &study.suv, &[]));
}

#[test]
fn the_order_and_direction_of_axes_do_not_matter() {
    let grid = STUDY.ct.grid();
    let [nk, nj, ni] = grid.shape();
    let [dk, dj, di] = grid.spacing();
    // Sagittal slices from left to right, rows from the head down, columns to the front.
    let corner = grid.center_of([nk - 1, nj - 1, ni - 1]);
    let axes = [-Vector3::x(), -Vector3::z(), -Vector3::y()];
    let other = Grid::new([ni, nk, nj], [di, dk, dj], corner, axes).unwrap();
    let ct = Volume::from_fn(other, |[a, b, c]| {
        STUDY.ct[[nk - 1 - b, nj - 1 - c, ni - 1 - a]]
    });
    let upright = recognise(Some(&STUDY.ct), &STUDY.suv, &[]);
    let turned = recognise(Some(&ct), &STUDY.suv, &[]);
    check_landmarks(&turned);
    assert_eq!(upright.organs.len(), turned.organs.len());
}
