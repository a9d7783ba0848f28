//! Which intensification the findings suggest, and why.

use isoboost_lesion::Measures;
use isoboost_staging::{Lesion, Region, Staging};

use crate::config::{CountedLesions, PlanningConfig};

/// Lesions of less confidence get a sentence on what would be without them.
const UNCERTAIN: f64 = 0.5;

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

    /// The same without one lesion of a class.
    fn without(mut self, region: Region) -> Self {
        let class = match region {
            Region::ProstateBed => &mut self.bed,
            Region::PelvicNode => &mut self.pelvic_node,
            Region::Distant => &mut self.distant,
            Region::Undetermined => &mut self.undetermined,
        };
        *class = class.saturating_sub(1);
        self.all = self.all.saturating_sub(1);
        self
    }

    /// What the counts alone suggest.
    fn kinds(&self, config: &PlanningConfig) -> Vec<Intensification> {
        use Intensification::{BedBoost, MetastasisDirected, NodeBoost, PelvicRt};
        if self.counted(config.counted_lesions) > config.most_lesions_to_irradiate {
            return Vec::new();
        }
        let kinds = [
            (self.pelvic_node, PelvicRt),
            (self.pelvic_node, NodeBoost),
            (self.bed, BedBoost),
            (self.distant, MetastasisDirected),
        ];
        let present = kinds.into_iter().filter(|(count, _)| *count > 0);
        present.map(|(_, kind)| kind).collect()
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
    Recommendation {
        intensification: counts.kinds(config),
        rationale: rationale(staging, counts, config),
        cautions: cautions(staging, counts, config),
        counts,
    }
}

fn rationale(staging: &Staging, counts: LesionCounts, config: &PlanningConfig) -> Vec<String> {
    let most = config.most_lesions_to_irradiate;
    let relevant = counts.counted(config.counted_lesions);
    if counts.all == 0 {
        return vec![
            "no PSMA-avid lesion found: salvage radiotherapy as planned without the PET; a \
             negative PET does not clear the prostate bed (NCT03525288)"
                .to_owned(),
        ];
    }
    if relevant > most {
        return vec![format!(
            "{relevant} lesions counted, more than {most}: radiotherapy to all of them is not \
             advised; systemic intensification, prostate bed as first planned (NCT03525288)"
        )];
    }
    let classes = [
        (
            Region::PelvicNode,
            ["avid pelvic node", "avid pelvic nodes"],
            "radiotherapy of the pelvic nodes with a boost to each; with nodal disease the elective \
             volume stops regional relapse better than treating the node alone (J Cancer Res Clin \
             Oncol 2022)",
        ),
        (
            Region::ProstateBed,
            [
                "avid focus in the prostate bed",
                "avid foci in the prostate bed",
            ],
            "the whole bed stays the CTV and the avid part gets a focal boost (ESTRO-ACROP, Dirix \
             2023)",
        ),
        (
            Region::Distant,
            ["avid distant lesion", "avid distant lesions"],
            "definitive radiotherapy of every lesion, as for 1 to 5 lesions in NCT03525288",
        ),
    ];
    let mut reasons: Vec<String> = classes
        .into_iter()
        .filter_map(|(region, nouns, reason)| {
            Some(format!("{}: {reason}", named(staging, region, nouns)?))
        })
        .collect();
    if reasons.is_empty() {
        reasons.push(
            "no lesion could be placed in the prostate bed, the pelvic nodes or elsewhere, so no \
             intensification can be suggested"
                .to_owned(),
        );
    }
    reasons
}

