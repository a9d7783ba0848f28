//! From foci and anatomy to lesions and what is excluded.

use isoboost_anatomy::Anatomy;
use isoboost_lesion::{FoundFoci, PointFocus};
use isoboost_volume::Volume;
use nalgebra::Point3;

use crate::place::Levels;
use crate::region::Region;
use crate::staged::{Excluded, Lesion, Staging};
use crate::uptake::Uptake;
use crate::verdict::{Kind, Lesional, Verdict};
use crate::{StagingConfig, contact, mitnm, physiological, skeletal, soft_tissue};

/// Share of uptake in bone from which a lesion is told to touch it.
const TOUCHES_BONE: f64 = 0.1;

/// A focus this much longer than wide, along the patient, may be a ureter.
const URETER_ELONGATION: f64 = 1.8;
const ALONG_PATIENT: f64 = 0.75;

/// Foci on both sides mirror each other within this, in mm, with maxima within this ratio; nearer to
/// the midline than the ureters a focus has no other side, in mm.
const MIRRORED_MM: f64 = 8.0;
const MIRRORED_RATIO: f64 = 1.5;
const URETER_ASIDE_MM: f64 = 15.0;

/// Judges each focus: physiological with its reason, or a lesion with its region.
///
/// Every focus that goes in comes out, in `lesions`, `excluded` or `points`. Without the landmarks
/// that a region needs a lesion is undetermined, and its evidence says what is missing.
pub fn stage(
    found: FoundFoci,
    anatomy: &Anatomy,
    suv: &Volume<f32>,
    config: &StagingConfig,
) -> Staging {
    let levels = Levels::of(anatomy, config);
    let judge = |uptake: &Uptake| judge(uptake, anatomy, levels.as_ref(), suv, config);
    let mut staging = Staging::default();
    let mut places: Vec<Lesional> = Vec::new();
    for focus in found.foci {
        let verdict = judge(&Uptake::of_focus(&focus, suv));
        let confidence = rounded(verdict.confidence);
        match verdict.kind {
            Kind::Physiological(reason) => staging.excluded.push(Excluded {
                id: 0,
                focus,
                reason,
                confidence,
                evidence: verdict.evidence,
            }),
            Kind::Lesion(place) => {
                staging.lesions.push(Lesion {
                    id: places.len() as u32 + 1,
                    focus,
                    region: place.region,
                    site: place.site.clone(),
                    station: place.station.map(|s| s.name().to_owned()),
                    mi_tnm: mitnm::of_lesion(&place).to_owned(),
                    psma_score: None,
                    range: None,
                    recovery: None,
                    confidence,
                    evidence: verdict.evidence,
                });
                places.push(place);
            }
        }
    }
    if let Ok(levels) = &levels {
        tell_mirrored(&mut staging.lesions, levels);
    }
    let first = places.len() as u32 + 1;
    for (number, excluded) in (first..).zip(&mut staging.excluded) {
        excluded.id = number;
    }
    contact::tell(&mut staging.lesions, &staging.excluded);
    staging.mi_tnm = mitnm::of_patient(&places, levels.is_ok(), config.promise);
    if let Err(why) = &levels {
        staging
            .findings
            .push(format!("regions are undetermined: {why}"));
    }
    let told = found
        .points
        .iter()
        .filter_map(|point| tell(point, &judge(&Uptake::of_point(point))));
    staging.findings.extend(told);
    staging.findings.extend(found.findings);
    staging.points = found.points;
    staging
}

/// Tells of nodes that mirror each other with like uptake: urine in both ureters looks so where
/// they cross the iliac vessels.
fn tell_mirrored(lesions: &mut [Lesion], levels: &Levels) {
    let mirrored: Vec<Option<(u32, f64)>> = lesions
        .iter()
        .map(|a| {
            let at = a.focus.measures.centroid;
            let other = Point3::new(2.0 * levels.midline - at.x, at.y, at.z);
            lesions
                .iter()
                .filter(|b| b.id != a.id && b.region == Region::PelvicNode)
                .filter(|b| {
                    let ratio = a.focus.measures.suv_max / b.focus.measures.suv_max;
                    (1.0 / MIRRORED_RATIO..=MIRRORED_RATIO).contains(&ratio)
                })
                .map(|b| (b.id, (b.focus.measures.centroid - other).norm()))
                .find(|(_, apart)| *apart <= MIRRORED_MM)
        })
        .collect();
    for (lesion, mirrored) in lesions.iter_mut().zip(mirrored) {
        let aside = levels.aside(lesion.focus.measures.centroid).1;
        if let Some((id, apart)) = mirrored
            && lesion.region == Region::PelvicNode
            && aside >= URETER_ASIDE_MM
        {
            lesion.confidence = rounded(lesion.confidence * 0.65);
            lesion.evidence.push(format!(
                "mirrors lesion {id} within {apart:.0} mm with like uptake: may be urine in both \
                 ureters"
            ));
        }
    }
}

/// Where uptake is that is too small to delineate; nothing when it is physiological.
fn tell(point: &PointFocus, verdict: &Verdict) -> Option<String> {
    let Kind::Lesion(place) = &verdict.kind else {
        return None;
    };
    let [x, y, z] = [point.max_at.x, point.max_at.y, point.max_at.z];
    Some(format!(
        "uptake too small to delineate (SUVmax {:.1}, {:.2} mL) at ({x:.1}, {y:.1}, {z:.1}): {} \
         ({})",
        point.suv_max,
        point.volume_ml,
        place.site,
        place.region.name()
    ))
}

fn judge(
    uptake: &Uptake,
    anatomy: &Anatomy,
    levels: Result<&Levels, &String>,
    suv: &Volume<f32>,
    config: &StagingConfig,
) -> Verdict {
    if let Some(verdict) = physiological::judge(uptake, anatomy, suv, config) {
        return verdict;
    }
    let (bone, share) = skeletal::judge(uptake, anatomy, levels.ok(), config);
    if let Some(verdict) = bone {
        return verdict;
    }
    let outside = anatomy
        .overview
        .as_ref()
        .is_some_and(|view| view.grid().voxel_at(uptake.max_at).is_none());
    if outside {
        return Verdict::undetermined(
            "outside of the body",
            "the CT shows no body there: outside of its field, or an arm",
        );
    }
    let mut verdict = match levels {
        Err(why) => Verdict::undetermined("not known", format!("the region is open: {why}")),
        Ok(levels) => soft_tissue::judge(uptake, anatomy, levels, config),
    };
    if let Kind::Lesion(_) = verdict.kind {
        verdict
            .evidence
            .extend(physiological::bladder_contact(uptake, anatomy));
        if share >= TOUCHES_BONE {
            verdict.confidence *= 0.85;
            verdict.evidence.push(format!(
                "touches bone: {:.0} % of its uptake",
                share * 100.0
            ));
        }
        let long = uptake
            .elongation()
            .filter(|(ratio, along)| *ratio >= URETER_ELONGATION && *along >= ALONG_PATIENT);
        if let Some((ratio, _)) = long {
            verdict.confidence *= 0.7;
            verdict.evidence.push(format!(
                "{ratio:.1} times longer than wide, along the patient: may be a ureter"
            ));
        }
    }
    verdict
}

/// Two digits: more would pretend.
fn rounded(confidence: f64) -> f64 {
    (confidence * 100.0).round() / 100.0
}
