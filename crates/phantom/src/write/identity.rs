//! Unique identifiers that follow from what is written: the same phantom has the same ones.

use std::fmt::Write as _;

use rayon::prelude::*;
use uuid::Uuid;

/// Root of all identifiers made here.
const NAMESPACE: Uuid = Uuid::from_u128(0x6f1c_5a54_8e0b_4d53_9a7e_0d2b_9f6a_41c7);

/// An UID of the `2.25.` root (PS3.5 B.2) from a name.
pub(super) fn uid(name: &str) -> String {
    let uuid = Uuid::new_v5(&NAMESPACE, name.as_bytes());
    format!("2.25.{}", uuid.as_u128())
}

/// A digest of voxel values, slice by slice.
pub(super) fn digest(slices: &[&[u8]]) -> String {
    let parts: Vec<Uuid> = slices
        .par_iter()
        .map(|bytes| Uuid::new_v5(&NAMESPACE, bytes))
        .collect();
    let mut all = String::new();
    for part in parts {
        let _ = write!(all, "{}", part.simple());
    }
    Uuid::new_v5(&NAMESPACE, all.as_bytes())
        .simple()
        .to_string()
}

/// The identifiers of a study.
#[derive(Debug, Clone)]
pub(super) struct Identity {
    /// Everything that the identifiers depend on.
    name: String,
    pub(super) study: String,
    pub(super) frame_of_reference: String,
}

impl Identity {
    pub(super) fn new(name: String) -> Self {
        Self {
            study: uid(&format!("{name}/study")),
            frame_of_reference: uid(&format!("{name}/frame of reference")),
            name,
        }
    }

    pub(super) fn series(&self, role: &str) -> String {
        uid(&format!("{}/series/{role}", self.name))
    }

    pub(super) fn instance(&self, role: &str, number: usize) -> String {
        uid(&format!("{}/series/{role}/{number}", self.name))
    }
}
