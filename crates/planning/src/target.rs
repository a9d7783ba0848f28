//! GTV, CTV and PTV of each lesion.

use std::borrow::Cow;

use isoboost_staging::{Lesion, Region, Staging};
use isoboost_volume::{Contour, Grid, Margins, Mask, Roi, RoiType, StructureSet};
use rayon::prelude::*;

use crate::barrier::{Surroundings, allowed, under_skin};
use crate::dose_colour::colour_by_dose;
use crate::limits::LimitsConfig;
use crate::policy::{DoseLevel, Intensification, Policy, Treatment};
use crate::region::{Growth, PlannedRegion};
use crate::stated::{self, StatedTreatment, StatedTreatments};

/// What a target volume is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetKind {
    /// Gross tumour volume: what the PET shows.
    Gtv,
    /// Clinical target volume: with the margin for what it does not show.
    Ctv,
    /// Planning target volume: with the margin for set-up and motion.
    Ptv,
    /// What all beams of a field hold.
    Field,
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
    /// The GTVs in the order of the lesions, then the CTVs, then the PTVs.
    pub targets: Vec<Target>,
    /// Lesions that got no target or a part of one, and why.
    pub cautions: Vec<String>,
}

/// What lesions are treated with.
#[derive(Debug, Clone, Copy)]
pub struct Prescription<'a> {
    /// Margins and doses of each class.
    pub policy: &'a Policy,
    /// What the recommendation has.
    pub suggested: &'a [Intensification],
    /// What the volumes are cut by.
    pub limits: &'a LimitsConfig,
    /// What a reader states for single lesions.
    pub stated: &'a StatedTreatments,
}

impl<'a> Prescription<'a> {
    /// Margins and doses of a lesion; none where neither the recommendation nor a reader treats it.
    fn treatment(&self, lesion: &Lesion) -> Option<Cow<'a, Treatment>> {
        let stated = self.stated.get(&lesion.id);
        stated::treatment(lesion, self.policy, self.suggested, stated)
    }

    /// What of a lesion's treatment a reader stated, for the notes of its volumes.
    fn stated_of(&self, lesion: &Lesion) -> StatedTreatment {
        self.stated.get(&lesion.id).cloned().unwrap_or_default()
    }
}

/// Suggests volumes for every lesion, on the voxels and slices of `reference`: the CT grid, or the
/// PET grid where there is no CT. First come all GTVs, then all CTVs, then all PTVs.
///
/// The GTV is the lesion's outline, finer than the PET's voxels; CTV and PTV are it grown by the
/// margins that the policy has for its class, where what is suggested treats that class. The CTV is
/// cut by what tumour does not cross, and PTVs of one class and dose that touch become one
/// ([`LimitsConfig`](crate::LimitsConfig)). A GTV alone get lesions of undetermined region, because
/// margins depend on where a lesion is, and lesions for which nothing is suggested.
pub fn plan_targets(
    staging: &Staging,
    reference: &Grid,
    around: &Surroundings<'_>,
    prescription: &Prescription<'_>,
) -> PlannedTargets {
    let grown: Vec<Option<Volumes<'_>>> = staging
        .lesions
        .par_iter()
        .map(|lesion| Volumes::of(lesion, reference, around, prescription))
        .collect();
    let untreated = |lesion: &&Lesion| {
        lesion.region != Region::Undetermined && prescription.treatment(lesion).is_none()
    };
    let untreated: Vec<&Lesion> = staging.lesions.iter().filter(untreated).collect();
    let mut cautions: Vec<String> = gtv_alone(&untreated).into_iter().collect();
    cautions.extend(unused_statements(staging, prescription));
    let mut in_class = [0_usize; 4];
    let mut volumes = Vec::new();
    for (lesion, grown) in staging.lesions.iter().zip(grown) {
        let class = Class::of(lesion.region);
        in_class[class as usize] += 1;
        let Some(mut grown) = grown else {
            cautions.push(format!(
                "lesion {} lies outside the planning images and has no target volume",
                lesion.id
            ));
            continue;
        };
        grown.number = in_class[class as usize];
        if grown.reaches_edge() {
            cautions.push(format!(
                "the volumes of lesion {} end at the edge of the planning images; what lies beyond \
                 is not drawn",
                lesion.id
            ));
        }
        volumes.push(grown);
    }
    let mut targets: Vec<Target> = volumes.iter().map(Volumes::gtv_target).collect();
    targets.extend(volumes.iter().filter_map(Volumes::ctv_target));
    targets.extend(ptv_targets(
        &volumes,
        reference,
        prescription.limits.merge_ptvs,
    ));
    for (number, target) in (1..).zip(&mut targets) {
        target.roi_number = number;
    }
    colour_by_dose(&mut targets);
    PlannedTargets { targets, cautions }
}

