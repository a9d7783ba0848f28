//! Where in an organ its uptake is measured.

use isoboost_volume::{IndexBox, Mask, Volume, signed_distance};
use nalgebra::Point3;

use super::statistics::{Statistics, median};

/// A sphere stands for its organ when its mean is within this share of the organ's median.
const LIKE_THE_ORGAN: f64 = 0.015;
/// Least length of the cylinder in the aorta, mm.
const LEAST_CYLINDER_MM: f64 = 20.0;
/// Most of it: more adds voxels but no knowledge.
const MOST_CYLINDER_MM: f64 = 60.0;

/// The voxels of the PET that lie a distance inside of an organ's surface.
pub(super) struct Core {
    /// Where they lie in the PET.
    bounds: IndexBox,
    /// mm inside the surface, on the box; negative outside.
    depth: Vec<f32>,
    rim_mm: f64,
}

impl Core {
    pub(super) fn of(organ: &Mask, suv: &Volume<f32>, rim_mm: f64) -> Self {
        let grid = suv.grid();
        let corners = organ.grid().corners();
        let bounds = grid.box_around(&corners, 0.0).unwrap_or(IndexBox {
            min: [0; 3],
            max: [0; 3],
        });
        // With a border, so that what touches the edge of its mask has a surface there.
        let distance = signed_distance(&bordered(organ));
        let depth = bounds.voxels().map(|v| {
            let inside = distance.grid().voxel_at(grid.center_of(v));
            inside.map_or(f32::NEG_INFINITY, |at| -distance[at])
        });
        Self {
            depth: depth.collect(),
            bounds,
            rim_mm,
        }
    }

    fn deep(&self, mm: f64) -> Vec<([usize; 3], f32)> {
        let all = self.bounds.voxels().zip(self.depth.iter().copied());
        all.filter(|(_, depth)| f64::from(*depth) >= mm).collect()
    }

    /// The voxels off the rim, in array order.
    pub(super) fn voxels(&self) -> Vec<[usize; 3]> {
        self.deep(self.rim_mm).into_iter().map(|(v, _)| v).collect()
    }
}

fn bordered(mask: &Mask) -> Mask {
    let grid = mask.grid();
    let shape = grid.shape().map(|n| n + 2);
    let origin = grid.lps_from_index([-1.0; 3]);
    let Ok(wider) = isoboost_volume::Grid::new(shape, grid.spacing(), origin, grid.axes()) else {
        return mask.clone();
    };
    let mut out = Mask::empty(wider);
    for voxel in mask.voxels() {
        out[voxel.map(|n| n + 1)] = true;
    }
    out
}

/// The voxels of a sphere in the right half of an organ: of all places where it lies off the rim
/// and has the organ's median as its mean, the deepest. A lesion in it moves its mean, and another
/// place is taken; choosing the most even place instead would understate the noise.
pub(super) fn central_sphere(
    core: &Core,
    suv: &Volume<f32>,
    radius_mm: f64,
) -> Option<Vec<[usize; 3]>> {
    let all = core.voxels();
    let middle = median(suv, &all);
    let x = |v: &[usize; 3]| suv.grid().center_of(*v).x;
    let half = all.iter().map(x).sum::<f64>() / all.len().max(1) as f64;
    // The rim counts once: a sphere may come as near to the surface as the core does.
    let mut places = core.deep(radius_mm + 0.5 * core.rim_mm);
    places.retain(|(v, _)| x(v) <= half);
    // Deepest first, equal ones in the order of the array.
    places.sort_by(|a, b| b.1.total_cmp(&a.1));
    let off = |voxels: &[[usize; 3]]| (Statistics::of(suv, voxels).mean / middle - 1.0).abs();
    let mut best: Option<(f64, Vec<[usize; 3]>)> = None;
    for (place, _) in places {
        let voxels = sphere(suv, suv.grid().center_of(place), radius_mm);
        let off = off(&voxels);
        if off <= LIKE_THE_ORGAN {
            return Some(voxels);
        }
        if best.as_ref().is_none_or(|(least, _)| off < *least) {
            best = Some((off, voxels));
        }
    }
    best.map(|(_, voxels)| voxels)
}

