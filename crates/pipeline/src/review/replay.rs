//! Where a row of decisions leads.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use isoboost_lesion::{Surroundings, Uptake, UptakeMap};
use isoboost_planning::StatedTreatments;
use isoboost_staging::{Judgement, Lesion, Staging};

use super::{Decision, DecisionError};
use crate::analysis::{Course, Outlines};
use crate::open_study::{OpenStudy, Reviewing};

/// So many rows of decisions are remembered with what they led to: the present one, those that undo
/// goes back to, and previews.
const REMEMBERED: usize = 8;

/// The findings as far as decisions have come.
#[derive(Debug, Clone)]
pub(super) struct State {
    /// What each focus is by itself.
    pub(super) judgement: Judgement,
    pub(super) uptake: UptakeMap,
    /// Lesions as they were drawn and scored, while nothing of them has changed since.
    pub(super) drawn: BTreeMap<u32, Arc<Lesion>>,
    /// Lesions whose outline a person chose.
    pub(super) chosen: BTreeSet<u32>,
    /// Findings whose class a person stated.
    pub(super) stated_class: BTreeSet<u32>,
    /// Margins and doses that a person stated.
    pub(super) stated: StatedTreatments,
    /// Volumes in mL before the first stroke of a brush.
    pub(super) unpainted_ml: BTreeMap<u32, f64>,
    /// The number that the next new finding gets.
    pub(super) next: u32,
}

/// Rows of decisions that were replayed lately.
#[derive(Debug, Default)]
pub(crate) struct Replay {
    known: Mutex<Vec<(Vec<Decision>, Arc<State>)>>,
}

impl Replay {
    /// The longest known beginning of a row.
    fn beginning(&self, decisions: &[Decision]) -> Option<(usize, Arc<State>)> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let fitting = known.iter().filter(|(row, _)| decisions.starts_with(row));
        let longest = fitting.max_by_key(|(row, _)| row.len())?;
        Some((longest.0.len(), Arc::clone(&longest.1)))
    }

    fn remember(&self, decisions: &[Decision], state: State) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|(row, _)| row != decisions);
        known.push((decisions.to_vec(), Arc::new(state)));
        if known.len() > REMEMBERED {
            known.remove(0);
        }
    }
}

impl OpenStudy {
    /// The staging after decisions, and what they add to a plan.
    pub(super) fn replayed(
        &self,
        decisions: &[Decision],
    ) -> Result<(Staging, Reviewing), DecisionError> {
        let (done, state) = self
            .replay
            .beginning(decisions)
            .unwrap_or_else(|| (0, Arc::new(self.before_decisions())));
        let mut state = Arc::unwrap_or_clone(state);
        for decision in decisions.iter().skip(done) {
            self.apply(&mut state, decision)?;
        }
        let staging = self.staged(&mut state);
        let reviewing = Reviewing {
            stated: state.stated.clone(),
            decisions: decisions.to_vec(),
            sentences: decisions.iter().map(Decision::sentence).collect(),
        };
        self.replay.remember(decisions, state);
        Ok((staging, reviewing))
    }

    fn before_decisions(&self) -> State {
        let examined = self.examined();
        let suggestion = self.suggestion();
        let lesions = suggestion.lesions.iter();
        let ids = lesions.clone().map(|l| l.id);
        let ids = ids.chain(suggestion.excluded.iter().map(|e| e.id));
        State {
            judgement: examined.judgement.clone(),
            uptake: examined.uptake.clone(),
            drawn: lesions.map(|l| (l.id, Arc::new(l.clone()))).collect(),
            chosen: BTreeSet::new(),
            stated_class: BTreeSet::new(),
            stated: StatedTreatments::new(),
            unpainted_ml: BTreeMap::new(),
            next: ids.max().unwrap_or(0) + 1,
        }
    }

    /// All findings as they stand, drawn and scored.
    fn staged(&self, state: &mut State) -> Staging {
        let outlines = Outlines {
            unchanged: state.drawn.iter().map(|(id, l)| (*id, &**l)).collect(),
            chosen: state.chosen.clone(),
        };
        let course = self.course();
        let staging = course.staging(state.judgement.clone(), &state.uptake, &outlines);
        for lesion in &staging.lesions {
            state
                .drawn
                .entry(lesion.id)
                .or_insert_with(|| Arc::new(lesion.clone()));
        }
        staging
    }
}

impl State {
    /// The ground as it is divided now.
    pub(super) fn uptake<'a>(
        &self,
        course: &Course<'a>,
        surroundings: &'a Surroundings<'a>,
    ) -> Uptake<'a> {
        let config = &course.config.lesion;
        Uptake::of_map(course.scan.suv, surroundings, config, self.uptake.clone())
    }

    /// The numbers of all findings.
    pub(super) fn numbers(&self) -> Vec<u32> {
        let lesions = self.judgement.lesions.iter().map(|l| l.id);
        let excluded = self.judgement.excluded.iter().map(|e| e.id);
        let mut all: Vec<u32> = lesions.chain(excluded).collect();
        all.sort_unstable();
        all
    }

    /// The lesion with a number.
    pub(super) fn lesion(&self, finding: u32) -> Result<&Lesion, DecisionError> {
        if let Some(lesion) = self.judgement.lesions.iter().find(|l| l.id == finding) {
            return Ok(lesion);
        }
        match self.judgement.excluded.iter().find(|e| e.id == finding) {
            Some(excluded) => Err(DecisionError::NotALesion {
                finding,
                reason: excluded.reason.name().replace('_', " "),
            }),
            None => Err(self.no_finding(finding)),
        }
    }

    pub(super) fn no_finding(&self, finding: u32) -> DecisionError {
        DecisionError::NoFinding {
            finding,
            known: self.numbers(),
        }
    }

    /// Puts a lesion in its place by its number; it is drawn anew.
    pub(super) fn put(&mut self, lesion: Lesion) {
        self.drawn.remove(&lesion.id);
        let lesions = &mut self.judgement.lesions;
        match lesions.binary_search_by_key(&lesion.id, |l| l.id) {
            Ok(place) => lesions[place] = lesion,
            Err(place) => lesions.insert(place, lesion),
        }
    }

    /// Takes a lesion out.
    pub(super) fn take(&mut self, finding: u32) -> Option<Lesion> {
        self.drawn.remove(&finding);
        let lesions = &mut self.judgement.lesions;
        let place = lesions.iter().position(|l| l.id == finding)?;
        Some(lesions.remove(place))
    }

    /// The next free number.
    pub(super) fn new_number(&mut self) -> u32 {
        self.next += 1;
        self.next - 1
    }
}
