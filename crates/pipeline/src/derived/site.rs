//! Where a lesion is, as a code of SNOMED CT.
//!
//! A place without a code of its own gets that of the next larger structure, and none when even
//! that would say more than is known. Values and meanings are those of DICOM PS3.16, CID 4031, 7600
//! and 7602.

use isoboost_anatomy::Vertebra;
use isoboost_dicom::{Code, Concept};
use isoboost_staging::{Lesion, Region};

/// Groups of lymph nodes by the station's name. There is no code of the common iliac nodes as a
/// whole, and none of what lies above the diaphragm.
const STATIONS: [(&str, &str, &str); 9] = [
    ("common_iliac", "84219008", "iliac lymph node"),
    ("external_iliac", "65349008", "external iliac lymph node"),
    ("internal_iliac", "69255009", "hypogastric lymph node"),
    ("obturator", "36086000", "obturator lymph node"),
    ("presacral", "79926007", "sacral lymph node"),
    ("perirectal", "21875007", "pararectal lymph node"),
    ("retroperitoneal", "91394001", "retroperitoneal lymph node"),
    ("inguinal", "8928004", "inguinal lymph node"),
    ("supradiaphragmatic", "59441001", "Lymph Node"),
];
const PELVIC_NODE: (&str, &str) = ("54268001", "pelvic lymph node");
const NODE: (&str, &str) = ("59441001", "Lymph Node");
/// The bed of a removed prostate has no code.
const PELVIS: (&str, &str) = ("816092008", "Pelvis");
const BONE: (&str, &str) = ("272673000", "Bone");
const LUMBAR_SPINE: (&str, &str) = ("122496007", "Lumbar spine");

/// Bones and organs by the words of the site, without the side. The pubis has no code in DICOM;
/// `Pelvis` of CID 7304 is the bone.
const STRUCTURES: [(&str, &str, &str); 20] = [
    ("ilium", "22356005", "Ilium"),
    ("pubis", "118645006", "Pelvis"),
    ("hip bone", "118645006", "Pelvis"),
    ("ischium", "85710004", "Ischium"),
    ("acetabulum", "37783008", "Acetabulum"),
    ("acetabulum or femoral head", "29836001", "Hip"),
    ("femoral head", "2812003", "Femoral head"),
    ("femur", "71341001", "Femur"),
    ("sacrum", "54735007", "Sacrum"),
    ("coccyx", "64688005", "Coccyx"),
    ("rib", "113197003", "Rib"),
    ("ribs", "113197003", "Rib"),
    ("sternum", "56873002", "Sternum"),
    ("skull", "89546000", "Skull"),
    ("humerus", "85050009", "Humerus"),
    ("scapula", "79601000", "Scapula"),
    ("clavicle", "51299004", "Clavicle"),
    ("shoulder girdle", "26444007", "Pectoral girdle"),
    ("thoracic spine", "122495006", "Thoracic spine"),
    ("lung", "39607008", "Lung"),
];

/// The structure that a lesion lies in, with its side; `None` where it is not known.
pub(super) fn anatomic_region(lesion: &Lesion) -> Option<Concept> {
    let (side, place) = split_side(&lesion.site);
    let (value, meaning) = code_of(lesion, place)?;
    let modifiers = side.map(|side| match side {
        Side::Left => Code::new("7771000", "SCT", "Left"),
        Side::Right => Code::new("24028007", "SCT", "Right"),
    });
    Some(Concept {
        code: Code::new(value, "SCT", meaning),
        modifiers: modifiers.into_iter().collect(),
    })
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Side {
    Left,
    Right,
}

/// The side that a site names, and the site without it where it stands in front.
fn split_side(site: &str) -> (Option<Side>, &str) {
    let side = site.split_whitespace().find_map(|word| match word {
        "left" => Some(Side::Left),
        "right" => Some(Side::Right),
        _ => None,
    });
    let place = site.strip_prefix("left ").or(site.strip_prefix("right "));
    (side, place.unwrap_or(site))
}

fn code_of(lesion: &Lesion, place: &str) -> Option<(String, String)> {
    let owned = |(value, meaning): (&str, &str)| (value.to_owned(), meaning.to_owned());
    let station = lesion.station.as_deref();
    let station = STATIONS.iter().find(|(name, _, _)| station == Some(*name));
    if let Some((_, value, meaning)) = station {
        return Some(owned((value, meaning)));
    }
    match (lesion.region, lesion.mi_tnm.as_str()) {
        (Region::ProstateBed, _) => Some(owned(PELVIS)),
        (Region::PelvicNode, _) => Some(owned(PELVIC_NODE)),
        (Region::Distant, "miM1a") => Some(owned(NODE)),
        (Region::Distant, "miM1b") => Some(structure(place).unwrap_or_else(|| owned(BONE))),
        (Region::Distant | Region::Undetermined, _) => structure(place),
    }
}

/// A bone or an organ by its words.
fn structure(place: &str) -> Option<(String, String)> {
    let known = STRUCTURES.iter().find(|(name, _, _)| *name == place);
    if let Some((_, value, meaning)) = known {
        return Some(((*value).to_owned(), (*meaning).to_owned()));
    }
    let mut words = place.split_whitespace();
    match (words.next(), words.next()) {
        (Some("vertebra"), Some(label)) => {
            let vertebra = Vertebra::from_label(label)?;
            match vertebra.snomed_code() {
                _ if label.starts_with('S') => structure("sacrum"),
                Some(code) => Some((code.to_owned(), format!("{label} vertebra"))),
                // A sixth lumbar vertebra.
                None => Some((LUMBAR_SPINE.0.to_owned(), LUMBAR_SPINE.1.to_owned())),
            }
        }
        // Counted ribs, as `rib 5`.
        (Some("rib"), Some(_)) => structure("rib"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Value, meaning and side of a bone's or organ's words.
    #[track_caller]
    fn check(site: &str, value: &str, side: Option<Side>) {
        let (found, place) = split_side(site);
        assert_eq!(structure(place).map(|code| code.0).as_deref(), Some(value));
        assert_eq!(found, side, "{site}");
    }

    #[test]
    fn bones_have_the_codes_of_their_words() {
        check("left ilium", "22356005", Some(Side::Left));
        check("right rib 5", "113197003", Some(Side::Right));
        check("vertebra L5", "49668003", None);
        check("vertebra L3 (counted by height)", "36470004", None);
        check("vertebra T12", "23215003", None);
        check("vertebra L6", "122496007", None);
        check("vertebra S1", "54735007", None);
        check("right hip bone", "118645006", Some(Side::Right));
        check("left lung", "39607008", Some(Side::Left));
    }

    #[test]
    fn what_is_no_structure_has_no_code() {
        for site in ["soft tissue beside the left hip", "left flank", "elsewhere"] {
            assert_eq!(structure(split_side(site).1), None, "{site}");
        }
    }

    #[test]
    fn a_side_is_found_wherever_it_stands() {
        let bed = "bed of the right seminal vesicle";
        assert_eq!(split_side(bed), (Some(Side::Right), bed));
        assert_eq!(split_side("presacral node"), (None, "presacral node"));
    }
}
