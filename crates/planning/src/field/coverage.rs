//! Whether the field holds the planning volumes of the pelvis.

use isoboost_staging::{Lesion, Staging};

use super::pelvic::PelvicField;
use crate::lesion_class::LesionClass;
use crate::target::{Target, TargetKind};

/// Less than this outside of the field is the rounding of voxels and jaws, mm.
const TOLERANCE_MM: f64 = 0.5;

/// A sentence for each PTV of bed and pelvic nodes that the field does not hold as a whole.
///
/// The field is not enlarged: its borders are those of the bones, and what they miss is for a
/// planner to see.
pub fn uncovered(field: &PelvicField, targets: &[Target], staging: &Staging) -> Vec<String> {
    let in_question = targets
        .iter()
        .filter(|t| t.kind == TargetKind::Ptv && is_pelvic(t, staging));
    in_question.filter_map(|t| missed(field, t)).collect()
}

/// An elective volume, which has no lesion, or that of a recurrence in the bed or of a node that
/// a pelvic field may hold.
fn is_pelvic(target: &Target, staging: &Staging) -> bool {
    let is_pelvic = |lesion: &&Lesion| {
        matches!(
            LesionClass::of(lesion),
            LesionClass::Bed | LesionClass::PelvicNode | LesionClass::CommonIliac
        )
    };
    let mut lesions = staging.lesions.iter().filter(is_pelvic);
    target.lesion_ids.is_empty() || lesions.any(|l| target.lesion_ids.contains(&l.id))
}

fn missed(field: &PelvicField, target: &Target) -> Option<String> {
    let grid = target.mask.grid();
    let (mut outside, mut voxels, mut furthest) = (0.0, 0.0, 0.0_f64);
    for voxel in target.mask.voxels() {
        let mm = field.outside(grid.center_of(voxel));
        voxels += 1.0;
        if mm > TOLERANCE_MM {
            outside += 1.0;
            furthest = furthest.max(mm);
        }
    }
    (outside > 0.0).then(|| {
        format!(
            "{} is not covered by the pelvic field: {:.0} % of it lies outside, up to {furthest:.0} \
             mm",
            target.name,
            f64::max(100.0 * outside / voxels, 1.0)
        )
    })
}
