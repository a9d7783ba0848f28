//! Why a planning CT cannot be used.

use isoboost_volume::RegistrationRefusal;

/// Why a planning CT cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlanningCtError {
    /// The folder cannot be searched.
    #[error("--planning-ct: {0}")]
    Discover(#[from] isoboost_dicom::DiscoverError),
    /// No CT in it.
    #[error("--planning-ct `{path}` holds no CT that can be used{reasons}")]
    NoCt {
        /// The folder.
        path: String,
        /// What stands against each series, after a colon; empty without any.
        reasons: String,
    },
    /// More than one CT in it.
    #[error(
        "--planning-ct `{path}` must hold one CT series, found {}; move the others away or choose one \
         with --planning-ct-series",
        found.join(", ")
    )]
    SeveralCts {
        /// The folder.
        path: String,
        /// The series.
        found: Vec<String>,
    },
    /// More than one structure set of the planning CT.
    #[error(
        "--planning-ct `{path}` holds {} structure sets of the planning CT, of which one is expected: {}",
        found.len(),
        found.join(", ")
    )]
    SeveralStructureSets {
        /// The folder.
        path: String,
        /// The files.
        found: Vec<String>,
    },
    /// A planning CT without coordinates.
    #[error(
        "the planning CT ({label}) has no FrameOfReferenceUID (0020,0052), without which no structure \
         can be placed on it"
    )]
    NoFrameOfReference {
        /// Number and description of the series.
        label: String,
    },
    /// Another patient's images.
    #[error(
        "the planning CT belongs to another patient than study {study_uid}: PatientID (0010,0020) \
         differs; give the planning CT of this patient"
    )]
    OtherPatient {
        /// Study Instance UID of the PET/CT.
        study_uid: String,
    },
    /// Another patient's registration.
    #[error(
        "the registration `{file}` belongs to another patient: PatientID (0010,0020) differs from that \
         of the PET/CT"
    )]
    RegistrationOfOtherPatient {
        /// The file.
        file: String,
    },
    /// The registration cannot be read.
    #[error("--registration: {0}")]
    Registration(#[from] isoboost_dicom::RegistrationReadError),
    /// The voxels cannot be read.
    #[error(transparent)]
    Load(#[from] isoboost_dicom::LoadError),
    /// The structure set cannot be read.
    #[error(transparent)]
    Structures(#[from] crate::ImportError),
    /// There is nothing to align with.
    #[error(
        "the planning CT lies in another frame of reference than the PET, and the study has no CT to \
         align it with; give a DICOM Spatial Registration with --registration"
    )]
    NoCtOfPet,
    /// The pelvis is seen on neither.
    #[error(
        "the planning CT lies in another frame of reference than the PET, and the pelvis is recognised \
         on neither CT ({pet_ct}; {planning_ct}); give a DICOM Spatial Registration with --registration"
    )]
    NoPelvis {
        /// Why not on the CT of the PET/CT.
        pet_ct: String,
        /// Why not on the planning CT.
        planning_ct: String,
    },
    /// The automatic alignment is not reliable.
    #[error(
        "the planning CT cannot be aligned with the CT of the PET/CT: {0}; check that both are of this \
         patient and show the pelvis, or give a DICOM Spatial Registration with --registration"
    )]
    Refused(RegistrationRefusal),
}
