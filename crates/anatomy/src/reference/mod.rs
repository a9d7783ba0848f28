//! Uptake of the organs that lesions are compared with: blood pool, liver, spleen, parotid glands.
//!
//! Sizes after PERCIST (Wahl 2009, 10.2967/jnumed.108.057307): liver in a sphere of 3 cm in the
//! right lobe, blood pool in a cylinder of 1 cm in the descending aorta. Lesions, vessels and
//! spill from neighbours are kept out by where the regions are placed, or by trimming.

mod blood;
mod core;
mod disc;
mod liver;
mod parotid;
mod statistics;
mod trace;

use isoboost_volume::Volume;
use nalgebra::Point3;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::landmarks::Absent;
use crate::organ::{Organ, OrganKind, OrganSource};
use crate::recognise::Anatomy;

use core::Core;
use statistics::{Statistics, trimmed};
pub use trace::{VesselSlice, trace_aorta};

/// Diameter of the sphere in the liver, mm.
pub const LIVER_SPHERE_MM: f64 = 30.0;
/// Diameter of the cylinder in the aorta, mm; less where that is not a voxel off the wall.
pub const AORTA_CYLINDER_MM: f64 = 10.0;
/// How far inside of an organ's surface its uptake is taken from, about twice the FWHM of the PET
/// and more than the liver moves with breath between CT and PET, mm.
const RIM_MM: f64 = 10.0;
/// The same in the spleen, which is smaller.
const SPLEEN_RIM_MM: f64 = 7.0;
/// The same for the sphere in the liver, whose few deepest places are taken anyway.
const SPHERE_RIM_MM: f64 = 5.0;
/// Masks of recognised organs are wider than the organs, to hold their spill, mm.
const RECOGNISED_WIDER_MM: f64 = 8.0;
/// Least volume of an organ without its rim, mL.
const LEAST_ML: f64 = 2.0;
/// An hour and more after injection blood has 1 to 3 with the PSMA ligands in use, SUVbw; a traced
/// tube above this is bowel or a tumour.
const HOTTEST_BLOOD: f64 = 6.0;

/// Uptake of a reference region on the voxels of the PET.
#[derive(Debug, Clone, PartialEq)]
pub struct ReferenceUptake {
    /// Mean SUVbw, g/mL.
    pub mean: f64,
    /// Standard deviation of the voxels, SUVbw g/mL.
    pub sd: f64,
    /// Highest voxel, SUVbw g/mL.
    pub max: f64,
    /// Number of voxels.
    pub n_voxels: usize,
    /// Their volume, mL.
    pub volume_ml: f64,
    /// LPS mean position of the voxels.
    pub center: Point3<f64>,
    /// What the region is, as in `sphere of 30 mm in the right lobe`.
    pub region: String,
    /// Where the organ is known from.
    pub organ: String,
    /// What a reader should know, a sentence each; mostly nothing.
    pub notes: Vec<String>,
}

/// The region of the liver that is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LiverMode {
    /// A sphere of 3 cm in the right lobe where it stands for the organ; the plain mean and SD of
    /// its voxels.
    #[default]
    Sphere,
    /// The whole organ without its outer 10 mm, trimmed: voxels beyond three robust standard
    /// deviations of the median are left out until none is left. Of Gaussian noise that takes
    /// 0.3 % of the voxels and 1 to 2 % of the SD; in a liver with gradients the SD is larger than
    /// in a sphere. Thresholds made of liver SD by mean, as those of qPSMA (Gafita 2019,
    /// 10.2967/jnumed.118.224055), are meant with the sphere's.
    WholeOrgan,
}

/// The reference regions of a patient, or why they are absent.
#[derive(Debug, Clone, PartialEq)]
pub struct References {
    /// Blood in the descending aorta.
    pub blood_pool: Result<ReferenceUptake, Absent>,
    /// Liver.
    pub liver: Result<ReferenceUptake, Absent>,
    /// Spleen, which stands in for the liver with liver-excreted tracers.
    pub spleen: Result<ReferenceUptake, Absent>,
    /// Both parotid glands.
    pub parotid: Result<ReferenceUptake, Absent>,
}

impl References {
    /// All regions with their names.
    pub fn named(&self) -> [(&'static str, &Result<ReferenceUptake, Absent>); 4] {
        [
            ("blood pool", &self.blood_pool),
            ("liver", &self.liver),
            ("spleen", &self.spleen),
            ("parotid", &self.parotid),
        ]
    }
}

/// Measures the reference regions; `suv` is SUVbw in g/mL on its own grid.
///
/// Imported organs take precedence over recognised ones. Without an imported aorta the descending
/// one is traced ([`trace_aorta`]). What is not in the field, too small or not told apart is
/// [`Absent`] with the reason.
pub fn measure_references(anatomy: &Anatomy, suv: &Volume<f32>, liver: LiverMode) -> References {
    References {
        blood_pool: blood_pool(anatomy, suv),
        liver: of_liver(anatomy, suv, liver),
        spleen: organ_of(anatomy, OrganKind::Spleen, "spleen")
            .and_then(|organ| whole(organ, suv, SPLEEN_RIM_MM, "spleen")),
        parotid: parotid(anatomy, suv),
    }
}

fn organ_of<'a>(anatomy: &'a Anatomy, kind: OrganKind, name: &str) -> Result<&'a Organ, Absent> {
    let found = anatomy.organs_of(kind).next();
    found.ok_or_else(|| Absent(format!("no {name} is seen in the field of view")))
}

