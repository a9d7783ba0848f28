//! Decisions on outlines.

use isoboost_lesion::{Delineation, EditError, Focus, PatientAxis, Stroke, StrokeMode, Uptake};
use isoboost_staging::{Excluded, Lesion};
use nalgebra::Point3;

use super::apply::put_excluded;
use super::check::point;
use super::decision::numbers;
use super::replay::State;
use super::{BrushMode, BrushPlane, DecisionError};
use crate::open_study::OpenStudy;
use crate::redraw;

/// Start of the sentence about strokes; each stroke replaces the one before.
const PAINTED: &str = "outline painted by the reviewer";

/// A stroke by the words of a decision.
pub(super) fn stroke(
    mode: BrushMode,
    plane: BrushPlane,
    radius_mm: f64,
    points: &[[f64; 3]],
) -> Result<Stroke, DecisionError> {
    Ok(Stroke {
        mode: match mode {
            BrushMode::Add => StrokeMode::Add,
            BrushMode::Erase => StrokeMode::Erase,
        },
        normal: match plane {
            BrushPlane::Axial => PatientAxis::Superior,
            BrushPlane::Coronal => PatientAxis::Posterior,
            BrushPlane::Sagittal => PatientAxis::Left,
        },
        radius_mm,
        points: points
            .iter()
            .map(|at| point(*at))
            .collect::<Result<_, _>>()?,
    })
}

fn impossible(what: String) -> impl FnOnce(EditError) -> DecisionError {
    |source| DecisionError::Edit {
        what,
        source,
        taken_by: None,
    }
}

