//! Patients drawn from a seed.

use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{Arms, Diversion, TorsoField, TorsoLesion, TorsoSpec};
use crate::lattice::Vec3;
use crate::scanner::Tracer;
use crate::scene::{Part, Scene};
use crate::{Side, Site};

/// Where lesions are drawn from, in about the frequency of recurrences.
const SITES: [(Site, u32); 28] = [
    (Site::Anastomosis, 5),
    (Site::Retrovesical, 4),
    (Site::Lateral, 2),
    (Site::ExternalIliac, 8),
    (Site::InternalIliac, 7),
    (Site::Obturator, 6),
    (Site::CommonIliac, 5),
    (Site::Presacral, 4),
    (Site::Perirectal, 4),
    (Site::Retroperitoneal, 5),
    (Site::Inguinal, 2),
    (Site::Mediastinal, 1),
    (Site::Supraclavicular, 2),
    (Site::Axillary, 1),
    (Site::Sacrum, 3),
    (Site::Ilium, 4),
    (Site::Acetabulum, 2),
    (Site::Ischium, 2),
    (Site::Pubis, 2),
    (Site::Femur, 2),
    (Site::L1, 1),
    (Site::L3, 2),
    (Site::L4, 2),
    (Site::L5, 2),
    (Site::T5, 2),
    (Site::T10, 2),
    (Site::Rib, 3),
    (Site::Liver, 1),
];

/// What is hotter than this outshines a lesion that lies nearer than the second number in mm.
const HOT_SUV: f32 = 2.5;
const CLEAR_MM: f64 = 5.0;

/// A lesion of soft tissue is moved out of bone by at most so many steps of 1 mm.
const OUT_OF_BONE_STEPS: usize = 15;

/// Metastases of the liver have at most this multiple of its uptake.
const HOTTEST_IN_LIVER: f64 = 6.0;

/// Two lesions keep this apart, so that each has its own maximum, mm.
const APART_MM: f64 = 30.0;

/// A patient whose variants are as common as in a clinic, or a little more.
pub(super) fn draw(seed: u64) -> (TorsoSpec, Tracer) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed ^ 0x7453_0001);
    let tracer = *Tracer::ALL.choose(&mut rng).unwrap_or(&Tracer::Ga68Psma11);
    let height_cm = rng.random_range(162.0..194.0);
    let bmi: f64 = rng.random_range(20.0..36.0);
    let urinary = tracer != Tracer::F18Psma1007;
    let mut chance = |p: f64| rng.random_bool(p);
    let diversion = match (chance(0.04), chance(0.04)) {
        (true, _) => Diversion::IlealConduit,
        (false, true) => Diversion::Neobladder,
        (false, false) => Diversion::None,
    };
    let arms = if chance(0.25) { Arms::Down } else { Arms::Up };
    let side_of = |left: bool| if left { Side::Left } else { Side::Right };
    let missing_kidney = chance(0.06).then(|| side_of(chance(0.5)));
    let hip_prosthesis = chance(0.08).then(|| side_of(chance(0.5)));
    let transplant_kidney = chance(0.03);
    let ganglia = chance(0.6);
    let ureter = if urinary { 3 } else { 1 };
    let ureter_spots = [rng.random_range(0..=ureter), rng.random_range(0..=ureter)];
    let ribs = if urinary { 1 } else { 3 };
    let spec = TorsoSpec {
        height_cm,
        weight_kg: (bmi * (height_cm / 100.0).powi(2)).clamp(55.0, 130.0),
        arms,
        bladder_ml: rng.random_range(30.0..380.0),
        kidney_higher_mm: [rng.random_range(-25.0..15.0), rng.random_range(-25.0..15.0)],
        missing_kidney,
        transplant_kidney,
        diversion,
        prostate: false,
        hip_prosthesis,
        field: TorsoField::WholeBody,
        ureter_spots,
        ganglia,
        unspecific_ribs: rng.random_range(0..=ribs),
        variation: 0.2,
        anatomy_seed: rng.random(),
        lesions: Vec::new(),
    };
    let lesions = lesions(&mut rng, &spec);
    let mut spec = TorsoSpec { lesions, ..spec };
    if let Ok(scene) = super::scene(&spec, tracer) {
        clear_of_hot_organs(&mut spec, &scene);
        clear_of_bone(&mut spec, &scene);
    }
    (spec, tracer)
}

fn lesions(rng: &mut ChaCha8Rng, spec: &TorsoSpec) -> Vec<TorsoLesion> {
    let wanted = rng.random_range(0..=12);
    let mut lesions: Vec<TorsoLesion> = Vec::new();
    for _ in 0..10 * wanted {
        if lesions.len() == wanted {
            break;
        }
        let lesion = lesion(rng);
        if fits(&lesion, &lesions, spec) {
            lesions.push(lesion);
        }
    }
    lesions
}

