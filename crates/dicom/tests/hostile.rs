//! Files that are broken in ways nobody thought of: none may bring the reader down.

#![allow(clippy::unwrap_used, reason = "tests may fail")]

mod objects;

use std::path::Path;

use dicom_core::{DataElement, PrimitiveValue, Tag, VR};
use dicom_dictionary_std::{tags, uids};
use dicom_object::InMemDicomObject;
use isoboost_dicom::{Header, ObjectSource, discover, load_ct, load_pet};
use objects::{BIG_ENDIAN, Object, found, series, write};
use proptest::prelude::*;

/// A slice with what real headers have: sequences, private elements, several byte orders.
fn seed(syntax: usize) -> Vec<u8> {
    let nuclide = InMemDicomObject::from_element_iter([
        DataElement::new(
            tags::RADIONUCLIDE_HALF_LIFE,
            VR::DS,
            PrimitiveValue::from("6586.2"),
        ),
        DataElement::new(
            tags::RADIONUCLIDE_TOTAL_DOSE,
            VR::DS,
            PrimitiveValue::from("3.7e8"),
        ),
    ]);
    let object = Object::pet(1)
        .sequence(
            tags::RADIOPHARMACEUTICAL_INFORMATION_SEQUENCE,
            vec![nuclide.clone()],
        )
        .sequence(Tag(0x0009, 0x1001), vec![nuclide.clone(), nuclide])
        .text(Tag(0x0009, 0x0010), VR::LO, "SOMEBODY");
    let syntaxes = [
        uids::IMPLICIT_VR_LITTLE_ENDIAN,
        uids::EXPLICIT_VR_LITTLE_ENDIAN,
        BIG_ENDIAN,
        uids::DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
    ];
    if syntax < syntaxes.len() {
        return object.encoded(syntaxes[syntax]);
    }
    let mut stream = Vec::new();
    let values: Vec<u16> = (0..20).map(|v| v * 199 % 4096).collect();
    jpegls::encode(&values, 5, 4, &mut stream).unwrap();
    let object = object.bits(16, 12, false);
    match syntax {
        4 => object.fragments(&[stream]).encoded(uids::JPEGLS_LOSSLESS),
        5 => object
            .fragments(&[vec![2, 0, 0, 0, 64, 0, 0, 0], stream])
            .encoded(uids::RLE_LOSSLESS),
        _ => object.fragments(&[stream]).encoded(uids::JPEG2000_LOSSLESS),
    }
}

/// Reads a folder as far as it goes.
fn read_all(folder: &Path) {
    let found = discover(&[folder.into()], &|_| {}).unwrap();
    for series in found.studies.iter().flat_map(|study| &study.series) {
        let _ = load_ct(series);
        let _ = load_pet(series);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changed_bytes_are_read_or_refused(
        syntax in 0_usize..7,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let mut bytes = seed(syntax);
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let folder = tempfile::tempdir().unwrap();
        write(folder.path().join("a"), &bytes);
        read_all(folder.path());
    }

    #[test]
    fn changed_lengths_are_read_or_refused(
        syntax in 0_usize..3,
        at in any::<prop::sample::Index>(),
        length in prop_oneof![Just(u32::MAX), Just(u32::MAX - 1), any::<u32>()],
    ) {
        let mut bytes = seed(syntax);
        let at = 132 + at.index(bytes.len() - 136);
        bytes[at..at + 4].copy_from_slice(&length.to_le_bytes());
        let folder = tempfile::tempdir().unwrap();
        write(folder.path().join("a"), &bytes);
        read_all(folder.path());
    }
}

#[test]
fn an_implicit_element_in_an_explicit_file_is_read() {
    let bytes = Object::ct(0).encoded(uids::EXPLICIT_VR_LITTLE_ENDIAN);
    // SeriesDescription (0008,103E) without VR, put before the patient's group.
    let before = bytes
        .windows(4)
        .position(|w| w == [0x10, 0, 0x10, 0])
        .unwrap();
    let mut changed = bytes[..before].to_vec();
    changed.extend([0x08, 0, 0x3E, 0x10, 4, 0, 0, 0]);
    changed.extend(b"Scan");
    changed.extend(&bytes[before..]);
    let folder = tempfile::tempdir().unwrap();
    write(folder.path().join("a"), &changed);
    let series = series(folder.path());
    assert_eq!(series.description, "Scan");
    assert_eq!(load_ct(&series).unwrap().as_slice()[1], -1023);
}

#[test]
fn a_broken_private_sequence_does_not_cost_the_header() {
    let item = InMemDicomObject::from_element_iter([DataElement::new(
        Tag(0x0009, 0x1002),
        VR::LO,
        PrimitiveValue::from("value"),
    )]);
    let object = Object::ct(0).sequence(Tag(0x0009, 0x1001), vec![item]);
    let mut bytes = object.encoded(uids::EXPLICIT_VR_LITTLE_ENDIAN);
    // The sequence states a length; its item then claims four gigabytes.
    let start = bytes
        .windows(6)
        .position(|w| w == *b"\x09\x00\x01\x10SQ")
        .unwrap();
    let end = bytes
        .windows(4)
        .rposition(|w| w == [0xFE, 0xFF, 0xDD, 0xE0])
        .unwrap()
        + 8;
    let length = u32::try_from(end - start - 12).unwrap();
    bytes[start + 8..start + 12].copy_from_slice(&length.to_le_bytes());
    bytes[start + 16..start + 20].copy_from_slice(&0xFFFF_FFF0_u32.to_le_bytes());
    let folder = tempfile::tempdir().unwrap();
    write(folder.path().join("a"), &bytes);
    let header = Header::read(&ObjectSource::file(folder.path().join("a"))).unwrap();
    assert_eq!(
        header.attributes().text(tags::MODALITY).as_deref(),
        Some("CT")
    );
    assert!(load_ct(&series(folder.path())).is_ok());
}

#[test]
fn pixel_data_packed_otherwise_than_stated_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    for k in 0..2 {
        let path = folder.path().join(k.to_string());
        Object::ct(k).write_as(uids::RLE_LOSSLESS, path);
    }
    let error = load_ct(&series(folder.path())).unwrap_err().to_string();
    assert!(error.contains("its pixel data in one piece"), "{error}");
    for k in 0..2 {
        let path = folder.path().join(k.to_string());
        Object::ct(k).fragments(&[vec![0; 40]]).write(path);
    }
    let error = load_ct(&series(folder.path())).unwrap_err().to_string();
    assert!(error.contains("its pixel data in fragments"), "{error}");
}

#[test]
fn an_unknown_transfer_syntax_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut bytes = Object::ct(0).encoded(uids::EXPLICIT_VR_LITTLE_ENDIAN);
    let uid = uids::EXPLICIT_VR_LITTLE_ENDIAN.as_bytes();
    let at = bytes.windows(uid.len()).position(|w| w == uid).unwrap();
    bytes[at..at + uid.len()].copy_from_slice(b"1.2.840.10008.9.9.9");
    write(folder.path().join("a"), &bytes);
    let reason = &found(folder.path()).problems[0].reason;
    assert!(
        reason.starts_with("transfer syntax 1.2.840.10008.9.9.9 is not supported"),
        "{reason}"
    );
}
