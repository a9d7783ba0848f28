//! Whether a policy can be used: every value in its range, every name known.

use std::collections::BTreeSet;

use super::conditions::{Conditions, NumberRange};
use super::template::{PLACEHOLDERS, unknown_placeholders};
use super::treatment::{DoseLevel, MarginSetting};
use super::{Intensification, Policy, Rule, WholeVolume};
use crate::lesion_class::LesionClass;

/// Names the key, the value found and what is expected.
pub(super) fn check(policy: &Policy) -> Result<(), String> {
    for (key, text) in [("name", &policy.name), ("version", &policy.version)] {
        if text.trim().is_empty() {
            return Err(format!("{key} is empty, expected a text"));
        }
    }
    check_limits(policy)?;
    check_sources(policy)?;
    check_ids(policy)?;
    for rule in &policy.rules {
        check_rule(policy, rule).map_err(|e| format!("rule `{}`: {e}", rule.id))?;
    }
    for caution in &policy.cautions {
        check_text(policy, &caution.text, &caution.sources)
            .and_then(|()| check_conditions(&caution.when))
            .map_err(|e| format!("caution `{}`: {e}", caution.id))?;
    }
    check_treatments(policy)?;
    check_volumes(policy)
}

fn check_limits(policy: &Policy) -> Result<(), String> {
    let limits = &policy.limits;
    if !(1..=100).contains(&limits.lesions) {
        let found = limits.lesions;
        return Err(format!("limits.lesions is {found}, expected 1 to 100"));
    }
    for (key, found, high) in [
        ("lesion-size-mm", limits.lesion_size_mm, 500.0),
        ("uncertain-below", limits.uncertain_below, 1.0),
        ("touching-mm", limits.touching_mm, 20.0),
    ] {
        if !(0.0..=high).contains(&found) {
            return Err(format!("limits.{key} is {found}, expected 0 to {high}"));
        }
    }
    Ok(())
}

fn check_sources(policy: &Policy) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    for source in &policy.sources {
        if source.key.trim().is_empty() || source.reference.trim().is_empty() {
            return Err("a source has an empty key or reference".to_owned());
        }
        if !seen.insert(&source.key) {
            return Err(format!("there are two sources `{}`", source.key));
        }
    }
    Ok(())
}

fn check_ids(policy: &Policy) -> Result<(), String> {
    let rules = policy.rules.iter().map(|rule| &rule.id);
    let cautions = policy.cautions.iter().map(|caution| &caution.id);
    let mut seen = BTreeSet::new();
    for id in rules.chain(cautions) {
        let is_usual = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if id.is_empty() || !id.chars().all(is_usual) {
            return Err(format!(
                "the id `{id}` is not of lower case letters, digits and hyphens"
            ));
        }
        if !seen.insert(id) {
            return Err(format!("the id `{id}` is used twice"));
        }
    }
    let covers_all = |rule: &Rule| rule.when == Conditions::default();
    let last = policy.rules.len().saturating_sub(1);
    if let Some(n) = policy.rules.iter().position(|r| covers_all(r) && r.stop)
        && n < last
    {
        return Err(format!(
            "rule `{}` stops without a condition, so that the rules after it are never tried",
            policy.rules[n].id
        ));
    }
    Ok(())
}

fn check_rule(policy: &Policy, rule: &Rule) -> Result<(), String> {
    check_text(policy, &rule.text, &rule.sources)?;
    check_conditions(&rule.when)?;
    let has = |kind| rule.intensification.contains(&kind);
    if rule.out_of_scope {
        let is_bare = rule.intensification.is_empty() && rule.volumes.is_empty();
        if !(rule.stop && is_bare) {
            return Err(
                "out-of-scope needs stop = true and neither intensification nor volumes".to_owned(),
            );
        }
    }
    if has(Intensification::BedBoost) && !rule.volumes.contains(&WholeVolume::ProstateBed) {
        return Err(
            "bed_boost needs the volume `prostate_bed`: with a visible recurrence the whole bed \
             stays the CTV and the boost comes on top"
                .to_owned(),
        );
    }
    if rule.pelvis_top.is_some() && !has(Intensification::PelvicRt) {
        return Err("pelvis-top is given without pelvic_rt".to_owned());
    }
    Ok(())
}

fn check_text(policy: &Policy, text: &str, sources: &[String]) -> Result<(), String> {
    if text.trim().is_empty() {
        return Err("text is empty, expected a sentence".to_owned());
    }
    if let Some(name) = unknown_placeholders(text).first() {
        let known: Vec<&str> = PLACEHOLDERS.iter().map(|(name, _)| *name).collect();
        return Err(format!(
            "text has `{{{name}}}`, which is not known; known are {}",
            known.join(", ")
        ));
    }
    if sources.is_empty() {
        return Err("sources is empty; name what it rests on".to_owned());
    }
    sources.iter().try_for_each(|key| check_key(policy, key))
}

