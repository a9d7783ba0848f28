//! What part of the worklist is asked for.

use std::cmp::Ordering;

use serde::Deserialize;

use super::row::{Row, Status};

/// Most rows of a page.
const LARGEST_PAGE: usize = 500;
/// What stands for no suggestion, and for no lesion.
pub(super) const NONE: &str = "none";

/// The query of the worklist; lists are separated by commas.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Query {
    pub(super) page: usize,
    size: Option<usize>,
    sort: Sort,
    order: Order,
    text: String,
    status: String,
    intensification: String,
    region: String,
    warnings: String,
}

/// Which column the rows are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Sort {
    Patient,
    #[default]
    Date,
    Status,
    MiTnm,
    Lesions,
    Recommendation,
    Warnings,
}

/// Which end comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Order {
    Asc,
    #[default]
    Desc,
}

/// What rows are filtered by, beside the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Facet {
    Status,
    Intensification,
    Region,
    Warnings,
}

pub(super) const FACETS: [Facet; 4] = [
    Facet::Status,
    Facet::Intensification,
    Facet::Region,
    Facet::Warnings,
];

impl Facet {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Intensification => "intensification",
            Self::Region => "region",
            Self::Warnings => "warnings",
        }
    }

    /// Every value that it can have.
    pub(super) const fn values(self) -> &'static [&'static str] {
        match self {
            Self::Status => &["new", "in_review", "signed", "failed"],
            Self::Intensification => &[
                "pelvic_rt",
                "node_boost",
                "bed_boost",
                "metastasis_directed",
                "systemic",
                NONE,
            ],
            Self::Region => &[
                "prostate_bed",
                "pelvic_node",
                "distant",
                "undetermined",
                NONE,
            ],
            Self::Warnings => &["yes", "no"],
        }
    }

    /// Whether a row has one of its values.
    pub(super) fn holds(self, row: &Row, value: &str) -> bool {
        let has_result = row.status != Status::Failed;
        match self {
            Self::Status => value == status_name(row.status),
            Self::Intensification if value == NONE => has_result && row.intensification.is_empty(),
            Self::Intensification => row.intensification.iter().any(|i| i == value),
            Self::Region if value == NONE => has_result && row.lesions == 0,
            Self::Region => row.regions.contains_key(value),
            Self::Warnings => (value == "yes") == (row.warnings > 0),
        }
    }
}

const fn status_name(status: Status) -> &'static str {
    match status {
        Status::New => "new",
        Status::InReview => "in_review",
        Status::Signed => "signed",
        Status::Failed => "failed",
    }
}

impl Query {
    /// Rows of a page.
    pub(super) fn size(&self) -> usize {
        self.size.unwrap_or(50).clamp(1, LARGEST_PAGE)
    }

    /// A value that a facet does not have, to be refused.
    pub(crate) fn unknown_value(&self) -> Option<String> {
        FACETS.into_iter().find_map(|facet| {
            let unknown = self.wanted(facet).find(|v| !facet.values().contains(v))?;
            Some(format!("{} has no value `{unknown}`", facet.name()))
        })
    }

    fn wanted(&self, facet: Facet) -> impl Iterator<Item = &str> {
        let list = match facet {
            Facet::Status => &self.status,
            Facet::Intensification => &self.intensification,
            Facet::Region => &self.region,
            Facet::Warnings => &self.warnings,
        };
        list.split(',').filter(|value| !value.is_empty())
    }

    /// Whether a row has one of the values that are wanted of a facet, or none is.
    pub(super) fn matches_facet(&self, facet: Facet, row: &Row) -> bool {
        let mut wanted = self.wanted(facet).peekable();
        wanted.peek().is_none() || wanted.any(|value| facet.holds(row, value))
    }

    /// The words that rows are searched for.
    pub(super) fn words(&self) -> Vec<String> {
        self.text
            .split_whitespace()
            .map(str::to_lowercase)
            .collect()
    }

    /// The order of two rows; the folder decides between equal ones, so that pages do not overlap.
    pub(super) fn order_of(&self, a: &Row, b: &Row) -> Ordering {
        let by_column = match self.sort {
            Sort::Patient => patient_order(a, b),
            Sort::Date => a.date.cmp(&b.date),
            Sort::Status => a.status.cmp(&b.status),
            Sort::MiTnm => a.mi_tnm.cmp(&b.mi_tnm),
            Sort::Lesions => a.lesions.cmp(&b.lesions),
            Sort::Recommendation => a.intensification.cmp(&b.intensification),
            Sort::Warnings => a.warnings.cmp(&b.warnings),
        };
        let by_column = match self.order {
            Order::Asc => by_column,
            Order::Desc => by_column.reverse(),
        };
        by_column.then_with(|| a.folder.cmp(&b.folder))
    }
}

/// By the name that is shown: that of the folder where there is no patient's.
fn patient_order(a: &Row, b: &Row) -> Ordering {
    fn name(row: &Row) -> &str {
        row.patient_id.as_deref().unwrap_or(&row.folder)
    }
    name(a).cmp(name(b))
}
