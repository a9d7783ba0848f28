//! Tracing the descending aorta on a CT without labels.
//!
//! On each slice of the view discs of 14 to 32 mm are laid before and left of the vertebral body.
//! What speaks for a disc is blood inside and something else around it; the path through the
//! slices with the best sum, which moves and widens little, is the aorta where it is firm.

use isoboost_volume::{IndexBox, Volume, distance_outside, resample_trilinear};
use nalgebra::Point3;
use rayon::prelude::*;

use crate::landmarks::Absent;
use crate::recognise::Anatomy;
use crate::spine::SpineAt;

use super::disc::{Disc, RING_MM, Tissue, tissue};

/// Where the trace begins above the level L5/S1 and ends, in mm: the aorta divides some 43 mm above
/// that level, the arch lies some 430 mm above it.
const ABOVE_PROMONTORY_MM: (f64, f64) = (43.0, 450.0);
/// Where the middle of the aorta may lie: left of the spine's middle and behind its front edge, mm.
const LEFT_MM: (f64, f64) = (-14.0, 46.0);
const BEHIND_FRONT_MM: (f64, f64) = (-42.0, 18.0);
/// Radii that are tried, mm; with the wall.
const RADII_MM: [f64; 6] = [7.0, 8.5, 10.0, 12.0, 14.0, 16.0];
/// What PET adds to the CT: it is blurred and noisy, and counts less.
const PET_WEIGHT: f64 = 0.5;
/// Against discs that are far from the spine: per mm of the gap beyond what crura and fat fill.
const GAP_MM: f64 = 8.0;
const GAP_WEIGHT: f64 = 0.02;
/// Against moving by a voxel and changing the radius from one slice to the next.
const MOVE_WEIGHT: f64 = 0.12;
const WIDEN_WEIGHT: f64 = 0.06;
/// Sum over a slice from which the aorta is seen on it, as a mean over this length, mm.
const FIRM: f64 = 0.45;
const FIRM_OVER_MM: f64 = 20.0;
/// A trace that is firm for less than this may be bowel, a node or an iliac artery, mm.
const LEAST_MM: f64 = 80.0;
/// Middle and radius are means over this length, which is finer than voxels, mm.
const SMOOTH_MM: f64 = 16.0;

/// A slice of a vessel: where it is cut and how wide it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VesselSlice {
    /// LPS middle in mm.
    pub center: Point3<f64>,
    /// Radius with the wall, mm.
    pub radius_mm: f64,
}

/// The descending aorta of a CT in which no organ is labelled, from the feet up on slices of the
/// anatomy's overview.
///
/// # Errors
/// [`Absent`] with the reason, when it is not seen over a length that tells it from other tubes.
pub fn trace_aorta(anatomy: &Anatomy, suv: &Volume<f32>) -> Result<Vec<VesselSlice>, Absent> {
    let absent = |why: &str| Absent(why.to_owned());
    let Some(hu) = anatomy.overview.as_ref() else {
        return Err(absent("there is no CT to trace the aorta on"));
    };
    let promontory = anatomy.landmarks.promontory.as_ref().ok().map(|p| p.at.z);
    let low = promontory.map_or(f64::MIN, |z| z + ABOVE_PROMONTORY_MM.0);
    let high = promontory.map_or(f64::MAX, |z| z + ABOVE_PROMONTORY_MM.1);
    let spine = anatomy.spine.iter().filter(|s| s.z >= low && s.z <= high);
    let spine: Vec<SpineAt> = spine.copied().collect();
    let slice_mm = hu.grid().spacing()[0];
    if (spine.len() as f64) * slice_mm < LEAST_MM {
        return Err(Absent(format!(
            "less than {LEAST_MM} mm of the spine above L4 are in the field of view, too little to \
             tell the aorta"
        )));
    }
    let Some(field) = Field::new(anatomy, suv, &spine) else {
        return Err(absent("no spine is seen that the aorta would run along"));
    };
    let scores: Vec<Vec<f32>> = spine.par_iter().map(|at| field.scores(at)).collect();
    let path = field.best_path(&scores);
    let firmness: Vec<f64> = path
        .iter()
        .zip(&scores)
        .map(|(s, all)| all[*s].into())
        .collect();
    let over = (FIRM_OVER_MM / slice_mm / 2.0).round() as usize;
    let firmness = moving_mean(&firmness, over);
    let firm = longest(&firmness, |f| *f >= FIRM);
    let length = firm.len() as f64 * slice_mm;
    if length < LEAST_MM {
        return Err(Absent(format!(
            "no tube of blood runs along the spine for {LEAST_MM} mm (the longest for {length:.0} \
             mm); organs can be given with --labels or --structures"
        )));
    }
    let centers: Vec<[f64; 3]> = path.iter().map(|s| field.place(*s)).collect();
    let over = (SMOOTH_MM / slice_mm / 2.0).round() as usize;
    let [x, y, r] = [0, 1, 2].map(|a| {
        let values: Vec<f64> = centers[firm.clone()].iter().map(|c| c[a]).collect();
        moving_mean(&values, over)
    });
    let slices = firm.enumerate().map(|(n, at)| VesselSlice {
        center: Point3::new(x[n], y[n], spine[at].z),
        radius_mm: r[n],
    });
    Ok(slices.collect())
}

