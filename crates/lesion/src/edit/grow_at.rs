//! A focus at a place where none was found.

use std::collections::{BTreeSet, VecDeque};

use nalgebra::Point3;

use super::regroup::NewBasin;
use super::{EditError, Edited};
use crate::config::Delineation;
use crate::find::Uptake;
use crate::focus::Focus;
use crate::watershed::neighbours;

/// The maximum is looked for this near to the place, mm, and from there uphill; further away than
/// `CLIMB_MM` lies something else than what was pointed at.
const AROUND_MM: f64 = 4.0;
const CLIMB_MM: f64 = 15.0;
/// Shares of the maximum at which uptake is taken to hang together, the first at which it stays
/// within `REACH_MM` of the maximum.
const SHARES: [f64; 5] = [0.5, 0.6, 0.7, 0.8, 0.9];
const REACH_MM: f64 = 30.0;

impl Uptake<'_> {
    /// The focus at a place, LPS in mm, outlined by a rule: uptake that was found there and belongs
    /// to none of the `known` foci, or else what hangs together around the nearest maximum. Ground
    /// inside the outlines of known foci stays theirs.
    ///
    /// # Errors
    /// When the place lies outside of the PET or in a known outline, when the uptake does not stand
    /// out, and when the rule draws nothing.
    pub fn grown_at(
        &self,
        at: Point3<f64>,
        rule: &Delineation,
        known: &[&Focus],
    ) -> Result<Edited, EditError> {
        let voxel = self.suv.grid().voxel_at(at);
        let voxel = voxel.ok_or(EditError::OutsidePet {
            at: [at.x, at.y, at.z],
        })?;
        if let Some(focus) = known.iter().position(|f| f.voxels().any(|v| v == voxel)) {
            return Err(EditError::Taken { focus });
        }
        let territory = self.map.ground.hot(voxel);
        let is_known = known.iter().any(|f| f.territory == territory);
        if territory != 0 && !is_known {
            return self.as_it_was_found(territory, rule);
        }
        let taken: BTreeSet<[usize; 3]> = known.iter().flat_map(|f| f.voxels()).collect();
        let max = self.climb(voxel, &taken);
        let suv = f64::from(self.suv[max]);
        let hangs_together = SHARES.iter().find_map(|share| {
            let level = share * suv;
            Some((self.connected(max, level, &taken)?, level))
        });
        let Some((voxels, level)) = hangs_together.filter(|_| suv > 0.0) else {
            return Err(EditError::NoFocus { suv });
        };
        let basin = NewBasin {
            voxels,
            found_at: Some(level),
        };
        let (map, numbers) = self.regrouped(&[], vec![basin]);
        let uptake = Uptake::of_map(self.suv, self.surroundings, self.config, map);
        uptake.as_it_was_found(numbers.first().copied().unwrap_or_default(), rule)
    }

    /// The focus of a territory.
    fn as_it_was_found(&self, number: u32, rule: &Delineation) -> Result<Edited, EditError> {
        let basin = (number as usize).checked_sub(1);
        let basin = basin.and_then(|n| self.map.basins.get(n));
        let basin = basin.filter(|basin| !basin.voxels.is_empty());
        let Some(basin) = basin else {
            return Err(EditError::NoFocus { suv: 0.0 });
        };
        let focus = self.focus(number, basin, rule);
        Ok(Edited {
            map: self.map.clone(),
            foci: vec![focus],
        })
    }

    /// The maximum that a place belongs to, outside of what is taken.
    fn climb(&self, from: [usize; 3], taken: &BTreeSet<[usize; 3]>) -> [usize; 3] {
        let grid = self.suv.grid();
        let start = grid.center_of(from);
        let mm = |v: [usize; 3]| (grid.center_of(v) - start).norm();
        let higher = |best: [usize; 3], v: [usize; 3]| {
            if self.suv[v] > self.suv[best] {
                v
            } else {
                best
            }
        };
        let around = grid.box_around(&[start], AROUND_MM);
        let around = around.into_iter().flat_map(|bounds| bounds.voxels());
        let near = around.filter(|v| mm(*v) <= AROUND_MM && !taken.contains(v));
        let mut here = near.fold(from, higher);
        loop {
            let next = neighbours(here, grid.shape())
                .filter(|v| !taken.contains(v) && mm(*v) <= CLIMB_MM)
                .fold(here, higher);
            if next == here {
                return here;
            }
            here = next;
        }
    }

    /// What hangs together with a voxel from a level on, in array order; `None` where it reaches too
    /// far.
    fn connected(
        &self,
        from: [usize; 3],
        level: f64,
        taken: &BTreeSet<[usize; 3]>,
    ) -> Option<Vec<[usize; 3]>> {
        let grid = self.suv.grid();
        let middle = grid.center_of(from);
        let mut seen = BTreeSet::from([from]);
        let mut queue = VecDeque::from([from]);
        while let Some(voxel) = queue.pop_front() {
            if (grid.center_of(voxel) - middle).norm() > REACH_MM {
                return None;
            }
            for next in neighbours(voxel, grid.shape()) {
                let belongs = f64::from(self.suv[next]) >= level && !taken.contains(&next);
                if belongs && seen.insert(next) {
                    queue.push_back(next);
                }
            }
        }
        Some(seen.into_iter().collect())
    }

    /// A focus outlined by another rule.
    ///
    /// # Errors
    /// When the rule does not hold for it, with why.
    pub fn redrawn(&self, focus: &Focus, rule: &Delineation) -> Result<Focus, EditError> {
        let drawn = self.outlined(focus, rule);
        if drawn.fell_back {
            let note = drawn.notes.first().map_or("", String::as_str);
            let why = note.split("; outlined").next().unwrap_or(note);
            return Err(EditError::NoOutline(why.to_owned()));
        }
        Ok(drawn)
    }
}
