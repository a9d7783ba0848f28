//! Splitting one region of uptake into its foci.

use std::collections::BTreeSet;

use isoboost_volume::{IndexBox, Mask, Volume};

use crate::config::Splitting;
use crate::refine::halved;

/// The highest voxel of a basin.
#[derive(Debug, Clone, Copy)]
struct Peak {
    suv: f32,
    /// Its place in the array of the frame.
    place: usize,
}

impl Splitting {
    /// Whether a basin that meets a higher one at the saddle is a focus of its own.
    fn separates(self, lower: Peak, higher: Peak, saddle: f32, frame: &Frame) -> bool {
        let fall = f64::from(lower.suv - saddle);
        fall >= self.suv
            && fall >= self.share * f64::from(lower.suv)
            && frame.distance_mm(lower.place, higher.place) >= self.distance_mm
    }
}

/// Divides the voxels of a region, `inside`, into basins around its prominent maxima and those
/// among `own`, which stay by themselves; a region with one maximum is one basin. Basins are numbered by the height of their maximum.
pub(crate) fn split(
    suv: &Volume<f32>,
    bounds: IndexBox,
    inside: impl Fn([usize; 3]) -> bool,
    own: &BTreeSet<[usize; 3]>,
    rule: Splitting,
) -> Vec<Vec<[usize; 3]>> {
    let voxels: Vec<[usize; 3]> = bounds.voxels().filter(|v| inside(*v)).collect();
    if has_one_maximum(suv, &voxels) {
        return vec![voxels];
    }
    let Ok(fine) = halved(suv, bounds) else {
        return vec![voxels];
    };
    let at = |v: &[usize; 3]| [0, 1, 2].map(|a| 2 * (v[a] - bounds.min[a]));
    let mut near = Mask::empty(fine.grid().clone());
    for voxel in &voxels {
        let here = IndexBox {
            min: at(voxel),
            max: at(voxel),
        };
        for next in here.grown([1; 3], fine.grid().shape()).voxels() {
            near[next] = true;
        }
    }
    let own: BTreeSet<[usize; 3]> = voxels.iter().filter(|v| own.contains(*v)).map(at).collect();
    let basin_of = flood(&fine, &near, &own, rule);
    let n_basins = basin_of.as_slice().iter().copied().max().unwrap_or(0);
    let mut basins = vec![Vec::new(); n_basins as usize];
    for voxel in voxels {
        if let Some(basin) = basin_of[at(&voxel)].checked_sub(1) {
            basins[basin as usize].push(voxel);
        }
    }
    // A maximum between voxels that none of them belongs to is none of theirs.
    basins.retain(|voxels| !voxels.is_empty());
    basins
}

/// Whether a single voxel is not below any of its neighbours: no way to split.
fn has_one_maximum(suv: &Volume<f32>, voxels: &[[usize; 3]]) -> bool {
    let shape = suv.grid().shape();
    let is_maximum = |v: &&[usize; 3]| neighbours(**v, shape).all(|n| suv[n] <= suv[**v]);
    voxels.iter().filter(is_maximum).take(2).count() < 2
}

/// The basin of each voxel of a region from 1, 0 outside.
///
/// Voxels are flooded from the highest down. One that touches no basin founds one; where two
/// basins meet, the lower one is joined to the higher unless its maximum stands out above the
/// meeting point (watershed by topological persistence: no markers, no smoothing, and each saddle
/// is judged where it is).
fn flood(
    suv: &Volume<f32>,
    inside: &Mask,
    own: &BTreeSet<[usize; 3]>,
    rule: Splitting,
) -> Volume<u32> {
    let frame = Frame::new(suv.grid().full_box(), suv.grid().spacing());
    let mut values = vec![0.0_f32; frame.len()];
    let mut order: Vec<usize> = Vec::new();
    for voxel in inside.voxels() {
        let place = frame.place(voxel);
        values[place] = suv[voxel];
        order.push(place);
    }
    // A stable sort: equal voxels keep their order in the array.
    order.sort_by(|a, b| values[*b].total_cmp(&values[*a]));
    let own: BTreeSet<usize> = own.iter().map(|voxel| frame.place(*voxel)).collect();
    let mut basin_of = vec![0_u32; frame.len()];
    let mut basins = Basins::default();
    for here in order {
        let mut touching = Touching::default();
        // A voxel belongs to whom it climbs to: the basin of its highest neighbour.
        let mut uphill: Option<(f32, u32)> = None;
        for step in frame.steps {
            let there = here.wrapping_add_signed(step);
            let Some(basin) = basin_of[there].checked_sub(1) else {
                continue;
            };
            touching.add(basins.root(basin as usize));
            if uphill.is_none_or(|(highest, _)| values[there] >= highest) {
                uphill = Some((values[there], basin));
            }
        }
        let value = values[here];
        let basin = match (touching.roots(), uphill) {
            ([highest, lower @ ..], Some((_, uphill))) => {
                for lower in lower {
                    let (low, high) = (basins.peak[*lower], basins.peak[*highest]);
                    if !basins.own[*lower] && !rule.separates(low, high, value, &frame) {
                        basins.parent[*lower] = *highest;
                    }
                }
                basins.root(uphill as usize)
            }
            _ => basins.found(Peak {
                suv: value,
                place: here,
            }),
        };
        // Between voxel centres the maximum itself was flooded before.
        basins.own[basin] |= own.contains(&here);
        basin_of[here] = basin as u32 + 1;
    }
    let numbers = number(&basin_of, &mut basins);
    Volume::from_fn(suv.grid().clone(), |voxel| numbers[frame.place(voxel)])
}

