//! From sixteen numbers to a rigid motion.

use nalgebra::{Isometry3, Matrix3, Matrix4, Rotation3, Translation3, UnitQuaternion, Vector3};

/// How far the lengths of a rotation's columns may be from 1, and their scalar products from 0: a
/// matrix written with four decimals passes, a scaling of 0.2 % does not.
const ROTATION_TOLERANCE: f64 = 1e-3;
/// How far the last row may be from 0, 0, 0, 1.
const LAST_ROW_TOLERANCE: f64 = 1e-6;

/// The motion of a homogeneous matrix given row by row; the rotation nearest to it is taken.
///
/// # Errors
/// When it scales, shears, mirrors or projects, with the reason in words.
pub(super) fn rigid(rows: &[f64; 16]) -> Result<Isometry3<f64>, String> {
    let matrix = Matrix4::from_row_slice(rows);
    let last = matrix.row(3);
    let expected = [0.0, 0.0, 0.0, 1.0];
    if (0..4).any(|n| (last[n] - expected[n]).abs() > LAST_ROW_TOLERANCE) {
        return Err(format!(
            "its last row is {} {} {} {}, expected 0 0 0 1",
            last[0], last[1], last[2], last[3]
        ));
    }
    let turn: Matrix3<f64> = matrix.fixed_view::<3, 3>(0, 0).into();
    let product = turn.transpose() * turn;
    let off = product - Matrix3::identity();
    // What is not a number is not orthogonal either, and no maximum shows it.
    let is_orthogonal = off.iter().all(|v| v.abs() <= 2.0 * ROTATION_TOLERANCE);
    if !is_orthogonal {
        return Err(format!(
            "its columns are not of length 1 and at right angles, off by {:.4}",
            off.amax()
        ));
    }
    if turn.determinant() < 0.0 {
        return Err("it mirrors".to_owned());
    }
    let svd = turn.svd(true, true);
    let (Some(u), Some(v)) = (svd.u, svd.v_t) else {
        return Err("it has no rotation".to_owned());
    };
    let rotation = UnitQuaternion::from_rotation_matrix(&Rotation3::from_matrix_unchecked(u * v));
    let shift = Vector3::new(matrix[(0, 3)], matrix[(1, 3)], matrix[(2, 3)]);
    if !shift.iter().all(|v| v.is_finite()) {
        return Err("its shift is not a number".to_owned());
    }
    Ok(Isometry3::from_parts(Translation3::from(shift), rotation))
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::Point3;

    fn rows(matrix: &Matrix4<f64>) -> [f64; 16] {
        std::array::from_fn(|n| matrix[(n / 4, n % 4)])
    }

    #[test]
    fn a_rounded_rotation_is_made_exact() {
        let motion = Isometry3::new(
            Vector3::new(10.0, -20.0, 30.0),
            Vector3::new(0.1, -0.2, 0.3),
        );
        let exact = motion.to_homogeneous();
        let found = rigid(&rows(&exact.map(|v: f64| (v * 1e4).round() / 1e4))).unwrap();
        let p = Point3::new(100.0, -50.0, 200.0);
        // Half of the last decimal at 230 mm.
        assert!((found * p - motion * p).norm() < 0.03);
        assert!((found.rotation.to_rotation_matrix().matrix().determinant() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn scaling_shear_mirror_and_projection_are_refused() {
        let refused = |change: fn(&mut Matrix4<f64>)| {
            let mut matrix = Matrix4::identity();
            change(&mut matrix);
            rigid(&rows(&matrix)).unwrap_err()
        };
        assert!(refused(|m| m[(0, 0)] = 1.01).contains("length 1"));
        assert!(refused(|m| m[(0, 1)] = 0.01).contains("right angles"));
        assert!(refused(|m| m[(0, 0)] = -1.0).contains("mirrors"));
        assert!(refused(|m| m[(3, 2)] = 0.1).contains("last row"));
        assert!(refused(|m| m[(0, 0)] = f64::NAN).contains("length 1"));
        assert!(refused(|m| m[(1, 3)] = f64::NAN).contains("shift"));
    }
}
