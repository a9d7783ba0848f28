//! What must hold for any mask, grid and contour, held against independent implementations.

mod bodies;
mod components;
mod contours;
mod distances;
mod filling;
mod margins;
mod resampling;
mod threads;
