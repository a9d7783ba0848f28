//! Reading of structure sets.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use dicom_dictionary_std::{tags, uids};
use isoboost_volume::{Contour, Roi, RoiType, StructureSet};

use super::contour_item::{closed_contour, colour};
use super::nesting::nested_slices;
use super::roi_type;
use crate::attributes::Attributes;
use crate::{Finding, Header, HeaderError, ObjectSource, ReferenceImages};

/// Colour of a region for which none is stated.
const NO_COLOUR: [u8; 3] = [128, 128, 128];

/// A structure set as it was read, with what it refers to.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportedStructures {
    /// The regions; contours have no slice until [`Self::place_on`] finds it.
    pub structures: StructureSet,
    /// Study Instance UID of the structure set itself.
    pub study_uid: Option<String>,
    /// The frames of reference that regions lie in, each once.
    pub frames_of_reference: Vec<String>,
    /// The series it says it was drawn on.
    pub series_uids: Vec<String>,
    /// The images that its contours say they were drawn on.
    pub image_uids: BTreeSet<String>,
    /// Approval Status.
    pub approval_status: Option<String>,
    /// What is irregular about it.
    pub findings: Vec<Finding>,
}

/// Why a structure set cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StructureReadError {
    /// The file cannot be read as DICOM.
    #[error("{source}, file {}", path.display())]
    Header {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        source: HeaderError,
    },
    /// The file is another kind of object.
    #[error(
        "SOPClassUID (0008,0016) is `{found}`, expected an RT Structure Set \
         ({}), file {}",
        uids::RT_STRUCTURE_SET_STORAGE,
        path.display()
    )]
    NotStructures {
        /// The file.
        path: PathBuf,
        /// SOP Class UID found.
        found: String,
    },
    /// The file defines no region.
    #[error(
        "StructureSetROISequence (3006,0020) is missing or empty: the structure set defines no \
         ROI, file {}",
        path.display()
    )]
    NoRois {
        /// The file.
        path: PathBuf,
    },
}

/// Reads the structure set of any planning system.
///
/// Closed contours are kept, holes as they are encoded: within one region and slice, contours
/// combine by the even-odd rule, which gives the same region for keyholes, for exclusive-or
/// contours and for rings within rings. Points and open contours enclose nothing; they are left
/// out and told.
///
/// # Errors
/// When the file is no structure set or defines no region.
pub fn read_structure_set(path: &Path) -> Result<ImportedStructures, StructureReadError> {
    let header = Header::read_whole(&ObjectSource::file(path)).map_err(|source| {
        StructureReadError::Header {
            path: path.to_owned(),
            source,
        }
    })?;
    let object = header.attributes();
    let class = object.text(tags::SOP_CLASS_UID).unwrap_or_default();
    if class != uids::RT_STRUCTURE_SET_STORAGE {
        return Err(StructureReadError::NotStructures {
            path: path.to_owned(),
            found: class,
        });
    }
    let mut reading = Reading {
        findings: header.findings().to_vec(),
        ..Reading::default()
    };
    reading.read_definitions(object);
    if reading.rois.is_empty() {
        return Err(StructureReadError::NoRois {
            path: path.to_owned(),
        });
    }
    reading.read_observations(object);
    reading.read_references(object);
    reading.read_contours(object);
    Ok(reading.finish(object))
}

