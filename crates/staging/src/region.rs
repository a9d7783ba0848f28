//! The words of staging.

use isoboost_anatomy::OrganKind;

/// The classes that a plan is made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Region {
    /// Local recurrence in the bed of the removed prostate.
    ProstateBed,
    /// A lymph node of the pelvis.
    PelvicNode,
    /// Bone, organs, and lymph nodes outside of the pelvis.
    Distant,
    /// Not known: landmarks or the CT are missing, or the place is typical for nothing.
    Undetermined,
}

impl Region {
    /// Name in reports, as `prostate_bed`.
    pub fn name(self) -> &'static str {
        match self {
            Self::ProstateBed => "prostate_bed",
            Self::PelvicNode => "pelvic_node",
            Self::Distant => "distant",
            Self::Undetermined => "undetermined",
        }
    }

    /// The region with this name in reports.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|region| region.name() == name)
    }

    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::ProstateBed,
        Self::PelvicNode,
        Self::Distant,
        Self::Undetermined,
    ];
}

/// Groups of lymph nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the variants are the names of the stations")]
pub enum Station {
    CommonIliac,
    ExternalIliac,
    InternalIliac,
    Obturator,
    Presacral,
    Perirectal,
    Retroperitoneal,
    Inguinal,
    Supradiaphragmatic,
}

impl Station {
    /// Name in reports, as `external_iliac`.
    pub fn name(self) -> &'static str {
        match self {
            Self::CommonIliac => "common_iliac",
            Self::ExternalIliac => "external_iliac",
            Self::InternalIliac => "internal_iliac",
            Self::Obturator => "obturator",
            Self::Presacral => "presacral",
            Self::Perirectal => "perirectal",
            Self::Retroperitoneal => "retroperitoneal",
            Self::Inguinal => "inguinal",
            Self::Supradiaphragmatic => "supradiaphragmatic",
        }
    }

    /// The station with this name in reports.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|station| station.name() == name)
    }

    /// All of them, those of the pelvis first.
    pub const ALL: [Self; 9] = [
        Self::CommonIliac,
        Self::ExternalIliac,
        Self::InternalIliac,
        Self::Obturator,
        Self::Presacral,
        Self::Perirectal,
        Self::Retroperitoneal,
        Self::Inguinal,
        Self::Supradiaphragmatic,
    ];

    /// Whether a node of this group may be a pelvic one.
    pub fn is_pelvic(self) -> bool {
        !matches!(
            self,
            Self::Retroperitoneal | Self::Inguinal | Self::Supradiaphragmatic
        )
    }

    /// Name in a sentence, as `external iliac`.
    pub fn words(self) -> String {
        self.name().replace('_', " ")
    }

    /// Whether there is one group, in the midline, and none on each side.
    pub fn is_central(self) -> bool {
        matches!(
            self,
            Self::Presacral | Self::Perirectal | Self::Retroperitoneal | Self::Supradiaphragmatic
        )
    }
}

/// Where in the prostate bed a recurrence is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BedSite {
    /// Where bladder and urethra were joined, in the middle behind the symphysis.
    Anastomosis,
    /// Behind the bladder, in the bed of the seminal vesicles.
    Retrovesical,
    /// At the side of the bed.
    Lateral,
}

impl BedSite {
    /// Name in reports, as `anastomosis`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Anastomosis => "anastomosis",
            Self::Retrovesical => "retrovesical",
            Self::Lateral => "lateral",
        }
    }
}

/// How sure it is that a focus is physiological.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Certainty {
    /// It is.
    Certain,
    /// It probably is: a reader looks at it.
    Likely,
}

impl Certainty {
    /// Name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::Likely => "likely",
        }
    }
}

/// Why a focus is no lesion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the variants are the names of organs")]
pub enum ExclusionReason {
    UrinaryBladder,
    Kidney,
    Ureter,
    Urethra,
    /// In bowel that urine is led into.
    Urine,
    Liver,
    Gallbladder,
    Spleen,
    Stomach,
    Bowel,
    /// Salivary, lacrimal or thyroid gland.
    Gland,
    Ganglion,
    /// Uptake of bone without disease.
    UnspecificBone,
    /// Callus of broken bone.
    Fracture,
    /// Blood in a large vessel.
    Vascular,
    /// No focus: hardly above what is around it.
    Diffuse,
    /// Beside metal, by the correction for attenuation.
    Artefact,
    /// Where the tracer was injected, and the veins from there.
    InjectionSite,
    /// Outside of the body: contamination of skin or clothes.
    Contamination,
    /// A reader decided that it is no lesion.
    Reviewer,
}

impl ExclusionReason {
    /// Name in reports, as `urinary_bladder`.
    pub fn name(self) -> &'static str {
        match self {
            Self::UrinaryBladder => "urinary_bladder",
            Self::Kidney => "kidney",
            Self::Ureter => "ureter",
            Self::Urethra => "urethra",
            Self::Urine => "urine",
            Self::Liver => "liver",
            Self::Gallbladder => "gallbladder",
            Self::Spleen => "spleen",
            Self::Stomach => "stomach",
            Self::Bowel => "bowel",
            Self::Gland => "gland",
            Self::Ganglion => "ganglion",
            Self::UnspecificBone => "unspecific_bone",
            Self::Fracture => "fracture",
            Self::Vascular => "vascular",
            Self::Diffuse => "diffuse",
            Self::Artefact => "artefact",
            Self::InjectionSite => "injection_site",
            Self::Contamination => "contamination",
            Self::Reviewer => "reviewer",
        }
    }

    /// The reason for uptake in an organ that takes up or excretes PSMA ligands in health.
    pub fn for_organ(kind: OrganKind) -> Option<Self> {
        use OrganKind as K;
        Some(match kind {
            K::UrinaryBladder => Self::UrinaryBladder,
            K::Kidney(_) => Self::Kidney,
            K::Ureter(_) => Self::Ureter,
            K::Urethra => Self::Urethra,
            K::Liver => Self::Liver,
            K::Gallbladder => Self::Gallbladder,
            K::Spleen => Self::Spleen,
            K::Stomach => Self::Stomach,
            K::Duodenum | K::SmallBowel | K::Colon | K::Bowel => Self::Bowel,
            K::Parotid(_) | K::Submandibular(_) | K::Lacrimal(_) | K::HeadGland(_) => Self::Gland,
            _ => return None,
        })
    }
}
