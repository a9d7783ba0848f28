//! From an SUV volume to its foci.

use std::sync::Arc;

use isoboost_volume::{Connectivity, IndexBox, Mask, Volume, label_components};
use rayon::prelude::*;

use crate::candidates::{Candidates, Threshold, candidates};
use crate::config::{Delineation, LesionConfig};
use crate::delineate::{Territory, outline};
use crate::focus::{Contact, Focus, PointFocus};
use crate::ground::Ground;
use crate::measure::{PeakKernel, highest, measure};
use crate::outline::{Outline, box_of};
use crate::remainder;
use crate::surroundings::Surroundings;
use crate::watershed::split;

/// A neighbour whose maximum is so many times higher bounds an outline by the level of the pass to
/// it, any other by the watershed alone: between two nodes of like uptake the level would leave out
/// most of both, beside a full bladder the watershed would take in its flank.
const OUTSHINING: f64 = 2.0;

/// Rounds in which what outlines leave out is looked at again; each part is fainter than the one
/// before, by more than half at 41 % of the maximum.
const MOST_REMAINDERS: usize = 4;

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
    pub(crate) suv: &'a Volume<f32>,
    pub(crate) surroundings: &'a Surroundings<'a>,
    pub(crate) config: &'a LesionConfig,
    pub(crate) map: UptakeMap,
}

/// Which voxels of a PET are whose: what is known of an [`Uptake`] beside the images. It can be kept
/// while the images are elsewhere, and is cheap to clone.
#[derive(Debug, Clone)]
pub struct UptakeMap {
    pub(crate) threshold: Threshold,
    pub(crate) ground: Arc<Ground>,
    pub(crate) basins: Arc<Vec<Basin>>,
    pub(crate) kernel: Arc<PeakKernel>,
    findings: Vec<String>,
}

/// One basin of uptake above the finding threshold.
#[derive(Debug, Clone)]
pub(crate) struct Basin {
    pub(crate) bounds: IndexBox,
    /// In array order; none where a reader gave them to other basins.
    pub(crate) voxels: Vec<[usize; 3]>,
    /// SUVbw from which they were found, where it is not the finding threshold.
    pub(crate) found_at: Option<f64>,
}

impl Basin {
    pub(crate) fn of(voxels: Vec<[usize; 3]>) -> Self {
        Self {
            bounds: box_of(&voxels),
            voxels,
            found_at: None,
        }
    }
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
    let (basins, hot) = basins(suv, &found, config);
    let mut uptake = Uptake {
        suv,
        surroundings,
        config,
        map: UptakeMap {
            threshold: found.threshold,
            ground: Arc::new(Ground::hot_only(hot)),
            basins: Arc::new(basins),
            kernel: Arc::new(PeakKernel::new(suv.grid())),
            findings: found.findings,
        },
    };
    for _ in 0..MOST_REMAINDERS {
        // What an outline leaves out of its hot ground lies below its threshold, so that the
        // threshold lies above the finding one: the slopes do not matter yet.
        let remainders = uptake.remainders();
        if remainders.is_empty() {
            break;
        }
        uptake.settle(&remainders);
    }
    let boxes = uptake.boxes();
    let steps = uptake.growth_steps();
    Arc::make_mut(&mut uptake.map.ground).add_slopes(&boxes, &|_| true, suv, steps);
    Ok(uptake)
}

fn refuse_not_finite(suv: &Volume<f32>) -> Result<(), LesionError> {
    let values = suv.as_slice();
    // Without branches, since as good as all PETs pass.
    let is_clean = |part: &[f32]| part.iter().fold(true, |clean, v| clean & v.is_finite());
    if values.par_chunks(1 << 16).all(is_clean) {
        return Ok(());
    }
    let Some(first) = values.iter().position(|v| !v.is_finite()) else {
        return Ok(());
    };
    let [_, nj, ni] = suv.grid().shape();
    Err(LesionError::NotFinite {
        count: values.iter().filter(|v| !v.is_finite()).count(),
        first: [first / (nj * ni), first / ni % nj, first % ni],
    })
}

impl<'a> Uptake<'a> {
    /// The uptake that a map was made of, with the same images, surroundings and configuration.
    pub fn of_map(
        suv: &'a Volume<f32>,
        surroundings: &'a Surroundings<'a>,
        config: &'a LesionConfig,
        map: UptakeMap,
    ) -> Self {
        Self {
            suv,
            surroundings,
            config,
            map,
        }
    }

