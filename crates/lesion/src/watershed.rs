//! Splitting one region of uptake into its foci.

use std::collections::BTreeSet;

use isoboost_volume::{IndexBox, Volume};

use crate::config::Splitting;

impl Splitting {
    fn is_reached(self, peak: f32, saddle: f32) -> bool {
        let fall = f64::from(peak - saddle);
        fall >= self.suv && fall >= self.share * f64::from(peak)
    }
}

/// Divides the voxels of a region, `inside`, into basins around its prominent maxima.
///
/// Voxels are flooded from the highest down. One that touches no basin founds one; where two
/// basins meet, the lower one is joined to the higher unless its maximum stands out above the
/// meeting point (watershed by topological persistence: no markers, no smoothing, and each saddle
/// is judged where it is) or is among `own`, which stay by themselves. Returns the basin of each
/// voxel of `bounds` from 1, 0 outside, and the number of basins; basins are numbered by the height
/// of their maximum.
pub(crate) fn split(
    suv: &Volume<f32>,
    bounds: IndexBox,
    inside: impl Fn([usize; 3]) -> bool,
    own: &BTreeSet<[usize; 3]>,
    rule: Splitting,
) -> (Vec<u32>, usize) {
    let frame = Frame::new(bounds);
    let mut values = vec![0.0_f32; frame.len()];
    let mut order: Vec<usize> = Vec::new();
    let mut own_places = BTreeSet::new();
    for voxel in bounds.voxels().filter(|v| inside(*v)) {
        let place = frame.place(voxel);
        values[place] = suv[voxel];
        order.push(place);
        if own.contains(&voxel) {
            own_places.insert(place);
        }
    }
    // A stable sort: equal voxels keep their order in the array.
    order.sort_by(|a, b| values[*b].total_cmp(&values[*a]));
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
                    if !basins.own[*lower] && !rule.is_reached(basins.peak[*lower], value) {
                        basins.parent[*lower] = *highest;
                    }
                }
                basins.root(uphill as usize)
            }
            _ => basins.found(value, own_places.contains(&here)),
        };
        basin_of[here] = basin as u32 + 1;
    }
    number(&frame, &mut basin_of, &mut basins)
}

/// The box of a region with a border of one voxel, so that each voxel has 26 neighbours.
struct Frame {
    bounds: IndexBox,
    side: [usize; 3],
    /// The way to each neighbour in the array, in array order.
    steps: [isize; 26],
}

impl Frame {
    fn new(bounds: IndexBox) -> Self {
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
            steps,
        }
    }

    fn len(&self) -> usize {
        self.side.iter().product()
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
    peak: Vec<f32>,
    own: Vec<bool>,
}

impl Basins {
    fn found(&mut self, peak: f32, own: bool) -> usize {
        self.parent.push(self.parent.len());
        self.peak.push(peak);
        self.own.push(own);
        self.parent.len() - 1
    }

    fn root(&self, mut basin: usize) -> usize {
        while self.parent[basin] != basin {
            basin = self.parent[basin];
        }
        basin
    }
}

/// Renumbers the basins that are left from 1, for the voxels of the box in array order.
fn number(frame: &Frame, basin_of: &mut [u32], basins: &mut Basins) -> (Vec<u32>, usize) {
    let mut number_of = vec![0_u32; basins.parent.len()];
    let mut n = 0;
    for basin in 0..basins.parent.len() {
        if basins.root(basin) == basin {
            n += 1;
            number_of[basin] = n;
        }
    }
    let numbered = frame.bounds.voxels().map(|voxel| {
        let basin = basin_of[frame.place(voxel)].checked_sub(1);
        basin.map_or(0, |basin| number_of[basins.root(basin as usize)])
    });
    (numbered.collect(), n as usize)
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
