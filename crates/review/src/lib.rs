//! The planner's desk: a web application on this machine in which a planner looks at what the batch
//! suggests, changes what is wrong, and signs.
//!
//! [`serve`] answers on the loopback address to browsers that know a random token. Every decision
//! goes to an append-only audit trail in the result folder before it is told as saved; what comes
//! of it is worked out by the batch's own code. The suggestion itself is never changed.
//!
//! Words used here:
//!
//! - **Suggestion**: the result folder of a study, as the batch wrote it.
//! - **Review**: what people decided on one suggestion; a new suggestion starts a new one.
//! - **Revision**: number of events in a review. Who decides says which one they saw; where somebody
//!   else was faster, they are told and nothing is overwritten.
//! - **Session**: a study whose images are held in memory.

mod assets;
mod desk;
mod engine;
mod routes;
mod server;
mod store;
#[cfg(test)]
mod tests;
mod web;
mod worklist;

pub use server::{ReviewError, ReviewOptions, serve};
pub use store::StoreError;
pub use web::{Password, PasswordError};
