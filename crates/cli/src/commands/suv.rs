//! `isoboost suv`

use std::process::ExitCode;

use isoboost_dicom::SeriesChoice;
use isoboost_pipeline::{
    RegionStatistics, SuvImage, SuvImageError, derivation_lines, read_region, statistics,
};
use serde_json::json;

use crate::args::SuvArgs;
use crate::error::{Failure, NO_STUDY, SOME_FAILED, USAGE};
use crate::print::{json_to_stdout, to_stderr, to_stdout};

pub(crate) fn suv(args: &SuvArgs) -> Result<ExitCode, Failure> {
    let choice = SeriesChoice {
        pet_uid: args.pet_series.clone(),
        ..SeriesChoice::default()
    };
    let image = isoboost_pipeline::suv_image(&args.inputs, &choice, &args.facts.to_options())
        .map_err(|error| Failure::new(code_of(&error), &error))?;
    let region = match &args.within {
        Some(path) => {
            let mask = read_region(path, &image.suv).map_err(|e| Failure::new(USAGE, &e))?;
            Some(mask)
        }
        None => None,
    };
    let everything = image.suv.map(|_| true);
    let values =
        statistics(&image.suv, region.as_ref().unwrap_or(&everything)).ok_or_else(|| {
            Failure::message(
                USAGE,
                "the region holds no voxel of the PET; it belongs to another image",
            )
        })?;
    if let Some(path) = &args.nifti {
        isoboost_report::write_volume(path, &image.suv)
            .map_err(|error| Failure::new(SOME_FAILED, &error))?;
    }
    if args.json {
        json_to_stdout(&as_json(&image, &values))?;
    } else {
        tell(&image, &values, region.is_some())?;
    }
    Ok(ExitCode::SUCCESS)
}

fn tell(image: &SuvImage, values: &RegionStatistics, is_region: bool) -> Result<(), Failure> {
    for line in derivation_lines(&image.derivation) {
        to_stdout(&line)?;
    }
    let place = if is_region { "region" } else { "whole PET" };
    let RegionStatistics {
        voxels,
        min,
        median,
        mean,
        max,
    } = values;
    to_stdout(&format!(
        "SUVbw in the {place} ({voxels} voxels): min {min:.4}, median {median:.4}, mean {mean:.4}, max {max:.4}"
    ))?;
    for finding in &image.derivation.findings {
        to_stderr(&format!("warning: {}", finding.text));
    }
    Ok(())
}

fn as_json(image: &SuvImage, values: &RegionStatistics) -> serde_json::Value {
    let derivation = &image.derivation;
    let steps: Vec<_> = derivation
        .steps
        .iter()
        .map(|s| json!({"name": s.name, "value": s.value, "source": s.source}))
        .collect();
    let overrides: Vec<_> = derivation
        .overrides
        .iter()
        .map(|o| json!({"option": o.option, "value": o.value, "instead_of": o.instead_of}))
        .collect();
    let findings: Vec<_> = derivation
        .findings
        .iter()
        .map(|f| json!({"code": f.code.as_str(), "text": f.text}))
        .collect();
    let [nk, nj, ni] = image.suv.grid().shape();
    let [dk, dj, di] = image.suv.grid().spacing();
    json!({
        "schema": "isoboost.suv/1",
        "series_uid": image.series_uid,
        "size": [ni, nj, nk],
        "spacing_mm": [di, dj, dk],
        "kind": derivation.kind.name(),
        "units": derivation.kind.unit(),
        "factor": derivation.factor(),
        "factors": derivation.factors,
        "sul_per_bw": derivation.norms.sul_per_bw,
        "suvbsa_per_bw": derivation.norms.suvbsa_per_bw,
        "derivation": steps,
        "overrides": overrides,
        "warnings": findings,
        "suv": values,
    })
}

fn code_of(error: &SuvImageError) -> u8 {
    match error {
        SuvImageError::NotOne(0) => NO_STUDY,
        SuvImageError::Study(_) => SOME_FAILED,
        _ => USAGE,
    }
}
