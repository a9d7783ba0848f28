//! Coded names of organs, as DICOM segmentations have them.

use super::{OrganKind, Side, Vertebra};

type Paired = fn(Side) -> OrganKind;

/// Codes of organs on both sides: SNOMED CT and, where there is one, the older SNOMED-RT code.
/// The values are those of DICOM PS3.16 annex O and of `TotalSegmentator`'s own table.
const PAIRED: &[(Paired, &[&str])] = &[
    (OrganKind::Ureter, &["87953007", "T-73000"]),
    (OrganKind::Kidney, &["64033007", "T-71000"]),
    (OrganKind::Adrenal, &["23451007", "T-B3000"]),
    (OrganKind::Parotid, &["45289007", "T-61100"]),
    (OrganKind::Submandibular, &["54019009", "T-61300"]),
    (OrganKind::Lacrimal, &["13561001", "T-AA910"]),
    (
        OrganKind::Lung,
        &[
            "39607008", "T-28000", "45653009", "T-28820", "90572001", "T-28830",
        ],
    ),
    (
        OrganKind::IliacArtery,
        &["73634005", "T-46710", "10293006", "T-46700"],
    ),
    (
        OrganKind::IliacVein,
        &["46027005", "T-48920", "244411005", "T-4940E"],
    ),
    (
        OrganKind::ExternalIliacVessels,
        &["113269004", "T-46910", "63507001", "T-48930"],
    ),
    (
        OrganKind::InternalIliacVessels,
        &["90024005", "T-46740", "40300007", "T-48940"],
    ),
    (
        OrganKind::Hip,
        &["29836001", "T-D2500", "22356005", "T-12340"],
    ),
    (OrganKind::Femur, &["71341001", "T-12710"]),
    (OrganKind::FemoralHead, &["2812003", "T-12711"]),
    (OrganKind::Humerus, &["85050009", "T-12410"]),
    (OrganKind::Scapula, &["79601000", "T-12280"]),
    (OrganKind::Clavicle, &["51299004", "T-12310"]),
];

/// Codes of single organs.
const UNPAIRED: &[(OrganKind, &[&str])] = &[
    (OrganKind::UrinaryBladder, &["89837001", "T-74000"]),
    (OrganKind::Urethra, &["13648007", "T-75000"]),
    (OrganKind::Prostate, &["41216001", "T-92000"]),
    (OrganKind::SeminalVesicles, &["64739004", "T-93000"]),
    (OrganKind::Rectum, &["34402009", "T-59600"]),
    (
        OrganKind::Colon,
        &["71854001", "T-59300", "60184004", "T-59470"],
    ),
    (OrganKind::SmallBowel, &["30315005", "T-58000"]),
    (OrganKind::Duodenum, &["38848004", "T-58200"]),
    (OrganKind::Stomach, &["69695003", "T-57000"]),
    (OrganKind::Liver, &["10200004", "T-62000"]),
    (OrganKind::Gallbladder, &["28231008", "T-63000"]),
    (OrganKind::Spleen, &["78961009", "T-C3000"]),
    (OrganKind::Pancreas, &["15776009", "T-65000"]),
    (OrganKind::Thyroid, &["69748006", "T-B6000"]),
    (OrganKind::Oesophagus, &["32849002", "T-56000"]),
    (OrganKind::Trachea, &["44567001", "T-25000"]),
    (OrganKind::Heart, &["80891009", "T-32000"]),
    (OrganKind::Brain, &["12738006", "T-A0100"]),
    (
        OrganKind::Aorta,
        &[
            "15825003",
            "T-42000",
            "7832008",
            "T-42500",
            "113262008",
            "T-42070",
        ],
    ),
    (OrganKind::InferiorVenaCava, &["64131007", "T-48710"]),
    (OrganKind::Sacrum, &["54735007", "T-11AD0"]),
    (OrganKind::Sternum, &["56873002", "T-11210"]),
    (OrganKind::Skull, &["89546000", "T-11100"]),
    (
        OrganKind::Muscle,
        &[
            "127954009",
            "T-D0684",
            "244849004",
            "181674001",
            "78333006",
            "75297007",
            "68455001",
        ],
    ),
    // Codes that name the side as well.
    (OrganKind::Kidney(Side::Left), &["18639004"]),
    (OrganKind::Kidney(Side::Right), &["9846003"]),
    (OrganKind::Lung(Side::Left), &["44029006"]),
    (
        OrganKind::Lung(Side::Right),
        &["3341006", "72481006", "T-28300"],
    ),
];

