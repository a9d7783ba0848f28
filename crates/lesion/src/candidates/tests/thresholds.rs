//! The SUV that each rule comes to.

use isoboost_volume::{Mask, Volume};

use super::{found, pet};
use crate::candidates::candidates;
use crate::config::{PercentOfHighest, Qpsma, ReferenceRegion, ReferenceRule, TissueSuv};
use crate::surroundings::{Level, NamedOrgan, ReferenceLevels};
use crate::{FindingRule, Surroundings};

/// A voxel in soft tissue and one in bone.
const SOFT: [usize; 3] = [25, 25, 10];
const BONE: [usize; 3] = [25, 25, 40];

fn level(mean: f64, sd: f64) -> Level {
    Level { mean, sd }
}

fn bone() -> Mask {
    let mut bone = Mask::empty(pet());
    for i in 35..45 {
        bone[[25, 25, i]] = true;
    }
    bone
}

/// The thresholds in soft tissue and bone, and what is told of them.
fn applied(rule: FindingRule, references: ReferenceLevels, excreted: bool) -> (f64, f64, String) {
    let bone = bone();
    let surroundings = Surroundings {
        references,
        liver_excreted: excreted,
        bone: Some(&bone),
        organs: Vec::new(),
    };
    let suv = Volume::filled(pet(), 1.0_f32);
    let found = candidates(&suv, &surroundings, &rule);
    let at = |voxel| found.threshold.at(voxel, suv.grid(), &surroundings);
    (at(SOFT), at(BONE), found.findings.join("; "))
}

#[track_caller]
fn check(
    rule: FindingRule,
    references: ReferenceLevels,
    excreted: bool,
    expected: (f64, f64),
    told: &str,
) {
    let (soft, bone, findings) = applied(rule, references, excreted);
    assert!((soft - expected.0).abs() < 5e-4, "soft {soft}: {findings}");
    assert!((bone - expected.1).abs() < 5e-4, "bone {bone}: {findings}");
    assert!(findings.contains(told), "{findings}");
}

fn liver(mean: f64, sd: f64) -> ReferenceLevels {
    ReferenceLevels {
        liver: Some(level(mean, sd)),
        ..ReferenceLevels::default()
    }
}

#[test]
fn qpsma_follows_the_noise_of_the_liver_alone() {
    let rule = FindingRule::Qpsma(Qpsma::default());
    let told = "4.30 and the noise of the liver, 10.0 %";
    check(rule, liver(5.0, 0.5), false, (4.73, 3.0), told);
    check(rule, liver(9.0, 0.9), false, (4.73, 3.0), told);
    check(rule, liver(5.0, 0.7), false, (4.902, 3.0), "SUV 4.90");
    check(rule, liver(4.5, 0.0), false, (4.30, 3.0), "0.0 %");
    let tridfusion = FindingRule::Qpsma(Qpsma {
        soft_suv: 4.44,
        ..Qpsma::default()
    });
    check(
        tridfusion,
        liver(5.0, 0.7),
        false,
        (5.0616, 3.0),
        "SUV 5.06",
    );
    let low = FindingRule::Qpsma(Qpsma {
        soft_suv: 2.5,
        ..Qpsma::default()
    });
    check(low, liver(5.0, 0.5), false, (3.0, 3.0), "at its floor");
}

#[test]
fn qpsma_without_a_liver_takes_the_spleen_or_falls_back() {
    let rule = FindingRule::Qpsma(Qpsma::default());
    let none = ReferenceLevels::default();
    check(
        rule,
        none,
        false,
        (4.0, 3.0),
        "uptake of the liver is not known",
    );
    check(rule, none, false, (4.0, 3.0), "stands in for the reference");
    check(rule, liver(0.0, 0.0), false, (4.0, 3.0), "not known");
    let excreted = ReferenceLevels {
        spleen: Some(level(10.0, 1.2)),
        ..liver(11.0, 1.1)
    };
    let told = "the spleen stands in for it";
    check(rule, excreted, true, (4.816, 3.0), told);
    check(
        rule,
        liver(11.0, 1.1),
        true,
        (4.0, 3.0),
        "uptake of the spleen is not known",
    );
}

