//! The derivation itself: header facts in, factors with their reasons out.

use crate::attribute as attr;
use crate::body::BodyNorms;
use crate::calibration::{Basis, calibrate, range, stated_decay_correction};
use crate::facts::PetFacts;
use crate::finding::{Finding, FindingCode};
use crate::gates;
use crate::nuclide::Nuclide;
use crate::options::{Override, SuvOptions};
use crate::patient::Patient;
use crate::refusal::SuvError;
use crate::scale::{self, PHILIPS_DISAGREEMENT, Scale};
use crate::stamp::Stamp;
use crate::tracer::Tracer;
use crate::worksheet::{Step, Worksheet, number};

/// What an SUV is normalised to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SuvKind {
    /// Body weight: g/mL.
    Bw,
}

impl SuvKind {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bw => "bw",
        }
    }

    /// The unit after UCUM.
    pub fn unit(self) -> &'static str {
        match self {
            Self::Bw => "g/ml{SUVbw}",
        }
    }
}

/// How the values of a PET become SUV, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct SuvDerivation {
    /// What the SUV is normalised to.
    pub kind: SuvKind,
    /// SUVbw in g/mL per rescaled stored value, for each frame in the order of
    /// [`PetFacts::frames`].
    pub factors: Vec<f64>,
    /// The derivation line by line, in its order.
    pub steps: Vec<Step>,
    /// Facts that the operator's options stood in for.
    pub overrides: Vec<Override>,
    /// What a planner should know about it.
    pub findings: Vec<Finding>,
    /// Other SUVs per SUVbw in this patient.
    pub norms: BodyNorms,
    /// The moment to which the image is decay corrected; `None` where nothing depends on it.
    pub decay_reference: Option<Stamp>,
    /// Start of the injection; `None` where nothing depends on it.
    pub injection: Option<Stamp>,
    /// What is left of the activity at the reference time; `None` where it differs between the
    /// frames or nothing depends on it.
    pub decay_factor: Option<f64>,
    /// Injected activity in Bq; `None` where nothing depends on it.
    pub dose_bq: Option<f64>,
    /// Body weight in kg, where known.
    pub weight_kg: Option<f64>,
    /// Half-life in s; `None` where nothing depends on it and no nuclide is named.
    pub half_life_s: Option<f64>,
    /// The nuclide, where known.
    pub nuclide: Option<Nuclide>,
    /// The tracer, where the header names one.
    pub tracer: Option<Tracer>,
}

impl SuvDerivation {
    /// The factor when it is the same for all frames.
    pub fn factor(&self) -> Option<f64> {
        let first = *self.factors.first()?;
        self.factors.iter().all(|f| *f == first).then_some(first)
    }
}

