//! Landmarks and spaces on a real CT, against organs drawn on it by other software.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "helpers of tests")]

mod common;

use isoboost_anatomy::{CourseKind, LandmarkSource, Landmarks, Side, Sought, recognise};
use isoboost_volume::{Grid, Mask, Volume};
use nalgebra::{DMatrix, DVector, Point3, Vector3};

use common::{Patient, patient};

/// The same uptake everywhere: CT alone leads.
fn even_pet(patient: &Patient) -> Volume<f32> {
    let corners = patient.ct.grid().corners();
    let low = corners.iter().fold(corners[0], |a, b| a.inf(b));
    let grid = Grid::axis_aligned([60, 50, 50], [10.0; 3], low).unwrap();
    Volume::filled(grid, 0.5)
}

fn drawn<'a>(patient: &'a Patient, name: &str) -> &'a Mask {
    let mut organs = patient.organs.iter();
    &organs.find(|o| o.name == name).unwrap().mask
}

fn points(patient: &Patient, name: &str) -> Vec<Point3<f64>> {
    let mask = drawn(patient, name);
    mask.voxels().map(|v| mask.grid().center_of(v)).collect()
}

fn mean(points: &[Point3<f64>]) -> Point3<f64> {
    let sum: Vector3<f64> = points.iter().map(|p| p.coords).sum();
    Point3::from(sum / points.len() as f64)
}

/// Centre of the ball through the surface of the upper part of a drawn femur.
fn ball(patient: &Patient, name: &str) -> Point3<f64> {
    let mask = drawn(patient, name);
    let all = points(patient, name);
    let top = all.iter().map(|p| p.z).fold(f64::MIN, f64::max);
    let steps = [-3.0, 3.0]
        .into_iter()
        .flat_map(|mm| [Vector3::x() * mm, Vector3::y() * mm, Vector3::z() * mm]);
    let steps: Vec<Vector3<f64>> = steps.collect();
    let surface =
        |p: &&Point3<f64>| p.z > top - 15.0 && steps.iter().any(|s| !mask.contains(**p + s));
    let surface: Vec<&Point3<f64>> = all.iter().filter(surface).collect();
    let rows = DMatrix::from_fn(surface.len(), 4, |n, a| {
        if a < 3 { 2.0 * surface[n][a] } else { 1.0 }
    });
    let right = DVector::from_fn(surface.len(), |n, _| surface[n].coords.norm_squared());
    let x = rows.svd(true, true).solve(&right, 1e-9).unwrap();
    Point3::new(x[0], x[1], x[2])
}

fn expected(patient: &Patient) -> Vec<(&'static str, Point3<f64>)> {
    let sacrum = [points(patient, "sacrum"), points(patient, "vertebrae_S1")].concat();
    let mut all = Vec::new();
    for (hip, femur, joint, top, center, roof) in [
        (
            "hip_left",
            "femur_left",
            "left sacro-iliac joint",
            "top of the left sacro-iliac joint",
            "left acetabulum",
            "left acetabular roof",
        ),
        (
            "hip_right",
            "femur_right",
            "right sacro-iliac joint",
            "top of the right sacro-iliac joint",
            "right acetabulum",
            "right acetabular roof",
        ),
    ] {
        let hip = points(patient, hip);
        let near = |a: &Point3<f64>, all: &[Point3<f64>]| all.iter().any(|b| (a - b).norm() < 4.5);
        let of_hip: Vec<_> = hip.iter().filter(|p| near(p, &sacrum)).copied().collect();
        all.push((joint, mean(&of_hip)));
        let high = of_hip.iter().map(|p| p.z).fold(f64::MIN, f64::max);
        let highest: Vec<_> = of_hip
            .iter()
            .filter(|p| p.z > high - 6.0)
            .copied()
            .collect();
        let highest = mean(&highest);
        all.push((top, Point3::new(highest.x, highest.y, high)));
        let ball = ball(patient, femur);
        all.push((center, ball));
        let above = hip
            .iter()
            .filter(|p| (p.xy() - ball.xy()).norm() < 5.0 && p.z > ball.z);
        let low = above.map(|p| p.z).fold(f64::MAX, f64::min);
        all.push((roof, Point3::new(ball.x, ball.y, low)));
    }
    // The lower front corner of S1: where its front face ends, on the lowest slices.
    let s1 = points(patient, "vertebrae_S1");
    let low = s1.iter().map(|p| p.z).fold(f64::MAX, f64::min);
    let edge: Vec<_> = s1
        .iter()
        .filter(|p| p.z <= low + 3.0 && (p.x - 6.0).abs() < 10.0)
        .collect();
    let back = edge.iter().map(|p| p.y).fold(f64::MIN, f64::max);
    all.push(("level S1/S2", Point3::new(4.0, back, low)));
    let aorta = points(patient, "aorta");
    let low = aorta.iter().map(|p| p.z).fold(f64::MAX, f64::min);
    let end: Vec<_> = aorta.iter().filter(|p| p.z < low + 4.0).copied().collect();
    all.push(("aortic bifurcation", mean(&end)));
    all
}

