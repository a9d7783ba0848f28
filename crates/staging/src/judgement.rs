//! What each focus is by itself, before what is told of all of them together.

use isoboost_lesion::PointFocus;

use crate::region::{Region, Station};
use crate::staged::{Excluded, Lesion, Staging};
use crate::verdict::{Lesional, Metastasis};
use crate::{StagingConfig, contact, mitnm};

/// The verdict on each focus by itself. [`Judgement::staging`] adds what concerns several: whom an
/// outline meets, and the patient's miTNM. In between a person may decide otherwise.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Judgement {
    /// Disease, in the order of the numbers.
    pub lesions: Vec<Lesion>,
    /// Physiological uptake.
    pub excluded: Vec<Excluded>,
    /// Uptake too small to delineate, highest first.
    pub points: Vec<PointFocus>,
    /// What a reader should know.
    pub findings: Vec<String>,
    /// Whether the landmarks are there that regions are told by.
    pub regions_known: bool,
}

impl Judgement {
    /// All foci with what they are.
    pub fn staging(mut self, config: &StagingConfig) -> Staging {
        let places: Vec<Lesional> = self.lesions.iter().map(place_of).collect();
        contact::tell(&mut self.lesions, &self.excluded);
        Staging {
            mi_tnm: mitnm::of_patient(&places, self.regions_known, config.promise),
            lesions: self.lesions,
            excluded: self.excluded,
            points: self.points,
            findings: self.findings,
        }
    }
}

/// Where a lesion is, from what is told of it.
fn place_of(lesion: &Lesion) -> Lesional {
    Lesional {
        region: lesion.region,
        site: lesion.site.clone(),
        station: lesion.station.as_deref().and_then(Station::from_name),
        bed_site: lesion.bed_site,
        side: lesion.side,
        metastasis: match (lesion.region, lesion.mi_tnm.as_str()) {
            (Region::Distant, "miM1a") => Some(Metastasis::Node),
            (Region::Distant, "miM1b") => Some(Metastasis::Bone),
            (Region::Distant, _) => Some(Metastasis::Organ),
            _ => None,
        },
    }
}
