//! Which PET and CT are taken, and what is said about it.

#![allow(clippy::unwrap_used, reason = "tests may fail")]

mod objects;

use dicom_core::VR;
use dicom_dictionary_std::tags;
use isoboost_dicom::{SelectError, SeriesChoice, Study, select};
use objects::{Object, study};

/// A study of these objects.
fn study_of(objects: impl IntoIterator<Item = Object>) -> Study {
    let folder = tempfile::tempdir().unwrap();
    for (n, object) in objects.into_iter().enumerate() {
        object.write(folder.path().join(format!("{n:04}")));
    }
    study(folder.path())
}

/// A PET of `slices` slices as series `number`, with something changed on each of them.
fn pet(number: u16, slices: u16, change: fn(Object) -> Object) -> Vec<Object> {
    (0..slices)
        .map(|k| change(Object::pet(k).series(number)))
        .collect()
}

fn ct(number: u16, slices: u16, change: fn(Object) -> Object) -> Vec<Object> {
    (0..slices)
        .map(|k| change(Object::ct(k).series(number)))
        .collect()
}

fn as_it_is(object: Object) -> Object {
    object
}

fn uncorrected(object: Object) -> Object {
    object.text(tags::CORRECTED_IMAGE, VR::CS, "DECY\\SCAT")
}

fn projection(object: Object) -> Object {
    object.text(tags::SERIES_TYPE, VR::CS, "WHOLE BODY\\REPROJECTION")
}

fn derived(object: Object) -> Object {
    object.text(tags::IMAGE_TYPE, VR::CS, "DERIVED\\SECONDARY")
}

fn elsewhere(object: Object) -> Object {
    object.text(tags::FRAME_OF_REFERENCE_UID, VR::UI, "2.25.8")
}

fn scout(object: Object) -> Object {
    object.text(tags::IMAGE_TYPE, VR::CS, "ORIGINAL\\PRIMARY\\LOCALIZER")
}

/// The numbers of the PET and CT taken of these series, and the codes of the warnings.
fn taken(series: &[Vec<Object>]) -> (i64, Option<i64>, Vec<&'static str>) {
    let study = study_of(series.concat());
    let selection = select(&study, &SeriesChoice::default()).unwrap();
    let codes = selection.warnings.iter().map(|w| w.code).collect();
    let ct = selection.ct.map(|ct| ct.number.unwrap());
    (selection.pet.number.unwrap(), ct, codes)
}

fn refused(series: &[Vec<Object>], choice: &SeriesChoice) -> SelectError {
    select(&study_of(series.concat()), choice).unwrap_err()
}

fn named(pet: Option<&str>, ct: Option<&str>) -> SeriesChoice {
    SeriesChoice {
        pet_uid: pet.map(str::to_owned),
        ct_uid: ct.map(str::to_owned),
        assume_aligned: false,
    }
}

#[test]
fn the_corrected_complete_original_pet_is_taken() {
    let ct = ct(9, 6, as_it_is);
    for others in [
        pet(1, 6, uncorrected),
        pet(1, 6, projection),
        pet(1, 4, as_it_is),
        pet(1, 6, derived),
        pet(1, 6, |o| {
            o.text(tags::SERIES_TYPE, VR::CS, "DYNAMIC\\IMAGE")
        }),
        pet(1, 8, |o| o.text(tags::CORRECTED_IMAGE, VR::CS, "")),
    ] {
        let (pet, ct, warnings) = taken(&[others, pet(2, 6, as_it_is), ct.clone()]);
        assert_eq!((pet, ct), (2, Some(9)));
        assert!(warnings.is_empty(), "{warnings:?}");
    }
}

#[test]
fn among_equals_the_lower_number_is_taken_with_a_warning() {
    let series = [
        pet(7, 4, as_it_is),
        pet(3, 4, as_it_is),
        ct(8, 4, as_it_is),
        ct(6, 4, as_it_is),
    ];
    let (pet, ct, warnings) = taken(&series);
    assert_eq!((pet, ct), (3, Some(6)));
    assert_eq!(warnings, ["pet-choice", "ct-choice"]);
    let study = study_of(series.concat());
    let selection = select(&study, &SeriesChoice::default()).unwrap();
    assert_eq!(
        selection.warnings[0].text,
        "series 3 was taken, but nothing in the headers makes it better than \
         series 7 (2.25.1.97); choose with --pet-series"
    );
}

#[test]
fn the_reasons_name_every_series() {
    let study = study_of(
        [
            pet(1, 6, uncorrected),
            pet(2, 6, as_it_is),
            ct(3, 6, as_it_is),
            ct(4, 6, scout),
        ]
        .concat(),
    );
    let selection = select(&study, &SeriesChoice::default()).unwrap();
    assert_eq!(
        selection.reasons,
        [
            "series 2 is the PET: attenuation corrected, 6 slices, 18 mm long",
            "series 1 is not the PET: it is not attenuation corrected \
             (CorrectedImage (0028,0051) lacks ATTN)",
            "series 4 is not the CT: it is a scout",
            "series 3 is the CT: 6 slices, covers 100 % of the PET",
        ]
    );
}

#[test]
fn the_ct_that_covers_the_pet_best_is_taken() {
    let partial = ct(1, 3, as_it_is);
    let (_, ct, _) = taken(&[pet(5, 6, as_it_is), partial, ct(2, 6, as_it_is)]);
    assert_eq!(ct, Some(2));
}

