//! Organs of a folder of NIfTI masks, as TotalSegmentator writes them: `liver.nii.gz`, ….

use std::path::{Path, PathBuf};

use isoboost_anatomy::ImportedOrgan;
use isoboost_volume::Mask;
use rayon::prelude::*;

use super::ImportError;

const ENDS: [&str; 2] = [".nii.gz", ".nii"];

/// The masks of a folder with the names of their organs, sorted.
pub(super) fn masks_in(folder: &Path) -> Vec<(String, PathBuf)> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut masks: Vec<(String, PathBuf)> = entries
        .filter_map(|entry| {
            let file = entry.file_name().into_string().ok()?;
            let name = ENDS.iter().find_map(|end| file.strip_suffix(end))?;
            Some((name.to_owned(), entry.path()))
        })
        .collect();
    masks.sort();
    masks
}

/// Reads masks; what is not 0 is inside, and what is empty is left out.
pub(super) fn read(masks: &[(String, PathBuf)]) -> Result<Vec<ImportedOrgan>, ImportError> {
    let organs = masks.par_iter().map(|(name, path)| {
        let labels = isoboost_report::read_label_map(path)?;
        let mask = Mask::from_fn(labels.grid().clone(), |voxel| labels[voxel] != 0);
        let bounds = mask.bounding_box();
        Ok(bounds.map(|bounds| ImportedOrgan {
            name: name.clone(),
            mask: mask.crop(bounds),
        }))
    });
    let organs: Result<Vec<Option<ImportedOrgan>>, ImportError> = organs.collect();
    Ok(organs?.into_iter().flatten().collect())
}
