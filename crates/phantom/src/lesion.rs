//! Lesions: how they are asked for, and what is known of them.

use isoboost_volume::Mask;
use nalgebra::Point3;
use serde::{Deserialize, Serialize};

use crate::PhantomError;
use crate::lattice::Vec3;
use crate::site::Site;

/// Where a lesion belongs in staging.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Region {
    /// Local recurrence in the prostate bed.
    ProstateBed,
    /// A pelvic lymph node, up to the aortic bifurcation.
    PelvicNode,
    /// Bone, organs and nodes outside the pelvis.
    Distant,
    /// Not a patient: a sphere of a test object.
    TestObject,
}

/// Side of the patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The patient's left, towards +x.
    #[default]
    Left,
    /// The patient's right.
    Right,
}

/// A lesion as a description asks for it: a sphere at a named site, or anywhere with its region.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct LesionSpec {
    /// Anatomical site; gives centre, region and station.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<Site>,
    /// Side of a paired site; left when not said.
    #[serde(default)]
    pub side: Side,
    /// Centre in mm in the phantom's frame: x to the left, y to posterior, z to the head, zero
    /// midway between the femoral heads. With a site it takes the place of the site's centre.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub center_mm: Option<[f64; 3]>,
    /// Diameter in mm.
    pub diameter_mm: f64,
    /// True uptake, SUVbw in g/mL.
    pub suv: f64,
    /// Region; needed without a site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
}

impl LesionSpec {
    /// A lesion at a site.
    pub fn at(site: Site, side: Side, diameter_mm: f64, suv: f64) -> Self {
        Self {
            site: Some(site),
            side,
            center_mm: None,
            diameter_mm,
            suv,
            region: None,
        }
    }

    /// Centre in the phantom's frame, region and site, once it is known that all are given.
    pub(crate) fn resolved(&self, number: usize) -> Result<(Vec3, Region), PhantomError> {
        let fail = |problem: &str| PhantomError::Lesion {
            number,
            problem: problem.into(),
        };
        let positive = |v: f64| v.is_finite() && v > 0.0;
        if !positive(self.diameter_mm) || !positive(self.suv) {
            return Err(fail("diameter-mm and suv must be positive numbers"));
        }
        let center = self
            .center_mm
            .or_else(|| self.site.map(|s| s.center(self.side)))
            .ok_or_else(|| fail("needs `site` or `center-mm`"))?;
        let region = self
            .region
            .or_else(|| self.site.map(Site::region))
            .ok_or_else(|| fail("`center-mm` without `site` needs `region`"))?;
        Ok((center, region))
    }
}

/// What is known of a lesion in the images.
#[derive(Debug, Clone, PartialEq)]
pub struct TruthLesion {
    /// Number from 1, and the value of the lesion's voxels in the label map.
    pub id: u32,
    /// Region class.
    pub region: Region,
    /// The named site it was put at.
    pub site: Option<Site>,
    /// Node station or place, as `external_iliac`; the side is apart.
    pub station: String,
    /// Side of a paired site.
    pub side: Option<Side>,
    /// Centre, LPS in mm.
    pub center: Point3<f64>,
    /// Diameter in mm.
    pub diameter_mm: f64,
    /// Volume of the sphere in mL.
    pub volume_ml: f64,
    /// True uptake, SUVbw in g/mL.
    pub suv: f64,
    /// Highest voxel of the blurred image without noise, within the lesion's radius plus one
    /// voxel; SUVbw in g/mL.
    pub suv_max_noise_free: f64,
    /// Voxels of the PET grid (a crop) that the sphere fills by half or more; never empty.
    pub mask: Mask,
}

/// Volume of a sphere in mL.
pub(crate) fn sphere_volume_ml(diameter_mm: f64) -> f64 {
    std::f64::consts::PI / 6.0 * diameter_mm.powi(3) / 1000.0
}