/// The voxels whose centres lie in a sphere.
fn sphere(suv: &Volume<f32>, center: Point3<f64>, radius_mm: f64) -> Vec<[usize; 3]> {
    let grid = suv.grid();
    let Some(around) = grid.box_around(&[center], radius_mm) else {
        return Vec::new();
    };
    let near = |v: &[usize; 3]| (grid.center_of(*v) - center).norm() <= radius_mm;
    around.voxels().filter(near).collect()
}

/// The voxels around the middle line of the descending aorta: slice by slice the middle of the part
/// of its mask that lies most posterior, as long as it runs straight.
pub(super) fn blood_in_aorta(
    aorta: &Mask,
    suv: &Volume<f32>,
    radius_mm: f64,
) -> Option<Vec<[usize; 3]>> {
    let line = longest_run(&middle_line(aorta, suv));
    let length = line.len() as f64 * suv.grid().spacing()[0];
    if length < LEAST_CYLINDER_MM {
        return None;
    }
    let most = (MOST_CYLINDER_MM / suv.grid().spacing()[0]).ceil() as usize;
    // From the upper end down: nearer to the heart the aorta is wider.
    let upper = line.len().saturating_sub(most);
    let grid = suv.grid();
    let voxels = line[upper..].iter().flat_map(|(k, middle)| {
        let (k, middle) = (*k, *middle);
        let around = grid.box_around(&[middle], radius_mm);
        let around = around.into_iter().flat_map(|b| b.voxels());
        around.filter(move |v| v[0] == k && (grid.center_of(*v) - middle).norm() <= radius_mm)
    });
    Some(voxels.collect())
}

/// The middle of the aorta on each slice of the PET that cuts it once or twice: where arch and
/// ascending aorta are cut as well, the descending one is behind.
fn middle_line(aorta: &Mask, suv: &Volume<f32>) -> Vec<(usize, Point3<f64>)> {
    let grid = suv.grid();
    let spacing = grid.spacing();
    let mut slices: Vec<Vec<Point3<f64>>> = vec![Vec::new(); grid.shape()[0]];
    for voxel in aorta.voxels() {
        let point = aorta.grid().center_of(voxel);
        if let Some(at) = grid.voxel_at(point) {
            slices[at[0]].push(point);
        }
    }
    let line = slices.into_iter().enumerate().filter_map(|(k, points)| {
        let back = points.iter().map(|p| p.y).fold(f64::MIN, f64::max);
        // An aorta is 20 to 30 mm wide: what lies further to the front is another part of it.
        let near: Vec<&Point3<f64>> = points.iter().filter(|p| back - p.y <= 30.0).collect();
        let n = near.len() as f64;
        if near.is_empty() {
            return None;
        }
        let sum = near
            .iter()
            .fold(nalgebra::Vector3::zeros(), |s, p| s + p.coords);
        let mut middle = Point3::from(sum / n);
        // On the plane of the slice, so that distances are in it.
        let off = grid.index_from_lps(middle)[0] - k as f64;
        middle -= grid.axes()[0] * (off * spacing[0]);
        Some((k, middle))
    });
    line.collect()
}

/// The longest run of slices on which the middle moves aside by less than it moves on.
fn longest_run(line: &[(usize, Point3<f64>)]) -> Vec<(usize, Point3<f64>)> {
    let continues = |a: &(usize, Point3<f64>), b: &(usize, Point3<f64>)| {
        let step = b.1 - a.1;
        b.0 == a.0 + 1 && step.xy().norm() <= step.z.abs()
    };
    let runs = line.chunk_by(continues);
    let longest = runs.max_by_key(|run| run.len());
    longest.map(<[_]>::to_vec).unwrap_or_default()
}
