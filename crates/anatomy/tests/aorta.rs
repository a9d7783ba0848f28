//! The trace of the descending aorta, on a phantom and on a real CT.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "helpers of tests")]

mod common;

use isoboost_anatomy::{LiverMode, VesselSlice, measure_references, recognise, trace_aorta};
use isoboost_phantom::{GridSpec, PelvisSpec, ScannerModel, Scenario, Tracer, pelvis};
use isoboost_volume::{Mask, Volume};

/// Nine of ten middles lie in the drawn vessel: the rest is what the trace goes beyond its ends.
fn check_inside(trace: &[VesselSlice], drawn: &Mask) {
    let inside = trace.iter().filter(|s| drawn.contains(s.center)).count();
    let share = inside as f64 / trace.len() as f64;
    assert!(share >= 0.9, "{share:.2} of {} lie inside", trace.len());
}

fn length_mm(trace: &[VesselSlice]) -> f64 {
    trace.last().unwrap().center.z - trace[0].center.z
}

#[test]
fn the_trace_runs_inside_the_aorta_drawn_on_a_real_ct() {
    let Some(patient) = common::patient() else {
        return;
    };
    // The same uptake everywhere tells nothing: density and bones alone lead the way.
    let pet = Volume::filled(patient.ct.grid().clone(), 0.5_f32);
    let trace = trace_aorta(&recognise(Some(&patient.ct), &pet, &[]), &pet).unwrap();
    let aorta = patient.organs.iter().find(|o| o.name == "aorta").unwrap();
    check_inside(&trace, &aorta.mask);
    // From the bifurcation to the upper end of the CT there are 150 mm.
    assert!(length_mm(&trace) > 120.0, "{}", length_mm(&trace));
}

#[test]
fn blood_of_a_real_body_is_the_same_by_trace_and_by_label() {
    let Some(patient) = common::patient() else {
        return;
    };
    let organ = |name: &str| &patient.organs.iter().find(|o| o.name == name).unwrap().mask;
    let (aorta, liver) = (organ("aorta"), organ("liver"));
    let cava = organ("inferior_vena_cava");
    let grid = patient.ct.grid().clone();
    let pet = Volume::from_fn(grid.clone(), |voxel| {
        let p = grid.center_of(voxel);
        match () {
            () if aorta.contains(p) || cava.contains(p) => 1.7,
            () if liver.contains(p) => 5.0,
            () => 0.6_f32,
        }
    });
    for organs in [patient.organs.as_slice(), &[]] {
        let anatomy = recognise(Some(&patient.ct), &pet, organs);
        let found = measure_references(&anatomy, &pet, LiverMode::Sphere);
        let blood = found.blood_pool.unwrap();
        // A voxel off the wall nothing but blood is measured.
        assert!((blood.mean - 1.7).abs() < 0.02, "{blood:?}");
        assert!(blood.volume_ml > 2.0, "{blood:?}");
    }
}

#[test]
fn the_trace_runs_inside_the_aorta_of_the_phantom() {
    let spec = PelvisSpec::from(Scenario::WholeBody);
    let mut scanner = ScannerModel::small();
    scanner.pet.slices = Some(180);
    scanner.ct.slices = Some(180);
    let study = pelvis(&spec, Tracer::F18Dcfpyl, &scanner, 3).unwrap();
    let anatomy = recognise(Some(&study.ct), &study.suv, &[]);
    let trace = trace_aorta(&anatomy, &study.suv).unwrap();
    check_inside(&trace, &study.organ_mask("aorta", study.ct.grid()).unwrap());
    // From L4 into the chest.
    assert!(length_mm(&trace) > 300.0, "{}", length_mm(&trace));
}

#[test]
fn nothing_is_traced_in_a_pelvis_or_where_the_aorta_is_not() {
    let spec = PelvisSpec::default();
    let study = pelvis(&spec, Tracer::Ga68Psma11, &ScannerModel::small(), 1).unwrap();
    let anatomy = recognise(Some(&study.ct), &study.suv, &[]);
    let absent = trace_aorta(&anatomy, &study.suv).unwrap_err();
    assert!(
        absent.to_string().contains("of the spine above L4"),
        "{absent}"
    );

    // A body of muscle with the same bones, in which the uptake is that of muscle as well.
    let mut scanner = ScannerModel::small();
    scanner.pet = GridSpec::square(4, 6.0, 6.0);
    scanner.ct.slices = Some(180);
    let mut study = pelvis(&spec, Tracer::Ga68Psma11, &scanner, 1).unwrap();
    for hu in study.ct.as_mut_slice() {
        if (-200..150).contains(hu) {
            *hu = 50;
        }
    }
    let anatomy = recognise(Some(&study.ct), &study.suv, &[]);
    let absent = trace_aorta(&anatomy, &study.suv).unwrap_err();
    assert!(absent.to_string().contains("no tube of blood"), "{absent}");
}
