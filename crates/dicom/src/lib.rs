//! isoboost-dicom
