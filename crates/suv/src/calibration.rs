//! From activity concentration to SUV: weight, dose and decay.

use crate::attribute as attr;
use crate::facts::{FrameFacts, PetFacts, RadiopharmaceuticalFacts};
use crate::gates::describe;
use crate::options::{SuvOptions, flag};
use crate::patient::Patient;
use crate::radiopharmaceutical::{self, Decay};
use crate::refusal::RefusalCode;
use crate::scale::source_of_weight;
use crate::stamp::Stamp;
use crate::units::DecayCorrection;
use crate::worksheet::{Worksheet, number, span};
use crate::{injection, reference};

/// What a derivation rests on.
pub(crate) struct Basis {
    pub(crate) factors: Vec<f64>,
    pub(crate) item: RadiopharmaceuticalFacts,
    pub(crate) decay: Option<Decay>,
    pub(crate) dose_bq: Option<f64>,
    pub(crate) injection: Option<Stamp>,
    pub(crate) reference: Option<Stamp>,
    pub(crate) decay_factor: Option<f64>,
}

impl Basis {
    /// Of an image that is in SUV already: nothing depends on dose and times.
    pub(crate) fn of_suv(facts: &PetFacts, factors: Vec<f64>) -> Self {
        let item = facts.radiopharmaceuticals.first().cloned();
        Self {
            factors,
            item: item.unwrap_or_default(),
            decay: None,
            dose_bq: None,
            injection: None,
            reference: None,
            decay_factor: None,
        }
    }
}

/// Least and greatest.
pub(crate) fn range(values: &[f64]) -> (f64, f64) {
    let mut range = (f64::INFINITY, f64::NEG_INFINITY);
    for value in values {
        range = (range.0.min(*value), range.1.max(*value));
    }
    range
}

/// Decay Correction as the operator or the header states it, if it is one that is known.
pub(crate) fn stated_decay_correction(
    facts: &PetFacts,
    options: &SuvOptions,
) -> Option<DecayCorrection> {
    let header = || DecayCorrection::from_term(facts.decay_correction.value()?);
    options.decay_correction.or_else(header)
}

/// Notes where the decay correction comes from, or that it is missing.
fn decay_correction(
    facts: &PetFacts,
    options: &SuvOptions,
    sheet: &mut Worksheet,
) -> Option<DecayCorrection> {
    let found = facts.decay_correction.found();
    let Some(correction) = stated_decay_correction(facts, options) else {
        sheet.refuse(
            RefusalCode::DecayCorrection,
            attr::DECAY_CORRECTION,
            found,
            "START, ADMIN or NONE",
            Some(flag::DECAY_CORRECTION),
        );
        return None;
    };
    let source = if options.decay_correction.is_some() {
        let instead = format!("{}: {found}", attr::DECAY_CORRECTION);
        sheet.replace(flag::DECAY_CORRECTION, correction.term(), instead);
        flag::DECAY_CORRECTION.to_owned()
    } else {
        attr::DECAY_CORRECTION.to_string()
    };
    sheet.step("decay correction", correction.term(), source);
    Some(correction)
}

