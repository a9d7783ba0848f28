//! The folder that results go to: one run at a time, each study complete or not there.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::digest::sha256_hex;

/// Start of the names of folders in which results are being made.
pub(crate) const PARTIAL_PREFIX: &str = ".isoboost-partial-";
/// Held by the run that writes to the folder.
pub(crate) const LOCK_NAME: &str = ".isoboost-lock";

/// The folder given by `--out`, locked against other runs while this value lives.
#[derive(Debug)]
pub(crate) struct OutputFolder {
    root: PathBuf,
    lock: File,
}

/// Why results cannot be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OutputError {
    /// Another run writes to the same folder.
    #[error("another run is writing to `{0}`; wait for it to end or choose another --out")]
    Busy(PathBuf),
    /// The system refused; a full disk and missing rights end here.
    #[error("cannot {what} `{path}`: {source}; check free space and write permission")]
    Io {
        /// What was tried.
        what: &'static str,
        /// On what.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
}

impl OutputFolder {
    /// Opens or makes the folder, locks it, and removes what a killed run left half-made.
    ///
    /// # Errors
    /// When the folder cannot be made or written to, or another run holds it.
    pub(crate) fn open(root: &Path) -> Result<Self, OutputError> {
        let failed = |what, path: &Path| {
            let path = path.to_path_buf();
            move |source| OutputError::Io { what, path, source }
        };
        fs::create_dir_all(root).map_err(failed("make the folder", root))?;
        let lock_path = root.join(LOCK_NAME);
        let lock = File::create(&lock_path).map_err(failed("write to", root))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(OutputError::Busy(root.to_path_buf())),
            // Some network file systems know no locks; a folder of its own for each run is then
            // the user's to see to.
            Err(TryLockError::Error(error)) => tracing::debug!(%error, "no file locks here"),
        }
        let folder = Self {
            root: root.to_path_buf(),
            lock,
        };
        folder.remove_partial().map_err(failed("clean up", root))?;
        Ok(folder)
    }

    /// Path of the folder.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// A new empty folder beside the results, removed again unless it is published.
    ///
    /// # Errors
    /// When it cannot be made.
    pub(crate) fn partial(&self) -> Result<TempDir, OutputError> {
        tempfile::Builder::new()
            .prefix(PARTIAL_PREFIX)
            .tempdir_in(&self.root)
            .map_err(|source| self.io("make a folder in", source))
    }

    /// Makes a complete partial folder appear as `name`, in place of an older one.
    ///
    /// # Errors
    /// When the system refuses; the older result is then still there.
    pub(crate) fn publish(&self, partial: TempDir, name: &str) -> Result<PathBuf, OutputError> {
        let place = self.root.join(name);
        let moved = (|| {
            sync_files(partial.path())?;
            // A folder cannot be renamed over a filled one: the old one steps aside first.
            let old = tempfile::Builder::new()
                .prefix(PARTIAL_PREFIX)
                .tempdir_in(&self.root)?;
            let aside = old.path().join("old");
            let had_old = place.exists();
            if had_old {
                fs::rename(&place, &aside)?;
            }
            if let Err(error) = fs::rename(partial.path(), &place) {
                if had_old {
                    fs::rename(&aside, &place)?;
                }
                return Err(error);
            }
            Ok(())
        })();
        moved.map_err(|source| self.io("publish results in", source))?;
        // The folder has its final name now; the guard must not look for the old one.
        let _ = partial.keep();
        make_readable(&place).map_err(|source| self.io("set the permissions in", source))?;
        Ok(place)
    }

    /// Writes a file of the run itself, complete or not at all.
    ///
    /// # Errors
    /// When the system refuses.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> Result<(), OutputError> {
        let written = (|| {
            let mut file = tempfile::Builder::new()
                .prefix(PARTIAL_PREFIX)
                .tempfile_in(&self.root)?;
            io::Write::write_all(&mut file, bytes)?;
            file.as_file().sync_all()?;
            let path = self.root.join(name);
            file.persist(&path)?;
            make_readable(&path)
        })();
        written.map_err(|source| self.io("write a file in", source))
    }

    fn remove_partial(&self) -> io::Result<()> {
        for entry in fs::read_dir(&self.root)? {
            let entry = entry?;
            if entry
                .file_name()
                .to_string_lossy()
                .starts_with(PARTIAL_PREFIX)
            {
                if entry.file_type()?.is_dir() {
                    fs::remove_dir_all(entry.path())?;
                } else {
                    fs::remove_file(entry.path())?;
                }
            }
        }
        Ok(())
    }

    fn io(&self, what: &'static str, source: io::Error) -> OutputError {
        OutputError::Io {
            what,
            path: self.root.clone(),
            source,
        }
    }
}

