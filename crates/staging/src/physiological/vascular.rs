//! Blood in large vessels.

use isoboost_anatomy::OrganKind;

use crate::place::distance_within;
use crate::region::ExclusionReason;
use crate::uptake::Uptake;

use super::{Context, Explanation};

/// Blood with its noise stays below this multiple of the blood pool's mean.
const OVER_BLOOD: f64 = 2.0;
/// Masks of vessels and the PET lie on one another within this, mm.
const IN_VESSEL_MM: f64 = 3.0;
/// A focus longer than wide by this along a vessel is a stretch of it.
const TUBE: f64 = 1.3;
/// Reckoned courses are this near to the vessels, mm.
const NEAR_MM: f64 = 8.0;
/// A stretch runs along its course: cosine of the angle between them.
const ALONG: f64 = 0.7;

pub(super) fn explain(uptake: &Uptake, context: &Context<'_>) -> Option<Explanation> {
    let blood = context.scan.blood_pool?;
    if uptake.suv_max >= OVER_BLOOD * blood || context.in_bone {
        return None;
    }
    let drawn = context.anatomy.organs.iter().find(|organ| {
        is_vessel(organ.kind) && distance_within(organ, uptake.max_at, IN_VESSEL_MM).is_some()
    });
    let (name, base) = match drawn {
        Some(organ) => (organ.kind.name(), 0.5),
        None => (on_course(uptake, context)?, 0.35),
    };
    let mut evidence = vec![format!(
        "in the {name}, with SUVmax {:.1} beside {blood:.1} of blood",
        uptake.suv_max
    )];
    let tube = uptake.elongation().filter(|(ratio, _)| *ratio >= TUBE);
    if let Some((ratio, _)) = tube {
        evidence.push(format!("{ratio:.1} times longer than wide"));
    }
    let plausibility = base + if tube.is_some() { 0.15 } else { 0.0 };
    let reason = ExclusionReason::Vascular;
    Some(Explanation::new(reason, plausibility, evidence))
}

fn is_vessel(kind: OrganKind) -> bool {
    matches!(
        kind,
        OrganKind::Aorta
            | OrganKind::InferiorVenaCava
            | OrganKind::IliacArtery(_)
            | OrganKind::IliacVein(_)
            | OrganKind::ExternalIliacVessels(_)
            | OrganKind::InternalIliacVessels(_)
            | OrganKind::Heart
    )
}

/// The reckoned vessel that a focus is a stretch of: where no vessel is drawn, its shape has to say
/// so as well.
fn on_course(uptake: &Uptake, context: &Context<'_>) -> Option<String> {
    let (ratio, axis) = uptake.elongation()?;
    let courses = context.anatomy.courses.as_ref().ok()?;
    let vessels = courses.iter().filter_map(|c| Some((c, c.kind.vessel()?)));
    let near = vessels.filter_map(|(course, name)| {
        let (mm, _, along) = course.nearest(uptake.center);
        let runs_along = ratio >= TUBE && axis.dot(&along).abs() >= ALONG;
        (mm <= NEAR_MM && runs_along).then_some((mm, name))
    });
    let nearest = near.min_by(|a, b| a.0.total_cmp(&b.0))?;
    Some(format!("reckoned course of the {}", nearest.1))
}
