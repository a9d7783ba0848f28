//! Where the signatures of a study lie: numbered folders that appear whole and are never replaced.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::output_folder::{LOCK_NAME, OutputError, PARTIAL_PREFIX, make_readable, sync_files};

/// Folder of all signatures, inside of the results.
pub const SIGNED_FOLDER: &str = "signed";

/// Start of the names of folders that are complete and wait until the trail has their signature;
/// their number follows.
const HIDDEN_PREFIX: &str = ".isoboost-signed-";

/// Numbers of folders from here on are somebody else's.
const UNCOUNTED: u32 = 1_000_000_000;

/// Numbers of the signatures of a study that the audit trail has.
pub type NotedSignatures<'a> = &'a dyn Fn() -> io::Result<Vec<u32>>;

/// `signed/<study>/`, held against others who sign the same study while this value lives.
#[derive(Debug)]
pub(super) struct SignedFolder {
    root: PathBuf,
    /// Held where the file system knows locks; the lock ends with the handle.
    lock: Option<File>,
    /// The highest number that the trail has, also where its folder was taken away.
    last_noted: u32,
}

impl SignedFolder {
    /// Makes the folder of a study, waits until nobody else signs it, and settles what a killed
    /// program left half-made: `noted` gives the numbers of the signatures that the trail has.
    pub(super) fn open(
        results: &Path,
        study: &str,
        noted: NotedSignatures<'_>,
    ) -> Result<Self, OutputError> {
        let root = results.join(SIGNED_FOLDER).join(study);
        let failed = |what| {
            let path = root.clone();
            move |source| OutputError::Io { what, path, source }
        };
        fs::create_dir_all(&root).map_err(failed("make the folder"))?;
        let lock = File::create(root.join(LOCK_NAME)).map_err(failed("write to"))?;
        let lock = match lock.lock() {
            Ok(()) => Some(lock),
            // Some network file systems know no locks. Numbers are still never given twice, but
            // what looks left behind may be another's.
            Err(error) => {
                tracing::debug!(%error, "no file locks here");
                None
            }
        };
        let mut folder = Self {
            root,
            lock,
            last_noted: 0,
        };
        let settled = folder.settle(noted);
        settled.map_err(|source| folder.io("clean up", source))?;
        Ok(folder)
    }

    /// Whether a killed program left something to settle; makes no folder.
    pub(super) fn is_unsettled(results: &Path, study: &str) -> bool {
        let Ok(entries) = fs::read_dir(results.join(SIGNED_FOLDER).join(study)) else {
            return false;
        };
        let mut names = entries.filter_map(|entry| Some(entry.ok()?.file_name()));
        names.any(|name| {
            let name = name.to_string_lossy();
            hidden_number(&name).is_some() || name.starts_with(PARTIAL_PREFIX)
        })
    }

    /// Lets appear what is in the trail, and removes what never came so far.
    fn settle(&mut self, noted: NotedSignatures<'_>) -> io::Result<()> {
        // Asked for under the lock: whoever held it before may have noted one and been killed.
        let noted = noted()?;
        self.last_noted = noted.iter().copied().max().unwrap_or(0);
        for entry in fs::read_dir(&self.root)? {
            let entry = entry?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let hidden = hidden_number(&name);
            if let Some(number) = hidden.filter(|number| noted.contains(number)) {
                self.show(number)?;
                tracing::warn!(number, "finished a signature that was interrupted");
            } else if self.lock.is_some() && (hidden.is_some() || name.starts_with(PARTIAL_PREFIX))
            {
                fs::remove_dir_all(entry.path())?;
            }
        }
        Ok(())
    }

    /// A new empty folder, removed again unless it is published.
    pub(super) fn partial(&self) -> Result<TempDir, OutputError> {
        tempfile::Builder::new()
            .prefix(PARTIAL_PREFIX)
            .tempdir_in(&self.root)
            .map_err(|source| self.io("make a folder in", source))
    }

