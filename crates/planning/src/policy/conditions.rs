//! What must be met for a rule, and how it is told that it was.

use isoboost_staging::Pattern;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::clinical::{Answer, TouchedOrgan};
use crate::facts::Facts;

/// Conditions on the facts; all that are given must be met. A fact that is not known meets no
/// range.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Conditions {
    /// The pattern of spread is one of these.
    pub pattern: Option<Vec<SpreadPattern>>,
    /// Number of all lesions.
    pub lesions: Option<CountRange>,
    /// Number of lesions in the prostate bed.
    pub bed: Option<CountRange>,
    /// Number of pelvic nodes below the common iliac vessels.
    pub pelvic_node: Option<CountRange>,
    /// Number of common iliac nodes.
    pub common_iliac: Option<CountRange>,
    /// Number of nodes along the aorta, above its bifurcation.
    pub para_aortic: Option<CountRange>,
    /// Number of other distant nodes.
    pub distant_node: Option<CountRange>,
    /// Number of bone lesions.
    pub bone: Option<CountRange>,
    /// Number of lesions in organs.
    pub visceral: Option<CountRange>,
    /// Number of distant lesions, those of the four before among them.
    pub distant: Option<CountRange>,
    /// Number of distant lesions that are neither common iliac nor para-aortic nodes.
    pub metastases: Option<CountRange>,
    /// Number of lesions whose place is not known.
    pub undetermined: Option<CountRange>,
    /// Number of lesions of which it is uncertain that they are disease.
    pub uncertain: Option<CountRange>,
    /// The counted lesions against `limits.lesions`.
    pub counted: Option<AgainstLimit>,
    /// The longest diameter of the largest distant lesion against `limits.lesion-size-mm`.
    pub distant_size: Option<AgainstLimit>,
    /// PSA, ng/mL.
    pub psa_ng_ml: Option<NumberRange>,
    /// Estimated glomerular filtration rate, mL/min/1.73 m².
    pub egfr_ml_min: Option<NumberRange>,
    /// Whether the pelvis was irradiated before: one of these.
    pub prior_pelvic_rt: Option<Vec<Answer>>,
    /// Whether hormone therapy was given lately: one of these.
    pub hormone_therapy: Option<Vec<Answer>>,
    /// Whether the tracer leaves by the liver.
    pub liver_excreted_tracer: Option<bool>,
    /// A lesion touches one of these.
    pub touching: Option<Vec<TouchedOrgan>>,
    /// All of these are not known.
    pub unknown: Option<Vec<OptionalFact>>,
}

/// A number of lesions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct CountRange {
    /// At least so many.
    pub min: Option<usize>,
    /// At most so many.
    pub max: Option<usize>,
}

/// A range of a measured value, so that `below` of one and `min` of the next leave no gap.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct NumberRange {
    /// At least this.
    pub min: Option<f64>,
    /// Less than this.
    pub below: Option<f64>,
}

/// A number against a limit of the policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AgainstLimit {
    /// At most the limit.
    Within,
    /// More than the limit.
    Beyond,
}

/// A fact that may not be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OptionalFact {
    /// PSA.
    PsaNgMl,
    /// Estimated glomerular filtration rate.
    EgfrMlMin,
    /// The tracer.
    Tracer,
}

/// The pattern of spread, by its name in reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(
    missing_docs,
    reason = "the variants are those of `Pattern` in staging"
)]
pub enum SpreadPattern {
    Negative,
    Bed,
    Node,
    BedAndNode,
    Oligometastatic,
    Polymetastatic,
    Undetermined,
}

impl SpreadPattern {
    fn pattern(self) -> Pattern {
        match self {
            Self::Negative => Pattern::Negative,
            Self::Bed => Pattern::Bed,
            Self::Node => Pattern::Node,
            Self::BedAndNode => Pattern::BedAndNode,
            Self::Oligometastatic => Pattern::Oligometastatic,
            Self::Polymetastatic => Pattern::Polymetastatic,
            Self::Undetermined => Pattern::Undetermined,
        }
    }
}

impl CountRange {
    fn holds(self, count: usize) -> bool {
        self.min.is_none_or(|min| count >= min) && self.max.is_none_or(|max| count <= max)
    }

    fn words(self) -> String {
        match (self.min, self.max) {
            (Some(min), Some(max)) if min == max => format!("exactly {min}"),
            (Some(min), Some(max)) => format!("{min} to {max}"),
            (Some(min), None) => format!("at least {min}"),
            (None, Some(0)) => "none".to_owned(),
            (None, Some(max)) => format!("at most {max}"),
            (None, None) => "any".to_owned(),
        }
    }
}

impl NumberRange {
    fn holds(self, value: f64) -> bool {
        self.min.is_none_or(|min| value >= min) && self.below.is_none_or(|below| value < below)
    }

    fn words(self) -> String {
        match (self.min, self.below) {
            (Some(min), Some(below)) => format!("{min} to below {below}"),
            (Some(min), None) => format!("at least {min}"),
            (None, Some(below)) => format!("below {below}"),
            (None, None) => "any".to_owned(),
        }
    }
}

impl AgainstLimit {
    fn holds(self, value: f64, limit: f64) -> bool {
        match self {
            Self::Within => value <= limit,
            Self::Beyond => value > limit,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Within => "within",
            Self::Beyond => "beyond",
        }
    }
}

