//! What each focus of uptake is: physiological, or a lesion of the prostate bed, a pelvic node, or
//! distant.
//!
//! Rules of place, each told with its distance in the evidence: organs and bone first, then
//! borders measured from the symphysis, the femoral heads, the promontory and the midline. Where a
//! landmark is missing the region is left open ([`Region::Undetermined`]) with the reason; no
//! focus is dropped.
//!
//! Words used here:
//!
//! - **Bed**: the place of the removed prostate and seminal vesicles.
//! - **Pelvic node**: a node below the aortic bifurcation and above the groin. Common iliac nodes
//!   are pelvic in PROMISE and distant in AJCC; [`CommonIliac`] is the switch.
//! - **miTNM**: the molecular imaging TNM of PROMISE; which version is [`Promise`].
//!
//! ```
//! use isoboost_anatomy::recognise;
//! use isoboost_lesion::{LesionConfig, find_foci};
//! use isoboost_staging::{Region, Scan, StagingConfig, stage};
//! use isoboost_volume::{Grid, Volume};
//! use nalgebra::Point3;
//!
//! // A hot focus in a PET without a CT.
//! let grid = Grid::axis_aligned([20, 20, 20], [4.0; 3], Point3::origin())?;
//! let middle = Point3::new(40.0, 40.0, 40.0);
//! let suv = Volume::from_fn(grid.clone(), |voxel| {
//!     let r = (grid.center_of(voxel) - middle).norm() as f32;
//!     0.8 + 12.0 * (-r * r / 60.0).exp()
//! });
//! let foci = find_foci(&suv, &LesionConfig::default())?;
//! let scan = Scan::of_pet(&suv);
//! let staging = stage(foci, &recognise(None, &suv, &[]), scan, &StagingConfig::default());
//! assert_eq!(staging.lesions[0].region, Region::Undetermined);
//! assert_eq!(staging.mi_tnm.label, "miTX NX MX");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod config;
mod contact;
mod correlate;
mod judgement;
mod mitnm;
mod pattern;
mod physiological;
mod place;
mod psma_rads;
mod psma_score;
mod region;
mod region_at;
mod rejudge;
mod scan;
mod sentence;
mod skeletal;
mod slope;
mod soft_tissue;
mod stage;
mod staged;
mod station;
mod tissue;
mod uptake;
mod verdict;

pub use config::{CommonIliac, Promise, StagingConfig};
pub use judgement::Judgement;
pub use mitnm::{BonePattern, MiTnm};
pub use pattern::{Pattern, RegionCounts};
pub use psma_rads::PsmaRads;
pub use psma_score::{PsmaScore, psma_score};
pub use region::{BedSite, Certainty, ExclusionReason, Region, Station};
pub use region_at::{PlaceClass, regions_at};
pub use rejudge::{DistantCategory, Rejudge, StatedClass};
pub use scan::Scan;
pub use stage::{judge, stage};
pub use staged::{Alternative, Correlate, Excluded, Lesion, Staging, StagingTotals, Suspicion};
