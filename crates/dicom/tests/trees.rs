//! Finding studies among whatever a folder holds.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "tests may fail, and a skipped one must say so"
)]

mod objects;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use dicom_core::VR;
use dicom_dictionary_std::{tags, uids};
use isoboost_dicom::{ObjectKind, Series, discover, load_ct, load_pet};
use objects::{Object, found, series, study, write};
use zip::CompressionMethod;
use zip::write::SimpleFileOptions;

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

/// Four slices of a CT, named so that the order of names is not that of the slices.
fn ct_under(folder: &Path) {
    for (k, name) in [(0, "c/z"), (1, "a/IM.1"), (2, "b/nested/deep/2"), (3, "0")] {
        Object::ct(k).write(folder.join(name));
    }
}

#[test]
fn files_without_extension_in_nested_folders_are_one_series_and_the_rest_is_counted() {
    let folder = folder();
    ct_under(folder.path());
    write(folder.path().join("README.txt"), b"not an image");
    write(folder.path().join("a/empty"), b"");
    write(folder.path().join("a/.hidden"), &[8; 5000]);
    let found = found(folder.path());
    assert_eq!(found.ignored_files, 3);
    assert_eq!(found.problems, []);
    let series = &found.studies[0].series[0];
    assert_eq!((series.kind, series.slices.len()), (ObjectKind::Ct, 4));
    assert_eq!(found.studies[0].patient.patient_id().unwrap(), "P1");
}

#[test]
fn patients_in_folders_of_one_tree_are_studies_of_their_own() {
    let folder = folder();
    for patient in ["A", "B"] {
        for k in 0..3 {
            let uid = format!("2.25.{}", u32::from(patient.as_bytes()[0]));
            Object::ct(k)
                .text(tags::PATIENT_ID, VR::LO, patient)
                .text(tags::STUDY_INSTANCE_UID, VR::UI, &uid)
                .text(tags::SERIES_INSTANCE_UID, VR::UI, &format!("{uid}.1"))
                .text(tags::SOP_INSTANCE_UID, VR::UI, &format!("{uid}.1.{k}"))
                .write(folder.path().join(format!("{patient}/{k}")));
        }
    }
    let found = found(folder.path());
    let patients: Vec<_> = found
        .studies
        .iter()
        .map(|s| s.patient.patient_id())
        .collect();
    assert_eq!(patients, [Some("A".to_owned()), Some("B".to_owned())]);
}

#[test]
fn a_dicomdir_is_an_index_and_adds_nothing() {
    let folder = folder();
    ct_under(folder.path());
    Object::other(uids::MEDIA_STORAGE_DIRECTORY_STORAGE, "", 1)
        .write(folder.path().join("DICOMDIR"));
    let found = found(folder.path());
    assert_eq!((found.ignored_files, found.studies.len()), (1, 1));
    assert_eq!(found.studies[0].series[0].slices.len(), 4);
    assert!(found.studies[0].findings.is_empty());
}

/// A zip archive of four slices of a CT, packed in `method`.
fn zipped(path: &Path, method: CompressionMethod) {
    let mut zip = zip::ZipWriter::new(std::fs::File::create(path).unwrap());
    let options = SimpleFileOptions::default().compression_method(method);
    for k in [2, 0, 3, 1] {
        zip.start_file(format!("study/{k}.dcm"), options).unwrap();
        zip.write_all(&Object::ct(k).encoded(uids::EXPLICIT_VR_LITTLE_ENDIAN))
            .unwrap();
    }
    zip.start_file("study/notes.txt", options).unwrap();
    zip.write_all(b"notes").unwrap();
    zip.finish().unwrap();
}

#[test]
fn archives_give_the_same_volume_as_folders() {
    let plain = folder();
    ct_under(plain.path());
    let expected = load_ct(&series(plain.path())).unwrap();
    for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
        let folder = folder();
        // The name does not matter, the content does.
        zipped(&folder.path().join("export.bin"), method);
        let found = found(folder.path());
        assert_eq!((found.ignored_files, found.studies.len()), (1, 1));
        let series = &found.studies[0].series[0];
        assert_eq!(load_ct(series).unwrap(), expected, "{method}");
        let source = series.instances[0].source.to_string();
        assert!(source.ends_with("export.bin:study/0.dcm"), "{source}");
    }
}

