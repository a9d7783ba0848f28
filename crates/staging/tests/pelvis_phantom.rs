//! The pelvis phantom's scenarios, held against their truth.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use isoboost_anatomy::recognise;
use isoboost_lesion::{LesionConfig, find_foci};
use isoboost_phantom::{
    GridSpec, LesionSpec, PelvisSpec, PhantomStudy, ScannerModel, Scenario, Side, Site, Tracer,
    TruthLesion, pelvis,
};
use isoboost_staging::{
    Certainty, ExclusionReason, Pattern, Region, Scan, Staging, StagingConfig, Station, regions_at,
    stage,
};
use nalgebra::Vector3;

/// Three noise seeds where rendering is fast, one in development builds.
const SEEDS: std::ops::RangeInclusive<u64> = if cfg!(debug_assertions) { 1..=1 } else { 1..=3 };

fn render(spec: &PelvisSpec, tracer: Tracer, seed: u64) -> PhantomStudy {
    pelvis(spec, tracer, &ScannerModel::small(), seed).unwrap()
}

fn staged(study: &PhantomStudy) -> Staging {
    let foci = find_foci(&study.suv, &LesionConfig::default()).unwrap();
    let anatomy = recognise(Some(&study.ct), &study.suv, &[]);
    let scan = Scan {
        suv: &study.suv,
        ct: Some(&study.ct),
        liver_excreted: false,
        blood_pool: None,
    };
    stage(foci, &anatomy, scan, &StagingConfig::default())
}

fn region_of(truth: &TruthLesion) -> &'static str {
    match truth.region {
        isoboost_phantom::Region::ProstateBed => "prostate_bed",
        isoboost_phantom::Region::PelvicNode => "pelvic_node",
        _ => "distant",
    }
}

/// Every true lesion is found at its place with its class, and there is no other.
fn check(study: &PhantomStudy, what: &str) -> Staging {
    let staging = staged(study);
    let mut open: Vec<_> = staging.lesions.iter().collect();
    for truth in &study.truth.lesions {
        let matching = open.iter().position(|lesion| {
            (lesion.focus.measures.max_at - truth.center).norm() < truth.diameter_mm
        });
        let Some(matching) = matching else {
            panic!("{what}: {} at {} is not found", truth.station, truth.center);
        };
        let lesion = open.remove(matching);
        let found = (lesion.region.name(), &lesion.evidence);
        assert_eq!(
            found.0,
            region_of(truth),
            "{what}: {found:?} for {}",
            truth.station
        );
        let side = truth
            .side
            .map(|s| if s == Side::Left { "left" } else { "right" });
        let sided = lesion.site.contains("left") || lesion.site.contains("right");
        if let Some(side) = side.filter(|_| sided) {
            assert!(
                lesion.site.contains(side),
                "{what}: {} is {side}",
                lesion.site
            );
        }
    }
    let false_ones: Vec<_> = open
        .iter()
        .map(|l| {
            (
                &l.site,
                l.focus.measures.max_at,
                l.focus.measures.volume_ml,
                &l.evidence,
            )
        })
        .collect();
    assert!(
        false_ones.is_empty(),
        "{what}: false lesions {false_ones:#?}"
    );
    let bladder = staging
        .excluded
        .iter()
        .filter(|e| e.reason == ExclusionReason::UrinaryBladder);
    assert_eq!(
        bladder.count(),
        1,
        "{what}: the bladder is excluded as one focus"
    );
    staging
}

/// More nodal and distant lesions than this are many (NCT03525288).
const MOST: usize = 5;

fn check_scenario(scenario: Scenario, mi_tnm: &str, pattern: Pattern) {
    for seed in SEEDS {
        let study = render(&PelvisSpec::from(scenario), Tracer::Ga68Psma11, seed);
        let staging = check(&study, &format!("{scenario:?}, seed {seed}"));
        assert_eq!(staging.mi_tnm.label, mi_tnm);
        assert_eq!(staging.pattern(MOST), pattern);
    }
}

#[test]
fn a_negative_pelvis_has_no_lesion() {
    check_scenario(Scenario::Negative, "miT0 N0 M0", Pattern::Negative);
}

#[test]
fn a_recurrence_in_the_bed_is_told_from_the_bladder() {
    check_scenario(Scenario::Bed, "miTr N0 M0", Pattern::Bed);
}

#[test]
fn nodes_on_two_sides_are_two_regions() {
    check_scenario(Scenario::Node, "miT0 N2 M0", Pattern::Node);
}

#[test]
fn bed_and_nodes_are_told_apart() {
    check_scenario(Scenario::BedNode, "miTr N2 M0", Pattern::BedAndNode);
}

#[test]
fn bone_metastases_are_bone() {
    check_scenario(Scenario::Bone, "miT0 N0 M1b", Pattern::Oligometastatic);
}

#[test]
fn many_lesions_keep_their_classes() {
    check_scenario(
        Scenario::Polymetastatic,
        "miT0 N2 M1b",
        Pattern::Polymetastatic,
    );
}

