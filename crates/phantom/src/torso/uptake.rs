//! What differs between patients in where the tracer goes.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, LogNormal, StandardNormal};

use super::TorsoSpec;
use crate::Side;
use crate::lattice::{Vec3, add, scaled, sub};
use crate::pelvis::torso::rib_at;
use crate::pelvis::viscera::URETER;
use crate::pelvis::{both, hu};
use crate::scanner::{Tracer, Uptake};
use crate::scene::{Part, Scene};
use crate::shape::{Node, Shape};

/// Streams of the anatomy's generator, so that one choice does not move the next.
const ORGANS: u64 = 11;
const URETERS: u64 = 12;
const RIBS: u64 = 13;
const GANGLIA: u64 = 14;

/// A small source is refined this often where its surface cuts voxels.
const SMALL_DEPTH: u8 = 3;

fn generator(spec: &TorsoSpec, stream: u64) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(spec.anatomy_seed);
    rng.set_stream(stream);
    rng
}

/// The tracer's mean uptake, each organ's varied.
pub(super) fn of_patient(spec: &TorsoSpec, tracer: Tracer) -> Uptake {
    let mut uptake = tracer.uptake();
    let mut rng = generator(spec, ORGANS);
    let mut vary = |value: &mut f32, times: f64| {
        let normal: f64 = StandardNormal.sample(&mut rng);
        *value *= (times * spec.variation * normal).exp() as f32;
    };
    for organ in [
        &mut uptake.kidney,
        &mut uptake.parotid,
        &mut uptake.submandibular,
        &mut uptake.liver,
        &mut uptake.spleen,
        &mut uptake.jejunum,
        &mut uptake.bowel,
    ] {
        vary(organ, 1.0);
    }
    // Urine differs most: it depends on what was drunk and when the bladder was emptied.
    vary(&mut uptake.urine, 3.0);
    vary(&mut uptake.blood, 0.5);
    vary(&mut uptake.marrow, 0.5);
    uptake.ureter_spot = uptake.ureter_spot.min(uptake.urine.max(2.0));
    uptake
}

/// Both ureters, empty but for short stretches at random heights.
pub(super) fn add_ureters(scene: &mut Scene, spec: &TorsoSpec, uptake: &Uptake) {
    let names = ["ureter_left", "ureter_right"];
    let tube = Shape::Tube(URETER.to_vec());
    both(scene, Some(names), &tube, hu::BOWEL, uptake.muscle);
    let mut rng = generator(spec, URETERS);
    let Ok(hotter) = LogNormal::new(0.0, 0.4) else {
        return;
    };
    for (side, count) in spec.ureter_spots.into_iter().enumerate() {
        let name = if side == 0 { Side::Left } else { Side::Right };
        if spec.missing_kidney == Some(name) {
            continue;
        }
        for _ in 0..count {
            let from: f64 = rng.random_range(0.05..0.85);
            let length = rng.random_range(0.03..0.09);
            let suv = uptake.ureter_spot * hotter.sample(&mut rng) as f32;
            let nodes: Vec<Node> = [0.0, 0.5, 1.0]
                .map(|t| (along(&URETER, from + t * length), 2.4))
                .to_vec();
            let stretch = Shape::Tube(nodes);
            let stretch = if side == 0 {
                stretch
            } else {
                stretch.mirrored()
            };
            small(scene, Some(names[side]), stretch, Some(hu::URINE), suv);
        }
    }
}

/// A point of a line by its share of the length.
fn along(nodes: &[Node], share: f64) -> Vec3 {
    let steps: Vec<f64> = nodes
        .windows(2)
        .map(|pair| crate::lattice::norm(sub(pair[1].0, pair[0].0)))
        .collect();
    let mut left = share.clamp(0.0, 1.0) * steps.iter().sum::<f64>();
    for (pair, step) in nodes.windows(2).zip(steps) {
        if left <= step {
            let part = sub(pair[1].0, pair[0].0);
            return add(pair[0].0, scaled(part, left / step));
        }
        left -= step;
    }
    nodes.last().map_or([0.0; 3], |node| node.0)
}

/// Coeliac, stellate and sacral ganglia: thin bands on both sides.
pub(super) fn add_ganglia(scene: &mut Scene, spec: &TorsoSpec) {
    if !spec.ganglia {
        return;
    }
    let mut rng = generator(spec, GANGLIA);
    let bands: [[Vec3; 3]; 3] = [
        [
            [17.0, -20.0, 270.0],
            [24.0, -12.0, 262.0],
            [19.0, -16.0, 252.0],
        ],
        [
            [22.0, 18.0, 600.0],
            [26.0, 22.0, 590.0],
            [23.0, 19.0, 582.0],
        ],
        [[20.0, 45.0, 70.0], [25.0, 49.0, 64.0], [21.0, 50.0, 58.0]],
    ];
    for corners in bands {
        for mirrored in [false, true] {
            // A band 2.4 mm thick shows a third of its uptake.
            let suv: f64 = rng.random_range(3.0..10.0);
            let band = Shape::Sheet(vec![corners.map(|p| (p, 1.2))]);
            let band = if mirrored { band.mirrored() } else { band };
            small(scene, None, band, Some(hu::SOFT), suv as f32);
        }
    }
}

/// Ribs that take up the tracer for no reason, with nothing to see on the CT.
pub(super) fn add_unspecific(scene: &mut Scene, spec: &TorsoSpec, tracer: Tracer) {
    let mut rng = generator(spec, RIBS);
    let most = match tracer {
        Tracer::F18Psma1007 => 12.0,
        Tracer::Ga68Psma11 | Tracer::F18Dcfpyl => 8.0,
    };
    for _ in 0..spec.unspecific_ribs {
        let rib = rng.random_range(2..9_u8);
        let step = rng.random_range(2..10_u8);
        let suv: f64 = rng.random_range(5.0..most);
        let center = rib_at(rib, step);
        let mirrored = rng.random_bool(0.5);
        let center = if mirrored {
            [-center[0], center[1], center[2]]
        } else {
            center
        };
        small(scene, None, Shape::sphere(center, 5.0), None, suv as f32);
    }
}

fn small(scene: &mut Scene, organ: Option<&'static str>, shape: Shape, hu: Option<f32>, suv: f32) {
    scene.parts.push(Part {
        organ,
        shape,
        hu,
        suv: Some(suv),
        depth: SMALL_DEPTH,
        is_couch: false,
    });
}
