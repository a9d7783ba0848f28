//! Landmarks and spaces of random patients against what the phantom knows.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::sync::LazyLock;

use isoboost_anatomy::{
    Anatomy, CourseKind, LandmarkSource, Landmarks, Side, Sought, Space, aorta_course, recognise,
    trace_aorta,
};
use isoboost_phantom::{
    GridSpec, PhantomStudy, ScannerModel, TorsoField, TorsoSpec, Tracer, torso,
};
use isoboost_volume::Mask;
use nalgebra::Point3;
use rayon::prelude::*;

const SEEDS: std::ops::RangeInclusive<u64> = 1..=8;
/// What matters for a border, and what would put a point on another bone, mm.
const MEDIAN_MM: f64 = 10.0;
const LARGEST_MM: f64 = 20.0;

struct Patient {
    seed: u64,
    study: PhantomStudy,
    anatomy: Anatomy,
}

/// Every other one from the thighs to L3, the others up to the vertex.
static PATIENTS: LazyLock<Vec<Patient>> = LazyLock::new(|| {
    let seeds: Vec<u64> = SEEDS.collect();
    let patients = seeds.into_par_iter().map(|seed| {
        let (mut spec, tracer) = TorsoSpec::random(seed);
        if seed % 2 == 1 {
            spec.field = TorsoField::Pelvis;
        }
        let scanner = ScannerModel {
            pet: GridSpec::square(60, 10.0, 10.0),
            ..ScannerModel::torso_small()
        };
        let study = torso(&spec, tracer, &scanner, seed).unwrap();
        let anatomy = recognise(Some(&study.ct), &study.suv, &[]);
        Patient {
            seed,
            study,
            anatomy,
        }
    });
    patients.collect()
});

impl Patient {
    fn truth(&self, name: &str) -> Point3<f64> {
        let mut landmarks = self.study.truth.landmarks.iter();
        landmarks.find(|(n, _)| n == name).unwrap().1
    }

    /// Of a name of the left side, on a side of the body, which is symmetric.
    fn truth_on(&self, name: &str, side: Side) -> Point3<f64> {
        let heads = ["femoral_head_left", "femoral_head_right"].map(|name| self.truth(name));
        let middle = nalgebra::center(&heads[0], &heads[1]).x;
        let left = self.truth(name);
        match side {
            Side::Left => left,
            Side::Right => Point3::new(2.0 * middle - left.x, left.y, left.z),
        }
    }

    fn real(&self, organ: &str) -> Mask {
        let grid = self.anatomy.overview.as_ref().unwrap().grid();
        self.study.organ_mask(organ, grid).unwrap()
    }

    /// Errors of all further landmarks, by name.
    fn errors(&self) -> Vec<(&'static str, Result<f64, String>)> {
        let l: &Landmarks = &self.anatomy.landmarks;
        let paired = [
            ("sacroiliac_joint_left", &l.sacroiliac_joint),
            ("sacroiliac_joint_top_left", &l.sacroiliac_joint_top),
            ("ischial_tuberosity_left", &l.ischial_tuberosity),
            ("acetabulum_left", &l.acetabulum),
            ("acetabular_roof_left", &l.acetabular_roof),
            ("obturator_foramen_left", &l.obturator_foramen),
            ("obturator_foramen_bottom_left", &l.obturator_foramen_bottom),
        ];
        let single = [
            ("sacrum_s1_s2", &l.sacrum_s1_s2),
            ("sacrum_s2_s3", &l.sacrum_s2_s3),
            ("sacrum_s3_end", &l.sacrum_s3_end),
            ("aortic_bifurcation", &l.aortic_bifurcation),
        ];
        let error = |sought: &Sought, at: Point3<f64>| match sought {
            Ok(found) => Ok((found.at - at).norm()),
            Err(absent) => Err(absent.to_string()),
        };
        let single = single.map(|(name, sought)| (name, error(sought, self.truth(name))));
        let paired = paired.into_iter().flat_map(|(name, both)| {
            [Side::Left, Side::Right]
                .map(|side| (name, error(both.of(side), self.truth_on(name, side))))
        });
        single.into_iter().chain(paired).collect()
    }
}

