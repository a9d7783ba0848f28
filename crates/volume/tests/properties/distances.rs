use isoboost_volume::{Mask, distance_outside, signed_distance};
use proptest::prelude::*;

use crate::bodies::{arrangements, cases, rearranged, rounded, scattered, source_of};

/// Distances here stay below 100 mm, of which f32 keeps seven digits.
const ROUNDING_MM: f64 = 2e-5;

/// Distance from a voxel to the nearest one that is `kind`, by trying all of them.
fn searched(mask: &Mask, voxel: [usize; 3], kind: bool) -> f64 {
    let spacing = mask.grid().spacing();
    mask.grid()
        .full_box()
        .voxels()
        .filter(|v| mask[*v] == kind)
        .map(|v| {
            let along = |a: usize| (v[a] as f64 - voxel[a] as f64) * spacing[a];
            along(0).hypot(along(1)).hypot(along(2))
        })
        .fold(f64::INFINITY, f64::min)
}

fn close(found: f32, expected: f64) -> bool {
    let found = f64::from(found);
    found == expected || (found - expected).abs() < ROUNDING_MM
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn distances_are_those_of_a_search_over_all_voxels(
        mask in prop_oneof![scattered([6, 8, 10]), rounded(crate::bodies::grids([7, 9, 11]))],
    ) {
        let outside = distance_outside(&mask);
        let signed = signed_distance(&mask);
        for voxel in mask.grid().full_box().voxels() {
            let to_set = searched(&mask, voxel, true);
            prop_assert!(close(outside[voxel], to_set), "{} not {to_set}", outside[voxel]);
            let expected = to_set - searched(&mask, voxel, false);
            prop_assert!(close(signed[voxel], expected), "{} not {expected}", signed[voxel]);
        }
    }

    #[test]
    fn distances_do_not_depend_on_how_the_axes_run(
        mask in scattered([7, 9, 11]),
        (order, flipped) in arrangements(),
    ) {
        let distance = distance_outside(&mask);
        let other = distance_outside(&rearranged(&mask, order, flipped));
        for voxel in other.grid().full_box().voxels() {
            let source = source_of(voxel, mask.grid().shape(), order, flipped);
            prop_assert!(close(other[voxel], f64::from(distance[source])));
        }
    }
}
