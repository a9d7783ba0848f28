//! What decision forms offer, and decisions as sentences.

use isoboost_report::Report;
use isoboost_staging::{Region, Station};
use serde_json::{Value, json};

/// Regions that a lesion can be given.
const REGIONS: [Region; 4] = [
    Region::ProstateBed,
    Region::PelvicNode,
    Region::Distant,
    Region::Undetermined,
];

/// Stations that a node can be given, each with whether it lies in the pelvis.
const STATIONS: [(Station, bool); 9] = [
    (Station::CommonIliac, true),
    (Station::ExternalIliac, true),
    (Station::InternalIliac, true),
    (Station::Obturator, true),
    (Station::Presacral, true),
    (Station::Perirectal, true),
    (Station::Retroperitoneal, false),
    (Station::Inguinal, false),
    (Station::Supradiaphragmatic, false),
];

/// A rule of delineation as a form shows it. Its numbers are at `path` in the rule.
struct RuleForm {
    label: &'static str,
    rule: Value,
    parameters: &'static [Parameter],
}

struct Parameter {
    name: &'static str,
    path: &'static [&'static str],
    unit: &'static str,
    min: f64,
    max: f64,
    step: f64,
}

const fn one(path: &'static [&'static str], name: &'static str, unit: &'static str) -> Parameter {
    Parameter {
        name,
        path,
        unit,
        min: 1.0,
        max: 99.0,
        step: 1.0,
    }
}

/// The rules and ranges of the configuration's delineation.
fn rules() -> Vec<RuleForm> {
    let form = |label, rule, parameters| RuleForm {
        label,
        rule,
        parameters,
    };
    vec![
        form(
            "Percentage of SUVmax",
            json!({"percent-of-max": 41.0}),
            &const { [one(&["percent-of-max"], "threshold", "% of SUVmax")] },
        ),
        form(
            "Percentage of SUVpeak",
            json!({"percent-of-peak": 50.0}),
            &const { [one(&["percent-of-peak"], "threshold", "% of SUVpeak")] },
        ),
        form(
            "Fixed SUV",
            json!({"fixed-suv": 3.0}),
            &[Parameter {
                name: "threshold",
                path: &["fixed-suv"],
                unit: "g/mL",
                min: 0.1,
                max: 1000.0,
                step: 0.1,
            }],
        ),
        form(
            "Percentage of SUVmax above background",
            json!({"background-adapted": 40.0}),
            &const { [one(&["background-adapted"], "threshold", "%")] },
        ),
        form(
            "Percentage of SUVpeak above background",
            json!({"background-adapted-peak": 50.0}),
            &const { [one(&["background-adapted-peak"], "threshold", "%")] },
        ),
        form(
            "Iterative threshold",
            json!({"iterative": {"psf-fwhm-mm": 6.0}}),
            &[Parameter {
                name: "blur (FWHM)",
                path: &["iterative", "psf-fwhm-mm"],
                unit: "mm",
                min: 1.0,
                max: 20.0,
                step: 0.5,
            }],
        ),
        form("Steepest gradient", json!({"gradient": {}}), &[]),
        form(
            "Random walker",
            json!({"random-walker": {"beta": 90.0}}),
            &[Parameter {
                name: "beta",
                path: &["random-walker", "beta"],
                unit: "",
                min: 1.0,
                max: 10_000.0,
                step: 10.0,
            }],
        ),
        form(
            "Consensus of three rules",
            serde_json::to_value(isoboost_lesion::Delineation::consensus()).unwrap_or_default(),
            &[],
        ),
        form("Finding threshold", json!({"finding-threshold": {}}), &[]),
    ]
}

/// Everything that the decision forms offer.
pub(crate) fn options() -> Value {
    let rules: Vec<Value> = rules()
        .into_iter()
        .map(|form| {
            let parameters = form.parameters.iter().map(|p| {
                json!({"name": p.name, "path": p.path, "unit": p.unit, "min": p.min,
                    "max": p.max, "step": p.step})
            });
            let parameters: Vec<Value> = parameters.collect();
            json!({"label": form.label, "rule": form.rule, "parameters": parameters})
        })
        .collect();
    let regions = REGIONS.map(|r| json!({"name": r.name(), "label": spoken(r.name())}));
    let stations = STATIONS.map(|(station, pelvic)| {
        let region = if pelvic { Region::PelvicNode } else { Region::Distant };
        json!({"name": station.name(), "label": spoken(station.name()), "region": region.name()})
    });
    json!({
        "regions": regions,
        "stations": stations,
        "categories": ["M1a", "M1b", "M1c"],
        "rules": rules,
        "margins": {"unit": "mm", "min": 0.0, "max": 30.0, "step": 0.5,
            "directions": ["right", "left", "anterior", "posterior", "superior", "inferior"]},
        "dose": {"total_gy": {"min": 1.0, "max": 120.0, "step": 0.1},
            "fractions": {"min": 1, "max": 60, "step": 1}},
        "brush": {"radius_mm": {"min": 1.0, "max": 30.0, "step": 0.5}},
    })
}

