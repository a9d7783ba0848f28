//! Written phantoms, read back by others and by hand.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that cannot go on has failed, and one that is skipped says so"
)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use dicom_dictionary_std::tags;
use dicom_object::{DefaultDicomObject, open_file};
use isoboost_phantom::{
    Dialect, GridSpec, NemaSpec, PelvisSpec, PhantomError, PhantomKind, PhantomOptions,
    ScannerModel, Scenario, Tracer, generate,
};
use nifti::{IntoNdArray, NiftiObject, ReaderOptions};

fn options(dialect: Dialect) -> PhantomOptions {
    let mut options = PhantomOptions {
        scanner: ScannerModel {
            pet: GridSpec::square(56, 7.0, 6.0),
            ct: GridSpec::square(40, 10.0, 12.0),
            psf_fwhm_mm: 9.0,
            ..ScannerModel::default()
        },
        dialect,
        seed: 3,
        distractors: true,
        ..PhantomOptions::default()
    };
    match dialect {
        // Past midnight, with the time of day alone.
        Dialect::Cps => options.injection.time = "233015".into(),
        Dialect::Ge => options.injection.tracer = Tracer::F18Dcfpyl,
        Dialect::PhilipsCnts => options.scanner = options.scanner.oblique(),
        _ => {}
    }
    options
}

fn pelvis() -> PhantomKind {
    PhantomKind::Pelvis(PelvisSpec::from(Scenario::BedNode))
}

/// A phantom of this dialect, written once for all tests.
fn written(dialect: Dialect) -> &'static Path {
    static FOLDERS: [OnceLock<PathBuf>; Dialect::ALL.len()] =
        [const { OnceLock::new() }; Dialect::ALL.len()];
    let index = Dialect::ALL.iter().position(|d| *d == dialect).unwrap();
    FOLDERS[index].get_or_init(|| {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("phantom-written");
        let folder = root.join(format!("{dialect:?}"));
        if folder.exists() {
            std::fs::remove_dir_all(&folder).unwrap();
        }
        generate(&pelvis(), &options(dialect), &folder).unwrap();
        folder
    })
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    files.sort();
    files
}

fn text(object: &DefaultDicomObject, tag: dicom_core::Tag) -> String {
    object.element(tag).unwrap().to_str().unwrap().into_owned()
}

/// Says that a foreign tool is missing, or fails where all must be there.
fn skipped(tool: &str) {
    let is_required = std::env::var_os("ISOBOOST_REQUIRE_EXTERNAL").is_some();
    assert!(!is_required, "{tool} is not installed");
    println!("skipped: {tool} is not installed");
}

#[test]
fn dciodvfy_finds_no_error_in_any_dialect() {
    for dialect in Dialect::ALL {
        let folder = written(dialect);
        for series in ["PT", "CT", "SCOUT", "MIP", "SC"] {
            let slices = files(&folder.join(series));
            let middle = &slices[slices.len() / 2];
            let run = Command::new("dciodvfy").arg("-new").arg(middle).output();
            let Ok(run) = run else {
                return skipped("dciodvfy");
            };
            let said = String::from_utf8_lossy(&run.stderr).into_owned()
                + &String::from_utf8_lossy(&run.stdout);
            let errors: Vec<&str> = said.lines().filter(|l| l.starts_with("Error")).collect();
            assert_eq!(errors, Vec::<&str>::new(), "{dialect:?} {series}");
        }
    }
}

/// A reader in another language derives SUV from the headers alone.
#[test]
fn pydicom_finds_the_suv_that_was_meant() {
    let Some(python) = std::env::var_os("ISOBOOST_CHECK_PYTHON") else {
        return skipped("Python with pydicom (ISOBOOST_CHECK_PYTHON)");
    };
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/suv_from_headers.py");
    for dialect in Dialect::ALL {
        let folder = written(dialect);
        let run = Command::new(&python)
            .arg(script)
            .arg(folder)
            .output()
            .unwrap();
        let error = String::from_utf8_lossy(&run.stderr);
        if dialect.is_quantitative() {
            assert!(run.status.success(), "{dialect:?}: {error}");
            let worst: f64 = String::from_utf8_lossy(&run.stdout).trim().parse().unwrap();
            // In steps of the stored values: rounding leaves half a step at most.
            assert!(worst <= 0.501, "{dialect:?}: {worst} steps");
        } else {
            assert!(error.contains("refused"), "{dialect:?}: {error}");
        }
    }
}

