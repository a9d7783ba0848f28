//! How well a series serves as the PET or the CT of a plan.

use isoboost_volume::Grid;

use crate::grouping::is_localizer;
use crate::study::Series;

/// Two stacks whose lengths differ by less than this part are equally complete.
const LENGTH_STEP: f64 = 0.02;

/// The same for the part of the PET that a CT covers.
const COVERAGE_STEP: f64 = 0.02;

/// Points of the PET per side that are looked for in a CT.
const PROBES: [usize; 3] = [24, 9, 9];

/// Why a series cannot be the PET at all.
pub(crate) fn pet_objection(series: &Series) -> Option<String> {
    if let Some(problem) = &series.pixel_problem {
        return Some(problem.to_string());
    }
    let projection = series.series_type.iter().any(|t| t == "REPROJECTION")
        || series.image_type.iter().any(|t| is_projection(t));
    if projection {
        return Some("it is a projection (MIP), not slices".to_owned());
    }
    if is_localizer(&series.image_type) {
        return Some("it is a localizer".to_owned());
    }
    series.geometry.as_ref().err().map(ToString::to_string)
}

/// Why a series should be the PET only when it is named.
pub(crate) fn is_attenuation_corrected(series: &Series) -> Option<bool> {
    // Corrected Image may be empty: then nothing is known.
    let known = !series.corrections.is_empty();
    known.then(|| series.corrections.iter().any(|c| c == "ATTN"))
}

/// Whether the series is one time frame or gate of several.
pub(crate) fn is_time_resolved(series: &Series) -> bool {
    let stated = series.series_type.first();
    stated.is_some_and(|t| t == "DYNAMIC" || t == "GATED")
}

/// Why a series cannot be the CT of `pet`, frames of reference aside.
pub(crate) fn ct_objection(series: &Series, pet: &Grid) -> Option<String> {
    let elsewhere = || {
        let grid = series.geometry.as_ref().ok()?;
        (coverage(grid, pet) == 0.0).then(|| "it does not overlap the PET".to_owned())
    };
    objection_by_itself(series).or_else(elsewhere)
}

/// Why a series cannot be used as a CT, whatever else there is.
pub(crate) fn objection_by_itself(series: &Series) -> Option<String> {
    if let Some(problem) = &series.pixel_problem {
        return Some(problem.to_string());
    }
    if is_localizer(&series.image_type) {
        return Some("it is a scout".to_owned());
    }
    if let Some(kind) = series.image_type.iter().find(|t| is_projection(t)) {
        return Some(format!("it is a projection ({kind}), not slices"));
    }
    if let Some(what) = not_hounsfield(series) {
        return Some(format!("its values are {what}, not Hounsfield units"));
    }
    if let Err(problem) = &series.geometry {
        return Some(problem.to_string());
    }
    (series.slices.len() < 2).then(|| "it is a single slice".to_owned())
}

/// Whether both series state the same frame of reference.
pub(crate) fn shares_frame_of_reference(a: &Series, b: &Series) -> bool {
    a.frame_of_reference.is_some() && a.frame_of_reference == b.frame_of_reference
}

/// What makes one PET better than another, the most important first; larger is better.
pub(crate) fn pet_rank(series: &Series) -> [i64; 6] {
    [
        // Corrected, unknown, not corrected.
        match is_attenuation_corrected(series) {
            Some(true) => 2,
            None => 1,
            Some(false) => 0,
        },
        i64::from(!is_time_resolved(series)),
        logarithmic(length_mm(series), LENGTH_STEP),
        i64::from(!is_derived(series)),
        i64::try_from(series.slices.len()).unwrap_or(i64::MAX),
        -logarithmic(voxel_ml(series), LENGTH_STEP),
    ]
}

/// What makes one CT better than another for `pet`, the most important first.
pub(crate) fn ct_rank(series: &Series, pet: &Grid) -> [i64; 4] {
    let covered = series.geometry.as_ref().map_or(0.0, |g| coverage(g, pet));
    [
        whole(covered / COVERAGE_STEP),
        i64::from(!is_derived(series)),
        i64::try_from(series.slices.len()).unwrap_or(i64::MAX),
        -logarithmic(voxel_ml(series), LENGTH_STEP),
    ]
}

/// The part of the PET's volume that lies inside the CT, from 0 to 1.
pub(crate) fn coverage(ct: &Grid, pet: &Grid) -> f64 {
    let shape = pet.shape();
    let mut inside = 0;
    for probe in probes() {
        // Probes lie in the middle of equal parts of each side.
        let index = [0, 1, 2].map(|a| {
            let part = (probe[a] as f64 + 0.5) / PROBES[a] as f64;
            part * shape[a] as f64 - 0.5
        });
        let point = pet.lps_from_index(index);
        inside += usize::from(ct.voxel_at(point).is_some());
    }
    inside as f64 / PROBES.iter().product::<usize>() as f64
}

fn probes() -> impl Iterator<Item = [usize; 3]> {
    let [nk, nj, ni] = PROBES;
    (0..nk).flat_map(move |k| (0..nj).flat_map(move |j| (0..ni).map(move |i| [k, j, i])))
}

/// Length of the stack in mm.
pub(crate) fn length_mm(series: &Series) -> f64 {
    series
        .geometry
        .as_ref()
        .map_or(0.0, |grid| grid.shape()[0] as f64 * grid.spacing()[0])
}

fn voxel_ml(series: &Series) -> f64 {
    series.geometry.as_ref().map_or(0.0, Grid::voxel_volume_ml)
}

fn is_derived(series: &Series) -> bool {
    series.image_type.first().is_some_and(|t| t == "DERIVED")
        || series.image_type.get(1).is_some_and(|t| t == "SECONDARY")
}

fn is_projection(image_type: &str) -> bool {
    image_type == "MIP" || image_type.contains("PROJECTION")
}

/// What a CT holds instead of Hounsfield units, where its header says so.
fn not_hounsfield(series: &Series) -> Option<String> {
    const OTHER_QUANTITIES: [&str; 6] = [
        "PERFUSION",
        "MATERIAL",
        "EFF_Z",
        "ELECTRON_DENSITY",
        "IODINE",
        "FLUOROSCOPY",
    ];
    let by_type = series.image_type.iter().find(|value| {
        let named = OTHER_QUANTITIES.iter().any(|q| value.starts_with(q));
        named && value.as_str() != "MATERIAL_HU"
    });
    // US means unspecified, which old scanners write for Hounsfield units too.
    let by_unit = series.rescale_type.as_ref();
    by_type
        .or_else(|| by_unit.filter(|unit| !matches!(unit.as_str(), "HU" | "US" | "HU_MOD")))
        .map(|what| format!("`{what}`"))
}

/// Equal for values that differ by less than `step` parts, as far as steps can say.
fn logarithmic(value: f64, step: f64) -> i64 {
    whole(value.max(1e-9).ln() / step)
}

fn whole(value: f64) -> i64 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "lengths, volumes and their logarithms are small"
    )]
    let value = value.round() as i64;
    value
}
