//! Reading of segmentations.

use std::collections::BTreeMap;
use std::path::Path;

use dicom_core::Tag;
use dicom_dictionary_std::{tags, uids};
use isoboost_volume::Mask;

use super::masks::{FramePlace, masks, nothing};
use super::place::stack;
use super::segment::{Description, descriptions, number_in};
use super::values::Layout;
use super::{Kind, Segment, Segmentation, SegmentationProblem, SegmentationReadError};
use crate::attributes::Attributes;
use crate::frames::frames;
use crate::{Finding, Header, ObjectSource};

/// Reads the segmentation of any software.
///
/// A fractional segmentation is cut at one half. Segments that hold no voxel are kept, with an
/// empty mask, and told.
///
/// # Errors
/// When the file is no segmentation, its frames are no parallel slices at even distances, or its
/// pixels cannot be read.
pub fn read_segmentation(path: &Path) -> Result<Segmentation, SegmentationReadError> {
    read(path).map_err(|problem| SegmentationReadError {
        path: path.to_owned(),
        problem,
    })
}

fn read(path: &Path) -> Result<Segmentation, SegmentationProblem> {
    let header = Header::read_whole(&ObjectSource::file(path))?;
    let object = header.attributes();
    let kind = kind_of(object)?;
    let mut findings = header.findings().to_vec();
    let descriptions = descriptions(object)?;
    let layout = Layout::of(&header, kind)?;
    let described = frames(object, true)?;
    let planes: Vec<_> = described
        .into_iter()
        .map(|frame| frame.plane)
        .collect::<Result<_, _>>()?;
    let (grid, slices) = stack(&planes, layout.size(), stated_spacing(object))?;
    let places = places(object, kind, &slices)?;
    check_places(&places, &descriptions)?;
    let found = masks(&layout.open()?, &places, kind, &grid)?;
    let segments = segments(descriptions, found, &nothing(&grid), &slices)?;
    if let Kind::Fractional { .. } = kind {
        let what = object
            .text(tags::SEGMENTATION_FRACTIONAL_TYPE)
            .unwrap_or_default();
        findings.push(Finding::new(
            "segmentation-fractional",
            format!("the segmentation is fractional ({what}); one half or more counts as inside"),
        ));
    }
    for segment in segments.iter().filter(|s| s.mask.is_empty()) {
        findings.push(Finding::new(
            "segmentation-empty-segment",
            format!(
                "segment {} `{}` holds no voxel",
                segment.number, segment.label
            ),
        ));
    }
    Ok(Segmentation {
        segments,
        frame_of_reference: object.text(tags::FRAME_OF_REFERENCE_UID),
        series_uids: object
            .items(tags::REFERENCED_SERIES_SEQUENCE)
            .filter_map(|item| item.text(tags::SERIES_INSTANCE_UID))
            .collect(),
        findings,
    })
}

fn kind_of(object: Attributes<'_>) -> Result<Kind, SegmentationProblem> {
    let class = object.text(tags::SOP_CLASS_UID).unwrap_or_default();
    let is_known = [
        uids::SEGMENTATION_STORAGE,
        uids::LABEL_MAP_SEGMENTATION_STORAGE,
    ]
    .contains(&class.as_str());
    if !is_known {
        return Err(SegmentationProblem::NotASegmentation { found: class });
    }
    let short = |tag: Tag, expected| {
        let value = object.integer(tag)?;
        let value = value.map(|n| u16::try_from(n).ok());
        match value {
            Some(None) => Err(object.unexpected(tag, expected)),
            Some(Some(number)) => Ok(Some(number)),
            None => Ok(None),
        }
    };
    match object.text(tags::SEGMENTATION_TYPE).as_deref() {
        Some("BINARY") => Ok(Kind::Binary),
        Some("FRACTIONAL") => {
            let tag = tags::MAXIMUM_FRACTIONAL_VALUE;
            let expected = "a number from 1 to 65535";
            let maximum = short(tag, expected)?.filter(|n| *n > 0);
            Ok(Kind::Fractional {
                maximum: maximum.ok_or_else(|| object.unexpected(tag, expected))?,
            })
        }
        Some("LABELMAP") => {
            let expected = "a number from 0 to 65535";
            let background = short(tags::PIXEL_PADDING_VALUE, expected)?;
            Ok(Kind::LabelMap {
                background: background.unwrap_or(0),
            })
        }
        _ => Err(object
            .unexpected(tags::SEGMENTATION_TYPE, "BINARY, FRACTIONAL or LABELMAP")
            .into()),
    }
}

