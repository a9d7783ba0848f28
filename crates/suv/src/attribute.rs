//! The DICOM attributes that SUV depends on, as they are named to people.

use std::fmt;

/// A DICOM attribute: its name and tag, for messages and for the derivation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Attribute {
    /// Name as the DICOM dictionary writes it.
    pub name: &'static str,
    /// Group and element.
    pub tag: (u16, u16),
}

impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (group, element) = self.tag;
        write!(f, "{} ({group:04X},{element:04X})", self.name)
    }
}

macro_rules! attributes {
    ($($constant:ident = $name:literal, $group:literal, $element:literal;)*) => {
        $(
            #[doc = concat!($name, ".")]
            pub(crate) const $constant: Attribute = Attribute { name: $name, tag: ($group, $element) };
        )*
    };
}

attributes! {
    SOP_CLASS_UID = "SOP Class UID", 0x0008, 0x0016;
    SERIES_TIME = "Series Date and Time", 0x0008, 0x0031;
    ACQUISITION_TIME = "Acquisition Date and Time", 0x0008, 0x0032;
    GE_DECAY_REFERENCE = "GE private scan date and time", 0x0009, 0x100D;
    PATIENT_SEX = "Patient's Sex", 0x0010, 0x0040;
    PATIENT_SIZE = "Patient's Size", 0x0010, 0x1020;
    PATIENT_WEIGHT = "Patient's Weight", 0x0010, 0x1030;
    RADIOPHARMACEUTICAL_START_TIME = "Radiopharmaceutical Start Time", 0x0018, 0x1072;
    RADIONUCLIDE_TOTAL_DOSE = "Radionuclide Total Dose", 0x0018, 0x1074;
    RADIONUCLIDE_HALF_LIFE = "Radionuclide Half Life", 0x0018, 0x1075;
    RADIOPHARMACEUTICAL_START_DATETIME = "Radiopharmaceutical Start DateTime", 0x0018, 0x1078;
    ACTUAL_FRAME_DURATION = "Actual Frame Duration", 0x0018, 0x1242;
    DECAY_CORRECTION_DATETIME = "Decay Correction DateTime", 0x0018, 0x9701;
    PHOTOMETRIC_INTERPRETATION = "Photometric Interpretation", 0x0028, 0x0004;
    CORRECTED_IMAGE = "Corrected Image", 0x0028, 0x0051;
    RESCALE_INTERCEPT = "Rescale Intercept", 0x0028, 0x1052;
    RESCALE_SLOPE = "Rescale Slope", 0x0028, 0x1053;
    RADIOPHARMACEUTICAL_INFORMATION = "Radiopharmaceutical Information Sequence", 0x0054, 0x0016;
    RADIONUCLIDE_CODE = "Radionuclide Code Sequence", 0x0054, 0x0300;
    SERIES_TYPE = "Series Type", 0x0054, 0x1000;
    UNITS = "Units", 0x0054, 0x1001;
    SUV_TYPE = "SUV Type", 0x0054, 0x1006;
    DECAY_CORRECTION = "Decay Correction", 0x0054, 0x1102;
    FRAME_REFERENCE_TIME = "Frame Reference Time", 0x0054, 0x1300;
    DOSE_CALIBRATION_FACTOR = "Dose Calibration Factor", 0x0054, 0x1322;
    PHILIPS_SUV_FACTOR = "Philips SUV scale factor", 0x7053, 0x1000;
    PHILIPS_ACTIVITY_FACTOR = "Philips activity concentration scale factor", 0x7053, 0x1009;
    SIEMENS_DECAY_REFERENCE = "Siemens private decay correction date and time", 0x0071, 0x1022;
}
