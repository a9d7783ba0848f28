//! Decisions on what findings are and how they are treated.

use isoboost_planning::StatedTreatment;
use isoboost_staging::{
    Certainty, Excluded, ExclusionReason, Lesion, Region, Rejudge, StatedClass,
};

use super::check::{Class, dose};
use super::decision::{MarginValue, RegionName, because, class_words};
use super::replay::State;
use super::{Decision, DecisionError};
use crate::open_study::OpenStudy;

impl OpenStudy {
    /// Lays one decision over the findings. Where it fails the state must not be used.
    pub(super) fn apply(
        &self,
        state: &mut State,
        decision: &Decision,
    ) -> Result<(), DecisionError> {
        decision.check()?;
        match decision {
            Decision::Accept { finding } => accept(state, *finding),
            Decision::Reject { finding, reason } => reject(state, *finding, reason),
            Decision::Restore { finding, region } => self.restore(state, *finding, *region),
            Decision::Reclassify {
                finding,
                region,
                station,
                category,
            } => {
                let station = station.as_deref();
                let class = Class::of(*region, station, *category)?;
                let words = class_words(*region, station, *category);
                self.reclassify(state, *finding, class, &words)
            }
            Decision::Margins {
                finding,
                ctv_mm,
                ptv_mm,
            } => {
                state.lesion(*finding)?;
                let stated = state.stated.entry(*finding).or_default();
                stated.gtv_to_ctv_mm = ctv_mm.map(MarginValue::setting);
                stated.ctv_to_ptv_mm = ptv_mm.map(MarginValue::setting);
                forget_empty(state, *finding);
                Ok(())
            }
            Decision::Dose {
                finding,
                total_gy,
                fractions,
            } => {
                state.lesion(*finding)?;
                let stated = state.stated.entry(*finding).or_default();
                stated.dose = Some(dose(*total_gy, *fractions)?);
                Ok(())
            }
            Decision::Delineate { finding, rule } => self.delineate(state, *finding, rule),
            Decision::Merge { findings } => self.merge(state, findings),
            Decision::Split { finding, seeds } => self.split(state, *finding, seeds),
            Decision::Add { at, rule } => self.add(state, *at, rule.as_ref()),
            Decision::Brush {
                finding,
                mode,
                plane,
                radius_mm,
                points,
            } => {
                let stroke = super::edit::stroke(*mode, *plane, *radius_mm, points)?;
                self.brush(state, *finding, &stroke)
            }
        }
    }

    /// What judges foci again.
    pub(super) fn rejudge(&self) -> Rejudge<'_> {
        let course = self.course();
        Rejudge::new(course.anatomy, course.scan(), &course.config.staging)
    }

    fn restore(
        &self,
        state: &mut State,
        finding: u32,
        region: Option<RegionName>,
    ) -> Result<(), DecisionError> {
        let class = region
            .map(|region| Class::of(region, None, None))
            .transpose()?;
        let Some(place) = state
            .judgement
            .excluded
            .iter()
            .position(|e| e.id == finding)
        else {
            let lesion = state.lesion(finding)?;
            return Err(DecisionError::NotExcluded {
                finding,
                region: lesion.region.name().replace('_', " "),
            });
        };
        let excluded = state.judgement.excluded.remove(place);
        let rejudge = self.rejudge();
        let mut lesion = match class {
            Some(class) => {
                state.stated_class.insert(finding);
                stated(&rejudge, finding, excluded.focus, class)
            }
            None => rejudge.as_lesion(finding, excluded.focus),
        };
        let was = excluded.reason.name().replace('_', " ");
        lesion.evidence.push(match region {
            Some(region) => format!(
                "restored by the reviewer as {}; it was excluded as {was}",
                region.words()
            ),
            None => format!(
                "restored by the reviewer and placed by its position; it was excluded as {was}"
            ),
        });
        state.put(lesion);
        Ok(())
    }

    fn reclassify(
        &self,
        state: &mut State,
        finding: u32,
        class: Class,
        words: &str,
    ) -> Result<(), DecisionError> {
        let before = state.lesion(finding)?.clone();
        let mut lesion = stated(&self.rejudge(), finding, before.focus.clone(), class);
        lesion.evidence.clone_from(&before.evidence);
        lesion.evidence.push(format!(
            "reclassified by the reviewer from {} to {words}",
            class_of(&before)
        ));
        state.stated_class.insert(finding);
        state.put(lesion);
        Ok(())
    }
}

/// A focus as a lesion of a stated class; what distant disease is follows from its place where it is
/// not stated.
pub(super) fn stated(
    rejudge: &Rejudge<'_>,
    id: u32,
    focus: isoboost_lesion::Focus,
    class: Class,
) -> Lesion {
    let category = class
        .category
        .unwrap_or_else(|| rejudge.category_at(&focus));
    let class = StatedClass {
        region: class.region,
        station: class.station,
        category,
    };
    rejudge.as_stated(id, focus, class)
}

/// The class of a lesion in words, as `pelvic node, external iliac` or `distant, M1b`.
fn class_of(lesion: &Lesion) -> String {
    let mut words = lesion.region.name().replace('_', " ");
    if let Some(station) = &lesion.station {
        words.push_str(", ");
        words.push_str(&station.replace('_', " "));
    }
    if lesion.region == Region::Distant {
        words.push_str(", ");
        words.push_str(lesion.mi_tnm.trim_start_matches("mi"));
    }
    words
}

fn accept(state: &mut State, finding: u32) -> Result<(), DecisionError> {
    let text = "accepted by the reviewer".to_owned();
    let judgement = &mut state.judgement;
    let lesion = judgement.lesions.iter_mut().find(|l| l.id == finding);
    let excluded = judgement.excluded.iter_mut().find(|e| e.id == finding);
    let evidence = lesion
        .map(|l| &mut l.evidence)
        .or(excluded.map(|e| &mut e.evidence));
    let Some(evidence) = evidence else {
        return Err(state.no_finding(finding));
    };
    if evidence.last() != Some(&text) {
        evidence.push(text);
    }
    Ok(())
}

fn reject(state: &mut State, finding: u32, reason: &str) -> Result<(), DecisionError> {
    state.lesion(finding)?;
    let Some(lesion) = state.take(finding) else {
        return Err(state.no_finding(finding));
    };
    state.stated.remove(&finding);
    state.stated_class.remove(&finding);
    let mut evidence = lesion.evidence;
    evidence.push(format!("rejected by the reviewer{}", because(reason)));
    let excluded = Excluded {
        id: finding,
        focus: lesion.focus,
        reason: ExclusionReason::Reviewer,
        confidence: 1.0,
        certainty: Certainty::Certain,
        evidence,
    };
    put_excluded(state, excluded);
    Ok(())
}

/// Puts a finding among the excluded ones in the order of the numbers.
pub(super) fn put_excluded(state: &mut State, excluded: Excluded) {
    let all = &mut state.judgement.excluded;
    let place = all.partition_point(|e| e.id < excluded.id);
    all.insert(place, excluded);
}

/// Margins that are the policy's again are none of the reviewer's.
fn forget_empty(state: &mut State, finding: u32) {
    if state.stated.get(&finding) == Some(&StatedTreatment::default()) {
        state.stated.remove(&finding);
    }
}
