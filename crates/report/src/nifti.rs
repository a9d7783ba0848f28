//! NIfTI-1: the only place that knows its RAS axes.
//!
//! Files are written slice by slice straight into the compressor, with a header of our own making:
//! the library's writer wants a second copy of the voxels and gives files names of its own. They
//! are read with the library.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use isoboost_volume::{Grid, GridError, Volume};
use nalgebra::{Matrix3, Point3, Rotation3, UnitQuaternion, Vector3};
use nifti::{IntoNdArray, NiftiHeader, NiftiObject, ReaderOptions};

/// Largest distance of a label from a whole number that is still rounding.
const LABEL_TOLERANCE: f32 = 1e-3;

/// Why a NIfTI file cannot be written or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NiftiError {
    /// The system refused.
    #[error("cannot write `{path}`: {source}; check free space and write permission")]
    Write {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// Not NIfTI, or damaged.
    #[error("cannot read `{path}` as NIfTI (.nii or .nii.gz): {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// The library's reason.
        source: Box<nifti::NiftiError>,
    },
    /// More than one volume.
    #[error("`{path}` holds {found} volumes, expected one")]
    Layers {
        /// The file.
        path: PathBuf,
        /// Number of volumes.
        found: usize,
    },
    /// Axes that are not orthogonal, or sizes that are not positive.
    #[error("the voxels of `{path}` are no regular grid: {source}")]
    Geometry {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: GridError,
    },
    /// A value that is no label.
    #[error(
        "`{path}` holds the value {found}, expected whole labels from 0 to 65535; was the label map resampled with interpolation?"
    )]
    NotALabel {
        /// The file.
        path: PathBuf,
        /// The value.
        found: f32,
    },
}

/// Writes a label map, in 8 bits where all labels fit.
///
/// # Errors
/// When the file cannot be written.
pub fn write_label_map(path: &Path, labels: &Volume<u16>) -> Result<(), NiftiError> {
    write_label_layers(path, std::slice::from_ref(labels))
}

/// Writes label maps that lie on one grid: three-dimensional when there is one, else with the
/// layers as the fourth dimension.
///
/// # Errors
/// When the file cannot be written.
pub fn write_label_layers(path: &Path, layers: &[Volume<u16>]) -> Result<(), NiftiError> {
    let Some(first) = layers.first() else {
        return Ok(());
    };
    let largest = layers
        .iter()
        .flat_map(Volume::as_slice)
        .max()
        .copied()
        .unwrap_or(0);
    let values = || layers.iter().flat_map(|l| l.as_slice().chunks(1 << 16));
    if largest <= 255 {
        let bytes = values().map(|c| c.iter().map(|v| *v as u8).collect());
        write(path, first.grid(), layers.len(), DataType::U8, bytes)
    } else {
        let bytes = values().map(|c| c.iter().flat_map(|v| v.to_le_bytes()).collect());
        write(path, first.grid(), layers.len(), DataType::U16, bytes)
    }
}

/// Writes a volume of real values.
///
/// # Errors
/// When the file cannot be written.
pub fn write_volume(path: &Path, volume: &Volume<f32>) -> Result<(), NiftiError> {
    let chunks = volume.as_slice().chunks(1 << 16);
    let bytes = chunks.map(|c| c.iter().flat_map(|v| v.to_le_bytes()).collect());
    write(path, volume.grid(), 1, DataType::F32, bytes)
}

/// Reads a label map of any orientation and integer type.
///
/// # Errors
/// When the file is not NIfTI, not a regular three-dimensional grid, or holds values that are no
/// labels.
pub fn read_label_map(path: &Path) -> Result<Volume<u16>, NiftiError> {
    let values = read_volume(path)?;
    let wrong = values
        .as_slice()
        .iter()
        .find(|v| !(**v >= 0.0 && **v <= 65535.0 && (**v - v.round()).abs() < LABEL_TOLERANCE));
    if let Some(found) = wrong {
        return Err(NiftiError::NotALabel {
            path: path.to_path_buf(),
            found: *found,
        });
    }
    Ok(values.map(|v| v.round() as u16))
}

