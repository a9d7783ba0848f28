//! Facts of each patient from a table: PSA, earlier treatment, weight, injected activity.

mod columns;
mod record;
mod table;

use std::path::{Path, PathBuf};

use isoboost_planning::ClinicalFacts;
use isoboost_suv::{Moment, Sex, SuvOptions};

pub use columns::{COLUMNS, Column, Values};

/// The rows of a clinical file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ClinicalTable {
    /// In the order of the file.
    pub rows: Vec<ClinicalRow>,
}

/// What is known of a patient or of one of his studies.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ClinicalRow {
    /// Where in the file, as `line 3`.
    pub place: String,
    /// Patient ID.
    pub patient_id: Option<String>,
    /// Study Instance UID, for a row of one study alone.
    pub study_uid: Option<String>,
    /// What the recommendation takes into account.
    pub facts: ClinicalFacts,
    /// Body weight, kg.
    pub weight_kg: Option<f64>,
    /// Body height, m.
    pub height_m: Option<f64>,
    /// Sex.
    pub sex: Option<Sex>,
    /// Injected activity at the time of injection, MBq.
    pub injected_dose_mbq: Option<f64>,
    /// Injection by the scanner's clock.
    pub injected_at: Option<Moment>,
}

/// Why a clinical file cannot be used. Rows are named by their place, and never by what is in them.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClinicalError {
    /// The file cannot be read.
    #[error("cannot read the clinical file `{path}`: {source}; it must be text in UTF-8")]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// Something in it cannot be used.
    #[error("the clinical file `{path}`: {problem}")]
    Invalid {
        /// The file.
        path: PathBuf,
        /// What, where, and what is expected.
        problem: String,
    },
    /// A row that names a study and another patient than that study's.
    #[error(
        "{place} of the clinical file has the Study Instance UID of this study and another Patient \
         ID; correct one of the two"
    )]
    OtherPatient {
        /// The row.
        place: String,
    },
}

impl ClinicalTable {
    /// Reads a table (`.csv`) or a list of `[[patient]]` tables (`.toml`).
    ///
    /// # Errors
    /// For a file that cannot be read, a column that is not known, a value that is out of range or
    /// in another unit, a row without a patient, and two rows for one.
    pub fn read(path: &Path) -> Result<Self, ClinicalError> {
        let text = std::fs::read_to_string(path).map_err(|source| ClinicalError::Read {
            path: path.to_path_buf(),
            source,
        })?;
        let is_toml = path
            .extension()
            .is_some_and(|e| e.eq_ignore_ascii_case("toml"));
        let records = if is_toml {
            table::from_toml(&text)
        } else {
            table::from_csv(&text)
        };
        records
            .and_then(|records| record::rows(&records))
            .map(|rows| Self { rows })
            .map_err(|problem| ClinicalError::Invalid {
                path: path.to_path_buf(),
                problem,
            })
    }

    /// The row of a study: one with its UID goes before one with the patient's ID alone.
    ///
    /// # Errors
    /// When the row with the study's UID names another patient.
    pub fn row_of(
        &self,
        patient_id: Option<&str>,
        study_uid: &str,
    ) -> Result<Option<&ClinicalRow>, ClinicalError> {
        let of_study = |row: &&ClinicalRow| row.study_uid.as_deref() == Some(study_uid);
        if let Some(row) = self.rows.iter().find(of_study) {
            let is_other = row.patient_id.is_some() && row.patient_id.as_deref() != patient_id;
            if is_other {
                let place = row.place.clone();
                return Err(ClinicalError::OtherPatient { place });
            }
            return Ok(Some(row));
        }
        let of_patient = |row: &&ClinicalRow| {
            row.study_uid.is_none()
                && row.patient_id.is_some()
                && row.patient_id.as_deref() == patient_id
        };
        Ok(self.rows.iter().find(of_patient))
    }
}

impl ClinicalRow {
    /// The facts for the SUV: those that are stated already stay, the others are this row's. Hands
    /// back the options that the row filled, each with its column.
    pub(crate) fn fill(&self, options: &mut SuvOptions) -> Vec<(&'static str, &'static str)> {
        let mut filled = Vec::new();
        let mut note = |is_filled: bool, option, column| {
            if is_filled {
                filled.push((option, column));
            }
        };
        note(
            take(&mut options.weight_kg, self.weight_kg),
            "--weight-kg",
            "weight_kg",
        );
        note(
            take(&mut options.height_m, self.height_m),
            "--height-m",
            "height_m",
        );
        note(take(&mut options.sex, self.sex), "--sex", "sex");
        note(
            take(&mut options.dose_mbq, self.injected_dose_mbq),
            "--dose-mbq",
            "injected_dose_mbq",
        );
        note(
            take(&mut options.injected_at, self.injected_at),
            "--injected-at",
            "injected_at",
        );
        filled
    }
}

/// Fills what is empty; says whether it did.
fn take<T: Copy>(place: &mut Option<T>, value: Option<T>) -> bool {
    let is_filled = place.is_none() && value.is_some();
    if is_filled {
        *place = value;
    }
    is_filled
}

#[cfg(test)]
mod tests;
