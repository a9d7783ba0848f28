//! An engine without images: findings are rejected in the report alone.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use isoboost_pipeline::{Decision, NotedSignatures};
use isoboost_report::Report;
use isoboost_volume::{Grid, Volume};
use nalgebra::Point3;

use crate::engine::{
    Engine, EngineError, Images, Planned, Prepared, Previewed, Region, Signed, Signing, Staged,
    Study,
};

/// Names the step of a signature at which this process ends.
pub(super) const DIES: &str = "ISOBOOST_TEST_DIES";

/// A reason to reject a lesion after which no volumes can be drawn.
pub(super) const UNDRAWABLE: &str = "no volumes";

pub(super) struct Light;

#[derive(Clone)]
struct Opened {
    folder: String,
    report: Report,
    suv: Arc<Volume<f32>>,
    has_volumes: bool,
}

impl Engine for Light {
    fn load(&self, study_folder: &Path) -> Result<Arc<dyn Images>, EngineError> {
        let text = std::fs::read_to_string(study_folder.join("report.json")).unwrap();
        // 1 g/mL more with each slice towards the head.
        let grid = Grid::axis_aligned([10, 40, 40], [4.0, 4.0, 4.0], Point3::origin()).unwrap();
        Ok(Arc::new(Opened {
            folder: study_folder
                .file_name()
                .unwrap()
                .to_string_lossy()
                .into_owned(),
            report: serde_json::from_str(&text).unwrap(),
            suv: Arc::new(Volume::from_fn(grid, |[k, _, _]| k as f32)),
            has_volumes: true,
        }))
    }
}

impl Images for Opened {
    fn suv(&self) -> &Volume<f32> {
        &self.suv
    }

    fn ct(&self) -> Option<&Volume<i16>> {
        None
    }

    fn analyse(self: Arc<Self>) -> Result<Arc<dyn Study>, EngineError> {
        Ok(self)
    }
}

impl Study for Opened {
    fn stage(&self, decisions: &[Decision]) -> Result<Arc<dyn Staged>, EngineError> {
        let mut staged = self.clone();
        for decision in decisions {
            let lesions = &mut staged.report.lesions;
            let before = lesions.len();
            match decision {
                Decision::Accept { finding } if lesions.iter().any(|l| l.id == *finding) => {}
                Decision::Reject { finding, reason } => {
                    lesions.retain(|l| l.id != *finding);
                    staged.has_volumes &= reason != UNDRAWABLE;
                }
                _ => {}
            }
            if matches!(decision, Decision::Reject { .. }) && lesions.len() == before {
                return Err(EngineError {
                    text: "there is no such lesion".to_owned(),
                    remedy: "choose another one".to_owned(),
                });
            }
            staged.report.mi_tnm = format!("miTr N1a M0 with {}", staged.report.lesions.len());
        }
        Ok(Arc::new(staged))
    }

    fn preview(&self, decisions: &[Decision], next: &Decision) -> Result<Previewed, EngineError> {
        let mut all = decisions.to_vec();
        all.push(next.clone());
        let staged = self.stage(&all)?;
        Ok(Previewed {
            findings: Vec::new(),
            gone: Vec::new(),
            mi_tnm: staged.report().mi_tnm.clone(),
            regions: Vec::new(),
        })
    }
}

impl Staged for Opened {
    fn report(&self) -> &Report {
        &self.report
    }

    fn findings(&self) -> Vec<Region> {
        Vec::new()
    }

    fn plan(&self) -> Result<Arc<dyn Planned>, EngineError> {
        if !self.has_volumes {
            return Err(EngineError {
                text: "there is no room for the volumes".to_owned(),
                remedy: "undo it".to_owned(),
            });
        }
        Ok(Arc::new(self.clone()))
    }
}

impl Planned for Opened {
    fn report(&self) -> &Report {
        &self.report
    }

    fn regions(&self) -> Vec<Region> {
        Vec::new()
    }

    fn sign(
        &self,
        signing: &Signing,
        results: &Path,
        noted: NotedSignatures<'_>,
    ) -> Result<Box<dyn Prepared>, EngineError> {
        let number = noted().unwrap().len() + 1;
        let study = results.join("signed").join(&self.folder);
        // As the batch's code hides it.
        let hidden = study.join(format!(".isoboost-signed-{number}"));
        std::fs::create_dir_all(&hidden).unwrap();
        std::fs::write(hidden.join("report.json"), &signing.reviewer).unwrap();
        die_at("written");
        Ok(Box::new(Written {
            signed: Signed {
                folder: format!("signed/{}/{number}", self.folder),
                changes: vec![format!("{} lesions", self.report.lesions.len())],
            },
            place: study.join(number.to_string()),
            hidden,
        }))
    }
}

struct Written {
    signed: Signed,
    hidden: PathBuf,
    place: PathBuf,
}

impl Prepared for Written {
    fn signed(&self) -> Signed {
        self.signed.clone()
    }

    fn publish(self: Box<Self>) -> Result<(), EngineError> {
        die_at("noted");
        std::fs::rename(self.hidden, self.place).map_err(|error| EngineError {
            text: error.to_string(),
            remedy: "make room for it".to_owned(),
        })
    }
}

/// Ends the process on the spot where a test wants it to.
fn die_at(step: &str) {
    if std::env::var_os(DIES).is_some_and(|at| at == step) {
        std::process::abort();
    }
}
