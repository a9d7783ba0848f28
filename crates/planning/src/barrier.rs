//! What tumour does not cross: the tissue that a CTV is cut by.
//!
//! A node does not grow into bone, muscle, bowel, bladder or rectum, a metastasis of bone stays
//! within the bone, and a recurrence of the bed within the bed (nodal CTV: Hall 2021,
//! 10.1016/j.ijrobp.2020.08.034; bed: Michalski 2010, 10.1016/j.ijrobp.2009.02.006).

use std::collections::BTreeSet;

use isoboost_anatomy::{Anatomy, OrganKind};
use isoboost_staging::{Lesion, Region, StagingConfig, regions_at};
use isoboost_volume::{Grid, Margins, Mask, Volume, resample_trilinear, shrink, signed_distance};
use nalgebra::Point3;

use crate::lesion_class::LesionClass;
use crate::limits::LimitsConfig;

/// What lies around the lesions.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings<'a> {
    /// Organs, bones and landmarks; none where volumes are not to be cut.
    pub anatomy: Option<&'a Anatomy>,
    /// The CT in HU, for the border of bone.
    pub ct: Option<&'a Volume<i16>>,
    /// How places are told, for the border of the bed.
    pub staging: &'a StagingConfig,
}

/// The bones are recognised on voxels of about 4 mm: what lies deeper in them than this is surely
/// bone, and from there to the same distance outside the CT tells, mm. Denser than this is cortex,
/// HU: above muscle, node and vessel without contrast medium.
const UNSURE_MM: f32 = 4.0;
const CORTEX_HU: f32 = 150.0;
/// Places are told to lie within the bed or not on blocks of about this side, mm.
const TOLD_EVERY_MM: f64 = 1.5;
/// A tissue that holds more than this share of a GTV is not what the lesion grows against: its mask
/// is wrong there, or the lesion lies in it.
const HOLDS_GTV: f64 = 0.25;
/// A mask is smoothed between its voxels; half of it is its border.
const BORDER: f32 = 0.5;

/// The part of a CTV's surroundings that it may grow into.
pub(crate) struct Allowed {
    /// On the grid that was asked for.
    pub(crate) mask: Mask,
    /// What it was cut by, in the words of a sentence.
    pub(crate) by: Vec<&'static str>,
    /// The border that ought to cut it and is not known, with the reason.
    pub(crate) unknown: Option<String>,
}

/// Where the CTV of a lesion may lie, on the grid of its GTV and of the CTV that is to be cut; `None`
/// where nothing limits it.
pub(crate) fn allowed(
    lesion: &Lesion,
    gtv: &Mask,
    ctv: &Mask,
    around: &Surroundings<'_>,
    config: &LimitsConfig,
) -> Option<Allowed> {
    if !config.cut_by_anatomy {
        return None;
    }
    let anatomy = around.anatomy?;
    let tissue = Tissue {
        anatomy,
        ct: around.ct,
        gtv,
        ctv,
        onto: gtv.grid(),
    };
    match LesionClass::of(lesion) {
        LesionClass::Bed => Some(tissue.within_bed(around.staging, config)),
        LesionClass::Bone => Some(tissue.within_bone()),
        LesionClass::PelvicNode
        | LesionClass::CommonIliac
        | LesionClass::ParaAortic
        | LesionClass::DistantNode => tissue.outside_of(&[
            (Barrier::Bone, 0.0),
            (Barrier::Muscle, 0.0),
            (Barrier::Bowel, 0.0),
            (Barrier::Bladder, 0.0),
            (Barrier::Rectum, 0.0),
        ]),
        LesionClass::Visceral | LesionClass::Undetermined => None,
    }
}

/// What lies deeper than `mm` under the skin; `None` where the body is not known or all of the
/// grid lies so deep.
pub(crate) fn under_skin(onto: &Grid, around: &Surroundings<'_>, mm: f64) -> Option<Mask> {
    let body = around.anatomy?.body.as_ref()?;
    let slack = body.grid().spacing().into_iter().fold(0.0, f64::max);
    let near = body.grid().box_around(&onto.corners(), mm + 2.0 * slack)?;
    let depth = signed_distance(&body.crop(near));
    // Distances are between centres: the surface lies half a voxel before the first one outside.
    let deep = resample_trilinear(&depth, onto, 0.0);
    let deep = deep.map(|d| f64::from(*d) + slack / 2.0 <= -mm);
    deep.as_slice().contains(&false).then_some(deep)
}