/// The part of the view that is searched, and the discs that are laid on it.
struct Field<'a> {
    anatomy: &'a Anatomy,
    bounds: IndexBox,
    tissue: Vec<Tissue>,
    suv: Vec<f32>,
    /// mm to the nearest bone.
    to_bone: Vec<f32>,
    discs: Vec<Disc>,
    /// Places from front to back and from right to left.
    rows: usize,
    columns: usize,
    /// Voxels of the box around the places.
    border: [usize; 2],
}

impl<'a> Field<'a> {
    fn new(anatomy: &'a Anatomy, suv: &Volume<f32>, spine: &[SpineAt]) -> Option<Self> {
        let hu = anatomy.overview.as_ref()?;
        let bone = anatomy.bone.as_ref()?;
        let grid = hu.grid();
        let [_, dj, di] = grid.spacing();
        let reach = RADII_MM[RADII_MM.len() - 1] + RING_MM.1;
        let corners = spine.iter().flat_map(|s| {
            let z = grid.center_of([s.k, 0, 0]).z;
            [
                (LEFT_MM.0, BEHIND_FRONT_MM.0),
                (LEFT_MM.1, BEHIND_FRONT_MM.1),
            ]
            .map(|(left, behind)| Point3::new(s.x + left, s.front + behind, z))
        });
        let corners: Vec<Point3<f64>> = corners.collect();
        let places = grid.box_around(&corners, 0.0)?;
        let border = [dj, di].map(|d| (reach / d).ceil() as usize);
        let bounds = places.grown([0, border[0], border[1]], grid.shape());
        // A body that ends beside the spine has no room for the ring.
        let cut = (0..2).any(|a| {
            places.min[a + 1] < bounds.min[a + 1] + border[a]
                || bounds.max[a + 1] < places.max[a + 1] + border[a]
        });
        if cut {
            return None;
        }
        let tissue = bounds.voxels().map(|v| tissue(hu[v], bone[v]));
        Some(Self {
            anatomy,
            bounds,
            tissue: tissue.collect(),
            suv: resample_trilinear(suv, &grid.crop(bounds), 0.0)
                .as_slice()
                .to_vec(),
            to_bone: distance_outside(&bone.crop(bounds)).as_slice().to_vec(),
            discs: RADII_MM.iter().map(|r| Disc::new(*r, dj, di)).collect(),
            rows: places.shape()[1],
            columns: places.shape()[2],
            border,
        })
    }

    fn states(&self) -> usize {
        self.rows * self.columns * self.discs.len()
    }

    /// Row, column and radius of a state.
    fn split(&self, state: usize) -> [usize; 3] {
        let n = self.discs.len();
        let place = state / n;
        [place / self.columns, place % self.columns, state % n]
    }

    /// x, y and radius of a state, mm.
    fn place(&self, state: usize) -> [f64; 3] {
        let [row, column, radius] = self.split(state);
        let at = [
            self.bounds.min[0],
            self.bounds.min[1] + self.border[0] + row,
            self.bounds.min[2] + self.border[1] + column,
        ];
        let overview = self.anatomy.overview.as_ref();
        let center = overview.map_or(Point3::origin(), |hu| hu.grid().center_of(at));
        [center.x, center.y, RADII_MM[radius]]
    }

