//! Finding the studies under folders, files and archives, from their headers alone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use dicom_object::InMemDicomObject;
use rayon::prelude::*;
use walkdir::WalkDir;

use crate::archive::{is_archive, members};
use crate::attributes::Attributes;
use crate::grouping::stacks;
use crate::header::{Header, HeaderError};
use crate::record::{ImageRecord, Record, RecordedObject, record};
use crate::study::{OtherObject, Series, Study};
use crate::{Finding, ObjectSource, PatientStudy};

/// What was found under the inputs.
#[derive(Debug, Clone)]
pub struct Discovery {
    /// The studies, by date and UID.
    pub studies: Vec<Study>,
    /// Number of files that are not DICOM, or an index of DICOM files.
    pub ignored_files: usize,
    /// What could not be read, and why.
    pub problems: Vec<FileProblem>,
}

/// A file or folder that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileProblem {
    /// The file, with the archive's name before it where it lies in one.
    pub file: String,
    /// What is wrong with it.
    pub reason: String,
}

/// Why the inputs cannot be looked through at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DiscoverError {
    /// An input that does not exist.
    #[error("there is no file or folder `{}`: {cause}", path.display())]
    Missing {
        /// The input.
        path: PathBuf,
        /// What the operating system says.
        cause: std::io::Error,
    },
}

/// Looks through `inputs` (folders with all below them, files, zip archives) and sorts what is
/// DICOM into studies. Only headers are read (pixels where slices share a place and nothing in
/// their headers tells them apart); `progress` is told how many files have been.
///
/// The result does not depend on the order in which the file system lists its entries, nor on
/// the number of threads.
///
/// # Errors
/// When an input does not exist. Files and folders that cannot be read are listed in the result.
pub fn discover(
    inputs: &[PathBuf],
    progress: &(dyn Fn(usize) + Sync),
) -> Result<Discovery, DiscoverError> {
    let mut problems = Vec::new();
    let mut named = BTreeSet::new();
    let mut files = BTreeSet::new();
    for input in inputs {
        let kind = input.metadata().map_err(|cause| DiscoverError::Missing {
            path: input.clone(),
            cause,
        })?;
        if !kind.is_dir() {
            named.insert(input.clone());
        }
        list(input, &mut files, &mut problems);
    }
    let done = AtomicUsize::new(0);
    let read = |source: &ObjectSource| {
        let outcome = examine(source);
        progress(done.fetch_add(1, Ordering::Relaxed) + 1);
        outcome
    };
    let files: Vec<ObjectSource> = files.into_iter().map(ObjectSource::file).collect();
    let outcomes: Vec<Outcome> = files.par_iter().map(read).collect();

    let mut found = Found::default();
    let mut packed = Vec::new();
    for (source, outcome) in files.iter().zip(outcomes) {
        match outcome {
            Outcome::Archive => open_archive(source.path(), &mut packed, &mut problems),
            Outcome::Foreign if named.contains(source.path()) => problems.push(FileProblem {
                file: source.to_string(),
                reason: HeaderError::NotDicom.to_string(),
            }),
            outcome => found.add(source, outcome),
        }
    }
    let outcomes: Vec<Outcome> = packed.par_iter().map(read).collect();
    for (source, outcome) in packed.iter().zip(outcomes) {
        found.add(source, outcome);
    }
    problems.append(&mut found.problems);
    let studies = studies(found.records, &mut problems);
    problems.sort();
    tracing::debug!(
        files = files.len() + packed.len(),
        ignored = found.ignored,
        studies = studies.len(),
        problems = problems.len(),
        "looked through the inputs"
    );
    Ok(Discovery {
        studies,
        ignored_files: found.ignored,
        problems,
    })
}

/// What became of one file.
enum Outcome {
    Object(Box<Record>),
    Archive,
    Foreign,
    Index,
    Problem(String),
}

#[derive(Default)]
struct Found {
    records: Vec<Record>,
    ignored: usize,
    problems: Vec<FileProblem>,
}

