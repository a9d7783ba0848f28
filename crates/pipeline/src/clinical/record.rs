//! From the texts of a record to facts in their ranges.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use isoboost_planning::{Answer, ClinicalFacts};

use super::ClinicalRow;
use super::columns::{Column, Values};
use super::table::Record;

/// The rows, each with a patient or a study, and none for the same one.
pub(super) fn rows(records: &[Record]) -> Result<Vec<ClinicalRow>, String> {
    let rows: Vec<ClinicalRow> = records.iter().map(row).collect::<Result<_, _>>()?;
    let mut seen: BTreeMap<(Option<&str>, &str), &str> = BTreeMap::new();
    for row in &rows {
        // A row of a study is another one than that of the patient.
        let (kind, key) = match (&row.study_uid, &row.patient_id) {
            (Some(uid), _) => ("study_uid", (None, uid.as_str())),
            (None, Some(id)) => ("patient_id", (Some("patient"), id.as_str())),
            (None, None) => {
                return Err(format!(
                    "{} has neither patient_id nor study_uid, so that it belongs to nobody",
                    row.place
                ));
            }
        };
        if let Some(first) = seen.insert(key, &row.place) {
            return Err(format!(
                "{} has the same {kind} as {first}; keep one of the two",
                row.place
            ));
        }
    }
    Ok(rows)
}

fn row(record: &Record) -> Result<ClinicalRow, String> {
    let mut row = ClinicalRow {
        place: record.place.clone(),
        ..ClinicalRow::default()
    };
    for (column, text) in &record.values {
        put(&mut row, column, text).map_err(|expected| {
            let name = column.name;
            format!("{}: {name} is `{text}`, expected {expected}", record.place)
        })?;
    }
    Ok(row)
}

fn put(row: &mut ClinicalRow, column: &Column, text: &str) -> Result<(), String> {
    let facts: &mut ClinicalFacts = &mut row.facts;
    let expected = || column.values.words();
    match column.name {
        "patient_id" => row.patient_id = Some(text.to_owned()),
        "study_uid" => row.study_uid = Some(text.to_owned()),
        "psa_ng_ml" => facts.psa_ng_ml = Some(number(column, text)?),
        "psa_date" => facts.psa_date = Some(date(text).ok_or_else(expected)?),
        "prior_pelvic_rt" => facts.prior_pelvic_rt = answer(text).ok_or_else(expected)?,
        "hormone_therapy" => facts.hormone_therapy = answer(text).ok_or_else(expected)?,
        "egfr_ml_min" => facts.egfr_ml_min = Some(number(column, text)?),
        "weight_kg" => row.weight_kg = Some(number(column, text)?),
        "height_m" => row.height_m = Some(number(column, text)?),
        "injected_dose_mbq" => row.injected_dose_mbq = Some(number(column, text)?),
        "sex" => row.sex = Some(text.parse().map_err(|_| expected())?),
        "injected_at" => row.injected_at = Some(text.parse().map_err(|_| expected())?),
        other => return Err(format!("nothing: `{other}` is not read")),
    }
    Ok(())
}

/// A number in its range, with or without the column's unit.
fn number(column: &Column, text: &str) -> Result<f64, String> {
    let Values::Number {
        range: (low, high),
        units,
    } = column.values
    else {
        return Err(column.values.words());
    };
    let expected = || column.values.words();
    let end = text
        .find(|c: char| !(c.is_ascii_digit() || ".+-".contains(c)))
        .unwrap_or(text.len());
    let (digits, unit) = text.split_at(end);
    let unit = unit.trim();
    let is_same = |known: &&'static str| known.to_lowercase() == unit.to_lowercase();
    if unit.starts_with(',') {
        return Err(format!("{} with a decimal point", expected()));
    }
    if !unit.is_empty() && !digits.is_empty() && !units.iter().any(is_same) {
        return Err(format!("{}; `{unit}` is not that unit", expected()));
    }
    let value: f64 = digits.parse().map_err(|_| expected())?;
    if (low..=high).contains(&value) {
        Ok(value)
    } else {
        Err(expected())
    }
}

fn answer(text: &str) -> Option<Answer> {
    match text.to_lowercase().as_str() {
        "yes" | "y" | "true" => Some(Answer::Yes),
        "no" | "n" | "false" => Some(Answer::No),
        "unknown" => Some(Answer::Unknown),
        _ => None,
    }
}

fn date(text: &str) -> Option<String> {
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    Some(date.to_string())
}
