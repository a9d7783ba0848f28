//! Structure sets (RT Structure Set IOD, PS3.3 A.19): what a planning system opens.
//!
//! Written are closed planar contours on the slices of one series, with every reference a
//! planning system needs to put them there. A hole is joined to its outer ring by a channel
//! (keyhole): of all encodings only this one is filled alike by every reader tried. Read are the
//! structure sets of any system, with what is irregular about them told.

mod check;
mod contour_item;
mod nesting;
mod read;
mod write;

pub use check::StructureError;
pub use read::{ImportedStructures, StructureReadError, read_structure_set};
pub use write::{StructureWriteError, write_structure_set};

use isoboost_volume::RoiType;

/// RT ROI Interpreted Type of a region, empty where there is none (PS3.3 C.8.8.8.1).
fn interpreted_type(kind: RoiType) -> &'static str {
    match kind {
        RoiType::Gtv => "GTV",
        RoiType::Ctv => "CTV",
        RoiType::Ptv => "PTV",
        RoiType::Organ => "ORGAN",
        RoiType::Avoidance => "AVOIDANCE",
        RoiType::Control => "CONTROL",
        RoiType::Other => "",
    }
}

fn roi_type(term: &str) -> RoiType {
    match term.to_ascii_uppercase().as_str() {
        "GTV" => RoiType::Gtv,
        "CTV" => RoiType::Ctv,
        "PTV" => RoiType::Ptv,
        // The newer term for an organ at risk.
        "ORGAN" | "OAR" => RoiType::Organ,
        "AVOIDANCE" => RoiType::Avoidance,
        "CONTROL" => RoiType::Control,
        _ => RoiType::Other,
    }
}
