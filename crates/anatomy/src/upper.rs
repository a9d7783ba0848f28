//! Organs above the pelvis that take up PSMA ligands: liver, spleen, salivary and lacrimal glands.

use isoboost_volume::{Connectivity, Margins, Mask, expand, shrink};
use nalgebra::Point3;

use crate::organ::{Organ, OrganKind, OrganSource, Side};
use crate::scene::{Part, Scene, grown, padded, parts, quantile, values_in};

/// HU below which a voxel of the body is air.
const AIR_HU: i16 = -500;

/// Both lungs, or one of them, hold at least this in a field that shows the chest, in mL.
const LUNG_ML: f64 = 400.0;

/// SUVbw from which uptake is looked at; foci are found from 3.
const LEAST_SUV: f32 = 2.5;

/// HU of solid organs, with and without contrast medium.
const SOLID_HU: (i16, i16) = (15, 160);

/// An organ's uptake lies within these multiples of its median: what is hotter or colder and
/// joined to it is bowel, kidney or a lesion.
const EVEN: (f64, f64) = (0.5, 1.6);

/// What is joined to an organ by less than twice this is not the organ, in mm: the duodenum on the
/// liver, the stomach on the spleen.
const BRIDGE_MM: f64 = 11.0;
/// Voxels that hold that distance at 2.5 mm and more.
const GROW_BACK_VOXELS: usize = 5;

const LIVER_ML: (f64, f64) = (300.0, 4000.0);
const SPLEEN_ML: (f64, f64) = (40.0, 1200.0);

/// Glands of the head and neck lie at least this far above the top of the lungs, in mm.
const HEAD_ABOVE_LUNGS_MM: f64 = 45.0;
const GLAND_ML: (f64, f64) = (0.3, 60.0);

/// A gland and its partner mirror each other within this, in mm.
const PAIR_MM: f64 = 20.0;

/// The lungs' extent along z, in mm.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lungs {
    pub(crate) top: f64,
}

/// Where the lungs end, if the field shows them.
pub(crate) fn lungs(scene: &Scene<'_>) -> Option<Lungs> {
    let whole = scene.hu.grid().full_box();
    let air = scene.select(whole, |v| scene.body[v] && scene.hu[v] < AIR_HU);
    let all = parts(&air, Connectivity::Six, LUNG_ML);
    let tops = all.iter().map(|part| {
        let grid = part.mask.grid();
        grid.center_of([grid.shape()[0] - 1, 0, 0]).z
    });
    // Gas in the bowel is no lung; the lungs are what reaches highest.
    let top = tops.max_by(f64::total_cmp)?;
    Some(Lungs { top })
}

/// Liver and spleen, as far as their uptake shows them.
pub(crate) fn abdominal(scene: &Scene<'_>, kidneys: &[Organ], lungs: Lungs) -> Vec<Organ> {
    let Some(midline) = scene.landmarks.midline_x_mm() else {
        return Vec::new();
    };
    let floor = scene.landmarks.iliac_crest.as_ref().ok();
    let floor = floor.map_or(f64::NEG_INFINITY, |crest| crest.at.z);
    let find = |kind: OrganKind, side: Side, beyond: f64, ml: (f64, f64)| {
        let free = |p: Point3<f64>| !kidneys.iter().any(|k| k.mask.contains(p));
        let grid = scene.hu.grid();
        let whole = grid.full_box();
        let solid = scene.select(whole, |v| {
            if scene.suv[v] < LEAST_SUV
                || scene.hu[v] < SOLID_HU.0
                || scene.hu[v] > SOLID_HU.1
                || scene.bone[v]
            {
                return false;
            }
            let p = grid.center_of(v);
            let out = match side {
                Side::Left => p.x - midline,
                Side::Right => midline - p.x,
            };
            out > beyond && p.z > floor && p.z < lungs.top && free(p)
        });
        let largest = parts(&solid, Connectivity::Six, ml.0).into_iter().next()?;
        let (part, median) = even(scene, &largest);
        let fits = part.volume_ml >= ml.0 && part.volume_ml <= ml.1;
        fits.then(|| Organ {
            kind,
            mask: grown(&part.mask, 2, scene.bone),
            source: OrganSource::Recognised,
            confidence: 0.75,
            evidence: format!(
                "{:.0} mL of even uptake (median SUV {median:.1}) in the {} upper abdomen",
                part.volume_ml,
                side.name()
            ),
        })
    };
    let liver = find(OrganKind::Liver, Side::Right, -30.0, LIVER_ML);
    let spleen = find(OrganKind::Spleen, Side::Left, 35.0, SPLEEN_ML);
    liver.into_iter().chain(spleen).collect()
}

