//! What a planner must know before using a result, what concerns all of it first.

use isoboost_dicom::{Finding, Selection};
use isoboost_report::WarningInfo;
use isoboost_staging::{Region, Staging};
use isoboost_suv::SuvDerivation;

use crate::study::{StatedFacts, StudyJob};

pub(crate) fn of(
    job: &StudyJob<'_>,
    selection: &Selection<'_>,
    derivation: &SuvDerivation,
    stated: &StatedFacts<'_>,
    staging: &Staging,
) -> Vec<WarningInfo> {
    let mut warnings = Vec::new();
    let mut add = |code: &str, text: &str| {
        warnings.push(WarningInfo {
            code: code.to_owned(),
            text: text.to_owned(),
        });
    };
    // Why there is no CT comes from the selection and stands first.
    let (no_ct, others): (Vec<&Finding>, Vec<&Finding>) =
        selection.warnings.iter().partition(|w| w.code == "no-ct");
    for finding in no_ct {
        add(finding.code, &finding.text);
    }
    if job.request.clinical.is_some() && stated.row.is_none() {
        add(
            "no-clinical-facts",
            "the clinical file has no row for this patient; the recommendation rests on the images \
             alone",
        );
    }
    if selection.ct.is_some()
        && staging
            .lesions
            .iter()
            .any(|l| l.region == Region::Undetermined)
    {
        add(
            "undetermined",
            "some lesions could not be placed; they have a GTV alone",
        );
    }
    let series = std::iter::once(selection.pet).chain(selection.ct);
    let of_series = series.flat_map(|s| s.findings.iter());
    let read: Vec<&Finding> = others
        .into_iter()
        .chain(&job.study.findings)
        .chain(of_series)
        .collect();
    for finding in read {
        add(finding.code, &finding.text);
    }
    for finding in &derivation.findings {
        add(finding.code.as_str(), &finding.text);
    }
    for finding in &staging.findings {
        add("staging", finding);
    }
    if !staging.points.is_empty() {
        let highest = staging.points.iter().map(|p| p.suv_max).fold(0.0, f64::max);
        let spots = match staging.points.len() {
            1 => "1 spot above the finding threshold is".to_owned(),
            n => format!("{n} spots above the finding threshold are"),
        };
        let text = format!(
            "{spots} too small to delineate (highest SUVmax {highest:.1}); the report lists them \
             under `points`"
        );
        add("points", &text);
    }
    warnings
}

/// That a person changed the suggestion, and how.
pub(crate) fn of_review(decisions: &[String]) -> impl Iterator<Item = WarningInfo> + '_ {
    decisions.iter().map(|sentence| WarningInfo {
        code: "reviewed".to_owned(),
        text: sentence.clone(),
    })
}
