//! The policy: rules, limits, margins and doses as data, so that a department can write its own.

mod conditions;
mod describe;
mod rule;
mod template;
mod treatment;
mod validate;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::conditions::{
    AgainstLimit, Conditions, CountRange, NumberRange, OptionalFact, SpreadPattern,
};
pub use self::rule::{CautionRule, Intensification, PelvisTop, Rule, WholeVolume};
pub use self::template::PLACEHOLDERS;
pub(crate) use self::template::fill;
pub use self::treatment::{
    DirectionMargins, DoseLevel, MOST_FRACTIONS, MOST_GY, MOST_MARGIN_MM, MarginSetting, Treatment,
    VolumeDoses,
};
use crate::lesion_class::LesionClass;

/// The text of the default policy: the registered rules of NCT03525288 with published margins and
/// doses.
pub const DEFAULT_POLICY: &str = include_str!("../../policy/default.toml");

/// What leads from findings to a recommendation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Policy {
    /// Name of the policy; stands in every report.
    pub name: String,
    /// Its version; stands in every report.
    pub version: String,
    /// What it is for, and on what it rests.
    pub description: String,
    /// Numbers that rules compare with.
    pub limits: Limits,
    /// The publications that rules, cautions and doses name by their keys.
    #[serde(rename = "source")]
    pub sources: Vec<Source>,
    /// The rules, tried from the first to the last. Each one whose conditions are met adds to the
    /// recommendation, until one that is met stops.
    #[serde(rename = "rule")]
    pub rules: Vec<Rule>,
    /// What speaks against taking a recommendation as it stands; each is tried.
    #[serde(rename = "caution", default)]
    pub cautions: Vec<CautionRule>,
    /// Margins and doses of lesions. A class without an entry gets no CTV, PTV or dose.
    #[serde(rename = "treatment", default)]
    pub treatments: Vec<Treatment>,
    /// Doses of the whole bed and the pelvic nodes.
    #[serde(rename = "volume", default)]
    pub volumes: Vec<VolumeDoses>,
}

/// Numbers that rules compare with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Limits {
    /// Up to this many counted lesions are few.
    pub lesions: usize,
    /// Which lesions are counted for that; the registry of the trial leaves it open.
    pub counted_lesions: CountedLesions,
    /// Longest diameter up to which a distant lesion is small, mm.
    pub lesion_size_mm: f64,
    /// A lesion of less confidence is uncertain, 0 to 1.
    pub uncertain_below: f64,
    /// A lesion within this distance of an organ touches it, mm.
    pub touching_mm: f64,
}

/// Which lesions count for the limit of lesions to irradiate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CountedLesions {
    /// Every lesion.
    All,
    /// Nodes and distant lesions, without the prostate bed.
    NodalAndDistant,
    /// Lesions outside the pelvis alone.
    Extrapelvic,
}

/// A publication, or whatever else a rule rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Source {
    /// By which the policy names it, as `Dirix 2023`.
    pub key: String,
    /// Where to find it, and what it says.
    pub reference: String,
}

/// Why a policy cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// Not TOML, or a key or value that is not known; the source says the line.
    #[error("not a valid policy; `isoboost config --policy` prints one that is\n{0}")]
    Parse(#[from] Box<toml::de::Error>),
    /// A value that cannot be used.
    #[error("not usable: {0}")]
    Invalid(String),
}

impl Policy {
    /// Reads a policy from its text.
    ///
    /// # Errors
    /// With line and column for what is not TOML or has unknown keys; with the name of the key for
    /// a value that cannot be used.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        let policy: Self = toml::from_str(text).map_err(Box::new)?;
        validate::check(&policy).map_err(PolicyError::Invalid)?;
        Ok(policy)
    }

    /// The JSON Schema of the file.
    pub fn json_schema() -> schemars::Schema {
        schemars::schema_for!(Self)
    }

    /// Margins and doses of a class of lesions.
    pub fn treatment(&self, class: LesionClass) -> Option<&Treatment> {
        self.treatments.iter().find(|t| t.classes.contains(&class))
    }

    /// The dose levels of a whole volume, the one to start from first.
    pub fn volume_doses(&self, volume: WholeVolume) -> &[DoseLevel] {
        let found = self.volumes.iter().find(|v| v.name == volume);
        found.map_or(&[], |v| &v.doses)
    }

    /// The margin from the CTV of a whole volume to its PTV, where there is one.
    pub fn volume_margin(&self, volume: WholeVolume) -> Option<MarginSetting> {
        let found = self.volumes.iter().find(|v| v.name == volume);
        found.and_then(|v| v.ctv_to_ptv_mm)
    }

    /// Key and reference of a source, as one text.
    pub fn cited(&self, key: &str) -> String {
        match self.sources.iter().find(|s| s.key == key) {
            Some(source) => format!("{}: {}", source.key, source.reference),
            None => key.to_owned(),
        }
    }
}

impl Default for Policy {
    #[expect(
        clippy::expect_used,
        reason = "the text is part of the program, and a test reads it"
    )]
    fn default() -> Self {
        Self::parse(DEFAULT_POLICY).expect("the default policy is valid")
    }
}

#[cfg(test)]
mod tests;
