//! Boosts and organs of simple shapes, where limiting organ and level can be reckoned by hand.

use isoboost_anatomy::{OrganSource, recognise};
use isoboost_staging::{Region, Staging};
use isoboost_volume::{Contour, Grid, Mask, Volume};
use nalgebra::Point3;

use super::*;
use crate::tests::{ct, staged, suv};
use crate::{Fractionation, LesionClass, PlanningConfig, Target, TargetKind};

/// One lesion of each region, in order.
fn lesions(regions: &[Region]) -> Staging {
    let places: Vec<(Point3<f64>, f64)> = (0..regions.len())
        .map(|n| (Point3::new(-50.0 + 50.0 * n as f64, 0.0, 0.0), 10.0))
        .collect();
    staged(&suv(&places), regions)
}

fn ball(center: [f64; 3], radius: f64) -> Mask {
    let center = Point3::from(center);
    let grid = ct();
    let corners = [center - vector(radius), center + vector(radius)];
    let bounds = grid.box_around(&corners, 3.0).unwrap();
    let grid = grid.crop(bounds);
    Mask::from_fn(grid.clone(), |v| {
        (grid.center_of(v) - center).norm() <= radius
    })
}

fn vector(x: f64) -> nalgebra::Vector3<f64> {
    nalgebra::Vector3::new(x, x, x)
}

/// A PTV of lesion `id`.
fn ptv(id: u32, center: [f64; 3], radius: f64) -> Target {
    Target {
        roi_number: id,
        name: format!("PTV_{id}"),
        kind: TargetKind::Ptv,
        lesion_ids: vec![id],
        margins: None,
        dose_gy: None,
        fractions: None,
        dose_levels: Vec::new(),
        notes: Vec::new(),
        colour: [0; 3],
        mask: ball(center, radius),
        contours: Vec::new(),
    }
}

/// The contours of a box, on the slices of the images.
fn box_contours(low: [f64; 3], high: [f64; 3]) -> Vec<Contour> {
    let grid = ct();
    let slices = (0..grid.shape()[0]).map(|k| (k, grid.center_of([k, 0, 0]).z));
    let inside = slices.filter(|(_, z)| *z >= low[2] && *z <= high[2]);
    let contour = |(k, z)| Contour {
        slice: Some(k),
        points: [
            (low[0], low[1]),
            (high[0], low[1]),
            (high[0], high[1]),
            (low[0], high[1]),
        ]
        .map(|(x, y)| Point3::new(x, y, z))
        .to_vec(),
    };
    inside.map(contour).collect()
}

fn organ(kind: RiskOrgan, low: [f64; 3], high: [f64; 3]) -> OrganAtRisk {
    OrganAtRisk {
        kind,
        name: kind.name().to_owned(),
        source: OrganSource::Imported,
        origin: "a box".to_owned(),
        confidence: 1.0,
        structure: Structure::from_contours(&box_contours(low, high), &ct()).unwrap(),
        decides: true,
        notes: Vec::new(),
    }
}

/// A dose that is a function of the place, on voxels of 2.5 mm.
fn dose(gy: impl Fn(Point3<f64>) -> f64) -> Volume<f32> {
    let grid =
        Grid::axis_aligned([44, 66, 66], [2.5; 3], Point3::new(-81.0, -81.0, -52.0)).unwrap();
    Volume::from_fn(grid.clone(), |v| gy(grid.center_of(v)) as f32)
}

fn plan(given: Option<&(Volume<f32>, PlanSchedule)>) -> Option<PlanDose<'_>> {
    given.map(|(dose, schedule)| PlanDose {
        dose,
        schedule: *schedule,
    })
}

struct Case {
    organs: Vec<OrganAtRisk>,
    targets: Vec<Target>,
    staging: Staging,
    config: PlanningConfig,
    base: Option<(Volume<f32>, PlanSchedule)>,
    intensified: Option<(Volume<f32>, PlanSchedule)>,
}

