//! `isoboost run`

use std::process::ExitCode;

use isoboost_pipeline::{
    ClinicalTable, Config, ImportedFrom, PlanningRequest, PolicyInUse, RunError, RunRequest,
    RunSummary, StudyStatus, StudySummary,
};

use crate::args::RunArgs;
use crate::error::{Failure, NO_STUDY, SOME_FAILED, USAGE};
use crate::print::{json_to_stdout, to_stderr};
use crate::progress::Progress;

pub(crate) fn run(args: &RunArgs) -> Result<ExitCode, Failure> {
    let config = Config::load(args.preset.as_deref(), args.config.as_deref())
        .map_err(|error| Failure::new(USAGE, &error))?;
    let policy = PolicyInUse::choose(args.policy.as_deref(), &config, args.config.as_deref())
        .map_err(|error| Failure::new(USAGE, &error))?;
    let clinical = args.clinical.as_deref().map(ClinicalTable::read);
    let clinical = clinical
        .transpose()
        .map_err(|error| Failure::new(USAGE, &error))?;
    if let Some(jobs) = args.jobs {
        rayon::ThreadPoolBuilder::new()
            .num_threads(jobs.get())
            .build_global()
            .map_err(|error| Failure::new(USAGE, &error))?;
    }
    let request = RunRequest {
        inputs: args.inputs.clone(),
        out: args.out.clone(),
        config,
        policy,
        clinical,
        choice: args.choice.to_choice(),
        facts: args.facts.to_options(),
        organs: organs(args),
        doses: args.dose.clone(),
        dose_fractions: args.dose_fractions.map(std::num::NonZeroU32::get),
        planning_ct: args.planning_ct.clone().map(|path| PlanningRequest {
            path,
            series_uid: args.planning_ct_series.clone(),
            registration: args.registration.clone(),
        }),
        force: args.force,
        fail_fast: args.fail_fast,
    };
    let progress = Progress::new(args.progress);
    let summary = isoboost_pipeline::run(&request, &|event| progress.show(&event));
    drop(progress);
    let summary = summary.map_err(|error| Failure::new(code_of(&error), &error))?;
    if args.json {
        json_to_stdout(&summary)?;
    }
    tell(&summary, args);
    let code = if summary.has_failures() {
        SOME_FAILED
    } else {
        0
    };
    Ok(ExitCode::from(code))
}

fn organs(args: &RunArgs) -> Option<ImportedFrom> {
    if let Some(path) = &args.structures {
        return Some(ImportedFrom::StructureSet(path.clone()));
    }
    args.labels.as_deref().map(ImportedFrom::labels)
}

fn code_of(error: &RunError) -> u8 {
    match error {
        RunError::NoStudy { .. } => NO_STUDY,
        RunError::Output(_) => SOME_FAILED,
        _ => USAGE,
    }
}

/// The result in a few lines for people.
fn tell(summary: &RunSummary, args: &RunArgs) {
    for study in &summary.studies {
        to_stderr(&line_of(study, args));
    }
    for problem in &summary.problems {
        to_stderr(&format!("unreadable: {problem}"));
    }
    if !summary.unused_clinical_rows.is_empty() {
        let rows = summary.unused_clinical_rows.join(", ");
        to_stderr(&format!(
            "warning: the clinical file has rows of no study here: {rows}"
        ));
    }
}

fn line_of(study: &StudySummary, args: &RunArgs) -> String {
    let mut text = match study.status {
        StudyStatus::Done => format!(
            "{}: {}",
            args.out.join(&study.folder).display(),
            study.headline.as_deref().unwrap_or("done"),
        ),
        StudyStatus::Failed => format!("{}: failed: {}", study.folder, reason(study)),
        StudyStatus::NoPet => format!("{}: left out: {}", study.folder, reason(study)),
    };
    for warning in &study.warnings {
        text.push_str("\n  warning: ");
        text.push_str(warning);
    }
    text
}

fn reason(study: &StudySummary) -> &str {
    study.reason.as_deref().unwrap_or("no reason given")
}
