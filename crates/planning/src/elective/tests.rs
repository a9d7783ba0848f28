//! Elective volumes of shapes whose volumes and borders are known.

use isoboost_anatomy::{Anatomy, ImportedOrgan, recognise};
use isoboost_staging::{Region, Staging};
use isoboost_volume::{Grid, Mask, Volume};
use nalgebra::{Point3, Rotation3, Vector3};

use super::canvas::Canvas;
use super::prostate_bed::names_whole_bed;
use super::{ElectiveConfig, ElectiveInput, add_elective_targets};
use crate::policy::{PelvisTop, Policy, VolumeDoses, WholeVolume};
use crate::tests::{Settings, holds, nothing, planned_in, staged, suv};
use crate::{Patient, PlannedTargets, Recommendation, Target, TargetKind, recommend};

/// Distance of a place to a straight line between two others, mm.
fn off_line(p: Point3<f64>, a: Point3<f64>, b: Point3<f64>) -> f64 {
    let along = b - a;
    let t = (p - a).dot(&along) / along.norm_squared();
    (p - (a + along * t.clamp(0.0, 1.0))).norm()
}

/// A capsule is grown to the capsule whose radius is larger by the margin.
fn check_capsule(grid: &Grid, radius: f64) {
    let (a, b) = (Point3::new(-6.0, 4.0, -30.0), Point3::new(8.0, -5.0, 30.0));
    let mask = Mask::from_fn(grid.clone(), |v| {
        off_line(grid.center_of(v), a, b) <= radius
    });
    let canvas = Canvas::around(grid, &[a, b], radius + 12.0).unwrap();
    let mut vessel = canvas.empty();
    canvas.paint_smooth(&mut vessel, &mask);
    let grown = canvas.grown(&vessel, 7.0);
    let r = radius + 7.0;
    let pi = std::f64::consts::PI;
    let expected = (pi * r * r * (b - a).norm() + 4.0 / 3.0 * pi * r.powi(3)) / 1000.0;
    let region = canvas.region(grown, |_| false).unwrap().region;
    let found = region.mask.volume_ml();
    let off = found / expected - 1.0;
    assert!(
        off.abs() < 0.02,
        "{found:.2} of {expected:.2} mL, {off:.3}, {:?}",
        grid.spacing()
    );
    let enclosed = isoboost_volume::polygon_volume_ml(&region.contours, grid.spacing()[0]);
    assert!((enclosed / found - 1.0).abs() < 0.005, "{enclosed} {found}");
}

#[test]
fn a_vessel_grows_to_a_capsule_of_the_right_volume() {
    let start = Point3::new(-40.0, -40.0, -60.0);
    for spacing in [[3.0, 0.98, 0.98], [2.0, 1.37, 1.37], [1.0, 1.0, 1.0]] {
        let shape = spacing.map(|mm| (80.0 / mm) as usize);
        let shape = [(120.0 / spacing[0]) as usize, shape[1], shape[2]];
        for radius in [4.0, 6.0] {
            check_capsule(&Grid::axis_aligned(shape, spacing, start).unwrap(), radius);
        }
    }
    let turn = Rotation3::from_euler_angles(0.3, -0.2, 0.4);
    let axes = [Vector3::z(), Vector3::y(), Vector3::x()].map(|a| turn * a);
    let shape = [46, 110, 110];
    let first = Point3::origin() - (axes[0] * 69.0 + axes[1] * 53.9 + axes[2] * 53.9);
    check_capsule(
        &Grid::new(shape, [3.0, 0.98, 0.98], first, axes).unwrap(),
        5.0,
    );
}

/// Whether a place lies in an organ.
type Inside = fn(Point3<f64>) -> bool;

fn within(v: f64, low: f64, high: f64) -> bool {
    (low..=high).contains(&v)
}

fn hip(p: Point3<f64>) -> bool {
    let x = p.x.abs();
    let wing = within(x, 62.0, 100.0) && within(p.y, -30.0, 60.0) && within(p.z, -60.0, 120.0);
    let pubis = within(x, 2.0, 62.0) && within(p.y, -45.0, -30.0) && within(p.z, -40.0, 0.0);
    wing || pubis
}