/// The PTVs, those of one class and dose that touch in one.
fn ptv_targets(volumes: &[Volumes<'_>], reference: &Grid, merge: bool) -> Vec<Target> {
    let with_ptv: Vec<&Volumes<'_>> = volumes.iter().filter(|v| v.treated.is_some()).collect();
    let mut groups: Vec<Vec<&Volumes<'_>>> = Vec::new();
    for next in with_ptv {
        let joins = |group: &Vec<&Volumes<'_>>| merge && group.iter().any(|v| v.ptv_touches(next));
        let (mut joined, apart): (Vec<_>, Vec<_>) = groups.into_iter().partition(joins);
        groups = apart;
        let mut group: Vec<&Volumes<'_>> = joined.drain(..).flatten().collect();
        group.push(next);
        groups.push(group);
    }
    for group in &mut groups {
        group.sort_by_key(|v| v.lesion.id);
    }
    groups.sort_by_key(|group| group.first().map(|v| v.lesion.id));
    groups
        .iter()
        .filter_map(|group| ptv_target(group, reference))
        .collect()
}

fn ptv_target(group: &[&Volumes<'_>], reference: &Grid) -> Option<Target> {
    let first = group.first()?;
    let treated = first.treated.as_ref()?;
    let parts: Vec<&Growth> = group
        .iter()
        .filter_map(|v| v.treated.as_ref().map(|t| &t.ptv))
        .collect();
    let region = match parts[..] {
        [one] => one.region.clone(),
        _ => Growth::union(&parts, reference)?.region,
    };
    let mut target = first.target(TargetKind::Ptv, &region);
    target.margins = Some(treated.to_ptv);
    target.dose_gy = treated.doses.first().map(|dose| dose.total_gy);
    target.fractions = treated.doses.first().map(|dose| dose.fractions);
    target.dose_levels.clone_from(&treated.doses);
    target.lesion_ids = group.iter().map(|v| v.lesion.id).collect();
    target.notes.extend(treated.ptv_notes.iter().cloned());
    let stated = group.iter().filter_map(|v| v.treated.as_ref());
    target
        .notes
        .extend(stated.flat_map(|t| t.stated_notes.iter().cloned()));
    if group.len() > 1 {
        let ids: Vec<String> = target.lesion_ids.iter().map(u32::to_string).collect();
        target.notes.push(format!(
            "the PTVs of lesions {} touch and are one",
            ids.join(", ")
        ));
        let last = group.last()?.number;
        target.name = format!("{}-{last}", target.name);
    }
    Some(target)
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
            // Treated and irradiated volumes are enclosed by isodoses, and there is no dose.
            TargetKind::Field => RoiType::Control,
        },
        colour: target.colour,
        by_hand: false,
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

/// What a reader stated for lesions that get no CTV and PTV.
fn unused_statements<'a>(
    staging: &'a Staging,
    prescription: &'a Prescription<'_>,
) -> impl Iterator<Item = String> + 'a {
    staging.lesions.iter().filter_map(|lesion| {
        let stated = prescription.stated.get(&lesion.id)?;
        let treated = prescription.treatment(lesion).is_some();
        (!treated).then(|| stated::unused(lesion, stated))
    })
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

/// The volumes of a lesion before they have their ROI numbers.
struct Volumes<'a> {
    lesion: &'a Lesion,
    class: Class,
    /// Which of its class it is, from 1.
    number: usize,
    gtv: Growth,
    /// What a lesion of known region gets besides.
    treated: Option<Treated>,
}

