//! Thresholds that follow reference regions, and what stands in for those that are not known.

use crate::config::{Qpsma, ReferenceRegion, ReferenceRule, Substitute, TissueSuv};
use crate::surroundings::{Level, Surroundings};

use super::threshold::Threshold;

/// One SUV for each tissue.
pub(super) fn tissue(
    rule: &TissueSuv,
    surroundings: &Surroundings<'_>,
) -> (Threshold, Vec<String>) {
    let threshold = Threshold::Tissue {
        soft: rule.soft_suv,
        bone: rule.bone_suv,
        liver: Some(rule.liver_suv),
    };
    let mut findings = vec![format!(
        "found from SUV {:.2} in soft tissue, {:.2} in bone and {:.2} in the liver",
        rule.soft_suv, rule.bone_suv, rule.liver_suv
    )];
    findings.extend(bone_unknown(surroundings, rule.soft_suv));
    (threshold, findings)
}

/// The pair of qPSMA.
pub(super) fn qpsma(rule: &Qpsma, surroundings: &Surroundings<'_>) -> (Threshold, Vec<String>) {
    let mut findings = Vec::new();
    let soft = match level(surroundings, ReferenceRegion::Liver, &mut findings) {
        Some((region, level)) => {
            let variation = level.sd / level.mean;
            let noisy = rule.soft_suv * (1.0 + variation);
            let soft = noisy.max(rule.floor_suv);
            let floor = if noisy < soft { ", at its floor" } else { "" };
            findings.push(format!(
                "soft tissue is found from SUV {soft:.2}{floor}: {:.2} and the noise of the \
                 {region}, {:.1} %",
                rule.soft_suv,
                variation * 100.0
            ));
            soft
        }
        None => fallback(rule.fallback_suv, "soft tissue is found", &mut findings),
    };
    findings.push(format!("bone is found from SUV {:.2}", rule.bone_suv));
    findings.extend(bone_unknown(surroundings, soft));
    let threshold = Threshold::Tissue {
        soft,
        bone: rule.bone_suv,
        liver: None,
    };
    (threshold, findings)
}

/// A multiple of a reference region.
pub(super) fn multiple(
    rule: &ReferenceRule,
    surroundings: &Surroundings<'_>,
) -> (Threshold, Vec<String>) {
    let mut findings = Vec::new();
    let first = Substitute {
        region: rule.region,
        mean_factor: rule.mean_factor,
        sd_factor: rule.sd_factor,
    };
    let mut terms = std::iter::once(first).chain(rule.substitute);
    let measured = terms.find_map(|term| {
        let (region, level) = level(surroundings, term.region, &mut findings)?;
        Some((term, region, level))
    });
    let soft = match measured {
        Some((term, region, level)) => {
            let found = term.mean_factor * level.mean + term.sd_factor * level.sd;
            let soft = found.max(rule.floor_suv);
            let floor = if found < soft { ", the floor" } else { "" };
            findings.push(format!(
                "found from SUV {soft:.2}{floor}: {} x mean and {} x SD of the {region}, {:.2} \
                 and {:.2}",
                term.mean_factor, term.sd_factor, level.mean, level.sd
            ));
            soft
        }
        None => fallback(rule.fallback_suv, "found", &mut findings),
    };
    let Some(bone) = rule.bone_suv else {
        return (Threshold::Uniform(soft), findings);
    };
    findings.push(format!("bone is found from SUV {bone:.2}"));
    findings.extend(bone_unknown(surroundings, soft));
    let threshold = Threshold::Tissue {
        soft,
        bone,
        liver: None,
    };
    (threshold, findings)
}

/// The level of a region and whose it is; the spleen's for the liver of a tracer that leaves by it.
pub(super) fn level(
    surroundings: &Surroundings<'_>,
    region: ReferenceRegion,
    findings: &mut Vec<String>,
) -> Option<(&'static str, Level)> {
    let of_spleen = region == ReferenceRegion::Liver && surroundings.liver_excreted;
    let region = if of_spleen {
        findings.push(
            "the tracer leaves by the liver, which is no reference: the spleen stands in for it"
                .to_owned(),
        );
        ReferenceRegion::Spleen
    } else {
        region
    };
    let references = &surroundings.references;
    let level = match region {
        ReferenceRegion::BloodPool => references.blood_pool,
        ReferenceRegion::Liver => references.liver,
        ReferenceRegion::Spleen => references.spleen,
    };
    // An empty or cold region is none.
    let usable = |l: &Level| l.mean.is_finite() && l.mean > 0.0 && l.sd.is_finite() && l.sd >= 0.0;
    let level = level.filter(usable);
    if level.is_none() {
        findings.push(format!("the uptake of the {} is not known", region.name()));
    }
    level.map(|level| (region.name(), level))
}

fn fallback(suv: f64, what: &str, findings: &mut Vec<String>) -> f64 {
    findings.push(format!(
        "{what} from SUV {suv:.2}, which stands in for the reference"
    ));
    suv
}

fn bone_unknown(surroundings: &Surroundings<'_>, soft: f64) -> Option<String> {
    let unknown = surroundings.bone.is_none();
    unknown.then(|| format!("bone is not known: SUV {soft:.2} of soft tissue holds in bone too"))
}
