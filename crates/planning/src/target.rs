//! GTV, CTV and PTV of each lesion.

use isoboost_staging::{Lesion, Region, Staging};
use isoboost_volume::{Contour, Grid, Margins, Mask, Roi, RoiType, StructureSet};
use rayon::prelude::*;

use crate::lesion_class::LesionClass;
use crate::policy::{DoseLevel, Intensification, Policy, Treatment};
use crate::region::{Growth, PlannedRegion};

/// What a target volume is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetKind {
    /// Gross tumour volume: what the PET shows.
    Gtv,
    /// Clinical target volume: with the margin for what it does not show.
    Ctv,
    /// Planning target volume: with the margin for set-up and motion.
    Ptv,
}

/// One suggested volume.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// Number of the ROI in the structure set, from 1.
    pub roi_number: u32,
    /// Name in the manner of TG-263, at most 16 characters.
    pub name: String,
    /// What it is.
    pub kind: TargetKind,
    /// The lesions that it covers.
    pub lesion_ids: Vec<u32>,
    /// The margin it was grown by, from the volume inside it; none for a GTV.
    pub margins: Option<Margins>,
    /// Dose to start from, Gy; on PTVs alone.
    pub dose_gy: Option<f64>,
    /// Number of fractions of that dose.
    pub fractions: Option<u32>,
    /// That dose and the others that the policy names, the one to start from first.
    pub dose_levels: Vec<DoseLevel>,
    /// What a planner should know of it.
    pub notes: Vec<String>,
    /// Display colour: red, green, blue.
    pub colour: [u8; 3],
    /// Its voxels, on a part of the reference grid.
    pub mask: Mask,
    /// Its contours; `slice` counts in the whole reference grid.
    pub contours: Vec<Contour>,
}

impl Target {
    /// Volume in mL, that of the voxels; the contours enclose the same within 0.5 %.
    pub fn volume_ml(&self) -> f64 {
        self.mask.volume_ml()
    }
}

/// The targets of a study.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PlannedTargets {
    /// GTV, CTV and PTV of each lesion, in the order of the lesions.
    pub targets: Vec<Target>,
    /// Lesions that got no target or a part of one, and why.
    pub cautions: Vec<String>,
}

/// Suggests volumes for every lesion, on the voxels and slices of `reference`: the CT grid, or the
/// PET grid where there is no CT.
///
/// The GTV is the lesion's outline, finer than the PET's voxels; CTV and PTV are it grown by the
/// margins that the policy has for its class, where what is `suggested` treats that class. A GTV
/// alone get lesions of undetermined region, because margins depend on where a lesion is, and
/// lesions for which nothing is suggested.
pub fn plan_targets(
    staging: &Staging,
    reference: &Grid,
    policy: &Policy,
    suggested: &[Intensification],
) -> PlannedTargets {
    let mut planned = PlannedTargets::default();
    let treatment_of = |lesion: &Lesion| {
        let treatment = policy.treatment(LesionClass::of(lesion));
        treatment.filter(|t| suggested.contains(&t.given_with))
    };
    let volumes: Vec<Option<Vec<Volumes>>> = staging
        .lesions
        .par_iter()
        .map(|lesion| volumes_of(lesion, reference, treatment_of(lesion)))
        .collect();
    let untreated =
        |lesion: &&Lesion| lesion.region != Region::Undetermined && treatment_of(lesion).is_none();
    let untreated: Vec<&Lesion> = staging.lesions.iter().filter(untreated).collect();
    planned.cautions.extend(gtv_alone(&untreated));
    let mut in_class = [0_usize; 4];
    for (lesion, volumes) in staging.lesions.iter().zip(volumes) {
        let class = Class::of(lesion.region);
        in_class[class as usize] += 1;
        let number = in_class[class as usize];
        let Some(volumes) = volumes else {
            planned.cautions.push(format!(
                "lesion {} lies outside the planning images and has no target volume",
                lesion.id
            ));
            continue;
        };
        if volumes.iter().any(|v| v.region.reaches_edge) {
            planned.cautions.push(format!(
                "the volumes of lesion {} end at the edge of the planning images; what lies beyond \
                 is not drawn",
                lesion.id
            ));
        }
        for volume in volumes {
            let roi_number = planned.targets.len() as u32 + 1;
            planned
                .targets
                .push(volume.into_target(roi_number, lesion, class, number));
        }
    }
    planned
}

/// The targets as a neutral structure set, ready to be written.
pub fn structure_set(targets: &[Target]) -> StructureSet {
    let roi = |target: &Target| Roi {
        number: target.roi_number,
        name: target.name.clone(),
        description: describe(target),
        interpreted_type: match target.kind {
            TargetKind::Gtv => RoiType::Gtv,
            TargetKind::Ctv => RoiType::Ctv,
            TargetKind::Ptv => RoiType::Ptv,
        },
        colour: target.colour,
        contours: target.contours.clone(),
    };
    StructureSet {
        label: "isoboost".to_owned(),
        rois: targets.iter().map(roi).collect(),
    }
}

/// The colour of a class, that of its GTV.
pub fn region_colour(region: Region) -> [u8; 3] {
    Class::of(region).colour(TargetKind::Gtv)
}