/// Reads a volume of any orientation and type.
///
/// The place comes from the sform, else from the qform, else from the voxel sizes alone, in this
/// order of trust as the format has it.
///
/// # Errors
/// When the file is not NIfTI or not a regular three-dimensional grid.
pub fn read_volume(path: &Path) -> Result<Volume<f32>, NiftiError> {
    let layers = read_volume_layers(path)?;
    let voxels = layers.grid.voxel_count();
    let found = layers.values.len() / voxels;
    if found != 1 {
        return Err(NiftiError::Layers {
            path: path.to_path_buf(),
            found,
        });
    }
    let [nk, nj, ni] = layers.grid.shape();
    let mut values = layers.values.into_iter();
    let values =
        ndarray::Array3::from_shape_simple_fn((nk, nj, ni), || values.next().unwrap_or(0.0));
    Volume::new(layers.grid, values).map_err(|_| NiftiError::Layers {
        path: path.to_path_buf(),
        found,
    })
}

/// Values on one grid, layer after layer, columns fastest.
pub(crate) struct Layers {
    pub(crate) grid: Grid,
    pub(crate) values: Vec<f32>,
}

/// Reads a volume, or several on one grid.
pub(crate) fn read_volume_layers(path: &Path) -> Result<Layers, NiftiError> {
    let failed = |source| NiftiError::Read {
        path: path.to_path_buf(),
        source: Box::new(source),
    };
    let object = ReaderOptions::new().read_file(path).map_err(failed)?;
    let header = object.header().clone();
    let array = object.into_volume().into_ndarray::<f32>().map_err(failed)?;
    // The library counts x first; turned round, the last axis is x again.
    let values = array.reversed_axes();
    let sides = values.shape();
    let mut shape = [1; 3];
    for (side, n) in shape.iter_mut().rev().zip(sides.iter().rev()) {
        *side = *n;
    }
    let grid = grid_of(&header, shape).map_err(|source| NiftiError::Geometry {
        path: path.to_path_buf(),
        source,
    })?;
    Ok(Layers {
        grid,
        values: values.iter().copied().collect(),
    })
}

#[derive(Debug, Clone, Copy)]
enum DataType {
    U8,
    F32,
    U16,
}

impl DataType {
    /// The format's code and the bits of a voxel.
    fn code_and_bits(self) -> (i16, i16) {
        match self {
            Self::U8 => (2, 8),
            Self::F32 => (16, 32),
            Self::U16 => (512, 16),
        }
    }
}

fn write(
    path: &Path,
    grid: &Grid,
    layers: usize,
    data_type: DataType,
    chunks: impl Iterator<Item = Vec<u8>>,
) -> Result<(), NiftiError> {
    let write_all = |out: &mut dyn Write| -> io::Result<()> {
        out.write_all(&header(grid, layers, data_type))?;
        chunks
            .into_iter()
            .try_for_each(|chunk| out.write_all(&chunk))
    };
    let written = File::create(path).and_then(|file| {
        let mut file = BufWriter::new(file);
        if path.extension().is_some_and(|e| e == "gz") {
            // The encoder's header has no time in it, so equal volumes are equal files.
            let mut gz = GzEncoder::new(file, Compression::fast());
            write_all(&mut gz)?;
            file = gz.finish()?;
        } else {
            write_all(&mut file)?;
        }
        file.flush()
    });
    written.map_err(|source| NiftiError::Write {
        path: path.to_path_buf(),
        source,
    })
}

