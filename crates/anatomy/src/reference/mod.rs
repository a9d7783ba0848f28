//! Uptake of the organs that lesions are compared with: blood pool, liver, spleen, parotid glands.
//!
//! Sizes after PERCIST (Wahl 2009, 10.2967/jnumed.108.057307): liver in a sphere of 3 cm in the
//! right lobe, blood pool in a cylinder of 1 cm in the descending aorta. Lesions, vessels and
//! spill from neighbours are kept out by where the regions are placed, or by trimming.

mod disc;
mod place;
mod spine;
mod statistics;
mod trace;

use isoboost_volume::Volume;
use nalgebra::Point3;

use crate::landmarks::Absent;
use crate::organ::{Organ, OrganKind, OrganSource};
use crate::recognise::Anatomy;

use place::{Core, blood_in_aorta, central_sphere};
use statistics::{Statistics, hot_half, trimmed};
pub use trace::{VesselSlice, trace_aorta};

/// Diameter of the sphere in the liver, mm.
pub const LIVER_SPHERE_MM: f64 = 30.0;
/// Diameter of the cylinder in the aorta, mm.
pub const AORTA_CYLINDER_MM: f64 = 10.0;
/// How far inside of an organ's surface its uptake is taken from, about the FWHM of the PET, mm.
const RIM_MM: f64 = 10.0;
/// The same in the spleen, which is smaller.
const SPLEEN_RIM_MM: f64 = 7.0;
/// Masks of recognised organs are wider than the organs, to hold their spill, mm.
const RECOGNISED_WIDER_MM: f64 = 8.0;
/// Parotid glands hold 25 mL each, submandibular ones 10 mL; a mask of a hot gland is wider.
const LEAST_PAROTID_ML: f64 = 8.0;
/// The glands of both sides are alike within this.
const PAROTID_RATIO: f64 = 2.5;

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
}

/// The region of the liver that is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LiverMode {
    /// A sphere of 3 cm in the right lobe, its plain mean and SD.
    #[default]
    Sphere,
    /// The whole organ without its rim, trimmed: voxels beyond three robust standard deviations
    /// of the median are left out, which takes 0.3 % of a Gaussian and 1.5 % of its SD.
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

/// Measures the reference regions; `suv` is in g/mL on its own grid.
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

fn of_liver(
    anatomy: &Anatomy,
    suv: &Volume<f32>,
    mode: LiverMode,
) -> Result<ReferenceUptake, Absent> {
    let organ = organ_of(anatomy, OrganKind::Liver, "liver")?;
    if mode == LiverMode::WholeOrgan {
        return whole(organ, suv, RIM_MM, "liver");
    }
    let core = Core::of(&organ.mask, suv, rim_of(organ, RIM_MM));
    let voxels = central_sphere(&core, suv, LIVER_SPHERE_MM / 2.0).ok_or_else(|| {
        Absent(format!(
            "no sphere of {LIVER_SPHERE_MM} mm fits into the liver {RIM_MM} mm off its surface"
        ))
    })?;
    let region = format!("sphere of {LIVER_SPHERE_MM} mm in the right lobe");
    Ok(uptake(Statistics::of(suv, &voxels), region, organ))
}

/// The whole organ without its rim, trimmed.
fn whole(
    organ: &Organ,
    suv: &Volume<f32>,
    rim_mm: f64,
    name: &str,
) -> Result<ReferenceUptake, Absent> {
    let core = Core::of(&organ.mask, suv, rim_of(organ, rim_mm));
    let kept = trimmed(suv, &core.voxels());
    if kept.is_empty() {
        return Err(Absent(format!(
            "the {name} is too small: nothing of it lies {rim_mm} mm off its surface"
        )));
    }
    let region = format!("{name} without its outer {rim_mm} mm, trimmed");
    Ok(uptake(Statistics::of(suv, &kept), region, organ))
}

fn blood_pool(anatomy: &Anatomy, suv: &Volume<f32>) -> Result<ReferenceUptake, Absent> {
    let aorta = anatomy.organs_of(OrganKind::Aorta).next().ok_or_else(|| {
        Absent("the aorta is not known; give organs with --labels or --structures".to_owned())
    })?;
    let voxels = blood_in_aorta(&aorta.mask, suv, AORTA_CYLINDER_MM / 2.0).ok_or_else(|| {
        Absent("too little of the descending aorta lies in the field of view".to_owned())
    })?;
    let region = format!("cylinder of {AORTA_CYLINDER_MM} mm in the descending aorta, trimmed");
    let kept = trimmed(suv, &voxels);
    Ok(uptake(Statistics::of(suv, &kept), region, aorta))
}

/// Both glands in one: imported parotids, or the largest pair of hot glands of the head.
fn parotid(anatomy: &Anatomy, suv: &Volume<f32>) -> Result<ReferenceUptake, Absent> {
    use crate::organ::Side::{Left, Right};
    let largest = |kinds: [OrganKind; 2]| {
        let of_kinds = anatomy.organs.iter().filter(|o| kinds.contains(&o.kind));
        of_kinds.max_by(|a, b| a.mask.volume_ml().total_cmp(&b.mask.volume_ml()))
    };
    let sides = [Left, Right].map(|side| {
        let named = anatomy.organs_of(OrganKind::Parotid(side)).next();
        named.or_else(|| largest([OrganKind::HeadGland(side); 2]))
    });
    let [Some(left), Some(right)] = sides else {
        return Err(Absent(
            "no parotid glands are seen in the field of view".to_owned(),
        ));
    };
    let volumes = [left, right].map(|o| o.mask.volume_ml());
    let ratio = volumes[0].max(volumes[1]) / volumes[0].min(volumes[1]);
    if volumes.iter().any(|ml| *ml < LEAST_PAROTID_ML) || ratio > PAROTID_RATIO {
        return Err(Absent(format!(
            "the largest glands of the head ({:.0} and {:.0} mL) are not alike or too small for \
             parotids",
            volumes[0], volumes[1]
        )));
    }
    let cores = [left, right].map(|o| hot_half(suv, &Core::of(&o.mask, suv, 0.0).voxels()));
    if cores.iter().any(Vec::is_empty) {
        return Err(Absent("the parotid glands are too small".to_owned()));
    }
    let region = "both glands within half of their maximum".to_owned();
    Ok(uptake(Statistics::of(suv, &cores.concat()), region, left))
}

fn rim_of(organ: &Organ, rim_mm: f64) -> f64 {
    match organ.source {
        OrganSource::Recognised => rim_mm + RECOGNISED_WIDER_MM,
        OrganSource::Imported => rim_mm,
    }
}

fn uptake(found: Statistics, region: String, organ: &Organ) -> ReferenceUptake {
    ReferenceUptake {
        mean: found.mean,
        sd: found.sd,
        max: found.max,
        n_voxels: found.n_voxels,
        volume_ml: found.volume_ml,
        center: found.center,
        region,
        organ: organ.evidence.clone(),
    }
}
