//! PET images: SUV turned back into what a scanner of each maker stores.

use dicom_core::{Tag, VR};
use dicom_dictionary_std::{tags, uids};
use isoboost_volume::Volume;

use super::common::{SeriesLabel, acquired, clock, date_time, head, pixels, plane};
use super::dataset::{Code, Dataset, decimal_string};
use super::dialect::{Bed, Dialect, Habits};
use super::{Instance, Writing};
use crate::Tracer;

/// Largest stored value, for signed and unsigned pixels alike.
const LARGEST_STORED: f64 = 32_767.0;

/// Bq/mL of one Philips count, in the range that such scanners write.
const PHILIPS_BQML_PER_COUNT: f64 = 4.709_921;

/// How SUV becomes the values of the images.
struct Scale {
    /// Image value (Bq/mL or counts) of SUV 1.
    per_suv: f64,
    /// Private factors of counts: SUV and Bq/mL per count.
    factors: Option<[f64; 2]>,
}

impl Scale {
    fn new(writing: &Writing, dialect: Dialect) -> Self {
        let injection = &writing.injection;
        let bq = injection.dose_mbq * 1e6 * writing.timeline.decay_to_reference();
        let bqml_per_suv = bq / (injection.weight_kg * 1000.0);
        match dialect {
            Dialect::PhilipsCnts | Dialect::PhilipsCntsBare => {
                // What is written has sixteen characters: the images follow what is written.
                let suv_per_count = reread(PHILIPS_BQML_PER_COUNT / bqml_per_suv);
                Self {
                    per_suv: 1.0 / suv_per_count,
                    factors: Some([suv_per_count, PHILIPS_BQML_PER_COUNT]),
                }
            }
            _ => Self {
                per_suv: bqml_per_suv,
                factors: None,
            },
        }
    }
}

/// `value` as a reader of its decimal string finds it.
fn reread(value: f64) -> f64 {
    decimal_string(value).parse().unwrap_or(value)
}

/// The slices of a PET, from feet to head.
pub(super) fn series<'a>(
    writing: &'a Writing,
    suv: &'a Volume<f32>,
    habits: &'a Habits,
    dialect: Dialect,
) -> impl Fn(usize) -> Instance + Sync + 'a {
    let label = SeriesLabel {
        sop_class: uids::POSITRON_EMISSION_TOMOGRAPHY_IMAGE_STORAGE,
        modality: "PT",
        role: "pet",
        number: 4,
        description: "PET AC",
        manufacturer: habits.manufacturer,
        model: habits.model,
        time: writing.timeline.series,
    };
    let mut common = head(
        &writing.subject,
        &writing.injection,
        &writing.identity,
        writing.timeline.ct,
        &label,
    );
    let kind = ["WHOLE BODY", "IMAGE"];
    series_module(&mut common, kind, suv.grid().shape()[0], habits);
    isotope_module(&mut common, writing, habits);
    let scale = Scale::new(writing, dialect);
    let whole = suv.as_slice().iter().copied().fold(0.0, f32::max);
    move |k| {
        let mut d = common.clone();
        slice(&mut d, writing, suv, habits, &scale, whole, k);
        private(&mut d, writing, dialect, &scale);
        Instance::new(
            writing,
            "pet",
            uids::POSITRON_EMISSION_TOMOGRAPHY_IMAGE_STORAGE,
            k,
            d,
        )
    }
}

/// PET Series and NM/PET Patient Orientation; `kind` is the Series Type.
pub(super) fn series_module(d: &mut Dataset, kind: [&str; 2], slices: usize, habits: &Habits) {
    d.texts(tags::SERIES_TYPE, VR::CS, &kind)
        .text(tags::UNITS, VR::CS, habits.units)
        .text(tags::COUNTS_SOURCE, VR::CS, "EMISSION")
        .short(tags::NUMBER_OF_SLICES, slices as u16)
        .texts(tags::CORRECTED_IMAGE, VR::CS, habits.corrections)
        .text(tags::RANDOMS_CORRECTION_METHOD, VR::CS, "DLYD")
        .text(tags::ATTENUATION_CORRECTION_METHOD, VR::LO, "measured, CT")
        .text(tags::SCATTER_CORRECTION_METHOD, VR::LO, "Model-based")
        .text(tags::DECAY_CORRECTION, VR::CS, "START")
        .text(tags::RECONSTRUCTION_METHOD, VR::LO, "OSEM 3D")
        .text(tags::COLLIMATOR_TYPE, VR::CS, "NONE");
    // Head first and supine; Patient Position would say the same and must then be absent.
    let mut recumbent = Dataset::of_code(("102538003", "SCT", "recumbent"));
    recumbent.code(
        tags::PATIENT_ORIENTATION_MODIFIER_CODE_SEQUENCE,
        ("40199007", "SCT", "supine"),
    );
    d.sequence(tags::PATIENT_ORIENTATION_CODE_SEQUENCE, vec![recumbent])
        .code(
            tags::PATIENT_GANTRY_RELATIONSHIP_CODE_SEQUENCE,
            ("102540008", "SCT", "headfirst"),
        );
}

