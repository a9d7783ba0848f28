//! isoboost-report