impl ImportedStructures {
    /// Gives each contour the slice of `images` that it lies on, at most half a slice away, and
    /// tells what does not fit: another frame of reference, images that are not there, contours
    /// beyond the images or across their slices.
    pub fn place_on(&mut self, images: &ReferenceImages) -> Vec<Finding> {
        let mut findings = Vec::new();
        let frame = &images.frame_of_reference_uid;
        if self.frames_of_reference.iter().any(|own| own != frame) {
            findings.push(Finding::new(
                "structures-frame-of-reference",
                format!(
                    "the structure set lies in frame of reference {}, the images in {frame}",
                    self.frames_of_reference.join(", ")
                ),
            ));
        }
        let present: BTreeSet<&str> = images
            .slices
            .iter()
            .map(|slice| slice.sop_instance_uid.as_str())
            .collect();
        let is_missing = |uid: &&String| !present.contains(uid.as_str());
        let missing = self.image_uids.iter().filter(is_missing).count();
        if missing > 0 {
            findings.push(Finding::new(
                "structures-images-missing",
                format!(
                    "{missing} of the {} images that contours refer to are not among these; \
                     contours were placed by their position",
                    self.image_uids.len()
                ),
            ));
        }
        for roi in &mut self.structures.rois {
            let mut beyond = 0;
            for contour in &mut roi.contours {
                contour.slice = slice_of(contour, images);
                beyond += usize::from(contour.slice.is_none());
            }
            if beyond > 0 {
                findings.push(Finding::new(
                    "structures-off-slices",
                    format!(
                        "{beyond} of {} contours of ROI `{}` lie on no slice of the images",
                        roi.contours.len(),
                        roi.name
                    ),
                ));
            }
        }
        findings
    }
}

/// The slice that all points of a contour are nearest to, if there is one.
fn slice_of(contour: &Contour, images: &ReferenceImages) -> Option<usize> {
    let mut nearest = contour
        .points
        .iter()
        .map(|p| images.grid.index_from_lps(*p)[0].round());
    let slice = nearest.next()?;
    let is_on = nearest.all(|other| other == slice);
    let slices = images.grid.shape()[0] as f64;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a slice number, as the condition says"
    )]
    (is_on && slice >= 0.0 && slice < slices).then_some(slice as usize)
}

/// A structure set while it is read.
#[derive(Default)]
struct Reading {
    rois: Vec<Roi>,
    /// Position in `rois` by ROI Number.
    by_number: BTreeMap<u32, usize>,
    frames_of_reference: Vec<String>,
    series_uids: Vec<String>,
    image_uids: BTreeSet<String>,
    findings: Vec<Finding>,
}

impl Reading {
    fn tell(&mut self, code: &'static str, text: String) {
        self.findings.push(Finding::new(code, text));
    }

    fn read_definitions(&mut self, object: Attributes<'_>) {
        for item in object.items(tags::STRUCTURE_SET_ROI_SEQUENCE) {
            let name = item.text(tags::ROI_NAME).unwrap_or_default();
            let number = match whole_number(item, tags::ROI_NUMBER) {
                Ok(number) if !self.by_number.contains_key(&number) => number,
                Ok(number) => {
                    let text = format!("ROI `{name}` has number {number} like another; left out");
                    self.tell("structures-roi-number", text);
                    continue;
                }
                Err(problem) => {
                    self.tell(
                        "structures-roi-number",
                        format!("ROI `{name}`: {problem}; left out"),
                    );
                    continue;
                }
            };
            self.by_number.insert(number, self.rois.len());
            if let Some(frame) = item.text(tags::REFERENCED_FRAME_OF_REFERENCE_UID) {
                push_once(&mut self.frames_of_reference, frame);
            }
            let algorithm = item.text(tags::ROI_GENERATION_ALGORITHM);
            self.rois.push(Roi {
                number,
                name,
                by_hand: algorithm.is_some_and(|algorithm| algorithm != "AUTOMATIC"),
                description: item.text(tags::ROI_DESCRIPTION).unwrap_or_default(),
                interpreted_type: RoiType::Other,
                colour: NO_COLOUR,
                contours: Vec::new(),
            });
        }
    }

    fn roi_of(&mut self, item: Attributes<'_>, what: &str) -> Option<usize> {
        let number = whole_number(item, tags::REFERENCED_ROI_NUMBER);
        let place = number.as_ref().ok().and_then(|n| self.by_number.get(n));
        if place.is_none() {
            let which = number.map_or_else(|problem| problem, |n| format!("ROI {n}"));
            let text = format!("{what} refers to {which}, which is not defined; left out");
            self.tell("structures-roi-undefined", text);
            return None;
        }
        place.copied()
    }

    fn read_observations(&mut self, object: Attributes<'_>) {
        for item in object.items(tags::RTROI_OBSERVATIONS_SEQUENCE) {
            if let Some(n) = self.roi_of(item, "an observation") {
                let kind = item.text(tags::RTROI_INTERPRETED_TYPE).unwrap_or_default();
                self.rois[n].interpreted_type = roi_type(&kind);
            }
        }
    }

