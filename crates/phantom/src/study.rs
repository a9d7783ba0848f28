//! Phantoms in memory.

use isoboost_volume::{Grid, IndexBox, Mask, Volume};
use nalgebra::Point3;
use ndarray::Array3;
use serde::{Deserialize, Serialize};

use crate::lattice::{Lattice, Vec3, add, norm, scaled, sub};
use crate::lesion::sphere_volume_ml;
use crate::nema::{self, NemaSpec};
use crate::pelvis::{self, Expected, PelvisSpec};
use crate::scanner::FRAME_LPS;
use crate::scene::{Channel, Painter, Part, Scene};
use crate::shape::{Shape, coverage};
use crate::torso::{self, TorsoSpec};
use crate::truth::{Checkpoint, Truth};
use crate::{
    LesionSpec, PhantomError, Region, ScannerModel, Site, Tracer, TruthLesion, noise, psf,
};

/// CT numbers of lesions: a node or scar, and a sclerotic metastasis.
const NODE_HU: f32 = 46.0;
const SCLEROTIC_HU: f32 = 620.0;

pub(crate) const AIR_HU: f32 = -1000.0;

/// How often the surface of a lesion is refined: parts of a sixteenth of a voxel.
const LESION_DEPTH: u8 = 4;

/// Correlation of CT noise within a slice: a soft-tissue kernel.
pub(crate) const CT_NOISE_FWHM_MM: f64 = 1.6;

/// Which phantom.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum PhantomKind {
    /// The IEC body phantom of NEMA NU 2.
    Nema(NemaSpec),
    /// A male pelvis after prostatectomy.
    Pelvis(PelvisSpec),
    /// A man from vertex to mid-thigh.
    Torso(TorsoSpec),
}

/// The images of a phantom and what is known of them.
#[derive(Debug, Clone)]
pub struct PhantomStudy {
    /// CT in Hounsfield units.
    pub ct: Volume<i16>,
    /// PET as SUVbw in g/mL.
    pub suv: Volume<f32>,
    /// What is known.
    pub truth: Truth,
    scene: Scene,
}

impl PhantomStudy {
    /// Names of the organs that [`Self::organ_mask`] knows: those of `TotalSegmentator` where it
    /// has one, otherwise plain words (`body`, `rectum`, `prostate_bed`, `ureter_left`).
    pub fn organ_names(&self) -> Vec<&'static str> {
        self.scene.organ_names()
    }

    /// The organ of each voxel of `grid`: its place in [`Self::organ_names`] from 1, 0 for none.
    pub fn organ_labels(&self, grid: &Grid) -> Volume<u16> {
        self.scene.organ_labels(grid, FRAME_LPS)
    }

    /// The voxels of `grid` whose centre lies in the organ; `None` for an unknown name. Organs
    /// that lie above others take their place: a voxel belongs to one organ, except for `body`.
    pub fn organ_mask(&self, name: &str, grid: &Grid) -> Option<Mask> {
        if name == "body" {
            let body = self.scene.parts.iter().filter(|p| p.organ == Some(name));
            let alone = Scene {
                parts: body.cloned().collect(),
            };
            return alone.organ_mask(name, grid, FRAME_LPS);
        }
        self.scene.organ_mask(name, grid, FRAME_LPS)
    }
}

/// The IEC body phantom seen by `scanner`, with the noise of `seed`.
///
/// # Errors
/// When the scanner's grids cannot exist or a value is out of range.
pub fn nema(
    spec: &NemaSpec,
    scanner: &ScannerModel,
    seed: u64,
) -> Result<PhantomStudy, PhantomError> {
    for (name, value) in [
        ("sphere-suv", spec.sphere_suv),
        ("background-suv", spec.background_suv),
    ] {
        if !(value.is_finite() && value >= 0.0) {
            return Err(PhantomError::Value {
                name,
                found: value.to_string(),
                expected: "a SUV of 0 or more",
            });
        }
    }
    let spheres: Vec<Placed> = nema::sphere_centers()
        .into_iter()
        .zip(nema::SPHERE_DIAMETERS_MM)
        .map(|(center, diameter_mm)| Placed {
            center,
            diameter_mm,
            suv: spec.sphere_suv,
            region: Region::TestObject,
            site: None,
            station: format!("sphere_{diameter_mm}mm"),
            side: None,
            hu: Some(0.0),
        })
        .collect();
    let layout = Layout {
        field: nema::FIELD_MM,
        ct_field: nema::FIELD_MM,
        center_xy: [0.0, 0.0],
        landmarks: vec![],
        expected: None,
    };
    render_scene(nema::scene(spec), &spheres, layout, scanner, seed)
}

