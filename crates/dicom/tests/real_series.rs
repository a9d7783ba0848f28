//! Real series against what pydicom finds in them and what their sources publish.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a skipped test must say so, a helper may fail the test"
)]

use std::path::Path;

use isoboost_dicom::{
    Discovery, GeometryProblem, ObjectKind, Series, SeriesChoice, discover, load_ct, load_pet,
    select,
};
use isoboost_volume::Volume;
use nalgebra::Point3;
use sha2::{Digest, Sha256};

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");

/// What is found in a folder of the shared data; `None`, and a word, where they are not there.
fn found(name: &str) -> Option<Discovery> {
    let path = Path::new(DATA).join(name);
    if !path.exists() {
        println!("skipped: no ../shared/data");
        return None;
    }
    Some(discover(&[path], &|_| {}).unwrap())
}

/// The only CT or PET series in a folder of the shared data.
#[track_caller]
fn series(name: &str) -> Option<Series> {
    let mut found = found(name)?;
    let series: Vec<Series> = found
        .studies
        .iter_mut()
        .flat_map(|s| s.series.drain(..))
        .collect();
    assert_eq!(series.len(), 1, "{name}");
    series.into_iter().next()
}

/// LPS position and value of the highest voxel.
fn highest(volume: &Volume<f32>) -> (Point3<f64>, f32) {
    let [_, nj, ni] = volume.grid().shape();
    let values = volume.as_slice().iter().enumerate();
    let (n, value) = values.max_by(|a, b| a.1.total_cmp(b.1)).unwrap();
    let voxel = [n / (nj * ni), n / ni % nj, n % ni];
    (volume.grid().center_of(voxel), *value)
}

fn sum(volume: &Volume<f32>) -> f64 {
    volume.as_slice().iter().map(|v| f64::from(*v)).sum()
}

/// The first six bytes of the SHA-256 of the values as little-endian 16-bit numbers.
fn hash(volume: &Volume<i16>) -> u64 {
    let bytes: Vec<u8> = volume
        .as_slice()
        .iter()
        .flat_map(|v| v.to_le_bytes())
        .collect();
    let digest = Sha256::digest(&bytes);
    digest
        .iter()
        .take(6)
        .fold(0, |n, byte| n << 8 | u64::from(*byte))
}

/// Sums of single-precision values in double precision agree to rounding with numpy's pairwise.
const SUM_TOLERANCE: f64 = 1e-9;

#[test]
fn a_raw_whole_body_pet_has_a_slope_per_slice() {
    let Some(series) = series("sts-001-ge-raw/PET") else {
        return;
    };
    let pet = load_pet(&series).unwrap().activity;
    assert_eq!(pet.grid().shape(), [267, 128, 128]);
    let [dz, dy, dx] = pet.grid().spacing();
    assert!((dz - 3.27).abs() < 1e-6 && dy == 4.6875 && dx == 4.6875);
    assert!((sum(&pet) / 2_688_853_839.861_377_7 - 1.0).abs() < SUM_TOLERANCE);
    let (at, value) = highest(&pet);
    assert_eq!(value, 273_860.38);
    // 66.5215 SUV at (25.78, 30.47, -678.54), as published with the data; the slices' positions
    // stray by 0.02 mm from the even spacing.
    let published = Point3::new(25.78, 30.47, -678.54);
    assert!((at - published).norm() < 0.03, "{at}");
}

#[test]
fn cut_out_pets_lie_where_the_source_says() {
    for (name, maximum, place) in [
        ("STS_001", 25.412_298, Point3::new(7.03, 21.09, -691.64)),
        ("STS_002", 21.675_747, Point3::new(79.30, 123.05, -566.89)),
    ] {
        let Some(series) = series(&format!("ibsi-validation/{name}/PET/image")) else {
            return;
        };
        let pet = load_pet(&series).unwrap().activity;
        let (at, value) = highest(&pet);
        assert_eq!(value, maximum);
        assert!((at - place).norm() < 0.01, "{at}");
    }
}

#[test]
fn ct_values_are_those_of_pydicom_with_padding_as_air() {
    for (name, shape, expected) in [
        (
            "ibsi-validation/STS_001/CT/image",
            [59, 202, 198],
            0x2163_ed9d_6157,
        ),
        (
            "ibsi-validation/STS_002/CT/image",
            [48, 143, 161],
            0xd524_6de3_e42d,
        ),
        ("dcmqi-seg/ct-3slice", [3, 512, 512], 0x4524_2f45_4436),
        (
            "rtstruct-samples/rt-utils-oblique-ct",
            [3, 50, 100],
            0x0a87_518b_2837,
        ),
        ("malformed/CT_small.dcm", [1, 128, 128], 0x743d_c0a8_6c09),
        (
            "rtstruct-samples/rt-utils-ge-phantom",
            [2, 512, 512],
            0x5c74_d78c_eeaf,
        ),
    ] {
        let Some(series) = series(name) else { return };
        let ct = load_ct(&series).unwrap();
        assert_eq!((ct.grid().shape(), hash(&ct)), (shape, expected), "{name}");
    }
}

#[test]
fn every_encoding_of_one_slice_gives_the_same_volume() {
    let mut hashes = Vec::new();
    for name in [
        "reference-implicit-le",
        "explicit-le",
        "explicit-be",
        "rle-5",
        "jpeg-lossless-sv1-70",
        "jpegls-lossless-80",
        "jpeg2000-lossless-90",
    ] {
        let Some(series) = series(&format!("ct-transfer-syntaxes/{name}.dcm")) else {
            return;
        };
        hashes.push(hash(&load_ct(&series).unwrap()));
    }
    hashes.dedup();
    assert_eq!(hashes.len(), 1);
}