impl Case {
    fn new(regions: &[Region], targets: Vec<Target>, organs: Vec<OrganAtRisk>) -> Self {
        let mut targets = targets;
        for target in &mut targets {
            let region = regions[target.lesion_ids[0] as usize - 1];
            target.fractions = Some(match region {
                Region::ProstateBed => 36,
                Region::PelvicNode => 30,
                Region::Distant | Region::Undetermined => 5,
            });
        }
        Self {
            organs,
            targets,
            staging: lesions(regions),
            config: PlanningConfig::default(),
            base: None,
            intensified: None,
        }
    }

    fn result(&self) -> Result<Option<IsotoxicCheck>, IsotoxicError> {
        let sets = default_limits().unwrap();
        check_isotoxic(&IsotoxicInput {
            organs: &self.organs,
            targets: &self.targets,
            staging: &self.staging,
            base: plan(self.base.as_ref()),
            intensified: plan(self.intensified.as_ref()),
            sets: &sets,
            config: &self.config,
        })
    }

    fn check(&self) -> IsotoxicCheck {
        self.result().unwrap().unwrap()
    }
}

fn in_33(prescription_gy: f64) -> PlanSchedule {
    PlanSchedule {
        fractions: Some(33),
        prescription_gy: Some(prescription_gy),
    }
}

/// Levels of a node, 6 Gy apart: 70, 64, 58 and 57.5 Gy in 30.
fn coarse_levels(case: &mut Case) {
    case.config.isotoxic.node.step_gy = 6.0;
}

fn limiting(boost: &BoostOutcome) -> String {
    let by = boost.limited_by.as_ref();
    by.map_or_else(String::new, |by| format!("{} {}", by.organ, by.limit))
}

#[test]
fn a_bowel_inside_the_boost_takes_it_away() {
    let bowel = organ(RiskOrgan::Bowel, [5.0, -5.0, -6.0], [25.0, 5.0, 6.0]);
    let case = Case::new(
        &[Region::PelvicNode],
        vec![ptv(1, [0.0; 3], 12.0)],
        vec![bowel],
    );
    let check = case.check();
    assert_eq!(check.basis, Basis::Geometry);
    let boost = &check.boosts[0];
    assert_eq!(boost.chosen, None);
    assert_eq!(limiting(boost), "bowel Dmax <= 52 Gy");
    // 57.5 Gy in 30 have the effect of 60.4 in 36: D (1 + D / 108) = 57.5 (1 + 57.5 / 90).
    let value = boost.limited_by.as_ref().unwrap().value;
    assert!((value - 60.43).abs() < 0.02, "{value}");
    assert!(
        boost
            .sentence
            .starts_with("no boost: even the lowest level, 57.5 Gy in 30")
    );
    // The box is 10 x 11.3 mm wide and overlaps from x = 5 to the ball.
    let (name, near) = &boost.proximity[0];
    assert_eq!((name.as_str(), near.distance_mm), ("bowel", 0.0));
    assert!((0.5..1.0).contains(&near.overlap_ml[0]), "{near:?}");
    assert!(near.overlap_ml.windows(2).all(|w| w[1] > w[0]));
    // Other limits have no organ, and say so.
    let absent = check.limits.iter().find(|l| l.organ == "rectum").unwrap();
    assert!(
        absent
            .absent
            .as_ref()
            .unwrap()
            .contains("no rectum is drawn")
    );
    assert!(check.cautions[0].contains("no dose of a base plan"));
}