impl Found {
    fn add(&mut self, source: &ObjectSource, outcome: Outcome) {
        match outcome {
            Outcome::Object(record) => self.records.push(*record),
            Outcome::Foreign | Outcome::Index | Outcome::Archive => self.ignored += 1,
            Outcome::Problem(reason) => self.problems.push(FileProblem {
                file: source.to_string(),
                reason,
            }),
        }
    }
}

/// The regular files under `input`. Links are followed, but not in circles.
fn list(input: &Path, files: &mut BTreeSet<PathBuf>, problems: &mut Vec<FileProblem>) {
    for entry in WalkDir::new(input).follow_links(true) {
        match entry {
            Ok(entry) if entry.file_type().is_file() => {
                files.insert(entry.into_path());
            }
            Ok(_) => {}
            Err(error) => {
                let reason = if error.loop_ancestor().is_some() {
                    "a link that leads back to a folder above it was not followed".to_owned()
                } else {
                    error.io_error().map_or_else(
                        || "cannot be read".to_owned(),
                        |cause| format!("cannot be read: {cause}"),
                    )
                };
                let path = error.path().unwrap_or(input);
                problems.push(FileProblem {
                    file: path.display().to_string(),
                    reason,
                });
            }
        }
    }
}

fn open_archive(archive: &Path, packed: &mut Vec<ObjectSource>, problems: &mut Vec<FileProblem>) {
    match members(archive) {
        Ok(members) => {
            for member in members {
                match member {
                    Ok(source) => packed.push(source),
                    Err(problem) => problems.push(problem),
                }
            }
        }
        Err(reason) => problems.push(FileProblem {
            file: archive.display().to_string(),
            reason,
        }),
    }
}

fn examine(source: &ObjectSource) -> Outcome {
    match Header::read(source) {
        Ok(header) => match record(&header) {
            Ok(record) => Outcome::Object(Box::new(record)),
            Err(reason) => Outcome::Problem(reason),
        },
        Err(HeaderError::NotDicom) if is_archive(source) => Outcome::Archive,
        Err(HeaderError::NotDicom) => Outcome::Foreign,
        Err(HeaderError::Directory) => Outcome::Index,
        Err(error) => Outcome::Problem(error.to_string()),
    }
}

fn studies(mut records: Vec<Record>, problems: &mut Vec<FileProblem>) -> Vec<Study> {
    let reunited = reunite(&mut records);
    let mut by_study: BTreeMap<String, Vec<Record>> = BTreeMap::new();
    for record in records {
        by_study
            .entry(record.study_uid.clone())
            .or_default()
            .push(record);
    }
    let mut studies: Vec<Study> = by_study
        .into_iter()
        .map(|(uid, records)| study(uid, records, problems))
        .collect();
    for study in &mut studies {
        if reunited.contains(&study.study_uid) {
            study.findings.push(Finding::new(
                "series-in-several-studies",
                "the slices of one series carry different values of StudyInstanceUID (0020,000D); \
                 the series was put together again",
            ));
        }
    }
    studies.sort_by_cached_key(|study| (study.patient.study_date(), study.study_uid.clone()));
    studies
}

/// Gives all slices of a patient's series to one study, the first by UID, where a program has
/// given each its own; returns the studies that received any.
fn reunite(records: &mut [Record]) -> BTreeSet<String> {
    let series_of = |record: &Record| match &record.object {
        RecordedObject::Image(image) => Some((image.series_uid.clone(), record.patient_id.clone())),
        RecordedObject::Other(_) => None,
    };
    let mut studies: BTreeMap<_, BTreeSet<String>> = BTreeMap::new();
    for record in records.iter() {
        if let Some(series) = series_of(record) {
            let of_series = studies.entry(series).or_default();
            of_series.insert(record.study_uid.clone());
        }
    }
    studies.retain(|_, of_series| of_series.len() > 1);
    let mut reunited = BTreeSet::new();
    for record in records {
        let several = series_of(record).and_then(|series| studies.get(&series));
        if let Some(first) = several.and_then(BTreeSet::first) {
            record.study_uid.clone_from(first);
            reunited.insert(first.clone());
        }
    }
    reunited
}

