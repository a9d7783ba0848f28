//! Frames of segments: which there are, what they say about themselves, and their bits.

use std::collections::{BTreeMap, BTreeSet};

use dicom_dictionary_std::tags;

use super::drawn::{DrawnSegmentation, SegmentationWriteError, part_of};
use crate::ReferenceImages;
use crate::derived_object::reference;
use crate::elements::{Elements, ValueError};

/// Digits after the point of positions, so that they are those of the source slice.
const POSITION_DECIMALS: usize = 12;

/// One frame: the voxels of a segment on one slice.
#[derive(Debug, PartialEq)]
pub(super) struct DrawnFrame {
    /// Segment Number.
    pub segment: u16,
    /// Slice of the images.
    pub slice: usize,
    /// The voxels set, by their place in the slice: row by row.
    pub pixels: Vec<usize>,
}

/// The frames that hold a voxel, segment by segment, in the order of the slices.
pub(super) fn frames_of(
    drawn: &DrawnSegmentation,
    images: &ReferenceImages,
) -> Result<Vec<DrawnFrame>, SegmentationWriteError> {
    let [_, _, columns] = images.grid.shape();
    let mut frames = Vec::new();
    for (segment, number) in drawn.segments.iter().zip(1_u16..) {
        let label = || segment.label.clone();
        let bounds =
            part_of(&segment.mask, images).ok_or_else(|| SegmentationWriteError::Grid {
                number,
                label: label(),
                series_uid: images.series_uid.clone(),
            })?;
        let mut slices: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for voxel in segment.mask.voxels() {
            let [k, j, i] = [0, 1, 2].map(|a| voxel[a] + bounds.min[a]);
            slices.entry(k).or_default().push(j * columns + i);
        }
        if slices.is_empty() {
            return Err(SegmentationWriteError::Empty {
                number,
                label: label(),
            });
        }
        frames.extend(slices.into_iter().map(|(slice, pixels)| DrawnFrame {
            segment: number,
            slice,
            pixels,
        }));
    }
    Ok(frames)
}

/// Whether any voxel belongs to two segments.
pub(super) fn overlap(frames: &[DrawnFrame]) -> bool {
    let mut taken = BTreeSet::new();
    let mut voxels = frames
        .iter()
        .flat_map(|frame| frame.pixels.iter().map(|pixel| (frame.slice, *pixel)));
    voxels.any(|voxel| !taken.insert(voxel))
}

/// The bits of all frames, one after the other without a gap, the lowest bit of a byte first
/// (PS3.5 8.1.1, PS3.3 C.8.20.2.1).
pub(super) fn packed(frames: &[DrawnFrame], frame_pixels: usize) -> Vec<u8> {
    let mut bytes = vec![0_u8; (frames.len() * frame_pixels).div_ceil(8)];
    for (n, frame) in frames.iter().enumerate() {
        for pixel in &frame.pixels {
            let bit = n * frame_pixels + pixel;
            bytes[bit / 8] |= 1 << (bit % 8);
        }
    }
    bytes
}

/// Shared Functional Groups: orientation and size of the pixels.
pub(super) fn shared_groups(images: &ReferenceImages) -> Result<Elements, ValueError> {
    let [_, along_column, along_row] = images.grid.axes();
    let [between, rows, columns] = images.grid.spacing();
    let cosines: Vec<f64> = along_row
        .iter()
        .chain(along_column.iter())
        .copied()
        .collect();
    let mut orientation = Elements::new();
    orientation.numbers(tags::IMAGE_ORIENTATION_PATIENT, &cosines, POSITION_DECIMALS)?;
    let mut measures = Elements::new();
    measures.numbers(tags::SLICE_THICKNESS, &[between], POSITION_DECIMALS)?;
    measures.numbers(tags::SPACING_BETWEEN_SLICES, &[between], POSITION_DECIMALS)?;
    measures.numbers(tags::PIXEL_SPACING, &[rows, columns], POSITION_DECIMALS)?;
    let mut groups = Elements::new();
    groups.sequence(tags::PLANE_ORIENTATION_SEQUENCE, [orientation])?;
    groups.sequence(tags::PIXEL_MEASURES_SEQUENCE, [measures])?;
    Ok(groups)
}

