//! Anatomical places where recurrences of prostate cancer are found.

use serde::{Deserialize, Serialize};

use crate::lattice::Vec3;
use crate::{Region, Side};

/// A place in the pelvis phantom that a lesion can be put at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Site {
    /// Vesico-urethral anastomosis, in the midline below the bladder neck.
    Anastomosis,
    /// Behind the bladder, in the bed of the seminal vesicles.
    Retrovesical,
    /// External iliac nodes, beside the artery and vein on the psoas.
    ExternalIliac,
    /// Internal iliac nodes, towards the sacrum.
    InternalIliac,
    /// Obturator nodes, on the side wall below the external iliac vein.
    Obturator,
    /// Common iliac nodes, between promontory and aortic bifurcation.
    CommonIliac,
    /// In front of the sacrum.
    Presacral,
    /// Para-aortic nodes above the bifurcation.
    Retroperitoneal,
    /// Inguinal nodes.
    Inguinal,
    /// Lateral mass of the sacrum.
    Sacrum,
    /// Wing of the ilium.
    Ilium,
    /// Roof of the acetabulum.
    Acetabulum,
    /// Ischial tuberosity.
    Ischium,
    /// Body of the pubic bone.
    Pubis,
    /// Proximal shaft of the femur.
    Femur,
    /// Body of the third lumbar vertebra.
    L3,
    /// Body of the fourth lumbar vertebra.
    L4,
    /// Body of the fifth lumbar vertebra.
    L5,
    /// Body of the tenth thoracic vertebra, in a field that reaches so far.
    T10,
    /// Fifth rib at the side, in a field that reaches so far.
    Rib,
    /// Right lobe of the liver, in a field that reaches so far.
    Liver,
    /// Side of the prostate bed.
    Lateral,
    /// In the fat beside the rectum.
    Perirectal,
    /// Beside the trachea.
    Mediastinal,
    /// Above the collar bone.
    Supraclavicular,
    /// In the armpit.
    Axillary,
    /// Body of the first lumbar vertebra.
    L1,
    /// Body of the fifth thoracic vertebra.
    T5,
    /// Body of the breastbone.
    Sternum,
    /// Neck of the shoulder blade.
    Scapula,
    /// Middle of the collar bone.
    Clavicle,
    /// Side of the skull.
    Skull,
}

impl Site {
    /// Every site of the pelvis phantom, from the bed outwards.
    pub const ALL: [Self; 21] = [
        Self::Anastomosis,
        Self::Retrovesical,
        Self::ExternalIliac,
        Self::InternalIliac,
        Self::Obturator,
        Self::CommonIliac,
        Self::Presacral,
        Self::Retroperitoneal,
        Self::Inguinal,
        Self::Sacrum,
        Self::Ilium,
        Self::Acetabulum,
        Self::Ischium,
        Self::Pubis,
        Self::Femur,
        Self::L3,
        Self::L4,
        Self::L5,
        Self::T10,
        Self::Rib,
        Self::Liver,
    ];

    /// The sites that only the torso phantom has the tissue for.
    pub const TORSO: [Self; 11] = [
        Self::Lateral,
        Self::Perirectal,
        Self::Mediastinal,
        Self::Supraclavicular,
        Self::Axillary,
        Self::L1,
        Self::T5,
        Self::Sternum,
        Self::Scapula,
        Self::Clavicle,
        Self::Skull,
    ];

