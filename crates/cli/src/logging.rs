//! Log lines on stderr.

use tracing_subscriber::EnvFilter;

use crate::args::{LogArgs, LogFormat};

/// Starts logging at the level asked for; `RUST_LOG` overrides it.
pub(crate) fn start(args: &LogArgs) {
    let level = match args.verbose {
        0 => "warn",
        1 => "info",
        _ => "debug",
    };
    // The DICOM library logs the values it cannot parse, which may hold a patient's name.
    let default =
        format!("error,isoboost={level},isoboost_pipeline={level},isoboost_dicom={level}");
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(default));
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false);
    match args.log_format {
        LogFormat::Text => lines.without_time().init(),
        LogFormat::Json => lines.json().init(),
    }
}
