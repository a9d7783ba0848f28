//! The box against geometry that is worked out by hand.

use isoboost_anatomy::{Anatomy, recognise};
use isoboost_volume::{Grid, Volume, polygon_volume_ml, rasterise};
use nalgebra::{Point3, Vector3};
use proptest::prelude::*;

use super::borders::{Border, BorderPoint, BorderSide};
use super::pelvic::box_of;
use super::*;
use crate::target::{Target, TargetKind};

const SAD: f64 = 1000.0;

fn border(side: BorderSide, points: &[[f64; 3]]) -> Border {
    let points = points.iter().map(|p| BorderPoint {
        landmark: "a landmark".to_owned(),
        at: Point3::from(*p),
        margin_mm: 0.0,
        border_at: Point3::from(*p),
        evidence: "put there".to_owned(),
        confidence: 1.0,
    });
    Border {
        side,
        points: points.collect(),
    }
}

/// Landmarks of a man, at depths that differ.
fn borders() -> Vec<Border> {
    vec![
        border(BorderSide::Superior, &[[0.0, 40.0, 100.0]]),
        border(
            BorderSide::Inferior,
            &[[45.0, 0.0, -80.0], [-45.0, 10.0, -78.0]],
        ),
        border(BorderSide::Left, &[[85.0, 10.0, 50.0]]),
        border(BorderSide::Right, &[[-83.0, 12.0, 48.0]]),
        border(BorderSide::Anterior, &[[0.0, -60.0, -30.0]]),
        border(BorderSide::Posterior, &[[0.0, 60.0, 40.0]]),
    ]
}

fn field(position: PatientPosition) -> PelvicField {
    box_of(borders(), position, SAD).unwrap()
}

#[test]
fn the_isocentre_is_the_middle_of_the_box() {
    let field = field(PatientPosition::HeadFirstSupine);
    assert!((field.isocentre - Point3::new(1.0, 0.0, 10.0)).norm() < 1e-9);
    assert_eq!(field.cautions, Vec::<String>::new());
    let angles: Vec<f64> = field.beams.iter().map(|b| b.gantry_deg).collect();
    assert_eq!(angles, [0.0, 180.0, 90.0, 270.0]);
}

/// By hand, from similar triangles: a point at a depth `d` before the isocentre, towards the
/// source, is seen enlarged by 1000 / (1000 - d). Jaws are rounded to 0.1 mm.
#[test]
fn apertures_follow_from_similar_triangles() {
    let field = field(PatientPosition::HeadFirstSupine);
    let seen = |mm: f64, nearer: f64| mm * SAD / (SAD - nearer);
    let [ap, pa, left, right] = [0, 1, 2, 3].map(|n| field.beams[n].aperture);
    // Seen from in front the patient's left is to the right, from behind to the left.
    let expected = [
        // AP: a landmark 10 mm behind the isocentre is 10 mm further from the source.
        (ap.x1, seen(-84.0, -12.0)),
        (ap.x2, seen(84.0, -10.0)),
        (ap.y1, seen(-90.0, 0.0)),
        (ap.y2, seen(90.0, -40.0)),
        (pa.x1, seen(-84.0, 10.0)),
        (pa.x2, seen(84.0, 12.0)),
        (pa.y1, seen(-90.0, 0.0)),
        (pa.y2, seen(90.0, 40.0)),
        // From the left the front of the patient is to the left.
        (left.x1, seen(-60.0, -1.0)),
        (left.x2, seen(60.0, -1.0)),
        (left.y1, seen(-90.0, 44.0)),
        (left.y2, seen(90.0, -1.0)),
        (right.x1, seen(-60.0, 1.0)),
        (right.x2, seen(60.0, 1.0)),
        // The lower landmark is on the far side; the nearer one is seen lower than its height.
        (right.y1, seen(-88.0, 46.0).min(seen(-90.0, -44.0))),
        (right.y2, seen(90.0, 1.0)),
    ];
    for (n, (found, by_hand)) in expected.into_iter().enumerate() {
        assert!(
            (found - by_hand).abs() <= 0.05 + 1e-9,
            "{n}: {found} {by_hand}"
        );
    }
}

