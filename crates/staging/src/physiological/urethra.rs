//! Urine below the bladder.

use crate::region::ExclusionReason;
use crate::uptake::Uptake;

use super::{Context, Explanation};

/// Half width of the urethra's surroundings, mm.
const MIDDLE_MM: f64 = 12.0;
/// It runs forwards below the symphysis: this far before to behind its back edge, mm.
const BEFORE_MM: f64 = 90.0;
const BEHIND_MM: f64 = 30.0;

pub(super) fn explain(uptake: &Uptake, context: &Context<'_>) -> Option<Explanation> {
    let levels = context.levels?;
    let (_, aside) = levels.aside(uptake.center);
    let below = levels.symphysis_bottom - context.config.bed_below_symphysis_mm - uptake.center.z;
    let behind = uptake.center.y - levels.symphysis_back;
    let there = aside <= MIDDLE_MM && below > 0.0 && (-BEFORE_MM..=BEHIND_MM).contains(&behind);
    if !there || context.in_bone {
        return None;
    }
    let evidence = vec![format!(
        "in the middle, {below:.0} mm below the prostate bed, where the urethra runs"
    )];
    let plausibility = if context.scan.liver_excreted {
        0.55
    } else {
        0.7
    };
    let reason = ExclusionReason::Urethra;
    Some(Explanation::new(reason, plausibility, evidence))
}
