//! Studies, series, instances and slices as they were found.

use isoboost_volume::Grid;
use nalgebra::Point3;
use rayon::prelude::*;

use crate::frames::Rescale;
use crate::geometry_problem::GeometryProblem;
use crate::header::{Header, PixelLayout};
use crate::load::LoadError;
use crate::pixels::{PixelFormat, PixelProblem};
use crate::{AttributeError, Finding, ObjectKind, ObjectSource, PatientStudy};

/// One study of a patient.
#[derive(Debug, Clone)]
pub struct Study {
    /// Study Instance UID.
    pub study_uid: String,
    /// Patient and study attributes for the objects made from this study.
    pub patient: PatientStudy,
    /// Its CT and PET series, by number.
    pub series: Vec<Series>,
    /// Everything else: structure sets, segmentations, reports, screen shots, other modalities.
    pub others: Vec<OtherObject>,
    /// What is doubtful about the study as a whole.
    pub findings: Vec<Finding>,
}

/// A stack of CT or PET slices: a DICOM series, or the part of one whose slices belong together.
#[derive(Debug, Clone)]
pub struct Series {
    /// Series Instance UID.
    pub uid: String,
    /// Which part of the series this is, where one series holds several stacks.
    pub part: Option<SeriesPart>,
    /// CT or PET, single-frame or multi-frame.
    pub kind: ObjectKind,
    /// SOP Class UID.
    pub sop_class: String,
    /// Modality.
    pub modality: String,
    /// Series Description, empty where there is none.
    pub description: String,
    /// Series Number.
    pub number: Option<i64>,
    /// Image Type, or Frame Type of a multi-frame object.
    pub image_type: Vec<String>,
    /// Frame of Reference UID.
    pub frame_of_reference: Option<String>,
    /// Manufacturer and model of the scanner.
    pub scanner: String,
    /// Series Type (0054,1000) of a PET, such as `WHOLE BODY\IMAGE`.
    pub series_type: Vec<String>,
    /// Corrected Image (0028,0051) of a PET, such as `DECY`, `ATTN`.
    pub corrections: Vec<String>,
    /// Units (0054,1001) of a PET.
    pub units: Option<String>,
    /// Rescale Type (0028,1054) of a CT.
    pub rescale_type: Option<String>,
    /// The objects, in the order of their first slices.
    pub instances: Vec<Instance>,
    /// The slices in the order of the grid's first axis.
    pub slices: Vec<Slice>,
    /// Where the voxels lie, or why the slices are no volume.
    pub geometry: Result<Grid, GeometryProblem>,
    /// Why the pixels cannot be used, where they cannot.
    pub pixel_problem: Option<PixelProblem>,
    /// What is doubtful about the series.
    pub findings: Vec<Finding>,
}

/// One of several stacks in a series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeriesPart {
    /// Number of the part, from 1.
    pub number: usize,
    /// How many parts the series has.
    pub of: usize,
    /// What tells the parts apart.
    pub differs_in: &'static str,
}

/// One object of a series: a file, or a member of an archive.
#[derive(Debug, Clone)]
pub struct Instance {
    /// Where it was found.
    pub source: ObjectSource,
    /// SOP Class UID.
    pub sop_class_uid: String,
    /// SOP Instance UID.
    pub sop_instance_uid: String,
    /// Transfer Syntax UID.
    pub transfer_syntax: String,
    pub(crate) layout: PixelLayout,
    pub(crate) format: Result<PixelFormat, PixelProblem>,
}

/// One slice of a stack.
#[derive(Debug, Clone)]
pub struct Slice {
    /// Index of its object in [`Series::instances`].
    pub instance: usize,
    /// Number of its frame in that object, from 0.
    pub frame: u32,
    /// LPS position of the centre of its first pixel; `None` where the header has none.
    pub position: Option<Point3<f64>>,
    /// How its stored values become values.
    pub rescale: Result<Rescale, AttributeError>,
}

/// An object that holds no CT or PET slices.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct OtherObject {
    /// Where it was found.
    pub source: ObjectSource,
    /// What it is.
    pub kind: ObjectKind,
    /// Modality.
    pub modality: String,
    /// SOP Class UID.
    pub sop_class_uid: String,
    /// SOP Instance UID.
    pub sop_instance_uid: String,
    /// Series Instance UID.
    pub series_uid: String,
    /// Series Description, empty where there is none.
    pub description: String,
}

/// What another object says to refer to one slice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SliceReference<'a> {
    /// SOP Class UID.
    pub sop_class_uid: &'a str,
    /// SOP Instance UID.
    pub sop_instance_uid: &'a str,
    /// Frame number from 1 in a multi-frame object.
    pub frame_number: Option<u32>,
}

impl Study {
    /// Whether any series is a PET.
    pub fn has_pet(&self) -> bool {
        self.series.iter().any(|series| series.kind.is_pet())
    }
}

impl Series {
    /// The name by which a user chooses this stack: the Series Instance UID, followed by `#` and
    /// the part's number where the series has parts.
    pub fn key(&self) -> String {
        match &self.part {
            Some(part) => format!("{}#{}", self.uid, part.number),
            None => self.uid.clone(),
        }
    }

    /// Whether `choice` names this stack or the series it is a part of.
    pub fn is_named(&self, choice: &str) -> bool {
        choice == self.uid || choice == self.key()
    }

    /// Number, description and part for messages: what an operator recognises a series by.
    pub fn label(&self) -> String {
        let number = self.number.map_or_else(
            || "series without number".to_owned(),
            |number| format!("series {number}"),
        );
        let description = match self.description.as_str() {
            "" => String::new(),
            text => format!(" `{text}`"),
        };
        let part = self.part.as_ref().map_or_else(String::new, |part| {
            format!(" part {} of {}", part.number, part.of)
        });
        number + &description + &part
    }

    /// Why the series cannot be used as a CT on its own, as a planning CT; `None` where it can.
    pub fn objection_as_ct(&self) -> Option<String> {
        if !self.kind.is_ct() {
            return Some("it is no CT".to_owned());
        }
        crate::suitability::objection_by_itself(self)
    }

    /// What a structure set or segmentation refers to for slice `k` of the grid.
    pub fn slice_reference(&self, k: usize) -> Option<SliceReference<'_>> {
        let slice = self.slices.get(k)?;
        let instance = self.instances.get(slice.instance)?;
        let is_multi_frame = matches!(self.kind, ObjectKind::EnhancedCt | ObjectKind::EnhancedPet);
        Some(SliceReference {
            sop_class_uid: &instance.sop_class_uid,
            sop_instance_uid: &instance.sop_instance_uid,
            frame_number: is_multi_frame.then_some(slice.frame + 1),
        })
    }

    /// Reads the headers of all objects again, in the order of [`Self::instances`].
    ///
    /// # Errors
    /// When a file can no longer be read as it was when it was found.
    pub fn headers(&self) -> Result<Vec<Header>, LoadError> {
        let headers: Vec<Result<Header, LoadError>> = self
            .instances
            .par_iter()
            .map(|instance| {
                Header::read(&instance.source).map_err(|error| LoadError::Header {
                    reason: error.to_string(),
                    file: instance.source.to_string(),
                })
            })
            .collect();
        headers.into_iter().collect()
    }
}
