//! Organs of a NIfTI label map.

use std::path::Path;

use isoboost_anatomy::ImportedOrgan;
use isoboost_volume::{Mask, Volume};

use super::ImportError;

/// Reads a label map; without names the numbers are TotalSegmentator's.
pub(super) fn read(path: &Path, names: Option<&Path>) -> Result<Vec<ImportedOrgan>, ImportError> {
    let labels = isoboost_report::read_label_map(path)?;
    Ok(organs_of(&labels, &label_names(names)?))
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
