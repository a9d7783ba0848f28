//! Whether two results are the same: the regression check behind `isoboost compare`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::nifti::{NiftiError, read_label_layers};

/// Allowed differences.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Tolerance {
    /// For every number without a rule of its own.
    pub default: NumberTolerance,
    /// For the numbers under a key, as in `lesions.*.suv_max`; `*` stands for any one step.
    pub keys: BTreeMap<String, NumberTolerance>,
    /// For label maps.
    pub labels: LabelTolerance,
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
const IGNORED: [&str; 3] = ["software", "provenance", "schema"];
/// The label maps of a result.
const LABEL_MAPS: [&str; 2] = ["labels.nii.gz", "targets.nii.gz"];

/// Compares two results: two studies, or two runs whose studies are matched by folder name.
///
/// Lesions are matched by the nearest centroid, so that a new numbering alone is told once and not
/// as a difference in every value.
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
    let mut found = Vec::new();
    let (old_report, mut new_report) = (report_of(old)?, report_of(new)?);
    match_by_place(&old_report, &mut new_report);
    let mut walk = Walk {
        rules,
        found: &mut found,
    };
    walk.value(&mut Vec::new(), &old_report, &new_report);
    for file in LABEL_MAPS {
        compare_labels(file, old, new, rules.labels.least_dice, &mut found)?;
    }
    for difference in &mut found {
        study.clone_into(&mut difference.study);
    }
    Ok(found)
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

/// Puts the foci of the new report into the order of those of the old one that lie nearest.
fn match_by_place(old: &Value, new: &mut Value) {
    for list in ["lesions", "excluded", "points"] {
        let (Some(old), Some(new)) = (old[list].as_array(), new[list].as_array_mut()) else {
            continue;
        };
        let mut left = std::mem::take(new);
        for focus in old {
            let distance = |other: &Value| distance(focus, other);
            let nearest =
                (0..left.len()).min_by(|a, b| distance(&left[*a]).total_cmp(&distance(&left[*b])));
            new.extend(nearest.map(|n| left.remove(n)));
        }
        new.append(&mut left);
    }
}

fn distance(a: &Value, b: &Value) -> f64 {
    let place = |v: &Value| {
        let point = v.get("centroid_mm").or_else(|| v.get("max_mm"));
        [0, 1, 2].map(|n| point.and_then(|p| p[n].as_f64()).unwrap_or(f64::INFINITY))
    };
    let (a, b) = (place(a), place(b));
    (0..3).map(|n| (a[n] - b[n]).powi(2)).sum::<f64>()
}

/// A walk through two documents side by side.
struct Walk<'a> {
    rules: &'a Tolerance,
    found: &'a mut Vec<Difference>,
}

impl Walk<'_> {
    fn value(&mut self, path: &mut Vec<String>, old: &Value, new: &Value) {
        match (old, new) {
            (Value::Object(a), Value::Object(b)) => {
                let keys: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
                for key in keys {
                    path.push(key.clone());
                    self.value(
                        path,
                        a.get(key).unwrap_or(&Value::Null),
                        b.get(key).unwrap_or(&Value::Null),
                    );
                    path.pop();
                }
            }
            (Value::Array(a), Value::Array(b)) => {
                if a.len() != b.len() {
                    self.tell(
                        path,
                        &format!("{} entries", a.len()),
                        &format!("{} entries", b.len()),
                    );
                }
                for (n, (a, b)) in a.iter().zip(b).enumerate() {
                    path.push(n.to_string());
                    self.value(path, a, b);
                    path.pop();
                }
            }
            (Value::Number(a), Value::Number(b)) => {
                let (Some(x), Some(y)) = (a.as_f64(), b.as_f64()) else {
                    return;
                };
                if !self.is_near(path, x, y) {
                    self.tell(path, &a.to_string(), &b.to_string());
                }
            }
            (a, b) if a != b => self.tell(path, &a.to_string(), &b.to_string()),
            _ => {}
        }
    }

    fn is_near(&self, path: &[String], a: f64, b: f64) -> bool {
        let matches = |pattern: &str| {
            let steps: Vec<&str> = pattern.split('.').collect();
            steps.len() <= path.len()
                && steps
                    .iter()
                    .zip(path)
                    .all(|(step, key)| *step == "*" || step == key)
        };
        // The longest pattern knows best.
        let rule = self
            .rules
            .keys
            .iter()
            .filter(|(pattern, _)| matches(pattern));
        let rule = rule.max_by_key(|(pattern, _)| pattern.split('.').count());
        let rule = rule.map_or(self.rules.default, |(_, rule)| *rule);
        let apart = (a - b).abs();
        apart <= rule.absolute || apart <= rule.relative * a.abs().max(b.abs())
    }

    fn tell(&mut self, path: &[String], old: &str, new: &str) {
        self.found.push(Difference {
            study: String::new(),
            place: format!("report.json {}", path.join(".")),
            old: old.to_owned(),
            new: new.to_owned(),
        });
    }
}

