//! Patients with what is not usual, one by one, with the organs recognised: what must be told, and
//! that nothing is guessed.

use isoboost_phantom::{Arms, Diversion, Side, Site, TorsoField, TorsoLesion, TorsoSpec, Tracer};
use isoboost_pipeline::Analysis;
use isoboost_staging::{ExclusionReason as Reason, Lesion, Region};

use crate::patients::Patient;

fn lesion(site: Site, side: Side) -> TorsoLesion {
    TorsoLesion {
        site,
        side,
        offset_mm: [0.0; 3],
        diameter_mm: 12.0,
        contrast: 8.0,
    }
}

/// A bed recurrence, a node, a vertebra and a node above the diaphragm.
fn usual() -> TorsoSpec {
    TorsoSpec {
        lesions: vec![
            lesion(Site::Anastomosis, Side::Left),
            lesion(Site::ExternalIliac, Side::Left),
            lesion(Site::L4, Side::Left),
            lesion(Site::Mediastinal, Side::Left),
        ],
        ..TorsoSpec::default()
    }
}

fn analysed(spec: TorsoSpec) -> (Patient, Analysis) {
    let patient = Patient::of(1, spec, Tracer::F18Dcfpyl);
    let found = patient.analysed(false);
    (patient, found)
}

/// What is found at a lesion of the truth.
fn at<'a>(patient: &Patient, found: &'a Analysis, n: usize) -> &'a Lesion {
    let truth = &patient.study.truth.lesions[n];
    let lesions = &found.staging.lesions;
    let near = |l: &&Lesion| (l.focus.measures.max_at - truth.center).norm() < 12.0;
    let seen = || -> Vec<&str> { lesions.iter().map(|l| l.site.as_str()).collect() };
    let lesion = lesions.iter().find(near);
    lesion.unwrap_or_else(|| panic!("{} is not among {:?}", truth.station, seen()))
}

/// The lesions of [`usual`] in their places, and none else.
fn check_usual(patient: &Patient, found: &Analysis) {
    let sites: Vec<&str> = found
        .staging
        .lesions
        .iter()
        .map(|l| l.site.as_str())
        .collect();
    let reasons = found.staging.excluded.iter();
    let reasons: Vec<(&str, &[String])> = reasons
        .map(|e| (e.reason.name(), e.evidence.as_slice()))
        .collect();
    assert_eq!(sites.len(), 4, "{sites:?} {reasons:?}");
    assert_eq!(at(patient, found, 0).region, Region::ProstateBed);
    let node = at(patient, found, 1);
    assert_eq!(node.region, Region::PelvicNode);
    assert_eq!(node.site, "left external iliac node");
    assert_eq!(at(patient, found, 2).site, "vertebra L4");
    assert_eq!(at(patient, found, 3).site, "node above the diaphragm");
}

fn excluded(found: &Analysis, reason: Reason) -> usize {
    let all = found.staging.excluded.iter();
    all.filter(|e| e.reason == reason).count()
}

#[test]
fn a_usual_patient() {
    let (patient, found) = analysed(usual());
    check_usual(&patient, &found);
    assert_eq!(excluded(&found, Reason::Kidney), 2);
    assert_eq!(excluded(&found, Reason::UrinaryBladder), 1);
    assert_eq!(found.staging.mi_tnm.label, "miTr N1 M1b");
}

#[test]
fn metal_in_a_hip_makes_no_lesion() {
    let (patient, found) = analysed(TorsoSpec {
        hip_prosthesis: Some(Side::Right),
        ..usual()
    });
    check_usual(&patient, &found);
    let landmarks = &found.anatomy.landmarks;
    let [left, right] = [
        &landmarks.femoral_head_top_left,
        &landmarks.femoral_head_top_right,
    ];
    let z = |l: &isoboost_anatomy::Sought| l.as_ref().map(|l| l.at.z).ok();
    let (left, right) = (z(left).unwrap(), z(right));
    assert!(
        right.is_none_or(|z| (z - left).abs() < 12.0),
        "{left} {right:?}"
    );
}

