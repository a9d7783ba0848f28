//! A panic is a defect of the program: told in one sentence, once.
//!
//! Decoders of pixel data come from other crates and may panic on damaged files; such a panic is
//! caught where the frame is read and becomes an error with the file's name. The standard hook would
//! print it all the same, so that a user reads of a crash that was none.

use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

use crate::error::{Failure, SOME_FAILED};

static LATEST: Mutex<String> = Mutex::new(String::new());

/// Runs the command; a panic that nothing caught ends it with a message and exit code 1.
pub(crate) fn guarded(command: impl FnOnce() -> ExitCode) -> ExitCode {
    panic::set_hook(Box::new(|panic| {
        let text = panic.to_string();
        tracing::debug!(panic = %text);
        *LATEST.lock().unwrap_or_else(PoisonError::into_inner) = text;
    }));
    panic::catch_unwind(AssertUnwindSafe(command)).unwrap_or_else(|_| {
        let latest = LATEST.lock().unwrap_or_else(PoisonError::into_inner);
        Failure::message(
            SOME_FAILED,
            format!("isoboost itself failed, please report it: {latest}"),
        )
        .report()
    })
}
