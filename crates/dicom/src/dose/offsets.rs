//! Where the planes of a dose lie: Grid Frame Offset Vector (PS3.3 C.8.8.3.2).

use super::DoseProblem;

/// Planes may miss even distances by this, in mm: offsets rounded to a hundredth at both ends.
const TOLERANCE_MM: f64 = 0.02;

/// Two positions are the same when they differ by less, in mm: both were rounded to a tenth.
const SAME_POSITION_MM: f64 = 0.05;

/// Direction cosines of a transverse plane miss 0 and 1 by less.
const TRANSVERSE_TOLERANCE: f64 = 1e-4;

/// The planes of a dose along its normal.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Planes {
    /// Distance of the lowest plane from Image Position (Patient), along the normal, in mm.
    pub(super) first_mm: f64,
    /// Distance of neighbouring planes, in mm.
    pub(super) spacing_mm: f64,
    /// Number of the frame for each plane, from the lowest up.
    pub(super) frames: Vec<u32>,
}

/// What tells relative from absolute offsets.
#[derive(Debug, Clone, Copy)]
pub(super) struct FirstPlane {
    /// Third value of Image Position (Patient).
    pub(super) z: f64,
    /// The six cosines of Image Orientation (Patient).
    pub(super) cosines: [f64; 6],
}

impl FirstPlane {
    fn is_transverse(&self) -> bool {
        let [a, b, c, d, e, f] = self.cosines;
        let is = |value: f64, wanted: f64| (value - wanted).abs() <= TRANSVERSE_TOLERANCE;
        is(a.abs(), 1.0)
            && is(e.abs(), 1.0)
            && [b, c, d, f].into_iter().all(|cosine| is(cosine, 0.0))
    }

    /// Third component of the normal of a transverse plane: 1, or -1 for one that is mirrored.
    fn normal_z(&self) -> f64 {
        (self.cosines[0] * self.cosines[4]).signum()
    }
}

/// Reads offsets of both kinds: relative ones start at 0 and go along the normal; absolute ones
/// are the z of each plane, which transverse planes alone may have, and start at that of the first.
/// Either may grow or fall.
///
/// # Errors
/// When they are of neither kind, or not at even distances.
pub(super) fn planes(offsets: &[f64], first_plane: FirstPlane) -> Result<Planes, DoseProblem> {
    let [first, _, ..] = offsets else {
        return Err(DoseProblem::SinglePlane);
    };
    let z = first_plane.z;
    let is_relative = first.abs() < SAME_POSITION_MM;
    let is_absolute = first_plane.is_transverse() && (first - z).abs() < SAME_POSITION_MM;
    let along_normal: Vec<f64> = if is_relative {
        offsets.to_vec()
    } else if is_absolute {
        let sign = first_plane.normal_z();
        offsets.iter().map(|offset| (offset - z) * sign).collect()
    } else {
        return Err(DoseProblem::OffsetStart { first: *first, z });
    };
    evenly(&along_normal)
}

fn evenly(along_normal: &[f64]) -> Result<Planes, DoseProblem> {
    let mut order: Vec<usize> = (0..along_normal.len()).collect();
    order.sort_by(|a, b| along_normal[*a].total_cmp(&along_normal[*b]));
    let sorted: Vec<f64> = order.iter().map(|frame| along_normal[*frame]).collect();
    let first = sorted[0];
    let spacing = (sorted[sorted.len() - 1] - first) / (sorted.len() - 1) as f64;
    let is_even = spacing > TOLERANCE_MM
        && sorted
            .iter()
            .enumerate()
            .all(|(k, at)| (at - first - k as f64 * spacing).abs() <= TOLERANCE_MM);
    if !is_even {
        let steps = sorted.windows(2).map(|w| w[1] - w[0]);
        return Err(DoseProblem::Uneven {
            smallest_mm: steps.clone().fold(f64::INFINITY, f64::min),
            largest_mm: steps.fold(0.0, f64::max),
        });
    }
    let frames = order
        .into_iter()
        .map(|frame| u32::try_from(frame).unwrap_or(u32::MAX));
    Ok(Planes {
        first_mm: first,
        spacing_mm: spacing,
        frames: frames.collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const AXIAL: [f64; 6] = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0];
    /// Head first, prone.
    const PRONE: [f64; 6] = [-1.0, 0.0, 0.0, 0.0, -1.0, 0.0];
    /// Rows run to the front: the normal points to the feet.
    const MIRRORED: [f64; 6] = [1.0, 0.0, 0.0, 0.0, -1.0, 0.0];
    const CORONAL: [f64; 6] = [1.0, 0.0, 0.0, 0.0, 0.0, -1.0];

    fn check(offsets: &[f64], z: f64, cosines: [f64; 6], first: f64, frames: &[u32]) {
        let found = planes(offsets, FirstPlane { z, cosines }).unwrap();
        assert!((found.first_mm - first).abs() < 1e-9, "{found:?}");
        assert!((found.spacing_mm - 2.5).abs() < 1e-9, "{found:?}");
        assert_eq!(found.frames, frames);
    }

    #[test]
    fn relative_offsets_go_along_the_normal() {
        check(&[0.0, 2.5, 5.0], -80.0, AXIAL, 0.0, &[0, 1, 2]);
        check(&[0.0, -2.5, -5.0], -80.0, AXIAL, -5.0, &[2, 1, 0]);
        check(&[0.0, 2.5, 5.0], 12.0, CORONAL, 0.0, &[0, 1, 2]);
    }

    #[test]
    fn absolute_offsets_are_the_z_of_transverse_planes() {
        check(&[-80.0, -77.5, -75.0], -80.0, AXIAL, 0.0, &[0, 1, 2]);
        check(&[-80.0, -82.5, -85.0], -80.0, PRONE, -5.0, &[2, 1, 0]);
        // The normal points to the feet: a growing z is a falling distance.
        check(&[-80.0, -77.5, -75.0], -80.0, MIRRORED, -5.0, &[2, 1, 0]);
        let coronal = FirstPlane {
            z: -80.0,
            cosines: CORONAL,
        };
        assert!(matches!(
            planes(&[-80.0, -77.5], coronal),
            Err(DoseProblem::OffsetStart { .. })
        ));
    }

    #[test]
    fn what_is_neither_or_not_even_is_refused() {
        let first_plane = FirstPlane {
            z: -80.0,
            cosines: AXIAL,
        };
        let refused = |offsets: &[f64]| planes(offsets, first_plane).unwrap_err().to_string();
        assert_eq!(
            refused(&[2.5, 5.0, 7.5]),
            "GridFrameOffsetVector (3004,000C) starts with 2.5, expected 0 or, for transverse \
             planes, the z of ImagePositionPatient (0020,0032), -80"
        );
        assert_eq!(
            refused(&[0.0, 2.5, 7.5]),
            "the planes of the dose lie 2.500 to 5.000 mm apart (GridFrameOffsetVector \
             (3004,000C)), expected even distances; export the dose on a regular grid"
        );
        assert!(refused(&[0.0, 0.0, 0.0]).contains("0.000 to 0.000"));
        assert!(refused(&[0.0]).contains("single plane"));
        // Rounding to a hundredth is no unevenness: 3.333 mm.
        assert!(planes(&[0.0, 3.33, 6.67, 10.0], first_plane).is_ok());
    }
}