/// The same patient in other positions: the beams enter the same sides by other gantry angles, and
/// hold the same volume.
#[test]
fn gantry_angles_follow_the_patient_position() {
    for (term, angles) in [
        ("HFS", [0.0, 180.0, 90.0, 270.0]),
        ("HFP", [180.0, 0.0, 270.0, 90.0]),
        ("FFS", [0.0, 180.0, 270.0, 90.0]),
        ("FFP", [180.0, 0.0, 90.0, 270.0]),
    ] {
        let position = PatientPosition::from_term(term).unwrap();
        assert_eq!(position.term(), term);
        let field = field(position);
        let supine = self::field(PatientPosition::HeadFirstSupine);
        for (n, beam) in field.beams.iter().enumerate() {
            assert_eq!(beam.gantry_deg, angles[n], "{term}");
            assert!(beam.gantry_deg.is_sign_positive(), "{term}: -0");
            assert_eq!(beam.source(), supine.beams[n].source(), "{term}");
            let [x, y, z] = beam.axes();
            assert!((x.cross(&y) - z).norm() < 1e-12, "right-handed, {term}");
        }
        for point in [[80.0, 0.0, 90.0], [0.0, 62.0, 0.0], [-84.0, 20.0, -70.0]] {
            let point = Point3::from(point);
            let there = field.outside(point) - supine.outside(point);
            assert!(there.abs() < 0.11, "{term}: {there}");
        }
    }
    for other in ["HFDR", "HFDL", "FFDR", "SITTING", ""] {
        assert_eq!(PatientPosition::from_term(other), None);
    }
}

/// Every beam that sees a border has it on its edge, where the landmark is.
#[test]
fn all_beams_agree_at_the_landmark() {
    let field = field(PatientPosition::HeadFirstSupine);
    for border in &field.borders {
        for beam in &field.beams {
            let Some((axis, is_upper, _)) = border.edge(beam) else {
                continue;
            };
            let open = beam.aperture;
            let edge = [[open.x1, open.x2], [open.y1, open.y2]][axis][usize::from(is_upper)];
            let sign = if is_upper { 1.0 } else { -1.0 };
            let points = border.points.iter().map(|p| p.border_at);
            let outermost = points
                .map(|p| sign * beam.project(p).unwrap()[axis])
                .fold(f64::NEG_INFINITY, f64::max);
            assert!((outermost * sign - edge).abs() <= 0.05 + 1e-9);
        }
    }
}

#[test]
fn borders_that_leave_no_pelvic_field_are_refused() {
    let mut crossed = borders();
    crossed[2] = border(BorderSide::Left, &[[-85.0, 0.0, 50.0]]);
    let error = box_of(crossed, PatientPosition::HeadFirstSupine, SAD).unwrap_err();
    assert!(error.to_string().contains("in the beam AP"), "{error}");
    let mut open = borders();
    open.remove(5);
    assert!(box_of(open, PatientPosition::HeadFirstSupine, SAD).is_err());
}

#[test]
fn an_unsure_landmark_and_a_wide_jaw_are_told() {
    let mut borders = borders();
    borders[5].points[0].confidence = 0.3;
    borders[0] = border(BorderSide::Superior, &[[0.0, 0.0, 340.0]]);
    let field = box_of(borders, PatientPosition::HeadFirstSupine, SAD).unwrap();
    let unsure = "the posterior border rests on an unsure landmark, a landmark: put there \
                  (confidence 0.3)";
    assert_eq!(field.cautions[0], unsure);
    assert_eq!(field.cautions.len(), 5, "{:?}", field.cautions);
    assert!(field.cautions[1].contains("210 mm, more than the 200 mm"));
}

/// Voxels of 2 × 1 × 1 mm around the box.
fn images() -> Grid {
    let origin = Point3::new(-129.5, -99.5, -119.0);
    Grid::axis_aligned([125, 200, 260], [2.0, 1.0, 1.0], origin).unwrap()
}

