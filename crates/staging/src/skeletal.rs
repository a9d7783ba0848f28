//! Lesions of bone, and which bone.

use isoboost_anatomy::{Anatomy, Organ, OrganKind, OrganSource};
use nalgebra::Point3;

use crate::StagingConfig;
use crate::physiological::Context;
use crate::place::{Levels, distance_within, is_bone};
use crate::region::Region;
use crate::scan::Scan;
use crate::tissue::density;
use crate::uptake::Uptake;
use crate::verdict::{Metastasis, Verdict};

/// The middle of a rib lies this near to the lung's air, and this far from the midline, in mm.
const RIB_MM: f64 = 16.0;
const BESIDE_SPINE_MM: f64 = 40.0;

/// Height of a lumbar vertebra with its disc, in mm.
const LUMBAR_MM: f64 = 37.0;

/// Uptake of a thin bone, as the wing of the ilium, lies beside it for the most part; of a focus
/// with this share in bone the middle is bone from this density on, HU in a ball of this radius in
/// mm.
const THIN_SHARE: f64 = 0.12;
const DENSE_HU: f64 = 130.0;
const DENSE_BALL_MM: f64 = 3.5;
/// The blur spreads the uptake of a node into the bone beside it: with the maximum outside of bone
/// and soft tissue in the middle on the CT, this share has to lie in bone.
const BESIDE_SHARE: f64 = 0.75;

/// The verdict on uptake in bone, and the share of it that lies there.
pub(crate) fn judge(
    uptake: &Uptake,
    anatomy: &Anatomy,
    scan: Scan<'_>,
    levels: Option<&Levels>,
    config: &StagingConfig,
) -> (Option<Verdict>, f64) {
    let share = uptake.share(|p| is_bone(anatomy, p));
    let thin = share >= THIN_SHARE && is_dense(uptake, scan);
    let max_inside = is_bone(anatomy, uptake.max_at);
    let beside = !max_inside && share < BESIDE_SHARE && is_soft(uptake, scan);
    if (share < config.bone_share && !thin) || beside {
        return (None, share);
    }
    // What the blur spreads beyond a thin bone is the bone's.
    let share = share.max(config.bone_share);
    let site = site(uptake, anatomy, levels);
    let evidence = vec![format!(
        "{:.0} % of its uptake lies in bone, its maximum {}",
        share * 100.0,
        if max_inside { "as well" } else { "outside" }
    )];
    let confidence = if max_inside { 0.5 + 0.4 * share } else { 0.5 };
    let side = levels.map(|l| l.aside(uptake.center).0);
    let verdict = Verdict::lesion(Region::Distant, site, confidence, evidence)
        .with_metastasis(Metastasis::Bone)
        .with_station(None, side);
    (Some(verdict), share)
}

/// Whether the middle of a focus lies in bone on the CT.
fn is_dense(uptake: &Uptake, scan: Scan<'_>) -> bool {
    middle_hu(uptake, scan).is_some_and(|hu| hu >= DENSE_HU)
}

/// Whether it lies in soft tissue there.
fn is_soft(uptake: &Uptake, scan: Scan<'_>) -> bool {
    middle_hu(uptake, scan).is_some_and(|hu| hu < DENSE_HU)
}

fn middle_hu(uptake: &Uptake, scan: Scan<'_>) -> Option<f64> {
    density(scan.ct?, uptake.center, DENSE_BALL_MM)
}

/// The bone of a focus by organs and place, in words.
pub(crate) fn site_of(uptake: &Uptake, context: &Context<'_>) -> String {
    site(uptake, context.anatomy, context.levels)
}

/// The bone of a focus in words.
pub(crate) fn site(uptake: &Uptake, anatomy: &Anatomy, levels: Option<&Levels>) -> String {
    imported_bone(uptake, anatomy, levels)
        .or_else(|| rib(uptake, anatomy, levels))
        .or_else(|| levels.map(|levels| bone_at(uptake, levels)))
        .unwrap_or_else(|| "bone".to_owned())
}

