//! isoboost-phantom
