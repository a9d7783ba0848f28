//! Doses that were handed in for the isotoxic check, and the plans that belong to them.

use std::path::PathBuf;

use isoboost_dicom::{
    DoseFacts, DoseReadError, DoseSummation, Finding, ObjectKind, ObjectSource, PlanFacts,
    PlanReadError, Series, Study, read_dose, read_dose_facts, read_plan_facts,
};
use isoboost_planning::dose::PlanSchedule;
use isoboost_report::{PlanDoseInfo, PlanInfo};
use isoboost_volume::Volume;

/// Why doses that were handed in cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DoseError {
    /// The folders cannot be searched.
    #[error(transparent)]
    Discover(#[from] isoboost_dicom::DiscoverError),
    /// Nothing in a path is a dose.
    #[error(
        "`{}` holds no dose (RTDOSE){problems}; give the file or folder that the planning system \
         exported",
        path.display()
    )]
    NoDose {
        /// The path.
        path: PathBuf,
        /// Files that could not be read, where there are any.
        problems: String,
    },
    /// A dose cannot be read.
    #[error(transparent)]
    Read(#[from] DoseReadError),
    /// A plan cannot be read.
    #[error(transparent)]
    Plan(#[from] PlanReadError),
    /// Less than the dose of a plan.
    #[error(
        "DoseSummationType (3004,000A) is `{found}`, expected `PLAN` or `MULTI_PLAN`: limits are \
         for the dose of all beams and fractions, file {file}"
    )]
    Partial {
        /// The file.
        file: String,
        /// The defined term found.
        found: String,
    },
    /// A dose that fits no study.
    #[error(
        "the dose lies in frame of reference {found}, the PET and CT in {}; export the dose of a \
         plan on these images, file {file}",
        expected.join(", ")
    )]
    Unmatched {
        /// The file.
        file: String,
        /// Its Frame of Reference UID.
        found: String,
        /// Those of the studies.
        expected: Vec<String>,
    },
    /// More doses than can be compared.
    #[error(
        "{} doses belong to this study, expected one (base plan) or two (base plan and \
         intensified plan, in this order): {}",
        files.len(),
        files.join(", ")
    )]
    TooMany {
        /// The files.
        files: Vec<String>,
    },
}

/// All doses and plans that were handed in.
#[derive(Debug, Default)]
pub(crate) struct DoseShelf {
    doses: Vec<(ObjectSource, DoseFacts)>,
    plans: Vec<PlanFacts>,
}

/// The dose of a plan, loaded.
pub(crate) struct LoadedDose {
    pub(crate) dose: Volume<f32>,
    pub(crate) schedule: PlanSchedule,
    pub(crate) info: PlanDoseInfo,
    pub(crate) findings: Vec<Finding>,
}

impl DoseShelf {
    /// Looks through files and folders, in the order in which they were given.
    pub(crate) fn open(paths: &[PathBuf]) -> Result<Self, DoseError> {
        let mut shelf = Self::default();
        for path in paths {
            let found = isoboost_dicom::discover(std::slice::from_ref(path), &|_| {})?;
            let others = found.studies.iter().flat_map(|study| &study.others);
            let mut others: Vec<_> = others.collect();
            others.sort();
            let before = shelf.doses.len();
            let mut plans = 0;
            for other in others {
                match other.kind {
                    ObjectKind::Dose => shelf.add_dose(&other.source)?,
                    ObjectKind::Plan => {
                        shelf.plans.push(read_plan_facts(&other.source)?);
                        plans += 1;
                    }
                    _ => {}
                }
            }
            // A plan in a place of its own is given beside its dose.
            if shelf.doses.len() == before && plans == 0 {
                let told: Vec<String> = found.problems.iter().map(crate::problem_line).collect();
                return Err(DoseError::NoDose {
                    path: path.clone(),
                    problems: if told.is_empty() {
                        String::new()
                    } else {
                        format!(" ({})", told.join("; "))
                    },
                });
            }
        }
        if let Some(path) = paths.first().filter(|_| shelf.doses.is_empty()) {
            return Err(DoseError::NoDose {
                path: path.clone(),
                problems: " but plans".to_owned(),
            });
        }
        Ok(shelf)
    }

    fn add_dose(&mut self, source: &ObjectSource) -> Result<(), DoseError> {
        let facts = read_dose_facts(source)?;
        if let DoseSummation::Part(found) = facts.summation {
            return Err(DoseError::Partial {
                file: source.to_string(),
                found,
            });
        }
        let is_known =
            |(_, known): &(_, DoseFacts)| known.sop_instance_uid == facts.sop_instance_uid;
        if !self.doses.iter().any(is_known) {
            self.doses.push((source.clone(), facts));
        }
        Ok(())
    }

