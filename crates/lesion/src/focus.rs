//! What is known of one focus.

use isoboost_volume::{IndexBox, Mask, Volume};
use nalgebra::{Isometry3, Point3};

use crate::measure::{Measures, fine_depth};

/// A connected region of uptake.
#[derive(Debug, Clone, PartialEq)]
pub struct Focus {
    /// Its voxels, on a part of the SUV grid.
    pub mask: Mask,
    /// Where that part lies in the SUV grid.
    pub bounds: IndexBox,
    /// Its outline, finer than the voxels: zero or negative inside, positive outside, linear in SUV
    /// across the border, on a part of the SUV grid that is wider than the focus.
    pub depth: Volume<f32>,
    /// Which part of the hot ground it lies on, from 1.
    pub territory: u32,
    /// What bounds its outline, in the order of their numbers.
    pub contacts: Vec<Contact>,
    /// SUVbw at its border; the lowest inside where its rule has no threshold.
    pub threshold_suv: f64,
    /// How that border was chosen, as in `41 % of SUVmax`.
    pub rule: String,
    /// Whether the rule asked for leaked, so that another drew it.
    pub fell_back: bool,
    /// Share of the voxels that the methods of a consensus agree on, 0 to 1.
    pub agreement: Option<f64>,
    /// Its measures.
    pub measures: Measures,
    /// What a reader should know of the delineation: a leak, a neighbour that bounds it.
    pub notes: Vec<String>,
}

impl Focus {
    /// The outline's field on a lattice fine enough for its size, zero or negative inside: its zero
    /// level, linear between its points, encloses `measures.volume_isosurface_ml`.
    pub fn fine_depth(&self) -> Volume<f32> {
        let voxels: Vec<[usize; 3]> = self.mask.voxels().collect();
        fine_depth(&self.depth, &voxels)
    }

    /// The focus after a rigid motion of what was imaged, as into the frame of a planning CT: its
    /// voxels and outline are moved as they are, and nothing is resampled.
    #[must_use]
    pub fn moved(&self, to_from_here: &Isometry3<f64>) -> Self {
        let measures = Measures {
            centroid: to_from_here * self.measures.centroid,
            max_at: to_from_here * self.measures.max_at,
            peak_at: to_from_here * self.measures.peak_at,
            ..self.measures.clone()
        };
        Self {
            mask: self.mask.clone().moved(to_from_here),
            depth: self.depth.clone().moved(to_from_here),
            measures,
            ..self.clone()
        }
    }
}

/// Where the outline of a focus meets the ground of another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Contact {
    /// The territory of the other.
    pub territory: u32,
    /// SUVbw of the pass between the two: the highest level on which one can walk from maximum to
    /// maximum.
    pub saddle_suv: f64,
}

/// Uptake above the finding threshold that is too small to delineate.
#[derive(Debug, Clone, PartialEq)]
pub struct PointFocus {
    /// LPS position of its highest voxel.
    pub max_at: Point3<f64>,
    /// Its highest voxel, SUVbw g/mL.
    pub suv_max: f64,
    /// Volume of the voxels above the finding threshold, mL.
    pub volume_ml: f64,
}
