//! One focus as several, by seeds.

use std::collections::{BTreeMap, BinaryHeap};

use isoboost_volume::Volume;
use nalgebra::Point3;

use super::regroup::NewBasin;
use super::{EditError, Edited};
use crate::find::Uptake;
use crate::focus::Focus;
use crate::ground::ordered;
use crate::outline::Outline;
use crate::watershed::neighbours;

impl Uptake<'_> {
    /// A focus divided among seeds, LPS in mm, one part for each: its voxels, and the ground below
    /// its outline, are flooded from the seeds, the highest first. The parts have all its voxels
    /// between them.
    ///
    /// # Errors
    /// When a seed lies outside of its outline, or two in one voxel.
    pub fn divided(&self, focus: &Focus, seeds: &[Point3<f64>]) -> Result<Edited, EditError> {
        let seeds = self.seed_voxels(focus, seeds)?;
        let inside: Vec<[usize; 3]> = focus.voxels().collect();
        let own = self.ground_of(focus);
        let mut all: Vec<[usize; 3]> = inside.iter().chain(&own).copied().collect();
        all.sort_unstable();
        all.dedup();
        let labels = flood(self.suv, &all, &seeds);
        let part = |voxels: &[[usize; 3]], n: usize| -> Vec<[usize; 3]> {
            let of_part = voxels.iter().filter(|v| labels.get(*v) == Some(&n));
            of_part.copied().collect()
        };
        let found_at = self.territory_of(focus).map(|t| t.finding_suv);
        let basins = (0..seeds.len()).map(|n| NewBasin {
            voxels: part(&all, n),
            found_at,
        });
        let (map, numbers) = self.regrouped(&[focus.territory], basins.collect());
        let uptake = Uptake::of_map(self.suv, self.surroundings, self.config, map.clone());
        let foci = numbers.iter().enumerate().map(|(n, number)| {
            let voxels = part(&inside, n);
            let contacts =
                self.contacts_of(&voxels, *number, focus.threshold_suv, &uptake.map.ground);
            let outline = Outline {
                contacts,
                ..self.part_of(focus, voxels)
            };
            uptake.focus_of(*number, outline)
        });
        let foci = foci.collect();
        Ok(Edited { map, foci })
    }

    fn seed_voxels(
        &self,
        focus: &Focus,
        seeds: &[Point3<f64>],
    ) -> Result<Vec<[usize; 3]>, EditError> {
        let mut found: Vec<[usize; 3]> = Vec::new();
        for (seed, number) in seeds.iter().zip(1..) {
            let at = [seed.x, seed.y, seed.z];
            let voxel = self.suv.grid().voxel_at(*seed);
            let voxel = voxel.ok_or(EditError::OutsidePet { at })?;
            if !focus.voxels().any(|v| v == voxel) {
                return Err(EditError::SeedOutside { number, at });
            }
            if let Some(first) = found.iter().position(|v| *v == voxel) {
                return Err(EditError::SeedsTogether {
                    first: first + 1,
                    second: number,
                });
            }
            found.push(voxel);
        }
        Ok(found)
    }

    /// The hot ground that a focus was found on.
    pub(super) fn ground_of(&self, focus: &Focus) -> Vec<[usize; 3]> {
        let basin = (focus.territory as usize).checked_sub(1);
        let basin = basin.and_then(|n| self.map.basins.get(n));
        basin.map_or_else(Vec::new, |basin| basin.voxels.clone())
    }

    /// The outline of some of a focus' voxels: what is not among them is as far outside as it was
    /// inside.
    fn part_of(&self, focus: &Focus, voxels: Vec<[usize; 3]>) -> Outline {
        let bounds = focus
            .depth_bounds(self.suv.grid())
            .unwrap_or_else(|| self.suv.grid().full_box());
        let mut depth = focus.depth.map(|d| d.abs().max(f32::MIN_POSITIVE));
        for voxel in &voxels {
            let v = [0, 1, 2].map(|a| voxel[a] - bounds.min[a]);
            depth[v] = focus.depth[v].min(0.0);
        }
        Outline {
            voxels,
            depth,
            depth_bounds: bounds,
            threshold_suv: focus.threshold_suv,
            rule: focus.rule.clone(),
            notes: focus.notes.clone(),
            fell_back: focus.fell_back,
            contacts: Vec::new(),
            agreement: None,
        }
    }
}

/// Which seed each voxel belongs to: flooded from the highest voxel down; what no flood reaches
/// belongs to the nearest seed.
fn flood(
    suv: &Volume<f32>,
    voxels: &[[usize; 3]],
    seeds: &[[usize; 3]],
) -> BTreeMap<[usize; 3], usize> {
    let shape = suv.grid().shape();
    let mut labels: BTreeMap<[usize; 3], usize> = BTreeMap::new();
    // Voxels by SUV, then by their order in the array, the first ones first.
    let mut queue = BinaryHeap::new();
    let is_free = |labels: &BTreeMap<[usize; 3], usize>, v: &[usize; 3]| {
        !labels.contains_key(v) && voxels.binary_search(v).is_ok()
    };
    let entry = |v: [usize; 3], label: usize| {
        (
            ordered(suv[v]),
            std::cmp::Reverse(v),
            std::cmp::Reverse(label),
        )
    };
    for (n, seed) in seeds.iter().enumerate() {
        labels.insert(*seed, n);
    }
    for (n, seed) in seeds.iter().enumerate() {
        let free = neighbours(*seed, shape).filter(|v| is_free(&labels, v));
        queue.extend(free.map(|v| entry(v, n)));
    }
    while let Some((_, std::cmp::Reverse(voxel), std::cmp::Reverse(label))) = queue.pop() {
        if labels.contains_key(&voxel) {
            continue;
        }
        labels.insert(voxel, label);
        let free = neighbours(voxel, shape).filter(|v| is_free(&labels, v));
        queue.extend(free.map(|v| entry(v, label)));
    }
    let left: Vec<[usize; 3]> = voxels
        .iter()
        .filter(|v| !labels.contains_key(*v))
        .copied()
        .collect();
    let grid = suv.grid();
    for voxel in left {
        let mm = |seed: &[usize; 3]| (grid.center_of(*seed) - grid.center_of(voxel)).norm();
        let nearest = (0..seeds.len()).min_by(|a, b| mm(&seeds[*a]).total_cmp(&mm(&seeds[*b])));
        labels.insert(voxel, nearest.unwrap_or_default());
    }
    labels
}
