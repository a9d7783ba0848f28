//! Where the planning CT lies in relation to the PET/CT.

use isoboost_anatomy::{Anatomy, ImportedOrgan, OrganKind, recognise, rigid_pelvis};
use isoboost_dicom::{FrameOfImages, RegistrationReadError, Selection, Series};
use isoboost_planning::dose::DrawnRegion;
use isoboost_volume::{
    LEAST_BONE_CORRELATION, Mask, RegistrationQuality, Volume, assess_rigid, register_rigid,
};
use nalgebra::{Isometry3, Point3};

use super::{PlanningCt, PlanningCtError};
use crate::imported::{self, ImportedFrom};

/// How the two are related.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    /// They share a frame of reference.
    SameFrame,
    /// By a registration that was handed in.
    RegistrationObject,
    /// By an alignment of the bones.
    Automatic,
}

/// The relation of the planning CT to the PET/CT.
#[derive(Debug, Clone)]
pub(crate) struct Placement {
    pub(crate) how: How,
    /// From LPS positions of the PET/CT to those of the planning CT.
    pub(crate) planning_from_pet: Isometry3<f64>,
    /// How well bones fit; for an alignment alone.
    pub(crate) quality: Option<RegistrationQuality>,
    /// Correlation of the bones of the pelvis under it, where both show them.
    pub(crate) bone_correlation: Option<f64>,
    /// Middle of the pelvis in the planning CT.
    pub(crate) pelvis: Option<Point3<f64>>,
    pub(crate) evidence: Vec<String>,
    pub(crate) cautions: Vec<String>,
}

/// Where the planning CT lies, and what is drawn on it.
#[derive(Debug)]
pub(crate) struct PlacedCt {
    pub(crate) placement: Placement,
    /// What is drawn on it.
    pub(crate) organs: Vec<ImportedOrgan>,
    pub(crate) drawn: Vec<DrawnRegion>,
}

/// The planning CT with its voxels and its place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PlanningImages<'a> {
    pub(crate) found: &'a PlanningCt,
    /// HU.
    pub(crate) ct: &'a Volume<i16>,
    pub(crate) placed: &'a PlacedCt,
}

impl PlacedCt {
    /// Reads what is drawn on the planning CT and finds out where it lies.
    pub(crate) fn of(
        found: &PlanningCt,
        ct: &Volume<i16>,
        selection: &Selection<'_>,
        suv: &Volume<f32>,
        pet_ct: Option<&Volume<i16>>,
    ) -> Result<Self, PlanningCtError> {
        let (organs, drawn) = match &found.structures {
            Some(path) => {
                let from = ImportedFrom::StructureSet(path.clone());
                let organs = from.read(ct.grid(), &found.frame_of_reference)?;
                (organs, imported::regions(path)?)
            }
            None => (Vec::new(), Vec::new()),
        };
        let images = Both {
            suv,
            pet_ct,
            planning: ct,
        };
        let placement = images.place(found, selection)?;
        Ok(Self {
            placement,
            organs,
            drawn,
        })
    }

    /// The organs drawn on the planning CT as they lie in the PET/CT. Between two scans bladder and
    /// bowel fill anew: those are left out, unless the scans share their frame of reference.
    pub(crate) fn organs_for_pet(&self) -> Vec<ImportedOrgan> {
        let pet_from_planning = self.placement.planning_from_pet.inverse();
        let stays = |organ: &&ImportedOrgan| {
            self.placement.how == How::SameFrame || !changes_filling(&organ.name)
        };
        let moved = |organ: &ImportedOrgan| ImportedOrgan {
            name: organ.name.clone(),
            mask: organ.mask.clone().moved(&pet_from_planning),
        };
        self.organs.iter().filter(stays).map(moved).collect()
    }
}

/// Whether an organ looks different in the next scan.
fn changes_filling(name: &str) -> bool {
    matches!(
        OrganKind::from_name(name),
        Some(
            OrganKind::UrinaryBladder
                | OrganKind::Rectum
                | OrganKind::Colon
                | OrganKind::SmallBowel
                | OrganKind::Duodenum
                | OrganKind::Bowel
                | OrganKind::Stomach
        )
    )
}

/// The images that are held against each other.
struct Both<'a> {
    suv: &'a Volume<f32>,
    pet_ct: Option<&'a Volume<i16>>,
    planning: &'a Volume<i16>,
}

