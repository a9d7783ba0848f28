//! The columns of a clinical file.

/// A column: its name, what it holds, and what is accepted in it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// Other names that are understood.
    pub also: &'static [&'static str],
    /// What it holds.
    pub meaning: &'static str,
    /// What is accepted in it.
    pub values: Values,
}

/// What is accepted in a column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Values {
    /// Any text.
    Text,
    /// A date, `YYYY-MM-DD`.
    Date,
    /// `yes`, `no` or `unknown`.
    Answer,
    /// `M` or `F`.
    Sex,
    /// A time, as `--injected-at` takes it.
    Moment,
    /// A number in a unit, which may be written behind it.
    Number {
        /// The least and the largest.
        range: (f64, f64),
        /// Ways to write the unit, the first being the usual one.
        units: &'static [&'static str],
    },
}

/// All columns. Names are the same in any case and with hyphens or blanks for `_`.
pub const COLUMNS: [Column; 12] = [
    Column {
        name: "patient_id",
        also: &["patientid"],
        meaning: "Patient ID of the DICOM files",
        values: Values::Text,
    },
    Column {
        name: "study_uid",
        also: &["study_instance_uid", "studyinstanceuid"],
        meaning: "Study Instance UID, where a row is for one study of the patient",
        values: Values::Text,
    },
    Column {
        name: "psa_ng_ml",
        also: &["psa"],
        meaning: "PSA before radiotherapy",
        values: Values::Number {
            range: (0.0, 10_000.0),
            units: &["ng/mL", "ug/L", "µg/L"],
        },
    },
    Column {
        name: "psa_date",
        also: &[],
        meaning: "when it was measured",
        values: Values::Date,
    },
    Column {
        name: "prior_pelvic_rt",
        also: &[],
        meaning: "whether the pelvis was irradiated before",
        values: Values::Answer,
    },
    Column {
        name: "hormone_therapy",
        also: &[],
        meaning: "whether hormone therapy was given lately",
        values: Values::Answer,
    },
    Column {
        name: "egfr_ml_min",
        also: &["egfr"],
        meaning: "estimated glomerular filtration rate",
        values: Values::Number {
            range: (1.0, 250.0),
            units: &["mL/min/1.73m2", "mL/min/1.73m²", "mL/min"],
        },
    },
    Column {
        name: "weight_kg",
        also: &["weight"],
        meaning: "body weight at the scan; goes before the header, as `--weight-kg` does",
        values: Values::Number {
            range: (20.0, 400.0),
            units: &["kg"],
        },
    },
    Column {
        name: "height_m",
        also: &["height"],
        meaning: "body height; as `--height-m`",
        values: Values::Number {
            range: (0.4, 2.6),
            units: &["m"],
        },
    },
    Column {
        name: "sex",
        also: &[],
        meaning: "for SUL; as `--sex`",
        values: Values::Sex,
    },
    Column {
        name: "injected_dose_mbq",
        also: &["injected_dose", "dose_mbq"],
        meaning: "injected activity at the time of injection; as `--dose-mbq`",
        values: Values::Number {
            range: (5.0, 2_000.0),
            units: &["MBq"],
        },
    },
    Column {
        name: "injected_at",
        also: &[],
        meaning: "injection by the scanner's clock; as `--injected-at`",
        values: Values::Moment,
    },
];

/// The column of a name as people write it.
pub(super) fn column(written: &str) -> Result<&'static Column, String> {
    let name: String = written
        .trim()
        .chars()
        .map(|c| {
            if c == '-' || c == ' ' {
                '_'
            } else {
                c.to_ascii_lowercase()
            }
        })
        .collect();
    let is_it = |c: &&Column| c.name == name || c.also.contains(&name.as_str());
    COLUMNS.iter().find(is_it).ok_or_else(|| {
        let known = COLUMNS.map(|c| c.name).join(", ");
        format!("the column `{written}` is not known; known are {known}")
    })
}

impl Values {
    /// What is expected, in words.
    pub fn words(&self) -> String {
        match self {
            Self::Text => "a text".to_owned(),
            Self::Date => "a date, YYYY-MM-DD".to_owned(),
            Self::Answer => "yes, no or unknown".to_owned(),
            Self::Sex => "M or F".to_owned(),
            Self::Moment => "a time, as 2026-03-01T10:15:00".to_owned(),
            Self::Number {
                range: (low, high),
                units,
            } => format!("{low} to {high} {}", units[0]),
        }
    }
}
