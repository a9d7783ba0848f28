//! Whether two results are the same: the regression check behind `isoboost compare`.

mod labels;
mod matching;
mod walk;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use self::matching::Matches;
use crate::nifti::NiftiError;

/// Allowed differences.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Tolerance {
    /// For every number without a rule of its own.
    pub default: NumberTolerance,
    /// For the numbers under a key, as in `lesions.*.suv_max`, also those inside a text; `*` stands
    /// for any one step, and the longest pattern counts.
    pub keys: BTreeMap<String, NumberTolerance>,
    /// For label maps.
    pub labels: LabelTolerance,
    /// For finding a focus of one result in the other.
    pub matching: MatchTolerance,
}

/// How far a focus may have moved.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct MatchTolerance {
    /// Foci further apart are not the same one.
    pub furthest_mm: f64,
}

/// How far two numbers may be apart: either bound is enough.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NumberTolerance {
    /// As a share of the larger one.
    pub relative: f64,
    /// In the unit of the number.
    pub absolute: f64,
}

/// How far two label maps may be apart.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct LabelTolerance {
    /// Least Dice coefficient of a label.
    pub least_dice: f64,
}

impl Default for NumberTolerance {
    /// Rounding of sums alone.
    fn default() -> Self {
        Self {
            relative: 1e-6,
            absolute: 1e-9,
        }
    }
}

impl Default for MatchTolerance {
    /// About two PET voxels.
    fn default() -> Self {
        Self { furthest_mm: 10.0 }
    }
}

impl Default for LabelTolerance {
    fn default() -> Self {
        Self { least_dice: 1.0 }
    }
}

/// One thing that differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// The study's folder, empty when two studies were compared.
    pub study: String,
    /// The file, and the key in it.
    pub place: String,
    /// What the old result has.
    pub old: String,
    /// What the new one has.
    pub new: String,
}

/// Why results cannot be compared.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CompareError {
    /// No result there.
    #[error("no result in `{0}`: expected a folder with report.json, or a folder of such folders")]
    NoResult(PathBuf),
    /// A file cannot be read.
    #[error("cannot read `{path}`: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// Not JSON.
    #[error("`{path}` is not JSON: {source}")]
    Json {
        /// The file.
        path: PathBuf,
        /// Line, column and reason.
        source: serde_json::Error,
    },
    /// A label map cannot be read.
    #[error(transparent)]
    Nifti(#[from] NiftiError),
}

/// Keys that say which software, where and when, and not what was found.
const IGNORED: [&str; 2] = ["software", "provenance"];

/// Compares two results: two studies, or two runs whose studies are matched by folder name.
///
/// Foci are matched by place, and targets by the lesions that they cover, so that a new numbering
/// alone is told once and not as a difference in every value and every voxel. `lesions.csv` and
/// the DICOM objects say what the report and the label maps say, and are not read.
///
/// # Errors
/// When there is no result, or a file of it cannot be read.
pub fn compare(old: &Path, new: &Path, rules: &Tolerance) -> Result<Vec<Difference>, CompareError> {
    let (old_studies, new_studies) = (studies_of(old)?, studies_of(new)?);
    if let ([(_, old)], [(_, new)]) = (&old_studies[..], &new_studies[..]) {
        return compare_study("", old, new, rules);
    }
    let (old, new): (BTreeMap<_, _>, BTreeMap<_, _>) = (
        old_studies.into_iter().collect(),
        new_studies.into_iter().collect(),
    );
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let mut differences = Vec::new();
    for name in names {
        match (old.get(name), new.get(name)) {
            (Some(old), Some(new)) => differences.extend(compare_study(name, old, new, rules)?),
            (old, _) => differences.push(Difference {
                study: name.clone(),
                place: "report.json".to_owned(),
                old: presence(old.is_some()),
                new: presence(old.is_none()),
            }),
        }
    }
    Ok(differences)
}

fn presence(is_there: bool) -> String {
    if is_there { "there" } else { "missing" }.to_owned()
}

/// The studies of a result, by folder name.
fn studies_of(path: &Path) -> Result<Vec<(String, PathBuf)>, CompareError> {
    if path.join("report.json").is_file() {
        return Ok(vec![(String::new(), path.to_path_buf())]);
    }
    let read = |source| CompareError::Read {
        path: path.to_path_buf(),
        source,
    };
    let mut studies = Vec::new();
    for entry in std::fs::read_dir(path).map_err(read)? {
        let folder = entry.map_err(read)?.path();
        if folder.join("report.json").is_file() {
            let name = folder
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            studies.push((name, folder));
        }
    }
    if studies.is_empty() {
        return Err(CompareError::NoResult(path.to_path_buf()));
    }
    studies.sort();
    Ok(studies)
}

fn compare_study(
    study: &str,
    old: &Path,
    new: &Path,
    rules: &Tolerance,
) -> Result<Vec<Difference>, CompareError> {
    let (mut old_report, mut new_report) = (report_of(old)?, report_of(new)?);
    let matches = Matches::find(&mut old_report, &mut new_report, rules.matching);
    let mut found = walk::differences(&old_report, &new_report, rules);
    let least_dice = rules.labels.least_dice;
    for (file, numbers) in [
        ("labels.nii.gz", &matches.lesions),
        ("targets.nii.gz", &matches.targets),
    ] {
        let (old, new) = (old.join(file), new.join(file));
        found.extend(labels::differences(file, &old, &new, numbers, least_dice)?);
    }
    for difference in &mut found {
        study.clone_into(&mut difference.study);
    }
    Ok(found)
}

fn difference(place: String, old: impl Into<String>, new: impl Into<String>) -> Difference {
    Difference {
        study: String::new(),
        place,
        old: old.into(),
        new: new.into(),
    }
}

fn report_of(folder: &Path) -> Result<Value, CompareError> {
    let path = folder.join("report.json");
    let text = std::fs::read_to_string(&path).map_err(|source| CompareError::Read {
        path: path.clone(),
        source,
    })?;
    let mut report: Value =
        serde_json::from_str(&text).map_err(|source| CompareError::Json { path, source })?;
    if let Some(report) = report.as_object_mut() {
        for key in IGNORED {
            report.remove(key);
        }
    }
    Ok(report)
}

#[cfg(test)]
mod tests;
