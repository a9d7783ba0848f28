//! The phantoms that presets are compared on.

use isoboost_lesion::{Level, NamedOrgan, ReferenceLevels, Surroundings};
use isoboost_phantom::{
    LesionSpec, PelvisSpec, PhantomStudy, ScannerModel, Scenario, Side, Site, Tracer, pelvis,
};
use isoboost_volume::{Grid, Mask, Volume};
use nalgebra::Point3;

pub(crate) const DIAMETERS_MM: [f64; 4] = [6.0, 8.0, 10.0, 14.0];
pub(crate) const SUVS: [f64; 6] = [2.0, 3.0, 4.0, 6.0, 8.0, 12.0];

/// Where lesions lie in the made scans: two in the bed, five nodes, five in bone.
pub(crate) const PLACES: [(Site, Side); 12] = [
    (Site::Anastomosis, Side::Left),
    (Site::Retrovesical, Side::Left),
    (Site::ExternalIliac, Side::Left),
    (Site::InternalIliac, Side::Right),
    (Site::Obturator, Side::Right),
    (Site::CommonIliac, Side::Left),
    (Site::Presacral, Side::Left),
    (Site::Sacrum, Side::Right),
    (Site::Ilium, Side::Left),
    (Site::Acetabulum, Side::Right),
    (Site::L5, Side::Left),
    (Site::Ischium, Side::Left),
];

pub(crate) const SCENARIOS: [Scenario; 4] = [
    Scenario::Node,
    Scenario::BedNode,
    Scenario::Bone,
    Scenario::Polymetastatic,
];

/// Half of all sizes and uptakes at every place: each of them at six places.
pub(crate) const MADE_SCANS: usize = 12;

pub(crate) const NEGATIVE_SCANS: usize = 3;

/// Further negative scans with twice the noise.
pub(crate) const NOISY_SCANS: usize = 2;
const NOISY: f64 = 0.3;

/// A focus this far outside of a lesion's or an organ's surface still is its own: two voxels.
pub(crate) const NEAR_MM: f64 = 9.0;

pub(crate) fn scanner() -> ScannerModel {
    let mut scanner = ScannerModel::fixture();
    // The CT plays no part here.
    scanner.ct.matrix = 16;
    scanner.ct.pixel_mm = 32.0;
    scanner
}

fn scan(spec: &PelvisSpec, noise: f64, seed: u64) -> PhantomStudy {
    let scanner = ScannerModel { noise, ..scanner() };
    pelvis(spec, Tracer::Ga68Psma11, &scanner, seed).unwrap_or_else(|e| panic!("{e}"))
}

/// The patient of one scan of the series: each place has another size and uptake, and over 24 scans
/// every place would have every one of them.
pub(crate) fn made(n: usize) -> PelvisSpec {
    let lesions = PLACES.iter().enumerate().map(|(p, (site, side))| {
        let kind = (n + 2 * p) % (DIAMETERS_MM.len() * SUVS.len());
        let diameter = DIAMETERS_MM[kind % DIAMETERS_MM.len()];
        LesionSpec::at(*site, *side, diameter, SUVS[kind / DIAMETERS_MM.len()])
    });
    PelvisSpec {
        lesions: lesions.collect(),
        ..PelvisSpec::default()
    }
}

/// All patients with the noise of their scans: without lesions, of the built-in scenarios, of the
/// series, without lesions but noisy.
fn patients() -> Vec<(PelvisSpec, f64)> {
    let none = PelvisSpec::default;
    let negative = (0..NEGATIVE_SCANS).map(|_| none());
    let scenarios = SCENARIOS.into_iter().map(PelvisSpec::from);
    let made = (0..MADE_SCANS).map(made);
    let usual = negative.chain(scenarios).chain(made);
    let usual = usual.map(|spec| (spec, scanner().noise));
    usual
        .chain((0..NOISY_SCANS).map(|_| (none(), NOISY)))
        .collect()
}

