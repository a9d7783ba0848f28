//! What decision forms offer.

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
        let region = if pelvic {
            Region::PelvicNode
        } else {
            Region::Distant
        };
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
