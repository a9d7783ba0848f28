//! The parotid glands among the glands of the head.
//!
//! Their middles lie some 55 mm from the midline, those of the submandibular glands some 30 mm and
//! lower, those of the lacrimal glands some 40 mm and far higher, with a tenth of the volume.

use isoboost_volume::{Connectivity, Mask, Volume, label_components};
use nalgebra::Point3;

use crate::landmarks::Absent;
use crate::organ::{Organ, OrganKind, Side};
use crate::recognise::Anatomy;

use super::core::Core;
use super::statistics::{quantile, trimmed};

/// A gland reaches to half of its uptake, which is told by this share of its voxels, the hottest
/// ones being noise.
const HALF: f64 = 0.5;
const HOTTEST: f64 = 0.95;
/// How far inside of that surface the gland is measured: nearer, the PET's blur lowers it, mm.
const RIM_MM: f64 = 4.0;
/// Least distance of the glands' middles from the midline, half of that from each other, mm.
const LATERAL_MM: (f64, f64) = (42.0, 85.0);
/// Both glands lie as high and as deep as each other within this, a head being tilted, mm.
const TILT_MM: f64 = 30.0;
/// Volume within half of the uptake, mL; glands have some 25.
const GLAND_ML: (f64, f64) = (5.0, 70.0);
/// … alike on both sides within this factor.
const ALIKE: f64 = 2.5;
/// Fewer voxels than this in both glands together tell nothing.
const LEAST_VOXELS: usize = 12;

/// The inside of the parotid glands.
pub(super) struct Glands {
    pub(super) voxels: Vec<[usize; 3]>,
    /// Where they are known from.
    pub(super) evidence: String,
    pub(super) notes: Vec<String>,
}

/// Imported parotid glands, or the pair of hot glands that lies as they do.
pub(super) fn find(anatomy: &Anatomy, suv: &Volume<f32>) -> Result<Glands, Absent> {
    let named =
        [Side::Left, Side::Right].map(|side| anatomy.organs_of(OrganKind::Parotid(side)).next());
    if let [None, None] = named {
        return among_glands(anatomy, suv);
    }
    let organs: Vec<&Organ> = named.into_iter().flatten().collect();
    let voxels = organs.iter().filter_map(|organ| {
        let core = Core::of(&organ.mask, suv)?;
        Some(trimmed(suv, &core.voxels(RIM_MM)))
    });
    let mut notes = Vec::new();
    if let [organ] = organs.as_slice() {
        notes.push(format!("of the {} alone", organ.kind.name()));
    }
    checked(Glands {
        voxels: voxels.flatten().collect(),
        evidence: organs[0].evidence.clone(),
        notes,
    })
}

/// A hot part of the head within half of its uptake.
struct Gland {
    side: Side,
    center: Point3<f64>,
    volume_ml: f64,
    core: Core,
}

fn among_glands(anatomy: &Anatomy, suv: &Volume<f32>) -> Result<Glands, Absent> {
    let glands: Vec<Gland> = [Side::Left, Side::Right]
        .into_iter()
        .flat_map(|side| {
            anatomy
                .organs_of(OrganKind::HeadGland(side))
                .map(move |o| (side, o))
        })
        .flat_map(|(side, organ)| hot_parts(side, &organ.mask, suv))
        .collect();
    if glands.is_empty() {
        return Err(Absent(
            "no salivary glands are seen in the field of view".to_owned(),
        ));
    }
    let on = |side: Side| glands.iter().filter(move |g| g.side == side);
    let pairs = on(Side::Left).flat_map(|l| on(Side::Right).map(move |r| (l, r)));
    let parotids = pairs.filter(|(l, r)| {
        let apart = l.center - r.center;
        let lateral = apart.norm() / 2.0;
        let ratio = l.volume_ml.max(r.volume_ml) / l.volume_ml.min(r.volume_ml);
        let level = apart.y.abs() <= TILT_MM && apart.z.abs() <= TILT_MM;
        level && lateral >= LATERAL_MM.0 && lateral <= LATERAL_MM.1 && ratio <= ALIKE
    });
    // The largest pair that lies so: an accessory gland in front of it does as well.
    let largest = parotids.max_by(|a, b| {
        let least = |(l, r): &(&Gland, &Gland)| l.volume_ml.min(r.volume_ml);
        least(a).total_cmp(&least(b))
    });
    let Some((left, right)) = largest else {
        return Err(Absent(format!(
            "of {} hot glands of the head no pair lies as the parotid glands do, {} mm or more \
             from the midline; which glands they are cannot be told",
            glands.len(),
            LATERAL_MM.0
        )));
    };
    let inside = [left, right].map(|gland| trimmed(suv, &gland.core.voxels(RIM_MM)));
    checked(Glands {
        voxels: inside.concat(),
        evidence: format!(
            "a pair of hot glands of {:.0} and {:.0} mL, {:.0} mm from the midline",
            left.volume_ml,
            right.volume_ml,
            (left.center - right.center).norm() / 2.0
        ),
        notes: Vec::new(),
    })
}

/// The parts of a gland's mask within half of its uptake: two glands that touch come apart.
fn hot_parts(side: Side, mask: &Mask, suv: &Volume<f32>) -> Vec<Gland> {
    let grid = suv.grid();
    let Some(around) = grid.box_around(&mask.grid().corners(), 0.0) else {
        return Vec::new();
    };
    let inside: Vec<[usize; 3]> = around
        .voxels()
        .filter(|v| mask.contains(grid.center_of(*v)))
        .collect();
    let level = HALF * quantile(suv, &inside, HOTTEST);
    let mut hot = Mask::empty(grid.crop(around));
    for voxel in &inside {
        if f64::from(suv[*voxel]) >= level {
            hot[[0, 1, 2].map(|a| voxel[a] - around.min[a])] = true;
        }
    }
    let parts = label_components(&hot, Connectivity::Six);
    let voxel_ml = grid.voxel_volume_ml();
    let parts = (1_u32..).zip(&parts.counts).filter_map(|(label, count)| {
        let volume_ml = *count as f64 * voxel_ml;
        if volume_ml < GLAND_ML.0 || volume_ml > GLAND_ML.1 {
            return None;
        }
        let of_part = parts.labels.map(|l| *l == label);
        let is = |v: [usize; 3]| of_part[[0, 1, 2].map(|a| v[a] - around.min[a])];
        Some(Gland {
            side,
            center: of_part.centroid()?,
            volume_ml,
            core: Core::where_set(suv, around, is)?,
        })
    });
    parts.collect()
}

fn checked(glands: Glands) -> Result<Glands, Absent> {
    if glands.voxels.len() < LEAST_VOXELS {
        return Err(Absent(format!(
            "the parotid glands are too small or not in the PET: {} voxels lie {RIM_MM} mm inside \
             of their surface",
            glands.voxels.len()
        )));
    }
    Ok(glands)
}
