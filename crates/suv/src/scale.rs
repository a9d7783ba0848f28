//! What the rescaled values are, and what turns them into activity or into SUVbw.

use crate::attribute as attr;
use crate::body::bw_per;
use crate::facts::{Fact, FrameFacts, PetFacts};
use crate::finding::FindingCode;
use crate::gates::describe;
use crate::options::{SuvOptions, flag};
use crate::patient::Patient;
use crate::refusal::RefusalCode;
use crate::units::{DecayCorrection, SuvType, Units};
use crate::worksheet::{Worksheet, number};

/// Two Philips factors whose SUVs differ by more are reported.
pub(crate) const PHILIPS_DISAGREEMENT: f64 = 0.01;

/// A factor per frame for the rescaled values.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Scale {
    /// Bq/mL per rescaled value.
    Activity(Vec<f64>),
    /// SUVbw per rescaled value, and where the header allows it Bq/mL, for comparison.
    Suv(Vec<f64>, Option<Vec<f64>>),
}

/// Reads the scale from the units; notes why there is none.
pub(crate) fn read(
    facts: &PetFacts,
    options: &SuvOptions,
    decay: Option<DecayCorrection>,
    patient: &Patient,
    sheet: &mut Worksheet,
) -> Option<Scale> {
    let units = units(facts, options, sheet)?;
    let n = facts.frames.len();
    match units {
        Units::BecquerelPerMl => Some(Scale::Activity(vec![1.0; n])),
        Units::Counts => philips(facts, decay, sheet),
        Units::GramPerMl => {
            let kind = gram_per_ml_type(facts, sheet)?;
            normalised(kind, facts, patient, sheet)
        }
        Units::SquareCmPerMl => {
            if let Fact::Known(term) = &facts.suv_type
                && SuvType::from_term(term) != Some(SuvType::BodySurfaceArea)
            {
                sheet.warn(
                    FindingCode::SuvTypeContradicts,
                    format!(
                        "{} is `{term}` while the units CM2ML mean body surface; the units were \
                         followed",
                        attr::SUV_TYPE
                    ),
                );
            }
            normalised(SuvType::BodySurfaceArea, facts, patient, sheet)
        }
        Units::CountsPerSecond => counts_per_second(facts, sheet),
    }
}

fn units(facts: &PetFacts, options: &SuvOptions, sheet: &mut Worksheet) -> Option<Units> {
    let (units, source) = match (&facts.units, options.units) {
        // What a scanner states of its own values is not replaced.
        (Fact::Known(term), _) => (Units::from_term(term), attr::UNITS.to_string()),
        (found, Some(units)) => {
            let instead = format!("{}: {}", attr::UNITS, found.found());
            sheet.replace(flag::UNITS, units.term(), instead);
            (Some(units), flag::UNITS.to_owned())
        }
        (_, None) => (None, String::new()),
    };
    if let Some(units) = units {
        sheet.step("units", units.term(), source);
        return Some(units);
    }
    let is_known = facts.units.value().is_some();
    sheet.refuse(
        RefusalCode::Units,
        attr::UNITS,
        facts.units.found(),
        "BQML, GML, CM2ML or calibrated counts (CNTS, CPS)",
        (!is_known).then_some(flag::UNITS),
    );
    None
}

fn gram_per_ml_type(facts: &PetFacts, sheet: &mut Worksheet) -> Option<SuvType> {
    match &facts.suv_type {
        Fact::Known(term) => {
            let kind = SuvType::from_term(term);
            if kind.is_none() {
                sheet.refuse(
                    RefusalCode::SuvType,
                    attr::SUV_TYPE,
                    format!("`{term}`"),
                    "BW, LBM, LBMJAMES128, LBMJANMA, IBW or BSA",
                    None,
                );
            }
            kind
        }
        // The standard: body weight when absent. Not every site knows.
        absent => {
            sheet.assume(
                FindingCode::SuvTypeAssumed,
                format!(
                    "{}: found {}; body weight was assumed, as the standard says, though some \
                     sites store lean-body SUV like this",
                    attr::SUV_TYPE,
                    absent.found()
                ),
            );
            Some(SuvType::BodyWeight)
        }
    }
}

