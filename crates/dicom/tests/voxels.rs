//! Voxel values in every encoding, and the files whose values must not be guessed.

#![allow(clippy::unwrap_used, reason = "tests may fail")]

mod objects;

use std::path::Path;

use dicom_core::{DataElement, PrimitiveValue, Tag, VR, dicom_value};
use dicom_dictionary_std::{tags, uids};
use isoboost_dicom::{Header, LoadError, ObjectSource, PixelProblem, load_ct, load_pet};
use objects::{BIG_ENDIAN, COLUMNS, Object, PIXELS, ROWS, series, stored, write};

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

/// The values of a CT of these objects, each written in a transfer syntax.
fn ct_values(transfer_syntax: &str, objects: &[Object]) -> Result<Vec<i16>, LoadError> {
    let folder = folder();
    for (n, object) in objects.iter().enumerate() {
        object.write_as(transfer_syntax, folder.path().join(n.to_string()));
    }
    load_ct(&series(folder.path())).map(|ct| ct.as_slice().to_vec())
}

/// The values of a PET of these objects.
fn pet_values(objects: &[Object]) -> Result<Vec<f32>, LoadError> {
    let folder = folder();
    for (n, object) in objects.iter().enumerate() {
        object.write(folder.path().join(n.to_string()));
    }
    load_pet(&series(folder.path())).map(|pet| pet.activity.as_slice().to_vec())
}

/// What the three usual CT slices hold: stored values less 1024, none below air.
fn usual_ct() -> Vec<i16> {
    let slices = (0..3).flat_map(|k| (0..20).map(move |pixel| 1000 * k + pixel - 1024));
    slices.map(|hu| hu.max(-1024)).collect()
}

fn ct_slices() -> Vec<Object> {
    (0..3).map(Object::ct).collect()
}

fn pet_slices() -> Vec<Object> {
    (0..3).map(Object::pet).collect()
}

#[test]
fn uncompressed_and_deflated_files_give_the_same_values() {
    for syntax in [
        uids::IMPLICIT_VR_LITTLE_ENDIAN,
        uids::EXPLICIT_VR_LITTLE_ENDIAN,
        uids::DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
        BIG_ENDIAN,
    ] {
        assert_eq!(
            ct_values(syntax, &ct_slices()).unwrap(),
            usual_ct(),
            "{syntax}"
        );
    }
}

#[test]
fn each_pet_slice_has_its_own_slope() {
    let expected: Vec<f32> = (0..3)
        .flat_map(|k| (0..20).map(move |pixel| stored(k, pixel) * f32::from(k + 1) / 2.0))
        .collect();
    assert_eq!(pet_values(&pet_slices()).unwrap(), expected);
}

#[test]
fn a_missing_or_unreadable_slope_or_intercept_is_refused() {
    let lost = |tag| Object::pet(1).without(tag);
    let odd = |text: &str| Object::pet(1).text(tags::RESCALE_SLOPE, VR::DS, text);
    for (object, words) in [
        (
            lost(tags::RESCALE_SLOPE),
            "RescaleSlope (0028,1053) is missing",
        ),
        (
            lost(tags::RESCALE_INTERCEPT),
            "RescaleIntercept (0028,1052) is missing",
        ),
        (odd("1,5"), "RescaleSlope (0028,1053) is `1,5`"),
        (odd("0"), "RescaleSlope (0028,1053) is `0`"),
        (odd("-2"), "RescaleSlope (0028,1053) is `-2`"),
    ] {
        let mut slices = pet_slices();
        slices[1] = object;
        let error = pet_values(&slices).unwrap_err();
        assert!(matches!(error, LoadError::Rescale { .. }));
        assert!(error.to_string().starts_with(words), "{error}");
        assert!(error.to_string().ends_with("/1`"), "{error}");
    }
    let ct = ct_slices()
        .into_iter()
        .map(|o| o.without(tags::RESCALE_SLOPE));
    let ct: Vec<Object> = ct.collect();
    assert!(ct_values(uids::EXPLICIT_VR_LITTLE_ENDIAN, &ct).is_err());
}

#[test]
fn twelve_signed_bits_are_extended_and_bits_above_are_dropped() {
    let mut words = [0_u16; PIXELS];
    // -5 in twelve bits, the same with overlay bits above it, and 2000.
    words[..3].copy_from_slice(&[0x0FFB, 0x7FFB, 2000]);
    let slice = |k| {
        let object = Object::ct(k).bits(16, 12, true).words(&words);
        object.text(tags::RESCALE_INTERCEPT, VR::DS, "0")
    };
    let values = ct_values(uids::EXPLICIT_VR_LITTLE_ENDIAN, &[slice(0), slice(1)]).unwrap();
    assert_eq!(values[..4], [-5, -5, 2000, 0]);
}

