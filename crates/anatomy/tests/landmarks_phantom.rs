//! Landmarks of random patients against what the phantom knows.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "helpers of tests")]

use isoboost_anatomy::{Anatomy, Landmarks, Sought, recognise};
use isoboost_phantom::{PhantomStudy, GridSpec, ScannerModel, TorsoField, TorsoSpec, torso};
use nalgebra::Point3;

const SEEDS: std::ops::RangeInclusive<u64> = 1..=12;

fn truth(study: &PhantomStudy, name: &str) -> Point3<f64> {
    let mut landmarks = study.truth.landmarks.iter();
    landmarks.find(|(n, _)| n == name).unwrap().1
}

/// Every new landmark with the name of its truth, and whether that is mirrored.
fn pairs(l: &Landmarks) -> Vec<(&'static str, &Sought, bool)> {
    let paired = [
        ("sacroiliac_joint_left", &l.sacroiliac_joint),
        ("sacroiliac_joint_top_left", &l.sacroiliac_joint_top),
        ("ischial_tuberosity_left", &l.ischial_tuberosity),
        ("acetabulum_left", &l.acetabulum),
        ("acetabular_roof_left", &l.acetabular_roof),
        ("obturator_foramen_left", &l.obturator_foramen),
        ("obturator_foramen_bottom_left", &l.obturator_foramen_bottom),
    ];
    let mut all = vec![
        ("sacrum_s1_s2", &l.sacrum_s1_s2, false),
        ("sacrum_s2_s3", &l.sacrum_s2_s3, false),
        ("sacrum_s3_end", &l.sacrum_s3_end, false),
        ("aortic_bifurcation", &l.aortic_bifurcation, false),
    ];
    for (name, both) in paired {
        all.push((name, &both.left, false));
        all.push((name, &both.right, true));
    }
    all
}

#[test]
fn landmarks_of_random_patients_lie_where_the_phantom_has_them() {
    let mut all: Vec<f64> = Vec::new();
    for seed in SEEDS {
        let (spec, tracer) = TorsoSpec::random(seed);
        let mut spec = spec;
        if seed % 2 == 1 {
            spec.field = TorsoField::Pelvis;
        }
        let scanner = ScannerModel {
            pet: GridSpec::square(60, 10.0, 10.0),
            ..ScannerModel::torso_small()
        };
        let study = torso(&spec, tracer, &scanner, seed).unwrap();
        let anatomy: Anatomy = recognise(Some(&study.ct), &study.suv, &[]);
        let middle = nalgebra::center(
            &truth(&study, "femoral_head_left"),
            &truth(&study, "femoral_head_right"),
        );
        println!("seed {seed} {:.0} cm {:.0} kg {:?} {:?}", spec.height_cm, spec.weight_kg, spec.arms, spec.hip_prosthesis);
        for (name, sought, mirrored) in pairs(&anatomy.landmarks) {
            let mut expected = truth(&study, name);
            if mirrored {
                expected.x = 2.0 * middle.x - expected.x;
            }
            match sought {
                Ok(l) => {
                    let d = l.at - expected;
                    println!("  {name:32} {:5.1}  [{:5.1} {:5.1} {:5.1}] {:.2} {}", d.norm(), d.x, d.y, d.z, l.confidence, l.how);
                    all.push(d.norm());
                }
                Err(e) => println!("  {name:32} absent {e}"),
            }
        }
    }
    all.sort_by(f64::total_cmp);
    println!("median {} largest {}", all[all.len() / 2], all[all.len() - 1]);
}
