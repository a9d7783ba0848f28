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
mod truth;
mod write;

pub use error::PhantomError;
pub use lesion::{LesionSpec, Region, Side, TruthLesion};
pub use nema::{NemaSpec, SPHERE_DIAMETERS_MM};
pub use pelvis::{Expected, Intensification, PelvisSpec, Scenario};
pub use scanner::{GridSpec, Injection, ScannerModel, Tracer};
pub use site::Site;
pub use study::{PhantomKind, PhantomStudy, nema, pelvis, render};
pub use truth::{Checkpoint, Truth};
pub use write::{Dialect, PhantomDescription, PhantomOptions, PhantomSummary, generate};
