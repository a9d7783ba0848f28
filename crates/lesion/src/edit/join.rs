//! Several foci as one.

use isoboost_volume::{Grid, IndexBox, Volume};

use super::regroup::NewBasin;
use super::{EditError, Edited};
use crate::find::Uptake;
use crate::focus::Focus;
use crate::outline::{Outline, mask_around};

/// Foci further apart than this are no one thing, mm: more than a conglomerate of nodes leaves
/// between them.
const MOST_APART_MM: f64 = 30.0;

impl Uptake<'_> {
    /// The union of foci as one focus, with one territory. Its outline is the union of theirs.
    ///
    /// # Errors
    /// When they lie too far apart to be one thing.
    pub fn joined(&self, foci: &[&Focus]) -> Result<Edited, EditError> {
        self.refuse_apart(foci)?;
        let mut retired: Vec<u32> = foci.iter().map(|focus| focus.territory).collect();
        retired.sort_unstable();
        retired.dedup();
        let basins = retired
            .iter()
            .filter_map(|n| self.map.basins.get((*n as usize).checked_sub(1)?));
        let mut ground: Vec<[usize; 3]> = basins.flat_map(|b| b.voxels.iter().copied()).collect();
        let mut voxels: Vec<[usize; 3]> = foci.iter().flat_map(|f| f.voxels()).collect();
        // Painted voxels lie on no ground.
        ground.extend(&voxels);
        for list in [&mut ground, &mut voxels] {
            list.sort_unstable();
            list.dedup();
        }
        let found_at = foci.iter().map(|f| self.found_at(f)).reduce(f64::min);
        let basin = NewBasin {
            voxels: ground,
            found_at,
        };
        let (map, numbers) = self.regrouped(&retired, vec![basin]);
        let number = numbers.first().copied().unwrap_or_default();
        let threshold = foci.iter().map(|f| f.threshold_suv);
        let threshold_suv = threshold.fold(f64::INFINITY, f64::min);
        let contacts = self.contacts_of(&voxels, number, threshold_suv, &map.ground);
        let (depth, depth_bounds) = self.joined_depth(foci, &voxels, threshold_suv);
        let outline = Outline {
            depth,
            depth_bounds,
            threshold_suv,
            rule: joined_rule(foci),
            notes: Vec::new(),
            fell_back: false,
            contacts,
            agreement: None,
            voxels,
        };
        let uptake = Uptake::of_map(self.suv, self.surroundings, self.config, map.clone());
        let foci = vec![uptake.focus_of(number, outline)];
        Ok(Edited { map, foci })
    }

    /// SUVbw from which the ground of a focus is hot.
    fn found_at(&self, focus: &Focus) -> f64 {
        self.territory_of(focus)
            .map_or(focus.threshold_suv, |territory| territory.finding_suv)
    }

    fn refuse_apart(&self, foci: &[&Focus]) -> Result<(), EditError> {
        let spacing = self.suv.grid().spacing();
        let gap = |a: &IndexBox, b: &IndexBox| {
            let axis = |n: usize| {
                let between = b.min[n]
                    .saturating_sub(a.max[n])
                    .max(a.min[n].saturating_sub(b.max[n]));
                between.saturating_sub(1) as f64 * spacing[n]
            };
            (0..3).map(|n| axis(n).powi(2)).sum::<f64>().sqrt()
        };
        // Each has to lie near one of those before it, in the best order.
        let mut near = vec![0];
        let mut left: Vec<usize> = (1..foci.len()).collect();
        while !left.is_empty() {
            let distance = |n: &usize| {
                let to_near = near.iter().map(|m| gap(&foci[*n].bounds, &foci[*m].bounds));
                to_near.fold(f64::INFINITY, f64::min)
            };
            let place = (0..left.len())
                .min_by(|a, b| distance(&left[*a]).total_cmp(&distance(&left[*b])))
                .unwrap_or_default();
            let gap_mm = distance(&left[place]);
            if gap_mm > MOST_APART_MM {
                return Err(EditError::Apart {
                    gap_mm,
                    most_mm: MOST_APART_MM,
                });
            }
            near.push(left.swap_remove(place));
        }
        Ok(())
    }

    /// The field of a union: the deepest of the fields, and beyond them how far the SUV lies off the
    /// lowest border.
    fn joined_depth(
        &self,
        foci: &[&Focus],
        voxels: &[[usize; 3]],
        threshold_suv: f64,
    ) -> (Volume<f32>, IndexBox) {
        let (inside, around) = mask_around(self.suv, voxels);
        let fields: Vec<(&Volume<f32>, IndexBox)> = foci
            .iter()
            .filter_map(|f| Some((&f.depth, f.depth_bounds(self.suv.grid())?)))
            .collect();
        let depth = Volume::from_fn(inside.grid().clone(), |v| {
            let voxel = [0, 1, 2].map(|a| v[a] + around.min[a]);
            let known = fields.iter().filter(|(_, bounds)| bounds.contains(voxel));
            let known =
                known.map(|(depth, bounds)| depth[[0, 1, 2].map(|a| voxel[a] - bounds.min[a])]);
            let off = (threshold_suv as f32 - self.suv[voxel]).abs();
            let value = known.reduce(f32::min).unwrap_or(off);
            if inside[v] {
                value.min(0.0)
            } else {
                value.abs().max(f32::MIN_POSITIVE)
            }
        });
        (depth, around)
    }
}

/// The rules of foci, each once.
fn joined_rule(foci: &[&Focus]) -> String {
    let mut rules: Vec<&str> = foci.iter().map(|f| f.rule.as_str()).collect();
    rules.dedup();
    rules.join(" and ")
}

impl Focus {
    /// Its voxels in the SUV grid, in array order.
    pub(crate) fn voxels(&self) -> impl Iterator<Item = [usize; 3]> + '_ {
        let min = self.bounds.min;
        self.mask
            .voxels()
            .map(move |v| [0, 1, 2].map(|a| v[a] + min[a]))
    }

    /// Where `depth` lies in the SUV grid; `None` for a focus that was moved off it.
    pub(crate) fn depth_bounds(&self, grid: &Grid) -> Option<IndexBox> {
        let min = grid.voxel_at(self.depth.grid().center_of([0; 3]))?;
        let shape = self.depth.grid().shape();
        let max = [0, 1, 2].map(|a| min[a] + shape[a] - 1);
        Some(IndexBox { min, max })
    }
}
