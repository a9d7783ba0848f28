//! From an SUV volume to its foci.

use isoboost_volume::{Connectivity, IndexBox, Mask, Volume, label_components};
use rayon::prelude::*;

use crate::config::LesionConfig;
use crate::delineate::{Territory, outline};
use crate::focus::{Focus, PointFocus};
use crate::measure::{PeakKernel, depth_below, highest, measure};
use crate::watershed::{Prominence, split};

/// All uptake above the finding threshold.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FoundFoci {
    /// The foci, largest volume first.
    pub foci: Vec<Focus>,
    /// Uptake too small to delineate, highest first. It is told, not dropped.
    pub points: Vec<PointFocus>,
}

/// One basin of uptake above the finding threshold.
struct Basin {
    bounds: IndexBox,
    voxels: Vec<[usize; 3]>,
}

/// Finds, splits, delineates and measures all uptake at or above the finding threshold.
///
/// The regions are 26-connected, split at saddles between prominent maxima, and outlined by the
/// configured rule. The order depends on the image alone.
pub fn find_foci(suv: &Volume<f32>, config: &LesionConfig) -> FoundFoci {
    let (basins, owner) = basins(suv, config);
    let kernel = PeakKernel::new(suv.grid());
    let voxel_ml = suv.grid().voxel_volume_ml();
    let mut found = FoundFoci::default();
    for (n, basin) in basins.iter().enumerate() {
        let max_voxel = highest(&basin.voxels, |v| f64::from(suv[v]));
        let volume_ml = basin.voxels.len() as f64 * voxel_ml;
        if basin.voxels.len() < config.minimum_voxels || volume_ml < config.minimum_volume_ml {
            found.points.push(PointFocus {
                max_at: suv.grid().center_of(max_voxel),
                suv_max: f64::from(suv[max_voxel]),
                volume_ml,
            });
            continue;
        }
        let territory = Territory {
            suv,
            owner: &owner,
            number: n as u32 + 1,
            bounds: basin.bounds,
            max_voxel,
        };
        found.foci.push(focus_of(&territory, config, &kernel));
    }
    // Stable sorts: equal ones stay in the order of the array.
    found
        .foci
        .sort_by(|a, b| b.measures.volume_ml.total_cmp(&a.measures.volume_ml));
    found.points.sort_by(|a, b| b.suv_max.total_cmp(&a.suv_max));
    found
}

fn focus_of(territory: &Territory<'_>, config: &LesionConfig, kernel: &PeakKernel) -> Focus {
    let suv = territory.suv;
    let outline = outline(territory, config);
    let bounds = box_of(&outline.voxels);
    let mut mask = Mask::empty(suv.grid().crop(bounds));
    for voxel in &outline.voxels {
        mask[[0, 1, 2].map(|a| voxel[a] - bounds.min[a])] = true;
    }
    Focus {
        mask,
        bounds,
        threshold_suv: outline.threshold_suv,
        rule: outline.rule,
        measures: measure(
            suv,
            &outline.voxels,
            &depth_below(outline.threshold_suv, suv, &outline.voxels),
            kernel,
        )
        .with_contrast(suv, &outline.voxels, |v| territory.owner[v] == 0),
        notes: outline.notes,
    }
}

/// The basins of all connected regions, in the order of the regions' first voxels, and the number
/// of the basin at each voxel from 1, 0 below the threshold.
fn basins(suv: &Volume<f32>, config: &LesionConfig) -> (Vec<Basin>, Volume<u32>) {
    let hot = suv.map(|value| f64::from(*value) >= config.finding_suv);
    let regions = label_components(&hot, Connectivity::TwentySix);
    let prominence = Prominence {
        share: config.split_share,
        suv: config.split_suv,
    };
    let split_region = |(label, bounds): (u32, &IndexBox)| {
        let (basin_of, count) = split(suv, *bounds, |v| regions.labels[v] == label, prominence);
        let mut voxels = vec![Vec::new(); count];
        for (voxel, basin) in bounds.voxels().zip(basin_of) {
            if basin != 0 {
                voxels[basin as usize - 1].push(voxel);
            }
        }
        voxels
    };
    let labelled: Vec<(u32, &IndexBox)> = (1..).zip(&regions.boxes).collect();
    let split: Vec<Vec<Vec<[usize; 3]>>> = labelled.into_par_iter().map(split_region).collect();
    let basins: Vec<Basin> = split
        .into_iter()
        .flatten()
        .map(|voxels| Basin {
            bounds: box_of(&voxels),
            voxels,
        })
        .collect();
    let mut owner = regions.labels;
    for (number, basin) in (1..).zip(&basins) {
        for voxel in &basin.voxels {
            owner[*voxel] = number;
        }
    }
    (basins, owner)
}

/// The smallest box around voxels.
fn box_of(voxels: &[[usize; 3]]) -> IndexBox {
    let start = voxels.first().copied().unwrap_or_default();
    let first = IndexBox {
        min: start,
        max: start,
    };
    voxels.iter().fold(first, |bounds, v| {
        bounds.union(&IndexBox { min: *v, max: *v })
    })
}
