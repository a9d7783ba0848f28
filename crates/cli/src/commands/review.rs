//! `isoboost review`

use std::process::ExitCode;

use isoboost_review::{ReviewOptions, serve};

use crate::args::ReviewArgs;
use crate::error::{Failure, USAGE};
use crate::print::{to_stderr, to_stdout};

pub(crate) fn review(args: &ReviewArgs) -> Result<ExitCode, Failure> {
    let options = ReviewOptions {
        folder: args.folder.clone(),
        port: args.port,
        bind: args.bind,
        password_file: args.password_file.clone(),
        images: args.images.clone(),
        run_anatomy_command: args.run_anatomy_command,
        user: first_set(&["USER", "LOGNAME", "USERNAME"]),
        machine: machine(),
        open: args.open,
    };
    let ready = |url: &str| {
        // Whoever reads the address from a pipe that is closed cannot be told; the log can.
        if to_stdout(url).is_err() {
            to_stderr(url);
        }
        to_stderr("the planner's desk is open at this address until Ctrl-C");
        if args.bind.is_some_and(|address| !address.is_loopback()) {
            to_stderr(
                "other machines can open it with the password; the connection is not encrypted",
            );
        }
    };
    serve(&options, ready).map_err(|error| Failure::new(USAGE, &error))?;
    Ok(ExitCode::SUCCESS)
}

/// The first of these variables that says something.
fn first_set(names: &[&str]) -> Option<String> {
    let values = names.iter().filter_map(|name| std::env::var(name).ok());
    values
        .map(|value| value.trim().to_owned())
        .find(|value| !value.is_empty())
}

/// The name by which other machines know this one.
fn machine() -> Option<String> {
    let from_system = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let name = from_system.or_else(|| first_set(&["COMPUTERNAME", "HOSTNAME"]))?;
    let name = name.trim();
    (!name.is_empty()).then(|| name.to_owned())
}