#[test]
fn a_multiple_of_the_liver_falls_back_to_blood_and_to_a_fixed_suv() {
    let rule = FindingRule::Reference(ReferenceRule::percist());
    // 1.5 × 5 + 2 × 0.5.
    check(
        rule,
        liver(5.0, 0.5),
        false,
        (8.5, 8.5),
        "1.5 x mean and 2 x SD of the liver",
    );
    let blood = ReferenceLevels {
        blood_pool: Some(level(1.6, 0.2)),
        ..ReferenceLevels::default()
    };
    // 2 × 1.6 + 2 × 0.2.
    check(
        rule,
        blood,
        false,
        (3.6, 3.6),
        "2 x mean and 2 x SD of the blood pool",
    );
    check(
        rule,
        blood,
        false,
        (3.6, 3.6),
        "uptake of the liver is not known",
    );
    let excreted = ReferenceLevels {
        liver: Some(level(11.0, 1.0)),
        ..blood
    };
    check(rule, excreted, true, (3.6, 3.6), "leaves by the liver");
    let spleen = ReferenceLevels {
        spleen: Some(level(10.0, 1.0)),
        ..excreted
    };
    check(rule, spleen, true, (17.0, 17.0), "of the spleen");
    check(
        rule,
        ReferenceLevels::default(),
        false,
        (4.0, 4.0),
        "SUV 4.00, which stands in",
    );
    let with_bone = FindingRule::Reference(ReferenceRule {
        mean_factor: 1.2,
        bone_suv: Some(2.0),
        ..ReferenceRule::default()
    });
    check(
        with_bone,
        liver(5.0, 0.5),
        false,
        (7.0, 2.0),
        "bone is found from SUV 2.00",
    );
}

#[test]
fn above_the_blood_pool_never_falls_below_its_floor() {
    let rule = FindingRule::Reference(ReferenceRule::above_blood_pool());
    let blood = |mean| ReferenceLevels {
        blood_pool: Some(level(mean, 0.2)),
        ..ReferenceLevels::default()
    };
    check(
        rule,
        blood(1.8),
        false,
        (2.7, 2.7),
        "of the blood pool, 1.80 and 0.20",
    );
    check(rule, blood(1.0), false, (2.0, 2.0), "the floor");
    // The tracer's way out does not matter to blood.
    check(rule, blood(2.4), true, (3.6, 3.6), "blood pool");
    check(
        rule,
        ReferenceLevels::default(),
        false,
        (3.0, 3.0),
        "not known",
    );
    let spleen = FindingRule::Reference(ReferenceRule {
        region: ReferenceRegion::Spleen,
        mean_factor: 1.0,
        sd_factor: 0.0,
        ..ReferenceRule::default()
    });
    check(
        spleen,
        ReferenceLevels::default(),
        false,
        (4.0, 4.0),
        "spleen is not known",
    );
}

/// A ball of 3 voxels radius around a voxel.
fn ball(suv: &mut Volume<f32>, middle: [usize; 3], value: f32) {
    let grid = suv.grid().clone();
    let center = grid.center_of(middle);
    for voxel in grid.full_box().voxels() {
        if (grid.center_of(voxel) - center).norm() < 10.0 {
            suv[voxel] = value;
        }
    }
}

