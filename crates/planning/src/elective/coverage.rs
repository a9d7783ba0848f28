//! Which avid lesions an elective volume holds.

use isoboost_staging::Staging;

use super::levels::nodes;
use crate::lesion_class::LesionClass;
use crate::policy::WholeVolume;
use crate::region::Growth;

/// A lesion with more than this share inside is held.
const HELD: f64 = 0.95;
const HALF: f64 = 0.5;

/// A sentence for each lesion of the volume's kind that does not lie in it as a whole; one for all
/// where every one does.
pub(super) fn told(volume: WholeVolume, growth: &Growth, staging: &Staging) -> Vec<String> {
    let lesions: Vec<_> = match volume {
        WholeVolume::Pelvis => nodes(staging).collect(),
        WholeVolume::ProstateBed => {
            let lesions = staging.lesions.iter();
            let of_bed = lesions.filter(|l| LesionClass::of(l) == LesionClass::Bed);
            of_bed.collect()
        }
    };
    let told = lesions.iter().filter_map(|lesion| {
        let mask = &lesion.focus.mask;
        let places = mask.voxels().map(|v| mask.grid().center_of(v));
        let (inside, all) = places.fold((0.0, 0.0), |(inside, all), p| {
            let held = growth.region.mask.contains(p);
            (inside + f64::from(u8::from(held)), all + 1.0)
        });
        let share = inside / f64::max(all, 1.0);
        if share > HELD {
            return None;
        }
        let where_it_lies = if share < HALF {
            "lies outside"
        } else {
            "lies in part outside"
        };
        Some(format!(
            "lesion {} ({}) {where_it_lies}: {:.0} % of it is inside",
            lesion.id,
            lesion.site,
            100.0 * share
        ))
    });
    told.collect()
}
