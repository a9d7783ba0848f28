//! All DICOM knowledge: finding studies, loading PET and CT, writing structure sets.

#![warn(clippy::cast_possible_truncation)]

mod archive;
mod atomic_file;
mod attributes;
mod copied;
mod decimal;
mod discover;
mod elements;
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
mod provenance;
mod record;
mod reference_images;
mod rtstruct;
mod select;
mod sop_class;
mod source;
mod splitting;
mod study;
mod suitability;
mod text_values;
mod uid;
mod walk;

pub use attributes::{AttributeError, Attributes};
pub use discover::{DiscoverError, Discovery, FileProblem, discover};
pub use elements::ValueError;
pub use finding::Finding;
pub use frames::Rescale;
pub use geometry_problem::{GeometryProblem, SlicePositions};
pub use header::{Header, HeaderError};
pub use load::{LoadError, LoadedPet, load_ct, load_pet, read_pet_facts};
pub use patient_study::PatientStudy;
pub use pet_facts::{PetSlice, pet_facts};
pub use pixels::{CompressionError, PixelProblem};
pub use provenance::{Equipment, Provenance};
pub use reference_images::{ReferenceError, ReferenceImages, ReferenceSlice};
pub use rtstruct::{
    ImportedStructures, StructureError, StructureReadError, StructureWriteError, WrittenObject,
    read_structure_set, write_structure_set,
};
pub use select::{SelectError, Selection, SeriesChoice, select};
pub use sop_class::ObjectKind;
pub use source::ObjectSource;
pub use study::{Instance, OtherObject, Series, SeriesPart, Slice, SliceReference, Study};
pub use text_values::DateTimeValue;
pub use uid::deterministic_uid;
