//! The table for people.

use std::fmt::Write as _;

use super::{Cohort, CohortRow, CohortSummary};

const HEADER: [&str; 9] = [
    "study",
    "PSA",
    "pattern",
    "miTNM",
    "bed/node/dist/open",
    "intensification",
    "pelvis up to",
    "rules",
    "cautions",
];

impl Cohort {
    /// Table and summary as text, in columns.
    pub fn to_text(&self) -> String {
        let mut lines: Vec<Vec<String>> = vec![HEADER.map(str::to_owned).to_vec()];
        lines.extend(self.studies.iter().map(cells));
        let mut text = in_columns(&lines);
        text.push('\n');
        text.push_str(&in_columns(&summary(&self.summary)));
        // Writing to a String cannot fail.
        for policy in &self.summary.policies {
            let _ = writeln!(
                text,
                "policy {} (SHA-256 {}): {}",
                policy.policy,
                &policy.sha256[..policy.sha256.len().min(12)],
                counted(policy.studies, "study", "studies"),
            );
        }
        if self.summary.policies.len() > 1 {
            text.push_str("the studies follow different policies; run them again with one\n");
        }
        text
    }
}

fn cells(row: &CohortRow) -> Vec<String> {
    let or_dash = |text: String| {
        if text.is_empty() {
            "-".to_owned()
        } else {
            text
        }
    };
    let top = row.pelvis_top.clone().unwrap_or_default();
    vec![
        row.folder.clone(),
        or_dash(row.psa_ng_ml.map(|psa| psa.to_string()).unwrap_or_default()),
        row.pattern.clone(),
        row.mi_tnm.clone(),
        format!(
            "{}/{}/{}/{}",
            row.bed, row.pelvic_node, row.distant, row.undetermined
        ),
        suggested(row, " "),
        or_dash(top),
        or_dash(row.rules.join(" ")),
        or_dash(row.cautions.join(" ")),
    ]
}

/// What is suggested for a man, in words; several kinds are parted by `between`.
pub(super) fn suggested(row: &CohortRow, between: &str) -> String {
    match (row.out_of_scope, row.intensification.is_empty()) {
        (true, _) => "out of scope".to_owned(),
        (false, true) => "as planned".to_owned(),
        (false, false) => row.intensification.join(between),
    }
}

fn summary(summary: &CohortSummary) -> Vec<Vec<String>> {
    let line = |name: &str, men: usize| {
        let share = match summary.men {
            0 => String::new(),
            all => format!("{:.0} %", 100.0 * men as f64 / all as f64),
        };
        vec![name.to_owned(), men.to_string(), share]
    };
    let studies = counted(summary.studies, "study", "studies");
    let mut lines = vec![
        vec!["men".to_owned(), summary.men.to_string(), studies],
        line("PSMA-PET positive", summary.positive),
        line("intensified", summary.intensified),
    ];
    for kind in &summary.kinds {
        lines.push(line(&format!("  {}", words(&kind.kind)), kind.men));
    }
    lines.push(line("as planned", summary.as_planned));
    lines.push(line("out of scope", summary.out_of_scope));
    lines
}

pub(crate) fn words(kind: &str) -> &str {
    match kind {
        "pelvic_rt" => "pelvic radiotherapy",
        "node_boost" => "node boost",
        "bed_boost" => "bed boost",
        "metastasis_directed" => "metastasis-directed",
        other => other,
    }
}

pub(super) fn counted(n: usize, one: &str, several: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { several })
}

/// Lines of cells, each column as wide as its widest cell.
fn in_columns(lines: &[Vec<String>]) -> String {
    let columns = lines.first().map_or(0, Vec::len);
    let width = |n: usize| {
        lines
            .iter()
            .map(|l| l[n].chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for line in lines {
        let padded = line.iter().zip(&widths).map(|(cell, width)| {
            let gap = width - cell.chars().count();
            format!("{cell}{}", " ".repeat(gap))
        });
        let padded: Vec<String> = padded.collect();
        text.push_str(padded.join("  ").trim_end());
        text.push('\n');
    }
    text
}
