//! The images that structures are drawn on.

use isoboost_volume::Grid;
use nalgebra::Point3;

use crate::{Equipment, GeometryProblem, Header, Series};

/// The series on whose slices contours lie, as a structure set refers to it.
#[derive(Debug, Clone, PartialEq)]
pub struct ReferenceImages {
    /// Series Instance UID.
    pub series_uid: String,
    /// Frame of Reference UID.
    pub frame_of_reference_uid: String,
    /// Where the voxels lie; its first axis runs over `slices`.
    pub grid: Grid,
    /// The slices, in the order of the grid's first axis.
    pub slices: Vec<ReferenceSlice>,
    /// What the images were made with.
    pub equipment: Equipment,
}

/// One slice of [`ReferenceImages`].
#[derive(Debug, Clone, PartialEq)]
pub struct ReferenceSlice {
    /// SOP Class UID of its object.
    pub sop_class_uid: String,
    /// SOP Instance UID of its object.
    pub sop_instance_uid: String,
    /// Number of its frame, from 1, in a multi-frame object.
    pub frame: Option<u32>,
    /// LPS position of the centre of its first pixel, as the header states it.
    pub position: Point3<f64>,
}

/// Why structures cannot be drawn on a series.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ReferenceError {
    /// The images share no coordinates with anything.
    #[error(
        "{label} has no FrameOfReferenceUID (0020,0052), without which no structure can be \
         placed on it"
    )]
    NoFrameOfReference {
        /// Number and description of the series.
        label: String,
    },
    /// The slices are no volume.
    #[error("{label} is no regular volume: {problem}")]
    Geometry {
        /// Number and description of the series.
        label: String,
        /// What is wrong with its geometry.
        problem: GeometryProblem,
    },
    /// A slice that cannot be referred to.
    #[error("slice {slice} of {label} has no position or no SOP Instance UID")]
    Slice {
        /// Number and description of the series.
        label: String,
        /// Index of the slice.
        slice: usize,
    },
    /// A header that can no longer be read.
    #[error("{reason}, in `{file}`")]
    Header {
        /// What is wrong.
        reason: String,
        /// The file.
        file: String,
    },
}

impl ReferenceImages {
    /// The images of a series; the header of its first object is read once more, for the scanner.
    ///
    /// # Errors
    /// When the series has no frame of reference, is no regular volume, or can no longer be read.
    pub fn of_series(series: &Series) -> Result<Self, ReferenceError> {
        let label = || series.label();
        let frame_of_reference_uid = series
            .frame_of_reference
            .clone()
            .ok_or_else(|| ReferenceError::NoFrameOfReference { label: label() })?;
        let grid = series
            .geometry
            .clone()
            .map_err(|problem| ReferenceError::Geometry {
                label: label(),
                problem,
            })?;
        let slice = |k: usize| {
            let reference = series.slice_reference(k)?;
            Some(ReferenceSlice {
                sop_class_uid: reference.sop_class_uid.to_owned(),
                sop_instance_uid: reference.sop_instance_uid.to_owned(),
                frame: reference.frame_number,
                position: series.slices.get(k)?.position?,
            })
        };
        let slices: Result<Vec<ReferenceSlice>, ReferenceError> = (0..grid.shape()[0])
            .map(|k| {
                slice(k).ok_or_else(|| ReferenceError::Slice {
                    label: label(),
                    slice: k,
                })
            })
            .collect();
        let equipment = match series.instances.first() {
            Some(instance) => {
                let header =
                    Header::read(&instance.source).map_err(|error| ReferenceError::Header {
                        reason: error.to_string(),
                        file: instance.source.to_string(),
                    })?;
                Equipment::from_attributes(header.attributes())
            }
            None => Equipment::default(),
        };
        Ok(Self {
            series_uid: series.uid.clone(),
            frame_of_reference_uid,
            grid,
            slices: slices?,
            equipment,
        })
    }
}