    /// Centre in the phantom's frame; midline sites move a little to the side.
    pub(crate) fn center(self, side: Side) -> Vec3 {
        let [x, y, z] = match self {
            Self::Anastomosis => [2.0, -3.0, -33.0],
            Self::Retrovesical => [13.0, 33.0, 4.0],
            Self::ExternalIliac => [49.0, -33.0, 47.0],
            Self::InternalIliac => [43.0, 36.0, 58.0],
            Self::Obturator => [41.0, 13.0, 30.0],
            Self::CommonIliac => [38.0, -8.0, 116.0],
            Self::Presacral => [7.0, 50.0, 58.0],
            Self::Retroperitoneal => [32.0, -27.0, 172.0],
            Self::Inguinal => [80.0, -68.0, -22.0],
            Self::Sacrum => [30.0, 60.0, 78.0],
            Self::Ilium => [68.0, 56.0, 88.0],
            Self::Acetabulum => [86.0, -4.0, 38.0],
            Self::Ischium => [58.0, 28.0, -72.0],
            Self::Pubis => [13.0, -44.0, -26.0],
            Self::Femur => [126.0, 11.0, -40.0],
            Self::L3 => [8.0, -2.0, 187.0],
            Self::L4 => [8.0, 0.0, 150.0],
            Self::L5 => [8.0, 10.0, 113.0],
            Self::T10 => [0.0, 24.0, 360.0],
            Self::Rib => [143.4, -6.0, 402.0],
            Self::Liver => [75.0, -20.0, 320.0],
            Self::Lateral => [22.0, 4.0, -11.0],
            Self::Perirectal => [24.0, 61.0, 20.0],
            Self::Mediastinal => [22.0, -16.0, 515.0],
            Self::Supraclavicular => [44.0, -26.0, 600.0],
            Self::Axillary => [142.0, 2.0, 522.0],
            Self::L1 => [8.0, 3.0, 260.0],
            Self::T5 => [6.0, 40.0, 500.1],
            Self::Sternum => [0.0, -96.4, 456.0],
            Self::Scapula => [118.0, 42.0, 556.0],
            Self::Clavicle => [72.0, -44.0, 572.0],
            Self::Skull => [67.0, 6.0, 790.0],
        };
        let mirror = match (self, side) {
            (Self::Liver, _) | (_, Side::Right) => -1.0,
            (_, Side::Left) => 1.0,
        };
        [mirror * x, y, z]
    }

    /// Region class of a lesion here.
    pub fn region(self) -> Region {
        match self {
            Self::Anastomosis | Self::Retrovesical | Self::Lateral => Region::ProstateBed,
            Self::ExternalIliac
            | Self::InternalIliac
            | Self::Obturator
            | Self::CommonIliac
            | Self::Presacral
            | Self::Perirectal => Region::PelvicNode,
            _ => Region::Distant,
        }
    }

    /// Whether the place is in bone, where a lesion is sclerotic.
    pub fn is_bone(self) -> bool {
        !matches!(self.region(), Region::ProstateBed | Region::PelvicNode)
            && !matches!(
                self,
                Self::Retroperitoneal
                    | Self::Inguinal
                    | Self::Liver
                    | Self::Mediastinal
                    | Self::Supraclavicular
                    | Self::Axillary
            )
    }

    /// Whether there is one on each side.
    pub fn is_paired(self) -> bool {
        !matches!(
            self,
            Self::Anastomosis
                | Self::L1
                | Self::L3
                | Self::L4
                | Self::L5
                | Self::T5
                | Self::T10
                | Self::Liver
                | Self::Sternum
        )
    }

    /// Name for reports, as `external_iliac`.
    pub fn station(self) -> &'static str {
        match self {
            Self::Anastomosis => "anastomosis",
            Self::Retrovesical => "retrovesical",
            Self::ExternalIliac => "external_iliac",
            Self::InternalIliac => "internal_iliac",
            Self::Obturator => "obturator",
            Self::CommonIliac => "common_iliac",
            Self::Presacral => "presacral",
            Self::Retroperitoneal => "retroperitoneal",
            Self::Inguinal => "inguinal",
            Self::Sacrum => "sacrum",
            Self::Ilium => "ilium",
            Self::Acetabulum => "acetabulum",
            Self::Ischium => "ischium",
            Self::Pubis => "pubis",
            Self::Femur => "femur",
            Self::L3 => "vertebra_l3",
            Self::L4 => "vertebra_l4",
            Self::L5 => "vertebra_l5",
            Self::T10 => "vertebra_t10",
            Self::Rib => "rib",
            Self::Liver => "liver",
            Self::Lateral => "lateral",
            Self::Perirectal => "perirectal",
            Self::Mediastinal => "mediastinal",
            Self::Supraclavicular => "supraclavicular",
            Self::Axillary => "axillary",
            Self::L1 => "vertebra_l1",
            Self::T5 => "vertebra_t5",
            Self::Sternum => "sternum",
            Self::Scapula => "scapula",
            Self::Clavicle => "clavicle",
            Self::Skull => "skull",
        }
    }
}
