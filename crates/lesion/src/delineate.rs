//! The extent of a focus.

use std::collections::VecDeque;

use isoboost_volume::{IndexBox, Volume};

use crate::config::{Delineation, LesionConfig};
use crate::watershed::neighbours;

/// Where a focus was found: its voxels above the finding threshold, and who else is near.
pub(crate) struct Territory<'a> {
    pub(crate) suv: &'a Volume<f32>,
    /// Number of the focus at each voxel above the finding threshold, 0 elsewhere; on the whole
    /// SUV grid.
    pub(crate) owner: &'a Volume<u32>,
    /// This focus.
    pub(crate) number: u32,
    /// The box of its voxels.
    pub(crate) bounds: IndexBox,
    /// Its highest voxel.
    pub(crate) max_voxel: [usize; 3],
}

/// An outline that was chosen, and how.
pub(crate) struct Outline {
    pub(crate) voxels: Vec<[usize; 3]>,
    pub(crate) threshold_suv: f64,
    pub(crate) rule: String,
    pub(crate) notes: Vec<String>,
}

/// What growing ran into.
struct Grown {
    voxels: Vec<[usize; 3]>,
    touches_other: bool,
    leaks: bool,
}

/// Outlines a focus by the configured rule; an outline that leaks falls back to the finding
/// threshold and says so.
pub(crate) fn outline(territory: &Territory<'_>, config: &LesionConfig) -> Outline {
    let max = f64::from(territory.suv[territory.max_voxel]);
    let (threshold, rule) = match config.delineation {
        Delineation::PercentOfMax(percent) => {
            (max * percent / 100.0, format!("{percent} % of SUVmax"))
        }
        Delineation::FixedSuv(suv) => (suv.min(max), format!("SUV {suv}")),
    };
    let grown = grow(territory, threshold, config.growth_limit_mm);
    let mut notes = Vec::new();
    if grown.leaks {
        let fallback = grow(territory, config.finding_suv, config.growth_limit_mm);
        notes.push(format!(
            "{rule} (SUV {threshold:.2}) leaks more than {} mm beyond the focus; \
             outlined at the finding threshold instead",
            config.growth_limit_mm
        ));
        return Outline {
            voxels: fallback.voxels,
            threshold_suv: config.finding_suv,
            rule: format!("SUV {} (fallback)", config.finding_suv),
            notes,
        };
    }
    if grown.touches_other {
        notes.push("bounded by the saddle to neighbouring uptake".to_owned());
    }
    Outline {
        voxels: grown.voxels,
        threshold_suv: threshold,
        rule,
        notes,
    }
}

/// The voxels connected to the maximum at or above a threshold, never on another focus' ground and
/// never further from the focus than `limit_mm` on any axis of the grid.
fn grow(territory: &Territory<'_>, threshold: f64, limit_mm: f64) -> Grown {
    let Territory {
        suv,
        owner,
        number,
        bounds,
        max_voxel,
    } = territory;
    let shape = suv.grid().shape();
    let steps = suv
        .grid()
        .spacing()
        .map(|s| (limit_mm / s).floor() as usize);
    let reach = bounds.grown(steps, shape);
    // One voxel more, to see whether the outline would have gone on.
    let seen = reach.grown([1; 3], shape);
    let mut visited = vec![false; seen.shape().iter().product()];
    let side = seen.shape();
    let place = |v: [usize; 3]| {
        let [k, j, i] = [0, 1, 2].map(|a| v[a] - seen.min[a]);
        (k * side[1] + j) * side[2] + i
    };
    let mut grown = Grown {
        voxels: Vec::new(),
        touches_other: false,
        leaks: false,
    };
    let mut queue = VecDeque::from([*max_voxel]);
    visited[place(*max_voxel)] = true;
    while let Some(voxel) = queue.pop_front() {
        grown.voxels.push(voxel);
        for next in neighbours(voxel, shape) {
            if f64::from(suv[next]) < threshold {
                continue;
            }
            let other = owner[next];
            if other != 0 && other != *number {
                grown.touches_other = true;
            } else if !reach.contains(next) {
                grown.leaks = true;
            } else if !visited[place(next)] {
                visited[place(next)] = true;
                queue.push_back(next);
            }
        }
    }
    grown.voxels.sort_unstable();
    grown
}
