//! Body and bone on the low-resolution view.

use isoboost_volume::{Connectivity, Mask, Volume, label_components};
use rayon::prelude::*;

use crate::planar::Slice;

/// HU above which a voxel is body: between lung or foam and fat.
const BODY_HU: i16 = -300;

/// A part of a slice with less than this share of the largest one's area is no trunk and no
/// thigh: an arm beside the body, a hand, the rest of a couch.
const TRUNK_SHARE: f64 = 0.3;

/// HU of bone after averaging to 4 mm. Cortex averages to some hundreds there, trabecular bone
/// lies at 100 to 250, enhanced vessels in the portal phase mostly below.
const BONE_HU: i16 = 150;

/// Marrow inside a closed cortex is filled up to this area in a slice, in mm²: a vertebral body
/// has some 1500 to 2000. The pelvic ring is far larger and must stay open.
const MARROW_MM2: f64 = 2500.0;

/// Separate dense parts below this are calcified plaques, stones and clips, in mL.
const SMALLEST_BONE_ML: f64 = 3.0;

/// The trunk, head and legs without arms and couch, gas included.
pub(crate) fn body(hu: &Volume<i16>) -> Mask {
    let tissue = per_slice(hu, |values| {
        let mut slice = values.threshold(BODY_HU);
        slice.erode();
        slice
    });
    let parts = label_components(&tissue, Connectivity::Six);
    let largest = (1_u32..)
        .zip(&parts.counts)
        .max_by_key(|(_, count)| **count);
    let Some((trunk, _)) = largest else {
        return tissue;
    };
    let [_, nj, ni] = hu.grid().shape();
    let mut body = Mask::empty(hu.grid().clone());
    body.as_mut_slice()
        .par_chunks_mut(nj * ni)
        .enumerate()
        .for_each(|(k, out)| {
            let labels = &parts.labels.as_slice()[k * nj * ni..][..nj * ni];
            let mut slice = Slice::new(nj, ni, labels.iter().map(|l| *l == trunk).collect());
            slice.keep_large(TRUNK_SHARE);
            slice.dilate();
            slice.fill_holes(usize::MAX);
            out.copy_from_slice(&slice.set);
        });
    body
}

/// The skeleton inside the body, closed and with its marrow.
pub(crate) fn bone(hu: &Volume<i16>, body: &Mask) -> Mask {
    let [_, nj, ni] = hu.grid().shape();
    let [_, dj, di] = hu.grid().spacing();
    let marrow = (MARROW_MM2 / (dj * di)) as usize;
    let dense = per_slice(hu, |values| {
        let mut slice = values.threshold(BONE_HU);
        let inside = &body.as_slice()[values.k * nj * ni..][..nj * ni];
        for (set, inside) in slice.set.iter_mut().zip(inside) {
            *set &= *inside;
        }
        slice.dilate();
        slice.erode();
        slice.fill_holes(marrow);
        slice
    });
    let parts = label_components(&dense, Connectivity::TwentySix);
    let least = (SMALLEST_BONE_ML / hu.grid().voxel_volume_ml()) as usize;
    let mut bone = dense;
    for (set, label) in bone.as_mut_slice().iter_mut().zip(parts.labels.as_slice()) {
        *set = *label != 0 && parts.counts[*label as usize - 1] >= least;
    }
    bone
}

/// The HU of slice `k`.
struct SliceOfHu<'a> {
    k: usize,
    rows: usize,
    columns: usize,
    hu: &'a [i16],
}

impl SliceOfHu<'_> {
    fn threshold(&self, above: i16) -> Slice {
        let set = self.hu.iter().map(|hu| *hu >= above).collect();
        Slice::new(self.rows, self.columns, set)
    }
}

fn per_slice(hu: &Volume<i16>, make: impl Fn(&SliceOfHu<'_>) -> Slice + Sync) -> Mask {
    let [_, rows, columns] = hu.grid().shape();
    let mut mask = Mask::empty(hu.grid().clone());
    mask.as_mut_slice()
        .par_chunks_mut(rows * columns)
        .zip(hu.as_slice().par_chunks(rows * columns))
        .enumerate()
        .for_each(|(k, (out, hu))| {
            let slice = make(&SliceOfHu {
                k,
                rows,
                columns,
                hu,
            });
            out.copy_from_slice(&slice.set);
        });
    mask
}

#[cfg(test)]
mod tests {
    use super::*;
    use isoboost_volume::Grid;
    use nalgebra::Point3;

    /// A trunk of water, 240 × 160 mm, with an arm beside it and a couch shell behind.
    fn patient() -> Volume<i16> {
        let grid =
            Grid::axis_aligned([30, 64, 100], [4.0; 3], Point3::new(-200.0, -128.0, 0.0)).unwrap();
        Volume::from_fn(grid.clone(), |voxel| {
            let p = grid.center_of(voxel);
            let trunk = (p.x / 120.0).powi(2) + (p.y / 80.0).powi(2) < 1.0;
            let arm = (p.x - 160.0).hypot(p.y) < 30.0;
            let couch = (100.0..104.0).contains(&p.y);
            let gas = p.x.hypot(p.y + 30.0) < 15.0;
            let shell = ((p.x - 60.0).hypot(p.y - 20.0) - 20.0).abs() < 4.0;
            let plaque = (p.x + 50.0).hypot(p.y) < 5.0 && (40.0..48.0).contains(&p.z);
            match (gas, shell || plaque, trunk || arm || couch) {
                (true, ..) => -950,
                (_, true, _) => 600,
                (.., true) => 20,
                _ => -1000,
            }
        })
    }

    #[test]
    fn the_body_has_its_gas_but_neither_arm_nor_couch() {
        let hu = patient();
        let body = body(&hu);
        assert!(body.contains(Point3::new(0.0, -30.0, 50.0)), "gas");
        assert!(body.contains(Point3::new(100.0, 0.0, 50.0)), "trunk");
        assert!(!body.contains(Point3::new(160.0, 0.0, 50.0)), "arm");
        assert!(!body.contains(Point3::new(0.0, 102.0, 50.0)), "couch");
    }

    #[test]
    fn bone_has_its_marrow_and_plaques_are_not_bone() {
        let hu = patient();
        let bone = bone(&hu, &body(&hu));
        assert!(bone.contains(Point3::new(60.0, 20.0, 50.0)), "marrow");
        assert!(!bone.contains(Point3::new(-50.0, 0.0, 44.0)), "plaque");
        assert!(!bone.contains(Point3::new(0.0, 40.0, 50.0)));
    }
}