impl OpenStudy {
    /// Does something with the ground as it is divided now.
    fn with_uptake<R>(&self, state: &State, then: impl FnOnce(&Uptake<'_>) -> R) -> R {
        let course = self.course();
        let surroundings = course.surroundings();
        then(&state.uptake(&course, &surroundings))
    }

    /// The outline that is shown of a lesion.
    fn shown(&self, state: &State, lesion: &Lesion, uptake: &Uptake<'_>) -> Focus {
        if state.chosen.contains(&lesion.id) {
            return lesion.focus.clone();
        }
        redraw::by_region(lesion, uptake, &self.config().lesion)
    }

    pub(super) fn delineate(
        &self,
        state: &mut State,
        finding: u32,
        rule: &Delineation,
    ) -> Result<(), DecisionError> {
        let mut lesion = state.lesion(finding)?.clone();
        let (before, drawn) = self.with_uptake(state, |uptake| {
            let before = self.shown(state, &lesion, uptake);
            let drawn = uptake.redrawn(&before, rule);
            (before, drawn)
        });
        lesion.focus = drawn.map_err(impossible(format!(
            "finding {finding} cannot be drawn by {}",
            rule.words()
        )))?;
        lesion.evidence.retain(|text| !text.starts_with(PAINTED));
        lesion.evidence.push(format!(
            "outline drawn by the reviewer's choice at {} ({:.2} mL); it was {} ({:.2} mL)",
            lesion.focus.rule,
            lesion.focus.measures.volume_ml,
            before.rule,
            before.measures.volume_ml
        ));
        state.unpainted_ml.remove(&finding);
        state.chosen.insert(finding);
        state.put(lesion);
        Ok(())
    }

    pub(super) fn merge(&self, state: &mut State, findings: &[u32]) -> Result<(), DecisionError> {
        let lesions: Vec<Lesion> = findings
            .iter()
            .map(|finding| state.lesion(*finding).cloned())
            .collect::<Result<_, _>>()?;
        let joined = self.with_uptake(state, |uptake| {
            let shown: Vec<Focus> = lesions
                .iter()
                .map(|l| self.shown(state, l, uptake))
                .collect();
            uptake.joined(&shown.iter().collect::<Vec<_>>())
        });
        let what = format!("findings {} cannot be merged", numbers(findings));
        let edited = joined.map_err(impossible(what))?;
        let largest = lesions.iter().max_by(|a, b| {
            let ml = |l: &Lesion| l.focus.measures.volume_ml;
            // Of equal ones the first.
            ml(a).total_cmp(&ml(b)).then(b.id.cmp(&a.id))
        });
        let (Some(largest), Some(focus)) = (largest, edited.foci.into_iter().next()) else {
            return Ok(());
        };
        let id = state.new_number();
        let mut lesion = Lesion {
            id,
            focus,
            ..largest.clone()
        };
        let from = numbers(findings);
        lesion
            .evidence
            .push(format!("merged by the reviewer from findings {from}"));
        let new = lesion.focus.territory;
        let retired: Vec<u32> = lesions.iter().map(|l| l.focus.territory).collect();
        let stated = state.stated.get(&largest.id).cloned();
        for finding in findings {
            state.take(*finding);
            state.stated.remove(finding);
        }
        if let Some(stated) = stated {
            state.stated.insert(id, stated);
        }
        if state.stated_class.contains(&largest.id) {
            state.stated_class.insert(id);
        }
        state.uptake = edited.map;
        state.chosen.insert(id);
        state.put(lesion);
        rename_contacts(state, &retired, |_| new);
        Ok(())
    }

    pub(super) fn split(
        &self,
        state: &mut State,
        finding: u32,
        seeds: &[[f64; 3]],
    ) -> Result<(), DecisionError> {
        let seeds: Vec<Point3<f64>> = seeds
            .iter()
            .map(|seed| point(*seed))
            .collect::<Result<_, _>>()?;
        let excluded = state.judgement.excluded.iter().find(|e| e.id == finding);
        let excluded = excluded.cloned();
        let divided = self.with_uptake(state, |uptake| {
            let shown = match &excluded {
                Some(excluded) => excluded.focus.clone(),
                None => self.shown(state, state.lesion(finding)?, uptake),
            };
            let what = format!("finding {finding} cannot be split");
            uptake.divided(&shown, &seeds).map_err(impossible(what))
        })?;
        let text = format!("split by the reviewer from finding {finding}");
        let parts = divided.foci;
        let numbered: Vec<u32> = parts.iter().map(|_| state.new_number()).collect();
        let retired = match &excluded {
            Some(excluded) => excluded.focus.territory,
            None => state.lesion(finding)?.focus.territory,
        };
        let centres: Vec<(Point3<f64>, u32)> = parts
            .iter()
            .map(|part| (part.measures.centroid, part.territory))
            .collect();
        state.uptake = divided.map;
        match excluded {
            Some(excluded) => put_excluded_parts(state, &excluded, parts, &numbered, &text),
            None => self.put_parts(state, finding, parts, &numbered, &text)?,
        }
        rename_contacts(state, &[retired], |focus| {
            let mm = |centre: &Point3<f64>| (focus.measures.centroid - centre).norm();
            let nearest = centres.iter().min_by(|a, b| mm(&a.0).total_cmp(&mm(&b.0)));
            nearest.map_or(retired, |part| part.1)
        });
        Ok(())
    }

    /// The parts of a lesion; each is placed by its own position, unless a person stated the class of
    /// the whole.
    fn put_parts(
        &self,
        state: &mut State,
        finding: u32,
        parts: Vec<Focus>,
        numbered: &[u32],
        text: &str,
    ) -> Result<(), DecisionError> {
        let whole = state.lesion(finding)?.clone();
        let is_stated = state.stated_class.contains(&finding);
        let treatment = state.stated.remove(&finding);
        state.take(finding);
        let rejudge = self.rejudge();
        for (focus, id) in parts.into_iter().zip(numbered) {
            let mut lesion = if is_stated {
                state.stated_class.insert(*id);
                Lesion {
                    id: *id,
                    focus,
                    ..whole.clone()
                }
            } else {
                rejudge.as_lesion(*id, focus)
            };
            lesion.evidence.push(text.to_owned());
            if let Some(treatment) = &treatment {
                state.stated.insert(*id, treatment.clone());
            }
            state.chosen.insert(*id);
            state.put(lesion);
        }
        Ok(())
    }

    pub(super) fn add(
        &self,
        state: &mut State,
        at: [f64; 3],
        rule: Option<&Delineation>,
    ) -> Result<(), DecisionError> {
        let place = point(at)?;
        let config = &self.config().lesion;
        let [x, y, z] = at;
        let what = format!("no lesion can be added at ({x:.1}, {y:.1}, {z:.1}) mm");
        let (owners, grown) = self.with_uptake(state, |uptake| {
            let lesions = state.judgement.lesions.iter();
            let lesions = lesions.map(|l| (l.id, self.shown(state, l, uptake)));
            let excluded = state.judgement.excluded.iter();
            let known = lesions.chain(excluded.map(|e| (e.id, e.focus.clone())));
            let (owners, known): (Vec<u32>, Vec<Focus>) = known.unzip();
            let known: Vec<&Focus> = known.iter().collect();
            let used = rule.unwrap_or(&config.delineation);
            (owners, uptake.grown_at(place, used, &known))
        });
        let edited = grown.map_err(|source| DecisionError::Edit {
            taken_by: match &source {
                EditError::Taken { focus } => owners.get(*focus).copied(),
                _ => None,
            },
            what: what.clone(),
            source,
        })?;
        let Some(focus) = edited.foci.into_iter().next() else {
            return Ok(());
        };
        if let (Some(rule), true) = (rule, focus.fell_back) {
            let why = format!("{} does not draw it", rule.words());
            return Err(impossible(what)(EditError::NoOutline(why)));
        }
        let id = state.new_number();
        forget_point(state, &focus);
        state.uptake = edited.map;
        let mut lesion = self.rejudge().as_lesion(id, focus);
        lesion.evidence.push(format!(
            "added by the reviewer at ({x:.1}, {y:.1}, {z:.1}) mm"
        ));
        if rule.is_some() {
            state.chosen.insert(id);
        }
        state.put(lesion);
        Ok(())
    }

    pub(super) fn brush(
        &self,
        state: &mut State,
        finding: u32,
        stroke: &Stroke,
    ) -> Result<(), DecisionError> {
        let mut lesion = state.lesion(finding)?.clone();
        let (before, painted) = self.with_uptake(state, |uptake| {
            let before = self.shown(state, &lesion, uptake);
            let painted = uptake.painted(&before, stroke);
            (before, painted)
        });
        let what = format!("finding {finding} cannot be painted on");
        lesion.focus = painted.map_err(impossible(what))?;
        let volume_ml = before.measures.volume_ml;
        let was = *state.unpainted_ml.entry(finding).or_insert(volume_ml);
        if !lesion.focus.notes.iter().any(|note| note == PAINTED) {
            lesion.focus.notes.push(PAINTED.to_owned());
        }
        lesion.evidence.retain(|text| !text.starts_with(PAINTED));
        lesion.evidence.push(format!(
            "{PAINTED}: {:.2} mL, before {was:.2} mL",
            lesion.focus.measures.volume_ml
        ));
        state.chosen.insert(finding);
        state.put(lesion);
        Ok(())
    }
}

fn put_excluded_parts(
    state: &mut State,
    whole: &Excluded,
    parts: Vec<Focus>,
    numbered: &[u32],
    text: &str,
) {
    state.judgement.excluded.retain(|e| e.id != whole.id);
    for (focus, id) in parts.into_iter().zip(numbered) {
        let mut part = Excluded {
            id: *id,
            focus,
            ..whole.clone()
        };
        part.evidence.push(text.to_owned());
        put_excluded(state, part);
    }
}

/// Gives contacts with territories that are no more to those that took their ground.
fn rename_contacts(state: &mut State, retired: &[u32], new: impl Fn(&Focus) -> u32) {
    // What was drawn before touches ground that is no more; it is drawn anew.
    let touches = |focus: &Focus| {
        focus
            .contacts
            .iter()
            .any(|c| retired.contains(&c.territory))
    };
    state.drawn.retain(|_, lesion| !touches(&lesion.focus));
    let lesions = state.judgement.lesions.iter_mut().map(|l| &mut l.focus);
    let excluded = state.judgement.excluded.iter_mut().map(|e| &mut e.focus);
    for focus in lesions.chain(excluded) {
        let to = new(focus);
        let own = focus.territory;
        for contact in &mut focus.contacts {
            if retired.contains(&contact.territory) {
                contact.territory = to;
            }
        }
        focus.contacts.retain(|contact| contact.territory != own);
    }
}

/// Uptake that was told as too small to delineate is told no more once it is a finding.
fn forget_point(state: &mut State, focus: &Focus) {
    let at = focus.measures.max_at;
    state.judgement.points.retain(|point| point.max_at != at);
    let place = format!("at ({:.1}, {:.1}, {:.1})", at.x, at.y, at.z);
    let told = |text: &String| text.starts_with("uptake too small") && text.contains(&place);
    state.judgement.findings.retain(|text| !told(text));
}
