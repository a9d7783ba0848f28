//! Radiotherapy as planned, and a suggestion for one pelvic node.

use isoboost_report::{
    CountsInfo, DoseLevelInfo, FactsInfo, FiredRuleInfo, PolicyInfo, RecommendationInfo,
    TouchingInfo, WholeVolumeInfo,
};

/// A dose level whose equivalents are told by the closed form.
pub(super) fn levels(total_gy: f64, fractions: u32) -> Vec<DoseLevelInfo> {
    let per_fraction = total_gy / f64::from(fractions);
    let eqd2 = |alpha_beta: f64| total_gy * (per_fraction + alpha_beta) / (2.0 + alpha_beta);
    vec![DoseLevelInfo {
        label: "median of a survey".to_owned(),
        total_gy,
        fractions,
        dose_per_fraction_gy: per_fraction,
        eqd2_alpha_beta_1_5_gy: eqd2(1.5),
        eqd2_alpha_beta_3_gy: eqd2(3.0),
        eqd2_nominal: false,
        source: "Survey 2019: 10.1186/s13014-019-1383-0".to_owned(),
    }]
}

/// No lesion of any class.
fn counts() -> CountsInfo {
    CountsInfo {
        lesions: 0,
        bed: 0,
        pelvic_node: 0,
        common_iliac: 0,
        para_aortic: 0,
        distant_node: 0,
        bone: 0,
        visceral: 0,
        undetermined: 0,
        nodal_and_distant: 0,
        extrapelvic: 0,
    }
}

/// What is known of a patient without a clinical file.
fn facts() -> FactsInfo {
    FactsInfo {
        psa_ng_ml: None,
        psa_date: None,
        prior_pelvic_rt: "unknown".to_owned(),
        hormone_therapy: "unknown".to_owned(),
        egfr_ml_min: None,
        tracer: None,
        liver_excreted_tracer: None,
        pattern: "negative".to_owned(),
        counts: counts(),
        counted: 0,
        limit: 5,
        uncertain: 0,
        largest_distant_mm: None,
        touching: Vec::new(),
    }
}

/// Radiotherapy as planned.
pub(super) fn recommendation() -> RecommendationInfo {
    RecommendationInfo {
        intensification: Vec::new(),
        rationale: vec!["no PSMA-avid lesion found".to_owned()],
        cautions: Vec::new(),
        caution_ids: Vec::new(),
        out_of_scope: false,
        rules: Vec::new(),
        pelvis_top: None,
        volumes: Vec::new(),
        facts: facts(),
        policy: PolicyInfo {
            name: "psma-guided-salvage".to_owned(),
            version: "1.0".to_owned(),
            sha256: "a".repeat(64),
        },
    }
}

/// A suggestion for one pelvic node.
pub(super) fn suggestion() -> RecommendationInfo {
    RecommendationInfo {
        intensification: vec!["pelvic_rt".to_owned(), "node_boost".to_owned()],
        rationale: vec!["1 avid pelvic node".to_owned()],
        cautions: vec!["doses are starting points".to_owned()],
        caution_ids: vec!["doses".to_owned()],
        rules: vec![FiredRuleInfo {
            id: "pelvic-nodes".to_owned(),
            intensification: vec!["pelvic_rt".to_owned(), "node_boost".to_owned()],
            because: vec!["pelvic-node 1 (at least 1)".to_owned()],
            sources: vec!["NCT03525288: registry record".to_owned()],
        }],
        pelvis_top: Some("l5_s1".to_owned()),
        volumes: vec![WholeVolumeInfo {
            name: "pelvis".to_owned(),
            dose_levels: levels(50.0, 25),
        }],
        facts: FactsInfo {
            psa_ng_ml: Some(0.4),
            psa_date: Some("2026-02-14".to_owned()),
            prior_pelvic_rt: "no".to_owned(),
            egfr_ml_min: Some(78.0),
            tracer: Some("PSMA-1007".to_owned()),
            liver_excreted_tracer: Some(true),
            pattern: "node".to_owned(),
            counts: CountsInfo {
                lesions: 1,
                pelvic_node: 1,
                nodal_and_distant: 1,
                ..counts()
            },
            counted: 1,
            touching: vec![TouchingInfo {
                lesion_id: 1,
                organ: "bowel".to_owned(),
            }],
            ..facts()
        },
        ..recommendation()
    }
}
