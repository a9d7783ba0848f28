//! Writing NIfTI-1 files.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use isoboost_volume::{Grid, Volume};

use super::NiftiError;
use super::place::{affine_rows, quaternion_of};

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
    let written = write_whole(path, |file| {
        if path.extension().is_some_and(|e| e == "gz") {
            // The encoder's header has no time in it, so equal volumes are equal files.
            let mut gz = GzEncoder::new(file, Compression::fast());
            write_all(&mut gz)?;
            gz.finish().map(|_| ())
        } else {
            write_all(file)
        }
    });
    written.map_err(|source| NiftiError::Write {
        path: path.to_path_buf(),
        source,
    })
}

/// Writes a file beside its place and moves it there when it is complete, so that no reader finds
/// half a file and a failure leaves an older one as it was.
fn write_whole(
    path: &Path,
    fill: impl FnOnce(&mut BufWriter<&mut std::fs::File>) -> io::Result<()>,
) -> io::Result<()> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // Temporary files are for their owner alone; a result follows the usual rights.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.prefix(".").suffix(".part").tempfile_in(folder)?;
    let mut writer = BufWriter::new(file.as_file_mut());
    fill(&mut writer)?;
    writer.flush()?;
    drop(writer);
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
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
