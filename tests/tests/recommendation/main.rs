//! Who gets what: every pattern of disease at every PSA with and without earlier radiotherapy, held
//! against what the trial's registry and the published practice say; and a cohort of phantoms
//! through the built command. Makes `docs/recommendation.md`.

mod cohort;
mod command;
mod page;
mod patterns;

use isoboost_planning::{Answer, ClinicalFacts, Patient, Policy, Recommendation, recommend};
use isoboost_tests::check_page;

use crate::patterns::{Expected, PATTERNS, staging_of};

/// Not known, below the boundary of the trials, on it, and above.
const PSA: [Option<f64>; 4] = [None, Some(0.2), Some(0.3), Some(1.0)];
const PRIOR_RT: [Answer; 3] = [Answer::Unknown, Answer::No, Answer::Yes];

/// A patient of whom nothing else is known.
fn patient(psa_ng_ml: Option<f64>, prior_pelvic_rt: Answer) -> Patient {
    Patient {
        clinical: ClinicalFacts {
            psa_ng_ml,
            prior_pelvic_rt,
            ..ClinicalFacts::default()
        },
        ..Patient::default()
    }
}

fn names(recommendation: &Recommendation) -> Vec<&'static str> {
    let kinds = recommendation.intensification.iter();
    kinds.map(|kind| kind.name()).collect()
}

#[test]
fn every_pattern_gets_what_registry_and_practice_say() {
    let policy = Policy::default();
    for expected in PATTERNS {
        let staging = staging_of(expected.lesions);
        for (psa, prior) in PSA.iter().flat_map(|p| PRIOR_RT.map(|rt| (*p, rt))) {
            let case = format!("{}, PSA {psa:?}, prior RT {}", expected.name, prior.name());
            let given = recommend(&staging, &patient(psa, prior), &policy);
            if prior == Answer::Yes {
                check_refused(&given, &case);
            } else {
                check_suggested(&given, expected, &case);
            }
            check_cautions(&given, expected, psa, prior, &case);
        }
    }
}

/// Re-irradiation is out of scope, whatever the PET shows.
fn check_refused(given: &Recommendation, case: &str) {
    assert!(given.out_of_scope, "{case}");
    assert!(given.intensification.is_empty(), "{case}");
    assert!(given.volumes.is_empty(), "{case}");
    assert_eq!(given.pelvis_top, None, "{case}");
    let rules: Vec<&str> = given.rules.iter().map(|r| r.id.as_str()).collect();
    assert_eq!(rules, ["re-irradiation"], "{case}");
    assert_eq!(given.rules[0].because, ["prior-pelvic-rt yes"], "{case}");
}

fn check_suggested(given: &Recommendation, expected: &Expected, case: &str) {
    assert!(!given.out_of_scope, "{case}");
    assert_eq!(names(given), expected.kinds, "{case}");
    let top = given.pelvis_top.map(|top| top.name());
    assert_eq!(top, expected.pelvis_top, "{case}");
    let rules: Vec<&str> = given.rules.iter().map(|r| r.id.as_str()).collect();
    assert_eq!(rules, expected.rules, "{case}");
    assert_eq!(given.rationale.len(), rules.len(), "{case}");
    let whole: Vec<&str> = given.volumes.iter().map(|v| v.name.name()).collect();
    assert_eq!(whole, expected.volumes, "{case}");
    // A boost to the bed never takes the place of the bed.
    let has_boost = names(given).contains(&"bed_boost");
    assert!(!has_boost || whole.contains(&"prostate_bed"), "{case}");
}

fn check_cautions(
    given: &Recommendation,
    expected: &Expected,
    psa: Option<f64>,
    prior: Answer,
    case: &str,
) {
    let has = |id: &str| given.caution_ids.iter().any(|c| c == id);
    let is_low = psa.is_some_and(|psa| psa < 0.3);
    let is_negative = expected.lesions.is_empty();
    assert_eq!(has("low-psa"), is_low && !is_negative, "{case}");
    assert_eq!(has("low-psa-negative"), is_low && is_negative, "{case}");
    assert_eq!(has("psa-unknown"), psa.is_none(), "{case}");
    assert_eq!(has("prior-rt-unknown"), prior == Answer::Unknown, "{case}");
    let is_refused = prior == Answer::Yes;
    assert_eq!(has("doses"), !is_negative && !is_refused, "{case}");
    for id in expected.cautions {
        // Where nothing is suggested, nothing depends on the count.
        let is_expected = !(is_refused && *id == "count-ambiguity");
        assert_eq!(
            has(id),
            is_expected,
            "{case}: {id}, {:?}",
            given.caution_ids
        );
    }
    assert_eq!(given.cautions.len(), given.caution_ids.len(), "{case}");
}

#[test]
fn the_page_says_what_the_policy_does() {
    check_page("recommendation.md", &page::document());
}
