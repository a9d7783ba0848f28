//! Reference regions of the whole-body phantom against the uptake that it was filled with.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use isoboost_anatomy::{
    Anatomy, ImportedOrgan, LiverMode, ReferenceUptake, measure_references, recognise,
};
use isoboost_phantom::{
    GridSpec, LesionSpec, PelvisSpec, PhantomStudy, ScannerModel, Scenario, Side, Site, Tracer,
    pelvis,
};

/// Mid-thigh to skull on coarse voxels.
fn whole_body(spec: &PelvisSpec, seed: u64) -> PhantomStudy {
    let scanner = ScannerModel {
        pet: GridSpec {
            slices: Some(240),
            ..GridSpec::square(112, 4.5, 4.0)
        },
        ct: GridSpec {
            slices: Some(240),
            ..GridSpec::square(128, 3.906_25, 4.0)
        },
        ..ScannerModel::small()
    };
    pelvis(spec, Tracer::Ga68Psma11, &scanner, seed).unwrap()
}

/// With the aorta as a label map would give it.
fn anatomy_of(study: &PhantomStudy) -> Anatomy {
    let aorta = ImportedOrgan {
        name: "aorta".to_owned(),
        mask: study.organ_mask("aorta", study.suv.grid()).unwrap(),
    };
    recognise(Some(&study.ct), &study.suv, &[aorta])
}

fn check(found: &ReferenceUptake, filled: f64, share: f64, what: &str) {
    let off = found.mean / filled - 1.0;
    assert!(off.abs() <= share, "{what}: {} for {filled}", found.mean);
}

#[test]
fn organs_have_the_uptake_they_were_filled_with() {
    for seed in 1..=3 {
        let study = whole_body(&PelvisSpec::from(Scenario::WholeBody), seed);
        let anatomy = anatomy_of(&study);
        let found = measure_references(&anatomy, &study.suv, LiverMode::Sphere);
        let blood = found.blood_pool.as_ref().unwrap();
        // An aorta of 20 mm loses a few percent in its middle.
        check(blood, 1.6, 0.06, "blood pool");
        assert!(blood.volume_ml > 1.5);
        let liver = found.liver.as_ref().unwrap();
        check(liver, 4.5, 0.03, "liver");
        let sphere = std::f64::consts::PI / 6.0 * 27.0;
        assert!((liver.volume_ml / sphere - 1.0).abs() < 0.1);
        assert!((0.02..0.2).contains(&(liver.sd / liver.mean)), "{liver:?}");
        check(found.spleen.as_ref().unwrap(), 7.0, 0.03, "spleen");
        // Half of its maximum reaches into what the blur makes of a gland's rim.
        check(found.parotid.as_ref().unwrap(), 11.0, 0.25, "parotid");
        let whole = measure_references(&anatomy, &study.suv, LiverMode::WholeOrgan);
        let whole = whole.liver.unwrap();
        check(&whole, 4.5, 0.03, "whole liver");
        assert!(whole.n_voxels > 5 * liver.n_voxels);
    }
}

#[test]
fn a_lesion_in_the_liver_is_no_reference() {
    let spec = PelvisSpec {
        lesions: vec![LesionSpec::at(Site::Liver, Side::Right, 22.0, 25.0)],
        ..PelvisSpec::default()
    };
    let with = whole_body(&spec, 5);
    let without = whole_body(&PelvisSpec::default(), 5);
    let liver = |study: &PhantomStudy, mode| {
        let found = measure_references(&anatomy_of(study), &study.suv, mode);
        found.liver.unwrap().mean
    };
    for mode in [LiverMode::Sphere, LiverMode::WholeOrgan] {
        let change = liver(&with, mode) / liver(&without, mode) - 1.0;
        assert!(change.abs() < 0.02, "{mode:?}: {change:+.3}");
    }
}

#[test]
fn what_is_not_in_the_field_is_absent_with_the_reason() {
    let study = pelvis(
        &PelvisSpec::from(Scenario::BedNode),
        Tracer::Ga68Psma11,
        &ScannerModel::small(),
        7,
    )
    .unwrap();
    let anatomy = recognise(Some(&study.ct), &study.suv, &[]);
    let found = measure_references(&anatomy, &study.suv, LiverMode::Sphere);
    let reasons = found
        .named()
        .map(|(_, reference)| reference.as_ref().unwrap_err().to_string());
    assert_eq!(
        reasons,
        [
            "the aorta is not known; give organs with --labels or --structures",
            "no liver is seen in the field of view",
            "no spleen is seen in the field of view",
            "no parotid glands are seen in the field of view",
        ]
    );
}
