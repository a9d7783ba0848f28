//! Geometry and voxels: grids, volumes, masks and contours, with no medicine and no files.
//!
//! Words used here, and everywhere above this crate:
//!
//! - **LPS**: the DICOM patient coordinates in millimetres, `x` to the patient's left, `y` to
//!   posterior, `z` to the head. Every point that leaves a function is LPS.
//! - **Index**: a voxel, written `[k, j, i]` (slice, row, column). Every triple that belongs to
//!   the array (shape, spacing, axes, index) has this order.
//! - **Grid**: where the voxels lie, without the voxels: shape, spacing, origin and axes.
//! - **Volume**: a grid with a value per voxel; a [`Mask`] is a volume of `bool`.
//!
//! ```
//! use isoboost_volume::{Grid, Volume};
//! use nalgebra::Point3;
//!
//! let grid = Grid::axis_aligned([10, 20, 30], [3.0, 1.0, 1.0], Point3::new(-15.0, -10.0, 0.0))?;
//! let volume = Volume::filled(grid, 1.5_f32);
//! assert_eq!(volume.grid().lps_from_index([2.0, 0.0, 0.0]), Point3::new(-15.0, -10.0, 6.0));
//! # Ok::<(), isoboost_volume::GridError>(())
//! ```

mod axis_margin;
mod block_means;
mod components;
mod contour;
mod distance;
mod grid;
mod index_box;
mod keyhole;
mod margin;
mod mask;
mod rasterise;
mod register;
mod resample;
mod row_margin;
mod simplify;
mod structure_set;
mod volume;

pub use block_means::block_means;
pub use components::{Components, Connectivity, fill_holes, label_boxes, label_components};
pub use contour::{
    PlanarRegion, contours_around, contours_from_field, contours_from_mask, isosurface_volume_ml,
    mask_of_volume, polygon_volume_ml, region_of_volume, slice_regions,
};
pub use distance::{distance_outside, signed_distance};
pub use grid::{Grid, GridError, POSITION_TOLERANCE_MM};
pub use index_box::IndexBox;
pub use margin::{Margins, expand, margin_field, shrink};
pub use mask::Mask;
pub use rasterise::rasterise;
pub use register::{
    LEAST_BONE_CORRELATION, MOST_HALVES_MM, NotConverged, Registration, RegistrationQuality,
    RegistrationRefusal, assess_rigid, register_rigid,
};
pub use resample::{
    resample_nearest, resample_trilinear, sample_trilinear, sample_trilinear_at_index,
};
pub use simplify::{CONTOUR_TOLERANCE_MM, simplified};
pub use structure_set::{Contour, Roi, RoiType, StructureSet};
pub use volume::{ShapeMismatch, Volume};
