//! `docs/recommendation.md`: prose with tables made from the policy.

use std::fmt::Write as _;

use isoboost_pipeline::COLUMNS;
use isoboost_planning::{Answer, DoseLevel, PLACEHOLDERS, Policy, Recommendation, Rule, recommend};

use crate::patterns::{PATTERNS, staging_of};
use crate::{PRIOR_RT, PSA, names, patient};

const PROSE: &str = include_str!("page.md");

/// Cautions that depend on the patient and not on the pattern.
const OF_PATIENT: [&str; 4] = [
    "low-psa",
    "low-psa-negative",
    "psa-unknown",
    "prior-rt-unknown",
];

pub(crate) fn document() -> String {
    let policy = Policy::default();
    PROSE
        .replace("{patterns}", &patterns(&policy))
        .replace("{patient}", &of_patient(&policy))
        .replace("{rules}", &rules(&policy))
        .replace("{doses}", &doses(&policy))
        .replace("{columns}", &columns())
        .replace("{placeholders}", &placeholders())
}

fn or_dash(text: &str) -> &str {
    if text.is_empty() { "-" } else { text }
}

fn patterns(policy: &Policy) -> String {
    let mut text = "| pattern | suggested | pelvis up to | whole volumes | rules | cautions |\n\
         |---|---|---|---|---|---|\n"
        .to_owned();
    for pattern in PATTERNS {
        let staging = staging_of(pattern.lesions);
        let given = recommend(&staging, &patient(Some(1.0), Answer::No), policy);
        let kinds = names(&given);
        let suggested = if kinds.is_empty() {
            "as planned".to_owned()
        } else {
            kinds.join(", ")
        };
        let volumes: Vec<&str> = given.volumes.iter().map(|v| v.name.name()).collect();
        let rules: Vec<&str> = given.rules.iter().map(|r| r.id.as_str()).collect();
        let _ = writeln!(
            text,
            "| {} | {suggested} | {} | {} | {} | {} |",
            pattern.name,
            given.pelvis_top.map_or("-", |top| top.name()),
            or_dash(&volumes.join(", ")),
            rules.join(", "),
            or_dash(&given.caution_ids.join(", ")),
        );
    }
    text.trim_end().to_owned()
}

/// What PSA and earlier radiotherapy change, for a bed recurrence and for a negative scan.
fn of_patient(policy: &Policy) -> String {
    let mut text = "| PSA | earlier pelvic radiotherapy | outcome | cautions with lesions | cautions when negative |\n\
         |---|---|---|---|---|\n"
        .to_owned();
    for psa in PSA {
        for prior in PRIOR_RT {
            let of = |pattern: &str| {
                let pattern = PATTERNS.iter().find(|p| p.name == pattern).unwrap();
                let staging = staging_of(pattern.lesions);
                recommend(&staging, &patient(psa, prior), policy)
            };
            let (positive, negative) = (of("bed alone"), of("negative"));
            assert_eq!(positive.out_of_scope, negative.out_of_scope);
            let outcome = if positive.out_of_scope {
                "refused: re-irradiation"
            } else {
                "as above"
            };
            let psa = psa.map_or("not known".to_owned(), |psa| psa.to_string());
            let _ = writeln!(
                text,
                "| {psa} | {} | {outcome} | {} | {} |",
                prior.name(),
                cautions(&positive),
                cautions(&negative)
            );
        }
    }
    text.trim_end().to_owned()
}

fn cautions(given: &Recommendation) -> String {
    let of_patient = |id: &&str| OF_PATIENT.contains(id);
    let ids = given.caution_ids.iter().map(String::as_str);
    let ids: Vec<&str> = ids.filter(of_patient).collect();
    or_dash(&ids.join(", ")).to_owned()
}

fn rules(policy: &Policy) -> String {
    let mut text = "| | says | sources |\n|---|---|---|\n".to_owned();
    let shown = |text: &str| text.trim().replace(['{', '}'], "*");
    for rule in &policy.rules {
        let Rule { id, sources, .. } = rule;
        let _ = writeln!(
            text,
            "| rule `{id}` | {} | {} |",
            shown(&rule.text),
            sources.join("; ")
        );
    }
    for caution in &policy.cautions {
        let _ = writeln!(
            text,
            "| caution `{}` | {} | {} |",
            caution.id,
            shown(&caution.text),
            caution.sources.join("; ")
        );
    }
    text.trim_end().to_owned()
}

fn doses(policy: &Policy) -> String {
    let mut text =
        "| of | Gy / fractions | per fraction | EQD2 tumour | EQD2 late | what | source |\n\
         |---|---|---|---|---|---|---|\n"
            .to_owned();
    let mut rows = |of: &str, doses: &[DoseLevel]| {
        for dose in doses {
            let eqd2 = |gy: f64| match dose.is_eqd2_nominal() {
                true => format!("({gy:.1})"),
                false => format!("{gy:.1}"),
            };
            let _ = writeln!(
                text,
                "| {of} | {} / {} | {:.2} | {} | {} | {} | {} |",
                dose.total_gy,
                dose.fractions,
                dose.per_fraction_gy(),
                eqd2(dose.eqd2_tumour_gy()),
                eqd2(dose.eqd2_late_gy()),
                dose.label,
                dose.source
            );
        }
    };
    for treatment in &policy.treatments {
        let classes: Vec<&str> = treatment.classes.iter().map(|c| c.name()).collect();
        rows(&classes.join(", "), &treatment.doses);
    }
    for volume in &policy.volumes {
        rows(&format!("whole {}", volume.name.name()), &volume.doses);
    }
    text.trim_end().to_owned()
}

fn columns() -> String {
    let mut text = "| column | also | holds | values |\n|---|---|---|---|\n".to_owned();
    for column in COLUMNS {
        let _ = writeln!(
            text,
            "| `{}` | {} | {} | {} |",
            column.name,
            or_dash(&column.also.join(", ")),
            column.meaning,
            column.values.words()
        );
    }
    text.trim_end().to_owned()
}

fn placeholders() -> String {
    let mut text = "| | |\n|---|---|\n".to_owned();
    for (name, meaning) in PLACEHOLDERS {
        let _ = writeln!(text, "| `{{{name}}}` | {meaning} |");
    }
    text.trim_end().to_owned()
}
