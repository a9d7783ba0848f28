//! The worklist: all studies of a result folder with where they stand.

mod index;
mod page;
mod query;
mod row;
#[cfg(test)]
mod tests;

pub(crate) use index::Index;
pub(crate) use page::page;
pub(crate) use query::Query;
pub(crate) use row::{Row, Status, standing_of};