#[test]
fn a_bowel_beside_the_boost_lowers_it_by_the_fall_off() {
    // The surface lies 2.5 mm from the PTV's, of 12 mm radius.
    let bowel = organ(RiskOrgan::Bowel, [14.5, -10.0, -10.0], [40.0, 10.0, 10.0]);
    let mut case = Case::new(
        &[Region::PelvicNode],
        vec![ptv(1, [0.0; 3], 12.0)],
        vec![bowel],
    );
    coarse_levels(&mut case);
    let boost = case.check().boosts.remove(0);
    // R50 5.9: half is left at 12 (5.9^⅓ - 1) = 9.7 mm; at 2.5 mm it is 0.82. 64 Gy leave 52.3 in
    // 30, as 54.8 in 36; 58 leave 47.4, as 49.5.
    assert!((boost.half_dose_mm - 9.68).abs() < 0.1);
    assert_eq!(boost.chosen, Some(2));
    assert_eq!(limiting(&boost), "bowel Dmax <= 52 Gy");
    let value = boost.limited_by.as_ref().unwrap().value;
    assert!((value - 54.8).abs() < 1.5, "{value}");
    assert!((boost.proximity[0].1.distance_mm - 2.5).abs() < 0.7);
    let keeps: Vec<bool> = boost.levels.iter().map(|l| l.keeps).collect();
    assert_eq!(keeps, [false, false, true, true]);
    let given = boost.levels[2].given;
    assert_eq!((given.dose_gy, given.fractions), (58.0, 30));
}

#[test]
fn a_boost_far_from_all_organs_gets_its_ceiling() {
    let bowel = organ(RiskOrgan::Bowel, [50.0, -10.0, -10.0], [70.0, 10.0, 10.0]);
    let case = Case::new(
        &[Region::PelvicNode],
        vec![ptv(1, [-30.0, 0.0, 0.0], 10.0)],
        vec![bowel],
    );
    let boost = case.check().boosts.remove(0);
    assert_eq!((boost.chosen, limiting(&boost)), (Some(0), String::new()));
    assert!(
        boost
            .sentence
            .starts_with("the highest level, 70.0 Gy in 30 fractions,")
    );
    assert!((boost.proximity[0].1.distance_mm - 70.0).abs() < 2.5);
}

/// A rectum of which about half lies in the PTV of the bed, in an even dose of 60 Gy.
fn rectum_at_the_border() -> Case {
    let rectum = organ(RiskOrgan::Rectum, [14.0, -5.0, -6.0], [26.0, 5.0, 6.0]);
    let mut case = Case::new(
        &[Region::ProstateBed],
        vec![ptv(1, [0.0; 3], 20.0)],
        vec![rectum],
    );
    case.base = Some((dose(|_| 60.0), in_33(66.0)));
    case
}

#[test]
fn the_level_is_the_highest_that_keeps_what_the_base_plan_keeps() {
    let check = rectum_at_the_border().check();
    assert_eq!(check.basis, Basis::BaseDose);
    assert_eq!(check.set.0, "conventional");
    assert!(!check.converted);
    let boost = &check.boosts[0];
    // In 33 fractions, with the same effect on the tumour, 68 Gy in 36 are 65.9 and 66 are 64.0:
    // the half of the rectum inside the PTV gets more than 65 Gy, or less.
    assert_eq!(boost.chosen, Some(4));
    assert_eq!(limiting(boost), "rectum V65Gy <= 35 %");
    let doses: Vec<f64> = boost.levels.iter().map(|l| l.given.dose_gy).collect();
    assert!(
        (doses[4] - 63.98).abs() < 0.02 && (doses[3] - 65.89).abs() < 0.02,
        "{doses:?}"
    );
    assert!((boost.base_mean_gy.unwrap() - 60.0).abs() < 1e-3);
    let of = |metric: Metric| {
        check
            .limits
            .iter()
            .find(|l| l.limit.metric == metric)
            .unwrap()
    };
    let v65 = of(Metric::VolumeAt(65.0));
    let base = v65.base.unwrap();
    assert_eq!(
        (base.value, base.kept, base.evidence),
        (0.0, true, Evidence::Measured)
    );
    let with = v65.with_boosts.unwrap();
    assert_eq!((with.value, with.evidence), (0.0, Evidence::Estimated));
    // V40 is broken by the base plan itself, and decides on nothing.
    let v40 = of(Metric::VolumeAt(40.0));
    assert!(!v40.base.unwrap().kept);
    let told = &check.cautions[0];
    assert!(
        told.starts_with("the base plan does not keep V40Gy <= 55 % of the rectum (100.0 %)"),
        "{told}"
    );
    let measured = check.organs[0].base.unwrap();
    assert!((measured.mean_gy - 60.0).abs() < 1e-3 && (measured.d95_gy - 60.0).abs() < 0.01);
    assert!(boost.levels[0].eqd2_late_gy > boost.levels[4].eqd2_late_gy);
}

