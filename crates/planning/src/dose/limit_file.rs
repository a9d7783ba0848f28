//! Limits as data: the sets that are built in, and files of the same form.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::limit::{Bound, Limit, LimitSet, Metric, RiskOrgan};

/// The sets that are built in.
const DEFAULT: &str = include_str!("../../constraints/default.toml");

/// A file of limits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct LimitFile {
    /// Sets of limits, each for one way of fractionation.
    pub set: Vec<SetEntry>,
}

/// A set of limits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SetEntry {
    /// Name, by which `planning.isotoxic.constraint-set` chooses it.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Number of fractions that its doses are given in.
    #[schemars(range(min = 1, max = 60))]
    pub fractions: u32,
    /// Dose per fraction in Gy of plans whose doses are compared as they stand, from and to.
    pub fraction_gy: [f64; 2],
    /// The limits.
    pub limit: Vec<LimitEntry>,
}

/// A limit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct LimitEntry {
    /// The organ.
    pub organ: OrganEntry,
    /// `V<Gy>`, `D<volume>cc`, `D<share>%`, `Dmax` or `Dmean`.
    #[schemars(regex(pattern = r"^(V\d+(\.\d+)?|D\d+(\.\d+)?(cc|%)|Dmax|Dmean)$"))]
    pub metric: String,
    /// The most that a volume may be, as a share of the organ.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_most_percent: Option<f64>,
    /// The most that a volume may be, in mL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_most_cc: Option<f64>,
    /// The most that a dose may be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_most_gy: Option<f64>,
    /// A limit of the protocol, or an aim.
    pub hard: bool,
    /// Where it is published.
    pub source: String,
}

/// An organ at risk, as files name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the variants are the names of organs")]
pub enum OrganEntry {
    Rectum,
    Bladder,
    BladderMinusCtv,
    Bowel,
    Sigmoid,
    FemoralHead,
    PenileBulb,
}

/// Why a file of limits cannot be used.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum LimitFileError {
    /// Not TOML, or a key or value that is not known.
    #[error("{0}")]
    Parse(#[from] toml::de::Error),
    /// A limit that says nothing, or too much.
    #[error("set `{set}`, limit {number} ({organ} {metric}): {reason}")]
    Limit {
        /// Name of the set.
        set: String,
        /// Number of the limit in its set, from 1.
        number: usize,
        /// The organ.
        organ: &'static str,
        /// The metric as it is written.
        metric: String,
        /// What is wrong and what is expected.
        reason: String,
    },
    /// A set that cannot be used.
    #[error("set `{set}`: {reason}")]
    Set {
        /// Name of the set.
        set: String,
        /// What is wrong and what is expected.
        reason: String,
    },
}

/// The limits that are built in.
///
/// # Errors
/// Never: the file is part of this software, and a test reads it.
pub fn default_limits() -> Result<Vec<LimitSet>, LimitFileError> {
    read_limits(DEFAULT)
}

/// Reads a file of limits.
///
/// # Errors
/// When the text is not TOML of that form, or a limit is out of range.
pub fn read_limits(text: &str) -> Result<Vec<LimitSet>, LimitFileError> {
    let file: LimitFile = toml::from_str(text)?;
    let sets: Vec<LimitSet> = file.set.into_iter().map(set).collect::<Result<_, _>>()?;
    let wrong = |set: &str, reason: &str| LimitFileError::Set {
        set: set.to_owned(),
        reason: reason.to_owned(),
    };
    for (n, one) in sets.iter().enumerate() {
        if sets[..n].iter().any(|other| other.name == one.name) {
            return Err(wrong(&one.name, "the name is taken twice"));
        }
    }
    if sets.is_empty() {
        return Err(wrong("", "the file holds no set"));
    }
    Ok(sets)
}

/// The JSON Schema of a file of limits.
pub fn limit_file_schema() -> schemars::Schema {
    schemars::schema_for!(LimitFile)
}

fn set(entry: SetEntry) -> Result<LimitSet, LimitFileError> {
    let wrong = |reason: String| {
        Err(LimitFileError::Set {
            set: entry.name.clone(),
            reason,
        })
    };
    if !(1..=60).contains(&entry.fractions) {
        return wrong(format!(
            "fractions is {}, expected 1 to 60",
            entry.fractions
        ));
    }
    let [low, high] = entry.fraction_gy;
    if !(low > 0.0 && high >= low && high <= 60.0) {
        return wrong(format!(
            "fraction-gy is [{low}, {high}], expected two doses of up to 60, the lower first"
        ));
    }
    let limits = entry.limit.iter().zip(1..).map(|(limit, number)| {
        read(limit).map_err(|reason| LimitFileError::Limit {
            set: entry.name.clone(),
            number,
            organ: organ(limit.organ).name(),
            metric: limit.metric.clone(),
            reason,
        })
    });
    Ok(LimitSet {
        limits: limits.collect::<Result<_, _>>()?,
        name: entry.name,
        description: entry.description,
        fractions: entry.fractions,
        fraction_gy: entry.fraction_gy,
    })
}

