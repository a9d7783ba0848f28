//! Alignment of a planning CT with the CT of the PET/CT: how often it is right, and that it says
//! so where it is not.

mod external;
mod page;
mod scans;

use isoboost_volume::{Registration, RegistrationRefusal, register_rigid};
use nalgebra::Isometry3;
use scans::Fixed;

const CASES: u64 = 100;
/// What counts as aligned: over the whole pelvis, and its turn.
const RIGHT_MM: f64 = 2.0;
const RIGHT_DEG: f64 = 1.0;

/// How a case went.
pub struct Outcome {
    seed: u64,
    patient: &'static str,
    /// Furthest error over the pelvis in mm, and the error of the turn in degrees; for a refusal
    /// none.
    result: Result<(Registration, f64, f64), RegistrationRefusal>,
}

impl Outcome {
    fn is_right(&self) -> bool {
        matches!(&self.result, Ok((_, mm, degrees)) if *mm <= RIGHT_MM && *degrees <= RIGHT_DEG)
    }
}

#[test]
fn planning_cts_are_aligned_within_2_mm_or_refused() {
    let patients: Vec<_> = scans::patients()
        .into_iter()
        .map(|(name, kind)| (name, scans::fixed(&kind), kind))
        .collect();
    let outcomes: Vec<Outcome> = (1..=CASES)
        .map(|seed| {
            let (name, fixed, kind) = &patients[seed as usize % patients.len()];
            let drawn = scans::drawn(seed);
            let moving = drawn.of(kind);
            let result = register_rigid(&fixed.ct, &fixed.region, &moving).map(|found| {
                let (mm, degrees) = error(fixed, &found, &drawn.view.scanner_from_patient);
                (found, mm, degrees)
            });
            Outcome {
                seed,
                patient: name,
                result,
            }
        })
        .collect();
    let strangers = strangers(
        &patients
            .iter()
            .map(|(n, f, k)| (*n, f, k))
            .collect::<Vec<_>>(),
    );
    let right = outcomes.iter().filter(|o| o.is_right()).count();
    let silent: Vec<&Outcome> = outcomes
        .iter()
        .filter(|o| o.result.is_ok() && !o.is_right())
        .collect();
    for outcome in outcomes.iter().filter(|o| !o.is_right()) {
        match &outcome.result {
            Ok((found, mm, degrees)) => println!(
                "seed {}: {mm:.1} mm {degrees:.2}° {:?}",
                outcome.seed, found.quality
            ),
            Err(refusal) => println!("seed {}: {refusal} {:?}", outcome.seed, refusal.quality),
        }
    }
    page::check(&outcomes, &strangers);
    assert!(silent.is_empty(), "{} wrong without a word", silent.len());
    assert!(right * 100 >= 98 * outcomes.len(), "{right} right");
    for (what, result) in &strangers {
        assert!(result.is_err(), "{what} was aligned: {result:?}");
    }
}

/// Furthest displacement over the aligned region, mm, and angle in degrees, from the truth.
fn error(fixed: &Fixed, found: &Registration, truth: &Isometry3<f64>) -> (f64, f64) {
    let wrong = truth.inverse() * found.moving_from_fixed;
    let grid = fixed.region.grid();
    let points = fixed.region.voxels().map(|voxel| grid.center_of(voxel));
    let furthest = points.map(|p| (wrong * p - p).norm()).fold(0.0, f64::max);
    (furthest, wrong.rotation.angle().to_degrees())
}

type Stranger = (String, Result<Registration, RegistrationRefusal>);

/// Scans that have no business together.
fn strangers(patients: &[(&'static str, &Fixed, &isoboost_phantom::PhantomKind)]) -> Vec<Stranger> {
    let mut all = Vec::new();
    for (n, (name, fixed, kind)) in patients.iter().enumerate() {
        for (m, (other, _, other_kind)) in patients.iter().enumerate() {
            if n != m {
                let moving = scans::drawn(1000 + (n * 10 + m) as u64).of(other_kind);
                let result = register_rigid(&fixed.ct, &fixed.region, &moving);
                all.push((format!("{name} and {other}"), result));
            }
        }
        let result = register_rigid(&fixed.ct, &fixed.region, &scans::chest(kind));
        all.push((format!("{name} and the same patient's chest"), result));
    }
    all
}
