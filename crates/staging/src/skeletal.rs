//! Lesions of bone, and which bone.

use isoboost_anatomy::Anatomy;

use crate::StagingConfig;
use crate::place::{Levels, is_bone};
use crate::region::Region;
use crate::uptake::Uptake;
use crate::verdict::{Metastasis, Verdict};

/// Height of a lumbar vertebra with its disc, in mm.
const LUMBAR_MM: f64 = 37.0;

/// The verdict on uptake in bone, and the share of it that lies there.
pub(crate) fn judge(
    uptake: &Uptake,
    anatomy: &Anatomy,
    levels: Option<&Levels>,
    config: &StagingConfig,
) -> (Option<Verdict>, f64) {
    let share = uptake.share(|p| is_bone(anatomy, p));
    if share < config.bone_share {
        return (None, share);
    }
    let site = imported_bone(uptake, anatomy)
        .or_else(|| levels.map(|levels| bone_at(uptake, levels)))
        .unwrap_or_else(|| "bone".to_owned());
    let max_inside = is_bone(anatomy, uptake.max_at);
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

fn imported_bone(uptake: &Uptake, anatomy: &Anatomy) -> Option<String> {
    let bones = anatomy.organs.iter().filter(|organ| organ.kind.is_bone());
    let shares = bones.map(|organ| (organ, uptake.share(|p| organ.mask.contains(p))));
    let (organ, share) = shares.max_by(|a, b| a.1.total_cmp(&b.1))?;
    (share > 0.2).then(|| organ.kind.name())
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
