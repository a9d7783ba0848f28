//! One study that somebody looks at: its images, its review, and what comes of it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use isoboost_report::Report;
use isoboost_report::slice::RotatingMip;
use serde::Serialize;
use tokio::sync::watch;

use crate::engine::{Images, Planned, Region, RegionKind, Staged, Study};
use crate::store::{ReviewKey, Trail};

use super::suggested;

/// How far the work on a study has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Phase {
    /// The images are being read.
    Loading,
    /// The images can be looked at; the analysis waits for its turn.
    Looking,
    /// What decisions need is being worked out.
    Analysing,
    /// The volumes that follow from the last decision are being drawn.
    Planning,
    /// Everything that is shown belongs to the last decision.
    Ready,
    /// Nothing can be decided; the reason says why.
    Failed,
}

/// A study that is open.
pub(crate) struct Session {
    /// Name of its folder.
    pub(crate) folder: String,
    /// Its folder.
    pub(crate) path: PathBuf,
    pub(crate) key: ReviewKey,
    /// What the batch suggests.
    pub(crate) suggestion: Arc<Report>,
    /// One decision after the other.
    pub(crate) deciding: tokio::sync::Mutex<()>,
    images: OnceLock<Arc<dyn Images>>,
    mip: OnceLock<RotatingMip>,
    study: OnceLock<Arc<dyn Study>>,
    /// Outlines from the files of the suggestion.
    suggested: OnceLock<Arc<Vec<Region>>>,
    current: Mutex<Current>,
    /// Counts the changes of `current`.
    changes: watch::Sender<u64>,
}

/// What holds now.
#[derive(Clone)]
pub(crate) struct Current {
    pub(crate) phase: Phase,
    /// Why it failed.
    pub(crate) reason: Option<String>,
    pub(crate) trail: Trail,
    /// What comes of the decisions, and of which revision.
    pub(crate) staged: Option<(u64, Arc<dyn Staged>)>,
    /// The volumes, and of which revision.
    pub(crate) planned: Option<(u64, Arc<dyn Planned>)>,
    /// What is outlined, and of which revision its findings are; none for the suggestion.
    pub(crate) regions: Option<(u64, Arc<Vec<Region>>)>,
    /// Whether the volumes are being drawn.
    pub(crate) is_planning: bool,
}

impl Session {
    pub(crate) fn new(path: &Path, folder: &str, suggestion: Report) -> Self {
        Self {
            folder: folder.to_owned(),
            path: path.to_path_buf(),
            key: ReviewKey {
                study_uid: suggestion.study.study_uid.clone(),
                fingerprint: suggestion.provenance.fingerprint.clone(),
            },
            suggestion: Arc::new(suggestion),
            deciding: tokio::sync::Mutex::default(),
            images: OnceLock::new(),
            mip: OnceLock::new(),
            study: OnceLock::new(),
            suggested: OnceLock::new(),
            current: Mutex::new(Current {
                phase: Phase::Loading,
                reason: None,
                trail: Trail::default(),
                staged: None,
                planned: None,
                regions: None,
                is_planning: false,
            }),
            changes: watch::Sender::new(0),
        }
    }

    /// The images, once they are loaded.
    pub(crate) fn images(&self) -> Option<&Arc<dyn Images>> {
        self.images.get()
    }

    /// The turning picture, once the images are loaded; made the first time.
    pub(crate) fn mip(&self) -> Option<&RotatingMip> {
        let images = self.images.get()?;
        Some(made_once(&self.mip, || RotatingMip::new(images.suv())))
    }

    /// The study, once decisions can be taken.
    pub(crate) fn study(&self) -> Option<&Arc<dyn Study>> {
        self.study.get()
    }

    /// What holds now.
    pub(crate) fn current(&self) -> Current {
        self.lock().clone()
    }