fn sought<'a>(landmarks: &'a Landmarks, name: &str) -> &'a Sought {
    let named = landmarks.named();
    named.iter().find(|(n, _)| *n == name).unwrap().1
}

/// Distances in mm from where the drawn bones have the landmarks.
fn errors(patient: &Patient, landmarks: &Landmarks) -> Vec<(f64, &'static str)> {
    let all = expected(patient).into_iter().map(|(name, at)| {
        let found = sought(landmarks, name).as_ref().unwrap();
        ((found.at - at).norm(), name)
    });
    let mut all: Vec<(f64, &str)> = all.collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    all
}

#[test]
fn landmarks_of_the_ct_alone_lie_where_the_drawn_bones_have_them() {
    let Some(patient) = patient() else { return };
    let seen = recognise(Some(&patient.ct), &even_pet(&patient), &[]);
    let all = errors(&patient, &seen.landmarks);
    println!("{all:?}");
    assert!(all[all.len() / 2].0 <= 10.0, "{all:?}");
    assert!(all[all.len() - 1].0 <= 20.0, "{all:?}");
    for (name, sought) in seen.landmarks.named() {
        assert!(
            sought.as_ref().map_or(0.5, |l| l.confidence) > 0.3,
            "{name}"
        );
    }
}

#[test]
fn landmarks_of_imported_organs_take_precedence() {
    let Some(patient) = patient() else { return };
    let drawn = recognise(Some(&patient.ct), &even_pet(&patient), &patient.organs);
    let all = errors(&patient, &drawn.landmarks);
    // Two voxels of the labels.
    assert!(all[all.len() - 1].0 <= 6.0, "{all:?}");
    for (_, name) in all {
        let found = sought(&drawn.landmarks, name).as_ref().unwrap();
        assert_eq!(found.source, LandmarkSource::Imported, "{name}");
    }
    // Without the CT the labels tell the same but for where the field ends.
    let alone = recognise(None, &even_pet(&patient), &patient.organs);
    assert!(
        errors(&patient, &alone.landmarks)
            .iter()
            .all(|e| e.0 <= 6.0)
    );
}

#[test]
fn what_lies_below_the_field_is_absent_with_a_reason() {
    let Some(patient) = patient() else { return };
    for organs in [&[], patient.organs.as_slice()] {
        let found = recognise(Some(&patient.ct), &even_pet(&patient), organs);
        for name in [
            "left ischial tuberosity",
            "right ischial tuberosity",
            "left obturator foramen",
            "lower edge of the right obturator foramen",
        ] {
            let Err(absent) = sought(&found.landmarks, name) else {
                panic!("{name} is seen");
            };
            assert!(absent.0.contains("ends above"), "{name}: {absent}");
        }
        let told = found
            .findings
            .iter()
            .filter(|f| f.starts_with("not seen: "));
        assert_eq!(told.count(), 1, "{:?}", found.findings);
    }
}

