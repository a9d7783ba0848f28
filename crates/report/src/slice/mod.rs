//! Planes of CT and PET as pictures: for the pages of a report and for a viewer that asks for one
//! plane after another.
//!
//! A picture is a rectangle of *screen millimetres* in a plane: the place on the screen is a place
//! in the patient, whatever the voxels are.
//!
//! | plane | to the right | downwards | so that |
//! |---|---|---|---|
//! | axial | L | P | patient right is on the left, anterior up |
//! | coronal | L | −S | patient right is on the left, head up |
//! | sagittal | P | −S | anterior is on the left, head up |
//!
//! ```
//! use isoboost_report::Plane;
//! use isoboost_report::slice::{
//!     ColourMap, PetLayer, PlaneView, PngEffort, SliceLayers, Window, render_slice,
//! };
//! use isoboost_volume::{Grid, Volume};
//! use nalgebra::Point3;
//!
//! let grid = Grid::axis_aligned([20, 50, 50], [3.0, 4.0, 4.0], Point3::new(-98.0, -98.0, 0.0))?;
//! let suv = Volume::filled(grid, 2.5_f32);
//! let view = PlaneView::new(Plane::Axial, 30.0, [-100.0, -100.0, 100.0, 100.0], [256, 256])?;
//! let pet = PetLayer {
//!     volume: &suv,
//!     window: Window::SUV_0_10,
//!     map: ColourMap::InverseGrey,
//!     opacity: 1.0,
//! };
//! let picture = render_slice(&view, &SliceLayers { ct: None, pet: Some(pet) });
//! assert_eq!(picture.pixel(128, 128), Some([191; 3]));
//! let png = picture.to_png(PngEffort::Fast)?;
//! assert_eq!(&png[1..4], b"PNG");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod annotated;
mod colours;
mod outlines;
mod picture;
mod render;
mod rotating;
mod sampling;
mod view;
mod window;

pub use annotated::{Label, Outline, annotated_picture, annotated_png, annotated_size};
pub use colours::ColourMap;
pub use outlines::{Ring, contour_outlines, depth_outlines, plane_outlines};
pub use picture::{PngEffort, RgbPicture};
pub use render::{CtLayer, PetLayer, SliceLayers, render_slice};
pub use rotating::{FRAMES, RotatingMip};
pub use view::{MOST_PIXELS, PlaneView, ViewError};
pub use window::{Window, WindowError};
