//! Organs that other software has drawn.

mod command;
mod label_map;
mod mask_folder;
mod segmentation;
mod structure_set;

use std::path::{Path, PathBuf};

use isoboost_anatomy::ImportedOrgan;
use isoboost_planning::dose::DrawnRegion;
use isoboost_volume::Grid;

pub use command::{AnatomyConfig, CommandError};
pub(crate) use command::{Drawn, draw};

/// Where organs come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportedFrom {
    /// A NIfTI label map and, where the numbers are not TotalSegmentator's, a file with their
    /// names; or a folder of NIfTI masks that are named like their organs; or a DICOM
    /// segmentation, or a folder that holds one. Which it is, the files say.
    Labels {
        /// The file or folder.
        path: PathBuf,
        /// Lines of `number name`.
        names: Option<PathBuf>,
    },
    /// An RTSTRUCT.
    StructureSet(PathBuf),
}

/// Why organs cannot be imported.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// The label map cannot be read.
    #[error(transparent)]
    LabelMap(#[from] isoboost_report::NiftiError),
    /// The RTSTRUCT cannot be read.
    #[error(transparent)]
    StructureSet(#[from] isoboost_dicom::StructureReadError),
    /// The names of the labels cannot be read.
    #[error("cannot read the label names `{path}`: {source}")]
    Names {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// A line that is not a number and a name.
    #[error(
        "label names `{path}`, line {line}: found `{found}`, expected a number and a name, as in `21 urinary_bladder`"
    )]
    NameLine {
        /// The file.
        path: PathBuf,
        /// Line number, from 1.
        line: usize,
        /// The line.
        found: String,
    },
    /// The segmentation cannot be read.
    #[error(transparent)]
    Segmentation(#[from] isoboost_dicom::SegmentationReadError),
    /// A folder without anything that organs can be read from.
    #[error(
        "`{path}` holds no organs: expected NIfTI masks named like their organs (`liver.nii.gz`), or one DICOM segmentation; found {found}"
    )]
    NoOrgans {
        /// The folder or file.
        path: PathBuf,
        /// What is there.
        found: String,
    },
    /// The organs lie in another frame of reference than the images.
    #[error(
        "the organs of `{path}` belong to frame of reference {found}, the PET to {expected}; organs of other images cannot be used"
    )]
    FrameOfReference {
        /// The file.
        path: PathBuf,
        /// Its Frame of Reference UID.
        found: String,
        /// The study's.
        expected: String,
    },
    /// The organs lie elsewhere.
    #[error(
        "the organs of `{path}` do not overlap the images; they belong to another study or are mirrored"
    )]
    Elsewhere {
        /// The file.
        path: PathBuf,
    },
}

impl ImportedFrom {
    /// Reads `FILE` or `FILE:MAP`, the value of `--labels`. A colon that is part of an existing
    /// file's name stays part of it.
    pub fn labels(text: &str) -> Self {
        let (path, names) = match text.rsplit_once(':') {
            Some((path, names)) if !Path::new(text).exists() && !path.is_empty() => {
                (path, Some(PathBuf::from(names)))
            }
            _ => (text, None),
        };
        Self::Labels {
            path: PathBuf::from(path),
            names,
        }
    }

    /// The file itself.
    pub fn path(&self) -> &Path {
        match self {
            Self::Labels { path, .. } | Self::StructureSet(path) => path,
        }
    }

    /// Reads the organs; contours are filled on `images`, a label map keeps its own grid.
    ///
    /// # Errors
    /// When a file cannot be read, or the organs lie in another place than `images`.
    pub fn read(
        &self,
        images: &Grid,
        frame_of_reference: &str,
    ) -> Result<Vec<ImportedOrgan>, ImportError> {
        let organs = match self {
            Self::Labels { path, names } => {
                read_labels(path, names.as_deref(), frame_of_reference)?
            }
            Self::StructureSet(path) => structure_set::read(path, images, frame_of_reference)?,
        };
        let overlaps = organs.iter().any(|organ| {
            let center = organ.mask.centroid();
            center.is_some_and(|point| images.voxel_at(point).is_some())
        });
        if !overlaps {
            return Err(ImportError::Elsewhere {
                path: self.path().to_path_buf(),
            });
        }
        Ok(organs)
    }
}

/// The regions of a structure set with their contours.
pub(crate) fn regions(path: &Path) -> Result<Vec<DrawnRegion>, ImportError> {
    structure_set::regions(path)
}

/// Organs by what a path holds.
fn read_labels(
    path: &Path,
    names: Option<&Path>,
    frame_of_reference: &str,
) -> Result<Vec<ImportedOrgan>, ImportError> {
    if path.is_dir() {
        let masks = mask_folder::masks_in(path);
        if !masks.is_empty() {
            return mask_folder::read(&masks);
        }
        let file = segmentation::only_one_in(path)?;
        return segmentation::read(&file, frame_of_reference);
    }
    if segmentation::is_dicom(path) {
        return segmentation::read(path, frame_of_reference);
    }
    label_map::read(path, names)
}

/// Refuses organs of another frame of reference; none told is none refused.
fn check_frame(path: &Path, found: &[String], expected: &str) -> Result<(), ImportError> {
    if found.is_empty() || found.iter().any(|uid| uid == expected) {
        return Ok(());
    }
    Err(ImportError::FrameOfReference {
        path: path.to_path_buf(),
        found: found.join(", "),
        expected: expected.to_owned(),
    })
}