fn compare_labels(
    file: &str,
    old: &Path,
    new: &Path,
    least_dice: f64,
    found: &mut Vec<Difference>,
) -> Result<(), CompareError> {
    let (old, new) = (old.join(file), new.join(file));
    let mut tell = |place: String, old: String, new: String| {
        found.push(Difference {
            study: String::new(),
            place,
            old,
            new,
        });
    };
    if !old.is_file() || !new.is_file() {
        if old.is_file() != new.is_file() {
            tell(
                file.to_owned(),
                presence(old.is_file()),
                presence(new.is_file()),
            );
        }
        return Ok(());
    }
    let (old, new) = (read_label_layers(&old)?, read_label_layers(&new)?);
    if !old.grid.is_same_as(&new.grid) {
        let describe = |shape: [usize; 3]| format!("{shape:?} voxels");
        tell(
            format!("{file} grid"),
            describe(old.grid.shape()),
            format!("{} at another place", describe(new.grid.shape())),
        );
        return Ok(());
    }
    for (label, dice) in dice_of_labels(&old.values, &new.values, old.grid.voxel_count()) {
        if dice < least_dice {
            tell(
                format!("{file} label {label}"),
                format!("Dice {least_dice}"),
                format!("{dice:.6}"),
            );
        }
    }
    Ok(())
}

/// Dice coefficient of each label; layers of one grid follow one another, and a label may be in
/// another layer of the other file.
fn dice_of_labels(old: &[u16], new: &[u16], voxels: usize) -> Vec<(u32, f64)> {
    let places = |values: &[u16]| {
        let mut places: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for (n, value) in values.iter().enumerate().filter(|(_, v)| **v != 0) {
            places
                .entry(u32::from(*value))
                .or_default()
                .push(n % voxels);
        }
        places
    };
    let (old, new) = (places(old), places(new));
    let labels: BTreeSet<u32> = old.keys().chain(new.keys()).copied().collect();
    let none = Vec::new();
    labels
        .into_iter()
        .map(|label| {
            let (a, b) = (
                old.get(&label).unwrap_or(&none),
                new.get(&label).unwrap_or(&none),
            );
            let here: BTreeSet<usize> = a.iter().copied().collect();
            let both = b.iter().filter(|n| here.contains(n)).count();
            (label, 2.0 * both as f64 / (a.len() + b.len()) as f64)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn differences(old: &Value, new: &Value, rules: &Tolerance) -> Vec<String> {
        let mut new = new.clone();
        match_by_place(old, &mut new);
        let mut found = Vec::new();
        Walk {
            rules,
            found: &mut found,
        }
        .value(&mut Vec::new(), old, &new);
        found
            .into_iter()
            .map(|d| format!("{}: {} -> {}", d.place, d.old, d.new))
            .collect()
    }

    fn report(suv_max: f64) -> Value {
        json!({"lesions": [
            {"id": 1, "centroid_mm": [0.0, 0.0, 0.0], "suv_max": 5.0},
            {"id": 2, "centroid_mm": [50.0, 0.0, 0.0], "suv_max": suv_max},
        ], "mi_tnm": "miTr N0 M0"})
    }

    #[test]
    fn numbers_may_differ_by_their_tolerance_and_no_more() {
        let mut rules = Tolerance::default();
        assert_eq!(
            differences(&report(8.0), &report(8.0), &rules),
            Vec::<String>::new()
        );
        assert_eq!(
            differences(&report(8.0), &report(8.1), &rules),
            ["report.json lesions.1.suv_max: 8.0 -> 8.1"]
        );
        let loose = NumberTolerance {
            relative: 0.02,
            absolute: 0.0,
        };
        rules.keys.insert("lesions.*.suv_max".to_owned(), loose);
        assert_eq!(
            differences(&report(8.0), &report(8.1), &rules),
            Vec::<String>::new()
        );
        assert_eq!(differences(&report(8.0), &report(8.3), &rules).len(), 1);
    }

    #[test]
    fn lesions_are_matched_by_place_not_by_order() {
        let mut turned = report(8.0);
        turned["lesions"].as_array_mut().unwrap().reverse();
        assert_eq!(
            differences(&report(8.0), &turned, &Tolerance::default()),
            Vec::<String>::new()
        );
    }

    #[test]
    fn a_lesion_that_vanished_and_a_text_that_changed_are_told() {
        let mut fewer = report(8.0);
        fewer["lesions"].as_array_mut().unwrap().remove(0);
        fewer["mi_tnm"] = json!("miT0 N0 M0");
        let found = differences(&report(8.0), &fewer, &Tolerance::default());
        assert_eq!(found[0], "report.json lesions: 2 entries -> 1 entries");
        assert_eq!(
            found.last().unwrap(),
            "report.json mi_tnm: \"miTr N0 M0\" -> \"miT0 N0 M0\""
        );
    }

    #[test]
    fn dice_counts_a_label_in_any_layer() {
        let (old, new) = ([1, 1, 0, 2], [2, 1, 1, 0]);
        let found = dice_of_labels(&old, &new, 4);
        assert_eq!(found, [(1, 0.5), (2, 0.0)]);
        // Two layers of two voxels: label 1 covers both voxels in either file.
        assert_eq!(dice_of_labels(&[1, 1, 0, 0], &[0, 0, 1, 1], 2), [(1, 1.0)]);
    }
}
