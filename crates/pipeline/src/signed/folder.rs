//! Where the signatures of a study lie: numbered folders that appear whole and are never replaced.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::output_folder::{LOCK_NAME, OutputError, PARTIAL_PREFIX, make_readable, sync_files};

/// Folder of all signatures, inside of the results.
const SIGNED: &str = "signed";

/// Numbers of folders from here on are somebody else's.
const UNCOUNTED: u32 = 1_000_000_000;

/// `signed/<study>/`, held against others who sign the same study while this value lives.
#[derive(Debug)]
pub(super) struct SignedFolder {
    root: PathBuf,
    /// Held where the file system knows locks; the lock ends with the handle.
    _lock: Option<File>,
}

impl SignedFolder {
    /// Makes the folder of a study, waits until nobody else signs it, and removes what a killed
    /// program left half-made.
    pub(super) fn open(results: &Path, study: &str) -> Result<Self, OutputError> {
        let root = results.join(SIGNED).join(study);
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
        if lock.is_some() {
            remove_partial(&root).map_err(failed("clean up"))?;
        }
        Ok(Self { root, _lock: lock })
    }

    /// A new empty folder, removed again unless it is published.
    pub(super) fn partial(&self) -> Result<TempDir, OutputError> {
        tempfile::Builder::new()
            .prefix(PARTIAL_PREFIX)
            .tempdir_in(&self.root)
            .map_err(|source| self.io("make a folder in", source))
    }

    /// Makes a complete folder appear under the number after the last one.
    pub(super) fn publish(&self, partial: TempDir) -> Result<(u32, PathBuf), OutputError> {
        let published = (|| {
            sync_files(partial.path())?;
            let mut number = last_number(&self.root)? + 1;
            // A filled folder is never renamed over.
            while let Err(error) = fs::rename(partial.path(), self.place(number)) {
                if !self.place(number).exists() {
                    return Err(error);
                }
                number += 1;
            }
            Ok(number)
        })();
        let number = published.map_err(|source| self.io("publish results in", source))?;
        // The folder has its final name now; the guard must not look for the old one.
        let _ = partial.keep();
        let place = self.place(number);
        make_readable(&place).map_err(|source| self.io("set the permissions in", source))?;
        self.sync_folders();
        Ok((number, place))
    }

    fn place(&self, number: u32) -> PathBuf {
        self.root.join(number.to_string())
    }

    /// The new names, too, are to outlast a power failure; where folders cannot be synced, the
    /// system sees to it in its own time.
    fn sync_folders(&self) {
        for folder in self.root.ancestors().take(3) {
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
        let number = name.to_str().and_then(|name| name.parse().ok());
        // What nobody counts to was not counted here.
        last = last.max(number.filter(|n| *n < UNCOUNTED).unwrap_or(0));
    }
    Ok(last)
}

fn remove_partial(root: &Path) -> io::Result<()> {
    for entry in fs::read_dir(root)? {
        let entry = entry?;
        let name = entry.file_name();
        if name.to_string_lossy().starts_with(PARTIAL_PREFIX) {
            fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn publish(results: &Path, text: &str) -> (u32, PathBuf) {
        let folder = SignedFolder::open(results, "study").unwrap();
        let partial = folder.partial().unwrap();
        fs::write(partial.path().join("report.json"), text).unwrap();
        folder.publish(partial).unwrap()
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
        let folder = SignedFolder::open(results.path(), "study").unwrap();
        let other = SignedFolder {
            root: folder.root.clone(),
            _lock: None,
        };
        let [mine, theirs] = [&folder, &other].map(|f| f.partial().unwrap());
        for partial in [&mine, &theirs] {
            fs::write(partial.path().join("report.json"), "x").unwrap();
        }
        assert_eq!(other.publish(theirs).unwrap().0, 1);
        assert_eq!(folder.publish(mine).unwrap().0, 2);
    }

    #[test]
    fn what_a_killed_program_left_is_removed() {
        let results = tempfile::tempdir().unwrap();
        let root = results.path().join("signed/study");
        fs::create_dir_all(root.join(format!("{PARTIAL_PREFIX}killed/images"))).unwrap();
        assert_eq!(publish(results.path(), "x").0, 1);
        let names = fs::read_dir(&root).unwrap();
        let mut names: Vec<_> = names.map(|e| e.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, [LOCK_NAME, "1"]);
    }
}
