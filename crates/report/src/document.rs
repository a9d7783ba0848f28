//! `report.json`: everything else in a result folder is a view of it.
//!
//! The keys are a contract. Numbers are in the units of their names, positions are LPS in mm, and
//! what is not known is `null`, never 0 or an empty text.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::field::FieldInfo;
use crate::isotoxic::IsotoxicInfo;
use crate::planning_ct::PlanningCtInfo;
use crate::recommendation::{DoseLevelInfo, RecommendationInfo};

/// Name and version of the document's format.
pub const SCHEMA: &str = "isoboost.report/1";
/// What every reader must know, in every report.
pub const DISCLAIMER: &str =
    "Suggestion for review by trained people; unapproved; not a medical device.";

/// The result of one study.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// Name and version of the format: `isoboost.report/1`.
    #[schemars(extend("const" = SCHEMA))]
    pub schema: String,
    /// What every reader must know.
    pub disclaimer: String,
    /// The software and its settings.
    pub software: Software,
    /// The study.
    pub study: StudyInfo,
    /// The PET that was used.
    pub pet: PetInfo,
    /// The CT that was used; null without one.
    pub ct: Option<CtInfo>,
    /// The planning CT that the targets are drawn on; null where they are drawn on the CT or PET.
    pub planning_ct: Option<PlanningCtInfo>,
    /// Frame of Reference UID of the PET.
    pub frame_of_reference_uid: Option<String>,
    /// How the SUV was derived.
    pub suv: SuvInfo,
    /// Uptake of reference organs.
    pub references: References,
    /// Disease, in the order of the numbers.
    pub lesions: Vec<LesionInfo>,
    /// Physiological uptake, kept so that it can be restored.
    pub excluded: Vec<ExcludedInfo>,
    /// Uptake above the finding threshold that is too small to delineate.
    pub points: Vec<PointInfo>,
    /// The patient's miTNM (PROMISE).
    pub mi_tnm: String,
    /// What it rests on.
    pub stage: StageInfo,
    /// Sums over the lesions.
    pub total: Total,
    /// What is suggested, and why.
    pub recommendation: RecommendationInfo,
    /// The volumes in `rtstruct.dcm` and `targets.nii.gz`.
    pub targets: Vec<TargetInfo>,
    /// The conventional field of the pelvis; null where none is suggested or none can be drawn.
    pub field: Option<FieldInfo>,
    /// Doses and boosts held against the limits of organs; null where there was nothing to look at.
    pub isotoxic: Option<IsotoxicInfo>,
    /// What a planner must know.
    pub warnings: Vec<WarningInfo>,
    /// Where everything came from.
    pub provenance: ProvenanceInfo,
}

/// The software and its settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Software {
    /// `isoboost`.
    pub name: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of the resolved configuration.
    pub config_sha256: String,
}

/// The study.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StudyInfo {
    /// Study Instance UID.
    pub study_uid: String,
    /// Patient ID.
    pub patient_id: Option<String>,
    /// Study Date, `YYYY-MM-DD`.
    pub date: Option<String>,
}

/// The PET that was used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PetInfo {
    /// Series Instance UID.
    pub series_uid: String,
    /// Manufacturer of the scanner.
    pub manufacturer: Option<String>,
    /// The tracer.
    pub tracer: Option<String>,
    /// The nuclide.
    pub nuclide: Option<String>,
    /// Columns, rows, slices.
    pub size: [usize; 3],
    /// Column, row and slice spacing.
    pub spacing_mm: [f64; 3],
}

/// The CT that was used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CtInfo {
    /// Series Instance UID.
    pub series_uid: String,
    /// Columns, rows, slices.
    pub size: [usize; 3],
    /// Column, row and slice spacing.
    pub spacing_mm: [f64; 3],
}

