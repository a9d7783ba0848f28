//! isoboost-staging
