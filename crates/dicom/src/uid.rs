//! Unique identifiers that follow from what they identify.

use uuid::Uuid;

/// Namespace of all identifiers made here; it must never change, or the same input would get
/// other identifiers.
const NAMESPACE: Uuid = Uuid::from_u128(0x5c0c_4f4e_7a1d_4d0f_9b57_6973_6f62_6f73);

/// A DICOM UID that depends on `parts` alone: the same parts in the same order always give the
/// same UID, and any other parts another one.
///
/// It is the name-based UUID (version 5) of the parts, written as `2.25.` and a decimal number
/// (PS3.5 B.2), at most 44 characters. Objects with different content must get different UIDs,
/// so a hash of the content belongs among the parts.
///
/// ```
/// let uid = isoboost_dicom::deterministic_uid(&["structure set", "1.2.3", "content hash"]);
/// assert_eq!(uid, isoboost_dicom::deterministic_uid(&["structure set", "1.2.3", "content hash"]));
/// assert!(uid.starts_with("2.25."));
/// ```
pub fn deterministic_uid(parts: &[&str]) -> String {
    let mut name = Vec::new();
    for part in parts {
        // The length in front keeps ["ab", "c"] apart from ["a", "bc"].
        name.extend_from_slice(&(part.len() as u64).to_le_bytes());
        name.extend_from_slice(part.as_bytes());
    }
    format!("2.25.{}", Uuid::new_v5(&NAMESPACE, &name).as_u128())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_and_their_borders_count() {
        let uid = deterministic_uid(&["ab", "c"]);
        assert_ne!(uid, deterministic_uid(&["a", "bc"]));
        assert_ne!(uid, deterministic_uid(&["c", "ab"]));
        assert_ne!(uid, deterministic_uid(&["ab", "c", ""]));
        assert_eq!(uid, deterministic_uid(&["ab", "c"]));
    }

    /// The value itself is part of the contract: a new version must give old objects' UIDs.
    #[test]
    fn the_uid_of_a_content_never_changes() {
        let uid = deterministic_uid(&["structure set", "1.2.3"]);
        assert_eq!(uid, "2.25.189050301313110658011224500712310296525");
        assert!(uid.len() <= 64);
        assert!(uid.bytes().all(|b| b.is_ascii_digit() || b == b'.'));
    }
}
