//! How the patient lies on the couch.

use nalgebra::Vector3;

/// Patient Position (PS3.3 C.7.3.1.1.2): which end enters the gantry first, and what lies up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PatientPosition {
    /// Head first, supine.
    HeadFirstSupine,
    /// Head first, prone.
    HeadFirstProne,
    /// Feet first, supine.
    FeetFirstSupine,
    /// Feet first, prone.
    FeetFirstProne,
}

impl PatientPosition {
    /// Reads `HFS`, `HFP`, `FFS`, `FFP`; any other, as lying on a side, is `None`.
    pub fn from_term(term: &str) -> Option<Self> {
        match term {
            "HFS" => Some(Self::HeadFirstSupine),
            "HFP" => Some(Self::HeadFirstProne),
            "FFS" => Some(Self::FeetFirstSupine),
            "FFP" => Some(Self::FeetFirstProne),
            _ => None,
        }
    }

    /// The term of DICOM.
    pub fn term(self) -> &'static str {
        match self {
            Self::HeadFirstSupine => "HFS",
            Self::HeadFirstProne => "HFP",
            Self::FeetFirstSupine => "FFS",
            Self::FeetFirstProne => "FFP",
        }
    }

    /// The axes of the fixed system of IEC 61217 as LPS directions: X to the right of who faces
    /// the gantry, Y towards it, Z up.
    pub fn fixed_axes(self) -> [Vector3<f64>; 3] {
        let (left, posterior, superior) = (Vector3::x(), Vector3::y(), Vector3::z());
        match self {
            Self::HeadFirstSupine => [left, superior, -posterior],
            Self::HeadFirstProne => [-left, superior, posterior],
            Self::FeetFirstSupine => [-left, -superior, -posterior],
            Self::FeetFirstProne => [left, -superior, posterior],
        }
    }
}