/// The largest part of even uptake without what hangs on it by a thin bridge, and its median.
fn even(scene: &Scene<'_>, part: &Part) -> (Part, f64) {
    let median = quantile(&values_in(&part.mask, scene.suv), 0.5);
    let at = scene.suv.grid().voxel_at(part.mask.grid().origin());
    let at = at.unwrap_or_default();
    let mask = Mask::from_fn(part.mask.grid().clone(), |v| {
        let suv = f64::from(scene.suv[[0, 1, 2].map(|a| v[a] + at[a])]);
        part.mask[v] && suv >= EVEN.0 * median && suv <= EVEN.1 * median
    });
    let core = shrink(&padded(&mask, 1, scene.bone), &Margins::uniform(BRIDGE_MM));
    let largest = parts(&core, Connectivity::Six, 0.0).into_iter().next();
    let even = largest.and_then(|core| {
        let room = padded(&core.mask, GROW_BACK_VOXELS, scene.bone);
        let mask = expand(&room, &Margins::uniform(BRIDGE_MM));
        Some(Part {
            volume_ml: mask.volume_ml(),
            center: mask.centroid()?,
            mask,
        })
    });
    let even = even.unwrap_or_else(|| part.clone());
    let median = quantile(&values_in(&even.mask, scene.suv), 0.5);
    (even, median)
}

/// Pairs of hot glands in head and neck.
pub(crate) fn glands(scene: &Scene<'_>, lungs: Lungs) -> Vec<Organ> {
    let grid = scene.hu.grid();
    let low = lungs.top + HEAD_ABOVE_LUNGS_MM;
    let first = (0..grid.shape()[0]).find(|k| grid.center_of([*k, 0, 0]).z >= low);
    let Some(first) = first else {
        return Vec::new();
    };
    let mut head = grid.full_box();
    head.min[0] = first;
    let hot = scene.select(head, |v| {
        scene.suv[v] >= LEAST_SUV && scene.body[v] && !scene.bone[v]
    });
    let found: Vec<Part> = parts(&hot, Connectivity::Six, GLAND_ML.0)
        .into_iter()
        .filter(|part| part.volume_ml <= GLAND_ML.1)
        .collect();
    // The head may be turned aside: its own middle counts, not that of the pelvis.
    let Some(middle) = scene.body.crop(head).centroid().map(|c| c.x) else {
        return Vec::new();
    };
    let paired = found.iter().enumerate().filter_map(|(n, part)| {
        let mirror = Point3::new(2.0 * middle - part.center.x, part.center.y, part.center.z);
        let apart = found
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != n)
            .map(|(_, other)| (other.center - mirror).norm())
            .fold(f64::INFINITY, f64::min);
        (apart <= PAIR_MM).then(|| Organ {
            kind: OrganKind::HeadGland(Side::of(part.center.x, middle)),
            mask: grown(&part.mask, 1, scene.bone),
            source: OrganSource::Recognised,
            confidence: 0.7,
            evidence: format!(
                "{:.1} mL {:.0} mm above the lungs, mirrored on the other side within {apart:.0} mm",
                part.volume_ml,
                part.center.z - lungs.top
            ),
        })
    });
    paired.collect()
}
