//! The solids of a phantom in the order in which they are laid over one another, and their
//! picture on a lattice.

use isoboost_volume::{Grid, Mask, Volume};
use rayon::prelude::*;

use crate::lattice::{Lattice, Vec3, add, scaled};
use crate::shape::{Shape, coverage};

/// Tiles of a slice that are skipped or filled at once: they start at the larger side and are
/// quartered, where a surface passes, down to the smaller.
const LARGE_TILE: usize = 64;
const SMALL_TILE: usize = 4;

/// Anatomy is taken as flat within a voxel: its shapes are no truer than that.
const ANATOMY_DEPTH: u8 = 0;

/// One solid: what it is made of, in each modality that it shows in.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    /// The organ that the solid belongs to, with its `TotalSegmentator` name where there is one.
    pub(crate) organ: Option<&'static str>,
    pub(crate) shape: Shape,
    /// CT number in HU; `None` leaves what lies below.
    pub(crate) hu: Option<f32>,
    /// True uptake as SUVbw in g/mL; `None` leaves what lies below.
    pub(crate) suv: Option<f32>,
    /// How often a cell on the surface is halved, see [`coverage`].
    pub(crate) depth: u8,
    /// Whether it belongs to the scanner and not to the patient.
    pub(crate) is_couch: bool,
}

/// What of a scene is pictured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Channel {
    Hu,
    Suv,
}

/// Solids laid over one another: later ones replace what is below, by the part of a voxel that
/// they fill.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scene {
    pub(crate) parts: Vec<Part>,
}

impl Scene {
    pub(crate) fn put(&mut self, shape: Shape, hu: f32, suv: f32) {
        self.parts.push(Part {
            organ: None,
            shape,
            hu: Some(hu),
            suv: Some(suv),
            depth: ANATOMY_DEPTH,
            is_couch: false,
        });
    }

    pub(crate) fn organ(&mut self, organ: &'static str, shape: Shape, hu: f32, suv: f32) {
        self.put(shape, hu, suv);
        if let Some(part) = self.parts.last_mut() {
            part.organ = Some(organ);
        }
    }

    /// The organs' names in the order of their first part.
    pub(crate) fn organ_names(&self) -> Vec<&'static str> {
        let mut names = Vec::new();
        for name in self.parts.iter().filter_map(|p| p.organ) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// The voxels of `grid` whose centre lies in one of the organ's solids and in no later solid
    /// of another organ; `frame_lps` is where the scene's origin lies.
    pub(crate) fn organ_mask(&self, name: &str, grid: &Grid, frame_lps: Vec3) -> Option<Mask> {
        let lattice = Lattice::of_grid(grid, frame_lps);
        let mut mask = Mask::empty(grid.clone());
        let mut known = false;
        for part in &self.parts {
            let ours = part.organ == Some(name);
            known |= ours;
            if known && part.organ.is_some() {
                stamp(&mut mask, &lattice, &part.shape, ours);
            }
        }
        known.then_some(mask)
    }
}

impl Scene {
    /// The organ of each voxel of `grid`: its place in [`Self::organ_names`] from 1, 0 for none.
    /// Of organs over one another the later one counts.
    pub(crate) fn organ_labels(&self, grid: &Grid, frame_lps: Vec3) -> Volume<u16> {
        let lattice = Lattice::of_grid(grid, frame_lps);
        let names = self.organ_names();
        let mut labels = Volume::filled(grid.clone(), 0_u16);
        for part in &self.parts {
            let place = part.organ.and_then(|o| names.iter().position(|n| *n == o));
            if let Some(place) = place {
                stamp(&mut labels, &lattice, &part.shape, place as u16 + 1);
            }
        }
        labels
    }
}

/// Sets the voxels whose centre lies in `shape` to `value`.
fn stamp<T: Copy + PartialEq + Send + Sync>(
    mask: &mut Volume<T>,
    lattice: &Lattice,
    shape: &Shape,
    value: T,
) {
    let (low, high) = shape.bounds();
    let Some((first, last)) = lattice.cells_meeting(low, high) else {
        return;
    };
    let [_, nj, ni] = lattice.shape;
    let slices = mask.as_mut_slice().par_chunks_mut(nj * ni).enumerate();
    slices
        .skip(first[0])
        .take(last[0] - first[0] + 1)
        .for_each(|(k, slice)| {
            for j in first[1]..=last[1] {
                for i in first[2]..=last[2] {
                    let set = &mut slice[j * ni + i];
                    let p = || lattice.position([k as f64, j as f64, i as f64]);
                    if *set != value && shape.distance(p()) < 0.0 {
                        *set = value;
                    }
                }
            }
        });
}

/// A scene made ready for one lattice and channel.
pub(crate) struct Painter<'a> {
    lattice: &'a Lattice,
    background: f32,
    strokes: Vec<Stroke<'a>>,
}

struct Stroke<'a> {
    shape: &'a Shape,
    value: f32,
    depth: u8,
    slack: f64,
    first: [usize; 3],
    last: [usize; 3],
}

impl<'a> Painter<'a> {
    pub(crate) fn new(
        scene: &'a Scene,
        lattice: &'a Lattice,
        channel: Channel,
        background: f32,
    ) -> Self {
        let strokes = scene.parts.iter().filter_map(|part| {
            let value = match channel {
                Channel::Hu => part.hu,
                Channel::Suv => part.suv,
            }?;
            let (low, high) = part.shape.bounds();
            let (first, last) = lattice.cells_meeting(low, high)?;
            Some(Stroke {
                shape: &part.shape,
                value,
                depth: part.depth,
                slack: part.shape.slack(),
                first,
                last,
            })
        });
        Self {
            lattice,
            background,
            strokes: strokes.collect(),
        }
    }