#[test]
fn landmarks_of_random_patients_lie_where_the_phantom_has_them() {
    let mut all: Vec<(f64, &str, u64)> = Vec::new();
    for patient in PATIENTS.iter() {
        for (name, error) in patient.errors() {
            let mm = error.unwrap_or_else(|why| panic!("{name}, {}: {why}", patient.seed));
            all.push((mm, name, patient.seed));
        }
    }
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (median, largest) = (all[all.len() / 2], all[all.len() - 1]);
    println!(
        "{} points, median {median:?}, largest {largest:?}",
        all.len()
    );
    let names: std::collections::BTreeSet<&str> = all.iter().map(|e| e.1).collect();
    for name in names {
        let of: Vec<f64> = all.iter().filter(|e| e.1 == name).map(|e| e.0).collect();
        let (middle, last) = (of[of.len() / 2], of[of.len() - 1]);
        println!("{name}: median {middle:.1}, largest {last:.1} mm");
    }
    assert!(median.0 <= MEDIAN_MM, "{median:?}");
    assert!(largest.0 <= LARGEST_MM, "{largest:?}");
}

/// Share of the voxels above a height that a space holds.
fn held(space: &Space, real: &Mask, keep: impl Fn(Point3<f64>) -> bool) -> f64 {
    let points: Vec<Point3<f64>> = real.voxels().map(|v| real.grid().center_of(v)).collect();
    let kept = || points.iter().filter(|p| keep(**p));
    kept().filter(|p| space.mask.contains(**p)).count() as f64 / kept().count() as f64
}

#[test]
fn spaces_hold_what_lies_in_them() {
    for patient in PATIENTS.iter() {
        let (seed, spaces) = (patient.seed, &patient.anatomy.spaces);
        let bowel = spaces.bowel.as_ref().unwrap();
        for name in ["small_bowel", "colon"] {
            let share = held(bowel, &patient.real(name), |_| true);
            assert!(share > 0.9, "{seed}: {share:.2} of the {name}");
        }
        for name in ["hip_left", "sacrum", "femur_right"] {
            let share = held(bowel, &patient.real(name), |_| true);
            assert!(share < 0.15, "{seed}: {share:.2} of the {name}");
        }
        // From S3 to the pelvic floor.
        let rectal = spaces.perirectal.as_ref().unwrap();
        let z = |name: &str| patient.truth(name).z;
        let between = |p: Point3<f64>| p.z < z("sacrum_s2_s3") - 5.0 && p.z > z("symphysis_bottom");
        let share = held(rectal, &patient.real("rectum"), between);
        assert!(share > 0.85, "{seed}: {share:.2} of the rectum");
        let bladder = patient
            .study
            .organ_mask("urinary_bladder", rectal.mask.grid());
        let both = bladder
            .unwrap()
            .voxels()
            .filter(|v| rectal.mask[*v])
            .count();
        let share = both as f64 / rectal.mask.count() as f64;
        assert!(share < 0.15, "{seed}: {share:.2} of it is bladder");
        let strip = &spaces.presacral.as_ref().unwrap().mask;
        let center = strip.centroid().unwrap();
        let (top, low) = (z("promontory"), z("sacrum_s3_end"));
        assert!(center.z < top && center.z > low, "{seed}: {center}");
        let ml = strip.volume_ml();
        assert!((25.0..110.0).contains(&ml), "{seed}: {ml:.0} mL");
    }
}

