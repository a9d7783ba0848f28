//! Growing from the maximum of a focus down to a threshold.

use std::collections::VecDeque;

use crate::focus::Contact;
use crate::watershed::neighbours;

use super::Territory;

/// What growing came to.
pub(super) struct Grown {
    /// In array order.
    pub(super) voxels: Vec<[usize; 3]>,
    /// What bounds it, in the order of their numbers.
    pub(super) contacts: Vec<Contact>,
    /// Whether it would have gone on beyond the growth limit.
    pub(super) leaks: bool,
}

impl Grown {
    fn meet(&mut self, territory: u32, saddle_suv: f64) {
        let place = self.contacts.partition_point(|c| c.territory < territory);
        match self.contacts.get_mut(place) {
            Some(known) if known.territory == territory => {
                known.saddle_suv = known.saddle_suv.max(saddle_suv);
            }
            _ => self.contacts.insert(
                place,
                Contact {
                    territory,
                    saddle_suv,
                },
            ),
        }
    }
}

/// The voxels connected to the maximum at or above a threshold, never on another focus' ground and
/// never further from the focus than the growth limit on any axis of the grid.
pub(super) fn grow(territory: &Territory<'_>, threshold: f64) -> Grown {
    let Territory {
        suv,
        ground,
        number,
        bounds,
        max_voxel,
        growth_limit_mm,
        ..
    } = territory;
    let shape = suv.grid().shape();
    let steps = suv
        .grid()
        .spacing()
        .map(|s| (growth_limit_mm / s).floor() as usize);
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
        contacts: Vec::new(),
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
            let other = ground.of(next);
            if other != 0 && other != *number {
                grown.meet(other, f64::from(suv[voxel].min(suv[next])));
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