/// The iliac vessels of both sides, straight from before L4 to the groin, and internal ones.
fn iliac(p: Point3<f64>) -> bool {
    let p = Point3::new(p.x.abs(), p.y, p.z);
    let front = off_line(
        p,
        Point3::new(14.0, -25.0, 140.0),
        Point3::new(52.0, -20.0, 0.0),
    );
    let back = off_line(
        p,
        Point3::new(35.0, -15.0, 78.0),
        Point3::new(46.0, 45.0, 20.0),
    );
    front <= 6.0 || back <= 4.0
}

const BONES: [(&str, Inside); 6] = [
    ("hip_left", |p| p.x > 0.0 && hip(p)),
    ("hip_right", |p| p.x < 0.0 && hip(p)),
    ("femur_left", |p| {
        (p - Point3::new(81.0, 10.0, 0.0)).norm() <= 18.0
    }),
    ("femur_right", |p| {
        (p - Point3::new(-81.0, 10.0, 0.0)).norm() <= 18.0
    }),
    ("vertebrae_L5", |p| {
        p.x.abs() <= 24.0 && within(p.y, 5.0, 45.0) && within(p.z, 92.0, 126.0)
    }),
    ("sacrum", |p| {
        p.x.abs() <= 45.0
            && within(p.y, 10.0 + 0.7 * (88.0 - p.z), 75.0)
            && within(p.z, -20.0, 88.0)
    }),
];
const VESSELS: [(&str, Inside); 2] = [
    ("iliac_artery_left", |p| p.x > 0.0 && iliac(p)),
    ("iliac_artery_right", |p| p.x < 0.0 && iliac(p)),
];
const LOOPS: (&str, Inside) = ("small_bowel", |p| {
    p.x.abs() < 40.0 && within(p.y, -80.0, -28.0) && within(p.z, 50.0, 120.0)
});
const BLADDER: (&str, Inside) = ("urinary_bladder", |p| {
    (p - Point3::new(0.0, -5.0, 18.0)).norm() <= 32.0
});
const RECTUM: (&str, Inside) = ("rectum", |p| {
    (p.xy() - nalgebra::Point2::new(0.0, 48.0)).norm() <= 12.0 && within(p.z, -50.0, 60.0)
});

fn grid() -> Grid {
    Grid::axis_aligned(
        [75, 90, 120],
        [3.0, 2.0, 2.0],
        Point3::new(-119.0, -89.0, -70.0),
    )
    .unwrap()
}

fn organs(parts: &[(&str, Inside)]) -> Vec<ImportedOrgan> {
    let organ = |(name, inside): &(&str, Inside)| ImportedOrgan {
        name: (*name).to_owned(),
        mask: Mask::from_fn(grid(), |v| inside(grid().center_of(v))),
    };
    parts.iter().map(organ).collect()
}

fn asked(top: PelvisTop, names: &[WholeVolume]) -> Recommendation {
    let policy = Policy::default();
    let mut asked = recommend(&Staging::default(), &Patient::default(), &policy);
    asked.pelvis_top = Some(top);
    let volumes = names.iter().map(|name| VolumeDoses {
        name: *name,
        ctv_to_ptv_mm: policy.volume_margin(*name),
        doses: policy.volume_doses(*name).to_vec(),
    });
    asked.volumes = volumes.collect();
    asked
}

/// What is drawn for organs that are handed in.
struct Case {
    organs: Vec<ImportedOrgan>,
    anatomy: Anatomy,
    staging: Staging,
    config: ElectiveConfig,
}

impl Case {
    fn of(parts: &[&[(&str, Inside)]]) -> Self {
        let organs = organs(&parts.concat());
        let anatomy = recognise(None, &Volume::filled(grid(), 1.0_f32), &organs);
        Self {
            organs,
            anatomy,
            staging: Staging::default(),
            config: ElectiveConfig::default(),
        }
    }

    fn drawn(&self, top: PelvisTop, names: &[WholeVolume]) -> PlannedTargets {
        self.added(PlannedTargets::default(), top, names)
    }

    /// After the volumes of the lesions, uncut.
    fn drawn_after_lesions(&self, top: PelvisTop, names: &[WholeVolume]) -> PlannedTargets {
        let of_lesions = planned_in(&self.staging, &grid(), &nothing(), &Settings::default());
        self.added(of_lesions, top, names)
    }