/// A tissue that stops growth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Barrier {
    Bone,
    Muscle,
    Bowel,
    Bladder,
    Rectum,
}

impl Barrier {
    fn name(self) -> &'static str {
        match self {
            Self::Bone => "bone",
            Self::Muscle => "muscle",
            Self::Bowel => "bowel",
            Self::Bladder => "bladder",
            Self::Rectum => "rectum",
        }
    }

    fn is(self, kind: OrganKind) -> bool {
        match self {
            Self::Bone => kind.is_bone(),
            Self::Muscle => kind == OrganKind::Muscle,
            Self::Bowel => matches!(
                kind,
                OrganKind::Colon | OrganKind::SmallBowel | OrganKind::Duodenum | OrganKind::Bowel
            ),
            Self::Bladder => kind == OrganKind::UrinaryBladder,
            Self::Rectum => kind == OrganKind::Rectum,
        }
    }
}

/// The tissue on one grid.
struct Tissue<'a> {
    anatomy: &'a Anatomy,
    ct: Option<&'a Volume<i16>>,
    gtv: &'a Mask,
    ctv: &'a Mask,
    onto: &'a Grid,
}

impl Tissue<'_> {
    /// All but barriers, each entered by so many mm.
    fn outside_of(&self, barriers: &[(Barrier, f64)]) -> Option<Allowed> {
        let Allowed {
            mut mask, mut by, ..
        } = self.everything();
        for (barrier, entered_mm) in barriers {
            let tissue = self
                .tissue(*barrier)
                .filter(|tissue| !self.holds_gtv(tissue));
            let Some(tissue) = tissue else {
                continue;
            };
            let core = if *entered_mm > 0.0 {
                shrink(&tissue, &Margins::uniform(*entered_mm))
            } else {
                tissue
            };
            let mut cut = false;
            for voxel in core.voxels() {
                mask[voxel] = false;
                cut = true;
            }
            if cut {
                by.push(barrier.name());
            }
        }
        (!by.is_empty()).then_some(Allowed {
            mask,
            by,
            unknown: None,
        })
    }

    fn holds_gtv(&self, tissue: &Mask) -> bool {
        let inside = self.gtv.voxels().filter(|v| tissue[*v]).count();
        inside as f64 > HOLDS_GTV * self.gtv.count() as f64
    }

    fn within_bone(&self) -> Allowed {
        match self.tissue(Barrier::Bone) {
            Some(mask) => Allowed {
                mask,
                by: vec!["the border of the bone"],
                unknown: None,
            },
            None => Allowed {
                unknown: Some(
                    "not cut by the border of the bone, as no bone is known there".to_owned(),
                ),
                ..self.everything()
            },
        }
    }

    fn everything(&self) -> Allowed {
        Allowed {
            mask: Mask::from_fn(self.onto.clone(), |_| true),
            by: Vec::new(),
            unknown: None,
        }
    }

    /// Bladder and rectum as far as the settings allow, not into bone, and where a lesion would be
    /// told as one of the bed.
    fn within_bed(&self, staging: &StagingConfig, config: &LimitsConfig) -> Allowed {
        let limits = [
            (Barrier::Bone, 0.0),
            (Barrier::Muscle, 0.0),
            (Barrier::Bladder, config.into_bladder_mm),
            (Barrier::Rectum, config.into_rectum_mm),
        ];
        let mut allowed = self
            .outside_of(&limits)
            .unwrap_or_else(|| self.everything());
        match self.beyond_bed(staging) {
            Ok(beyond) if beyond.is_empty() => {}
            Ok(beyond) => {
                for voxel in beyond.voxels() {
                    allowed.mask[voxel] = false;
                }
                allowed.by.push("the borders of the bed");
            }
            Err(reason) => {
                allowed.unknown = Some(format!(
                    "not cut by the borders of the bed, which are not known: {reason}"
                ));
            }
        }
        allowed
    }

    /// Where a lesion would be told to lie outside of the bed; what is urine or rectum is left to
    /// their own limits. Refused where the landmarks are not known.
    fn beyond_bed(&self, staging: &StagingConfig) -> Result<Mask, String> {
        // To tell a place takes some ten microseconds: only where it has grown, and once for the
        // voxels of a block, which are nearer to one another than the borders are known.
        let side = self
            .onto
            .spacing()
            .map(|mm| (TOLD_EVERY_MM / mm).round().max(1.0) as usize);
        let block = |voxel: [usize; 3]| [0, 1, 2].map(|a| voxel[a] / side[a]);
        let grown: Vec<[usize; 3]> = self.ctv.voxels().filter(|v| !self.gtv[*v]).collect();
        let blocks: BTreeSet<[usize; 3]> = grown.iter().map(|voxel| block(*voxel)).collect();
        let middle = |block: &[usize; 3]| {
            let index = [0, 1, 2].map(|a| ((2 * block[a] + 1) * side[a] - 1) as f64 / 2.0);
            self.onto.lps_from_index(index)
        };
        let places: Vec<Point3<f64>> = blocks.iter().map(middle).collect();
        let told = regions_at(&places, self.anatomy, staging)?;
        let outside = blocks.into_iter().zip(told).filter(|(_, told)| {
            told.as_ref()
                .is_some_and(|(region, _)| *region != Region::ProstateBed)
        });
        let outside: BTreeSet<[usize; 3]> = outside.map(|(block, _)| block).collect();
        let mut beyond = Mask::empty(self.onto.clone());
        for voxel in grown {
            beyond[voxel] = outside.contains(&block(voxel));
        }
        Ok(beyond)
    }

    /// A tissue on the grid; `None` where none is near.
    fn tissue(&self, barrier: Barrier) -> Option<Mask> {
        let organs = self.anatomy.organs.iter();
        let drawn = organs.filter(|o| barrier.is(o.kind)).map(|o| &o.mask);
        let mut parts: Vec<Mask> = drawn.filter_map(|mask| self.smoothed(mask)).collect();
        match barrier {
            Barrier::Bone => parts.extend(self.bone()),
            Barrier::Muscle => parts.extend(self.psoas()),
            _ => {}
        }
        let mut parts = parts.into_iter();
        let mut all = parts.next()?;
        for part in parts {
            for voxel in part.voxels() {
                all[voxel] = true;
            }
        }
        (!all.is_empty()).then_some(all)
    }

    /// The recognised skeleton with its cortex as the CT shows it.
    fn bone(&self) -> Option<Mask> {
        let skeleton = self.anatomy.bone.as_ref()?;
        let share = self.share(skeleton)?;
        let Some(ct) = self.ct else {
            return Some(share.map(|s| *s >= BORDER));
        };
        let hu = resample_trilinear(ct, self.onto, f32::from(i16::MIN));
        let depth = signed_distance(&share.map(|s| *s >= BORDER));
        Some(Mask::from_fn(self.onto.clone(), |v| {
            depth[v] <= -UNSURE_MM || (depth[v] <= UNSURE_MM && hu[v] >= CORTEX_HU)
        }))
    }

    fn psoas(&self) -> Vec<Mask> {
        let spaces = &self.anatomy.spaces;
        let both = [&spaces.psoas_left, &spaces.psoas_right];
        let known = both.into_iter().filter_map(|space| space.as_ref().ok());
        known.filter_map(|s| self.smoothed(&s.mask)).collect()
    }

    fn smoothed(&self, mask: &Mask) -> Option<Mask> {
        Some(self.share(mask)?.map(|share| *share >= BORDER))
    }

    /// How much of each voxel is the mask's, 0 to 1; `None` where it lies elsewhere.
    fn share(&self, mask: &Mask) -> Option<Volume<f32>> {
        let slack = mask.grid().spacing().into_iter().fold(0.0, f64::max);
        let near = mask.grid().box_around(&self.onto.corners(), 2.0 * slack)?;
        let crop = mask.crop(near).map(|set| f32::from(u8::from(*set)));
        let share = resample_trilinear(&crop, self.onto, 0.0);
        share.as_slice().iter().any(|s| *s > 0.0).then_some(share)
    }
}