#[test]
fn hard_limits_alone_decide_when_asked_to() {
    // A femoral head of 40 mm beside a bone lesion: its maximum is an aim, V50 a limit.
    let head = organ(
        RiskOrgan::FemoralHead,
        [14.5, -20.0, -20.0],
        [54.5, 20.0, 20.0],
    );
    let mut case = Case::new(&[Region::Distant], vec![ptv(1, [0.0; 3], 12.0)], vec![head]);
    case.base = Some((dose(|_| 20.0), in_33(66.0)));
    let boost = case.check().boosts.remove(0);
    assert!(!boost.integrated);
    // Even 30 Gy in 5: 24.5 at the head, BED 64.6, with 23.7 of the base as 57.6 Gy in 36.
    assert_eq!(
        (boost.chosen, limiting(&boost)),
        (None, "femoral head Dmax <= 52.5 Gy".to_owned())
    );
    let value = boost.limited_by.as_ref().unwrap().value;
    assert!((value - 57.6).abs() < 2.0, "{value}");
    case.config.isotoxic.keep = KeptLimits::Hard;
    let boost = case.check().boosts.remove(0);
    assert_eq!((boost.chosen, limiting(&boost)), (Some(0), String::new()));
}

#[test]
fn a_mere_region_is_told_and_decides_on_nothing() {
    let mut bowel = organ(RiskOrgan::Bowel, [5.0, -5.0, -6.0], [25.0, 5.0, 6.0]);
    bowel.decides = false;
    let case = Case::new(
        &[Region::PelvicNode],
        vec![ptv(1, [0.0; 3], 12.0)],
        vec![bowel],
    );
    let check = case.check();
    assert_eq!(check.boosts[0].chosen, Some(0));
    let limit = check.limits.iter().find(|l| l.organ == "bowel").unwrap();
    assert!(!limit.with_boosts.unwrap().kept);
    let told = "the boosts are estimated to break Dmax <= 52 Gy of the bowel";
    assert!(
        check.cautions.iter().any(|c| c.starts_with(told)),
        "{:?}",
        check.cautions
    );
}

#[test]
fn the_ptv_of_every_class_is_a_boost_with_the_levels_of_its_class() {
    let bowel = organ(RiskOrgan::Bowel, [-5.0, 60.0, -6.0], [5.0, 70.0, 6.0]);
    let targets = vec![
        ptv(1, [-50.0, 0.0, 0.0], 8.0),
        ptv(2, [0.0; 3], 8.0),
        ptv(3, [50.0, 0.0, 0.0], 8.0),
    ];
    let mut case = Case::new(&[Region::Distant; 3], targets, vec![bowel]);
    // A para-aortic node is distant by region and boosted as a node.
    let para_aortic = &mut case.staging.lesions[0];
    para_aortic.mi_tnm = "miM1a".to_owned();
    para_aortic.station = Some("retroperitoneal".to_owned());
    case.targets[0].fractions = Some(30);
    case.staging.lesions[1].mi_tnm = "miM1a".to_owned();
    let told: Vec<(LesionClass, Fractionation)> = case
        .check()
        .boosts
        .iter()
        .map(|boost| (boost.class, boost.levels[0].given))
        .collect();
    let at = |dose_gy, fractions| Fractionation { dose_gy, fractions };
    assert_eq!(
        told,
        [
            (LesionClass::ParaAortic, at(70.0, 30)),
            (LesionClass::DistantNode, at(40.0, 5)),
            (LesionClass::Bone, at(40.0, 5)),
        ]
    );
}

