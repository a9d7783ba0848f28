//! `isoboost config`

use std::path::Path;
use std::process::ExitCode;

use isoboost_pipeline::{Config, PolicyInUse};
use isoboost_planning::{DEFAULT_POLICY, Policy};

use crate::args::ConfigArgs;
use crate::error::{Failure, USAGE};
use crate::print::{json_to_stdout, to_stderr, to_stdout};

pub(crate) fn config(args: &ConfigArgs) -> Result<ExitCode, Failure> {
    if args.schema {
        json_to_stdout(&Config::schema())?;
    } else if args.policy {
        to_stdout(DEFAULT_POLICY.trim_end())?;
    } else if args.policy_schema {
        json_to_stdout(&Policy::json_schema())?;
    } else if let Some(path) = &args.check {
        check(path)?;
    } else {
        let text = Config::default()
            .to_toml()
            .map_err(|error| Failure::new(USAGE, &error))?;
        to_stdout(text.trim_end())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Checks a policy, or a configuration and the policy that it names.
fn check(path: &Path) -> Result<(), Failure> {
    if is_policy(path) {
        let used = PolicyInUse::read(path).map_err(|error| Failure::new(USAGE, &error))?;
        to_stderr(&format!("{}: valid, {}", path.display(), described(&used)));
        return Ok(());
    }
    let config = Config::load(None, Some(path)).map_err(|error| Failure::new(USAGE, &error))?;
    let used = PolicyInUse::choose(None, &config, Some(path))
        .map_err(|error| Failure::new(USAGE, &error))?;
    to_stderr(&format!(
        "{}: valid, with {}",
        path.display(),
        described(&used)
    ));
    Ok(())
}

/// Whether a file has what only a policy has; a file that cannot be read is told when it is read.
fn is_policy(path: &Path) -> bool {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let table: Option<toml::Table> = text.parse().ok();
    table.is_some_and(|table| table.contains_key("rule") || table.contains_key("limits"))
}

fn described(used: &PolicyInUse) -> String {
    let PolicyInUse { policy, sha256, .. } = used;
    format!(
        "policy {} {} (SHA-256 {sha256})",
        policy.name, policy.version
    )
}