/// The first to the twelfth rib.
const RIBS: [&str; 12] = [
    "48535007", "78247007", "25888004", "25523003", "15339008", "59558009", "24915002", "5953002",
    "22565002", "77644006", "58830002", "43993008",
];

/// Region, and the vertebrae in it from the first on.
const VERTEBRAE: &[(char, &[&str])] = &[
    (
        'C',
        &[
            "14806007",
            "39976000",
            "113205007",
            "5329002",
            "36978003",
            "36054005",
            "87391001",
        ],
    ),
    (
        'T',
        &[
            "64864005", "53733008", "1626008", "73071006", "56401006", "45296009", "62487009",
            "11068009", "82687006", "7610001", "12989004", "23215003",
        ],
    ),
    (
        'L',
        &["66794005", "14293000", "36470004", "11994002", "49668003"],
    ),
    ('S', &["65985001"]),
];

/// The organ of a code. Codes of different schemes do not clash: those of SNOMED-RT have letters.
pub(super) fn from_code(value: &str, side: Option<Side>) -> Option<OrganKind> {
    if let Some((kind, _)) = UNPAIRED.iter().find(|(_, codes)| codes.contains(&value)) {
        return Some(*kind);
    }
    if let Some((kind, _)) = PAIRED.iter().find(|(_, codes)| codes.contains(&value)) {
        return side.map(kind);
    }
    if let Some((_, number)) = RIBS.iter().zip(1..).find(|(code, _)| **code == value) {
        return side.map(|side| OrganKind::Rib(side, number));
    }
    VERTEBRAE.iter().find_map(|(region, codes)| {
        let (_, number) = codes.iter().zip(1..).find(|(code, _)| **code == value)?;
        let region = *region;
        Some(OrganKind::Vertebra(Vertebra { region, number }))
    })
}

/// The code of a vertebra.
pub(super) fn of_vertebra(vertebra: Vertebra) -> Option<&'static str> {
    let (_, codes) = VERTEBRAE.iter().find(|(r, _)| *r == vertebra.region)?;
    let place = usize::from(vertebra.number).checked_sub(1)?;
    codes.get(place).copied()
}

/// The side of a laterality modifier.
pub(super) fn side_of(value: &str) -> Option<Side> {
    match value {
        "7771000" | "G-A101" => Some(Side::Left),
        "24028007" | "G-A100" => Some(Side::Right),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use OrganKind as K;

    #[test]
    fn codes_mean_organs_with_their_side() {
        let left = Side::from_code("7771000");
        let right = Side::from_code("G-A100");
        for (code, side, kind) in [
            ("64033007", left, Some(K::Kidney(Side::Left))),
            ("T-71000", right, Some(K::Kidney(Side::Right))),
            ("64033007", None, None),
            ("18639004", None, Some(K::Kidney(Side::Left))),
            ("89837001", None, Some(K::UrinaryBladder)),
            ("10200004", None, Some(K::Liver)),
            ("T-62000", None, Some(K::Liver)),
            ("49668003", None, Some(K::Vertebra(Vertebra::L5))),
            ("43993008", left, Some(K::Rib(Side::Left, 12))),
            // Neoplasm: no organ, wherever it is.
            ("108369006", None, None),
            ("85756007", None, None),
        ] {
            assert_eq!(OrganKind::from_code(code, side), kind, "{code}");
        }
    }

    #[test]
    fn no_code_stands_twice() {
        let paired = PAIRED.iter().flat_map(|(_, codes)| codes.iter());
        let unpaired = UNPAIRED.iter().flat_map(|(_, codes)| codes.iter());
        let spine = VERTEBRAE.iter().flat_map(|(_, codes)| codes.iter());
        let mut all: Vec<&str> = paired
            .chain(unpaired)
            .chain(spine)
            .chain(&RIBS)
            .copied()
            .collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }

    #[test]
    fn what_has_a_code_is_known_again_by_its_name() {
        let sides = [Some(Side::Left), Some(Side::Right)];
        let paired = PAIRED.iter().map(|(_, codes)| codes[0]).chain(RIBS);
        let unpaired = UNPAIRED.iter().map(|(_, codes)| codes[0]);
        let spine = VERTEBRAE
            .iter()
            .flat_map(|(_, codes)| codes.iter().copied());
        for code in paired.chain(unpaired).chain(spine) {
            for side in sides {
                let kind = OrganKind::from_code(code, side).unwrap();
                if let K::Vertebra(vertebra) = kind {
                    assert_eq!(vertebra.snomed_code(), Some(code));
                }
                assert_eq!(OrganKind::from_name(&kind.name()), Some(kind), "{code}");
            }
        }
    }
}
