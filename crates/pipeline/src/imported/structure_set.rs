//! Organs of an RTSTRUCT.

use std::path::Path;

use isoboost_anatomy::ImportedOrgan;
use isoboost_planning::dose::DrawnRegion;
use isoboost_volume::{Grid, rasterise};

use super::{ImportError, check_frame};

/// Reads contours and fills them on the grid of the images.
pub(super) fn read(
    path: &Path,
    images: &Grid,
    frame_of_reference: &str,
) -> Result<Vec<ImportedOrgan>, ImportError> {
    let read = isoboost_dicom::read_structure_set(path)?;
    check_frame(path, &read.frames_of_reference, frame_of_reference)?;
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

/// Reads contours as they are.
pub(super) fn regions(path: &Path) -> Result<Vec<DrawnRegion>, ImportError> {
    let read = isoboost_dicom::read_structure_set(path)?;
    let regions = read.structures.rois.into_iter().map(|roi| DrawnRegion {
        name: roi.name,
        contours: roi.contours,
    });
    Ok(regions.collect())
}