/// Derives the SUVbw of a PET series from its header facts.
///
/// Nothing is guessed: where a fact is missing the derivation is refused, with everything that
/// is missing at once and the option that supplies it. A fact in `options` goes before the
/// header's.
///
/// ```
/// use isoboost_suv::{Fact, FrameFacts, PetFacts, RadiopharmaceuticalFacts, SuvOptions, derive};
///
/// let facts = PetFacts {
///     units: Fact::Known("BQML".to_owned()),
///     decay_correction: Fact::Known("ADMIN".to_owned()),
///     corrected_image: vec!["ATTN".to_owned(), "DECY".to_owned()],
///     radiopharmaceuticals: vec![RadiopharmaceuticalFacts {
///         total_dose: Fact::Known(200e6),
///         half_life_s: Fact::Known(6586.2),
///         ..RadiopharmaceuticalFacts::default()
///     }],
///     frames: vec![FrameFacts {
///         rescale_slope: Fact::Known(1.0),
///         rescale_intercept: Fact::Known(0.0),
///         ..FrameFacts::default()
///     }],
///     ..PetFacts::default()
/// };
/// let refusal = derive(&facts, &SuvOptions::default()).unwrap_err();
/// assert_eq!(refusal.options(), ["--weight-kg"]);
///
/// let options = SuvOptions { weight_kg: Some(80.0), ..SuvOptions::default() };
/// let suv = derive(&facts, &options)?;
/// assert_eq!(suv.factor(), Some(80_000.0 / 200e6));
/// # Ok::<(), isoboost_suv::SuvError>(())
/// ```
///
/// # Errors
/// When the image is no PET that SUV can be computed of, or facts for it are missing.
pub fn derive(facts: &PetFacts, options: &SuvOptions) -> Result<SuvDerivation, SuvError> {
    let mut sheet = Worksheet::default();
    let stated = stated_decay_correction(facts, options);
    gates::check(facts, options, stated, &mut sheet);
    let patient = Patient::read(facts, options, &mut sheet);
    let scale = scale::read(facts, options, stated, &patient, &mut sheet);
    let basis = match &scale {
        Some(Scale::Suv(factors, activity)) => {
            if let Some(activity) = activity {
                compare_philips(facts, options, &patient, factors, activity, &mut sheet);
            }
            Some(Basis::of_suv(facts, factors.clone()))
        }
        Some(Scale::Activity(factors)) => calibrate(facts, options, &patient, factors, &mut sheet),
        None => {
            if sheet.lacks_units() {
                // Only for what else is missing, so that all of it is told at once.
                let frames = vec![1.0; facts.frames.len()];
                calibrate(facts, options, &patient, &frames, &mut sheet);
            }
            None
        }
    };
    match basis {
        Some(basis) if sheet.refusals.is_empty() => Ok(finish(basis, &patient, sheet)),
        _ => Err(SuvError {
            refusals: sheet.refusals,
        }),
    }
}

fn finish(basis: Basis, patient: &Patient, mut sheet: Worksheet) -> SuvDerivation {
    let nuclide = match basis.decay {
        Some(decay) => decay.nuclide,
        None => Nuclide::stated_by(&basis.item),
    };
    let tracer = Tracer::of(&basis.item);
    if let Some(tracer) = tracer.as_ref().filter(|t| !t.is_psma_ligand()) {
        sheet.warn(
            FindingCode::TracerNotPsma,
            format!("the tracer is {tracer}, which is not known as a PSMA ligand"),
        );
    }
    let (low, high) = range(&basis.factors);
    let value = if low == high {
        format!("{low:.9e}")
    } else {
        format!("{low:.9e} to {high:.9e}, by frame")
    };
    sheet.step("SUVbw per rescaled value", value, "all of the above");
    SuvDerivation {
        kind: SuvKind::Bw,
        factors: basis.factors,
        steps: sheet.steps,
        overrides: sheet.overrides,
        findings: sheet.findings,
        norms: BodyNorms::of(patient.weight_kg, patient.height_m, patient.sex),
        decay_reference: basis.reference,
        injection: basis.injection,
        decay_factor: basis.decay_factor,
        dose_bq: basis.dose_bq,
        weight_kg: patient.weight_kg,
        half_life_s: basis.decay.map(|d| d.half_life_s),
        nuclide,
        tracer,
    }
}

/// Compares the SUV factor of a Philips scanner with the SUV by its activity factor.
fn compare_philips(
    facts: &PetFacts,
    options: &SuvOptions,
    patient: &Patient,
    factors: &[f64],
    activity: &[f64],
    sheet: &mut Worksheet,
) {
    // On a sheet of its own: what is missing for the comparison is not missing for the SUV.
    let mut scratch = Worksheet::default();
    let Some(other) = calibrate(facts, options, patient, activity, &mut scratch) else {
        return;
    };
    let ratios: Vec<f64> = factors
        .iter()
        .zip(&other.factors)
        .map(|(a, b)| b / a - 1.0)
        .collect();
    let (low, high) = range(&ratios);
    let worst = if high.abs() > low.abs() { high } else { low };
    if worst.abs() > PHILIPS_DISAGREEMENT {
        sheet.warn(
            FindingCode::PhilipsFactorsDisagree,
            format!(
                "the SUV by {} differs by {} % from that by {}, which was used",
                attr::PHILIPS_ACTIVITY_FACTOR,
                number(worst * 100.0),
                attr::PHILIPS_SUV_FACTOR
            ),
        );
    }
}
