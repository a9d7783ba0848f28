//! End-to-end tests of the isoboost command.
