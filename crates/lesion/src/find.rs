//! From an SUV volume to its foci.

use isoboost_volume::{Connectivity, IndexBox, Mask, Volume, label_components};
use rayon::prelude::*;

use crate::candidates::{Candidates, Threshold, candidates};
use crate::config::{Delineation, LesionConfig};
use crate::delineate::{Territory, outline};
use crate::focus::{Focus, PointFocus};
use crate::measure::{PeakKernel, highest, measure};
use crate::outline::{Outline, box_of};
use crate::surroundings::Surroundings;
use crate::watershed::split;

/// Why an SUV volume cannot be searched.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum LesionError {
    /// A voxel without a value. Negative values, which reconstructions leave, are values like all
    /// others and below every threshold.
    #[error(
        "the SUV of {count} voxels is not a number, the first at slice {}, row {}, column {}; \
         reconstruct or export the PET again",
        first[0], first[1], first[2]
    )]
    NotFinite {
        /// How many.
        count: usize,
        /// Index of the first of them.
        first: [usize; 3],
    },
}

/// All foci of a PET.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FoundFoci {
    /// The foci, largest volume first.
    pub foci: Vec<Focus>,
    /// Uptake too small to delineate, highest first. It is told, not dropped.
    pub points: Vec<PointFocus>,
    /// What a reader should know of how they were found.
    pub findings: Vec<String>,
}

/// The hot ground of a PET, divided among its foci: what outlines are drawn on.
#[derive(Debug)]
pub struct Uptake<'a> {
    suv: &'a Volume<f32>,
    surroundings: &'a Surroundings<'a>,
    config: &'a LesionConfig,
    threshold: Threshold,
    /// Number of the basin at each voxel from 1, 0 below the threshold.
    owner: Volume<u32>,
    basins: Vec<Basin>,
    kernel: PeakKernel,
    findings: Vec<String>,
}

/// One basin of uptake above the finding threshold.
#[derive(Debug)]
struct Basin {
    bounds: IndexBox,
    voxels: Vec<[usize; 3]>,
}

/// Finds all uptake by the configured rule, knowing nothing but the SUV: [`find_uptake`] without
/// surroundings, outlined.
///
/// # Errors
/// When a voxel is not a number.
pub fn find_foci(suv: &Volume<f32>, config: &LesionConfig) -> Result<FoundFoci, LesionError> {
    Ok(find_uptake(suv, &Surroundings::default(), config)?.foci())
}

/// Finds all uptake by the configured rule and divides it among its foci.
///
/// The regions are 26-connected and split at saddles between prominent maxima. The order depends
/// on the image alone.
///
/// # Errors
/// When a voxel is not a number.
pub fn find_uptake<'a>(
    suv: &'a Volume<f32>,
    surroundings: &'a Surroundings<'a>,
    config: &'a LesionConfig,
) -> Result<Uptake<'a>, LesionError> {
    refuse_not_finite(suv)?;
    let found = candidates(suv, surroundings, &config.finding);
    let (basins, owner) = basins(suv, &found, config);
    Ok(Uptake {
        suv,
        surroundings,
        config,
        threshold: found.threshold,
        owner,
        basins,
        kernel: PeakKernel::new(suv.grid()),
        findings: found.findings,
    })
}

fn refuse_not_finite(suv: &Volume<f32>) -> Result<(), LesionError> {
    let values = suv.as_slice();
    let Some(first) = values.par_iter().position_first(|v| !v.is_finite()) else {
        return Ok(());
    };
    let [_, nj, ni] = suv.grid().shape();
    Err(LesionError::NotFinite {
        count: values.iter().filter(|v| !v.is_finite()).count(),
        first: [first / (nj * ni), first / ni % nj, first % ni],
    })
}

impl Uptake<'_> {
    /// The foci, outlined by the configured rule and measured.
    pub fn foci(&self) -> FoundFoci {
        let voxel_ml = self.suv.grid().voxel_volume_ml();
        let mut found = FoundFoci {
            findings: self.findings.clone(),
            ..FoundFoci::default()
        };
        for (number, basin) in (1..).zip(&self.basins) {
            let volume_ml = basin.voxels.len() as f64 * voxel_ml;
            let too_small = basin.voxels.len() < self.config.minimum_voxels
                || volume_ml < self.config.minimum_volume_ml;
            if too_small {
                let max_voxel = self.highest_of(basin);
                found.points.push(PointFocus {
                    max_at: self.suv.grid().center_of(max_voxel),
                    suv_max: f64::from(self.suv[max_voxel]),
                    volume_ml,
                });
            } else {
                let outline = outline(&self.territory(number, basin), &self.config.delineation);
                found.foci.push(self.focus_of(number, outline));
            }
        }
        // Stable sorts: equal ones stay in the order of the array.
        found
            .foci
            .sort_by(|a, b| b.measures.volume_ml.total_cmp(&a.measures.volume_ml));
        found.points.sort_by(|a, b| b.suv_max.total_cmp(&a.suv_max));
        found
    }

    /// A focus of this uptake, outlined by another rule; one of another uptake stays as it is.
    #[must_use]
    pub fn outlined(&self, focus: &Focus, rule: &Delineation) -> Focus {
        let basin = (focus.territory as usize).checked_sub(1);
        let Some(basin) = basin.and_then(|n| self.basins.get(n)) else {
            return focus.clone();
        };
        let outline = outline(&self.territory(focus.territory, basin), rule);
        self.focus_of(focus.territory, outline)
    }

    fn highest_of(&self, basin: &Basin) -> [usize; 3] {
        highest(&basin.voxels, |v| f64::from(self.suv[v]))
    }

    fn territory(&self, number: u32, basin: &Basin) -> Territory<'_> {
        let max_voxel = self.highest_of(basin);
        Territory {
            suv: self.suv,
            surroundings: self.surroundings,
            owner: &self.owner,
            number,
            bounds: basin.bounds,
            max_voxel,
            finding_suv: self
                .threshold
                .at(max_voxel, self.suv.grid(), self.surroundings),
            growth_limit_mm: self.config.growth_limit_mm,
        }
    }

    fn focus_of(&self, territory: u32, outline: Outline) -> Focus {
        let bounds = box_of(&outline.voxels);
        let mut mask = Mask::empty(self.suv.grid().crop(bounds));
        for voxel in &outline.voxels {
            mask[[0, 1, 2].map(|a| voxel[a] - bounds.min[a])] = true;
        }
        Focus {
            measures: measure(self.suv, &outline.voxels, &self.kernel),
            mask,
            bounds,
            depth: outline.depth,
            territory,
            neighbours: outline.neighbours,
            threshold_suv: outline.threshold_suv,
            rule: outline.rule,
            agreement: outline.agreement,
            notes: outline.notes,
        }
    }
}

/// The basins of all connected regions, in the order of the regions' first voxels, and the number
/// of the basin at each voxel from 1, 0 below the threshold.
fn basins(
    suv: &Volume<f32>,
    found: &Candidates,
    config: &LesionConfig,
) -> (Vec<Basin>, Volume<u32>) {
    let regions = label_components(&found.hot, Connectivity::TwentySix);
    let split_region = |(label, bounds): (u32, &IndexBox)| {
        let inside = |v| regions.labels[v] == label;
        let (basin_of, count) = split(suv, *bounds, inside, &found.own, config.split);
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