    /// The picture of slice `k`, rows of columns.
    pub(crate) fn slice(&self, k: usize) -> Vec<f32> {
        let [_, nj, ni] = self.lattice.shape;
        let mut image = vec![self.background; nj * ni];
        for stroke in &self.strokes {
            if k < stroke.first[0] || k > stroke.last[0] {
                continue;
            }
            for j in (stroke.first[1]..=stroke.last[1]).step_by(LARGE_TILE) {
                for i in (stroke.first[2]..=stroke.last[2]).step_by(LARGE_TILE) {
                    self.tile(stroke, k, [j, i], LARGE_TILE, &mut image);
                }
            }
        }
        image
    }

    /// All slices one after the other.
    pub(crate) fn volume(&self) -> Vec<f32> {
        let [nk, nj, ni] = self.lattice.shape;
        let mut out = vec![0.0; nk * nj * ni];
        out.par_chunks_mut(nj * ni)
            .enumerate()
            .for_each(|(k, slice)| slice.copy_from_slice(&self.slice(k)));
        out
    }

    /// Lays a stroke over the tile of `side` pixels from row and column `first`.
    fn tile(&self, stroke: &Stroke, k: usize, first: [usize; 2], side: usize, image: &mut [f32]) {
        let last = [0, 1].map(|a| (first[a] + side - 1).min(stroke.last[a + 1]));
        let lattice = self.lattice;
        let middle = [
            k as f64,
            (first[0] + last[0]) as f64 / 2.0,
            (first[1] + last[1]) as f64 / 2.0,
        ];
        let extent = [0, 1].map(|a| (last[a] - first[a] + 1) as f64);
        let [dk, dj, di] = lattice.spacing();
        let radius =
            (dk.powi(2) + (extent[0] * dj).powi(2) + (extent[1] * di).powi(2)).sqrt() / 2.0;
        let distance = stroke.shape.distance(lattice.position(middle));
        let reach = radius * stroke.slack;
        if distance > reach {
            return;
        }
        if distance < -reach {
            for row in first[0]..=last[0] {
                let from = row * lattice.shape[2];
                image[from + first[1]..=from + last[1]].fill(stroke.value);
            }
        } else if side > SMALL_TILE {
            let half = side / 2;
            for j in (first[0]..=last[0]).step_by(half) {
                for i in (first[1]..=last[1]).step_by(half) {
                    self.tile(stroke, k, [j, i], half, image);
                }
            }
        } else {
            self.pixels(stroke, k, first, last, image);
        }
    }

    fn pixels(
        &self,
        stroke: &Stroke,
        k: usize,
        first: [usize; 2],
        last: [usize; 2],
        image: &mut [f32],
    ) {
        let lattice = self.lattice;
        let half = lattice.step.map(|s| scaled(s, 0.5));
        for row in first[0]..=last[0] {
            let start = lattice.position([k as f64, row as f64, first[1] as f64]);
            let from = row * lattice.shape[2];
            let pixels = &mut image[from + first[1]..=from + last[1]];
            for (n, pixel) in pixels.iter_mut().enumerate() {
                let p = add(start, scaled(lattice.step[2], n as f64));
                let part = coverage(stroke.shape, p, half, stroke.depth) as f32;
                *pixel += (stroke.value - *pixel) * part;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lattice() -> Lattice {
        Lattice {
            shape: [12, 30, 40],
            origin: [-20.0, -15.0, -12.0],
            step: [[0.0, 0.2, 2.0], [0.0, 1.0, -0.1], [1.0, 0.0, 0.0]],
        }
    }

    #[test]
    fn skipping_tiles_changes_nothing() {
        let lattice = lattice();
        let mut scene = Scene::default();
        let turned =
            Shape::turned_ellipsoid([1.0, 2.0, -1.0], [14.0, 4.0, 9.0], [20.0, 10.0, 40.0]);
        scene.put(turned.clone(), 50.0, 1.0);
        scene.put(Shape::sphere([5.0, 0.0, 0.0], 6.0), -20.0, 2.0);
        let painted = Painter::new(&scene, &lattice, Channel::Hu, 7.0).volume();
        let half = lattice.step.map(|s| scaled(s, 0.5));
        let mut n = 0;
        for k in 0..12_u8 {
            for j in 0..30 {
                for i in 0..40 {
                    let p = lattice.position([k, j, i].map(f64::from));
                    let mut value = 7.0_f32;
                    for part in &scene.parts {
                        let c = coverage(&part.shape, p, half, part.depth) as f32;
                        value += (part.hu.unwrap() - value) * c;
                    }
                    // The same position is summed in another order.
                    assert!((painted[n] - value).abs() < 1e-3, "{k} {j} {i}");
                    n += 1;
                }
            }
        }
    }

    #[test]
    fn an_organ_ends_where_a_later_one_lies_over_it() {
        let mut scene = Scene::default();
        scene.organ("kidney_left", Shape::sphere([0.0; 3], 8.0), 30.0, 30.0);
        scene.organ("aorta", Shape::sphere([6.0, 0.0, 0.0], 4.0), 40.0, 1.5);
        let grid = Grid::axis_aligned(
            [21, 21, 21],
            [1.0; 3],
            nalgebra::Point3::new(90.0, 90.0, 90.0),
        )
        .unwrap();
        let at = [100.0; 3];
        let kidney = scene.organ_mask("kidney_left", &grid, at).unwrap();
        let aorta = scene.organ_mask("aorta", &grid, at).unwrap();
        assert!(kidney[[10, 10, 10]] && !kidney[[10, 10, 15]] && aorta[[10, 10, 15]]);
        assert!(scene.organ_mask("liver", &grid, at).is_none());
    }
}
