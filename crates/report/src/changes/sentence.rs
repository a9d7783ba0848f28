//! A change in a sentence.

use super::kind::{ChangeKind, ClassInfo};
use crate::document::MarginInfo;

#[expect(
    clippy::too_many_lines,
    reason = "a table: one short arm for each kind of change"
)]
pub(super) fn of(kind: &ChangeKind) -> String {
    match kind {
        ChangeKind::Rejected {
            finding,
            was,
            reasons,
        } => {
            let why = if reasons.is_empty() {
                String::new()
            } else {
                format!(": {}", reasons.join("; "))
            };
            format!("Lesion {finding} ({}) was excluded{why}.", class(was))
        }
        ChangeKind::Restored {
            finding,
            was,
            class: now,
        } => format!(
            "Finding {finding}, excluded as {}, was restored as a lesion ({}).",
            words(was),
            class(now)
        ),
        ChangeKind::Added {
            finding,
            class: now,
            volume_ml,
            suv_max,
            ..
        } => {
            let what = format!("{} mL, SUVmax {suv_max:.1}", ml(*volume_ml));
            match now {
                Some(now) => format!("Lesion {finding} was added ({}; {what}).", class(now)),
                None => format!("Finding {finding} was added and rejected again ({what})."),
            }
        }
        ChangeKind::Merged {
            findings,
            into,
            volume_ml,
            excluded,
        } => format!(
            "Findings {} were merged into {into} ({} mL){}.",
            list(findings),
            ml(*volume_ml),
            no_lesions(excluded)
        ),
        ChangeKind::Split {
            finding,
            into,
            volumes_ml,
            excluded,
        } => format!(
            "Finding {finding} was split into {} ({} mL){}.",
            list(into),
            volumes(volumes_ml),
            no_lesions(excluded)
        ),
        ChangeKind::Redivided {
            findings,
            into,
            volumes_ml,
            excluded,
        } => format!(
            "Of {} {} was made {} ({} mL){}.",
            plural("finding", findings.len()),
            list(findings),
            list(into),
            volumes(volumes_ml),
            no_lesions(excluded)
        ),
        ChangeKind::Reclassified { finding, from, to } => format!(
            "Lesion {finding} was reclassified from {} to {}.",
            class(from),
            class(to)
        ),
        ChangeKind::Redrawn {
            finding,
            from_ml,
            to_ml,
            from_rule,
            to_rule,
        } => {
            let rule = if from_rule == to_rule {
                String::new()
            } else {
                format!(" ({to_rule})")
            };
            let size = from_to(*from_ml, *to_ml);
            format!("Finding {finding} was redrawn{rule}; its volume {size}.")
        }
        ChangeKind::MiTnm { from, to } => format!("miTNM went from {from} to {to}."),
        ChangeKind::Pattern { from, to } => {
            format!("The pattern went from {} to {}.", words(from), words(to))
        }
        ChangeKind::Recommendation { .. } => recommendation(kind),
        ChangeKind::TargetAdded { target, volume_ml } => {
            format!("{target} was added ({} mL).", ml(*volume_ml))
        }
        ChangeKind::TargetRemoved { target, volume_ml } => {
            format!("{target} was removed ({} mL).", ml(*volume_ml))
        }
        ChangeKind::TargetRenamed { from, to } => {
            format!("{from} of the suggestion is now called {to}.")
        }
        ChangeKind::TargetVolume {
            target,
            from_ml,
            to_ml,
        } => format!("The volume of {target} {}.", from_to(*from_ml, *to_ml)),
        ChangeKind::Margins { target, from, to } => format!(
            "The margin of {target} went from {} to {}.",
            margin(from.as_ref()),
            margin(to.as_ref())
        ),
        ChangeKind::Dose {
            target,
            from_gy,
            from_fractions,
            to_gy,
            to_fractions,
        } => format!(
            "The dose of {target} went from {} to {}.",
            dose(*from_gy, *from_fractions),
            dose(*to_gy, *to_fractions)
        ),
    }
}

fn recommendation(kind: &ChangeKind) -> String {
    let ChangeKind::Recommendation {
        added,
        removed,
        pelvis_top_from,
        pelvis_top_to,
        out_of_scope_from,
        out_of_scope_to,
    } = kind
    else {
        return String::new();
    };
    let names = |kinds: &[String]| {
        let kinds: Vec<String> = kinds.iter().map(|kind| words(kind)).collect();
        kinds.join(", ")
    };
    let mut parts = Vec::new();
    if !added.is_empty() {
        parts.push(format!("now {}", names(added)));
    }
    if !removed.is_empty() {
        parts.push(format!("no longer {}", names(removed)));
    }
    if pelvis_top_from != pelvis_top_to {
        let top = |top: &Option<String>| match top.as_deref() {
            None => "none".to_owned(),
            Some("l5_s1") => "L5/S1".to_owned(),
            Some(other) => words(other),
        };
        parts.push(format!(
            "upper border of the pelvic volume from {} to {}",
            top(pelvis_top_from),
            top(pelvis_top_to)
        ));
    }
    if out_of_scope_from != out_of_scope_to {
        let scope = if *out_of_scope_to {
            "outside"
        } else {
            "inside"
        };
        parts.push(format!("the patient is {scope} of what the policy is for"));
    }
    format!("Recommendation: {}.", parts.join("; "))
}

/// As in `pelvic node, left external iliac node, miN1a`.
fn class(class: &ClassInfo) -> String {
    let region = words(&class.region);
    let parts = [region.as_str(), &class.site, &class.mi_tnm];
    let known: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    known.join(", ")
}

fn words(name: &str) -> String {
    name.replace('_', " ")
}

fn plural(word: &str, n: usize) -> String {
    if n == 1 {
        word.to_owned()
    } else {
        format!("{word}s")
    }
}

/// As in `3, 4 and 7`.
fn list(ids: &[u32]) -> String {
    let texts: Vec<String> = ids.iter().map(u32::to_string).collect();
    match texts.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        Some((last, _)) => last.clone(),
        None => String::new(),
    }
}

/// That findings are excluded, where some are.
fn no_lesions(excluded: &[u32]) -> String {
    match excluded {
        [] => String::new(),
        [one] => format!("; {one} is excluded"),
        some => format!("; {} are excluded", list(some)),
    }
}

fn ml(volume: f64) -> String {
    format!("{volume:.2}")
}

fn volumes(all: &[f64]) -> String {
    let texts: Vec<String> = all.iter().map(|volume| ml(*volume)).collect();
    texts.join(", ")
}

fn from_to(from: f64, to: f64) -> String {
    let (from, to) = (ml(from), ml(to));
    if from == to {
        format!("stays {to} mL")
    } else {
        format!("went from {from} to {to} mL")
    }
}

fn margin(margin: Option<&MarginInfo>) -> String {
    let Some(m) = margin else {
        return "none".to_owned();
    };
    let sides = [
        m.left,
        m.right,
        m.anterior,
        m.posterior,
        m.superior,
        m.inferior,
    ];
    if sides.iter().all(|side| *side == m.left) {
        return format!("{} mm", m.left);
    }
    let [left, right, anterior, posterior, superior, inferior] = sides;
    format!("L{left} R{right} A{anterior} P{posterior} S{superior} I{inferior} mm")
}

fn dose(total_gy: Option<f64>, fractions: Option<u32>) -> String {
    match (total_gy, fractions) {
        (Some(total), Some(fractions)) => format!("{total} Gy in {fractions} fractions"),
        (Some(total), None) => format!("{total} Gy"),
        (None, _) => "none".to_owned(),
    }
}