    fn added(
        &self,
        mut planned: PlannedTargets,
        top: PelvisTop,
        names: &[WholeVolume],
    ) -> PlannedTargets {
        let input = ElectiveInput {
            anatomy: Some(&self.anatomy),
            ct: None,
            imported: &self.organs,
            staging: &self.staging,
            recommendation: &asked(top, names),
            config: &self.config,
        };
        add_elective_targets(&mut planned, &grid(), &input);
        planned
    }

    fn contains(&self, name: &str, p: Point3<f64>) -> bool {
        let mut named = self.organs.iter().filter(|o| o.name.starts_with(name));
        named.any(|organ| organ.mask.contains(p))
    }
}

const PELVIS: &[WholeVolume] = &[WholeVolume::Pelvis];
const BED: &[WholeVolume] = &[WholeVolume::ProstateBed];

fn one<'a>(planned: &'a PlannedTargets, name: &str) -> &'a Target {
    let found = planned.targets.iter().find(|t| t.name == name);
    found.unwrap_or_else(|| panic!("{name}: {:?}", planned.cautions))
}

#[test]
fn vessels_are_covered_between_the_ends_and_nothing_enters_bone() {
    let case = Case::of(&[&BONES, &VESSELS, &[LOOPS, BLADDER, RECTUM]]);
    let planned = case.drawn(PelvisTop::L5S1, PELVIS);
    let ctv = one(&planned, "CTVn_Pelvis");
    assert_eq!((ctv.kind, ctv.roi_number), (TargetKind::Ctv, 1));
    assert!(ctv.lesion_ids.is_empty() && ctv.dose_gy.is_none());
    let landmarks = &case.anatomy.landmarks;
    let top = landmarks.promontory.as_ref().unwrap().at.z;
    let head = landmarks.femoral_head_top_z_mm().unwrap();
    let symphysis = landmarks.symphysis_top.as_ref().unwrap().at.z;
    let vessels: Vec<Point3<f64>> = grid()
        .full_box()
        .voxels()
        .map(|v| grid().center_of(v))
        .filter(|p| within(p.z, head, top) && case.contains("iliac", *p))
        .collect();
    assert!(vessels.len() > 1000);
    let soft = ["small_bowel", "urinary_bladder", "rectum"];
    // Every voxel around every voxel of a vessel, without a distance transform.
    let mut close = Mask::empty(grid());
    for q in &vessels {
        let around = grid().box_around(&[*q], 7.0);
        for voxel in around.iter().flat_map(isoboost_volume::IndexBox::voxels) {
            close[voxel] |= (grid().center_of(voxel) - q).norm() <= 7.0;
        }
    }
    for voxel in grid().full_box().voxels() {
        let p = grid().center_of(voxel);
        let inside = ctv.mask.contains(p);
        if !inside && !close[voxel] {
            continue;
        }
        let in_bone = ["hip", "femur", "vert", "sacrum"]
            .iter()
            .any(|name| case.contains(name, p));
        assert!(!(inside && in_bone), "bone at {p}");
        assert!(!inside || within(p.z, symphysis, top), "{p}");
        let near = within(p.z, head, top) && close[voxel];
        let is_vessel = case.contains("iliac", p);
        let is_soft = !is_vessel && soft.iter().any(|name| case.contains(name, p));
        if near && !in_bone && !is_soft {
            assert!(inside, "{p} lies within 7 mm of a vessel");
        }
        // The border of an organ is smoothed by half a voxel.
        assert!(!(inside && is_soft) || is_edge(&case, &soft, p), "{p}");
    }
    assert!(!ctv.notes[0].contains("approximate"), "{:?}", ctv.notes);
    assert!(
        ctv.notes[1].contains("left iliac artery"),
        "{:?}",
        ctv.notes
    );
    assert!(
        ctv.notes
            .iter()
            .any(|n| n.starts_with("no presacral strip")),
        "{:?}",
        ctv.notes
    );
    let ptv = one(&planned, "PTVn_Pelvis");
    assert!(holds(&ptv.mask, &ctv.mask));
    assert_eq!((ptv.dose_gy, ptv.fractions), (Some(50.4), Some(28)));
}

