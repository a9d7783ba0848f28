//! Splitting one region of uptake into its foci.

use isoboost_volume::{IndexBox, Volume};

/// Maxima closer in height to their saddle than this are one focus.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Prominence {
    /// Share of the lower maximum.
    pub(crate) share: f64,
    /// SUV.
    pub(crate) suv: f64,
}

impl Prominence {
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
/// is judged where it is). Returns the basin of each voxel of `bounds` from 1, 0 outside, and the
/// number of basins; basins are numbered by the height of their maximum.
pub(crate) fn split(
    suv: &Volume<f32>,
    bounds: IndexBox,
    inside: impl Fn([usize; 3]) -> bool,
    prominence: Prominence,
) -> (Vec<u32>, usize) {
    let shape = bounds.shape();
    let place = |v: [usize; 3]| (v[0] * shape[1] + v[1]) * shape[2] + v[2];
    let local = |v: [usize; 3]| [0, 1, 2].map(|a| v[a] - bounds.min[a]);
    let mut order: Vec<[usize; 3]> = bounds.voxels().filter(|v| inside(*v)).collect();
    // A stable sort: equal voxels keep their order in the array.
    order.sort_by(|a, b| suv[*b].total_cmp(&suv[*a]));
    let mut basin_of = vec![0_u32; shape.iter().product()];
    let mut basins = Basins::default();
    for voxel in order {
        let value = suv[voxel];
        let here = local(voxel);
        let mut touching: Vec<usize> = neighbours(here, shape)
            .filter_map(|v| basin_of[place(v)].checked_sub(1))
            .map(|basin| basins.root(basin as usize))
            .collect();
        // Founded in the order of their maxima, so the lowest number is the highest basin.
        touching.sort_unstable();
        touching.dedup();
        let basin = match touching.first() {
            None => basins.found(value),
            Some(highest) => {
                for lower in &touching[1..] {
                    if !prominence.is_reached(basins.peak[*lower], value) {
                        basins.parent[*lower] = *highest;
                    }
                }
                steepest(suv, &bounds, here, shape, |v| basin_of[place(v)])
                    .map_or(*highest, |basin| basins.root(basin as usize - 1))
            }
        };
        basin_of[place(here)] = basin as u32 + 1;
    }
    number(&mut basin_of, &mut basins)
}

/// Basins as a forest: a basin that was joined points to the one it belongs to.
#[derive(Debug, Default)]
struct Basins {
    parent: Vec<usize>,
    peak: Vec<f32>,
}

impl Basins {
    fn found(&mut self, peak: f32) -> usize {
        self.parent.push(self.parent.len());
        self.peak.push(peak);
        self.parent.len() - 1
    }

    fn root(&self, mut basin: usize) -> usize {
        while self.parent[basin] != basin {
            basin = self.parent[basin];
        }
        basin
    }
}

/// The basin of the highest neighbour that has one: a voxel belongs to whom it climbs to.
fn steepest(
    suv: &Volume<f32>,
    bounds: &IndexBox,
    here: [usize; 3],
    shape: [usize; 3],
    basin_of: impl Fn([usize; 3]) -> u32,
) -> Option<u32> {
    let value = |v: [usize; 3]| suv[[0, 1, 2].map(|a| v[a] + bounds.min[a])];
    neighbours(here, shape)
        .filter(|v| basin_of(*v) != 0)
        .max_by(|a, b| value(*a).total_cmp(&value(*b)))
        .map(basin_of)
}

/// Renumbers the basins that are left from 1.
fn number(basin_of: &mut [u32], basins: &mut Basins) -> (Vec<u32>, usize) {
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
