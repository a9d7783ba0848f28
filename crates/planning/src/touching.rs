//! Which lesions touch bowel, rectum or bladder.

use isoboost_anatomy::{Anatomy, OrganKind};
use isoboost_lesion::Focus;
use isoboost_staging::{Excluded, ExclusionReason, Staging};
use nalgebra::{Point3, Vector3};

use crate::clinical::TouchedOrgan;

/// Spacing of the places around a voxel at which an organ is looked for, mm.
const STEP_MM: f64 = 1.5;

/// The lesions that meet the uptake of bowel or bladder, or lie within `reach_mm` of a drawn one:
/// lesion number and organ, in order. An organ without uptake that nobody drew is not seen.
pub fn touched_organs(
    staging: &Staging,
    anatomy: &Anatomy,
    reach_mm: f64,
) -> Vec<(u32, TouchedOrgan)> {
    let mut touched = Vec::new();
    for lesion in &staging.lesions {
        let met = staging
            .excluded
            .iter()
            .filter(|e| meets(&lesion.focus, e))
            .filter_map(|e| of_reason(e.reason));
        touched.extend(met.map(|organ| (lesion.id, organ)));
        let drawn = anatomy.organs.iter().filter_map(|organ| {
            let kind = of_kind(organ.kind)?;
            is_near(&lesion.focus, reach_mm, |place| organ.mask.contains(place)).then_some(kind)
        });
        touched.extend(drawn.map(|organ| (lesion.id, organ)));
    }
    touched.sort_unstable();
    touched.dedup();
    touched
}

fn meets(focus: &Focus, excluded: &Excluded) -> bool {
    let territory = excluded.focus.territory;
    focus.contacts.iter().any(|c| c.territory == territory)
}

fn of_reason(reason: ExclusionReason) -> Option<TouchedOrgan> {
    match reason {
        ExclusionReason::Bowel => Some(TouchedOrgan::Bowel),
        ExclusionReason::UrinaryBladder => Some(TouchedOrgan::Bladder),
        _ => None,
    }
}

fn of_kind(kind: OrganKind) -> Option<TouchedOrgan> {
    match kind {
        OrganKind::SmallBowel | OrganKind::Duodenum | OrganKind::Colon | OrganKind::Bowel => {
            Some(TouchedOrgan::Bowel)
        }
        OrganKind::Rectum => Some(TouchedOrgan::Rectum),
        OrganKind::UrinaryBladder => Some(TouchedOrgan::Bladder),
        _ => None,
    }
}

/// Whether `holds` is true of a place within `reach_mm` of a voxel's centre of the focus.
fn is_near(focus: &Focus, reach_mm: f64, holds: impl Fn(Point3<f64>) -> bool) -> bool {
    let around = ball(reach_mm);
    let grid = focus.mask.grid();
    let mut centers = focus.mask.voxels().map(|voxel| grid.center_of(voxel));
    centers.any(|center| around.iter().any(|step| holds(center + step)))
}

/// Steps to the places of a ball, the middle among them.
fn ball(radius_mm: f64) -> Vec<Vector3<f64>> {
    let reach = (radius_mm / STEP_MM).floor() as i32;
    let axis = || (-reach..=reach).map(|n| f64::from(n) * STEP_MM);
    let steps =
        axis().flat_map(|x| axis().flat_map(move |y| axis().map(move |z| Vector3::new(x, y, z))));
    steps.filter(|step| step.norm() <= radius_mm).collect()
}

#[cfg(test)]
mod tests {
    use isoboost_anatomy::{ImportedOrgan, recognise};
    use isoboost_staging::Region;
    use isoboost_volume::{Grid, Mask, Volume};

    use super::*;
    use crate::tests::staged;

    /// A lesion whose border at 41 % lies 10 mm off the middle, on voxels of 2 mm.
    fn lesion() -> (Staging, Volume<f32>) {
        let grid = Grid::axis_aligned([30, 40, 40], [2.0; 3], Point3::new(-39.0, -39.0, -29.0));
        let grid = grid.unwrap();
        let suv = Volume::from_fn(grid.clone(), |voxel| {
            let share = (grid.center_of(voxel) - Point3::origin()).norm() / 10.0;
            (20.0 * 0.41_f64.powf(share * share)).max(0.5) as f32
        });
        (staged(&suv, &[Region::PelvicNode]), suv)
    }

    /// An organ that begins so far to the left of the lesion's middle.
    fn anatomy(name: &str, suv: &Volume<f32>, from_mm: f64) -> Anatomy {
        let grid = suv.grid().clone();
        let mask = Mask::from_fn(grid.clone(), |voxel| grid.center_of(voxel).x > from_mm);
        let organ = ImportedOrgan {
            name: name.to_owned(),
            mask,
        };
        recognise(None, suv, &[organ])
    }

    #[test]
    fn a_drawn_organ_is_touched_within_the_reach_and_not_beyond() {
        let (staging, suv) = lesion();
        // The outermost voxel's centre lies at 9 mm; the organ's first voxel begins 1 mm before
        // its centre: at 12 mm with 12, at 16 mm with 16.
        let touched =
            |name, from, reach| touched_organs(&staging, &anatomy(name, &suv, from), reach);
        assert_eq!(touched("colon", 12.0, 4.0), [(1, TouchedOrgan::Bowel)]);
        assert_eq!(touched("colon", 16.0, 4.0), []);
        assert_eq!(touched("small_bowel", 8.0, 0.0), [(1, TouchedOrgan::Bowel)]);
        assert_eq!(touched("colon", 12.0, 0.0), []);
        assert_eq!(touched("rectum", 12.0, 4.0), [(1, TouchedOrgan::Rectum)]);
        assert_eq!(
            touched("urinary_bladder", 12.0, 4.0),
            [(1, TouchedOrgan::Bladder)]
        );
        assert_eq!(touched("aorta", 8.0, 4.0), []);
    }
}