    /// Tells of changes.
    pub(crate) fn watch(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Changes what holds, and tells whoever waits for it.
    pub(crate) fn change(&self, change: impl FnOnce(&mut Current)) {
        change(&mut self.lock());
        self.changes.send_modify(|n| *n += 1);
    }

    /// Sets where the review stands, before anybody sees it.
    pub(super) fn start_from(&self, trail: Trail) {
        self.lock().trail = trail;
    }

    pub(super) fn set_images(&self, images: Arc<dyn Images>) {
        let _ = self.images.set(images);
        self.change(|current| current.phase = Phase::Looking);
    }

    pub(super) fn set_study(&self, study: Arc<dyn Study>) {
        let _ = self.study.set(study);
    }

    /// What is outlined now, and of which revision it is. Reads files the first time.
    pub(crate) fn regions(&self) -> (u64, Arc<Vec<Region>>) {
        if let Some(regions) = &self.lock().regions {
            return regions.clone();
        }
        let read = || Arc::new(suggested::regions(&self.path, &self.suggestion));
        (0, Arc::clone(made_once(&self.suggested, read)))
    }

    fn lock(&self) -> MutexGuard<'_, Current> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a cell holds, made where it is empty. Two who ask at once both make it, and the first one's
/// is kept: made inside the cell, a thread of the painters that waits for its part of the work
/// could take up other work meanwhile that wants the same, and wait for itself for ever.
fn made_once<T>(cell: &OnceLock<T>, make: impl FnOnce() -> T) -> &T {
    if let Some(made) = cell.get() {
        return made;
    }
    let made = make();
    cell.get_or_init(|| made)
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session")
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}

impl Current {
    /// The report as it stands; none where nothing was decided, so that the suggestion stands.
    pub(crate) fn report(&self) -> Option<&Report> {
        if self.trail.revision == 0 {
            return None;
        }
        let (of, staged) = self.staged.as_ref()?;
        match &self.planned {
            Some((drawn, planned)) if drawn == of => Some(planned.report()),
            _ => Some(staged.report()),
        }
    }

    /// Whether the volumes of the last decision are drawn.
    pub(crate) fn is_drawn(&self) -> bool {
        let is_suggestion = self.trail.revision == 0;
        let drawn = self.planned.as_ref().map(|(revision, _)| *revision);
        is_suggestion || drawn == self.staged_revision()
    }

    /// The revision of what comes of the decisions.
    pub(crate) fn staged_revision(&self) -> Option<u64> {
        self.staged.as_ref().map(|(revision, _)| *revision)
    }

    /// Takes over a trail whose last event is a signature: nothing else changes by it.
    pub(super) fn signed(&mut self, trail: Trail) {
        let revision = trail.revision;
        self.trail = trail;
        if let Some((of, _)) = &mut self.staged {
            *of = revision;
        }
        if let Some((of, _)) = &mut self.planned {
            *of = revision;
        }
        if let Some((of, _)) = &mut self.regions {
            *of = revision;
        }
    }

    /// Takes over what comes of the decisions. Nobody ever sees a decision with the volumes of
    /// before taken for its own.
    pub(crate) fn stage(&mut self, staged: Arc<dyn Staged>, shown: &[Region]) {
        let revision = self.trail.revision;
        let regions = if revision == 0 {
            of_suggestion(staged.as_ref(), shown)
        } else {
            until_drawn(staged.as_ref(), shown)
        };
        self.regions = Some((revision, Arc::new(regions)));
        self.staged = Some((revision, staged));
        self.phase = if self.is_drawn() {
            Phase::Ready
        } else {
            Phase::Planning
        };
        self.reason = None;
    }
}

/// The suggestion's own files have its volumes, and more than the findings.
fn of_suggestion(staged: &dyn Staged, shown: &[Region]) -> Vec<Region> {
    let mut regions = staged.findings();
    regions.retain(|region| region.kind == RegionKind::Excluded);
    regions.splice(0..0, shown.iter().cloned());
    regions
}

/// The findings; volumes of lesions that are still there stay until the new ones are drawn.
fn until_drawn(staged: &dyn Staged, shown: &[Region]) -> Vec<Region> {
    let mut regions = staged.findings();
    let is_lesion = |id: &u32| {
        let mut lesions = regions.iter().filter(|r| r.kind == RegionKind::Gtv);
        lesions.any(|region| region.finding == Some(*id))
    };
    let kept: Vec<Region> = shown
        .iter()
        .filter(|r| !matches!(r.kind, RegionKind::Gtv | RegionKind::Excluded))
        .filter(|r| r.lesion_ids.iter().all(is_lesion))
        .cloned()
        .collect();
    regions.extend(kept);
    regions
}
