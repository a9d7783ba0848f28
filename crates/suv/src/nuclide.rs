//! Nuclides and their half-lives.

use std::fmt;
use std::str::FromStr;

use crate::facts::{Code, RadiopharmaceuticalFacts};

/// How far a stated half-life may be from the table, as a fraction: scanners carry values of
/// different evaluations, all within 0.5 % of these.
pub(crate) const HALF_LIFE_TOLERANCE: f64 = 0.01;

/// Positron emitters of PSMA PET, and the germanium of calibration phantoms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Nuclide {
    /// Fluorine-18.
    F18,
    /// Gallium-68.
    Ga68,
    /// Copper-64.
    Cu64,
    /// Zirconium-89.
    Zr89,
    /// Germanium-68: a sealed source, never injected.
    Ge68,
}

struct Row {
    nuclide: Nuclide,
    name: &'static str,
    half_life_s: f64,
    /// SNOMED CT code and the older SNOMED RT code (PS3.16 CID 4020).
    codes: [&'static str; 2],
    element: [&'static str; 2],
    mass: &'static str,
}

const TABLE: [Row; 5] = [
    Row {
        nuclide: Nuclide::F18,
        name: "F-18",
        half_life_s: 6586.2,
        codes: ["77004003", "C-111A1"],
        element: ["fluorine", "f"],
        mass: "18",
    },
    Row {
        nuclide: Nuclide::Ga68,
        name: "Ga-68",
        half_life_s: 4062.6,
        codes: ["35337001", "C-131A3"],
        element: ["gallium", "ga"],
        mass: "68",
    },
    Row {
        nuclide: Nuclide::Cu64,
        name: "Cu-64",
        half_life_s: 45_723.0,
        codes: ["3932008", "C-127A2"],
        element: ["copper", "cu"],
        mass: "64",
    },
    Row {
        nuclide: Nuclide::Zr89,
        name: "Zr-89",
        half_life_s: 282_276.0,
        codes: ["63360001", "C-168A4"],
        element: ["zirconium", "zr"],
        mass: "89",
    },
    Row {
        nuclide: Nuclide::Ge68,
        name: "Ge-68",
        half_life_s: 23.4e6,
        codes: ["53315004", "C-128A2"],
        element: ["germanium", "ge"],
        mass: "68",
    },
];

impl Nuclide {
    fn row(self) -> &'static Row {
        // The table has a row for each nuclide, in the order of the enum.
        &TABLE[self as usize]
    }

    /// Short name, `F-18`.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// Half-life in s.
    pub fn half_life_s(self) -> f64 {
        self.row().half_life_s
    }

    /// Whether it is given to patients.
    pub fn is_injected(self) -> bool {
        self != Self::Ge68
    }

    /// The time from injection to scan within which SUV is as usual, in s.
    pub(crate) fn usual_uptake_s(self) -> (f64, f64) {
        const HOUR: f64 = 3600.0;
        match self {
            Self::F18 | Self::Ga68 => (0.5 * HOUR, 4.0 * HOUR),
            Self::Cu64 => (0.5 * HOUR, 72.0 * HOUR),
            Self::Zr89 | Self::Ge68 => (0.5 * HOUR, 240.0 * HOUR),
        }
    }

    /// The nuclide named by a code of CID 4020, or by its meaning when the code is not of there.
    pub fn from_code(code: &Code) -> Option<Self> {
        TABLE
            .iter()
            .find(|row| row.codes.contains(&code.value.trim()))
            .map(|row| row.nuclide)
            .or_else(|| Self::from_text(&code.meaning))
    }

    /// The nuclide that a text names: `^18^Fluorine`, `Ga68-PSMA`, `[68Ga]`, `F-18`, `18F`.
    pub fn from_text(text: &str) -> Option<Self> {
        let words = words(text);
        TABLE
            .iter()
            .find(|row| row.is_named_by(&words))
            .map(|row| row.nuclide)
    }

    /// The nuclide with this half-life, to one per cent.
    pub fn from_half_life(half_life_s: f64) -> Option<Self> {
        TABLE
            .iter()
            .find(|row| (half_life_s / row.half_life_s - 1.0).abs() <= HALF_LIFE_TOLERANCE)
            .map(|row| row.nuclide)
    }

    /// The nuclide that an item of the Radiopharmaceutical Information Sequence states: by code,
    /// else by the text of the radiopharmaceutical. A half-life alone states nothing here.
    pub(crate) fn stated_by(item: &RadiopharmaceuticalFacts) -> Option<Self> {
        let coded = item.radionuclide.as_ref().and_then(Self::from_code);
        let texts = [
            item.name.as_deref(),
            item.code.as_ref().map(|c| c.meaning.as_str()),
        ];
        coded.or_else(|| texts.into_iter().flatten().find_map(Self::from_text))
    }
}

impl Row {
    /// The mass number beside the element, in either order, within the words of a text.
    fn is_named_by(&self, words: &[String]) -> bool {
        words.windows(2).any(|pair| {
            let named = |a: &str, b: &str| a == self.mass && self.element.contains(&b);
            named(&pair[0], &pair[1]) || named(&pair[1], &pair[0])
        })
    }
}

/// Runs of letters and runs of digits, in lower case: `[68Ga]Ga-PSMA` is 68, ga, ga, psma.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut previous = None;
    for c in text.chars() {
        let kind = if c.is_ascii_digit() {
            Some(false)
        } else if c.is_alphabetic() {
            Some(true)
        } else {
            None
        };
        if kind.is_some() {
            match words.last_mut() {
                Some(word) if kind == previous => word.push(c.to_ascii_lowercase()),
                _ => words.push(c.to_ascii_lowercase().to_string()),
            }
        }
        previous = kind;
    }
    words
}

