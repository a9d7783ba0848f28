//! Dose distributions (RT Dose IOD, PS3.3 A.18): what a planning system has computed.
//!
//! A dose is only believed when it says that it is in Gy, what its stored values are to be
//! multiplied by, and where each of its planes lies. Whatever is left out there is refused.

mod offsets;
mod read;

use dicom_dictionary_std::uids;
use isoboost_volume::{Grid, Volume};

pub use read::{read_dose, read_dose_facts};

use crate::pixels::PixelProblem;
use crate::{AttributeError, Finding, GeometryProblem, HeaderError};

/// A dose distribution with what its header says of it.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportedDose {
    /// Dose in Gy on its own grid, whose slices go along the normal of the planes.
    pub dose: Volume<f32>,
    /// The header.
    pub facts: DoseFacts,
}

/// What the header of a dose says.
#[derive(Debug, Clone, PartialEq)]
pub struct DoseFacts {
    /// SOP Instance UID.
    pub sop_instance_uid: String,
    /// Frame of Reference UID.
    pub frame_of_reference: String,
    /// Where its voxels lie.
    pub grid: Grid,
    /// Gy per stored value.
    pub scaling: f64,
    /// Whether it is physical or effective.
    pub dose_type: DoseType,
    /// What it is the sum of.
    pub summation: DoseSummation,
    /// SOP Instance UIDs of the plans it belongs to.
    pub plan_uids: Vec<String>,
    /// Dose Comment, where there is one.
    pub comment: Option<String>,
    /// What is irregular about it.
    pub findings: Vec<Finding>,
}

/// Dose Type (3004,0004).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DoseType {
    /// Physical dose.
    Physical,
    /// Dose weighted by a radiobiological effect.
    Effective,
}

impl DoseType {
    /// The defined term.
    pub fn name(self) -> &'static str {
        match self {
            Self::Physical => "PHYSICAL",
            Self::Effective => "EFFECTIVE",
        }
    }
}

/// Dose Summation Type (3004,000A).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DoseSummation {
    /// All fractions of one plan.
    Plan,
    /// All fractions of several plans.
    MultiPlan,
    /// Something less than a plan, as `FRACTION` or `BEAM`.
    Part(String),
}

impl DoseSummation {
    /// The defined term.
    pub fn name(&self) -> &str {
        match self {
            Self::Plan => "PLAN",
            Self::MultiPlan => "MULTI_PLAN",
            Self::Part(term) => term,
        }
    }
}

/// Why a dose cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{problem}, file {file}")]
pub struct DoseReadError {
    /// The file, with the archive's name before it where it lies in one.
    pub file: String,
    /// What is wrong.
    #[source]
    pub problem: DoseProblem,
}

/// What is wrong with a dose.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DoseProblem {
    /// The file cannot be read as DICOM.
    #[error(transparent)]
    Header(#[from] HeaderError),
    /// The file is another kind of object.
    #[error(
        "SOPClassUID (0008,0016) is `{found}`, expected an RT Dose ({})",
        uids::RT_DOSE_STORAGE
    )]
    NotADose {
        /// SOP Class UID found.
        found: String,
    },
    /// An attribute is missing or unusable.
    #[error(transparent)]
    Attribute(#[from] AttributeError),
    /// A dose that is not in Gy.
    #[error(
        "DoseUnits (3004,0002) is {}, expected `GY`; export the dose as absolute dose",
        found.as_deref().map_or_else(|| "missing".to_owned(), |f| format!("`{f}`"))
    )]
    Units {
        /// The value found.
        found: Option<String>,
    },
    /// A difference of doses.
    #[error(
        "DoseType (3004,0004) is `ERROR`, a difference of two doses, expected `PHYSICAL` or \
         `EFFECTIVE`"
    )]
    Difference,
    /// One plane alone.
    #[error(
        "the dose is a single plane, NumberOfFrames (0028,0008) is 1; export the dose of the whole \
         volume"
    )]
    SinglePlane,
    /// Offsets that are not one for each frame.
    #[error(
        "GridFrameOffsetVector (3004,000C) holds {found} values, expected {expected}, one for each \
         frame"
    )]
    OffsetCount {
        /// Values found.
        found: usize,
        /// Number of Frames.
        expected: usize,
    },
    /// Offsets that start neither at 0 nor at the position of the first plane.
    #[error(
        "GridFrameOffsetVector (3004,000C) starts with {first}, expected 0 or, for transverse \
         planes, the z of ImagePositionPatient (0020,0032), {z}"
    )]
    OffsetStart {
        /// First value.
        first: f64,
        /// Third value of Image Position (Patient).
        z: f64,
    },
    /// Planes that are not at even distances.
    #[error(
        "the planes of the dose lie {smallest_mm:.3} to {largest_mm:.3} mm apart \
         (GridFrameOffsetVector (3004,000C)), expected even distances; export the dose on a regular \
         grid"
    )]
    Uneven {
        /// Smallest distance.
        smallest_mm: f64,
        /// Largest distance.
        largest_mm: f64,
    },
    /// The planes have no place.
    #[error(transparent)]
    Geometry(#[from] GeometryProblem),
    /// The pixels are stored in a way that no dose may have.
    #[error(transparent)]
    Pixels(#[from] PixelProblem),
    /// The pixels cannot be read.
    #[error("frame {frame}: {reason}")]
    Frame {
        /// Number of the frame, from 1.
        frame: u32,
        /// Why.
        reason: String,
    },
    /// Negative dose.
    #[error("the dose is negative in places, {lowest_gy:.3} Gy at its lowest; expected 0 or more")]
    Negative {
        /// Lowest value.
        lowest_gy: f64,
    },
    /// No dose anywhere.
    #[error("the dose is 0 Gy everywhere; export the dose after it was calculated")]
    Empty,
}
