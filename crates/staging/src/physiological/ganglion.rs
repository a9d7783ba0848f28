//! Ganglia: small, weak, in pairs, beside the spine.

use isoboost_anatomy::{OrganKind, Vertebra};
use nalgebra::{Point3, Vector3};

use crate::place::{Levels, bone_along, front_of_spine};
use crate::region::ExclusionReason;
use crate::tissue::nodule;
use crate::uptake::Uptake;

use super::{ALIKE, Context, Explanation, thickness_across};

/// Ganglia have a SUVmax of 1.7 to 4 (Rauscher 2020, 10.2967/jnumed.119.229187; Werner 2017,
/// 10.1007/s12149-017-1201-4), seldom 5.
const USUAL_SUV: f64 = 4.0;
const WEAK_SUV: f64 = 5.0;
/// They are thin bands: no ball of the first radius fits into one; of the second, what is there is
/// a vessel or a crus that they lie on, mm.
const THICK_MM: f64 = 3.5;
const NEIGHBOUR_MM: f64 = 7.0;
/// Larger uptake is no ganglion, mL.
const MOST_ML: f64 = 4.0;
/// Two that mirror each other do so within this, mm.
const PAIRED_MM: f64 = 14.0;

/// Where ganglia lie: the name, heights above the promontory in mm when vertebrae are not known,
/// the vertebrae between whose middles they lie, distance from the midline and before the front of
/// the spine in mm.
struct Site {
    name: &'static str,
    above_promontory: (f64, f64),
    vertebrae: (&'static str, &'static str),
    aside: (f64, f64),
    before_spine: (f64, f64),
}

const SITES: [Site; 3] = [
    // On the crura, beside coeliac trunk and upper mesenteric artery.
    Site {
        name: "coeliac",
        above_promontory: (140.0, 235.0),
        vertebrae: ("L2", "T12"),
        aside: (6.0, 36.0),
        before_spine: (-12.0, 36.0),
    },
    // Beside the lumbar vertebrae, between them and the psoas; before their front lie nodes.
    Site {
        name: "lumbar",
        above_promontory: (20.0, 150.0),
        vertebrae: ("L5", "L1"),
        aside: (14.0, 34.0),
        before_spine: (-24.0, 0.0),
    },
    // Stellate and cervical, before the transverse processes.
    Site {
        name: "cervicothoracic",
        above_promontory: (425.0, 620.0),
        vertebrae: ("T2", "C3"),
        aside: (12.0, 42.0),
        before_spine: (-30.0, 14.0),
    },
];

pub(super) fn explain(uptake: &Uptake, context: &Context<'_>) -> Option<Explanation> {
    if uptake.suv_max >= WEAK_SUV || uptake.volume_ml > MOST_ML || context.in_bone {
        return None;
    }
    let levels = context.levels?;
    let (name, place) = sacral(uptake, levels, context)
        .map(|place| ("sacral", place))
        .or_else(|| beside_spine(uptake, levels, context))?;
    let mut evidence = vec![format!(
        "at the place of the {name} ganglia: {place}; SUVmax {:.1}",
        uptake.suv_max
    )];
    let mut plausibility = 0.55;
    if let Some(mm) = paired(uptake, levels, context) {
        plausibility += 0.2;
        evidence.push(format!("mirrored on the other side within {mm:.0} mm"));
    }
    if uptake.suv_max < USUAL_SUV {
        plausibility += 0.1;
    }
    if let Some(found) = nodule(context.scan.ct, uptake.center) {
        let alike =
            thickness_across(uptake, context).is_some_and(|mm| mm >= ALIKE * found.radius_mm);
        if (THICK_MM..NEIGHBOUR_MM).contains(&found.radius_mm) && name != "lumbar" && !alike {
            plausibility -= 0.25;
            evidence.push(format!(
                "soft tissue of {:.0} mm lies under it",
                2.0 * found.radius_mm
            ));
        } else if found.radius_mm < THICK_MM {
            plausibility += 0.1;
            evidence.push("no nodule under it".to_owned());
        }
    }
    let reason = ExclusionReason::Ganglion;
    Some(Explanation::new(reason, plausibility, evidence))
}

/// The sacral ganglia lie before the foramina of S1 to S3.
fn sacral(uptake: &Uptake, levels: &Levels, context: &Context<'_>) -> Option<String> {
    let at = uptake.center;
    let (_, aside) = levels.aside(at);
    let (promontory, _) = levels.promontory?;
    if !(10.0..=34.0).contains(&aside) || at.z > promontory || at.z < promontory - 75.0 {
        return None;
    }
    let before = bone_along(context.anatomy, at, Vector3::y(), 30.0)?;
    (before <= 12.0).then(|| {
        format!(
            "{before:.0} mm before the sacrum, {aside:.0} mm from the midline, {:.0} mm below L5/S1",
            promontory - at.z
        )
    })
}

fn beside_spine(
    uptake: &Uptake,
    levels: &Levels,
    context: &Context<'_>,
) -> Option<(&'static str, String)> {
    let at = uptake.center;
    let (_, aside) = levels.aside(at);
    let (promontory, _) = levels.promontory?;
    let site = SITES.iter().find(|site| {
        let (low, high) = heights(site, promontory, context);
        (low..=high).contains(&at.z) && (site.aside.0..=site.aside.1).contains(&aside)
    })?;
    let front = front_of_spine(at, levels, context.anatomy)?;
    let before = front - at.y;
    let fits = (site.before_spine.0..=site.before_spine.1).contains(&before);
    fits.then(|| {
        let place = format!(
            "{aside:.0} mm from the midline, {:.0} mm {} the front of the spine",
            before.abs(),
            if before >= 0.0 { "before" } else { "behind" }
        );
        (site.name, place)
    })
}

/// The heights of a site: by the vertebrae where they are known, else above the promontory.
fn heights(site: &Site, promontory: f64, context: &Context<'_>) -> (f64, f64) {
    let middle = |label: &str| {
        let kind = OrganKind::Vertebra(Vertebra::from_label(label)?);
        let organ = context.anatomy.organs_of(kind).next()?;
        Some(organ.mask.centroid()?.z)
    };
    match (middle(site.vertebrae.0), middle(site.vertebrae.1)) {
        (Some(low), Some(high)) => (low - 16.0, high + 16.0),
        _ => (
            promontory + site.above_promontory.0,
            promontory + site.above_promontory.1,
        ),
    }
}

/// The distance by which another focus misses the mirrored place of a focus, with like uptake.
fn paired(uptake: &Uptake, levels: &Levels, context: &Context<'_>) -> Option<f64> {
    let at = uptake.center;
    let mirrored = Point3::new(2.0 * levels.midline - at.x, at.y, at.z);
    let like = context.others.iter().filter(|other| {
        let ratio = other.suv_max / uptake.suv_max;
        (0.5..=2.0).contains(&ratio) && (other.center - at).norm() > 8.0
    });
    let misses = like.map(|other| (other.center - mirrored).norm());
    misses.filter(|mm| *mm <= PAIRED_MM).reduce(f64::min)
}
