//! Kidneys and urine by place, extent and density, where no organ was recognised: native kidneys
//! that flow into the liver, transplanted ones, and bowel that urine is led into.

use crate::place::front_of_spine;
use crate::region::ExclusionReason;
use crate::tissue::density;
use crate::uptake::Uptake;

use super::{Context, Explanation};

/// Kidneys hold at least this much uptake, mL; a transplanted one lies beside nodes, which grow to
/// less than the second number.
const KIDNEY_ML: f64 = 45.0;
const TRANSPLANT_ML: f64 = 80.0;
/// Kidneys reach SUV 15 to 50 with every PSMA ligand (Li 2017, PMC5450367); diseased ones less.
const KIDNEY_SUV: f64 = 8.0;
/// Native kidneys lie this far from the midline and above L5/S1, and before the front of the spine
/// no further than the last, mm.
const ASIDE_MM: (f64, f64) = (42.0, 115.0);
const ABOVE_PROMONTORY_MM: (f64, f64) = (35.0, 300.0);
const BEFORE_SPINE_MM: f64 = 45.0;
/// A transplanted kidney lies in an iliac fossa: this far from the midline at least, and no higher
/// above L5/S1, mm.
const FOSSA_ASIDE_MM: f64 = 45.0;
const FOSSA_ABOVE_MM: f64 = 60.0;
/// Before the back edge of the symphysis by this, mm, a part of this volume is enough, mL.
const FRONT_MM: f64 = 10.0;
const PART_ML: f64 = 12.0;
/// Urine in a conduit or pouch of bowel: uptake, volume and density.
const URINE_SUV: f64 = 8.0;
const URINE_ML: f64 = 10.0;
const URINE_HU: std::ops::RangeInclusive<f64> = -20.0..=24.0;
const URINE_BALL_MM: f64 = 5.0;

pub(super) fn explain(uptake: &Uptake, context: &Context<'_>) -> Option<Explanation> {
    let known = super::organ::holds(uptake, context);
    if known || context.in_bone {
        return None;
    }
    native(uptake, context)
        .or_else(|| transplanted(uptake, context))
        .or_else(|| diverted(uptake, context))
}

fn native(uptake: &Uptake, context: &Context<'_>) -> Option<Explanation> {
    let levels = context.levels?;
    let (promontory, _) = levels.promontory?;
    let at = uptake.center;
    let (side, aside) = levels.aside(at);
    let above = at.z - promontory;
    let fits = uptake.volume_ml >= KIDNEY_ML
        && uptake.suv_max >= KIDNEY_SUV
        && (ASIDE_MM.0..=ASIDE_MM.1).contains(&aside)
        && (ABOVE_PROMONTORY_MM.0..=ABOVE_PROMONTORY_MM.1).contains(&above);
    if !fits {
        return None;
    }
    let before = front_of_spine(at, levels, context.anatomy)? - at.y;
    (before <= BEFORE_SPINE_MM).then(|| {
        let evidence = vec![format!(
            "{:.0} mL with SUVmax {:.1} at the place of the {} kidney, {aside:.0} mm from the \
             midline and {above:.0} mm above L5/S1",
            uptake.volume_ml,
            uptake.suv_max,
            side.name()
        )];
        Explanation::new(ExclusionReason::Kidney, 0.75, evidence)
    })
}

fn transplanted(uptake: &Uptake, context: &Context<'_>) -> Option<Explanation> {
    let levels = context.levels?;
    let (promontory, _) = levels.promontory?;
    let at = uptake.center;
    let (side, aside) = levels.aside(at);
    let fossa = (levels.heads_top..=promontory + FOSSA_ABOVE_MM).contains(&at.z);
    // Before the vessels there are no nodes; a lesion on it may divide its uptake.
    let in_front = levels.symphysis_back - at.y >= FRONT_MM;
    let least = if in_front { PART_ML } else { TRANSPLANT_ML };
    let large = uptake.volume_ml >= least && uptake.suv_max >= KIDNEY_SUV;
    if !large || !fossa || aside < FOSSA_ASIDE_MM {
        return None;
    }
    let evidence = vec![format!(
        "{:.0} mL with SUVmax {:.1} in the {} iliac fossa: a transplanted kidney, or a mass of its \
         size",
        uptake.volume_ml,
        uptake.suv_max,
        side.name()
    )];
    Some(Explanation::new(ExclusionReason::Kidney, 0.65, evidence))
}

fn diverted(uptake: &Uptake, context: &Context<'_>) -> Option<Explanation> {
    let levels = context.levels?;
    let (promontory, _) = levels.promontory?;
    let at = uptake.center;
    let abdomen = (levels.symphysis_top..=promontory + ABOVE_PROMONTORY_MM.1).contains(&at.z);
    if !abdomen || uptake.volume_ml < URINE_ML || uptake.suv_max < URINE_SUV {
        return None;
    }
    let hu = density(context.scan.ct?, uptake.max_at, URINE_BALL_MM)?;
    let before = front_of_spine(at, levels, context.anatomy)
        .or(levels.promontory.map(|p| p.1))
        .map(|front| front - at.y)?;
    (URINE_HU.contains(&hu) && before > 0.0).then(|| {
        let evidence = vec![format!(
            "{:.0} mL as dense as water ({hu:.0} HU) with SUVmax {:.1}, {before:.0} mm before the \
             spine: urine, as in a conduit or pouch of bowel",
            uptake.volume_ml, uptake.suv_max
        )];
        Explanation::new(ExclusionReason::Urine, 0.7, evidence)
    })
}
