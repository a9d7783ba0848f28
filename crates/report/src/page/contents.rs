//! What the template takes: the report itself, and what is told of it in other words.

use serde::Serialize;

use super::PageError;
use super::figure::{Embedded, PagePictures};
use super::lesion_chart::lesion_chart;
use super::limits::{Limit, limits};
use super::paper::css_string;
use super::wording::{REVIEWER, numbers, plain, region};
use crate::chart::Chart;
use crate::cohort::intensification_words;
use crate::document::{LesionInfo, MarginInfo, Report, TargetInfo};
use crate::recommendation::DoseLevelInfo;

const STYLE: &str = include_str!("page.css");
/// Classes below this confidence are worth a look first.
const UNSURE: f64 = 0.6;

/// The whole page.
#[derive(Debug, Serialize)]
pub(super) struct Contents<'a> {
    report: &'a Report,
    style: &'static str,
    /// Whose page it is, at the edge of printed pages, as a string of CSS.
    paper_mark: String,
    suggestion: String,
    /// How many lesions each class has, in words.
    classes: String,
    /// Who took foci for no disease: the rules, or the reviewer.
    not_counted: String,
    /// What to look at first.
    attention: Vec<String>,
    overview: Option<Embedded<'a>>,
    chart: Option<Chart>,
    lesions: Vec<Lesion<'a>>,
    /// Lesions without a picture.
    unpictured: Option<String>,
    targets: Vec<Volume<'a>>,
    doses: Vec<Doses<'a>>,
    limits: Vec<Limit>,
    field: Vec<Embedded<'a>>,
    alignment: Vec<Embedded<'a>>,
}

/// A lesion with its picture.
#[derive(Debug, Serialize)]
struct Lesion<'a> {
    info: &'a LesionInfo,
    figure: Option<Embedded<'a>>,
    /// The volumes that cover it.
    targets: String,
    /// What else it may be: other classes, and what is no disease.
    else_it_may_be: Vec<String>,
}

/// A volume with its margin in words.
#[derive(Debug, Serialize)]
struct Volume<'a> {
    info: &'a TargetInfo,
    margin: Option<String>,
}

/// Dose levels and the volumes that they are named for.
#[derive(Debug, Serialize)]
struct Doses<'a> {
    names: String,
    levels: &'a [DoseLevelInfo],
}

impl<'a> Contents<'a> {
    pub(super) fn of(report: &'a Report, pictures: &'a PagePictures) -> Result<Self, PageError> {
        let patient = report
            .study
            .patient_id
            .as_deref()
            .unwrap_or("no Patient ID");
        let date = report.study.date.as_deref().unwrap_or("no date");
        let lesions: Vec<Lesion<'_>> = report
            .lesions
            .iter()
            .map(|lesion| Lesion::of(lesion, report, pictures))
            .collect();
        let unpictured: Vec<u32> = lesions
            .iter()
            .filter_map(|lesion| lesion.figure.is_none().then_some(lesion.info.id))
            .collect();
        let some_are_pictured = unpictured.len() < lesions.len();
        Ok(Self {
            report,
            style: STYLE,
            paper_mark: css_string(&format!("{patient}, {date}")),
            suggestion: suggestion(report),
            classes: classes(report),
            not_counted: not_counted(report),
            attention: attention(report),
            overview: pictures.overview.as_ref().map(Into::into),
            chart: lesion_chart(report)?,
            unpictured: (some_are_pictured && !unpictured.is_empty()).then(|| numbers(&unpictured)),
            lesions,
            targets: report.targets.iter().map(Volume::of).collect(),
            doses: doses(report),
            limits: limits(report),
            field: pictures.field.iter().map(Into::into).collect(),
            alignment: pictures.alignment.iter().map(Into::into).collect(),
        })
    }
}

impl<'a> Lesion<'a> {
    fn of(info: &'a LesionInfo, report: &Report, pictures: &'a PagePictures) -> Self {
        let figure = pictures.lesions.iter().find(|f| f.lesion_id == info.id);
        let targets = report.targets.iter();
        let covering = targets.filter(|target| target.lesion_ids.contains(&info.id));
        let names: Vec<&str> = covering.map(|target| target.name.as_str()).collect();
        let alternatives = info.alternatives.iter().map(|other| {
            let place = match &other.station {
                Some(station) => format!(
                    "{}, {}",
                    region(&other.region),
                    plain(Some(station.clone()))
                ),
                None => region(&other.region),
            };
            format!(
                "{place}: {:.0} % of the places around it",
                100.0 * other.weight
            )
        });
        let suspicions = info.suspicions.iter().map(|suspicion| {
            format!(
                "No disease but {} (plausibility {:.0} %): {}",
                plain(Some(suspicion.reason.clone())),
                100.0 * suspicion.plausibility,
                suspicion.evidence.join("; ")
            )
        });
        Self {
            info,
            figure: figure.map(|f| Embedded::from(&f.figure)),
            targets: names.join(", "),
            else_it_may_be: suspicions.chain(alternatives).collect(),
        }
    }
}

