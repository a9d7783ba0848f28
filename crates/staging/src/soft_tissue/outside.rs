//! Soft tissue that holds no station: muscles and skin behind spine and sacrum.

use nalgebra::Vector3;

use super::Place;
use crate::place::{bone_along, front_of_spine};
use crate::verdict::Verdict;

/// Bodies and canal of the vertebrae lie within this behind the front of the spine, in mm; what lies
/// further back is muscle of the back.
const SPINE_DEPTH_MM: f64 = 45.0;

/// Nodes beside the sacrum lie no further back than its front in the middle but for this, in mm:
/// the sciatic notch is there.
const BEHIND_SACRUM_MM: f64 = 12.0;

/// Bone this near behind a place keeps it inside: a node in the hollow or a foramen of the sacrum.
const BONE_BEHIND_MM: f64 = 60.0;

impl Place<'_> {
    /// The verdict on what lies behind the trunk's bones in the middle.
    pub(super) fn behind_the_bones(&self) -> Option<Verdict> {
        if bone_along(self.anatomy, self.at, Vector3::y(), BONE_BEHIND_MM).is_some() {
            return None;
        }
        let promontory = self.levels.promontory.map(|p| p.0);
        if promontory.is_some_and(|z| self.at.z > z) {
            let behind = self.at.y - front_of_spine(self.at, self.levels, self.anatomy)?;
            return (behind > SPINE_DEPTH_MM).then(|| {
                let why = format!("{behind:.0} mm behind the front of the spine, not in bone");
                Verdict::undetermined("muscles or skin of the back", why)
            });
        }
        let behind = self.at.y - self.levels.sacral_front_y(self.at.z)?;
        (behind > BEHIND_SACRUM_MM).then(|| {
            let why = format!("{behind:.0} mm behind the front of sacrum and coccyx, not in bone");
            Verdict::undetermined("muscles or skin of the buttock", why)
        })
    }
}