fn study(study_uid: String, records: Vec<Record>, problems: &mut Vec<FileProblem>) -> Study {
    let mut findings = Vec::new();
    let patients: BTreeSet<_> = records.iter().map(|r| r.patient_id.clone()).collect();
    if patients.len() > 1 {
        findings.push(Finding::new(
            "mixed-patients",
            format!(
                "the study's files carry {} different values of PatientID (0010,0020)",
                patients.len()
            ),
        ));
    }
    let (images, others) = unique(records, &mut findings);
    let mut series: Vec<Series> = images.values().flat_map(|images| stacks(images)).collect();
    series.sort_by_key(|s| {
        let part = s.part.as_ref().map(|part| part.number);
        (s.number.is_none(), s.number, s.uid.clone(), part)
    });
    Study {
        patient: patient(&series, &others, problems),
        study_uid,
        series,
        others,
        findings,
    }
}

/// The images by series and the other objects, each SOP Instance UID once.
fn unique(
    mut records: Vec<Record>,
    findings: &mut Vec<Finding>,
) -> (BTreeMap<String, Vec<ImageRecord>>, Vec<OtherObject>) {
    records.sort_by(|a, b| source_of(a).cmp(source_of(b)));
    let mut images: BTreeMap<String, Vec<ImageRecord>> = BTreeMap::new();
    let mut others = Vec::new();
    // Where the object of each SOP Instance UID went, when it is an image.
    let mut known: BTreeMap<String, Option<(String, usize)>> = BTreeMap::new();
    let (mut copies, mut conflicts) = (0, 0);
    for record in records {
        match record.object {
            RecordedObject::Image(image) => {
                let series = images.entry(image.series_uid.clone()).or_default();
                let uid = image.instance.sop_instance_uid.clone();
                match known.get(&uid) {
                    None => {
                        known.insert(uid, Some((image.series_uid.clone(), series.len())));
                        series.push(*image);
                    }
                    Some(Some((series_uid, index)))
                        if *series_uid == image.series_uid
                            && series[*index].frames == image.frames =>
                    {
                        copies += 1;
                    }
                    Some(_) => conflicts += 1,
                }
            }
            RecordedObject::Other(other) => {
                if known.insert(other.sop_instance_uid.clone(), None).is_none() {
                    others.push(other);
                } else {
                    copies += 1;
                }
            }
        }
    }
    if copies > 0 {
        findings.push(Finding::new(
            "duplicate-files",
            format!(
                "{copies} file(s) hold objects already found in other files, and were left out"
            ),
        ));
    }
    if conflicts > 0 {
        findings.push(Finding::new(
            "conflicting-duplicates",
            format!(
                "{conflicts} file(s) carry the SOPInstanceUID (0008,0018) of another file but differ \
                 from it; the first in order of file names was taken"
            ),
        ));
    }
    images.retain(|_, series| !series.is_empty());
    (images, others)
}

fn source_of(record: &Record) -> &ObjectSource {
    match &record.object {
        RecordedObject::Image(image) => &image.instance.source,
        RecordedObject::Other(other) => &other.source,
    }
}

/// The patient and study attributes, from a PET where there is one: it knows the weight.
fn patient(
    series: &[Series],
    others: &[OtherObject],
    problems: &mut Vec<FileProblem>,
) -> PatientStudy {
    let first_of = |series: &Series| series.instances.first().map(|i| i.source.clone());
    let source = series
        .iter()
        .find(|s| s.kind.is_pet())
        .or_else(|| series.first())
        .and_then(first_of)
        .or_else(|| others.first().map(|o| o.source.clone()));
    let empty = InMemDicomObject::new_empty();
    let Some(source) = source else {
        return PatientStudy::from_attributes(Attributes::new(&empty));
    };
    match Header::read(&source) {
        Ok(header) => PatientStudy::from_attributes(header.attributes()),
        Err(error) => {
            problems.push(FileProblem {
                file: source.to_string(),
                reason: error.to_string(),
            });
            PatientStudy::from_attributes(Attributes::new(&empty))
        }
    }
}