    /// Refuses doses that belong to none of the studies.
    pub(crate) fn check_matched(&self, studies: &[&Study]) -> Result<(), DoseError> {
        let series = studies.iter().flat_map(|study| &study.series);
        let frames = series.filter_map(|series| series.frame_of_reference.clone());
        let mut expected: Vec<String> = frames.collect();
        expected.sort();
        expected.dedup();
        let astray = self
            .doses
            .iter()
            .find(|(_, facts)| !expected.contains(&facts.frame_of_reference));
        match astray {
            None => Ok(()),
            Some((source, facts)) => Err(DoseError::Unmatched {
                file: source.to_string(),
                found: facts.frame_of_reference.clone(),
                expected,
            }),
        }
    }

    /// The doses in the frame of reference of some series.
    fn of(&self, series: &[&Series]) -> Vec<&(ObjectSource, DoseFacts)> {
        let own = |facts: &DoseFacts| {
            let mut frames = series.iter().map(|s| s.frame_of_reference.as_deref());
            frames.any(|frame| frame == Some(facts.frame_of_reference.as_str()))
        };
        self.doses.iter().filter(|(_, facts)| own(facts)).collect()
    }

    /// What the results of a study depend on: its doses, their files' sizes and the plans.
    pub(crate) fn identity(&self, series: &[&Series]) -> Vec<String> {
        let doses = self.of(series).into_iter().map(|(source, facts)| {
            let size = std::fs::metadata(source.path()).map_or(0, |m| m.len());
            format!("{facts:?} {size}")
        });
        let plans = self.plans.iter().map(|plan| format!("{plan:?}"));
        doses.chain(plans).collect()
    }

    /// Loads the one or two doses of a study. `fractions` is what the user states.
    pub(crate) fn load(
        &self,
        study: &Study,
        series: &[&Series],
        fractions: Option<u32>,
    ) -> Result<Vec<LoadedDose>, DoseError> {
        let doses = self.of(series);
        if doses.len() > 2 {
            return Err(DoseError::TooMany {
                files: doses.iter().map(|(source, _)| source.to_string()).collect(),
            });
        }
        let roles = ["base", "intensified"];
        doses
            .into_iter()
            .zip(roles)
            .map(|((source, facts), role)| {
                let plan = self.plan_of(study, facts)?;
                load(source, role, plan, fractions)
            })
            .collect()
    }

    /// The plan of a dose, from beside the doses or from the study itself.
    fn plan_of(&self, study: &Study, facts: &DoseFacts) -> Result<Option<PlanFacts>, DoseError> {
        let [uid] = facts.plan_uids.as_slice() else {
            return Ok(None);
        };
        if let Some(plan) = self.plans.iter().find(|plan| plan.sop_instance_uid == *uid) {
            return Ok(Some(plan.clone()));
        }
        let mut own = study.others.iter().filter(|o| o.kind == ObjectKind::Plan);
        let own = own.find(|other| other.sop_instance_uid == *uid);
        Ok(own
            .map(|other| read_plan_facts(&other.source))
            .transpose()?)
    }
}

fn load(
    source: &ObjectSource,
    role: &str,
    plan: Option<PlanFacts>,
    stated: Option<u32>,
) -> Result<LoadedDose, DoseError> {
    let read = read_dose(source)?;
    let of_plan = plan.as_ref().and_then(PlanFacts::only_fractions);
    let (fractions, fractions_source) = match (stated, of_plan) {
        (Some(n), _) => (Some(n), Some("--dose-fractions".to_owned())),
        (None, Some(n)) => (
            Some(n),
            Some("NumberOfFractionsPlanned (300A,0078) of the plan".to_owned()),
        ),
        (None, None) => (None, None),
    };
    let prescription_gy = plan.as_ref().and_then(PlanFacts::highest_prescription_gy);
    let highest = read.dose.as_slice().iter().copied().fold(0.0, f32::max);
    let mut findings = read.facts.findings;
    if let Some(plan) = &plan {
        findings.extend(plan.findings.clone());
    }
    Ok(LoadedDose {
        schedule: PlanSchedule {
            fractions,
            prescription_gy,
        },
        info: PlanDoseInfo {
            role: role.to_owned(),
            sop_instance_uid: read.facts.sop_instance_uid,
            dose_type: read.facts.dose_type.name().to_owned(),
            summation: read.facts.summation.name().to_owned(),
            max_gy: highest.into(),
            fractions,
            fractions_source,
            plan: plan.map(|plan| PlanInfo {
                prescription_gy,
                sop_instance_uid: plan.sop_instance_uid,
                label: plan.label,
                approval_status: plan.approval_status,
            }),
        },
        dose: read.dose,
        findings,
    })
}
