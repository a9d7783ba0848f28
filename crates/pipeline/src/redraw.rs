//! What can be told of a lesion once its region is known: its outline by the rule of that region,
//! the range of other rules, and its uptake without the blur of the PET.

use std::collections::{BTreeMap, BTreeSet};

use isoboost_lesion::{Delineation, Focus, LesionConfig, RegionalDelineation, Uptake};
use isoboost_staging::{Lesion, Region, Staging};
use rayon::prelude::*;

/// A lesion whose smallest outline is less than this share of its largest is told: on lesions of
/// 1 mL published rules differ by a factor of two to three, which is no news.
const FIRM: f64 = 0.25;

/// Which outlines are not to be drawn anew.
#[derive(Debug, Default)]
pub(crate) struct Outlines<'a> {
    /// Lesions that a person has not touched, as they were drawn before, by their numbers.
    pub(crate) unchanged: BTreeMap<u32, &'a Lesion>,
    /// Lesions whose outline a person chose: no rule of a region draws them.
    pub(crate) chosen: BTreeSet<u32>,
}

/// Draws each lesion by the rule of its region, where there is one, and looks at what other rules
/// would draw.
pub(crate) fn lesions(
    staging: &mut Staging,
    uptake: &Uptake<'_>,
    config: &LesionConfig,
    outlines: &Outlines<'_>,
) {
    staging.lesions.par_iter_mut().for_each(|lesion| {
        if let Some(known) = outlines.unchanged.get(&lesion.id) {
            lesion.focus = known.focus.clone();
            lesion.range.clone_from(&known.range);
            lesion.recovery.clone_from(&known.recovery);
            return;
        }
        if !outlines.chosen.contains(&lesion.id)
            && let Some(rule) = rule_of(lesion, &config.regional)
        {
            lesion.focus = uptake.outlined(&lesion.focus, rule);
        }
        let range = uptake.range_of(&lesion.focus);
        if let (Some((low, high)), Some(firmness)) = (range.volume_ml(), range.firmness())
            && firmness < FIRM
        {
            lesion.focus.notes.push(format!(
                "its volume depends on the rule: {low:.1} to {high:.1} mL over {} published rules",
                range.outcomes.len()
            ));
        }
        lesion.range = Some(range);
        let recovery = |fwhm| uptake.recovery_of(&lesion.focus, fwhm);
        lesion.recovery = config.psf_fwhm_mm.map(recovery);
    });
}

/// The outline of a lesion by the rule of its region, where there is one.
pub(crate) fn by_region(lesion: &Lesion, uptake: &Uptake<'_>, config: &LesionConfig) -> Focus {
    match rule_of(lesion, &config.regional) {
        Some(rule) => uptake.outlined(&lesion.focus, rule),
        None => lesion.focus.clone(),
    }
}

/// The rule of a lesion's region; `None` where the general one holds.
fn rule_of<'a>(lesion: &Lesion, regional: &'a RegionalDelineation) -> Option<&'a Delineation> {
    let rule = match (lesion.region, lesion.mi_tnm.as_str()) {
        (Region::ProstateBed, _) => &regional.prostate_bed,
        (_, "miM1b") => &regional.bone,
        (Region::PelvicNode, _) | (_, "miM1a") => &regional.node,
        _ => return None,
    };
    rule.as_ref()
}
