//! What elective volumes are cut by: bone, muscle, bowel, bladder and rectum, as far as they are
//! known.

use isoboost_anatomy::{Anatomy, Organ, OrganKind, OrganSource, Side};
use isoboost_volume::{Mask, Volume, resample_trilinear};
use nalgebra::Point3;

use super::canvas::Canvas;

/// The bones are recognised on voxels of about 4 mm: as far outside of them the CT tells, by cortex
/// denser than this, mm and HU.
const UNSURE_MM: f32 = 4.0;
const CORTEX_HU: f32 = 150.0;
/// An organ that holds more than this share of the vessels is a region, as a bag of bowel, and no
/// tissue that vessels lie beside.
const HOLDS_VESSELS: f64 = 0.1;
/// The recognised psoas counts where drawn muscles hold less than this share of it.
const DRAWN_PSOAS: f64 = 0.5;

/// What bars the way, on the voxels of a canvas.
#[derive(Debug)]
pub(super) struct Barred {
    /// Bone, which nothing enters.
    pub(super) bone: Mask,
    /// Everything else, which vessels may touch.
    pub(super) soft: Mask,
    /// What it was made of, in the words of a sentence.
    pub(super) by: Vec<String>,
    /// What is not known, and so not cut.
    pub(super) unknown: Vec<&'static str>,
}