#[test]
fn two_boosts_each_have_their_own_organ() {
    let bowel = organ(RiskOrgan::Bowel, [-38.0, -5.0, -6.0], [-25.0, 5.0, 6.0]);
    let rectum = organ(RiskOrgan::Rectum, [54.0, -5.0, -6.0], [66.0, 5.0, 6.0]);
    let mut case = Case::new(
        &[Region::PelvicNode, Region::ProstateBed],
        vec![
            ptv(1, [-45.0, 0.0, 0.0], 12.0),
            ptv(2, [40.0, 0.0, 0.0], 20.0),
        ],
        vec![bowel, rectum],
    );
    case.base = Some((dose(|p| if p.x < 0.0 { 45.0 } else { 60.0 }), in_33(66.0)));
    let check = case.check();
    let [node, bed] = &check.boosts[..] else {
        panic!("two boosts")
    };
    assert_eq!(
        (node.chosen, limiting(node)),
        (None, "bowel Dmax <= 52 Gy".to_owned())
    );
    assert_eq!(
        (bed.chosen, limiting(bed)),
        (Some(4), "rectum V65Gy <= 35 %".to_owned())
    );
}

#[test]
fn two_plans_are_compared_limit_by_limit() {
    let mut case = rectum_at_the_border();
    // A ramp along x: 40 Gy at x = 14 and 76 at x = 26, against an even 60.
    let ramp = |p: Point3<f64>| (40.0 + 3.0 * (p.x - 14.0)).clamp(0.0, 90.0);
    case.intensified = Some((dose(ramp), in_33(66.0)));
    let check = case.check();
    assert_eq!(check.basis, Basis::TwoDoses);
    let v65 = check
        .limits
        .iter()
        .find(|l| l.limit.metric == Metric::VolumeAt(65.0))
        .unwrap();
    let intensified = v65.intensified.unwrap();
    // From x = 22.33 on: 30.6 %.
    assert!((intensified.value - 30.56).abs() < 0.7, "{intensified:?}");
    assert_eq!(
        (intensified.kept, intensified.evidence),
        (true, Evidence::Measured)
    );
    let measured = check.organs[0].intensified.unwrap();
    // The border is known to 0.08 mm, half a part, where the dose rises by 3 Gy a mm.
    assert!((measured.mean_gy - 58.0).abs() < 0.24, "{measured:?}");
    assert!((measured.d95_gy - 41.8).abs() < 0.24, "{measured:?}");
}

#[test]
fn other_fractions_are_compared_by_their_effect() {
    let mut case = rectum_at_the_border();
    case.targets.clear();
    case.config.isotoxic.constraint_set = "conventional".to_owned();
    let schedule = PlanSchedule {
        fractions: Some(20),
        prescription_gy: Some(60.0),
    };
    // 54 Gy in 20 have a BED of 54 (1 + 54 / 60) = 102.6, as 64.3 in 36; 55 are 65.6.
    for (gy, v65) in [(54.0, 0.0), (55.0, 100.0)] {
        case.base = Some((dose(|_| gy), schedule));
        let check = case.check();
        assert!(check.converted && check.boosts.is_empty());
        let found = check.limits[0].base.unwrap().value;
        assert_eq!(found, v65, "{gy}");
        // The organ's own dose stands as the plan gives it.
        assert!((check.organs[0].base.unwrap().mean_gy - gy).abs() < 1e-3);
    }
}

#[test]
fn unknown_sets_and_nothing_to_look_at_are_told() {
    let mut case = Case::new(
        &[Region::PelvicNode],
        vec![ptv(1, [0.0; 3], 10.0)],
        Vec::new(),
    );
    assert_eq!(case.result(), Ok(None));
    case.config.isotoxic.constraint_set = "ours".to_owned();
    let told = case.result().unwrap_err().to_string();
    assert!(
        told.contains("`ours`, expected `auto` or one of conventional, "),
        "{told}"
    );
}

#[test]
fn an_organ_outside_of_the_dose_grid_is_told() {
    let mut case = rectum_at_the_border();
    case.organs.push(organ(
        RiskOrgan::Bowel,
        [60.0, -5.0, -6.0],
        [110.0, 5.0, 6.0],
    ));
    // The dose grid ends 1.25 mm beyond x = 81.5.
    let check = case.check();
    let bowel = &check.organs[1];
    let outside = bowel.base.unwrap().outside_percent;
    assert!((outside - 54.5).abs() < 1.0, "{outside}");
    assert!(
        bowel.notes[0].contains("outside of the dose grid"),
        "{:?}",
        bowel.notes
    );
}

