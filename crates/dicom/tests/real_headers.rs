//! Headers of real files, the malformed ones above all, against what pydicom finds in them.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a skipped test must say so, a helper may fail the test"
)]

use std::path::Path;

use dicom_core::Tag;
use dicom_dictionary_std::tags;
use isoboost_dicom::{Header, HeaderError, ObjectSource};

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");

/// Reads a file of the shared data; `None`, and a word about it, where they are not there.
fn read(name: &str) -> Option<Result<Header, HeaderError>> {
    let path = Path::new(DATA).join(name);
    if !path.exists() {
        println!("skipped: no ../shared/data");
        return None;
    }
    Some(Header::read_whole(&ObjectSource::file(path)))
}

/// Checks the number of elements and one text of a header.
#[track_caller]
fn check(name: &str, elements: usize, tag: Tag, text: Option<&str>) {
    let Some(header) = read(name) else { return };
    let header = header.unwrap();
    assert_eq!(header.attributes().object().iter().count(), elements);
    assert_eq!(header.attributes().text(tag).as_deref(), text);
}

#[test]
fn files_without_meta_information_are_read_in_both_byte_orders() {
    for name in ["ExplVR_LitEndNoMeta", "ExplVR_BigEndNoMeta"] {
        let name = format!("malformed/{name}.dcm");
        check(&name, 24, tags::MANUFACTURER, Some("CMS, Inc."));
        let Some(header) = read(&name) else { return };
        assert_eq!(header.unwrap().findings()[0].code, "file-meta-missing");
    }
}

#[test]
fn a_missing_transfer_syntax_is_told() {
    let Some(header) = read("malformed/meta_missing_tsyntax.dcm") else {
        return;
    };
    let header = header.unwrap();
    assert_eq!(header.transfer_syntax(), "1.2.840.10008.1.2");
    assert_eq!(header.findings()[0].code, "transfer-syntax-guessed");
}

#[test]
fn a_missing_group_length_of_the_meta_information_is_no_obstacle() {
    check(
        "malformed/no_meta_group_length.dcm",
        3,
        tags::MODALITY,
        None,
    );
}

#[test]
fn a_file_whose_first_byte_is_foreign_is_not_dicom() {
    let Some(header) = read("malformed/no_meta.dcm") else {
        return;
    };
    assert!(matches!(header, Err(HeaderError::NotDicom)));
}

#[test]
fn a_file_cut_off_inside_a_sequence_is_told_as_such() {
    let Some(header) = read("malformed/rtplan_truncated.dcm") else {
        return;
    };
    assert_eq!(
        header.unwrap_err().to_string(),
        "the file is cut off: BeamSequence (300A,00B0) needs 976 bytes, 711 are left"
    );
}

#[test]
fn sequences_of_unknown_vr_are_opened() {
    let Some(header) = read("malformed/UN_sequence.dcm") else {
        return;
    };
    let header = header.unwrap();
    let outer = header.attributes().item(Tag(0x4453, 0x100C)).unwrap();
    let series = outer.item(tags::REFERENCED_SERIES_SEQUENCE).unwrap();
    assert_eq!(
        series.text(tags::SERIES_INSTANCE_UID).unwrap(),
        "1.2.840.113619.2.327.3.185221411.476.1398588726.276"
    );
}

#[test]
fn a_header_stored_with_unknown_vrs_regains_them() {
    let Some(header) = read("malformed/explicit_VR-UN.dcm") else {
        return;
    };
    let header = header.unwrap();
    let attributes = header.attributes();
    assert_eq!(
        attributes.vector(tags::IMAGE_POSITION_PATIENT),
        Ok(Some([0.0, 0.0, -121.0]))
    );
    assert_eq!(
        attributes.vector(tags::PIXEL_SPACING),
        Ok(Some([0.859_375, 0.859_375]))
    );
}

#[test]
fn odd_headers_are_read_whole() {
    check(
        "malformed/bad_sequence.dcm",
        78,
        tags::RESCALE_TYPE,
        Some("HU"),
    );
    check("malformed/nested_priv_SQ.dcm", 1, tags::MODALITY, None);
    check(
        "malformed/badVR.dcm",
        44,
        tags::NUMBER_OF_FRAMES,
        Some("1A"),
    );
    check(
        "malformed/reportsi_with_empty_number_tags.dcm",
        41,
        tags::SERIES_NUMBER,
        Some("1"),
    );
    check("malformed/empty_charset_LEI.dcm", 2, tags::MODALITY, None);
    check(
        "malformed/MR_small_bigendian.dcm",
        71,
        tags::ROWS,
        Some("64"),
    );
}

#[test]
fn a_number_that_is_none_is_an_error_and_not_its_beginning() {
    let Some(header) = read("malformed/badVR.dcm") else {
        return;
    };
    let error = header
        .unwrap()
        .attributes()
        .integer(tags::NUMBER_OF_FRAMES)
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "NumberOfFrames (0028,0008) is `1A`, expected numbers"
    );
}
