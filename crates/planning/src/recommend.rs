//! Which intensification the findings suggest, and why.

use isoboost_staging::{Lesion, Staging};

use crate::clinical::Patient;
use crate::decision::Decision;
use crate::facts::{Facts, LesionCounts, doubt};
use crate::policy::{CountedLesions, Intensification, PelvisTop, Policy, Rule, VolumeDoses, fill};

/// A suggestion with its reasons. A person decides.
#[derive(Debug, Clone, PartialEq)]
pub struct Recommendation {
    /// What is suggested; empty where radiotherapy goes on as planned and where nothing can be
    /// suggested.
    pub intensification: Vec<Intensification>,
    /// Why, a sentence for each rule that was met.
    pub rationale: Vec<String>,
    /// What speaks against taking it as it stands.
    pub cautions: Vec<String>,
    /// The names of the cautions, in their order.
    pub caution_ids: Vec<String>,
    /// The rules that were met, in their order.
    pub rules: Vec<FiredRule>,
    /// Whether the patient is outside of what the policy was made for.
    pub out_of_scope: bool,
    /// Upper border of the pelvic nodal volume; `None` without one.
    pub pelvis_top: Option<PelvisTop>,
    /// The volumes that are treated as a whole, with their dose levels.
    pub volumes: Vec<VolumeDoses>,
    /// What it rests on.
    pub facts: Facts,
}

/// A rule that was met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FiredRule {
    /// Its name in the policy.
    pub id: String,
    /// What it adds to the recommendation.
    pub intensification: Vec<Intensification>,
    /// The facts by which its conditions were met, a phrase each.
    pub because: Vec<String>,
    /// The sources that it rests on.
    pub sources: Vec<String>,
}

/// Suggests an intensification from the lesions found and what is known of the patient.
pub fn recommend(staging: &Staging, patient: &Patient, policy: &Policy) -> Recommendation {
    let lesions: Vec<&Lesion> = staging.lesions.iter().collect();
    let facts = Facts::of(&lesions, patient, &policy.limits);
    let decision = Decision::of(&facts, policy);
    let told = Told {
        lesions: &lesions,
        patient,
        policy,
        facts: &facts,
        decision: &decision,
    };
    let (caution_ids, cautions) = told.cautions().into_iter().unzip();
    let volumes = decision.volumes.iter().map(|name| VolumeDoses {
        name: *name,
        ctv_to_ptv_mm: policy.volume_margin(*name),
        doses: policy.volume_doses(*name).to_vec(),
    });
    Recommendation {
        intensification: decision.kinds.clone(),
        rationale: told.rationale(),
        cautions,
        caution_ids,
        rules: told.rules(),
        out_of_scope: decision.out_of_scope,
        pelvis_top: decision.pelvis_top,
        volumes: volumes.collect(),
        facts,
    }
}

/// A caution: its name, and what it says.
type Caution = (String, String);

/// A decision and all that its telling needs.
struct Told<'a> {
    lesions: &'a [&'a Lesion],
    patient: &'a Patient,
    policy: &'a Policy,
    facts: &'a Facts,
    decision: &'a Decision<'a>,
}

impl Told<'_> {
    fn rules(&self) -> Vec<FiredRule> {
        let fired = self.decision.fired.iter().map(|(rule, because)| FiredRule {
            id: rule.id.clone(),
            intensification: rule.intensification.clone(),
            because: because.clone(),
            sources: rule
                .sources
                .iter()
                .map(|key| self.policy.cited(key))
                .collect(),
        });
        fired.collect()
    }

    fn rationale(&self) -> Vec<String> {
        if self.decision.fired.is_empty() {
            return vec!["no rule of the policy is met, so nothing is suggested".to_owned()];
        }
        let sentence = |(rule, _): &(&Rule, Vec<String>)| self.sentence(&rule.text, &rule.sources);
        self.decision.fired.iter().map(sentence).collect()
    }

    fn sentence(&self, text: &str, sources: &[String]) -> String {
        let text = fill(text, self.facts, self.lesions);
        format!("{} ({})", text.trim(), sources.join("; "))
    }

    fn cautions(&self) -> Vec<Caution> {
        let of_policy = self.policy.cautions.iter().filter_map(|caution| {
            caution.when.met(self.facts)?;
            let text = self.sentence(&caution.text, &caution.sources);
            Some((caution.id.clone(), text))
        });
        let mut cautions: Vec<Caution> = of_policy.collect();
        if !self.decision.out_of_scope {
            let add = |id: &str| {
                let id = id.to_owned();
                move |text| (id.clone(), text)
            };
            cautions.extend(self.count_ambiguity().map(add("count-ambiguity")));
            cautions.extend(self.open_count().map(add("undetermined-count")));
            cautions.extend(self.drop_one().into_iter().map(add("uncertain-lesion")));
        }
        cautions
    }

    /// Whether the limit is passed depends on what is counted, which the trial leaves open.
    fn count_ambiguity(&self) -> Option<String> {
        let counts = &self.facts.counts;
        let rules = [
            CountedLesions::All,
            CountedLesions::NodalAndDistant,
            CountedLesions::Extrapelvic,
        ];
        let differs = rules.into_iter().any(|rule| {
            let facts = Facts {
                counted: counts.counted(rule),
                ..self.facts.clone()
            };
            Decision::of(&facts, self.policy).kinds != self.decision.kinds
        });
        differs.then(|| {
            format!(
                "whether there are more than {} lesions depends on the count: {} in all, {} nodal \
                 and distant, {} outside the pelvis",
                self.facts.limit,
                counts.all,
                counts.pelvic_node + counts.distant,
                counts.distant
            )
        })
    }

    /// Lesions of undetermined place may be nodes or metastases.
    fn open_count(&self) -> Option<String> {
        if self.policy.limits.counted_lesions == CountedLesions::All {
            return None;
        }
        let Facts { counted, limit, .. } = *self.facts;
        let most = counted + self.facts.counts.undetermined;
        (counted <= limit && most > limit).then(|| {
            format!(
                "with the lesions of undetermined place {most} would be counted, more than {limit}"
            )
        })
    }

    /// What becomes of the suggestion without each uncertain lesion.
    fn drop_one(&self) -> Vec<String> {
        let uncertain = self.lesions.iter().filter_map(|lesion| {
            let doubt = doubt(lesion, &self.policy.limits)?;
            let effect = self.without(lesion.id);
            Some(format!(
                "lesion {} is uncertain ({doubt}); {effect}",
                lesion.id
            ))
        });
        uncertain.collect()
    }

    fn without(&self, id: u32) -> String {
        let others = self.lesions.iter().copied().filter(|l| l.id != id);
        let others: Vec<&Lesion> = others.collect();
        let facts = Facts::of(&others, self.patient, &self.policy.limits);
        let kinds = Decision::of(&facts, self.policy).kinds;
        if kinds == self.decision.kinds {
            "without it the suggestion stays the same".to_owned()
        } else if kinds.is_empty() {
            "without it no intensification would be suggested".to_owned()
        } else {
            let names: Vec<&str> = kinds.into_iter().map(Intensification::name).collect();
            format!("without it the suggestion would be {}", names.join(", "))
        }
    }
}

impl Recommendation {
    /// The counts that it rests on.
    pub fn counts(&self) -> &LesionCounts {
        &self.facts.counts
    }
}