    /// Gives a complete folder the number after the last one, and keeps it hidden under that.
    pub(super) fn number(&self, partial: TempDir) -> Result<u32, OutputError> {
        let numbered = (|| {
            sync_files(partial.path())?;
            make_readable(partial.path())?;
            let mut number = last_number(&self.root)?.max(self.last_noted) + 1;
            let mut from = partial.path().to_path_buf();
            // A filled folder is never renamed over.
            loop {
                let hidden = self.hidden(number);
                match fs::rename(&from, &hidden) {
                    Ok(()) if !self.place(number).exists() => return Ok(number),
                    Ok(()) => from = hidden,
                    Err(error) if !hidden.exists() => return Err(error),
                    Err(_) => {}
                }
                number += 1;
            }
        })();
        let number = numbered.map_err(|source| self.io("publish results in", source))?;
        // The folder has another name now; the guard must not look for the old one.
        let _ = partial.keep();
        Self::sync_folders(&self.hidden(number));
        Ok(number)
    }

    /// Makes the hidden folder of a number appear.
    pub(super) fn publish(&self, number: u32) -> Result<(), OutputError> {
        let shown = self.show(number);
        shown.map_err(|source| self.io("publish results in", source))
    }

    fn show(&self, number: u32) -> io::Result<()> {
        fs::rename(self.hidden(number), self.place(number))?;
        Self::sync_folders(&self.place(number));
        Ok(())
    }

    /// Where the results of a number lie once they are published.
    pub(super) fn place(&self, number: u32) -> PathBuf {
        self.root.join(number.to_string())
    }

    fn hidden(&self, number: u32) -> PathBuf {
        self.root.join(format!("{HIDDEN_PREFIX}{number}"))
    }

    /// The new names, too, are to outlast a power failure; where folders cannot be synced, the
    /// system sees to it in its own time.
    fn sync_folders(renamed: &Path) {
        for folder in renamed.ancestors().take(4) {
            if let Err(error) = File::open(folder).and_then(|folder| folder.sync_all()) {
                tracing::debug!(%error, "a folder cannot be synced");
            }
        }
    }

    fn io(&self, what: &'static str, source: io::Error) -> OutputError {
        OutputError::Io {
            what,
            path: self.root.clone(),
            source,
        }
    }
}

/// The highest number in use, 0 where there is none.
fn last_number(root: &Path) -> io::Result<u32> {
    let mut last = 0;
    for entry in fs::read_dir(root)? {
        let name = entry?.file_name();
        let name = name.to_string_lossy();
        let number = hidden_number(&name).or_else(|| name.parse().ok());
        // What nobody counts to was not counted here.
        last = last.max(number.filter(|n| *n < UNCOUNTED).unwrap_or(0));
    }
    Ok(last)
}

