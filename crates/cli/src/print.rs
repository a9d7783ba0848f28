//! Data goes to stdout, everything for people to stderr.

use std::io::Write;

use crate::error::{Failure, SOME_FAILED};

/// Writes text and a newline to stdout. A reader that went away (`isoboost … | head`) is no error.
pub(crate) fn to_stdout(text: &str) -> Result<(), Failure> {
    match writeln!(std::io::stdout().lock(), "{text}") {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Failure::message(
            SOME_FAILED,
            format!("cannot write to stdout: {error}"),
        )),
        _ => Ok(()),
    }
}

/// Writes a value as JSON to stdout.
pub(crate) fn json_to_stdout(value: &impl serde::Serialize) -> Result<(), Failure> {
    match serde_json::to_string_pretty(value) {
        Ok(text) => to_stdout(&text),
        Err(error) => Err(Failure::new(SOME_FAILED, &error)),
    }
}

/// Writes text and a newline to stderr; a closed stderr is no reason to stop.
pub(crate) fn to_stderr(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}