fn read(entry: &LimitEntry) -> Result<Limit, String> {
    let metric = metric(&entry.metric).ok_or(
        "the metric is none of V<Gy>, D<volume>cc, D<share>%, Dmax and Dmean, as in V65 or D2cc",
    )?;
    let bounds = [
        entry.at_most_percent.map(Bound::Percent),
        entry.at_most_cc.map(Bound::Cc),
        entry.at_most_gy.map(Bound::Gy),
    ];
    let mut bounds = bounds.into_iter().flatten();
    let (Some(bound), None) = (bounds.next(), bounds.next()) else {
        return Err(
            "expected exactly one of at-most-percent, at-most-cc and at-most-gy".to_owned(),
        );
    };
    let is_volume = matches!(metric, Metric::VolumeAt(_));
    if is_volume == matches!(bound, Bound::Gy(_)) {
        let expected = if is_volume {
            "a volume: at-most-percent or at-most-cc"
        } else {
            "a dose: at-most-gy"
        };
        return Err(format!("expected {expected}"));
    }
    let most = if matches!(bound, Bound::Percent(_)) {
        100.0
    } else {
        10_000.0
    };
    if !(0.0..=most).contains(&bound.value()) {
        return Err(format!("{} is out of 0 to {most}", bound.value()));
    }
    Ok(Limit {
        organ: organ(entry.organ),
        metric,
        bound,
        hard: entry.hard,
        source: entry.source.clone(),
    })
}

fn metric(text: &str) -> Option<Metric> {
    let number = |text: &str| text.parse().ok().filter(|n: &f64| *n > 0.0 && *n < 1000.0);
    if text == "Dmax" {
        return Some(Metric::Max);
    }
    if text == "Dmean" {
        return Some(Metric::Mean);
    }
    if let Some(dose) = text.strip_prefix('V') {
        return number(dose).map(Metric::VolumeAt);
    }
    let volume = text.strip_prefix('D')?;
    if let Some(cc) = volume.strip_suffix("cc") {
        return number(cc).map(Metric::DoseAtCc);
    }
    let percent = number(volume.strip_suffix('%')?)?;
    (percent <= 100.0).then_some(Metric::DoseAtPercent(percent))
}

fn organ(entry: OrganEntry) -> RiskOrgan {
    match entry {
        OrganEntry::Rectum => RiskOrgan::Rectum,
        OrganEntry::Bladder => RiskOrgan::Bladder,
        OrganEntry::BladderMinusCtv => RiskOrgan::BladderMinusCtv,
        OrganEntry::Bowel => RiskOrgan::Bowel,
        OrganEntry::Sigmoid => RiskOrgan::Sigmoid,
        OrganEntry::FemoralHead => RiskOrgan::FemoralHead,
        OrganEntry::PenileBulb => RiskOrgan::PenileBulb,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limits_that_are_built_in_can_be_read() {
        let sets = default_limits().unwrap();
        let names: Vec<&str> = sets.iter().map(|s| s.name.as_str()).collect();
        assert_eq!(
            names,
            ["conventional", "hypofractionated-28", "hypofractionated-20"]
        );
        let first = &sets[0].limits[0];
        assert_eq!(first.organ, RiskOrgan::Rectum);
        assert_eq!(first.to_string(), "V65Gy <= 35 %");
        assert!(first.hard && first.source.starts_with("RTOG 0534"));
        for organ in RiskOrgan::ALL {
            assert!(sets[0].limits.iter().any(|l| l.organ == organ), "{organ:?}");
        }
    }

    /// Set `ISOBOOST_UPDATE_SCHEMA` to write the file anew after a change that is meant.
    #[test]
    fn the_checked_in_schema_is_that_of_the_file() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/constraints/constraints.schema.json"
        );
        let schema = limit_file_schema().to_value();
        let mut text = format!("{schema:#}");
        text.push('\n');
        if std::env::var_os("ISOBOOST_UPDATE_SCHEMA").is_some() {
            std::fs::write(path, &text).unwrap();
        }
        let stored = std::fs::read_to_string(path).unwrap_or_default();
        assert!(stored == text, "stale: run with ISOBOOST_UPDATE_SCHEMA=1");
    }

    fn one(limit: &str) -> Result<Limit, String> {
        let text = format!(
            "[[set]]\nname = 'own'\ndescription = ''\nfractions = 20\nfraction-gy = [2, 3]\n\
             [[set.limit]]\norgan = 'bowel'\nhard = true\nsource = 'ours'\n{limit}"
        );
        let sets = read_limits(&text).map_err(|e| e.to_string())?;
        Ok(sets[0].limits[0].clone())
    }

    #[test]
    fn metrics_are_read_and_what_is_none_is_named() {
        let limit = one("metric = 'V46.5'\nat-most-cc = 2").unwrap();
        assert_eq!(limit.metric, Metric::VolumeAt(46.5));
        assert_eq!(limit.bound, Bound::Cc(2.0));
        let limit = one("metric = 'D2cc'\nat-most-gy = 40").unwrap();
        assert_eq!(limit.metric, Metric::DoseAtCc(2.0));
        let limit = one("metric = 'D95%'\nat-most-gy = 40").unwrap();
        assert_eq!(limit.metric, Metric::DoseAtPercent(95.0));
        for (text, reason) in [
            ("metric = 'W4'\nat-most-gy = 1", "the metric is none of"),
            ("metric = 'V40'\nat-most-gy = 1", "expected a volume"),
            ("metric = 'Dmax'\nat-most-cc = 1", "expected a dose"),
            ("metric = 'Dmax'", "expected exactly one"),
            (
                "metric = 'V4'\nat-most-cc = 1\nat-most-percent = 1",
                "expected exactly one",
            ),
            ("metric = 'V4'\nat-most-percent = 101", "out of 0 to 100"),
            (
                "metric = 'V4'\nat-most-cc = 1\nat-least = 3",
                "unknown field",
            ),
        ] {
            let told = one(text).unwrap_err();
            assert!(told.contains(reason), "{told}");
        }
        let told = one("metric = 'W4'\nat-most-gy = 1").unwrap_err();
        assert!(
            told.starts_with("set `own`, limit 1 (bowel W4): "),
            "{told}"
        );
    }
}