fn lesion(rng: &mut ChaCha8Rng) -> TorsoLesion {
    let site = SITES
        .choose_weighted(rng, |(_, weight)| *weight)
        .map_or(Site::ExternalIliac, |(site, _)| *site);
    let side = if rng.random_bool(0.5) {
        Side::Left
    } else {
        Side::Right
    };
    let bone = site.is_bone();
    let jitter = match site {
        Site::Rib | Site::Anastomosis | Site::Sternum | Site::Clavicle | Site::Skull => 0.0,
        _ => 4.0,
    };
    let offset_mm = [0, 1, 2].map(|_| {
        if jitter > 0.0 {
            rng.random_range(-jitter..jitter)
        } else {
            0.0
        }
    });
    let largest = if bone { 20.0 } else { 16.0 };
    // Many small ones and few large ones; contrasts alike.
    let diameter_mm = 6.0 * (largest / 6.0_f64).powf(rng.random_range(0.0..1.0));
    let contrast = 3.0 * 7.0_f64.powf(rng.random_range(0.0..1.0));
    // Against the liver itself, which is hot.
    let contrast = if site == Site::Liver {
        contrast.min(HOTTEST_IN_LIVER)
    } else {
        contrast
    };
    TorsoLesion {
        site,
        side,
        offset_mm,
        diameter_mm,
        contrast,
    }
}

/// Leaves out the lesions that would lie in or on a hot organ of this patient: nobody could see
/// them.
fn clear_of_hot_organs(spec: &mut TorsoSpec, scene: &Scene) {
    let hot = |part: &&Part| part.organ.is_some() && part.suv.is_some_and(|suv| suv >= HOT_SUV);
    let hot: Vec<&Part> = scene.parts.iter().filter(hot).collect();
    let factors = spec.stretch();
    spec.lesions.retain(|lesion| {
        let is_liver = lesion.site == Site::Liver;
        let center = super::lesions::center_in(lesion, factors);
        let near = |part: &&Part| {
            let own = is_liver && part.organ == Some("liver");
            !own && part.shape.distance(center) < lesion.diameter_mm / 2.0 + CLEAR_MM
        };
        !hot.iter().any(near)
    });
}

/// Moves lesions of soft tissue out of bone, where no node grows: each by steps of 1 mm away from
/// the bone that it would lie in, and leaves out those that find no room.
fn clear_of_bone(spec: &mut TorsoSpec, scene: &Scene) {
    let bone = |part: &&Part| part.organ.is_some_and(is_bone);
    let bones: Vec<&Part> = scene.parts.iter().filter(bone).collect();
    let distance = |p: Vec3| {
        let all = bones.iter().map(|part| part.shape.distance(p));
        all.fold(f64::INFINITY, f64::min)
    };
    let factors = spec.stretch();
    spec.lesions.retain_mut(|lesion| {
        if lesion.site.is_bone() {
            return true;
        }
        for _ in 0..OUT_OF_BONE_STEPS {
            let center = super::lesions::center_in(lesion, factors);
            if distance(center) >= lesion.diameter_mm / 2.0 {
                return true;
            }
            let away = [0, 1, 2].map(|axis| {
                let mut ahead = center;
                let mut back = center;
                ahead[axis] += 0.5;
                back[axis] -= 0.5;
                distance(ahead) - distance(back)
            });
            super::lesions::shift(lesion, [0, 1, 2].map(|a| away[a] / factors[a]));
        }
        false
    });
}

fn is_bone(organ: &str) -> bool {
    const BONES: [&str; 9] = [
        "vertebrae",
        "sacrum",
        "hip",
        "femur",
        "rib",
        "sternum",
        "clavicula",
        "scapula",
        "humerus",
    ];
    BONES.iter().any(|bone| organ.starts_with(bone))
}

/// Whether a lesion keeps clear of the others and of what the variants put in its place.
fn fits(lesion: &TorsoLesion, others: &[TorsoLesion], spec: &TorsoSpec) -> bool {
    let center = |l: &TorsoLesion| l.site.center(l.side);
    let at = center(lesion);
    let near =
        |p: [f64; 3], mm: f64| (0..3).map(|a| (p[a] - at[a]).powi(2)).sum::<f64>().sqrt() < mm;
    let metal = spec.hip_prosthesis.is_some_and(|side| {
        matches!(lesion.site, Site::Femur | Site::Acetabulum) && lesion.side == side
    });
    let transplant = spec.transplant_kidney && near([-88.0, -52.0, 96.0], 75.0);
    let conduit = spec.diversion == Diversion::IlealConduit && near([-10.0, -55.0, 102.0], 45.0);
    // A full bladder, or one made of bowel, lies over what is beside it.
    let full = spec.bladder_ml > 250.0 || spec.diversion == Diversion::Neobladder;
    let under = full && matches!(lesion.site, Site::Lateral | Site::Obturator);
    let room = others.iter().all(|o| !near(center(o), APART_MM));
    room && !(metal || transplant || conduit || under)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_lesion_of_soft_tissue_lies_in_bone() {
        let mut soft = 0;
        for seed in 0..60 {
            let (spec, tracer) = draw(seed);
            let scene = super::super::scene(&spec, tracer).unwrap_or_else(|e| panic!("{e}"));
            let bones = scene.parts.iter();
            let bones: Vec<_> = bones.filter(|p| p.organ.is_some_and(is_bone)).collect();
            assert!(bones.len() > 20, "{} bones", bones.len());
            for lesion in spec.lesions.iter().filter(|l| !l.site.is_bone()) {
                let center = super::super::lesions::center_in(lesion, spec.stretch());
                let distances = bones.iter().map(|part| part.shape.distance(center));
                let nearest = distances.fold(f64::INFINITY, f64::min);
                let radius = lesion.diameter_mm / 2.0;
                assert!(nearest >= radius, "{seed}: {:?} {nearest:.1}", lesion.site);
                soft += 1;
            }
        }
        assert!(soft > 100, "{soft} lesions");
    }
}
