//! Small segmentations made here: 3 x 3 pixels, so that no frame ends on a byte.

use dicom_core::value::DataSetSequence;
use dicom_core::{DataElement, PrimitiveValue, Tag, VR, dicom_value};
use dicom_dictionary_std::{tags, uids};
use dicom_object::{FileMetaTableBuilder, InMemDicomObject};

use super::{Segmentation, SegmentationProblem, read_segmentation};

/// A segmentation on its way into a file.
struct Made {
    object: InMemDicomObject,
    transfer_syntax: &'static str,
}

fn put(object: &mut InMemDicomObject, tag: Tag, vr: VR, value: &str) {
    object.put(DataElement::new(tag, vr, PrimitiveValue::from(value)));
}

fn put_short(object: &mut InMemDicomObject, tag: Tag, value: u16) {
    object.put(DataElement::new(tag, VR::US, dicom_value!(U16, [value])));
}

fn sequence(object: &mut InMemDicomObject, tag: Tag, items: Vec<InMemDicomObject>) {
    object.put(DataElement::new(tag, VR::SQ, DataSetSequence::from(items)));
}

fn item(fill: impl FnOnce(&mut InMemDicomObject)) -> InMemDicomObject {
    let mut item = InMemDicomObject::new_empty();
    fill(&mut item);
    item
}

/// Frames of segment and height, with their pixels as bits or bytes already packed.
fn made(kind: &str, allocated: u16, frames: &[(u16, f64)], pixels: Vec<u8>) -> Made {
    let mut object = InMemDicomObject::new_empty();
    let class = match kind {
        "LABELMAP" => uids::LABEL_MAP_SEGMENTATION_STORAGE,
        _ => uids::SEGMENTATION_STORAGE,
    };
    put(&mut object, tags::SOP_CLASS_UID, VR::UI, class);
    put(&mut object, tags::SOP_INSTANCE_UID, VR::UI, "2.25.3");
    put(&mut object, tags::FRAME_OF_REFERENCE_UID, VR::UI, "2.25.7");
    put(&mut object, tags::SEGMENTATION_TYPE, VR::CS, kind);
    put(
        &mut object,
        tags::PHOTOMETRIC_INTERPRETATION,
        VR::CS,
        "MONOCHROME2",
    );
    put(
        &mut object,
        tags::NUMBER_OF_FRAMES,
        VR::IS,
        &frames.len().to_string(),
    );
    for (tag, value) in [
        (tags::ROWS, 3),
        (tags::COLUMNS, 3),
        (tags::SAMPLES_PER_PIXEL, 1),
        (tags::BITS_ALLOCATED, allocated),
        (tags::BITS_STORED, allocated),
        (tags::HIGH_BIT, allocated - 1),
        (tags::PIXEL_REPRESENTATION, 0),
        (tags::MAXIMUM_FRACTIONAL_VALUE, 200),
    ] {
        put_short(&mut object, tag, value);
    }
    let segments = [(1, "first"), (2, "second")].map(|(number, label)| {
        item(|o| {
            put_short(o, tags::SEGMENT_NUMBER, number);
            put(o, tags::SEGMENT_LABEL, VR::LO, label);
        })
    });
    sequence(&mut object, tags::SEGMENT_SEQUENCE, segments.into());
    let measures = item(|o| {
        put(o, tags::PIXEL_SPACING, VR::DS, "2\\1");
        put(o, tags::SPACING_BETWEEN_SLICES, VR::DS, "3");
    });
    let orientation = item(|o| {
        put(
            o,
            tags::IMAGE_ORIENTATION_PATIENT,
            VR::DS,
            "1\\0\\0\\0\\1\\0",
        );
    });
    let shared = item(|o| {
        sequence(o, tags::PIXEL_MEASURES_SEQUENCE, vec![measures]);
        sequence(o, tags::PLANE_ORIENTATION_SEQUENCE, vec![orientation]);
    });
    sequence(
        &mut object,
        tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE,
        vec![shared],
    );
    let own = frames.iter().map(|(segment, height)| {
        let place = format!("10\\20\\{height}");
        let place = item(|o| put(o, tags::IMAGE_POSITION_PATIENT, VR::DS, &place));
        let whose = item(|o| put_short(o, tags::REFERENCED_SEGMENT_NUMBER, *segment));
        item(|o| {
            sequence(o, tags::PLANE_POSITION_SEQUENCE, vec![place]);
            sequence(o, tags::SEGMENT_IDENTIFICATION_SEQUENCE, vec![whose]);
        })
    });
    let own = own.collect();
    sequence(&mut object, tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE, own);
    object.put(DataElement::new(
        tags::PIXEL_DATA,
        VR::OB,
        PrimitiveValue::from(pixels),
    ));
    Made {
        object,
        transfer_syntax: uids::EXPLICIT_VR_LITTLE_ENDIAN,
    }
}

