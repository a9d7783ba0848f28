//! The slices in one object: a single one, or the frames of a multi-frame image.

use dicom_core::Tag;
use dicom_dictionary_std::tags;

use crate::attributes::{AttributeError, Attributes};
use crate::geometry::{Plane, axes_of};
use crate::geometry_problem::GeometryProblem;

/// One slice as its header describes it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Frame {
    /// Number of the frame in its object, from 0.
    pub number: u32,
    /// Where it lies.
    pub plane: Result<Plane, GeometryProblem>,
    /// How stored values become values.
    pub rescale: Result<Rescale, AttributeError>,
    /// What tells acquisitions in one series apart, in the order in which it is tried.
    pub acquisition: [Option<String>; SPLIT_KEYS.len()],
    /// Image Type or Frame Type.
    pub image_type: Vec<String>,
}

/// Value = stored value · slope + intercept (Pixel Value Transformation, PS3.3 C.7.6.16.2.9).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rescale {
    /// Rescale Slope (0028,1053).
    pub slope: f64,
    /// Rescale Intercept (0028,1052).
    pub intercept: f64,
}

/// What the acquisitions, reconstructions and time frames of one series may differ in.
pub(crate) const SPLIT_KEYS: [&str; 9] = [
    "acquisition number",
    "image type",
    "temporal position",
    "trigger time",
    "stack",
    "reconstruction kernel",
    "tube voltage",
    "acquisition time",
    "frame reference time",
];

/// The attributes of one frame: its own functional groups over the shared ones, or those of a
/// single-frame object.
#[derive(Clone, Copy)]
struct FrameView<'a> {
    object: Attributes<'a>,
    own: Option<Attributes<'a>>,
    shared: Option<Attributes<'a>>,
    is_multi_frame: bool,
}

impl<'a> FrameView<'a> {
    /// The item of a functional group; of a single-frame object, the object itself.
    fn group(&self, sequence: Tag) -> Option<Attributes<'a>> {
        if !self.is_multi_frame {
            return Some(self.object);
        }
        let own = self.own.and_then(|groups| groups.item(sequence));
        own.or_else(|| self.shared.and_then(|groups| groups.item(sequence)))
    }

    /// An attribute's group, or the error that the attribute is missing.
    fn required(&self, sequence: Tag, tag: Tag) -> Result<Attributes<'a>, AttributeError> {
        self.group(sequence).ok_or(AttributeError {
            tag,
            found: None,
            expected: "a functional group for every frame",
        })
    }
}

/// The frames of an object.
///
/// # Errors
/// When a multi-frame object does not describe each of its frames.
pub(crate) fn frames(
    object: Attributes<'_>,
    is_multi_frame: bool,
) -> Result<Vec<Frame>, AttributeError> {
    let view = FrameView {
        object,
        own: None,
        shared: object.item(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE),
        is_multi_frame,
    };
    if !is_multi_frame {
        return Ok(vec![frame(view, 0)]);
    }
    let own = object.items(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE);
    let stated = object.integer(tags::NUMBER_OF_FRAMES)?.unwrap_or(1);
    if i64::try_from(own.len()) != Ok(stated) {
        return Err(AttributeError {
            tag: tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE,
            found: Some(format!("{} items", own.len())),
            expected: "as many as NumberOfFrames (0028,0008) says",
        });
    }
    Ok(own
        .zip(0..)
        .map(|(own, number)| {
            let own = Some(own);
            frame(FrameView { own, ..view }, number)
        })
        .collect())
}

fn frame(view: FrameView<'_>, number: u32) -> Frame {
    let image_type = image_type(view);
    Frame {
        number,
        plane: plane(view),
        rescale: rescale(view),
        acquisition: acquisition(view, &image_type),
        image_type,
    }
}

fn plane(view: FrameView<'_>) -> Result<Plane, GeometryProblem> {
    let vector = |sequence, tag| {
        let group = view.required(sequence, tag)?;
        group
            .vector::<3>(tag)?
            .ok_or_else(|| group.unexpected(tag, "three numbers"))
    };
    let attribute = |error| GeometryProblem::Attribute {
        error,
        file: String::new(),
    };
    let position =
        vector(tags::PLANE_POSITION_SEQUENCE, tags::IMAGE_POSITION_PATIENT).map_err(attribute)?;
    let tag = tags::IMAGE_ORIENTATION_PATIENT;
    let group = view
        .required(tags::PLANE_ORIENTATION_SEQUENCE, tag)
        .map_err(attribute)?;
    let cosines = group
        .vector::<6>(tag)
        .and_then(|v| v.ok_or_else(|| group.unexpected(tag, "six numbers")))
        .map_err(attribute)?;
    let [along_row, along_column] = axes_of(cosines)?;
    let (spacing, thickness) = pixel_measures(view).map_err(attribute)?;
    Ok(Plane {
        position: position.into(),
        along_row,
        along_column,
        spacing,
        thickness,
    })
}

