//! From foci and anatomy to lesions and what is excluded.

use isoboost_anatomy::Anatomy;
use isoboost_lesion::{Focus, FoundFoci, PointFocus};
use rayon::prelude::*;

use crate::judgement::Judgement;
use crate::physiological::{CERTAIN, Context, Explanation, LIKELY, explain};
use crate::place::{Levels, top_of_lungs};
use crate::region::{Certainty, ExclusionReason};
use crate::scan::Scan;
use crate::staged::{Alternative, Correlate, Excluded, Lesion, Staging, Suspicion};
use crate::uptake::Uptake;
use crate::verdict::{Kind, Lesional, Verdict};
use crate::{StagingConfig, correlate, mitnm, physiological, skeletal, slope, soft_tissue};

/// Share of uptake in bone from which a lesion is told to touch it.
const TOUCHES_BONE: f64 = 0.1;

/// Judges each focus: physiological with its reason, or a lesion with its region.
///
/// Every focus that goes in comes out, in `lesions`, `excluded` or `points`. Without the landmarks
/// that a region needs a lesion is undetermined, and its evidence says what is missing.
pub fn stage(
    found: FoundFoci,
    anatomy: &Anatomy,
    scan: Scan<'_>,
    config: &StagingConfig,
) -> Staging {
    judge(found, anatomy, scan, config).staging(config)
}

/// Judges each focus by itself: [`stage`] before what is told of the foci together, so that a
/// person's decisions can be laid over it.
pub fn judge(
    found: FoundFoci,
    anatomy: &Anatomy,
    scan: Scan<'_>,
    config: &StagingConfig,
) -> Judgement {
    let levels = Levels::of(anatomy, config);
    let uptakes: Vec<Uptake> = found
        .foci
        .iter()
        .map(|focus| Uptake::of_focus(focus, scan.suv))
        .collect();
    let patient = Patient {
        anatomy,
        scan,
        config,
        levels: levels.as_ref(),
        lungs_top: top_of_lungs(anatomy),
        uptakes: &uptakes,
    };
    let mut judged: Vec<Judged> = uptakes.par_iter().map(|u| patient.judge(u)).collect();
    slope::give_to_organs(&found.foci, scan.suv, &mut judged);
    let mut judgement = Judgement {
        regions_known: levels.is_ok(),
        ..Judgement::default()
    };
    for (focus, judged) in found.foci.into_iter().zip(judged) {
        match judged.verdict.kind {
            Kind::Physiological(reason) => {
                let excluded = excluded(focus, reason, judged.verdict);
                judgement.excluded.push(excluded);
            }
            Kind::Lesion(ref place) => {
                let place = place.clone();
                let id = judgement.lesions.len() as u32 + 1;
                judgement.lesions.push(lesion(id, focus, judged, &place));
            }
        }
    }
    let first = judgement.lesions.len() as u32 + 1;
    for (number, excluded) in (first..).zip(&mut judgement.excluded) {
        excluded.id = number;
    }
    if let Err(why) = &levels {
        judgement
            .findings
            .push(format!("regions are undetermined: {why}"));
    }
    let told = found.points.iter().filter_map(|point| {
        let judged = patient.judge(&Uptake::of_point(point));
        tell(point, &judged.verdict)
    });
    judgement.findings.extend(told);
    judgement.findings.extend(found.findings);
    judgement.points = found.points;
    judgement
}

fn excluded(focus: Focus, reason: ExclusionReason, verdict: Verdict) -> Excluded {
    Excluded {
        id: 0,
        focus,
        reason,
        confidence: rounded(verdict.confidence),
        certainty: if verdict.confidence >= CERTAIN {
            Certainty::Certain
        } else {
            Certainty::Likely
        },
        evidence: verdict.evidence,
    }
}

