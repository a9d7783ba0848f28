//! `isoboost cohort`

use std::process::ExitCode;

use isoboost_report::Cohort;

use crate::args::CohortArgs;
use crate::error::{Failure, NO_STUDY, SOME_FAILED, USAGE};
use crate::print::{json_to_stdout, to_stderr, to_stdout};

pub(crate) fn cohort(args: &CohortArgs) -> Result<ExitCode, Failure> {
    let cohort = Cohort::read(&args.folder).map_err(|error| Failure::new(USAGE, &error))?;
    if cohort.studies.is_empty() && cohort.problems.is_empty() {
        return Err(Failure::message(
            NO_STUDY,
            format!(
                "no result in `{}`; give the folder that `isoboost run --out` has filled",
                args.folder.display()
            ),
        ));
    }
    if args.json {
        json_to_stdout(&cohort)?;
    } else if args.csv {
        let table = cohort.to_csv().map_err(|e| Failure::new(SOME_FAILED, &e))?;
        to_stdout(String::from_utf8_lossy(&table).trim_end())?;
    } else if args.html {
        let page = cohort
            .to_html()
            .map_err(|e| Failure::new(SOME_FAILED, &e))?;
        to_stdout(page.trim_end())?;
    } else {
        to_stdout(cohort.to_text().trim_end())?;
    }
    for study in &cohort.without_result {
        to_stderr(&format!("without a result: {study}"));
    }
    for problem in &cohort.problems {
        to_stderr(&format!("unreadable: {problem}"));
    }
    let code = if cohort.problems.is_empty() {
        0
    } else {
        SOME_FAILED
    };
    Ok(ExitCode::from(code))
}