/// Per-frame Functional Groups: segment, place, and the slice each frame was drawn on.
pub(super) fn frame_groups(
    frames: &[DrawnFrame],
    images: &ReferenceImages,
) -> Result<Vec<Elements>, ValueError> {
    let slices: BTreeSet<usize> = frames.iter().map(|frame| frame.slice).collect();
    let place: BTreeMap<usize, u32> = slices.into_iter().zip(1..).collect();
    let known = frames
        .iter()
        .filter_map(|f| Some((f, place.get(&f.slice)?, images.slices.get(f.slice)?)));
    known
        .map(|(frame, place, slice)| {
            let mut content = Elements::new();
            let indices = [u32::from(frame.segment), *place];
            content.unsigned_long(tags::DIMENSION_INDEX_VALUES, &indices)?;
            let mut position = Elements::new();
            let corner = slice.position.coords;
            position.numbers(
                tags::IMAGE_POSITION_PATIENT,
                corner.as_slice(),
                POSITION_DECIMALS,
            )?;
            let mut segment = Elements::new();
            segment.unsigned(tags::REFERENCED_SEGMENT_NUMBER, &[frame.segment])?;
            let mut groups = Elements::new();
            groups.sequence(tags::FRAME_CONTENT_SEQUENCE, [content])?;
            groups.sequence(tags::PLANE_POSITION_SEQUENCE, [position])?;
            groups.sequence(tags::SEGMENT_IDENTIFICATION_SEQUENCE, [segment])?;
            groups.sequence(tags::DERIVATION_IMAGE_SEQUENCE, [derivation(slice)?])?;
            Ok(groups)
        })
        .collect()
}

fn derivation(slice: &crate::ReferenceSlice) -> Result<Elements, ValueError> {
    let mut source = reference(&slice.sop_class_uid, &slice.sop_instance_uid)?;
    if let Some(frame) = slice.frame {
        source.integer(tags::REFERENCED_FRAME_NUMBER, frame)?;
    }
    source.concept(
        tags::PURPOSE_OF_REFERENCE_CODE_SEQUENCE,
        (
            "121322",
            "DCM",
            "Source image for image processing operation",
        ),
    )?;
    // Frames have the rows and columns of their slice: a pixel lies where the slice has it.
    source.code(tags::SPATIAL_LOCATIONS_PRESERVED, "YES")?;
    let mut item = Elements::new();
    item.sequence(tags::SOURCE_IMAGE_SEQUENCE, [source])?;
    let how = ("113076", "DCM", "Segmentation");
    item.concept(tags::DERIVATION_CODE_SEQUENCE, how)?;
    Ok(item)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(segment: u16, slice: usize, pixels: &[usize]) -> DrawnFrame {
        DrawnFrame {
            segment,
            slice,
            pixels: pixels.to_vec(),
        }
    }

    #[test]
    fn bits_follow_each_other_across_frames_from_the_lowest_on() {
        // Frames of 5 pixels: the second starts at bit 5, the third at bit 10.
        let frames = [
            frame(1, 0, &[0, 4]),
            frame(1, 1, &[0, 3]),
            frame(2, 1, &[4]),
        ];
        assert_eq!(packed(&frames, 5), [0b0011_0001, 0b0100_0001]);
    }

    #[test]
    fn only_a_shared_voxel_is_an_overlap() {
        assert!(!overlap(&[
            frame(1, 0, &[1]),
            frame(2, 1, &[1]),
            frame(2, 0, &[2])
        ]));
        assert!(overlap(&[frame(1, 3, &[1, 7]), frame(2, 3, &[7])]));
    }
}
