//! What an operator may state in place of the header.

use crate::{DecayCorrection, Moment, Nuclide, Sex, Units};

/// Facts stated by an operator. Each one goes before the header and is recorded in the
/// derivation as an override.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct SuvOptions {
    /// Body weight at the time of the scan in kg (`--weight-kg`).
    pub weight_kg: Option<f64>,
    /// Body height in m (`--height-m`).
    pub height_m: Option<f64>,
    /// Sex for the formulae of body norms (`--sex`).
    pub sex: Option<Sex>,
    /// Injected activity at the time of injection in MBq (`--dose-mbq`).
    pub dose_mbq: Option<f64>,
    /// Injection by the scanner's clock (`--injected-at`).
    pub injected_at: Option<Moment>,
    /// Nuclide, where the header names none or several (`--nuclide`).
    pub nuclide: Option<Nuclide>,
    /// Half-life in s (`--half-life-s`).
    pub half_life_s: Option<f64>,
    /// Units of the rescaled values, where the header has none (`--pet-units`).
    pub units: Option<Units>,
    /// Kind of decay correction (`--decay-correction`).
    pub decay_correction: Option<DecayCorrection>,
    /// The moment to which START corrected, by the scanner's clock (`--decay-reference`).
    pub decay_reference: Option<Moment>,
    /// Take the image as attenuation corrected whatever the header says
    /// (`--assume-attenuation-corrected`).
    pub assume_attenuation_corrected: bool,
    /// Take the image as decay corrected whatever the header says (`--assume-decay-corrected`).
    pub assume_decay_corrected: bool,
}

/// The command line options behind [`SuvOptions`], for messages.
pub(crate) mod flag {
    pub(crate) const WEIGHT_KG: &str = "--weight-kg";
    pub(crate) const HEIGHT_M: &str = "--height-m";
    pub(crate) const SEX: &str = "--sex";
    pub(crate) const DOSE_MBQ: &str = "--dose-mbq";
    pub(crate) const INJECTED_AT: &str = "--injected-at";
    pub(crate) const NUCLIDE: &str = "--nuclide";
    pub(crate) const HALF_LIFE_S: &str = "--half-life-s";
    pub(crate) const UNITS: &str = "--pet-units";
    pub(crate) const DECAY_CORRECTION: &str = "--decay-correction";
    pub(crate) const DECAY_REFERENCE: &str = "--decay-reference";
    pub(crate) const ATTENUATION: &str = "--assume-attenuation-corrected";
    pub(crate) const DECAY: &str = "--assume-decay-corrected";
}

/// A fact that an operator's option stood in for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// The command line option.
    pub option: &'static str,
    /// The value given, with its unit.
    pub value: String,
    /// What the header had in its place, in words.
    pub instead_of: String,
}
