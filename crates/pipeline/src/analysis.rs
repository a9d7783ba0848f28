//! From images to what is found in them, without files: the middle of the row.

use isoboost_anatomy::{Absent, Anatomy, ImportedOrgan, ReferenceUptake, References};
use isoboost_lesion::{LesionError, Level, NamedOrgan, ReferenceLevels, Surroundings};
use isoboost_staging::{ExclusionReason, Scan, Staging};

use crate::config::Config;
use crate::events::Stage;
use crate::redraw;

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
    analyse_watched(scan, organs, config, &mut |_| ())
}

/// The same; `done` is told of each stage that is over.
pub(crate) fn analyse_watched(
    scan: Scan<'_>,
    organs: &[ImportedOrgan],
    config: &Config,
    done: &mut dyn FnMut(Stage),
) -> Result<Analysis, LesionError> {
    let anatomy = isoboost_anatomy::recognise(scan.ct, scan.suv, organs);
    let references =
        isoboost_anatomy::measure_references(&anatomy, scan.suv, config.references.liver);
    done(Stage::Anatomy);
    let surroundings = surroundings_of(&anatomy, &references, scan.liver_excreted);
    let uptake = isoboost_lesion::find_uptake(scan.suv, &surroundings, &config.lesion)?;
    let found = uptake.foci();
    done(Stage::Lesions);
    let blood_pool = references.blood_pool.as_ref().ok().map(|blood| blood.mean);
    let scan = Scan { blood_pool, ..scan };
    let mut staging = isoboost_staging::stage(found, &anatomy, scan, &config.staging);
    redraw::lesions(&mut staging, &uptake, &config.lesion);
    let staging = staging.with_scores(&references, scan.liver_excreted);
    done(Stage::Staging);
    Ok(Analysis {
        anatomy,
        references,
        staging,
    })
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
