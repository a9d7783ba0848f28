//! A category of PSMA-RADS to start from.

use crate::region::{Region, Station};
use crate::staged::{Correlate, Lesion};

/// PSMA score from which uptake is intense: above the liver.
const INTENSE: u8 = 2;

/// A proposal for the category of a lesion in PSMA-RADS (Rowe 2018, 10.2967/jnumed.117.195255;
/// version 2.0: Werner 2023, Eur Urol). A reader who knows the patient decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PsmaRads {
    /// As `4` or `3A`.
    pub category: &'static str,
    /// Why, in a sentence.
    pub evidence: String,
}

/// The category by uptake, place and CT: intense uptake at a usual site is 5 with a correlate on
/// the CT and 4 without, at an unusual site 3C; equivocal uptake is 3A in soft tissue, 3B in bone,
/// and 2 at an unusual site. `None` without a score or a CT.
pub(crate) fn category(lesion: &Lesion) -> Option<PsmaRads> {
    let score = lesion.psma_score?;
    let correlate = match &lesion.correlate {
        Correlate::NotKnown => return None,
        Correlate::Unseen => None,
        Correlate::Seen(what) => Some(what),
    };
    let bone = lesion.mi_tnm == "miM1b";
    let usual = is_usual(lesion)?;
    let doubt = lesion.suspicions.first();
    let intense = score >= INTENSE && doubt.is_none();
    let category = match (intense, usual, bone) {
        (true, true, _) if correlate.is_some() => "5",
        (true, true, _) => "4",
        (true, false, _) => "3C",
        (false, _, true) => "3B",
        (false, true, false) => "3A",
        (false, false, false) => "2",
    };
    let uptake = match doubt {
        Some(doubt) => format!(
            "may be physiological ({})",
            doubt.reason.name().replace('_', " ")
        ),
        None if intense => format!("intense uptake (PSMA score {score})"),
        None => format!("equivocal uptake (PSMA score {score})"),
    };
    let seen = correlate.map_or_else(|| "nothing on the CT".to_owned(), Clone::clone);
    let site = if usual { "usual" } else { "unusual" };
    Some(PsmaRads {
        category,
        evidence: format!("PSMA-RADS {category} proposed: {uptake}, {site} site, {seen}"),
    })
}

/// Whether prostate cancer usually spreads there; `None` for a place that is not known.
fn is_usual(lesion: &Lesion) -> Option<bool> {
    let unusual = [Station::Supradiaphragmatic, Station::Inguinal].map(Station::name);
    Some(match lesion.region {
        Region::ProstateBed | Region::PelvicNode => true,
        Region::Undetermined => return None,
        Region::Distant => match lesion.mi_tnm.as_str() {
            "miM1b" => true,
            "miM1a" => !unusual.iter().any(|s| lesion.station.as_deref() == Some(s)),
            _ => false,
        },
    })
}
