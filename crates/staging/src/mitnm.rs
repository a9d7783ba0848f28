//! miTNM labels after PROMISE.

use crate::config::Promise;
use crate::region::{Region, Station};
use crate::verdict::{Lesional, Metastasis};

/// The stage of a patient by molecular imaging.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MiTnm {
    /// As `miTr N1a M0`: the highest category of each letter; X where it cannot be judged.
    pub label: String,
    /// Regions with pelvic nodes, as `left external iliac`.
    pub node_regions: Vec<String>,
    /// The spread of bone metastases; `None` without any.
    pub bone_pattern: Option<BonePattern>,
}

/// How bone metastases are spread (PROMISE).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BonePattern {
    /// One.
    Unifocal,
    /// Two or three.
    Oligometastatic,
    /// More. Diffuse involvement of the marrow is for a reader to tell.
    Disseminated,
}

impl BonePattern {
    /// Name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unifocal => "unifocal",
            Self::Oligometastatic => "oligometastatic",
            Self::Disseminated => "disseminated",
        }
    }

    fn of(count: usize) -> Option<Self> {
        match count {
            0 => None,
            1 => Some(Self::Unifocal),
            2 | 3 => Some(Self::Oligometastatic),
            _ => Some(Self::Disseminated),
        }
    }
}

/// The label of one lesion.
pub(crate) fn of_lesion(place: &Lesional) -> &'static str {
    match (place.region, place.metastasis) {
        (Region::ProstateBed, _) => "miTr",
        (Region::PelvicNode, _) => "miN1",
        (Region::Distant, Some(Metastasis::Node)) => "miM1a",
        (Region::Distant, Some(Metastasis::Bone)) => "miM1b",
        (Region::Distant, _) => "miM1c",
        (Region::Undetermined, _) => "miX",
    }
}

/// The stage of a patient. What is none is X when no region can be told, or while a lesion is
/// undetermined, because that lesion may belong there.
pub(crate) fn of_patient(places: &[Lesional], told: bool, promise: Promise) -> MiTnm {
    let node_regions = node_regions(places);
    let bones = places
        .iter()
        .filter(|p| p.metastasis == Some(Metastasis::Bone));
    MiTnm {
        label: label(places, told, promise, node_regions.len()),
        node_regions,
        bone_pattern: BonePattern::of(bones.count()),
    }
}

fn label(places: &[Lesional], told: bool, promise: Promise, node_regions: usize) -> String {
    let open = !told || places.iter().any(|p| p.region == Region::Undetermined);
    let none = |letter: &str| format!("{letter}{}", if open { "X" } else { "0" });
    let bed = places.iter().any(|p| p.region == Region::ProstateBed);
    let t = if bed { "Tr".to_owned() } else { none("T") };
    let n = match (node_regions, promise) {
        (0, _) => none("N"),
        (1, Promise::V1) => "N1a".to_owned(),
        (_, Promise::V1) => "N1b".to_owned(),
        (1, Promise::V2) => "N1".to_owned(),
        (_, Promise::V2) => "N2".to_owned(),
    };
    let m = match places.iter().filter_map(|p| p.metastasis).max() {
        None => none("M"),
        Some(Metastasis::Node) => "M1a".to_owned(),
        Some(Metastasis::Bone) => "M1b".to_owned(),
        Some(Metastasis::Organ) => "M1c".to_owned(),
    };
    format!("mi{t} {n} {m}")
}

/// The regions with pelvic nodes: stations on each side, a side wall without a known station
/// counting as one.
fn node_regions(places: &[Lesional]) -> Vec<String> {
    let nodes = places.iter().filter(|p| p.region == Region::PelvicNode);
    let mut regions: Vec<_> = nodes
        .map(|p| {
            let central = p.station.is_some_and(Station::is_central);
            (p.station, if central { None } else { p.side })
        })
        .collect();
    regions.sort_unstable();
    regions.dedup();
    let named = regions.into_iter().map(|(station, side)| {
        let side = side.map_or_else(String::new, |side| format!("{} ", side.name()));
        let station = station.map_or_else(|| "side wall".to_owned(), Station::words);
        format!("{side}{station}")
    });
    named.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use isoboost_anatomy::Side;

    fn place(region: Region, metastasis: Option<Metastasis>) -> Lesional {
        Lesional {
            region,
            site: String::new(),
            station: None,
            bed_site: None,
            side: Some(Side::Left),
            metastasis,
        }
    }

    fn node(station: Option<Station>, side: Side) -> Lesional {
        Lesional {
            station,
            side: Some(side),
            ..place(Region::PelvicNode, None)
        }
    }

    fn check(places: &[Lesional], v1: &str, v2: &str) {
        assert_eq!(of_patient(places, true, Promise::V1).label, v1);
        assert_eq!(of_patient(places, true, Promise::V2).label, v2);
    }

    #[test]
    fn each_letter_has_its_highest_category() {
        let bed = place(Region::ProstateBed, None);
        let m = |m| place(Region::Distant, Some(m));
        check(&[], "miT0 N0 M0", "miT0 N0 M0");
        check(std::slice::from_ref(&bed), "miTr N0 M0", "miTr N0 M0");
        check(
            &[m(Metastasis::Node), m(Metastasis::Bone)],
            "miT0 N0 M1b",
            "miT0 N0 M1b",
        );
        check(&[bed, m(Metastasis::Organ)], "miTr N0 M1c", "miTr N0 M1c");
    }

    #[test]
    fn nodes_count_by_station_and_side() {
        use Side::{Left, Right};
        let obturator = Some(Station::Obturator);
        let one = [node(obturator, Left), node(obturator, Left)];
        check(&one, "miT0 N1a M0", "miT0 N1 M0");
        check(
            &[node(obturator, Left), node(obturator, Right)],
            "miT0 N1b M0",
            "miT0 N2 M0",
        );
        // A central station has no side.
        let presacral = Some(Station::Presacral);
        check(
            &[node(presacral, Left), node(presacral, Right)],
            "miT0 N1a M0",
            "miT0 N1 M0",
        );
        check(
            &[node(None, Left), node(obturator, Left)],
            "miT0 N1b M0",
            "miT0 N2 M0",
        );
    }

    #[test]
    fn what_cannot_be_judged_is_x() {
        let open = place(Region::Undetermined, None);
        check(&[open, node(None, Side::Left)], "miTX N1a MX", "miTX N1 MX");
        assert_eq!(of_patient(&[], false, Promise::V1).label, "miTX NX MX");
    }
}
