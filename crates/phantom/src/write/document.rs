//! `truth.json`: what is known of a written phantom.

use nalgebra::Point3;
use serde::Serialize;

use super::common::date_time;
use super::{PhantomOptions, Writing};
use crate::{Intensification, PhantomKind, PhantomStudy, Region, Side, TruthLesion};

/// Version of the document's layout.
const SCHEMA: &str = "isoboost.phantom-truth/1";

#[derive(Debug, Serialize)]
pub(super) struct TruthDocument<'a> {
    schema: &'static str,
    phantom: &'a PhantomKind,
    options: &'a PhantomOptions,
    study_uid: &'a str,
    pet_series_uid: String,
    ct_series_uid: String,
    frame_of_reference_uid: &'a str,
    decay: Decay,
    lesions: Vec<Lesion<'a>>,
    /// What is to be proposed; absent for a test object.
    #[serde(skip_serializing_if = "Option::is_none")]
    recommendation: Option<&'a [Intensification]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    polymetastatic: Option<bool>,
    landmarks: Vec<Landmark<'a>>,
    suv_checkpoints: Vec<SuvCheckpoint>,
}

/// The way from SUV to what is stored.
#[derive(Debug, Serialize)]
struct Decay {
    injected_at: String,
    reference: String,
    half_life_s: f64,
    factor: f64,
    /// False where the headers lack what SUV needs.
    suv_can_be_computed: bool,
}

#[derive(Debug, Serialize)]
struct Lesion<'a> {
    id: u32,
    region: Region,
    station: &'a str,
    side: Option<Side>,
    centre_mm: [f64; 3],
    diameter_mm: f64,
    volume_ml: f64,
    suv: f64,
    suv_max_noise_free: f64,
}

#[derive(Debug, Serialize)]
struct Landmark<'a> {
    name: &'a str,
    position_mm: [f64; 3],
}

#[derive(Debug, Serialize)]
struct SuvCheckpoint {
    /// Slice from the feet, row, column.
    voxel_kji: [usize; 3],
    position_mm: [f64; 3],
    suv: f32,
}

fn triple(p: Point3<f64>) -> [f64; 3] {
    [p.x, p.y, p.z]
}

impl<'a> From<&'a TruthLesion> for Lesion<'a> {
    fn from(lesion: &'a TruthLesion) -> Self {
        Self {
            id: lesion.id,
            region: lesion.region,
            station: &lesion.station,
            side: lesion.side,
            centre_mm: triple(lesion.center),
            diameter_mm: lesion.diameter_mm,
            volume_ml: lesion.volume_ml,
            suv: lesion.suv,
            suv_max_noise_free: lesion.suv_max_noise_free,
        }
    }
}

impl<'a> TruthDocument<'a> {
    pub(super) fn new(
        kind: &'a PhantomKind,
        options: &'a PhantomOptions,
        writing: &'a Writing,
        study: &'a PhantomStudy,
    ) -> Self {
        let truth = &study.truth;
        let expected = truth.expected.as_ref();
        Self {
            schema: SCHEMA,
            phantom: kind,
            options,
            study_uid: &writing.identity.study,
            pet_series_uid: writing.identity.series("pet"),
            ct_series_uid: writing.identity.series("ct"),
            frame_of_reference_uid: &writing.identity.frame_of_reference,
            decay: Decay {
                injected_at: date_time(writing.timeline.injected),
                reference: date_time(writing.timeline.reference),
                half_life_s: options.injection.tracer.half_life_s(),
                factor: writing.timeline.decay_to_reference(),
                suv_can_be_computed: options.dialect.is_quantitative(),
            },
            lesions: truth.lesions.iter().map(Lesion::from).collect(),
            recommendation: expected.map(|e| e.intensification.as_slice()),
            polymetastatic: expected.map(|e| e.polymetastatic),
            landmarks: truth
                .landmarks
                .iter()
                .map(|(name, p)| Landmark {
                    name,
                    position_mm: triple(*p),
                })
                .collect(),
            suv_checkpoints: truth
                .checkpoints
                .iter()
                .map(|c| SuvCheckpoint {
                    voxel_kji: c.voxel,
                    position_mm: triple(c.position),
                    suv: c.suv,
                })
                .collect(),
        }
    }
}