#[test]
fn a_damaged_archive_is_listed() {
    let folder = folder();
    let path = folder.path().join("a.zip");
    zipped(&path, CompressionMethod::Deflated);
    let bytes = std::fs::read(&path).unwrap();
    write(&path, &bytes[..bytes.len() / 2]);
    let found = found(folder.path());
    assert_eq!(found.studies.len(), 0);
    assert!(found.problems[0].reason.contains("zip archive"));
}

#[cfg(unix)]
#[test]
fn links_are_followed_but_not_in_circles() {
    let folder = folder();
    ct_under(&folder.path().join("real"));
    std::os::unix::fs::symlink(folder.path(), folder.path().join("real/loop")).unwrap();
    let found = found(folder.path());
    assert_eq!(found.studies[0].series[0].slices.len(), 4);
    assert_eq!(found.problems.len(), 1);
    assert!(found.problems[0].reason.contains("leads back"));
}

#[cfg(unix)]
#[test]
fn an_unreadable_folder_is_told_and_the_rest_is_found() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder();
    ct_under(folder.path());
    let locked = folder.path().join("locked");
    std::fs::create_dir(&locked).unwrap();
    std::fs::set_permissions(&locked, PermissionsExt::from_mode(0o000)).unwrap();
    if std::fs::read_dir(&locked).is_ok() {
        println!("skipped: this user may read everything");
        return;
    }
    let found = found(folder.path());
    assert_eq!(found.studies[0].series[0].slices.len(), 4);
    assert!(found.problems[0].file.ends_with("locked"));
}

#[test]
fn objects_found_twice_are_taken_once() {
    let folder = folder();
    ct_under(&folder.path().join("one"));
    ct_under(&folder.path().join("two"));
    let study = study(folder.path());
    assert_eq!(study.series[0].slices.len(), 4);
    assert_eq!(study.findings[0].code, "duplicate-files");
    assert!(study.findings[0].text.starts_with("4 file(s)"));
    // The same folder named twice is the same folder.
    let twice = [folder.path().into(), folder.path().join("one")];
    let found = discover(&twice, &|_| {}).unwrap();
    assert_eq!(found.studies[0].findings, study.findings);
}

#[test]
fn objects_with_one_uid_that_differ_are_told() {
    let folder = folder();
    ct_under(folder.path());
    let elsewhere = Object::ct(2).position([0.0, 0.0, 99.0]);
    elsewhere.write(folder.path().join("zz"));
    let study = study(folder.path());
    assert_eq!(study.series[0].slices.len(), 4);
    assert_eq!(study.findings[0].code, "conflicting-duplicates");
}

#[test]
fn other_objects_among_the_slices_are_never_slices() {
    let folder = folder();
    for k in 0..3 {
        Object::pet(k).write(folder.path().join(format!("{k}")));
    }
    let others = [
        (uids::REAL_WORLD_VALUE_MAPPING_STORAGE, ObjectKind::Other),
        (uids::COMPREHENSIVE3_DSR_STORAGE, ObjectKind::Other),
        (uids::SEGMENTATION_STORAGE, ObjectKind::Segmentation),
        (uids::RT_STRUCTURE_SET_STORAGE, ObjectKind::StructureSet),
        (uids::RT_DOSE_STORAGE, ObjectKind::Dose),
        (uids::SECONDARY_CAPTURE_IMAGE_STORAGE, ObjectKind::Other),
        (uids::SPATIAL_REGISTRATION_STORAGE, ObjectKind::Registration),
    ];
    for (n, (sop_class, _)) in (0..).zip(others) {
        // They say PT, as objects made from a PET often do.
        Object::other(sop_class, "PT", 100 + n).write(folder.path().join(format!("x{n}")));
    }
    let study = study(folder.path());
    assert_eq!(study.series.len(), 1);
    assert_eq!(study.series[0].slices.len(), 3);
    let mut kinds: Vec<ObjectKind> = study.others.iter().map(|o| o.kind).collect();
    let mut expected: Vec<ObjectKind> = others.iter().map(|(_, kind)| *kind).collect();
    kinds.sort();
    expected.sort();
    assert_eq!(kinds, expected);
}