#[test]
fn names_of_structures_find_their_organs_and_the_ctv_is_cut_out() {
    let empty = Volume::filled(ct(), 1.0_f32);
    let anatomy = recognise(None, &empty, &[]);
    let drawn = |name: &str, low: [f64; 3], high: [f64; 3]| DrawnRegion {
        name: name.to_owned(),
        contours: box_contours(low, high),
    };
    let regions = [
        drawn("Bladder", [-20.0, -20.0, -12.0], [20.0, 20.0, 12.0]),
        drawn("Rectum", [-10.0, 30.0, -12.0], [10.0, 45.0, 12.0]),
        drawn("Bag_Bowel", [-40.0, -60.0, 15.0], [40.0, -30.0, 40.0]),
        drawn("Femur_Head_L", [50.0, -10.0, -12.0], [70.0, 10.0, 12.0]),
        drawn("FemoralHead_R", [-70.0, -10.0, -12.0], [-50.0, 10.0, 12.0]),
        drawn("PenileBulb", [-8.0, 10.0, -40.0], [8.0, 20.0, -30.0]),
        drawn("Sigmoid", [-40.0, 0.0, 20.0], [-20.0, 20.0, 30.0]),
        drawn("CTV_Bed", [-20.0, 10.0, -12.0], [20.0, 30.0, 12.0]),
        drawn("PTV Rectum", [-20.0, 30.0, -12.0], [20.0, 50.0, 12.0]),
    ];
    let organs = organs_at_risk(&anatomy, &regions, &[], &ct());
    let names: Vec<&str> = organs.iter().map(|o| o.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "rectum",
            "bladder",
            "bladder minus CTV",
            "bowel",
            "sigmoid",
            "left femoral head",
            "right femoral head",
            "penile bulb"
        ]
    );
    let ml = |n: usize| organs[n].structure.volume_ml();
    // The CTV takes a quarter of the bladder: y from 10 to 20 of 40 mm.
    assert!((ml(2) / ml(1) - 0.75).abs() < 0.01, "{} {}", ml(2), ml(1));
    // Eight or nine slices of 3 mm.
    assert!((ml(1) - 1.6 * 24.0).abs() < 3.0);
    assert!(
        organs
            .iter()
            .all(|o| o.source == OrganSource::Imported && o.notes.is_empty())
    );
}

#[test]
fn a_ball_in_a_straight_gradient_has_the_histogram_of_its_segments() {
    // Dose 2 Gy per mm along x, 60 Gy in the middle of a ball of 20 mm.
    let ramp = dose(|p| (60.0 + 2.0 * p.x).max(0.0));
    let structure = Structure::from_mask(&ball([0.0; 3], 20.0), &ct()).unwrap();
    let dvh = structure.dvh(&ramp).unwrap();
    assert!((dvh.mean_gy() - 60.0).abs() < 0.1, "{}", dvh.mean_gy());
    // The cap beyond x = c of a ball has the share (2 - 3 c/R + (c/R)³) / 4.
    let share = |c: f64| 25.0 * (2.0 - 3.0 * c / 20.0 + (c / 20.0).powi(3));
    for gy in [40.0, 60.0, 70.0, 80.0] {
        let expected = share((gy - 60.0) / 2.0);
        assert!((dvh.volume_percent(gy) - expected).abs() < 0.5, "V{gy}");
    }
    // D2cc: the cap of 2 mL, π h² (3 R - h) / 3 = 2000 mm³, h = 6.0 mm.
    let h = (1..2000)
        .map(|n| f64::from(n) * 0.01)
        .find(|h| std::f64::consts::PI * h * h * (60.0 - h) / 3.0 >= 2000.0)
        .unwrap();
    let expected = 60.0 + 2.0 * (20.0 - h);
    assert!(
        (dvh.dose_at_ml(2.0) - expected).abs() < 0.5,
        "{} {expected}",
        dvh.dose_at_ml(2.0)
    );
}
