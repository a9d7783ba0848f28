//! Whose ground a voxel is: the hot voxels of each territory, and below the finding threshold what
//! slopes down from it.

use std::collections::BinaryHeap;

use isoboost_volume::{IndexBox, Volume};

/// Set in the number of a voxel that is not hot itself.
const SLOPE: u32 = 1 << 31;

/// The territory of each voxel, by numbers from 1.
#[derive(Debug, Clone)]
pub(crate) struct Ground {
    owner: Volume<u32>,
}

impl Ground {
    /// The hot voxels alone: enough for outlines above the finding threshold.
    pub(crate) fn hot_only(hot: Volume<u32>) -> Self {
        Self { owner: hot }
    }

    /// Adds the slopes between those territories whose outlines may meet: an outline reaches `steps`
    /// voxels beyond the box of its territory at most. Only territories that are `wanted`, by their
    /// numbers, flood ground that nobody has.
    ///
    /// The slopes are divided by flooding from the highest voxel down, as the hot ground is, so
    /// that outlines below the finding threshold neither overlap nor climb a neighbour's flank.
    pub(crate) fn add_slopes(
        &mut self,
        territories: &[IndexBox],
        wanted: &dyn Fn(u32) -> bool,
        suv: &Volume<f32>,
        steps: [usize; 3],
    ) {
        let shape = suv.grid().shape();
        let reaches: Vec<IndexBox> = territories.iter().map(|b| b.grown(steps, shape)).collect();
        let has_neighbour = |n: usize| {
            let mut others = reaches.iter().enumerate().filter(|(other, _)| *other != n);
            others.any(|(_, other)| other.intersection(&reaches[n]).is_some())
        };
        let mut flood = Flood {
            suv: suv.as_slice(),
            owner: self.owner.as_mut_slice(),
            shape,
            queued: vec![false; suv.grid().voxel_count()],
            queue: BinaryHeap::new(),
        };
        for (n, bounds) in territories.iter().enumerate() {
            let number = n as u32 + 1;
            if !wanted(number) || !has_neighbour(n) {
                continue;
            }
            for voxel in bounds.voxels() {
                let place = flood.place(voxel);
                if flood.owner[place] == number {
                    flood.wait_around(place, &reaches[n]);
                }
            }
        }
        flood.run(&reaches);
    }

    /// Leaves the slopes of a territory to whoever floods them next.
    pub(crate) fn clear_slopes(&mut self, number: u32) {
        for owner in self.owner.as_mut_slice() {
            if *owner == number | SLOPE {
                *owner = 0;
            }
        }
    }

    /// The territory that a voxel belongs to or slopes down from; 0 where there is none or none
    /// could be reached by another's outline.
    pub(crate) fn of(&self, voxel: [usize; 3]) -> u32 {
        self.owner[voxel] & !SLOPE
    }

    /// Hands hot voxels to another territory.
    pub(crate) fn give(&mut self, voxels: &[[usize; 3]], number: u32) {
        for voxel in voxels {
            self.owner[*voxel] = number;
        }
    }

    /// Leaves hot voxels that a territory still has to nobody.
    pub(crate) fn leave(&mut self, voxels: &[[usize; 3]], number: u32) {
        for voxel in voxels {
            if self.owner[*voxel] == number {
                self.owner[*voxel] = 0;
            }
        }
    }

    /// The territory whose hot ground a voxel is; 0 below the finding threshold.
    pub(crate) fn hot(&self, voxel: [usize; 3]) -> u32 {
        let owner = self.owner[voxel];
        if owner & SLOPE == 0 { owner } else { 0 }
    }
}

/// Flooding the slopes, all voxels by their place in the array.
struct Flood<'a> {
    suv: &'a [f32],
    owner: &'a mut [u32],
    shape: [usize; 3],
    queued: Vec<bool>,
    /// Voxels by SUV and place in one number: highest first, equal ones in the order of the array.
    queue: BinaryHeap<u64>,
}

impl Flood<'_> {
    fn run(&mut self, reaches: &[IndexBox]) {
        while let Some(key) = self.queue.pop() {
            let place = (!key & u64::from(u32::MAX)) as usize;
            // One that waits has a neighbour with an owner: whom it climbs to has it.
            let mut uphill = (f32::NEG_INFINITY, 0);
            for next in Around::new(self.shape, place) {
                let (value, owner) = (self.suv[next], self.owner[next] & !SLOPE);
                if owner != 0 && (uphill.1 == 0 || value > uphill.0) {
                    uphill = (value, owner);
                }
            }
            if uphill.1 == 0 {
                continue;
            }
            self.owner[place] = uphill.1 | SLOPE;
            self.wait_around(place, &reaches[uphill.1 as usize - 1]);
        }
    }

    fn wait_around(&mut self, place: usize, reach: &IndexBox) {
        for next in Around::new(self.shape, place) {
            if self.owner[next] == 0 && !self.queued[next] && reach.contains(self.voxel(next)) {
                self.queued[next] = true;
                let key = u64::from(ordered(self.suv[next])) << 32;
                self.queue.push(key | u64::from(!(next as u32)));
            }
        }
    }

    fn place(&self, [k, j, i]: [usize; 3]) -> usize {
        (k * self.shape[1] + j) * self.shape[2] + i
    }

    fn voxel(&self, place: usize) -> [usize; 3] {
        let [_, nj, ni] = self.shape;
        [place / (nj * ni), place / ni % nj, place % ni]
    }
}

/// The bits of a value in the order of the values.
pub(crate) fn ordered(value: f32) -> u32 {
    let bits = value.to_bits();
    if bits >> 31 == 0 {
        bits | 1 << 31
    } else {
        !bits
    }
}

/// The places of the up to 26 neighbours, in the order of the array.
struct Around {
    low: [usize; 3],
    high: [usize; 3],
    at: [usize; 3],
    here: usize,
    nj: usize,
    ni: usize,
}

impl Around {
    fn new([nk, nj, ni]: [usize; 3], here: usize) -> Self {
        let voxel = [here / (nj * ni), here / ni % nj, here % ni];
        let low = voxel.map(|n| n.saturating_sub(1));
        let high = [
            (voxel[0] + 1).min(nk - 1),
            (voxel[1] + 1).min(nj - 1),
            (voxel[2] + 1).min(ni - 1),
        ];
        Self {
            low,
            high,
            at: low,
            here,
            nj,
            ni,
        }
    }
}

impl Iterator for Around {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        loop {
            let [k, j, i] = self.at;
            if k > self.high[0] {
                return None;
            }
            self.at = if i < self.high[2] {
                [k, j, i + 1]
            } else if j < self.high[1] {
                [k, j + 1, self.low[2]]
            } else {
                [k + 1, self.low[1], self.low[2]]
            };
            let place = (k * self.nj + j) * self.ni + i;
            if place != self.here {
                return Some(place);
            }
        }
    }
}
