//! A result folder of a phantom, and `isoboost review` that serves it.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use isoboost_tests::{isoboost, succeed};

/// A phantom's images and what a run made of them, in a folder of their own.
pub(crate) struct Results {
    folder: tempfile::TempDir,
}

impl Results {
    /// A pelvis with a recurrence in the bed and three nodes; `change` is done to its files before
    /// the run.
    pub(crate) fn of_pelvis(change: impl FnOnce(&Path)) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let scan = folder.path().join("scan");
        let mut phantom = isoboost();
        phantom.args(["phantom", "pelvis", "--scenario", "bed-node"]);
        succeed(
            phantom
                .args(["--size", "small", "--seed", "7", "--out"])
                .arg(&scan),
        );
        change(&scan);
        let results = folder.path().join("results");
        succeed(isoboost().arg("run").arg(&scan).arg("--out").arg(&results));
        Self { folder }
    }

    /// The result folder.
    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("results")
    }
}

/// A running server; ended when dropped.
pub(crate) struct Desk {
    server: Child,
    /// What the command printed: the address with its token.
    pub(crate) address: String,
}

impl Desk {
    /// Starts `isoboost review` on a free port.
    pub(crate) fn open(results: &Path) -> Self {
        let mut server = isoboost()
            .arg("review")
            .arg(results)
            .stdout(Stdio::piped())
            .spawn()
            .expect("isoboost review starts");
        let stdout = server.stdout.take().expect("stdout is piped");
        let mut address = String::new();
        BufReader::new(stdout)
            .read_line(&mut address)
            .expect("the address is text");
        let address = address.trim().to_owned();
        assert!(
            address.starts_with("http://127.0.0.1:") && address.contains("/?token="),
            "isoboost review printed `{address}`"
        );
        Self { server, address }
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        // A server that ended by itself is no failure here: the scripts have seen that.
        drop(self.server.kill());
        drop(self.server.wait());
    }
}