#[test]
fn a_voxel_in_bone_is_hot_where_one_in_soft_tissue_is_not() {
    let mut suv = Volume::filled(pet(), 0.7_f32);
    suv[SOFT] = 3.5;
    suv[BONE] = 3.5;
    let bone = bone();
    let surroundings = Surroundings {
        bone: Some(&bone),
        references: liver(5.0, 0.5),
        ..Surroundings::default()
    };
    let rule = FindingRule::Qpsma(Qpsma::default());
    let hot = candidates(&suv, &surroundings, &rule).hot;
    assert!(hot[BONE] && !hot[SOFT]);
    assert_eq!(hot.count(), 1);
    let unknown = candidates(&suv, &Surroundings::default(), &rule);
    assert_eq!(unknown.hot.count(), 0);
    let told = unknown.findings.join("; ");
    assert!(told.contains("bone is not known: SUV 4.00"), "{told}");
}

#[test]
fn the_liver_has_its_own_suv() {
    let mut suv = Volume::filled(pet(), 5.0_f32);
    suv[SOFT] = 11.0;
    let liver = Mask::empty(pet()).map(|_| true);
    let organ = NamedOrgan {
        name: "liver".to_owned(),
        mask: &liver,
    };
    let bone = bone();
    let surroundings = Surroundings {
        organs: vec![organ],
        bone: Some(&bone),
        ..Surroundings::default()
    };
    let rule = FindingRule::Tissue(TissueSuv::default());
    let hot = candidates(&suv, &surroundings, &rule).hot;
    // Bone is bone wherever it lies.
    assert_eq!(hot.count(), 1 + bone.count());
    assert!(hot[SOFT]);
}

#[test]
fn a_percentage_leaves_the_bladder_and_its_rim_out() {
    let mut suv = Volume::filled(pet(), 0.7_f32);
    ball(&mut suv, SOFT, 60.0);
    ball(&mut suv, BONE, 20.0);
    // The organ is known a voxel too small: its rim is hot as well.
    let center = pet().center_of(SOFT);
    let mut bladder = Mask::empty(pet());
    for voxel in pet().full_box().voxels() {
        bladder[voxel] = (pet().center_of(voxel) - center).norm() < 6.0;
    }
    let rule = FindingRule::PercentOfMax(PercentOfHighest {
        percent: 40.0,
        ..PercentOfHighest::default()
    });
    let threshold = |organs: Vec<NamedOrgan<'_>>, suv: &Volume<f32>| {
        let surroundings = Surroundings {
            organs,
            ..Surroundings::default()
        };
        let found = candidates(suv, &surroundings, &rule);
        let at = found.threshold.at(SOFT, suv.grid(), &surroundings);
        (at, found.findings.join("; "))
    };
    let organ = || NamedOrgan {
        name: "urinary bladder".to_owned(),
        mask: &bladder,
    };
    let (at, told) = threshold(vec![organ()], &suv);
    assert!(
        (at - 8.0).abs() < 1e-6 && told.contains("40 % of SUV 20.00"),
        "{at} {told}"
    );
    let (at, told) = threshold(Vec::new(), &suv);
    assert!(
        (at - 24.0).abs() < 1e-6 && told.contains("no organ is known"),
        "{at} {told}"
    );
    ball(&mut suv, BONE, 4.0);
    let (at, told) = threshold(vec![organ()], &suv);
    assert!(
        (at - 3.0).abs() < 1e-6 && told.contains("is lower"),
        "{at} {told}"
    );
    ball(&mut suv, BONE, 1.0);
    let (at, told) = threshold(vec![organ()], &suv);
    assert!(
        (at - 3.0).abs() < 1e-6 && told.contains("no uptake outside"),
        "{at} {told}"
    );
}

#[test]
fn a_fixed_suv_tells_nothing() {
    let mut suv = Volume::filled(pet(), 0.7_f32);
    ball(&mut suv, SOFT, 9.0);
    let found = found(&suv, &Surroundings::default(), FindingRule::FixedSuv(3.0));
    assert_eq!((found.foci.len(), found.findings.len()), (1, 0));
    let center = found.foci[0].measures.centroid;
    assert!((center - pet().center_of(SOFT)).norm() < 1e-6);
}