fn imported_bone(uptake: &Uptake, anatomy: &Anatomy, levels: Option<&Levels>) -> Option<String> {
    // Of recognised bones the vertebrae are counted; others are told by place as well.
    let told = |organ: &&Organ| match organ.source {
        OrganSource::Imported => organ.kind.is_bone(),
        OrganSource::Recognised => matches!(organ.kind, OrganKind::Vertebra(_)),
    };
    let bones = anatomy.organs.iter().filter(told);
    let shares = bones.map(|organ| (organ, uptake.share(|p| organ.mask.contains(p))));
    let (organ, share) = shares.max_by(|a, b| a.1.total_cmp(&b.1))?;
    let name = || match (organ.kind, levels) {
        (OrganKind::Hip(side), Some(levels)) => {
            format!("{} {}", side.name(), part_of_hip(uptake.center, levels))
        }
        (kind, _) => kind.name(),
    };
    (share > 0.2).then(name)
}

/// The part of the hip bone by place.
fn part_of_hip(at: Point3<f64>, levels: &Levels) -> &'static str {
    let (_, aside) = levels.aside(at);
    if at.z > levels.heads_top {
        "ilium"
    } else if aside < 40.0 {
        "pubis"
    } else if at.z > levels.symphysis_top {
        "acetabulum"
    } else {
        "ischium"
    }
}

/// Bone that lies on a lung and is no vertebra is a rib.
fn rib(uptake: &Uptake, anatomy: &Anatomy, levels: Option<&Levels>) -> Option<String> {
    let lungs = anatomy
        .organs
        .iter()
        .filter(|o| matches!(o.kind, OrganKind::Lung(_)));
    let mut near = lungs.filter_map(|o| distance_within(o, uptake.center, RIB_MM));
    near.next()?;
    let (side, aside) = levels?.aside(uptake.center);
    (aside >= BESIDE_SPINE_MM).then(|| format!("{} rib", side.name()))
}

/// The bone by place alone.
fn bone_at(uptake: &Uptake, levels: &Levels) -> String {
    let at = uptake.center;
    let (side, aside) = levels.aside(at);
    let sided = |name: &str| format!("{} {name}", side.name());
    let behind = at.y - levels.symphysis_back;
    match levels.promontory {
        Some((promontory, _)) if at.z > promontory => {
            let above = at.z - promontory;
            if above < 170.0 && aside > 48.0 {
                return sided(if above < 75.0 { "ilium" } else { "rib" });
            }
            if aside > 48.0 {
                return sided(if above < 420.0 {
                    "rib"
                } else {
                    "shoulder girdle"
                });
            }
            spine_at(above, at.y, levels)
        }
        _ if at.z > levels.heads_top => {
            // The sacrum lies between the joints with the ilium, far behind the symphysis.
            if aside < 50.0 && behind > 60.0 {
                "sacrum".to_owned()
            } else {
                sided("ilium")
            }
        }
        _ if aside < 30.0 && behind > 60.0 => "coccyx".to_owned(),
        _ if aside < 40.0 => sided("pubis"),
        _ if aside > 112.0 => sided("femur"),
        _ if at.z > levels.symphysis_top => sided("acetabulum or femoral head"),
        _ if aside > 85.0 => sided("femur"),
        _ => sided("ischium"),
    }
}

fn spine_at(above: f64, y: f64, levels: &Levels) -> String {
    let front = levels.promontory.map_or(y, |p| p.1);
    if above > 230.0 && front - y > 40.0 {
        return "sternum".to_owned();
    }
    let number = 5.0 - (above / LUMBAR_MM).floor();
    if number >= 1.0 {
        format!("vertebra L{number:.0} (counted by height)")
    } else if above < 520.0 {
        "thoracic spine".to_owned()
    } else {
        "cervical spine or skull".to_owned()
    }
}
