use isoboost_anatomy::{ImportedOrgan, recognise};
use isoboost_volume::{Grid, Mask, Volume};
use nalgebra::{Point3, Vector3};

use super::{Context, Explanation, LIKELY, POSSIBLE, fracture, vascular};
use crate::StagingConfig;
use crate::region::ExclusionReason;
use crate::scan::Scan;
use crate::uptake::Uptake;

/// A box of an organ: name, corner and size in mm.
type Drawn = (&'static str, [f64; 3], [f64; 3]);

fn grid() -> Grid {
    Grid::axis_aligned([80, 40, 40], [3.0; 3], Point3::origin()).unwrap()
}

fn drawn((name, corner, size): Drawn) -> ImportedOrgan {
    let grid = grid();
    let mask = Mask::from_fn(grid.clone(), |v| {
        let d = grid.center_of(v) - Point3::from(corner);
        (0..3).all(|a| d[a] >= 0.0 && d[a] < size[a])
    });
    ImportedOrgan {
        name: name.to_owned(),
        mask,
    }
}

/// What a rule says of each of the foci, in bone or not.
fn told(
    organs: &[Drawn],
    foci: &[Uptake],
    in_bone: bool,
    blood_pool: Option<f64>,
    rule: impl Fn(&Uptake, &Context<'_>) -> Option<Explanation>,
) -> Vec<Option<Explanation>> {
    let suv = Volume::filled(grid(), 1.0_f32);
    let organs: Vec<ImportedOrgan> = organs.iter().map(|organ| drawn(*organ)).collect();
    let anatomy = recognise(None, &suv, &organs);
    let config = StagingConfig::default();
    let context = Context {
        scan: Scan {
            blood_pool,
            ..Scan::of_pet(&suv)
        },
        anatomy: &anatomy,
        levels: None,
        config: &config,
        others: foci,
        lungs_top: None,
        bone_share: if in_bone { 1.0 } else { 0.0 },
        in_bone,
    };
    foci.iter().map(|focus| rule(focus, &context)).collect()
}

const RIBS: [Drawn; 3] = [
    ("rib_left_5", [50.0, 50.0, 40.0], [40.0, 12.0, 12.0]),
    ("rib_left_6", [50.0, 50.0, 70.0], [40.0, 12.0, 12.0]),
    ("rib_left_7", [50.0, 50.0, 100.0], [40.0, 12.0, 12.0]),
];

fn in_rib(n: usize, suv: f64) -> Uptake {
    let (_, [x, y, z], _) = RIBS[n];
    Uptake::ball(Point3::new(x + 20.0, y + 6.0, z + 6.0), 5.0, suv)
}

#[test]
fn weak_foci_in_a_row_of_ribs_are_broken_ribs() {
    let row = [in_rib(0, 4.0), in_rib(1, 5.0), in_rib(2, 4.5)];
    for told in told(&RIBS, &row, true, None, fracture::explain) {
        let told = told.unwrap();
        assert_eq!(told.reason, ExclusionReason::Fracture);
        assert!(told.plausibility >= LIKELY, "{told:?}");
    }
    for told in told(&RIBS, &row[..2], true, None, fracture::explain) {
        let plausibility = told.unwrap().plausibility;
        assert!((POSSIBLE..LIKELY).contains(&plausibility), "{plausibility}");
    }
}

#[test]
fn one_rib_and_hot_ribs_are_no_fractures() {
    let one = [in_rib(0, 4.0)];
    assert_eq!(told(&RIBS, &one, true, None, fracture::explain), [None]);
    let hot = [in_rib(0, 12.0), in_rib(1, 12.0), in_rib(2, 12.0)];
    let told = told(&RIBS, &hot, true, None, fracture::explain);
    assert_eq!(told, [None, None, None]);
}

#[test]
fn a_vertebra_that_lost_height_is_broken() {
    let vertebrae = |height: f64| {
        [
            ("vertebrae_L2", [40.0, 40.0, 30.0], [40.0, 30.0, 33.0]),
            ("vertebrae_L1", [40.0, 40.0, 66.0], [40.0, 30.0, height]),
            ("vertebrae_T12", [40.0, 40.0, 102.0], [40.0, 30.0, 33.0]),
        ]
    };
    let focus = [Uptake::ball(Point3::new(60.0, 55.0, 75.0), 5.0, 4.0)];
    let compressed = told(&vertebrae(21.0), &focus, true, None, fracture::explain);
    let evidence = &compressed[0].as_ref().unwrap().evidence[0];
    assert!(
        evidence.contains("vertebra L1, which has 60 %"),
        "{evidence}"
    );
    let whole = told(&vertebrae(33.0), &focus, true, None, fracture::explain);
    assert_eq!(whole, [None]);
}

/// A stretch of blood along z with this uptake.
fn stretch(at: Point3<f64>, suv: f64) -> Uptake {
    let mut stretch = Uptake::ball(at, 4.0, suv);
    for mm in [-12.0, -8.0, -4.0, 4.0, 8.0, 12.0] {
        let more = Uptake::ball(at + Vector3::z() * mm, 4.0, suv);
        stretch.join(more);
    }
    stretch
}

#[test]
fn blood_in_a_vessel_is_no_lesion_and_a_hot_focus_is() {
    let aorta = [("aorta", [48.0, 48.0, 10.0], [24.0, 24.0, 200.0])];
    let at = Point3::new(60.0, 60.0, 100.0);
    let blood = 1.7;
    let rule = vascular::explain;
    let tube = told(&aorta, &[stretch(at, 2.9)], false, Some(blood), rule);
    let tube = tube[0].as_ref().unwrap();
    assert_eq!(tube.reason, ExclusionReason::Vascular);
    assert!(tube.plausibility >= LIKELY, "{tube:?}");
    let round = told(
        &aorta,
        &[Uptake::ball(at, 5.0, 2.9)],
        false,
        Some(blood),
        rule,
    );
    assert!(round[0].as_ref().unwrap().plausibility < LIKELY);
    let hot = told(&aorta, &[stretch(at, 3.6)], false, Some(blood), rule);
    assert_eq!(hot, [None]);
    let beside = Point3::new(95.0, 60.0, 100.0);
    let beside = told(&aorta, &[stretch(beside, 2.9)], false, Some(blood), rule);
    assert_eq!(beside, [None]);
}
