//! What a structure set says that a person approved.

use dicom_dictionary_std::tags;
use isoboost_dicom::{
    Approval, Header, ObjectSource, Provenance, WrittenObject, write_structure_set,
};

use crate::foreign::check_by_dciodvfy;
use crate::study::{approved, moment, provenance, structures, upright};
use crate::writing::{Written, written};

const COMMENT: &str = "node 2 is the ureter\nsee the CT of März";

/// Writes the set once more beside the suggestion.
fn write(written: &Written, provenance: &Provenance) -> WrittenObject {
    let study = &written.study;
    let path = study.folder.path().join("approved.dcm");
    let structures = structures(&written.regions);
    write_structure_set(
        &path,
        &structures,
        &study.images,
        &study.patient,
        provenance,
    )
    .unwrap()
}

fn header(written: &Written) -> Header {
    let path = written.study.folder.path().join("approved.dcm");
    Header::read_whole(&ObjectSource::file(&path)).unwrap()
}

#[test]
fn the_set_names_who_approved_it_and_when() {
    let written = written(&upright());
    write(&written, &approved(COMMENT));
    let header = header(&written);
    let object = header.attributes();
    let text = |tag| object.text(tag).unwrap_or_default();
    assert_eq!(text(tags::APPROVAL_STATUS), "APPROVED");
    assert_eq!(text(tags::REVIEW_DATE), "20260316");
    assert_eq!(text(tags::REVIEW_TIME), "150926");
    assert_eq!(text(tags::REVIEWER_NAME), "Grün^Zoë^^Dr.");
    assert_eq!(text(tags::SPECIFIC_CHARACTER_SET), "ISO_IR 192");
    assert_eq!(text(tags::STRUCTURE_SET_DATE), "20260316");
    assert_eq!(
        text(tags::STRUCTURE_SET_DESCRIPTION),
        format!(
            "Suggested by isoboost 0.1.0, configuration 0123456789ab; reviewed and approved by \
             Dr. Zoë Grün, Klinik Höhe: {COMMENT}"
        )
    );
    for observation in object.items(tags::RTROI_OBSERVATIONS_SEQUENCE) {
        let interpreter = observation.text(tags::ROI_INTERPRETER);
        assert_eq!(interpreter.as_deref(), Some("Grün^Zoë^^Dr."));
    }
    check_by_dciodvfy(&written.study.folder.path().join("approved.dcm"));
}

#[test]
fn a_long_comment_is_cut_where_the_description_ends() {
    let written = written(&upright());
    write(&written, &approved(&"ü".repeat(3_000)));
    let description = header(&written)
        .attributes()
        .text(tags::STRUCTURE_SET_DESCRIPTION)
        .unwrap();
    assert!((1022..=1024).contains(&description.len()));
    assert!(description.ends_with("üü…"));
    check_by_dciodvfy(&written.study.folder.path().join("approved.dcm"));
}

/// 64 characters for each writing (PS3.5 6.2.1.1); dciodvfy counts the bytes of all, so it is not
/// asked.
#[test]
fn the_longest_names_fit() {
    let written = written(&upright());
    let name = format!("{0}^{0}=山田^太郎", "Ä".repeat(31));
    let at = moment();
    let approval = Approval::new(&name, Some(&"Ö".repeat(64)), at, None).unwrap();
    write(&written, &provenance().approved(approval));
    let reviewer = header(&written).attributes().text(tags::REVIEWER_NAME);
    assert_eq!(reviewer, Some(name));
}

#[test]
fn its_identifiers_are_its_own_and_follow_from_content_and_approval() {
    let written = written(&upright());
    let signed = write(&written, &approved(COMMENT));
    assert_eq!(signed, write(&written, &approved(COMMENT)));
    let other = write(&written, &approved("another word"));
    for [a, b] in [[&signed, &written.object], [&signed, &other]] {
        assert_ne!(a.sop_instance_uid, b.sop_instance_uid);
        assert_ne!(a.series_uid, b.series_uid);
    }
}
