//! The images that foci are judged by.

use isoboost_volume::Volume;

/// PET and CT of a patient, in one frame of reference, and what the tracer does.
#[derive(Debug, Clone, Copy)]
pub struct Scan<'a> {
    /// SUVbw in g/mL.
    pub suv: &'a Volume<f32>,
    /// HU at full resolution; without it nothing is known of the tissue under a focus.
    pub ct: Option<&'a Volume<i16>>,
    /// Whether the tracer leaves by the liver (PSMA-1007) and not by the kidneys: then ureters are
    /// hardly seen, the gallbladder is, and bone takes up some of it for no reason.
    pub liver_excreted: bool,
    /// Mean SUVbw of the blood pool, where it is known.
    pub blood_pool: Option<f64>,
}

impl<'a> Scan<'a> {
    /// A PET alone, of a tracer that leaves by the kidneys.
    pub fn of_pet(suv: &'a Volume<f32>) -> Self {
        Self {
            suv,
            ct: None,
            liver_excreted: false,
            blood_pool: None,
        }
    }
}