/// A name of the report as people say it.
fn spoken(name: &str) -> String {
    name.replace('_', " ")
}

/// A decision as a sentence, with its findings as they were before it.
pub(crate) fn sentence(decision: &Value, report: &Report) -> String {
    let finding = || named(decision.get("finding"), report);
    let text = |key: &str| decision.get(key).and_then(Value::as_str).map(spoken);
    match decision.get("kind").and_then(Value::as_str).unwrap_or_default() {
        "accept" => format!("{} accepted", finding()),
        "reject" => match text("reason").filter(|r| !r.trim().is_empty()) {
            Some(reason) => format!("{} rejected: {reason}", finding()),
            None => format!("{} rejected", finding()),
        },
        "restore" => match text("region") {
            Some(region) => format!("{} restored as {region}", finding()),
            None => format!("{} restored", finding()),
        },
        "reclassify" => {
            let parts = [text("region"), text("station"), text("category")];
            let parts: Vec<String> = parts.into_iter().flatten().collect();
            format!("{} reclassified as {}", finding(), parts.join(", "))
        }
        "delineate" => format!("{} outlined by {}", finding(), rule_text(&decision["rule"])),
        "merge" => {
            let merged = decision["findings"].as_array().into_iter().flatten();
            let merged: Vec<String> = merged.map(|id| named(Some(id), report)).collect();
            format!("{} merged", merged.join(" and "))
        }
        "split" => {
            let parts = decision["seeds"].as_array().map_or(0, Vec::len);
            format!("{} split in {parts}", finding())
        }
        "margins" => format!("{}: {}", finding(), margins_text(decision)),
        "dose" => format!(
            "{}: {} Gy in {} fractions",
            finding(),
            decision["total_gy"],
            decision["fractions"]
        ),
        "add" => format!("lesion added at {}", point_text(&decision["at"])),
        "brush" => {
            let done = match text("mode").as_deref() {
                Some("erase") => "erased",
                _ => "painted",
            };
            let plane = text("plane").unwrap_or_default();
            format!("{} {done} on the {plane} plane", finding())
        }
        other => format!("{other}: {}", finding()),
    }
}

/// As in `lesion 3 (right external iliac)`.
fn named(id: Option<&Value>, report: &Report) -> String {
    let Some(id) = id.and_then(Value::as_u64) else {
        return "finding".to_owned();
    };
    let lesion = report.lesions.iter().find(|l| u64::from(l.id) == id);
    let excluded = report.excluded.iter().find(|e| u64::from(e.id) == id);
    match (lesion, excluded) {
        (Some(lesion), _) => format!("lesion {id} ({})", lesion.site),
        (None, Some(excluded)) => format!("finding {id} ({})", spoken(&excluded.reason)),
        (None, None) => format!("finding {id}"),
    }
}

/// As in `percent-of-max 41`.
fn rule_text(rule: &Value) -> String {
    let Some((name, value)) = rule.as_object().and_then(|rule| rule.iter().next()) else {
        return "another rule".to_owned();
    };
    let name = name.replace('-', " ");
    match value {
        Value::Number(number) => format!("{name} {number}"),
        Value::Object(keys) => {
            let keys = keys.iter().map(|(key, v)| format!(", {} {v}", key.replace('-', " ")));
            keys.fold(name, |text, key| text + &key)
        }
        _ => name,
    }
}

fn margins_text(decision: &Value) -> String {
    let of = |key: &str, name: &str| match &decision[key] {
        Value::Null => None,
        Value::Array(sides) => {
            let sides: Vec<String> = sides.iter().map(Value::to_string).collect();
            Some(format!("{name} margins {} mm", sides.join(", ")))
        }
        margin => Some(format!("{name} margin {margin} mm")),
    };
    let parts: Vec<String> = [of("ctv_mm", "CTV"), of("ptv_mm", "PTV")]
        .into_iter()
        .flatten()
        .collect();
    parts.join(", ")
}

fn point_text(point: &Value) -> String {
    let axes = ["L", "P", "S"];
    let place = axes.iter().zip(point.as_array().into_iter().flatten());
    let place: Vec<String> = place
        .map(|(axis, mm)| format!("{axis} {:.1}", mm.as_f64().unwrap_or_default()))
        .collect();
    format!("{} mm", place.join(", "))
}
