//! Phantoms as files: DICOM PET and CT in the dialect of a maker, and their truth.

mod common;
mod ct;
mod dataset;
mod dialect;
mod distractors;
mod document;
mod identity;
mod nifti;
mod pet;

use std::path::{Path, PathBuf};

use dicom_core::VR;
use dicom_dictionary_std::{tags, uids};
use dicom_object::{FileMetaTableBuilder, InMemDicomObject};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

pub use dialect::Dialect;

use crate::study::render;
use crate::view::{CtView, ct_view};
use crate::{Injection, PhantomError, PhantomKind, PhantomStudy, ScannerModel};
use common::Subject;
use dataset::Dataset;
use dialect::Timeline;
use document::TruthDocument;
use identity::Identity;

/// Everything about a phantom's images besides the phantom itself.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct PhantomOptions {
    /// Grids, blur and noise.
    pub scanner: ScannerModel,
    /// Tracer, dose, times, weight and height.
    pub injection: Injection,
    /// Whose headers are imitated.
    pub dialect: Dialect,
    /// Seed of the noise.
    pub seed: u64,
    /// Adds a scout, a projection, a screen save and a text file.
    pub distractors: bool,
    /// Leaves out the CT.
    pub without_ct: bool,
    /// Patient ID; by default made of the phantom's name and the seed.
    pub patient_id: Option<String>,
}

/// A phantom with its options: what a description file holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PhantomDescription {
    /// Which phantom.
    pub phantom: PhantomKind,
    /// How it is imaged and written.
    #[serde(default)]
    pub options: PhantomOptions,
}

impl PhantomDescription {
    /// Reads a description in TOML: a `[phantom]` table with `kind`, and an `[options]` table.
    ///
    /// # Errors
    /// When the text is not TOML, or has a field that is unknown or of the wrong type.
    pub fn from_toml(text: &str) -> Result<Self, PhantomError> {
        toml::from_str(text).map_err(|error| Box::new(error).into())
    }
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhantomSummary {
    /// Study Instance UID.
    pub study_uid: String,
    /// Number of PET slices.
    pub pet_slices: usize,
    /// Number of CT slices.
    pub ct_slices: usize,
    /// Number of lesions inside the PET.
    pub lesions: usize,
    /// The truth document.
    pub truth: PathBuf,
    /// The label map of the lesions.
    pub labels: PathBuf,
}

/// Renders a phantom and writes it to `out`, which is made when it does not exist: PET slices to
/// `PT/`, CT slices to `CT/`, the truth to `truth.json` and the lesions to `truth.nii.gz`. Of a torso
/// the organs go to `organs.nii.gz`, with the names of its labels in `organs.txt`.
///
/// The files are the same for the same arguments, whatever the number of threads.
///
/// # Errors
/// When the description is out of range, `out` already holds something, or a file cannot be
/// written.
pub fn generate(
    kind: &PhantomKind,
    options: &PhantomOptions,
    out: &Path,
) -> Result<PhantomSummary, PhantomError> {
    let timeline = Timeline::new(&options.injection, options.dialect)?;
    let tracer = options.injection.tracer;
    make_empty_folder(out)?;
    let study = render(kind, tracer, &options.scanner, options.seed)?;
    let writing = Writing {
        identity: identity_of(kind, options, &study),
        subject: subject(kind, options),
        injection: options.injection.clone(),
        timeline,
        implicit_vr: options.dialect.habits().is_counts(),
    };
    let habits = options.dialect.habits();
    let pet_slices = study.suv.grid().shape()[0];
    let pet = pet::series(&writing, &study.suv, &habits, options.dialect);
    write_slices(&out.join("PT"), pet_slices, options.dialect, &pet)?;
    let mut ct_slices = 0;
    if !options.without_ct {
        ct_slices = study.ct.grid().shape()[0];
        let ct = ct::series(&writing, &study.ct, &habits);
        write_slices(&out.join("CT"), ct_slices, options.dialect, &ct)?;
    }
    if options.distractors {
        distractors::write(&writing, &study, &habits, out)?;
    }
    let labels = out.join("truth.nii.gz");
    nifti::write_labels(&study, &labels)?;
    if matches!(kind, PhantomKind::Torso(_)) {
        nifti::write_organs(&study, &out.join("organs.nii.gz"))?;
        let names = study.organ_names().into_iter().zip(1..);
        let lines = names.map(|(name, label)| format!("{label} {name}\n"));
        write_text(&out.join("organs.txt"), &lines.collect::<String>())?;
    }
    let truth = out.join("truth.json");
    let document = TruthDocument::new(kind, options, &writing, &study);
    let text = serde_json::to_string_pretty(&document).map_err(|error| PhantomError::Io {
        path: truth.clone(),
        source: error.into(),
    })?;
    write_text(&truth, &(text + "\n"))?;
    Ok(PhantomSummary {
        study_uid: writing.identity.study.clone(),
        pet_slices,
        ct_slices,
        lesions: study.truth.lesions.len(),
        truth,
        labels,
    })
}

/// What was written of a planning CT.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanningCtSummary {
    /// Study Instance UID.
    pub study_uid: String,
    /// Series Instance UID.
    pub series_uid: String,
    /// Frame of Reference UID.
    pub frame_of_reference_uid: String,
    /// SOP Instance UIDs of the slices, from feet to head.
    pub instance_uids: Vec<String>,
}

