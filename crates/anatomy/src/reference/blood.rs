//! Blood in the descending aorta: a cylinder along its middle line, where its surroundings are
//! coolest.

use isoboost_volume::{Mask, Volume};
use nalgebra::Point3;

use super::trace::VesselSlice;

/// Least length of the cylinder, mm.
pub(super) const LEAST_MM: f64 = 20.0;
/// Most of it, mm: the longer, the less of the noise is left in the mean (3 % at 60 mm, 2 % at
/// 150 mm in voxels of 4 mm), and the descending aorta of the chest is some 200 mm long.
const MOST_MM: f64 = 150.0;
/// The radius of a cylinder that lies off the wall is at least this, mm.
const LEAST_RADIUS_MM: f64 = 2.5;
/// A drawn aorta is cut into slices of at least this, mm.
const SLICE_MM: f64 = 3.0;
/// What lies further in front than this is the ascending aorta or the arch, mm.
const BEHIND_MM: f64 = 30.0;
/// A cut wider than this is one along the arch, or the aneurysm whose wall is thrombus, mm.
const WIDEST_MM: f64 = 45.0;
/// How far around the vessel hot neighbours matter: their spill reaches no further, mm.
const NEAR_MM: (f64, f64) = (2.0, 14.0);
/// Directions and distances that the neighbourhood is looked at in.
const DIRECTIONS: usize = 16;
const DISTANCES: usize = 4;

/// A part of the blood in the PET.
pub(super) struct Cylinder {
    pub(super) voxels: Vec<[usize; 3]>,
    pub(super) length_mm: f64,
}

/// The voxels within `radius_mm` of the middle line, and one voxel off the wall, on the stretch of
/// up to 60 mm with the coolest neighbours; `None` where no stretch of 20 mm has any.
pub(super) fn cylinder(
    line: &[VesselSlice],
    suv: &Volume<f32>,
    radius_mm: f64,
) -> Option<Cylinder> {
    let grid = suv.grid();
    let wall = grid.spacing().into_iter().fold(0.0, f64::max);
    let radius = |s: &VesselSlice| radius_mm.min(s.radius_mm - wall);
    let usable =
        |s: &VesselSlice| radius(s) >= LEAST_RADIUS_MM && grid.voxel_at(s.center).is_some();
    let runs = line.chunk_by(|a, b| usable(a) == usable(b));
    let runs = runs.filter(|run| run.iter().all(usable));
    let warm = |run: &[VesselSlice]| {
        let sum: f64 = run.iter().map(|s| neighbourhood(s, suv)).sum();
        sum / run.len() as f64
    };
    let stretches = runs.flat_map(stretches);
    let judged = stretches.map(|stretch| (warm(stretch), stretch));
    let coolest = judged.reduce(|best, next| {
        if next.0.total_cmp(&best.0).is_lt() {
            next
        } else {
            best
        }
    });
    let (_, stretch) = coolest?;
    let (first, last) = (stretch.first()?, stretch.last()?);
    let ends = [first.center, last.center];
    let around = grid.box_around(&ends, radius_mm + 2.0 * BEHIND_MM)?;
    let inside = around.voxels().filter(|v| {
        let p = grid.center_of(*v);
        at_height(stretch, p.z).is_some_and(|s| (p - s.center).xy().norm() <= radius(&s))
    });
    let voxels: Vec<[usize; 3]> = inside.collect();
    (!voxels.is_empty()).then(|| Cylinder {
        voxels,
        length_mm: last.center.z - first.center.z,
    })
}

/// All parts of a run that are as long as wanted, or the run when it is shorter.
fn stretches(run: &[VesselSlice]) -> Vec<&[VesselSlice]> {
    let length = |a: usize, b: usize| run[b].center.z - run[a].center.z;
    let last = run.len() - 1;
    if length(0, last) < LEAST_MM {
        return Vec::new();
    }
    let wanted = MOST_MM.min(length(0, last));
    let parts = (0..run.len()).filter_map(|a| {
        let b = (a..run.len()).find(|b| length(a, *b) >= wanted)?;
        Some(&run[a..=b])
    });
    parts.collect()
}

