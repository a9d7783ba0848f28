//! CTVs end where tumour does not grow, and PTVs that touch are one.

use isoboost_anatomy::{Anatomy, ImportedOrgan, recognise};
use isoboost_staging::{Region, Staging, StagingConfig};
use isoboost_volume::{Grid, Mask, Volume};
use nalgebra::Point3;

use crate::tests::{Settings, ct, holds, nothing, planned_in, staged, suv};
use crate::{LesionClass, MarginSetting, PlannedTargets, Surroundings, Target, TargetKind};

/// Whether a place lies in an organ.
type Inside = fn(Point3<f64>) -> bool;

/// Organs that fill half-spaces or slabs, on voxels of 1 mm.
fn anatomy(organs: &[(&str, Inside)]) -> Anatomy {
    let grid = Grid::axis_aligned([90, 120, 120], [1.0; 3], Point3::new(-60.0, -60.0, -45.0));
    let grid = grid.unwrap();
    let organs: Vec<ImportedOrgan> = organs
        .iter()
        .map(|(name, inside)| ImportedOrgan {
            name: (*name).to_owned(),
            mask: Mask::from_fn(grid.clone(), |v| inside(grid.center_of(v))),
        })
        .collect();
    recognise(None, &Volume::filled(grid, 1.0_f32), &organs)
}

fn plan(staging: &Staging, anatomy: &Anatomy, config: &Settings) -> PlannedTargets {
    let staging_config = StagingConfig::default();
    let around = Surroundings {
        anatomy: Some(anatomy),
        ct: None,
        staging: &staging_config,
    };
    planned_in(staging, &ct(), &around, config)
}

fn one(planned: &PlannedTargets, kind: TargetKind) -> &Target {
    planned.targets.iter().find(|t| t.kind == kind).unwrap()
}

/// The same without anything that cuts.
fn uncut(staging: &Staging, config: &Settings) -> PlannedTargets {
    planned_in(staging, &ct(), &nothing(), config)
}

/// How far contours reach along an axis, mm.
fn reach(target: &Target, axis: usize) -> f64 {
    let points = target.contours.iter().flat_map(|c| &c.points);
    points.map(|p| p[axis]).fold(f64::MIN, f64::max)
}

#[test]
fn the_ctv_of_a_node_ends_at_bone_and_its_ptv_starts_there() {
    let staging = staged(&suv(&[(Point3::origin(), 10.0)]), &[Region::PelvicNode]);
    let hip = anatomy(&[("hip_left", |p| p.x >= 11.0)]);
    let planned = plan(&staging, &hip, &Settings::default());
    let [gtv, ctv, ptv] =
        [TargetKind::Gtv, TargetKind::Ctv, TargetKind::Ptv].map(|kind| one(&planned, kind));
    // The GTV has a radius of 10, margins are 3 and 5 mm; the bone begins at 10.5.
    assert!((reach(ctv, 0) - 10.5).abs() < 0.7, "{}", reach(ctv, 0));
    assert!((reach(ptv, 0) - 15.5).abs() < 1.0, "{}", reach(ptv, 0));
    let free = uncut(&staging, &Settings::default());
    let aside = reach(ctv, 1) - reach(one(&free, TargetKind::Ctv), 1);
    assert!(aside.abs() < 0.6, "{aside}");
    assert_eq!(ctv.notes, ["cut by bone"]);
    assert!(holds(&ctv.mask, &gtv.mask) && holds(&ptv.mask, &ctv.mask));
}

