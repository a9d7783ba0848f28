use isoboost_volume::{Connectivity, Mask, fill_holes, label_components};
use ndarray::Array3;
use proptest::prelude::*;

use crate::bodies::{arrangements, cases, rearranged, rounded, scattered};

const ALL: [Connectivity; 3] = [
    Connectivity::Six,
    Connectivity::Eighteen,
    Connectivity::TwentySix,
];

/// The neighbourhood as the other library wants it.
fn structure(connectivity: Connectivity) -> Array3<bool> {
    let steps = match connectivity {
        Connectivity::Six => 1,
        Connectivity::Eighteen => 2,
        Connectivity::TwentySix => 3,
    };
    Array3::from_shape_fn((3, 3, 3), |(k, j, i)| {
        [k, j, i].into_iter().filter(|x| *x != 1).count() <= steps
    })
}

/// Unset voxels that a walk from the border does not reach, found by walking.
fn walked_holes(mask: &Mask) -> Mask {
    let shape = mask.grid().shape();
    let mut reached = mask.map(|_| false);
    let on_border = |v: &[usize; 3]| (0..3).any(|a| v[a] == 0 || v[a] == shape[a] - 1);
    let all = mask.grid().full_box();
    let mut to_do: Vec<_> = all.voxels().filter(on_border).collect();
    while let Some(voxel) = to_do.pop() {
        if mask[voxel] || reached[voxel] {
            continue;
        }
        reached[voxel] = true;
        for a in 0..3 {
            let mut next = voxel;
            next[a] = voxel[a].wrapping_sub(1);
            to_do.extend(all.contains(next).then_some(next));
            next[a] = voxel[a] + 1;
            to_do.extend(all.contains(next).then_some(next));
        }
    }
    reached.map(|reached| !reached)
}

proptest! {
    #![proptest_config(cases(96))]

    #[test]
    fn components_are_those_of_an_independent_library(
        mask in prop_oneof![scattered([6, 9, 17]), rounded(crate::bodies::grids([9, 14, 19]))],
    ) {
        for connectivity in ALL {
            let ours = label_components(&mask, connectivity);
            let (theirs, n) =
                ndarray_ndimage::label::<u32>(&mask.view().to_owned(), &structure(connectivity));
            prop_assert_eq!(ours.counts.len(), n);
            let mut pairs: Vec<_> =
                ours.labels.as_slice().iter().copied().zip(theirs.iter().copied()).collect();
            pairs.sort_unstable();
            pairs.dedup();
            let background = usize::from(mask.count() < mask.grid().voxel_count());
            prop_assert_eq!(pairs.len(), n + background, "labels do not map one to one");
        }
    }

    #[test]
    fn boxes_counts_and_numbers_describe_the_labels(mask in scattered([6, 9, 17])) {
        let found = label_components(&mask, Connectivity::Eighteen);
        prop_assert_eq!(found.counts.iter().sum::<usize>(), mask.count());
        let mut last = 0;
        for voxel in mask.grid().full_box().voxels() {
            let label = found.labels[voxel];
            prop_assert_eq!(label > 0, mask[voxel]);
            prop_assert!(label <= last + 1, "numbered by the first voxel");
            last = last.max(label);
        }
        for (n, (count, bounds)) in found.counts.iter().zip(&found.boxes).enumerate() {
            let own = found.labels.map(|label| *label as usize == n + 1);
            prop_assert_eq!(own.count(), *count);
            prop_assert_eq!(own.bounding_box(), Some(*bounds));
        }
    }

    #[test]
    fn the_pieces_do_not_depend_on_how_the_axes_run(
        mask in scattered([7, 9, 11]),
        (order, flipped) in arrangements(),
    ) {
        let other = rearranged(&mask, order, flipped);
        for connectivity in ALL {
            let sizes = |mask: &Mask| {
                let mut counts = label_components(mask, connectivity).counts;
                counts.sort_unstable();
                counts
            };
            prop_assert_eq!(sizes(&mask), sizes(&other));
        }
    }

    #[test]
    fn filled_is_what_a_walk_from_the_border_does_not_reach(
        mask in prop_oneof![scattered([7, 8, 9]), rounded(crate::bodies::grids([12, 12, 12]))],
    ) {
        prop_assert_eq!(fill_holes(&mask), walked_holes(&mask));
    }
}