impl Drop for OutputFolder {
    fn drop(&mut self) {
        // Nobody waits for the result of either: the lock ends with the handle in any case.
        let _ = fs::remove_file(self.root.join(LOCK_NAME));
        let _ = self.lock.unlock();
    }
}

/// The folder name of a study: `PatientID_StudyDate_8 hex digits`, safe on any file system.
pub fn study_folder_name(patient_id: &str, study_date: &str, study_uid: &str) -> String {
    let safe = |text: &str, absent: &str| {
        let text: String = text
            .trim()
            .chars()
            .map(|c| {
                if c.is_ascii_alphanumeric() || "-.".contains(c) {
                    c
                } else {
                    '-'
                }
            })
            .take(40)
            .collect();
        let text = text.trim_matches(['-', '.']).to_owned();
        if text.is_empty() {
            absent.to_owned()
        } else {
            text
        }
    };
    let digits: String = sha256_hex(study_uid.as_bytes()).chars().take(8).collect();
    format!(
        "{}_{}_{digits}",
        safe(patient_id, "no-id"),
        safe(study_date, "no-date")
    )
}

/// Waits until the files are on the disk, so that a full disk is noticed before the rename.
pub(crate) fn sync_files(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            sync_files(&path)?;
        } else {
            File::open(&path)?.sync_all()?;
        }
    }
    Ok(())
}

/// Temporary files and folders are made for their owner alone; results follow the usual rights of
/// the folder they are in.
#[cfg(unix)]
pub(crate) fn make_readable(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;

    let parent = path.parent().unwrap_or_else(|| Path::new("."));
    let rights = fs::metadata(parent)?.permissions().mode() & 0o777;
    let mode = if path.is_dir() {
        rights
    } else {
        rights & 0o666
    };
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
pub(crate) fn make_readable(_path: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_study_appears_whole_and_replaces_the_older_one() {
        let root = tempfile::tempdir().unwrap();
        let folder = OutputFolder::open(root.path()).unwrap();
        for text in ["first", "second"] {
            let partial = folder.partial().unwrap();
            fs::write(partial.path().join("report.json"), text).unwrap();
            let place = folder.publish(partial, "study").unwrap();
            assert_eq!(fs::read_to_string(place.join("report.json")).unwrap(), text);
        }
        drop(folder);
        let names: Vec<_> = fs::read_dir(root.path())
            .unwrap()
            .map(|e| e.unwrap().file_name())
            .collect();
        assert_eq!(names, ["study"], "nothing else stays behind");
    }

    #[test]
    fn what_a_killed_run_left_is_removed_and_a_failed_study_leaves_nothing() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join(".isoboost-partial-killed")).unwrap();
        let folder = OutputFolder::open(root.path()).unwrap();
        drop(folder.partial().unwrap());
        drop(folder);
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_second_run_on_the_same_folder_is_told() {
        let root = tempfile::tempdir().unwrap();
        let _first = OutputFolder::open(root.path()).unwrap();
        assert!(matches!(
            OutputFolder::open(root.path()),
            Err(OutputError::Busy(_))
        ));
    }

    #[test]
    fn folder_names_are_safe_and_tell_studies_apart() {
        let name = study_folder_name("ÄB/../c d", "20260301", "1.2.3");
        assert_eq!(name, "B-..-c-d_20260301_c47f5b18");
        assert_ne!(name, study_folder_name("ÄB/../c d", "20260301", "1.2.4"));
        assert_eq!(&study_folder_name("", "", "1.2.3")[..14], "no-id_no-date_");
    }
}
