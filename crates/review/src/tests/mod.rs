//! The server over HTTP as a browser sees it, with an engine that needs no images.

mod client;
mod decisions;
mod kill;
mod light;
mod security;
mod worklist;
