//! Where targets are drawn: on the planning CT where there is one, else on the PET/CT.

use std::borrow::Cow;

use isoboost_anatomy::{Anatomy, ImportedOrgan, recognise};
use isoboost_planning::dose::DrawnRegion;
use isoboost_staging::{Region, Staging};
use isoboost_volume::{Grid, Volume};

use super::place::How;
use super::{PlacedCt, PlanningImages};

/// A lesion further than this from the middle of the pelvis is not held by its bones, mm: beyond the
/// promontory and the iliac crests.
const HELD_MM: f64 = 200.0;

/// Everything that drawing targets needs, in one frame of reference.
pub(crate) struct Site<'a> {
    pub(crate) staging: Cow<'a, Staging>,
    pub(crate) anatomy: &'a Anatomy,
    /// HU.
    pub(crate) ct: Option<&'a Volume<i16>>,
    /// The voxels that targets are drawn on.
    pub(crate) grid: &'a Grid,
    /// Structures as they were handed in.
    pub(crate) organs: &'a [ImportedOrgan],
    /// Regions with contours.
    pub(crate) drawn: &'a [DrawnRegion],
    /// What a planner must know of the transfer.
    pub(crate) cautions: Vec<String>,
}

/// What is recognised or drawn on the planning CT.
#[derive(Debug)]
pub(crate) struct SiteAnatomy {
    anatomy: Anatomy,
    organs: Vec<ImportedOrgan>,
}

impl SiteAnatomy {
    /// The anatomy of the planning CT, with the PET moved onto it. `organs` are those that were drawn
    /// on the PET/CT; they are moved too where the planning CT has none.
    pub(crate) fn of(
        placed: &PlacedCt,
        ct: &Volume<i16>,
        suv: &Volume<f32>,
        organs: &[ImportedOrgan],
    ) -> Self {
        let motion = &placed.placement.planning_from_pet;
        let moved = |organ: &ImportedOrgan| ImportedOrgan {
            name: organ.name.clone(),
            mask: organ.mask.clone().moved(motion),
        };
        let organs: Vec<ImportedOrgan> = if placed.organs.is_empty() {
            organs.iter().map(moved).collect()
        } else {
            placed.organs.clone()
        };
        let suv = suv.clone().moved(motion);
        let anatomy = recognise(Some(ct), &suv, &organs);
        Self { anatomy, organs }
    }
}

impl<'a> Site<'a> {
    /// On the PET/CT itself.
    pub(crate) fn on_pet_ct(
        staging: &'a Staging,
        anatomy: &'a Anatomy,
        ct: Option<&'a Volume<i16>>,
        grid: &'a Grid,
        organs: &'a [ImportedOrgan],
        drawn: &'a [DrawnRegion],
    ) -> Self {
        Self {
            staging: Cow::Borrowed(staging),
            anatomy,
            ct,
            grid,
            organs,
            drawn,
            cautions: Vec::new(),
        }
    }

    /// On the planning CT: foci are moved onto it.
    pub(crate) fn on_planning_ct(
        planning: PlanningImages<'a>,
        on_it: &'a SiteAnatomy,
        staging: &Staging,
    ) -> Self {
        let motion = &planning.placed.placement.planning_from_pet;
        let staging = staging.moved(motion);
        let cautions = cautions(&planning, &staging, &on_it.anatomy);
        Self {
            staging: Cow::Owned(staging),
            anatomy: &on_it.anatomy,
            ct: Some(planning.ct),
            grid: planning.ct.grid(),
            organs: &on_it.organs,
            drawn: &planning.placed.drawn,
            cautions,
        }
    }
}

fn cautions(planning: &PlanningImages<'_>, staging: &Staging, anatomy: &Anatomy) -> Vec<String> {
    let placement = &planning.placed.placement;
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