/// The pelvis seen by `scanner` with `tracer`, with the noise of `seed`.
///
/// # Errors
/// When the scanner's grids cannot exist, a value is out of range, or a lesion is not fully
/// described.
pub fn pelvis(
    spec: &PelvisSpec,
    tracer: Tracer,
    scanner: &ScannerModel,
    seed: u64,
) -> Result<PhantomStudy, PhantomError> {
    let lesions = spec
        .all_lesions()
        .iter()
        .enumerate()
        .map(|(n, lesion)| Placed::new(lesion, n + 1))
        .collect::<Result<Vec<_>, _>>()?;
    let regions: Vec<Region> = lesions.iter().map(|l| l.region).collect();
    let layout = Layout {
        field: pelvis::FIELD_MM,
        ct_field: pelvis::FIELD_MM,
        center_xy: pelvis::CENTER_XY_MM,
        landmarks: pelvis::LANDMARKS.to_vec(),
        expected: Some(Expected::from_regions(&regions)),
    };
    render_scene(
        pelvis::scene(spec, tracer)?,
        &lesions,
        layout,
        scanner,
        seed,
    )
}

/// The torso seen by `scanner` with `tracer`, with the noise of `seed`.
///
/// # Errors
/// When the scanner's grids cannot exist, a value is out of range, or a lesion is not fully
/// described.
pub fn torso(
    spec: &TorsoSpec,
    tracer: Tracer,
    scanner: &ScannerModel,
    seed: u64,
) -> Result<PhantomStudy, PhantomError> {
    let placed = |(n, lesion)| -> Result<Placed, PhantomError> {
        let lesion: &torso::TorsoLesion = lesion;
        let ball = torso::place(spec, lesion, n + 1, tracer, scanner.psf_fwhm_mm)?;
        Ok(Placed {
            center: ball.center,
            diameter_mm: lesion.diameter_mm,
            suv: ball.suv,
            region: lesion.site.region(),
            site: Some(lesion.site),
            station: lesion.site.station().to_owned(),
            side: lesion.site.is_paired().then_some(lesion.side),
            hu: Some(if lesion.site.is_bone() {
                SCLEROTIC_HU
            } else {
                NODE_HU
            }),
        })
    };
    let lesions = spec.lesions.iter().enumerate().map(placed);
    let lesions = lesions.collect::<Result<Vec<_>, _>>()?;
    let regions: Vec<Region> = lesions.iter().map(|l| l.region).collect();
    let [field, ct_field] = spec.fields();
    let layout = Layout {
        field,
        ct_field,
        center_xy: pelvis::CENTER_XY_MM,
        landmarks: torso::landmarks(spec),
        expected: Some(Expected::from_regions(&regions)),
    };
    let scene = torso::scene(spec, tracer)?;
    let mut study = render_scene(scene, &lesions, layout, scanner, seed)?;
    torso::add_streaks(spec, &mut study.ct);
    Ok(study)
}

/// Any phantom; see [`nema`], [`pelvis()`] and [`torso()`].
///
/// # Errors
/// As those.
pub fn render(
    kind: &PhantomKind,
    tracer: Tracer,
    scanner: &ScannerModel,
    seed: u64,
) -> Result<PhantomStudy, PhantomError> {
    match kind {
        PhantomKind::Nema(spec) => nema(spec, scanner, seed),
        PhantomKind::Pelvis(spec) => pelvis(spec, tracer, scanner, seed),
        PhantomKind::Torso(spec) => torso(spec, tracer, scanner, seed),
    }
}

/// A lesion with everything known but the image.
struct Placed {
    center: Vec3,
    diameter_mm: f64,
    suv: f64,
    region: Region,
    site: Option<Site>,
    station: String,
    side: Option<crate::Side>,
    hu: Option<f32>,
}

impl Placed {
    fn new(spec: &LesionSpec, number: usize) -> Result<Self, PhantomError> {
        let (center, region) = spec.resolved(number)?;
        let bone = spec.site.is_some_and(Site::is_bone);
        let station = spec
            .site
            .map_or_else(|| "elsewhere".to_owned(), |s| s.station().to_owned());
        Ok(Self {
            center,
            diameter_mm: spec.diameter_mm,
            suv: spec.suv,
            region,
            site: spec.site,
            station,
            side: spec.site.filter(|s| s.is_paired()).map(|_| spec.side),
            hu: Some(if bone { SCLEROTIC_HU } else { NODE_HU }),
        })
    }