#[test]
fn eight_and_thirty_two_bits_are_read() {
    let bytes: Vec<u8> = (0..20).map(|v| 250 - v).collect();
    let slice = |k| Object::pet(k).bits(8, 8, false).bytes(&bytes);
    let values = pet_values(&[slice(0), slice(1)]).unwrap();
    assert_eq!((values[0], values[19], values[20]), (125.0, 115.5, 250.0));

    let mut bytes = Vec::new();
    for value in 0..20 {
        bytes.extend((value - 100_000_i32).to_le_bytes());
    }
    let slice = |k| Object::pet(k).bits(32, 32, true).bytes(&bytes);
    let values = pet_values(&[slice(0), slice(1)]).unwrap();
    assert_eq!((values[0], values[39]), (-50_000.0, -99_981.0));
}

#[test]
fn float_pixel_data_are_read() {
    let slice = |k, tag, vr, value| {
        let mut object = Object::pet(k).without(tags::PIXEL_DATA);
        object.0.put(DataElement::new(tag, vr, value));
        object
    };
    let single: Vec<f32> = (0..20_u8).map(|v| f32::from(v) + 0.25).collect();
    let single = |k| {
        let value = PrimitiveValue::F32(single.iter().copied().collect());
        slice(k, tags::FLOAT_PIXEL_DATA, VR::OF, value)
    };
    let values = pet_values(&[single(0), single(1)]).unwrap();
    assert_eq!((values[0], values[21]), (0.125, 1.25));
    let double: Vec<f64> = (0..20_u8).map(|v| f64::from(v) + 0.5).collect();
    let double = |k| {
        let value = PrimitiveValue::F64(double.iter().copied().collect());
        slice(k, tags::DOUBLE_FLOAT_PIXEL_DATA, VR::OD, value)
    };
    let values = pet_values(&[double(0), double(1)]).unwrap();
    assert_eq!((values[0], values[21]), (0.25, 1.5));
}

#[test]
fn padding_is_air_on_ct_and_nothing_on_pet() {
    let mut words = [100_u16; PIXELS];
    words[3] = 63_536;
    let ct = |k| {
        let object = Object::ct(k).words(&words);
        let object = object.text(tags::RESCALE_INTERCEPT, VR::DS, "0");
        object.short(tags::PIXEL_PADDING_VALUE, 63_536)
    };
    let values = ct_values(uids::IMPLICIT_VR_LITTLE_ENDIAN, &[ct(0), ct(1)]).unwrap();
    assert_eq!(values[2..5], [100, -1024, 100]);
    let pet = |k| {
        Object::pet(k)
            .words(&words)
            .short(tags::PIXEL_PADDING_VALUE, 63_536)
    };
    let values = pet_values(&[pet(0), pet(1)]).unwrap();
    assert_eq!(values[2..5], [50.0, 0.0, 50.0]);
}

#[test]
fn padding_that_would_hide_tissue_is_left_and_told() {
    let folder = folder();
    for k in 0..3 {
        // 1024 stands for 0 HU: water.
        Object::ct(k)
            .short(tags::PIXEL_PADDING_VALUE, 1024)
            .write(folder.path().join(k.to_string()));
    }
    let series = series(folder.path());
    assert_eq!(series.findings[0].code, "pixel-padding-ignored");
    assert_eq!(load_ct(&series).unwrap().as_slice(), usual_ct());
}

#[test]
fn bytes_after_the_pixel_data_are_no_obstacle() {
    let folder = folder();
    for (k, slice) in ct_slices().iter().enumerate() {
        let mut bytes = slice.encoded(uids::EXPLICIT_VR_LITTLE_ENDIAN);
        bytes.extend([0xAB; 13]);
        write(folder.path().join(k.to_string()), &bytes);
    }
    assert_eq!(
        load_ct(&series(folder.path())).unwrap().as_slice(),
        usual_ct()
    );
}

#[test]
fn a_missing_group_length_of_the_meta_information_is_no_obstacle() {
    let folder = folder();
    for (k, slice) in ct_slices().iter().enumerate() {
        let mut bytes = slice.encoded(uids::IMPLICIT_VR_LITTLE_ENDIAN);
        // (0002,0000) UL, its length and its value: twelve bytes after the mark.
        bytes.drain(132..144);
        write(folder.path().join(k.to_string()), &bytes);
    }
    assert_eq!(
        load_ct(&series(folder.path())).unwrap().as_slice(),
        usual_ct()
    );
}

#[test]
fn a_file_that_became_shorter_is_told_when_it_is_loaded() {
    let folder = folder();
    for (k, slice) in ct_slices().iter().enumerate() {
        slice.write(folder.path().join(k.to_string()));
    }
    let series = series(folder.path());
    let path = folder.path().join("1");
    let bytes = std::fs::read(&path).unwrap();
    write(&path, &bytes[..bytes.len() - 10]);
    let error = load_ct(&series).unwrap_err().to_string();
    assert!(
        error.contains("30 bytes are present, 40 are expected"),
        "{error}"
    );
}

