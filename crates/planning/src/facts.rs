//! What rules are tried on.

use isoboost_staging::{Lesion, Pattern, Region, RegionCounts, Staging};

use crate::clinical::{ClinicalFacts, Patient, TouchedOrgan};
use crate::lesion_class::LesionClass;
use crate::policy::{CountedLesions, Limits, OptionalFact};

/// How many lesions there are, by class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LesionCounts {
    /// All of them.
    pub all: usize,
    /// In the prostate bed.
    pub bed: usize,
    /// Pelvic nodes, the common iliac ones among them where staging counts them to the pelvis.
    pub pelvic_node: usize,
    /// Elsewhere.
    pub distant: usize,
    /// Of undetermined place.
    pub undetermined: usize,
    /// Pelvic nodes below the common iliac vessels.
    pub below_common_iliac: usize,
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
}

/// What is known of the patient and the lesions when the rules are tried.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// The lesions by class.
    pub counts: LesionCounts,
    /// The pattern of spread.
    pub pattern: Pattern,
    /// The number that the limit is held against.
    pub counted: usize,
    /// The policy's limit of lesions.
    pub limit: usize,
    /// Longest diameter of the largest distant lesion, mm.
    pub largest_distant_mm: Option<f64>,
    /// The policy's limit of it, mm.
    pub size_limit_mm: f64,
    /// Number of lesions of which it is uncertain that they are disease.
    pub uncertain: usize,
    /// From the patient's record.
    pub clinical: ClinicalFacts,
    /// The tracer.
    pub tracer: Option<String>,
    /// Whether it leaves by the liver.
    pub liver_excreted: Option<bool>,
    /// Which lesions touch which organs.
    pub touching: Vec<(u32, TouchedOrgan)>,
}

impl LesionCounts {
    /// Counts the lesions of a staging.
    pub fn of(staging: &Staging) -> Self {
        Self::of_lesions(staging.lesions.iter())
    }

    pub(crate) fn of_lesions<'a>(lesions: impl Iterator<Item = &'a Lesion>) -> Self {
        let mut counts = Self::default();
        for lesion in lesions {
            counts.all += 1;
            match lesion.region {
                Region::ProstateBed => counts.bed += 1,
                Region::PelvicNode => counts.pelvic_node += 1,
                Region::Distant => counts.distant += 1,
                Region::Undetermined => counts.undetermined += 1,
            }
            match LesionClass::of(lesion) {
                LesionClass::PelvicNode => counts.below_common_iliac += 1,
                LesionClass::CommonIliac => counts.common_iliac += 1,
                LesionClass::ParaAortic => counts.para_aortic += 1,
                LesionClass::DistantNode => counts.distant_node += 1,
                LesionClass::Bone => counts.bone += 1,
                LesionClass::Visceral => counts.visceral += 1,
                LesionClass::Bed | LesionClass::Undetermined => {}
            }
        }
        counts
    }

    /// The pattern of spread, as staging tells it.
    fn pattern(&self, most: usize) -> Pattern {
        let counts = RegionCounts {
            bed: self.bed,
            pelvic_node: self.pelvic_node,
            distant: self.distant,
            undetermined: self.undetermined,
        };
        counts.pattern(most)
    }

    /// Distant lesions that are neither common iliac nor para-aortic nodes.
    pub fn metastases(&self) -> usize {
        self.distant_node + self.bone + self.visceral
    }

    /// The number that the limit of lesions is held against.
    pub fn counted(&self, rule: CountedLesions) -> usize {
        match rule {
            CountedLesions::All => self.all,
            CountedLesions::NodalAndDistant => self.pelvic_node + self.distant,
            CountedLesions::Extrapelvic => self.distant,
        }
    }
}

impl Facts {
    /// The facts of some lesions of a patient.
    pub(crate) fn of(lesions: &[&Lesion], patient: &Patient, limits: &Limits) -> Self {
        let counts = LesionCounts::of_lesions(lesions.iter().copied());
        let distant = lesions.iter().filter(|l| l.region == Region::Distant);
        let sizes = distant.map(|l| l.focus.measures.longest_diameter_mm);
        let is_here = |id: u32| lesions.iter().any(|l| l.id == id);
        let touching = patient.touching.iter().filter(|(id, _)| is_here(*id));
        Self {
            counts,
            pattern: counts.pattern(limits.lesions),
            counted: counts.counted(limits.counted_lesions),
            limit: limits.lesions,
            largest_distant_mm: sizes.reduce(f64::max),
            size_limit_mm: limits.lesion_size_mm,
            uncertain: lesions
                .iter()
                .filter(|l| doubt(l, limits).is_some())
                .count(),
            clinical: patient.clinical.clone(),
            tracer: patient.tracer.clone(),
            liver_excreted: patient.liver_excreted,
            touching: touching.copied().collect(),
        }
    }

    /// Those of some organs that a lesion touches.
    pub(crate) fn touched<'a>(
        &'a self,
        organs: &'a [TouchedOrgan],
    ) -> impl Iterator<Item = TouchedOrgan> + 'a {
        let is_touched = |organ: &TouchedOrgan| self.touching.iter().any(|(_, t)| t == organ);
        organs.iter().copied().filter(is_touched)
    }

    pub(crate) fn is_known(&self, fact: OptionalFact) -> bool {
        match fact {
            OptionalFact::PsaNgMl => self.clinical.psa_ng_ml.is_some(),
            OptionalFact::EgfrMlMin => self.clinical.egfr_ml_min.is_some(),
            OptionalFact::Tracer => self.tracer.is_some(),
        }
    }
}

/// Why it is uncertain that a lesion is disease, as a phrase; `None` where it is not.
///
/// Low confidence, another explanation, or a category of PSMA-RADS that is equivocal (3A to 3D) or
/// less.
pub(crate) fn doubt(lesion: &Lesion, limits: &Limits) -> Option<String> {
    if lesion.confidence < limits.uncertain_below {
        return Some(format!("{:.0} %", lesion.confidence * 100.0));
    }
    if let Some(suspicion) = lesion.suspicions.first() {
        let what = suspicion.reason.name().replace('_', " ");
        return Some(format!("it may be {what}"));
    }
    let rads = lesion.psma_rads.as_ref()?;
    rads.category
        .starts_with(['2', '3'])
        .then(|| format!("PSMA-RADS {}", rads.category))
}
