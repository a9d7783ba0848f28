//! isoboost-suv
