//! Stored values of real files in every encoding, against what pydicom finds in them.

use std::path::Path;

use sha2::{Digest, Sha256};

use super::object::PixelReader;
use super::{Scaled, pixel_format};
use crate::frames::Rescale;
use crate::study::Instance;
use crate::{Header, ObjectSource};

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");

/// The object in a file of the shared data, whatever kind of image it is.
fn instance(name: &str) -> Option<Instance> {
    let path = Path::new(DATA).join(name);
    if !path.exists() {
        println!("skipped: no ../shared/data");
        return None;
    }
    let header = Header::read_whole(&ObjectSource::file(path)).unwrap();
    let pixel_tag = header.layout.element.map(|element| element.tag);
    Some(Instance {
        source: header.source().clone(),
        sop_class_uid: String::new(),
        sop_instance_uid: String::new(),
        transfer_syntax: header.transfer_syntax().to_owned(),
        layout: header.layout,
        format: pixel_format(header.attributes(), pixel_tag, true),
    })
}

/// The stored values of one frame.
fn stored(instance: &Instance, frame: u32) -> Result<Vec<f32>, String> {
    let reader = PixelReader::open(instance).map_err(|e| e.to_string())?;
    let mut buffer = Vec::new();
    let frame = reader
        .frame(frame, &mut buffer)
        .map_err(|e| e.to_string())?;
    let mut values = vec![0.0; instance.format.as_ref().unwrap().pixels()];
    let rescale = Rescale {
        slope: 1.0,
        intercept: 0.0,
    };
    let padding = None;
    Scaled { rescale, padding }.write(&frame, &mut values);
    Ok(values)
}

/// The first six bytes of the SHA-256 of the values as little-endian 16-bit numbers.
fn hash(values: &[f32]) -> u64 {
    let mut bytes = Vec::new();
    for value in values {
        #[expect(clippy::cast_possible_truncation, reason = "whole and of 16 bits")]
        bytes.extend((*value as i32 as i16).to_le_bytes());
    }
    let digest = Sha256::digest(&bytes);
    let start = digest.iter().take(6);
    start.fold(0, |n, byte| n << 8 | u64::from(*byte))
}

#[track_caller]
fn check(name: &str, expected: u64) {
    let Some(instance) = instance(name) else {
        return;
    };
    let values = stored(&instance, 0).unwrap();
    assert_eq!(hash(&values), expected, "{name}");
}

#[test]
fn all_lossless_encodings_of_one_slice_give_its_pixels() {
    for name in [
        "reference-implicit-le",
        "explicit-le",
        "explicit-be",
        "rle-5",
        "jpeg-lossless-sv1-70",
        "jpegls-lossless-80",
        "jpeg2000-lossless-90",
    ] {
        check(
            &format!("ct-transfer-syntaxes/{name}.dcm"),
            0x1bee_4328_08f4,
        );
    }
}

#[test]
fn frames_of_other_real_files_give_their_pixels() {
    // Expected by pydicom; the two JPEG lossless ones by dcmdjpeg.
    for (name, expected) in [
        ("malformed/CT_small", 0x7a48_1f6f_fff8),
        ("malformed/bad_sequence", 0xef71_20dd_fc77),
        ("malformed/explicit_VR-UN", 0xa729_f6fe_1e75),
        ("malformed/MR_small_bigendian", 0x8861_7aaa_4613),
        ("malformed/MR_small_padded", 0x8861_7aaa_4613),
        (
            "pt-single-slices/ge-propcps-jpeg-lossless",
            0x2d7f_6b99_cf93,
        ),
        ("enhanced-multiframe/eCT_Supplemental", 0xfd4b_6d58_bc02),
    ] {
        check(&format!("{name}.dcm"), expected);
    }
}

#[test]
fn later_frames_are_found_native_and_compressed_with_32_bits() {
    for (name, frame, expected) in [
        ("enhanced-multiframe/eCT_Supplemental", 1, 0x7fc7_db8e_f4be),
        ("dcmqi-seg/23x38x3/multiframe/mf", 1, 0xae0b_9646_f22b),
        ("rtstruct-samples/pydicom/rtdose_rle", 9, 0x0606_ac0c_10c3),
        ("rtstruct-samples/pydicom/rtdose_expb", 9, 0x0606_ac0c_10c3),
    ] {
        let Some(instance) = instance(&format!("{name}.dcm")) else {
            return;
        };
        assert_eq!(hash(&stored(&instance, frame).unwrap()), expected, "{name}");
        assert!(stored(&instance, 15).is_err());
    }
}

#[test]
fn an_unsigned_jpeg_2000_stream_of_signed_pixels_keeps_their_sign() {
    let Some(instance) = instance("malformed/J2K_pixelrep_mismatch.dcm") else {
        return;
    };
    let values = stored(&instance, 0).unwrap();
    assert_eq!(hash(&values), 0x1296_350a_0006);
    assert_eq!(values.iter().copied().fold(0.0, f32::min), -2000.0);
}

/// Checks that a file's pixels are refused with these words.
#[track_caller]
fn check_refused(name: &str, words: &str) {
    let Some(instance) = instance(name) else {
        return;
    };
    let error = stored(&instance, 0).unwrap_err();
    assert_eq!(error, words, "{name}");
}

#[test]
fn pixel_data_that_are_cut_off_are_refused_with_their_lengths() {
    check_refused(
        "malformed/MR_truncated.dcm",
        "the pixel data are cut off: 8130 bytes are present, 8192 are expected",
    );
    check_refused(
        "malformed/emri_small_jpeg_2k_lossless_too_short.dcm",
        "the pixel data are cut off: a fragment needs 8 bytes, 0 are present",
    );
}

#[test]
fn delimiters_inside_a_fragment_are_data_and_its_size_is_checked() {
    check_refused(
        "malformed/JPEG2000-embedded-sequence-delimiter.dcm",
        "the image has 1024 rows, 3722445056 columns and 1 component(s), \
         the header says 1024 rows and 256 columns of grey",
    );
}