/// Whether one condition is met, and the sentence that says so.
type Check = (bool, String);

impl Conditions {
    /// The facts by which the conditions are met, a phrase each; `None` where one is not.
    pub(crate) fn met(&self, facts: &Facts) -> Option<Vec<String>> {
        let counts = self.counts(facts);
        let checks = self.of_spread(facts).into_iter().chain(counts);
        let checks = checks.chain(self.of_limits(facts));
        let checks = checks.chain(self.of_patient(facts));
        let met = |(holds, phrase): Check| holds.then_some(phrase);
        checks.map(met).collect()
    }

    /// Every range of a number of lesions that is given, by its name.
    pub(crate) fn ranges(&self) -> Vec<(&'static str, CountRange)> {
        let named = [
            ("lesions", self.lesions),
            ("bed", self.bed),
            ("pelvic-node", self.pelvic_node),
            ("common-iliac", self.common_iliac),
            ("para-aortic", self.para_aortic),
            ("distant-node", self.distant_node),
            ("bone", self.bone),
            ("visceral", self.visceral),
            ("distant", self.distant),
            ("metastases", self.metastases),
            ("undetermined", self.undetermined),
            ("uncertain", self.uncertain),
        ];
        let given = named
            .into_iter()
            .filter_map(|(name, range)| Some((name, range?)));
        given.collect()
    }

    fn counts(&self, facts: &Facts) -> Vec<Check> {
        let count_of = |name: &str| {
            let c = &facts.counts;
            match name {
                "lesions" => c.all,
                "bed" => c.bed,
                "pelvic-node" => c.below_common_iliac,
                "common-iliac" => c.common_iliac,
                "para-aortic" => c.para_aortic,
                "distant-node" => c.distant_node,
                "bone" => c.bone,
                "visceral" => c.visceral,
                "distant" => c.distant,
                "metastases" => c.metastases(),
                "undetermined" => c.undetermined,
                _ => facts.uncertain,
            }
        };
        let checks = self.ranges().into_iter().map(|(name, range)| {
            let count = count_of(name);
            let phrase = format!("{name} {count} ({})", range.words());
            (range.holds(count), phrase)
        });
        checks.collect()
    }

    fn of_spread(&self, facts: &Facts) -> Option<Check> {
        let patterns = self.pattern.as_ref()?;
        let holds = patterns.iter().any(|p| p.pattern() == facts.pattern);
        Some((holds, format!("pattern {}", facts.pattern.name())))
    }

    fn of_limits(&self, facts: &Facts) -> Vec<Check> {
        let counted = self.counted.map(|rule| {
            let (counted, limit) = (facts.counted, facts.limit);
            let holds = rule.holds(counted as f64, limit as f64);
            let phrase = format!("counted {counted} ({} the limit of {limit})", rule.words());
            (holds, phrase)
        });
        let size = self.distant_size.map(|rule| {
            let limit = facts.size_limit_mm;
            match facts.largest_distant_mm {
                Some(mm) => (
                    rule.holds(mm, limit),
                    format!(
                        "distant-size {mm:.0} mm ({} the limit of {limit} mm)",
                        rule.words()
                    ),
                ),
                None => (false, String::new()),
            }
        });
        counted.into_iter().chain(size).collect()
    }

    fn of_patient(&self, facts: &Facts) -> Vec<Check> {
        let clinical = &facts.clinical;
        let number = |name: &str, range: Option<NumberRange>, value: Option<f64>| {
            let range = range?;
            let value = value.map_or_else(
                || (false, String::new()),
                |v| (range.holds(v), format!("{name} {v} ({})", range.words())),
            );
            Some(value)
        };
        let answer = |name: &str, wanted: Option<&Vec<Answer>>, given: Answer| {
            let holds = wanted?.contains(&given);
            Some((holds, format!("{name} {}", given.name())))
        };
        let touching = self.touching.as_ref().map(|organs| {
            let met: Vec<&str> = facts.touched(organs).map(TouchedOrgan::name).collect();
            (!met.is_empty(), format!("touching {}", met.join(", ")))
        });
        let excretion = self.liver_excreted_tracer.map(|wanted| {
            let holds = facts.liver_excreted == Some(wanted);
            (holds, format!("liver-excreted-tracer {wanted}"))
        });
        let unknown = self.unknown.as_ref().map(|asked| {
            let holds = asked.iter().all(|fact| !facts.is_known(*fact));
            let names: Vec<&str> = asked.iter().map(|fact| fact.name()).collect();
            (holds, format!("{} unknown", names.join(", ")))
        });
        [
            number("psa-ng-ml", self.psa_ng_ml, clinical.psa_ng_ml),
            number("egfr-ml-min", self.egfr_ml_min, clinical.egfr_ml_min),
            answer(
                "prior-pelvic-rt",
                self.prior_pelvic_rt.as_ref(),
                clinical.prior_pelvic_rt,
            ),
            answer(
                "hormone-therapy",
                self.hormone_therapy.as_ref(),
                clinical.hormone_therapy,
            ),
            excretion,
            touching,
            unknown,
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

impl OptionalFact {
    /// Name in policies.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::PsaNgMl => "psa-ng-ml",
            Self::EgfrMlMin => "egfr-ml-min",
            Self::Tracer => "tracer",
        }
    }
}