impl fmt::Display for Nuclide {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A text that names no nuclide of the table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is none of F-18, Ga-68, Cu-64, Zr-89")]
pub struct NuclideError(String);

impl FromStr for Nuclide {
    type Err = NuclideError;

    fn from_str(text: &str) -> Result<Self, NuclideError> {
        Self::from_text(text)
            .filter(|nuclide| nuclide.is_injected())
            .ok_or_else(|| NuclideError(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_enum() {
        for row in &TABLE {
            assert_eq!(row.nuclide.name(), row.name);
        }
    }

    #[test]
    fn nuclides_are_read_from_the_spellings_of_scanners() {
        for (text, expected) in [
            ("^18^Fluorine", Some(Nuclide::F18)),
            ("F^18^[^18^Fluorine]", Some(Nuclide::F18)),
            ("18F", Some(Nuclide::F18)),
            ("[18F]PSMA-1007", Some(Nuclide::F18)),
            ("Ga68-PSMA", Some(Nuclide::Ga68)),
            ("^68^Gallium", Some(Nuclide::Ga68)),
            ("PSMA-11 68-Ga", Some(Nuclide::Ga68)),
            ("64Cu-PSMA-617", Some(Nuclide::Cu64)),
            ("Zirconium 89", Some(Nuclide::Zr89)),
            ("Germanium-68", Some(Nuclide::Ge68)),
            // Gallium-67 is a photon emitter, and FDG names no nuclide.
            ("^67^Gallium", None),
            ("FDG -- fluorodeoxyglucose", None),
            ("PSMA-1007", None),
            ("", None),
        ] {
            assert_eq!(Nuclide::from_text(text), expected, "{text}");
        }
    }

    #[test]
    fn a_code_goes_before_its_meaning_and_a_foreign_code_yields_to_it() {
        let code = |value: &str, meaning: &str| Code {
            value: value.to_owned(),
            scheme: "SRT".to_owned(),
            meaning: meaning.to_owned(),
        };
        let read = |value, meaning| Nuclide::from_code(&code(value, meaning));
        for (value, nuclide) in [
            ("77004003", Nuclide::F18),
            ("C-111A1", Nuclide::F18),
            ("35337001", Nuclide::Ga68),
            ("C-131A3", Nuclide::Ga68),
            ("3932008", Nuclide::Cu64),
            ("C-127A2", Nuclide::Cu64),
            ("63360001", Nuclide::Zr89),
            ("C-168A4", Nuclide::Zr89),
            ("53315004", Nuclide::Ge68),
        ] {
            assert_eq!(read(value, "anything"), Some(nuclide), "{value}");
        }
        assert_eq!(read("C-131A1", "^68^Gallium"), Some(Nuclide::Ga68));
        assert_eq!(read("X-1", "something"), None);
    }

    #[test]
    fn half_lives_of_all_evaluations_name_their_nuclide() {
        for (seconds, nuclide) in [
            (6586.2, Nuclide::F18),
            (6588.0, Nuclide::F18),
            (4057.7, Nuclide::Ga68),
            (4062.6, Nuclide::Ga68),
            (4080.0, Nuclide::Ga68),
            (45_723.0, Nuclide::Cu64),
            (282_276.0, Nuclide::Zr89),
            (23.41e6, Nuclide::Ge68),
        ] {
            assert_eq!(Nuclide::from_half_life(seconds), Some(nuclide), "{seconds}");
        }
        assert_eq!(Nuclide::from_half_life(109.77), None);
        assert_eq!(Nuclide::from_half_life(f64::NAN), None);
    }

    #[test]
    fn an_operator_cannot_name_a_phantom_source() {
        assert_eq!("ga-68".parse(), Ok(Nuclide::Ga68));
        assert!("Ge-68".parse::<Nuclide>().is_err());
    }
}
