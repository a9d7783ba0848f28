//! Segments that are to be written, and what must hold of them.

use isoboost_volume::{IndexBox, Mask};

use super::segment::{Code, Concept};
use crate::ReferenceImages;
use crate::derived_object::ObjectWriteError;
use crate::elements::ValueError;

/// A segmentation on the grid of one series.
#[derive(Debug, Clone, PartialEq)]
pub struct DrawnSegmentation {
    /// Content Label: capitals, digits, spaces and underscores, at most 16.
    pub label: String,
    /// What it shows, as `lesions`; becomes part of Series Description and Content Description,
    /// at most 30 characters.
    pub description: String,
    /// What kind of algorithm drew it (CID 7162).
    pub algorithm_family: Code,
    /// The segments; the first has Segment Number 1.
    pub segments: Vec<DrawnSegment>,
}

/// One segment of a [`DrawnSegmentation`].
#[derive(Debug, Clone, PartialEq)]
pub struct DrawnSegment {
    /// Segment Label, at most 64 characters.
    pub label: String,
    /// Segment Description: what a reader should know of it.
    pub description: String,
    /// By which rule the algorithm drew it.
    pub rule: String,
    /// Tracking ID: its name in this and later objects of the patient, at most 64 characters.
    pub tracking_id: String,
    /// Tracking UID.
    pub tracking_uid: String,
    /// Segmented Property Category (CID 7150).
    pub category: Code,
    /// Segmented Property Type: what it is.
    pub property_type: Code,
    /// Anatomic Region with its modifiers: where it is.
    pub region: Option<Concept>,
    /// Display colour: red, green, blue of sRGB.
    pub colour: [u8; 3],
    /// Whether a person had a hand in its outline.
    pub by_hand: bool,
    /// Its voxels, on the grid of the images or a part of it.
    pub mask: Mask,
}

/// Why a segmentation was not written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SegmentationWriteError {
    /// There is nothing to write, which the object cannot say.
    #[error("a segmentation needs 1 to 65535 segments, found {0}")]
    SegmentCount(usize),
    /// A segment without a voxel.
    #[error("segment {number} `{label}` holds no voxel; leave it out")]
    Empty {
        /// Segment Number.
        number: u16,
        /// Segment Label.
        label: String,
    },
    /// A segment on other voxels than those of the images.
    #[error(
        "segment {number} `{label}` is not on the voxels of series {series_uid}; resample it \
         onto that grid"
    )]
    Grid {
        /// Segment Number.
        number: u16,
        /// Segment Label.
        label: String,
        /// Series Instance UID of the images.
        series_uid: String,
    },
    /// Two segments that later objects could not tell apart.
    #[error("tracking UID {0} is given twice; tracking UIDs must differ")]
    TrackingUid(String),
    /// The images are larger than the object can hold, or their slices are not the grid's.
    #[error(
        "images of {rows} rows and {columns} columns, {listed} slices listed for {slices} of the \
         grid: a segmentation holds at most 65535 rows and columns, and every slice must be listed"
    )]
    Images {
        /// Rows of the grid.
        rows: usize,
        /// Columns of the grid.
        columns: usize,
        /// Slices of the grid.
        slices: usize,
        /// Slices listed.
        listed: usize,
    },
    /// The object cannot be written.
    #[error(transparent)]
    Object(#[from] ObjectWriteError),
}

impl From<ValueError> for SegmentationWriteError {
    fn from(error: ValueError) -> Self {
        Self::Object(error.into())
    }
}

/// Checks what no validator of DICOM objects does.
pub(super) fn check(
    drawn: &DrawnSegmentation,
    images: &ReferenceImages,
) -> Result<(), SegmentationWriteError> {
    let count = drawn.segments.len();
    if count == 0 || count > usize::from(u16::MAX) {
        return Err(SegmentationWriteError::SegmentCount(count));
    }
    for (n, segment) in drawn.segments.iter().enumerate() {
        let before = &drawn.segments[..n];
        if before
            .iter()
            .any(|s| s.tracking_uid == segment.tracking_uid)
        {
            let uid = segment.tracking_uid.clone();
            return Err(SegmentationWriteError::TrackingUid(uid));
        }
    }
    let [slices, rows, columns] = images.grid.shape();
    let most = usize::from(u16::MAX);
    if rows > most || columns > most || images.slices.len() != slices {
        return Err(SegmentationWriteError::Images {
            rows,
            columns,
            slices,
            listed: images.slices.len(),
        });
    }
    Ok(())
}

/// Where the grid of a mask lies in the grid of the images, if it is a part of it.
pub(super) fn part_of(mask: &Mask, images: &ReferenceImages) -> Option<IndexBox> {
    let shape = mask.grid().shape();
    let min = images.grid.voxel_at(mask.grid().origin())?;
    let max = [0, 1, 2].map(|a| min[a] + shape[a] - 1);
    let whole = images.grid.shape();
    if (0..3).any(|a| max[a] >= whole[a]) {
        return None;
    }
    let bounds = IndexBox { min, max };
    images
        .grid
        .crop(bounds)
        .is_same_as(mask.grid())
        .then_some(bounds)
}
