//! Decisions on how lesions are treated.

use isoboost_planning::{MarginSetting, Policy};
use isoboost_report::{Report, TargetInfo};

use super::{opened, phantom, planned};

fn target<'a>(report: &'a Report, kind: &str, lesion: u32) -> &'a TargetInfo {
    let mut targets = report.targets.iter();
    let found = targets.find(|t| t.kind == kind && t.lesion_ids == [lesion]);
    found.unwrap_or_else(|| panic!("no {kind} of lesion {lesion}"))
}

#[test]
fn margins_are_those_of_a_policy_that_has_them() {
    let wider = |ctv, ptv| {
        opened(move |request| {
            let policy: &mut Policy = &mut request.policy.policy;
            for treatment in &mut policy.treatments {
                treatment.gtv_to_ctv_mm = MarginSetting::Uniform(ctv);
                treatment.ctv_to_ptv_mm = MarginSetting::Uniform(ptv);
            }
        })
    };
    let expected = planned(&wider(4.0, 6.5), &[]);
    let decided = planned(
        phantom(),
        &[r#"{"kind":"margins","finding":3,"ctv_mm":4.0,"ptv_mm":6.5}"#],
    );
    let before = planned(phantom(), &[]);
    for kind in ["CTV", "PTV"] {
        let (found, wanted) = (target(&decided, kind, 3), target(&expected, kind, 3));
        assert_eq!(found.volume_ml, wanted.volume_ml, "{kind}");
        assert_eq!(found.margin_mm, wanted.margin_mm, "{kind}");
        assert_ne!(found.volume_ml, target(&before, kind, 3).volume_ml);
        // Another lesion keeps the policy's.
        let (other, was) = (target(&decided, kind, 2), target(&before, kind, 2));
        assert_eq!(other.volume_ml, was.volume_ml);
    }
    let notes = &target(&decided, "PTV", 3).notes;
    let told = "margin to the PTV of lesion 3 set by the reviewer".to_owned();
    assert!(notes.contains(&told), "{notes:?}");
    let directions = planned(
        phantom(),
        &[r#"{"kind":"margins","finding":3,"ctv_mm":null,"ptv_mm":[1,2,3,4,5,6]}"#],
    );
    let margin = target(&directions, "PTV", 3).margin_mm.as_ref().unwrap();
    assert_eq!(
        (margin.right, margin.left, margin.anterior),
        (1.0, 2.0, 3.0)
    );
    assert_eq!(
        (margin.posterior, margin.superior, margin.inferior),
        (4.0, 5.0, 6.0)
    );
    let again = planned(
        phantom(),
        &[
            r#"{"kind":"margins","finding":3,"ctv_mm":4.0,"ptv_mm":6.5}"#,
            r#"{"kind":"margins","finding":3}"#,
        ],
    );
    assert_eq!(again.targets, before.targets);
}

#[test]
fn a_dose_that_is_set_is_the_only_level() {
    let decided = planned(
        phantom(),
        &[r#"{"kind":"dose","finding":3,"total_gy":60.0,"fractions":20}"#],
    );
    let ptv = target(&decided, "PTV", 3);
    assert_eq!((ptv.dose_gy, ptv.fractions), (Some(60.0), Some(20)));
    assert_eq!(ptv.dose_levels.len(), 1);
    assert_eq!(ptv.dose_levels[0].label, "set by the reviewer");
    assert!((ptv.dose_levels[0].dose_per_fraction_gy - 3.0).abs() < 1e-12);
    assert!(
        ptv.notes
            .contains(&"dose of lesion 3 set by the reviewer".to_owned())
    );
    let before = planned(phantom(), &[]);
    assert_eq!(target(&decided, "PTV", 2), target(&before, "PTV", 2));
    assert_eq!(ptv.volume_ml, target(&before, "PTV", 3).volume_ml);
}

#[test]
fn parts_of_one_lesion_share_a_ptv_until_their_doses_differ() {
    let focus = &super::lesion(phantom().suggestion(), 2).focus;
    let voxels: Vec<_> = focus.mask.voxels().collect();
    let ends = [voxels[0], voxels[voxels.len() - 1]];
    let seeds = ends
        .map(|v| focus.mask.grid().center_of(v))
        .map(|p| [p.x, p.y, p.z]);
    let split = format!(r#"{{"kind":"split","finding":2,"seeds":{seeds:?}}}"#);
    let one = planned(phantom(), &[&split]);
    assert!(
        one.targets
            .iter()
            .any(|t| t.kind == "PTV" && t.lesion_ids == [8, 9])
    );
    let dose = r#"{"kind":"dose","finding":9,"total_gy":70.0,"fractions":35}"#;
    let two = planned(phantom(), &[&split, dose]);
    assert_eq!(target(&two, "PTV", 9).dose_gy, Some(70.0));
    assert_eq!(target(&two, "PTV", 8).dose_gy, Some(66.0));
}

#[test]
fn a_dose_treats_a_lesion_that_nothing_is_suggested_for() {
    let kidney = r#"{"kind":"restore","finding":6}"#;
    let margins = r#"{"kind":"margins","finding":6,"ctv_mm":0.0,"ptv_mm":5.0}"#;
    let alone = planned(phantom(), &[kidney, margins]);
    let has_ptv = |report: &Report| {
        report
            .targets
            .iter()
            .any(|t| t.kind == "PTV" && t.lesion_ids == [6])
    };
    let kinds = &alone.recommendation.intensification;
    if !kinds.contains(&"metastasis_directed".to_owned()) {
        assert!(!has_ptv(&alone));
        let told = alone
            .warnings
            .iter()
            .any(|w| w.text.contains("margins that the reviewer set"));
        assert!(told, "{:?}", alone.warnings);
    }
    let dose = r#"{"kind":"dose","finding":6,"total_gy":30.0,"fractions":3}"#;
    let treated = planned(phantom(), &[kidney, margins, dose]);
    assert!(has_ptv(&treated));
}