/// The header of 348 bytes and the four that say that no extension follows.
fn header(grid: &Grid, layers: usize, data_type: DataType) -> Vec<u8> {
    let mut bytes = vec![0_u8; 352];
    let mut put = |at: usize, value: &[u8]| bytes[at..at + value.len()].copy_from_slice(value);
    let [nk, nj, ni] = grid.shape();
    let [dk, dj, di] = grid.spacing();
    put(0, &348_i32.to_le_bytes());
    let dimensions = if layers > 1 { 4 } else { 3 };
    let dim = [dimensions, ni, nj, nk, layers, 1, 1, 1];
    for (n, value) in dim.into_iter().enumerate() {
        put(40 + 2 * n, &(value as i16).to_le_bytes());
    }
    let (code, bits) = data_type.code_and_bits();
    put(70, &code.to_le_bytes());
    put(72, &bits.to_le_bytes());
    let rows = affine_rows(grid);
    let quaternion = quaternion_of(&rows, [di, dj, dk]);
    let handedness = quaternion.map_or(1.0, |(_, handedness)| handedness);
    for (n, value) in [handedness, di, dj, dk, 1.0].into_iter().enumerate() {
        put(76 + 4 * n, &(value as f32).to_le_bytes());
    }
    put(108, &352.0_f32.to_le_bytes());
    put(112, &1.0_f32.to_le_bytes());
    put(123, &[2]); // millimetres
    put(148, b"isoboost, suggestion for review");
    if let Some((q, _)) = quaternion {
        put(252, &1_i16.to_le_bytes());
        let offset = rows.map(|row| row[3]);
        for (n, value) in q.into_iter().chain(offset).enumerate() {
            put(256 + 4 * n, &(value as f32).to_le_bytes());
        }
    }
    put(254, &1_i16.to_le_bytes());
    for (n, value) in rows.into_iter().flatten().enumerate() {
        put(280 + 4 * n, &(value as f32).to_le_bytes());
    }
    put(344, b"n+1\0");
    bytes
}

/// The rows of the affine from `(i, j, k, 1)` to RAS: LPS with the first two rows turned round.
fn affine_rows(grid: &Grid) -> [[f64; 4]; 3] {
    let columns = [2, 1, 0].map(|a| grid.axes()[a] * grid.spacing()[a]);
    let origin = grid.origin();
    [0, 1, 2].map(|row| {
        let sign = if row < 2 { -1.0 } else { 1.0 };
        [
            columns[0][row],
            columns[1][row],
            columns[2][row],
            origin[row],
        ]
        .map(|v| v * sign)
    })
}

/// The quaternion (b, c, d) of the axes and the sign of the third one.
fn quaternion_of(rows: &[[f64; 4]; 3], spacing: [f64; 3]) -> Option<([f64; 3], f64)> {
    let mut matrix = Matrix3::from_fn(|r, c| rows[r][c] / spacing[c]);
    let handedness = matrix.determinant().signum();
    matrix.set_column(2, &(matrix.column(2) * handedness));
    let rotation = Rotation3::from_matrix_unchecked(matrix);
    let q = UnitQuaternion::from_rotation_matrix(&rotation);
    let q = if q.w < 0.0 {
        -q.into_inner()
    } else {
        q.into_inner()
    };
    q.w.is_finite().then_some(([q.i, q.j, q.k], handedness))
}

/// The grid in LPS that a header states.
fn grid_of(header: &NiftiHeader, shape: [usize; 3]) -> Result<Grid, GridError> {
    let pixdim = header.pixdim.map(f64::from);
    let (columns, origin) = if header.sform_code > 0 {
        let rows = [header.srow_x, header.srow_y, header.srow_z].map(|r| r.map(f64::from));
        let column = |c: usize| Vector3::new(rows[0][c], rows[1][c], rows[2][c]);
        ([column(0), column(1), column(2)], column(3))
    } else if header.qform_code > 0 {
        let [b, c, d] = [header.quatern_b, header.quatern_c, header.quatern_d].map(f64::from);
        let a = (1.0 - b * b - c * c - d * d).max(0.0).sqrt();
        let turn = UnitQuaternion::from_quaternion(nalgebra::Quaternion::new(a, b, c, d));
        let third = if pixdim[0] < 0.0 { -1.0 } else { 1.0 };
        let offset = [header.quatern_x, header.quatern_y, header.quatern_z].map(f64::from);
        let columns = [
            turn * Vector3::x() * pixdim[1],
            turn * Vector3::y() * pixdim[2],
            turn * Vector3::z() * (pixdim[3] * third),
        ];
        (columns, Vector3::from(offset))
    } else {
        let sizes = [
            Vector3::x() * pixdim[1],
            Vector3::y() * pixdim[2],
            Vector3::z() * pixdim[3],
        ];
        (sizes, Vector3::zeros())
    };
    let lps = |v: Vector3<f64>| Vector3::new(-v.x, -v.y, v.z);
    let axes = [lps(columns[2]), lps(columns[1]), lps(columns[0])];
    let spacing = axes.map(|a| a.norm());
    Grid::new(shape, spacing, Point3::from(lps(origin)), axes)
}
