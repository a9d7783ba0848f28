//! Growing from the maximum of a focus.

use std::collections::VecDeque;

use crate::focus::Contact;
use crate::watershed::neighbours;

use super::Territory;

/// Share of an outline that may lie in an organ beyond the hot ground of the focus: organs are drawn
/// about a PET voxel too wide or too narrow.
const SHARE_IN_ORGAN: f64 = 0.1;

/// What growing came to.
pub(super) struct Grown {
    /// In array order.
    pub(super) voxels: Vec<[usize; 3]>,
    /// What bounds it, in the order of their numbers.
    pub(super) contacts: Vec<Contact>,
    /// Whether it would have gone on beyond the growth limit.
    pub(super) leaks: bool,
    /// The organ that it grew into.
    pub(super) enters: Option<String>,
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

/// The voxels connected to the maximum at or above a threshold.
pub(super) fn grow(territory: &Territory<'_>, threshold: f64) -> Grown {
    grow_where(territory, |voxel| {
        f64::from(territory.suv[voxel]) >= threshold
    })
}

/// The voxels connected to the maximum that `is_inside`, never on another focus' ground and never
/// further from the focus than the growth limit on any axis of the grid. The maximum is always
/// among them.
pub(super) fn grow_where(
    territory: &Territory<'_>,
    is_inside: impl Fn([usize; 3]) -> bool,
) -> Grown {
    let suv = territory.suv;
    let shape = suv.grid().shape();
    let reach = territory.reach();
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
        enters: None,
    };
    let mut queue = VecDeque::from([territory.max_voxel]);
    visited[place(territory.max_voxel)] = true;
    while let Some(voxel) = queue.pop_front() {
        grown.voxels.push(voxel);
        for next in neighbours(voxel, shape) {
            if !is_inside(next) {
                continue;
            }
            let other = territory.ground.of(next);
            if other != 0 && other != territory.number {
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
    grown.enters = organ_entered(territory, &grown.voxels);
    grown
}

/// The organ that holds too much of an outline beyond the ground where the focus was found, unless
/// the focus itself lies in it.
fn organ_entered(territory: &Territory<'_>, voxels: &[[usize; 3]]) -> Option<String> {
    let (grid, surroundings) = (territory.suv.grid(), territory.surroundings);
    if surroundings.organs.is_empty() {
        return None;
    }
    let home = surroundings.organ_at(grid.center_of(territory.max_voxel));
    let beyond = voxels
        .iter()
        .filter(|v| territory.ground.hot(**v) != territory.number);
    let entered: Vec<&str> = beyond
        .filter_map(|v| surroundings.organ_at(grid.center_of(*v)))
        .filter(|organ| Some(*organ) != home)
        .collect();
    let limit = SHARE_IN_ORGAN * voxels.len() as f64;
    (entered.len() as f64 > limit).then(|| {
        entered
            .first()
            .map_or_else(String::new, |o| (*o).to_owned())
    })
}