/// A lesion before it is scored.
pub(crate) fn lesion(id: u32, focus: Focus, judged: Judged, place: &Lesional) -> Lesion {
    Lesion {
        id,
        focus,
        region: place.region,
        site: place.site.clone(),
        station: place.station.map(|s| s.name().to_owned()),
        side: place.side,
        bed_site: place.bed_site,
        alternatives: judged.alternatives,
        suspicions: judged.suspicions,
        correlate: judged.correlate,
        psma_rads: None,
        mi_tnm: mitnm::of_lesion(place).to_owned(),
        psma_score: None,
        range: None,
        recovery: None,
        confidence: rounded(judged.verdict.confidence),
        evidence: judged.verdict.evidence,
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

/// A verdict with what else is to be known of the focus.
pub(crate) struct Judged {
    pub(crate) verdict: Verdict,
    alternatives: Vec<Alternative>,
    suspicions: Vec<Suspicion>,
    correlate: Correlate,
}

/// All that a focus is judged by.
pub(crate) struct Patient<'a> {
    pub(crate) anatomy: &'a Anatomy,
    pub(crate) scan: Scan<'a>,
    pub(crate) config: &'a StagingConfig,
    pub(crate) levels: Result<&'a Levels, &'a String>,
    pub(crate) lungs_top: Option<f64>,
    pub(crate) uptakes: &'a [Uptake],
}

impl<'a> Patient<'a> {
    fn judge(&self, uptake: &Uptake) -> Judged {
        let (in_bone, context) = self.context(uptake);
        if let Some(verdict) = physiological::lesion_of_organ(uptake, &context) {
            return self.seen(uptake, verdict, Vec::new(), &context);
        }
        let mut explanations = explain(uptake, &context);
        if explanations
            .first()
            .is_some_and(|e| e.plausibility >= LIKELY)
        {
            let best = explanations.swap_remove(0);
            let verdict = Verdict::physiological(best.reason, best.plausibility, best.evidence);
            return self.seen(uptake, verdict, Vec::new(), &context);
        }
        let verdict = in_bone.unwrap_or_else(|| self.in_soft_tissue(uptake, context.bone_share));
        self.seen(uptake, verdict, explanations, &context)
    }

    /// What a focus is judged by, and the verdict on it if it is one of bone.
    pub(crate) fn context(&self, uptake: &Uptake) -> (Option<Verdict>, Context<'a>) {
        let levels = self.levels.ok();
        let (in_bone, bone_share) =
            skeletal::judge(uptake, self.anatomy, self.scan, levels, self.config);
        let context = Context {
            scan: self.scan,
            anatomy: self.anatomy,
            levels,
            config: self.config,
            others: self.uptakes,
            lungs_top: self.lungs_top,
            bone_share,
            in_bone: in_bone.is_some(),
        };
        (in_bone, context)
    }

    pub(crate) fn in_soft_tissue(&self, uptake: &Uptake, bone_share: f64) -> Verdict {
        let view = self.anatomy.overview.as_ref();
        if view.is_some_and(|view| view.grid().voxel_at(uptake.max_at).is_none()) {
            return Verdict::undetermined(
                "outside of the body",
                "the CT shows no body there: outside of its field, or an arm",
            );
        }
        let mut verdict = match self.levels {
            Err(why) => Verdict::undetermined("not known", format!("the region is open: {why}")),
            Ok(levels) => soft_tissue::judge(uptake, self.anatomy, levels, self.config),
        };
        if let Kind::Lesion(_) = verdict.kind {
            let contact = physiological::bladder_contact(uptake, self.anatomy);
            verdict.evidence.extend(contact);
            if bone_share >= TOUCHES_BONE {
                verdict.confidence *= 0.85;
                verdict.evidence.push(format!(
                    "touches bone: {:.0} % of its uptake",
                    bone_share * 100.0
                ));
            }
        }
        verdict
    }

    /// A verdict with the alternatives, doubts and the CT beside it.
    pub(crate) fn seen(
        &self,
        uptake: &Uptake,
        mut verdict: Verdict,
        explanations: Vec<Explanation>,
        context: &Context<'_>,
    ) -> Judged {
        let Kind::Lesion(place) = &verdict.kind else {
            return Judged {
                verdict,
                alternatives: Vec::new(),
                suspicions: Vec::new(),
                correlate: Correlate::NotKnown,
            };
        };
        let soft = place.metastasis.is_none() || place.station.is_some();
        let alternatives = match self.levels {
            Ok(levels) if soft => {
                soft_tissue::alternatives(uptake, self.anatomy, levels, self.config)
            }
            _ => Vec::new(),
        };
        let correlate = correlate::correlate(uptake, place, context);
        let suspicions: Vec<Suspicion> = explanations
            .into_iter()
            .map(|e| Suspicion {
                reason: e.reason,
                plausibility: rounded(e.plausibility),
                evidence: e.evidence,
            })
            .collect();
        let doubt = suspicions.first().map_or(0.0, |s| s.plausibility);
        verdict.confidence *= 1.0 - doubt;
        Judged {
            verdict,
            alternatives,
            suspicions,
            correlate,
        }
    }
}

/// Two digits: more would pretend.
fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
