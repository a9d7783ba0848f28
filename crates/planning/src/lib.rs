//! isoboost-planning