/// Dice's overlap of what fulfils a condition on the place.
fn dice(found: &Mask, drawn: &Mask, keep: impl Fn(Point3<f64>) -> bool) -> f64 {
    let kept = |mask: &Mask| -> Vec<Point3<f64>> {
        let points = mask.voxels().map(|v| mask.grid().center_of(v));
        points.filter(|p| keep(*p)).collect()
    };
    let (ours, theirs) = (kept(found), kept(drawn));
    let both = theirs.iter().filter(|p| found.contains(**p)).count() as f64;
    let ml = |n: f64, mask: &Mask| n * mask.grid().voxel_volume_ml();
    let sum = ml(ours.len() as f64, found) + ml(theirs.len() as f64, drawn);
    2.0 * ml(both, drawn) / sum
}

/// Voxels of a drawn organ in a mask, and all of them.
fn held(found: &Mask, drawn: &Mask) -> [f64; 2] {
    let inside = drawn
        .voxels()
        .filter(|v| found.contains(drawn.grid().center_of(*v)));
    [inside.count() as f64, drawn.count() as f64]
}

#[test]
fn psoas_and_bowel_lie_where_they_are_drawn() {
    let Some(patient) = patient() else { return };
    let seen = recognise(Some(&patient.ct), &even_pet(&patient), &[]);
    let level = seen.landmarks.promontory.as_ref().unwrap().at.z;
    for (side, name) in [
        (Side::Left, "iliopsoas_left"),
        (Side::Right, "iliopsoas_right"),
    ] {
        let psoas = &seen.spaces.psoas(side).as_ref().unwrap().mask;
        // The drawn muscle holds the iliacus as well, as far up as the crest.
        let overlap = dice(psoas, drawn(&patient, name), |p| p.z > level);
        println!("{name}: {overlap:.2}");
        assert!(overlap > 0.6, "{name}: {overlap:.2}");
    }
    let bowel = &seen.spaces.bowel.as_ref().unwrap().mask;
    let [held_small, small] = held(bowel, drawn(&patient, "small_bowel"));
    let [held_colon, colon] = held(bowel, drawn(&patient, "colon"));
    let share = (held_small + held_colon) / (small + colon);
    println!("{share:.2} of the bowel");
    assert!(share > 0.85, "{share:.2} of the bowel");
    for name in [
        "hip_left",
        "gluteus_maximus_right",
        "autochthon_left",
        "sacrum",
    ] {
        let [inside, all] = held(bowel, drawn(&patient, name));
        assert!(inside / all < 0.1, "{name}: {:.2}", inside / all);
    }
}

#[test]
fn presacral_and_perirectal_space_lie_before_the_drawn_sacrum() {
    let Some(patient) = patient() else { return };
    let seen = recognise(Some(&patient.ct), &even_pet(&patient), &[]);
    let bones = ["sacrum", "vertebrae_S1", "hip_left", "hip_right"];
    for space in [&seen.spaces.presacral, &seen.spaces.perirectal] {
        let mask = &space.as_ref().unwrap().mask;
        let inside = mask.voxels().filter(|v| {
            let p = mask.grid().center_of(*v);
            bones.iter().any(|name| drawn(&patient, name).contains(p))
        });
        let share = inside.count() as f64 / mask.count() as f64;
        assert!(share < 0.1, "{share:.2} of it is bone");
        let front = points(&patient, "sacrum");
        let center = mask.centroid().unwrap();
        let behind = front.iter().filter(|p| (p.z - center.z).abs() < 3.0);
        assert!(behind.map(|p| p.y).fold(f64::MAX, f64::min) > center.y);
    }
}

#[test]
fn a_drawn_aorta_is_the_course_down_to_its_end() {
    let Some(patient) = patient() else { return };
    let found = recognise(Some(&patient.ct), &even_pet(&patient), &patient.organs);
    let courses = found.courses.unwrap();
    let course = courses
        .iter()
        .find(|c| c.kind == CourseKind::Aorta)
        .unwrap();
    let aorta = drawn(&patient, "aorta");
    let inside = course.line.iter().filter(|p| aorta.contains(**p)).count();
    assert!(
        inside + 2 >= course.line.len(),
        "{inside} of {}",
        course.line.len()
    );
    // From the upper end of the CT to the bifurcation there are 150 mm.
    let length = course.line[0].z - course.line[course.line.len() - 1].z;
    assert!(length > 120.0, "{length}");
}
