//! Organs and their names.

mod codes;
mod names;

use isoboost_volume::Mask;

use crate::totalsegmentator::TOTALSEGMENTATOR_LABELS;

/// Side of the patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// The patient's left, towards growing x.
    Left,
    /// The patient's right.
    Right,
}

impl Side {
    /// `left` or `right`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Right => "right",
        }
    }

    /// The side of a SNOMED CT or SNOMED-RT laterality code, as `7771000` or `G-A101` for left.
    pub fn from_code(value: &str) -> Option<Self> {
        codes::side_of(value)
    }

    /// The side of a position `x_mm` in a patient whose midline is at `midline_mm`.
    pub fn of(x_mm: f64, midline_mm: f64) -> Self {
        if x_mm >= midline_mm {
            Self::Left
        } else {
            Self::Right
        }
    }
}

/// A vertebra: region and number in it, `('L', 5)` for L5; the sacrum is ('S', 1) to ('S', 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Vertebra {
    region: char,
    number: u8,
}

impl Vertebra {
    /// The last lumbar vertebra.
    pub const L5: Self = Self {
        region: 'L',
        number: 5,
    };
    /// The last but one lumbar vertebra, at whose lower edge the aorta divides.
    pub const L4: Self = Self {
        region: 'L',
        number: 4,
    };
    /// The first sacral vertebra.
    pub const S1: Self = Self {
        region: 'S',
        number: 1,
    };

    /// Reads `L5`, `t12`, `C1`.
    pub fn from_label(label: &str) -> Option<Self> {
        let mut letters = label.chars();
        let region = letters.next()?.to_ascii_uppercase();
        let number = letters.as_str().parse().ok()?;
        let last = match region {
            'C' => 7,
            'T' => 12,
            'L' => 6,
            'S' => 5,
            _ => return None,
        };
        (1..=last)
            .contains(&number)
            .then_some(Self { region, number })
    }

    /// Its SNOMED CT code; none of sacral vertebrae after the first, and of a sixth lumbar one.
    pub fn snomed_code(self) -> Option<&'static str> {
        codes::of_vertebra(self)
    }

    /// As `L5`.
    pub fn label(self) -> String {
        format!("{}{}", self.region, self.number)
    }
}

/// What an organ is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the variants are the names of organs")]
pub enum OrganKind {
    UrinaryBladder,
    Ureter(Side),
    Urethra,
    PenileBulb,
    Kidney(Side),
    Adrenal(Side),
    Prostate,
    /// The bed of a removed prostate.
    ProstateBed,
    SeminalVesicles,
    Rectum,
    Colon,
    SmallBowel,
    Duodenum,
    Bowel,
    Stomach,
    Liver,
    Gallbladder,
    Spleen,
    Pancreas,
    Parotid(Side),
    Submandibular(Side),
    Lacrimal(Side),
    /// A salivary or lacrimal gland that is not told apart further.
    HeadGland(Side),
    Thyroid,
    Oesophagus,
    Trachea,
    Lung(Side),
    Heart,
    Brain,
    Aorta,
    /// Common, external and internal iliac artery in one, as most software draws them.
    IliacArtery(Side),
    IliacVein(Side),
    ExternalIliacVessels(Side),
    InternalIliacVessels(Side),
    InferiorVenaCava,
    Sacrum,
    Vertebra(Vertebra),
    Hip(Side),
    Femur(Side),
    FemoralHead(Side),
    Rib(Side, u8),
    /// Ribs of one side that are not counted.
    Ribs(Side),
    Sternum,
    Skull,
    Humerus(Side),
    Scapula(Side),
    Clavicle(Side),
    /// Clavicle, scapula and the head of the humerus in one.
    ShoulderGirdle(Side),
    Muscle,
}

impl OrganKind {
    /// Recognises the names of `TotalSegmentator`, of TG-263 and those in common use in English,
    /// German, French, Spanish and Italian, with any case, accents and separators: `kidney_left`,
    /// `Kidney_L`, `Left Kidney`, `Niere li`. Targets, margins and helpers of planning, as
    /// `PTV Bladder` or `Rectum_PRV05`, are no organs.
    pub fn from_name(name: &str) -> Option<Self> {
        names::from_name(name)
    }

    /// The organ of a SNOMED CT or SNOMED-RT code value; an organ on both sides needs its side.
    pub fn from_code(value: &str, side: Option<Side>) -> Option<Self> {
        codes::from_code(value, side)
    }

    /// The organ of a `TotalSegmentator` label number (task `total`, version 2).
    pub fn from_totalsegmentator(label: u16) -> Option<Self> {
        let known = TOTALSEGMENTATOR_LABELS.iter().find(|(n, _)| *n == label)?;
        Self::from_name(known.1)
    }