/// Anatomy of a homogeneous block, which is all body.
fn block(grid: &Grid, body: impl Fn(Point3<f64>) -> bool) -> Anatomy {
    let suv = Volume::filled(grid.clone(), 1.0_f32);
    let mut anatomy = recognise(None, &suv, &[]);
    anatomy.body = Some(Volume::from_fn(grid.clone(), |v| body(grid.center_of(v))));
    anatomy
}

fn target_in(grid: &Grid, anatomy: &Anatomy) -> Target {
    let field = field(PatientPosition::HeadFirstSupine);
    field_target(&field, grid, anatomy, 7).unwrap().0
}

/// Independently of beams: the line from a source, given as a plain point, to the point, cut with
/// the plane through the isocentre.
fn is_open(point: Point3<f64>, field: &PelvicField) -> bool {
    let iso = field.isocentre;
    field.beams.iter().all(|beam| {
        let source = iso + beam.side.towards_source() * SAD;
        let way = point - source;
        let normal = source - iso;
        let share = -normal.dot(&(source - iso)) / normal.dot(&way);
        let crossing = source + way * share - iso;
        // For a patient who lies head first and supine.
        let x = match beam.gantry_deg as i32 {
            0 => crossing.x,
            180 => -crossing.x,
            90 => crossing.y,
            _ => -crossing.y,
        };
        let open = beam.aperture;
        (open.x1..=open.x2).contains(&x) && (open.y1..=open.y2).contains(&crossing.z)
    })
}

#[test]
fn the_region_is_what_all_beams_hold_within_the_body() {
    let grid = images();
    let whole = block(&grid, |_| true);
    let field = field(PatientPosition::HeadFirstSupine);
    let target = target_in(&grid, &whole);
    assert_eq!((target.roi_number, target.kind), (7, TargetKind::Field));
    assert_eq!(target.name, FIELD_NAME);
    for voxel in grid.full_box().voxels() {
        let at = grid.center_of(voxel);
        assert_eq!(target.mask.contains(at), is_open(at, &field), "{at}");
    }
    // The box at the isocentre is 168 × 120 × 180 mm; divergence takes a little from it.
    let box_ml = 168.0 * 120.0 * 180.0 / 1000.0;
    let share = target.volume_ml() / box_ml;
    assert!((0.88..1.0).contains(&share), "{share}");
    // The contours hold the same voxels and volume.
    let drawn = rasterise(&target.contours, &grid);
    let same = grid
        .full_box()
        .voxels()
        .filter(|v| drawn[*v] != target.mask.contains(grid.center_of(*v)))
        .count();
    assert_eq!(same, 0, "voxels differ");
    let contours_ml = polygon_volume_ml(&target.contours, 2.0);
    assert!((contours_ml / target.volume_ml() - 1.0).abs() < 0.005);
}

#[test]
fn the_region_ends_at_the_skin() {
    let grid = images();
    let slim = block(&grid, |p| p.y > -40.0);
    let target = target_in(&grid, &slim);
    let front = |target: &Target| {
        let grid = target.mask.grid();
        let ys = target.mask.voxels().map(|v| grid.center_of(v).y);
        ys.fold(f64::INFINITY, f64::min)
    };
    assert!((front(&target) + 39.5).abs() < 1e-9);
    let whole = target_in(&grid, &block(&grid, |_| true));
    assert!(front(&whole) < -55.0);
}

#[test]
fn a_field_beyond_the_images_is_told_or_not_drawn() {
    let field = field(PatientPosition::HeadFirstSupine);
    let origin = Point3::new(-129.5, -99.5, -60.0);
    let short = Grid::axis_aligned([60, 200, 260], [2.0, 1.0, 1.0], origin).unwrap();
    let (_, told) = field_target(&field, &short, &block(&short, |_| true), 1).unwrap();
    assert!(told[0].contains("ends at the edge"), "{told:?}");
    let far = Grid::axis_aligned([9, 9, 9], [2.0; 3], Point3::new(0.0, 0.0, 900.0)).unwrap();
    assert_eq!(field_target(&field, &far, &block(&far, |_| true), 1), None);
}

