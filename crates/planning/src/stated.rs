//! Margins and doses that a reader states for single lesions, in place of the policy's.

use std::borrow::Cow;
use std::collections::BTreeMap;

use isoboost_staging::Lesion;

use crate::lesion_class::LesionClass;
use crate::policy::{DoseLevel, Intensification, MarginSetting, Policy, Treatment};

/// What a reader states for one lesion; what is not stated is the policy's.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StatedTreatment {
    /// From GTV to CTV, mm.
    pub gtv_to_ctv_mm: Option<MarginSetting>,
    /// From CTV to PTV, mm.
    pub ctv_to_ptv_mm: Option<MarginSetting>,
    /// The dose, in place of all levels of the policy.
    pub dose: Option<DoseLevel>,
}

/// What is stated, by the numbers of the lesions.
pub type StatedTreatments = BTreeMap<u32, StatedTreatment>;

impl StatedTreatment {
    /// Whether a margin is stated.
    pub fn has_margin(&self) -> bool {
        self.gtv_to_ctv_mm.is_some() || self.ctv_to_ptv_mm.is_some()
    }
}

/// Margins and doses of a lesion: those of its class with what is stated in their place. None where
/// neither the recommendation treats its class nor a dose is stated for it, and where a margin
/// would be missing.
pub(crate) fn treatment<'a>(
    lesion: &Lesion,
    policy: &'a Policy,
    suggested: &[Intensification],
    stated: Option<&StatedTreatment>,
) -> Option<Cow<'a, Treatment>> {
    let of_class = policy.treatment(LesionClass::of(lesion));
    let is_suggested = of_class.is_some_and(|t| suggested.contains(&t.given_with));
    let Some(stated) = stated.filter(|s| s.has_margin() || s.dose.is_some()) else {
        return of_class.filter(|_| is_suggested).map(Cow::Borrowed);
    };
    if !is_suggested && stated.dose.is_none() {
        return None;
    }
    let margin =
        |stated: Option<MarginSetting>, of_class: Option<MarginSetting>| stated.or(of_class);
    let doses = match (&stated.dose, of_class) {
        (Some(dose), _) => vec![dose.clone()],
        (None, Some(treatment)) => treatment.doses.clone(),
        (None, None) => return None,
    };
    Some(Cow::Owned(Treatment {
        classes: vec![LesionClass::of(lesion)],
        given_with: of_class.map_or(Intensification::MetastasisDirected, |t| t.given_with),
        gtv_to_ctv_mm: margin(stated.gtv_to_ctv_mm, of_class.map(|t| t.gtv_to_ctv_mm))?,
        ctv_to_ptv_mm: margin(stated.ctv_to_ptv_mm, of_class.map(|t| t.ctv_to_ptv_mm))?,
        doses,
    }))
}

/// That what was stated for a lesion is not used, where it gets no CTV and PTV.
pub(crate) fn unused(lesion: &Lesion, stated: &StatedTreatment) -> String {
    let what = match (stated.has_margin(), stated.dose.is_some()) {
        (true, true) => "margins and dose",
        (true, false) => "margins",
        _ => "dose",
    };
    let why = if stated.dose.is_some() {
        "the policy has no margins for its class, and both have to be stated"
    } else {
        "nothing is suggested for its class; state a dose for it to be treated"
    };
    format!(
        "the {what} that the reviewer set for lesion {} are not used: {why}",
        lesion.id
    )
}