#[test]
fn a_ctv_does_not_jump_over_bowel() {
    let staging = staged(&suv(&[(Point3::origin(), 8.0)]), &[Region::PelvicNode]);
    let wall = anatomy(&[("colon", |p| (10.0..12.0).contains(&p.y))]);
    let mut config = Settings::default();
    config.treatment(LesionClass::PelvicNode).gtv_to_ctv_mm = MarginSetting::Uniform(9.0);
    let planned = plan(&staging, &wall, &config);
    let ctv = one(&planned, TargetKind::Ctv);
    assert!((reach(ctv, 1) - 9.5).abs() < 0.7, "{}", reach(ctv, 1));
    let free = uncut(&staging, &config);
    let aside = reach(ctv, 0) - reach(one(&free, TargetKind::Ctv), 0);
    assert!(aside.abs() < 0.6, "{aside}");
    assert_eq!(ctv.notes, ["cut by bowel"]);
}

#[test]
fn a_metastasis_of_bone_stays_within_it() {
    let mut staging = staged(&suv(&[(Point3::origin(), 8.0)]), &[Region::Distant]);
    "miM1b".clone_into(&mut staging.lesions[0].mi_tnm);
    let slab = anatomy(&[("vertebrae_L3", |p| p.x.abs() <= 10.0)]);
    let mut config = Settings::default();
    config.treatment(LesionClass::Bone).gtv_to_ctv_mm = MarginSetting::Uniform(5.0);
    let planned = plan(&staging, &slab, &config);
    let ctv = one(&planned, TargetKind::Ctv);
    assert!((reach(ctv, 0) - 10.5).abs() < 0.7, "{}", reach(ctv, 0));
    let free = uncut(&staging, &config);
    let aside = reach(ctv, 1) - reach(one(&free, TargetKind::Ctv), 1);
    assert!(aside.abs() < 0.6, "{aside}");
    assert_eq!(ctv.notes, ["cut by the border of the bone"]);
    let elsewhere = plan(&staging, &anatomy(&[]), &config);
    let told = "not cut by the border of the bone, as no bone is known there";
    assert_eq!(one(&elsewhere, TargetKind::Ctv).notes, [told]);
}

#[test]
fn a_bed_recurrence_enters_the_wall_of_the_bladder_and_not_the_rectum() {
    let staging = staged(&suv(&[(Point3::origin(), 8.0)]), &[Region::ProstateBed]);
    let both = anatomy(&[
        ("urinary_bladder", |p| p.x >= 10.0),
        ("rectum", |p| p.y >= 10.0),
    ]);
    let mut config = Settings::default();
    config.treatment(LesionClass::Bed).gtv_to_ctv_mm = MarginSetting::Uniform(9.0);
    config.limits.into_bladder_mm = 4.0;
    let planned = plan(&staging, &both, &config);
    let ctv = one(&planned, TargetKind::Ctv);
    assert!((reach(ctv, 0) - 13.5).abs() < 1.0, "{}", reach(ctv, 0));
    assert!((reach(ctv, 1) - 9.5).abs() < 0.7, "{}", reach(ctv, 1));
    let unknown = "not cut by the borders of the bed, which are not known: ";
    assert_eq!(ctv.notes.len(), 2);
    assert_eq!(ctv.notes[0], "cut by bladder, rectum");
    assert!(ctv.notes[1].starts_with(unknown), "{}", ctv.notes[1]);
}

#[test]
fn nothing_is_cut_from_a_gtv_or_without_being_asked() {
    let staging = staged(&suv(&[(Point3::origin(), 10.0)]), &[Region::PelvicNode]);
    let hip = anatomy(&[("hip_left", |p| p.x >= 7.0)]);
    let free = uncut(&staging, &Settings::default());
    let cut = plan(&staging, &hip, &Settings::default());
    assert_eq!(one(&cut, TargetKind::Gtv), one(&free, TargetKind::Gtv));
    let ctv = one(&cut, TargetKind::Ctv);
    assert!(holds(&ctv.mask, &one(&free, TargetKind::Gtv).mask));
    assert!(ctv.volume_ml() < one(&free, TargetKind::Ctv).volume_ml());
    let mut config = Settings::default();
    config.limits.cut_by_anatomy = false;
    assert_eq!(plan(&staging, &hip, &config), free);
}

