//! All DICOM knowledge: finding studies, loading PET and CT, writing structure sets.

#![warn(clippy::cast_possible_truncation)]

mod attributes;
mod file_meta;
mod finding;
mod header;
mod patient_study;
mod pet_facts;
mod pet_frame;
mod sop_class;
mod source;
mod text_values;
mod walk;

pub use attributes::{AttributeError, Attributes};
pub use finding::Finding;
pub use header::{Header, HeaderError};
pub use patient_study::PatientStudy;
pub use pet_facts::{PetSlice, pet_facts};
pub use sop_class::ObjectKind;
pub use source::ObjectSource;
pub use text_values::DateTimeValue;
