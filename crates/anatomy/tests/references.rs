//! Reference uptake of the whole-body phantom, whose organs have known uptake.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::sync::LazyLock;

use isoboost_anatomy::{
    Absent, Anatomy, ImportedOrgan, LiverMode, ReferenceUptake, References, measure_references,
    recognise,
};
use isoboost_phantom::{PelvisSpec, PhantomStudy, ScannerModel, Scenario, Tracer, pelvis};
use isoboost_volume::{IndexBox, Volume};
use nalgebra::Point3;

fn whole_body(tracer: Tracer, seed: u64) -> PhantomStudy {
    let mut scanner = ScannerModel::small();
    // From mid-thigh to above the parotid glands.
    scanner.pet.slices = Some(232);
    scanner.ct.slices = Some(232);
    pelvis(&Scenario::WholeBody.into(), tracer, &scanner, seed).unwrap()
}

/// A study of each tracer with noise of its own, and the uptake of blood, liver, spleen and
/// parotid glands in it, SUVbw.
static STUDIES: LazyLock<[(PhantomStudy, [f64; 4]); 3]> = LazyLock::new(|| {
    [
        (whole_body(Tracer::Ga68Psma11, 1), [1.6, 4.5, 7.0, 11.0]),
        (whole_body(Tracer::F18Dcfpyl, 2), [1.6, 5.0, 4.0, 9.0]),
        (whole_body(Tracer::F18Psma1007, 3), [2.2, 11.0, 10.0, 16.0]),
    ]
});

/// The phantom's own organs as labels on the grid of its CT.
fn labels(study: &PhantomStudy) -> Vec<ImportedOrgan> {
    let names = ["aorta", "liver", "spleen", "parotid_left", "parotid_right"];
    let organ = |name: &str| {
        let mask = study.organ_mask(name, study.ct.grid()).unwrap();
        let bounds = mask.bounding_box().unwrap();
        let name = match name {
            "parotid_left" => "parotid_gland_left",
            "parotid_right" => "parotid_gland_right",
            other => other,
        };
        ImportedOrgan {
            name: name.to_owned(),
            mask: mask.crop(bounds),
        }
    };
    names.map(organ).into()
}

fn means(found: &References) -> [f64; 4] {
    found.named().map(|(name, region)| {
        region
            .as_ref()
            .unwrap_or_else(|e| panic!("{name}: {e}"))
            .mean
    })
}

/// Within 5 % of the truth: noise of a voxel is 7 to 12 %, that of the means below 2 %.
fn check_means(found: &References, truth: [f64; 4]) {
    let means = means(found);
    for ((name, _), (mean, truth)) in found.named().iter().zip(means.iter().zip(truth)) {
        assert!(
            (mean / truth - 1.0).abs() < 0.05,
            "{name}: {mean:.2}, {truth}: {found:#?}"
        );
    }
}

/// The noise of a voxel: 15 % at an SUV of 1, falling with its square root. A voxel of blood, being
/// near cool tissue, may have a little less or more.
fn check_spread(found: &ReferenceUptake) {
    let relative = found.sd / found.mean;
    let expected = 0.15 / found.mean.sqrt();
    assert!(
        (relative / expected - 1.0).abs() < 0.25,
        "{relative:.3}, {expected:.3}"
    );
}

#[test]
fn recognised_organs_have_the_uptake_of_the_phantom() {
    for (study, truth) in STUDIES.iter() {
        let anatomy = recognise(Some(&study.ct), &study.suv, &[]);
        let found = measure_references(&anatomy, &study.suv, LiverMode::Sphere);
        check_means(&found, *truth);
        check_spread(found.liver.as_ref().unwrap());
        check_spread(found.blood_pool.as_ref().unwrap());
        let whole = measure_references(&anatomy, &study.suv, LiverMode::WholeOrgan);
        check_means(&whole, *truth);
        let whole = whole.liver.unwrap();
        check_spread(&whole);
        assert!(
            whole.n_voxels > 5 * found.liver.unwrap().n_voxels,
            "{whole:?}"
        );
    }
}

