//! What the values of a PET image are, and to when they are decay corrected.

use std::fmt;
use std::str::FromStr;

/// Units of the rescaled pixel values (PS3.3 C.8.9.1.1.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Units {
    /// `BQML`: Bq/mL.
    BecquerelPerMl,
    /// `CNTS`: counts; Philips scanners add a private factor.
    Counts,
    /// `GML`: g/mL, an SUV already.
    GramPerMl,
    /// `CM2ML`: cm²/mL, an SUV of body surface already.
    SquareCmPerMl,
    /// `CPS`: counts per second.
    CountsPerSecond,
}

impl Units {
    /// The unit with this defined term; `None` for terms from which no SUV follows.
    pub fn from_term(term: &str) -> Option<Self> {
        match term.trim().to_ascii_uppercase().as_str() {
            "BQML" => Some(Self::BecquerelPerMl),
            "CNTS" => Some(Self::Counts),
            "GML" => Some(Self::GramPerMl),
            "CM2ML" => Some(Self::SquareCmPerMl),
            "CPS" => Some(Self::CountsPerSecond),
            _ => None,
        }
    }

    /// The defined term.
    pub fn term(self) -> &'static str {
        match self {
            Self::BecquerelPerMl => "BQML",
            Self::Counts => "CNTS",
            Self::GramPerMl => "GML",
            Self::SquareCmPerMl => "CM2ML",
            Self::CountsPerSecond => "CPS",
        }
    }
}

/// The body norm behind an SUV that the scanner computed (PS3.3 C.8.9.1.1.3, SUV Type).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SuvType {
    /// `BW`: body weight.
    BodyWeight,
    /// `LBM`: lean body mass after Morgan as used by Sugawara.
    LeanBodyMass,
    /// `LBMJAMES128`: lean body mass after James with 128.
    LeanBodyMassJames128,
    /// `LBMJANMA`: lean body mass after Janmahasatian.
    LeanBodyMassJanmahasatian,
    /// `IBW`: ideal body weight.
    IdealBodyWeight,
    /// `BSA`: body surface area.
    BodySurfaceArea,
}

impl SuvType {
    /// The type with this defined term.
    pub fn from_term(term: &str) -> Option<Self> {
        match term.trim().to_ascii_uppercase().as_str() {
            "BW" => Some(Self::BodyWeight),
            "LBM" => Some(Self::LeanBodyMass),
            "LBMJAMES128" => Some(Self::LeanBodyMassJames128),
            "LBMJANMA" => Some(Self::LeanBodyMassJanmahasatian),
            "IBW" => Some(Self::IdealBodyWeight),
            "BSA" => Some(Self::BodySurfaceArea),
            _ => None,
        }
    }
}

/// The moment to which the scanner corrected the values for decay (PS3.3 C.8.9.1.1.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DecayCorrection {
    /// To the start of the scan.
    Start,
    /// To the injection.
    Admin,
    /// Not at all.
    None,
}

impl DecayCorrection {
    /// The correction with this defined term.
    pub fn from_term(term: &str) -> Option<Self> {
        match term.trim().to_ascii_uppercase().as_str() {
            "START" => Some(Self::Start),
            "ADMIN" => Some(Self::Admin),
            "NONE" => Some(Self::None),
            _ => None,
        }
    }

    /// The defined term.
    pub fn term(self) -> &'static str {
        match self {
            Self::Start => "START",
            Self::Admin => "ADMIN",
            Self::None => "NONE",
        }
    }
}

/// Sex for the formulae of body norms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sex {
    /// Male.
    Male,
    /// Female.
    Female,
}

impl Sex {
    /// The sex with this code, `M` or `F`; any other code names no formula.
    pub fn from_term(term: &str) -> Option<Self> {
        match term.trim().to_ascii_uppercase().as_str() {
            "M" => Some(Self::Male),
            "F" => Some(Self::Female),
            _ => None,
        }
    }

    /// `M` or `F`.
    pub fn term(self) -> &'static str {
        match self {
            Self::Male => "M",
            Self::Female => "F",
        }
    }
}

/// A term that is none of those allowed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{found}` is none of {allowed}")]
pub struct TermError {
    found: String,
    allowed: &'static str,
}

macro_rules! terms {
    ($($kind:ty, $allowed:literal;)*) => {
        $(
            impl fmt::Display for $kind {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str(self.term())
                }
            }

            impl FromStr for $kind {
                type Err = TermError;

                fn from_str(text: &str) -> Result<Self, TermError> {
                    Self::from_term(text).ok_or_else(|| TermError {
                        found: text.to_owned(),
                        allowed: $allowed,
                    })
                }
            }
        )*
    };
}

terms! {
    Units, "BQML, CNTS, GML, CM2ML, CPS";
    DecayCorrection, "START, ADMIN, NONE";
    Sex, "M, F";
}
