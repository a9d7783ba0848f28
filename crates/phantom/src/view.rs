//! Another CT of a phantom: elsewhere in the scanner, on another couch, with other voxels.

use isoboost_volume::{Grid, Volume};
use nalgebra::Isometry3;

use crate::lattice::{Lattice, Vec3};
use crate::scanner::FRAME_LPS;
use crate::scene::{Channel, Painter, Scene};
use crate::study::{AIR_HU, CT_NOISE_FWHM_MM, volume};
use crate::{PhantomError, PhantomKind, Tracer, noise, pelvis, torso};

/// How a further CT is made.
#[derive(Debug, Clone, PartialEq)]
pub struct CtView {
    /// The voxels, in the frame of the scanner.
    pub grid: Grid,
    /// Where the patient lies: from a position in the phantom's own images to one in the frame of
    /// the scanner, LPS mm.
    pub scanner_from_patient: Isometry3<f64>,
    /// The couch, which does not move with the patient.
    pub couch: Option<Couch>,
    /// Standard deviation of the noise in HU.
    pub noise_hu: f64,
    /// Seed of the noise.
    pub seed: u64,
}

/// A flat couch: foam between two skins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Couch {
    /// Its upper side, LPS y in the frame of the scanner, mm.
    pub top_mm: f64,
    /// How thick it is, mm.
    pub thickness_mm: f64,
    /// CT number of its skins; they are 3 mm thick.
    pub skin_hu: i16,
}

/// Thickness of the skins and what is between them.
const SKIN_MM: f64 = 3.0;
const FOAM_HU: i16 = -880;
/// The couch shows where there is no patient.
const FREE_HU: i16 = -500;

/// The CT of a pelvis or torso seen once more; its own couch is left out. Lesions are not there.
///
/// # Errors
/// When a value is out of range, or there is no such view of the phantom.
pub fn ct_view(
    kind: &PhantomKind,
    tracer: Tracer,
    view: &CtView,
) -> Result<Volume<i16>, PhantomError> {
    let mut scene: Scene = match kind {
        PhantomKind::Pelvis(spec) => pelvis::scene(spec, tracer)?,
        PhantomKind::Torso(spec) => torso::scene(spec, tracer)?,
        PhantomKind::Nema(_) => {
            return Err(PhantomError::Value {
                name: "kind",
                found: "nema".to_owned(),
                expected: "a pelvis or a torso",
            });
        }
    };
    scene.parts.retain(|part| !part.is_couch);
    let lattice = lattice(view);
    let hu = Painter::new(&scene, &lattice, Channel::Hu, AIR_HU).volume();
    let values = noise::ct_with_noise(&hu, &lattice, view.noise_hu, CT_NOISE_FWHM_MM, view.seed);
    let mut ct = volume(view.grid.clone(), values)?;
    if let Some(couch) = &view.couch {
        lay(couch, &mut ct);
    }
    Ok(ct)
}

/// The voxels as the patient sees them.
fn lattice(view: &CtView) -> Lattice {
    let patient_from_scanner = view.scanner_from_patient.inverse();
    let mut lattice = Lattice::of_grid(&view.grid, [0.0; 3]);
    let back = |v: Vec3| patient_from_scanner.rotation * nalgebra::Vector3::from(v);
    let origin = back(lattice.origin) + patient_from_scanner.translation.vector;
    lattice.origin = [0, 1, 2].map(|a| origin[a] - FRAME_LPS[a]);
    lattice.step = lattice.step.map(|step| back(step).into());
    lattice
}

fn lay(couch: &Couch, ct: &mut Volume<i16>) {
    let grid = ct.grid().clone();
    let end = couch.top_mm + couch.thickness_mm;
    for voxel in grid.full_box().voxels() {
        let y = grid.center_of(voxel).y;
        if y < couch.top_mm || y > end || ct[voxel] > FREE_HU {
            continue;
        }
        let is_skin = y < couch.top_mm + SKIN_MM || y > end - SKIN_MM;
        ct[voxel] = if is_skin { couch.skin_hu } else { FOAM_HU };
    }
}
