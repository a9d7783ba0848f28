//! Foci that stand out against their own surroundings; see [`LocalContrast`] for the rule.

mod climb;
mod maxima;
mod shell;

use std::collections::BTreeMap;

use isoboost_volume::{Mask, Volume};
use rayon::prelude::*;

use crate::config::{LocalContrast, ReferenceRegion};
use crate::surroundings::Surroundings;

use super::Candidates;
use super::reference::level;
use super::threshold::Threshold;
use climb::Descent;
use shell::{Shell, Standing};

/// Diameters in mm that a focus is tried at: below 6 mm a PET shows nothing but its own blur,
/// above 16 mm the shell is wider than the spaces of the pelvis.
const DIAMETERS_MM: [f64; 5] = [6.0, 8.0, 10.0, 13.0, 16.0];

/// A line through a focus must fall at one end to less than this share of the focus' contrast.
const LINE_SHARE: f64 = 0.4;

/// A focus reaches down to this share of its maximum's contrast.
const EXTENT_SHARE: f64 = 0.5;

/// A small focus.
#[derive(Debug, Clone, PartialEq)]
struct Blob {
    max_voxel: [usize; 3],
    /// SUVbw that it was drawn at.
    level: f64,
    voxels: Vec<[usize; 3]>,
}

/// The hot voxels by local contrast, united with those of a fixed SUV if the rule has one.
pub(super) fn local_contrast(
    suv: &Volume<f32>,
    surroundings: &Surroundings<'_>,
    rule: &LocalContrast,
) -> Candidates {
    let mut findings = Vec::new();
    let minimum = minimum_suv(surroundings, rule, &mut findings);
    let blobs = blobs(suv, minimum, rule);
    let mut hot = match rule.with_suv {
        Some(threshold) => suv.map(|value| f64::from(*value) >= threshold),
        None => Mask::empty(suv.grid().clone()),
    };
    let mut levels = BTreeMap::new();
    for blob in &blobs {
        levels.insert(blob.max_voxel, blob.level);
        for voxel in &blob.voxels {
            hot[*voxel] = true;
        }
    }
    let with = rule.with_suv.map_or_else(String::new, |suv| {
        format!(", and everything from SUV {suv:.2}")
    });
    findings.push(format!(
        "found by local contrast: {} with a maximum from SUV {minimum:.2} and at least {} times \
         the uptake around, {} times its noise above it{with}",
        match blobs.len() {
            1 => "1 focus".to_owned(),
            n => format!("{n} foci"),
        },
        rule.minimum_contrast,
        rule.minimum_contrast_to_noise
    ));
    Candidates {
        hot,
        own: levels.keys().copied().collect(),
        threshold: Threshold::Focus {
            levels,
            elsewhere: rule.with_suv.unwrap_or(f64::INFINITY),
        },
        findings,
    }
}

/// The SUVbw that a maximum must reach.
fn minimum_suv(
    surroundings: &Surroundings<'_>,
    rule: &LocalContrast,
    findings: &mut Vec<String>,
) -> f64 {
    let Some((_, blood)) = level(surroundings, ReferenceRegion::BloodPool, findings) else {
        findings.push(format!(
            "SUV {:.2} stands in for the blood pool",
            rule.fallback_suv
        ));
        return rule.fallback_suv.max(rule.minimum_suv);
    };
    (blood.mean + rule.sd_above_blood * blood.sd).max(rule.minimum_suv)
}

/// All small foci of at least `minimum`, in the order of their maxima in the array.
fn blobs(suv: &Volume<f32>, minimum: f64, rule: &LocalContrast) -> Vec<Blob> {
    let shells = DIAMETERS_MM.map(|diameter| Shell::new(suv.grid(), diameter));
    let maxima = maxima::local_maxima(suv, minimum as f32);
    let judged = maxima
        .into_par_iter()
        .filter_map(|max_voxel| blob_at(suv, max_voxel, &shells, rule));
    judged.collect()
}

/// The focus around a local maximum, if it is one.
fn blob_at(
    suv: &Volume<f32>,
    max_voxel: [usize; 3],
    shells: &[Shell],
    rule: &LocalContrast,
) -> Option<Blob> {
    let fits = |s: &Standing| {
        s.ball >= rule.minimum_contrast * s.background
            && s.contrast_to_noise() >= rule.minimum_contrast_to_noise
            && s.brightest_line - s.background <= LINE_SHARE * (s.ball - s.background)
    };
    let standings = shells
        .iter()
        .filter_map(|shell| Some((shell, shell.around(suv, max_voxel)?)));
    let (shell, standing) = standings
        .filter(|(_, standing)| fits(standing))
        .max_by(|a, b| a.1.contrast_to_noise().total_cmp(&b.1.contrast_to_noise()))?;
    let max = f64::from(suv[max_voxel]);
    let contrast = max - standing.background;
    let level = standing.background + EXTENT_SHARE * contrast;
    let Descent { voxels, saddle } = climb::descend(suv, max_voxel, level, shell.inner_mm());
    let stands_out = saddle.is_none_or(|saddle| max - saddle >= rule.prominence * contrast);
    // Above a saddle, so that an outline at the level does not cross it.
    let lowest = || {
        voxels
            .iter()
            .map(|v| f64::from(suv[*v]))
            .fold(max, f64::min)
    };
    let level = saddle.map_or(level, |_| lowest());
    stands_out.then_some(Blob {
        max_voxel,
        level,
        voxels,
    })
}