#[test]
fn what_is_no_ct_for_this_pet_leaves_it_alone_with_a_warning() {
    let perfusion = |o: Object| {
        o.text(
            tags::IMAGE_TYPE,
            VR::CS,
            "DERIVED\\PRIMARY\\PERFUSION\\RCBF",
        )
    };
    for (series, words) in [
        (Vec::new(), "the study has none"),
        (ct(4, 6, scout), "it is a scout"),
        (ct(4, 6, elsewhere), "--assume-aligned"),
        (ct(4, 6, perfusion), "not Hounsfield units"),
        (
            ct(4, 6, |o| o.without(tags::FRAME_OF_REFERENCE_UID)),
            "--assume-aligned",
        ),
        (ct(4, 1, as_it_is), "single slice"),
        (
            [ct(4, 2, as_it_is), vec![Object::ct(4).series(4)]].concat(),
            "missing beside z 3.00, 12.00",
        ),
    ] {
        let study = study_of([pet(5, 6, as_it_is), series].concat());
        let selection = select(&study, &SeriesChoice::default()).unwrap();
        assert!(selection.ct.is_none());
        let warning = &selection.warnings[0];
        assert_eq!(warning.code, "no-ct");
        assert!(warning.text.contains(words), "{words}: {}", warning.text);
    }
}

#[test]
fn a_ct_beside_the_pet_is_not_taken() {
    let beside = |k: u16| {
        let z = 500.0 + 3.0 * f64::from(k);
        Object::ct(k).series(4).position([-10.0, -20.0, z])
    };
    let beside: Vec<Object> = (0..6).map(beside).collect();
    let study = study_of([pet(5, 6, as_it_is), beside].concat());
    let selection = select(&study, &SeriesChoice::default()).unwrap();
    assert!(selection.ct.is_none());
    assert!(selection.reasons[1].contains("does not overlap"));
}

#[test]
fn a_ct_of_another_frame_of_reference_needs_a_word() {
    let series = [pet(5, 6, as_it_is), ct(4, 6, elsewhere)];
    let choice = SeriesChoice {
        assume_aligned: true,
        ..SeriesChoice::default()
    };
    let study = study_of(series.concat());
    let selection = select(&study, &choice).unwrap();
    assert_eq!(selection.ct.unwrap().number, Some(4));
    assert_eq!(selection.warnings[0].code, "assumed-aligned");
    // Named, but without that word, it is refused.
    let error = refused(&series, &named(None, Some("2.25.1.94")));
    assert!(matches!(
        error,
        SelectError::Unusable {
            option: "--ct-series",
            ..
        }
    ));
    assert!(error.to_string().contains("--assume-aligned"), "{error}");
    // An aligned one is still preferred.
    let both = study_of([series.concat(), ct(6, 3, as_it_is)].concat());
    assert_eq!(select(&both, &choice).unwrap().ct.unwrap().number, Some(6));
}

#[test]
fn named_series_are_taken_or_refused() {
    let series = [
        pet(1, 6, uncorrected),
        pet(2, 6, as_it_is),
        pet(3, 6, projection),
    ];
    let study = study_of(series.concat());
    let selection = select(&study, &named(Some("2.25.1.91"), None)).unwrap();
    assert_eq!(selection.pet.number, Some(1));
    assert!(selection.reasons[0].contains("as asked (--pet-series): not attenuation corrected"));
    assert_eq!(selection.warnings[0].code, "not-attenuation-corrected");
    let error = select(&study, &named(Some("2.25.1.93"), None)).unwrap_err();
    assert!(
        error.to_string().contains("it is a projection (MIP)"),
        "{error}"
    );
    let error = select(&study, &named(Some("2.25.77"), None)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the study has no PET series `2.25.77` (--pet-series); \
         it has 2.25.1.91, 2.25.1.92, 2.25.1.93"
    );
}

#[test]
fn a_study_without_a_usable_pet_is_refused_with_what_stands_against_it() {
    let none = refused(&[ct(1, 4, as_it_is)], &SeriesChoice::default());
    assert_eq!(none, SelectError::NoPet { series: 1 });
    let gap = vec![0, 1, 2, 4]
        .into_iter()
        .map(|k| Object::pet(k).series(2));
    let series = [pet(1, 6, uncorrected), gap.collect()];
    let error = refused(&series, &SeriesChoice::default()).to_string();
    assert!(
        error.contains("series 1: it is not attenuation corrected"),
        "{error}"
    );
    assert!(
        error.contains("series 2: 1 slice(s) are missing beside z 6.00, 12.00"),
        "{error}"
    );
}

#[test]
fn a_part_of_a_series_is_named_by_its_number() {
    let frame = |n: u16, time: &'static str| {
        (0..4).map(move |k| {
            let object = Object::pet(k).series(1).own_uid(n);
            object.text(tags::ACQUISITION_TIME, VR::TM, time)
        })
    };
    let study = study_of(frame(1, "100000").chain(frame(2, "110000")));
    let selection = select(&study, &named(Some("2.25.1.91#2"), None)).unwrap();
    assert_eq!(selection.pet.key(), "2.25.1.91#2");
    let first = select(&study, &named(Some("2.25.1.91"), None)).unwrap();
    assert_eq!(first.pet.key(), "2.25.1.91#1");
    let codes: Vec<_> = first.warnings.iter().map(|w| w.code).collect();
    assert_eq!(codes, ["pet-choice", "series-split", "no-ct"]);
}
