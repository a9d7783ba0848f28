//! Decisions on what findings are.

use isoboost_planning::Intensification;
use isoboost_staging::{ExclusionReason, Region};

use super::{
    decision, excluded, excluded_numbers, lesion, lesion_numbers, phantom, planned, staged,
};

#[test]
fn accepting_marks_and_changes_nothing_else() {
    let before = staged(&[]).unwrap();
    let after = staged(&[r#"{"kind":"accept","finding":3}"#]).unwrap();
    assert_eq!(after.staging.mi_tnm, before.staging.mi_tnm);
    assert_eq!(after.recommendation, before.recommendation);
    let (old, new) = (lesion(&before.staging, 3), lesion(&after.staging, 3));
    assert_eq!(new.focus, old.focus);
    assert!(
        new.evidence
            .contains(&"accepted by the reviewer".to_owned())
    );
    let twice = staged(&[
        r#"{"kind":"accept","finding":3}"#,
        r#"{"kind":"accept","finding":3}"#,
    ]);
    assert_eq!(twice.unwrap().staging, after.staging);
    let told: Vec<&str> = after
        .report
        .warnings
        .iter()
        .filter(|w| w.code == "reviewed")
        .map(|w| w.text.as_str())
        .collect();
    assert_eq!(told, ["finding 3 accepted"]);
}

#[test]
fn without_its_nodes_a_patient_is_n0_and_gets_no_node_boost() {
    let reject = |id: u32| format!(r#"{{"kind":"reject","finding":{id},"reason":"vessel"}}"#);
    let all = [reject(2), reject(3), reject(4)];
    let one = staged(&[&all[0]]).unwrap();
    assert_eq!(one.staging.mi_tnm.label, "miTr N2 M0");
    assert_eq!(lesion_numbers(&one.staging), [1, 3, 4]);
    assert_eq!(excluded_numbers(&one.staging), [2, 5, 6, 7]);
    let two = staged(&[&all[0], &all[1]]).unwrap();
    assert_eq!(two.staging.mi_tnm.label, "miTr N1 M0");
    let three = staged(&[&all[0], &all[1], &all[2]]).unwrap();
    assert_eq!(three.staging.mi_tnm.label, "miTr N0 M0");
    let kinds = &three.recommendation.intensification;
    assert!(!kinds.contains(&Intensification::NodeBoost), "{kinds:?}");
    assert!(kinds.contains(&Intensification::BedBoost), "{kinds:?}");
    let rejected = excluded(&three.staging, 4);
    assert_eq!(rejected.reason, ExclusionReason::Reviewer);
    let last = rejected.evidence.last().unwrap();
    assert_eq!(last, "rejected by the reviewer: vessel");
    let report = planned(phantom(), &[&all[0], &all[1], &all[2]]);
    assert!(!report.targets.iter().any(|t| t.name.contains("_N_")));
    assert_eq!(report.excluded.len(), 6);
    assert_eq!(report.mi_tnm, "miTr N0 M0");
}

#[test]
fn what_was_rejected_can_be_restored() {
    let reject = r#"{"kind":"reject","finding":3}"#;
    let restore = r#"{"kind":"restore","finding":3}"#;
    let (before, after) = (staged(&[]).unwrap(), staged(&[reject, restore]).unwrap());
    assert_eq!(after.staging.mi_tnm, before.staging.mi_tnm);
    let (old, new) = (lesion(&before.staging, 3), lesion(&after.staging, 3));
    assert_eq!((new.region, &new.site), (old.region, &old.site));
    assert_eq!(new.focus.measures, old.focus.measures);
    assert_eq!(
        (new.confidence, new.psma_score),
        (old.confidence, old.psma_score)
    );
}

#[test]
fn uptake_of_an_organ_becomes_a_lesion_where_it_lies() {
    let kidney = r#"{"kind":"restore","finding":6,"region":null}"#;
    let after = staged(&[kidney]).unwrap();
    assert_eq!(lesion_numbers(&after.staging), [1, 2, 3, 4, 6]);
    assert_eq!(excluded_numbers(&after.staging), [5, 7]);
    let restored = lesion(&after.staging, 6);
    // Beside the spine above the pelvis, and in no organ once the kidney is no explanation.
    assert_eq!(restored.region, Region::Undetermined);
    assert_eq!(after.staging.mi_tnm.label, "miTr N2 MX");
    assert!(restored.suspicions.is_empty());
    assert!(restored.range.is_some());
    let stated = r#"{"kind":"restore","finding":5,"region":"prostate_bed"}"#;
    let after = staged(&[stated]).unwrap();
    let bladder = lesion(&after.staging, 5);
    assert_eq!(bladder.region, Region::ProstateBed);
    assert_eq!(bladder.mi_tnm, "miTr");
    assert_eq!(bladder.confidence, 1.0);
    let last = bladder
        .evidence
        .iter()
        .find(|e| e.contains("restored"))
        .unwrap();
    assert!(
        last.ends_with("it was excluded as urinary bladder"),
        "{last}"
    );
}

#[test]
fn a_class_that_is_stated_changes_stage_and_recommendation() {
    let to = |id: u32, class: &str| format!(r#"{{"kind":"reclassify","finding":{id},{class}}}"#);
    let bed_to_node = to(1, r#""region":"pelvic_node","station":"external_iliac""#);
    let after = staged(&[&bed_to_node]).unwrap();
    assert_eq!(after.staging.mi_tnm.label, "miT0 N2 M0");
    let kinds = &after.recommendation.intensification;
    assert!(!kinds.contains(&Intensification::BedBoost), "{kinds:?}");
    let node = lesion(&after.staging, 1);
    assert_eq!(node.site, "left external iliac node");
    assert_eq!(node.mi_tnm, "miN1");
    let told = node.evidence.iter().find(|e| e.contains("reclassified"));
    assert_eq!(
        told.unwrap(),
        "reclassified by the reviewer from prostate bed to pelvic node, external iliac"
    );
    let to_bone = to(2, r#""region":"distant","category":"M1b""#);
    let after = staged(&[&to_bone]).unwrap();
    assert_eq!(after.staging.mi_tnm.label, "miTr N2 M1b");
    assert!(after.staging.mi_tnm.bone_pattern.is_some());
    assert_eq!(lesion(&after.staging, 2).mi_tnm, "miM1b");
    let high = to(2, r#""region":"distant","station":"retroperitoneal""#);
    let after = staged(&[&high]).unwrap();
    assert_eq!(after.staging.mi_tnm.label, "miTr N2 M1a");
    let by_place = to(3, r#""region":"distant""#);
    let after = staged(&[&by_place]).unwrap();
    assert_eq!(lesion(&after.staging, 3).mi_tnm, "miM1a");
    let open = to(3, r#""region":"undetermined""#);
    let after = staged(&[&open]).unwrap();
    assert_eq!(after.staging.mi_tnm.label, "miTr N2 MX");
}

#[test]
fn a_row_that_grows_and_shrinks_gives_what_each_row_gives_alone() {
    let rows = [
        r#"{"kind":"reject","finding":2}"#,
        r#"{"kind":"delineate","finding":3,"rule":{"fixed-suv":4.0}}"#,
        r#"{"kind":"restore","finding":2}"#,
    ];
    let alone: Vec<_> = (0..=3)
        .map(|n| {
            let decisions: Vec<_> = rows[..n].iter().map(|json| decision(json)).collect();
            let fresh = super::opened(|_| ());
            fresh.stage(&decisions).unwrap()
        })
        .collect();
    for n in [0, 1, 2, 3, 2, 1, 3, 0] {
        let staged = staged(&rows[..n]).unwrap();
        assert_eq!(staged.staging, alone[n].staging, "{n}");
        assert!(staged.report == alone[n].report, "{n}");
    }
}

#[test]
fn a_class_that_was_stated_before_a_rejection_is_not_given_to_parts() {
    let reclassify = r#"{"kind":"reclassify","finding":2,"region":"prostate_bed"}"#;
    let reject = r#"{"kind":"reject","finding":2,"reason":"ureter"}"#;
    let restore = r#"{"kind":"restore","finding":2,"region":null}"#;
    let voxels: Vec<_> = lesion(phantom().suggestion(), 2)
        .focus
        .mask
        .voxels()
        .collect();
    let grid = lesion(phantom().suggestion(), 2).focus.mask.grid().clone();
    let seeds = [voxels[0], voxels[voxels.len() - 1]].map(|voxel| {
        let at = grid.center_of(voxel);
        [at.x, at.y, at.z]
    });
    let split = format!(r#"{{"kind":"split","finding":2,"seeds":{seeds:?}}}"#);
    let of_whole = staged(&[reclassify, &split]).unwrap().staging;
    let judged = staged(&[reclassify, reject, restore, &split])
        .unwrap()
        .staging;
    for part in [8, 9] {
        assert_eq!(lesion(&of_whole, part).region, Region::ProstateBed);
        let judged = lesion(&judged, part);
        assert_eq!(judged.region, Region::PelvicNode);
        // By its own place: what was said of the whole is not said of it.
        let of_whole = |text: &String| text.starts_with("restored by the reviewer");
        assert!(
            !judged.evidence.iter().any(of_whole),
            "{:?}",
            judged.evidence
        );
    }
}