#[test]
fn each_dialect_has_its_habits() {
    let slices = |dialect| -> Vec<DefaultDicomObject> {
        let folder = written(dialect);
        files(&folder.join("PT"))
            .iter()
            .map(|f| open_file(f).unwrap())
            .collect()
    };
    let distinct = |all: &[DefaultDicomObject], tag| -> BTreeSet<String> {
        all.iter().map(|o| text(o, tag)).collect()
    };
    let injection = (
        tags::RADIOPHARMACEUTICAL_INFORMATION_SEQUENCE,
        0,
        tags::RADIOPHARMACEUTICAL_START_DATE_TIME,
    );
    let private = |o: &DefaultDicomObject| o.iter().any(|e| e.header().tag.group() % 2 == 1);

    let cps = slices(Dialect::Cps);
    assert_eq!(
        distinct(&cps, tags::FRAME_REFERENCE_TIME),
        ["0".into()].into()
    );
    // 375 mm in beds of 81 mm.
    assert_eq!(distinct(&cps, tags::ACQUISITION_TIME).len(), 5);
    assert!(!cps.iter().any(private));
    assert!(cps[0].value_at(injection).is_err());
    assert!(distinct(&cps, tags::RESCALE_SLOPE).len() > 40);

    let siemens = slices(Dialect::Siemens);
    assert!(siemens[0].value_at(injection).is_ok());
    assert_eq!(text(&siemens[0], tags::PIXEL_REPRESENTATION), "0");

    let ge = slices(Dialect::Ge);
    assert_eq!(text(&ge[0], tags::PIXEL_REPRESENTATION), "1");
    let decay = text(&ge[0], dicom_core::Tag(0x0009, 0x100D));
    let series = text(&ge[0], tags::SERIES_TIME);
    assert!(decay[8..] < series[..], "{decay} {series}");

    let philips = slices(Dialect::PhilipsCnts);
    assert_eq!(distinct(&philips, tags::RESCALE_SLOPE).len(), 1);
    assert_eq!(philips[0].meta().transfer_syntax(), "1.2.840.10008.1.2");
    let bare = slices(Dialect::PhilipsCntsBare);
    assert!(!bare.iter().any(private));
    assert_eq!(text(&bare[0], tags::UNITS), "CNTS");
}

#[test]
fn the_same_arguments_give_the_same_bytes() {
    let bytes = |threads: usize| -> Vec<(PathBuf, Vec<u8>)> {
        let folder = tempfile::tempdir().unwrap();
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap()
            .install(|| generate(&pelvis(), &options(Dialect::Ge), folder.path()))
            .unwrap();
        ["PT", "CT", "SCOUT", "MIP", "SC", ""]
            .iter()
            .flat_map(|sub| files(&folder.path().join(sub)))
            .filter(|f| f.is_file())
            .map(|f| {
                let content = std::fs::read(&f).unwrap();
                (f.strip_prefix(folder.path()).unwrap().to_owned(), content)
            })
            .collect()
    };
    let (one, two) = (bytes(1), bytes(2));
    assert!(one == two, "some file differs");
    assert!(one.len() > 90, "{} files", one.len());
}

#[test]
fn identifiers_are_unique_and_shared_where_they_must_be() {
    let folder = written(Dialect::Siemens);
    let mut instances = BTreeSet::new();
    let mut count = 0;
    let mut frames = BTreeSet::new();
    for series in ["PT", "CT", "SCOUT", "MIP", "SC"] {
        let mut series_uids = BTreeSet::new();
        for file in files(&folder.join(series)) {
            let object = open_file(&file).unwrap();
            count += 1;
            let uid = text(&object, tags::SOP_INSTANCE_UID);
            assert!(uid.starts_with("2.25.") && uid.len() <= 64, "{uid}");
            instances.insert(uid);
            series_uids.insert(text(&object, tags::SERIES_INSTANCE_UID));
            if series != "SC" {
                frames.insert(text(&object, tags::FRAME_OF_REFERENCE_UID));
            }
        }
        assert_eq!(series_uids.len(), 1, "{series}");
    }
    assert_eq!(instances.len(), count);
    assert_eq!(frames.len(), 1);
    // Other noise makes another study.
    let other = tempfile::tempdir().unwrap();
    let changed = PhantomOptions {
        seed: 4,
        ..options(Dialect::Siemens)
    };
    generate(&pelvis(), &changed, other.path()).unwrap();
    let object = open_file(&files(&other.path().join("PT"))[0]).unwrap();
    assert!(!instances.contains(&text(&object, tags::SOP_INSTANCE_UID)));
}