#[test]
fn a_muscle_that_holds_the_lesion_does_not_cut_it() {
    let staging = staged(&suv(&[(Point3::origin(), 10.0)]), &[Region::PelvicNode]);
    let psoas = anatomy(&[("iliopsoas_left", |p| p.x >= 2.0)]);
    let config = Settings::default();
    assert_eq!(plan(&staging, &psoas, &config), uncut(&staging, &config));
}

#[test]
fn ptvs_that_touch_are_one_and_those_apart_stay_two() {
    let pair = |apart: f64| {
        let places = [-apart / 2.0, apart / 2.0].map(|x| (Point3::new(x, 0.0, 0.0), 6.0));
        let staging = staged(&suv(&places), &[Region::PelvicNode; 2]);
        let config = Settings::default();
        let one = uncut(&staging, &config);
        let mut apart = config;
        apart.limits.merge_ptvs = false;
        let two = uncut(&staging, &apart);
        (one, two)
    };
    // PTVs of radius 14.
    let (one, two) = pair(24.0);
    let names = |planned: &PlannedTargets| {
        let targets = planned.targets.iter();
        targets.map(|t| t.name.clone()).collect::<Vec<_>>()
    };
    assert_eq!(
        names(&one),
        ["GTV_N_1", "GTV_N_2", "CTV_N_1", "CTV_N_2", "PTV_N_1-2"]
    );
    let joined = &one.targets[4];
    assert_eq!(joined.lesion_ids, [1, 2]);
    assert_eq!(joined.notes, ["the PTVs of lesions 1, 2 touch and are one"]);
    let parts = &two.targets[4..];
    assert!(parts.iter().all(|part| holds(&joined.mask, &part.mask)));
    // Two balls of 14 mm at 24 mm share a lens: pi (2r - d)^2 (d^2 + 4 d r) / (12 d).
    let ball = 4.0 / 3.0 * std::f64::consts::PI * 14.0_f64.powi(3) / 1000.0;
    let lens = std::f64::consts::PI * 16.0 * (576.0 + 4.0 * 24.0 * 14.0) / (12.0 * 24.0) / 1000.0;
    let expected = (2.0 * ball - lens) / (2.0 * ball);
    let sum: f64 = parts.iter().map(Target::volume_ml).sum();
    let share = joined.volume_ml() / sum;
    assert!((share / expected - 1.0).abs() < 0.02, "{share} {expected}");

    let (apart, unmerged) = pair(40.0);
    assert_eq!(apart, unmerged);
    assert_eq!(apart.targets.len(), 6);
}

#[test]
fn a_ptv_is_cropped_under_the_skin_and_keeps_its_ctv() {
    let staging = staged(&suv(&[(Point3::origin(), 8.0)]), &[Region::PelvicNode]);
    let mut anatomy = anatomy(&[]);
    let grid = Grid::axis_aligned([25, 30, 30], [4.0; 3], Point3::new(-60.0, -60.0, -48.0));
    let grid = grid.unwrap();
    // The skin lies at x = 14, half a voxel beyond the last centre.
    anatomy.body = Some(Mask::from_fn(grid.clone(), |v| grid.center_of(v).x <= 12.0));
    let mut config = Settings::default();
    config.limits.ptv_under_skin_mm = Some(3.0);
    let planned = plan(&staging, &anatomy, &config);
    let ptv = one(&planned, TargetKind::Ptv);
    // The CTV reaches 11, the PTV would reach 16.
    assert!((reach(ptv, 0) - 11.0).abs() < 1.0, "{}", reach(ptv, 0));
    assert!((reach(ptv, 1) - 16.0).abs() < 0.8, "{}", reach(ptv, 1));
    assert!(holds(&ptv.mask, &one(&planned, TargetKind::Ctv).mask));
    assert_eq!(ptv.notes, ["cropped 3 mm under the skin"]);
}
