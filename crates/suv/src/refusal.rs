//! Why there is no SUV.

use std::fmt;

use crate::attribute::Attribute;

/// Everything that stands between a PET header and its SUV, all of it at once.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct SuvError {
    /// What is missing or unusable, in the order of the derivation; never empty.
    pub refusals: Vec<Refusal>,
}

impl fmt::Display for SuvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no SUV can be computed")?;
        for refusal in &self.refusals {
            write!(f, "\n  {refusal}")?;
        }
        Ok(())
    }
}

impl SuvError {
    /// The command line options that would supply what is missing, each once, in order.
    pub fn options(&self) -> Vec<&'static str> {
        let mut options = Vec::new();
        for option in self.refusals.iter().filter_map(|refusal| refusal.option) {
            if !options.contains(&option) {
                options.push(option);
            }
        }
        options
    }
}

/// One fact without which there is no SUV.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What kind of fact it is.
    pub code: RefusalCode,
    /// Where it should stand; `None` for an operator's own option.
    pub attribute: Option<Attribute>,
    /// What was found there, in words.
    pub found: String,
    /// What is needed, in words.
    pub expected: String,
    /// The command line option that supplies it, where one can.
    pub option: Option<&'static str>,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(attribute) = self.attribute {
            write!(f, "{attribute}: ")?;
        }
        write!(f, "found {}, expected {}", self.found, self.expected)?;
        match (self.attribute, self.option) {
            (None, _) => Ok(()),
            (_, Some(option)) => write!(f, "; {option} supplies it"),
            (_, None) => f.write_str("; no option can replace it, another series is needed"),
        }
    }
}

/// The kinds of [`Refusal`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RefusalCode {
    /// The object is no PET image.
    SopClass,
    /// The series is a projection, not an image of slices.
    SeriesType,
    /// There is no frame at all.
    NoFrames,
    /// The pixels are colours or inverted.
    PhotometricInterpretation,
    /// The image is not corrected for attenuation.
    Attenuation,
    /// The image does not say that it is corrected for decay.
    Decay,
    /// Rescale Slope is missing, unreadable or not positive.
    RescaleSlope,
    /// Rescale Intercept is not zero.
    RescaleIntercept,
    /// Units that lead to no SUV.
    Units,
    /// The private factors of a Philips scanner are missing or zero.
    PhilipsFactors,
    /// The SUV type is none that is known.
    SuvType,
    /// Kind of decay correction missing or unknown.
    DecayCorrection,
    /// Body weight.
    Weight,
    /// Body height.
    Height,
    /// Sex.
    Sex,
    /// No radiopharmaceutical, or several of which none is the one.
    Radiopharmaceutical,
    /// Injected activity.
    Dose,
    /// Half-life.
    HalfLife,
    /// A nuclide that is not given to patients.
    Nuclide,
    /// The moment to which the image is corrected for decay.
    DecayReference,
    /// Start of the injection.
    Injection,
    /// Acquisition time or duration of the frames of an image without decay correction.
    FrameTiming,
    /// An operator's option with an impossible value.
    Option,
}
