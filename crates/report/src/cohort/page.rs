//! The table as a page: one file without scripts, pictures or links to elsewhere.

use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior};
use serde::Serialize;

use super::text::{counted, suggested, words};
use super::volume_chart::volume_chart;
use super::{Cohort, CohortRow, CohortSummary};
use crate::chart;
use crate::document::DISCLAIMER;
use crate::page::PageError;

/// The page; its name ends with `.html`, by which all values are escaped.
const TEMPLATE: (&str, &str) = ("page.html", include_str!("page.html"));
/// Where bars begin, in units of the drawing.
const BARS_FROM: f64 = 190.0;
/// Length of a bar of all, which leaves room for its number.
const LONGEST_BAR: f64 = 230.0;
/// Distance of two bars.
const BAR_STEP: usize = 30;
/// The patterns in the order in which they weigh.
const PATTERNS: [&str; 7] = [
    "negative",
    "bed",
    "node",
    "bed_and_node",
    "oligometastatic",
    "polymetastatic",
    "undetermined",
];

/// What the template takes.
#[derive(Debug, Serialize)]
struct Page<'a> {
    summary: &'a CohortSummary,
    sentence: String,
    /// Whether the studies follow several policies.
    mixed: bool,
    charts: [Chart; 2],
    volumes: Option<chart::Chart>,
    rows: Vec<PageRow>,
    without_result: &'a [String],
    problems: &'a [String],
    disclaimer: &'static str,
}

/// A bar chart.
#[derive(Debug, Serialize)]
struct Chart {
    title: &'static str,
    /// What is to be seen on it, for those who do not see it.
    description: String,
    height: usize,
    bars: Vec<Bar>,
}

#[derive(Debug, Serialize)]
struct Bar {
    name: String,
    count: usize,
    /// Share of all in per cent; none of nothing.
    share: Option<String>,
    y: usize,
    width: f64,
    label_x: f64,
    /// Drawn in the colour of what is no intensification.
    is_other: bool,
}

/// A study as the page has it.
#[derive(Debug, Serialize)]
struct PageRow {
    patient: String,
    date: String,
    psa: String,
    pattern: String,
    mi_tnm: String,
    psma_tv: String,
    bed: usize,
    pelvic_node: usize,
    distant: usize,
    undetermined: usize,
    suggested: String,
    pelvis_top: String,
    rules: String,
    cautions: String,
    folder: String,
}

impl Cohort {
    /// The table with its counts and charts as one self-contained page of HTML, for the screen and
    /// for paper. Whatever a file says, as a Patient ID, is text on it and nothing else.
    ///
    /// # Errors
    /// Never for the built-in template.
    pub fn to_html(&self) -> Result<String, PageError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.add_template(TEMPLATE.0, TEMPLATE.1)?;
        let page = Page {
            summary: &self.summary,
            sentence: sentence(&self.summary),
            mixed: self.summary.policies.len() > 1,
            charts: [men_chart(&self.summary), pattern_chart(&self.studies)],
            volumes: volume_chart(&self.studies, &PATTERNS)?,
            rows: self.studies.iter().map(PageRow::of).collect(),
            without_result: &self.without_result,
            problems: &self.problems,
            disclaimer: DISCLAIMER,
        };
        Ok(environment.get_template(TEMPLATE.0)?.render(Serde(page))?)
    }
}

impl PageRow {
    fn of(row: &CohortRow) -> Self {
        let or_dash = |text: String| {
            if text.is_empty() {
                "–".to_owned()
            } else {
                text
            }
        };
        let known = |text: &Option<String>| or_dash(text.clone().unwrap_or_default());
        Self {
            patient: known(&row.patient_id),
            date: known(&row.date),
            psa: or_dash(row.psa_ng_ml.map(|psa| psa.to_string()).unwrap_or_default()),
            pattern: row.pattern.replace('_', " "),
            mi_tnm: row.mi_tnm.clone(),
            psma_tv: format!("{:.1}", row.psma_tv_ml),
            bed: row.bed,
            pelvic_node: row.pelvic_node,
            distant: row.distant,
            undetermined: row.undetermined,
            suggested: suggested(row, ", ").replace('_', " "),
            pelvis_top: or_dash(row.pelvis_top.clone().unwrap_or_default().replace('_', " ")),
            rules: or_dash(row.rules.join(", ")),
            cautions: or_dash(row.cautions.join(", ")),
            folder: row.folder.clone(),
        }
    }
}

/// The result as a trial tells it.
fn sentence(summary: &CohortSummary) -> String {
    let men = counted(summary.men, "man", "men");
    if summary.men == 0 {
        return format!("{men}, nothing to count.");
    }
    let share = |n: usize| format!("{n} ({} %)", per_cent(n, summary.men));
    let kinds = summary.kinds.iter().filter(|kind| kind.men > 0);
    let kinds: Vec<String> = kinds
        .map(|kind| format!("{} {}", words(&kind.kind), kind.men))
        .collect();
    let by_kind = if kinds.is_empty() {
        String::new()
    } else {
        format!(" ({})", kinds.join(", "))
    };
    format!(
        "Of {men} in {}, {} had a PSMA-avid lesion. Radiotherapy would be intensified in \
         {}{by_kind}, stay as planned in {}, and {} lay outside of what the policy is for.",
        counted(summary.studies, "study", "studies"),
        share(summary.positive),
        share(summary.intensified),
        share(summary.as_planned),
        share(summary.out_of_scope),
    )
}

fn per_cent(n: usize, all: usize) -> String {
    format!("{:.0}", 100.0 * n as f64 / all as f64)
}

/// Men by what is suggested for them.
fn men_chart(summary: &CohortSummary) -> Chart {
    let kinds = summary
        .kinds
        .iter()
        .map(|kind| (words(&kind.kind).to_owned(), kind.men, false));
    let others = [
        ("as planned", summary.as_planned),
        ("out of scope", summary.out_of_scope),
    ];
    let others = others.map(|(name, men)| (name.to_owned(), men, true));
    chart("Men by suggestion", kinds.chain(others), summary.men)
}

/// Studies by pattern of spread.
fn pattern_chart(studies: &[CohortRow]) -> Chart {
    let count = |pattern: &str| studies.iter().filter(|s| s.pattern == pattern).count();
    let bars = PATTERNS.map(|p| (p.replace('_', " "), count(p), p == "negative"));
    chart("Studies by pattern", bars.into_iter(), studies.len())
}

fn chart(
    title: &'static str,
    counts: impl Iterator<Item = (String, usize, bool)>,
    all: usize,
) -> Chart {
    let bars: Vec<Bar> = counts
        .enumerate()
        .map(|(n, (name, count, is_other))| {
            let width = LONGEST_BAR * count as f64 / all.max(1) as f64;
            Bar {
                name,
                count,
                share: (all > 0).then(|| per_cent(count, all)),
                y: 6 + n * BAR_STEP,
                width: (width * 10.0).round() / 10.0,
                label_x: ((BARS_FROM + width + 8.0) * 10.0).round() / 10.0,
                is_other,
            }
        })
        .collect();
    let told = bars.iter().map(|bar| format!("{} {}", bar.name, bar.count));
    Chart {
        title,
        description: told.collect::<Vec<_>>().join(", ") + ".",
        height: bars.len() * BAR_STEP + 8,
        bars,
    }
}