fn is_edge(case: &Case, names: &[&str], p: Point3<f64>) -> bool {
    let steps = [Vector3::x() * 2.0, Vector3::y() * 2.0, Vector3::z() * 3.0];
    let outside = |q: Point3<f64>| !names.iter().any(|name| case.contains(name, q));
    steps.iter().any(|d| outside(p + d) || outside(p - d))
}

#[test]
fn the_volume_is_the_same_on_both_sides() {
    let case = Case::of(&[&BONES, &VESSELS, &[LOOPS, BLADDER, RECTUM]]);
    let planned = case.drawn(PelvisTop::L5S1, PELVIS);
    let ctv = one(&planned, "CTVn_Pelvis");
    let sides = [1.0, -1.0].map(|sign| {
        let places = ctv.mask.voxels().map(|v| ctv.mask.grid().center_of(v));
        places.filter(|p| p.x * sign > 0.0).count() as f64
    });
    assert!((sides[0] / sides[1] - 1.0).abs() < 0.01, "{sides:?}");
}

#[test]
fn without_vessels_landmarks_stand_in_and_it_says_so() {
    let case = Case::of(&[&BONES, &[LOOPS, BLADDER, RECTUM]]);
    let planned = case.drawn(PelvisTop::L5S1, PELVIS);
    let ctv = one(&planned, "CTVn_Pelvis");
    assert!(ctv.notes[0].starts_with("approximate"), "{:?}", ctv.notes);
    assert!(ctv.notes[1].starts_with("no vessels are given"));
    assert!(planned.cautions.iter().any(|c| c.contains("approximate")));
    assert_eq!(
        one(&planned, "PTVn_Pelvis").notes,
        ["approximate, as its CTV"]
    );
    let description = crate::structure_set(&planned.targets).rois[0]
        .description
        .clone();
    assert!(description.contains("approximate"), "{description}");
}

#[test]
fn without_landmarks_there_is_no_volume_and_a_reason() {
    let case = Case::of(&[&VESSELS]);
    let planned = case.drawn(
        PelvisTop::L5S1,
        &[WholeVolume::ProstateBed, WholeVolume::Pelvis],
    );
    assert!(planned.targets.is_empty());
    assert_eq!(planned.cautions.len(), 2, "{:?}", planned.cautions);
    assert!(
        planned.cautions[0].starts_with("no elective volume of the pelvic nodes is drawn: "),
        "{:?}",
        planned.cautions
    );
    assert!(planned.cautions.iter().all(|c| c.contains("is not known")));
}

#[test]
fn the_upper_end_is_the_policys() {
    let mut case = Case::of(&[&BONES, &VESSELS]);
    let top = |case: &Case, asked| {
        let planned = case.drawn(asked, PELVIS);
        let ctv = one(&planned, "CTVn_Pelvis");
        let heights = ctv.mask.voxels().map(|v| ctv.mask.grid().center_of(v).z);
        (heights.fold(f64::MIN, f64::max), ctv.notes[0].clone())
    };
    let landmarks = case.anatomy.landmarks.clone();
    let (low, _) = top(&case, PelvisTop::L5S1);
    let expected = landmarks.promontory.as_ref().unwrap().at.z;
    assert!(within(expected - low, 0.0, 3.0), "{low} {expected}");
    let (high, words) = top(&case, PelvisTop::AorticBifurcation);
    let expected = landmarks.aortic_bifurcation.as_ref().unwrap().at.z;
    assert!(within(expected - high, 0.0, 3.0), "{high} {expected}");
    assert!(words.contains("aortic bifurcation"), "{words}");
    // A node whose middle is the origin asks for no more than the bifurcation.
    case.staging = staged(&suv(&[(Point3::origin(), 10.0)]), &[Region::PelvicNode]);
    let (same, words) = top(&case, PelvisTop::AboveHighestNode);
    assert!((same - high).abs() < 0.1, "{words}");
}

