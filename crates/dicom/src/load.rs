//! Loading the voxels of a series.

use std::collections::BTreeMap;

use isoboost_suv::PetFacts;
use isoboost_volume::{Grid, GridError, Volume};
use ndarray::Array3;
use rayon::prelude::*;

use crate::frames::Rescale;
use crate::pixels::{Hounsfield, PixelReader, ReadPixelsError, Scaled, StoredFrame};
use crate::study::{Instance, Series, Slice};
use crate::{AttributeError, GeometryProblem, ObjectKind, PetSlice, pet_facts};

/// Why a series cannot be loaded.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The slices are no volume.
    #[error("{label} is no regular volume: {problem}")]
    Geometry {
        /// Number and description of the series.
        label: String,
        /// What is wrong with its geometry.
        problem: GeometryProblem,
    },
    /// A slice's pixels cannot be read.
    #[error("{reason}, in `{file}`")]
    Pixels {
        /// What is wrong.
        reason: String,
        /// The slice's file.
        file: String,
    },
    /// A slice does not say how its stored values become values.
    #[error("{error}, in `{file}`")]
    Rescale {
        /// The attribute that is missing or unusable.
        error: AttributeError,
        /// The slice's file.
        file: String,
    },
    /// The series is of another kind than asked for.
    #[error("{label} is no {expected}")]
    Kind {
        /// Number and description of the series.
        label: String,
        /// What was asked for.
        expected: &'static str,
    },
    /// A header could be read when the series was found, but no longer.
    #[error("{reason}, in `{file}`")]
    Header {
        /// What is wrong.
        reason: String,
        /// The file.
        file: String,
    },
}

/// Loads a CT in Hounsfield units; what lies outside the reconstructed field is air (-1024).
///
/// Slices are decoded in parallel straight into the volume, which is the only copy.
///
/// # Errors
/// When the series is no CT, no regular volume, or a slice's pixels or their rescale cannot be
/// read.
pub fn load_ct(series: &Series) -> Result<Volume<i16>, LoadError> {
    if !series.kind.is_ct() {
        return Err(LoadError::Kind {
            label: series.label(),
            expected: "CT",
        });
    }
    load(series, hounsfield)
}

/// A PET and what its headers say about its SUV.
#[derive(Debug, Clone)]
pub struct LoadedPet {
    /// Rescaled stored values, in the unit the header states, before any SUV factor.
    pub activity: Volume<f32>,
    /// What the SUV factors of the slices are derived from; its frames are in slice order.
    pub facts: PetFacts,
}

/// Loads a PET with the facts for its SUV.
///
/// # Errors
/// When the series is no PET, no regular volume, or a slice's pixels or their rescale cannot be
/// read.
pub fn load_pet(series: &Series) -> Result<LoadedPet, LoadError> {
    let facts = read_pet_facts(series)?;
    Ok(LoadedPet {
        activity: load(series, scaled)?,
        facts,
    })
}

/// Reads what the headers of a PET say about its SUV, and no pixels.
///
/// # Errors
/// When the series is no PET, or a header can no longer be read.
pub fn read_pet_facts(series: &Series) -> Result<PetFacts, LoadError> {
    if !series.kind.is_pet() {
        return Err(LoadError::Kind {
            label: series.label(),
            expected: "PET",
        });
    }
    let headers = series.headers()?;
    let slices: Vec<PetSlice<'_>> = series
        .slices
        .iter()
        .map(|slice| PetSlice {
            attributes: headers[slice.instance].attributes(),
            frame: slice.frame,
        })
        .collect();
    let voxel_volume_ml = series.geometry.as_ref().ok().map(Grid::voxel_volume_ml);
    Ok(pet_facts(&slices, voxel_volume_ml))
}

fn hounsfield(
    frame: &StoredFrame<'_>,
    rescale: Rescale,
    padding: Option<[f64; 2]>,
    out: &mut [i16],
) {
    Hounsfield::new(rescale, padding).write(frame, out);
}