/// How the SUV was derived.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SuvInfo {
    /// What it is normalised to: `bw`.
    pub kind: String,
    /// The unit after UCUM.
    pub units: String,
    /// SUV per rescaled stored value; null where it differs between the frames.
    pub factor: Option<f64>,
    /// SUL (Janmahasatian) per SUVbw in this patient.
    pub sul_per_bw: Option<f64>,
    /// SUVbsa in cm²/mL per SUVbw in this patient.
    pub suvbsa_per_bw: Option<f64>,
    /// The derivation line by line.
    pub derivation: Vec<DerivationStep>,
    /// Facts that the operator's options stood in for.
    pub overrides: Vec<OverrideInfo>,
}

/// One line of the derivation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DerivationStep {
    /// What it is.
    pub name: String,
    /// The value with its unit.
    pub value: String,
    /// The attribute, option or rule behind it.
    pub source: String,
}

/// A fact that an option stood in for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OverrideInfo {
    /// The option.
    pub option: String,
    /// The value given.
    pub value: String,
    /// What the header had in its place.
    pub instead_of: String,
}

/// Uptake of reference organs; null where it was not measured.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct References {
    /// Blood pool of the aorta.
    pub blood_pool: Option<ReferenceUptake>,
    /// Liver.
    pub liver: Option<ReferenceUptake>,
    /// Spleen, the reference of liver-excreted tracers.
    pub spleen: Option<ReferenceUptake>,
    /// Parotid glands.
    pub parotid: Option<ReferenceUptake>,
    /// Why the others were not measured.
    pub absent: Vec<AbsentReference>,
}

/// A reference organ that was not measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AbsentReference {
    /// The organ.
    pub organ: String,
    /// Why.
    pub reason: String,
}

/// Uptake of one organ.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReferenceUptake {
    /// Mean SUVbw, g/mL.
    pub suv_mean: f64,
    /// Standard deviation of the voxels, SUVbw g/mL.
    pub suv_sd: f64,
    /// Highest voxel, SUVbw g/mL.
    pub suv_max: f64,
    /// Number of voxels.
    pub n_voxels: usize,
    /// Their volume.
    pub volume_ml: f64,
    /// Mean position, LPS.
    pub center_mm: [f64; 3],
    /// What was measured, as in `sphere of 30 mm in the right lobe`.
    pub region: String,
    /// Where the organ is known from.
    pub organ: String,
    /// What to know of it; mostly nothing.
    pub notes: Vec<String>,
}

/// What the outline of a lesion depends on: its volume and mean over published rules.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UncertaintyInfo {
    /// Smallest and largest volume.
    pub volume_ml: Option<[f64; 2]>,
    /// Lowest and highest SUVmean, SUVbw g/mL.
    pub suv_mean: Option<[f64; 2]>,
    /// Smallest by largest volume: 1 when all rules agree.
    pub firmness: Option<f64>,
    /// What each rule draws.
    pub rules: Vec<RuleInfo>,
    /// The rules that draw no outline of it, each with why.
    pub without: Vec<String>,
}

/// An estimate of the uptake without the partial volume effect: of the ball in an even background
/// that shows the lesion's volume at half of its height through the blur.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecoveryInfo {
    /// Estimated uptake, SUVbw g/mL; null where nothing can be said.
    pub suv: Option<f64>,
    /// Full width at half maximum of the blur that was given.
    pub psf_fwhm_mm: Option<f64>,
    /// Share of the uptake above background that the PET is taken to show.
    #[schemars(range(min = 0, max = 1))]
    pub coefficient: Option<f64>,
    /// Diameter of the ball that was assumed.
    pub diameter_mm: Option<f64>,
    /// Why nothing can be said.
    pub absent: Option<String>,
}

/// What a rule draws.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleInfo {
    /// The rule.
    pub rule: String,
    /// SUVbw at the border.
    pub threshold_suv: f64,
    /// Volume between voxel centres.
    pub volume_ml: f64,
    /// Mean SUVbw of the voxels inside.
    pub suv_mean: f64,
}