fn core_of(organ: &Organ, suv: &Volume<f32>, name: &str) -> Result<Core, Absent> {
    Core::of(&organ.mask, suv).ok_or_else(|| {
        Absent(format!(
            "the {name} lies outside of the PET's field of view"
        ))
    })
}

fn of_liver(
    anatomy: &Anatomy,
    suv: &Volume<f32>,
    mode: LiverMode,
) -> Result<ReferenceUptake, Absent> {
    let organ = organ_of(anatomy, OrganKind::Liver, "liver")?;
    if mode == LiverMode::WholeOrgan {
        return whole(organ, suv, RIM_MM, "liver");
    }
    let core = core_of(organ, suv, "liver")?;
    let rim_mm = SPHERE_RIM_MM + wider(organ);
    let sphere = liver::sphere(&core, suv, LIVER_SPHERE_MM / 2.0, rim_mm).ok_or_else(|| {
        Absent(format!(
            "no sphere of {LIVER_SPHERE_MM} mm with the liver's own uptake fits into its right \
             lobe, {SPHERE_RIM_MM} mm off its surface"
        ))
    })?;
    let region = format!("sphere of {LIVER_SPHERE_MM} mm in the right lobe");
    let found = uptake(Statistics::of(suv, &sphere.voxels), region, &organ.evidence);
    Ok(ReferenceUptake {
        notes: sphere.notes,
        ..found
    })
}

/// The whole organ without its rim, trimmed.
fn whole(
    organ: &Organ,
    suv: &Volume<f32>,
    rim_mm: f64,
    name: &str,
) -> Result<ReferenceUptake, Absent> {
    let core = core_of(organ, suv, name)?;
    let kept = trimmed(suv, &core.voxels(rim_mm + wider(organ)));
    let found = Statistics::of(suv, &kept);
    if found.volume_ml < LEAST_ML {
        return Err(Absent(format!(
            "the {name} is too small: {:.1} mL of it lie {rim_mm} mm off its surface",
            found.volume_ml
        )));
    }
    let region = format!("{name} without its outer {rim_mm} mm, trimmed");
    Ok(uptake(found, region, &organ.evidence))
}

fn blood_pool(anatomy: &Anatomy, suv: &Volume<f32>) -> Result<ReferenceUptake, Absent> {
    let imported = anatomy.organs_of(OrganKind::Aorta).next();
    let line = match imported {
        Some(organ) => blood::line_of(&organ.mask),
        None => trace_aorta(anatomy, suv)?,
    };
    let known_from = imported.map_or_else(|| traced(&line), |organ| organ.evidence.clone());
    let cylinder = blood::cylinder(&line, suv, AORTA_CYLINDER_MM / 2.0).ok_or_else(|| {
        Absent(format!(
            "less than {} mm of the descending aorta lie in the PET, or it is too narrow for its \
             voxels",
            blood::LEAST_MM
        ))
    })?;
    let found = Statistics::of(suv, &trimmed(suv, &cylinder.voxels));
    if imported.is_none() && found.mean > HOTTEST_BLOOD {
        return Err(Absent(format!(
            "what runs along the spine like the aorta has a mean SUV of {:.1}, more than blood; \
             organs can be given with --labels or --structures",
            found.mean
        )));
    }
    let region = format!(
        "{:.0} mm of the descending aorta within {:.0} mm of its middle, trimmed",
        cylinder.length_mm,
        AORTA_CYLINDER_MM / 2.0
    );
    Ok(uptake(found, region, &known_from))
}

fn traced(line: &[VesselSlice]) -> String {
    let length = line.last().zip(line.first());
    let length = length.map_or(0.0, |(b, a)| b.center.z - a.center.z);
    let width = 2.0 * line.iter().map(|s| s.radius_mm).sum::<f64>() / line.len().max(1) as f64;
    format!("traced on the CT along {length:.0} mm of the spine, about {width:.0} mm wide")
}

fn parotid(anatomy: &Anatomy, suv: &Volume<f32>) -> Result<ReferenceUptake, Absent> {
    let glands = parotid::find(anatomy, suv)?;
    let region = "both glands without their rim, trimmed".to_owned();
    let found = uptake(
        Statistics::of(suv, &glands.voxels),
        region,
        &glands.evidence,
    );
    Ok(ReferenceUptake {
        notes: glands.notes,
        ..found
    })
}

/// By how much an organ's mask is wider than the organ.
fn wider(organ: &Organ) -> f64 {
    match organ.source {
        OrganSource::Recognised => RECOGNISED_WIDER_MM,
        OrganSource::Imported => 0.0,
    }
}

fn uptake(found: Statistics, region: String, organ: &str) -> ReferenceUptake {
    ReferenceUptake {
        mean: found.mean,
        sd: found.sd,
        max: found.max,
        n_voxels: found.n_voxels,
        volume_ml: found.volume_ml,
        center: found.center,
        region,
        organ: organ.to_owned(),
        notes: Vec::new(),
    }
}