fn nuclide(tracer: Tracer, scheme: &str) -> Code {
    match (tracer, scheme) {
        (Tracer::Ga68Psma11, "SRT") => ("C-131A3", "SRT", "^68^Gallium"),
        (Tracer::Ga68Psma11, _) => ("35337001", "SCT", "^68^Gallium"),
        (_, "SRT") => ("C-111A1", "SRT", "^18^Fluorine"),
        (_, _) => ("77004003", "SCT", "^18^Fluorine"),
    }
}

fn positron_fraction(tracer: Tracer) -> f64 {
    match tracer {
        Tracer::Ga68Psma11 => 0.89,
        Tracer::F18Dcfpyl | Tracer::F18Psma1007 => 0.97,
    }
}

/// PET Isotope: the injection.
pub(super) fn isotope_module(d: &mut Dataset, writing: &Writing, habits: &Habits) {
    let (injection, timeline) = (&writing.injection, &writing.timeline);
    let tracer = injection.tracer;
    let mut item = Dataset::default();
    item.text(tags::RADIOPHARMACEUTICAL, VR::LO, tracer.name())
        .text(
            tags::RADIOPHARMACEUTICAL_START_TIME,
            VR::TM,
            &clock(timeline.injected),
        )
        .decimals(tags::RADIONUCLIDE_TOTAL_DOSE, &[injection.dose_mbq * 1e6])
        .decimals(tags::RADIONUCLIDE_HALF_LIFE, &[tracer.half_life_s()])
        .decimals(
            tags::RADIONUCLIDE_POSITRON_FRACTION,
            &[positron_fraction(tracer)],
        )
        .code(
            tags::RADIONUCLIDE_CODE_SEQUENCE,
            nuclide(tracer, habits.code_scheme),
        );
    if habits.injected_with_date {
        item.text(
            tags::RADIOPHARMACEUTICAL_START_DATE_TIME,
            VR::DT,
            &date_time(timeline.injected),
        );
    }
    d.sequence(tags::RADIOPHARMACEUTICAL_INFORMATION_SEQUENCE, vec![item]);
}

fn slice(
    d: &mut Dataset,
    writing: &Writing,
    suv: &Volume<f32>,
    habits: &Habits,
    scale: &Scale,
    whole_maximum: f32,
    k: usize,
) {
    let [nk, nj, ni] = suv.grid().shape();
    let values = &suv.as_slice()[k * nj * ni..(k + 1) * nj * ni];
    let maximum = if habits.is_counts() {
        whole_maximum
    } else {
        values.iter().copied().fold(0.0, f32::max)
    };
    let slope = match f64::from(maximum) * scale.per_suv / LARGEST_STORED {
        0.0 => 1.0,
        // Rounding the text down must not push the maximum out of range.
        exact => reread(exact * (1.0 + 1e-8)),
    };
    let stored: Vec<u16> = values
        .iter()
        .map(|v| {
            (f64::from(*v) * scale.per_suv / slope)
                .round()
                .min(LARGEST_STORED) as u16
        })
        .collect();
    // The scan starts at the thighs.
    let number = (k as f64 * suv.grid().spacing()[0] / habits.bed_mm) as usize;
    let bed = writing.timeline.bed(number);
    let order = if habits.from_head { nk - k } else { k + 1 };
    frame(d, writing, &bed, order);
    d.texts(tags::IMAGE_TYPE, VR::CS, &["ORIGINAL", "PRIMARY"])
        .integer(tags::ACQUISITION_NUMBER, number as i64 + 1)
        .decimals(tags::RESCALE_INTERCEPT, &[0.0])
        .decimals(tags::RESCALE_SLOPE, &[slope])
        .text(tags::RESCALE_TYPE, VR::LO, habits.units);
    plane(d, &writing.identity, suv.grid(), k);
    pixels(d, &stored, habits.signed);
}

/// The part of the PET Image module that depends on the bed position; `order` is from 1.
pub(super) fn frame(d: &mut Dataset, writing: &Writing, bed: &Bed, order: usize) {
    acquired(d, bed.acquired);
    d.integer(tags::INSTANCE_NUMBER, order as i64)
        .short(tags::IMAGE_INDEX, order as u16)
        .decimals(tags::FRAME_REFERENCE_TIME, &[bed.frame_reference_ms])
        .integer(
            tags::ACTUAL_FRAME_DURATION,
            (writing.injection.bed_s * 1000.0).round() as i64,
        )
        .decimals(tags::DECAY_FACTOR, &[bed.decay_factor]);
}

/// Private elements: their creator and one or two values.
fn private(d: &mut Dataset, writing: &Writing, dialect: Dialect, scale: &Scale) {
    let reference = date_time(writing.timeline.reference);
    match (dialect, scale.factors) {
        (Dialect::Siemens, _) => {
            d.text(Tag(0x0071, 0x0010), VR::LO, "SIEMENS MED PT").text(
                Tag(0x0071, 0x1022),
                VR::DT,
                &reference,
            );
        }
        (Dialect::Ge, _) => {
            d.text(Tag(0x0009, 0x0010), VR::LO, "GEMS_PETD_01").text(
                Tag(0x0009, 0x100D),
                VR::DT,
                &reference,
            );
        }
        (Dialect::PhilipsCnts, Some([suv, bqml])) => {
            d.text(Tag(0x7053, 0x0010), VR::LO, "Philips PET Private Group")
                .decimals(Tag(0x7053, 0x1000), &[suv])
                .decimals(Tag(0x7053, 0x1009), &[bqml]);
        }
        _ => {}
    }
}