/// The scale of an SUV that the scanner normalised to something else than body weight.
fn normalised(
    kind: SuvType,
    facts: &PetFacts,
    patient: &Patient,
    sheet: &mut Worksheet,
) -> Option<Scale> {
    let n = facts.frames.len();
    if kind == SuvType::BodyWeight {
        sheet.step("SUVbw per stored SUV", "1", attr::SUV_TYPE.to_string());
        return Some(Scale::Suv(vec![1.0; n], None));
    }
    patient.need_weight(facts, sheet);
    patient.need_height(facts, sheet);
    if kind != SuvType::BodySurfaceArea {
        patient.need_sex(facts, sheet);
    }
    let (weight_kg, height_m) = (patient.weight_kg?, patient.height_m?);
    if kind != SuvType::BodySurfaceArea {
        patient.sex?;
    }
    let Some(factor) = bw_per(kind, patient.sex, weight_kg, height_m) else {
        sheet.refuse(
            RefusalCode::SuvType,
            attr::SUV_TYPE,
            facts.suv_type.found(),
            "a norm that is positive for this weight and height",
            Some(flag::HEIGHT_M),
        );
        return None;
    };
    sheet.step(
        "weight",
        format!("{} kg", number(weight_kg)),
        source_of_weight(sheet),
    );
    sheet.step(
        "SUVbw per stored SUV",
        number(factor),
        format!(
            "{} {} for {} m{}",
            attr::SUV_TYPE,
            facts.suv_type.found(),
            number(height_m),
            patient
                .sex
                .map_or(String::new(), |s| format!(", sex {}", s.term()))
        ),
    );
    Some(Scale::Suv(vec![factor; n], None))
}

/// The option when the weight was overridden, else the attribute.
pub(crate) fn source_of_weight(sheet: &Worksheet) -> String {
    let overridden = sheet.overrides.iter().any(|o| o.option == flag::WEIGHT_KG);
    if overridden {
        flag::WEIGHT_KG.to_owned()
    } else {
        attr::PATIENT_WEIGHT.to_string()
    }
}

/// Whether a number can be a conversion factor; 0 is written where there is none.
fn is_factor(value: f64) -> bool {
    (1e-15..=1e15).contains(&value)
}

/// Counts of a Philips scanner, by its private factors; 0 there means that there is none.
fn philips(
    facts: &PetFacts,
    decay: Option<DecayCorrection>,
    sheet: &mut Worksheet,
) -> Option<Scale> {
    let all = |factor: fn(&FrameFacts) -> &Fact<f64>| -> Option<Vec<f64>> {
        let usable = |f: &FrameFacts| factor(f).get().filter(|v| is_factor(*v));
        facts.frames.iter().map(usable).collect()
    };
    let suv = all(|f| &f.philips_suv_factor);
    let activity = all(|f| &f.philips_activity_factor);
    // The SUV factor was made for values that are corrected for decay.
    let suv = suv.filter(|_| decay != Some(DecayCorrection::None));
    match (suv, activity) {
        (Some(suv), activity) => {
            let first = suv.first().copied().unwrap_or_default();
            let source = attr::PHILIPS_SUV_FACTOR.to_string();
            sheet.step("SUVbw per rescaled value", number(first), source);
            Some(Scale::Suv(suv, activity))
        }
        (None, Some(activity)) => {
            let first = activity.first().copied().unwrap_or_default();
            let source = attr::PHILIPS_ACTIVITY_FACTOR.to_string();
            sheet.step("Bq/mL per rescaled value", number(first), source);
            Some(Scale::Activity(activity))
        }
        (None, None) => {
            let never = |_: &FrameFacts| false;
            let of = |factor: fn(&FrameFacts) -> &Fact<f64>| {
                describe(&facts.frames, never, |f| factor(f).found()).unwrap_or_default()
            };
            sheet.refuse(
                RefusalCode::PhilipsFactors,
                attr::PHILIPS_SUV_FACTOR,
                format!(
                    "{}, and {} for {}",
                    of(|f| &f.philips_suv_factor),
                    of(|f| &f.philips_activity_factor),
                    attr::PHILIPS_ACTIVITY_FACTOR
                ),
                "a positive factor for the units CNTS",
                None,
            );
            None
        }
    }
}

fn counts_per_second(facts: &PetFacts, sheet: &mut Worksheet) -> Option<Scale> {
    let n = facts.frames.len();
    let calibration = facts
        .dose_calibration_factor
        .get()
        .filter(|v| is_factor(*v));
    let is_calibrated = facts.corrected_image.iter().any(|c| c.trim() == "DCAL");
    let (factor, source) = match (is_calibrated, facts.voxel_volume_ml, calibration) {
        (true, Some(volume_ml), _) => (
            1.0 / volume_ml,
            format!("DCAL in {} and the voxel volume", attr::CORRECTED_IMAGE),
        ),
        (_, _, Some(factor)) => (factor, attr::DOSE_CALIBRATION_FACTOR.to_string()),
        _ => {
            sheet.refuse(
                RefusalCode::Units,
                attr::UNITS,
                facts.units.found(),
                format!(
                    "counts per second with DCAL among the corrections or a positive {}",
                    attr::DOSE_CALIBRATION_FACTOR
                ),
                None,
            );
            return None;
        }
    };
    sheet.warn(
        FindingCode::CountsCalibrated,
        format!("counts per second were turned into Bq/mL by {source}"),
    );
    sheet.step("Bq/mL per rescaled value", number(factor), source);
    Some(Scale::Activity(vec![factor; n]))
}
