//! Spatial registrations (Spatial Registration IOD, PS3.3 A.39.1, module C.20.2): how frames of
//! reference lie in one another.
//!
//! An object has one registered frame of reference, its own, and an item for each frame that was
//! brought into it; the item's matrix maps positions of the item's frame to the registered one. A
//! user may need it either way round, or from one item's frame to another's.

mod matrix;
mod read;

use dicom_dictionary_std::uids;
use nalgebra::Isometry3;

pub use read::read_spatial_registration;

use crate::{AttributeError, Finding, HeaderError};

/// A rigid registration of frames of reference.
#[derive(Debug, Clone, PartialEq)]
pub struct SpatialRegistration {
    /// SOP Instance UID.
    pub sop_instance_uid: String,
    /// The frame of reference that the others were brought into.
    pub registered_frame: String,
    /// Patient ID, to hold against that of the images.
    pub patient_id: Option<String>,
    /// The frames that were brought into it.
    pub frames: Vec<SourceFrame>,
    /// What is irregular about it.
    pub findings: Vec<Finding>,
}

/// A frame of reference and how it lies in the registered one.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceFrame {
    /// Frame of Reference UID; `None` where the item refers to images instead.
    pub frame_of_reference: Option<String>,
    /// SOP Instance UIDs of the images it refers to.
    pub images: Vec<String>,
    /// From LPS positions of this frame to those of the registered one, mm.
    pub registered_from_source: Isometry3<f64>,
}

/// A frame of reference by its identifier and its images.
#[derive(Debug, Clone, Copy)]
pub struct FrameOfImages<'a> {
    /// Frame of Reference UID.
    pub uid: &'a str,
    /// SOP Instance UIDs of images in it, for registrations that name no frame.
    pub images: &'a [&'a str],
}

/// Two items that say of one frame different things are told apart from this on, mm and radians.
const SAME_TRANSFORM: f64 = 0.01;

impl SpatialRegistration {
    /// The map of LPS positions in mm from one frame of reference to another, whichever of them is
    /// the registered one.
    ///
    /// # Errors
    /// When one of the frames is not part of the registration, or has two different matrices.
    pub fn to_from(
        &self,
        to: FrameOfImages<'_>,
        from: FrameOfImages<'_>,
    ) -> Result<Isometry3<f64>, RegistrationProblem> {
        let registered_from_to = self.registered_from(to)?;
        let registered_from_from = self.registered_from(from)?;
        Ok(registered_from_to.inverse() * registered_from_from)
    }

    fn registered_from(
        &self,
        frame: FrameOfImages<'_>,
    ) -> Result<Isometry3<f64>, RegistrationProblem> {
        if frame.uid == self.registered_frame {
            return Ok(Isometry3::identity());
        }
        let is_of = |item: &&SourceFrame| match &item.frame_of_reference {
            Some(uid) => uid == frame.uid,
            None => item
                .images
                .iter()
                .any(|i| frame.images.contains(&i.as_str())),
        };
        let mut items = self.frames.iter().filter(is_of);
        let first = items
            .next()
            .ok_or_else(|| RegistrationProblem::OtherFrames {
                wanted: frame.uid.to_owned(),
                found: self.frame_uids(),
            })?;
        let differs = |item: &SourceFrame| {
            let between = first.registered_from_source.inverse() * item.registered_from_source;
            between.translation.vector.norm() > SAME_TRANSFORM
                || between.rotation.angle() > SAME_TRANSFORM
        };
        if items.any(differs) {
            return Err(RegistrationProblem::Ambiguous {
                frame: frame.uid.to_owned(),
            });
        }
        Ok(first.registered_from_source)
    }

    /// The frames of reference that it connects, the registered one first.
    pub fn frame_uids(&self) -> Vec<String> {
        let mut uids = vec![self.registered_frame.clone()];
        for frame in &self.frames {
            let uid = frame.frame_of_reference.as_ref();
            if let Some(uid) = uid.filter(|uid| !uids.contains(uid)) {
                uids.push(uid.clone());
            }
        }
        uids
    }
}

/// Why a registration cannot be read or used.
#[derive(Debug, thiserror::Error)]
#[error("{problem}, file {file}")]
pub struct RegistrationReadError {
    /// The file, with the archive's name before it where it lies in one.
    pub file: String,
    /// What is wrong.
    #[source]
    pub problem: RegistrationProblem,
}

/// What is wrong with a registration.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RegistrationProblem {
    /// The file cannot be read as DICOM.
    #[error(transparent)]
    Header(#[from] HeaderError),
    /// The file is another kind of object.
    #[error(
        "SOPClassUID (0008,0016) is `{found}`, expected a Spatial Registration ({})",
        uids::SPATIAL_REGISTRATION_STORAGE
    )]
    NotARegistration {
        /// SOP Class UID found.
        found: String,
    },
    /// A field of displacements.
    #[error(
        "the registration is deformable ({}); targets are moved rigidly alone: export a rigid \
         registration of the pelvis as Spatial Registration, or leave --registration out",
        uids::DEFORMABLE_SPATIAL_REGISTRATION_STORAGE
    )]
    Deformable,
    /// An attribute is missing or unusable.
    #[error(transparent)]
    Attribute(#[from] AttributeError),
    /// Scaled or sheared.
    #[error(
        "FrameOfReferenceTransformationMatrixType (0070,030C) is `{found}`, expected `RIGID`; \
         export a rigid registration"
    )]
    NotRigidType {
        /// The value found.
        found: String,
    },
    /// A matrix that is no rigid motion.
    #[error(
        "FrameOfReferenceTransformationMatrix (3006,00C6) is no rigid motion: {reason}; export a \
         rigid registration"
    )]
    NotRigid {
        /// What of it.
        reason: String,
    },
    /// A frame that the registration does not connect.
    #[error(
        "the registration connects the frames of reference {}, not {wanted}; it belongs to other \
         images",
        found.join(", ")
    )]
    OtherFrames {
        /// The frame that was asked for.
        wanted: String,
        /// Those that it has.
        found: Vec<String>,
    },
    /// Two matrices for one frame.
    #[error("the registration has different matrices for the frame of reference {frame}")]
    Ambiguous {
        /// The frame.
        frame: String,
    },
}
