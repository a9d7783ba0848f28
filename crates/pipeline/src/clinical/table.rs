//! A clinical file as records: the columns that have a value, row by row.

use super::columns::{Column, column};

/// The values of a row, as written.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Record {
    /// Where in the file.
    pub(super) place: String,
    /// Columns that are not empty.
    pub(super) values: Vec<(&'static Column, String)>,
}

/// A table with a header, its columns parted by commas, semicolons or tabulators.
pub(super) fn from_csv(text: &str) -> Result<Vec<Record>, String> {
    let header = text.lines().next().unwrap_or_default();
    let count = |c: char| header.matches(c).count();
    let delimiter = [',', ';', '\t']
        .into_iter()
        .max_by_key(|c| (count(*c), *c == ','));
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter.map_or(b',', |c| c as u8))
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let names = reader.headers().map_err(|e| e.to_string())?.clone();
    let columns: Vec<&'static Column> = names.iter().map(column).collect::<Result<_, _>>()?;
    refuse_twice(columns.iter().copied())?;
    let mut records = Vec::new();
    for row in reader.records() {
        let row = row.map_err(|error| rows_differ(&error, columns.len()))?;
        let line = row.position().map_or(0, csv::Position::line);
        let cells = columns.iter().copied().zip(row.iter());
        let values: Vec<_> = cells
            .filter(|(_, cell)| !cell.is_empty())
            .map(|(column, cell)| (column, cell.to_owned()))
            .collect();
        // Spreadsheets like to end in empty rows.
        if !values.is_empty() {
            records.push(Record {
                place: format!("line {line}"),
                values,
            });
        }
    }
    Ok(records)
}

/// A `[[patient]]` table for each row, its keys being the columns.
pub(super) fn from_toml(text: &str) -> Result<Vec<Record>, String> {
    let mut table: toml::Table = text.parse().map_err(|e: toml::de::Error| e.to_string())?;
    let patients = table.remove("patient");
    if let Some(key) = table.keys().next() {
        return Err(format!("`{key}` is not known; expected [[patient]] tables"));
    }
    let Some(toml::Value::Array(patients)) = patients else {
        return Err("there is no [[patient]] table".to_owned());
    };
    patients
        .iter()
        .zip(1..)
        .map(|(patient, n)| of_patient(patient, n))
        .collect()
}

fn of_patient(patient: &toml::Value, number: usize) -> Result<Record, String> {
    let place = format!("[[patient]] number {number}");
    let Some(patient) = patient.as_table() else {
        return Err(format!("{place} is no table"));
    };
    let value = |(name, value): (&String, &toml::Value)| {
        let text = match value {
            toml::Value::String(text) => text.trim().to_owned(),
            toml::Value::Integer(number) => number.to_string(),
            toml::Value::Float(number) => number.to_string(),
            toml::Value::Boolean(true) => "yes".to_owned(),
            toml::Value::Boolean(false) => "no".to_owned(),
            toml::Value::Datetime(moment) => moment.to_string(),
            _ => return Err(format!("{place}: `{name}` is neither a text nor a number")),
        };
        Ok((column(name)?, text))
    };
    let mut values = patient
        .iter()
        .map(value)
        .collect::<Result<Vec<_>, String>>()?;
    refuse_twice(values.iter().map(|(column, _)| *column))?;
    values.retain(|(_, text)| !text.is_empty());
    Ok(Record { place, values })
}

fn refuse_twice(columns: impl Iterator<Item = &'static Column>) -> Result<(), String> {
    let mut seen = Vec::new();
    for column in columns {
        if seen.contains(&column.name) {
            return Err(format!("the column `{}` is there twice", column.name));
        }
        seen.push(column.name);
    }
    Ok(())
}

/// A decimal comma in a table of commas is the usual reason for a cell too many.
fn rows_differ(error: &csv::Error, columns: usize) -> String {
    match error.kind() {
        csv::ErrorKind::UnequalLengths { pos, len, .. } => {
            let line = pos.as_ref().map_or(0, csv::Position::line);
            format!(
                "line {line} has {len} cells, expected {columns} as in the header; numbers are \
                 written with a decimal point"
            )
        }
        _ => error.to_string(),
    }
}
