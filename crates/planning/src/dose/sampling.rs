//! The dose of a structure.

use isoboost_volume::{Volume, sample_trilinear};
use nalgebra::Vector3;

use super::dvh::{DosePiece, Dvh};
use super::structure::{Piece, Structure};

impl Structure {
    /// The dose of each piece by trilinear interpolation; 0 Gy outside of the dose grid.
    pub fn sample<'a>(&'a self, dose: &'a Volume<f32>) -> impl Iterator<Item = DosePiece> + 'a {
        let axes = self.axes();
        self.pieces().iter().map(move |piece| DosePiece {
            gy: sample_trilinear(dose, piece.at, 0.0).into(),
            range_gy: range_gy(dose, piece, axes),
            ml: piece.ml,
        })
    }

    /// The dose-volume histogram of a dose; `None` for a structure without volume.
    pub fn dvh(&self, dose: &Volume<f32>) -> Option<Dvh> {
        Dvh::of(self.sample(dose))
    }
}

/// From the lowest to the highest dose in a piece: as wide as an even spread of the same variance,
/// by the dose at the middles of its faces.
fn range_gy(dose: &Volume<f32>, piece: &Piece, axes: [Vector3<f64>; 3]) -> f64 {
    let across = |a: usize| {
        let half = axes[a] * (piece.size_mm[a] / 2.0);
        let after = f64::from(sample_trilinear(dose, piece.at + half, 0.0));
        after - f64::from(sample_trilinear(dose, piece.at - half, 0.0))
    };
    (0..3).map(|a| across(a).powi(2)).sum::<f64>().sqrt()
}
