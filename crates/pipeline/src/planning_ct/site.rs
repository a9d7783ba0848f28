//! Where targets are drawn: on the planning CT where there is one, else on the PET/CT.

use std::borrow::Cow;

use isoboost_anatomy::{Anatomy, ImportedOrgan, recognise};
use isoboost_planning::dose::DrawnRegion;
use isoboost_staging::{Region, Staging};
use isoboost_volume::{Grid, Volume};

use super::PlanningImages;
use super::place::How;

/// A lesion further than this from the middle of the pelvis is not held by its bones, mm: beyond the
/// promontory and the iliac crests.
const HELD_MM: f64 = 200.0;

/// Everything that drawing targets needs, in one frame of reference.
pub(crate) struct Site<'a> {
    pub(crate) staging: Cow<'a, Staging>,
    pub(crate) anatomy: Cow<'a, Anatomy>,
    /// HU.
    pub(crate) ct: Option<&'a Volume<i16>>,
    /// The voxels that targets are drawn on.
    pub(crate) grid: &'a Grid,
    /// Structures as they were handed in.
    pub(crate) organs: Cow<'a, [ImportedOrgan]>,
    /// Regions with contours.
    pub(crate) drawn: Vec<DrawnRegion>,
    /// What a planner must know of the transfer.
    pub(crate) cautions: Vec<String>,
}

impl<'a> Site<'a> {
    /// On the PET/CT itself.
    pub(crate) fn on_pet_ct(
        staging: &'a Staging,
        anatomy: &'a Anatomy,
        ct: Option<&'a Volume<i16>>,
        grid: &'a Grid,
        organs: &'a [ImportedOrgan],
        drawn: Vec<DrawnRegion>,
    ) -> Self {
        Self {
            staging: Cow::Borrowed(staging),
            anatomy: Cow::Borrowed(anatomy),
            ct,
            grid,
            organs: Cow::Borrowed(organs),
            drawn,
            cautions: Vec::new(),
        }
    }

    /// On the planning CT: foci and PET are moved onto it, the anatomy is recognised on it. `organs`
    /// are those that were drawn on the PET/CT; they are moved too where the planning CT has none.
    pub(crate) fn on_planning_ct(
        planning: &'a PlanningImages<'_>,
        staging: &Staging,
        suv: &Volume<f32>,
        organs: &[ImportedOrgan],
    ) -> Self {
        let motion = &planning.placement.planning_from_pet;
        let moved = |organ: &ImportedOrgan| ImportedOrgan {
            name: organ.name.clone(),
            mask: organ.mask.clone().moved(motion),
        };
        let organs: Vec<ImportedOrgan> = if planning.organs.is_empty() {
            organs.iter().map(moved).collect()
        } else {
            planning.organs.clone()
        };
        let suv = suv.clone().moved(motion);
        let anatomy = recognise(Some(&planning.ct), &suv, &organs);
        let staging = staging.moved(motion);
        let cautions = cautions(planning, &staging, &anatomy);
        Self {
            staging: Cow::Owned(staging),
            anatomy: Cow::Owned(anatomy),
            ct: Some(&planning.ct),
            grid: planning.ct.grid(),
            organs: Cow::Owned(organs),
            drawn: planning.drawn.clone(),
            cautions,
        }
    }
}

fn cautions(planning: &PlanningImages<'_>, staging: &Staging, anatomy: &Anatomy) -> Vec<String> {
    let placement = &planning.placement;
    let mut cautions = placement.cautions.clone();
    if anatomy.landmarks.promontory.is_err() && anatomy.organs.is_empty() {
        cautions.push(
            "the anatomy is not recognised on the planning CT: targets there may not be cut by what \
             tumour does not cross"
                .to_owned(),
        );
    }
    let (Some(pelvis), true) = (placement.pelvis, placement.how == How::Automatic) else {
        return cautions;
    };
    for lesion in staging
        .lesions
        .iter()
        .filter(|l| l.region != Region::ProstateBed)
    {
        let mm = (lesion.focus.measures.centroid - pelvis).norm();
        let drawn = planning.ct.grid().voxel_at(lesion.focus.measures.centroid);
        if mm > HELD_MM && drawn.is_some() {
            cautions.push(format!(
                "lesion {} lies {mm:.0} mm from the middle of the pelvis, by whose bones the planning CT \
                 was aligned; check its place by the anatomy around it",
                lesion.id
            ));
        }
    }
    cautions
}