/// Behind the sacrum, in the buttock and beside a hip there are no nodes; before them there are.
#[test]
fn muscles_and_skin_behind_the_bones_hold_no_station() {
    let study = render(&PelvisSpec::default(), Tracer::Ga68Psma11, 1);
    let anatomy = recognise(Some(&study.ct), &study.suv, &[]);
    let landmarks = &anatomy.landmarks;
    let promontory = landmarks.promontory.as_ref().unwrap().at;
    let head = landmarks.femoral_head_top_left.as_ref().unwrap().at;
    let midline = landmarks.midline_x_mm().unwrap();
    let mut promontory = promontory;
    promontory.x = midline;
    let step = Vector3::new;
    let cases = [
        (
            promontory + step(0.0, 95.0, -25.0),
            Region::Undetermined,
            None,
        ),
        (
            promontory + step(60.0, 100.0, -40.0),
            Region::Undetermined,
            None,
        ),
        (
            promontory + step(25.0, 70.0, 25.0),
            Region::Undetermined,
            None,
        ),
        (head + step(30.0, 70.0, -10.0), Region::Undetermined, None),
        (
            head + step(0.0, -40.0, -20.0),
            Region::Distant,
            Some(Station::Inguinal),
        ),
        (
            promontory + step(38.0, -8.0, 25.0),
            Region::PelvicNode,
            Some(Station::CommonIliac),
        ),
    ];
    let places = cases.map(|(place, ..)| place);
    let told = regions_at(&places, &anatomy, &StagingConfig::default()).unwrap();
    for ((place, region, station), told) in cases.into_iter().zip(told) {
        assert_eq!(told, Some((region, station)), "{place}");
    }
}

/// Mid-thigh to skull on coarse voxels.
fn whole_body(spec: &PelvisSpec, tracer: Tracer) -> PhantomStudy {
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
    pelvis(spec, tracer, &scanner, 5).unwrap()
}

fn check_organs(staging: &Staging) {
    use ExclusionReason as Reason;
    for (reason, least) in [
        (Reason::Kidney, 2),
        (Reason::Liver, 1),
        (Reason::Spleen, 1),
        (Reason::Gland, 4),
    ] {
        let n = staging
            .excluded
            .iter()
            .filter(|e| e.reason == reason)
            .count();
        assert!(n >= least, "{reason:?}: {n}");
    }
}

#[test]
fn a_node_between_the_groups_is_no_node_of_the_side_wall() {
    let mut study = render(&PelvisSpec::default(), Tracer::Ga68Psma11, 1);
    let anatomy = recognise(Some(&study.ct), &study.suv, &[]);
    let top = anatomy.landmarks.promontory.as_ref().unwrap().at;
    let middle = anatomy.landmarks.symphysis_top.as_ref().unwrap().at.x;
    // Before the sacrum, beyond the presacral strip and far from the vessels.
    let at = |ahead: f64| nalgebra::Point3::new(middle + 6.0, top.y - ahead, top.z - 40.0);
    let bone = anatomy.bone.as_ref().unwrap();
    let is_bone = |p| bone.grid().voxel_at(p).is_some_and(|v| bone[v]);
    let sacrum = (-80..40)
        .map(f64::from)
        .find(|mm| !is_bone(at(*mm)) && is_bone(at(*mm - 1.0)));
    let place = at(sacrum.unwrap() + 26.0);
    let grid = study.suv.grid().clone();
    for voxel in grid.full_box().voxels() {
        let r = (grid.center_of(voxel) - place).norm();
        study.suv[voxel] += (15.0 * (-r * r / 50.0).exp()) as f32;
    }
    let staging = staged(&study);
    let [node] = &staging.lesions[..] else {
        panic!("one lesion: {:#?}", staging.lesions)
    };
    assert_eq!(
        (node.region, node.station.as_deref()),
        (Region::PelvicNode, None)
    );
    assert_eq!(node.site, "left pelvic node", "{:#?}", node.evidence);
}

#[test]
fn lesions_of_the_whole_body_are_told_from_its_hot_organs() {
    let spec = PelvisSpec::from(Scenario::WholeBody);
    let study = whole_body(&spec, Tracer::Ga68Psma11);
    let staging = check(&study, "whole body");
    assert_eq!(staging.mi_tnm.label, "miTr N2 M1b");
    check_organs(&staging);
}

#[test]
fn a_metastasis_deep_in_the_liver_is_distant() {
    let spec = PelvisSpec {
        lesions: vec![LesionSpec::at(Site::Liver, Side::Right, 22.0, 25.0)],
        ..PelvisSpec::default()
    };
    let staging = check(&whole_body(&spec, Tracer::Ga68Psma11), "liver");
    assert_eq!(staging.mi_tnm.label, "miT0 N0 M1c");
    assert_eq!(staging.lesions[0].site, "liver");
}

#[test]
fn a_hot_liver_and_cool_urine_change_no_class() {
    let spec = PelvisSpec::from(Scenario::WholeBody);
    let study = whole_body(&spec, Tracer::F18Psma1007);
    check(&study, "whole body, PSMA-1007");
}

#[test]
fn urine_in_both_ureters_is_excluded() {
    let spec = PelvisSpec {
        ureter_spots: true,
        ..PelvisSpec::default()
    };
    let study = render(&spec, Tracer::Ga68Psma11, 3);
    let staging = staged(&study);
    let ureters: Vec<_> = staging
        .excluded
        .iter()
        .filter(|e| e.reason == ExclusionReason::Ureter)
        .collect();
    assert_eq!(ureters.len(), 2, "{:#?}", staging.lesions);
    assert_eq!(staging.lesions.len(), 0, "{:#?}", staging.lesions);
    for ureter in ureters {
        let told = |what: &str| ureter.evidence.iter().any(|e| e.contains(what));
        assert!(
            told("reckoned course of the ureter") && told("mirrored"),
            "{ureter:#?}"
        );
        // Over the vessel that it crosses the CT does not show the urine, and a reader confirms.
        let expected = if told("dense as water") {
            Certainty::Certain
        } else {
            Certainty::Likely
        };
        assert_eq!(ureter.certainty, expected, "{ureter:#?}");
    }
}
