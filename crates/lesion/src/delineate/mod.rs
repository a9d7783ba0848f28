//! The extent of a focus.

mod consensus;
mod gradient;
mod grow;
mod random_walker;
mod terrain;
#[cfg(test)]
mod tests;
mod threshold;

use isoboost_volume::{IndexBox, Volume};

use crate::config::Delineation;
use crate::ground::Ground;
use crate::measure::PeakKernel;
use crate::outline::{Outline, depth_below, mask_around};
use crate::surroundings::Surroundings;

use grow::{Grown, grow};
pub(crate) use threshold::half_height;

/// Where a focus was found: its voxels above the finding threshold, and who else is near.
pub(crate) struct Territory<'a> {
    pub(crate) suv: &'a Volume<f32>,
    pub(crate) surroundings: &'a Surroundings<'a>,
    pub(crate) kernel: &'a PeakKernel,
    /// Whose ground each voxel of the SUV grid is.
    pub(crate) ground: &'a Ground,
    /// This focus.
    pub(crate) number: u32,
    /// The box of its voxels.
    pub(crate) bounds: IndexBox,
    /// Its voxels above the finding threshold.
    pub(crate) voxels: &'a [[usize; 3]],
    /// Its highest voxel.
    pub(crate) max_voxel: [usize; 3],
    /// SUVbw from which its voxels were found.
    pub(crate) finding_suv: f64,
    /// How far in mm an outline may grow out of it.
    pub(crate) growth_limit_mm: f64,
}

impl Territory<'_> {
    pub(crate) fn suv_max(&self) -> f64 {
        f64::from(self.suv[self.max_voxel])
    }

    /// The box that an outline may reach.
    fn reach(&self) -> IndexBox {
        let spacing = self.suv.grid().spacing();
        let steps = spacing.map(|s| (self.growth_limit_mm / s).floor() as usize);
        self.bounds.grown(steps, self.suv.grid().shape())
    }
}

/// Why a rule draws no outline of a focus, as the end of a sentence that begins with the rule.
type NoOutline = String;

/// Outlines a focus by a rule; one that does not hold falls back to the finding threshold and says
/// so.
pub(crate) fn outline(territory: &Territory<'_>, rule: &Delineation) -> Outline {
    match drawn(territory, rule) {
        Ok(outline) => outline,
        Err(why) => {
            let suv = territory.finding_suv.min(territory.suv_max());
            let note = format!(
                "{} {why}; outlined at the finding threshold instead",
                rule.text()
            );
            Outline {
                fell_back: true,
                notes: vec![note],
                ..isocontour(
                    territory,
                    grow(territory, suv),
                    suv,
                    format!("SUV {suv} (fallback)"),
                )
            }
        }
    }
}

/// The outline by a rule, or why there is none.
fn drawn(territory: &Territory<'_>, rule: &Delineation) -> Result<Outline, NoOutline> {
    match rule {
        Delineation::Gradient {} => gradient::outline(territory, rule.text()),
        Delineation::RandomWalker { beta } => random_walker::outline(territory, *beta, rule.text()),
        Delineation::Consensus(rules) => consensus::outline(territory, rules, rule.text()),
        Delineation::Iterative { psf_fwhm_mm } => {
            threshold::iterated(territory, *psf_fwhm_mm, &rule.text())
        }
        _ => {
            let suv = threshold::of(territory, rule)?;
            at_threshold(territory, suv, rule.text())
        }
    }
}

/// The isocontour at a threshold, unless it leaks.
fn at_threshold(
    territory: &Territory<'_>,
    threshold: f64,
    rule: String,
) -> Result<Outline, NoOutline> {
    let max = territory.suv_max();
    if threshold >= max {
        return Err(format!(
            "(SUV {threshold:.2}) is not below the maximum of {max:.2}"
        ));
    }
    let grown = grow(territory, threshold);
    if grown.leaks {
        return Err(format!(
            "(SUV {threshold:.2}) leaks more than {} mm beyond the focus",
            territory.growth_limit_mm
        ));
    }
    if let Some(organ) = &grown.enters {
        return Err(format!("(SUV {threshold:.2}) grows into the {organ}"));
    }
    Ok(isocontour(territory, grown, threshold, rule))
}

/// The outline of what was grown at a threshold.
fn isocontour(
    territory: &Territory<'_>,
    grown: Grown,
    threshold_suv: f64,
    rule: String,
) -> Outline {
    let (depth, depth_bounds) = depth_below(territory.suv, &grown.voxels, threshold_suv);
    Outline {
        voxels: grown.voxels,
        depth,
        depth_bounds,
        threshold_suv,
        rule,
        notes: Vec::new(),
        fell_back: false,
        contacts: grown.contacts,
        agreement: None,
    }
}

/// The outline of a field that is zero or negative inside, on a box of the SUV grid: what is
/// connected to the maximum, held to the same limits as a threshold.
fn from_field(
    territory: &Territory<'_>,
    depth: &Volume<f32>,
    bounds: IndexBox,
    rule: String,
) -> Result<Outline, NoOutline> {
    let at = |v: [usize; 3]| [0, 1, 2].map(|a| v[a] - bounds.min[a]);
    let is_inside = |v: [usize; 3]| bounds.contains(v) && depth[at(v)] <= 0.0;
    let grown = grow::grow_where(territory, is_inside);
    if grown.leaks {
        return Err(format!(
            "leaks more than {} mm beyond the focus",
            territory.growth_limit_mm
        ));
    }
    if let Some(organ) = &grown.enters {
        return Err(format!("grows into the {organ}"));
    }
    let (mask, around) = mask_around(territory.suv, &grown.voxels);
    let field = Volume::from_fn(mask.grid().clone(), |v| {
        let voxel = [0, 1, 2].map(|a| v[a] + around.min[a]);
        let value = if bounds.contains(voxel) {
            depth[at(voxel)]
        } else {
            f32::MAX
        };
        if mask[v] {
            value.min(0.0)
        } else {
            value.abs().max(f32::MIN_POSITIVE)
        }
    });
    let lowest = grown.voxels.iter().map(|v| f64::from(territory.suv[*v]));
    Ok(Outline {
        threshold_suv: lowest.fold(f64::INFINITY, f64::min),
        voxels: grown.voxels,
        depth: field,
        depth_bounds: around,
        rule,
        notes: Vec::new(),
        fell_back: false,
        contacts: grown.contacts,
        agreement: None,
    })
}
