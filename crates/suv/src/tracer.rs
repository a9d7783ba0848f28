//! The substance that carried the nuclide.

use std::fmt;

use crate::facts::RadiopharmaceuticalFacts;

/// A radiopharmaceutical, as far as the header lets it be known.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Tracer {
    /// PSMA-11 (gozetotide).
    Psma11,
    /// PSMA-1007.
    Psma1007,
    /// PSMA-617 (vipivotide tetraxetan).
    Psma617,
    /// DCFPyL (piflufolastat).
    Dcfpyl,
    /// rhPSMA-7.3 (flotufolastat).
    RhPsma73,
    /// A PSMA ligand that the header does not name further.
    PsmaLigand,
    /// Fluorodeoxyglucose.
    Fdg,
    /// Another substance, as the header names it.
    Other(String),
}

/// Codes of CID 4021 for PSMA ligands.
const CODES: [(&str, Tracer); 3] = [
    ("126758", Tracer::Psma1007),
    ("126759", Tracer::Psma617),
    ("C118961", Tracer::Psma11),
];

/// What a name says once it is in lower case without spaces and hyphens; the first that fits.
const NAMES: [(&str, Tracer); 11] = [
    ("psma1007", Tracer::Psma1007),
    ("psma617", Tracer::Psma617),
    ("vipivotide", Tracer::Psma617),
    ("rhpsma", Tracer::RhPsma73),
    ("flotufolastat", Tracer::RhPsma73),
    ("psma11", Tracer::Psma11),
    ("gozetotide", Tracer::Psma11),
    ("dcfpyl", Tracer::Dcfpyl),
    ("piflufolastat", Tracer::Dcfpyl),
    ("fdg", Tracer::Fdg),
    ("fluorodeoxyglucose", Tracer::Fdg),
];

impl Tracer {
    /// The tracer of an item of the Radiopharmaceutical Information Sequence; `None` when the
    /// item names none.
    pub(crate) fn of(item: &RadiopharmaceuticalFacts) -> Option<Self> {
        let coded = item.code.as_ref().and_then(|code| {
            let of_table = CODES.iter().find(|(value, _)| *value == code.value.trim());
            of_table.map(|(_, tracer)| tracer.clone())
        });
        let names = [
            item.name.as_deref(),
            item.code.as_ref().map(|c| c.meaning.as_str()),
        ];
        let mut named = names
            .into_iter()
            .flatten()
            .map(str::trim)
            .filter(|name| !name.is_empty());
        coded.or_else(|| named.next().map(Self::from_name))
    }

    /// The tracer that a name means.
    pub fn from_name(name: &str) -> Self {
        let plain: String = name
            .chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect();
        let known = NAMES.iter().find(|(part, _)| plain.contains(part));
        match known {
            Some((_, tracer)) => tracer.clone(),
            None if plain.contains("psma") => Self::PsmaLigand,
            None => Self::Other(name.trim().to_owned()),
        }
    }

    /// The name in reports.
    pub fn name(&self) -> &str {
        match self {
            Self::Psma11 => "PSMA-11",
            Self::Psma1007 => "PSMA-1007",
            Self::Psma617 => "PSMA-617",
            Self::Dcfpyl => "DCFPyL",
            Self::RhPsma73 => "rhPSMA-7.3",
            Self::PsmaLigand => "PSMA ligand",
            Self::Fdg => "FDG",
            Self::Other(name) => name,
        }
    }

    /// Whether it leaves by the liver, whose uptake then is no reference (E-PSMA: Ceci 2021,
    /// 10.1007/s00259-021-05245-y).
    pub fn is_liver_excreted(&self) -> bool {
        matches!(self, Self::Psma1007)
    }

    /// Whether it is known to bind to PSMA.
    pub fn is_psma_ligand(&self) -> bool {
        !matches!(self, Self::Fdg | Self::Other(_))
    }
}

impl fmt::Display for Tracer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Code;

    #[test]
    fn tracers_are_read_from_the_spellings_of_sites() {
        for (text, expected) in [
            ("PSMA-1007 F^18^", Tracer::Psma1007),
            ("[18F]PSMA 1007", Tracer::Psma1007),
            ("Ga-68 PSMA-11", Tracer::Psma11),
            ("68Ga-gozetotide", Tracer::Psma11),
            ("PYLARIFY (Piflufolastat F 18)", Tracer::Dcfpyl),
            ("18F-DCFPyL", Tracer::Dcfpyl),
            ("rhPSMA-7.3", Tracer::RhPsma73),
            ("Ga68-PSMA", Tracer::PsmaLigand),
            ("FDG -- fluorodeoxyglucose", Tracer::Fdg),
            ("  NaF ", Tracer::Other("NaF".to_owned())),
        ] {
            assert_eq!(Tracer::from_name(text), expected, "{text}");
            let by_liver = expected == Tracer::Psma1007;
            assert_eq!(expected.is_liver_excreted(), by_liver, "{text}");
        }
    }

    #[test]
    fn a_code_goes_before_the_text_and_nothing_stays_nothing() {
        let mut item = RadiopharmaceuticalFacts {
            name: Some("Solution".to_owned()),
            ..RadiopharmaceuticalFacts::default()
        };
        assert_eq!(
            Tracer::of(&item),
            Some(Tracer::Other("Solution".to_owned()))
        );
        item.code = Some(Code {
            value: "126759".to_owned(),
            ..Code::default()
        });
        assert_eq!(Tracer::of(&item), Some(Tracer::Psma617));
        assert_eq!(Tracer::of(&RadiopharmaceuticalFacts::default()), None);
    }
}