/// Pixel Spacing, and the slice thickness where one is stated.
fn pixel_measures(view: FrameView<'_>) -> Result<([f64; 2], Option<f64>), AttributeError> {
    let tag = tags::PIXEL_SPACING;
    let group = view.required(tags::PIXEL_MEASURES_SEQUENCE, tag)?;
    let spacing = group
        .vector::<2>(tag)?
        .filter(|spacing| spacing.iter().all(|v| *v > 0.0))
        .ok_or_else(|| group.unexpected(tag, "two positive numbers"))?;
    // These two are only hints; one that is no number is as good as none.
    let hint = |tag| group.number(tag).ok().flatten().filter(|v| *v > 0.0);
    let thickness = hint(tags::SPACING_BETWEEN_SLICES).or_else(|| hint(tags::SLICE_THICKNESS));
    Ok((spacing, thickness))
}

/// Slope and intercept; neither is ever assumed, because both decide the values.
fn rescale(view: FrameView<'_>) -> Result<Rescale, AttributeError> {
    let sequence = tags::PIXEL_VALUE_TRANSFORMATION_SEQUENCE;
    let group = view.required(sequence, tags::RESCALE_SLOPE)?;
    let slope = group.required_number(tags::RESCALE_SLOPE)?;
    if slope <= 0.0 {
        return Err(group.unexpected(tags::RESCALE_SLOPE, "a positive number"));
    }
    Ok(Rescale {
        slope,
        intercept: group.required_number(tags::RESCALE_INTERCEPT)?,
    })
}

fn image_type(view: FrameView<'_>) -> Vec<String> {
    [
        tags::CT_IMAGE_FRAME_TYPE_SEQUENCE,
        tags::PET_FRAME_TYPE_SEQUENCE,
    ]
    .into_iter()
    .filter_map(|sequence| view.group(sequence))
    .map(|group| group.texts(tags::FRAME_TYPE))
    .find(|texts| !texts.is_empty())
    .unwrap_or_else(|| view.object.texts(tags::IMAGE_TYPE))
}

fn acquisition(view: FrameView<'_>, image_type: &[String]) -> [Option<String>; SPLIT_KEYS.len()] {
    let content = view.group(tags::FRAME_CONTENT_SEQUENCE);
    let first = |sources: &[(Option<Attributes<'_>>, Tag)]| {
        sources
            .iter()
            .find_map(|(source, tag)| source.and_then(|s| s.text(*tag)))
    };
    let object = Some(view.object);
    let cardiac = view.group(tags::CARDIAC_SYNCHRONIZATION_SEQUENCE);
    let reconstruction = view.group(tags::CT_RECONSTRUCTION_SEQUENCE);
    let x_ray = view.group(tags::CTX_RAY_DETAILS_SEQUENCE);
    let date = view.object.text(tags::ACQUISITION_DATE);
    let time = view.object.text(tags::ACQUISITION_TIME);
    [
        first(&[
            (content, tags::FRAME_ACQUISITION_NUMBER),
            (object, tags::ACQUISITION_NUMBER),
        ]),
        (!image_type.is_empty()).then(|| image_type.join("\\")),
        first(&[
            (content, tags::TEMPORAL_POSITION_INDEX),
            (object, tags::TEMPORAL_POSITION_IDENTIFIER),
            (object, tags::TEMPORAL_POSITION_INDEX),
        ]),
        first(&[
            (cardiac, tags::NOMINAL_CARDIAC_TRIGGER_DELAY_TIME),
            (object, tags::TRIGGER_TIME),
        ]),
        first(&[(content, tags::STACK_ID)]),
        first(&[
            (reconstruction, tags::CONVOLUTION_KERNEL),
            (object, tags::CONVOLUTION_KERNEL),
        ]),
        first(&[(x_ray, tags::KVP), (object, tags::KVP)]),
        first(&[
            (content, tags::FRAME_ACQUISITION_DATE_TIME),
            (object, tags::ACQUISITION_DATE_TIME),
        ])
        .or_else(|| time.map(|time| date.unwrap_or_default() + &time)),
        first(&[
            (content, tags::FRAME_REFERENCE_DATE_TIME),
            (object, tags::FRAME_REFERENCE_TIME),
        ]),
    ]
}
