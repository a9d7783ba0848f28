//! The result of a study as documents: the report and its schema, a table, a picture, NIfTI files,
//! and the comparison of two results.

mod canvas;
mod changes;
mod chart;
mod checkerboard;
mod cohort;
mod compare;
mod compose;
mod document;
mod drr;
mod field;
mod isotoxic;
mod layers;
mod mip;
mod nifti;
mod page;
mod plane;
mod planning_ct;
mod recommendation;
pub mod slice;
mod status;
mod table;

pub use changes::{
    CHANGES_SCHEMA, Change, ChangeKind, ChangesDocument, ClassInfo, MadeFinding, changes,
};
pub use chart::ChartError;
pub use checkerboard::checkerboard_png;
pub use cohort::{
    COHORT_SCHEMA, Cohort, CohortError, CohortRow, CohortSummary, KindCount, PolicyCount,
};
pub use compare::{
    CompareError, Difference, LabelTolerance, MatchTolerance, NumberTolerance, Tolerance, compare,
};
pub use document::{
    AbsentReference, AlternativeInfo, CtInfo, DISCLAIMER, DerivationStep, ExcludedInfo, LesionInfo,
    MarginInfo, MeasuresInfo, NormalisedSuv, OverrideInfo, PetInfo, PointInfo, ProvenanceInfo,
    PsmaRadsInfo, RecoveryInfo, ReferenceUptake, References, RegionTotal, Report, ReviewInfo,
    RuleInfo, SCHEMA, SIGNED_DISCLAIMER, Software, StageInfo, StudyInfo, SuspicionInfo, SuvInfo,
    TargetInfo, Total, UncertaintyInfo, WarningInfo,
};
pub use drr::{Attenuation, Detector, DrrOutline, drr_png, project_drr};
pub use field::{ApertureInfo, BeamInfo, BorderInfo, BorderPointInfo, FieldInfo};
pub use isotoxic::{
    BoostInfo, ConstraintInfo, ConstraintSetInfo, ConstraintValue, DistanceInfo, IsotoxicInfo,
    LevelInfo, LimitedByInfo, OrganDoseInfo, OverlapInfo, PlanDoseInfo, PlanInfo, RiskOrganInfo,
};
pub use layers::{NumberedMask, pack_layers};
pub use mip::{MipMark, mip_png};
pub use nifti::{
    NiftiError, read_label_map, read_label_volumes, read_volume, write_label_layers,
    write_label_map, write_volume,
};
pub use page::{
    LesionFigure, OutlinedRegion, PageError, PageFigure, PagePictures, TriplePicture, TripleView,
};
pub use plane::Plane;
pub use planning_ct::{AlignmentInfo, PlanningCtInfo};
pub use recommendation::{
    CountsInfo, DoseLevelInfo, FactsInfo, FiredRuleInfo, PolicyInfo, RecommendationInfo,
    TouchingInfo, WholeVolumeInfo,
};
pub use status::PictureStatus;
pub use table::lesions_csv;

/// Why a table cannot be made.
pub type TableError = csv::Error;
/// Why a picture cannot be made.
pub type PictureError = image::ImageError;
