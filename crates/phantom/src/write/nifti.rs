//! The label maps of lesions and organs.

use std::path::Path;

use isoboost_volume::Grid;
use nalgebra::{Matrix3, Vector3};
use ndarray::Array3;
use nifti::NiftiHeader;
use nifti::writer::WriterOptions;

use crate::{PhantomError, PhantomStudy};

/// `sform_code` and `qform_code` for scanner coordinates.
const SCANNER_COORDINATES: i16 = 1;

/// Writes the lesions as a NIfTI label map on the PET grid: a voxel's value is the lesion's id,
/// that of the later one where two overlap.
pub(super) fn write_labels(study: &PhantomStudy, path: &Path) -> Result<(), PhantomError> {
    let grid = study.suv.grid();
    let [nk, nj, ni] = grid.shape();
    let mut labels = Array3::<u8>::zeros((nk, nj, ni));
    for lesion in &study.truth.lesions {
        for local in lesion.mask.voxels() {
            let voxel = grid.voxel_at(lesion.mask.grid().center_of(local));
            if let Some(voxel) = voxel {
                labels[voxel] = lesion.id as u8;
            }
        }
    }
    write(labels, grid, path)
}

/// Writes the organs as a NIfTI label map on the CT grid: a voxel's value is the place of its organ
/// in [`PhantomStudy::organ_names`], from 1.
pub(super) fn write_organs(study: &PhantomStudy, path: &Path) -> Result<(), PhantomError> {
    let grid = study.ct.grid();
    let [nk, nj, ni] = grid.shape();
    // There are some hundred organs.
    let labels = study.organ_labels(grid);
    let labels = Array3::from_shape_fn((nk, nj, ni), |(k, j, i)| labels[[k, j, i]] as u8);
    write(labels, grid, path)
}

fn write(labels: Array3<u8>, grid: &Grid, path: &Path) -> Result<(), PhantomError> {
    WriterOptions::new(path)
        .reference_header(&header(grid))
        .write_nifti(&labels.reversed_axes())
        .map_err(|source| PhantomError::Nifti {
            path: path.to_owned(),
            source: Box::new(source),
        })
}

/// LPS becomes RAS by turning the first two axes round.
fn header(grid: &Grid) -> NiftiHeader {
    let ras = |v: Vector3<f64>| Vector3::new(-v.x, -v.y, v.z);
    let [k, j, i] = grid.axes().map(ras);
    let [dk, dj, di] = grid.spacing();
    let origin = ras(grid.origin().coords);
    let row = |a: usize| [i[a] * di, j[a] * dj, k[a] * dk, origin[a]].map(|v| v as f32);
    let (quaternion, qfac) = quaternion(i, j, k);
    NiftiHeader {
        pixdim: [qfac, di as f32, dj as f32, dk as f32, 0.0, 0.0, 0.0, 0.0],
        xyzt_units: 2,
        descrip: b"isoboost phantom labels".to_vec(),
        sform_code: SCANNER_COORDINATES,
        qform_code: SCANNER_COORDINATES,
        srow_x: row(0),
        srow_y: row(1),
        srow_z: row(2),
        quatern_b: quaternion[0],
        quatern_c: quaternion[1],
        quatern_d: quaternion[2],
        quatern_x: origin.x as f32,
        quatern_y: origin.y as f32,
        quatern_z: origin.z as f32,
        ..NiftiHeader::default()
    }
}

/// The imaginary parts of the unit quaternion of three axes, and the sign of the third when the
/// axes are left-handed.
fn quaternion(i: Vector3<f64>, j: Vector3<f64>, k: Vector3<f64>) -> ([f32; 3], f32) {
    let handedness = i.cross(&j).dot(&k).signum();
    let turn =
        nalgebra::Rotation3::from_matrix_unchecked(Matrix3::from_columns(&[i, j, k * handedness]));
    let q = nalgebra::UnitQuaternion::from_rotation_matrix(&turn);
    // NIfTI takes the real part as positive.
    let sign = if q.w < 0.0 { -1.0 } else { 1.0 };
    (
        [q.i, q.j, q.k].map(|v| (v * sign) as f32),
        handedness as f32,
    )
}
