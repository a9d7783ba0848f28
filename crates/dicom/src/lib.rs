//! All DICOM knowledge: finding studies, loading PET and CT, reading and writing structure sets
//! and segmentations, writing measurement reports, reading doses, plans and registrations.
//!
//! Reading goes in three steps, each of which can be refused with a reason:
//!
//! 1. [`discover`] reads the headers under folders, files and zip archives and sorts the slices
//!    into [`Series`]: parallel slices of one size in one frame of reference, none at the place
//!    of another. A stack that is no regular volume keeps its [`GeometryProblem`].
//! 2. [`select`] chooses the PET and the CT of a [`Study`] and gives the reasons in words.
//! 3. [`load_ct`] and [`load_pet`] decode the voxels, the PET with the facts for its SUV.
//!
//! Words used here:
//!
//! - **Stored value**: the number in the file, without the bits that do not belong to it. Slope
//!   and intercept make it a value; neither is ever assumed.
//! - **Finding**: what a planner must know, though reading went on. What stops is an error that
//!   names the file, the attribute, the value found and the one expected.
//! - **Source**: a file, or a member of a zip archive.
//!
//! Headers are read strictly ([`Attributes`]): a text that is not entirely a number is none. No
//! message or log holds a patient's name or number.
//!
//! ```no_run
//! use isoboost_dicom::{SeriesChoice, discover, load_ct, load_pet, select};
//!
//! let found = discover(&["patients/0001".into()], &|_| {})?;
//! for study in &found.studies {
//!     let selection = select(study, &SeriesChoice::default())?;
//!     let pet = load_pet(selection.pet)?;
//!     let ct = selection.ct.map(load_ct).transpose()?;
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Images of other modalities are listed and left alone, and no network is spoken.

#![warn(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss
)]

mod approval;
mod archive;
mod atomic_file;
mod attributes;
mod cielab;
mod copied;
mod decimal;
mod derived_object;
mod discover;
mod dose;
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
mod measurement_report;
mod patient_position;
mod patient_study;
mod person_name;
mod pet_facts;
mod pet_frame;
mod pixels;
mod plan;
mod provenance;
mod record;
mod reference_images;
mod registration;
mod rtplan;
mod rtstruct;
mod segmentation;
mod select;
mod sop_class;
mod source;
mod splitting;
mod study;
mod suitability;
mod text_values;
mod uid;
mod walk;

pub use approval::{Approval, ApprovalError};
pub use attributes::{AttributeError, Attributes};
pub use derived_object::{ObjectWriteError, WrittenObject};
pub use discover::{DiscoverError, Discovery, FileProblem, discover};
pub use dose::{
    DoseFacts, DoseProblem, DoseReadError, DoseSummation, DoseType, ImportedDose, read_dose,
    read_dose_facts,
};
pub use elements::ValueError;
pub use finding::Finding;
pub use frames::Rescale;
pub use geometry_problem::{GeometryProblem, SlicePositions};
pub use header::{Header, HeaderError};
pub use load::{LoadError, LoadedPet, load_ct, load_pet, read_pet_facts};
pub use measurement_report::{
    Evaluation, Measurement, MeasurementGroup, MeasurementReport, ReportWriteError,
    write_measurement_report,
};
pub use patient_position::patient_position;
pub use patient_study::PatientStudy;
pub use person_name::{PersonName, PersonNameError};
pub use pet_facts::{PetSlice, pet_facts};
pub use pixels::{CompressionError, PixelProblem};
pub use plan::{PlanFacts, PlanReadError, Prescription, read_plan_facts};
pub use provenance::{Equipment, Provenance};
pub use reference_images::{ReferenceError, ReferenceImages, ReferenceSlice};
pub use registration::{
    FrameOfImages, RegistrationProblem, RegistrationReadError, SourceFrame, SpatialRegistration,
    read_spatial_registration,
};
pub use rtplan::{OpenBeam, OpenFieldPlan, PlanWriteError, write_open_field_plan};
pub use rtstruct::{
    ImportedStructures, StructureError, StructureReadError, StructureWriteError,
    read_structure_set, write_structure_set,
};
pub use segmentation::{
    Code, Concept, DrawnSegment, DrawnSegmentation, Segment, Segmentation, SegmentationProblem,
    SegmentationReadError, SegmentationWriteError, read_segmentation, write_segmentation,
};
pub use select::{SelectError, Selection, SeriesChoice, select};
pub use sop_class::ObjectKind;
pub use source::ObjectSource;
pub use study::{Instance, OtherObject, Series, SeriesPart, Slice, SliceReference, Study};
pub use text_values::DateTimeValue;
pub use uid::deterministic_uid;
