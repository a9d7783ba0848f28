//! Whose ground a voxel is: the hot voxels of each territory, and below the finding threshold what
//! slopes down from it.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use isoboost_volume::{IndexBox, Volume};

use crate::watershed::neighbours;

/// Set in the number of a voxel that is not hot itself.
const SLOPE: u32 = 1 << 31;

/// The territory of each voxel, by numbers from 1.
#[derive(Debug)]
pub(crate) struct Ground {
    owner: Volume<u32>,
}

/// A voxel on the slope of a territory, waiting for its turn.
#[derive(Debug, PartialEq)]
struct Waiting {
    suv: f32,
    voxel: [usize; 3],
}

impl Eq for Waiting {}

impl Ord for Waiting {
    /// Highest first; equal ones in the order of the array.
    fn cmp(&self, other: &Self) -> Ordering {
        let by_suv = self.suv.total_cmp(&other.suv);
        by_suv.then_with(|| other.voxel.cmp(&self.voxel))
    }
}

impl PartialOrd for Waiting {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ground {
    /// The hot voxels of territories, and the slopes between those whose outlines may meet: an
    /// outline reaches `steps` voxels beyond the box of its territory at most.
    ///
    /// The slopes are divided by flooding from the highest voxel down, as the hot ground is, so
    /// that outlines below the finding threshold neither overlap nor climb a neighbour's flank.
    pub(crate) fn new(
        hot: Volume<u32>,
        territories: &[IndexBox],
        suv: &Volume<f32>,
        steps: [usize; 3],
    ) -> Self {
        let shape = suv.grid().shape();
        let reaches: Vec<IndexBox> = territories.iter().map(|b| b.grown(steps, shape)).collect();
        let has_neighbour = |n: usize| {
            let others = reaches.iter().enumerate().filter(|(other, _)| *other != n);
            others
                .into_iter()
                .any(|(_, other)| other.intersection(&reaches[n]).is_some())
        };
        let mut ground = Self { owner: hot };
        let mut queue = BinaryHeap::new();
        let mut queued = Volume::filled(suv.grid().clone(), false);
        for (n, bounds) in territories.iter().enumerate() {
            if !has_neighbour(n) {
                continue;
            }
            for voxel in bounds.voxels().filter(|v| ground.owner[*v] == n as u32 + 1) {
                ground.wait_around(voxel, &reaches[n], suv, &mut queued, &mut queue);
            }
        }
        while let Some(Waiting { voxel, .. }) = queue.pop() {
            let owner = ground.uphill_of(voxel, suv);
            ground.owner[voxel] = owner | SLOPE;
            let reach = reaches[owner as usize - 1];
            ground.wait_around(voxel, &reach, suv, &mut queued, &mut queue);
        }
        ground
    }

    fn wait_around(
        &self,
        voxel: [usize; 3],
        reach: &IndexBox,
        suv: &Volume<f32>,
        queued: &mut Volume<bool>,
        queue: &mut BinaryHeap<Waiting>,
    ) {
        for next in neighbours(voxel, suv.grid().shape()) {
            if self.owner[next] == 0 && !queued[next] && reach.contains(next) {
                queued[next] = true;
                queue.push(Waiting {
                    suv: suv[next],
                    voxel: next,
                });
            }
        }
    }

    /// The territory of the highest neighbour that has one: there is one for every voxel that
    /// waits.
    fn uphill_of(&self, voxel: [usize; 3], suv: &Volume<f32>) -> u32 {
        let owned = neighbours(voxel, suv.grid().shape())
            .filter(|next| self.owner[*next] != 0)
            .reduce(|best, next| if suv[next] > suv[best] { next } else { best });
        owned.map_or(0, |next| self.of(next))
    }

    /// The territory that a voxel belongs to or slopes down from; 0 where there is none or none
    /// could be reached by another's outline.
    pub(crate) fn of(&self, voxel: [usize; 3]) -> u32 {
        self.owner[voxel] & !SLOPE
    }

    /// The hot ground alone.
    pub(crate) fn into_hot(mut self) -> Volume<u32> {
        for owner in self.owner.as_mut_slice() {
            if *owner & SLOPE != 0 {
                *owner = 0;
            }
        }
        self.owner
    }

    /// The territory whose hot ground a voxel is; 0 below the finding threshold.
    pub(crate) fn hot(&self, voxel: [usize; 3]) -> u32 {
        let owner = self.owner[voxel];
        if owner & SLOPE == 0 { owner } else { 0 }
    }
}