    fn read_references(&mut self, object: Attributes<'_>) {
        for frame in object.items(tags::REFERENCED_FRAME_OF_REFERENCE_SEQUENCE) {
            if let Some(uid) = frame.text(tags::FRAME_OF_REFERENCE_UID) {
                push_once(&mut self.frames_of_reference, uid);
            }
            let studies = frame.items(tags::RT_REFERENCED_STUDY_SEQUENCE);
            for series in studies.flat_map(|s| s.items(tags::RT_REFERENCED_SERIES_SEQUENCE)) {
                if let Some(uid) = series.text(tags::SERIES_INSTANCE_UID) {
                    push_once(&mut self.series_uids, uid);
                }
            }
        }
        if self.series_uids.is_empty() {
            let text = "the structure set does not say which series it was drawn on";
            self.tell("structures-reference-missing", text.to_owned());
        }
        if self.frames_of_reference.len() > 1 {
            let frames = self.frames_of_reference.join(", ");
            let text = format!("the structure set spans several frames of reference: {frames}");
            self.tell("structures-frame-of-reference", text);
        }
    }

    fn read_contours(&mut self, object: Attributes<'_>) {
        for item in object.items(tags::ROI_CONTOUR_SEQUENCE) {
            let Some(n) = self.roi_of(item, "a set of contours") else {
                continue;
            };
            if let Some(colour) = colour(item) {
                self.rois[n].colour = colour;
            }
            let mut left_out: BTreeMap<String, usize> = BTreeMap::new();
            for contour in item.items(tags::CONTOUR_SEQUENCE) {
                for image in contour.items(tags::CONTOUR_IMAGE_SEQUENCE) {
                    self.image_uids
                        .extend(image.text(tags::REFERENCED_SOP_INSTANCE_UID));
                }
                match closed_contour(contour) {
                    Ok(contour) if self.rois[n].contours.contains(&contour) => {
                        *left_out.entry("twice the same".to_owned()).or_default() += 1;
                    }
                    Ok(contour) => self.rois[n].contours.push(contour),
                    Err(reason) => *left_out.entry(reason).or_default() += 1,
                }
            }
            for (reason, count) in left_out {
                let name = &self.rois[n].name;
                let text = format!("ROI `{name}`: {count} contours left out, {reason}");
                self.tell("structures-contour-left-out", text);
            }
        }
    }

    fn finish(mut self, object: Attributes<'_>) -> ImportedStructures {
        let mut findings = Vec::new();
        for roi in &self.rois {
            if roi.contours.is_empty() {
                let text = format!("ROI `{}` has no closed contour", roi.name);
                findings.push(Finding::new("structures-roi-empty", text));
            }
            let nested = nested_slices(&roi.contours);
            if nested > 0 {
                findings.push(Finding::new(
                    "structures-nested",
                    format!(
                        "ROI `{}`: on {nested} slices contours lie within others; what lies in \
                         an even number of them was taken as a hole",
                        roi.name
                    ),
                ));
            }
        }
        self.findings.extend(findings);
        ImportedStructures {
            structures: StructureSet {
                label: object.text(tags::STRUCTURE_SET_LABEL).unwrap_or_default(),
                rois: self.rois,
            },
            study_uid: object.text(tags::STUDY_INSTANCE_UID),
            frames_of_reference: self.frames_of_reference,
            series_uids: self.series_uids,
            image_uids: self.image_uids,
            approval_status: object.text(tags::APPROVAL_STATUS),
            findings: self.findings,
        }
    }
}

fn push_once(list: &mut Vec<String>, text: String) {
    if !list.contains(&text) {
        list.push(text);
    }
}

fn whole_number(item: Attributes<'_>, tag: dicom_core::Tag) -> Result<u32, String> {
    let error = || item.unexpected(tag, "a whole number that is not negative");
    let number = item.integer(tag).map_err(|e| e.to_string())?;
    let number = number.ok_or_else(|| error().to_string())?;
    u32::try_from(number).map_err(|_| error().to_string())
}
