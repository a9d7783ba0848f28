//! What the result cannot know, told on every page.

use super::wording::{fixed, sentence};
use crate::document::Report;

/// A limit of the result: a few words, and what they mean.
#[derive(Debug, serde::Serialize)]
pub(super) struct Limit {
    name: &'static str,
    text: String,
}

/// The limits of this result, those of the method first.
pub(super) fn limits(report: &Report) -> Vec<Limit> {
    let mut limits = vec![
        limit("Small disease is not seen", &small_disease(report)),
        limit(
            "Uptake is not histology",
            "benign tissue, fractures, ganglia and urine take up or carry the tracer too; classes \
             rest on place and uptake, and their confidence is a measure of the rules, not a \
             probability that was validated in patients",
        ),
        limit(
            "Outlines depend on a rule",
            "each lesion tells the rule and what other published rules would draw; none of them \
             is the border of the tumour, and no outline is finer than the voxels of the PET allow",
        ),
        limit("Places depend on anatomy", places(report)),
        limit(
            "One moment of one day",
            "bladder, rectum and bowel move between PET and CT and until treatment; the margins \
             are those of the policy and do not follow this patient's motion",
        ),
        limit(
            "A suggestion follows its policy",
            "doses, margins and volumes are starting points from published practice; comorbidity, \
             symptoms, wishes and what was treated before are for the treating team",
        ),
    ];
    limits.extend(unknown_facts(report));
    if let Some(check) = &report.isotoxic {
        let text = match check.basis.as_str() {
            "geometry" => {
                "no dose of a base plan was handed in: boosts are held against the limits alone, \
                 by a model of their fall-off and not by a dose calculation"
            }
            _ => {
                "doses of boosts that are not planned yet come from a model of their fall-off, not \
                 from a dose calculation"
            }
        };
        limits.push(limit("Boost doses are estimated", text));
    }
    limits
}

fn limit(name: &'static str, text: &str) -> Limit {
    Limit {
        name,
        text: sentence(text),
    }
}

fn small_disease(report: &Report) -> String {
    let voxel = report.pet.spacing_mm.map(|mm| fixed(Some(mm), 1));
    format!(
        "voxels of {} mm blur what is smaller than about 8 mm, and PSMA-negative tumour has no \
         uptake; with histology of the pelvic nodes as reference, PSMA-PET found 40 % of the \
         patients with nodal disease (OSPREY cohort A, 18F-DCFPyL), so that a negative region is \
         not a free one",
        voxel.join(" × ")
    )
}

fn places(report: &Report) -> &'static str {
    if report.ct.is_none() && report.planning_ct.is_none() {
        "there was no CT: places come from the PET alone, and targets are not cut by anatomy"
    } else {
        "organs, bones, vessels and borders between regions are recognised by rules to some \
         millimetres, unless they were handed in; near a border the evidence of each lesion says \
         what else it may be"
    }
}

/// What the rules would have asked for and nobody gave.
fn unknown_facts(report: &Report) -> Option<Limit> {
    let facts = &report.recommendation.facts;
    let unknown = [
        ("PSA", facts.psa_ng_ml.is_none()),
        (
            "radiotherapy of the pelvis before",
            facts.prior_pelvic_rt == "unknown",
        ),
        ("hormone therapy", facts.hormone_therapy == "unknown"),
    ];
    let names: Vec<&str> = unknown
        .into_iter()
        .filter_map(|(name, is_unknown)| is_unknown.then_some(name))
        .collect();
    (!names.is_empty()).then(|| Limit {
        name: "Not given for this patient",
        text: sentence(&format!(
            "{}; what depends on it was not looked at",
            names.join(", ")
        )),
    })
}