    /// What speaks for each state on a slice; minus infinity where the aorta cannot be.
    fn scores(&self, at: &SpineAt) -> Vec<f32> {
        let [_, nj, ni] = self.bounds.shape();
        let start = (at.k - self.bounds.min[0]) * nj * ni;
        let slice = start..start + nj * ni;
        let tissue = &self.tissue[slice.clone()];
        let suv = &self.suv[slice.clone()];
        let to_bone = &self.to_bone[slice];
        let score = |state: usize| -> f32 {
            let [row, column, radius] = self.split(state);
            let [x, y, mm] = self.place(state);
            let (left, behind) = (x - at.x, y - at.front);
            let possible = left >= LEFT_MM.0
                && left <= LEFT_MM.1
                && behind >= BEHIND_FRONT_MM.0
                && behind <= BEHIND_FRONT_MM.1;
            if !possible {
                return f32::NEG_INFINITY;
            }
            let middle = (row + self.border[0]) * ni + column + self.border[1];
            let disc = self.discs[radius].at(middle, ni);
            let density = disc.of_blood(tissue, Tissue::Plain);
            let density = density.max(disc.of_blood(tissue, Tissue::Enhanced));
            let gap = f64::from(to_bone[middle]) - mm - GAP_MM;
            let sum = density + PET_WEIGHT * disc.of_uptake(suv) - GAP_WEIGHT * gap.max(0.0);
            sum as f32
        };
        (0..self.states()).map(score).collect()
    }

    /// The states, slice by slice, of the path with the best sum.
    fn best_path(&self, scores: &[Vec<f32>]) -> Vec<usize> {
        let n = self.discs.len();
        // Nothing is lost where the aorta is not seen, so that a path may cross such a stretch.
        let gain = |s: f32| if s.is_finite() { s.max(-0.5) } else { -3.0 };
        let mut from: Vec<Vec<u32>> = Vec::with_capacity(scores.len());
        let mut sums: Vec<f32> = Vec::new();
        for slice in scores {
            if sums.is_empty() {
                sums = slice.iter().map(|s| gain(*s)).collect();
                from.push(Vec::new());
                continue;
            }
            let step = |state: usize| -> (f32, u32) {
                let [row, column, radius] = self.split(state);
                let mut best = (f32::NEG_INFINITY, 0);
                for r in row.saturating_sub(1)..=(row + 1).min(self.rows - 1) {
                    for c in column.saturating_sub(1)..=(column + 1).min(self.columns - 1) {
                        for w in radius.saturating_sub(1)..=(radius + 1).min(n - 1) {
                            let other = (r * self.columns + c) * n + w;
                            let moved = r.abs_diff(row) + c.abs_diff(column);
                            let cost = MOVE_WEIGHT * moved as f64
                                + WIDEN_WEIGHT * w.abs_diff(radius) as f64;
                            let sum = sums[other] - cost as f32;
                            if sum > best.0 {
                                best = (sum, other as u32);
                            }
                        }
                    }
                }
                best
            };
            let steps: Vec<(f32, u32)> = (0..self.states()).into_par_iter().map(step).collect();
            sums = steps
                .iter()
                .zip(slice)
                .map(|((sum, _), s)| sum + gain(*s))
                .collect();
            from.push(steps.into_iter().map(|(_, other)| other).collect());
        }
        let last = (0..sums.len()).max_by(|a, b| sums[*a].total_cmp(&sums[*b]));
        let mut state = last.unwrap_or(0);
        let mut path = Vec::with_capacity(scores.len());
        for before in from.iter().rev() {
            path.push(state);
            state = before.get(state).map_or(state, |s| *s as usize);
        }
        path.reverse();
        path
    }
}

fn moving_mean(values: &[f64], reach: usize) -> Vec<f64> {
    let mean = |n: usize| {
        let near = &values[n.saturating_sub(reach)..(n + reach + 1).min(values.len())];
        near.iter().sum::<f64>() / near.len() as f64
    };
    (0..values.len()).map(mean).collect()
}

/// The longest run of values that fulfil a condition.
fn longest(values: &[f64], is: impl Fn(&f64) -> bool) -> std::ops::Range<usize> {
    let mut best = 0..0;
    let mut start = 0;
    for n in 0..=values.len() {
        if n < values.len() && is(&values[n]) {
            continue;
        }
        if n - start > best.len() {
            best = start..n;
        }
        start = n + 1;
    }
    best
}