/// CTV and PTV of a lesion.
struct Treated {
    to_ctv: Margins,
    ctv: Growth,
    ctv_notes: Vec<String>,
    to_ptv: Margins,
    ptv: Growth,
    ptv_notes: Vec<String>,
    /// What of the PTV a reader stated.
    stated_notes: Vec<String>,
    doses: Vec<DoseLevel>,
}

impl<'a> Volumes<'a> {
    fn of(
        lesion: &'a Lesion,
        reference: &Grid,
        around: &Surroundings<'_>,
        prescription: &Prescription<'_>,
    ) -> Option<Self> {
        let treatment = prescription.treatment(lesion);
        let room = treatment.as_deref().map_or(0.0, Treatment::room_mm);
        let gtv = Growth::start(&lesion.focus, reference, room)?;
        let stated = prescription.stated_of(lesion);
        let treated = treatment.map(|treatment| {
            let mut treated = Treated::of(lesion, &gtv, &treatment, around, prescription.limits);
            treated.tell_stated(lesion, &stated);
            treated
        });
        Some(Self {
            lesion,
            class: Class::of(lesion.region),
            number: 0,
            gtv,
            treated,
        })
    }

    fn reaches_edge(&self) -> bool {
        let all = self.treated.iter().flat_map(|t| [&t.ctv, &t.ptv]);
        std::iter::once(&self.gtv)
            .chain(all)
            .any(|v| v.region.reaches_edge)
    }

    fn ptv_touches(&self, other: &Self) -> bool {
        match (&self.treated, &other.treated) {
            (Some(a), Some(b)) => {
                self.class == other.class && a.doses == b.doses && a.ptv.touches(&b.ptv)
            }
            _ => false,
        }
    }

    fn gtv_target(&self) -> Target {
        let mut target = self.target(TargetKind::Gtv, &self.gtv.region);
        let focus = &self.lesion.focus;
        target
            .notes
            .push(format!("PET isosurface at {}", focus.rule));
        target.notes.extend(focus.notes.iter().cloned());
        target
    }

    fn ctv_target(&self) -> Option<Target> {
        let treated = self.treated.as_ref()?;
        let mut target = self.target(TargetKind::Ctv, &treated.ctv.region);
        target.margins = Some(treated.to_ctv);
        target.notes.extend(treated.ctv_notes.iter().cloned());
        Some(target)
    }

    fn target(&self, kind: TargetKind, region: &PlannedRegion) -> Target {
        let prefix = match kind {
            TargetKind::Gtv => "GTV",
            TargetKind::Ctv => "CTV",
            TargetKind::Ptv => "PTV",
            TargetKind::Field => "Field",
        };
        let mut notes = Vec::new();
        if region.mask.count() < 10 {
            notes.push("smaller than ten voxels of the planning images".to_owned());
        }
        if region.reaches_edge {
            notes.push("reaches the edge of the planning images and ends there".to_owned());
        }
        Target {
            roi_number: 0,
            name: format!("{prefix}_{}_{}", self.class.short(), self.number),
            kind,
            lesion_ids: vec![self.lesion.id],
            margins: None,
            dose_gy: None,
            fractions: None,
            dose_levels: Vec::new(),
            notes,
            colour: self.class.colour(kind),
            mask: region.mask.clone(),
            contours: region.contours.clone(),
        }
    }
}

