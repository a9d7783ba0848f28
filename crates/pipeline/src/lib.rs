//! isoboost-pipeline