fn hidden_number(name: &str) -> Option<u32> {
    name.strip_prefix(HIDDEN_PREFIX)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Everything up to the event in the trail.
    fn prepare(results: &Path, text: &str, noted: &[u32]) -> (SignedFolder, u32) {
        let folder = SignedFolder::open(results, "study", &|| Ok(noted.to_vec())).unwrap();
        let partial = folder.partial().unwrap();
        fs::write(partial.path().join("report.json"), text).unwrap();
        let number = folder.number(partial).unwrap();
        (folder, number)
    }

    fn publish(results: &Path, text: &str) -> (u32, PathBuf) {
        let (folder, number) = prepare(results, text, &[]);
        folder.publish(number).unwrap();
        (number, folder.place(number))
    }

    fn names(root: &Path) -> Vec<std::ffi::OsString> {
        let names = fs::read_dir(root).unwrap();
        let mut names: Vec<_> = names.map(|e| e.unwrap().file_name()).collect();
        names.sort();
        names
    }

    #[test]
    fn signatures_are_counted_and_none_is_replaced() {
        let results = tempfile::tempdir().unwrap();
        for (n, text) in (1..).zip(["first", "second", "third"]) {
            let (number, place) = publish(results.path(), text);
            assert_eq!(number, n);
            assert_eq!(place, results.path().join(format!("signed/study/{n}")));
            assert_eq!(fs::read_to_string(place.join("report.json")).unwrap(), text);
        }
        // A number that was taken away is not given again while a later one stands.
        fs::remove_dir_all(results.path().join("signed/study/2")).unwrap();
        assert_eq!(publish(results.path(), "fourth").0, 4);
        let first = results.path().join("signed/study/1/report.json");
        assert_eq!(fs::read_to_string(first).unwrap(), "first");
    }

    #[test]
    fn many_who_sign_at_once_get_numbers_of_their_own() {
        let results = tempfile::tempdir().unwrap();
        let mut numbers: Vec<u32> = std::thread::scope(|scope| {
            let signer = |_| scope.spawn(|| publish(results.path(), "x").0);
            let signers: Vec<_> = (0..8).map(signer).collect();
            signers.into_iter().map(|s| s.join().unwrap()).collect()
        });
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=8).collect::<Vec<_>>());
    }

    #[test]
    fn without_locks_a_taken_number_is_passed_over() {
        let results = tempfile::tempdir().unwrap();
        let folder = SignedFolder::open(results.path(), "study", &|| Ok(vec![])).unwrap();
        let other = SignedFolder {
            root: folder.root.clone(),
            lock: None,
            last_noted: 0,
        };
        let [mine, theirs, third] = [&folder, &other, &folder].map(|f| {
            let partial = f.partial().unwrap();
            fs::write(partial.path().join("report.json"), "x").unwrap();
            partial
        });
        assert_eq!(other.number(theirs).unwrap(), 1);
        assert_eq!(folder.number(mine).unwrap(), 2);
        other.publish(1).unwrap();
        folder.publish(2).unwrap();
        assert_eq!(folder.number(third).unwrap(), 3);
    }

    #[test]
    fn what_the_trail_does_not_have_never_appears() {
        let results = tempfile::tempdir().unwrap();
        let root = results.path().join("signed/study");
        assert!(!SignedFolder::is_unsettled(results.path(), "study"));
        let (folder, number) = prepare(results.path(), "killed", &[]);
        assert_eq!(number, 1);
        assert_eq!(names(&root), [LOCK_NAME, ".isoboost-signed-1"]);
        drop(folder);
        assert!(SignedFolder::is_unsettled(results.path(), "study"));
        SignedFolder::open(results.path(), "study", &|| Ok(vec![])).unwrap();
        assert_eq!(names(&root), [LOCK_NAME]);
        assert!(!SignedFolder::is_unsettled(results.path(), "study"));
    }

    #[test]
    fn what_the_trail_has_appears_and_its_number_is_not_given_again() {
        let results = tempfile::tempdir().unwrap();
        let root = results.path().join("signed/study");
        drop(prepare(results.path(), "noted", &[]));
        let (folder, number) = prepare(results.path(), "second", &[1]);
        assert_eq!(number, 2);
        assert_eq!(names(&root), [LOCK_NAME, ".isoboost-signed-2", "1"]);
        let first = fs::read_to_string(root.join("1/report.json")).unwrap();
        assert_eq!(first, "noted");
        drop(folder);
        // Also where its folder was taken away since.
        fs::remove_dir_all(root.join("1")).unwrap();
        assert_eq!(prepare(results.path(), "third", &[1]).1, 2);
    }

    #[test]
    fn what_a_killed_program_left_is_removed() {
        let results = tempfile::tempdir().unwrap();
        let root = results.path().join("signed/study");
        fs::create_dir_all(root.join(format!("{PARTIAL_PREFIX}killed/images"))).unwrap();
        assert_eq!(publish(results.path(), "x").0, 1);
        assert_eq!(names(&root), [LOCK_NAME, "1"]);
    }
}
