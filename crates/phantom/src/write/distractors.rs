//! What else lies in a folder from a scanner: a scout, a projection, a screen save, a note.

use std::path::Path;

use dicom_core::{PrimitiveValue, VR};
use dicom_dictionary_std::{tags, uids};
use isoboost_volume::Grid;
use nalgebra::{Point3, Vector3};

use super::common::{SeriesLabel, acquired, head, pixels, plane};
use super::dataset::Dataset;
use super::dialect::Habits;
use super::pet::{frame, isotope_module, series_module};
use super::{Instance, Writing, write_text};
use crate::{PhantomError, PhantomStudy};

/// Writes all of them under `out`.
pub(super) fn write(
    writing: &Writing,
    study: &PhantomStudy,
    habits: &Habits,
    out: &Path,
) -> Result<(), PhantomError> {
    scout(writing, study, habits)?.write(&out.join("SCOUT").join("scout.dcm"))?;
    projection(writing, study, habits)?.write(&out.join("MIP").join("mip.dcm"))?;
    screen_save(writing, habits).write(&out.join("SC").join("screen.dcm"))?;
    write_text(
        &out.join("protocol.txt"),
        "Not a DICOM file: scan protocol of a phantom.\n",
    )
}

fn started(
    writing: &Writing,
    habits: &Habits,
    [role, modality, description]: [&'static str; 3],
    sop_class: &'static str,
    number: i64,
) -> Dataset {
    let label = SeriesLabel {
        sop_class,
        modality,
        role,
        number,
        description,
        manufacturer: habits.manufacturer,
        model: habits.model,
        time: writing.timeline.ct,
    };
    let mut d = head(
        &writing.subject,
        &writing.injection,
        &writing.identity,
        writing.timeline.ct,
        &label,
    );
    acquired(&mut d, writing.timeline.ct);
    d.integer(tags::INSTANCE_NUMBER, 1);
    d
}

/// A frontal plane through the middle of `grid` with `[rows, columns]` seen from the front.
fn frontal(grid: &Grid) -> Result<Grid, PhantomError> {
    let [nk, _, ni] = grid.shape();
    let [dk, dj, di] = grid.spacing();
    let origin = grid.origin();
    let top = origin.z + dk * (nk - 1) as f64;
    Grid::new(
        [1, nk, ni],
        [dj, dk, di],
        Point3::new(origin.x, origin.y, top),
        [Vector3::y(), -Vector3::z(), Vector3::x()],
    )
    .map_err(|source| PhantomError::Grid {
        name: "frontal",
        source,
    })
}

/// A CT localizer: sums along the rays from front to back.
fn scout(
    writing: &Writing,
    study: &PhantomStudy,
    habits: &Habits,
) -> Result<Instance, PhantomError> {
    let ct = &study.ct;
    let [nk, nj, ni] = ct.grid().shape();
    let view = ct.view();
    let stored: Vec<u16> = (0..nk * ni)
        .map(|n| {
            let (k, i) = (nk - 1 - n / ni, n % ni);
            let sum: i64 = (0..nj).map(|j| i64::from(view[[k, j, i]]) + 1000).sum();
            (sum / nj as i64 + 24).clamp(0, 4095) as u16
        })
        .collect();
    let names = ["scout", "CT", "Topogram"];
    let mut d = started(writing, habits, names, uids::CT_IMAGE_STORAGE, 1);
    d.texts(
        tags::IMAGE_TYPE,
        VR::CS,
        &["ORIGINAL", "PRIMARY", "LOCALIZER"],
    )
    .text(tags::PATIENT_POSITION, VR::CS, "HFS")
    .decimals(tags::KVP, &[120.0])
    .integer(tags::ACQUISITION_NUMBER, 1)
    .decimals(tags::RESCALE_INTERCEPT, &[-1024.0])
    .decimals(tags::RESCALE_SLOPE, &[1.0]);
    plane(&mut d, &writing.identity, &frontal(ct.grid())?, 0);
    pixels(&mut d, &stored, false);
    Ok(Instance::new(
        writing,
        "scout",
        uids::CT_IMAGE_STORAGE,
        0,
        d,
    ))
}

/// A maximum intensity projection that calls itself PET.
fn projection(
    writing: &Writing,
    study: &PhantomStudy,
    habits: &Habits,
) -> Result<Instance, PhantomError> {
    let suv = &study.suv;
    let [nk, nj, ni] = suv.grid().shape();
    let view = suv.view();
    let stored: Vec<u16> = (0..nk * ni)
        .map(|n| {
            let (k, i) = (nk - 1 - n / ni, n % ni);
            let highest = (0..nj).map(|j| view[[k, j, i]]).fold(0.0, f32::max);
            (highest * 1000.0).min(32_767.0) as u16
        })
        .collect();
    let class = uids::POSITRON_EMISSION_TOMOGRAPHY_IMAGE_STORAGE;
    let mut d = started(writing, habits, ["mip", "PT", "PET MIP"], class, 5);
    series_module(&mut d, ["WHOLE BODY", "REPROJECTION"], 1, habits);
    isotope_module(&mut d, writing, habits);
    frame(&mut d, writing, &writing.timeline.bed(0), 1);
    d.texts(tags::IMAGE_TYPE, VR::CS, &["DERIVED", "PRIMARY", "MIP"])
        .text(tags::REPROJECTION_METHOD, VR::CS, "MAX PIXEL")
        .decimals(tags::RESCALE_INTERCEPT, &[0.0])
        .decimals(tags::RESCALE_SLOPE, &[1.0]);
    plane(&mut d, &writing.identity, &frontal(suv.grid())?, 0);
    pixels(&mut d, &stored, false);
    Ok(Instance::new(writing, "mip", class, 0, d))
}

/// A small colour picture.
fn screen_save(writing: &Writing, habits: &Habits) -> Instance {
    const SIDE: u16 = 64;
    let class = uids::SECONDARY_CAPTURE_IMAGE_STORAGE;
    let mut d = started(writing, habits, ["screen", "OT", "Screen save"], class, 99);
    let bytes: Vec<u8> = (0..u32::from(SIDE) * u32::from(SIDE))
        .flat_map(|n| [(n % 64 * 4) as u8, (n / 64 * 4) as u8, 128])
        .collect();
    d.texts(tags::IMAGE_TYPE, VR::CS, &["DERIVED", "SECONDARY"])
        .text(tags::CONVERSION_TYPE, VR::CS, "WSD")
        .empty(tags::PATIENT_ORIENTATION, VR::CS)
        .short(tags::SAMPLES_PER_PIXEL, 3)
        .text(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "RGB")
        .short(tags::PLANAR_CONFIGURATION, 0)
        .short(tags::ROWS, SIDE)
        .short(tags::COLUMNS, SIDE)
        .short(tags::BITS_ALLOCATED, 8)
        .short(tags::BITS_STORED, 8)
        .short(tags::HIGH_BIT, 7)
        .short(tags::PIXEL_REPRESENTATION, 0)
        .put(tags::PIXEL_DATA, VR::OB, PrimitiveValue::from(bytes));
    Instance::new(writing, "screen", class, 0, d)
}