#[test]
fn damaged_files_are_listed_with_reasons_and_the_rest_goes_on() {
    let folder = folder();
    ct_under(folder.path());
    let bytes = Object::ct(7).encoded(uids::EXPLICIT_VR_LITTLE_ENDIAN);
    write(folder.path().join("bad/pixels"), &bytes[..bytes.len() - 6]);
    write(folder.path().join("bad/header"), &bytes[..400]);
    let lost = Object::ct(8).without(tags::SERIES_INSTANCE_UID);
    lost.write(folder.path().join("bad/series"));
    let found = found(folder.path());
    assert_eq!(found.studies[0].series[0].slices.len(), 4);
    let reasons: Vec<&str> = found.problems.iter().map(|p| p.reason.as_str()).collect();
    assert!(
        reasons[0].starts_with("the file is cut off"),
        "{}",
        reasons[0]
    );
    assert_eq!(
        reasons[1],
        "the pixel data are cut off: 34 bytes are present, 40 are expected \
         (4 rows, 5 columns, 1 frame(s), 2 bytes per pixel)"
    );
    assert_eq!(
        reasons[2],
        "SeriesInstanceUID (0020,000E) is missing, expected a unique identifier"
    );
}

#[test]
fn the_result_depends_neither_on_names_nor_on_threads() {
    let names = [["a", "b", "c", "d", "e"], ["e", "d", "a", "c", "b"]];
    let volumes = names.map(|names| {
        let folder = folder();
        for (k, name) in (0..).zip(names) {
            Object::pet(k).write(folder.path().join(name));
        }
        let pool = |n| {
            rayon::ThreadPoolBuilder::new()
                .num_threads(n)
                .build()
                .unwrap()
        };
        let [one, four] = [1, 4].map(|threads| {
            pool(threads).install(|| {
                let series = series(folder.path());
                let uids: Vec<_> = uids_of(&series);
                (uids, load_pet(&series).unwrap().activity)
            })
        });
        assert_eq!(one, four);
        one
    });
    assert_eq!(volumes[0], volumes[1]);
}

fn uids_of(series: &Series) -> Vec<String> {
    let references = (0..series.slices.len()).map(|k| series.slice_reference(k).unwrap());
    references.map(|r| r.sop_instance_uid.to_owned()).collect()
}

#[test]
fn progress_counts_every_file() {
    let folder = folder();
    ct_under(folder.path());
    zipped(&folder.path().join("more.zip"), CompressionMethod::Stored);
    let counts = Mutex::new(Vec::new());
    discover(&[folder.path().into()], &|n| counts.lock().unwrap().push(n)).unwrap();
    let mut counts = counts.into_inner().unwrap();
    counts.sort_unstable();
    // Four files, the archive, and five files in it.
    assert_eq!(counts, (1..=10).collect::<Vec<_>>());
}

#[test]
fn an_input_that_is_not_there_or_not_dicom_is_named() {
    let folder = folder();
    let missing = folder.path().join("nowhere");
    let error = discover(std::slice::from_ref(&missing), &|_| {}).unwrap_err();
    assert!(error.to_string().contains("nowhere"));
    let text = folder.path().join("report.txt");
    write(&text, b"not an image");
    let found = discover(&[text], &|_| {}).unwrap();
    assert_eq!(found.ignored_files, 0);
    assert!(found.problems[0].reason.contains("not a DICOM file"));
}

#[test]
fn files_of_two_patients_in_one_study_are_told() {
    let folder = folder();
    ct_under(folder.path());
    for k in 0..3 {
        Object::pet(k)
            .text(tags::PATIENT_ID, VR::LO, "somebody else")
            .write(folder.path().join(format!("pet/{k}")));
    }
    let study = study(folder.path());
    assert_eq!(study.findings[0].code, "mixed-patients");
    assert!(!study.findings[0].text.contains("somebody"));
}

#[test]
fn a_series_torn_into_several_studies_is_put_together() {
    let folder = folder();
    for k in 0..3 {
        Object::ct(k)
            .text(tags::STUDY_INSTANCE_UID, VR::UI, &format!("2.25.4.{k}"))
            .write(folder.path().join(format!("{k}")));
    }
    let study = study(folder.path());
    assert_eq!(study.study_uid, "2.25.4.0");
    assert_eq!(study.series[0].slices.len(), 3);
    assert_eq!(study.findings[0].code, "series-in-several-studies");
}

#[test]
fn paths_sort_before_members_whatever_the_input_order() {
    let folder = folder();
    ct_under(&folder.path().join("b"));
    ct_under(&folder.path().join("a"));
    let inputs: [Vec<PathBuf>; 2] =
        [["a", "b"], ["b", "a"]].map(|order| order.map(|name| folder.path().join(name)).to_vec());
    let first = inputs.map(|inputs| {
        let found = discover(&inputs, &|_| {}).unwrap();
        found.studies[0].series[0].instances[0].source.to_string()
    });
    assert_eq!(first[0], first[1]);
}
