//! From images to what is found in them, without files: the middle of the row.

use isoboost_anatomy::{Absent, Anatomy, ImportedOrgan, ReferenceUptake, References};
use isoboost_lesion::{
    LesionError, Level, NamedOrgan, ReferenceLevels, Surroundings, Uptake, UptakeMap,
};
use isoboost_staging::{ExclusionReason, Judgement, Scan, Staging};

use crate::config::Config;
use crate::events::Stage;
use crate::redraw;
pub(crate) use crate::redraw::Outlines;

/// What is found in a scan.
#[derive(Debug, Clone)]
pub struct Analysis {
    /// Where things are.
    pub anatomy: Anatomy,
    /// Uptake of reference organs.
    pub references: References,
    /// What each focus is.
    pub staging: Staging,
}

/// Recognises the anatomy, finds uptake and judges it. `organs` were drawn by other software.
///
/// # Errors
/// When a voxel of the PET is not a number.
pub fn analyse(
    scan: Scan<'_>,
    organs: &[ImportedOrgan],
    config: &Config,
) -> Result<Analysis, LesionError> {
    let Examined {
        anatomy,
        references,
        judgement,
        uptake,
    } = examine(scan, organs, config, &mut |_| ())?;
    let course = Course {
        scan,
        anatomy: &anatomy,
        references: &references,
        config,
    };
    let staging = course.staging(judgement, &uptake, &Outlines::default());
    Ok(Analysis {
        anatomy,
        references,
        staging,
    })
}

/// What is found in a scan before the foci are looked at together.
#[derive(Debug)]
pub(crate) struct Examined {
    pub(crate) anatomy: Anatomy,
    pub(crate) references: References,
    /// What each focus is by itself.
    pub(crate) judgement: Judgement,
    /// Whose ground is whose.
    pub(crate) uptake: UptakeMap,
}

/// Recognises, finds and judges; `done` is told of each stage that is over.
pub(crate) fn examine(
    scan: Scan<'_>,
    organs: &[ImportedOrgan],
    config: &Config,
    done: &mut dyn FnMut(Stage),
) -> Result<Examined, LesionError> {
    let anatomy = isoboost_anatomy::recognise(scan.ct, scan.suv, organs);
    let references =
        isoboost_anatomy::measure_references(&anatomy, scan.suv, config.references.liver);
    done(Stage::Anatomy);
    let surroundings = surroundings_of(&anatomy, &references, scan.liver_excreted);
    let uptake = isoboost_lesion::find_uptake(scan.suv, &surroundings, &config.lesion)?;
    let found = uptake.foci();
    let uptake = uptake.map().clone();
    done(Stage::Lesions);
    let course = Course {
        scan,
        anatomy: &anatomy,
        references: &references,
        config,
    };
    let judgement = isoboost_staging::judge(found, &anatomy, course.scan(), &config.staging);
    Ok(Examined {
        anatomy,
        references,
        judgement,
        uptake,
    })
}

/// What foci are judged, drawn and scored with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Course<'a> {
    pub(crate) scan: Scan<'a>,
    pub(crate) anatomy: &'a Anatomy,
    pub(crate) references: &'a References,
    pub(crate) config: &'a Config,
}

impl<'a> Course<'a> {
    /// The scan with what was measured in it.
    pub(crate) fn scan(&self) -> Scan<'a> {
        let blood_pool = self.references.blood_pool.as_ref().ok();
        Scan {
            blood_pool: blood_pool.map(|blood| blood.mean),
            ..self.scan
        }
    }

    /// What outlines are drawn with.
    pub(crate) fn surroundings(&self) -> Surroundings<'a> {
        surroundings_of(self.anatomy, self.references, self.scan.liver_excreted)
    }

    /// All foci with what they are, drawn by the rules of their regions and scored.
    pub(crate) fn staging(
        &self,
        judgement: Judgement,
        map: &UptakeMap,
        outlines: &Outlines<'_>,
    ) -> Staging {
        let surroundings = self.surroundings();
        let lesion = &self.config.lesion;
        let uptake = Uptake::of_map(self.scan.suv, &surroundings, lesion, map.clone());
        let mut staging = judgement.staging(&self.config.staging);
        redraw::lesions(&mut staging, &uptake, lesion, outlines);
        staging.with_scores(self.references, self.scan.liver_excreted)
    }
}

/// What finding and outlining know of the patient. Outlines may not grow into organs that have
/// uptake of their own; others, as a vessel beside a node, may touch them.
fn surroundings_of<'a>(
    anatomy: &'a Anatomy,
    references: &References,
    liver_excreted: bool,
) -> Surroundings<'a> {
    let hot = |kind| ExclusionReason::for_organ(kind).is_some();
    let organs = anatomy.organs.iter().filter(|organ| hot(organ.kind));
    let organs = organs.map(|organ| NamedOrgan {
        name: organ.kind.name(),
        mask: &organ.mask,
    });
    let level = |uptake: &Result<ReferenceUptake, Absent>| {
        let uptake = uptake.as_ref().ok();
        uptake.map(|u| Level {
            mean: u.mean,
            sd: u.sd,
        })
    };
    Surroundings {
        references: ReferenceLevels {
            blood_pool: level(&references.blood_pool),
            liver: level(&references.liver),
            spleen: level(&references.spleen),
            parotid: level(&references.parotid),
        },
        liver_excreted,
        bone: anatomy.bone.as_ref(),
        organs: organs.collect(),
    }
}
