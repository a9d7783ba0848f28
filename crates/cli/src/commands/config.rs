//! `isoboost config`

use std::process::ExitCode;

use isoboost_pipeline::Config;

use crate::args::ConfigArgs;
use crate::error::{Failure, USAGE};
use crate::print::{json_to_stdout, to_stderr, to_stdout};

pub(crate) fn config(args: &ConfigArgs) -> Result<ExitCode, Failure> {
    if args.schema {
        json_to_stdout(&Config::schema())?;
    } else if let Some(path) = &args.check {
        Config::load(None, Some(path)).map_err(|error| Failure::new(USAGE, &error))?;
        to_stderr(&format!("{}: valid", path.display()));
    } else {
        let text = Config::default()
            .to_toml()
            .map_err(|error| Failure::new(USAGE, &error))?;
        to_stdout(text.trim_end())?;
    }
    Ok(ExitCode::SUCCESS)
}
