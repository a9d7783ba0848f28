//! Where voxels lie: between a grid in LPS and the fields of the header, which count in RAS.

use isoboost_volume::{Grid, GridError};
use nalgebra::{Matrix3, Point3, Quaternion, Rotation3, UnitQuaternion, Vector3};
use nifti::NiftiHeader;

/// The rows of the affine from `(i, j, k, 1)` to RAS: LPS with the first two rows turned round.
pub(super) fn affine_rows(grid: &Grid) -> [[f64; 4]; 3] {
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
pub(super) fn quaternion_of(rows: &[[f64; 4]; 3], spacing: [f64; 3]) -> Option<([f64; 3], f64)> {
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
pub(super) fn grid_of(header: &NiftiHeader, shape: [usize; 3]) -> Result<Grid, GridError> {
    let pixdim = header.pixdim.map(f64::from);
    let (columns, origin) = if header.sform_code > 0 {
        let rows = [header.srow_x, header.srow_y, header.srow_z].map(|r| r.map(f64::from));
        let column = |c: usize| Vector3::new(rows[0][c], rows[1][c], rows[2][c]);
        ([column(0), column(1), column(2)], column(3))
    } else if header.qform_code > 0 {
        let [b, c, d] = [header.quatern_b, header.quatern_c, header.quatern_d].map(f64::from);
        let a = (1.0 - b * b - c * c - d * d).max(0.0).sqrt();
        let turn = UnitQuaternion::from_quaternion(Quaternion::new(a, b, c, d));
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
