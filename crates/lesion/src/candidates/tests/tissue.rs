//! What is hot by tissue, and what organs hide.

use isoboost_volume::{Mask, Volume};

use super::{BONE, SOFT, bone, found, liver, pet};
use crate::candidates::candidates;
use crate::config::{PercentOfHighest, Qpsma, TissueSuv};
use crate::surroundings::NamedOrgan;
use crate::{FindingRule, Surroundings};

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
