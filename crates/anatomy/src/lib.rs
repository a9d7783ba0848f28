//! isoboost-anatomy
