//! The three planes that a patient is looked at in.

use nalgebra::Vector3;
use serde::{Deserialize, Serialize};

/// A plane through the patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Plane {
    /// Seen from the feet: the patient's left on the right.
    Axial,
    /// Seen from the front: the patient's left on the right.
    Coronal,
    /// Seen from the left: the patient's front on the left.
    Sagittal,
}

impl Plane {
    /// All three.
    pub const ALL: [Self; 3] = [Self::Axial, Self::Coronal, Self::Sagittal];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Axial => "axial",
            Self::Coronal => "coronal",
            Self::Sagittal => "sagittal",
        }
    }

    /// The plane of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|plane| plane.name() == name)
    }

    /// The LPS coordinate along the normal: 0 for L, 1 for P, 2 for S.
    pub fn normal(self) -> usize {
        match self {
            Self::Axial => 2,
            Self::Coronal => 1,
            Self::Sagittal => 0,
        }
    }

    /// The patient's sides at the left, right, upper and lower edge of the picture.
    pub fn letters(self) -> [&'static str; 4] {
        match self {
            Self::Axial => ["R", "L", "A", "P"],
            Self::Coronal => ["R", "L", "S", "I"],
            Self::Sagittal => ["A", "P", "S", "I"],
        }
    }

    /// Directions of the normal, downwards and to the right of the picture.
    pub(crate) fn axes(self) -> [Vector3<f64>; 3] {
        let (x, y, z) = (Vector3::x(), Vector3::y(), Vector3::z());
        match self {
            Self::Axial => [z, y, x],
            Self::Coronal => [y, -z, x],
            Self::Sagittal => [x, -z, y],
        }
    }
}