    fn shape(&self) -> Shape {
        Shape::sphere(self.center, self.diameter_mm / 2.0)
    }
}

/// Where images lie and what is known before they are made.
struct Layout {
    field: [f64; 2],
    ct_field: [f64; 2],
    center_xy: [f64; 2],
    landmarks: Vec<(&'static str, Vec3)>,
    expected: Option<Expected>,
}

fn lps(p: Vec3) -> Point3<f64> {
    Point3::from(add(p, FRAME_LPS))
}

fn render_scene(
    mut scene: Scene,
    lesions: &[Placed],
    layout: Layout,
    scanner: &ScannerModel,
    seed: u64,
) -> Result<PhantomStudy, PhantomError> {
    check_scanner(scanner)?;
    for lesion in lesions {
        scene.parts.push(Part {
            organ: None,
            shape: lesion.shape(),
            hu: lesion.hu,
            suv: Some(lesion.suv as f32),
            depth: LESION_DEPTH,
            is_couch: false,
        });
    }
    let ct = render_ct(&scene, &layout, scanner, seed)?;
    let pet_grid = scanner.pet.grid("PET", layout.field, layout.center_xy)?;
    let lattice = Lattice::of_grid(&pet_grid, FRAME_LPS);
    let mut suv = psf::blurred_uptake(&scene, &lattice, scanner.psf_fwhm_mm);
    let mut truths = Vec::new();
    for lesion in lesions {
        let id = truths.len() as u32 + 1;
        truths.extend(lesion_truth(lesion, id, &pet_grid, &lattice, &suv));
    }
    noise::add_pet_noise(
        &mut suv,
        &lattice,
        scanner.noise,
        scanner.noise_fwhm_mm,
        seed,
    );
    let suv = volume(pet_grid, suv)?;
    let checkpoints = checkpoints(&suv, &lattice, &truths);
    let truth = Truth {
        lesions: truths,
        expected: layout.expected,
        landmarks: layout
            .landmarks
            .iter()
            .map(|(name, p)| ((*name).to_owned(), lps(*p)))
            .collect(),
        checkpoints,
    };
    Ok(PhantomStudy {
        ct,
        suv,
        truth,
        scene,
    })
}

fn check_scanner(scanner: &ScannerModel) -> Result<(), PhantomError> {
    for (name, value) in [
        ("psf-fwhm-mm", scanner.psf_fwhm_mm),
        ("noise", scanner.noise),
        ("noise-fwhm-mm", scanner.noise_fwhm_mm),
        ("ct-noise-hu", scanner.ct_noise_hu),
    ] {
        if !(0.0..=100.0).contains(&value) {
            return Err(PhantomError::Value {
                name,
                found: value.to_string(),
                expected: "0 to 100",
            });
        }
    }
    Ok(())
}

pub(crate) fn volume<T: Clone>(grid: Grid, values: Vec<T>) -> Result<Volume<T>, PhantomError> {
    let [nk, nj, ni] = grid.shape();
    let found = [values.len(), 1, 1];
    let array = Array3::from_shape_vec((nk, nj, ni), values).map_err(|_| {
        isoboost_volume::ShapeMismatch {
            expected: grid.shape(),
            found,
        }
    })?;
    Ok(Volume::new(grid, array)?)
}

fn render_ct(
    scene: &Scene,
    layout: &Layout,
    scanner: &ScannerModel,
    seed: u64,
) -> Result<Volume<i16>, PhantomError> {
    let grid = scanner.ct.grid("CT", layout.ct_field, layout.center_xy)?;
    let lattice = Lattice::of_grid(&grid, FRAME_LPS);
    let hu = Painter::new(scene, &lattice, Channel::Hu, AIR_HU).volume();
    let values = noise::ct_with_noise(&hu, &lattice, scanner.ct_noise_hu, CT_NOISE_FWHM_MM, seed);
    volume(grid, values)
}

/// The lesion in the blurred image; `None` when it lies outside the PET field.
fn lesion_truth(
    lesion: &Placed,
    id: u32,
    grid: &Grid,
    lattice: &Lattice,
    blurred: &[f32],
) -> Option<TruthLesion> {
    let shape = lesion.shape();
    let voxel = norm(lattice.spacing());
    let (low, high) = shape.clone().grown(voxel).bounds();
    let (min, max) = lattice.cells_meeting(low, high)?;
    let bounds = IndexBox { min, max };
    let half = lattice.step.map(|s| scaled(s, 0.5));
    let [_, nj, ni] = lattice.shape;
    let mut mask = Mask::empty(grid.crop(bounds));
    let mut fullest = (0.0, min);
    let mut suv_max = 0.0_f64;
    for [k, j, i] in bounds.voxels() {
        let p = lattice.position([k, j, i].map(|v| v as f64));
        let part = coverage(&shape, p, half, LESION_DEPTH);
        let local = [k - min[0], j - min[1], i - min[2]];
        mask[local] = part >= 0.5;
        if part > fullest.0 {
            fullest = (part, local);
        }
        if norm(sub(p, lesion.center)) <= lesion.diameter_mm / 2.0 + voxel {
            suv_max = suv_max.max(f64::from(blurred[(k * nj + j) * ni + i]));
        }
    }
    if fullest.0 == 0.0 {
        return None;
    }
    mask[fullest.1] = true;
    Some(TruthLesion {
        id,
        region: lesion.region,
        site: lesion.site,
        station: lesion.station.clone(),
        side: lesion.side,
        center: lps(lesion.center),
        diameter_mm: lesion.diameter_mm,
        volume_ml: sphere_volume_ml(lesion.diameter_mm),
        suv: lesion.suv,
        suv_max_noise_free: suv_max,
        mask,
    })
}

/// The voxel at the centre of every lesion and the hottest voxel of some slices, which between
/// them meet every bed position and many rescale slopes.
fn checkpoints(suv: &Volume<f32>, lattice: &Lattice, lesions: &[TruthLesion]) -> Vec<Checkpoint> {
    let [nk, nj, ni] = lattice.shape;
    let mut voxels: Vec<[usize; 3]> = lesions
        .iter()
        .filter_map(|l| suv.grid().voxel_at(l.center))
        .collect();
    let slices = 9.min(nk);
    for n in 0..slices {
        let k = n * (nk - 1) / (slices - 1).max(1);
        let slice = &suv.as_slice()[k * nj * ni..(k + 1) * nj * ni];
        let hottest = (0..nj * ni).max_by(|a, b| slice[*a].total_cmp(&slice[*b]));
        voxels.extend(hottest.map(|n| [k, n / ni, n % ni]));
    }
    voxels
        .into_iter()
        .map(|voxel| Checkpoint {
            voxel,
            position: lps(lattice.position(voxel.map(|v| v as f64))),
            suv: suv[voxel],
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::GridSpec;

    /// Every voxel on its own, without tiles and bounds.
    fn painted_voxel_by_voxel(scene: &Scene, lattice: &Lattice) -> Vec<f32> {
        let half = lattice.step.map(|s| scaled(s, 0.5));
        let [nk, nj, ni] = lattice.shape;
        (0..nk * nj * ni)
            .map(|n| {
                let index = [n / (nj * ni), n / ni % nj, n % ni];
                let p = lattice.position(index.map(|v| v as f64));
                scene.parts.iter().fold(AIR_HU, |value, part| {
                    let part_of = coverage(&part.shape, p, half, part.depth) as f32;
                    part.hu.map_or(value, |hu| value + (hu - value) * part_of)
                })
            })
            .collect()
    }

    #[test]
    fn tiles_leave_the_oblique_pelvis_as_it_is_voxel_by_voxel() {
        let scene = pelvis::scene(&PelvisSpec::default(), Tracer::default()).unwrap();
        let spec = GridSpec {
            rotation_deg: [9.0, -7.0, 12.0],
            ..GridSpec::square(56, 7.0, 9.0)
        };
        let grid = spec.grid("CT", pelvis::FIELD_MM, [0.0, 0.0]).unwrap();
        let lattice = Lattice::of_grid(&grid, FRAME_LPS);
        let fast = Painter::new(&scene, &lattice, Channel::Hu, AIR_HU).volume();
        let slow = painted_voxel_by_voxel(&scene, &lattice);
        let worst = fast
            .iter()
            .zip(&slow)
            .map(|(a, b)| (a - b).abs())
            .fold(0.0, f32::max);
        // Positions are summed in another order; a missed voxel differs by tens of HU.
        assert!(worst < 0.5, "{worst} HU");
    }
}