#[test]
fn the_psoas_lies_where_the_phantom_has_it() {
    for patient in PATIENTS.iter() {
        let top = patient.truth("iliac_crest_left").z;
        for (side, name) in [
            (Side::Left, "iliopsoas_left"),
            (Side::Right, "iliopsoas_right"),
        ] {
            let space = patient.anatomy.spaces.psoas(side).as_ref().unwrap();
            // Above the crest the muscle is psoas alone.
            let real = patient.real(name);
            let above = |p: Point3<f64>| p.z > top;
            let share = held(space, &real, above);
            let grid = space.mask.grid();
            let found = space.mask.voxels().map(|v| grid.center_of(v));
            let found: Vec<Point3<f64>> = found.filter(|p| above(*p)).collect();
            let inside = found.iter().filter(|p| real.contains(**p)).count();
            let right = inside as f64 / found.len() as f64;
            println!("{} {name}: {share:.2} held, {right:.2} right", patient.seed);
            // Small men have little psoas above their crests, beside other muscles.
            assert!(share > 0.65, "{}: {share:.2} of {name} held", patient.seed);
            assert!(right > 0.5, "{}: {right:.2} is {name}", patient.seed);
        }
    }
}

#[test]
fn the_aorta_runs_down_to_where_it_divides() {
    for patient in PATIENTS.iter() {
        let courses = patient.anatomy.courses.as_ref().unwrap();
        let aorta = courses.iter().find(|c| c.kind == CourseKind::Aorta);
        let Some(aorta) = aorta else {
            // A field that ends at L3 has no spine above the bifurcation.
            assert_eq!(patient.seed % 2, 1, "{}", patient.seed);
            continue;
        };
        let end = patient.truth("aortic_bifurcation");
        assert!((aorta.line[aorta.line.len() - 1] - end).norm() < LARGEST_MM);
        assert!(aorta.line.windows(2).all(|pair| pair[0].z > pair[1].z));
        let Ok(trace) = trace_aorta(&patient.anatomy, &patient.study.suv) else {
            continue;
        };
        let traced = aorta_course(&patient.anatomy.landmarks, &trace).unwrap();
        let real = patient.real("aorta");
        let above = traced.line.iter().filter(|p| p.z > end.z + 10.0);
        let inside = above.clone().filter(|p| real.contains(**p)).count();
        let share = inside as f64 / above.count() as f64;
        println!("{}: {share:.2} of the course in the aorta", patient.seed);
        assert!(share > 0.8, "{}: {share:.2}", patient.seed);
    }
}

#[test]
fn a_chest_has_none_and_says_so_in_one_sentence() {
    let spec = TorsoSpec {
        field: TorsoField::Thorax,
        ..TorsoSpec::default()
    };
    let scanner = ScannerModel {
        pet: GridSpec::square(60, 10.0, 10.0),
        ..ScannerModel::fixture()
    };
    let study = torso(&spec, Tracer::Ga68Psma11, &scanner, 1).unwrap();
    let anatomy = recognise(Some(&study.ct), &study.suv, &[]);
    let known = |name: &str| {
        let named = anatomy.landmarks.named();
        named.iter().any(|(n, sought)| *n == name && sought.is_ok())
    };
    for name in [
        "level S1/S2",
        "left ischial tuberosity",
        "aortic bifurcation",
    ] {
        assert!(!known(name), "{name}");
    }
    assert!(
        anatomy
            .spaces
            .named()
            .iter()
            .all(|(_, space)| space.is_err())
    );
    let told = anatomy
        .findings
        .iter()
        .filter(|f| f.starts_with("not seen: "));
    assert_eq!(told.count(), 1, "{:?}", anatomy.findings);
}

#[test]
fn a_prosthesis_does_not_move_the_hip_joint_much() {
    let metal = PATIENTS.iter().filter(|patient| {
        let (spec, _) = TorsoSpec::random(patient.seed);
        spec.hip_prosthesis.is_some()
    });
    let mut seen = 0;
    for patient in metal {
        for side in [Side::Left, Side::Right] {
            let found = patient
                .anatomy
                .landmarks
                .acetabulum
                .of(side)
                .as_ref()
                .unwrap();
            assert_eq!(found.source, LandmarkSource::Ct);
            let off = (found.at - patient.truth_on("acetabulum_left", side)).norm();
            assert!(off < 10.0, "{}: {off:.1} mm", patient.seed);
            seen += 1;
        }
    }
    assert!(seen >= 2, "no prosthesis among the seeds");
}