    /// What is known of it beside the images.
    pub fn map(&self) -> &UptakeMap {
        &self.map
    }

    pub(crate) fn boxes(&self) -> Vec<IndexBox> {
        self.map.basins.iter().map(|basin| basin.bounds).collect()
    }

    /// Voxels that an outline may grow out of its ground, on each axis.
    pub(crate) fn growth_steps(&self) -> [usize; 3] {
        let spacing = self.suv.grid().spacing();
        spacing.map(|s| (self.config.growth_limit_mm / s).floor() as usize)
    }

    /// The foci, outlined by the configured rule and measured.
    pub fn foci(&self) -> FoundFoci {
        let mut found = FoundFoci {
            findings: self.map.findings.clone(),
            ..FoundFoci::default()
        };
        let numbered: Vec<(u32, &Basin)> = (1..).zip(self.map.basins.iter()).collect();
        let outlined: Vec<Focus> = numbered
            .into_par_iter()
            .map(|(number, basin)| self.focus(number, basin, &self.config.delineation))
            .collect();
        for (focus, basin) in outlined.into_iter().zip(self.map.basins.iter()) {
            let hot_ml = basin.voxels.len() as f64 * self.suv.grid().voxel_volume_ml();
            // A faint lesion may have no more than a voxel above the finding threshold and still an
            // extent of its own, one beside a bladder a narrow outline; a spike of noise has
            // neither.
            if self.is_too_small(focus.mask.count(), focus.measures.volume_ml)
                && self.is_too_small(basin.voxels.len(), hot_ml)
            {
                found.points.push(PointFocus {
                    max_at: focus.measures.max_at,
                    suv_max: focus.measures.suv_max,
                    volume_ml: hot_ml,
                });
            } else {
                found.foci.push(focus);
            }
        }
        // Stable sorts: equal ones stay in the order of the array.
        found
            .foci
            .sort_by(|a, b| b.measures.volume_ml.total_cmp(&a.measures.volume_ml));
        found.points.sort_by(|a, b| b.suv_max.total_cmp(&a.suv_max));
        found
    }

    fn is_too_small(&self, n_voxels: usize, volume_ml: f64) -> bool {
        n_voxels < self.config.minimum_voxels || volume_ml < self.config.minimum_volume_ml
    }