/// That lesions have no planning volume because nothing is suggested for them.
fn gtv_alone(lesions: &[&Lesion]) -> Option<String> {
    let numbers: Vec<String> = lesions.iter().map(|l| l.id.to_string()).collect();
    let (who, have) = match numbers.len() {
        0 => return None,
        1 => ("lesion", "has"),
        _ => ("lesions", "have"),
    };
    Some(format!(
        "{who} {} {have} a GTV alone: the recommendation has no radiotherapy for {}",
        numbers.join(", "),
        if numbers.len() == 1 { "it" } else { "them" }
    ))
}

/// One volume of a lesion before it has its number.
struct Volumes {
    kind: TargetKind,
    margins: Option<Margins>,
    doses: Vec<DoseLevel>,
    region: PlannedRegion,
}

impl Volumes {
    fn into_target(self, roi_number: u32, lesion: &Lesion, class: Class, number: usize) -> Target {
        let prefix = match self.kind {
            TargetKind::Gtv => "GTV",
            TargetKind::Ctv => "CTV",
            TargetKind::Ptv => "PTV",
        };
        let mut notes = Vec::new();
        if self.region.mask.count() < 10 {
            notes.push("smaller than ten voxels of the planning images".to_owned());
        }
        if self.region.reaches_edge {
            notes.push("reaches the edge of the planning images and ends there".to_owned());
        }
        if self.kind == TargetKind::Gtv {
            notes.push(format!("PET isosurface at {}", lesion.focus.rule));
            notes.extend(lesion.focus.notes.iter().cloned());
        }
        Target {
            roi_number,
            name: format!("{prefix}_{}_{number}", class.short()),
            kind: self.kind,
            lesion_ids: vec![lesion.id],
            margins: self.margins,
            dose_gy: self.doses.first().map(|dose| dose.total_gy),
            fractions: self.doses.first().map(|dose| dose.fractions),
            dose_levels: self.doses,
            notes,
            colour: class.colour(self.kind),
            mask: self.region.mask,
            contours: self.region.contours,
        }
    }
}

fn volumes_of(
    lesion: &Lesion,
    reference: &Grid,
    treatment: Option<&Treatment>,
) -> Option<Vec<Volumes>> {
    let margins = treatment.map(|t| (t.gtv_to_ctv_mm.margins(), t.ctv_to_ptv_mm.margins()));
    let room = margins.map_or(0.0, |(ctv, ptv)| ctv.largest() + ptv.largest());
    let gtv = Growth::start(&lesion.focus, reference, room)?;
    let mut volumes = vec![Volumes {
        kind: TargetKind::Gtv,
        margins: None,
        doses: Vec::new(),
        region: gtv.region.clone(),
    }];
    if let (Some((to_ctv, to_ptv)), Some(treatment)) = (margins, treatment) {
        let ctv = gtv.grown(&to_ctv);
        let ptv = ctv.grown(&to_ptv);
        volumes.push(Volumes {
            kind: TargetKind::Ctv,
            margins: Some(to_ctv),
            doses: Vec::new(),
            region: ctv.region,
        });
        volumes.push(Volumes {
            kind: TargetKind::Ptv,
            margins: Some(to_ptv),
            doses: treatment.doses.clone(),
            region: ptv.region,
        });
    }
    Some(volumes)
}

fn describe(target: &Target) -> String {
    let lesions: Vec<String> = target.lesion_ids.iter().map(u32::to_string).collect();
    let margin = target
        .margins
        .as_ref()
        .map(describe_margins)
        .unwrap_or_default();
    format!("Suggestion, lesion {}{margin}", lesions.join(", "))
}

fn describe_margins(margins: &Margins) -> String {
    let [left, right, anterior, posterior, superior, inferior] = margins.all();
    if margins.all().iter().all(|m| *m == left) {
        format!(", margin {left} mm")
    } else {
        format!(", margin mm L{left} R{right} A{anterior} P{posterior} S{superior} I{inferior}")
    }
}

/// How a class is named and coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Bed,
    Node,
    Distant,
    Undetermined,
}

impl Class {
    fn of(region: Region) -> Self {
        match region {
            Region::ProstateBed => Self::Bed,
            Region::PelvicNode => Self::Node,
            Region::Distant => Self::Distant,
            Region::Undetermined => Self::Undetermined,
        }
    }

    fn short(self) -> &'static str {
        match self {
            Self::Bed => "Bed",
            Self::Node => "N",
            Self::Distant => "M",
            Self::Undetermined => "U",
        }
    }

    /// A hue for each class, darker for the GTV and lighter for what is around it.
    fn colour(self, kind: TargetKind) -> [u8; 3] {
        let full: [u8; 3] = match self {
            Self::Bed => [214, 39, 40],
            Self::Node => [255, 127, 14],
            Self::Distant => [148, 60, 189],
            Self::Undetermined => [90, 110, 130],
        };
        let towards_white = match kind {
            TargetKind::Gtv => 0,
            TargetKind::Ctv => 1,
            TargetKind::Ptv => 2,
        };
        full.map(|c| c + (255 - c) / 4 * towards_white)
    }
}