impl<'a> Volume<'a> {
    fn of(info: &'a TargetInfo) -> Self {
        Self {
            info,
            margin: info.margin_mm.as_ref().map(margin),
        }
    }
}

/// A margin in mm: what most directions have, then those that have another.
fn margin(margin: &MarginInfo) -> String {
    let sides = [
        ("left", margin.left),
        ("right", margin.right),
        ("anterior", margin.anterior),
        ("posterior", margin.posterior),
        ("superior", margin.superior),
        ("inferior", margin.inferior),
    ];
    let times = |mm: f64| sides.iter().filter(|(_, other)| *other == mm).count();
    let usual = sides
        .iter()
        .map(|(_, mm)| *mm)
        .fold(
            sides[0].1,
            |best, mm| {
                if times(mm) > times(best) { mm } else { best }
            },
        );
    let others = sides.iter().filter(|(_, mm)| *mm != usual);
    let others: Vec<String> = others.map(|(side, mm)| format!("{side} {mm}")).collect();
    if others.is_empty() {
        format!("{usual}")
    } else {
        format!("{usual}; {}", others.join(", "))
    }
}

/// The suggestion in a sentence.
fn suggestion(report: &Report) -> String {
    let recommendation = &report.recommendation;
    let kinds = &recommendation.intensification;
    if recommendation.out_of_scope {
        return "Nothing is suggested: the patient is outside of what the policy is for."
            .to_owned();
    }
    if kinds.is_empty() {
        return "No intensification is suggested: radiotherapy as planned.".to_owned();
    }
    let kinds = kinds.iter().map(|kind| match kind.as_str() {
        "systemic" => "systemic intensification",
        other => intensification_words(other),
    });
    let kinds: Vec<&str> = kinds.collect();
    let mut told = format!("Suggested: {}", kinds.join(", ").replace('_', " "));
    if let Some(top) = &recommendation.pelvis_top {
        let top = match top.as_str() {
            "l5_s1" => "L5/S1".to_owned(),
            "aortic_bifurcation" => "the aortic bifurcation".to_owned(),
            other => other.replace('_', " "),
        };
        told += "; pelvic nodes up to ";
        told += &top;
    }
    told + "."
}

fn classes(report: &Report) -> String {
    let count = |class: &str| report.lesions.iter().filter(|l| l.region == class).count();
    let words = [
        ("prostate_bed", "prostate bed"),
        ("pelvic_node", "pelvic nodes"),
        ("distant", "distant"),
        ("undetermined", "undetermined"),
    ];
    let told = words.into_iter().filter_map(|(class, word)| {
        let n = count(class);
        (n > 0).then(|| format!("{word} {n}"))
    });
    told.collect::<Vec<_>>().join(", ")
}

fn not_counted(report: &Report) -> String {
    let excluded = report.excluded.iter();
    let rejected = excluded.filter(|e| e.reason == REVIEWER).count();
    match (rejected, report.excluded.len() - rejected) {
        (0, _) => "judged physiological".to_owned(),
        (_, 0) => "rejected by the reviewer".to_owned(),
        (_, judged) => {
            format!("judged physiological {judged}, rejected by the reviewer {rejected}")
        }
    }
}

/// What a reader should look at first, apart from warnings.
fn attention(report: &Report) -> Vec<String> {
    let of_lesions = |is: fn(&LesionInfo) -> bool| {
        let ids = report.lesions.iter().filter(|l| is(l)).map(|l| l.id);
        let ids: Vec<u32> = ids.collect();
        (!ids.is_empty()).then(|| numbers(&ids))
    };
    let excluded = report.excluded.iter().filter(|e| e.certainty != "certain");
    let likely: Vec<u32> = excluded.map(|e| e.id).collect();
    [
        of_lesions(|l| !l.suspicions.is_empty())
            .map(|ids| format!("May be no disease: lesion {ids}.")),
        of_lesions(|l| !l.alternatives.is_empty())
            .map(|ids| format!("Near the border of another class: lesion {ids}.")),
        of_lesions(|l| l.confidence < UNSURE)
            .map(|ids| format!("Class of low confidence: lesion {ids}.")),
        (!likely.is_empty()).then(|| {
            format!(
                "Taken for physiological, to be confirmed: number {}.",
                numbers(&likely)
            )
        }),
        (!report.points.is_empty()).then(|| {
            format!(
                "Too small to delineate, and so no lesion: {} {} of uptake, listed below.",
                report.points.len(),
                if report.points.len() == 1 {
                    "point"
                } else {
                    "points"
                }
            )
        }),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Dose levels of the volumes, those with the same ones together.
fn doses(report: &Report) -> Vec<Doses<'_>> {
    let mut groups: Vec<(Vec<&str>, &[DoseLevelInfo])> = Vec::new();
    for target in report.targets.iter().filter(|t| !t.dose_levels.is_empty()) {
        match groups
            .iter_mut()
            .find(|(_, levels)| *levels == target.dose_levels)
        {
            Some((names, _)) => names.push(&target.name),
            None => groups.push((vec![&target.name], &target.dose_levels)),
        }
    }
    let groups = groups.into_iter().map(|(names, levels)| Doses {
        names: names.join(", "),
        levels,
    });
    groups.collect()
}