impl Made {
    fn read(self) -> Result<Segmentation, SegmentationProblem> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("seg.dcm");
        let meta = FileMetaTableBuilder::new().transfer_syntax(self.transfer_syntax);
        let object = self.object.with_meta(meta).unwrap();
        object.write_to_file(&path).unwrap();
        read_segmentation(&path).map_err(|error| error.problem)
    }
}

/// The voxels of a segment as height, row and column, in LPS mm from the first pixel.
fn voxels(read: &Segmentation, number: u16) -> Vec<[f64; 3]> {
    let mut segments = read.segments.iter();
    let mask = &segments.find(|s| s.number == number).unwrap().mask;
    let centers = mask.voxels().map(|v| mask.grid().center_of(v));
    centers.map(|p| [p.z, p.y - 20.0, p.x - 10.0]).collect()
}

/// Nine bits a frame: the last pixel of the first frame is the lowest bit of the second byte.
#[test]
fn bits_go_on_from_frame_to_frame_and_frames_come_in_any_order() {
    let frames = [(1, 6.0), (2, 0.0), (1, 0.0)];
    // Frame 1: last pixel. Frame 2: first and second. Frame 3: middle one (bit 18 + 4).
    let bits: u32 = 1 << 8 | 1 << 9 | 1 << 10 | 1 << 22;
    let read = made("BINARY", 1, &frames, bits.to_le_bytes().into())
        .read()
        .unwrap();
    assert_eq!(voxels(&read, 1), [[0.0, 2.0, 1.0], [6.0, 4.0, 2.0]]);
    assert_eq!(voxels(&read, 2), [[0.0, 0.0, 0.0], [0.0, 0.0, 1.0]]);
    assert_eq!(read.frame_of_reference.as_deref(), Some("2.25.7"));
}

#[test]
fn one_half_of_a_fraction_is_inside() {
    let pixels = vec![0, 99, 100, 101, 200, 0, 0, 0, 0, 0];
    let read = made("FRACTIONAL", 8, &[(1, 0.0)], pixels).read().unwrap();
    let expected = [[0.0, 0.0, 2.0], [0.0, 2.0, 0.0], [0.0, 2.0, 1.0]];
    assert_eq!(voxels(&read, 1), expected);
    let told: Vec<&str> = read.findings.iter().map(|f| f.code).collect();
    assert_eq!(
        told,
        ["segmentation-fractional", "segmentation-empty-segment"]
    );
    assert!(read.segments[1].mask.is_empty());
}

#[test]
fn pixels_of_a_label_map_name_their_segment() {
    let pixels = vec![0, 1, 2, 0, 2, 0, 0, 0, 1, 0];
    let read = made("LABELMAP", 8, &[(0, 3.0)], pixels).read().unwrap();
    assert_eq!(voxels(&read, 1), [[3.0, 0.0, 1.0], [3.0, 4.0, 2.0]]);
    assert_eq!(voxels(&read, 2), [[3.0, 0.0, 2.0], [3.0, 2.0, 1.0]]);
    let pixels = vec![0, 1, 7, 0, 2, 0, 0, 0, 1, 0];
    let unknown = made("LABELMAP", 8, &[(0, 3.0)], pixels).read();
    assert!(matches!(
        unknown,
        Err(SegmentationProblem::UnknownSegment {
            frame: 1,
            segment: 7
        })
    ));
}

#[test]
fn frames_that_contradict_are_refused() {
    let twice = made("BINARY", 1, &[(1, 0.0), (1, 0.0)], vec![1, 2, 0, 0]).read();
    assert!(matches!(
        twice,
        Err(SegmentationProblem::RepeatedFrame {
            segment: 1,
            first: 1,
            second: 2
        })
    ));
    let unknown = made("BINARY", 1, &[(1, 0.0), (5, 0.0)], vec![1, 2, 0, 0]).read();
    assert!(matches!(
        unknown,
        Err(SegmentationProblem::UnknownSegment {
            frame: 2,
            segment: 5
        })
    ));
    let cut = made("BINARY", 1, &[(1, 0.0), (2, 0.0)], vec![1, 2]).read();
    assert!(matches!(
        cut,
        Err(SegmentationProblem::Truncated {
            expected: 3,
            present: 2
        })
    ));
    let wide = made("BINARY", 16, &[(1, 0.0)], vec![0; 18]).read();
    assert!(matches!(
        wide,
        Err(SegmentationProblem::Encoding { allocated: 16, .. })
    ));
    let named = made("OTHER", 1, &[(1, 0.0)], vec![0; 2]).read();
    assert!(matches!(named, Err(SegmentationProblem::Attribute(_))));
}
