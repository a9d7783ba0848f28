//! Weight, height and sex as they can be used.

use crate::attribute as attr;
use crate::facts::{Fact, PetFacts};
use crate::finding::FindingCode;
use crate::options::{SuvOptions, flag};
use crate::refusal::RefusalCode;
use crate::units::Sex;
use crate::worksheet::{Worksheet, number};

/// Above this a weight was written in grams: nobody weighs a tonne.
const GRAMS_ABOVE: f64 = 1000.0;
/// Above this a height was written in centimetres: nobody is three metres tall.
const CENTIMETRES_ABOVE: f64 = 3.0;
/// Weights in kg outside this range are worth a look in an adult.
const USUAL_WEIGHT_KG: (f64, f64) = (35.0, 250.0);
/// Heights in m outside this range are no person's.
const POSSIBLE_HEIGHT_M: (f64, f64) = (0.4, 2.6);

/// The body, as far as the header and the operator tell.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Patient {
    pub(crate) weight_kg: Option<f64>,
    pub(crate) height_m: Option<f64>,
    pub(crate) sex: Option<Sex>,
}

impl Patient {
    pub(crate) fn read(facts: &PetFacts, options: &SuvOptions, sheet: &mut Worksheet) -> Self {
        Self {
            weight_kg: weight(facts, options, sheet),
            height_m: height(facts, options, sheet),
            sex: sex(facts, options, sheet),
        }
    }

    /// Notes that the weight is needed.
    pub(crate) fn need_weight(&self, facts: &PetFacts, sheet: &mut Worksheet) {
        if self.weight_kg.is_none() {
            let found = facts.patient_weight.found();
            // Weights typed into the wrong field happen; a height never lies between these.
            let may_be_weight = |size: &f64| *size > CENTIMETRES_ABOVE && *size < 120.0;
            let found = match facts.patient_size.get().filter(may_be_weight) {
                Some(size) => format!("{found} (while {} is `{size}`)", attr::PATIENT_SIZE),
                None => found,
            };
            sheet.refuse(
                RefusalCode::Weight,
                attr::PATIENT_WEIGHT,
                found,
                "the weight in kg",
                Some(flag::WEIGHT_KG),
            );
        }
    }

    /// Notes that the height is needed.
    pub(crate) fn need_height(&self, facts: &PetFacts, sheet: &mut Worksheet) {
        if self.height_m.is_none() {
            sheet.refuse(
                RefusalCode::Height,
                attr::PATIENT_SIZE,
                facts.patient_size.found(),
                "the height in m, by which the scanner normalised",
                Some(flag::HEIGHT_M),
            );
        }
    }

    /// Notes that the sex is needed.
    pub(crate) fn need_sex(&self, facts: &PetFacts, sheet: &mut Worksheet) {
        if self.sex.is_none() {
            sheet.refuse(
                RefusalCode::Sex,
                attr::PATIENT_SEX,
                facts.patient_sex.found(),
                "M or F, by whose formula the scanner normalised",
                Some(flag::SEX),
            );
        }
    }
}

/// Whether a number can be a weight at all; 1e6 is a tonne in grams.
fn is_weight(kg: f64) -> bool {
    (0.1..=1e6).contains(&kg)
}

fn weight(facts: &PetFacts, options: &SuvOptions, sheet: &mut Worksheet) -> Option<f64> {
    let kg = if let Some(kg) = options.weight_kg {
        if !is_weight(kg) || kg > GRAMS_ABOVE {
            sheet.refuse_option(flag::WEIGHT_KG, number(kg), "a weight in kg");
            return None;
        }
        let instead = format!("{}: {}", attr::PATIENT_WEIGHT, facts.patient_weight.found());
        sheet.replace(flag::WEIGHT_KG, format!("{} kg", number(kg)), instead);
        kg
    } else {
        let written = facts.patient_weight.get().filter(|kg| is_weight(*kg))?;
        if written > GRAMS_ABOVE {
            let kg = written / 1000.0;
            sheet.assume(
                FindingCode::WeightInGrams,
                format!(
                    "{} is {}: taken as grams, {} kg",
                    attr::PATIENT_WEIGHT,
                    number(written),
                    number(kg)
                ),
            );
            kg
        } else {
            written
        }
    };
    if kg < USUAL_WEIGHT_KG.0 || kg > USUAL_WEIGHT_KG.1 {
        sheet.warn(
            FindingCode::WeightUnusual,
            format!("a weight of {} kg is unusual for an adult", number(kg)),
        );
    }
    Some(kg)
}

fn height(facts: &PetFacts, options: &SuvOptions, sheet: &mut Worksheet) -> Option<f64> {
    let possible = |m: f64| m >= POSSIBLE_HEIGHT_M.0 && m <= POSSIBLE_HEIGHT_M.1;
    if let Some(m) = options.height_m {
        if !possible(m) {
            sheet.refuse_option(flag::HEIGHT_M, number(m), "a height in m");
            return None;
        }
        let instead = format!("{}: {}", attr::PATIENT_SIZE, facts.patient_size.found());
        sheet.replace(flag::HEIGHT_M, format!("{} m", number(m)), instead);
        return Some(m);
    }
    // Zero is how many systems write "not measured".
    let written = facts.patient_size.get().filter(|m| *m > 0.0)?;
    let m = if written > CENTIMETRES_ABOVE {
        written / 100.0
    } else {
        written
    };
    if !possible(m) {
        sheet.warn(
            FindingCode::HeightUnusable,
            format!(
                "{} is {}, which is no height in m or cm; it was not used",
                attr::PATIENT_SIZE,
                number(written)
            ),
        );
        return None;
    }
    if written > CENTIMETRES_ABOVE {
        sheet.assume(
            FindingCode::HeightInCentimetres,
            format!(
                "{} is {}: taken as centimetres",
                attr::PATIENT_SIZE,
                number(written)
            ),
        );
    }
    Some(m)
}

fn sex(facts: &PetFacts, options: &SuvOptions, sheet: &mut Worksheet) -> Option<Sex> {
    if let Some(sex) = options.sex {
        let instead = format!("{}: {}", attr::PATIENT_SEX, facts.patient_sex.found());
        sheet.replace(flag::SEX, sex.term(), instead);
        return Some(sex);
    }
    match &facts.patient_sex {
        Fact::Known(term) => Sex::from_term(term),
        _ => None,
    }
}
