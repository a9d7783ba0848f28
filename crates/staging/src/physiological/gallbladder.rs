//! Bile.

use isoboost_anatomy::OrganKind;

use crate::place::distance_within;
use crate::region::ExclusionReason;
use crate::tissue::density;
use crate::uptake::Uptake;

use super::{Context, Explanation};

/// It hangs at the liver: nearer than this to its mask, mm.
const AT_LIVER_MM: f64 = 20.0;
/// Bile is as dense as water, HU, in a ball of this radius in mm.
const BILE_HU: std::ops::RangeInclusive<f64> = -12.0..=28.0;
const BALL_MM: f64 = 5.0;
/// Smaller uptake is no gallbladder, mL.
const LEAST_ML: f64 = 1.5;

/// Whether a focus has the size and the density of bile.
pub(super) fn is_bile(uptake: &Uptake, context: &Context<'_>) -> bool {
    let hu = |ct| density(ct, uptake.center, BALL_MM);
    uptake.volume_ml >= LEAST_ML
        && context
            .scan
            .ct
            .and_then(hu)
            .is_some_and(|hu| BILE_HU.contains(&hu))
}

pub(super) fn explain(uptake: &Uptake, context: &Context<'_>) -> Option<Explanation> {
    let liver = context.anatomy.organs_of(OrganKind::Liver).next()?;
    if uptake.volume_ml < LEAST_ML {
        return None;
    }
    let mm = distance_within(liver, uptake.max_at, AT_LIVER_MM)?;
    let hu = density(context.scan.ct?, uptake.center, BALL_MM)?;
    if !BILE_HU.contains(&hu) {
        return None;
    }
    let mut evidence = vec![format!(
        "{mm:.0} mm from the liver, as dense as bile ({hu:.0} HU)"
    )];
    let mut plausibility = 0.6;
    if context.scan.liver_excreted {
        plausibility += 0.25;
        evidence.push("the tracer leaves by the liver".to_owned());
    }
    let reason = ExclusionReason::Gallbladder;
    Some(Explanation::new(reason, plausibility, evidence))
}
