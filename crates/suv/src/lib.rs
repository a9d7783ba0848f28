//! From PET header facts to the standardised uptake value: a factor with its derivation, or a
//! refusal that says what is missing.
//!
//! SUVbw is activity concentration times body weight over the injected activity that is left at
//! the time to which the image is decay corrected. The arithmetic is one line; nearly all of
//! this crate decides which header value each of its terms comes from, because scanners, sites
//! and de-identification disagree. The whole decision table is in `docs/suv.md`.
//!
//! - [`PetFacts`] holds what the headers say, as they say it.
//! - [`SuvOptions`] holds what an operator states instead.
//! - [`derive()`] gives an [`SuvDerivation`] with one factor per frame, or an [`SuvError`].
//!
//! No files and no DICOM here, no clock and no environment: the same facts give the same SUV.

mod attribute;
mod body;
mod calibration;
mod derive;
mod facts;
mod finding;
mod gates;
mod injection;
mod nuclide;
mod options;
mod patient;
mod radiopharmaceutical;
mod reference;
mod refusal;
mod scale;
mod stamp;
mod tracer;
mod units;
mod worksheet;

pub use attribute::Attribute;
pub use body::{
    BodyNorms, body_surface_area_m2, ideal_body_weight_kg, lean_body_mass_james128_kg,
    lean_body_mass_janmahasatian_kg, lean_body_mass_kg,
};
pub use derive::{SuvDerivation, SuvKind, derive};
pub use facts::{Code, Fact, FrameFacts, PetFacts, PetSopClass, RadiopharmaceuticalFacts};
pub use finding::{Finding, FindingCode, Grade};
pub use nuclide::{Nuclide, NuclideError};
pub use options::{Override, SuvOptions};
pub use refusal::{Refusal, RefusalCode, SuvError};
pub use stamp::{Moment, MomentError, Stamp};
pub use tracer::Tracer;
pub use units::{DecayCorrection, Sex, SuvType, TermError, Units};
pub use worksheet::Step;
