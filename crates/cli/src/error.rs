//! How the command fails: what happened, why, and what to do, on stderr; then an exit code.

use std::process::ExitCode;

use crate::print::to_stderr;

/// Exit code when some studies failed, or when two results differ.
pub(crate) const SOME_FAILED: u8 = 1;
/// Exit code of wrong usage or configuration.
pub(crate) const USAGE: u8 = 2;
/// Exit code when there is no study to work on.
pub(crate) const NO_STUDY: u8 = 3;

/// A failure on its way to the user.
#[derive(Debug)]
pub(crate) struct Failure {
    text: String,
    code: u8,
}

impl Failure {
    pub(crate) fn new(code: u8, error: &dyn std::error::Error) -> Self {
        Self {
            text: isoboost_pipeline::error_chain(error),
            code,
        }
    }

    pub(crate) fn message(code: u8, text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            code,
        }
    }

    /// Says what happened and hands back the exit code.
    pub(crate) fn report(self) -> ExitCode {
        to_stderr(&format!("error: {}", self.text));
        ExitCode::from(self.code)
    }
}
