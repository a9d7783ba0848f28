//! CT images.

use dicom_core::VR;
use dicom_dictionary_std::{tags, uids};
use isoboost_volume::Volume;

use super::common::{SeriesLabel, acquired, head, pixels, plane};
use super::dataset::Dataset;
use super::dialect::Habits;
use super::{Instance, Writing};

/// Stored values are HU + 1024.
const INTERCEPT_HU: i16 = -1024;

/// The slices of a CT, from feet to head.
pub(super) fn series<'a>(
    writing: &'a Writing,
    ct: &'a Volume<i16>,
    habits: &'a Habits,
) -> impl Fn(usize) -> Instance + Sync + 'a {
    let label = SeriesLabel {
        sop_class: uids::CT_IMAGE_STORAGE,
        modality: "CT",
        role: "ct",
        number: 2,
        description: "CT low dose 3.0 B30f",
        manufacturer: habits.manufacturer,
        model: habits.model,
        time: writing.timeline.ct,
    };
    let common = head(
        &writing.subject,
        &writing.injection,
        &writing.identity,
        writing.timeline.ct,
        &label,
    );
    move |k| {
        let mut d = common.clone();
        slice(&mut d, writing, ct, k);
        Instance::new(writing, "ct", uids::CT_IMAGE_STORAGE, k, d)
    }
}

fn slice(d: &mut Dataset, writing: &Writing, ct: &Volume<i16>, k: usize) {
    let [_, nj, ni] = ct.grid().shape();
    acquired(d, writing.timeline.ct);
    d.texts(tags::IMAGE_TYPE, VR::CS, &["ORIGINAL", "PRIMARY", "AXIAL"])
        .text(tags::PATIENT_POSITION, VR::CS, "HFS")
        .decimals(tags::KVP, &[120.0])
        .text(tags::CONVOLUTION_KERNEL, VR::SH, "B30f")
        .integer(tags::EXPOSURE_TIME, 500)
        .integer(tags::X_RAY_TUBE_CURRENT, 60)
        .integer(tags::ACQUISITION_NUMBER, 1)
        .integer(tags::INSTANCE_NUMBER, k as i64 + 1)
        .decimals(tags::WINDOW_CENTER, &[40.0])
        .decimals(tags::WINDOW_WIDTH, &[400.0])
        .decimals(tags::RESCALE_INTERCEPT, &[f64::from(INTERCEPT_HU)])
        .decimals(tags::RESCALE_SLOPE, &[1.0])
        .text(tags::RESCALE_TYPE, VR::LO, "HU");
    plane(d, &writing.identity, ct.grid(), k);
    let values = &ct.as_slice()[k * nj * ni..(k + 1) * nj * ni];
    let stored: Vec<u16> = values.iter().map(|v| (v - INTERCEPT_HU) as u16).collect();
    pixels(d, &stored, false);
}
