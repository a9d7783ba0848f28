//! One file for each command.

mod cohort;
mod compare;
mod config;
mod inspect;
mod phantom;
mod review;
mod run;
mod shell;
mod suv;

pub(crate) use cohort::cohort;
pub(crate) use compare::compare;
pub(crate) use config::config;
pub(crate) use inspect::inspect;
pub(crate) use phantom::phantom;
pub(crate) use review::review;
pub(crate) use run::run;
pub(crate) use shell::{completions, man};
pub(crate) use suv::suv;