/// The box of a region with a border of one voxel, so that each voxel has 26 neighbours.
struct Frame {
    bounds: IndexBox,
    side: [usize; 3],
    spacing: [f64; 3],
    /// The way to each neighbour in the array, in array order.
    steps: [isize; 26],
}

impl Frame {
    fn new(bounds: IndexBox, spacing: [f64; 3]) -> Self {
        let side = bounds.shape().map(|n| n + 2);
        let slice = (side[1] * side[2]) as isize;
        let row = side[2] as isize;
        let mut steps = [0; 26];
        let around = (0..27_isize).filter(|n| *n != 13);
        for (step, n) in steps.iter_mut().zip(around) {
            *step = (n / 9 - 1) * slice + (n / 3 % 3 - 1) * row + n % 3 - 1;
        }
        Self {
            bounds,
            side,
            spacing,
            steps,
        }
    }

    fn len(&self) -> usize {
        self.side.iter().product()
    }

    /// Between the centres of two voxels.
    fn distance_mm(&self, a: usize, b: usize) -> f64 {
        let [_, nj, ni] = self.side;
        let index = |n: usize| [n / (nj * ni), n / ni % nj, n % ni];
        let (a, b) = (index(a), index(b));
        (0..3)
            .map(|axis| (a[axis].abs_diff(b[axis]) as f64 * self.spacing[axis]).powi(2))
            .sum::<f64>()
            .sqrt()
    }

    fn place(&self, voxel: [usize; 3]) -> usize {
        let [k, j, i] = [0, 1, 2].map(|a| voxel[a] - self.bounds.min[a] + 1);
        (k * self.side[1] + j) * self.side[2] + i
    }
}

/// The basins that a voxel touches, each once, in the order of their founding: the lowest number
/// is the highest basin.
#[derive(Default)]
struct Touching {
    roots: [usize; 26],
    n: usize,
}

impl Touching {
    fn add(&mut self, root: usize) {
        let place = self.roots().partition_point(|known| *known < root);
        if self.roots().get(place) == Some(&root) {
            return;
        }
        self.roots.copy_within(place..self.n, place + 1);
        self.roots[place] = root;
        self.n += 1;
    }

    fn roots(&self) -> &[usize] {
        &self.roots[..self.n]
    }
}

/// Basins as a forest: a basin that was joined points to the one it belongs to.
#[derive(Debug, Default)]
struct Basins {
    parent: Vec<usize>,
    peak: Vec<Peak>,
    /// Whether it stays by itself.
    own: Vec<bool>,
}

impl Basins {
    fn found(&mut self, peak: Peak) -> usize {
        self.parent.push(self.parent.len());
        self.peak.push(peak);
        self.own.push(false);
        self.parent.len() - 1
    }

    fn root(&self, mut basin: usize) -> usize {
        while self.parent[basin] != basin {
            basin = self.parent[basin];
        }
        basin
    }
}

/// Renumbers the basins that are left from 1, in the order of their founding.
fn number(basin_of: &[u32], basins: &mut Basins) -> Vec<u32> {
    let mut number_of = vec![0_u32; basins.parent.len()];
    let mut n = 0;
    for basin in 0..basins.parent.len() {
        if basins.root(basin) == basin {
            n += 1;
            number_of[basin] = n;
        }
    }
    let numbered = basin_of.iter().map(|basin| match basin.checked_sub(1) {
        Some(basin) => number_of[basins.root(basin as usize)],
        None => 0,
    });
    numbered.collect()
}

/// The up to 26 neighbours inside an array of `shape`.
pub(crate) fn neighbours(voxel: [usize; 3], shape: [usize; 3]) -> impl Iterator<Item = [usize; 3]> {
    let around = IndexBox {
        min: voxel,
        max: voxel,
    };
    around
        .grown([1; 3], shape)
        .voxels()
        .filter(move |v| *v != voxel)
}