#[test]
fn labelled_organs_take_precedence_and_tell_the_same() {
    for (study, truth) in STUDIES.iter() {
        for ct in [Some(&study.ct), None] {
            let anatomy = recognise(ct, &study.suv, &labels(study));
            let found = measure_references(&anatomy, &study.suv, LiverMode::Sphere);
            check_means(&found, *truth);
            let whole = measure_references(&anatomy, &study.suv, LiverMode::WholeOrgan);
            check_means(&whole, *truth);
            for (name, region) in found.named() {
                let organ = &region.as_ref().unwrap().organ;
                assert!(organ.starts_with("drawn as"), "{name}: {organ}");
            }
            let volume = found.liver.unwrap().volume_ml;
            // A sphere of 30 mm has 14.14 mL, within what voxels of 0.08 mL leave.
            assert!((volume - 14.14).abs() < 1.0, "{volume}");
        }
    }
}

/// Adds a sphere of uptake that the PET's blur has made a Gaussian at its edge.
fn add_lesion(suv: &mut Volume<f32>, center: Point3<f64>, radius_mm: f64, added: f32) {
    let grid = suv.grid().clone();
    for voxel in grid
        .box_around(&[center], 3.0 * radius_mm)
        .unwrap()
        .voxels()
    {
        let beyond = ((grid.center_of(voxel) - center).norm() - radius_mm).max(0.0);
        suv[voxel] += added * (-0.5 * (beyond / 2.5).powi(2)).exp() as f32;
    }
}

#[test]
fn a_hot_lesion_in_the_liver_does_not_change_its_reference() {
    let (study, _) = &STUDIES[0];
    let organs = labels(study);
    let means = |suv: &Volume<f32>| {
        let anatomies = [organs.as_slice(), &[]].map(|o| recognise(Some(&study.ct), suv, o));
        let modes = [LiverMode::Sphere, LiverMode::WholeOrgan];
        modes.map(|mode| {
            let liver = |a: &Anatomy| measure_references(a, suv, mode).liver.unwrap();
            [liver(&anatomies[0]), liver(&anatomies[1])].map(|l| (l.mean, l.center))
        })
    };
    let plain = means(&study.suv);
    for radius_mm in [6.0, 15.0] {
        // Where the sphere was.
        let mut suv = study.suv.clone();
        add_lesion(&mut suv, plain[0][0].1, radius_mm, 20.0);
        for (with, without) in means(&suv).iter().flatten().zip(plain.iter().flatten()) {
            let change = with.0 / without.0 - 1.0;
            assert!(change.abs() < 0.02, "{change:.3}: {with:?}, {without:?}");
        }
    }
}

#[test]
fn a_pelvis_has_no_references_and_says_why() {
    let scanner = ScannerModel::small();
    let study = pelvis(&PelvisSpec::default(), Tracer::Ga68Psma11, &scanner, 1).unwrap();
    let reasons = |anatomy: &Anatomy| {
        let found = measure_references(anatomy, &study.suv, LiverMode::Sphere);
        let named = found.named();
        named.map(|(_, region)| region.as_ref().unwrap_err().to_string())
    };
    let told = reasons(&recognise(Some(&study.ct), &study.suv, &[]));
    for (reason, part) in told.iter().zip([
        "less than 80 mm of the spine above L4",
        "no liver is seen",
        "no spleen is seen",
        "no salivary glands are seen",
    ]) {
        assert!(reason.contains(part), "{reason}");
    }
    let told = reasons(&recognise(None, &study.suv, &[]));
    assert!(told[0].contains("there is no CT"), "{}", told[0]);
}

#[test]
fn labels_outside_of_the_pet_are_absent_with_a_reason() {
    // Organs of the whole body, the PET of a pelvis.
    let pet = pelvis(
        &PelvisSpec::default(),
        Tracer::Ga68Psma11,
        &ScannerModel::small(),
        1,
    )
    .unwrap()
    .suv;
    let low = IndexBox {
        min: [0; 3],
        max: [50, pet.grid().shape()[1] - 1, pet.grid().shape()[2] - 1],
    };
    let pet = pet.crop(low);
    let anatomy = recognise(None, &pet, &labels(&STUDIES[0].0));
    let found = measure_references(&anatomy, &pet, LiverMode::Sphere);
    for (name, region) in found.named() {
        let Absent(reason) = region.as_ref().unwrap_err();
        assert!(reason.contains("PET"), "{name}: {reason}");
    }
}