#[test]
fn colour_and_inverted_images_are_refused() {
    let refused = |change: fn(Object) -> Object| {
        let folder = folder();
        for (k, slice) in ct_slices().into_iter().enumerate() {
            change(slice).write(folder.path().join(k.to_string()));
        }
        let series = series(folder.path());
        (
            series.pixel_problem.clone().unwrap(),
            load_ct(&series).unwrap_err(),
        )
    };
    let (problem, error) = refused(|o| {
        o.short(tags::SAMPLES_PER_PIXEL, 3)
            .text(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "RGB")
            .bytes(&[0; 3 * PIXELS])
    });
    assert!(matches!(problem, PixelProblem::Colour { samples: 3, .. }));
    assert!(error.to_string().contains("in colour"), "{error}");
    let (problem, error) =
        refused(|o| o.text(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "MONOCHROME1"));
    assert_eq!(problem, PixelProblem::Inverted);
    assert!(error.to_string().contains("MONOCHROME1"), "{error}");
}

#[test]
fn jpeg_ls_is_unpacked() {
    let slices: Vec<Object> = (0..3)
        .map(|k| {
            let values: Vec<u16> = (0..20).map(|pixel| 1000 * k + pixel).collect();
            let (columns, rows) = (u32::from(COLUMNS), u32::from(ROWS));
            let mut stream = Vec::new();
            jpegls::encode(&values, columns, rows, &mut stream).unwrap();
            Object::ct(k).bits(16, 12, false).fragments(&[stream])
        })
        .collect();
    assert_eq!(
        ct_values(uids::JPEGLS_LOSSLESS, &slices).unwrap(),
        usual_ct()
    );
}

/// One frame of 16-bit pixels in RLE: two segments of literal runs.
fn rle(words: &[u16]) -> Vec<u8> {
    let segment = |shift: u32| {
        let bytes = words
            .iter()
            .map(|w| u8::try_from(w >> shift & 0xFF).unwrap());
        std::iter::once(u8::try_from(words.len() - 1).unwrap())
            .chain(bytes)
            .collect::<Vec<u8>>()
    };
    let (high, low) = (segment(8), segment(0));
    let mut frame: Vec<u8> = [2, 64, 64 + u32::try_from(high.len()).unwrap()]
        .into_iter()
        .chain([0; 13])
        .flat_map(u32::to_le_bytes)
        .collect();
    frame.extend(high);
    frame.extend(low);
    frame.resize(frame.len().next_multiple_of(2), 0);
    frame
}

#[test]
fn rle_is_unpacked() {
    let slices: Vec<Object> = (0..3)
        .map(|k| {
            let values: Vec<u16> = (0..20).map(|pixel| 1000 * k + pixel).collect();
            Object::ct(k).fragments(&[rle(&values)])
        })
        .collect();
    assert_eq!(ct_values(uids::RLE_LOSSLESS, &slices).unwrap(), usual_ct());
}

#[test]
fn damaged_compressed_images_are_refused_with_their_file() {
    let mut slices: Vec<Object> = (0..2)
        .map(|k| Object::ct(k).fragments(&[rle(&[7; 20])]))
        .collect();
    slices[1] = Object::ct(1).fragments(&[rle(&[7; 12])]);
    let error = ct_values(uids::RLE_LOSSLESS, &slices)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("RLE segment 1 holds 12 of 20 pixels"),
        "{error}"
    );
    assert!(error.ends_with("/1`"), "{error}");
    let error = ct_values(uids::JPEG2000_LOSSLESS, &slices)
        .unwrap_err()
        .to_string();
    assert!(error.contains("its header cannot be read"), "{error}");
    let error = ct_values(uids::MPEG4HP41, &slices).unwrap_err().to_string();
    assert!(
        error.contains("is not supported; decompress the files first"),
        "{error}"
    );
}

#[test]
fn private_numbers_survive_implicit_vr() {
    let folder = folder();
    let mut object = Object::pet(0);
    let creator = PrimitiveValue::from("Philips PET Private Group");
    object
        .0
        .put(DataElement::new(Tag(0x7053, 0x0010), VR::LO, creator));
    let factor = PrimitiveValue::from("0.00042");
    object
        .0
        .put(DataElement::new(Tag(0x7053, 0x1000), VR::DS, factor));
    let count = dicom_value!(U16, [9]);
    object
        .0
        .put(DataElement::new(Tag(0x0009, 0x1001), VR::US, count));
    for syntax in [
        uids::IMPLICIT_VR_LITTLE_ENDIAN,
        uids::EXPLICIT_VR_LITTLE_ENDIAN,
    ] {
        let path = folder.path().join("pet");
        object.write_as(syntax, &path);
        assert_eq!(philips_factor(&path), Some(0.00042), "{syntax}");
    }
}

fn philips_factor(path: &Path) -> Option<f64> {
    let header = Header::read(&ObjectSource::file(path)).unwrap();
    let attributes = header.attributes();
    let found = attributes.private_number("Philips PET Private Group", Tag(0x7053, 0x1000));
    found.unwrap()
}