    /// The name in a sentence, as `left kidney`.
    pub fn name(self) -> String {
        let sided = |side: Side, name: &str| format!("{} {name}", side.name());
        match self {
            Self::Ureter(side) => sided(side, "ureter"),
            Self::Kidney(side) => sided(side, "kidney"),
            Self::Adrenal(side) => sided(side, "adrenal gland"),
            Self::Parotid(side) => sided(side, "parotid gland"),
            Self::Submandibular(side) => sided(side, "submandibular gland"),
            Self::Lacrimal(side) => sided(side, "lacrimal gland"),
            Self::HeadGland(side) => sided(side, "salivary or lacrimal gland"),
            Self::Lung(side) => sided(side, "lung"),
            Self::IliacArtery(side) => sided(side, "iliac artery"),
            Self::IliacVein(side) => sided(side, "iliac vein"),
            Self::ExternalIliacVessels(side) => sided(side, "external iliac vessels"),
            Self::InternalIliacVessels(side) => sided(side, "internal iliac vessels"),
            Self::Hip(side) => sided(side, "hip bone"),
            Self::Femur(side) => sided(side, "femur"),
            Self::FemoralHead(side) => sided(side, "femoral head"),
            Self::Rib(side, number) => format!("{} rib {number}", side.name()),
            Self::Ribs(side) => sided(side, "ribs"),
            Self::ShoulderGirdle(side) => sided(side, "shoulder girdle"),
            Self::Humerus(side) => sided(side, "humerus"),
            Self::Scapula(side) => sided(side, "scapula"),
            Self::Clavicle(side) => sided(side, "clavicle"),
            Self::Vertebra(vertebra) => format!("vertebra {}", vertebra.label()),
            unpaired => unpaired.unpaired_name().to_owned(),
        }
    }

    fn unpaired_name(self) -> &'static str {
        match self {
            Self::UrinaryBladder => "urinary bladder",
            Self::PenileBulb => "penile bulb",
            Self::ProstateBed => "prostate bed",
            Self::SeminalVesicles => "seminal vesicles",
            Self::SmallBowel => "small bowel",
            Self::InferiorVenaCava => "inferior vena cava",
            other => names::plain_name(other),
        }
    }

    /// Whether it is bone.
    pub fn is_bone(self) -> bool {
        matches!(
            self,
            Self::Sacrum
                | Self::Vertebra(_)
                | Self::Hip(_)
                | Self::Femur(_)
                | Self::FemoralHead(_)
                | Self::Rib(..)
                | Self::Ribs(_)
                | Self::ShoulderGirdle(_)
                | Self::Sternum
                | Self::Skull
                | Self::Humerus(_)
                | Self::Scapula(_)
                | Self::Clavicle(_)
        )
    }
}

/// Where an organ's mask comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrganSource {
    /// Drawn by other software or a person, and handed in.
    Imported,
    /// Found in PET and CT by this crate.
    Recognised,
}

/// An organ handed in.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportedOrgan {
    /// Its name where it comes from.
    pub name: String,
    /// Its voxels, on any grid.
    pub mask: Mask,
}

/// An organ of the patient.
#[derive(Debug, Clone, PartialEq)]
pub struct Organ {
    /// What it is.
    pub kind: OrganKind,
    /// Its voxels, on a grid of its own that holds them all.
    pub mask: Mask,
    /// Where the mask comes from.
    pub source: OrganSource,
    /// 0 to 1: how sure it is that this is the organ.
    pub confidence: f64,
    /// Why it is, in a sentence with numbers.
    pub evidence: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_totalsegmentator_have_their_organs() {
        assert_eq!(TOTALSEGMENTATOR_LABELS.len(), 117);
        let known = TOTALSEGMENTATOR_LABELS
            .iter()
            .filter(|(label, _)| OrganKind::from_totalsegmentator(*label).is_some())
            .count();
        // Cysts, single vessels of the chest, spinal cord and cartilage mean nothing here.
        assert_eq!(known, 102);
        assert_eq!(
            OrganKind::from_totalsegmentator(21),
            Some(OrganKind::UrinaryBladder)
        );
        assert_eq!(
            OrganKind::from_totalsegmentator(78),
            Some(OrganKind::Hip(Side::Right))
        );
    }

    #[test]
    fn organs_have_names_for_sentences() {
        assert_eq!(OrganKind::Kidney(Side::Left).name(), "left kidney");
        assert_eq!(OrganKind::UrinaryBladder.name(), "urinary bladder");
        assert_eq!(OrganKind::Vertebra(Vertebra::L4).name(), "vertebra L4");
        assert_eq!(OrganKind::Liver.name(), "liver");
    }
}