/// Mean SUV around the vessel on a slice.
fn neighbourhood(slice: &VesselSlice, suv: &Volume<f32>) -> f64 {
    let mut sum = 0.0;
    for direction in 0..DIRECTIONS {
        let angle = std::f64::consts::TAU * direction as f64 / DIRECTIONS as f64;
        for step in 0..DISTANCES {
            let share = step as f64 / (DISTANCES - 1) as f64;
            let r = slice.radius_mm + NEAR_MM.0 + share * (NEAR_MM.1 - NEAR_MM.0);
            let p = Point3::new(
                slice.center.x + r * angle.cos(),
                slice.center.y + r * angle.sin(),
                slice.center.z,
            );
            let at = suv.grid().voxel_at(p);
            sum += at.map_or(0.0, |v| f64::from(suv[v]));
        }
    }
    sum / (DIRECTIONS * DISTANCES) as f64
}

/// The vessel at a height between its slices, which run upwards.
fn at_height(line: &[VesselSlice], z: f64) -> Option<VesselSlice> {
    let above = line.partition_point(|s| s.center.z < z);
    let b = line.get(above)?;
    let Some(a) = above.checked_sub(1).and_then(|n| line.get(n)) else {
        return (b.center.z == z).then_some(*b);
    };
    let t = (z - a.center.z) / (b.center.z - a.center.z);
    Some(VesselSlice {
        center: a.center + (b.center - a.center) * t,
        radius_mm: a.radius_mm + (b.radius_mm - a.radius_mm) * t,
    })
}

/// The middle line of a drawn aorta from the feet up, without arch and ascending part: the longest
/// stretch that moves aside by less than it moves on.
pub(super) fn line_of(aorta: &Mask) -> Vec<VesselSlice> {
    let grid = aorta.grid();
    let points: Vec<Point3<f64>> = aorta.voxels().map(|v| grid.center_of(v)).collect();
    let Some(low) = points.iter().map(|p| p.z).reduce(f64::min) else {
        return Vec::new();
    };
    // As high as the voxels are, so that no slice is left empty.
    let height = (0..3).map(|a| grid.spacing()[a] * grid.axes()[a].z.abs());
    let slice_mm = height.fold(SLICE_MM, f64::max);
    let mut slices: Vec<Vec<Point3<f64>>> = Vec::new();
    for p in points {
        let at = ((p.z - low) / slice_mm).round() as usize;
        if slices.len() <= at {
            slices.resize(at + 1, Vec::new());
        }
        slices[at].push(p);
    }
    let voxel_mm3 = 1000.0 * grid.voxel_volume_ml();
    let cut = |(at, points): (usize, &Vec<Point3<f64>>)| {
        let back = points.iter().map(|p| p.y).reduce(f64::max)?;
        let near: Vec<&Point3<f64>> = points.iter().filter(|p| back - p.y <= BEHIND_MM).collect();
        let extent = |a: usize| {
            let values = near.iter().map(|p| p[a]);
            values.clone().fold(f64::MIN, f64::max) - values.fold(f64::MAX, f64::min)
        };
        let n = near.len() as f64;
        let sum = |a: usize| near.iter().map(|p| p[a]).sum::<f64>();
        let area = n * voxel_mm3 / slice_mm;
        (extent(0) <= WIDEST_MM).then(|| VesselSlice {
            center: Point3::new(sum(0) / n, sum(1) / n, low + at as f64 * slice_mm),
            radius_mm: (area / std::f64::consts::PI).sqrt(),
        })
    };
    let line: Vec<VesselSlice> = slices.iter().enumerate().filter_map(cut).collect();
    let goes_on = |a: &VesselSlice, b: &VesselSlice| {
        let step = b.center - a.center;
        step.z < 1.5 * slice_mm && step.xy().norm() <= step.z
    };
    let longest = line.chunk_by(goes_on).max_by_key(|run| run.len());
    longest.map(<[_]>::to_vec).unwrap_or_default()
}
