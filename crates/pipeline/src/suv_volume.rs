//! The SUV of one PET series, by itself.

use std::path::{Path, PathBuf};

use isoboost_dicom::{LoadedPet, Series, SeriesChoice};
use isoboost_suv::{SuvDerivation, SuvOptions};
use isoboost_volume::{Mask, Volume, rasterise, resample_nearest};
use rayon::prelude::*;

use crate::study::StudyError;

/// A PET in SUV.
#[derive(Debug, Clone)]
pub struct SuvImage {
    /// Series Instance UID.
    pub series_uid: String,
    /// SUVbw in g/mL.
    pub suv: Volume<f32>,
    /// How it was derived.
    pub derivation: SuvDerivation,
}

/// Why there is no SUV.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SuvImageError {
    /// The inputs cannot be searched.
    #[error(transparent)]
    Discover(#[from] isoboost_dicom::DiscoverError),
    /// Not one study with a PET.
    #[error("found {0} studies with PET, expected one; give the folder of one PET series")]
    NotOne(usize),
    /// The study has no SUV.
    #[error(transparent)]
    Study(#[from] StudyError),
    /// The region is a mask of another place, or cannot be read.
    #[error(transparent)]
    Region(#[from] crate::ImportError),
}

/// Values inside a region.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct RegionStatistics {
    /// Number of voxels.
    pub voxels: usize,
    /// Lowest SUVbw.
    pub min: f64,
    /// Median SUVbw.
    pub median: f64,
    /// Mean SUVbw.
    pub mean: f64,
    /// Highest SUVbw.
    pub max: f64,
}

/// Loads the PET of the one study under the inputs as SUVbw.
///
/// # Errors
/// When there is not one study with a PET, or its SUV cannot be derived.
pub fn suv_image(
    inputs: &[PathBuf],
    choice: &SeriesChoice,
    options: &SuvOptions,
) -> Result<SuvImage, SuvImageError> {
    let discovery = isoboost_dicom::discover(inputs, &|_| {})?;
    let with_pet: Vec<_> = discovery.studies.iter().filter(|s| s.has_pet()).collect();
    let [study] = with_pet[..] else {
        return Err(SuvImageError::NotOne(with_pet.len()));
    };
    let pets: Vec<&Series> = study.series.iter().filter(|s| s.kind.is_pet()).collect();
    let pet = match pets[..] {
        // The only one is what is meant; whatever speaks against it is told with the rest.
        [only] if choice.pet_uid.is_none() => only,
        _ => {
            isoboost_dicom::select(study, choice)
                .map_err(StudyError::from)?
                .pet
        }
    };
    // The facts first: a refusal should not wait for the pixels.
    let facts = isoboost_dicom::read_pet_facts(pet).map_err(StudyError::from)?;
    let derivation = isoboost_suv::derive(&facts, options).map_err(StudyError::from)?;
    let LoadedPet { activity, .. } = isoboost_dicom::load_pet(pet).map_err(StudyError::from)?;
    Ok(SuvImage {
        series_uid: pet.uid.clone(),
        suv: suv_volume(activity, &derivation),
        derivation,
    })
}

/// Turns rescaled stored values into SUVbw in place, each slice by its own factor.
pub(crate) fn suv_volume(mut activity: Volume<f32>, derivation: &SuvDerivation) -> Volume<f32> {
    let [_, nj, ni] = activity.grid().shape();
    let slices = activity.as_mut_slice().par_chunks_mut(nj * ni);
    slices.zip(&derivation.factors).for_each(|(slice, factor)| {
        for value in slice {
            *value = (f64::from(*value) * factor) as f32;
        }
    });
    activity
}

/// The voxels of a mask file, on the grid of the image: NIfTI above 0, or all contours of an
/// RTSTRUCT.
///
/// # Errors
/// When the file cannot be read.
pub fn read_region(path: &Path, image: &Volume<f32>) -> Result<Mask, crate::ImportError> {
    let name = path.to_string_lossy();
    if name.ends_with(".nii") || name.ends_with(".nii.gz") {
        let mask = isoboost_report::read_label_map(path)?;
        let set = resample_nearest(&mask, image.grid(), 0);
        return Ok(set.map(|label| *label > 0));
    }
    let read = isoboost_dicom::read_structure_set(path)?;
    let contours: Vec<_> = read
        .structures
        .rois
        .into_iter()
        .flat_map(|r| r.contours)
        .collect();
    Ok(rasterise(&contours, image.grid()))
}

/// Statistics of the SUV inside a mask on the same grid; `None` when nothing is set.
pub fn statistics(suv: &Volume<f32>, mask: &Mask) -> Option<RegionStatistics> {
    let mut values: Vec<f32> = mask.voxels().map(|v| suv[v]).collect();
    values.sort_by(f32::total_cmp);
    let (first, last) = (values.first()?, values.last()?);
    let n = values.len();
    let middle = [values[(n - 1) / 2], values[n / 2]].map(f64::from);
    Some(RegionStatistics {
        voxels: n,
        min: f64::from(*first),
        median: f64::midpoint(middle[0], middle[1]),
        mean: values.iter().map(|v| f64::from(*v)).sum::<f64>() / n as f64,
        max: f64::from(*last),
    })
}
