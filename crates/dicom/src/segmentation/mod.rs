//! Segmentations (Segmentation IOD, PS3.3 A.51, and Label Map Segmentation IOD): masks of organs
//! or lesions, as other software writes them.
//!
//! Read are binary, fractional and label map segmentations with frames in any order. A frame's
//! place comes from its own plane position; frames that hold nothing may be missing. Segments may
//! overlap. Written are binary ones on the slices of one series.

mod drawn;
mod frames;
mod masks;
mod place;
mod read;
mod segment;
#[cfg(test)]
mod tests;
mod values;
mod write;

use std::path::PathBuf;

use dicom_dictionary_std::uids;
use isoboost_volume::Mask;

pub use drawn::{DrawnSegment, DrawnSegmentation, SegmentationWriteError};
pub use read::read_segmentation;
pub use segment::{Code, Concept};
pub use write::write_segmentation;

use crate::pixels::ReadPixelsError;
use crate::{AttributeError, Finding, GeometryProblem, HeaderError};

/// A segmentation as it was read, with what it refers to.
#[derive(Debug, Clone, PartialEq)]
pub struct Segmentation {
    /// The segments in the order of their numbers, without a background.
    pub segments: Vec<Segment>,
    /// Frame of Reference UID.
    pub frame_of_reference: Option<String>,
    /// The series it says it was drawn on.
    pub series_uids: Vec<String>,
    /// What is irregular about it.
    pub findings: Vec<Finding>,
}

/// One segment (Segment Description Macro, PS3.3 C.8.20.4).
#[derive(Debug, Clone, PartialEq)]
pub struct Segment {
    /// Segment Number.
    pub number: u16,
    /// Segment Label.
    pub label: String,
    /// Segmented Property Category, as anatomical structure or morphologically abnormal structure.
    pub category: Option<Code>,
    /// Segmented Property Type with its modifiers: what it is.
    pub property_type: Option<Concept>,
    /// Anatomic Region with its modifiers: where it is.
    pub regions: Vec<Concept>,
    /// Its voxels, in a box around them; one voxel that is not set where there are none.
    pub mask: Mask,
}

/// Why a segmentation cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{problem}, file {}", path.display())]
pub struct SegmentationReadError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong.
    #[source]
    pub problem: SegmentationProblem,
}

/// What is wrong with a segmentation.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SegmentationProblem {
    /// The file cannot be read as DICOM.
    #[error(transparent)]
    Header(#[from] HeaderError),
    /// The file is another kind of object.
    #[error(
        "SOPClassUID (0008,0016) is `{found}`, expected a Segmentation ({}) or a Label Map \
         Segmentation ({})",
        uids::SEGMENTATION_STORAGE,
        uids::LABEL_MAP_SEGMENTATION_STORAGE
    )]
    NotASegmentation {
        /// SOP Class UID found.
        found: String,
    },
    /// An attribute is missing or unusable.
    #[error(transparent)]
    Attribute(#[from] AttributeError),
    /// The frames cannot be put in their places.
    #[error(transparent)]
    Geometry(#[from] GeometryProblem),
    /// Frames that are turned against one another or have other pixels.
    #[error("frame {frame} does not lie in parallel to frame 1, or has pixels of another size")]
    NotParallel {
        /// Number of the frame, from 1.
        frame: u32,
    },
    /// Two frames for one segment at one place.
    #[error("frames {first} and {second} both show segment {segment} at the same place")]
    RepeatedFrame {
        /// Segment Number.
        segment: u16,
        /// Number of a frame, from 1.
        first: u32,
        /// Number of the other frame, from 1.
        second: u32,
    },
    /// A frame or a pixel of a segment that is not described.
    #[error("frame {frame} holds segment {segment}, which SegmentSequence (0062,0002) lacks")]
    UnknownSegment {
        /// Number of the frame, from 1.
        frame: u32,
        /// Segment Number.
        segment: u16,
    },
    /// Pixels stored in a way that no segmentation of this type may have.
    #[error(
        "pixels of {allocated} bits in transfer syntax {transfer_syntax} are not supported in a \
         {kind} segmentation; convert the file to Explicit VR Little Endian"
    )]
    Encoding {
        /// Segmentation Type.
        kind: &'static str,
        /// Bits Allocated.
        allocated: i64,
        /// Transfer Syntax UID.
        transfer_syntax: String,
    },
    /// The pixel data end before the last frame does.
    #[error("the pixel data are cut off: {present} bytes are present, {expected} are expected")]
    Truncated {
        /// Bytes that the frames take.
        expected: usize,
        /// Bytes that are there.
        present: usize,
    },
    /// The pixels cannot be decoded.
    #[error("frame {frame}: {reason}")]
    Pixels {
        /// Number of the frame, from 1.
        frame: u32,
        /// Why.
        reason: String,
    },
}

impl SegmentationProblem {
    fn pixels(frame: u32, error: &ReadPixelsError) -> Self {
        Self::Pixels {
            frame: frame + 1,
            reason: error.to_string(),
        }
    }
}

/// Segmentation Type (0062,0001).
#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    /// A bit, or a number that is 0 or 1, for each pixel.
    Binary,
    /// A probability or an occupied share, of which `maximum` stands for one.
    Fractional { maximum: u16 },
    /// The number of the pixel's segment; `background` stands for none.
    LabelMap { background: u16 },
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Binary => "BINARY",
            Self::Fractional { .. } => "FRACTIONAL",
            Self::LabelMap { .. } => "LABELMAP",
        }
    }
}
