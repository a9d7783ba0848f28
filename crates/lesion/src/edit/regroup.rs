//! Dividing the hot ground of a PET otherwise.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::find::{Basin, Uptake, UptakeMap};
use crate::outline::box_of;

/// A territory to be made.
pub(super) struct NewBasin {
    /// In array order.
    pub(super) voxels: Vec<[usize; 3]>,
    /// SUVbw from which they belong together, where it is not the finding threshold.
    pub(super) found_at: Option<f64>,
}

impl Uptake<'_> {
    /// The map with new territories, whose numbers come back in their order; `retired` ones lose all
    /// their ground, and others what the new ones take.
    pub(super) fn regrouped(&self, retired: &[u32], parts: Vec<NewBasin>) -> (UptakeMap, Vec<u32>) {
        let mut map = self.map.clone();
        let ground = Arc::make_mut(&mut map.ground);
        let basins = Arc::make_mut(&mut map.basins);
        for number in retired {
            ground.clear_slopes(*number);
        }
        let mut shrunk: BTreeSet<u32> = retired.iter().copied().collect();
        let mut numbers = Vec::new();
        for part in parts {
            let number = basins.len() as u32 + 1;
            shrunk.extend(part.voxels.iter().map(|v| ground.hot(*v)));
            ground.give(&part.voxels, number);
            basins.push(Basin {
                found_at: part.found_at,
                ..Basin::of(part.voxels)
            });
            numbers.push(number);
        }
        for number in shrunk {
            let Some(basin) = number
                .checked_sub(1)
                .and_then(|n| basins.get_mut(n as usize))
            else {
                continue;
            };
            if retired.contains(&number) {
                ground.leave(&basin.voxels, number);
            }
            basin.voxels.retain(|v| ground.hot(*v) == number);
            basin.bounds = box_of(&basin.voxels);
        }
        self.flood_around(&mut map, &numbers);
        (map, numbers)
    }

    /// Divides the slopes around new territories between them and their neighbours.
    fn flood_around(&self, map: &mut UptakeMap, numbers: &[u32]) {
        let steps = self.growth_steps();
        let shape = self.suv.grid().shape();
        let boxes: Vec<_> = map.basins.iter().map(|basin| basin.bounds).collect();
        let reach = |number: u32| boxes[number as usize - 1].grown(steps, shape);
        let near = |number: u32| {
            let mut new = numbers.iter();
            new.any(|n| *n == number || reach(*n).intersection(&reach(number)).is_some())
        };
        Arc::make_mut(&mut map.ground).add_slopes(&boxes, &near, self.suv, steps);
    }
}