impl Treated {
    fn of(
        lesion: &Lesion,
        gtv: &Growth,
        treatment: &Treatment,
        around: &Surroundings<'_>,
        limits: &LimitsConfig,
    ) -> Self {
        let to_ctv = treatment.gtv_to_ctv_mm.margins();
        let to_ptv = treatment.ctv_to_ptv_mm.margins();
        let mut ctv = gtv.grown(&to_ctv);
        let mut ctv_notes = Vec::new();
        // Without a margin there is nothing to cut.
        let allowed = (to_ctv.largest() > 0.0)
            .then(|| allowed(lesion, gtv.fine(), ctv.fine(), around, limits))
            .flatten();
        if let Some(allowed) = allowed {
            if !allowed.by.is_empty()
                && let Some(cut) = ctv.limited(&allowed.mask, gtv)
            {
                ctv_notes.push(format!("cut by {}", allowed.by.join(", ")));
                ctv = cut;
            }
            ctv_notes.extend(allowed.unknown);
        }
        let mut ptv = ctv.grown(&to_ptv);
        let mut ptv_notes = Vec::new();
        if let Some(mm) = limits.ptv_under_skin_mm
            && let Some(deep) = under_skin(ptv.fine().grid(), around, mm)
            && let Some(cut) = ptv.limited(&deep, &ctv)
        {
            ptv_notes.push(format!("cropped {mm} mm under the skin"));
            ptv = cut;
        }
        Self {
            to_ctv,
            ctv,
            ctv_notes,
            to_ptv,
            ptv,
            ptv_notes,
            stated_notes: Vec::new(),
            doses: treatment.doses.clone(),
        }
    }
}

impl Treated {
    /// Notes what a reader stated.
    fn tell_stated(&mut self, lesion: &Lesion, stated: &StatedTreatment) {
        let text = |what: &str| format!("{what} of lesion {} set by the reviewer", lesion.id);
        if stated.gtv_to_ctv_mm.is_some() {
            self.ctv_notes.push(text("margin to the CTV"));
        }
        if stated.ctv_to_ptv_mm.is_some() {
            self.stated_notes.push(text("margin to the PTV"));
        }
        if stated.dose.is_some() {
            self.stated_notes.push(text("dose"));
        }
    }
}

/// What a planner reads beside the name: the lesions, the margin from the volume inside, the dose
/// to start from, and how the volume was drawn or cut.
fn describe(target: &Target) -> String {
    if target.kind == TargetKind::Field {
        let text = format!("Suggestion, {}", target.notes.join("; "));
        return text.chars().take(1024).collect();
    }
    if target.lesion_ids.is_empty() {
        // A volume that is treated as a whole: its rule comes first in its notes.
        let rule = target.notes.first().map(String::as_str).unwrap_or_default();
        let margin = target.margins.as_ref().map(describe_margins);
        return format!(
            "Suggestion, whole volume{}. {rule}",
            margin.unwrap_or_default()
        );
    }
    let lesions: Vec<String> = target.lesion_ids.iter().map(u32::to_string).collect();
    let margin = target
        .margins
        .as_ref()
        .map(describe_margins)
        .unwrap_or_default();
    let dose = match (target.dose_gy, target.fractions) {
        (Some(total), Some(fractions)) => format!(", {total} Gy in {fractions} to start from"),
        _ => String::new(),
    };
    let mut text = format!("Suggestion, lesion {}{margin}{dose}", lesions.join(", "));
    for note in &target.notes {
        text.push_str("; ");
        text.push_str(note);
    }
    // What an ROI Description (VR ST) holds.
    text.chars().take(1024).collect()
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

    /// A hue for each class, darker for the GTV and lighter for what is around it; PTVs with a dose
    /// get the colour of their dose level.
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
            TargetKind::Ptv | TargetKind::Field => 2,
        };
        full.map(|c| c + (255 - c) / 4 * towards_white)
    }
}
