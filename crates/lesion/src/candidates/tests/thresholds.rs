//! The SUV that rules come to from reference regions.

use isoboost_volume::Volume;

use super::{BONE, SOFT, bone, level, liver, pet};
use crate::candidates::candidates;
use crate::config::{Qpsma, ReferenceRegion, ReferenceRule};
use crate::surroundings::ReferenceLevels;
use crate::{FindingRule, Surroundings};

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
        blood_pool: Some(level(mean, 0.1 * mean)),
        ..ReferenceLevels::default()
    };
    check(
        rule,
        blood(1.8),
        false,
        (2.52, 2.52),
        "1 x mean and 4 x SD of the blood pool, 1.80 and 0.18",
    );
    check(rule, blood(1.0), false, (2.0, 2.0), "the floor");
    // The tracer's way out does not matter to blood.
    check(rule, blood(2.4), true, (3.36, 3.36), "blood pool");
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