/// Number, kind and size of the lesions of a class; `None` without one.
fn named(staging: &Staging, region: Region, [one, several]: [&str; 2]) -> Option<String> {
    let lesions: Vec<&Lesion> = staging
        .lesions
        .iter()
        .filter(|l| l.region == region)
        .collect();
    let noun = if lesions.len() == 1 { one } else { several };
    let measures = |m: fn(&Measures) -> f64| lesions.iter().map(move |l| m(&l.focus.measures));
    let highest = measures(|m| m.suv_max).reduce(f64::max)?;
    let volume_ml: f64 = measures(|m| m.volume_ml).sum();
    let numbers: Vec<String> = lesions.iter().map(|l| l.id.to_string()).collect();
    Some(format!(
        "{} {noun} (number {}; SUVmax {}{highest:.1}, {volume_ml:.1} mL)",
        lesions.len(),
        numbers.join(", "),
        if lesions.len() == 1 { "" } else { "up to " },
    ))
}

fn cautions(staging: &Staging, counts: LesionCounts, config: &PlanningConfig) -> Vec<String> {
    let mut cautions = Vec::new();
    if counts.undetermined > 0 {
        cautions.push(format!(
            "{} of undetermined place: no treatment is suggested for what cannot be placed",
            counted(counts.undetermined, "lesion", "lesions")
        ));
    }
    cautions.extend(count_ambiguity(counts, config));
    let uncertain = staging.lesions.iter().filter(|l| l.confidence < UNCERTAIN);
    cautions.extend(uncertain.map(|lesion| without_one(lesion, counts, config)));
    if counts.distant == 1 && counts.counted(config.counted_lesions) > 0 {
        let lesion = staging.lesions.iter().find(|l| l.region == Region::Distant);
        cautions.extend(lesion.map(|l| {
            format!(
                "distant disease rests on lesion {} alone; were it a false one, there would be none",
                l.id
            )
        }));
    }
    let in_organs = staging.lesions.iter().filter(|l| l.mi_tnm.contains("M1c"));
    cautions.extend(in_organs.map(|l| {
        format!(
            "lesion {} lies in an organ (miM1c): visceral disease calls for systemic treatment first",
            l.id
        )
    }));
    if counts.all > 0 {
        cautions.push(
            "doses are starting points from published practice, not those of the trial".to_owned(),
        );
    }
    cautions
}

/// Whether the limit is passed depends on what is counted, which the trial leaves open.
fn count_ambiguity(counts: LesionCounts, config: &PlanningConfig) -> Vec<String> {
    let most = config.most_lesions_to_irradiate;
    let rules = [
        CountedLesions::All,
        CountedLesions::NodalAndDistant,
        CountedLesions::Extrapelvic,
    ];
    let beyond = rules.map(|rule| counts.counted(rule) > most);
    let mut cautions = Vec::new();
    if beyond.contains(&true) && beyond.contains(&false) {
        cautions.push(format!(
            "whether there are more than {most} lesions depends on the count: {} in all, {} nodal \
             and distant, {} outside the pelvis",
            counts.all,
            counts.pelvic_node + counts.distant,
            counts.distant
        ));
    }
    let relevant = counts.counted(config.counted_lesions);
    if config.counted_lesions != CountedLesions::All
        && relevant <= most
        && relevant + counts.undetermined > most
    {
        cautions.push(format!(
            "with the lesions of undetermined place {} would be counted, more than {most}",
            relevant + counts.undetermined
        ));
    }
    cautions
}

/// What becomes of the suggestion without an uncertain lesion.
fn without_one(lesion: &Lesion, counts: LesionCounts, config: &PlanningConfig) -> String {
    let kinds = counts.without(lesion.region).kinds(config);
    let effect = if kinds == counts.kinds(config) {
        "without it the suggestion stays the same".to_owned()
    } else if kinds.is_empty() {
        "without it no intensification would be suggested".to_owned()
    } else {
        let names: Vec<&str> = kinds.into_iter().map(Intensification::name).collect();
        format!("without it the suggestion would be {}", names.join(", "))
    };
    let percent = lesion.confidence * 100.0;
    format!(
        "lesion {} is uncertain ({percent:.0} %); {effect}",
        lesion.id
    )
}

/// A count with the noun that fits it.
fn counted(count: usize, one: &str, several: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { several })
}
