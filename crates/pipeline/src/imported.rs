//! Organs that other software has drawn.

use std::path::{Path, PathBuf};

use isoboost_anatomy::ImportedOrgan;
use isoboost_volume::{Grid, Mask, Volume, rasterise};

/// Where organs come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportedFrom {
    /// A NIfTI label map and, where the numbers are not TotalSegmentator's, a file with their
    /// names.
    LabelMap {
        /// The label map.
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
    /// The organs lie in another frame of reference than the images.
    #[error(
        "the RTSTRUCT `{path}` belongs to frame of reference {found}, the PET to {expected}; organs of other images cannot be used"
    )]
    FrameOfReference {
        /// The RTSTRUCT.
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
        Self::LabelMap {
            path: PathBuf::from(path),
            names,
        }
    }

    /// The file itself.
    pub fn path(&self) -> &Path {
        match self {
            Self::LabelMap { path, .. } | Self::StructureSet(path) => path,
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
            Self::LabelMap { path, names } => {
                let labels = isoboost_report::read_label_map(path)?;
                organs_of(&labels, &label_names(names.as_deref())?)
            }
            Self::StructureSet(path) => contoured_organs(path, images, frame_of_reference)?,
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

fn contoured_organs(
    path: &Path,
    images: &Grid,
    frame_of_reference: &str,
) -> Result<Vec<ImportedOrgan>, ImportError> {
    let read = isoboost_dicom::read_structure_set(path)?;
    let frames = &read.frames_of_reference;
    if !frames.is_empty() && !frames.iter().any(|uid| uid == frame_of_reference) {
        return Err(ImportError::FrameOfReference {
            path: path.to_path_buf(),
            found: frames.join(", "),
            expected: frame_of_reference.to_owned(),
        });
    }
    let organs = read.structures.rois.iter().filter_map(|roi| {
        let points: Vec<_> = roi
            .contours
            .iter()
            .flat_map(|c| c.points.iter().copied())
            .collect();
        let bounds = images.box_around(&points, 1.0)?;
        let mask = rasterise(&roi.contours, &images.crop(bounds));
        (!mask.is_empty()).then(|| ImportedOrgan {
            name: roi.name.clone(),
            mask,
        })
    });
    Ok(organs.collect())
}

/// One mask for each label that has a name, in a box around it.
fn organs_of(labels: &Volume<u16>, names: &[(u16, String)]) -> Vec<ImportedOrgan> {
    let bounds = isoboost_volume::label_boxes(labels);
    names
        .iter()
        .filter_map(|(label, name)| {
            let crop = labels.crop(*bounds.get(label)?);
            Some(ImportedOrgan {
                name: name.clone(),
                mask: Mask::from_fn(crop.grid().clone(), |voxel| crop[voxel] == *label),
            })
        })
        .collect()
}

fn label_names(path: Option<&Path>) -> Result<Vec<(u16, String)>, ImportError> {
    let Some(path) = path else {
        return Ok(isoboost_anatomy::TOTALSEGMENTATOR_LABELS
            .iter()
            .map(|(label, name)| (*label, (*name).to_owned()))
            .collect());
    };
    let text = std::fs::read_to_string(path).map_err(|source| ImportError::Names {
        path: path.to_path_buf(),
        source,
    })?;
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'))
        .map(|(n, line)| {
            let parts = line.trim().split_once([' ', '\t', ',']);
            let parsed = parts.and_then(|(label, name)| {
                Some((label.trim().parse().ok()?, name.trim().to_owned()))
            });
            parsed.ok_or_else(|| ImportError::NameLine {
                path: path.to_path_buf(),
                line: n + 1,
                found: line.to_owned(),
            })
        })
        .collect()
}
