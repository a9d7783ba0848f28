//! `isoboost compare`

use std::process::ExitCode;

use isoboost_report::Tolerance;

use crate::args::CompareArgs;
use crate::error::{Failure, SOME_FAILED, USAGE};
use crate::print::{json_to_stdout, to_stderr, to_stdout};

pub(crate) fn compare(args: &CompareArgs) -> Result<ExitCode, Failure> {
    let tolerance = match &args.tolerance {
        Some(path) => read_tolerance(path)?,
        None => Tolerance::default(),
    };
    let differences = isoboost_report::compare(&args.old, &args.new, &tolerance)
        .map_err(|error| Failure::new(USAGE, &error))?;
    if args.json {
        json_to_stdout(&differences)?;
    } else {
        for difference in &differences {
            let study = match difference.study.as_str() {
                "" => String::new(),
                study => format!("{study}: "),
            };
            let line = format!(
                "{study}{}: {} -> {}",
                difference.place, difference.old, difference.new
            );
            to_stdout(&line)?;
        }
    }
    if differences.is_empty() {
        to_stderr("the results are the same");
        return Ok(ExitCode::SUCCESS);
    }
    to_stderr(&format!("{} differences", differences.len()));
    Ok(ExitCode::from(SOME_FAILED))
}

fn read_tolerance(path: &std::path::Path) -> Result<Tolerance, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        Failure::message(USAGE, format!("cannot read `{}`: {error}", path.display()))
    })?;
    toml::from_str(&text).map_err(|error| {
        Failure::message(
            USAGE,
            format!("`{}` is no tolerance file: {error}", path.display()),
        )
    })
}
