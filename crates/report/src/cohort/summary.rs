//! How many men would be intensified, as the trial counts them.

use std::collections::BTreeMap;

use serde::Serialize;

use super::CohortRow;
use isoboost_planning::Intensification;

/// Numbers of men. A man with several studies counts by his latest.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CohortSummary {
    /// Studies with a result.
    pub studies: usize,
    /// Men; studies without a Patient ID are a man each.
    pub men: usize,
    /// With a lesion.
    pub positive: usize,
    /// With any kind of intensification.
    pub intensified: usize,
    /// Within the policy and without any: radiotherapy as planned.
    pub as_planned: usize,
    /// Outside of what the policy was made for.
    pub out_of_scope: usize,
    /// The intensified ones by kind; a man may have several.
    pub kinds: Vec<KindCount>,
    /// The policies that the studies follow; more than one is no cohort of one kind.
    pub policies: Vec<PolicyCount>,
}

/// How many men would get a kind of intensification.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct KindCount {
    /// The kind.
    pub kind: String,
    /// Number of men.
    pub men: usize,
}

/// How many studies follow a policy.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PolicyCount {
    /// Name and version.
    pub policy: String,
    /// SHA-256 of its file.
    pub sha256: String,
    /// Number of studies.
    pub studies: usize,
}

impl CohortSummary {
    pub(super) fn of(studies: &[CohortRow]) -> Self {
        let mut latest: BTreeMap<(bool, &str), &CohortRow> = BTreeMap::new();
        for study in studies {
            let key = match &study.patient_id {
                Some(id) => (true, id.as_str()),
                None => (false, study.study_uid.as_str()),
            };
            let held = latest.entry(key).or_insert(study);
            if (&study.date, &study.folder) > (&held.date, &held.folder) {
                *held = study;
            }
        }
        let men: Vec<&CohortRow> = latest.into_values().collect();
        let count = |is_it: &dyn Fn(&CohortRow) -> bool| men.iter().filter(|m| is_it(m)).count();
        let kinds = Intensification::ALL.map(|kind| KindCount {
            kind: kind.name().to_owned(),
            men: count(&|m| m.intensification.iter().any(|k| k == kind.name())),
        });
        Self {
            studies: studies.len(),
            men: men.len(),
            positive: count(&|m| m.lesions > 0),
            intensified: count(&|m| !m.intensification.is_empty()),
            as_planned: count(&|m| m.intensification.is_empty() && !m.out_of_scope),
            out_of_scope: count(&|m| m.out_of_scope),
            kinds: kinds.into(),
            policies: policies(studies),
        }
    }
}

fn policies(studies: &[CohortRow]) -> Vec<PolicyCount> {
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for study in studies {
        let key = (study.policy.as_str(), study.policy_sha256.as_str());
        *counts.entry(key).or_default() += 1;
    }
    let policy = |((policy, sha256), studies): ((&str, &str), usize)| PolicyCount {
        policy: policy.to_owned(),
        sha256: sha256.to_owned(),
        studies,
    };
    counts.into_iter().map(policy).collect()
}
