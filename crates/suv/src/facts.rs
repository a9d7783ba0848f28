//! What a PET header says, as plain values.

use std::fmt;

use chrono::NaiveTime;

use crate::Stamp;

/// One fact of a header: what was found where it should be.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Fact<T> {
    /// The attribute is not there.
    #[default]
    Missing,
    /// The attribute is there without a value.
    Empty,
    /// The attribute holds something that cannot be used, kept for the message.
    Unusable(String),
    /// The value.
    Known(T),
}

impl<T> Fact<T> {
    /// The value, if there is one.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            _ => None,
        }
    }

    /// The value turned into another.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Fact<U> {
        match self {
            Self::Missing => Fact::Missing,
            Self::Empty => Fact::Empty,
            Self::Unusable(text) => Fact::Unusable(text),
            Self::Known(value) => Fact::Known(f(value)),
        }
    }
}

impl<T: Copy> Fact<T> {
    /// A copy of the value, if there is one.
    pub fn get(&self) -> Option<T> {
        self.value().copied()
    }
}

impl<T: fmt::Display> Fact<T> {
    /// What was found, in words for a message.
    pub fn found(&self) -> String {
        match self {
            Self::Missing => "no such attribute".to_owned(),
            Self::Empty => "an empty value".to_owned(),
            Self::Unusable(text) => format!("`{text}`"),
            Self::Known(value) => format!("`{value}`"),
        }
    }
}

impl<T> From<Option<T>> for Fact<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Missing, Self::Known)
    }
}

/// The kinds of PET storage objects.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum PetSopClass {
    /// Positron Emission Tomography Image Storage: one slice per object.
    #[default]
    Pet,
    /// Enhanced PET Image Storage: many frames, dose in MBq.
    EnhancedPet,
    /// Legacy Converted Enhanced PET Image Storage: many frames around classic attributes.
    LegacyConvertedEnhancedPet,
    /// Something that is no PET image; its UID.
    Other(String),
}

impl PetSopClass {
    /// The class with this UID (PS3.4 B.5).
    pub fn from_uid(uid: &str) -> Self {
        match uid {
            "1.2.840.10008.5.1.4.1.1.128" => Self::Pet,
            "1.2.840.10008.5.1.4.1.1.130" => Self::EnhancedPet,
            "1.2.840.10008.5.1.4.1.1.128.1" => Self::LegacyConvertedEnhancedPet,
            other => Self::Other(other.to_owned()),
        }
    }
}

/// A coded concept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Code {
    /// Code Value.
    pub value: String,
    /// Coding Scheme Designator.
    pub scheme: String,
    /// Code Meaning.
    pub meaning: String,
}

/// The header facts of one PET series that its SUV depends on, as written: no unit is corrected
/// and nothing is filled in.
///
/// A fact that differs among the instances of the series is [`Fact::Unusable`] and lists what
/// was found. Times are those of the scanner's clock.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PetFacts {
    /// SOP Class.
    pub sop_class: PetSopClass,
    /// Manufacturer.
    pub manufacturer: Option<String>,
    /// Series Type, both values.
    pub series_type: Vec<String>,
    /// Corrected Image.
    pub corrected_image: Vec<String>,
    /// Photometric Interpretation.
    pub photometric_interpretation: Option<String>,
    /// Bits Allocated and Bits Stored.
    pub bits: Option<(u16, u16)>,
    /// Units.
    pub units: Fact<String>,
    /// SUV Type.
    pub suv_type: Fact<String>,
    /// Decay Correction.
    pub decay_correction: Fact<String>,
    /// Patient's Weight, meant in kg.
    pub patient_weight: Fact<f64>,
    /// Patient's Size, meant in m.
    pub patient_size: Fact<f64>,
    /// Patient's Sex.
    pub patient_sex: Fact<String>,
    /// Series Date and Time.
    pub series_start: Fact<Stamp>,
    /// (0009,100D) of a GE scanner.
    pub ge_decay_reference: Fact<Stamp>,
    /// (0071,1022) of a Siemens scanner.
    pub siemens_decay_reference: Fact<Stamp>,
    /// Decay Correction DateTime of an enhanced object.
    pub decay_correction_datetime: Fact<Stamp>,
    /// Dose Calibration Factor, Bq/mL per count/s.
    pub dose_calibration_factor: Fact<f64>,
    /// Volume of one voxel in mL, where the geometry is known.
    pub voxel_volume_ml: Option<f64>,
    /// The items of the Radiopharmaceutical Information Sequence.
    pub radiopharmaceuticals: Vec<RadiopharmaceuticalFacts>,
    /// The frames (slices) in the order of the volume they make.
    pub frames: Vec<FrameFacts>,
}

/// One item of the Radiopharmaceutical Information Sequence, as written.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RadiopharmaceuticalFacts {
    /// Radiopharmaceutical, the name as text.
    pub name: Option<String>,
    /// Radiopharmaceutical Code Sequence.
    pub code: Option<Code>,
    /// Radionuclide Code Sequence.
    pub radionuclide: Option<Code>,
    /// Radiopharmaceutical Start DateTime.
    pub start_datetime: Fact<Stamp>,
    /// Radiopharmaceutical Start Time.
    pub start_time: Fact<NaiveTime>,
    /// Radionuclide Total Dose: Bq in a classic object, MBq in an enhanced one.
    pub total_dose: Fact<f64>,
    /// Radionuclide Half Life in s.
    pub half_life_s: Fact<f64>,
}

/// What the header says of one frame (of one slice, in a classic object).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FrameFacts {
    /// Acquisition Date and Time: when the frame (the bed) began.
    pub acquisition: Fact<Stamp>,
    /// Frame Reference Time in s.
    pub frame_reference_time_s: Fact<f64>,
    /// Actual Frame Duration in s.
    pub frame_duration_s: Fact<f64>,
    /// Rescale Slope.
    pub rescale_slope: Fact<f64>,
    /// Rescale Intercept.
    pub rescale_intercept: Fact<f64>,
    /// (7053,1000) of a Philips scanner: SUVbw per rescaled value.
    pub philips_suv_factor: Fact<f64>,
    /// (7053,1009) of a Philips scanner: Bq/mL per rescaled value.
    pub philips_activity_factor: Fact<f64>,
}
