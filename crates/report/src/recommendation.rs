//! What is suggested: the part of the document that a planner reads first.

use isoboost_planning::{DoseLevel, Facts, FiredRule, LesionCounts, Policy, Recommendation};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is suggested.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecommendationInfo {
    /// `pelvic_rt`, `node_boost`, `bed_boost`, `metastasis_directed`, `systemic`.
    #[schemars(inner(regex(
        pattern = "^(pelvic_rt|node_boost|bed_boost|metastasis_directed|systemic)$"
    )))]
    pub intensification: Vec<String>,
    /// Why, a sentence for each rule that was met.
    pub rationale: Vec<String>,
    /// What speaks against taking it as it stands.
    pub cautions: Vec<String>,
    /// The names of the cautions, in their order.
    pub caution_ids: Vec<String>,
    /// Whether the patient is outside of what the policy was made for, so that nothing is suggested.
    pub out_of_scope: bool,
    /// The rules of the policy that were met, in their order.
    pub rules: Vec<FiredRuleInfo>,
    /// Upper border of the pelvic nodal volume: `l5_s1`, `aortic_bifurcation` or
    /// `above_highest_node`; null without one.
    #[schemars(regex(pattern = "^(l5_s1|aortic_bifurcation|above_highest_node)$"))]
    pub pelvis_top: Option<String>,
    /// Volumes that are treated as a whole, beside those of the lesions.
    pub volumes: Vec<WholeVolumeInfo>,
    /// What the rules were tried on.
    pub facts: FactsInfo,
    /// The policy whose rules they are.
    pub policy: PolicyInfo,
}

/// A rule that was met.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FiredRuleInfo {
    /// Its name in the policy.
    pub id: String,
    /// What it adds to the recommendation.
    pub intensification: Vec<String>,
    /// The facts by which its conditions were met.
    pub because: Vec<String>,
    /// The sources that it rests on.
    pub sources: Vec<String>,
}

/// A volume that is treated as a whole; it is not among the targets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WholeVolumeInfo {
    /// `prostate_bed` or `pelvis`.
    #[schemars(regex(pattern = "^(prostate_bed|pelvis)$"))]
    pub name: String,
    /// Published doses, the one to start from first.
    pub dose_levels: Vec<DoseLevelInfo>,
}

/// A published dose with its equivalents in fractions of 2 Gy by the linear-quadratic model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DoseLevelInfo {
    /// What it is.
    pub label: String,
    /// Total dose.
    pub total_gy: f64,
    /// Number of fractions.
    pub fractions: u32,
    /// Dose of each fraction.
    pub dose_per_fraction_gy: f64,
    /// Equivalent dose for the tumour (α/β 1.5 Gy).
    pub eqd2_alpha_beta_1_5_gy: f64,
    /// Equivalent dose for late reactions of normal tissue (α/β 3 Gy).
    pub eqd2_alpha_beta_3_gy: f64,
    /// Whether the fractions are so large that the equivalents are only nominal.
    pub eqd2_nominal: bool,
    /// Where it is published.
    pub source: String,
}

/// What the rules were tried on; null where it is not known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FactsInfo {
    /// PSA.
    pub psa_ng_ml: Option<f64>,
    /// When it was measured, `YYYY-MM-DD`.
    pub psa_date: Option<String>,
    /// Whether the pelvis was irradiated before: `yes`, `no` or `unknown`.
    #[schemars(regex(pattern = "^(yes|no|unknown)$"))]
    pub prior_pelvic_rt: String,
    /// Whether hormone therapy was given lately: `yes`, `no` or `unknown`.
    #[schemars(regex(pattern = "^(yes|no|unknown)$"))]
    pub hormone_therapy: String,
    /// Estimated glomerular filtration rate, mL/min/1.73 m².
    pub egfr_ml_min: Option<f64>,
    /// The tracer.
    pub tracer: Option<String>,
    /// Whether it leaves by the liver.
    pub liver_excreted_tracer: Option<bool>,
    /// The pattern of spread.
    pub pattern: String,
    /// The lesions by class.
    pub counts: CountsInfo,
    /// The number that the limit is held against.
    pub counted: usize,
    /// Up to so many are few.
    pub limit: usize,
    /// Number of lesions of which it is uncertain that they are disease.
    pub uncertain: usize,
    /// Longest diameter of the largest distant lesion; null without one.
    pub largest_distant_mm: Option<f64>,
    /// Lesions next to organs that limit the dose.
    pub touching: Vec<TouchingInfo>,
}