/// Renders another CT of a phantom and writes its slices to `out`, which is made when it does not
/// exist: a study of its own, in a frame of reference of its own. Of the options the injection, the
/// dialect and the patient's identifier count; by default it is that of [`generate`].
///
/// # Errors
/// As [`ct_view`] and [`generate`].
pub fn generate_planning_ct(
    kind: &PhantomKind,
    view: &CtView,
    options: &PhantomOptions,
    out: &Path,
) -> Result<PlanningCtSummary, PhantomError> {
    let timeline = Timeline::new(&options.injection, options.dialect)?;
    make_empty_folder(out)?;
    let ct = ct_view(kind, options.injection.tracer, view)?;
    let habits = options.dialect.habits();
    let writing = Writing {
        identity: Identity::new(format!("planning CT/{kind:?}/{view:?}/{options:?}")),
        subject: subject(kind, options),
        injection: options.injection.clone(),
        timeline,
        implicit_vr: habits.is_counts(),
    };
    let slices = ct.grid().shape()[0];
    let slice = ct::series(&writing, &ct, &habits);
    write_slices(out, slices, options.dialect, &slice)?;
    let identity = &writing.identity;
    Ok(PlanningCtSummary {
        study_uid: identity.study.clone(),
        series_uid: identity.series("ct"),
        frame_of_reference_uid: identity.frame_of_reference.clone(),
        instance_uids: (0..slices).map(|k| identity.instance("ct", k)).collect(),
    })
}

/// What every image of the study needs.
struct Writing {
    identity: Identity,
    subject: Subject,
    injection: Injection,
    timeline: Timeline,
    implicit_vr: bool,
}

/// One image, ready to be written.
struct Instance {
    uid: String,
    implicit_vr: bool,
    sop_class: &'static str,
    object: InMemDicomObject,
}

impl Instance {
    fn new(
        writing: &Writing,
        role: &str,
        sop_class: &'static str,
        number: usize,
        mut dataset: Dataset,
    ) -> Self {
        let uid = writing.identity.instance(role, number);
        dataset.text(tags::SOP_INSTANCE_UID, VR::UI, &uid);
        Self {
            uid,
            implicit_vr: writing.implicit_vr,
            sop_class,
            object: dataset.into_object(),
        }
    }

