//! What must hold for any mask, grid and contour, held against independent implementations.

#![allow(
    clippy::unwrap_used,
    reason = "a grid that cannot be made is a failing test"
)]

mod bodies;
mod components;
mod distances;
mod filling;
mod margins;
mod resampling;
mod simplified;
mod threads;
