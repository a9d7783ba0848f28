//! Uptake in a PET: found by a threshold, split where foci touch, delineated and measured.
//!
//! What is found here is a *focus*, not yet a lesion: kidneys and bladder are foci as well, and
//! which is which is for staging to say. All values are SUVbw in g/mL, positions LPS in mm,
//! volumes mL.
//!
//! ```
//! use isoboost_lesion::{LesionConfig, find_foci};
//! use isoboost_volume::{Grid, Volume};
//! use nalgebra::Point3;
//!
//! let grid = Grid::axis_aligned([20, 20, 20], [4.0; 3], Point3::origin())?;
//! let focus = Point3::new(40.0, 36.0, 32.0);
//! let suv = Volume::from_fn(grid.clone(), |voxel| {
//!     let r = (grid.center_of(voxel) - focus).norm() as f32;
//!     0.8 + 12.0 * (-r * r / 60.0).exp()
//! });
//! let found = find_foci(&suv, &LesionConfig::default())?;
//! assert_eq!(found.foci.len(), 1);
//! assert_eq!(found.foci[0].measures.max_at, focus);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod candidates;
mod config;
mod delineate;
mod edit;
mod find;
mod focus;
mod ground;
mod measure;
mod outline;
mod recovery;
mod refine;
mod remainder;
mod surroundings;
#[cfg(test)]
mod tests;
mod uncertainty;
mod watershed;

pub use config::{
    Delineation, FindingRule, LesionConfig, LocalContrast, PercentOfHighest, Qpsma,
    ReferenceRegion, ReferenceRule, RegionalDelineation, Splitting, Substitute, TissueSuv,
};
pub use edit::{EditError, Edited, PatientAxis, Stroke, StrokeMode};
pub use find::{FoundFoci, LesionError, Uptake, UptakeMap, find_foci, find_uptake};
pub use focus::{Contact, Focus, PointFocus};
pub use measure::{
    BACKGROUND_FROM_MM, BACKGROUND_TO_MM, Contrast, Measures, PEAK_SPHERE_RADIUS_MM, PatientTotals,
    SuvSet, Totals,
};
pub use recovery::{NoRecovery, RecoveryEstimate};
pub use surroundings::{Level, NamedOrgan, ReferenceLevels, Surroundings};
pub use uncertainty::{OutlineRange, RuleOutcome, reasonable_rules};
