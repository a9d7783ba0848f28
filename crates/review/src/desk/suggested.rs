//! Outlines of the suggestion from the files of its folder, so that they are seen before the
//! analysis has come to them again.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use isoboost_report::{Report, TargetInfo, read_label_volumes};
use isoboost_volume::{IndexBox, Mask, Volume};

use crate::engine::{Region, RegionKind, Shape};

/// Colour of volumes whose own cannot be read.
const UNKNOWN: [u8; 3] = [255, 170, 60];

/// Every target of the suggestion. A file that is missing or cannot be read shows nothing; the
/// analysis tells what is wrong with the study.
pub(crate) fn regions(folder: &Path, suggestion: &Report) -> Vec<Region> {
    // Where targets lie on a planning CT, how that lies to the PET is known by the analysis alone.
    if suggestion.targets.is_empty() || suggestion.planning_ct.is_some() {
        return Vec::new();
    }
    let layers = read_label_volumes(&folder.join("targets.nii.gz")).unwrap_or_else(|error| {
        tracing::warn!(%error, "the outlines of the suggestion cannot be shown yet");
        Vec::new()
    });
    let mut masks: BTreeMap<u16, Arc<Mask>> = BTreeMap::new();
    for layer in &layers {
        masks.extend(masks_of(layer));
    }
    let colours = colours(folder);
    suggestion
        .targets
        .iter()
        .filter_map(|target| {
            let mask = masks.get(&u16::try_from(target.roi_number).ok()?)?;
            let colour = colours.get(&target.roi_number).copied();
            region(target, Arc::clone(mask), colour.unwrap_or(UNKNOWN))
        })
        .collect()
}

/// The colours of the suggestion's structure set by ROI number, so that they stay the same once the
/// volumes are drawn anew.
fn colours(folder: &Path) -> BTreeMap<u32, [u8; 3]> {
    match isoboost_dicom::read_structure_set(&folder.join("rtstruct.dcm")) {
        Ok(read) => {
            let rois = read.structures.rois.iter();
            rois.map(|roi| (roi.number, roi.colour)).collect()
        }
        Err(error) => {
            tracing::warn!(%error, "the colours of the suggestion cannot be shown yet");
            BTreeMap::new()
        }
    }
}

fn region(target: &TargetInfo, mask: Arc<Mask>, colour: [u8; 3]) -> Option<Region> {
    let kind = match target.kind.as_str() {
        "GTV" => RegionKind::Gtv,
        "CTV" => RegionKind::Ctv,
        "PTV" => RegionKind::Ptv,
        "FIELD" => RegionKind::Field,
        _ => return None,
    };
    let finding = match (kind, target.lesion_ids.as_slice()) {
        (RegionKind::Gtv, [id]) => Some(*id),
        _ => None,
    };
    Some(Region {
        roi: Some(target.roi_number),
        finding,
        lesion_ids: target.lesion_ids.clone(),
        kind,
        name: target.name.clone(),
        colour,
        shape: Shape::Mask(mask),
    })
}

/// Each label's voxels, on a grid around them.
fn masks_of(labels: &Volume<u16>) -> Vec<(u16, Arc<Mask>)> {
    let [_, nj, ni] = labels.grid().shape();
    let mut boxes: BTreeMap<u16, IndexBox> = BTreeMap::new();
    for (n, label) in labels
        .as_slice()
        .iter()
        .enumerate()
        .filter(|(_, l)| **l != 0)
    {
        let voxel = [n / (nj * ni), n / ni % nj, n % ni];
        let point = IndexBox {
            min: voxel,
            max: voxel,
        };
        let around = boxes.entry(*label).or_insert(point);
        *around = around.union(&point);
    }
    boxes
        .into_iter()
        .map(|(label, around)| {
            let grid = labels.grid().crop(around);
            let min = around.min;
            let mask = Mask::from_fn(grid, |v| labels[[0, 1, 2].map(|a| v[a] + min[a])] == label);
            (label, Arc::new(mask))
        })
        .collect()
}
