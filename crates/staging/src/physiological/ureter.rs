//! Urine on its way from the kidneys to the bladder.

use isoboost_anatomy::{Course, CourseKind};
use nalgebra::Vector3;

use crate::region::ExclusionReason;
use crate::tissue::nodule;
use crate::uptake::Uptake;

use super::{ALIKE, Context, Explanation, mirror, thickness_across};

/// Ureters run within this of their reckoned course, mm; further than the second number they do not.
const NEAR_MM: f64 = 12.0;
const FAR_MM: f64 = 24.0;
/// A focus longer than wide by more than the first ratio looks like a tube, by the second it is
/// one; blur makes a ball of everything short.
const TUBE_FROM: f64 = 1.2;
const TUBE_TO: f64 = 1.6;
const TUBE_WEIGHT: f64 = 0.35;
/// A tube of the ureter runs along its course: cosine of the angle between them.
const ALONG: f64 = 0.7;
/// A ureter is 3 to 6 mm wide, and slices of 3 mm show less of it: soft tissue of this radius
/// under a focus is a nodule, mm.
const NODULE_MM: f64 = 2.2;
/// Other foci of the same ureter lie further off than this, mm.
const APART_MM: f64 = 18.0;
/// Foci of both ureters mirror each other within this, mm, with uptake in this ratio.
const MIRRORED_MM: f64 = 12.0;
const LIKE: std::ops::RangeInclusive<f64> = 0.6..=1.7;
/// What a ureter holds between its waves is fainter than this, in less than this volume.
const FAINT_SUV: f64 = 4.0;
const SMALL_ML: f64 = 1.5;
/// Larger uptake is no ureter, mL.
const MOST_ML: f64 = 12.0;

pub(super) fn explain(uptake: &Uptake, context: &Context<'_>) -> Option<Explanation> {
    let courses = context.anatomy.courses.as_ref().ok()?;
    let ureters = courses
        .iter()
        .filter(|course| matches!(course.kind, CourseKind::Ureter(_)));
    let off = |course: &&Course| course.nearest(uptake.center).0;
    let course = ureters.min_by(|a, b| off(a).total_cmp(&off(b)))?;
    let (mm, _, along) = course.nearest(uptake.center);
    if mm > FAR_MM || uptake.volume_ml > MOST_ML || context.in_bone {
        return None;
    }
    let mut evidence = vec![format!("{mm:.0} mm from the reckoned course of the ureter")];
    let off = ((mm - NEAR_MM) / (FAR_MM - NEAR_MM)).clamp(0.0, 1.0);
    let mut plausibility = 0.38 - 0.2 * off;
    // Other foci say the less of this one the further it lies from the course.
    let company = 0.1 * (1.0 - off);
    if context.scan.liver_excreted {
        plausibility -= 0.2;
        evidence.push("the tracer hardly leaves by the kidneys".to_owned());
    }
    let tube = tube(uptake, along, &mut evidence);
    plausibility += TUBE_WEIGHT * tube;
    plausibility += tissue(uptake, context, tube, &mut evidence);
    let row = in_a_row(uptake, course, context);
    if row > 0 {
        plausibility += company;
        evidence.push(format!("{row} further foci along the same course"));
    }
    if mm <= NEAR_MM && uptake.suv_max < FAINT_SUV && uptake.volume_ml < SMALL_ML {
        plausibility += 0.25;
        evidence.push(format!("faint: SUVmax {:.1}", uptake.suv_max));
    }
    if let Some(mm) = mirrored(uptake, context) {
        plausibility += company;
        evidence.push(format!("mirrored on the other side within {mm:.0} mm"));
    }
    let reason = ExclusionReason::Ureter;
    Some(Explanation::new(reason, plausibility, evidence))
}

/// How much a focus is a tube along the course, 0 to 1.
fn tube(uptake: &Uptake, along: Vector3<f64>, evidence: &mut Vec<String>) -> f64 {
    let Some((ratio, axis)) = uptake.elongation() else {
        return 0.0;
    };
    if ratio <= TUBE_FROM || axis.dot(&along).abs() < ALONG {
        return 0.0;
    }
    evidence.push(format!(
        "{ratio:.1} times longer than wide, along the course"
    ));
    ((ratio - TUBE_FROM) / (TUBE_TO - TUBE_FROM)).min(1.0)
}

/// What the CT under a focus says. A tube lies over the vessels that it crosses: the more it is
/// one, the less their tissue counts against it.
fn tissue(uptake: &Uptake, context: &Context<'_>, tube: f64, evidence: &mut Vec<String>) -> f64 {
    if context.scan.ct.is_none() {
        return 0.0;
    }
    match nodule(context.scan.ct, uptake.center) {
        Some(found) if found.radius_mm >= NODULE_MM => {
            let here = format!(
                "soft tissue of {:.0} mm lies under it ({:.0} HU)",
                2.0 * found.radius_mm,
                found.hu
            );
            let other = thickness_across(uptake, context);
            let other = other.filter(|mm| *mm >= ALIKE * found.radius_mm);
            evidence.push(match other {
                Some(mm) => format!("{here}, as on the other side ({:.0} mm)", 2.0 * mm),
                None => here,
            });
            if other.is_some() {
                return 0.0;
            }
            -0.25 * (1.0 - tube)
        }
        Some(found) => {
            evidence.push(format!(
                "no nodule under it: what is there is {:.0} mm thick",
                2.0 * found.radius_mm
            ));
            0.2
        }
        None => {
            evidence.push("no soft tissue under it".to_owned());
            0.1
        }
    }
}

/// How many other small foci lie along a course.
fn in_a_row(uptake: &Uptake, course: &Course, context: &Context<'_>) -> usize {
    let others = context.others.iter().filter(|other| {
        other.volume_ml <= MOST_ML
            && (other.center - uptake.center).norm() > APART_MM
            && course.nearest(other.center).0 <= NEAR_MM
    });
    others.count()
}

/// The distance by which another focus misses the mirrored place, with like uptake.
fn mirrored(uptake: &Uptake, context: &Context<'_>) -> Option<f64> {
    let at = uptake.center;
    let mirror = mirror(at, context)?;
    let like = context
        .others
        .iter()
        .filter(|o| LIKE.contains(&(o.suv_max / uptake.suv_max)));
    let apart = like.filter(|o| (o.center - at).norm() > APART_MM);
    let misses = apart.map(|o| (o.center - mirror).norm());
    misses.filter(|mm| *mm <= MIRRORED_MM).reduce(f64::min)
}
