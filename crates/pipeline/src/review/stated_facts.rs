//! Facts that an operator or the clinical file stated, as a request keeps them.

use std::fmt::Display;
use std::str::FromStr;

use isoboost_planning::{Answer, ClinicalFacts};
use isoboost_suv::SuvOptions;
use serde::{Deserialize, Serialize};

use crate::clinical::ClinicalRow;

/// [`SuvOptions`] in the words of the command line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SuvRecord {
    weight_kg: Option<f64>,
    height_m: Option<f64>,
    sex: Option<String>,
    dose_mbq: Option<f64>,
    injected_at: Option<String>,
    nuclide: Option<String>,
    half_life_s: Option<f64>,
    pet_units: Option<String>,
    decay_correction: Option<String>,
    decay_reference: Option<String>,
    assume_attenuation_corrected: bool,
    assume_decay_corrected: bool,
}

/// [`ClinicalRow`] in the words of the clinical file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClinicalRecord {
    place: String,
    patient_id: Option<String>,
    study_uid: Option<String>,
    psa_ng_ml: Option<f64>,
    psa_date: Option<String>,
    prior_pelvic_rt: Answer,
    hormone_therapy: Answer,
    egfr_ml_min: Option<f64>,
    weight_kg: Option<f64>,
    height_m: Option<f64>,
    sex: Option<String>,
    injected_dose_mbq: Option<f64>,
    injected_at: Option<String>,
}

impl SuvRecord {
    pub(super) fn of(options: &SuvOptions) -> Self {
        Self {
            weight_kg: options.weight_kg,
            height_m: options.height_m,
            sex: text(options.sex),
            dose_mbq: options.dose_mbq,
            injected_at: text(options.injected_at),
            nuclide: text(options.nuclide),
            half_life_s: options.half_life_s,
            pet_units: text(options.units),
            decay_correction: text(options.decay_correction),
            decay_reference: text(options.decay_reference),
            assume_attenuation_corrected: options.assume_attenuation_corrected,
            assume_decay_corrected: options.assume_decay_corrected,
        }
    }

    pub(super) fn options(&self) -> Result<SuvOptions, String> {
        Ok(SuvOptions {
            weight_kg: self.weight_kg,
            height_m: self.height_m,
            sex: value(self.sex.as_deref())?,
            dose_mbq: self.dose_mbq,
            injected_at: value(self.injected_at.as_deref())?,
            nuclide: value(self.nuclide.as_deref())?,
            half_life_s: self.half_life_s,
            units: value(self.pet_units.as_deref())?,
            decay_correction: value(self.decay_correction.as_deref())?,
            decay_reference: value(self.decay_reference.as_deref())?,
            assume_attenuation_corrected: self.assume_attenuation_corrected,
            assume_decay_corrected: self.assume_decay_corrected,
        })
    }
}

impl ClinicalRecord {
    pub(super) fn of(row: &ClinicalRow) -> Self {
        Self {
            place: row.place.clone(),
            patient_id: row.patient_id.clone(),
            study_uid: row.study_uid.clone(),
            psa_ng_ml: row.facts.psa_ng_ml,
            psa_date: row.facts.psa_date.clone(),
            prior_pelvic_rt: row.facts.prior_pelvic_rt,
            hormone_therapy: row.facts.hormone_therapy,
            egfr_ml_min: row.facts.egfr_ml_min,
            weight_kg: row.weight_kg,
            height_m: row.height_m,
            sex: text(row.sex),
            injected_dose_mbq: row.injected_dose_mbq,
            injected_at: text(row.injected_at),
        }
    }

    pub(super) fn row(&self) -> Result<ClinicalRow, String> {
        Ok(ClinicalRow {
            place: self.place.clone(),
            patient_id: self.patient_id.clone(),
            study_uid: self.study_uid.clone(),
            facts: ClinicalFacts {
                psa_ng_ml: self.psa_ng_ml,
                psa_date: self.psa_date.clone(),
                prior_pelvic_rt: self.prior_pelvic_rt,
                hormone_therapy: self.hormone_therapy,
                egfr_ml_min: self.egfr_ml_min,
            },
            weight_kg: self.weight_kg,
            height_m: self.height_m,
            sex: value(self.sex.as_deref())?,
            injected_dose_mbq: self.injected_dose_mbq,
            injected_at: value(self.injected_at.as_deref())?,
        })
    }
}

fn text<T: Display>(value: Option<T>) -> Option<String> {
    value.map(|value| value.to_string())
}

fn value<T>(text: Option<&str>) -> Result<Option<T>, String>
where
    T: FromStr,
    T::Err: Display,
{
    let read = |text: &str| text.parse::<T>().map_err(|error| error.to_string());
    text.map(read).transpose()
}
