//! A synthetic CT on disk, and regions drawn on it.

use std::path::Path;

use chrono::{NaiveDate, NaiveDateTime};
use dicom_core::{DataElement, PrimitiveValue, Tag, VR, dicom_value};
use dicom_dictionary_std::{tags, uids};
use dicom_object::{FileMetaTableBuilder, InMemDicomObject};
use isoboost_dicom::{
    Approval, PatientStudy, Provenance, ReferenceImages, deterministic_uid, discover,
};
use isoboost_volume::{Grid, Mask, Roi, RoiType, StructureSet, Volume, contours_from_mask};
use nalgebra::{Point3, Vector3};

/// A CT series on disk as the product finds it.
pub(crate) struct Study {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) images: ReferenceImages,
    pub(crate) patient: PatientStudy,
}

pub(crate) fn provenance() -> Provenance {
    Provenance::new("0.1.0", "0123456789abcdef".repeat(4), moment())
}

/// What a person approved two days later, with a name, an organisation and a comment that are not
/// all ASCII.
pub(crate) fn approved(comment: &str) -> Provenance {
    let at = moment() + chrono::Duration::days(2);
    let (reviewer, organisation) = ("Grün^Zoë^^Dr.", Some("Klinik Höhe"));
    provenance().approved(Approval::new(reviewer, organisation, at, Some(comment)).unwrap())
}

pub(crate) fn moment() -> NaiveDateTime {
    let date = NaiveDate::from_ymd_opt(2026, 3, 14).unwrap();
    date.and_hms_opt(15, 9, 26).unwrap()
}

/// Writes an empty CT on `grid`, with the position of each slice as `position` formats it.
pub(crate) fn study(grid: &Grid, position: impl Fn(f64) -> String) -> Study {
    let folder = tempfile::tempdir().unwrap();
    let ct = folder.path().join("ct");
    std::fs::create_dir(&ct).unwrap();
    for k in 0..grid.shape()[0] {
        write_slice(&ct.join(format!("{k:03}.dcm")), grid, k, &position);
    }
    let found = discover(&[ct], &|_| {}).unwrap();
    let series = &found.studies[0].series[0];
    Study {
        images: ReferenceImages::of_series(series).unwrap(),
        patient: found.studies[0].patient.clone(),
        folder,
    }
}

fn write_slice(path: &Path, grid: &Grid, k: usize, position: &impl Fn(f64) -> String) {
    let [_, rows, columns] = grid.shape();
    let uid = |kind: &str| deterministic_uid(&["synthetic CT", kind]);
    let joined = |values: &[f64], format: &dyn Fn(f64) -> String| {
        let texts: Vec<String> = values.iter().map(|v| format(*v)).collect();
        texts.join("\\")
    };
    let cosine = |v: f64| {
        let text = format!("{v:.13}");
        text.chars().take(16).collect()
    };
    let spacing = |v: f64| format!("{v:.6}");
    let [_, along_column, along_row] = grid.axes();
    let axes: Vec<f64> = along_row
        .iter()
        .chain(along_column.iter())
        .copied()
        .collect();
    let corner = grid.center_of([k, 0, 0]);
    let text =
        |tag: Tag, vr: VR, value: String| DataElement::new(tag, vr, PrimitiveValue::from(value));
    let number = |tag: Tag, value: u16| DataElement::new(tag, VR::US, dicom_value!(U16, [value]));
    let size = |n: usize| u16::try_from(n).unwrap();
    let object = InMemDicomObject::from_element_iter([
        text(tags::SPECIFIC_CHARACTER_SET, VR::CS, "ISO_IR 100".into()),
        text(tags::SOP_CLASS_UID, VR::UI, uids::CT_IMAGE_STORAGE.into()),
        text(tags::SOP_INSTANCE_UID, VR::UI, uid(&format!("slice {k}"))),
        text(tags::STUDY_DATE, VR::DA, "20260314".into()),
        text(tags::STUDY_TIME, VR::TM, "101500".into()),
        text(tags::MODALITY, VR::CS, "CT".into()),
        text(tags::MANUFACTURER, VR::LO, "Acme".into()),
        text(tags::MANUFACTURER_MODEL_NAME, VR::LO, "Tube 1".into()),
        text(tags::PATIENT_NAME, VR::PN, "Müller^Anton".into()),
        text(tags::PATIENT_ID, VR::LO, "P1".into()),
        text(tags::PATIENT_SEX, VR::CS, "M".into()),
        text(tags::STUDY_INSTANCE_UID, VR::UI, uid("study")),
        text(tags::SERIES_INSTANCE_UID, VR::UI, uid("series")),
        text(tags::FRAME_OF_REFERENCE_UID, VR::UI, uid("frame")),
        text(tags::IMAGE_TYPE, VR::CS, "ORIGINAL\\PRIMARY\\AXIAL".into()),
        text(
            tags::IMAGE_POSITION_PATIENT,
            VR::DS,
            joined(corner.coords.as_slice(), position),
        ),
        text(
            tags::IMAGE_ORIENTATION_PATIENT,
            VR::DS,
            joined(&axes, &cosine),
        ),
        text(
            tags::PIXEL_SPACING,
            VR::DS,
            joined(&grid.spacing()[1..], &spacing),
        ),
        number(tags::SAMPLES_PER_PIXEL, 1),
        text(
            tags::PHOTOMETRIC_INTERPRETATION,
            VR::CS,
            "MONOCHROME2".into(),
        ),
        number(tags::ROWS, size(rows)),
        number(tags::COLUMNS, size(columns)),
        number(tags::BITS_ALLOCATED, 16),
        number(tags::BITS_STORED, 16),
        number(tags::HIGH_BIT, 15),
        number(tags::PIXEL_REPRESENTATION, 1),
        text(tags::RESCALE_INTERCEPT, VR::DS, "0".into()),
        text(tags::RESCALE_SLOPE, VR::DS, "1".into()),
        DataElement::new(
            tags::PIXEL_DATA,
            VR::OW,
            PrimitiveValue::from(vec![0_u8; rows * columns * 2]),
        ),
    ]);
    let meta = FileMetaTableBuilder::new().transfer_syntax(uids::EXPLICIT_VR_LITTLE_ENDIAN);
    object.with_meta(meta).unwrap().write_to_file(path).unwrap();
}