#[test]
fn one_kidney_has_one_ureter() {
    let (patient, found) = analysed(TorsoSpec {
        missing_kidney: Some(Side::Left),
        ..usual()
    });
    check_usual(&patient, &found);
    assert_eq!(excluded(&found, Reason::Kidney), 1);
    let courses = found.anatomy.courses.as_ref().unwrap();
    let ureters = courses
        .iter()
        .filter(|c| matches!(c.kind, isoboost_anatomy::CourseKind::Ureter(_)));
    assert_eq!(ureters.count(), 1);
}

#[test]
fn a_transplanted_kidney_is_no_lesion() {
    let (patient, found) = analysed(TorsoSpec {
        transplant_kidney: true,
        ..usual()
    });
    check_usual(&patient, &found);
    let told = found.staging.excluded.iter().flat_map(|e| &e.evidence);
    let mut told = told.filter(|text| text.contains("transplanted"));
    assert!(told.next().is_some());
}

#[test]
fn a_full_and_an_empty_bladder_are_urine() {
    for bladder_ml in [25.0, 260.0] {
        let (patient, found) = analysed(TorsoSpec {
            bladder_ml,
            ..usual()
        });
        check_usual(&patient, &found);
        assert_eq!(
            excluded(&found, Reason::UrinaryBladder),
            1,
            "{bladder_ml} mL"
        );
    }
}

#[test]
fn urine_that_is_led_elsewhere_is_urine() {
    for (diversion, reason) in [
        (Diversion::IlealConduit, Reason::Urine),
        (Diversion::Neobladder, Reason::UrinaryBladder),
    ] {
        let (_, found) = analysed(TorsoSpec {
            diversion,
            lesions: vec![lesion(Site::L4, Side::Left)],
            ..usual()
        });
        let sites: Vec<&str> = found
            .staging
            .lesions
            .iter()
            .map(|l| l.site.as_str())
            .collect();
        assert_eq!(sites, ["vertebra L4"], "{diversion:?}");
        assert!(excluded(&found, reason) >= 1, "{diversion:?}");
    }
}

#[test]
fn arms_beside_the_body_are_not_the_body() {
    let (patient, found) = analysed(TorsoSpec {
        arms: Arms::Down,
        ..usual()
    });
    check_usual(&patient, &found);
}

#[test]
fn a_pelvis_alone_has_its_regions() {
    let (patient, found) = analysed(TorsoSpec {
        field: TorsoField::Pelvis,
        lesions: usual().lesions[..2].to_vec(),
        ..usual()
    });
    assert_eq!(found.staging.lesions.len(), 2);
    assert_eq!(at(&patient, &found, 0).region, Region::ProstateBed);
    assert_eq!(at(&patient, &found, 1).site, "left external iliac node");
}

/// Without a pelvis nothing says where a node lies: bones are still bones.
#[test]
fn a_thorax_alone_is_undetermined_but_for_bones() {
    let (patient, found) = analysed(TorsoSpec {
        field: TorsoField::Thorax,
        lesions: vec![
            lesion(Site::Mediastinal, Side::Left),
            lesion(Site::Rib, Side::Right),
        ],
        ..usual()
    });
    assert_eq!(at(&patient, &found, 0).region, Region::Undetermined);
    assert_eq!(at(&patient, &found, 1).region, Region::Distant);
    let findings = found.staging.findings.join("\n");
    assert!(findings.contains("regions are undetermined"), "{findings}");
}

/// Where the PET has no CT under it, uptake is told and not placed.
#[test]
fn uptake_without_a_ct_is_told_and_not_placed() {
    let (patient, found) = analysed(TorsoSpec {
        field: TorsoField::ShortCt,
        lesions: vec![lesion(Site::ExternalIliac, Side::Left)],
        ..usual()
    });
    assert_eq!(at(&patient, &found, 0).site, "left external iliac node");
    let top = {
        let grid = patient.study.ct.grid();
        grid.center_of([grid.shape()[0] - 1, 0, 0]).z
    };
    for lesion in &found.staging.lesions {
        let without_ct = lesion.focus.measures.max_at.z > top;
        assert!(
            !without_ct || lesion.region == Region::Undetermined,
            "{}",
            lesion.site
        );
    }
}
