//! Why a phantom cannot be made.

use std::path::PathBuf;

/// Why a phantom cannot be made or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PhantomError {
    /// The scenario's text is not what is expected.
    #[error("the phantom description is not valid: {0}")]
    Description(#[from] Box<toml::de::Error>),
    /// A value of the description is out of range.
    #[error("{name} is `{found}`, expected {expected}")]
    Value {
        /// Key of the value.
        name: &'static str,
        /// What the description says.
        found: String,
        /// What it may be.
        expected: &'static str,
    },
    /// A lesion that is not fully described.
    #[error("lesion {number}: {problem}")]
    Lesion {
        /// Position in the list, from 1.
        number: usize,
        /// What is missing or wrong, and the remedy.
        problem: String,
    },
    /// A grid that cannot exist.
    #[error("the {name} grid: {source}")]
    Grid {
        /// Which grid: PET or CT.
        name: &'static str,
        /// What is wrong with it.
        source: isoboost_volume::GridError,
    },
    /// An array that lost its shape; a mistake of this crate.
    #[error(transparent)]
    Shape(#[from] isoboost_volume::ShapeMismatch),
    /// The folder to write to already holds something.
    #[error("{} is not empty; a phantom is written to a new or empty folder", path.display())]
    NotEmpty {
        /// The folder.
        path: PathBuf,
    },
    /// A file cannot be written.
    #[error("cannot write {}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A DICOM file cannot be written.
    #[error("cannot write DICOM {}: {source}", path.display())]
    Dicom {
        /// The file.
        path: PathBuf,
        /// What the writer says.
        source: Box<dicom_object::WriteError>,
    },
    /// A label map cannot be written.
    #[error("cannot write NIfTI {}: {source}", path.display())]
    Nifti {
        /// The file.
        path: PathBuf,
        /// What the writer says.
        source: Box<nifti::NiftiError>,
    },
}
