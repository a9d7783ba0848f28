//! The arguments of `isoboost review`.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::Args;

/// The desk listens on this machine alone and prints the address to open, with a token that only
/// its reader knows. Decisions are kept in DIR/isoboost.db, signed results in DIR/signed.
#[derive(Debug, Args)]
pub(crate) struct ReviewArgs {
    /// Output folder of a run
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// Port to listen on; any free one when not given
    #[arg(long, default_value_t = 0, hide_default_value = true, value_name = "N")]
    pub(crate) port: u16,
    /// Open the desk in the browser
    #[arg(long)]
    pub(crate) open: bool,
    /// Where images are that were moved since the run; can be given several times
    #[arg(long, value_name = "FOLDER")]
    pub(crate) images: Vec<PathBuf>,
    /// Start the program that drew the organs of a study (anatomy.command) again, where a study was
    /// run with one; give it only for folders whose runs you trust
    #[arg(long)]
    pub(crate) run_anatomy_command: bool,
    /// Address to listen on in place of 127.0.0.1, so that other machines can open the desk; the
    /// connection is NOT encrypted, so patients' data and the password can be read on the way
    #[arg(long, value_name = "ADDR", requires = "password_file")]
    pub(crate) bind: Option<IpAddr>,
    /// File whose first line is the password that browsers are asked for, at least 8 characters
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
}