#[test]
fn a_ptv_that_is_not_covered_is_told() {
    let grid = images();
    let field = field(PatientPosition::HeadFirstSupine);
    let ball = |name: &str, z: f64| {
        let center = Point3::new(0.0, 0.0, z);
        let mask = Volume::from_fn(grid.clone(), |v| {
            (grid.center_of(v) - center).norm() <= 10.0
        });
        Target {
            name: name.to_owned(),
            kind: TargetKind::Ptv,
            mask,
            ..target_in(&grid, &block(&grid, |_| true))
        }
    };
    let targets = [ball("PTV_In", 50.0), ball("PTV_Out", 96.0)];
    let told = uncovered(&field, &targets, &isoboost_staging::Staging::default());
    assert_eq!(told.len(), 1, "{told:?}");
    // The border is at 100 mm where its landmark is, 40 mm behind the isocentre; the AP beam, which
    // widens to the back, is lower in front of it: 96.2 mm at y = -4, where the ball ends at 105.
    assert!(told[0].starts_with("PTV_Out is not covered"), "{told:?}");
    assert!(told[0].ends_with("up to 9 mm"), "{told:?}");
}

#[test]
fn settings_out_of_range_are_named() {
    let check = |change: &dyn Fn(&mut FieldConfig), expected: &str| {
        let mut config = FieldConfig::default();
        change(&mut config);
        let error = config.validate().unwrap_err();
        assert!(error.contains(expected), "{error}");
    };
    assert_eq!(FieldConfig::default().validate(), Ok(()));
    check(&|c| c.lateral_mm = 60.0, "planning.field.lateral-mm is 60");
    check(&|c| c.source_axis_mm = f64::NAN, "source-axis-mm is NaN");
    check(
        &|c| c.machine = " ".to_owned(),
        "planning.field.machine is ` `",
    );
    check(&|c| c.machine = "a\\b".to_owned(), "without a backslash");
    let unknown = toml::from_str::<FieldConfig>("lateral = 1").unwrap_err();
    assert!(unknown.to_string().contains("lateral-mm"), "{unknown}");
}

#[test]
fn without_bones_there_is_no_field_and_a_reason() {
    let grid = images();
    let staging = isoboost_staging::Staging::default();
    let mut anatomy = block(&grid, |_| true);
    let field = |anatomy: &Anatomy| {
        pelvic_field(&FieldInput {
            anatomy,
            staging: &staging,
            top: crate::PelvisTop::L5S1,
            position: PatientPosition::HeadFirstSupine,
            config: &FieldConfig::default(),
        })
    };
    let error = field(&anatomy).unwrap_err().to_string();
    let start = "the pelvic field is not drawn: there is no CT";
    assert!(error.starts_with(start), "{error}");
    anatomy.bone = Some(Volume::filled(grid.clone(), false));
    let error = field(&anatomy).unwrap_err().to_string();
    assert!(
        error.contains("superior border has no landmark (promontory"),
        "{error}"
    );
}

proptest! {
    /// A point lies in the region's field function's inside where, and only where, it lies in all
    /// four apertures by an independent projection; and it projects back onto its own ray.
    #[test]
    fn inside_is_inside_all_apertures(
        x in -120.0..120.0_f64, y in -120.0..120.0_f64, z in -120.0..120.0_f64,
    ) {
        let field = field(PatientPosition::HeadFirstSupine);
        let point = Point3::new(x, y, z);
        prop_assert_eq!(field.outside(point) <= 0.0, is_open(point, &field));
        for beam in &field.beams {
            let crossing = beam.point_at(beam.project(point).unwrap());
            let along = (point - beam.source()).cross(&(crossing - beam.source()));
            prop_assert!(along.norm() < 1e-6 * SAD * SAD);
            let in_plane = (crossing - field.isocentre).dot(&beam.axes()[2]);
            prop_assert!(in_plane.abs() < 1e-9);
        }
        let behind = field.beams[0].source() + Vector3::new(0.0, -1.0, 0.0);
        prop_assert_eq!(field.beams[0].project(behind), None);
    }
}
