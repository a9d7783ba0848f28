//! The regions as places, without a focus: for maps of them, and for lesions that a reader adds.

use isoboost_anatomy::Anatomy;
use isoboost_lesion::PointFocus;
use nalgebra::Point3;

use crate::StagingConfig;
use crate::place::{Levels, is_bone};
use crate::region::{Region, Station};
use crate::soft_tissue;
use crate::uptake::Uptake;
use crate::verdict::Kind;

/// A node of this uptake (SUVbw) and volume (mL) is asked for: hotter than bowel, so that the place
/// alone decides.
const SUV: f64 = 20.0;
const VOLUME_ML: f64 = 0.5;

/// The class of a place, and the group of nodes where there is one; `None` where uptake would be
/// physiological for its place.
pub type PlaceClass = Option<(Region, Option<Station>)>;

/// The class and the group of nodes of a small lesion at each of the places, LPS in mm.
///
/// # Errors
/// The landmark that regions need and that is missing, as a sentence.
pub fn regions_at(
    places: &[Point3<f64>],
    anatomy: &Anatomy,
    config: &StagingConfig,
) -> Result<Vec<PlaceClass>, String> {
    let levels = Levels::of(anatomy, config)?;
    let region = |place: &Point3<f64>| {
        if is_bone(anatomy, *place) {
            return Some((Region::Distant, None));
        }
        let uptake = Uptake::of_point(&PointFocus {
            max_at: *place,
            suv_max: SUV,
            volume_ml: VOLUME_ML,
        });
        match soft_tissue::judge(&uptake, anatomy, &levels, config).kind {
            Kind::Lesion(lesion) => Some((lesion.region, lesion.station)),
            Kind::Physiological(_) => None,
        }
    };
    Ok(places.iter().map(region).collect())
}
