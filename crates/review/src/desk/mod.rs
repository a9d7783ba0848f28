//! The desk: what the server holds while it runs.

mod decide;
mod opening;
mod outlines;
mod presence;
mod rules;
mod scene;
mod session;
mod signing;
mod suggested;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use isoboost_report::Report;
use tokio::sync::{Semaphore, watch};

use crate::engine::Engine;
use crate::store::Store;
use crate::web::{Answer, Refusal};
use crate::worklist::{Index, Row};

pub(crate) use decide::{By, Change, conflict, decisions_of, ready_study};
pub(crate) use outlines::{inside, outlined};
pub(crate) use presence::{Other, Presence};
pub(crate) use rules::options;
pub(crate) use scene::{Scene, scene};
pub(crate) use session::{Current, Phase, Session};

/// Studies that are held open: the images of a whole body take 250 MB, and their analysis as much.
const MOST_OPEN: usize = 3;

/// Everything that the routes share.
pub(crate) struct Desk {
    /// The result folder.
    pub(crate) folder: PathBuf,
    /// Login name, offered as the reviewer's.
    pub(crate) user: Option<String>,
    pub(crate) store: Store,
    pub(crate) index: Index,
    pub(crate) presence: Presence,
    engine: Arc<dyn Engine>,
    /// The open studies, the one used last at the end.
    open: Mutex<Vec<Arc<Session>>>,
    /// Of the work that takes seconds and all cores: one study at a time.
    heavy: Semaphore,
    /// Of pictures: as many at once as there are cores, the others wait, and are forgotten where
    /// the browser no longer waits for them.
    pictures: Arc<Semaphore>,
    /// Threads of their own, so that pictures do not stand in line behind an analysis.
    painters: Arc<rayon::ThreadPool>,
    /// Turns true when the server ends.
    pub(crate) ending: watch::Receiver<bool>,
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Desk").finish_non_exhaustive()
    }
}

impl Desk {
    pub(crate) fn new(
        folder: &Path,
        user: Option<String>,
        store: Store,
        engine: Arc<dyn Engine>,
        ending: watch::Receiver<bool>,
    ) -> io::Result<Self> {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let painters = rayon::ThreadPoolBuilder::new()
            .num_threads(cores)
            .thread_name(|n| format!("painter {n}"))
            .build()
            .map_err(io::Error::other)?;
        Ok(Self {
            folder: folder.to_path_buf(),
            user,
            store,
            index: Index::new(folder),
            presence: Presence::default(),
            engine,
            open: Mutex::default(),
            heavy: Semaphore::new(1),
            pictures: Arc::new(Semaphore::new(cores)),
            painters: Arc::new(painters),
            ending,
        })
    }

    /// Does a piece of work for a picture when its turn comes.
    ///
    /// # Errors
    /// When it panicked.
    pub(crate) async fn paint<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Answer<T> {
        let turn = Arc::clone(&self.pictures).acquire_owned().await;
        let painters = Arc::clone(&self.painters);
        blocking(move || {
            // Held until the work is done, also where nobody waits for it any more.
            let _turn = turn;
            painters.install(work)
        })
        .await
    }

    /// The study of a row, open; the first time its images begin to be loaded.
    ///
    /// # Errors
    /// When its report or its trail cannot be read.
    pub(crate) async fn session(self: &Arc<Self>, row: &Row) -> Answer<Arc<Session>> {
        if let Some(session) = self.opened(row) {
            return Ok(session);
        }
        let desk = Arc::clone(self);
        let row = row.clone();
        blocking(move || desk.open_session(&row)).await?
    }

    /// The session of a row, if it is open and belongs to the suggestion as it is now.
    fn opened(&self, row: &Row) -> Option<Arc<Session>> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let at = open.iter().position(|s| s.folder == row.folder)?;
        let session = open.remove(at);
        if Some(&session.key) != row.key.as_ref() {
            return None;
        }
        open.push(Arc::clone(&session));
        Some(session)
    }

    fn open_session(self: Arc<Self>, row: &Row) -> Answer<Arc<Session>> {
        let path = self.folder.join(&row.folder);
        let suggestion = read_report(&path)?;
        let session = Session::new(&path, &row.folder, suggestion);
        session.start_from(self.store.trail(&session.key)?);
        let session = Arc::new(session);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        // Somebody else may have opened it meanwhile.
        if let Some(other) = open
            .iter()
            .find(|s| s.folder == row.folder && s.key == session.key)
        {
            return Ok(Arc::clone(other));
        }
        while open.len() >= MOST_OPEN {
            open.remove(0);
        }
        open.push(Arc::clone(&session));
        drop(open);
        opening::start(Arc::clone(&self), Arc::clone(&session));
        Ok(session)
    }
}

fn read_report(folder: &Path) -> Answer<Report> {
    let bytes = std::fs::read(folder.join("report.json"))
        .map_err(|error| Refusal::broken("the report of this study cannot be read", &error))?;
    serde_json::from_slice(&bytes)
        .map_err(|error| Refusal::broken("the report of this study cannot be read", &error))
}

/// Runs what would keep the server from answering others on a thread of its own.
///
/// # Errors
/// When that thread panicked; the panic is logged by its hook.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Answer<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| Refusal::broken("something went wrong inside", &error))
}
