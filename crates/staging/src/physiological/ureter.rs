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
/// Between kidney and pelvis the course is reckoned less well: ureters run so much further off, mm.
const UPPER_MM: f64 = 8.0;
/// … from this height above L5/S1 on, less below, mm.
const UPPER_FROM_MM: f64 = 40.0;
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
/// Urine is as dense as water, up to the first number, blurred into its wall or not; a node, a
/// vessel or a muscle from the second on, HU. Between them the CT says nothing.
const WATER_HU: f64 = 18.0;
const OPEN_HU: f64 = 27.0;
const SOLID_HU: f64 = 38.0;
const WATER_WEIGHT: f64 = 0.15;
const SOLID_WEIGHT: f64 = 0.12;
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
    let far = FAR_MM + above_pelvis(uptake, context);
    if mm > far || uptake.volume_ml > MOST_ML || context.in_bone {
        return None;
    }
    let mut evidence = vec![format!("{mm:.0} mm from the reckoned course of the ureter")];
    let off = ((mm - NEAR_MM) / (far - NEAR_MM)).clamp(0.0, 1.0);
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
    plausibility += density(uptake, context, tube, &mut evidence);
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

/// How much less is known of the course at a height, mm.
fn above_pelvis(uptake: &Uptake, context: &Context<'_>) -> f64 {
    let promontory = context.levels.and_then(|levels| levels.promontory);
    match promontory {
        Some((z, _)) if uptake.center.z > z => {
            UPPER_MM * ((uptake.center.z - z) / UPPER_FROM_MM).min(1.0)
        }
        _ => 0.0,
    }
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

/// Whether what lies under a focus is as dense as urine or as a node. The wall and the vessel that
/// a ureter crosses lie within the alignment of PET and CT, so the least dense of what is found
/// counts, and against a tube the less, the more it is one.
fn density(uptake: &Uptake, context: &Context<'_>, tube: f64, evidence: &mut Vec<String>) -> f64 {
    let places = [uptake.center, uptake.max_at];
    let found = places.map(|at| nodule(context.scan.ct, at).map(|found| found.hu));
    let Some(hu) = found.into_iter().flatten().reduce(f64::min) else {
        return 0.0;
    };
    if hu <= OPEN_HU {
        evidence.push(format!("as dense as water or nearly so ({hu:.0} HU)"));
        WATER_WEIGHT * ((OPEN_HU - hu) / (OPEN_HU - WATER_HU)).min(1.0)
    } else {
        let solid = ((hu - OPEN_HU) / (SOLID_HU - OPEN_HU)).min(1.0);
        -SOLID_WEIGHT * solid * (1.0 - tube)
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

#[cfg(test)]
mod tests {
    use isoboost_anatomy::{Side, recognise};
    use isoboost_volume::{Grid, Volume};
    use nalgebra::Point3;

    use super::*;
    use crate::StagingConfig;
    use crate::physiological::LIKELY;
    use crate::scan::Scan;

    const AT: Point3<f64> = Point3::new(40.0, 40.0, 60.0);

    /// What is said of a ball of uptake 5 mm beside the course, over a ball on the CT in fat.
    fn over(radius_mm: f64, hu: i16) -> Explanation {
        let grid = Grid::axis_aligned([60, 80, 80], [2.0, 1.0, 1.0], Point3::origin()).unwrap();
        let ct = Volume::from_fn(grid.clone(), |v| {
            let inside = (grid.center_of(v) - AT).norm() <= radius_mm;
            if inside { hu } else { -100 }
        });
        let suv = Volume::filled(grid, 1.0_f32);
        let mut anatomy = recognise(None, &suv, &[]);
        let x = AT.x + 5.0;
        anatomy.courses = Ok(vec![Course {
            kind: CourseKind::Ureter(Side::Left),
            line: [110.0, 10.0].map(|z| Point3::new(x, AT.y, z)).to_vec(),
        }]);
        let uptake = Uptake::ball(AT, 4.0, 6.0);
        let config = StagingConfig::default();
        let context = Context {
            scan: Scan {
                ct: Some(&ct),
                ..Scan::of_pet(&suv)
            },
            anatomy: &anatomy,
            levels: None,
            config: &config,
            others: &[],
            lungs_top: None,
            bone_share: 0.0,
            in_bone: false,
        };
        explain(&uptake, &context).unwrap()
    }

    #[test]
    fn what_is_thin_and_as_dense_as_water_is_urine() {
        let urine = over(2.0, 8);
        assert!(urine.plausibility >= LIKELY, "{urine:?}");
        let told = urine.evidence.iter().any(|e| e.contains("dense as water"));
        assert!(told, "{urine:?}");
    }

    #[test]
    fn what_is_as_dense_as_a_node_stays_a_lesion() {
        for radius_mm in [2.0, 4.0] {
            let node = over(radius_mm, 45);
            assert!(node.plausibility < LIKELY, "{radius_mm}: {node:?}");
        }
        // The density alone counts, not only the size.
        let difference = over(4.0, 8).plausibility - over(4.0, 45).plausibility;
        let expected = WATER_WEIGHT + SOLID_WEIGHT;
        assert!((difference - expected).abs() < 1e-9, "{difference}");
    }
}
