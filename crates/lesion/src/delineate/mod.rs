//! The extent of a focus.

mod grow;

use isoboost_volume::{IndexBox, Volume};

use crate::config::Delineation;
use crate::ground::Ground;
use crate::outline::{Outline, depth_below};
use crate::surroundings::Surroundings;

use grow::{Grown, grow};

/// Where a focus was found: its voxels above the finding threshold, and who else is near.
pub(crate) struct Territory<'a> {
    pub(crate) suv: &'a Volume<f32>,
    pub(crate) surroundings: &'a Surroundings<'a>,
    /// Whose ground each voxel of the SUV grid is.
    pub(crate) ground: &'a Ground,
    /// This focus.
    pub(crate) number: u32,
    /// The box of its voxels.
    pub(crate) bounds: IndexBox,
    /// Its highest voxel.
    pub(crate) max_voxel: [usize; 3],
    /// SUVbw from which its voxels were found.
    pub(crate) finding_suv: f64,
    /// How far in mm an outline may grow out of it.
    pub(crate) growth_limit_mm: f64,
}

/// Outlines a focus by a rule; an outline that leaks falls back to the finding threshold and says
/// so.
pub(crate) fn outline(territory: &Territory<'_>, rule: &Delineation) -> Outline {
    let max = f64::from(territory.suv[territory.max_voxel]);
    let (threshold, rule) = match rule {
        Delineation::PercentOfMax(percent) => {
            (max * percent / 100.0, format!("{percent} % of SUVmax"))
        }
        Delineation::FixedSuv(suv) => (suv.min(max), format!("SUV {suv}")),
    };
    let grown = grow(territory, threshold);
    if !grown.leaks {
        return isocontour(territory, grown, threshold, rule, Vec::new());
    }
    let note = format!(
        "{rule} (SUV {threshold:.2}) leaks more than {} mm beyond the focus; outlined at the \
         finding threshold instead",
        territory.growth_limit_mm
    );
    let finding = territory.finding_suv;
    let rule = format!("SUV {finding} (fallback)");
    let grown = grow(territory, finding);
    Outline {
        fell_back: true,
        ..isocontour(territory, grown, finding, rule, vec![note])
    }
}

/// The outline of what was grown at a threshold.
fn isocontour(
    territory: &Territory<'_>,
    grown: Grown,
    threshold_suv: f64,
    rule: String,
    notes: Vec<String>,
) -> Outline {
    let (depth, depth_bounds) = depth_below(territory.suv, &grown.voxels, threshold_suv);
    Outline {
        voxels: grown.voxels,
        depth,
        depth_bounds,
        threshold_suv,
        rule,
        notes,
        fell_back: false,
        contacts: grown.contacts,
        agreement: None,
    }
}