/// Spacing Between Slices of the first frame that states it.
fn stated_spacing(object: Attributes<'_>) -> Option<f64> {
    let shared = object.items(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE);
    let own = object.items(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE);
    shared
        .chain(own)
        .filter_map(|groups| groups.item(tags::PIXEL_MEASURES_SEQUENCE))
        .find_map(|measures| measures.number(tags::SPACING_BETWEEN_SLICES).ok().flatten())
        .filter(|spacing| *spacing > 0.0)
}

/// Where each frame lies, and whose it is.
fn places(
    object: Attributes<'_>,
    kind: Kind,
    slices: &[usize],
) -> Result<Vec<FramePlace>, SegmentationProblem> {
    let sequence = tags::SEGMENT_IDENTIFICATION_SEQUENCE;
    let tag = tags::REFERENCED_SEGMENT_NUMBER;
    let shared = object
        .item(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE)
        .and_then(|groups| groups.item(sequence));
    let own = object.items(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE);
    own.zip(slices)
        .map(|(groups, slice)| {
            let segment = match kind {
                Kind::LabelMap { .. } => None,
                Kind::Binary | Kind::Fractional { .. } => {
                    let item = groups.item(sequence).or(shared);
                    let item = item.ok_or_else(|| groups.unexpected(tag, "a segment number"))?;
                    Some(number_in(item, tag)?)
                }
            };
            Ok(FramePlace {
                slice: *slice,
                segment,
            })
        })
        .collect()
}

/// Refuses frames of segments that are not described, and two frames for one slice.
fn check_places(
    places: &[FramePlace],
    descriptions: &[Description],
) -> Result<(), SegmentationProblem> {
    let mut taken = BTreeMap::new();
    for (place, frame) in places.iter().zip(1..) {
        let segment = place.segment.unwrap_or(0);
        let is_known = descriptions.iter().any(|d| d.number == segment);
        if place.segment.is_some() && !is_known {
            return Err(SegmentationProblem::UnknownSegment { frame, segment });
        }
        if let Some(first) = taken.insert((segment, place.slice), frame) {
            return Err(SegmentationProblem::RepeatedFrame {
                segment,
                first,
                second: frame,
            });
        }
    }
    Ok(())
}

/// Joins descriptions and masks; what stands for the background is left out.
fn segments(
    descriptions: Vec<Description>,
    mut masks: BTreeMap<u16, Mask>,
    nothing: &Mask,
    slices: &[usize],
) -> Result<Vec<Segment>, SegmentationProblem> {
    let mut segments = Vec::new();
    for description in descriptions {
        let mask = masks.remove(&description.number);
        if description.is_background() {
            continue;
        }
        segments.push(Segment {
            number: description.number,
            label: description.label,
            category: description.category,
            property_type: description.property_type,
            regions: description.regions,
            mask: mask.unwrap_or_else(|| nothing.clone()),
        });
    }
    // Only pixels of a label map can name a segment that is not described.
    match masks.first_key_value() {
        None => Ok(segments),
        Some((segment, mask)) => Err(SegmentationProblem::UnknownSegment {
            frame: frame_at(mask, nothing, slices),
            segment: *segment,
        }),
    }
}

/// The frame, from 1, that holds the first voxel of a mask.
fn frame_at(mask: &Mask, nothing: &Mask, slices: &[usize]) -> u32 {
    let [height, ..] = nothing.grid().index_from_lps(mask.grid().origin());
    let frame = slices.iter().position(|k| (*k as f64 - height).abs() < 0.5);
    u32::try_from(frame.unwrap_or(0)).unwrap_or(0) + 1
}