fn check_key(policy: &Policy, key: &str) -> Result<(), String> {
    if policy.sources.iter().any(|source| source.key == key) {
        return Ok(());
    }
    Err(format!(
        "the source `{key}` is not among the [[source]] entries"
    ))
}

fn check_conditions(when: &Conditions) -> Result<(), String> {
    for (name, range) in when.ranges() {
        let is_empty = range.min.is_none() && range.max.is_none();
        let is_reversed = range.min.zip(range.max).is_some_and(|(min, max)| min > max);
        if is_empty || is_reversed {
            return Err(format!(
                "when.{name} needs min, max or both with min <= max"
            ));
        }
    }
    for (name, range) in [
        ("psa-ng-ml", when.psa_ng_ml),
        ("egfr-ml-min", when.egfr_ml_min),
    ] {
        if range.is_some_and(|range| !is_range(range)) {
            return Err(format!(
                "when.{name} needs min, below or both with 0 <= min < below"
            ));
        }
    }
    let lists = [
        ("pattern", when.pattern.as_ref().map(Vec::len)),
        (
            "prior-pelvic-rt",
            when.prior_pelvic_rt.as_ref().map(Vec::len),
        ),
        (
            "hormone-therapy",
            when.hormone_therapy.as_ref().map(Vec::len),
        ),
        ("touching", when.touching.as_ref().map(Vec::len)),
        ("unknown", when.unknown.as_ref().map(Vec::len)),
    ];
    match lists.into_iter().find(|(_, length)| *length == Some(0)) {
        Some((name, _)) => Err(format!("when.{name} is empty, which is never met")),
        None => Ok(()),
    }
}

fn is_range(range: NumberRange) -> bool {
    let numbers = [range.min, range.below];
    let is_number = |n: &f64| n.is_finite() && *n >= 0.0;
    numbers.iter().any(Option::is_some)
        && numbers.iter().flatten().all(is_number)
        && range
            .min
            .zip(range.below)
            .is_none_or(|(min, below)| min < below)
}

fn check_treatments(policy: &Policy) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    for treatment in &policy.treatments {
        let names: Vec<&str> = treatment.classes.iter().map(|c| c.name()).collect();
        let place = format!("treatment of {}", names.join(", "));
        if names.is_empty() {
            return Err("a treatment has no classes".to_owned());
        }
        if treatment.classes.contains(&LesionClass::Undetermined) {
            return Err(format!(
                "{place}: a lesion of undetermined place has no margins, as they depend on it"
            ));
        }
        if let Some(class) = treatment.classes.iter().find(|c| !seen.insert(**c)) {
            return Err(format!("the class `{}` has two treatments", class.name()));
        }
        for (key, margin) in [
            ("gtv-to-ctv-mm", treatment.gtv_to_ctv_mm),
            ("ctv-to-ptv-mm", treatment.ctv_to_ptv_mm),
        ] {
            check_margin(key, margin).map_err(|e| format!("{place}: {e}"))?;
        }
        check_doses(policy, &treatment.doses).map_err(|e| format!("{place}: {e}"))?;
    }
    Ok(())
}

fn check_margin(key: &str, margin: MarginSetting) -> Result<(), String> {
    margin.check().map_err(|problem| format!("{key} {problem}"))
}

fn check_doses(policy: &Policy, doses: &[DoseLevel]) -> Result<(), String> {
    if doses.is_empty() {
        return Err("there is no [[dose]], expected at least one".to_owned());
    }
    for dose in doses {
        let label = &dose.label;
        if label.trim().is_empty() {
            return Err("a dose has an empty label".to_owned());
        }
        dose.check()
            .map_err(|problem| format!("dose `{label}`: {problem}"))?;
        check_key(policy, &dose.source).map_err(|e| format!("dose `{label}`: {e}"))?;
    }
    Ok(())
}

fn check_volumes(policy: &Policy) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    for volume in &policy.volumes {
        let name = volume.name.name();
        if !seen.insert(volume.name) {
            return Err(format!("there are two volumes `{name}`"));
        }
        if let Some(margin) = volume.ctv_to_ptv_mm {
            check_margin("ctv-to-ptv-mm", margin).map_err(|e| format!("volume {name}: {e}"))?;
        }
        check_doses(policy, &volume.doses).map_err(|e| format!("volume {name}: {e}"))?;
    }
    let used = policy.rules.iter().flat_map(|rule| &rule.volumes);
    match used.into_iter().find(|volume| !seen.contains(*volume)) {
        Some(volume) => Err(format!(
            "a rule treats the volume `{}`, which has no [[volume]] with doses",
            volume.name()
        )),
        None => Ok(()),
    }
}
