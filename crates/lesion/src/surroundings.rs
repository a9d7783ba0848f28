//! What is known of the patient beside the SUV.

use isoboost_volume::Mask;
use nalgebra::Point3;

/// Uptake of a reference region, SUVbw g/mL.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Level {
    /// Mean of its voxels.
    pub mean: f64,
    /// Standard deviation of its voxels.
    pub sd: f64,
}

/// Uptake of the reference regions that were measured.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ReferenceLevels {
    /// Blood in the descending aorta.
    pub blood_pool: Option<Level>,
    /// Liver.
    pub liver: Option<Level>,
    /// Spleen.
    pub spleen: Option<Level>,
    /// Parotid glands.
    pub parotid: Option<Level>,
}

/// An organ whose uptake is its own.
#[derive(Debug, Clone)]
pub struct NamedOrgan<'a> {
    /// As `urinary bladder`.
    pub name: String,
    /// Its voxels on any grid.
    pub mask: &'a Mask,
}

/// What is known of the patient beside the SUV: finding rules take their thresholds from it, and
/// outlines may not grow into organs.
#[derive(Debug, Clone, Default)]
pub struct Surroundings<'a> {
    /// Uptake of the reference regions.
    pub references: ReferenceLevels,
    /// Whether the tracer leaves by the liver, which then is no reference (18F-PSMA-1007).
    pub liver_excreted: bool,
    /// The skeleton with its marrow, on any grid.
    pub bone: Option<&'a Mask>,
    /// Organs of known uptake.
    pub organs: Vec<NamedOrgan<'a>>,
}

impl Surroundings<'_> {
    /// Whether a point lies in bone.
    pub(crate) fn is_bone(&self, point: Point3<f64>) -> bool {
        self.bone.is_some_and(|bone| bone.contains(point))
    }

    /// The organ at a point.
    pub(crate) fn organ_at(&self, point: Point3<f64>) -> Option<&str> {
        let here = self.organs.iter().find(|organ| organ.mask.contains(point));
        here.map(|organ| organ.name.as_str())
    }
}
