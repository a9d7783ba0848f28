//! Overlapping regions in one label file.

use isoboost_volume::{Grid, IndexBox, Mask, Volume};

/// A region with its number, on a part of a common grid.
#[derive(Debug, Clone, Copy)]
pub struct NumberedMask<'a> {
    /// The label to write, 1 to 65535.
    pub number: u16,
    /// Its voxels; the grid is a part of the common one.
    pub mask: &'a Mask,
}

/// Packs regions that overlap (a GTV lies inside its PTV) into label maps: each region goes, in
/// the given order, to the first layer where it overlaps no other. The value is always the
/// region's number. The layers are cut to the box around all regions; `None` without a region.
pub fn pack_layers(regions: &[NumberedMask<'_>], common: &Grid) -> Option<Vec<Volume<u16>>> {
    let placed: Vec<(IndexBox, &NumberedMask<'_>)> = regions
        .iter()
        .map(|r| (place_of(r.mask.grid(), common), r))
        .collect();
    let around = placed.iter().map(|(b, _)| *b).reduce(|a, b| a.union(&b))?;
    let grid = common.crop(around);
    let mut layers: Vec<Volume<u16>> = Vec::new();
    for (bounds, region) in placed {
        let offset = [0, 1, 2].map(|a| bounds.min[a] - around.min[a]);
        let target = |v: [usize; 3]| [0, 1, 2].map(|a| v[a] + offset[a]);
        let voxels: Vec<[usize; 3]> = region.mask.voxels().map(target).collect();
        let is_free = |layer: &Volume<u16>| voxels.iter().all(|v| layer[*v] == 0);
        let at = layers.iter().position(is_free).unwrap_or_else(|| {
            layers.push(Volume::filled(grid.clone(), 0));
            layers.len() - 1
        });
        for voxel in voxels {
            layers[at][voxel] = region.number;
        }
    }
    Some(layers)
}

/// Where a part of a grid lies in it.
fn place_of(part: &Grid, whole: &Grid) -> IndexBox {
    let first = whole.index_from_lps(part.origin());
    let min = first.map(|v| v.round().max(0.0) as usize);
    let shape = part.shape();
    IndexBox {
        min,
        max: [0, 1, 2].map(|a| min[a] + shape[a] - 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::Point3;

    #[test]
    fn regions_share_a_layer_unless_they_overlap() {
        let whole =
            Grid::axis_aligned([10, 20, 20], [3.0, 1.0, 1.0], Point3::new(-9.0, 4.0, 100.0))
                .unwrap();
        let cube = |min: [usize; 3], side: usize| {
            let max = min.map(|v| v + side - 1);
            Mask::filled(whole.crop(IndexBox { min, max }), true)
        };
        let (inner, outer, apart) = (cube([3, 5, 5], 2), cube([2, 4, 4], 4), cube([3, 14, 15], 3));
        let regions = [(1, &inner), (2, &outer), (300, &apart)]
            .map(|(number, mask)| NumberedMask { number, mask });
        let layers = pack_layers(&regions, &whole).unwrap();
        assert_eq!(layers.len(), 2);
        let count = |layer: usize, label| {
            layers[layer]
                .as_slice()
                .iter()
                .filter(|v| **v == label)
                .count()
        };
        assert_eq!([count(0, 1), count(1, 2), count(0, 300)], [8, 64, 27]);
        assert_eq!(layers[0].grid().origin(), whole.center_of([2, 4, 4]));
        assert!(pack_layers(&[], &whole).is_none());
    }
}
