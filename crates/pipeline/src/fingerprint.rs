//! What a result depends on, as one number: equal fingerprints mean equal results.

use std::path::{Path, PathBuf};

use isoboost_dicom::{Selection, Series};
use sha2::{Digest, Sha256};

use crate::digest::{hex, sha256_hex};
use crate::imported::ImportedFrom;
use crate::study::{StatedFacts, StudyJob};

/// SHA-256 over the software's version, the configuration, the policy, the options and clinical
/// facts, and the identity and size
/// of every input object, in hexadecimal.
pub(crate) fn of(
    job: &StudyJob<'_>,
    selection: &Selection<'_>,
    stated: &StatedFacts<'_>,
) -> String {
    let mut hash = Sha256::new();
    let mut add = |text: &str| {
        hash.update(text.as_bytes());
        hash.update([0]);
    };
    add(env!("CARGO_PKG_VERSION"));
    add(job.config_sha256);
    add(&job.request.policy.sha256);
    add(&format!("{:?}", stated.suv));
    // Whether there is a clinical file is told in the report too.
    add(&job.request.clinical.is_some().to_string());
    add(&format!("{:?}", stated.row.map(|row| &row.facts)));
    add(&format!("{:?}", stated.filled));
    add(&job.request.choice.assume_aligned.to_string());
    for series in std::iter::once(selection.pet).chain(selection.ct) {
        add_series(series, &mut add);
    }
    add(&format!("{:?}", job.limits));
    add(&format!("{:?}", job.request.dose_fractions));
    if let Some(planning) = job.planning_ct {
        add_series(planning.series(), &mut add);
        for file in planning.files() {
            add(&sha256_hex(&std::fs::read(file).unwrap_or_default()));
        }
    }
    let series = crate::planning_ct::dose_series(job, selection);
    for part in job.doses.identity(&series) {
        add(&part);
    }
    if let Some(organs) = &job.request.organs {
        add_organs(organs, &mut add);
    }
    hex(&hash.finalize())
}

fn add_series(series: &Series, add: &mut dyn FnMut(&str)) {
    add(&series.key());
    for instance in &series.instances {
        add(&instance.sop_instance_uid);
        // An object edited in place keeps its UID but seldom its size.
        let size = std::fs::metadata(instance.source.path()).map(|m| m.len());
        add(&size.unwrap_or(0).to_string());
    }
}

fn add_organs(organs: &ImportedFrom, add: &mut dyn FnMut(&str)) {
    let names = match organs {
        ImportedFrom::Labels { names, .. } => names.as_deref(),
        ImportedFrom::StructureSet(_) => None,
    };
    let files = files_of(organs.path());
    for path in files.iter().map(PathBuf::as_path).chain(names) {
        // A file that cannot be read is told when it is read.
        let content = std::fs::read(path).unwrap_or_default();
        add(&sha256_hex(&content));
    }
}

/// A file, or the files of a folder in the order of their names.
fn files_of(path: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(path) else {
        return vec![path.to_path_buf()];
    };
    let mut files: Vec<PathBuf> = entries.flatten().map(|e| e.path()).collect();
    files.sort();
    files
}
