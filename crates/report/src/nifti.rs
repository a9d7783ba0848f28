//! NIfTI-1: the only place that knows its RAS axes.
//!
//! Files are written slice by slice straight into the compressor, with a header of our own making:
//! the library's writer wants a second copy of the voxels and gives files names of its own. They
//! are read with the library, a slice at a time.

mod place;
mod read;
#[cfg(test)]
mod tests;
mod write;

use std::io;
use std::path::PathBuf;

use isoboost_volume::GridError;

pub(crate) use read::{Layers, read_label_layers};
pub use read::{read_label_map, read_label_volumes, read_volume};
pub use write::{write_label_layers, write_label_map, write_volume};

/// Why a NIfTI file cannot be written or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NiftiError {
    /// The system refused.
    #[error("cannot write `{path}`: {source}; check free space and write permission")]
    Write {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// Not NIfTI, or damaged.
    #[error("cannot read `{path}` as NIfTI (.nii or .nii.gz): {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// The library's reason.
        source: Box<nifti::NiftiError>,
    },
    /// Fewer than three dimensions, or none at all.
    #[error("`{path}` has {found} dimensions, expected a volume of three")]
    Dimensions {
        /// The file.
        path: PathBuf,
        /// Number of dimensions.
        found: usize,
    },
    /// More than one volume.
    #[error("`{path}` holds {found} volumes, expected one")]
    Layers {
        /// The file.
        path: PathBuf,
        /// Number of volumes.
        found: usize,
    },
    /// Axes that are not orthogonal, or sizes that are not positive.
    #[error("the voxels of `{path}` are no regular grid: {source}")]
    Geometry {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: GridError,
    },
    /// A value that is no label.
    #[error(
        "`{path}` holds the value {found}, expected whole labels from 0 to 65535; was the label map resampled with interpolation?"
    )]
    NotALabel {
        /// The file.
        path: PathBuf,
        /// The value.
        found: f32,
    },
}
