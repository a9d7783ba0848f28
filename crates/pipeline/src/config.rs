//! One configuration for the whole row, as TOML.

use std::path::{Path, PathBuf};

use isoboost_lesion::LesionConfig;
use isoboost_planning::PlanningConfig;
use isoboost_staging::StagingConfig;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::digest::sha256_hex;

/// All settings; each stage owns its part. Keys that are not known are refused.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Config {
    /// Finding, delineating and measuring uptake.
    pub lesion: LesionConfig,
    /// Telling disease from physiological uptake, and where it is.
    pub staging: StagingConfig,
    /// What to treat and with which margins.
    pub planning: PlanningConfig,
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

/// Named sets of thresholds and what each is.
pub const PRESETS: [(&str, &str); 2] = [
    (
        "suv3",
        "find at SUV 3.0, delineate at 41 % of the maximum (the default)",
    ),
    (
        "suv4-fixed",
        "find and delineate at SUV 4.0 (Mittlmeier 2021)",
    ),
];

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
        overlay(&mut merged, text.parse::<toml::Table>().map_err(parse)?);
        let config: Self = merged.try_into().map_err(parse)?;
        config.validate()?;
        Ok(config)
    }

    fn preset(name: &str) -> Result<Self, ConfigError> {
        match name {
            "suv3" => Ok(Self::default()),
            "suv4-fixed" => Ok(Self {
                lesion: LesionConfig::fixed(4.0),
                ..Self::default()
            }),
            _ => Err(ConfigError::UnknownPreset {
                found: name.to_owned(),
            }),
        }
    }

    /// Whether every value lies in its range.
    fn validate(&self) -> Result<(), ConfigError> {
        self.lesion.validate().map_err(ConfigError::Range)?;
        self.staging.validate().map_err(ConfigError::Range)?;
        self.planning.validate().map_err(ConfigError::Range)
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

/// Lays the keys of `over` over `base`, table by table.
fn overlay(base: &mut toml::Table, over: toml::Table) {
    for (key, value) in over {
        match (base.get_mut(&key), value) {
            (Some(toml::Value::Table(inner)), toml::Value::Table(value)) => overlay(inner, value),
            (_, value) => {
                base.insert(key, value);
            }
        }
    }
}