/// Their scans, each with a seed of its own, rendered on two threads.
pub(crate) fn scans() -> Vec<PhantomStudy> {
    let patients: Vec<(u64, (PelvisSpec, f64))> = (1..).zip(patients()).collect();
    let half = patients.len().div_ceil(2);
    let render = |part: &[(u64, (PelvisSpec, f64))]| -> Vec<PhantomStudy> {
        let scans = part
            .iter()
            .map(|(seed, (spec, noise))| scan(spec, *noise, *seed));
        scans.collect()
    };
    std::thread::scope(|scope| {
        let parts = patients
            .chunks(half)
            .map(|part| scope.spawn(move || render(part)));
        let threads: Vec<_> = parts.collect();
        let scans = threads.into_iter().flat_map(|t| t.join().unwrap());
        scans.collect()
    })
}

/// Masks of the patient without lesions, on the PET grid.
pub(crate) struct Patient {
    pub(crate) bone: Mask,
    pub(crate) bladder: Mask,
    pub(crate) bowel: Mask,
    pub(crate) aorta: Mask,
}

impl Patient {
    pub(crate) fn of(study: &PhantomStudy) -> Self {
        let grid = study.suv.grid();
        let all = |prefixes: &[&str]| {
            let mut mask = Mask::empty(grid.clone());
            let names = study.organ_names();
            let named = |name: &&&str| prefixes.iter().any(|p| name.starts_with(p));
            for name in names.iter().filter(named) {
                let organ = study.organ_mask(name, grid).unwrap();
                for (all, here) in mask.as_mut_slice().iter_mut().zip(organ.as_slice()) {
                    *all |= here;
                }
            }
            mask
        };
        Self {
            bone: all(&["hip_", "femur_", "sacrum", "vertebra"]),
            bladder: all(&["urinary_bladder", "ureter_", "kidney_"]),
            bowel: all(&["small_bowel", "colon", "rectum"]),
            aorta: all(&["aorta"]),
        }
    }

    /// Liver and spleen lie outside of a pelvic scan: their levels are those of the tracer, with
    /// the noise of the scanner.
    pub(crate) fn surroundings(&self, suv: &Volume<f32>) -> Surroundings<'_> {
        let level = |mean: f64| {
            let sd = scanner().noise * mean.sqrt();
            Some(Level { mean, sd })
        };
        Surroundings {
            references: ReferenceLevels {
                blood_pool: Some(measured(suv, &self.aorta)),
                liver: level(4.5),
                spleen: level(7.0),
                parotid: level(11.0),
            },
            bone: Some(&self.bone),
            organs: vec![NamedOrgan {
                name: "urinary bladder".to_owned(),
                mask: &self.bladder,
            }],
            ..Surroundings::default()
        }
    }
}

/// Level of the voxels whose six neighbours are of the region as well.
pub(crate) fn measured(suv: &Volume<f32>, region: &Mask) -> Level {
    let [nk, nj, ni] = region.grid().shape();
    let inner = region.voxels().filter(|[k, j, i]| {
        let (k, j, i) = (*k, *j, *i);
        let inside = k > 0 && j > 0 && i > 0 && k + 1 < nk && j + 1 < nj && i + 1 < ni;
        let around = || {
            [
                [k - 1, j, i],
                [k + 1, j, i],
                [k, j - 1, i],
                [k, j + 1, i],
                [k, j, i - 1],
                [k, j, i + 1],
            ]
        };
        inside && around().into_iter().all(|v| region[v])
    });
    let values: Vec<f64> = inner.map(|v| f64::from(suv[v])).collect();
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>();
    Level {
        mean,
        sd: (squares / n).sqrt(),
    }
}

/// Whether a region lies within [`NEAR_MM`] of a point.
pub(crate) fn is_near(region: &Mask, point: Point3<f64>) -> bool {
    let grid: &Grid = region.grid();
    let bounds = grid.box_around(&[point], NEAR_MM);
    let mut voxels = bounds.into_iter().flat_map(|b| b.voxels());
    voxels.any(|v| region[v] && (grid.center_of(v) - point).norm() <= NEAR_MM)
}
