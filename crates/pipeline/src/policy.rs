//! Which policy a run follows.

use std::path::{Path, PathBuf};

use isoboost_planning::{DEFAULT_POLICY, Policy, PolicyError};

use crate::config::Config;
use crate::digest::sha256_hex;

/// A policy with the hash of its file.
#[derive(Debug, Clone, PartialEq)]
pub struct PolicyInUse {
    /// The policy.
    pub policy: Policy,
    /// SHA-256 of the file's bytes, in hexadecimal.
    pub sha256: String,
    /// The text of the file.
    pub text: String,
}

/// Why a policy file cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyFileError {
    /// The file cannot be read.
    #[error("cannot read the policy `{path}`: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// It is no policy, or one that cannot be used.
    #[error("the policy `{path}` is {source}")]
    Policy {
        /// The file.
        path: PathBuf,
        /// Why.
        source: PolicyError,
    },
}

impl PolicyInUse {
    /// The policy of a file.
    ///
    /// # Errors
    /// When the file cannot be read, or is no policy that can be used.
    pub fn read(path: &Path) -> Result<Self, PolicyFileError> {
        let text = std::fs::read_to_string(path).map_err(|source| PolicyFileError::Read {
            path: path.to_path_buf(),
            source,
        })?;
        let policy = Policy::parse(&text).map_err(|source| PolicyFileError::Policy {
            path: path.to_path_buf(),
            source,
        })?;
        let sha256 = sha256_hex(text.as_bytes());
        Ok(Self {
            policy,
            sha256,
            text,
        })
    }

    /// The policy of the option, else that of the configuration, else the default one. A policy
    /// that the configuration names lies from the folder of its file on.
    ///
    /// # Errors
    /// As [`PolicyInUse::read`].
    pub fn choose(
        option: Option<&Path>,
        config: &Config,
        config_file: Option<&Path>,
    ) -> Result<Self, PolicyFileError> {
        if let Some(path) = option {
            return Self::read(path);
        }
        let Some(named) = &config.planning.policy_file else {
            return Ok(Self::default());
        };
        let folder = config_file.and_then(Path::parent);
        Self::read(&folder.map_or_else(|| named.clone(), |folder| folder.join(named)))
    }
}

impl Default for PolicyInUse {
    fn default() -> Self {
        Self {
            policy: Policy::default(),
            sha256: sha256_hex(DEFAULT_POLICY.as_bytes()),
            text: DEFAULT_POLICY.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_option_goes_before_the_configuration() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str| {
            let text = DEFAULT_POLICY.replacen("psma-guided-salvage", name, 1);
            let path = folder.path().join(format!("{name}.toml"));
            std::fs::write(&path, text).unwrap();
            path
        };
        let (ours, theirs) = (write("ours"), write("theirs"));
        let mut config = Config::default();
        let chosen = |option, config: &Config| {
            let config_file = folder.path().join("isoboost.toml");
            PolicyInUse::choose(option, config, Some(&config_file))
        };
        assert_eq!(chosen(None, &config).unwrap(), PolicyInUse::default());
        config.planning.policy_file = Some("theirs.toml".into());
        assert_eq!(chosen(None, &config).unwrap().policy.name, "theirs");
        let by_option = chosen(Some(&ours), &config).unwrap();
        assert_eq!(by_option.policy.name, "ours");
        assert_ne!(by_option.sha256, PolicyInUse::default().sha256);
        assert_eq!(by_option.sha256, sha256_hex(&std::fs::read(&ours).unwrap()));
        std::fs::write(&theirs, "name = 3").unwrap();
        let error = chosen(None, &config).unwrap_err();
        let error = crate::error_chain(&error);
        assert!(
            error.contains("theirs.toml` is not a valid policy"),
            "{error}"
        );
        assert!(error.contains("line 1"), "{error}");
    }
}
