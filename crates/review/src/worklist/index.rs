//! What lies in the result folder, kept in memory and looked at anew when somebody asks.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use rayon::prelude::*;

use super::row::{ReportHead, Row, RunHead, RunStudy, Status};
use crate::store::{Event, EventKind, ReviewKey, Standing, Store, StoreError};

/// How old what is known of the folder may be: thousands of files are not asked for their times
/// with every key that is typed into the filter.
const FRESH_FOR: Duration = Duration::from_secs(2);

/// The studies of a result folder.
#[derive(Debug)]
pub(crate) struct Index {
    folder: PathBuf,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    looked_at: Option<Instant>,
    /// When `run.json` was written.
    run_written: Option<SystemTime>,
    /// How the studies of the last run ended, by folder.
    run: BTreeMap<String, RunStudy>,
    /// The studies as suggested, by folder, with when their reports were written.
    suggested: BTreeMap<String, (SystemTime, Row)>,
    /// Number of the last event that is counted in.
    last_event: i64,
    reviews: BTreeMap<ReviewKey, Reviewed>,
    /// All rows by folder, with their reviews.
    rows: Arc<BTreeMap<String, Row>>,
}

/// Where a review stands.
#[derive(Debug, Clone)]
struct Reviewed {
    status: Status,
    who: String,
    at: String,
    standing: Standing,
}

/// Why the folder cannot be listed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum IndexError {
    /// The folder cannot be read.
    #[error("cannot read the result folder `{folder}`: {source}")]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// The reason.
        source: io::Error,
    },
    /// The reviews cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Index {
    pub(crate) fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_path_buf(),
            known: Mutex::default(),
        }
    }

    /// All studies by folder as they are now.
    ///
    /// # Errors
    /// When the folder or the reviews cannot be read.
    pub(crate) fn rows(&self, store: &Store) -> Result<Arc<BTreeMap<String, Row>>, IndexError> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let is_fresh = known.looked_at.is_some_and(|at| at.elapsed() < FRESH_FOR);
        let mut changed = false;
        if !is_fresh {
            changed |= known
                .look_at(&self.folder)
                .map_err(|source| IndexError::Folder {
                    folder: self.folder.clone(),
                    source,
                })?;
        }
        let events = store.events_after(known.last_event)?;
        changed |= !events.is_empty();
        for event in events {
            known.count_in(event);
        }
        if changed {
            known.rows = Arc::new(known.joined());
        }
        Ok(Arc::clone(&known.rows))
    }
}

impl Known {
    /// Looks at the folder; reads what is new there. Tells whether anything changed.
    fn look_at(&mut self, folder: &Path) -> io::Result<bool> {
        let mut present = BTreeMap::new();
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            // A name that is no text cannot be asked for by an address; the batch makes none.
            let Ok(name) = entry.file_name().into_string() else {
                continue;
            };
            // A hidden folder is a result in the making.
            if name.starts_with('.') {
                continue;
            }
            if let Some(written) = written(&entry.path().join("report.json")) {
                present.insert(name, written);
            }
        }
        let before = self.suggested.len();
        self.suggested.retain(|name, _| present.contains_key(name));
        let mut changed = self.suggested.len() != before;
        let new: Vec<(String, SystemTime)> = present
            .into_iter()
            .filter(|(name, at)| {
                self.suggested
                    .get(name)
                    .is_none_or(|(known, _)| known != at)
            })
            .collect();
        changed |= !new.is_empty();
        let read: Vec<(String, (SystemTime, Row))> = new
            .into_par_iter()
            .map(|(name, at)| {
                let row = read_row(folder, &name);
                (name, (at, row))
            })
            .collect();
        self.suggested.extend(read);
        changed |= self.look_at_run(&folder.join("run.json"));
        self.looked_at = Some(Instant::now());
        Ok(changed)
    }

    fn look_at_run(&mut self, path: &Path) -> bool {
        let at = written(path);
        if at == self.run_written {
            return false;
        }
        let text = std::fs::read_to_string(path).unwrap_or_default();
        let run: RunHead = serde_json::from_str(&text).unwrap_or_default();
        self.run = run
            .studies
            .into_iter()
            .map(|s| (s.folder.clone(), s))
            .collect();
        self.run_written = at;
        true
    }

    fn count_in(&mut self, event: Event) {
        self.last_event = event.id;
        let status = match event.kind {
            EventKind::Signature => Status::Signed,
            EventKind::Decision | EventKind::Undo | EventKind::Redo => Status::InReview,
        };
        let reviewed = Reviewed {
            status,
            who: event.who,
            at: event.at,
            standing: event.after,
        };
        self.reviews.insert(event.key, reviewed);
    }

    fn joined(&self) -> BTreeMap<String, Row> {
        let mut rows = BTreeMap::new();
        for (name, (_, suggested)) in &self.suggested {
            let mut row = suggested.clone();
            if let Some(reviewed) = row.key.as_ref().and_then(|key| self.reviews.get(key)) {
                row.status = reviewed.status;
                row.reviewer = Some(reviewed.who.clone());
                row.changed_at = Some(reviewed.at.clone());
                row.stand(&reviewed.standing);
            } else if let Some(run) = self.run.get(name) {
                // It tells of the suggestion, and no longer where something was decided.
                row.headline.clone_from(&run.headline);
            }
            rows.insert(name.clone(), row);
        }
        for (name, run) in &self.run {
            if run.status == "failed" && !rows.contains_key(name) {
                rows.insert(name.clone(), Row::failed(name.clone(), run.reason.clone()));
            }
        }
        rows
    }
}

fn written(path: &Path) -> Option<SystemTime> {
    let about = std::fs::metadata(path).ok()?;
    about.is_file().then(|| about.modified().ok()).flatten()
}

/// A report that cannot be read is a row that says so.
fn read_row(folder: &Path, name: &str) -> Row {
    let head = std::fs::read(folder.join(name).join("report.json"))
        .map_err(|error| error.to_string())
        .and_then(|bytes| {
            serde_json::from_slice::<ReportHead>(&bytes).map_err(|error| error.to_string())
        });
    match head {
        Ok(head) => Row::of_report(name.to_owned(), head),
        Err(error) => {
            let reason = format!("report.json cannot be read: {error}; run the study again");
            Row::failed(name.to_owned(), Some(reason))
        }
    }
}
