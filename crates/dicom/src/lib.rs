//! All DICOM knowledge: finding studies, loading PET and CT, writing structure sets.

#![warn(clippy::cast_possible_truncation)]

mod archive;
mod attributes;
mod discover;
mod encoding;
mod file_meta;
mod finding;
mod frames;
mod geometry;
mod geometry_problem;
mod grouping;
mod header;
mod load;
mod patient_study;
mod pet_facts;
mod pet_frame;
mod pixels;
mod record;
mod select;
mod sop_class;
mod source;
mod splitting;
mod study;
mod suitability;
mod text_values;
mod walk;

pub use attributes::{AttributeError, Attributes};
pub use discover::{DiscoverError, Discovery, FileProblem, discover};
pub use finding::Finding;
pub use frames::Rescale;
pub use geometry_problem::{GeometryProblem, SlicePositions};
pub use header::{Header, HeaderError};
pub use load::{LoadError, LoadedPet, load_ct, load_pet, read_pet_facts};
pub use patient_study::PatientStudy;
pub use pet_facts::{PetSlice, pet_facts};
pub use pixels::{CompressionError, PixelProblem};
pub use select::{SelectError, Selection, SeriesChoice, select};
pub use sop_class::ObjectKind;
pub use source::ObjectSource;
pub use study::{Instance, OtherObject, Series, SeriesPart, Slice, SliceReference, Study};
pub use text_values::DateTimeValue;
