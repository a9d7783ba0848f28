//! The page of docs/ that tells what is right and what is not.

use std::fmt::Write;

use crate::tally::{Failure, Tally};

/// What must hold: shares in %, false lesions a patient.
pub(crate) struct Limits {
    pub(crate) detected: f64,
    pub(crate) region: f64,
    pub(crate) station: f64,
    pub(crate) false_rate: f64,
}

const HEAD: &str = "# Random patients

`isoboost phantom torso --seed N` makes a patient at random: size, weight, arms, tracer, filling of \
the bladder, ureters with urine, ganglia, ribs with uptake for no reason, and now and then a hip \
prosthesis, one kidney alone, a transplanted one, a conduit or a neobladder; with up to 12 lesions \
of 6 to 20 mm, each at least 3 times as hot as the blood pool (in the liver: as the liver). \
Patients of this page were not looked at while rules were made. They are read twice: with the \
organs that isoboost recognises on CT and PET, and with the organs of the truth handed in as \
TotalSegmentator would.

`cargo test -p isoboost-tests --profile fast --test torso` makes the page and holds the limits.

A phantom is kinder than a patient: its organs lie where an anatomy book has them, its bowel does \
not move and its nodes are balls. What is told here is that the rules do what they say, not how \
often they are right in a hospital.
";

/// The page on both readings of the patients.
pub(crate) fn page(recognised: (&Tally, &Limits), drawn: (&Tally, &Limits)) -> String {
    let mut page = HEAD.to_owned();
    let lesions = recognised.0.detected.all;
    let patients = recognised.0.patients;
    writeln!(
        page,
        "\n## Lesions\n\n{patients} patients with {lesions} lesions.\n"
    )
    .unwrap();
    page += "| | recognised | at least | handed in | at least |\n|---|---|---|---|---|\n";
    for (name, of, limit) in ROWS {
        let cells = [recognised, drawn].map(|(t, l)| format!("{} | {:.0} %", of(t), limit(l)));
        writeln!(page, "| {name} | {} |", cells.join(" | ")).unwrap();
    }
    let cells = [recognised, drawn].map(|(t, l)| {
        format!(
            "{} ({:.2} a patient) | at most {:.1}",
            t.false_lesions,
            t.false_rate(),
            l.false_rate
        )
    });
    writeln!(page, "| false lesions | {} |", cells.join(" | ")).unwrap();
    let cells = [recognised, drawn].map(|(t, _)| format!("{} | 0", t.false_organs));
    let hot = "of them kidney, bladder, gland, liver, spleen or gallbladder";
    writeln!(page, "| {hot} | {} |", cells.join(" | ")).unwrap();
    landmarks(&mut page, recognised.0);
    failures(&mut page, "organs recognised", &recognised.0.failures);
    failures(&mut page, "organs handed in", &drawn.0.failures);
    page
}

type Row = (&'static str, fn(&Tally) -> String, fn(&Limits) -> f64);

const ROWS: [Row; 3] = [
    ("found", |t| t.detected.to_string(), |l| l.detected),
    (
        "region right, of those",
        |t| t.region.to_string(),
        |l| l.region,
    ),
    (
        "station or bone right",
        |t| t.station.to_string(),
        |l| l.station,
    ),
];

fn landmarks(page: &mut String, tally: &Tally) {
    *page += "\n## Landmarks\n\nDistances from the truth of what is recognised, along the axes that \
              a landmark is used for.\n\n| | median | largest | not found |\n|---|---|---|---|\n";
    for (name, errors) in &tally.landmarks {
        let mut known: Vec<f64> = errors.iter().copied().flatten().collect();
        known.sort_by(f64::total_cmp);
        let absent = errors.len() - known.len();
        let median = known.get(known.len() / 2).copied().unwrap_or(f64::NAN);
        let largest = known.last().copied().unwrap_or(f64::NAN);
        writeln!(
            page,
            "| {name} | {median:.0} mm | {largest:.0} mm | {absent} |"
        )
        .unwrap();
    }
}

fn failures(page: &mut String, title: &str, failures: &[Failure]) {
    writeln!(page, "\n## What fails, {title}\n").unwrap();
    if failures.is_empty() {
        *page += "Nothing.\n";
        return;
    }
    *page += "| patient | what | truth | told | evidence |\n|---|---|---|---|---|\n";
    for f in failures {
        let why = f.why.join("; ");
        writeln!(
            page,
            "| {} | {} | {} | {} | {why} |",
            f.seed, f.what, f.truth, f.told
        )
        .unwrap();
    }
}