/// The measures of a focus.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MeasuresInfo {
    /// Highest voxel, SUVbw g/mL.
    pub suv_max: f64,
    /// Highest mean over 1 mL, SUVbw g/mL.
    pub suv_peak: f64,
    /// Mean, SUVbw g/mL.
    pub suv_mean: f64,
    /// Volume of the voxels (PSMA-TV).
    pub volume_ml: f64,
    /// Mean times volume (TL-PSMA).
    pub tl_psma: f64,
    /// Largest distance of two points of the surface.
    pub longest_diameter_mm: f64,
    /// Mean over 1 mL around the highest voxel, SUVbw g/mL.
    pub suv_peak_local: f64,
    /// Median, SUVbw g/mL.
    pub suv_median: f64,
    /// Standard deviation of the voxels, SUVbw g/mL.
    pub suv_sd: f64,
    /// Lowest voxel, SUVbw g/mL.
    pub suv_min: f64,
    /// 10th percentile, SUVbw g/mL.
    pub suv_p10: f64,
    /// 90th percentile, SUVbw g/mL.
    pub suv_p90: f64,
    /// 75th minus 25th percentile, SUVbw g/mL.
    pub suv_interquartile_range: f64,
    /// Standard deviation by mean.
    pub coefficient_of_variation: f64,
    /// Skewness of the voxels' SUV.
    pub skewness: f64,
    /// Excess kurtosis of the voxels' SUV.
    pub kurtosis: f64,
    /// Volume inside the surface.
    pub volume_isosurface_ml: f64,
    /// Area of the surface.
    pub surface_area_mm2: f64,
    /// Area by volume; null where the surface encloses nothing.
    pub surface_to_volume_per_mm: Option<f64>,
    /// 1 for a sphere, less for other shapes; null where the surface encloses nothing.
    pub sphericity: Option<f64>,
    /// Longest diameter within a slice of the PET.
    pub axial_diameter_mm: f64,
    /// Longest chord perpendicular to it in the same slice.
    pub short_axis_mm: f64,
    /// Mean of the tissue 5 to 15 mm around, SUVbw g/mL; null where too little is left of it.
    pub background_suv: Option<f64>,
    /// Its standard deviation, SUVbw g/mL.
    pub background_sd_suv: Option<f64>,
    /// `suv_max` by `background_suv`.
    pub contrast: Option<f64>,
    /// `suv_mean` by `background_suv`.
    pub contrast_mean: Option<f64>,
    /// By lean body mass (Janmahasatian), g/mL; null without the patient's factor.
    pub sul: Option<NormalisedSuv>,
    /// By body surface, cm²/mL; null without the patient's factor.
    pub suvbsa: Option<NormalisedSuv>,
    /// Mean position, LPS.
    pub centroid_mm: [f64; 3],
    /// Position of the highest voxel, LPS.
    pub max_mm: [f64; 3],
    /// SUVbw at the border.
    pub threshold_suv: f64,
    /// How the border was chosen.
    pub delineation: String,
}

/// The SUV of a focus, not by body weight.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NormalisedSuv {
    /// Highest voxel.
    pub suv_max: f64,
    /// Highest mean over 1 mL.
    pub suv_peak: f64,
    /// Mean.
    pub suv_mean: f64,
    /// Median.
    pub suv_median: f64,
    /// Standard deviation of the voxels.
    pub suv_sd: f64,
}

