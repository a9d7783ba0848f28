//! Uptake that is no focus: a crest of noise on tissue that is about as hot.

use crate::region::ExclusionReason;
use crate::uptake::Uptake;

use super::{Context, Explanation};

/// A focus has at least this multiple of the mean around it; detection is agreed on from 1.5 to 2.
const LEAST_CONTRAST: f64 = 1.5;
/// Hotter uptake is never noise, SUVbw.
const WEAK_SUV: f64 = 6.0;
/// Noise lifts voxels of blood to this multiple of its mean.
const OVER_BLOOD: f64 = 1.5;

pub(super) fn explain(uptake: &Uptake, context: &Context<'_>) -> Option<Explanation> {
    if uptake.suv_max >= WEAK_SUV {
        return None;
    }
    let reason = ExclusionReason::Diffuse;
    if let Some(contrast) = uptake.contrast.filter(|c| *c < LEAST_CONTRAST) {
        let evidence = vec![format!(
            "SUVmax {:.1} is {contrast:.1} times the mean around it: diffuse uptake, no focus",
            uptake.suv_max
        )];
        return Some(Explanation::new(reason, 0.65, evidence));
    }
    let blood = context.scan.blood_pool?;
    (uptake.suv_max < OVER_BLOOD * blood).then(|| {
        let evidence = vec![format!(
            "SUVmax {:.1} is not above what noise makes of blood (mean {blood:.1})",
            uptake.suv_max
        )];
        Explanation::new(reason, 0.65, evidence)
    })
}
