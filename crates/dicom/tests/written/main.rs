//! Segmentations, reports and plans as we write them, in the hands of software that others wrote.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a skipped test must say so, a helper may fail the test"
)]

mod external;
mod plan;
mod report;
mod segmentation;
#[allow(
    dead_code,
    reason = "not all of what structure sets are tested with is needed here"
)]
#[path = "../structures/study.rs"]
mod study;
