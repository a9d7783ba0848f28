//! Uptake outside of trunk, head and legs: where the tracer was injected, or on skin and clothes.

use crate::place::density_around;
use crate::region::ExclusionReason;
use crate::uptake::Uptake;

use super::{Context, Explanation};

/// Density of air, in HU.
const AIR_HU: f64 = -600.0;
/// Uptake of which less than this share lies in the body lies outside of it.
const IN_BODY: f64 = 0.1;

pub(super) fn explain(uptake: &Uptake, context: &Context<'_>) -> Option<Explanation> {
    let body = context.anatomy.body.as_ref()?;
    let density = density_around(context.anatomy, uptake.max_at)?;
    let seen = body.grid().voxel_at(uptake.max_at).is_some();
    if !seen || context.bone_share > 0.0 || uptake.share(|p| body.contains(p)) > IN_BODY {
        return None;
    }
    if density <= AIR_HU {
        let evidence = vec![format!("outside of the body, in air ({density:.0} HU)")];
        let reason = ExclusionReason::Contamination;
        return Some(Explanation::new(reason, 0.7, evidence));
    }
    let evidence = vec![format!(
        "outside of trunk, head and legs, in soft tissue ({density:.0} HU): an arm, where the \
         tracer was injected or a vein holds it"
    )];
    let reason = ExclusionReason::InjectionSite;
    Some(Explanation::new(reason, 0.65, evidence))
}
