//! Uptake beside metal, which the correction for attenuation overstates.

use crate::region::ExclusionReason;
use crate::tissue::{densest, density};
use crate::uptake::Uptake;

use super::{Context, Explanation};

/// Nothing in the body but metal is as dense, HU.
const METAL_HU: i16 = 2300;
/// Streaks reach this far from the metal, mm.
const STREAKS_MM: f64 = 18.0;
/// The correction overstates uptake by tens of percent, not by a multiple: artefacts of muscle and
/// marrow stay below this SUVbw.
const WEAK_SUV: f64 = 5.0;

pub(super) fn explain(uptake: &Uptake, context: &Context<'_>) -> Option<Explanation> {
    let ct = context.scan.ct?;
    let dense = densest(ct, uptake.max_at, STREAKS_MM)?;
    if dense < METAL_HU {
        return None;
    }
    let mut evidence = vec![format!(
        "metal ({dense} HU) within {STREAKS_MM:.0} mm: the correction for attenuation overstates \
         uptake beside it; compare with the uncorrected PET"
    )];
    let streak = density(ct, uptake.max_at, 3.0).is_some_and(|hu| !(-150.0..=400.0).contains(&hu));
    let weak = uptake.suv_max < WEAK_SUV;
    if weak {
        evidence.push(format!("weak, with SUVmax {:.1}", uptake.suv_max));
    }
    if streak {
        evidence.push("in a streak of the CT or in the metal itself".to_owned());
    }
    let plausibility = 0.4 + if weak { 0.25 } else { 0.0 } + if streak { 0.1 } else { 0.0 };
    let reason = ExclusionReason::Artefact;
    Some(Explanation::new(reason, plausibility, evidence))
}