/// A tissue: its name, and whether an organ is of it.
type Tissue = (&'static str, fn(OrganKind) -> bool);

/// Soft tissue that bars the way.
const SOFT: [Tissue; 4] = [
    ("muscle", |kind| kind == OrganKind::Muscle),
    ("bowel", |kind| {
        matches!(
            kind,
            OrganKind::Colon | OrganKind::SmallBowel | OrganKind::Duodenum | OrganKind::Bowel
        )
    }),
    ("bladder", |kind| kind == OrganKind::UrinaryBladder),
    ("rectum", |kind| kind == OrganKind::Rectum),
];

impl Barred {
    /// The tissue around `vessels`, which tell a region from a tissue.
    pub(super) fn around(
        canvas: &Canvas<'_>,
        anatomy: &Anatomy,
        ct: Option<&Volume<i16>>,
        vessels: &Mask,
    ) -> Self {
        let mut barred = Self {
            bone: canvas.empty(),
            soft: canvas.empty(),
            by: Vec::new(),
            unknown: Vec::new(),
        };
        barred.add_bone(canvas, anatomy, ct, vessels);
        for (name, is) in SOFT {
            let mut tissue = canvas.empty();
            for organ in anatomy.organs.iter().filter(|o| is(o.kind)) {
                let mut own = canvas.empty();
                canvas.paint(&mut own, &organ.mask);
                if !holds(&own, vessels) {
                    join(&mut tissue, &own);
                }
            }
            let mut words = name.to_owned();
            if name == "muscle" && add_psoas(canvas, anatomy, &mut tissue) {
                "muscle (the psoas as recognised)".clone_into(&mut words);
            }
            if tissue.is_empty() {
                barred.unknown.push(name);
            } else {
                barred.by.push(words);
                join(&mut barred.soft, &tissue);
            }
        }
        barred
    }

    /// The tissue around the bed: bone, drawn muscles and the rectum; the bladder is a part of it.
    pub(super) fn around_bed(
        canvas: &Canvas<'_>,
        anatomy: &Anatomy,
        ct: Option<&Volume<i16>>,
    ) -> Self {
        let mut barred = Self {
            bone: canvas.empty(),
            soft: canvas.empty(),
            by: Vec::new(),
            unknown: Vec::new(),
        };
        barred.add_bone(canvas, anatomy, ct, &canvas.empty());
        for (name, is) in SOFT {
            if matches!(name, "bladder" | "bowel") {
                continue;
            }
            let mut tissue = canvas.empty();
            for organ in anatomy.organs.iter().filter(|o| is(o.kind)) {
                canvas.paint(&mut tissue, &organ.mask);
            }
            if !tissue.is_empty() {
                barred.by.push(name.to_owned());
                join(&mut barred.soft, &tissue);
            }
        }
        barred
    }

    /// Drawn bones where hips and sacrum are drawn, else the skeleton with its cortex on the CT
    /// beside them, but no vessel that contrast medium makes as dense.
    fn add_bone(
        &mut self,
        canvas: &Canvas<'_>,
        anatomy: &Anatomy,
        ct: Option<&Volume<i16>>,
        vessels: &Mask,
    ) {
        for organ in drawn_bones(anatomy) {
            canvas.paint_cells(&mut self.bone, &organ.mask);
        }
        if bones_are_drawn(anatomy) {
            self.by.push("the bones given".to_owned());
            return;
        }
        let Some(skeleton) = &anatomy.bone else {
            self.unknown.push("bone");
            return;
        };
        let mut core = canvas.empty();
        canvas.paint(&mut core, skeleton);
        if let Some(ct) = ct {
            core = with_cortex(&core, ct, vessels);
        }
        join(&mut self.bone, &core);
        self.by.push("bone (as recognised)".to_owned());
    }

    /// Takes bone away, and what else bars the way but for `kept`.
    pub(super) fn cut(&self, mask: &mut Mask, kept: &Mask) {
        let tissue = self.bone.as_slice().iter().zip(self.soft.as_slice());
        let all = mask.as_mut_slice().iter_mut().zip(kept.as_slice());
        for ((set, kept), (bone, soft)) in all.zip(tissue) {
            *set &= !bone && (!soft || *kept);
        }
    }
}

/// Adds the recognised psoas of each side where little of it is drawn; whether any was added.
fn add_psoas(canvas: &Canvas<'_>, anatomy: &Anatomy, muscle: &mut Mask) -> bool {
    let mut added = false;
    for side in [Side::Left, Side::Right] {
        let Ok(psoas) = anatomy.spaces.psoas(side) else {
            continue;
        };
        let mut own = canvas.empty();
        canvas.paint(&mut own, &psoas.mask);
        let drawn = own.voxels().filter(|v| muscle[*v]).count();
        if (drawn as f64) < DRAWN_PSOAS * own.count() as f64 {
            join(muscle, &own);
            added = true;
        }
    }
    added
}

/// Whether a place lies in a drawn bone.
pub(super) fn in_drawn_bone(anatomy: &Anatomy) -> impl Fn(Point3<f64>) -> bool {
    let bones: Vec<&Organ> = drawn_bones(anatomy).collect();
    move |p| bones.iter().any(|bone| bone.mask.contains(p))
}

fn drawn_bones(anatomy: &Anatomy) -> impl Iterator<Item = &Organ> {
    let drawn = |o: &&Organ| o.kind.is_bone() && o.source == OrganSource::Imported;
    anatomy.organs.iter().filter(drawn)
}

fn bones_are_drawn(anatomy: &Anatomy) -> bool {
    let has = |kind| drawn_bones(anatomy).any(|organ| organ.kind == kind);
    has(OrganKind::Sacrum)
        && [Side::Left, Side::Right]
            .into_iter()
            .all(|side| has(OrganKind::Hip(side)))
}

/// Recognised bone, and cortex around its border where no vessel runs.
fn with_cortex(bone: &Mask, ct: &Volume<i16>, vessels: &Mask) -> Mask {
    let depth = isoboost_volume::signed_distance(bone);
    let hu = resample_trilinear(ct, bone.grid(), f32::from(i16::MIN));
    let around = depth.as_slice().iter().zip(hu.as_slice());
    let mut all = around.zip(vessels.as_slice());
    bone.map(|_| {
        all.next().is_some_and(|((depth, hu), vessel)| {
            let is_cortex = *depth <= UNSURE_MM && *hu >= CORTEX_HU;
            !vessel && (*depth <= 0.0 || is_cortex)
        })
    })
}

fn holds(tissue: &Mask, vessels: &Mask) -> bool {
    let inside = vessels.voxels().filter(|v| tissue[*v]).count();
    inside as f64 > HOLDS_VESSELS * vessels.count() as f64
}

/// Adds the voxels of another mask on the same grid.
pub(super) fn join(mask: &mut Mask, other: &Mask) {
    for (set, more) in mask.as_mut_slice().iter_mut().zip(other.as_slice()) {
        *set |= *more;
    }
}