/// SUVbw per rescaled value from Bq/mL per rescaled value, by weight, dose and decay.
pub(crate) fn calibrate(
    facts: &PetFacts,
    options: &SuvOptions,
    patient: &Patient,
    activity: &[f64],
    sheet: &mut Worksheet,
) -> Option<Basis> {
    let correction = decay_correction(facts, options, sheet);
    patient.need_weight(facts, sheet);
    if let Some(kg) = patient.weight_kg {
        let source = source_of_weight(sheet);
        sheet.step("weight", format!("{} kg", number(kg)), source);
    }
    let item = radiopharmaceutical::choose_item(facts, options, sheet);
    let all_stated = options.dose_mbq.is_some()
        && options.injected_at.is_some()
        && options.half_life_s.is_some();
    if item.is_none() && !all_stated {
        sheet.refuse(
            RefusalCode::Radiopharmaceutical,
            attr::RADIOPHARMACEUTICAL_INFORMATION,
            format!("{} different items", facts.radiopharmaceuticals.len()),
            "one, or one of the nuclide that was imaged",
            Some(flag::NUCLIDE),
        );
        return None;
    }
    let item = item.unwrap_or_default();
    let dose_bq = radiopharmaceutical::dose_bq(&item, facts, options, sheet);
    let decay = radiopharmaceutical::decay(&item, options, sheet);
    let mut basis = Basis {
        decay,
        dose_bq,
        ..Basis::of_suv(facts, Vec::new())
    };
    basis.item = item;
    let suv_per_activity: Vec<f64> = match correction? {
        DecayCorrection::Admin => {
            basis.decay_factor = Some(1.0);
            vec![1000.0 * patient.weight_kg? / dose_bq?; activity.len()]
        }
        DecayCorrection::Start => {
            basis.reference = reference::find(facts, options, decay, sheet);
            basis.injection = injection::find(&basis.item, options, basis.reference, decay, sheet);
            let left = decay_factor(basis.reference?, basis.injection?, decay?, sheet);
            basis.decay_factor = Some(left);
            vec![1000.0 * patient.weight_kg? / (dose_bq? * left); activity.len()]
        }
        DecayCorrection::None => {
            let first = reference::first_acquisition(facts);
            basis.injection = injection::find(&basis.item, options, first, decay, sheet);
            let per_frame = undecayed(facts, basis.injection, decay, sheet)?;
            let suv_at_injection = 1000.0 * patient.weight_kg? / dose_bq?;
            per_frame.iter().map(|f| f * suv_at_injection).collect()
        }
    };
    basis.factors = activity
        .iter()
        .zip(&suv_per_activity)
        .map(|(a, s)| a * s)
        .collect();
    Some(basis)
}

/// What is left of the activity between injection and reference time.
fn decay_factor(reference: Stamp, injection: Stamp, decay: Decay, sheet: &mut Worksheet) -> f64 {
    let elapsed = reference.seconds_since(&injection);
    let left = (-decay.lambda() * elapsed).exp();
    sheet.step(
        "injection to reference time",
        span(elapsed),
        "the two times",
    );
    sheet.step(
        "activity left at the reference time",
        number(left),
        "2^(-time / half-life)",
    );
    left
}

/// Whether a number can be the duration of a frame in s.
fn is_frame_duration(duration_s: f64) -> bool {
    (1e-3..=86_400.0).contains(&duration_s)
}

/// What turns the mean activity of each frame into that at the time of injection.
fn undecayed(
    facts: &PetFacts,
    injection: Option<Stamp>,
    decay: Option<Decay>,
    sheet: &mut Worksheet,
) -> Option<Vec<f64>> {
    let duration = |f: &FrameFacts| f.frame_duration_s.get().filter(|t| is_frame_duration(*t));
    let mut is_complete = true;
    let mut require = |found: Option<String>, attribute, expected: &str| {
        if let Some(found) = found {
            is_complete = false;
            sheet.refuse(RefusalCode::FrameTiming, attribute, found, expected, None);
        }
    };
    let has_time = |f: &FrameFacts| match (f.acquisition.get(), injection, decay) {
        (Some(acquired), Some(injection), Some(decay)) => {
            injection::is_possible(acquired.seconds_since(&injection), decay)
        }
        (acquired, _, _) => acquired.is_some(),
    };
    require(
        describe(&facts.frames, has_time, |f| f.acquisition.found()),
        attr::ACQUISITION_TIME,
        "the time of each frame, because the image is not decay corrected",
    );
    require(
        describe(
            &facts.frames,
            |f| duration(f).is_some(),
            |f| f.frame_duration_s.found(),
        ),
        attr::ACTUAL_FRAME_DURATION,
        "the duration of each frame, because the image is not decay corrected",
    );
    let (injection, lambda) = (injection?, decay?.lambda());
    let factors: Option<Vec<f64>> = facts
        .frames
        .iter()
        .map(|frame| {
            let elapsed = frame.acquisition.get()?.seconds_since(&injection);
            let x = lambda * duration(frame)?;
            // Decay until the frame begins, and within the frame from its mean to its start.
            Some((lambda * elapsed).exp() * x / -(-x).exp_m1())
        })
        .collect();
    let factors = factors.filter(|_| is_complete)?;
    let (low, high) = range(&factors);
    sheet.step(
        "decay correction of the frames",
        format!("{} to {}", number(low), number(high)),
        format!(
            "{} and {}",
            attr::ACQUISITION_TIME,
            attr::ACTUAL_FRAME_DURATION
        ),
    );
    Some(factors)
}