#[test]
fn an_avid_node_outside_is_told_and_joined() {
    let mut case = Case::of(&[&BONES, &VESSELS]);
    case.staging = staged(&suv(&[(Point3::origin(), 10.0)]), &[Region::PelvicNode]);
    let by_rule = case.drawn(PelvisTop::L5S1, PELVIS);
    let by_rule = one(&by_rule, "CTVn_Pelvis");
    let told = "lesion 1 (), 0 % of which lie within, ";
    let without = format!("{told}has no volume that could be joined to it");
    assert!(by_rule.notes.contains(&without), "{:?}", by_rule.notes);
    let planned = case.drawn_after_lesions(PelvisTop::L5S1, PELVIS);
    let nodal = one(&planned, "CTVn_Pelvis");
    assert!(
        nodal.notes.contains(&format!("{told}was joined to it")),
        "{:?}",
        nodal.notes
    );
    let boosted = one(&planned, "CTV_N_1");
    let grid = boosted.mask.grid();
    let mut places = boosted.mask.voxels().map(|v| grid.center_of(v));
    assert!(places.all(|p| nodal.mask.contains(p)));
    // A ball of 13 mm beside it, and no more.
    let more = nodal.volume_ml() - by_rule.volume_ml();
    assert!((more - boosted.volume_ml()).abs() < 0.2, "{more}");
}

#[test]
fn the_bed_lies_between_pubis_bladder_and_rectum() {
    let case = Case::of(&[&BONES, &[BLADDER, RECTUM]]);
    let planned = case.drawn(PelvisTop::L5S1, BED);
    let ctv = one(&planned, "CTVp_Bed");
    assert!(within(ctv.volume_ml(), 60.0, 250.0), "{}", ctv.volume_ml());
    let places = ctv.mask.voxels().map(|v| ctv.mask.grid().center_of(v));
    for p in places {
        assert!(!hip(p) && !RECTUM.1(p), "{p}");
        assert!(within(p.z, -14.0 - 10.0 - 3.0, 35.0), "{p}");
        // Before the front of the rectum; above the symphysis the back 15 mm of the bladder.
        assert!(p.y <= 36.0 + 1.0, "{p}");
        if within(p.z, 6.0, 30.0) {
            assert!(p.y >= 27.0 - 15.0 - 6.0, "{p}");
        }
    }
    assert!(ctv.mask.contains(Point3::new(0.0, 0.0, -10.0)));
    assert!(ctv.mask.contains(Point3::new(0.0, 30.0, 20.0)));
    assert!(!ctv.notes[0].contains("approximate"), "{:?}", ctv.notes);
    let ptv = one(&planned, "PTVp_Bed");
    assert!(holds(&ptv.mask, &ctv.mask));
    assert_eq!(ptv.margins.unwrap().posterior, 5.0);
}

#[test]
fn a_bed_that_is_handed_in_is_taken_as_it_is() {
    let bed: (&str, Inside) = ("CTV_ProstateBed", |p| {
        (p - Point3::new(0.0, 10.0, 0.0)).norm() <= 25.0
    });
    let case = Case::of(&[&BONES, &[BLADDER, RECTUM, bed]]);
    let planned = case.drawn(PelvisTop::L5S1, BED);
    let ctv = one(&planned, "CTVp_Bed");
    let given = &case.organs.last().unwrap().mask;
    for voxel in grid().full_box().voxels() {
        let p = grid().center_of(voxel);
        assert_eq!(ctv.mask.contains(p), given[voxel], "{p}");
    }
    assert!(
        ctv.notes[0].contains("`CTV_ProstateBed`"),
        "{:?}",
        ctv.notes
    );
}

#[test]
fn beds_are_told_by_their_names() {
    for name in [
        "CTV_ProstateBed",
        "CTVp",
        "ProstateBed",
        "CTVp_Bed",
        "ctv fossa",
        "CTV_Bed_66",
    ] {
        assert!(names_whole_bed(name), "{name}");
    }
    for name in [
        "CTV_Bed_1",
        "PTV_ProstateBed",
        "CTVn_Pelvis",
        "GTV_Bed_1",
        "Bladder",
        "CTV_Bed_Boost",
    ] {
        assert!(!names_whole_bed(name), "{name}");
    }
}

#[test]
fn nothing_is_drawn_where_it_is_not_asked_for() {
    let mut case = Case::of(&[&BONES, &VESSELS]);
    assert_eq!(case.drawn(PelvisTop::L5S1, &[]), PlannedTargets::default());
    case.config.enabled = false;
    assert_eq!(
        case.drawn(PelvisTop::L5S1, PELVIS),
        PlannedTargets::default()
    );
}
