//! Which intensification the findings suggest, and why.

use isoboost_staging::{Region, Staging};

use crate::config::{CountedLesions, PlanningConfig};

/// The kinds of intensification of the trial's arm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Intensification {
    /// Elective radiotherapy of the pelvic nodes.
    PelvicRt,
    /// A boost to each avid pelvic node.
    NodeBoost,
    /// A boost to the avid recurrence in the prostate bed.
    BedBoost,
    /// Definitive radiotherapy of each distant lesion.
    MetastasisDirected,
}

impl Intensification {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::PelvicRt => "pelvic_rt",
            Self::NodeBoost => "node_boost",
            Self::BedBoost => "bed_boost",
            Self::MetastasisDirected => "metastasis_directed",
        }
    }
}

/// How many lesions there are, by class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LesionCounts {
    /// All of them.
    pub all: usize,
    /// In the prostate bed.
    pub bed: usize,
    /// Pelvic nodes.
    pub pelvic_node: usize,
    /// Elsewhere.
    pub distant: usize,
    /// Of undetermined place.
    pub undetermined: usize,
}

impl LesionCounts {
    /// Counts the lesions of a staging.
    pub fn of(staging: &Staging) -> Self {
        let count = |region| {
            staging
                .lesions
                .iter()
                .filter(|l| l.region == region)
                .count()
        };
        Self {
            all: staging.lesions.len(),
            bed: count(Region::ProstateBed),
            pelvic_node: count(Region::PelvicNode),
            distant: count(Region::Distant),
            undetermined: count(Region::Undetermined),
        }
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

/// A suggestion with its reasons. A person decides.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recommendation {
    /// What is suggested; empty for a negative scan and for polymetastatic disease.
    pub intensification: Vec<Intensification>,
    /// Why, a sentence each.
    pub rationale: Vec<String>,
    /// What speaks against taking it as it stands.
    pub cautions: Vec<String>,
    /// The counts that it rests on.
    pub counts: LesionCounts,
}

/// Suggests an intensification from the lesions found.
pub fn recommend(staging: &Staging, config: &PlanningConfig) -> Recommendation {
    let counts = LesionCounts::of(staging);
    let mut recommendation = Recommendation {
        counts,
        ..Recommendation::default()
    };
    let most = config.most_lesions_to_irradiate;
    let relevant = counts.counted(config.counted_lesions);
    if counts.all == 0 {
        recommendation.rationale.push(
            "no PSMA-avid lesion found: salvage radiotherapy as planned without the PET; a negative \
             PET does not clear the prostate bed (NCT03525288)"
                .to_owned(),
        );
    } else if relevant > most {
        recommendation.rationale.push(format!(
            "{relevant} lesions counted, more than {most}: radiotherapy to all of them is not \
             advised; systemic intensification, prostate bed as first planned (NCT03525288)"
        ));
    } else {
        suggest(&mut recommendation);
    }
    caution(&mut recommendation, staging, config);
    recommendation
}

fn suggest(recommendation: &mut Recommendation) {
    let LesionCounts {
        bed,
        pelvic_node,
        distant,
        ..
    } = recommendation.counts;
    let mut add = |kinds: &[Intensification], reason: String| {
        recommendation.intensification.extend(kinds);
        recommendation.rationale.push(reason);
    };
    if pelvic_node > 0 {
        add(
            &[Intensification::PelvicRt, Intensification::NodeBoost],
            format!(
                "{}: radiotherapy of the pelvic nodes with a boost to each; with nodal disease the \
                 elective volume is what stops regional relapse better than treating the node alone \
                 (J Cancer Res Clin Oncol 2022)",
                counted(pelvic_node, "avid pelvic node", "avid pelvic nodes")
            ),
        );
    }
    if bed > 0 {
        add(
            &[Intensification::BedBoost],
            format!(
                "{}: the whole bed stays the CTV and the avid part gets a focal boost \
                 (ESTRO-ACROP, Dirix 2023)",
                counted(
                    bed,
                    "avid focus in the prostate bed",
                    "avid foci in the prostate bed"
                )
            ),
        );
    }
    if distant > 0 {
        add(
            &[Intensification::MetastasisDirected],
            format!(
                "{}: definitive radiotherapy of every lesion, as for 1 to 5 lesions in NCT03525288",
                counted(distant, "avid distant lesion", "avid distant lesions")
            ),
        );
    }
}

fn caution(recommendation: &mut Recommendation, staging: &Staging, config: &PlanningConfig) {
    let counts = recommendation.counts;
    let most = config.most_lesions_to_irradiate;
    let cautions = &mut recommendation.cautions;
    if counts.undetermined > 0 {
        cautions.push(format!(
            "{} of undetermined place: no treatment is suggested for what cannot be placed",
            counted(counts.undetermined, "lesion", "lesions")
        ));
    }
    let rules = [
        CountedLesions::All,
        CountedLesions::NodalAndDistant,
        CountedLesions::Extrapelvic,
    ];
    let beyond = rules.map(|rule| counts.counted(rule) > most);
    if beyond.contains(&true) && beyond.contains(&false) {
        cautions.push(format!(
            "whether there are more than {most} lesions depends on the count: {} in all, {} nodal \
             and distant, {} outside the pelvis",
            counts.all,
            counts.pelvic_node + counts.distant,
            counts.distant
        ));
    }
    for lesion in staging.lesions.iter().filter(|l| l.confidence < 0.5) {
        cautions.push(format!(
            "lesion {} is uncertain ({:.0} %): judge the suggestion with and without it",
            lesion.id,
            lesion.confidence * 100.0
        ));
    }
    if counts.distant == 1 && counts.all == 1 {
        cautions.push(
            "the class rests on a single distant lesion; a false one would change it to negative"
                .to_owned(),
        );
    }
    if counts.all > 0 {
        cautions.push(
            "doses are starting points from published practice, not those of the trial".to_owned(),
        );
    }
}

/// A count with the noun that fits it.
fn counted(count: usize, one: &str, several: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { several })
}
