//! The page that tells how well alignment works.

use std::fmt::Write as _;

use isoboost_volume::{LEAST_BONE_CORRELATION, MOST_HALVES_MM};

use crate::{Outcome, Stranger};

/// Writes or holds `docs/registration.md`.
pub fn check(outcomes: &[Outcome], strangers: &[Stranger]) {
    let mut text = include_str!("introduction.md")
        .replace("{correlation}", &LEAST_BONE_CORRELATION.to_string())
        .replace("{halves}", &MOST_HALVES_MM.to_string());
    text.push_str(
        "| patient | cases | right | refused | wrong | worst mm | worst ° | lowest correlation | \
         furthest halves mm |\n|---|---|---|---|---|---|---|---|---|\n",
    );
    let mut patients: Vec<&str> = outcomes.iter().map(|o| o.patient).collect();
    patients.sort_unstable();
    patients.dedup();
    for patient in patients {
        let own: Vec<&Outcome> = outcomes.iter().filter(|o| o.patient == patient).collect();
        text.push_str(&row(patient, &own));
    }
    let all: Vec<&Outcome> = outcomes.iter().collect();
    text.push_str(&row("all", &all));
    text.push_str(
        "\nScans that have no business together, all of which have to be refused: the pelvis of \
         another patient, and the chest of the same one.\n\n\
         | scans | verdict |\n|---|---|\n",
    );
    for (what, result) in strangers {
        let verdict = match result {
            Ok(found) => format!("aligned, {:.2}", found.quality.correlation),
            Err(refusal) => {
                let reasons: Vec<String> =
                    refusal.reasons.iter().map(ToString::to_string).collect();
                format!("refused: {}", reasons.join("; "))
            }
        };
        let _ = writeln!(text, "| {what} | {verdict} |");
    }
    isoboost_tests::check_page("registration.md", &text);
}

fn row(name: &str, outcomes: &[&Outcome]) -> String {
    let right = outcomes.iter().filter(|o| o.is_right()).count();
    let refused = outcomes.iter().filter(|o| o.result.is_err()).count();
    let found: Vec<_> = outcomes
        .iter()
        .filter_map(|o| o.result.as_ref().ok())
        .collect();
    let worst =
        |value: &dyn Fn(&(_, f64, f64)) -> f64| found.iter().map(|f| value(f)).fold(0.0, f64::max);
    let lowest = found
        .iter()
        .map(|(r, _, _): &&(isoboost_volume::Registration, f64, f64)| r.quality.correlation)
        .fold(1.0, f64::min);
    format!(
        "| {name} | {} | {right} | {refused} | {} | {:.1} | {:.1} | {lowest:.2} | {:.1} |\n",
        outcomes.len(),
        outcomes.len() - right - refused,
        worst(&|f| f.1),
        worst(&|f| f.2),
        found
            .iter()
            .map(|f| f.0.quality.halves_mm)
            .fold(0.0, f64::max),
    )
}
