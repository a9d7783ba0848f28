//! Organs above the pelvis that take up PSMA ligands: liver, spleen, salivary and lacrimal glands.

use isoboost_volume::{Connectivity, Margins, Mask, expand, label_components, shrink};
use nalgebra::Point3;

use crate::organ::{Organ, OrganKind, OrganSource, Side};
use crate::scene::{Part, Scene, grown, padded, parts, quantile, values_in};

/// HU below which a voxel of the body is air.
const AIR_HU: i16 = -500;

/// Both lungs, or one of them, hold at least this in a field that shows the chest, in mL.
const LUNG_ML: f64 = 400.0;

/// SUVbw from which uptake is looked at; foci are found from 3.
const LEAST_SUV: [f32; 2] = [2.5, 1.8];

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

/// The lungs: where they end, and their air.
#[derive(Debug, Clone)]
pub(crate) struct Lungs {
    pub(crate) top: f64,
    air: Mask,
}

impl Lungs {
    /// Their air, on the grid of the overview.
    pub(crate) fn air(&self) -> &Mask {
        &self.air
    }

    /// Height of their lower end, in mm.
    pub(crate) fn bottom(&self) -> f64 {
        let grid = self.air.grid();
        let low = self.air.bounding_box().map_or(0, |b| b.min[0]);
        grid.center_of([low, 0, 0]).z
    }

    /// The lung of each side.
    pub(crate) fn organs(&self, midline: f64) -> Vec<Organ> {
        let grid = self.air.grid();
        let sides = [Side::Left, Side::Right].into_iter().filter_map(|side| {
            let mask = Mask::from_fn(grid.clone(), |v| {
                self.air[v] && Side::of(grid.center_of(v).x, midline) == side
            });
            let mask = mask.crop(mask.bounding_box()?);
            let ml = mask.volume_ml();
            Some(Organ {
                kind: OrganKind::Lung(side),
                mask,
                source: OrganSource::Recognised,
                confidence: 0.9,
                evidence: format!("{ml:.0} mL of air in the chest"),
            })
        });
        sides.collect()
    }
}

/// Where the lungs end, if the field shows them.
pub(crate) fn lungs(scene: &Scene<'_>) -> Option<Lungs> {
    let mut air = scene.body.clone();
    for (inside, hu) in air.as_mut_slice().iter_mut().zip(scene.hu.as_slice()) {
        *inside &= *hu < AIR_HU;
    }
    let all = label_components(&air, Connectivity::Six);
    let grid = scene.hu.grid();
    // Gas in the bowel is no lung.
    let is_large = |n: &usize| *n as f64 * grid.voxel_volume_ml() >= LUNG_ML;
    let large: Vec<bool> = all.counts.iter().map(is_large).collect();
    let tops = all.boxes.iter().zip(&large).filter(|(_, large)| **large);
    let top = tops.map(|(b, _)| b.max[0]).max()?;
    let air = all.labels.map(|label| {
        let place = (*label as usize).checked_sub(1);
        place.is_some_and(|place| large[place])
    });
    Some(Lungs {
        top: grid.center_of([top, 0, 0]).z,
        air,
    })
}

/// Liver and spleen, as far as their uptake shows them.
pub(crate) fn abdominal(scene: &Scene<'_>, kidneys: &[Organ], top: f64) -> Vec<Organ> {
    let Some(midline) = scene.landmarks.midline_x_mm() else {
        return Vec::new();
    };
    let floor = scene.landmarks.iliac_crest.as_ref().ok();
    let floor = floor.map_or(f64::MIN, |crest| crest.at.z);
    let grid = scene.hu.grid();
    let free = |p: Point3<f64>| !kidneys.iter().any(|k| k.mask.contains(p));
    let find = |kind: OrganKind, side: Side, beyond: f64, ml: (f64, f64), least: f32| {
        let (from, to) = match side {
            Side::Left => (midline + beyond, f64::MAX),
            Side::Right => (f64::MIN, midline - beyond),
        };
        let zone = scene.box_of([from, f64::MIN, floor], [to, f64::MAX, top])?;
        let solid = scene.select(zone, |v| {
            let hu = scene.hu[v];
            scene.suv[v] >= least
                && hu >= SOLID_HU.0
                && hu <= SOLID_HU.1
                && !scene.bone[v]
                && free(grid.center_of(v))
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
    let mut by_uptake = LEAST_SUV.into_iter();
    let liver = by_uptake.find_map(|suv| find(OrganKind::Liver, Side::Right, -30.0, LIVER_ML, suv));
    let mut by_uptake = LEAST_SUV.into_iter();
    let spleen =
        by_uptake.find_map(|suv| find(OrganKind::Spleen, Side::Left, 35.0, SPLEEN_ML, suv));
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
    let mask = filled(padded(&mask, 1, scene.bone));
    let core = shrink(&mask, &Margins::uniform(BRIDGE_MM));
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

/// A mask with what it encloses: a hot lesion in an organ is a part of it.
fn filled(mut mask: Mask) -> Mask {
    let shape = mask.grid().shape();
    let outside = label_components(&mask.map(|inside| !inside), Connectivity::Six);
    let enclosed: Vec<bool> = outside
        .boxes
        .iter()
        .map(|b| (0..3).all(|a| b.min[a] > 0 && b.max[a] + 1 < shape[a]))
        .collect();
    for (inside, label) in mask
        .as_mut_slice()
        .iter_mut()
        .zip(outside.labels.as_slice())
    {
        *inside |= *label != 0 && enclosed[*label as usize - 1];
    }
    mask
}

/// Pairs of hot glands in head and neck.
pub(crate) fn glands(scene: &Scene<'_>, lungs: &Lungs) -> Vec<Organ> {
    let grid = scene.hu.grid();
    let low = lungs.top + HEAD_ABOVE_LUNGS_MM;
    let first = (0..grid.shape()[0]).find(|k| grid.center_of([*k, 0, 0]).z >= low);
    let Some(first) = first else {
        return Vec::new();
    };
    let mut head = grid.full_box();
    head.min[0] = first;
    let hot = scene.select(head, |v| {
        scene.suv[v] >= LEAST_SUV[0] && scene.body[v] && !scene.bone[v]
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
