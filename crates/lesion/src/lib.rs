//! isoboost-lesion