/// The label map lies where the truth says in RAS coordinates, on oblique axes.
#[test]
fn labels_lie_on_the_lesions() {
    let folder = written(Dialect::PhilipsCnts);
    let truth = std::fs::read_to_string(folder.join("truth.json")).unwrap();
    let truth: serde_json::Value = serde_json::from_str(&truth).unwrap();
    let file = ReaderOptions::new()
        .read_file(folder.join("truth.nii.gz"))
        .unwrap();
    let h = file.header().clone();
    assert_eq!((h.sform_code, h.qform_code), (1, 1));
    let rows = [h.srow_x, h.srow_y, h.srow_z];
    let labels = file.into_volume().into_ndarray::<u8>().unwrap();
    for lesion in truth["lesions"].as_array().unwrap() {
        let id = lesion["id"].as_u64().unwrap();
        let mut sum = [0.0; 3];
        let mut n = 0.0;
        for (index, label) in labels.indexed_iter() {
            if u64::from(*label) == id {
                n += 1.0;
                for a in 0..3 {
                    let along = (0..3).map(|b| rows[a][b] * index[b] as f32).sum::<f32>();
                    sum[a] += along + rows[a][3];
                }
            }
        }
        let center = lesion["centre_mm"].as_array().unwrap();
        let center: Vec<f32> = center.iter().map(|v| v.as_f64().unwrap() as f32).collect();
        let lps = [-sum[0] / n, -sum[1] / n, sum[2] / n];
        let off = (0..3)
            .map(|a| (lps[a] - center[a]).powi(2))
            .sum::<f32>()
            .sqrt();
        // Few voxels of 7 x 7 x 6 mm: half the diagonal of one.
        assert!(n > 0.0 && off < 5.8, "lesion {id}: {off} mm");
    }
}

#[test]
fn the_nema_phantom_is_written_too() {
    let folder = tempfile::tempdir().unwrap();
    let kind = PhantomKind::Nema(NemaSpec::with_ratio(4.0));
    let summary = generate(&kind, &options(Dialect::Siemens), folder.path()).unwrap();
    assert_eq!((summary.lesions, summary.pet_slices), (6, 36));
    let truth = std::fs::read_to_string(summary.truth).unwrap();
    assert!(truth.contains("test_object") && !truth.contains("recommendation"));
}

#[test]
fn a_folder_with_something_in_it_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("old.dcm"), "x").unwrap();
    let error = generate(&pelvis(), &options(Dialect::Siemens), folder.path()).unwrap_err();
    assert!(matches!(error, PhantomError::NotEmpty { .. }), "{error}");
}

#[test]
fn a_date_that_is_none_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut options = options(Dialect::Siemens);
    options.injection.date = "20240231".into();
    let error = generate(&pelvis(), &options, folder.path()).unwrap_err();
    assert!(error.to_string().contains("20240231"), "{error}");
}

#[test]
fn names_are_those_of_descriptions() {
    #[derive(serde::Deserialize)]
    struct Line<T> {
        value: T,
    }
    for dialect in Dialect::ALL {
        let line: Line<Dialect> = toml::from_str(&format!("value = '{}'", dialect.name())).unwrap();
        assert_eq!(line.value, dialect);
    }
    for tracer in Tracer::ALL {
        let line: Line<Tracer> =
            toml::from_str(&format!("value = '{}'", tracer.keyword())).unwrap();
        assert_eq!(line.value, tracer);
    }
    for scenario in Scenario::ALL {
        let line: Line<Scenario> =
            toml::from_str(&format!("value = '{}'", scenario.name())).unwrap();
        assert_eq!(line.value, scenario);
    }
}
