//! The modules that all images of a study share.

use chrono::NaiveDateTime;
use dicom_core::{PrimitiveValue, VR};
use dicom_dictionary_std::tags;
use isoboost_volume::Grid;

use super::dataset::Dataset;
use super::identity::Identity;
use crate::Injection;

/// DA of a date-time.
pub(super) fn date(time: NaiveDateTime) -> String {
    time.format("%Y%m%d").to_string()
}

/// TM with fractions of a second.
pub(super) fn clock(time: NaiveDateTime) -> String {
    time.format("%H%M%S%.6f").to_string()
}

/// DT with fractions of a second.
pub(super) fn date_time(time: NaiveDateTime) -> String {
    date(time) + &clock(time)
}

/// The patient and the study.
#[derive(Debug, Clone)]
pub(super) struct Subject {
    pub(super) name: &'static str,
    pub(super) id: String,
    pub(super) sex: &'static str,
    pub(super) description: &'static str,
    pub(super) body_part: &'static str,
}

/// What identifies a series.
pub(super) struct SeriesLabel<'a> {
    pub(super) sop_class: &'static str,
    pub(super) modality: &'static str,
    pub(super) role: &'a str,
    pub(super) number: i64,
    pub(super) description: &'a str,
    pub(super) manufacturer: &'a str,
    pub(super) model: &'a str,
    pub(super) time: NaiveDateTime,
}

/// Patient, study, series and equipment.
pub(super) fn head(
    subject: &Subject,
    injection: &Injection,
    identity: &Identity,
    study_time: NaiveDateTime,
    series: &SeriesLabel,
) -> Dataset {
    let mut d = Dataset::default();
    d.text(tags::SPECIFIC_CHARACTER_SET, VR::CS, "ISO_IR 100")
        .text(tags::SOP_CLASS_UID, VR::UI, series.sop_class)
        .text(tags::STUDY_DATE, VR::DA, &date(study_time))
        .text(tags::STUDY_TIME, VR::TM, &clock(study_time))
        .text(tags::SERIES_DATE, VR::DA, &date(series.time))
        .text(tags::SERIES_TIME, VR::TM, &clock(series.time))
        .empty(tags::ACCESSION_NUMBER, VR::SH)
        .text(tags::MODALITY, VR::CS, series.modality)
        .text(tags::MANUFACTURER, VR::LO, series.manufacturer)
        .text(tags::INSTITUTION_NAME, VR::LO, "Synthetic phantom")
        .empty(tags::REFERRING_PHYSICIAN_NAME, VR::PN)
        .text(tags::STUDY_DESCRIPTION, VR::LO, subject.description)
        .text(tags::SERIES_DESCRIPTION, VR::LO, series.description)
        .text(tags::MANUFACTURER_MODEL_NAME, VR::LO, series.model)
        .text(tags::PATIENT_NAME, VR::PN, subject.name)
        .text(tags::PATIENT_ID, VR::LO, &subject.id)
        .empty(tags::PATIENT_BIRTH_DATE, VR::DA)
        .text(tags::PATIENT_SEX, VR::CS, subject.sex)
        .decimals(tags::PATIENT_SIZE, &[injection.height_m])
        .decimals(tags::PATIENT_WEIGHT, &[injection.weight_kg])
        .text(tags::BODY_PART_EXAMINED, VR::CS, subject.body_part)
        .text(
            tags::SOFTWARE_VERSIONS,
            VR::LO,
            concat!("isoboost-phantom ", env!("CARGO_PKG_VERSION")),
        )
        .text(tags::STUDY_INSTANCE_UID, VR::UI, &identity.study)
        .text(
            tags::SERIES_INSTANCE_UID,
            VR::UI,
            &identity.series(series.role),
        )
        .text(tags::STUDY_ID, VR::SH, "1")
        .integer(tags::SERIES_NUMBER, series.number);
    d
}

/// Frame of reference, image plane and the geometry of the pixels of slice `k`.
pub(super) fn plane(d: &mut Dataset, identity: &Identity, grid: &Grid, k: usize) {
    let [nk, nj, ni] = grid.shape();
    let [thickness, row_spacing, column_spacing] = grid.spacing();
    let [normal, column, row] = grid.axes();
    let corner = grid.origin() + normal * (k as f64 * thickness);
    debug_assert!(k < nk);
    d.text(
        tags::FRAME_OF_REFERENCE_UID,
        VR::UI,
        &identity.frame_of_reference,
    )
    .empty(tags::POSITION_REFERENCE_INDICATOR, VR::LO)
    .decimals(tags::SLICE_THICKNESS, &[thickness])
    .decimals(
        tags::IMAGE_POSITION_PATIENT,
        &[corner.x, corner.y, corner.z],
    )
    .decimals(
        tags::IMAGE_ORIENTATION_PATIENT,
        &[row.x, row.y, row.z, column.x, column.y, column.z],
    )
    .decimals(tags::SLICE_LOCATION, &[corner.coords.dot(&normal)])
    .decimals(tags::PIXEL_SPACING, &[row_spacing, column_spacing])
    .short(tags::SAMPLES_PER_PIXEL, 1)
    .text(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "MONOCHROME2")
    .short(tags::ROWS, nj as u16)
    .short(tags::COLUMNS, ni as u16);
}

/// Sixteen-bit pixels, signed or not.
pub(super) fn pixels(d: &mut Dataset, words: &[u16], signed: bool) {
    let bytes: Vec<u8> = words.iter().flat_map(|w| w.to_le_bytes()).collect();
    d.short(tags::BITS_ALLOCATED, 16)
        .short(tags::BITS_STORED, 16)
        .short(tags::HIGH_BIT, 15)
        .short(tags::PIXEL_REPRESENTATION, u16::from(signed))
        .put(tags::PIXEL_DATA, VR::OW, PrimitiveValue::from(bytes));
}

/// Acquisition and content times, which are the same here.
pub(super) fn acquired(d: &mut Dataset, time: NaiveDateTime) {
    d.text(tags::ACQUISITION_DATE, VR::DA, &date(time))
        .text(tags::ACQUISITION_TIME, VR::TM, &clock(time))
        .text(tags::CONTENT_DATE, VR::DA, &date(time))
        .text(tags::CONTENT_TIME, VR::TM, &clock(time));
}
