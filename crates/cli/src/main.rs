//! isoboost
fn main() {}
