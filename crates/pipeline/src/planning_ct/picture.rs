//! Pictures of both CTs on one another.

use std::path::Path;

use isoboost_report::{Plane, checkerboard_png};
use isoboost_volume::Volume;

use super::PlanningImages;
use crate::study::StudyError;

/// Writes `registration-axial.png`, `-coronal.png` and `-sagittal.png` through the middle of the
/// pelvis, or of the planning CT where no pelvis is seen.
pub(crate) fn write_pictures(
    folder: &Path,
    planning: &PlanningImages<'_>,
    pet_ct: &Volume<i16>,
) -> Result<(), StudyError> {
    let grid = planning.ct.grid();
    let middle = grid.lps_from_index(grid.shape().map(|n| (n as f64 - 1.0) / 2.0));
    let center = planning.placed.placement.pelvis.unwrap_or(middle);
    for plane in Plane::ALL {
        let motion = &planning.placed.placement.planning_from_pet;
        let png = checkerboard_png(planning.ct, pet_ct, motion, center, plane)?;
        let path = folder.join(format!("registration-{}.png", plane.name()));
        std::fs::write(&path, png).map_err(|source| StudyError::File { path, source })?;
    }
    Ok(())
}
