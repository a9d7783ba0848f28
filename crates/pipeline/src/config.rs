//! One configuration for the whole row, as TOML.

mod presets;

use std::path::{Path, PathBuf};

use isoboost_anatomy::LiverMode;
use isoboost_lesion::LesionConfig;
use isoboost_planning::PlanningConfig;
use isoboost_planning::dose::{LimitFileError, LimitSet, default_limits, read_limits};
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
    /// The file of dose limits cannot be read.
    #[error("cannot read the dose limits `{path}` (planning.isotoxic.constraints): {source}")]
    ReadLimits {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The dose limits are not usable.
    #[error("the dose limits `{path}` are not valid: {source}")]
    Limits {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: Box<LimitFileError>,
    },
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
        let mut config: Self = merged.try_into().map_err(parse)?;
        if let Some(limits) = &mut config.planning.isotoxic.constraints
            && let Some(folder) = path.parent()
        {
            // An absolute path stays as it is.
            *limits = folder.join(&*limits);
        }
        config.validate()?;
        config.limits()?;
        Ok(config)
    }

    fn preset(name: &str) -> Result<Self, ConfigError> {
        presets::preset(name).ok_or_else(|| ConfigError::UnknownPreset {
            found: name.to_owned(),
        })
    }

    /// Whether every value lies in its range.
    pub(crate) fn validate(&self) -> Result<(), ConfigError> {
        self.anatomy.validate().map_err(ConfigError::Range)?;
        self.lesion.validate().map_err(ConfigError::Range)?;
        self.staging.validate().map_err(ConfigError::Range)?;
        self.planning.validate().map_err(ConfigError::Range)
    }

    /// The text of the file of dose limits; none where those that are built in are used.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(crate) fn limits_text(&self) -> Result<Option<String>, ConfigError> {
        let read = |path: &PathBuf| {
            std::fs::read_to_string(path).map_err(|source| ConfigError::ReadLimits {
                path: path.clone(),
                source,
            })
        };
        self.planning
            .isotoxic
            .constraints
            .as_ref()
            .map(read)
            .transpose()
    }

    /// The dose limits of organs: those of the file that is named, or those that are built in.
    ///
    /// # Errors
    /// When the file cannot be read, holds something else, or lacks the set that is asked for.
    pub fn limits(&self) -> Result<Vec<LimitSet>, ConfigError> {
        let isotoxic = &self.planning.isotoxic;
        let text = self.limits_text()?;
        let path = isotoxic.constraints.clone();
        let path = path.unwrap_or_else(|| PathBuf::from("built in"));
        let sets = text.map_or_else(default_limits, |text| read_limits(&text));
        let sets = sets.map_err(|source| ConfigError::Limits {
            path,
            source: Box::new(source),
        })?;
        let wanted = &isotoxic.constraint_set;
        if wanted != "auto" && !sets.iter().any(|set| set.name == *wanted) {
            let known: Vec<&str> = sets.iter().map(|set| set.name.as_str()).collect();
            return Err(ConfigError::Range(format!(
                "planning.isotoxic.constraint-set is `{wanted}`, expected `auto` or one of {}",
                known.join(", ")
            )));
        }
        Ok(sets)
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
    fn dose_limits_come_from_a_file_beside_the_configuration() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let named = write(
            "named.toml",
            "planning.isotoxic.constraints = \"ours.toml\"",
        );
        let error = Config::load(None, Some(&named)).unwrap_err().to_string();
        assert!(error.contains("cannot read the dose limits"), "{error}");
        let limit = "organ = 'rectum'\nhard = true\nsource = 'ours'\nat-most-gy = 30\n";
        let set = "[[set]]\nname = 'ours'\ndescription = ''\nfractions = 5\n\
                   fraction-gy = [6, 8]\n[[set.limit]]\n";
        write("ours.toml", &format!("{set}{limit}metric = 'Dmax'"));
        let limits = Config::load(None, Some(&named)).unwrap().limits().unwrap();
        assert_eq!((limits.len(), limits[0].name.as_str()), (1, "ours"));
        write("ours.toml", &format!("{set}{limit}metric = 'V20'"));
        let error = Config::load(None, Some(&named)).unwrap_err().to_string();
        assert!(
            error.contains("limit 1 (rectum V20): expected a volume"),
            "{error}"
        );
        let set = write("set.toml", "planning.isotoxic.constraint-set = \"theirs\"");
        let error = Config::load(None, Some(&set)).unwrap_err().to_string();
        assert!(
            error.contains("is `theirs`, expected `auto` or one of conventional"),
            "{error}"
        );
    }

    #[test]
    fn a_value_out_of_range_is_named() {
        let text = "[lesion.finding.reference]\nmean-factor = -1";
        let error = loaded("liver-percist", text).unwrap_err().to_string();
        let named = "lesion.finding.reference.mean-factor is -1, expected 0 to 20";
        assert!(error.contains(named), "{error}");
        for (text, named) in [
            (
                "planning.limits.into-bladder-mm = 31",
                "planning.limits.into-bladder-mm is 31, expected 0 to 30",
            ),
            (
                "planning.isotoxic.organ-alpha-beta-gy = -3",
                "planning.isotoxic.organ-alpha-beta-gy is -3, expected 0.5 to 20",
            ),
        ] {
            let error = loaded("suv3", text).unwrap_err().to_string();
            assert!(error.contains(named), "{error}");
        }
    }
}
