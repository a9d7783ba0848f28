//! Landmarks and spaces on a real CT, against organs drawn on it by other software.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "helpers of tests")]

mod common;

use isoboost_anatomy::{Anatomy, Landmarks, Sought, recognise};
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

/// Centre and radius of the ball through the surface of the upper part of a drawn femur.
fn ball(patient: &Patient, name: &str) -> (Point3<f64>, f64) {
    let mask = drawn(patient, name);
    let grid = mask.grid();
    let all = points(patient, name);
    let top = all.iter().map(|p| p.z).fold(f64::MIN, f64::max);
    let steps = [-3.0, 3.0].into_iter().flat_map(|mm| [Vector3::x() * mm, Vector3::y() * mm, Vector3::z() * mm]);
    let steps: Vec<Vector3<f64>> = steps.collect();
    let surface = |p: &&Point3<f64>| p.z > top - 15.0 && steps.iter().any(|s| !mask.contains(**p + s));
    let surface: Vec<&Point3<f64>> = all.iter().filter(surface).collect();
    assert!(grid.spacing()[0] < 4.0);
    let rows = DMatrix::from_fn(surface.len(), 4, |n, a| if a < 3 { 2.0 * surface[n][a] } else { 1.0 });
    let right = DVector::from_fn(surface.len(), |n, _| surface[n].coords.norm_squared());
    let x = rows.svd(true, true).solve(&right, 1e-9).unwrap();
    let center = Point3::new(x[0], x[1], x[2]);
    (center, (x[3] + center.coords.norm_squared()).sqrt())
}

fn expected(patient: &Patient) -> Vec<(&'static str, Point3<f64>)> {
    let sacrum = [points(patient, "sacrum"), points(patient, "vertebrae_S1")].concat();
    let mut all = Vec::new();
    for (hip, femur, joint, top, center, roof) in [
        ("hip_left", "femur_left", "left sacro-iliac joint", "top of the left sacro-iliac joint", "left acetabulum", "left acetabular roof"),
        ("hip_right", "femur_right", "right sacro-iliac joint", "top of the right sacro-iliac joint", "right acetabulum", "right acetabular roof"),
    ] {
        let hip = points(patient, hip);
        let near = |a: &Point3<f64>, all: &[Point3<f64>]| all.iter().any(|b| (a - b).norm() < 4.5);
        let of_hip: Vec<_> = hip.iter().filter(|p| near(p, &sacrum)).copied().collect();
        all.push((joint, mean(&of_hip)));
        let high = of_hip.iter().map(|p| p.z).fold(f64::MIN, f64::max);
        let highest: Vec<_> = of_hip.iter().filter(|p| p.z > high - 6.0).copied().collect();
        let highest = mean(&highest);
        all.push((top, Point3::new(highest.x, highest.y, high)));
        let (ball, radius) = ball(patient, femur);
        println!("{femur} {ball} {radius}");
        all.push((center, ball));
        let above = hip.iter().filter(|p| (p.xy() - ball.xy()).norm() < 5.0 && p.z > ball.z);
        let low = above.map(|p| p.z).fold(f64::MAX, f64::min);
        all.push((roof, Point3::new(ball.x, ball.y, low)));
    }
    // The lower front corner of S1: where its front face ends, on the lowest slices.
    let s1 = points(patient, "vertebrae_S1");
    let low = s1.iter().map(|p| p.z).fold(f64::MAX, f64::min);
    let edge: Vec<_> = s1.iter().filter(|p| p.z <= low + 3.0 && (p.x - 6.0).abs() < 10.0).collect();
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

#[test]
fn landmarks_of_the_ct_alone_lie_where_the_drawn_bones_have_them() {
    let Some(patient) = patient() else { return };
    let pet = even_pet(&patient);
    let seen: Anatomy = recognise(Some(&patient.ct), &pet, &[]);
    let drawn: Anatomy = recognise(Some(&patient.ct), &pet, &patient.organs);
    println!("{:?}", seen.landmarks.promontory);
    for anatomy in [&seen, &drawn] {
        for (name, at) in expected(&patient) {
            match sought(&anatomy.landmarks, name) {
                Ok(l) => {
                    let d = l.at - at;
                    println!("{name:36} {:5.1} [{:5.1} {:5.1} {:5.1}] {:.2} {}", d.norm(), d.x, d.y, d.z, l.confidence, l.how);
                }
                Err(e) => println!("{name:36} {e}"),
            }
        }
    }
    for (name, s) in seen.landmarks.named() {
        println!("{name:36} {:?}", s.as_ref().map(|l| l.at.map(|v| v.round())).map_err(ToString::to_string));
    }
    for f in &seen.findings { println!("{f}"); }
}

fn dice(found: &Mask, drawn: &Mask, keep: impl Fn(Point3<f64>) -> bool) -> f64 {
    let grid = drawn.grid();
    let mut counts = [0.0_f64; 3];
    for v in found.grid().full_box().voxels() {
        let p = found.grid().center_of(v);
        if found[v] && keep(p) {
            counts[0] += found.grid().voxel_volume_ml();
        }
    }
    for v in drawn.voxels() {
        let p = grid.center_of(v);
        if keep(p) {
            counts[1] += grid.voxel_volume_ml();
            counts[2] += f64::from(u8::from(found.contains(p))) * grid.voxel_volume_ml();
        }
    }
    println!("{counts:?}");
    2.0 * counts[2] / (counts[0] + counts[1])
}

fn share_in(found: &Mask, drawn: &Mask) -> f64 {
    let held = drawn.voxels().filter(|v| found.contains(drawn.grid().center_of(*v)));
    held.count() as f64 / drawn.count() as f64
}

#[test]
fn spaces() {
    let Some(patient) = patient() else { return };
    let pet = even_pet(&patient);
    let seen: Anatomy = recognise(Some(&patient.ct), &pet, &[]);
    let drawn_: Anatomy = recognise(Some(&patient.ct), &pet, &patient.organs);
    let level = seen.landmarks.promontory.as_ref().unwrap().at.z;
    for a in [&seen, &drawn_] {
        for (name, s) in a.spaces.named() {
            match s {
                Ok(s) => println!("{name} {:.0} mL {:.2} {}", s.mask.volume_ml(), s.confidence, s.evidence),
                Err(e) => println!("{name} {e}"),
            }
        }
        for (space, name) in [(&a.spaces.psoas_left, "iliopsoas_left"), (&a.spaces.psoas_right, "iliopsoas_right")] {
            let mask = &space.as_ref().unwrap().mask;
            println!("{name} above {:.2} all {:.2}", dice(mask, drawn(&patient, name), |p| p.z > level), dice(mask, drawn(&patient, name), |_| true));
        }
        let bowel = &a.spaces.bowel.as_ref().unwrap().mask;
        for o in &patient.organs {
            let share = share_in(bowel, &o.mask);
            if share > 0.02 { println!("  {} {:.2} of {:.0} mL", o.name, share, o.mask.volume_ml()); }
        }
        let rectal = &a.spaces.perirectal.as_ref().unwrap().mask;
        let pre = &a.spaces.presacral.as_ref().unwrap().mask;
        for (n, m) in [("perirectal", rectal), ("presacral", pre)] {
            let c = m.centroid().unwrap();
            println!("{n} {c}");
            for o in &patient.organs {
                let inside = m.voxels().filter(|v| o.mask.contains(m.grid().center_of(*v))).count() as f64 / m.count() as f64;
                if inside > 0.01 { println!("   {n}: {inside:.2} is {}", o.name); }
            }
        }
    }
}