    fn write(self, path: &Path) -> Result<(), PhantomError> {
        if let Some(folder) = path.parent() {
            make_folder(folder)?;
        }
        let syntax = if self.implicit_vr {
            uids::IMPLICIT_VR_LITTLE_ENDIAN
        } else {
            uids::EXPLICIT_VR_LITTLE_ENDIAN
        };
        let meta = FileMetaTableBuilder::new()
            .media_storage_sop_class_uid(self.sop_class)
            .media_storage_sop_instance_uid(&self.uid)
            .transfer_syntax(syntax)
            .build()
            .map_err(|error| io_error(path, std::io::Error::other(error)))?;
        self.object
            .with_exact_meta(meta)
            .write_to_file(path)
            .map_err(|source| PhantomError::Dicom {
                path: path.to_owned(),
                source: Box::new(source),
            })
    }
}

fn write_slices(
    folder: &Path,
    count: usize,
    dialect: Dialect,
    slice: &(dyn Fn(usize) -> Instance + Sync),
) -> Result<(), PhantomError> {
    make_folder(folder)?;
    (0..count).into_par_iter().try_for_each(|k| {
        let instance = slice(k);
        let name = file_name(dialect, k, &instance.uid);
        instance.write(&folder.join(name))
    })
}

/// Makers differ in file names, too: in order, by identifier, without an ending.
fn file_name(dialect: Dialect, k: usize, uid: &str) -> String {
    match dialect {
        Dialect::Siemens => format!("IM{:04}.dcm", k + 1),
        Dialect::Ge => format!("i{:06}", 100_000 - k * 7),
        _ => format!("{uid}.dcm"),
    }
}

fn identity_of(kind: &PhantomKind, options: &PhantomOptions, study: &PhantomStudy) -> Identity {
    let per_slice = |bytes: Vec<Vec<u8>>| {
        let slices: Vec<&[u8]> = bytes.iter().map(Vec::as_slice).collect();
        identity::digest(&slices)
    };
    let [_, nj, ni] = study.suv.grid().shape();
    let pet = study.suv.as_slice().par_chunks(nj * ni);
    let pet = pet.map(|s| s.iter().flat_map(|v| v.to_le_bytes()).collect());
    let [_, nj, ni] = study.ct.grid().shape();
    let ct = study.ct.as_slice().par_chunks(nj * ni);
    let ct = ct.map(|s| s.iter().flat_map(|v| v.to_le_bytes()).collect());
    Identity::new(format!(
        "{kind:?}/{options:?}/{}/{}",
        per_slice(pet.collect()),
        per_slice(ct.collect())
    ))
}

fn subject(kind: &PhantomKind, options: &PhantomOptions) -> Subject {
    let (name, default_id, sex, description, body_part) = match kind {
        PhantomKind::Nema(_) => (
            "Phantom^NEMA",
            format!("NEMA-{}", options.seed),
            "O",
            "NEMA IEC body phantom",
            "PHANTOM",
        ),
        PhantomKind::Pelvis(spec) => (
            "Phantom^Pelvis",
            format!("PELVIS-{}-{}", spec.scenario.name(), options.seed).to_uppercase(),
            "M",
            "PSMA PET/CT phantom",
            "PELVIS",
        ),
        PhantomKind::Torso(_) => (
            "Phantom^Torso",
            format!("TORSO-{}", options.seed),
            "M",
            "PSMA PET/CT phantom",
            "WHOLEBODY",
        ),
    };
    Subject {
        name,
        id: options.patient_id.clone().unwrap_or(default_id),
        sex,
        description,
        body_part,
    }
}

fn io_error(path: &Path, source: std::io::Error) -> PhantomError {
    PhantomError::Io {
        path: path.to_owned(),
        source,
    }
}

fn make_folder(path: &Path) -> Result<(), PhantomError> {
    std::fs::create_dir_all(path).map_err(|source| io_error(path, source))
}

/// Slices of an earlier phantom among those of a new one would spoil both.
fn make_empty_folder(path: &Path) -> Result<(), PhantomError> {
    make_folder(path)?;
    let mut entries = std::fs::read_dir(path).map_err(|source| io_error(path, source))?;
    if entries.next().is_some() {
        return Err(PhantomError::NotEmpty {
            path: path.to_owned(),
        });
    }
    Ok(())
}

fn write_text(path: &Path, text: &str) -> Result<(), PhantomError> {
    std::fs::write(path, text).map_err(|source| io_error(path, source))
}
