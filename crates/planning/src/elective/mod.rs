//! Volumes that are treated as a whole beside the lesions: the elective volume of the pelvic nodes
//! and the bed of the prostate.
//!
//! Both follow published rules as far as the anatomy is known, and say in their notes by which rule,
//! between which ends and from what they were drawn. What was built from landmarks alone is marked
//! approximate; where even landmarks are missing there is no volume, and a caution says why.

mod barred;
mod canvas;
mod config;
mod coverage;
mod levels;
mod lines;
mod pelvic_nodes;
mod profile;
mod prostate_bed;
mod strips;
#[cfg(test)]
mod tests;
mod vessels;

use isoboost_anatomy::{Anatomy, ImportedOrgan};
use isoboost_staging::Staging;
use isoboost_volume::{Grid, Volume};
use rayon::prelude::*;

pub use config::ElectiveConfig;
pub use prostate_bed::names_whole_bed;

use coverage::Gross;

use crate::policy::{VolumeDoses, WholeVolume};
use crate::recommend::Recommendation;
use crate::region::Growth;
use crate::target::{PlannedTargets, Target, TargetKind};

/// What elective volumes are drawn from.
#[derive(Debug, Clone, Copy)]
pub struct ElectiveInput<'a> {
    /// Organs, bones and landmarks.
    pub anatomy: Option<&'a Anatomy>,
    /// The CT in HU, for the border of bone.
    pub ct: Option<&'a Volume<i16>>,
    /// Structures as they were handed in, for a CTV of the prostate bed among them.
    pub imported: &'a [ImportedOrgan],
    /// The avid lesions.
    pub staging: &'a Staging,
    /// Which volumes are asked for, how high the pelvic one reaches, with their doses and margins.
    pub recommendation: &'a Recommendation,
    /// How they are drawn.
    pub config: &'a ElectiveConfig,
}

impl<'a> ElectiveInput<'a> {
    fn anatomy(&self) -> Result<&'a Anatomy, String> {
        let anatomy = self.anatomy;
        anatomy.ok_or_else(|| "the anatomy is not known".to_owned())
    }
}

/// A volume before it is a target.
struct Drawn {
    growth: Growth,
    approximate: bool,
    /// The rule with its ends first.
    notes: Vec<String>,
}

/// Names and colours.
struct Style {
    name: &'static str,
    long: &'static str,
    ctv: [u8; 3],
    ptv: [u8; 3],
}

const fn style(volume: WholeVolume) -> Style {
    match volume {
        WholeVolume::Pelvis => Style {
            name: "n_Pelvis",
            long: "pelvic nodes",
            ctv: [31, 119, 180],
            ptv: [112, 173, 220],
        },
        WholeVolume::ProstateBed => Style {
            name: "p_Bed",
            long: "prostate bed",
            ctv: [44, 160, 44],
            ptv: [122, 200, 122],
        },
    }
}

/// Whether a target is the CTV of the whole prostate bed.
pub fn is_whole_bed(target: &Target) -> bool {
    let name = style(WholeVolume::ProstateBed).name;
    target.kind == TargetKind::Ctv && target.name.strip_prefix("CTV") == Some(name)
}

/// Adds the whole volumes that the recommendation names after the targets of the lesions: their
/// CTVs, then their PTVs where the policy has margins for them. They cover no lesion by themselves
/// (`lesion_ids` is empty), and hold the CTVs of the avid lesions that belong to them: their notes
/// tell which lay outside by the rule. A bed that was handed in stays as it is.
///
/// The voxels are those of `reference`, the CT's grid or else the PET's. Margins are exact in mm on
/// any grid. A volume that cannot be drawn leaves a caution with the reason.
pub fn add_elective_targets(
    planned: &mut PlannedTargets,
    reference: &Grid,
    input: &ElectiveInput<'_>,
) {
    if !input.config.enabled {
        return;
    }
    let mut ctvs = Vec::new();
    let mut ptvs = Vec::new();
    // Nodes before the bed, as a planner lists them from the large to the small.
    let volumes = [WholeVolume::Pelvis, WholeVolume::ProstateBed];
    let of_lesions = &planned.targets;
    let drawn: Vec<_> = volumes
        .into_par_iter()
        .filter_map(|volume| {
            let mut asked = input.recommendation.volumes.iter();
            let doses = asked.find(|v| v.name == volume)?;
            let gross = Gross::of(volume, of_lesions, input.staging);
            let drawn = match volume {
                WholeVolume::Pelvis => pelvic_nodes::draw(reference, input, &gross),
                WholeVolume::ProstateBed => prostate_bed::draw(reference, input, &gross),
            };
            Some((volume, drawn.map(|drawn| (ptv(doses, &drawn), drawn))))
        })
        .collect();
    for (volume, drawn) in drawn {
        let long = style(volume).long;
        match drawn {
            Ok((ptv, drawn)) => {
                if drawn.growth.region.reaches_edge {
                    planned.cautions.push(format!(
                        "the volume of the {long} ends at the edge of the planning images; what \
                         lies beyond is not drawn"
                    ));
                }
                if drawn.approximate {
                    planned.cautions.push(format!(
                        "the volume of the {long} is approximate: it was built from landmarks; \
                         draw it anew by the anatomy"
                    ));
                }
                ctvs.push(ctv(volume, &drawn));
                ptvs.extend(ptv);
            }
            Err(why) => planned
                .cautions
                .push(format!("no elective volume of the {long} is drawn: {why}")),
        }
    }
    planned.targets.extend(ctvs);
    planned.targets.extend(ptvs);
    for (number, target) in (1..).zip(&mut planned.targets) {
        target.roi_number = number;
    }
}

fn ctv(volume: WholeVolume, drawn: &Drawn) -> Target {
    let style = style(volume);
    target(
        TargetKind::Ctv,
        format!("CTV{}", style.name),
        style.ctv,
        drawn.notes.clone(),
        &drawn.growth,
    )
}

/// The PTV with the dose; `None` where the policy has no margin for the volume.
fn ptv(doses: &VolumeDoses, drawn: &Drawn) -> Option<Target> {
    let margins = doses.ctv_to_ptv_mm?.margins();
    let style = style(doses.name);
    let growth = drawn.growth.grown(&margins);
    let mut notes = Vec::new();
    if drawn.approximate {
        notes.push("approximate, as its CTV".to_owned());
    }
    if growth.region.reaches_edge {
        notes.push("reaches the edge of the planning images and ends there".to_owned());
    }
    let mut target = target(
        TargetKind::Ptv,
        format!("PTV{}", style.name),
        style.ptv,
        notes,
        &growth,
    );
    target.margins = Some(margins);
    target.dose_gy = doses.doses.first().map(|dose| dose.total_gy);
    target.fractions = doses.doses.first().map(|dose| dose.fractions);
    target.dose_levels.clone_from(&doses.doses);
    Some(target)
}

fn target(
    kind: TargetKind,
    name: String,
    colour: [u8; 3],
    notes: Vec<String>,
    growth: &Growth,
) -> Target {
    Target {
        roi_number: 0,
        name,
        kind,
        lesion_ids: Vec::new(),
        margins: None,
        dose_gy: None,
        fractions: None,
        dose_levels: Vec::new(),
        notes,
        colour,
        mask: growth.region.mask.clone(),
        contours: growth.region.contours.clone(),
    }
}
