//! Foci whose outlines meet.

use isoboost_lesion::{Contact, Focus};

use crate::region::{ExclusionReason, Region};
use crate::staged::{Excluded, Lesion};

/// Tells each lesion's evidence whom its outline meets: at the saddle to an organ or another
/// lesion it ends, whatever the rule it is drawn by says.
pub(crate) fn tell(lesions: &mut [Lesion], excluded: &[Excluded]) {
    let territories: Vec<(u32, String)> = lesions
        .iter()
        .map(|l| (l.focus.territory, format!("lesion {}", l.id)))
        .chain(excluded.iter().map(|e| {
            let who = match e.reason {
                ExclusionReason::Reviewer => format!("uptake that is no lesion ({})", e.id),
                reason => format!("the {} ({})", reason.name().replace('_', " "), e.id),
            };
            (e.focus.territory, who)
        }))
        .collect();
    for lesion in lesions {
        let met = lesion.focus.contacts.iter().filter_map(|contact| {
            let (_, who) = territories.iter().find(|t| t.0 == contact.territory)?;
            Some(sentence(who, contact, &lesion.focus, lesion.region))
        });
        lesion.evidence.extend(met.collect::<Vec<_>>());
    }
}

fn sentence(who: &str, contact: &Contact, focus: &Focus, region: Region) -> String {
    let share = 100.0 * contact.saddle_suv / focus.measures.suv_max;
    let compare = match region {
        Region::ProstateBed => "; compare with the CT",
        _ => "",
    };
    format!(
        "contact with {who}: bounded by the saddle between them at SUV {:.1}, {share:.0} % of its \
         maximum{compare}",
        contact.saddle_suv
    )
}

#[cfg(test)]
mod tests {
    use isoboost_anatomy::{ImportedOrgan, recognise};
    use isoboost_lesion::{LesionConfig, find_foci};
    use isoboost_volume::{Grid, Mask, Volume};
    use nalgebra::Point3;

    use crate::{ExclusionReason, Scan, StagingConfig, stage};

    #[test]
    fn a_focus_at_the_bladder_is_told_to_touch_it() {
        let grid = Grid::axis_aligned([30, 30, 40], [4.0; 3], Point3::origin()).unwrap();
        let bladder = Point3::new(60.0, 60.0, 60.0);
        let focus = Point3::new(108.0, 60.0, 60.0);
        let from = |voxel, place: Point3<f64>| (grid.center_of(voxel) - place).norm();
        let suv = Volume::from_fn(grid.clone(), |voxel| {
            let out = (from(voxel, bladder) - 28.0).max(0.0);
            let urine = 60.0 * (-out * out / 30.0).exp();
            let lesion = 9.0 * (-from(voxel, focus).powi(2) / 60.0).exp();
            (urine + lesion + 0.7) as f32
        });
        let organ = ImportedOrgan {
            name: "urinary_bladder".to_owned(),
            mask: Mask::from_fn(grid.clone(), |voxel| from(voxel, bladder) < 30.0),
        };
        let foci = find_foci(&suv, &LesionConfig::default()).unwrap();
        let anatomy = recognise(None, &suv, &[organ]);
        let staging = stage(
            foci,
            &anatomy,
            Scan::of_pet(&suv),
            &StagingConfig::default(),
        );
        assert_eq!(staging.excluded[0].reason, ExclusionReason::UrinaryBladder);
        assert_eq!(staging.lesions.len(), 1);
        let lesion = &staging.lesions[0];
        let told = lesion.evidence.iter().find(|e| e.contains("contact"));
        let saddle = lesion.focus.contacts[0].saddle_suv;
        assert!((2.0..6.0).contains(&saddle), "{saddle}");
        assert_eq!(
            told.unwrap(),
            &format!(
                "contact with the urinary bladder (2): bounded by the saddle between them at SUV \
                 {saddle:.1}, {:.0} % of its maximum",
                100.0 * saddle / lesion.focus.measures.suv_max
            )
        );
        assert!((lesion.focus.measures.centroid - focus).norm() < 3.0);
    }
}