    /// Where a focus of this uptake was found; `None` for one of another uptake.
    pub(crate) fn territory_of(&self, focus: &Focus) -> Option<Territory<'_>> {
        let basin = (focus.territory as usize).checked_sub(1)?;
        let basin = self.map.basins.get(basin)?;
        Some(self.territory(focus.territory, basin))
    }

    /// A focus of this uptake, outlined by another rule; one of another uptake stays as it is.
    #[must_use]
    pub fn outlined(&self, focus: &Focus, rule: &Delineation) -> Focus {
        let basin = (focus.territory as usize).checked_sub(1);
        let Some(basin) = basin.and_then(|n| self.map.basins.get(n)) else {
            return focus.clone();
        };
        self.focus(focus.territory, basin, rule)
    }

    pub(crate) fn focus(&self, number: u32, basin: &Basin, rule: &Delineation) -> Focus {
        let territory = self.territory(number, basin);
        let mut outline = self.bounded(&territory, outline(&territory, rule));
        let least = self.config.minimum_voxels;
        let left = remainder::parts(self.suv, &basin.voxels, &outline, least);
        let left: usize = left.iter().map(|part| part.voxels.len()).sum();
        if left > 0 {
            outline.notes.push(format!(
                "{:.1} mL of uptake above the finding threshold slope away from it and are left out",
                left as f64 * self.suv.grid().voxel_volume_ml()
            ));
        }
        self.focus_of(number, outline)
    }

    /// What the outlines leave out of their basins, with the number of the basin.
    fn remainders(&self) -> Vec<(u32, Vec<[usize; 3]>)> {
        let numbered: Vec<(u32, &Basin)> = (1..).zip(self.map.basins.iter()).collect();
        let parts = numbered.into_par_iter().map(|(number, basin)| {
            let territory = self.territory(number, basin);
            let drawn = outline(&territory, &self.config.delineation);
            let drawn = self.bounded(&territory, drawn);
            let least = self.config.minimum_voxels;
            let parts = remainder::parts(self.suv, &basin.voxels, &drawn, least);
            let own = parts.into_iter().filter(|part| part.own);
            own.map(move |part| (number, part.voxels))
        });
        parts.flat_map_iter(|parts| parts).collect()
    }

    /// Makes these parts of basins basins of their own, behind the others.
    fn settle(&mut self, parts: &[(u32, Vec<[usize; 3]>)]) {
        let ground = Arc::make_mut(&mut self.map.ground);
        let basins = Arc::make_mut(&mut self.map.basins);
        for (_, voxels) in parts {
            let number = basins.len() as u32 + 1;
            ground.give(voxels, number);
            basins.push(Basin::of(voxels.clone()));
        }
        let mut shrunk: Vec<u32> = parts.iter().map(|(number, _)| *number).collect();
        shrunk.dedup();
        for number in shrunk {
            let basin = &mut basins[number as usize - 1];
            basin.voxels.retain(|v| ground.hot(*v) == number);
            basin.bounds = box_of(&basin.voxels);
        }
    }

    pub(crate) fn highest_of(&self, basin: &Basin) -> [usize; 3] {
        highest(&basin.voxels, |v| f64::from(self.suv[v]))
    }

    fn territory<'b>(&'b self, number: u32, basin: &'b Basin) -> Territory<'b> {
        let max_voxel = self.highest_of(basin);
        Territory {
            suv: self.suv,
            surroundings: self.surroundings,
            kernel: &self.map.kernel,
            ground: &self.map.ground,
            number,
            bounds: basin.bounds,
            voxels: &basin.voxels,
            max_voxel,
            finding_suv: basin.found_at.unwrap_or_else(|| {
                let threshold = &self.map.threshold;
                threshold.at(max_voxel, self.suv.grid(), self.surroundings)
            }),
            growth_limit_mm: self.config.growth_limit_mm,
        }
    }

    /// Ends an outline at the pass to a neighbour that outshines it, whose spill would be drawn
    /// as a part of it otherwise.
    fn bounded(&self, territory: &Territory<'_>, mut outline: Outline) -> Outline {
        let own = f64::from(self.suv[territory.max_voxel]);
        let outshines = |contact: &&Contact| {
            let other = self.map.basins.get(contact.territory as usize - 1);
            let max = other.map_or(0.0, |basin| f64::from(self.suv[self.highest_of(basin)]));
            max >= OUTSHINING * own
        };
        let passes = outline.contacts.iter().filter(outshines);
        let saddle = passes.map(|c| c.saddle_suv).reduce(f64::max);
        if let Some(saddle) = saddle {
            // Between voxel centres the pass is as low as the split found it, whatever the centres
            // beside it show.
            let level = saddle.min((1.0 - self.config.split.share) * own);
            outline.end_above(self.suv, territory.max_voxel, level);
        } else if let Some(saddle) = outline
            .contacts
            .iter()
            .map(|c| c.saddle_suv)
            .reduce(f64::max)
        {
            outline.notes.push(format!(
                "bounded by the saddle (SUV {saddle:.1}) to neighbouring uptake"
            ));
        }
        outline
    }

    /// The focus inside an outline, with its measures.
    pub(crate) fn focus_of(&self, territory: u32, outline: Outline) -> Focus {
        let bounds = box_of(&outline.voxels);
        let mut mask = Mask::empty(self.suv.grid().crop(bounds));
        for voxel in &outline.voxels {
            mask[[0, 1, 2].map(|a| voxel[a] - bounds.min[a])] = true;
        }
        Focus {
            measures: measure(self.suv, &outline.voxels, &outline.depth, &self.map.kernel)
                .with_contrast(self.suv, &outline.voxels, |v| self.map.ground.hot(v) == 0),
            mask,
            bounds,
            depth: outline.depth,
            territory,
            contacts: outline.contacts,
            threshold_suv: outline.threshold_suv,
            rule: outline.rule,
            fell_back: outline.fell_back,
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
        let inside = |v: [usize; 3]| regions.labels[v] == label;
        split(suv, *bounds, inside, &found.own, config.split)
    };
    let labelled: Vec<(u32, &IndexBox)> = (1..).zip(&regions.boxes).collect();
    let split: Vec<Vec<Vec<[usize; 3]>>> = labelled.into_par_iter().map(split_region).collect();
    let basins: Vec<Basin> = split.into_iter().flatten().map(Basin::of).collect();
    let mut owner = regions.labels;
    for (number, basin) in (1..).zip(&basins) {
        for voxel in &basin.voxels {
            owner[*voxel] = number;
        }
    }
    (basins, owner)
}
