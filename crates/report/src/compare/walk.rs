//! Two reports side by side, key by key.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Difference, NumberTolerance, Tolerance, difference};

/// What differs between two reports whose lists are in one order.
pub(super) fn differences(old: &Value, new: &Value, rules: &Tolerance) -> Vec<Difference> {
    let mut walk = Walk {
        rules,
        found: Vec::new(),
    };
    walk.value(&mut Vec::new(), old, new);
    walk.found
}

struct Walk<'a> {
    rules: &'a Tolerance,
    found: Vec<Difference>,
}

impl Walk<'_> {
    fn value(&mut self, path: &mut Vec<String>, old: &Value, new: &Value) {
        match (old, new) {
            (Value::Object(a), Value::Object(b)) => {
                let keys: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
                for key in keys {
                    let [a, b] = [a, b].map(|v| v.get(key).unwrap_or(&Value::Null));
                    path.push(key.clone());
                    self.value(path, a, b);
                    path.pop();
                }
            }
            (Value::Array(a), Value::Array(b)) => {
                if a.len() != b.len() {
                    let entries = |list: &[Value]| format!("{} entries", list.len());
                    self.tell(path, entries(a), entries(b));
                }
                for (n, (a, b)) in a.iter().zip(b).enumerate() {
                    path.push(n.to_string());
                    self.value(path, a, b);
                    path.pop();
                }
            }
            (Value::Number(a), Value::Number(b)) => {
                let pair = a.as_f64().zip(b.as_f64());
                let rule = self.own_rule(path).unwrap_or(self.rules.default);
                if !pair.is_some_and(|(a, b)| rule.allows(a, b)) {
                    self.tell(path, a.to_string(), b.to_string());
                }
            }
            // Dates and identifiers hold numbers too: texts are loose only where a rule says so.
            (Value::String(a), Value::String(b))
                if self
                    .own_rule(path)
                    .is_some_and(|rule| is_near_text(a, b, rule)) => {}
            (Value::Null, b @ Value::Object(_)) => self.tell(path, "missing", name(b)),
            (a @ Value::Object(_), Value::Null) => self.tell(path, name(a), "missing"),
            (a, b) if a != b => self.tell(path, a.to_string(), b.to_string()),
            _ => {}
        }
    }

    /// The rule written for a key: the longest pattern knows best.
    fn own_rule(&self, path: &[String]) -> Option<NumberTolerance> {
        let steps_of = |pattern: &str| pattern.split('.').count();
        let matches = |pattern: &str| {
            let mut steps = pattern.split('.').zip(path);
            steps_of(pattern) <= path.len() && steps.all(|(step, key)| step == "*" || step == key)
        };
        let rules = self.rules.keys.iter();
        let best = rules
            .filter(|(pattern, _)| matches(pattern))
            .max_by_key(|(pattern, _)| steps_of(pattern));
        best.map(|(_, rule)| *rule)
    }

    fn tell(&mut self, path: &[String], old: impl Into<String>, new: impl Into<String>) {
        let place = format!("report.json {}", path.join("."));
        self.found.push(difference(place, old, new));
    }
}

impl NumberTolerance {
    fn allows(self, a: f64, b: f64) -> bool {
        let apart = (a - b).abs();
        apart <= self.absolute || apart <= self.relative * a.abs().max(b.abs())
    }
}

/// What an entry is that the other result lacks.
fn name(entry: &Value) -> String {
    let known = ["name", "site", "reason", "region"];
    let name = known.iter().find_map(|key| entry.get(key)?.as_str());
    let number = entry.get("id").or_else(|| entry.get("roi_number"));
    match (number, name.filter(|name| !name.is_empty())) {
        (Some(number), Some(name)) => format!("{number} {name}"),
        (Some(number), None) => number.to_string(),
        (None, _) => "there".to_owned(),
    }
}

/// Whether texts agree but for numbers in them that the rule allows.
fn is_near_text(a: &str, b: &str, rule: NumberTolerance) -> bool {
    let (a, b) = (words_and_numbers(a), words_and_numbers(b));
    a.len() == b.len()
        && a.iter().zip(&b).all(|(a, b)| {
            let numbers = a.parse::<f64>().ok().zip(b.parse::<f64>().ok());
            a == b || numbers.is_some_and(|(a, b)| rule.allows(a, b))
        })
}

/// A text cut where numbers begin and end.
fn words_and_numbers(text: &str) -> Vec<&str> {
    let is_numeric = |c: char| c.is_ascii_digit() || c == '.';
    let mut parts = Vec::new();
    let mut start = 0;
    let mut was_numeric = false;
    for (at, c) in text.char_indices() {
        if is_numeric(c) != was_numeric {
            parts.push(&text[start..at]);
            (start, was_numeric) = (at, !was_numeric);
        }
    }
    parts.push(&text[start..]);
    parts
}
