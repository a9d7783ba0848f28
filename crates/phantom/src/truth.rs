//! What is known of a phantom.

use nalgebra::Point3;

use crate::TruthLesion;
use crate::pelvis::Expected;

/// Exact knowledge about the images of a phantom.
#[derive(Debug, Clone, PartialEq)]
pub struct Truth {
    /// The lesions, numbered in the order of the description.
    pub lesions: Vec<TruthLesion>,
    /// What should be proposed; `None` for a test object.
    pub expected: Option<Expected>,
    /// Named positions, LPS in mm.
    pub landmarks: Vec<(String, Point3<f64>)>,
    /// Voxels of the PET image and their SUV as rendered, noise included.
    pub checkpoints: Vec<Checkpoint>,
}

/// A voxel of the PET image whose SUV any correct reader must find.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Checkpoint {
    /// Voxel `[k, j, i]`.
    pub voxel: [usize; 3],
    /// Its centre, LPS in mm.
    pub position: Point3<f64>,
    /// SUVbw in g/mL.
    pub suv: f32,
}
