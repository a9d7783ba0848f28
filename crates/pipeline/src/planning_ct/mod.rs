//! The planning CT: targets are drawn on it, in its frame of reference.
//!
//! A planning CT is another scan of the same patient. What was found on the PET/CT is moved into its
//! frame rigidly: the voxels of the PET stay what they are and lie on a turned grid, so that the
//! outlines of lesions are drawn on the planning CT's slices without being resampled in between.
//! CTV and PTV are grown there and cut by the anatomy that is recognised or drawn there.

mod error;
mod info;
mod open;
mod picture;
mod place;
mod site;

use std::path::PathBuf;

use isoboost_dicom::{Selection, Series, Study};

use crate::study::StudyJob;

pub use error::PlanningCtError;
pub(crate) use info::info;
pub(crate) use open::PlanningCt;
pub(crate) use picture::write_pictures;
pub(crate) use place::{PlacedCt, PlanningImages};
pub(crate) use site::{Site, SiteAnatomy};

/// What the user hands in of a planning CT.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanningRequest {
    /// Folder, or file or archive, that holds the planning CT and its structure set (`--planning-ct`).
    pub path: PathBuf,
    /// Series Instance UID of the planning CT, where there are several (`--planning-ct-series`).
    pub series_uid: Option<String>,
    /// A DICOM Spatial Registration between the frames of reference (`--registration`).
    pub registration: Option<PathBuf>,
}

/// The CT that targets lie on: the planning CT, or else that of the PET/CT.
pub(crate) fn ct_of_targets<'a>(
    job: &StudyJob<'a>,
    selection: &Selection<'a>,
) -> Option<&'a Series> {
    let planning = job.planning_ct.map(PlanningCt::series);
    planning.or(selection.ct)
}

/// The study that objects on that CT belong to.
pub(crate) fn study_of_targets<'a>(job: &StudyJob<'a>) -> &'a Study {
    job.planning_ct.map_or(job.study, PlanningCt::study)
}

/// The series whose frame of reference doses lie in: that of the planning CT where there is one.
pub(crate) fn dose_series<'a>(job: &StudyJob<'a>, selection: &Selection<'a>) -> Vec<&'a Series> {
    match job.planning_ct {
        Some(planning) => vec![planning.series()],
        None => std::iter::once(selection.pet).chain(selection.ct).collect(),
    }
}