/// Numbers of lesions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CountsInfo {
    /// All of them.
    pub lesions: usize,
    /// In the prostate bed.
    pub bed: usize,
    /// Pelvic nodes below the common iliac vessels.
    pub pelvic_node: usize,
    /// Common iliac nodes.
    pub common_iliac: usize,
    /// Nodes along the aorta, above its bifurcation.
    pub para_aortic: usize,
    /// Other distant nodes.
    pub distant_node: usize,
    /// Bone lesions.
    pub bone: usize,
    /// Lesions in organs.
    pub visceral: usize,
    /// Of undetermined place.
    pub undetermined: usize,
    /// Nodes and distant lesions, without the bed.
    pub nodal_and_distant: usize,
    /// Outside of the pelvis.
    pub extrapelvic: usize,
}

/// A lesion next to an organ.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TouchingInfo {
    /// The lesion.
    pub lesion_id: u32,
    /// `bowel`, `rectum` or `bladder`.
    pub organ: String,
}

/// The policy that a recommendation follows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyInfo {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of its file.
    pub sha256: String,
}

impl RecommendationInfo {
    /// A recommendation by a policy whose file has this hash.
    pub fn of(recommendation: &Recommendation, policy: &Policy, sha256: &str) -> Self {
        let volumes = recommendation.volumes.iter().map(|volume| WholeVolumeInfo {
            name: volume.name.name().to_owned(),
            dose_levels: DoseLevelInfo::all(&volume.doses, policy),
        });
        Self {
            intensification: names(&recommendation.intensification),
            rationale: recommendation.rationale.clone(),
            cautions: recommendation.cautions.clone(),
            caution_ids: recommendation.caution_ids.clone(),
            out_of_scope: recommendation.out_of_scope,
            rules: recommendation.rules.iter().map(Into::into).collect(),
            pelvis_top: recommendation.pelvis_top.map(|top| top.name().to_owned()),
            volumes: volumes.collect(),
            facts: FactsInfo::from(&recommendation.facts),
            policy: PolicyInfo {
                name: policy.name.clone(),
                version: policy.version.clone(),
                sha256: sha256.to_owned(),
            },
        }
    }
}

impl DoseLevelInfo {
    /// Dose levels of a policy.
    pub fn all(doses: &[DoseLevel], policy: &Policy) -> Vec<Self> {
        let level = |dose: &DoseLevel| Self {
            label: dose.label.clone(),
            total_gy: dose.total_gy,
            fractions: dose.fractions,
            dose_per_fraction_gy: dose.per_fraction_gy(),
            eqd2_alpha_beta_1_5_gy: dose.eqd2_tumour_gy(),
            eqd2_alpha_beta_3_gy: dose.eqd2_late_gy(),
            eqd2_nominal: dose.is_eqd2_nominal(),
            source: policy.cited(&dose.source),
        };
        doses.iter().map(level).collect()
    }
}

impl From<&FiredRule> for FiredRuleInfo {
    fn from(rule: &FiredRule) -> Self {
        Self {
            id: rule.id.clone(),
            intensification: names(&rule.intensification),
            because: rule.because.clone(),
            sources: rule.sources.clone(),
        }
    }
}

impl From<&Facts> for FactsInfo {
    fn from(facts: &Facts) -> Self {
        let clinical = &facts.clinical;
        let touching = facts.touching.iter().map(|(id, organ)| TouchingInfo {
            lesion_id: *id,
            organ: organ.name().to_owned(),
        });
        Self {
            psa_ng_ml: clinical.psa_ng_ml,
            psa_date: clinical.psa_date.clone(),
            prior_pelvic_rt: clinical.prior_pelvic_rt.name().to_owned(),
            hormone_therapy: clinical.hormone_therapy.name().to_owned(),
            egfr_ml_min: clinical.egfr_ml_min,
            tracer: facts.tracer.clone(),
            liver_excreted_tracer: facts.liver_excreted,
            pattern: facts.pattern.name().to_owned(),
            counts: CountsInfo::from(&facts.counts),
            counted: facts.counted,
            limit: facts.limit,
            uncertain: facts.uncertain,
            largest_distant_mm: facts.largest_distant_mm,
            touching: touching.collect(),
        }
    }
}

impl From<&LesionCounts> for CountsInfo {
    fn from(counts: &LesionCounts) -> Self {
        Self {
            lesions: counts.all,
            bed: counts.bed,
            pelvic_node: counts.below_common_iliac,
            common_iliac: counts.common_iliac,
            para_aortic: counts.para_aortic,
            distant_node: counts.distant_node,
            bone: counts.bone,
            visceral: counts.visceral,
            undetermined: counts.undetermined,
            nodal_and_distant: counts.pelvic_node + counts.distant,
            extrapelvic: counts.distant,
        }
    }
}

fn names(kinds: &[isoboost_planning::Intensification]) -> Vec<String> {
    kinds.iter().map(|kind| kind.name().to_owned()).collect()
}