fn scaled(frame: &StoredFrame<'_>, rescale: Rescale, padding: Option<[f64; 2]>, out: &mut [f32]) {
    Scaled { rescale, padding }.write(frame, out);
}

/// Writes a frame's values, by its rescale and padding, into its slice of the volume.
trait WriteSlice<T>: Fn(&StoredFrame<'_>, Rescale, Option<[f64; 2]>, &mut [T]) + Sync {}

impl<T, F: Fn(&StoredFrame<'_>, Rescale, Option<[f64; 2]>, &mut [T]) + Sync> WriteSlice<T> for F {}

fn load<T: Copy + Default + Send + Sync>(
    series: &Series,
    write: impl WriteSlice<T>,
) -> Result<Volume<T>, LoadError> {
    let geometry = |problem| LoadError::Geometry {
        label: series.label(),
        problem,
    };
    let grid = series.geometry.clone().map_err(geometry)?;
    let [slices, rows, columns] = grid.shape();
    tracing::debug!(series = series.key(), slices, rows, columns, "loading");
    let shared = multi_frame_readers(series)?;
    let mut values = vec![T::default(); grid.voxel_count()];
    let outcomes: Vec<Result<(), LoadError>> = series
        .slices
        .par_iter()
        .zip(values.par_chunks_exact_mut(rows * columns))
        .map_init(Vec::new, |buffer, (slice, out)| {
            load_slice(series, slice, &shared, buffer, out, &write)
        })
        .collect();
    // The first in slice order, whichever thread met one first.
    outcomes.into_iter().collect::<Result<(), _>>()?;
    let empty = GridError::Empty([slices, rows, columns]).into();
    let values = Array3::from_shape_vec([slices, rows, columns], values);
    let values = values.map_err(|_| geometry(empty))?;
    Volume::new(grid, values).map_err(|_| geometry(GridError::Empty([0; 3]).into()))
}

/// Multi-frame objects are opened once for all their frames, single-frame ones with their slice.
fn multi_frame_readers(series: &Series) -> Result<BTreeMap<usize, PixelReader<'_>>, LoadError> {
    let frames: Vec<usize> = series.slices.iter().map(|slice| slice.instance).collect();
    let is_shared = |index: &usize| frames.iter().filter(|i| *i == index).nth(1).is_some();
    let is_multi_frame = matches!(
        series.kind,
        ObjectKind::EnhancedCt | ObjectKind::EnhancedPet
    );
    let shared = (0..series.instances.len()).filter(|i| is_multi_frame && is_shared(i));
    shared
        .map(|index| {
            let instance = &series.instances[index];
            let reader = PixelReader::open(instance).map_err(|e| pixels(instance, &e))?;
            Ok((index, reader))
        })
        .collect()
}

fn load_slice<T>(
    series: &Series,
    slice: &Slice,
    shared: &BTreeMap<usize, PixelReader<'_>>,
    buffer: &mut Vec<u8>,
    out: &mut [T],
    write: &impl WriteSlice<T>,
) -> Result<(), LoadError> {
    let instance = &series.instances[slice.instance];
    let failed = |error| pixels(instance, &error);
    let rescale = slice.rescale.clone().map_err(|error| LoadError::Rescale {
        error,
        file: instance.source.to_string(),
    })?;
    let own;
    let reader = if let Some(reader) = shared.get(&slice.instance) {
        reader
    } else {
        own = PixelReader::open(instance).map_err(failed)?;
        &own
    };
    let frame = reader.frame(slice.frame, buffer).map_err(failed)?;
    write(&frame, rescale, reader.padding(), out);
    Ok(())
}

fn pixels(instance: &Instance, error: &ReadPixelsError) -> LoadError {
    LoadError::Pixels {
        reason: error.to_string(),
        file: instance.source.to_string(),
    }
}
