//! One configuration for the whole row, as TOML.

mod presets;

use std::path::{Path, PathBuf};

use isoboost_anatomy::LiverMode;
use isoboost_lesion::LesionConfig;
use isoboost_planning::PlanningConfig;
use isoboost_staging::StagingConfig;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use presets::PRESETS;

use crate::digest::sha256_hex;
use crate::imported::AnatomyConfig;

/// All settings; each stage owns its part. Keys that are not known are refused.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Config {
    /// Organs that another program draws.
    pub anatomy: AnatomyConfig,
    /// Uptake of the organs that lesions are compared with.
    pub references: ReferencesConfig,
    /// Finding, delineating and measuring uptake.
    pub lesion: LesionConfig,
    /// Telling disease from physiological uptake, and where it is.
    pub staging: StagingConfig,
    /// What to treat: the policy with rules, margins and doses.
    pub planning: PlanningConfig,
}

/// Where the uptake of reference organs is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct ReferencesConfig {
    /// The region of the liver.
    pub liver: LiverMode,
}

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the configuration `{path}`: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// Not TOML, or a key or value that is not known; the source says the line.
    #[error(
        "the configuration `{path}` is not valid; `isoboost config --default` prints one that is\n{source}"
    )]
    Parse {
        /// The file.
        path: PathBuf,
        /// Line, column and reason.
        source: Box<toml::de::Error>,
    },
    /// A value outside its range.
    #[error("the configuration is not usable: {0}")]
    Range(String),
    /// No such preset.
    #[error("there is no preset `{found}`; known are: {}", PRESETS.map(|p| p.0).join(", "))]
    UnknownPreset {
        /// The name given.
        found: String,
    },
    /// A configuration that cannot be written as TOML; a fault of this software.
    #[error("cannot write the configuration as TOML: {0}")]
    Write(#[from] toml::ser::Error),
}

impl Config {
    /// The configuration of a preset (the default without one), with a file's keys laid over it.
    ///
    /// # Errors
    /// When the preset is not known, or the file cannot be read, parsed or used.
    pub fn load(preset: Option<&str>, file: Option<&Path>) -> Result<Self, ConfigError> {
        let base = Self::preset(preset.unwrap_or(PRESETS[0].0))?;
        let Some(path) = file else {
            return Ok(base);
        };
        let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Read {
            path: path.to_path_buf(),
            source,
        })?;
        let parse = |source| ConfigError::Parse {
            path: path.to_path_buf(),
            source: Box::new(source),
        };
        // Once alone, so that an error names the file's own line and column.
        toml::from_str::<Self>(&text).map_err(parse)?;
        let mut merged = toml::Table::try_from(&base)?;
        overlay(&mut merged, text.parse::<toml::Table>().map_err(parse)?, "");
        let config: Self = merged.try_into().map_err(parse)?;
        config.validate()?;
        Ok(config)
    }

    fn preset(name: &str) -> Result<Self, ConfigError> {
        presets::preset(name).ok_or_else(|| ConfigError::UnknownPreset {
            found: name.to_owned(),
        })
    }

    /// Whether every value lies in its range.
    fn validate(&self) -> Result<(), ConfigError> {
        self.anatomy.validate().map_err(ConfigError::Range)?;
        self.lesion.validate().map_err(ConfigError::Range)?;
        self.staging.validate().map_err(ConfigError::Range)?;
        self.planning.limits.validate().map_err(ConfigError::Range)
    }

    /// The configuration as TOML.
    ///
    /// # Errors
    /// Never for a configuration made by this module.
    pub fn to_toml(&self) -> Result<String, ConfigError> {
        Ok(toml::to_string(self)?)
    }

    /// The JSON Schema of the file.
    pub fn schema() -> schemars::Schema {
        schemars::schema_for!(Self)
    }

    /// SHA-256 of the resolved configuration, in hexadecimal.
    ///
    /// # Errors
    /// Never for a configuration made by this module.
    pub fn sha256(&self) -> Result<String, ConfigError> {
        Ok(sha256_hex(self.to_toml()?.as_bytes()))
    }
}

/// Lays the keys of `over` over `base`, table by table. `path` names the table.
fn overlay(base: &mut toml::Table, over: toml::Table, path: &str) {
    // A file that chooses another rule must not leave the preset's beside it.
    if is_choice(path) && !over.keys().all(|key| base.contains_key(key)) {
        *base = over;
        return;
    }
    for (key, value) in over {
        let inner_path = format!("{path}.{key}");
        match (base.get_mut(&key), value) {
            (Some(toml::Value::Table(inner)), toml::Value::Table(value)) => {
                overlay(inner, value, &inner_path);
            }
            (_, value) => {
                base.insert(key, value);
            }
        }
    }
}

/// Whether a table holds one of several rules, whose name is its only key.
fn is_choice(path: &str) -> bool {
    [".lesion.finding", ".lesion.delineation"].contains(&path)
        || path.starts_with(".lesion.regional.") && path.matches('.').count() == 3
}

#[cfg(test)]
mod tests {
    use isoboost_lesion::{Delineation, FindingRule, LocalContrast};

    use super::*;

    fn loaded(preset: &str, text: &str) -> Result<Config, ConfigError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        std::fs::write(&path, text).unwrap();
        Config::load(Some(preset), Some(&path))
    }

    #[test]
    fn a_file_replaces_the_rule_of_a_preset() {
        let config = loaded("qpsma", "lesion.finding.fixed-suv = 2.5").unwrap();
        assert_eq!(config.lesion.finding, FindingRule::FixedSuv(2.5));
        let config = loaded("suv3", "lesion.delineation.fixed-suv = 2.5").unwrap();
        assert_eq!(config.lesion.delineation, Delineation::FixedSuv(2.5));
        let config = loaded("suv3", "[lesion.finding.local-contrast]").unwrap();
        let bare = FindingRule::LocalContrast(LocalContrast::default());
        assert_eq!(config.lesion.finding, bare);
    }

    #[test]
    fn a_file_changes_one_number_of_a_preset() {
        let text = "[lesion.finding.local-contrast]\nminimum-suv = 2";
        let expected = LocalContrast {
            minimum_suv: 2.0,
            ..LocalContrast::with_fixed_suv(3.0)
        };
        let config = loaded("local-contrast", text).unwrap();
        assert_eq!(config.lesion.finding, FindingRule::LocalContrast(expected));
    }

    #[test]
    fn the_region_of_the_liver_can_be_chosen() {
        let text = "references.liver = \"whole-organ\"";
        let config = loaded("suv3", text).unwrap();
        assert_eq!(config.references.liver, LiverMode::WholeOrgan);
        let error = loaded("suv3", "references.liver = \"left-lobe\"").unwrap_err();
        let error = error.to_string();
        assert!(error.contains("`sphere` or `whole-organ`"), "{error}");
    }

    #[test]
    fn a_value_out_of_range_is_named() {
        let text = "[lesion.finding.reference]\nmean-factor = -1";
        let error = loaded("liver-percist", text).unwrap_err().to_string();
        let named = "lesion.finding.reference.mean-factor is -1, expected 0 to 20";
        assert!(error.contains(named), "{error}");
    }
}
