//! The sheet on which a derivation is written while it is worked out.

use std::fmt::Write as _;

use crate::attribute::Attribute;
use crate::finding::{Finding, FindingCode, Grade};
use crate::options::Override;
use crate::refusal::{Refusal, RefusalCode};

/// One line of the derivation: a quantity, its value with its unit, and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What it is.
    pub name: &'static str,
    /// The value for people.
    pub value: String,
    /// The attribute, option or rule behind it.
    pub source: String,
}

/// Everything collected so far: results and obstacles side by side, so that all obstacles are
/// told at once.
#[derive(Debug, Default)]
pub(crate) struct Worksheet {
    pub(crate) steps: Vec<Step>,
    pub(crate) overrides: Vec<Override>,
    pub(crate) findings: Vec<Finding>,
    pub(crate) refusals: Vec<Refusal>,
}

impl Worksheet {
    pub(crate) fn step(
        &mut self,
        name: &'static str,
        value: impl Into<String>,
        source: impl Into<String>,
    ) {
        self.steps.push(Step {
            name,
            value: value.into(),
            source: source.into(),
        });
    }

    pub(crate) fn warn(&mut self, code: FindingCode, text: impl Into<String>) {
        self.find(code, Grade::Warning, text.into());
    }

    pub(crate) fn assume(&mut self, code: FindingCode, text: impl Into<String>) {
        self.find(code, Grade::Assumption, text.into());
    }

    fn find(&mut self, code: FindingCode, grade: Grade, text: String) {
        self.findings.push(Finding { code, grade, text });
    }

    pub(crate) fn replace(
        &mut self,
        option: &'static str,
        value: impl Into<String>,
        instead_of: impl Into<String>,
    ) {
        self.overrides.push(Override {
            option,
            value: value.into(),
            instead_of: instead_of.into(),
        });
    }

    pub(crate) fn refuse(
        &mut self,
        code: RefusalCode,
        attribute: Attribute,
        found: impl Into<String>,
        expected: impl Into<String>,
        option: Option<&'static str>,
    ) {
        let is_refused = |r: &Refusal| r.code == RefusalCode::Option && r.option == option;
        if self.refusals.iter().any(is_refused) {
            // The operator's own value is the one to put right.
            return;
        }
        self.refusals.push(Refusal {
            code,
            attribute: Some(attribute),
            found: found.into(),
            expected: expected.into(),
            option,
        });
    }

    /// Whether the unit of the values could not be told, so that everything may be needed.
    pub(crate) fn lacks_units(&self) -> bool {
        let about_units =
            |r: &Refusal| matches!(r.code, RefusalCode::Units | RefusalCode::PhilipsFactors);
        self.refusals.iter().any(about_units)
    }

    /// Refuses what an operator gave for `option`.
    pub(crate) fn refuse_option(
        &mut self,
        option: &'static str,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) {
        self.refusals.push(Refusal {
            code: RefusalCode::Option,
            attribute: None,
            found: format!("{option} {}", found.into()),
            expected: expected.into(),
            option: Some(option),
        });
    }
}

/// A number of at most six significant digits, without an exponent in the range of daily life.
pub(crate) fn number(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return format!("{value}");
    }
    let magnitude = value.abs().log10().floor() as i32;
    if !(-4..9).contains(&magnitude) {
        return format!("{value:.5e}");
    }
    let decimals = usize::try_from(5 - magnitude).unwrap_or(0);
    let text = format!("{value:.decimals$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// A span of time in s, and in hours and minutes where that reads better.
pub(crate) fn span(seconds: f64) -> String {
    let mut text = format!("{} s", number(seconds));
    let whole = seconds.abs().round() as u64;
    if whole >= 120 {
        let (hours, minutes) = (whole / 3600, whole % 3600 / 60);
        // Writing to a string cannot fail.
        let _ = if hours > 0 {
            write!(text, " ({hours} h {minutes:02} min)")
        } else {
            write!(text, " ({minutes} min {:02} s)", whole % 60)
        };
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_people_write_them() {
        for (value, text) in [
            (71.0, "71"),
            (388.777_472, "388.777"),
            (69.7344, "69.7344"),
            (6586.2, "6586.2"),
            (0.751_834_21, "0.751834"),
            (2.429_029_766e-4, "0.000242903"),
            (23.4e6, "23400000"),
            (1e-9, "1.00000e-9"),
            (0.0, "0"),
        ] {
            assert_eq!(number(value), text);
        }
        assert_eq!(span(2711.0), "2711 s (45 min 11 s)");
        assert_eq!(span(3976.921), "3976.92 s (1 h 06 min)");
        assert_eq!(span(-30.0), "-30 s");
    }
}