impl Both<'_> {
    fn place(
        &self,
        found: &PlanningCt,
        selection: &Selection<'_>,
    ) -> Result<Placement, PlanningCtError> {
        let pet_frame = selection.pet.frame_of_reference.as_deref();
        if pet_frame == Some(found.frame_of_reference.as_str()) {
            return Ok(self.in_same_frame(found));
        }
        match &found.registration {
            Some((file, _)) => {
                let given = given(found, selection).map_err(|problem| RegistrationReadError {
                    file: file.clone(),
                    problem,
                })?;
                Ok(self.as_given(given, found))
            }
            None => self.aligned(),
        }
    }

    fn in_same_frame(&self, found: &PlanningCt) -> Placement {
        let mut placement = self.fitted(Isometry3::identity(), How::SameFrame);
        placement.evidence.insert(
            0,
            "the planning CT and the PET share their frame of reference; nothing is moved"
                .to_owned(),
        );
        if found.registration.is_some() {
            let text = "the registration handed in is not used: the planning CT and the PET share their \
                        frame of reference";
            placement.cautions.push(text.to_owned());
        }
        placement
    }

    fn as_given(&self, planning_from_pet: Isometry3<f64>, found: &PlanningCt) -> Placement {
        let mut placement = self.fitted(planning_from_pet, How::RegistrationObject);
        if let Some((_, registration)) = &found.registration {
            let uid = &registration.sop_instance_uid;
            placement
                .evidence
                .insert(0, format!("the registration object {uid} says so"));
            let findings = registration.findings.iter().map(ToString::to_string);
            placement.cautions.extend(findings);
        }
        placement
    }

    /// A relation that is stated, with how well the bones fit under it.
    fn fitted(&self, planning_from_pet: Isometry3<f64>, how: How) -> Placement {
        let region = self.pet_ct.and_then(|ct| self.pelvis_of(ct).ok());
        let fit = region.as_ref().zip(self.pet_ct).and_then(|(region, ct)| {
            let (correlation, _) = assess_rigid(ct, region, self.planning, &planning_from_pet)?;
            Some(correlation)
        });
        let mut placement = Placement {
            how,
            planning_from_pet,
            quality: None,
            bone_correlation: fit,
            pelvis: region
                .and_then(|region| region.centroid())
                .map(|center| planning_from_pet * center),
            evidence: Vec::new(),
            cautions: Vec::new(),
        };
        match fit {
            Some(r) if r < LEAST_BONE_CORRELATION => placement.cautions.push(format!(
                "the bones of both CTs correlate by {r:.2} alone; look at images/registration-*.png \
                 before using any target"
            )),
            Some(r) => placement
                .evidence
                .push(format!("the bones of the pelvis correlate by {r:.2}")),
            None => placement.cautions.push(
                "whether the bones of both CTs lie on one another was not checked: the pelvis is not \
                 seen on both"
                    .to_owned(),
            ),
        }
        placement
    }

    /// Aligns the bones of the pelvis, from the CT that shows it.
    fn aligned(&self) -> Result<Placement, PlanningCtError> {
        let pet_ct = self.pet_ct.ok_or(PlanningCtError::NoCtOfPet)?;
        let (region, found) = match self.pelvis_of(pet_ct) {
            Ok(region) => {
                let found = register_rigid(pet_ct, &region, self.planning);
                let found = found.map_err(PlanningCtError::Refused)?;
                (region, (found.moving_from_fixed, found.quality))
            }
            Err(on_pet_ct) => {
                let region = self.pelvis_of(self.planning);
                let region = region.map_err(|on_planning_ct| PlanningCtError::NoPelvis {
                    pet_ct: on_pet_ct,
                    planning_ct: on_planning_ct,
                })?;
                let found = register_rigid(self.planning, &region, pet_ct);
                let found = found.map_err(PlanningCtError::Refused)?;
                let planning_from_pet = found.moving_from_fixed.inverse();
                (
                    region.moved(&found.moving_from_fixed),
                    (planning_from_pet, found.quality),
                )
            }
        };
        let (planning_from_pet, quality) = found;
        let degrees = planning_from_pet.rotation.angle().to_degrees();
        Ok(Placement {
            how: How::Automatic,
            planning_from_pet,
            quality: Some(quality),
            bone_correlation: Some(quality.correlation),
            pelvis: region.centroid().map(|center| planning_from_pet * center),
            evidence: vec![format!(
                "the bones of the pelvis were aligned: they correlate by {:.2}, halves of them alone \
                 come to lie within {:.1} mm; turned by {degrees:.1}°",
                quality.correlation, quality.halves_mm
            )],
            cautions: vec![
                "the planning CT was aligned automatically by the bones of the pelvis; look at \
                 images/registration-*.png before using any target"
                    .to_owned(),
            ],
        })
    }

    /// The bones of the pelvis on one of the CTs.
    fn pelvis_of(&self, ct: &Volume<i16>) -> Result<Mask, String> {
        let anatomy: Anatomy = recognise(Some(ct), self.suv, &[]);
        rigid_pelvis(&anatomy).map_err(|absent| absent.to_string())
    }
}

/// What the registration that was handed in says.
fn given(
    found: &PlanningCt,
    selection: &Selection<'_>,
) -> Result<Isometry3<f64>, isoboost_dicom::RegistrationProblem> {
    let Some((_, registration)) = &found.registration else {
        return Ok(Isometry3::identity());
    };
    let planning_images = images_of(&[found.series()]);
    let pet_series: Vec<&Series> = std::iter::once(selection.pet).chain(selection.ct).collect();
    let pet_images = images_of(&pet_series);
    let pet_uid = selection.pet.frame_of_reference.as_deref();
    registration.to_from(
        FrameOfImages {
            uid: &found.frame_of_reference,
            images: &planning_images,
        },
        FrameOfImages {
            uid: pet_uid.unwrap_or_default(),
            images: &pet_images,
        },
    )
}

fn images_of<'a>(series: &[&'a Series]) -> Vec<&'a str> {
    let instances = series.iter().flat_map(|series| &series.instances);
    instances.map(|i| i.sop_instance_uid.as_str()).collect()
}
