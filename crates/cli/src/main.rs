//! The `isoboost` command: arguments in, exit code out, nothing else.

mod args;
mod commands;
mod error;
mod logging;
mod panics;
mod print;
mod progress;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Cli, Command};

fn main() -> ExitCode {
    let cli = Cli::parse();
    logging::start(&cli.log);
    panics::guarded(|| execute(cli.command))
}

fn execute(command: Command) -> ExitCode {
    let result = match command {
        Command::Run(args) => commands::run(&args),
        Command::Inspect(args) => commands::inspect(&args),
        Command::Suv(args) => commands::suv(&args),
        Command::Phantom(args) => commands::phantom(&args),
        Command::Cohort(args) => commands::cohort(&args),
        Command::Compare(args) => commands::compare(&args),
        Command::Review(args) => commands::review(&args),
        Command::Config(args) => commands::config(&args),
        Command::Completions { shell } => commands::completions(shell),
        Command::Man => commands::man(),
    };
    match result {
        Ok(code) => code,
        Err(failure) => failure.report(),
    }
}
