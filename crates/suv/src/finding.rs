//! What is worth knowing about a derivation that succeeded.

use std::fmt;

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grade {
    /// A rule or a convention stood in for a fact.
    Assumption,
    /// The result may be wrong; a person should look.
    Warning,
}

/// Something that a planner should know about the SUV.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What kind of thing it is.
    pub code: FindingCode,
    /// How much it weighs.
    pub grade: Grade,
    /// A sentence with the values it is about.
    pub text: String,
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal,)*) => {
        /// The kinds of [`Finding`].
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum FindingCode {
            $($(#[doc = $doc])+ $variant,)*
        }

        impl FindingCode {
            /// The name in reports, which does not change between versions.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

codes! {
    /// A dynamic or gated series.
    SeriesType = "series-type",
    /// Pixels are not stored as PET objects should store them.
    PixelFormat = "pixel-format",
    /// The weight was written in grams.
    WeightInGrams = "weight-in-grams",
    /// The weight is unusual for an adult.
    WeightUnusual = "weight-unusual",
    /// The height was written in centimetres.
    HeightInCentimetres = "height-in-centimetres",
    /// The height cannot be that of a person and was not used.
    HeightUnusable = "height-unusable",
    /// The dose was written in MBq where the object should state Bq.
    DoseInMbq = "dose-in-mbq",
    /// The dose was written in Bq where the object should state MBq.
    DoseInBq = "dose-in-bq",
    /// The dose is unusual.
    DoseUnusual = "dose-unusual",
    /// The half-life came from the nuclide.
    HalfLifeFromNuclide = "half-life-from-nuclide",
    /// The stated half-life is not that of the nuclide.
    HalfLifeDiffers = "half-life-differs",
    /// The half-life belongs to no nuclide of the table.
    NuclideUnknown = "nuclide-unknown",
    /// Several radiopharmaceuticals are listed and one was chosen.
    RadiopharmaceuticalChosen = "radiopharmaceutical-chosen",
    /// The tracer binds to something other than PSMA, or is not known to bind to it.
    TracerNotPsma = "tracer-not-psma",
    /// The SUV type is not stated and body weight was assumed.
    SuvTypeAssumed = "suv-type-assumed",
    /// Units and SUV type contradict each other.
    SuvTypeContradicts = "suv-type-contradicts",
    /// The two private factors of a Philips scanner disagree.
    PhilipsFactorsDisagree = "philips-factors-disagree",
    /// Counts were turned into activity by a calibration of the header.
    CountsCalibrated = "counts-calibrated",
    /// Two candidates for the decay reference time disagree.
    ReferenceTimesDisagree = "reference-times-disagree",
    /// A candidate for the decay reference time was set aside.
    ReferenceTimeSetAside = "reference-time-set-aside",
    /// The decay reference time is the first acquisition for want of anything better.
    ReferenceTimeWeak = "reference-time-weak",
    /// The injection time has no date; it was put before the scan.
    InjectionDateAssumed = "injection-date-assumed",
    /// Start DateTime and Start Time of the radiopharmaceutical disagree.
    InjectionTimesDisagree = "injection-times-disagree",
    /// The date of the injection cannot be right and was not used.
    InjectionDateShifted = "injection-date-shifted",
    /// A clock shows exactly midnight, as wiped times do.
    ClockAtMidnight = "clock-at-midnight",
    /// The time from injection to scan is unusual for the nuclide.
    UptakeTimeUnusual = "uptake-time-unusual",
}

impl fmt::Display for FindingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