/// 40 × 80 × 80 voxels of 3 × 1.5 × 1.5 mm along the patient axes.
pub(crate) fn upright() -> Grid {
    let origin = Point3::new(-60.0, -70.5, -123.456_7);
    Grid::axis_aligned([40, 80, 80], [3.0, 1.5, 1.5], origin).unwrap()
}

/// The same, turned about all three axes.
pub(crate) fn oblique() -> Grid {
    let turn = nalgebra::Rotation3::from_euler_angles(0.31, -0.22, 0.47);
    let axes = [Vector3::z(), Vector3::y(), Vector3::x()].map(|a| turn * a);
    let origin = Point3::new(-60.0, -70.5, -123.456_7);
    Grid::new([40, 80, 80], [3.0, 1.5, 1.5], origin, axes).unwrap()
}

/// Voxels whose distances in mm from the middle, across and along the slice axis, pass a test.
fn body(grid: &Grid, is_inside: impl Fn(f64, f64) -> bool) -> Mask {
    let middle = grid.center_of([20, 40, 42]);
    let [along, ..] = grid.axes();
    Volume::from_fn(grid.clone(), |voxel| {
        let from_middle = grid.center_of(voxel) - middle;
        let height = from_middle.dot(&along);
        is_inside((from_middle - along * height).norm(), height)
    })
}

/// A ball of 15 mm radius, and a ring of 12 to 25 mm radius and 30 mm height around its middle.
pub(crate) fn regions(grid: &Grid) -> Vec<(Roi, Mask)> {
    let ball = body(grid, |across, height| across.hypot(height) <= 15.0);
    let ring = body(grid, |across, height| {
        (12.0..=25.0).contains(&across) && height.abs() <= 15.0
    });
    [
        ("GTVn1", RoiType::Gtv, ball),
        ("Ring_Höhe", RoiType::Control, ring),
    ]
    .into_iter()
    .zip(1..)
    .map(|((name, interpreted_type, mask), number)| {
        let roi = Roi {
            number,
            name: name.to_owned(),
            description: format!("a region of {:.1} mL \\ µ", mask.volume_ml()),
            interpreted_type,
            colour: [255, 64, 0],
            by_hand: false,
            contours: contours_from_mask(&mask),
        };
        (roi, mask)
    })
    .collect()
}

pub(crate) fn structures(regions: &[(Roi, Mask)]) -> StructureSet {
    StructureSet {
        label: "isoboost".to_owned(),
        rois: regions.iter().map(|(roi, _)| roi.clone()).collect(),
    }
}

/// Twice the common voxels over all voxels.
pub(crate) fn dice(a: &Mask, b: &Mask) -> f64 {
    let pairs = a.as_slice().iter().zip(b.as_slice());
    let both = pairs.filter(|(a, b)| **a && **b).count();
    2.0 * both as f64 / (a.count() + b.count()) as f64
}
