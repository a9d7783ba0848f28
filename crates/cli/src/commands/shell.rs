//! `isoboost completions` and `isoboost man`

use std::process::ExitCode;

use clap::CommandFactory;
use clap_complete::Shell;

use crate::args::Cli;
use crate::error::{Failure, SOME_FAILED};
use crate::print::to_stdout;

pub(crate) fn completions(shell: Shell) -> Result<ExitCode, Failure> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "isoboost", &mut text);
    to_stdout(String::from_utf8_lossy(&text).trim_end())?;
    Ok(ExitCode::SUCCESS)
}

/// The page of the command and of each subcommand, one after the other.
pub(crate) fn man() -> Result<ExitCode, Failure> {
    let mut page = Vec::new();
    let mut command = Cli::command();
    command.build();
    let written = clap_mangen::Man::new(command.clone())
        .render(&mut page)
        .and_then(|()| {
            command
                .get_subcommands()
                .filter(|c| c.get_name() != "help")
                .try_for_each(|c| clap_mangen::Man::new(c.clone()).render(&mut page))
        });
    written.map_err(|error| Failure::new(SOME_FAILED, &error))?;
    to_stdout(String::from_utf8_lossy(&page).trim_end())?;
    Ok(ExitCode::SUCCESS)
}
