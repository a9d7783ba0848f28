//! What kind of object a SOP class is.
//!
//! The SOP class decides, never the Modality text: a report, a segmentation and a screen shot of
//! a PET all say `PT` somewhere.

use dicom_dictionary_std::uids;

/// What an object holds, as far as planning is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ObjectKind {
    /// One slice of a CT.
    Ct,
    /// One slice of a PET.
    Pet,
    /// A multi-frame CT (Enhanced or Legacy Converted).
    EnhancedCt,
    /// A multi-frame PET (Enhanced or Legacy Converted).
    EnhancedPet,
    /// A structure set.
    StructureSet,
    /// A segmentation.
    Segmentation,
    /// A dose distribution.
    Dose,
    /// A radiotherapy plan, of photons, electrons or ions.
    Plan,
    /// A registration between frames of reference.
    Registration,
    /// Any other object: reports, maps, screen shots, images of other modalities.
    Other,
}

impl ObjectKind {
    /// The kind of a SOP Class UID.
    pub fn of(sop_class_uid: &str) -> Self {
        match sop_class_uid {
            uids::CT_IMAGE_STORAGE => Self::Ct,
            uids::POSITRON_EMISSION_TOMOGRAPHY_IMAGE_STORAGE => Self::Pet,
            uids::ENHANCED_CT_IMAGE_STORAGE | uids::LEGACY_CONVERTED_ENHANCED_CT_IMAGE_STORAGE => {
                Self::EnhancedCt
            }
            uids::ENHANCED_PET_IMAGE_STORAGE
            | uids::LEGACY_CONVERTED_ENHANCED_PET_IMAGE_STORAGE => Self::EnhancedPet,
            uids::RT_STRUCTURE_SET_STORAGE => Self::StructureSet,
            uids::SEGMENTATION_STORAGE | uids::LABEL_MAP_SEGMENTATION_STORAGE => Self::Segmentation,
            uids::RT_DOSE_STORAGE => Self::Dose,
            uids::RT_PLAN_STORAGE | uids::RT_ION_PLAN_STORAGE => Self::Plan,
            uids::SPATIAL_REGISTRATION_STORAGE => Self::Registration,
            _ => Self::Other,
        }
    }

    /// What the object is, in words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ct => "CT",
            Self::Pet => "PET",
            Self::EnhancedCt => "enhanced CT",
            Self::EnhancedPet => "enhanced PET",
            Self::StructureSet => "structure set",
            Self::Segmentation => "segmentation",
            Self::Dose => "dose",
            Self::Plan => "plan",
            Self::Registration => "registration",
            Self::Other => "other object",
        }
    }

    /// Whether the object holds slices of a CT or PET.
    pub fn is_image(self) -> bool {
        matches!(
            self,
            Self::Ct | Self::Pet | Self::EnhancedCt | Self::EnhancedPet
        )
    }

    /// Whether the object holds slices of a PET.
    pub fn is_pet(self) -> bool {
        matches!(self, Self::Pet | Self::EnhancedPet)
    }

    /// Whether the object holds slices of a CT.
    pub fn is_ct(self) -> bool {
        matches!(self, Self::Ct | Self::EnhancedCt)
    }
}

/// Whether a SOP class holds slices of a CT or PET.
pub(crate) fn is_image(sop_class_uid: &str) -> bool {
    ObjectKind::of(sop_class_uid).is_image()
}
