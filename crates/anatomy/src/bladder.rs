//! The urinary bladder: water-dense on CT, in the midline behind and above the symphysis, with hot
//! urine in the PET.

use isoboost_volume::{Connectivity, Mask};

use crate::organ::{Organ, OrganKind, OrganSource};
use crate::scene::{Part, Scene, grown, parts, quantile, values_in};

/// HU of urine after averaging, without contrast medium in it.
const URINE_HU: (f32, f32) = (-20.0, 32.0);

/// SUVbw above which urine is looked for; below, it hides nothing and is taken for nothing.
const LEAST_SUV: f32 = 2.5;

/// Spill of hot urine into its surroundings stays below this share of the urine's own uptake.
const SPILL_SHARE: f64 = 0.3;

/// A bladder holds at least this after voiding, in mL; local recurrences with water density do
/// not get so large.
const LEAST_ML: f64 = 8.0;

/// With contrast medium in the urine, density says nothing: such a hot part must be larger, in mL,
/// and hotter, SUVbw.
const LEAST_ML_BY_PET: f64 = 40.0;
const LEAST_SUV_BY_PET: f64 = 8.0;

/// Distance of its centre from the midline, in mm.
const OFF_MIDLINE_MM: f64 = 32.0;

/// The zone around the midline, the symphysis and up to the promontory, in mm.
const HALF_WIDTH_MM: f64 = 75.0;
const BELOW_SYMPHYSIS_MM: f64 = 35.0;
const BEFORE_SYMPHYSIS_MM: f64 = 80.0;
const BEHIND_SYMPHYSIS_MM: f64 = 130.0;

/// Looks for the bladder.
///
/// # Errors
/// A sentence that says why there is none.
pub(crate) fn find(scene: &Scene<'_>) -> Result<Organ, String> {
    let zone = zone(scene)?;
    let smooth = scene.smooth_hu(zone);
    let hot = |v: [usize; 3]| scene.suv[v] >= LEAST_SUV && !scene.bone[v];
    let water = scene.select(zone, |v| {
        let hu = smooth[[0, 1, 2].map(|a| v[a] - zone.min[a])];
        hot(v) && hu >= URINE_HU.0 && hu <= URINE_HU.1
    });
    let midline = scene.landmarks.midline_x_mm().unwrap_or_default();
    let central = |part: &Part| (part.center.x - midline).abs() <= OFF_MIDLINE_MM;
    let by_density = parts(&water, Connectivity::Six, LEAST_ML)
        .into_iter()
        .map(|part| core_of(scene, &part))
        .filter(|(part, _)| part.volume_ml >= LEAST_ML && central(part));
    if let Some((part, suv)) = by_density.max_by(|a, b| total(a).total_cmp(&total(b))) {
        let evidence = format!(
            "{:.0} mL of water density in the midline above and behind the symphysis, median SUV \
             {suv:.1}",
            part.volume_ml
        );
        return Ok(organ(scene, &part, 0.95, evidence));
    }
    let any = scene.select(zone, hot);
    let by_uptake = parts(&any, Connectivity::Six, LEAST_ML_BY_PET)
        .into_iter()
        .map(|part| core_of(scene, &part))
        .filter(|(part, suv)| {
            part.volume_ml >= LEAST_ML_BY_PET && *suv >= LEAST_SUV_BY_PET && central(part)
        });
    if let Some((part, suv)) = by_uptake.max_by(|a, b| total(a).total_cmp(&total(b))) {
        let evidence = format!(
            "{:.0} mL of uptake in the midline above and behind the symphysis, median SUV \
             {suv:.1}; the CT shows no water density there (contrast medium or empty bladder)",
            part.volume_ml
        );
        return Ok(organ(scene, &part, 0.7, evidence));
    }
    Err(format!(
        "no urinary bladder with uptake is seen: no {LEAST_ML} mL of water density above SUV \
         {LEAST_SUV} in the midline of the pelvis"
    ))
}

fn total((part, suv): &(Part, f64)) -> f64 {
    part.volume_ml * suv
}

/// The part without its spill, and its median SUV.
fn core_of(scene: &Scene<'_>, part: &Part) -> (Part, f64) {
    let level = SPILL_SHARE * quantile(&values_in(&part.mask, scene.suv), 0.9);
    let at = scene.suv.grid().voxel_at(part.mask.grid().origin());
    let at = at.unwrap_or_default();
    let core = Mask::from_fn(part.mask.grid().clone(), |v| {
        part.mask[v] && f64::from(scene.suv[[0, 1, 2].map(|a| v[a] + at[a])]) >= level
    });
    let largest = parts(&core, Connectivity::Six, 0.0).into_iter().next();
    let core = largest.unwrap_or_else(|| part.clone());
    let median = quantile(&values_in(&core.mask, scene.suv), 0.5);
    (core, median)
}

/// The mask takes one voxel more for wall and partial volume.
fn organ(scene: &Scene<'_>, part: &Part, confidence: f64, evidence: String) -> Organ {
    Organ {
        kind: OrganKind::UrinaryBladder,
        mask: grown(&part.mask, 1, scene.bone),
        source: OrganSource::Recognised,
        confidence,
        evidence,
    }
}

fn zone(scene: &Scene<'_>) -> Result<isoboost_volume::IndexBox, String> {
    let landmarks = scene.landmarks;
    let midline = landmarks.midline_x_mm();
    let (Some(midline), Ok(symphysis)) = (midline, &landmarks.symphysis_top) else {
        return Err("the urinary bladder is not looked for: no symphysis".to_owned());
    };
    let at = symphysis.at;
    let roof = landmarks
        .promontory
        .as_ref()
        .map_or(at.z + 130.0, |p| p.at.z);
    let low = [
        midline - HALF_WIDTH_MM,
        at.y - BEFORE_SYMPHYSIS_MM,
        at.z - BELOW_SYMPHYSIS_MM,
    ];
    let high = [midline + HALF_WIDTH_MM, at.y + BEHIND_SYMPHYSIS_MM, roof];
    scene
        .box_of(low, high)
        .ok_or_else(|| "the pelvis lies outside of the CT".to_owned())
}