/// A focus taken for disease.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LesionInfo {
    /// Its number, the label in `labels.nii.gz`.
    pub id: u32,
    /// `prostate_bed`, `pelvic_node`, `distant` or `undetermined`.
    #[schemars(extend("enum" = ["prostate_bed", "pelvic_node", "distant", "undetermined"]))]
    pub region: String,
    /// Where it is, in words.
    pub site: String,
    /// Node station.
    pub station: Option<String>,
    /// Where in the prostate bed: `anastomosis`, `retrovesical` or `lateral`.
    pub bed_site: Option<String>,
    /// Other classes within the accuracy of the borders, the weightiest first.
    pub alternatives: Vec<AlternativeInfo>,
    /// What it may be instead of disease, the most plausible first.
    pub suspicions: Vec<SuspicionInfo>,
    /// What the CT shows of it; null where it shows nothing or cannot be told.
    pub ct_correlate: Option<String>,
    /// Category of PSMA-RADS that is proposed; null where score or CT do not allow one.
    pub psma_rads: Option<PsmaRadsInfo>,
    /// Its own miTNM category.
    pub mi_tnm: String,
    /// PSMA expression score of PROMISE; null without reference organs.
    #[schemars(range(min = 0, max = 3))]
    pub psma_score: Option<u8>,
    /// Its measures.
    #[serde(flatten)]
    pub measures: MeasuresInfo,
    /// How sure the class is, 0 to 1.
    #[schemars(range(min = 0, max = 1))]
    pub confidence: f64,
    /// Share of the voxels that all rules of a consensus agree on; null for a single rule.
    #[schemars(range(min = 0, max = 1))]
    pub agreement: Option<f64>,
    /// What other rules would draw.
    pub uncertainty: Option<UncertaintyInfo>,
    /// Estimated, not measured: its uptake without the blur of the PET; null where the width of the
    /// blur is not given.
    pub estimated_recovery: Option<RecoveryInfo>,
    /// The reasons.
    pub evidence: Vec<String>,
    /// What to know of its outline.
    pub notes: Vec<String>,
}

/// Another class that a lesion near a border may have.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AlternativeInfo {
    /// `prostate_bed`, `pelvic_node`, `distant` or `undetermined`.
    pub region: String,
    /// Node station.
    pub station: Option<String>,
    /// Share of the places around it that have this class.
    #[schemars(range(min = 0, max = 1))]
    pub weight: f64,
}

/// What a lesion may be instead of disease.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SuspicionInfo {
    /// What it may be, as in `ureter`.
    pub reason: String,
    /// How plausible that is.
    #[schemars(range(min = 0, max = 1))]
    pub plausibility: f64,
    /// The reasons.
    pub evidence: Vec<String>,
}

/// A proposed category of PSMA-RADS.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PsmaRadsInfo {
    /// As in `4` or `3A`.
    pub category: String,
    /// Why.
    pub evidence: String,
}

/// What the patient's miTNM rests on.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StageInfo {
    /// `negative`, `bed`, `node`, `bed_and_node`, `oligometastatic`, `polymetastatic`, or
    /// `undetermined` while the place of a lesion is not known.
    #[schemars(regex(
        pattern = "^(negative|bed|node|bed_and_node|oligometastatic|polymetastatic|undetermined)$"
    ))]
    pub pattern: String,
    /// The findings as a reader would write them.
    pub sentence: String,
    /// Regions with pelvic nodes, as in `left external iliac`.
    pub node_regions: Vec<String>,
    /// `unifocal`, `oligometastatic` (two or three) or `disseminated` bone metastases; null without
    /// any.
    pub bone_pattern: Option<String>,
}

/// A focus taken for physiological uptake.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ExcludedInfo {
    /// Its number, counted on from the lesions.
    pub id: u32,
    /// What it is, as in `urinary_bladder`.
    pub reason: String,
    /// Its measures.
    #[serde(flatten)]
    pub measures: MeasuresInfo,
    /// How sure that is, 0 to 1.
    #[schemars(range(min = 0, max = 1))]
    pub confidence: f64,
    /// `certain`, or `likely` for a reader to confirm.
    #[schemars(extend("enum" = ["certain", "likely"]))]
    pub certainty: String,
    /// The reasons.
    pub evidence: Vec<String>,
}

/// Uptake that is too small to delineate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PointInfo {
    /// Highest voxel, SUVbw g/mL.
    pub suv_max: f64,
    /// Volume above the finding threshold.
    pub volume_ml: f64,
    /// Position of the highest voxel, LPS.
    pub max_mm: [f64; 3],
}

