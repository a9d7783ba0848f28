//! Synthetic PET/CT studies whose truth is known exactly.
//!
//! Two phantoms: the IEC body phantom of NEMA NU 2 ([`nema()`]) and a man's pelvis after
//! prostatectomy ([`pelvis()`]). Solids are described by formulas and laid over one another; a voxel
//! holds the mean over its volume; the scanner adds its blur and noise. Positions are computed
//! here, not by the geometry of `isoboost-volume`, so that a phantom can contradict it.
//!
//! ```
//! use isoboost_phantom::{PelvisSpec, ScannerModel, Scenario, Tracer, pelvis};
//!
//! let mut scanner = ScannerModel::small();
//! scanner.pet.matrix = 32; // a tiny field for a quick example
//! scanner.ct.matrix = 32;
//! let study = pelvis(&PelvisSpec::from(Scenario::Bed), Tracer::Ga68Psma11, &scanner, 1)?;
//! assert_eq!(study.truth.lesions.len(), 1);
//! assert_eq!(study.suv.grid().shape()[1..], [32, 32]);
//! # Ok::<(), isoboost_phantom::PhantomError>(())
//! ```
//!
//! [`generate`] writes a phantom as DICOM, in the [`Dialect`] of a maker, with `truth.json` and
//! `truth.nii.gz`. A [`PhantomDescription`] in TOML says everything about it; what it leaves out
//! has a default:
//!
//! ```
//! use isoboost_phantom::PhantomDescription;
//!
//! let description = PhantomDescription::from_toml(
//!     r#"
//!     [phantom]
//!     kind = "pelvis"
//!     scenario = "bed"
//!     bladder-ml = 200
//!
//!     [[phantom.lesion]]
//!     site = "external-iliac"
//!     side = "right"
//!     diameter-mm = 9
//!     suv = 12
//!
//!     [[phantom.lesion]]
//!     center-mm = [40, 10, 30] # left, posterior, up from the middle of the femoral heads
//!     region = "pelvic_node"
//!     diameter-mm = 10
//!     suv = 15
//!
//!     [options]
//!     dialect = "ge"
//!     seed = 7
//!
//!     [options.scanner]
//!     psf-fwhm-mm = 6
//!     pet = { matrix = 168, pixel-mm = 4.07, slice-mm = 3 }
//!     "#,
//! )?;
//! # let isoboost_phantom::PhantomKind::Pelvis(spec) = &description.phantom else { panic!() };
//! # assert_eq!(spec.all_lesions().len(), 3);
//! # Ok::<(), isoboost_phantom::PhantomError>(())
//! ```
//!
//! Words used here:
//!
//! - **Part**: one solid with its CT number and uptake; later parts lie over earlier ones.
//! - **Lattice**: voxel centres in the phantom's own frame, whose origin is never that of LPS.
//! - **Dialect**: what a maker's scanners write for the same measurement.
//!
//! The phantoms simulate images, not the physics behind them: no attenuation, scatter or
//! respiration, and no reconstruction other than blur and correlated noise.

mod distance;
mod error;
mod lattice;
mod lesion;
mod nema;
mod noise;
mod pelvis;
mod psf;
mod scanner;
mod scene;
mod shape;
mod site;
mod study;
mod torso;
mod truth;
mod view;
mod write;

pub use error::PhantomError;
pub use lesion::{LesionSpec, Region, Side, TruthLesion};
pub use nema::{NemaSpec, SPHERE_DIAMETERS_MM};
pub use pelvis::{Expected, Intensification, PelvisSpec, Scenario};
pub use scanner::{GridSpec, Injection, ScannerModel, Tracer};
pub use site::Site;
pub use study::{PhantomKind, PhantomStudy, nema, pelvis, render, torso};
pub use torso::{Arms, Diversion, TorsoField, TorsoLesion, TorsoSpec};
pub use truth::{Checkpoint, Truth};
pub use view::{Couch, CtView, ct_view};
pub use write::{
    Dialect, PhantomDescription, PhantomOptions, PhantomSummary, PlanningCtSummary, generate,
    generate_planning_ct,
};
