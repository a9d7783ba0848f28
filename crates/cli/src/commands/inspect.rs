//! `isoboost inspect`

use std::fmt::Write as _;
use std::process::ExitCode;

use isoboost_pipeline::{InspectedChoice, InspectedSeries, InspectedStudy};

use crate::args::InspectArgs;
use crate::error::{Failure, NO_STUDY, USAGE};
use crate::print::{json_to_stdout, to_stderr, to_stdout};

pub(crate) fn inspect(args: &InspectArgs) -> Result<ExitCode, Failure> {
    let choice = args.choice.to_choice();
    let inspection = isoboost_pipeline::inspect(&args.inputs, &choice, &args.facts.to_options())
        .map_err(|error| Failure::new(USAGE, &error))?;
    if args.json {
        json_to_stdout(&inspection)?;
    } else {
        for study in &inspection.studies {
            to_stdout(&describe(study))?;
        }
    }
    for problem in &inspection.problems {
        to_stderr(&format!("unreadable: {problem}"));
    }
    if inspection.ignored_files > 0 && !args.json {
        to_stderr(&format!("{} files are not DICOM", inspection.ignored_files));
    }
    if inspection.studies.is_empty() {
        return Err(Failure::message(NO_STUDY, "no DICOM study found"));
    }
    Ok(ExitCode::SUCCESS)
}

// Writing to a String cannot fail, so the results of `writeln!` are dropped below.
fn describe(study: &InspectedStudy) -> String {
    let mut text = String::new();
    let date = study.date.as_deref().unwrap_or("without date");
    let _ = writeln!(text, "study {} ({date})", study.study_uid);
    for series in &study.series {
        describe_series(&mut text, series);
    }
    for (modality, count) in &study.others {
        let _ = writeln!(
            text,
            "  {modality}: {count} other objects, not read as slices"
        );
    }
    for object in &study.doses {
        let says = object.says.as_deref().unwrap_or("cannot be used");
        let _ = writeln!(text, "  {}: {says}\n    {}", object.kind, object.file);
        for finding in &object.findings {
            let _ = writeln!(text, "    note: {finding}");
        }
    }
    for finding in &study.findings {
        let _ = writeln!(text, "  note: {finding}");
    }
    describe_choice(&mut text, &study.choice);
    text.trim_end().to_owned()
}

fn describe_series(text: &mut String, series: &InspectedSeries) {
    let InspectedSeries {
        modality,
        description,
        scanner,
        slices,
        ..
    } = series;
    let _ = write!(
        text,
        "  {modality} `{description}`, {scanner}, {slices} slices"
    );
    if let (Some([ni, nj, nk]), Some([di, dj, dk])) = (series.size, series.spacing_mm) {
        let _ = write!(
            text,
            ", {ni} x {nj} x {nk} of {di:.3} x {dj:.3} x {dk:.3} mm"
        );
    }
    if let Some(units) = &series.units {
        let _ = write!(text, ", {units}");
    }
    let _ = writeln!(text, "\n    {}", series.key);
    for finding in &series.findings {
        let _ = writeln!(text, "    note: {finding}");
    }
}

fn describe_choice(text: &mut String, choice: &InspectedChoice) {
    for reason in &choice.reasons {
        let _ = writeln!(text, "  chosen: {reason}");
    }
    for line in &choice.suv_derivation {
        let _ = writeln!(text, "  SUV: {line}");
    }
    for warning in &choice.warnings {
        let _ = writeln!(text, "  warning: {warning}");
    }
    if let Some(refusal) = &choice.refusal {
        let _ = writeln!(
            text,
            "  no result possible: {}",
            refusal.replace('\n', "\n    ")
        );
    }
}
