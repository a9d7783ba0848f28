//! Reading NIfTI-1 files.

use std::path::Path;

use isoboost_volume::{Grid, Volume};
use nifti::{IntoNdArray, NiftiHeader, NiftiObject, ReaderStreamedOptions};

use super::NiftiError;
use super::place::grid_of;

/// Largest distance of a label from a whole number that is still rounding.
const LABEL_TOLERANCE: f32 = 1e-3;

/// Reads a label map of any orientation and number type.
///
/// # Errors
/// When the file is not NIfTI, not one regular three-dimensional grid, or holds values that are no
/// labels.
pub fn read_label_map(path: &Path) -> Result<Volume<u16>, NiftiError> {
    read_label_layers(path)?.into_volume(path)
}

/// Reads label maps that lie on one grid, as [`write_label_layers`](super::write_label_layers)
/// writes them.
///
/// # Errors
/// When the file is not NIfTI, not regular, or holds values that are no labels.
pub fn read_label_volumes(path: &Path) -> Result<Vec<Volume<u16>>, NiftiError> {
    let Layers { grid, values } = read_label_layers(path)?;
    values
        .chunks_exact(grid.voxel_count())
        .map(|layer| {
            let layer = Layers {
                grid: grid.clone(),
                values: layer.to_vec(),
            };
            layer.into_volume(path)
        })
        .collect()
}

/// Reads a volume of any orientation and number type.
///
/// The place comes from the sform, else from the qform, else from the voxel sizes alone, in this
/// order of trust as the format has it.
///
/// # Errors
/// When the file is not NIfTI or not one regular three-dimensional grid.
pub fn read_volume(path: &Path) -> Result<Volume<f32>, NiftiError> {
    read_layers(path, Ok)?.into_volume(path)
}

/// Reads a label map, or several on one grid.
pub(crate) fn read_label_layers(path: &Path) -> Result<Layers<u16>, NiftiError> {
    read_layers(path, |value| {
        let label = value.round();
        let is_label = (0.0..=65535.0).contains(&label) && (value - label).abs() < LABEL_TOLERANCE;
        is_label.then_some(label as u16).ok_or(value)
    })
}

/// Values on one grid, layer after layer, columns fastest.
pub(crate) struct Layers<T> {
    pub(crate) grid: Grid,
    pub(crate) values: Vec<T>,
}

impl<T: Clone> Layers<T> {
    fn into_volume(self, path: &Path) -> Result<Volume<T>, NiftiError> {
        let [nk, nj, ni] = self.grid.shape();
        let found = self.values.len() / self.grid.voxel_count();
        let several = NiftiError::Layers {
            path: path.to_path_buf(),
            found,
        };
        // Both fail on a wrong number of values, and that only.
        let Ok(values) = ndarray::Array3::from_shape_vec((nk, nj, ni), self.values) else {
            return Err(several);
        };
        Volume::new(self.grid, values).map_err(|_| several)
    }
}

/// Reads slice by slice, so that beside the result a single slice is held; `convert` hands a value
/// back that it does not take.
fn read_layers<T>(
    path: &Path,
    convert: impl Fn(f32) -> Result<T, f32>,
) -> Result<Layers<T>, NiftiError> {
    let failed = |source| NiftiError::Read {
        path: path.to_path_buf(),
        source: Box::new(source),
    };
    let header = NiftiHeader::from_file(path).map_err(failed)?;
    let sides = header.dim().map_err(failed)?;
    let [ni, nj, nk] = match sides {
        [ni, nj, nk, ..] => [*ni, *nj, *nk].map(usize::from),
        _ => {
            return Err(NiftiError::Dimensions {
                path: path.to_path_buf(),
                found: sides.len(),
            });
        }
    };
    let grid = grid_of(&header, [nk, nj, ni]).map_err(|source| NiftiError::Geometry {
        path: path.to_path_buf(),
        source,
    })?;
    let object = ReaderStreamedOptions::new()
        .read_file_rank(path, 2)
        .map_err(failed)?;
    let mut values = Vec::new();
    for slice in object.into_volume() {
        let slice = slice.map_err(failed)?;
        let slice = slice.into_ndarray::<f32>().map_err(failed)?;
        values.reserve(slice.len());
        // The order of the memory is that of the file, columns fastest.
        for value in slice.into_raw_vec_and_offset().0 {
            values.push(convert(value).map_err(|found| NiftiError::NotALabel {
                path: path.to_path_buf(),
                found,
            })?);
        }
    }
    Ok(Layers { grid, values })
}
