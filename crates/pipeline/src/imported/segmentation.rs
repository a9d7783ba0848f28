//! Organs of a DICOM segmentation: known by code, else by label.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use isoboost_anatomy::{ImportedOrgan, OrganKind, Side};
use isoboost_dicom::Segment;

use super::{ImportError, check_frame};

/// A DICOM file begins with a preamble of this many bytes, then these.
const PREAMBLE: usize = 128;
const MAGIC: &[u8] = b"DICM";

/// Whether a file is DICOM by its first bytes.
pub(super) fn is_dicom(path: &Path) -> bool {
    let mut start = [0; PREAMBLE + MAGIC.len()];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut start));
    read.is_ok() && start.ends_with(MAGIC)
}

/// The one DICOM file of a folder.
pub(super) fn only_one_in(folder: &Path) -> Result<PathBuf, ImportError> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries.map(|e| e.path()).filter(|p| is_dicom(p)).collect();
    if files.len() == 1 {
        return Ok(files.remove(0));
    }
    Err(ImportError::NoOrgans {
        path: folder.to_path_buf(),
        found: format!("{} DICOM files and no NIfTI", files.len()),
    })
}

/// Reads the segments that have a voxel.
pub(super) fn read(
    path: &Path,
    frame_of_reference: &str,
) -> Result<Vec<ImportedOrgan>, ImportError> {
    let read = isoboost_dicom::read_segmentation(path)?;
    let frames: Vec<String> = read.frame_of_reference.into_iter().collect();
    check_frame(path, &frames, frame_of_reference)?;
    let segments = read.segments.into_iter().filter(|s| !s.mask.is_empty());
    let organs = segments.map(|segment| ImportedOrgan {
        name: organ_of(&segment).map_or_else(|| segment.label.clone(), OrganKind::name),
        mask: segment.mask,
    });
    Ok(organs.collect())
}

/// The organ that a segment's type means, on the side that its modifiers name.
fn organ_of(segment: &Segment) -> Option<OrganKind> {
    let concept = segment.property_type.as_ref()?;
    let concepts = std::iter::once(concept).chain(&segment.regions);
    let modifiers = concepts.flat_map(|concept| &concept.modifiers);
    let side = { modifiers }.find_map(|code| Side::from_code(&code.value));
    OrganKind::from_code(&concept.code.value, side)
}