#[test]
fn bad_geometry_is_named_with_the_slice_positions() {
    let problem =
        |name| series(&format!("ct-bad-geometry/{name}")).map(|s| s.geometry.unwrap_err());
    let Some(tilted) = problem("gantrytilting") else {
        return;
    };
    assert!(
        matches!(&tilted, GeometryProblem::Tilted { angle_degrees, at }
            if (angle_degrees - 14.0).abs() < 0.05 && at.mm.len() == 4),
        "{tilted}"
    );
    let repeated = problem("notavolume").unwrap();
    assert!(
        matches!(
            repeated,
            GeometryProblem::Repeated {
                slices: 4,
                places: 1,
                ..
            }
        ),
        "{repeated}"
    );
    let gap = problem("missing-slices").unwrap();
    assert!(
        matches!(&gap, GeometryProblem::Gap { missing: 1, at, .. } if at.mm == [28.107, 38.107]),
        "{gap}"
    );
}

#[test]
fn frames_of_an_enhanced_ct_lie_at_their_own_places() {
    let Some(series) = series("enhanced-multiframe") else {
        return;
    };
    let ct = load_ct(&series).unwrap();
    assert_eq!(ct.grid().shape(), [2, 512, 512]);
    // Rows run to the patient's right, so slices are counted towards the feet.
    assert_eq!(ct.grid().origin(), Point3::new(99.5, -301.5, -149.0));
    assert_eq!(ct.grid().spacing()[0], 10.0);
    let sums = ct.as_slice().chunks(512 * 512);
    let sums: Vec<i64> = sums
        .map(|s| s.iter().map(|v| i64::from(*v)).sum())
        .collect();
    // The first frame lies at -159 and is the second slice.
    assert_eq!(sums, [-170_012_051, -167_609_453]);
    assert_eq!(series.slice_reference(1).unwrap().frame_number, Some(1));
}

#[test]
fn a_converted_multi_frame_ct_is_the_volume_of_its_slices() {
    for size in ["23x38x3", "24x38x3"] {
        let one = series(&format!("dcmqi-seg/{size}/image"));
        let Some(slices) = one else { return };
        let frames = series(&format!("dcmqi-seg/{size}/multiframe")).unwrap();
        assert_eq!(frames.kind, ObjectKind::EnhancedCt);
        assert_eq!(load_ct(&frames).unwrap(), load_ct(&slices).unwrap());
    }
}

#[test]
fn segmentations_reports_and_maps_hold_no_slices() {
    let Some(found) = found("dcmqi-seg") else {
        return;
    };
    assert!(
        found
            .studies
            .iter()
            .flat_map(|s| &s.series)
            .all(|s| s.kind.is_ct())
    );
    let others: Vec<ObjectKind> = found
        .studies
        .iter()
        .flat_map(|s| s.others.iter().map(|o| o.kind))
        .collect();
    let count = |kind| others.iter().filter(|k| **k == kind).count();
    // Two label maps share one SOP Instance UID; the SR and the map count as others.
    assert_eq!(
        (count(ObjectKind::Segmentation), count(ObjectKind::Other)),
        (6, 2)
    );
}

#[test]
fn pet_and_ct_of_one_patient_are_chosen_together() {
    let Some(found) = found("ibsi-validation/STS_001") else {
        return;
    };
    let selection = select(&found.studies[0], &SeriesChoice::default()).unwrap();
    assert_eq!(selection.pet.slices.len(), 59);
    assert_eq!(selection.ct.unwrap().modality, "CT");
    assert!(selection.warnings.is_empty(), "{:?}", selection.warnings);
}

#[test]
fn single_pet_slices_can_be_loaded() {
    for (name, maximum) in [
        // 7.19433 and 6.15594 SUV by the factors in the source.
        ("acrin-flt-029", 7.194_33 / 5.942_485_308e-4),
        ("acrin-flt-028-dynamic", 6.155_94 / 4.735_489_151e-4),
    ] {
        let Some(series) = series(&format!("pt-single-slices/{name}.dcm")) else {
            return;
        };
        assert_eq!(series.findings[0].code, "single-slice");
        let pet = load_pet(&series).unwrap().activity;
        let (_, value) = highest(&pet);
        // The published maximum has six digits.
        assert!(
            (f64::from(value) / maximum - 1.0).abs() < 2e-6,
            "{value} {maximum}"
        );
    }
}

#[test]
fn damaged_files_are_listed_and_the_rest_is_found() {
    let Some(found) = found("malformed") else {
        return;
    };
    let problem = |name: &str| {
        let mut problems = found.problems.iter();
        problems
            .find(|p| p.file.ends_with(name))
            .map(|p| p.reason.as_str())
    };
    assert_eq!(
        problem("rtplan_truncated.dcm"),
        Some("the file is cut off: BeamSequence (300A,00B0) needs 976 bytes, 711 are left")
    );
    let lacking = Some("SOPClassUID (0008,0016) is missing, expected a unique identifier");
    for name in [
        "UN_sequence.dcm",
        "empty_charset_LEI.dcm",
        "meta_missing_tsyntax.dcm",
        "nested_priv_SQ.dcm",
        "no_meta_group_length.dcm",
    ] {
        assert_eq!(problem(name), lacking, "{name}");
    }
    assert_eq!(found.problems.len(), 6);
    // The licences, the description and the file whose first byte is foreign.
    assert_eq!(found.ignored_files, 4);
    let slices = found
        .studies
        .iter()
        .flat_map(|s| &s.series)
        .filter(|s| s.kind.is_ct());
    assert_eq!(slices.count(), 4);
}
