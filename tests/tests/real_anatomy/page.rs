//! The page of docs/ on the real man.

use std::fmt::Write;

use crate::tally::Tally;

/// What must hold: shares in %, false lesions a scan.
pub(crate) struct Limits {
    pub(crate) found: f64,
    pub(crate) region: f64,
    pub(crate) place: f64,
    pub(crate) false_rate: f64,
}

impl Limits {
    pub(crate) fn hold(&self, tally: &Tally, rounds: usize) {
        for ([right, of], least) in shares(tally).into_iter().zip(self.least()) {
            let share = percent(right, of);
            assert!(share >= least, "{share:.1} %, at least {least}: {tally:#?}");
        }
        let rate = tally.false_lesions as f64 / rounds as f64;
        assert!(rate <= self.false_rate, "{rate}: {tally:#?}");
    }

    fn least(&self) -> [f64; 3] {
        [self.found, self.region, self.place]
    }
}

/// What the page tells.
pub(crate) struct Page<'a> {
    pub(crate) rounds: usize,
    pub(crate) recognised: (&'a Tally, &'a Limits),
    pub(crate) drawn: (&'a Tally, &'a Limits),
    /// Names with distances in mm.
    pub(crate) landmarks: Vec<(String, f64)>,
    pub(crate) bone_dice: f64,
    /// Names with the share that is held.
    pub(crate) organs: Vec<(String, f64)>,
}

const HEAD: &str = "# A real man

The CT of a man from the lung bases to the hips, with the organs that TotalSegmentator drew on it \
(example of that project, Apache-2.0), is given a simulated PET: the usual uptake of each organ, \
blur of 6.5 mm, noise, and in each scan eleven lesions of 7 to 16 mm at 3.5 to 11.5 times the \
blood pool: nodes beside his vessels, metastases of vertebrae, sacrum, ilia and liver. The scans of \
this page were drawn after the rules were made. They are read twice: with the organs that isoboost \
recognises, and with the drawn ones handed in.

`cargo test -p isoboost-tests --profile fast --test real_anatomy` makes the page where that CT is at \
hand.

It is one man, and his labels are those of a machine: what is told here is that the rules fit a body \
that nobody built for them.
";

pub(crate) fn page(told: &Page<'_>) -> String {
    let mut page = HEAD.to_owned();
    writeln!(page, "\n## Lesions\n\n{} scans.\n", told.rounds).unwrap();
    page += "| | recognised | at least | handed in | at least |\n|---|---|---|---|---|\n";
    let names = ["found", "region right, of those", "station or bone right"];
    for (n, name) in names.into_iter().enumerate() {
        let cells = [told.recognised, told.drawn].map(|(tally, limits)| {
            let [right, of] = shares(tally)[n];
            let share = percent(right, of);
            format!(
                "{right} of {of} ({share:.1} %) | {:.0} %",
                limits.least()[n]
            )
        });
        writeln!(page, "| {name} | {} |", cells.join(" | ")).unwrap();
    }
    let cells = [told.recognised, told.drawn].map(|(tally, limits)| {
        let rate = tally.false_lesions as f64 / told.rounds as f64;
        format!(
            "{} ({rate:.1} a scan) | at most {:.1}",
            tally.false_lesions, limits.false_rate
        )
    });
    writeln!(page, "| false lesions | {} |", cells.join(" | ")).unwrap();
    failures(&mut page, "organs recognised", told.recognised.0);
    failures(&mut page, "organs handed in", told.drawn.0);
    page += "\n## Landmarks\n\nDistances of what is seen on the CT alone from what the drawn bones \
             say.\n\n| | |\n|---|---|\n";
    for (name, mm) in &told.landmarks {
        writeln!(page, "| {name} | {mm:.0} mm |").unwrap();
    }
    page += "\n## Organs\n\n";
    writeln!(
        page,
        "Bone with its marrow against all drawn bones: Dice {:.2}.\n",
        told.bone_dice
    )
    .unwrap();
    page += "| | share of the drawn one that is held |\n|---|---|\n";
    for (name, held) in &told.organs {
        writeln!(page, "| {name} | {:.0} % |", 100.0 * held).unwrap();
    }
    page
}

fn shares(tally: &Tally) -> [[usize; 2]; 3] {
    [
        [tally.found, tally.lesions],
        [tally.region, tally.found],
        [tally.place, tally.found],
    ]
}

fn percent(right: usize, of: usize) -> f64 {
    100.0 * right as f64 / of.max(1) as f64
}

fn failures(page: &mut String, title: &str, tally: &Tally) {
    writeln!(page, "\nWhat fails, {title}:\n").unwrap();
    if tally.failures.is_empty() {
        *page += "- nothing\n";
    }
    for failure in &tally.failures {
        writeln!(page, "- {failure}").unwrap();
    }
}