/// Sums over the lesions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Total {
    /// Volume of all lesions.
    pub psma_tv_ml: f64,
    /// Total lesion PSMA.
    pub tl_psma: f64,
    /// Number of lesions.
    pub lesions: usize,
    /// Highest voxel of all, SUVbw g/mL; null without lesions.
    pub suv_max: Option<f64>,
    /// Largest distance of the centroids of two lesions; null with fewer than two.
    pub dmax_mm: Option<f64>,
    /// The same for each region that has lesions.
    pub regions: Vec<RegionTotal>,
}

/// Sums over the lesions of one region.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RegionTotal {
    /// `prostate_bed`, `pelvic_node`, `distant` or `undetermined`.
    pub region: String,
    /// Volume of its lesions.
    pub psma_tv_ml: f64,
    /// Total lesion PSMA.
    pub tl_psma: f64,
    /// Number of its lesions.
    pub lesions: usize,
    /// Highest voxel, SUVbw g/mL.
    pub suv_max: Option<f64>,
    /// Largest distance of the centroids of two of its lesions.
    pub dmax_mm: Option<f64>,
}

/// A suggested volume.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TargetInfo {
    /// ROI Number in the structure set, the label in `targets.nii.gz`.
    pub roi_number: u32,
    /// ROI Name.
    pub name: String,
    /// `GTV`, `CTV`, `PTV` or `FIELD`.
    #[schemars(extend("enum" = ["GTV", "CTV", "PTV", "FIELD"]))]
    pub kind: String,
    /// The lesions that it covers.
    pub lesion_ids: Vec<u32>,
    /// Volume of the voxels; that of the contours agrees within 0.5 %.
    pub volume_ml: f64,
    /// The margin from the volume inside; null for a GTV.
    pub margin_mm: Option<MarginInfo>,
    /// Dose to start from.
    pub dose_gy: Option<f64>,
    /// Number of fractions of that dose.
    pub fractions: Option<u32>,
    /// That dose and the others that the policy names, the one to start from first.
    pub dose_levels: Vec<DoseLevelInfo>,
    /// What a planner should know of it.
    pub notes: Vec<String>,
}

/// A margin by patient direction, mm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MarginInfo {
    /// To the patient's left.
    pub left: f64,
    /// To the patient's right.
    pub right: f64,
    /// To the front.
    pub anterior: f64,
    /// To the back.
    pub posterior: f64,
    /// To the head.
    pub superior: f64,
    /// To the feet.
    pub inferior: f64,
}

/// What a planner must know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WarningInfo {
    /// A name that does not change between versions.
    pub code: String,
    /// A sentence.
    pub text: String,
}

/// Where everything came from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProvenanceInfo {
    /// SHA-256 over the software version, the configuration, the options and the input objects;
    /// equal fingerprints mean equal results.
    pub fingerprint: String,
    /// Why these series were chosen.
    pub selection: Vec<String>,
    /// How the anatomy was recognised.
    pub anatomy: Vec<String>,
    /// SOP Instance UID of `rtstruct.dcm`.
    pub rtstruct_uid: Option<String>,
    /// SOP Instance UID of `seg.dcm`; null without a lesion.
    pub seg_uid: Option<String>,
    /// SOP Instance UID of `sr.dcm`; null without a lesion.
    pub sr_uid: Option<String>,
}

impl Report {
    /// The document as text.
    ///
    /// # Errors
    /// Never for a report made by this software; a number that is not finite would be one.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    /// The JSON Schema of the document as it is written: every key is there, and null where
    /// nothing is known.
    pub fn json_schema() -> schemars::Schema {
        let settings = schemars::generate::SchemaSettings::draft2020_12().for_serialize();
        settings.into_generator().into_root_schema_for::<Self>()
    }
}
